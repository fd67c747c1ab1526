// The workshop below the conversations: inspector, clock, faults, connection.
import { post } from "/page/api.js";
import { ClockPanel } from "/page/clock.js";
import { button, make } from "/page/dom.js";
import { FaultsPanel } from "/page/faults.js";
import { Groups } from "/page/groups.js";
import { icon } from "/page/icons.js";
import { Inspector } from "/page/inspector.js";
import { world } from "/page/world.js";

class AppPanel {
  constructor(confirmed, seat) {
    this.groups = new Groups(seat);
    this.facts = make("dl", { class: "zones" });
    const run = (path) => () => post(path);
    const reset = async () => {
      const sure = await confirmed({
        title: { type: "plain_text", text: "Start over" },
        text: {
          type: "plain_text",
          text: "All messages, files and faults go, and the clock shows real time again.",
        },
        confirm: { type: "plain_text", text: "Start over" },
        deny: { type: "plain_text", text: "Cancel" },
        style: "danger",
      });
      if (sure) await post("reset");
    };
    this.node = make(
      "div",
      { class: "tool-panel" },
      make("div", {}, make("h3", {}, "Connection"), this.facts),
      make(
        "div",
        {},
        make("h3", {}, "App and workspace"),
        make(
          "div",
          { class: "tool-row" },
          button({ class: "button", onclick: run("refresh") }, "Refresh connections"),
          button({ class: "button", onclick: run("uninstall") }, "Uninstall app"),
          button({ class: "button", onclick: run("install") }, "Install app"),
          button({ class: "button danger", onclick: reset }, "Start over"),
        ),
      ),
      this.groups.node,
    );
    this.hear();
  }

  hear() {
    const { app } = world;
    this.groups.draw();
    const rows = [
      ["App", `${app.name}, ${app.installed ? "installed" : "not installed"}`],
      ["Delivery", app.request_url ? `HTTP to ${app.request_url}` : `Socket Mode, ${app.connections} open`],
    ];
    this.facts.replaceChildren(
      ...rows.flatMap(([name, words]) => [make("dt", {}, name), make("dd", {}, words)]),
    );
  }
}

export class Drawer {
  constructor({ user, seat, confirmed, changed }) {
    const panels = {
      Inspector: () => new Inspector(user),
      Clock: () => new ClockPanel(user),
      Faults: () => new FaultsPanel(),
      App: () => new AppPanel(confirmed, seat),
    };
    Object.assign(this, { panels, changed, open: new Map(), shown: null });
    this.tabs = make(
      "div",
      { role: "tablist", "aria-label": "Workshop", class: "tabs", onkeydown: (event) => this.#key(event) },
      Object.keys(panels).map((name) => this.#tab(name)),
    );
    this.place = make("div", { class: "drawer-place", role: "tabpanel", id: "workshop-panel", tabindex: 0 });
    this.node = make(
      "aside",
      {
        class: "drawer",
        "aria-label": "Workshop",
        hidden: true,
        onkeydown: (event) => event.key === "Escape" && this.show(null),
      },
      make(
        "div",
        { class: "drawer-head" },
        this.tabs,
        button(
          { class: "icon-button", "aria-label": "Close the workshop", onclick: () => this.show(null) },
          icon("close"),
        ),
      ),
      this.place,
    );
  }

  #tab(name) {
    return button(
      {
        class: "tab",
        role: "tab",
        id: `workshop-${name}`,
        "aria-controls": "workshop-panel",
        "data-panel": name,
        onclick: () => this.show(name),
      },
      name,
    );
  }

  #key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const names = Object.keys(this.panels);
    this.show(names[(names.indexOf(this.shown) + step + names.length) % names.length]);
    this.tabs.querySelector("[aria-selected=true]").focus();
  }

  /** Show a panel; the one that is open, or null, shuts the drawer. */
  show(name) {
    const before = this.shown;
    this.shown = name;
    this.node.hidden = !name;
    this.changed();
    if (!name) {
      document.querySelector(`[data-opens="${before}"]`)?.focus();
      return;
    }
    if (!this.open.has(name)) this.open.set(name, this.panels[name]());
    const panel = this.open.get(name);
    panel.hear({ type: "connected" });
    this.place.replaceChildren(panel.node);
    this.place.setAttribute("aria-labelledby", `workshop-${name}`);
    for (const tab of this.tabs.children) {
      const here = tab.dataset.panel === name;
      tab.setAttribute("aria-selected", String(here));
      tab.tabIndex = here ? 0 : -1;
    }
  }

  hear(change) {
    if (this.shown) this.open.get(this.shown).hear(change);
  }
}
