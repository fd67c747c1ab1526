// The message list: only what is in view stands in the document, so that 10,000 messages scroll smoothly.
import { dayName, dayOf, fromTs } from "/page/dates.js";
import { button, keepFocus, make } from "/page/dom.js";
import { icon } from "/page/icons.js";
import { drawMessage, drawTools } from "/page/message.js";

const GUESS = 64; // px, until a row was measured
const MARGIN = 800; // px drawn beyond each edge
const SLACK = 300; // px beyond each edge that must be drawn before more is
const CLOSE = 40; // px from the end that still count as the end
const GROUPED_SECONDS = 300;

const sameAuthor = (a, b) => a.user === b.user && a.username === b.username && a.bot_id === b.bot_id;

/** Whether a message goes below the one before without its author's name once more. */
const continues = (before, shown) =>
  sameAuthor(before, shown) &&
  shown.ts - before.ts < GROUPED_SECONDS &&
  !before.subtype &&
  !shown.subtype &&
  !shown.is_ephemeral &&
  !before.is_ephemeral &&
  !shown.pinned_to &&
  !before.reply_count;

export class MessageList {
  /** `feed` is what to show; `mark` the ts of the first unread message, if any. */
  constructor(seat, { label, inThread = false, intro = null, onTop = () => {} }) {
    Object.assign(this, { seat, inThread, intro, onTop });
    this.feed = null;
    this.mark = null;
    this.heights = new Map();
    this.rows = new Map();
    this.offsets = [0];
    this.atEnd = true;
    this.current = null;
    this.list = make("ol", { class: "rows", role: "list", "aria-label": label });
    this.scroller = make(
      "div",
      { class: "scroller", tabindex: -1 },
      make("h2", { class: "unseen" }, label),
      intro,
      this.list,
    );
    this.more = button(
      { class: "jump", hidden: true, onclick: () => this.toEnd() },
      icon("down"),
      "Newest messages",
    );
    this.node = make("div", { class: "messages" }, this.scroller, this.more);
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.list.addEventListener("keydown", (event) => this.#key(event));
    this.list.addEventListener("focusin", (event) => this.#focused(event));
    this.list.addEventListener("pointerover", (event) => this.#equip(event));
    this.sizes = new ResizeObserver((entries) => this.#resized(entries));
    this.sizes.observe(this.scroller);
  }

  show(feed) {
    this.feed = feed;
    this.heights.clear();
    this.rows.clear();
    this.atEnd = true;
    this.list.replaceChildren();
  }

  /** The feed has other messages: draw what is in view. */
  refresh() {
    this.#draw(this.#anchor());
  }

  /** Draw one message anew, though it is the same. */
  redraw(ts) {
    const row = this.rows.get(ts);
    if (!row) return;
    row.message = null;
    this.refresh();
  }

  toEnd() {
    this.atEnd = true;
    this.#draw(null);
  }

  /** Bring a message into view and put the keyboard on it. */
  reveal(ts) {
    const at = this.feed.messages.findIndex((one) => one.ts === ts);
    if (at < 0) return;
    this.atEnd = false;
    this.#measureAll();
    this.scroller.scrollTop = this.#top() + this.offsets[at] - this.scroller.clientHeight / 3;
    this.#draw({ ts, top: this.scroller.clientHeight / 3 });
    this.rows.get(ts)?.node.focus({ preventScroll: true });
  }

  focusLast() {
    const last = this.feed?.messages.at(-1);
    if (last) this.point(last.ts);
    return Boolean(last);
  }

  #top() {
    return this.list.offsetTop;
  }

  #measureAll() {
    const { messages } = this.feed;
    this.offsets = new Array(messages.length + 1);
    this.offsets[0] = 0;
    messages.forEach(
      (one, at) => (this.offsets[at + 1] = this.offsets[at] + (this.heights.get(one.ts) ?? GUESS)),
    );
  }

  /** The index of the row at this height of the list. */
  #indexAt(y) {
    let [low, high] = [0, this.offsets.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.offsets[middle] <= y) low = middle;
      else high = middle - 1;
    }
    return Math.min(low, this.feed.messages.length - 1);
  }

