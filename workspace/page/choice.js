// Select menus with search, for one or several: a text field that opens a list of options.
// The pattern: https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
import { button, make, uid, unseen } from "/page/dom.js";
import { icon } from "/page/icons.js";
import { popUp } from "/page/layers.js";

const same = (a, b) => a.value === b.value;

function optionNode(choice, option, index) {
  const chosen = choice.picked.some((one) => same(one, option));
  return make(
    "div",
    {
      class: "option",
      role: "option",
      id: `${choice.id}-${index}`,
      "aria-selected": String(chosen),
      onpointerdown: (event) => event.preventDefault(), // the focus stays in the field
      onclick: () => choice.pick(option),
      onpointermove: () => choice.point(index),
    },
    option.mark ?? null,
    make(
      "span",
      { class: "option-words" },
      option.label,
      option.description ? make("small", {}, option.description) : null,
    ),
    chosen ? icon("check") : null,
  );
}

/**
 * A select. `source(query)` gives groups [{label?, options: [{value, label, description?}]}], at once or
 * later; `changed(picked)` is told the options picked, a list in both cases. `read(text)`, where given, makes an option
 * of what was typed when the field is left.
 */
export class Choice {
  constructor(
    seat,
    {
      label,
      placeholder,
      many = false,
      most = Infinity,
      source,
      read = () => null,
      picked = [],
      changed,
      key,
      describedby,
      clearable = true,
    },
  ) {
    Object.assign(this, { seat, many, most, source, read, changed, picked, key, placeholder, clearable });
    this.id = uid("choice");
    this.options = [];
    this.at = -1;
    this.close = null;
    this.asked = 0;
    this.input = make("input", {
      class: "choice-input",
      type: "text",
      role: "combobox",
      autocomplete: "off",
      spellcheck: "false",
      "aria-label": label,
      "aria-expanded": "false",
      "aria-autocomplete": "list",
      "aria-describedby": describedby,
      "data-key": key,
      oninput: () => this.open(),
      onclick: () => this.open(),
      onkeydown: (event) => this.#key(event),
      onblur: () => this.#leave(),
    });
    this.chips = make("span", { class: "chips" });
    this.clear = button(
      { class: "choice-clear", "aria-label": `Clear ${label}`, onclick: () => this.#set([]) },
      icon("close"),
    );
    this.node = make(
      "span",
      { class: many ? "choice many" : "choice" },
      this.chips,
      this.input,
      this.clear,
      make("span", { class: "choice-arrow" }, icon("down")),
    );
    this.#show();
  }

  #show() {
    this.chips.replaceChildren(...(this.many ? this.picked.map((option) => this.#chip(option)) : []));
    this.input.value = this.many ? "" : (this.picked[0]?.label ?? "");
    this.input.placeholder = this.picked.length ? "" : (this.placeholder ?? "");
    this.clear.hidden = this.many || !this.clearable || !this.picked.length;
  }

  #chip(option) {
    const remove = () => {
      this.#set(this.picked.filter((one) => !same(one, option)));
      this.input.focus();
    };
    return button({ class: "chip", onclick: remove }, option.label, unseen(" – remove"), icon("close"));
  }

  #set(picked) {
    this.picked = picked;
    this.#show();
    this.changed(picked);
  }

  pick(option) {
    if (!this.many) {
      this.shut();
      this.#set([option]);
      return;
    }
    const without = this.picked.filter((one) => !same(one, option));
    if (without.length === this.picked.length && this.picked.length >= this.most) {
      this.#say(`You can pick up to ${this.most}.`);
      return;
    }
    this.shut();
    this.#set(without.length < this.picked.length ? without : [...without, option]);
  }

  /** Open the list, or bring it up to date with what is typed. */
  async open() {
    if (!this.close) this.#appear();
    const typed = this.input.value;
    const query = !this.many && typed === this.picked[0]?.label ? "" : typed;
    const asked = ++this.asked;
    const given = this.source(query);
    if (given instanceof Promise) this.#say("Searching…");
    const { groups, note } = await given;
    if (asked !== this.asked || !this.close) return;
    this.groups = groups;
    this.note = note ?? (groups.some((group) => group.options.length) ? "" : "No results");
    this.at = this.#firstIndex();
    this.#draw();
    this.close.place();
  }

  #appear() {
    this.list = make("div", {
      class: "options",
      role: "listbox",
      id: `${this.id}-list`,
      "aria-label": this.input.getAttribute("aria-label"),
    });
    if (this.many) this.list.setAttribute("aria-multiselectable", "true");
    this.status = make("div", { class: "options-note", role: "status" });
    this.panel = make("div", { class: "options-panel" }, this.list, this.status);
    this.close = popUp(this.seat, this.node, this.panel, { wide: true, onclose: () => this.#closed() });
    this.input.setAttribute("aria-expanded", "true");
    this.input.setAttribute("aria-controls", this.list.id);
    if (!this.many) this.input.select();
  }

  #closed() {
    this.close = null;
    this.asked += 1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.input.removeAttribute("aria-controls");
  }

  shut() {
    this.close?.();
  }

  #leave() {
    const typed = this.read(this.input.value);
    this.#abandon();
    if (typed && !this.picked.some((one) => same(one, typed))) this.#set([typed]);
  }

  /** Close, and forget what was typed. */
  #abandon() {
    this.shut();
    if (!this.many) this.#show();
  }

  #say(words) {
    this.status.textContent = words;
    this.status.hidden = !words;
  }

  #firstIndex() {
    const all = this.groups.flatMap((group) => group.options);
    const chosen = all.findIndex((option) => !this.many && this.picked.some((one) => same(one, option)));
    return all.length ? Math.max(0, chosen) : -1;
  }

  #draw() {
    this.options = [];
    this.list.replaceChildren(...this.groups.map((group) => this.#group(group)));
    this.list.hidden = !this.options.length;
    this.#say(this.note);
    this.point(this.at);
  }

  #group({ label, options }) {
    const nodes = options.map((option) => optionNode(this, option, this.options.push(option) - 1));
    if (!label) return make("div", { role: "presentation" }, nodes);
    const id = uid("group");
    return make(
      "div",
      { role: "group", "aria-labelledby": id },
      make("div", { class: "menu-heading", id, role: "presentation" }, label),
      nodes,
    );
  }

  /** Mark the option that Enter would take. */
  point(index) {
    this.at = index;
    this.list.querySelectorAll(".pointed").forEach((node) => node.classList.remove("pointed"));
    const node = this.list.querySelector(`#${this.id}-${index}`);
    if (!node) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    node.classList.add("pointed");
    node.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", node.id);
  }

  #key(event) {
    const count = this.options.length;
    const open = this.close !== null;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (!open) this.open();
      else if (count) this.point((this.at + step + count) % count);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!open) this.open();
      else if (this.options[this.at]) this.pick(this.options[this.at]);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      this.#abandon();
    } else if (event.key === "Backspace" && this.many && !this.input.value && this.picked.length) {
      this.#set(this.picked.slice(0, -1));
    }
  }
}

/** A source over options that are known: those whose words hold what is typed. */
export const among = (groups) => (query) => {
  const words = query.trim().toLowerCase();
  const fits = ({ label, description }) => `${label} ${description ?? ""}`.toLowerCase().includes(words);
  const found = groups.map((group) => ({ ...group, options: group.options.filter(fits) }));
  return { groups: found.filter((group) => group.options.length) };
};
