// A conversation or a thread: the messages, and the box below them.
import { post } from "/page/api.js";
import { drawPrompts, drawStatus } from "/page/agent.js";
import { Composer } from "/page/composer.js";
import { button, make } from "/page/dom.js";
import { Feed } from "/page/feed.js";
import { MessageList } from "/page/messages.js";
import { spoken } from "/page/message.js";
import { conversationName } from "/page/selects.js";
import { world } from "/page/world.js";

export class Conversation {
  /** `unread` is how many messages at the end are new to this person. */
  constructor(seat, channel, { thread = null, intro = null, unread = 0 } = {}) {
    Object.assign(this, { seat, id: channel, thread, unread });
    this.feed = new Feed(seat.user, channel, thread, (what) => this.#learned(what));
    const name = this.#name();
    this.list = new MessageList(seat, {
      label: thread ? `Thread in ${name}` : `Messages in ${name}`,
      inThread: thread !== null,
      intro,
      onTop: () => this.feed.older(),
    });
    this.prompts = make("div", { class: "prompts-place" });
    this.status = make("div", { class: "status-place", role: "status" });
    this.foot = make("div", { class: "foot" });
    this.node = make("div", { class: "conversation" }, this.list.node, this.prompts, this.status, this.foot);
    this.list.show(this.feed);
    this.drawFoot();
    this.known = null;
    this.feed.load();
  }

  #name() {
    const channel = this.seat.channel(this.id);
    if (!channel) return this.id;
    return `${channel.name ? "#" : ""}${conversationName(this.seat, channel)}`;
  }

  /** Lead to the message with this ts, however far back it stands. */
  async point(ts) {
    await this.feed.working;
    while (!this.feed.knows(ts) && this.feed.hasMore) await this.feed.older();
    if (this.feed.knows(ts)) this.list.point(ts);
  }

  /** The box, or the reason why there is none. */
  drawFoot() {
    const channel = this.seat.channel(this.id);
    if (!channel) return;
    const shut = this.#shut(channel);
    if (shut) {
      this.composer = null;
      this.foot.replaceChildren(shut);
    } else if (!this.composer) {
      const placeholder = this.thread ? "Reply…" : `Message ${this.#name()}`;
      this.composer = new Composer(this.seat, { channel: this.id, thread: this.thread, placeholder });
      this.foot.replaceChildren(this.composer.node);
    }
  }

  #shut(channel) {
    const { user } = this.seat;
    const note = (...words) => make("div", { class: "shut" }, ...words);
    if (channel.is_archived) return note("This channel is archived.");
    if (!channel.members.includes(user)) {
      const join = () => post("join", { user, channel: this.id });
      return note(
        make("span", {}, "You are viewing ", make("b", {}, this.#name())),
        button({ class: "button primary", onclick: join }, "Join channel"),
      );
    }
    const withApp = channel.is_im && channel.user === world.app.bot;
    if (withApp && (world.app.messages_tab_read_only || !world.app.messages_tab))
      return note("Sending messages to this app has been turned off.");
    return null;
  }

  #learned(what) {
    if (what === "page" && this.known === null) this.#markUnread();
    this.list.refresh();
    this.#announce();
    this.prompts.replaceChildren(
      ...(this.composer ? drawPrompts(this.feed, (words) => this.composer.say(words)) : []),
    );
    const status = drawStatus(this.feed);
    if (this.status.textContent !== (status[0]?.textContent ?? "")) this.status.replaceChildren(...status);
    if (what === "page") this.seat.loaded(this);
  }

  #markUnread() {
    const others = this.feed.messages.filter((one) => one.user !== this.seat.user && !one.is_ephemeral);
    this.list.mark = this.unread ? (others.at(-this.unread)?.ts ?? null) : null;
  }

  /** Tell screen readers of what has arrived since the last look. */
  #announce() {
    const last = this.feed.messages.at(-1)?.ts ?? "";
    if (this.known !== null) {
      const fresh = this.feed.messages.filter((one) => one.ts > this.known && one.user !== this.seat.user);
      for (const one of fresh) this.seat.announce(spoken(this.seat, one));
    }
    if (last >= (this.known ?? "")) this.known = last;
  }

  /** A change that may concern this conversation. */
  hear(change) {
    if (change.type === "assistant") return this.feed.learnAgent();
    if (change.ts && !this.thread && change.thread_ts && change.thread_ts !== change.ts)
      this.feed.touch(change.thread_ts);
    if (!this.thread || change.thread_ts === this.thread || change.ts === this.thread || !change.thread_ts)
      return this.feed.touch(change.ts);
    return null;
  }

  close() {
    this.feed.close();
  }
}
