// Rich text blocks: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
import { make } from "/page/dom.js";
import { picture } from "/page/emoji.js";
import { MENTIONS } from "/page/mentions.js";
import { channelMention, dateNode, groupMention, link, mention } from "/page/text.js";

const TAGS = {
  code: "code",
  strike: "s",
  underline: "u",
  italic: "em",
  bold: "strong",
  highlight: "mark",
  client_highlight: "mark",
};

const broken = (text) => text.split("\n").map((line, at) => [at ? make("br") : null, line]);

function colour(value) {
  const swatch = make("span", { class: "swatch" });
  swatch.style.backgroundColor = value;
  return make("span", {}, swatch, value);
}

function emoji(element) {
  const shown = element.unicode
    ? String.fromCodePoint(...element.unicode.split("-").map((part) => Number.parseInt(part, 16)))
    : picture(element.name, element.skin_tone);
  if (!shown) return `:${element.name}:`;
  return make(
    "span",
    { class: "emoji", role: "img", "aria-label": element.name.replaceAll("_", " ") },
    shown,
  );
}

const INLINE = {
  text: (_, element) => broken(element.text),
  link: (_, element) => link(element.url, element.text || element.url),
  user: (seat, element) => mention(seat, element.user_id),
  usergroup: (seat, element) => groupMention(seat, element.usergroup_id),
  channel: (seat, element) => channelMention(seat, element.channel_id),
  broadcast: (seat, element) => mention(seat, element.range, element.range),
  emoji: (_, element) => emoji(element),
  date: (seat, element) => dateNode(seat, element.timestamp, element.format, element),
  color: (_, element) => colour(element.value),
  ...MENTIONS,
};

function inline(seat, element) {
  let shown = INLINE[element.type]?.(seat, element) ?? "";
  for (const [style, tag] of Object.entries(TAGS)) if (element.style?.[style]) shown = make(tag, {}, shown);
  return shown;
}

const inside = (seat, part) => part.elements.map((element) => inline(seat, element));

const classes = (...names) => names.filter(Boolean).join(" ");

function list(seat, part) {
  const tag = part.style === "ordered" ? "ol" : "ul";
  return make(
    tag,
    {
      class: classes(
        "rich-list",
        `indent-${part.indent ?? 0}`,
        `marker-${(part.indent ?? 0) % 3}`,
        part.border && "bordered",
      ),
      start: tag === "ol" && part.offset ? part.offset + 1 : null,
    },
    part.elements.map((item) => make("li", {}, inside(seat, item))),
  );
}

const PARTS = {
  rich_text_section: (seat, part) => make("p", {}, inside(seat, part)),
  rich_text_list: list,
  rich_text_quote: (seat, part) =>
    make("blockquote", { class: part.border ? "bordered" : null }, inside(seat, part)),
  rich_text_preformatted: (seat, part) =>
    make("pre", { class: part.border ? "bordered" : null }, inside(seat, part)),
};

export const richText = (seat, block) =>
  make(
    "div",
    { class: "rich-text" },
    block.elements.map((part) => PARTS[part.type]?.(seat, part)),
  );
