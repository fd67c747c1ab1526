// Slack's mrkdwn and plain text as elements: https://docs.slack.dev/messaging/formatting-message-text
import { fromTs, full, slackDate } from "/page/dates.js";
import { button, make } from "/page/dom.js";
import { withEmoji } from "/page/emoji.js";
import { handleOf, nameOf, world } from "/page/world.js";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
const decode = (text) => text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]);

/** A link out of the page; what is no web or mail address stays text. */
export function link(url, ...label) {
  if (!/^(https?:\/\/|mailto:|tel:)/i.test(url)) return make("span", {}, ...label);
  return make("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...label);
}

/** A person's or group's name in a text; one's own stands out. */
export function mention(seat, id, label) {
  const own = id === seat.user || ["here", "channel", "everyone"].includes(id);
  return make("span", { class: own ? "mention own" : "mention", "data-user": id }, `@${label ?? nameOf(id)}`);
}

/** A user group's handle in a text; a group that one is in stands out. */
export function groupMention(seat, id, label) {
  const group = world.groups.get(id);
  const own = group?.users.includes(seat.user);
  const people = group?.users.map(nameOf).join(", ");
  return make(
    "span",
    { class: own ? "mention own" : "mention", title: people },
    group ? `@${group.handle}` : (label ?? `@${id}`),
  );
}

/** A channel's name in a text, which leads there. */
export function channelMention(seat, id, label) {
  const known = seat.channel(id);
  if (!known) return make("span", { class: "mention" }, `#${label || "private channel"}`);
  return button({ class: "mention", onclick: () => seat.go(id) }, `#${known.name}`);
}

/** A date in the person's own zone; the fallback is in the title. */
export function dateNode(seat, seconds, pattern, { url, fallback } = {}) {
  const date = fromTs(seconds);
  const shown = make(
    "time",
    { datetime: date.toISOString(), title: full(seat.user, date) },
    slackDate(seat.user, date, pattern),
  );
  if (Number.isNaN(date.valueOf())) return make("span", {}, fallback ?? pattern);
  return url ? link(url, shown) : shown;
}

function reference(seat, body) {
  const bar = body.indexOf("|");
  const target = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? undefined : decode(body.slice(bar + 1));
  if (target.startsWith("@")) return mention(seat, target.slice(1), label);
  if (target.startsWith("#")) return channelMention(seat, target.slice(1), label);
  if (target.startsWith("!subteam^")) return groupMention(seat, target.slice(9), label);
  if (target.startsWith("!date^")) {
    const [, seconds, pattern, url] = target.split("^");
    return dateNode(seat, seconds, decode(pattern ?? "{date}"), { url: url && decode(url), fallback: label });
  }
  if (target.startsWith("!")) return mention(seat, target.slice(1), label?.replace(/^@/, ""));
  return link(decode(target), withEmoji(label ?? decode(target)));
}

// Code and <references> are taken out first and stand as one private-use character each while styles are
// looked for, so that an underscore in an address is never italics.
const ATOM = /```\n?([\s\S]+?)\n?```|`([^`\n]+)`|<([^<>\n]+)>/g;
const FIRST_ATOM = 0xe000;
const EDGE = "[^\\p{L}\\p{N}\\uE000-\\uF8FF]";
const styled = (mark) =>
  new RegExp(`(?<=^|${EDGE})[${mark}](?=\\S)([^${mark}\\n]*?[^${mark}\\s])[${mark}](?=$|${EDGE})`, "u");
const STYLES = [
  [styled("*"), "strong"],
  [styled("_"), "em"],
  [styled("~"), "s"],
];
const BARE_LINK = /https?:\/\/[^\s\uE000-\uF8FF]*[^\s\uE000-\uF8FF.,;:!?)'"]/;

class Inline {
  constructor(seat, { verbatim = false } = {}) {
    this.seat = seat;
    this.verbatim = verbatim;
    this.atoms = [];
  }

  /** The text with its atoms replaced by their characters. */
  lift(text) {
    return text.replace(ATOM, (_, block, code, body) => {
      this.atoms.push({ block, code, body });
      return String.fromCharCode(FIRST_ATOM + this.atoms.length - 1);
    });
  }

  atom({ block, code, body }) {
    if (block !== undefined) return make("pre", {}, decode(block));
    if (code !== undefined) return make("code", {}, decode(code));
    return reference(this.seat, body);
  }

  /** Text without styles: atoms put back, addresses linked, entities and emoji as characters. */
  plain(text) {
    return text.split(/([\uE000-\uF8FF])/).map((part) => {
      const atom = this.atoms[part.charCodeAt(0) - FIRST_ATOM];
      return part.length === 1 && atom ? this.atom(atom) : this.linked(part);
    });
  }

  linked(text) {
    const hit = this.verbatim ? null : BARE_LINK.exec(text);
    if (!hit) return withEmoji(decode(text));
    const url = decode(hit[0]);
    return [
      withEmoji(decode(text.slice(0, hit.index))),
      link(url, url),
      this.linked(text.slice(hit.index + hit[0].length)),
    ];
  }

  /** Lifted text with its styles, innermost last. */
  draw(text) {
    const hits = STYLES.map(([pattern, tag]) => ({ hit: pattern.exec(text), tag })).filter(({ hit }) => hit);
    if (!hits.length) return this.plain(text);
    const { hit, tag } = hits.reduce((a, b) => (b.hit.index < a.hit.index ? b : a));
    return [
      this.plain(text.slice(0, hit.index)),
      make(tag, {}, this.draw(hit[1])),
      this.draw(text.slice(hit.index + hit[0].length)),
    ];
  }

  lines(text) {
    return text.split("\n").map((line, at) => [at ? make("br") : null, this.draw(line)]);
  }
}

const QUOTE = /^(?:&gt;|>) ?/;

/** mrkdwn with its quotes; lists of Slack's mrkdwn are plain lines. */
export function mrkdwn(seat, text, options) {
  const inline = new Inline(seat, options);
  const runs = [];
  for (const line of inline.lift(text).split("\n")) {
    const quoted = QUOTE.test(line);
    const shown = line.replace(QUOTE, "");
    if (runs.at(-1)?.quoted === quoted) runs.at(-1).lines.push(shown);
    else runs.push({ quoted, lines: [shown] });
  }
  return runs.map(({ quoted, lines }) =>
    make(quoted ? "blockquote" : "span", {}, inline.lines(lines.join("\n"))),
  );
}

const broken = (text) => text.split("\n").map((line, at) => [at ? make("br") : null, line]);

/** A text object, of either kind. */
export function textObject(seat, object) {
  if (object.type === "mrkdwn") return mrkdwn(seat, object.text, { verbatim: object.verbatim });
  return broken(object.emoji === false ? object.text : withEmoji(object.text));
}

/** A text object's words without any formatting, for labels and live regions. */
export function wordsOf(seat, object) {
  return make("span", {}, textObject(seat, object)).textContent;
}

/** A message's text as its author would type it again: names for ids, addresses for links. */
export function asTyped(seat, text) {
  const typed = text.replace(/<([^<>\n]+)>/g, (_, body) => {
    const [target, label] = body.split("|");
    if (target.startsWith("!subteam^")) return `@${world.groups.get(target.slice(9))?.handle ?? target.slice(9)}`;
    if (label && /^https?:/.test(target)) return `[${label}](${target})`;
    if (target.startsWith("@")) return `@${handleOf(target.slice(1))}`;
    if (target.startsWith("#")) return `#${seat.channel(target.slice(1))?.name ?? target.slice(1)}`;
    return target.startsWith("!") ? `@${target.slice(1)}` : target;
  });
  return decode(typed);
}
