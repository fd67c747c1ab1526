// The markdown block: standard Markdown, unlike the mrkdwn of text objects.
// https://docs.slack.dev/reference/block-kit/blocks/markdown-block
import { make } from "/page/dom.js";
import { withEmoji } from "/page/emoji.js";
import { link } from "/page/text.js";

const INLINE = [
  [/\\([\\`*_{}[\]()#+\-.!|~>])/, (hit) => hit[1]],
  [/``([^`]+)``|`([^`]+)`/, (hit) => make("code", {}, (hit[1] ?? hit[2]).trim())],
  [/!?\[([^\]]*)\]\((\S+?)(?:\s+"[^"]*")?\)/, (hit) => link(hit[2], inline(hit[1] || hit[2]))],
  [/<(https?:\/\/[^\s>]+)>/, (hit) => link(hit[1], hit[1])],
  [/\*\*\*(?=\S)([\s\S]+?\S)\*\*\*/, (hit) => make("strong", {}, make("em", {}, inline(hit[1])))],
  [
    /\*\*(?=\S)([\s\S]+?\S|\S)\*\*|__(?=\S)([\s\S]+?\S|\S)__/,
    (hit) => make("strong", {}, inline(hit[1] ?? hit[2])),
  ],
  [
    /\*(?=\S)([^*]+?\S|\S)\*|(?<!\w)_(?=\S)([^_]+?\S|\S)_(?!\w)/,
    (hit) => make("em", {}, inline(hit[1] ?? hit[2])),
  ],
  [/~~(?=\S)([\s\S]+?)~~/, (hit) => make("s", {}, inline(hit[1]))],
  [/https?:\/\/[^\s<]*[^\s<.,;:!?)'"]/, (hit) => link(hit[0], hit[0])],
  [/ {2,}\n|\n/, () => make("br")],
];

function inline(text) {
  const hits = INLINE.map(([pattern, draw]) => ({ hit: pattern.exec(text), draw })).filter(({ hit }) => hit);
  if (!hits.length) return withEmoji(text);
  const { hit, draw } = hits.reduce((a, b) => (b.hit.index < a.hit.index ? b : a));
  return [withEmoji(text.slice(0, hit.index)), draw(hit), inline(text.slice(hit.index + hit[0].length))];
}

const ITEM = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/;
const RULE = /^\s*([-*_])(\s*\1){2,}\s*$/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const TABLE_LINE = /^\s*\|?[\s:|-]+\|?\s*$/;

/** Take lines off the front as long as `fits` says so. */
function take(lines, fits) {
  const taken = [];
  while (lines.length && fits(lines[0], taken.length)) taken.push(lines.shift());
  return taken;
}

function fence(lines) {
  const mark = /^\s*(```+|~~~+)/.exec(lines.shift())[1];
  const code = take(lines, (line) => !line.trim().startsWith(mark));
  lines.shift();
  return make("pre", {}, code.join("\n"));
}

const cells = (line) =>
  line
    .trim()
    .replace(/^\||\|$/g, "")
    .split("|")
    .map((cell) => cell.trim());

function table(lines) {
  const [head, , ...rows] = take(lines, (line) => line.includes("|"));
  const row = (tag) => (line) =>
    make(
      "tr",
      {},
      cells(line).map((cell) => make(tag, {}, inline(cell))),
    );
  return make("table", {}, make("thead", {}, row("th")(head)), make("tbody", {}, rows.map(row("td"))));
}

function listItem(lines) {
  const [, indent, , text] = ITEM.exec(lines.shift());
  const inner = take(lines, (line) => /^\s+\S/.test(line) && line.search(/\S/) > indent.length);
  const task = /^\[([ xX])\]\s+(.*)$/.exec(text);
  const shown = task ? [task[1] === " " ? "☐ " : "☑ ", inline(task[2])] : inline(text);
  const margin = inner.length ? inner[0].search(/\S/) : 0;
  return make("li", {}, shown, blocks(inner.map((line) => line.slice(margin))));
}

function list(lines) {
  const [, indent, mark] = ITEM.exec(lines[0]);
  const ordered = /\d/.test(mark);
  const items = [];
  while (lines.length) {
    const hit = ITEM.exec(lines[0]);
    if (!hit || hit[1].length < indent.length || /\d/.test(hit[2]) !== ordered) break;
    items.push(listItem(lines));
  }
  return make(ordered ? "ol" : "ul", { start: ordered ? Number.parseInt(mark, 10) : null }, items);
}

function quote(lines) {
  const taken = take(lines, (line) => line.startsWith(">"));
  return make("blockquote", {}, blocks(taken.map((line) => line.replace(/^> ?/, ""))));
}

const startsBlock = (line) =>
  ITEM.test(line) || HEADING.test(line) || RULE.test(line) || /^(>|\s*```|\s*~~~)/.test(line);

function paragraph(lines) {
  const taken = take(lines, (line, at) => line.trim() && (!at || !startsBlock(line)));
  return make("p", {}, inline(taken.map((line) => line.trimStart()).join("\n")));
}

function blocks(lines) {
  const drawn = [];
  while (lines.length) {
    const line = lines[0];
    const heading = HEADING.exec(line);
    if (!line.trim()) lines.shift();
    else if (/^\s*(```|~~~)/.test(line)) drawn.push(fence(lines));
    else if (heading) {
      lines.shift();
      drawn.push(make("p", { class: `md-heading md-${heading[1].length}` }, inline(heading[2])));
    } else if (RULE.test(line)) {
      lines.shift();
      drawn.push(make("hr"));
    } else if (line.startsWith(">")) drawn.push(quote(lines));
    else if (ITEM.test(line)) drawn.push(list(lines));
    else if (line.includes("|") && TABLE_LINE.test(lines[1] ?? "")) drawn.push(table(lines));
    else drawn.push(paragraph(lines));
  }
  return drawn;
}

export const markdown = (text) =>
  make("div", { class: "markdown" }, blocks(text.replaceAll("\r\n", "\n").split("\n")));
