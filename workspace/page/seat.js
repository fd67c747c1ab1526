// One person's side of the page: sidebar, conversation, pane, modals. Two people may sit side by side.
import { get, post, Refusal } from "/page/api.js";
import { avatar } from "/page/avatar.js";
import { Conversation } from "/page/conversation.js";
import { button, coalesce, debounce, make, unseen } from "/page/dom.js";
import { drawHead, drawIntro } from "/page/head.js";
import { drawAbout, Home } from "/page/home.js";
import { icon } from "/page/icons.js";
import { confirmed, Layers } from "/page/layers.js";
import { act, react } from "/page/message.js";
import { Modals } from "/page/modal.js";
import { openPane } from "/page/panes.js";
import { drawSidebar, placeName } from "/page/sidebar.js";
import { Surface } from "/page/surface.js";
import { nameOf, people, world } from "/page/world.js";

const TOAST_MS = 6000;
const LAST = "last:";

export class Seat {
  /** `changed` is asked for another person here, `drawn` told that the list of conversations is new. */
  constructor(user, { changed, drawn, leave }) {
    Object.assign(this, { user, changed, drawn, leave });
    this.channels = [];
    this.seen = new Map();
    this.surfaces = new Map();
    this.editing = null;
    this.pane = null;
    this.place = null;
    this.view = null;
    this.sidebar = make("nav", { class: "sidebar", "aria-label": `Conversations of ${nameOf(user)}` });
    this.main = make("section", { class: "main", "aria-label": `What ${nameOf(user)} sees` });
    this.side = make("div", { class: "side" });
    this.spoken = make("div", {
      class: "unseen",
      role: "log",
      "aria-live": "polite",
      "aria-label": `News for ${nameOf(user)}`,
    });
    this.toasts = make("div", { class: "toasts", role: "status" });
    this.body = make("div", { class: "seat-body" }, this.sidebar, this.main, this.side);
    this.below = make("div", { class: "seat-below" }, this.#bar(), this.body);
    this.layers = new Layers(this.below);
    this.modals = new Modals(this);
    this.node = make(
      "section",
      { class: "seat", "aria-label": nameOf(user), "data-user": user },
      this.below,
      this.layers.node,
      this.spoken,
      this.toasts,
    );
    this.node.addEventListener("keydown", (event) => this.#key(event));
    this.refreshChannels = coalesce(() => this.learnChannels());
    this.forgetToast = debounce(TOAST_MS, () => this.toasts.replaceChildren());
  }

  #bar() {
    const who = make(
      "select",
      {
        class: "act-as",
        "aria-label": "Act as",
        onchange: () => this.changed({ from: this.user, to: who.value }),
      },
      people().map((user) =>
        make("option", { value: user.id, selected: user.id === this.user }, user.real_name),
      ),
    );
    const title = world.users.get(this.user)?.profile.title;
    return make(
      "div",
      { class: "seat-bar" },
      button(
        {
          class: "icon-button hamburger",
          "aria-label": "Conversations",
          "aria-expanded": "false",
          onclick: (event) => this.#toggleSidebar(event.currentTarget),
        },
        icon("menu"),
      ),
      avatar(this.user, "small"),
      make("label", {}, unseen("Act as "), who),
      make("span", { class: "seat-title" }, title),
      this.leave
        ? button(
            {
              class: "icon-button",
              "aria-label": `Close the side of ${nameOf(this.user)}`,
              onclick: this.leave,
            },
            icon("close"),
          )
        : null,
    );
  }

  #toggleSidebar(node) {
    const open = this.node.classList.toggle("sidebar-open");
    node.setAttribute("aria-expanded", String(open));
    if (open) (this.sidebar.querySelector("[aria-current]") ?? this.sidebar.querySelector("button"))?.focus();
  }

  async start(place) {
    await this.learnChannels();
    this.go(place ?? localStorage.getItem(LAST + this.user));
    this.modals.refresh();
  }

