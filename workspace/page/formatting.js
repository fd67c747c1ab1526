// Formatting in a message box: Slack's marks around what is selected, by button or by key.
// https://docs.slack.dev/messaging/formatting-message-text
import { button, make } from "/page/dom.js";
import { icon } from "/page/icons.js";
import { openDialog } from "/page/layers.js";

/** The words selected, without the blanks at their ends, for a mark has to stand close to a word. */
function words({ text, start, end }) {
  const chosen = text.slice(start, end);
  const from = start + (chosen.length - chosen.trimStart().length);
  return chosen.trim() ? [from, from + chosen.trim().length] : [start, start];
}

/** Put a mark on both sides, or take it away where it stands already. */
const around = (mark) => (box) => {
  const { text } = box;
  const [from, to] = words(box);
  const n = mark.length;
  if (text.slice(from - n, from) === mark && text.slice(to, to + n) === mark)
    return {
      text: text.slice(0, from - n) + text.slice(from, to) + text.slice(to + n),
      start: from - n,
      end: to - n,
    };
  return {
    text: text.slice(0, from) + mark + text.slice(from, to) + mark + text.slice(to),
    start: from + n,
    end: to + n,
  };
};

/** Where the lines begin and end that the selection touches. */
function lines({ text, start, end }) {
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const after = text.indexOf("\n", end);
  return [from, after < 0 ? text.length : after];
}

/** Put a mark before each line, or take it away where every line has it. */
const before = (pattern, mark) => (box) => {
  const [from, to] = lines(box);
  const chosen = box.text.slice(from, to).split("\n");
  const marked = chosen.every((line) => pattern.test(line));
  const bare = chosen.map((line) => line.replace(/^(?:[-*•] |\d+\. |> ?)/, ""));
  const drawn = (marked ? bare : bare.map((line, at) => mark(at) + line)).join("\n");
  return { text: box.text.slice(0, from) + drawn + box.text.slice(to), start: from, end: from + drawn.length };
};

function fence(box) {
  const [from, to] = lines(box);
  const drawn = `\`\`\`\n${box.text.slice(from, to)}\n\`\`\``;
  return { text: box.text.slice(0, from) + drawn + box.text.slice(to), start: from + 4, end: from + 4 + to - from };
}

const BULLET = /^[-*•] /;
const NUMBER = /^\d+\. /;

// name of the icon, label, key with Ctrl, what it does to {text, start, end}
const TOOLS = [
  ["bold", "Bold", "B", around("*")],
  ["italic", "Italic", "I", around("_")],
  ["strike", "Strikethrough", "Shift+X", around("~")],
  ["link", "Link", "Shift+U", null],
  ["numbers", "Ordered list", "Shift+7", before(NUMBER, (at) => `${at + 1}. `)],
  ["bullets", "Bulleted list", "Shift+8", before(BULLET, () => "- ")],
  ["quote", "Blockquote", "Shift+9", before(/^>/, () => "> ")],
  ["code", "Code", "Shift+C", around("`")],
  ["codeblock", "Code block", "Shift+Alt+C", fence],
];

const boxOf = (field) => ({ text: field.value, start: field.selectionStart, end: field.selectionEnd });

/** Put a new text in the field so that the browser can take it back (Ctrl+Z). */
function put(field, { text, start, end }) {
  field.focus();
  field.select();
  document.execCommand("insertText", false, text);
  field.setSelectionRange(start, end);
}

/** Ask for the words and the address of a link; `save(address, words)` is told, words being "" for none. */
export function linkDialog(seat, words, save) {
  openDialog(seat, (close) => {
    const label = make("input", { class: "field", value: words });
    const address = make("input", {
      class: "field",
      type: "url",
      required: true,
      pattern: "https?://[^\\s()]+",
      title: "An address that starts with http:// or https://",
      placeholder: "https://",
      autofocus: true,
    });
    const submit = (event) => {
      event.preventDefault();
      close();
      const shown = label.value.replace(/[[\]\n]/g, "").trim();
      save(address.value, shown === address.value ? "" : shown);
    };
    return {
      title: "Add a link",
      body: make(
        "form",
        { class: "dialog-body", onsubmit: submit },
        make("label", { class: "tool-label" }, "Text", label),
        make("label", { class: "tool-label" }, "Link", address),
        make("footer", { class: "dialog-foot" }, make("button", { class: "button primary" }, "Save")),
      ),
    };
  });
}

function askLink(seat, field) {
  const { text, start, end } = boxOf(field);
  linkDialog(seat, text.slice(start, end), (address, words) => {
    const link = words ? `[${words}](${address})` : address;
    const at = start + link.length;
    put(field, { text: text.slice(0, start) + link + text.slice(end), start: at, end: at });
  });
}

const apply = (seat, field, run) => (run ? put(field, run(boxOf(field))) : askLink(seat, field));

/** Whether an event is the key of a tool; letters and digits are named by their place on the keyboard. */
function isKey(event, key) {
  const parts = key.split("+");
  const last = parts.pop();
  const code = /\d/.test(last) ? `Digit${last}` : `Key${last}`;
  return (
    event.shiftKey === parts.includes("Shift") &&
    event.altKey === parts.includes("Alt") &&
    (event.code === code || (!event.code && event.key.toUpperCase() === last))
  );
}

/** Format by key; true when the event was one. */
export function formatByKey(seat, field, event) {
  if (!(event.ctrlKey || event.metaKey)) return false;
  const tool = TOOLS.find(([, , key]) => isKey(event, key));
  if (!tool) return false;
  event.preventDefault();
  apply(seat, field, tool[3]);
  return true;
}

/** A new line in a list goes on with the list; in an empty item it ends the list. True when it was one. */
export function continueList(field) {
  const { text, start, end } = boxOf(field);
  if (start !== end) return false;
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const [whole, margin, bullet, number] = /^( *)(?:([-*•])|(\d+)\.) /.exec(text.slice(from, start)) ?? [];
  if (!whole) return false;
  if (whole === text.slice(from, start)) {
    put(field, { text: text.slice(0, from) + text.slice(start), start: from, end: from });
    return true;
  }
  const mark = `\n${margin}${bullet ?? `${Number(number) + 1}.`} `;
  const at = start + mark.length;
  put(field, { text: text.slice(0, start) + mark + text.slice(start), start: at, end: at });
  return true;
}

/** The toolbar of a message box; the arrow keys go along it. */
export function formattingBar(seat, field) {
  const go = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...bar.children];
    const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
    for (const one of all) one.tabIndex = one === next ? 0 : -1;
    next.focus();
  };
  const bar = make(
    "div",
    { class: "toolbar", role: "toolbar", "aria-label": "Formatting", onkeydown: go },
    TOOLS.map(([picture, label, key, run], at) =>
      button(
        {
          class: "icon-button",
          "aria-label": label,
          title: `${label} (Ctrl+${key})`,
          "aria-keyshortcuts": `Control+${key}`,
          tabindex: at ? -1 : 0,
          onpointerdown: (event) => event.preventDefault(), // the selection stays
          onclick: () => apply(seat, field, run),
        },
        icon(picture),
      ),
    ),
  );
  return bar;
}
