// A conversation's or thread's messages as one person sees them, loaded by the page and kept up to date.
import { get } from "/page/api.js";

const PAGE = 200;
const BURST = 12; // from so many changed messages on, one request for all is cheaper

export class Feed {
  /** `changed(what)` is called with "page", "older" or "some" after every change. */
  constructor(user, channel, thread, changed) {
    Object.assign(this, { user, channel, thread, changed });
    this.messages = [];
    this.hasMore = false;
    this.agent = {};
    this.touched = new Set();
    this.working = Promise.resolve();
    this.closed = false;
  }

  close() {
    this.closed = true;
  }

  #get(query) {
    return get("messages", { user: this.user, channel: this.channel, thread_ts: this.thread, ...query });
  }

  knows(ts) {
    return this.messages.some((one) => one.ts === ts);
  }

  /** One request after the other, so that an old answer never overtakes a new one. */
  #queue(work) {
    this.working = this.working.then(() => (this.closed ? null : work()));
    return this.working;
  }

  /** The latest messages, as many as were loaded before and a page at least. */
  load() {
    return this.#queue(async () => {
      this.touched.clear();
      const answer = await this.#get({ limit: Math.max(PAGE, this.messages.length) });
      this.#take(answer);
      this.messages = answer.messages;
      this.hasMore = answer.has_more;
      this.#tell("page");
    });
  }

  /** The page before what is loaded. */
  older() {
    if (!this.hasMore || this.loadingOlder) return this.working;
    this.loadingOlder = true;
    return this.#queue(async () => {
      const answer = await this.#get({ limit: PAGE, before: this.messages[0]?.ts });
      this.loadingOlder = false;
      this.messages = [...answer.messages, ...this.messages];
      this.hasMore = answer.has_more;
      this.#tell("older");
    });
  }

  /** The message with this ts is new, other or gone. */
  touch(ts) {
    this.touched.add(ts);
    if (this.touched.size > 1) return this.working;
    return this.#queue(() => this.#learnTouched());
  }

  /** What the agent says of its threads here changed. */
  learnAgent() {
    return this.#queue(async () => {
      this.#take(await this.#get({ limit: 1 }));
      this.#tell("agent");
    });
  }

  async #learnTouched() {
    const wanted = [...this.touched].filter((ts) => !this.hasMore || ts >= (this.messages[0]?.ts ?? ""));
    this.touched.clear();
    if (wanted.length > BURST) {
      const answer = await this.#get({ limit: this.messages.length + wanted.length });
      this.#take(answer);
      this.messages = answer.messages;
      this.hasMore = answer.has_more;
    } else {
      // A ts with one more character sorts right behind itself: the last message before it is the one
      // wanted, unless that is gone.
      const answers = await Promise.all(wanted.map((ts) => this.#get({ limit: 1, before: `${ts}0` })));
      answers.forEach((answer, at) => {
        this.#take(answer);
        const found = answer.messages[0];
        this.#put(wanted[at], found?.ts === wanted[at] ? found : null);
      });
    }
    this.#tell("some");
  }

  #take(answer) {
    this.agent = answer.assistant;
  }

  #put(ts, message) {
    const at = this.messages.findLastIndex((one) => one.ts <= ts);
    const known = this.messages[at]?.ts === ts;
    if (message) this.messages.splice(known ? at : at + 1, known ? 1 : 0, message);
    else if (known) this.messages.splice(at, 1);
  }

  #tell(what) {
    if (!this.closed) this.changed(what);
  }
}
