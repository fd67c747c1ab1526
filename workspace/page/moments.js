// The fields for days and times of day: typed or picked, shown as the person writes them.
import { Calendar } from "/page/calendar.js";
import { among, Choice } from "/page/choice.js";
import { dayOf, instantOf, timeOf, writtenTime } from "/page/dates.js";
import { readDay, writtenDay } from "/page/days.js";
import { make } from "/page/dom.js";
import { icon } from "/page/icons.js";
import { confirmed } from "/page/layers.js";
import { keyOf, tie, tied } from "/page/surface.js";
import { wordsOf } from "/page/text.js";

const ISO = /^\d{4}-\d{2}-\d{2}$/;
const HALF_HOURS = Array.from(
  { length: 48 },
  (_, half) => `${String(half >> 1).padStart(2, "0")}:${half % 2 ? "30" : "00"}`,
);

/** A day to fill in; `changed(day)` is told YYYY-MM-DD or null. */
class DayField {
  constructor(seat, { attributes, label, placeholder, day, clearable, changed }) {
    Object.assign(this, { seat, label, day, clearable, changed });
    this.calendar = null;
    this.input = make("input", {
      ...attributes,
      class: "field",
      type: "text",
      role: "combobox",
      autocomplete: "off",
      placeholder,
      "aria-haspopup": "dialog",
      "aria-expanded": "false",
      onclick: () => this.open(),
      oninput: () => ISO.test(this.input.value) && this.#read(),
      onchange: () => this.#read(),
      onblur: (event) => this.#leave(event.relatedTarget),
      onkeydown: (event) => this.#key(event),
    });
    this.node = make(
      "span",
      { class: "day-field" },
      this.input,
      make("span", { class: "choice-arrow" }, icon("calendar")),
    );
    this.show();
  }

  show() {
    this.input.value = this.day ? writtenDay(this.seat.user, this.day) : "";
  }

  open() {
    if (this.calendar) return;
    const { seat, label, day, clearable } = this;
    const closed = () => {
      this.calendar = null;
      this.input.setAttribute("aria-expanded", "false");
      this.input.removeAttribute("aria-controls");
      // Whoever was in the month is back in the field.
      if (document.activeElement === document.body) this.input.focus({ preventScroll: true });
    };
    const picked = (value) => {
      this.set(value);
      this.show();
    };
    this.calendar = new Calendar(seat, this.node, { label, day, clearable, picked, closed });
    this.input.setAttribute("aria-expanded", "true");
    this.input.setAttribute("aria-controls", this.calendar.id);
  }

  #enter() {
    this.open();
    this.calendar.enter();
  }

  set(day) {
    if (day === this.day) return;
    this.day = day;
    this.changed(day);
  }

  #read() {
    const typed = this.input.value.trim();
    if (typed && this.day && typed === writtenDay(this.seat.user, this.day)) return;
    const day = typed ? readDay(this.seat.user, typed) : null;
    if (typed && !day) {
      this.seat.toast(
        `“${typed}” is no date. Write it like ${writtenDay(this.seat.user, "2026-12-04")}, or pick it.`,
      );
    } else if (day || this.clearable) this.set(day);
  }

  #leave(to) {
    if (this.calendar?.node.contains(to)) return;
    this.calendar?.close();
    this.show();
  }

  #key(event) {
    if (event.key === "ArrowDown") this.#enter();
    else if (event.key === "Enter") (this.#read(), this.show(), this.calendar?.close());
    else if (event.key === "Escape" && this.calendar) this.calendar.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/** The time of day that somebody typed, as HH:MM, or null. */
function readTime(text) {
  const [, hour, minute = "00", half] =
    /^(\d{1,2})(?:[:.h]?(\d{2}))?\s*([ap])?\.?m?\.?$/.exec(text.trim().toLowerCase()) ?? [];
  if (!hour || Number(minute) > 59) return null;
  const hours = half ? (Number(hour) % 12) + (half === "p" ? 12 : 0) : Number(hour);
  return hours < 24 ? `${String(hours).padStart(2, "0")}:${minute}` : null;
}

/** A time of day to fill in; `changed(time)` is told HH:MM or null. */
function timeChoice(seat, { label, placeholder, time, clearable, changed, key, describedby }) {
  const shown = (value) => ({ value, label: writtenTime(seat.user, value) });
  const read = (text) => {
    const value = readTime(text);
    return value ? shown(value) : null;
  };
  const all = among([{ options: HALF_HOURS.map(shown) }]);
  const source = (query) => {
    const exact = read(query);
    return exact && !HALF_HOURS.includes(exact.value) ? { groups: [{ options: [exact] }] } : all(query);
  };
  return new Choice(seat, {
    label,
    placeholder,
    source,
    read,
    picked: time ? [shown(time)] : [],
    changed: (options) => changed(options[0]?.value ?? null),
    key,
    describedby,
    clearable,
  });
}

const placeholderOf = (surface, element, otherwise) =>
  element.placeholder ? wordsOf(surface.seat, element.placeholder) : otherwise;

// In an actions block or beside a section there is nothing to clear; only forms have empty fields.
const isForm = (block) => block.type === "input";

/** Tell the app, once the person has said yes to the element's confirm dialog; else draw the field anew. */
async function enter(surface, block, element, value, redraw) {
  if (await confirmed(surface.seat, element.confirm)) await surface.enter(block, element, value);
  else redraw();
}

function datepicker(surface, block, element, names) {
  const field = new DayField(surface.seat, {
    attributes: tied(block, element, names),
    label: names.label,
    placeholder: placeholderOf(surface, element, "Select a date"),
    day: surface.held(block, element),
    clearable: isForm(block),
    changed: (day) => enter(surface, block, element, day, again),
  });
  const again = () => field.node.replaceWith(datepicker(surface, block, element, names));
  return field.node;
}

function timepicker(surface, block, element, names) {
  const choice = timeChoice(surface.seat, {
    label: names.label,
    placeholder: placeholderOf(surface, element, "Select a time"),
    time: surface.held(block, element),
    clearable: isForm(block),
    changed: (time) => enter(surface, block, element, time, again),
    key: keyOf(block, element),
    describedby: names.describedby,
  });
  const again = () => choice.node.replaceWith(timepicker(surface, block, element, names));
  tie(choice.input, tied(block, element, names));
  return choice.node;
}

function datetimepicker(surface, block, element, names) {
  const { user } = surface.seat;
  const kept = surface.held(block, element);
  const date = kept ? new Date(kept * 1000) : null;
  const given = { day: date && dayOf(user, date), time: date && timeOf(user, date) };
  const changed = (part) => (value) => {
    given[part] = value;
    const whole = given.day && given.time ? instantOf(user, given.day, given.time) : null;
    if (whole === null && surface.held(block, element) === null) return null; // the other half is still to come
    return enter(surface, block, element, whole, again);
  };
  const field = new DayField(surface.seat, {
    attributes: tied(block, element, names),
    label: names.label,
    placeholder: "Select a date",
    day: given.day,
    clearable: isForm(block),
    changed: changed("day"),
  });
  const choice = timeChoice(surface.seat, {
    label: `${names.label}: time`,
    placeholder: "Select a time",
    time: given.time,
    clearable: isForm(block),
    changed: changed("time"),
    key: `${keyOf(block, element)}/time`,
    describedby: names.describedby,
  });
  const node = make("span", { class: "pair" }, field.node, choice.node);
  const again = () => node.replaceWith(datetimepicker(surface, block, element, names));
  return node;
}

export const MOMENTS = { datepicker, timepicker, datetimepicker };
