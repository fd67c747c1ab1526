// Files of a message: pictures shown, everything else as a card to download.
import { make } from "/page/dom.js";
import { icon } from "/page/icons.js";

const UNITS = ["bytes", "kB", "MB", "GB"];

function size(bytes) {
  const step = bytes ? Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3)) : 0;
  return `${(bytes / 1000 ** step).toFixed(step ? 1 : 0)} ${UNITS[step]}`;
}

const isPicture = (file) => file.mimetype.startsWith("image/") && file.mimetype !== "image/svg+xml";

// The address names the host as the app knows it; the page asks the host that it came from.
const pathOf = (file) => new URL(file.url_private).pathname;

function picture(file) {
  return make(
    "figure",
    { class: "file-picture" },
    make("figcaption", {}, file.title),
    make(
      "a",
      { href: pathOf(file), target: "_blank", rel: "noopener" },
      make("img", { src: pathOf(file), alt: file.alt_txt ?? file.title }),
    ),
  );
}

function card(file) {
  return make(
    "a",
    { class: "file-card", href: pathOf(file), download: file.name },
    icon("file"),
    make(
      "span",
      {},
      make("strong", {}, file.title),
      make("small", {}, `${file.pretty_type} · ${size(file.size)}`),
    ),
  );
}

export const drawFiles = (_, files) =>
  files.length
    ? make(
        "div",
        { class: "files" },
        files.map((file) => (isPicture(file) ? picture(file) : card(file))),
      )
    : null;
