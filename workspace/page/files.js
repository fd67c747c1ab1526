// Files of a message: pictures shown, everything else as a card to download.
import { make } from "/page/dom.js";
import { icon } from "/page/icons.js";

const UNITS = ["bytes", "kB", "MB", "GB"];

function size(bytes) {
  const step = bytes ? Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3)) : 0;
  return `${(bytes / 1000 ** step).toFixed(step ? 1 : 0)} ${UNITS[step]}`;
}

const isPicture = (file) => file.mimetype.startsWith("image/") && file.mimetype !== "image/svg+xml";

/** Where a person on the page gets a file from; what url_private names is for the app and its token. */
export const addressOf = (seat, id) => `/_control/file/${id}?${new URLSearchParams({ user: seat.user })}`;

/** The file that a picture of a block names, by id or by its private address. */
const idOf = ({ id, url }) => id ?? new URL(url).pathname.split("/")[2];

/** The address of a picture in a block: elsewhere, or a file of this workspace. */
export const pictureOf = (seat, { image_url: address, slack_file: file }) =>
  address ?? addressOf(seat, idOf(file));

function picture(seat, file) {
  return make(
    "figure",
    { class: "file-picture" },
    make("figcaption", {}, file.title),
    make(
      "a",
      { href: addressOf(seat, file.id), target: "_blank", rel: "noopener" },
      make("img", { src: addressOf(seat, file.id), alt: file.alt_txt ?? file.title }),
    ),
  );
}

function card(seat, file) {
  return make(
    "a",
    { class: "file-card", href: addressOf(seat, file.id), download: file.name },
    icon("file"),
    make(
      "span",
      {},
      make("strong", {}, file.title),
      make("small", {}, `${file.pretty_type} · ${size(file.size)}`),
    ),
  );
}

export const drawFiles = (seat, files) =>
  files.length
    ? make(
        "div",
        { class: "files" },
        files.map((file) => (isPicture(file) ? picture(seat, file) : card(seat, file))),
      )
    : null;
