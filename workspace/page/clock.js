// The one clock of workspace and app: read, and moved.
import { post, Refusal } from "/page/api.js";
import { dayName, dayOf, full, instantOf, timeOf } from "/page/dates.js";
import { button, make } from "/page/dom.js";
import { learnNow, now, people } from "/page/world.js";

const HOUR = 3600;
const STEPS = [
  ["+ 10 minutes", 600],
  ["+ 1 hour", HOUR],
  ["+ 1 day", 24 * HOUR],
  ["+ 1 week", 7 * 24 * HOUR],
];
const REAL_MS = 1500; // closer to real time than this counts as real

/** The short form for the top bar. */
export const clockLabel = (user) =>
  `${dayName(user, now(), { weekday: "short", day: "numeric", month: "short" })} ${timeOf(user, now())}`;

export const isMoved = () => Math.abs(now() - Date.now()) > REAL_MS;

export class ClockPanel {
  /** `user()` is whose zone the fields are in. */
  constructor(user) {
    this.user = user;
    this.zones = make("dl", { class: "zones" });
    this.trouble = make("p", { class: "trouble", role: "alert" });
    this.day = make("input", { class: "field", type: "date", "aria-label": "Day", required: true });
    this.time = make("input", { class: "field", type: "time", "aria-label": "Time", required: true });
    this.zone = make(
      "select",
      { class: "field", "aria-label": "In the zone of" },
      people().map((person) => make("option", { value: person.id }, `${person.real_name} (${person.tz})`)),
    );
    this.node = make(
      "div",
      { class: "tool-panel" },
      make("div", {}, make("h3", {}, "Now"), this.zones),
      make(
        "div",
        {},
        make("h3", {}, "Move the clock"),
        make(
          "div",
          { class: "tool-row" },
          STEPS.map(([name, seconds]) =>
            button({ class: "button", onclick: () => this.#move({ advance: seconds }) }, name),
          ),
        ),
        make(
          "form",
          { class: "tool-row", onsubmit: (event) => (event.preventDefault(), this.#set()) },
          this.day,
          this.time,
          this.zone,
          make("button", { class: "button primary" }, "Set"),
        ),
        make(
          "div",
          { class: "tool-row" },
          button(
            { class: "button", onclick: () => this.#move({ now: new Date().toISOString() }) },
            "Back to real time",
          ),
        ),
        this.trouble,
      ),
    );
    this.#fill();
    this.refresh();
  }

  #fill() {
    this.zone.value = this.user();
    this.day.value = dayOf(this.zone.value, now());
    this.time.value = timeOf(this.zone.value, now());
  }

  async #set() {
    const seconds = instantOf(this.zone.value, this.day.value, this.time.value);
    await this.#move({ now: new Date(seconds * 1000).toISOString() });
  }

  async #move(how) {
    this.trouble.textContent = "";
    try {
      learnNow((await post("clock", how)).now);
    } catch (refused) {
      if (!(refused instanceof Refusal)) throw refused;
      this.trouble.textContent = refused.message;
    }
    this.refresh();
  }

  refresh() {
    const rows = people().map((person) => [
      make("dt", {}, `${person.real_name} · ${person.tz}`),
      make("dd", {}, full(person.id, now())),
    ]);
    this.zones.replaceChildren(...rows.flat());
  }

  hear(change) {
    if (["clock", "reset", "connected", "tick"].includes(change.type)) this.refresh();
    if (change.type === "clock") this.#fill();
  }
}
