// Slack's two kinds of text, mrkdwn and rich text, as elements. Nothing is ever parsed as HTML.
import { make, nameOf, world } from "/page/api.js";

const entities = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
const plain = (text) => text.replace(/&(amp|lt|gt);/g, (entity) => entities[entity]);
const channelName = (id) => world.channels.find((channel) => channel.id === id)?.name ?? id;

function link(url, label) {
  if (!/^(https?|mailto):/.test(url)) return document.createTextNode(label);
  return make("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label);
}

function reference(body) {
  const [target, label] = body.split("|");
  if (target.startsWith("@")) return make("strong", {}, `@${label ?? nameOf(target.slice(1))}`);
  if (target.startsWith("#")) return make("strong", {}, `#${label ?? channelName(target.slice(1))}`);
  if (target.startsWith("!date^")) return date(target.split("^")[1], label);
  if (target.startsWith("!")) return make("strong", {}, `@${label ?? target.slice(1)}`);
  return link(plain(target), plain(label ?? target));
}

function date(seconds, fallback) {
  const instant = new Date(Number(seconds) * 1000);
  return make("time", { datetime: instant.toISOString(), title: fallback }, instant.toLocaleString());
}

const STYLES = [
  [/```([\s\S]+?)```/, (inner) => make("pre", {}, plain(inner))],
  [/`([^`\n]+)`/, (inner) => make("code", {}, plain(inner))],
  [/<([^>\n]+)>/, reference],
  [/(?<![\w*])\*([^*\n]+)\*(?!\w)/, (inner) => make("strong", {}, mrkdwn(inner))],
  [/(?<!\w)_([^_\n]+)_(?!\w)/, (inner) => make("em", {}, mrkdwn(inner))],
  [/(?<!\w)~([^~\n]+)~(?!\w)/, (inner) => make("s", {}, mrkdwn(inner))],
];

function inline(text) {
  const out = document.createDocumentFragment();
  let rest = text;
  while (rest) {
    const hits = STYLES.map(([pattern, build]) => [pattern.exec(rest), build]).filter(([hit]) => hit);
    if (!hits.length) {
      out.append(plain(rest));
      break;
    }
    const [hit, build] = hits.reduce((a, b) => (b[0].index < a[0].index ? b : a));
    out.append(plain(rest.slice(0, hit.index)), build(hit[1]));
    rest = rest.slice(hit.index + hit[0].length);
  }
  return out;
}

export function mrkdwn(text) {
  const out = document.createDocumentFragment();
  for (const [index, part] of text.split(/^&gt; ?(.*)$/m).entries()) {
    if (index % 2) out.append(make("blockquote", { class: "quote" }, inline(part)));
    else if (part.trim()) {
      part.replace(/^\n|\n$/g, "").split("\n").forEach((line, at) => {
        if (at) out.append(make("br"));
        out.append(inline(line));
      });
    }
  }
  return out;
}

export const textObject = (text) => (text.type === "mrkdwn" ? mrkdwn(text.text) : document.createTextNode(text.text));

const TAGS = { bold: "strong", italic: "em", strike: "s", code: "code", underline: "u" };

function richInline(element) {
  const kinds = {
    text: () => document.createTextNode(element.text),
    link: () => link(element.url, element.text || element.url),
    user: () => make("strong", {}, `@${nameOf(element.user_id)}`),
    channel: () => make("strong", {}, `#${channelName(element.channel_id)}`),
    usergroup: () => make("strong", {}, `@${element.usergroup_id}`),
    broadcast: () => make("strong", {}, `@${element.range}`),
    emoji: () => document.createTextNode(`:${element.name}:`),
    date: () => date(element.timestamp, element.fallback),
    color: () => make("code", {}, element.value),
  };
  let node = kinds[element.type]();
  for (const [style, tag] of Object.entries(TAGS)) if (element.style?.[style]) node = make(tag, {}, node);
  return node;
}

function richPart(part) {
  const inside = () => part.elements.map(richInline);
  if (part.type === "rich_text_list") {
    const items = part.elements.map((item) => make("li", {}, ...item.elements.map(richInline)));
    const start = part.style === "ordered" ? (part.offset ?? 0) + 1 : null;
    return make(part.style === "ordered" ? "ol" : "ul", { start }, ...items);
  }
  if (part.type === "rich_text_quote") return make("blockquote", { class: "quote" }, ...inside());
  if (part.type === "rich_text_preformatted") return make("pre", {}, ...inside());
  return make("p", {}, ...inside());
}

export const richText = (block) => make("div", {}, ...block.elements.map(richPart));
