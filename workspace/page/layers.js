// What lies on top of a person's side: dialogs, which lock what is below, and pop-ups beside a button.
import { button, focusable, make, uid } from "/page/dom.js";
import { icon } from "/page/icons.js";
import { textObject } from "/page/text.js";

/** Keep the Tab key inside `node`. */
function trap(node, event) {
  const stops = focusable(node);
  if (!stops.length) return;
  const [first, final] = [stops[0], stops.at(-1)];
  const leaving = event.shiftKey ? document.activeElement === first : document.activeElement === final;
  if (!leaving && node.contains(document.activeElement)) return;
  event.preventDefault();
  (event.shiftKey ? final : first).focus();
}

/** The layers over one person's side; `below` is what they cover. */
export class Layers {
  constructor(below) {
    this.below = below;
    this.node = make("div", { class: "layers" });
    this.stack = [];
  }

  /** Lay a dialog on top; returns what takes it away again and gives the focus back. */
  add(dialog, onEscape) {
    const backdrop = make("div", { class: "backdrop" }, dialog);
    const before = document.activeElement;
    const layer = { backdrop, before };
    backdrop.addEventListener("keydown", (event) => {
      if (event.key === "Tab") trap(dialog, event);
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      onEscape();
    });
    this.stack.push(layer);
    this.node.append(backdrop);
    this.#lock();
    return () => this.#remove(layer);
  }

  #remove(layer) {
    const top = this.stack.at(-1) === layer;
    this.stack = this.stack.filter((one) => one !== layer);
    layer.backdrop.remove();
    this.#lock();
    if (top && layer.before?.isConnected) layer.before.focus({ preventScroll: true });
  }

  #lock() {
    this.below.inert = this.stack.length > 0;
    this.stack.forEach(({ backdrop }, at) => (backdrop.inert = at < this.stack.length - 1));
  }
}

/** The frame of a dialog: title, cross, body, foot. */
function dialogFrame({ title, className = "", onclose, body, foot, role = "dialog" }) {
  const id = uid("title");
  return make(
    "div",
    { class: `dialog ${className}`, role, "aria-modal": "true", "aria-labelledby": id, tabindex: -1 },
    make(
      "header",
      { class: "dialog-head" },
      make("h2", { id }, title),
      button(
        { class: "icon-button", "aria-label": "Close", "data-key": "close", onclick: onclose },
        icon("close"),
      ),
    ),
    body,
    foot,
  );
}

/** Open a dialog of the page's own; `draw(close)` gives {title, body, foot}. */
export function openDialog(seat, draw) {
  let remove = () => {};
  const close = () => remove();
  const dialog = dialogFrame({ ...draw(close), onclose: close });
  remove = seat.layers.add(dialog, close);
  (dialog.querySelector("[autofocus]") ?? dialog).focus();
  return close;
}

/** A confirm object, asked; resolves to true or false. */
export function confirmed(seat, confirm) {
  if (!confirm) return Promise.resolve(true);
  return new Promise((resolve) => {
    let remove = () => {};
    const answer = (value) => () => {
      remove();
      resolve(value);
    };
    const style = confirm.style === "danger" ? "button danger" : "button primary";
    const dialog = dialogFrame({
      role: "alertdialog",
      className: "small",
      title: textObject(seat, confirm.title),
      onclose: answer(false),
      body: make("div", { class: "dialog-body" }, make("p", {}, textObject(seat, confirm.text))),
      foot: make(
        "footer",
        { class: "dialog-foot" },
        button({ class: "button", onclick: answer(false) }, textObject(seat, confirm.deny)),
        button({ class: style, autofocus: true, onclick: answer(true) }, textObject(seat, confirm.confirm)),
      ),
    });
    remove = seat.layers.add(dialog, answer(false));
    dialog.querySelector("[autofocus]").focus();
  });
}

/** Put `node` beside `anchor`, above or below as there is room. */
function place(node, anchor) {
  const gap = 4;
  const at = anchor.getBoundingClientRect();
  const { width, height } = node.getBoundingClientRect();
  const below = at.bottom + gap + height <= innerHeight || at.top < innerHeight - at.bottom;
  const top = below ? at.bottom + gap : at.top - gap - height;
  node.style.top = `${Math.max(gap, Math.min(top, innerHeight - height - gap))}px`;
  node.style.left = `${Math.max(gap, Math.min(at.left, innerWidth - width - gap))}px`;
}

/** Show `node` beside `anchor` until it is closed, or a press elsewhere. Returns what closes it. */
export function popUp(seat, anchor, node, { onclose = () => {}, wide = false } = {}) {
  const gone = new AbortController();
  const close = () => {
    if (gone.signal.aborted) return;
    gone.abort();
    node.remove();
    onclose();
  };
  node.classList.add("pop-up");
  if (wide) node.style.minWidth = `${anchor.offsetWidth}px`;
  seat.layers.node.append(node);
  place(node, anchor);
  const elsewhere = (event) => !node.contains(event.target) && !anchor.contains(event.target) && close();
  const options = { signal: gone.signal, capture: true };
  document.addEventListener("pointerdown", elsewhere, options);
  document.addEventListener(
    "scroll",
    (event) => !node.contains(event.target) && anchor.isConnected && place(node, anchor),
    options,
  );
  addEventListener("resize", close, options);
  return Object.assign(close, { place: () => place(node, anchor) });
}

function menuItem(item, close) {
  if (item.heading) return make("div", { class: "menu-heading", role: "presentation" }, item.heading);
  return button(
    {
      class: item.danger ? "menu-item danger-text" : "menu-item",
      role: "menuitem",
      tabindex: -1,
      onclick: () => {
        close();
        item.run();
      },
    },
    item.icon ? icon(item.icon) : null,
    make("span", { class: "menu-words" }, item.label, item.note ? make("small", {}, item.note) : null),
    item.keys ? make("kbd", {}, item.keys) : null,
  );
}

function moveIn(items, event, close) {
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to !== undefined) items[(to + items.length) % items.length].focus();
  else if (event.key === "Escape" || event.key === "Tab") close();
  else if (event.key.length === 1 && event.key !== " ") {
    const next = [...items.slice(at + 1), ...items].find((item) =>
      item.textContent.toLowerCase().startsWith(event.key.toLowerCase()),
    );
    next?.focus();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

/** A menu at a button: items are {label, run, icon?, keys?, note?, danger?} or {heading}. */
export function openMenu(seat, anchor, label, items) {
  const menu = make("div", { class: "menu", role: "menu", "aria-label": label });
  anchor.setAttribute("aria-expanded", "true");
  const finish = () => anchor.setAttribute("aria-expanded", "false");
  const close = popUp(seat, anchor, menu, { onclose: finish });
  const leave = () => {
    close();
    if (anchor.isConnected) anchor.focus({ preventScroll: true });
  };
  menu.append(...items.map((item) => menuItem(item, leave)));
  close.place();
  const entries = [...menu.querySelectorAll("[role=menuitem]")];
  menu.addEventListener("keydown", (event) => moveIn(entries, event, leave));
  entries[0]?.focus();
}