  close() {
    this.view?.close();
    this.pane?.conversation?.close();
    this.node.remove();
  }

  // What there is

  channel(id) {
    return this.channels.find((one) => one.id === id);
  }

  async learnChannels() {
    this.channels = (await get("channels", { user: this.user })).channels;
    for (const channel of this.channels) {
      const seen = this.seen.get(channel.id) ?? 0;
      const here = channel.id === this.place || channel.id === this.pane?.conversation?.id;
      this.seen.set(channel.id, here ? channel.unread : Math.min(seen, channel.unread));
    }
    this.drawSidebar();
    if (this.place) this.#head();
    this.view?.drawFoot?.();
  }

  /** New messages of a conversation since this person looked at it. */
  unread(channel) {
    return channel.unread - (this.seen.get(channel.id) ?? 0);
  }

  drawSidebar() {
    drawSidebar(this, this.sidebar);
    this.drawn();
  }

  surfaceOf(channel, shown) {
    if (!this.surfaces.has(shown.ts)) {
      this.surfaces.set(
        shown.ts,
        new Surface(
          this,
          { channel, message_ts: shown.ts },
          { kind: "message", trouble: (words) => this.toast(words) },
        ),
      );
    }
    const surface = this.surfaces.get(shown.ts);
    surface.state = shown.state?.values ?? {};
    return surface;
  }

  // Going about

  /** Show a conversation, or "home" or "about" of the app. */
  go(wanted) {
    const place = this.#known(wanted) ? wanted : this.channels[0].id;
    const channel = this.channel(place);
    const unread = channel ? this.unread(channel) : 0;
    this.node.classList.remove("sidebar-open");
    this.node.querySelector(".hamburger").setAttribute("aria-expanded", "false");
    this.place = place;
    localStorage.setItem(LAST + this.user, place);
    this.view?.close();
    this.closePane();
    this.view = this.#open(place, unread);
    this.head = make("div", { class: "head-place" });
    this.main.replaceChildren(this.head, this.view.node);
    this.#head();
    if (channel) {
      this.seen.set(place, channel.unread);
      post("open", { user: this.user, channel: place });
    }
    this.drawSidebar();
    this.view.composer?.focus();
  }

