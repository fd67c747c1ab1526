// Secondary attachments: https://docs.slack.dev/messaging/formatting-message-text#attachments
import { drawBlocks } from "/page/blocks.js";
import { make } from "/page/dom.js";
import { link, mrkdwn } from "/page/text.js";

const COLOURS = { good: "#2eb67d", warning: "#ecb22e", danger: "#e01e5a" };

function field(seat, one) {
  return make(
    "div",
    { class: one.short ? "short" : "" },
    make("strong", {}, one.title),
    make("div", {}, mrkdwn(seat, String(one.value ?? ""))),
  );
}

function attachment(surface, one) {
  const { seat } = surface;
  const bar = make("div", { class: "attachment-bar" });
  const colour = COLOURS[one.color] ?? (one.color ? `#${one.color.replace(/^#/, "")}` : "");
  bar.style.backgroundColor = colour;
  const text = (value) => (value ? make("div", {}, mrkdwn(seat, value)) : null);
  return [
    text(one.pretext),
    make(
      "div",
      { class: "attachment" },
      bar,
      make(
        "div",
        {},
        one.author_name ? make("small", {}, one.author_name) : null,
        one.title ? make("strong", {}, one.title_link ? link(one.title_link, one.title) : one.title) : null,
        text(one.text ?? (one.blocks ? null : one.fallback)),
        one.fields
          ? make(
              "div",
              { class: "fields" },
              one.fields.map((part) => field(seat, part)),
            )
          : null,
        one.image_url ? make("img", { src: one.image_url, alt: one.fallback ?? one.title ?? "" }) : null,
        one.blocks ? drawBlocks(surface, one.blocks) : null,
        one.footer ? make("small", {}, one.footer) : null,
      ),
    ),
  ];
}

export const drawAttachments = (surface, all) => all.map((one) => attachment(surface, one));
