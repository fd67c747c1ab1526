// The emoji picker: search by name, arrows to move, Enter to take.
import { button, make } from "/page/dom.js";
import { searchEmoji } from "/page/emoji.js";
import { popUp } from "/page/layers.js";

const COLUMNS = 9;

/** Open the picker at `anchor`; `picked(name)` gets the emoji's name. */
export function pickEmoji(seat, anchor, picked) {
  const field = make("input", {
    class: "field",
    type: "search",
    "aria-label": "Search emoji",
    placeholder: "Search emoji",
  });
  const found = make("div", { class: "emoji-found" });
  const panel = make("div", { class: "emoji-panel", role: "dialog", "aria-label": "Emoji" }, field, found);
  const close = popUp(seat, anchor, panel);
  const leave = () => {
    close();
    anchor.focus({ preventScroll: true });
  };
  const take = (name) => {
    leave();
    picked(name);
  };
  const one = ({ picture, names }) =>
    button(
      {
        class: "emoji-one",
        "aria-label": names[0].replaceAll("_", " "),
        title: `:${names[0]}:`,
        tabindex: -1,
        onclick: () => take(names[0]),
      },
      picture,
    );
  const show = () => {
    const groups = searchEmoji(field.value);
    found.replaceChildren(
      ...groups.flatMap((group) => [
        make("div", { class: "menu-heading" }, group.name),
        make("div", { class: "emoji-grid" }, group.emoji.map(one)),
      ]),
    );
    found.querySelector("button")?.setAttribute("tabindex", "0");
  };
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      leave();
    }
    const all = [...found.querySelectorAll("button")];
    const at = all.indexOf(document.activeElement);
    if (event.key === "Enter" && at < 0 && all.length) (event.preventDefault(), all[0].click());
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: at < 0 ? 1 : COLUMNS, ArrowUp: -COLUMNS }[
      event.key
    ];
    if (!step || (at < 0 && event.key !== "ArrowDown")) return;
    event.preventDefault();
    if (at + step < 0) field.focus();
    else all[Math.min(all.length - 1, at + step)]?.focus();
  });
  field.addEventListener("input", show);
  show();
  close.place();
  field.focus();
}
