// Where elements live (a message, a modal, a Home): what is picked in them, and the way to the app.
import { post, Refusal } from "/page/api.js";

/** What a person would say was picked, from the objects that the page holds. */
function wire(picked) {
  if (Array.isArray(picked)) return picked.map(wire);
  if (picked === null || typeof picked !== "object" || picked.type === "rich_text") return picked;
  return picked.value ?? picked.id;
}

const heldIn = (entry) =>
  Object.entries(entry ?? {}).find(([name]) => name !== "type" && name !== "timezone")?.[1] ?? null;

const TEXTS = new Set([
  "plain_text_input",
  "email_text_input",
  "url_text_input",
  "number_input",
  "rich_text_input",
]);

/** Whether what happened to an input element goes to the app at once. */
function isDispatched(block, element, on) {
  if (block.type !== "input") return true;
  if (!block.dispatch_action) return false;
  if (!TEXTS.has(element.type)) return true;
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  return triggers.includes(on);
}

export class Surface {
  /** `where` is {view_id} or {channel, message_ts}; `trouble` is told what went wrong, in a sentence. */
  constructor(seat, where, { state = {}, kind, trouble = () => {} }) {
    Object.assign(this, { seat, where, state, kind, trouble });
    this.drafts = new Map();
    this.dirty = new Map();
    this.sent = Promise.resolve();
  }

  /** What an element shows as picked: what was just entered, else what the workspace keeps. */
  held(block, element) {
    const key = `${block.block_id}/${element.action_id}`;
    return this.drafts.has(key)
      ? this.drafts.get(key)
      : heldIn(this.state[block.block_id]?.[element.action_id]);
  }

  /** Something was entered; `on` says how, for text fields that dispatch. */
  enter(block, element, picked, on = "on_change") {
    const key = `${block.block_id}/${element.action_id}`;
    this.drafts.set(key, picked);
    this.dirty.set(key, [block, element, wire(picked)]);
    if (isDispatched(block, element, on)) return this.click(block, element, wire(picked));
    return Promise.resolve();
  }

  /** Press or pick: first the workspace learns what else was entered, so that the app gets it all. */
  click(block, element, value) {
    this.dirty.delete(`${block.block_id}/${element.action_id}`);
    const waiting = [...this.dirty.values()];
    this.dirty.clear();
    // One after the other: the app must see the last of two quick choices last.
    this.sent = this.sent.then(async () => {
      for (const [otherBlock, other, entered] of waiting) await this.#post(otherBlock, other, entered);
      await this.#post(block, element, value);
    });
    return this.sent;
  }

  async #post(block, element, value) {
    try {
      const answer = await post("click", {
        user: this.seat.user,
        block_id: block.block_id,
        action_id: element.action_id,
        value: value ?? null,
        ...this.where,
      });
      if (answer.error) this.trouble(answer.error);
    } catch (refused) {
      if (!(refused instanceof Refusal)) throw refused;
      this.trouble(refused.message);
    }
  }

  /** What an external select offers. */
  suggestions(block, element, query) {
    return post("options", {
      user: this.seat.user,
      block_id: block.block_id,
      action_id: element.action_id,
      query,
      ...this.where,
    });
  }

  /** Everything entered and not yet known to the workspace, as a submission wants it. */
  entered() {
    const values = {};
    for (const [block, element, value] of this.dirty.values()) {
      values[block.block_id] = { ...values[block.block_id], [element.action_id]: value };
    }
    return values;
  }
}

export const keyOf = (block, element) => `${block.block_id}/${element.action_id}`;

/** Attributes that tie a control to its label, hint and error; `names` comes from the block around it. */
export const tied = (block, element, names) => ({
  id: names.id,
  "aria-label": names.id ? null : names.label,
  "aria-describedby": names.describedby,
  "aria-invalid": names.invalid ? "true" : null,
  "aria-required": names.required ? "true" : null,
  "data-key": keyOf(block, element),
  "data-action": element.action_id,
});

/** Put attributes on a control that is there already. */
export function tie(control, attributes) {
  const given = Object.entries(attributes).filter(([, value]) => value !== null && value !== undefined);
  for (const [name, value] of given) control.setAttribute(name, value);
}
