// The app's own pages: Home as it published it, and About.
import { get, post } from "/page/api.js";
import { avatar } from "/page/avatar.js";
import { drawBlocks } from "/page/blocks.js";
import { keepFocus, make } from "/page/dom.js";
import { Surface } from "/page/surface.js";
import { world } from "/page/world.js";

export class Home {
  constructor(seat) {
    this.seat = seat;
    this.view = null;
    this.blocks = make("div", { class: "home-blocks" });
    this.trouble = make("div", { class: "trouble", role: "alert" });
    this.node = make(
      "div",
      { class: "scroller home", tabindex: 0, role: "region", "aria-label": `Home of ${world.app.name}` },
      this.trouble,
      this.blocks,
    );
    this.#open();
  }

  async #open() {
    // Shown at once what there was; the app may publish another when it learns of the visit.
    await this.refresh();
    await post("home", { user: this.seat.user });
    await this.refresh();
  }

  async refresh() {
    const { home } = await get("views", { user: this.seat.user });
    if (!home) {
      this.blocks.replaceChildren(
        make(
          "p",
          { class: "empty" },
          avatar(world.app.bot, "large"),
          `${world.app.name} has published nothing here yet.`,
        ),
      );
      return;
    }
    if (home.hash === this.view?.hash && home.id === this.view.id) return;
    this.surface ??= new Surface(
      this.seat,
      { view_id: home.id },
      { kind: "home", trouble: (words) => (this.trouble.textContent = words) },
    );
    this.surface.where = { view_id: home.id };
    this.surface.state = home.state.values;
    this.view = home;
    this.trouble.textContent = "";
    keepFocus(this.blocks, () => this.blocks.replaceChildren(...drawBlocks(this.surface, home.blocks)));
  }

  close() {}
}

/** What the manifest says of the app. */
export function drawAbout() {
  const { app } = world;
  const row = (name, words) => make("li", {}, make("code", {}, name), " ", words);
  return make(
    "div",
    { class: "scroller about-app", tabindex: 0, role: "region", "aria-label": `About ${app.name}` },
    make("div", { class: "greeting" }, avatar(app.bot, "large"), make("h2", {}, app.name)),
    app.agent ? make("p", {}, app.agent.agent_description) : null,
    make("h3", {}, "Commands"),
    make(
      "ul",
      {},
      app.commands.map((one) => row(`${one.command} ${one.usage_hint ?? ""}`.trim(), one.description)),
    ),
    app.shortcuts.length ? make("h3", {}, "Shortcuts") : null,
    make(
      "ul",
      {},
      app.shortcuts.map((one) => row(one.name, one.description)),
    ),
  );
}
