// A person's modals: a stack of up to three, of which the topmost is shown.
import { get, post, Refusal } from "/page/api.js";
import { avatar } from "/page/avatar.js";
import { drawBlocks, focusFirst } from "/page/blocks.js";
import { button, coalesce, keepFocus, make, uid } from "/page/dom.js";
import { icon } from "/page/icons.js";
import { Surface } from "/page/surface.js";
import { textObject } from "/page/text.js";
import { world } from "/page/world.js";

export class Modals {
  constructor(seat) {
    this.seat = seat;
    this.stack = [];
    this.surfaces = new Map();
    this.errors = {};
    this.shown = null;
    this.remove = null;
    this.refresh = coalesce(() => this.#learn());
  }

  async #learn() {
    const { views } = await get("views", { user: this.seat.user });
    this.stack = views;
    const open = new Set(views.map((view) => view.id));
    for (const id of this.surfaces.keys()) if (!open.has(id)) this.surfaces.delete(id);
    this.#draw();
  }

  #surface(view) {
    if (!this.surfaces.has(view.id)) {
      this.surfaces.set(
        view.id,
        new Surface(
          this.seat,
          { view_id: view.id },
          { kind: "modal", trouble: (words) => this.#complain(words) },
        ),
      );
    }
    const surface = this.surfaces.get(view.id);
    surface.state = view.state.values;
    return surface;
  }

  #draw() {
    const view = this.stack.at(-1);
    if (!view) {
      this.remove?.();
      this.remove = null;
      this.shown = null;
      return;
    }
    if (this.shown?.id === view.id && this.shown.hash === view.hash) return;
    const other = this.shown?.id !== view.id;
    this.errors = {};
    this.shown = view;
    if (!this.remove) this.#open();
    this.#fill(view);
    if (other && !focusFirst(this.dialog, view.blocks)) this.dialog.focus();
  }

  #open() {
    this.dialog = make("div", { class: "dialog modal", role: "dialog", "aria-modal": "true", tabindex: -1 });
    this.remove = this.seat.layers.add(this.dialog, () => this.close());
  }

  #fill(view) {
    keepFocus(this.dialog, () => this.dialog.replaceChildren(this.#form(view)));
  }

  #form(view) {
    const title = uid("title");
    this.dialog.setAttribute("aria-labelledby", title);
    this.dialog.dataset.depth = String(this.stack.length);
    this.trouble = make("div", { class: "trouble", role: "alert" });
    this.form = make(
      "form",
      { novalidate: true, onsubmit: (event) => (event.preventDefault(), this.#submit(view)) },
      make(
        "header",
        { class: "dialog-head" },
        this.stack.length > 1
          ? button(
              { class: "icon-button", "aria-label": "Back", "data-key": "back", onclick: () => this.close() },
              icon("back"),
            )
          : avatar(world.app.bot, "small"),
        make("h2", { id: title }, textObject(this.seat, view.title)),
        button(
          {
            class: "icon-button",
            "aria-label": "Close all",
            title: "Close",
            "data-key": "close",
            onclick: () => this.close(true),
          },
          icon("close"),
        ),
      ),
      this.trouble,
      make(
        "div",
        { class: "dialog-body", tabindex: 0, role: "group", "aria-labelledby": title },
        drawBlocks(this.#surface(view), view.blocks, this.errors),
      ),
      this.#foot(view),
    );
    return this.form;
  }

  #foot(view) {
    this.submitting = view.submit
      ? make(
          "button",
          { class: "button primary", disabled: view.submit_disabled, "data-key": "submit" },
          textObject(this.seat, view.submit),
        )
      : null;
    return make(
      "footer",
      { class: "dialog-foot" },
      make("span", { class: "quiet dialog-by" }, world.app.name),
      button(
        { class: "button", "data-key": "cancel", onclick: () => this.close() },
        view.close ? textObject(this.seat, view.close) : view.submit ? "Cancel" : "Close",
      ),
      this.submitting,
    );
  }

  #complain(words) {
    if (this.trouble) this.trouble.textContent = words;
  }

  /** Leave the topmost modal, or all of them. */
  async close(all = false) {
    const view = this.shown;
    if (!view) return;
    await this.#attempt(() => post("close", { user: this.seat.user, view_id: view.id, all }));
    await this.#learn();
  }

  async #attempt(work) {
    try {
      return await work();
    } catch (refused) {
      if (!(refused instanceof Refusal)) throw refused;
      this.#complain(refused.message);
      return null;
    }
  }

  async #submit(view) {
    if (!this.submitting || this.submitting.getAttribute("aria-busy")) return;
    const surface = this.surfaces.get(view.id);
    const waiting = this.submitting;
    waiting.setAttribute("aria-busy", "true");
    this.#complain("");
    await surface.sent;
    const answer = await this.#attempt(() =>
      post("submit", { user: this.seat.user, view_id: view.id, values: surface.entered() }),
    );
    waiting.removeAttribute("aria-busy");
    if (!answer) return;
    surface.dirty.clear();
    if (answer.error) this.#complain(answer.error);
    if (Object.keys(answer.errors ?? {}).length) this.#showErrors(view, answer.errors);
    else await this.#learn();
  }

  #showErrors(view, errors) {
    if (this.shown?.id !== view.id) return;
    this.errors = errors;
    this.#fill(this.shown);
    focusFirst(this.dialog, view.blocks);
  }
}