  #known(place) {
    return (place === "home" && world.app.home_tab) || place === "about" || Boolean(this.channel(place));
  }

  #open(place, unread) {
    if (place === "home") return new Home(this);
    if (place === "about") return { node: drawAbout(), close: () => {} };
    return new Conversation(this, place, { intro: drawIntro(this, this.channel(place)), unread });
  }

  #head() {
    this.head.replaceChildren(drawHead(this));
  }

  showPane(kind, about) {
    this.closePane(false);
    this.pane = openPane(this, kind, about);
    this.side.replaceChildren(this.pane.node);
    this.node.classList.add("pane-open");
    const target = this.pane.conversation?.composer ?? this.pane.node.querySelector("button");
    target?.focus();
  }

  closePane(back = true) {
    if (!this.pane) return;
    this.pane.conversation?.close();
    this.pane = null;
    this.side.replaceChildren();
    this.node.classList.remove("pane-open");
    if (back) this.view?.composer?.focus();
  }

  openThread(channel, ts) {
    this.showPane("thread", { channel, ts });
  }

  reveal(ts) {
    if (matchMedia("(max-width: 700px)").matches) this.closePane();
    this.view.list?.reveal(ts);
  }

  // Acting

  confirmed(confirm) {
    return confirmed(this, confirm);
  }

  async shortcut(spec, where = {}) {
    try {
      const answer = await post("shortcut", { user: this.user, callback_id: spec.callback_id, ...where });
      if (answer.error) this.toast(answer.error);
    } catch (refused) {
      if (!(refused instanceof Refusal)) throw refused;
      this.toast(refused.message);
    }
  }

  /** Change a message in place; null ends that. */
  edit(feed, shown) {
    const before = this.editing;
    this.editing = shown?.ts ?? null;
    for (const conversation of this.#conversations()) {
      for (const ts of [before, this.editing]) conversation.list.redraw(ts);
      const field =
        shown &&
        conversation.feed === feed &&
        conversation.node.querySelector(`[data-key="${CSS.escape(`${shown.ts}/edit`)}"]`);
      if (field) field.focus();
      else if (!shown && conversation.feed === feed) conversation.composer?.focus();
    }
  }

  #withBox(composer) {
    return this.#conversations().find((one) => one.composer === composer);
  }

  /** From a box to the newest message above it; false when there is none. */
  toMessages(composer) {
    return this.#withBox(composer)?.list.focusLast() ?? false;
  }

  editLast(composer) {
    const conversation = this.#withBox(composer);
    const own = conversation?.feed.messages.findLast(
      (one) => one.user === this.user && !one.subtype && !one.is_ephemeral,
    );
    if (own) this.edit(conversation.feed, own);
    return Boolean(own);
  }

  /** A key on a message that has the focus. */
  messageKey(event, feed, shown) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = event.target;
    const can = !shown.is_ephemeral;
    const keys = {
      t: () => can && this.openThread(feed.channel, shown.thread_ts ?? shown.ts),
      ArrowRight: () => can && this.openThread(feed.channel, shown.thread_ts ?? shown.ts),
      r: () => can && react(this, feed, shown, row),
      p: () => can && act(this, "pin", feed, shown, { remove: Boolean(shown.pinned_to) }),
      e: () => shown.user === this.user && this.edit(feed, shown),
      Enter: () => row.querySelector(".body button, .body a, .body input")?.focus(),
      Escape: () =>
        this.#conversations()
          .find((one) => one.feed === feed)
          ?.composer?.focus(),
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  }

  #key(event) {
    if (event.defaultPrevented) return;
    if (event.key === "Escape" && this.pane) this.closePane();
    if (event.altKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const places = [...this.sidebar.querySelectorAll("[data-place]")].map((node) => node.dataset.place);
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.go(places[(places.indexOf(this.place) + step + places.length) % places.length]);
    }
  }

  /** Something was sent from a box: its conversation goes to the end. */
  sent(composer) {
    this.#withBox(composer)?.list.toEnd();
  }

  // Telling

  announce(words) {
    this.spoken.append(make("p", {}, words));
    while (this.spoken.children.length > 20) this.spoken.firstChild.remove();
  }

  toast(words) {
    this.toasts.replaceChildren(make("div", { class: "toast" }, words));
    this.forgetToast();
  }

  loaded() {
    this.drawSidebar();
  }

  get title() {
    const unread = this.channels.reduce((sum, channel) => sum + this.unread(channel), 0);
    return `${unread ? `(${unread}) ` : ""}${placeName(this, this.place)}`;
  }

  // Hearing

  #conversations() {
    return [this.view, this.pane?.conversation].filter((one) => one?.feed);
  }

  /** A change in the workspace. */
  hear(change) {
    if (change.user && change.user !== this.user) return;
    const heard = {
      message: () => this.#hearMessage(change),
      assistant: () => this.#conversations().forEach((one) => one.id === change.channel && one.hear(change)),
      view: () => this.modals.refresh(),
      home: () => this.view instanceof Home && this.view.refresh(),
      channel: () => this.refreshChannels(),
      read: () => this.refreshChannels(),
      clock: () => this.#conversations().forEach((one) => one.list.refresh()),
    };
    heard[change.type]?.();
  }

  #hearMessage(change) {
    if (!this.channel(change.channel)) return;
    for (const conversation of this.#conversations())
      if (conversation.id === change.channel) conversation.hear(change);
    this.pane?.refresh?.();
    this.refreshChannels();
  }

  /** Changes may have been missed: learn everything anew. */
  catchUp() {
    this.refreshChannels();
    this.modals.refresh();
    for (const conversation of this.#conversations()) conversation.feed.load();
    if (this.view instanceof Home) this.view.refresh();
  }
}
