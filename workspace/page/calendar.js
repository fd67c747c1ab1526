// A month to pick a day in, beside the field it is for.
// The pattern: https://www.w3.org/WAI/ARIA/apg/patterns/combobox/examples/combobox-datepicker/
import { addDays, addMonths, daysOfMonth, monthName, today, weekdays, writtenDay } from "/page/days.js";
import { button, focusable, make, uid } from "/page/dom.js";
import { icon } from "/page/icons.js";
import { popUp } from "/page/layers.js";

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/** The calendar at `anchor`. `picked(day)` is told the day, null for none; `closed()` that it is gone. */
export class Calendar {
  constructor(seat, anchor, { label, day, clearable, picked, closed }) {
    Object.assign(this, { seat, day, clearable, picked });
    this.at = day ?? today(seat.user);
    this.id = uid("calendar");
    this.node = make("div", {
      class: "calendar",
      id: this.id,
      role: "dialog",
      "aria-label": `Calendar: ${label}`,
      onkeydown: (event) => this.#key(event),
      // The focus stays in the field, so that one may go on typing.
      onpointerdown: (event) => event.preventDefault(),
    });
    this.#draw();
    this.close = popUp(seat, anchor, this.node, { onclose: closed });
  }

  /** Bring the keyboard into the month. */
  enter() {
    this.node.querySelector("[tabindex='0'][data-day]").focus();
  }

  #show(day, { focus }) {
    this.at = day;
    this.#draw();
    if (focus) this.enter();
  }

  #key(event) {
    const inGrid = event.target.dataset.day !== undefined;
    const to = inGrid ? this.#reached(event) : null;
    if (to) this.#show(to, { focus: true });
    else if (event.key === "Escape") this.close();
    else if (event.key === "Tab") this.#cycle(event.shiftKey);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #reached({ key, shiftKey }) {
    if (STEPS[key]) return addDays(this.at, STEPS[key]);
    const week = weekdays(this.seat.user);
    const place = week.indexOf(week.find((one) => one.number === new Date(`${this.at}T00:00Z`).getUTCDay()));
    return {
      PageUp: addMonths(this.at, shiftKey ? -12 : -1),
      PageDown: addMonths(this.at, shiftKey ? 12 : 1),
      Home: addDays(this.at, -place),
      End: addDays(this.at, 6 - place),
    }[key];
  }

  #cycle(back) {
    const stops = focusable(this.node);
    const next = stops.indexOf(document.activeElement) + (back ? -1 : 1);
    stops.at(next % stops.length).focus();
  }

  #take(day) {
    this.close();
    this.picked(day);
  }

  #turn(months, label, picture) {
    const key = `${this.id}/${months}`;
    const turn = () => {
      const focused = document.activeElement?.dataset.key === key;
      this.#show(addMonths(this.at, months), { focus: false });
      if (focused) this.node.querySelector(`[data-key="${key}"]`).focus();
    };
    return button(
      { class: "icon-button", "aria-label": label, "data-key": key, onclick: turn },
      icon(picture),
    );
  }

  #cell(day) {
    if (!day) return make("td", {});
    const chosen = day === this.day;
    const now = day === today(this.seat.user);
    return make(
      "td",
      { "aria-selected": String(chosen) },
      button(
        {
          class: `calendar-day${chosen ? " chosen" : ""}${now ? " today" : ""}`,
          tabindex: day === this.at ? 0 : -1,
          "data-day": day,
          "aria-label": writtenDay(this.seat.user, day, { weekday: "long" }),
          "aria-current": now ? "date" : null,
          onclick: () => this.#take(day),
        },
        String(Number(day.slice(8))),
      ),
    );
  }

  #draw() {
    const title = `${this.id}-title`;
    const { user } = this.seat;
    this.node.replaceChildren(
      make(
        "div",
        { class: "calendar-head" },
        this.#turn(-1, "Month before", "back"),
        make("strong", { id: title, "aria-live": "polite" }, monthName(user, this.at)),
        this.#turn(1, "Month after", "right"),
      ),
      make(
        "table",
        { role: "grid", "aria-labelledby": title },
        make(
          "thead",
          {},
          make(
            "tr",
            {},
            weekdays(user).map(({ name, short }) => make("th", { scope: "col", abbr: name }, short)),
          ),
        ),
        make(
          "tbody",
          {},
          daysOfMonth(user, this.at).map((week) =>
            make(
              "tr",
              {},
              week.map((day) => this.#cell(day)),
            ),
          ),
        ),
      ),
      make(
        "div",
        { class: "calendar-foot" },
        button({ class: "plain-link", onclick: () => this.#take(today(user)) }, "Today"),
        this.clearable && this.day
          ? button({ class: "plain-link", onclick: () => this.#take(null) }, "Clear")
          : null,
      ),
    );
  }
}
