// The message box: text, commands, mentions, files; a draft of its own for every conversation.
import { post, Refusal, upload } from "/page/api.js";
import { avatar } from "/page/avatar.js";
import { complete, insert } from "/page/completion.js";
import { button, make, uid } from "/page/dom.js";
import { withEmoji } from "/page/emoji.js";
import { pickEmoji } from "/page/emojipicker.js";
import { continueList, formatByKey, formattingBar } from "/page/formatting.js";
import { icon } from "/page/icons.js";
import { openMenu } from "/page/layers.js";
import { world } from "/page/world.js";

const TALLEST = 220; // px
const FORMATTING = "formatting"; // whether this person wants the toolbar
const NARROW = "(max-width: 700px)";

export const DRAFT = "draft:";

export class Composer {
  constructor(seat, { channel, thread = null, placeholder }) {
    Object.assign(this, { seat, channel, thread });
    this.draftKey = `${DRAFT}${seat.user}:${channel}:${thread ?? ""}`;
    this.files = [];
    this.id = uid("composer");
    this.found = null;
    this.at = 0;
    this.field = make("textarea", {
      rows: 1,
      "aria-label": placeholder,
      placeholder,
      "aria-autocomplete": "list",
      "aria-haspopup": "listbox",
      "data-key": this.id,
      oninput: () => this.#changed(),
      onclick: () => this.#complete(),
      onkeydown: (event) => this.#key(event),
      onblur: () => this.#hide(),
      onpaste: (event) =>
        event.clipboardData.files.length && (event.preventDefault(), this.#attach(event.clipboardData.files)),
    });
    this.bar = formattingBar(seat, this.field);
    this.bar.hidden = (localStorage.getItem(FORMATTING) ?? String(!matchMedia(NARROW).matches)) === "false";
    this.list = make("div", { class: "completion", id: `${this.id}-list`, hidden: true });
    this.chips = make("div", { class: "attached" });
    this.picker = make("input", {
      type: "file",
      multiple: true,
      class: "unseen",
      tabindex: -1,
      "aria-hidden": "true",
      onchange: () => this.#attach(this.picker.files),
    });
    this.submit = make("button", { class: "send", "aria-label": "Send" }, icon("send"));
    this.node = make(
      "form",
      {
        class: "composer",
        onsubmit: (event) => this.#send(event),
        ondragover: (event) => event.preventDefault(),
        ondrop: (event) => (event.preventDefault(), this.#attach(event.dataTransfer.files)),
      },
      this.list,
      make("div", { class: "composer-box" }, this.field, this.bar, this.chips, this.#tools()),
    );
    this.field.value = localStorage.getItem(this.draftKey) ?? "";
    this.#look();
  }

  focus() {
    this.field.focus();
  }

  #tools() {
    const tool = (name, label, run, more = {}) =>
      button(
        {
          class: "icon-button",
          "aria-label": label,
          title: label,
          onclick: (event) => run(event.currentTarget),
          ...more,
        },
        icon(name),
      );
    const menu = { "aria-haspopup": "menu", "aria-expanded": "false" };
    return make(
      "div",
      { class: "composer-tools" },
      tool("plus", "Attach files", () => this.picker.click()),
      this.picker,
      tool("letters", "Formatting", (node) => this.#toggleBar(node), { "aria-pressed": String(!this.bar.hidden) }),
      tool("smile", "Emoji", (node) =>
        pickEmoji(this.seat, node, (name) => this.#type(withEmoji(`:${name}:`))),
      ),
      tool("at", "Mention someone", () => this.#type("@")),
      tool("slash", "Run a command", () => this.#type("/", true)),
      tool("bolt", "Shortcuts", (node) => this.#shortcuts(node), menu),
      make(
        "span",
        { class: "composer-hint", "aria-hidden": "true" },
        make("b", {}, "Shift + Return"),
        " to add a new line",
      ),
      this.submit,
    );
  }

  #toggleBar(node) {
    this.bar.hidden = !this.bar.hidden;
    node.setAttribute("aria-pressed", String(!this.bar.hidden));
    localStorage.setItem(FORMATTING, String(!this.bar.hidden));
  }

  #shortcuts(node) {
    const items = world.app.shortcuts
      .filter((one) => one.type === "global")
      .map((one) => ({
        label: one.name,
        note: one.description,
        icon: "bolt",
        run: () => this.seat.shortcut(one),
      }));
    const browse = { label: "Browse commands", icon: "slash", run: () => this.#type("/", true) };
    openMenu(this.seat, node, "Shortcuts", [...items, browse]);
  }

  /** Put text at the caret, as if typed; `alone` puts it in an empty box only. */
  #type(text, alone = false) {
    if (alone) this.field.value = text;
    else {
      const space =
        text === "@" && /\S$/.test(this.field.value.slice(0, this.field.selectionStart)) ? " " : "";
      this.field.setRangeText(space + text, this.field.selectionStart, this.field.selectionEnd, "end");
    }
    this.field.focus();
    this.#changed();
  }

  #changed() {
    if (this.field.value) localStorage.setItem(this.draftKey, this.field.value);
    else localStorage.removeItem(this.draftKey);
    this.#look();
    this.#complete();
  }

  #look() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(TALLEST, this.field.scrollHeight)}px`;
    const ready = this.field.value.trim() !== "" || this.files.length > 0;
    this.submit.classList.toggle("ready", ready);
  }

  #attach(files) {
    this.files.push(...files);
    this.picker.value = "";
    this.#showFiles();
    this.field.focus();
  }

  #showFiles() {
    const remove = (file) => {
      this.files = this.files.filter((one) => one !== file);
      this.#showFiles();
    };
    this.chips.replaceChildren(
      ...this.files.map((file) =>
        make(
          "span",
          { class: "chip" },
          icon("file"),
          file.name,
          button(
            { class: "icon-button", "aria-label": `Remove ${file.name}`, onclick: () => remove(file) },
            icon("close"),
          ),
        ),
      ),
    );
    this.#look();
  }

  // Completion

  #complete() {
    const found = complete(this.seat, this.channel, this.field.value, this.field.selectionStart);
    if (!found || (found.items && !found.items.length)) return this.#hide();
    this.found = found;
    this.at = 0;
    this.list.hidden = false;
    if (found.hint) return this.#showHint(found.hint);
    this.list.setAttribute("role", "listbox");
    this.list.tabIndex = 0; // it may scroll; the Tab key takes an option and never gets here
    this.list.setAttribute("aria-label", found.title);
    this.list.replaceChildren(...found.items.map((item, at) => this.#option(item, at)));
    this.field.setAttribute("aria-controls", this.list.id);
    return this.#point(0);
  }

  #showHint(command) {
    this.found = null;
    this.#unpoint();
    this.list.removeAttribute("role");
    this.list.removeAttribute("tabindex");
    this.list.removeAttribute("aria-label");
    this.list.replaceChildren(
      make(
        "div",
        { class: "usage" },
        make("b", {}, command.command),
        ` ${command.usage_hint ?? ""}`,
        make("small", {}, command.description),
      ),
    );
  }

  #option(item, at) {
    return make(
      "div",
      {
        class: "option",
        role: "option",
        id: `${this.id}-${at}`,
        "aria-selected": "false",
        onpointerdown: (event) => event.preventDefault(),
        onclick: () => this.#take(item),
        onpointermove: () => this.#point(at),
      },
      item.user ? avatar(item.user, "tiny") : null,
      make(
        "span",
        { class: "option-words" },
        make(
          "span",
          {},
          make("b", {}, item.label),
          item.hint ? make("span", { class: "quiet" }, ` ${item.hint}`) : null,
        ),
        item.note ? make("small", {}, item.note) : null,
      ),
      item.by ? make("small", { class: "option-by" }, item.by) : null,
    );
  }

