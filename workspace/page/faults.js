// Trouble on order: rate limits, errors, slowness, lost and doubled deliveries, broken connections.
import { get, post, Refusal } from "/page/api.js";
import { button, make } from "/page/dom.js";

const TO_APP = "delivery";
const WORDS = {
  ratelimited: "Rate limited (429 with Retry-After)",
  internal_error: "Internal error (500)",
  slow: "Slow",
  drop: "Lost on the way",
  duplicate: "Delivered twice",
  disconnect: "Connection broken",
};
const REFUSAL = "refusal";
const FOR_METHODS = ["ratelimited", "internal_error", "slow", "disconnect", REFUSAL];
const FOR_DELIVERY = ["slow", "drop", "duplicate", "disconnect", "internal_error"];
const METHODS = [
  "*",
  "chat.postMessage",
  "chat.update",
  "chat.postEphemeral",
  "views.open",
  "views.update",
  "views.publish",
  "conversations.create",
  "conversations.invite",
  "conversations.open",
  "users.info",
  "assistant.threads.setStatus",
];

const labelled = (words, field) => make("label", { class: "tool-label" }, words, field);

export class FaultsPanel {
  constructor() {
    this.where = make(
      "select",
      { class: "field", onchange: () => this.#offer() },
      make("option", { value: TO_APP }, "Deliveries to the app"),
      make("option", { value: "method" }, "Web API calls of the app"),
    );
    this.method = make("input", { class: "field", list: "fault-methods", value: "*" });
    this.error = make("select", { class: "field", onchange: () => this.#fit() });
    this.times = make("input", { class: "field", type: "number", min: 1, value: 1, required: true });
    this.after = make("input", { class: "field", type: "number", min: 0, value: 30 });
    this.seconds = make("input", { class: "field", type: "number", min: 0, step: "any", value: 1 });
    this.refusal = make("input", { class: "field", value: "restricted_action" });
    this.refusalLabel = labelled("Slack's error", this.refusal);
    this.trouble = make("p", { class: "trouble", role: "alert" });
    this.pending = make("ul", { class: "pending", "aria-label": "Faults still to come" });
    this.methodLabel = labelled("Method", this.method);
    this.afterLabel = labelled("Retry after (s)", this.after);
    this.secondsLabel = labelled("Seconds", this.seconds);
    this.node = make(
      "div",
      { class: "tool-panel" },
      make(
        "form",
        { class: "tool-form", onsubmit: (event) => (event.preventDefault(), this.#order()) },
        make("h3", {}, "Order trouble"),
        make(
          "div",
          { class: "tool-row" },
          labelled("Where", this.where),
          this.methodLabel,
          labelled("What", this.error),
          this.refusalLabel,
          labelled("Times", this.times),
          this.afterLabel,
          this.secondsLabel,
        ),
        make(
          "div",
          { class: "tool-row" },
          make("button", { class: "button primary" }, "Order"),
          button({ class: "button", onclick: () => this.#calm() }, "Call off"),
        ),
        this.trouble,
        make(
          "datalist",
          { id: "fault-methods" },
          METHODS.map((name) => make("option", { value: name })),
        ),
      ),
      make("div", {}, make("h3", {}, "Still to come"), this.pending),
    );
    this.#offer();
    this.refresh();
  }

  #offer() {
    const kinds = this.where.value === TO_APP ? FOR_DELIVERY : FOR_METHODS;
    this.error.replaceChildren(...kinds.map((kind) => make("option", { value: kind }, WORDS[kind] ?? "Refused by Slack")));
    this.methodLabel.hidden = this.where.value === TO_APP;
    this.#fit();
  }

  #fit() {
    this.refusalLabel.hidden = this.error.value !== REFUSAL;
    this.afterLabel.hidden = this.error.value !== "ratelimited";
    this.secondsLabel.hidden = !["slow", "disconnect"].includes(this.error.value);
  }

  async #order() {
    const fault = {
      method: this.where.value === TO_APP ? TO_APP : this.method.value.trim() || "*",
      error: this.error.value === REFUSAL ? this.refusal.value.trim() : this.error.value,
      times: Number(this.times.value),
      retry_after: Number(this.after.value),
      seconds: Number(this.seconds.value),
    };
    this.trouble.textContent = "";
    try {
      this.#show((await post("faults", fault)).faults);
    } catch (refused) {
      if (!(refused instanceof Refusal)) throw refused;
      this.trouble.textContent = refused.message;
    }
  }

  async #calm() {
    this.#show((await post("calm")).faults);
  }

  async refresh() {
    this.#show((await get("faults")).faults);
  }

  #show(faults) {
    const one = (fault) =>
      make(
        "li",
        {},
        make("b", {}, WORDS[fault.error] ?? fault.error),
        ` · ${fault.method === TO_APP ? "deliveries" : fault.method} · ${fault.times} ${fault.times === 1 ? "time" : "times"}`,
      );
    this.pending.replaceChildren(
      ...(faults.length
        ? faults.map(one)
        : [make("li", { class: "quiet" }, "Nothing: everything works as it should.")]),
    );
  }

  hear(change) {
    if (["log", "reset", "connected", "connection"].includes(change.type)) this.refresh();
  }
}
