// The rich text input: an editable text with a toolbar, read back as a rich text object.
import { button, make } from "/page/dom.js";
import { linkDialog } from "/page/formatting.js";
import { icon } from "/page/icons.js";
import { richText } from "/page/richtext.js";
import { keyOf } from "/page/surface.js";

const TOOLS = [
  ["bold", "Bold", "b", () => document.execCommand("bold")],
  ["italic", "Italic", "i", () => document.execCommand("italic")],
  ["strike", "Strikethrough", "X", () => document.execCommand("strikeThrough")],
  ["link", "Link", "U", (surface, editable) => askLink(surface, editable)],
  ["code", "Code", "C", () => wrapCode()],
  ["numbers", "Ordered list", "7", () => document.execCommand("insertOrderedList")],
  ["bullets", "Bulleted list", "8", () => document.execCommand("insertUnorderedList")],
  ["quote", "Blockquote", "9", () => document.execCommand("formatBlock", false, "blockquote")],
  ["codeblock", "Code block", "6", () => document.execCommand("formatBlock", false, "pre")],
];

/** Ask for a link, and put it where the caret was before. */
function askLink(surface, editable) {
  const selection = getSelection();
  const inside = selection.rangeCount && editable.contains(selection.anchorNode);
  const range = inside ? selection.getRangeAt(0).cloneRange() : null;
  linkDialog(surface.seat, range ? range.toString() : "", (address, words) => {
    const link = make("a", { href: address }, words || address);
    if (range) {
      range.deleteContents();
      range.insertNode(link);
    } else editable.append(link);
    editable.focus();
    selection.selectAllChildren(link);
    selection.collapseToEnd();
    editable.dispatchEvent(new InputEvent("input"));
  });
}

function wrapCode() {
  const range = getSelection().rangeCount ? getSelection().getRangeAt(0) : null;
  if (!range || range.collapsed) return;
  const code = make("code", {}, range.toString());
  range.deleteContents();
  range.insertNode(code);
}

const STYLES = {
  B: "bold",
  STRONG: "bold",
  I: "italic",
  EM: "italic",
  S: "strike",
  STRIKE: "strike",
  DEL: "strike",
  CODE: "code",
  U: "underline",
};
const WHOLE = { OL: "ordered", UL: "bullet" };

/** The inline elements below a node, each with the styles of what is around it. */
function inlines(node, style = {}) {
  if (node.nodeType === Node.TEXT_NODE) {
    const text = node.data.replaceAll("\u00a0", " ");
    return text ? [{ type: "text", text, ...(Object.keys(style).length ? { style } : {}) }] : [];
  }
  if (node.nodeName === "BR") return [{ type: "text", text: "\n" }];
  if (node.dataset?.user) return [{ type: "user", user_id: node.dataset.user }];
  if (node.nodeName === "A") {
    return [
      {
        type: "link",
        url: node.getAttribute("href"),
        text: node.textContent,
        ...(Object.keys(style).length ? { style } : {}),
      },
    ];
  }
  const own = STYLES[node.nodeName] ? { ...style, [STYLES[node.nodeName]]: true } : style;
  return [...node.childNodes].flatMap((child) => inlines(child, own));
}

function lists(node, indent = 0) {
  const found = [];
  for (const item of node.children) {
    if (WHOLE[item.nodeName]) found.push(...lists(item, indent + 1));
    else {
      const section = { type: "rich_text_section", elements: inlines(item) };
      const open = found.at(-1);
      if (open?.indent === indent) open.elements.push(section);
      else found.push({ type: "rich_text_list", style: WHOLE[node.nodeName], indent, elements: [section] });
    }
  }
  return found;
}

const ENDS_LINE = new Set(["DIV", "P"]);

/** The rich text of an editable node, or null when nothing is in it. */
function readRichText(root) {
  const parts = [];
  let line = [];
  const flush = () => {
    if (line.length) parts.push({ type: "rich_text_section", elements: line });
    line = [];
  };
  for (const node of root.childNodes) {
    if (WHOLE[node.nodeName]) (flush(), parts.push(...lists(node)));
    else if (node.nodeName === "BLOCKQUOTE")
      (flush(), parts.push({ type: "rich_text_quote", elements: inlines(node) }));
    else if (node.nodeName === "PRE")
      (flush(), parts.push({ type: "rich_text_preformatted", elements: inlines(node) }));
    else {
      if (ENDS_LINE.has(node.nodeName) && line.length) line.push({ type: "text", text: "\n" });
      line.push(...inlines(node));
    }
  }
  flush();
  return root.textContent.trim() ? { type: "rich_text", elements: parts } : null;
}

function tool([picture, name, key, run], surface, editable) {
  const act = () => {
    editable.focus();
    run(surface, editable);
    editable.dispatchEvent(new InputEvent("input"));
  };
  return button(
    {
      class: "icon-button",
      "aria-label": name,
      title: `${name} (Ctrl+${key.length === 1 && key > "Z" ? key.toUpperCase() : `Shift+${key}`})`,
      onpointerdown: (event) => event.preventDefault(),
      onclick: act,
    },
    icon(picture),
  );
}

function shortcut(surface, event) {
  const own = TOOLS.find(([, , key]) =>
    event.shiftKey ? `Digit${key}` === event.code || key === event.key : key === event.key,
  );
  if (!own || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  own[3](surface, event.currentTarget);
  event.currentTarget.dispatchEvent(new InputEvent("input"));
}

export function richTextInput(surface, block, element, names) {
  const editable = make("div", {
    class: "field editable",
    contenteditable: "true",
    role: "textbox",
    "aria-multiline": "true",
    id: names.id,
    "aria-labelledby": names.labelledby,
    "aria-label": names.labelledby ? null : names.label,
    "aria-describedby": names.describedby,
    "aria-invalid": names.invalid ? "true" : null,
    "aria-required": names.required ? "true" : null,
    "data-key": keyOf(block, element),
    "data-action": element.action_id,
    "data-placeholder": element.placeholder?.text,
    onkeydown: (event) => shortcut(surface, event),
    oninput: () => surface.enter(block, element, readRichText(editable)),
    onpaste: (event) => {
      event.preventDefault(); // as text: what another page styled does not belong here
      document.execCommand("insertText", false, event.clipboardData.getData("text/plain"));
    },
  });
  if (element.min_lines) editable.style.minHeight = `calc(${element.min_lines}lh + 14px)`;
  if (element.max_lines) editable.style.maxHeight = `calc(${element.max_lines}lh + 14px)`;
  const kept = surface.held(block, element);
  if (kept) editable.append(...richText(surface.seat, kept).childNodes);
  return make(
    "div",
    { class: "rich-input" },
    make(
      "div",
      { class: "toolbar", role: "toolbar", "aria-label": `Formatting of ${names.label}` },
      TOOLS.map((one) => tool(one, surface, editable)),
    ),
    editable,
  );
}