  #point(at) {
    this.at = at;
    [...this.list.children].forEach((node, index) => {
      node.classList.toggle("pointed", index === at);
      node.setAttribute("aria-selected", String(index === at));
    });
    this.list.children[at]?.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", `${this.id}-${at}`);
  }

  #unpoint() {
    this.field.removeAttribute("aria-activedescendant");
    this.field.removeAttribute("aria-controls");
  }

  #hide() {
    this.found = null;
    this.list.hidden = true;
    this.#unpoint();
  }

  #take(item) {
    const { from } = this.found;
    this.#hide();
    if (item.run) {
      this.#set("");
      item.run();
      return;
    }
    const { text, caret } = insert(this.field.value, this.field.selectionStart, from, item);
    this.field.value = text;
    this.field.setSelectionRange(caret, caret);
    this.field.focus();
    this.#changed();
  }

  #key(event) {
    if (event.isComposing) return;
    if (this.found && this.#completionKey(event)) {
      event.preventDefault();
      event.stopPropagation();
    } else if (formatByKey(this.seat, this.field, event)) {
      event.stopPropagation();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.node.requestSubmit();
    } else if (event.key === "Enter") {
      if (continueList(this.field)) event.preventDefault();
    } else if (event.key === "Tab" && event.shiftKey) {
      if (this.seat.toMessages(this)) event.preventDefault();
    } else if (event.key === "ArrowUp" && !this.field.value) {
      if (this.seat.editLast(this)) event.preventDefault();
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      this.#hide();
    }
  }

  #completionKey(event) {
    const { items } = this.found;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#point((this.at + step + items.length) % items.length);
    else if (event.key === "Tab" && !event.shiftKey) this.#take(items[this.at]);
    else if (event.key === "Enter" && !event.shiftKey) {
      if (this.#isWhole(items[this.at])) return this.#hide() ?? false;
      this.#take(items[this.at]);
    } else if (event.key === "Escape") this.#hide();
    else return false;
    return true;
  }

  /** Whether the item stands there in full already, so that Enter can only mean to send. */
  #isWhole(item) {
    return item.insert?.trim() === this.field.value.slice(this.found.from, this.field.selectionStart);
  }

  // Sending

  #set(text) {
    this.field.value = text;
    this.#changed();
  }

  async #send(event) {
    event?.preventDefault();
    const [text, files] = [this.field.value, this.files];
    if (!text.trim() && !files.length) return;
    this.files = [];
    this.#set("");
    this.#showFiles();
    this.#hide();
    this.seat.sent(this);
    try {
      await this.#deliver(text, files);
    } catch (refused) {
      if (!(refused instanceof Refusal)) throw refused;
      this.files = files;
      if (!this.field.value) this.#set(text);
      this.#showFiles();
      this.seat.toast(refused.message);
    }
  }

  async #deliver(text, files) {
    const where = { user: this.seat.user, channel: this.channel, thread_ts: this.thread ?? undefined };
    const [, command, rest] = /^(\/\S+)\s*([\s\S]*)$/.exec(text) ?? [];
    if (command && !files.length) return post("command", { ...where, command, text: rest });
    if (!files.length) return post("message", { ...where, text: text.trim() });
    const sent = await Promise.all(files.map((file) => upload(this.seat.user, file)));
    return post("share", { ...where, text: text.trim(), files: sent.map((file) => file.id) });
  }

  /** Say these words at once, as a suggested prompt does. */
  say(text) {
    this.field.value = text;
    return this.#send();
  }
}
