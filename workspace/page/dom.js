// Making elements. Text always goes in as text nodes; nothing here or elsewhere parses a string as HTML.

let last = 0;

/** An id that is in use nowhere else on the page; two people may stand side by side on it. */
export const uid = (prefix = "n") => `${prefix}-${++last}`;

function set(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else node.setAttribute(name, value === true ? "" : value);
}

/** An element; attributes that start with "on" are listeners, empty children are left out. */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) set(node, name, value);
  node.append(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false),
  );
  return node;
}

/** A button that submits nothing. */
export const button = (attributes, ...children) =>
  make("button", { type: "button", ...attributes }, ...children);

/** Words for screen readers only. */
export const unseen = (...words) => make("span", { class: "unseen" }, ...words);

const key = (node) => node?.closest?.("[data-key]")?.dataset.key;

function caret(node) {
  try {
    return node.selectionStart === null ? null : [node.selectionStart, node.selectionEnd];
  } catch {
    return null; // date, number and e-mail fields keep their caret to themselves
  }
}

/** Draw `root` anew through `draw`, and leave the focus on what has the same data-key as before. */
export function keepFocus(root, draw) {
  const focused = root.contains(document.activeElement) ? document.activeElement : null;
  const where = key(focused);
  const at = focused ? caret(focused) : null;
  draw();
  if (!focused || root.contains(document.activeElement)) return;
  const again = where && root.querySelector(`[data-key="${CSS.escape(where)}"]`);
  if (!again) return;
  again.focus({ preventScroll: true });
  if (at && again.setSelectionRange) again.setSelectionRange(...at);
}

const FOCUSABLE =
  "a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), " +
  "summary, [contenteditable=true], [tabindex]:not([tabindex='-1'])";

/** What the Tab key reaches inside `root`, in order. */
export const focusable = (root) =>
  [...root.querySelectorAll(FOCUSABLE)].filter((node) => node.tabIndex >= 0 && node.checkVisibility());

/** Call `work` once after a burst of calls, before the next frame is painted. */
export function coalesce(work) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => {
      waiting = false;
      work();
    });
  };
}

/** Call `work` when no further call came for `ms` milliseconds. */
export function debounce(ms, work) {
  let timer = 0;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...given), ms);
  };
}