  /** What has to stay where it is on the screen: the first row in view and where it is. */
  #anchor() {
    if (this.atEnd) return null;
    const edge = this.scroller.scrollTop - this.#top();
    for (const [ts, { node }] of this.rows) {
      const top = node.offsetTop - this.list.offsetTop;
      if (top + node.offsetHeight > edge) return { ts, top: top - edge };
    }
    return null;
  }

  #draw(anchor) {
    if (!this.feed) return;
    // Twice: rows drawn for the first time have another height than was guessed, and move those below.
    for (let round = 0; round < 2; round += 1) {
      this.#measureAll();
      this.#window(this.#from(anchor));
      if (!this.#measure()) break;
    }
    this.#measureAll();
    this.#pad();
    if (this.atEnd) this.scroller.scrollTop = this.scroller.scrollHeight;
    else if (anchor) this.scroller.scrollTop = this.#top() + this.#from(anchor);
    this.more.hidden = this.atEnd;
    if (this.intro) this.intro.hidden = this.feed.hasMore;
  }

  /** The height of the list at which the view begins. */
  #from(anchor) {
    if (this.atEnd) return Math.max(0, this.offsets.at(-1) - this.scroller.clientHeight);
    const at = anchor ? this.feed.messages.findIndex((one) => one.ts === anchor.ts) : -1;
    return at < 0 ? this.scroller.scrollTop - this.#top() : this.offsets[at] - anchor.top;
  }

  #window(from) {
    const { messages } = this.feed;
    this.first = messages.length ? this.#indexAt(Math.max(0, from - MARGIN)) : 0;
    this.last = messages.length ? this.#indexAt(from + this.scroller.clientHeight + MARGIN) : -1;
    const held = this.list.contains(document.activeElement);
    keepFocus(this.list, () => this.#place(messages.slice(this.first, this.last + 1)));
    if (held && !this.list.contains(document.activeElement)) this.scroller.focus({ preventScroll: true });
    this.#pad();
  }

  #pad() {
    this.list.style.paddingTop = `${this.offsets[this.first] ?? 0}px`;
    this.list.style.paddingBottom = `${Math.max(0, this.offsets.at(-1) - (this.offsets[this.last + 1] ?? 0))}px`;
  }

  #place(shown) {
    const wanted = new Set(shown.map((one) => one.ts));
    for (const [ts, row] of this.rows) {
      if (wanted.has(ts)) continue;
      this.sizes.unobserve(row.node);
      row.node.remove();
      this.rows.delete(ts);
    }
    const ordered = new Map();
    let before = null;
    shown.forEach((message, at) => {
      const row = this.#row(message, this.first + at);
      ordered.set(message.ts, row);
      const follows = before ? before.nextSibling : this.list.firstChild;
      if (follows !== row.node) this.list.insertBefore(row.node, follows);
      before = row.node;
    });
    this.rows = ordered;
  }

  #row(message, index) {
    const previous = this.feed.messages[index - 1];
    const { user } = this.seat;
    const day = dayOf(user, fromTs(message.ts));
    const newDay = !previous
      ? !this.feed.hasMore && !this.inThread
      : dayOf(user, fromTs(previous.ts)) !== day && !this.inThread;
    const unread = this.mark === message.ts;
    const compact = Boolean(previous) && !newDay && !unread && continues(previous, message);
    const status = this.feed.agent[message.ts]?.status ?? "";
    const flags = `${newDay} ${unread} ${compact} ${status} ${newDay ? dayName(user, fromTs(message.ts)) : ""}`;
    const known = this.rows.get(message.ts);
    if (known?.message === message && known.flags === flags) {
      this.#number(known.node, index);
      return known;
    }
    const node =
      known?.node ??
      make("li", { class: "row", tabindex: -1, "data-ts": message.ts, "data-key": message.ts });
    node.replaceChildren(
      ...[
        newDay ? make("div", { class: "day" }, make("span", {}, dayName(user, fromTs(message.ts)))) : null,
        unread ? make("div", { class: "new-mark" }, make("span", {}, "New")) : null,
        drawMessage(this.seat, this.feed, message, { compact, inThread: this.inThread }),
      ].filter(Boolean),
    );
    if (!known) this.sizes.observe(node);
    this.#number(node, index);
    return { node, message, flags };
  }

  #number(node, index) {
    const { messages, hasMore } = this.feed;
    const size = hasMore ? -1 : messages.length;
    if (node.ariaPosInSet !== String(index + 1)) node.ariaPosInSet = String(index + 1);
    if (node.ariaSetSize !== String(size)) node.ariaSetSize = String(size);
    const tab = (this.current ?? messages.at(-1)?.ts) === messages[index].ts;
    node.tabIndex = tab ? 0 : -1;
  }

  #measure() {
    let changed = false;
    for (const [ts, { node }] of this.rows) {
      const height = node.getBoundingClientRect().height;
      if (Math.abs((this.heights.get(ts) ?? GUESS) - height) > 0.5) changed = true;
      this.heights.set(ts, height);
    }
    return changed;
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this.atEnd = scrollHeight - scrollTop - clientHeight < CLOSE;
    this.more.hidden = this.atEnd;
    if (this.frame || this.#isDrawn()) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      if (!this.feed) return;
      this.#draw(this.#anchor() ?? null);
      if (this.scroller.scrollTop < MARGIN) this.onTop();
    });
  }

  /** Whether everything in view, and a little beyond it, stands in the document. */
  #isDrawn() {
    if (!this.feed || this.offsets.length !== this.feed.messages.length + 1) return false;
    const from = this.scroller.scrollTop - this.#top();
    const to = from + this.scroller.clientHeight;
    const above = this.offsets[this.first] <= Math.max(0, from - SLACK);
    return (
      above &&
      this.offsets[this.last + 1] >= Math.min(this.offsets.at(-1), to + SLACK) &&
      (from > MARGIN || !this.feed.hasMore)
    );
  }

  #resized(entries) {
    const moved = entries.some(({ target }) => {
      if (target === this.scroller) return true;
      const height = target.getBoundingClientRect().height;
      return height && Math.abs((this.heights.get(target.dataset.ts) ?? 0) - height) > 0.5;
    });
    if (moved && this.feed) requestAnimationFrame(() => this.refresh());
  }

  /** Give a message its tools when somebody comes near; a long list scrolls better without them. */
  #equip(event) {
    const row = event.target.closest(".row");
    const known = row && this.rows.get(row.dataset.ts);
    const place = row?.querySelector(".message");
    if (!known?.message || !place || place.querySelector(".message-tools")) return;
    const tools = drawTools(this.seat, this.feed, known.message, this.inThread);
    if (tools) place.append(tools);
  }

  #focused(event) {
    this.#equip(event);
    const row = event.target.closest(".row");
    if (!row || row.dataset.ts === this.current) return;
    this.rows.get(this.current)?.node.setAttribute("tabindex", "-1");
    this.current = row.dataset.ts;
    row.tabIndex = 0;
  }

  /** Bring a message into view, with the focus on it. */
  point(ts) {
    if (!this.rows.has(ts)) {
      const at = this.feed.messages.findIndex((one) => one.ts === ts);
      this.scroller.scrollTop = this.#top() + this.offsets[at];
      this.#draw(null);
    }
    const node = this.rows.get(ts)?.node;
    node?.focus({ preventScroll: true });
    node?.scrollIntoView({ block: "nearest" });
  }

  #key(event) {
    const row = event.target.closest(".row");
    if (!row || event.target !== row) return this.#inside(event, row);
    const { messages } = this.feed;
    const at = messages.findIndex((one) => one.ts === row.dataset.ts);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: messages.length - 1 }[event.key];
    if (to === undefined) return this.seat.messageKey(event, this.feed, messages[at]);
    event.preventDefault();
    const target = messages[Math.max(0, Math.min(messages.length - 1, to))];
    return this.point(target.ts);
  }

  /** Escape leads from a button in a message back to the message. */
  #inside(event, row) {
    if (event.key !== "Escape" || event.defaultPrevented || !row) return;
    event.preventDefault();
    event.stopPropagation();
    row.focus({ preventScroll: true });
  }
}
