// What happened and what it caused, as a tree: event, envelope, acknowledgement, Web API calls, response_url.
import { get } from "/page/api.js";
import { clockTime } from "/page/dates.js";
import { coalesce, make } from "/page/dom.js";
import { icon } from "/page/icons.js";
import { nameOf } from "/page/world.js";

const ms = (value) => `${value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString("en")} ms`;

/** JSON that is turned into text only when somebody looks. */
function json(title, value) {
  const node = make("details", { class: "json" }, make("summary", {}, title));
  node.addEventListener(
    "toggle",
    () =>
      node.children.length === 1 && node.append(make("pre", { tabindex: 0 }, JSON.stringify(value, null, 2))),
    { once: true },
  );
  return node;
}

function verdict(delivery) {
  if (delivery.timeout) return ["bad", "not acknowledged in time"];
  if (delivery.error) return ["bad", delivery.error.replaceAll("_", " ")];
  if (delivery.ms === null) return ["wait", "waiting for the acknowledgement"];
  return ["good", `acknowledged in ${ms(delivery.ms)}`];
}

function budget(delivery) {
  const used = delivery.ms ?? 0;
  return make("meter", {
    min: 0,
    max: delivery.budget_ms,
    high: delivery.budget_ms * 0.8,
    optimum: 0,
    value: Math.min(used, delivery.budget_ms),
    "aria-label": `${ms(used)} of ${ms(delivery.budget_ms)}`,
  });
}

function drawDelivery(delivery) {
  const [state, words] = verdict(delivery);
  const attempt = delivery.attempt > 1 ? `, attempt ${delivery.attempt}` : "";
  return make(
    "li",
    {},
    make(
      "div",
      { class: "leaf" },
      make("b", {}, delivery.type),
      make("span", { class: "quiet" }, `over ${delivery.transport}${attempt}`),
      make("span", { class: `verdict ${state}` }, words),
      budget(delivery),
      make("span", { class: "quiet" }, `of ${ms(delivery.budget_ms)}`),
    ),
    json("Envelope", delivery.envelope),
    delivery.ack ? json("Acknowledgement", delivery.ack) : null,
  );
}

function drawCall(call) {
  const state = call.result.ok ? "good" : "bad";
  return make(
    "li",
    {},
    make(
      "div",
      { class: "leaf" },
      make("code", {}, call.method),
      make("span", { class: `verdict ${state}` }, call.result.ok ? "ok" : call.result.error),
      make("span", { class: "quiet" }, ms(call.ms)),
    ),
    json("Arguments", call.arguments),
    json("Result", call.result),
  );
}

function drawPost(one) {
  return make(
    "li",
    {},
    make(
      "div",
      { class: "leaf" },
      make("code", {}, "response_url"),
      make("span", { class: one.status < 300 ? "verdict good" : "verdict bad" }, String(one.status)),
      make("span", { class: "quiet" }, ms(one.ms)),
    ),
    json("Body", one.body),
    json("Result", one.result),
  );
}

const branch = (title, items) =>
  items.length ? make("li", {}, make("span", { class: "branch" }, title), make("ul", {}, items)) : null;

function tree(entry) {
  return make(
    "ul",
    { class: "tree" },
    branch(entry.deliveries.length > 1 ? "Deliveries" : "Delivery", entry.deliveries.map(drawDelivery)),
    branch(`Web API calls (${entry.calls.length})`, entry.calls.map(drawCall)),
    branch(`response_url posts (${entry.response_urls.length})`, entry.response_urls.map(drawPost)),
    branch(
      "Notes",
      entry.notes.map((note) => make("li", {}, note)),
    ),
  );
}

function summary(entry, viewer) {
  const first = entry.deliveries[0];
  const bad =
    entry.deliveries.some((one) => one.error || one.timeout) || entry.calls.some((call) => !call.result.ok);
  const at = clockTime(viewer, new Date(entry.at));
  return make(
    "summary",
    {},
    make("span", { class: "quiet" }, at),
    make("span", { class: "kind" }, entry.kind),
    make("b", { class: "what" }, entry.what.slice(0, 120)),
    entry.user ? make("span", { class: "quiet" }, nameOf(entry.user)) : null,
    first?.ms !== null && first?.ms !== undefined
      ? make(
          "span",
          { class: first.ms > first.budget_ms * 0.8 ? "verdict bad" : "verdict good" },
          ms(first.ms),
        )
      : null,
    entry.calls.length
      ? make(
          "span",
          { class: "quiet" },
          `${entry.calls.length} ${entry.calls.length === 1 ? "call" : "calls"}`,
        )
      : null,
    bad ? make("span", { class: "verdict bad" }, "trouble") : null,
  );
}

const isEmpty = (entry) =>
  !entry.deliveries.length && !entry.calls.length && !entry.response_urls.length && !entry.notes.length;

export class Inspector {
  /** `user()` is whose zone the times are in. */
  constructor(user) {
    this.user = user;
    this.open = new Set();
    this.drawn = new Map();
    this.field = make("input", {
      class: "field",
      type: "search",
      "aria-label": "Filter the log",
      placeholder: "Filter",
      oninput: () => this.#show(),
    });
    this.list = make("div", { class: "log" });
    this.node = make(
      "div",
      { class: "inspector" },
      make("div", { class: "tool-row" }, icon("search"), this.field),
      this.list,
    );
    this.entries = [];
    this.refresh = coalesce(() => this.#learn());
    this.refresh();
  }

  async #learn() {
    const known = new Set(this.entries.map((entry) => entry.id));
    const { log } = await get("log");
    this.entries = log.filter((entry) => !isEmpty(entry)).reverse();
    const newest = this.entries.find((entry) => entry.user);
    if (known.size && newest && !known.has(newest.id)) this.open = new Set([newest.id]);
    else if (!known.size && newest) this.open.add(newest.id);
    this.#show();
  }

  #show() {
    const words = this.field.value.trim().toLowerCase();
    const fits = (entry) =>
      !words ||
      `${entry.kind} ${entry.what} ${nameOf(entry.user)} ${entry.calls.map((call) => call.method).join(" ")}`
        .toLowerCase()
        .includes(words);
    const shown = this.entries.filter(fits);
    if (!shown.length) {
      this.list.replaceChildren(
        make("p", { class: "quiet" }, "Nothing has gone to the app yet. Type a command, or press a button."),
      );
      return;
    }
    this.list.replaceChildren(...shown.map((entry) => this.#entry(entry)));
  }

  /** An entry, drawn anew only when it has changed, so that what is open in it stays open. */
  #entry(entry) {
    const text = JSON.stringify(entry);
    const known = this.drawn.get(entry.id);
    if (known?.text === text) {
      known.node.open = known.node.open || this.open.has(entry.id);
      return known.node;
    }
    const node = make(
      "details",
      { class: "entry-log", open: known?.node.open || this.open.has(entry.id), "data-entry": entry.id },
      summary(entry, this.user()),
      tree(entry),
    );
    this.drawn.set(entry.id, { text, node });
    return node;
  }

  hear(change) {
    if (["log", "reset", "connected"].includes(change.type)) this.refresh();
  }
}
