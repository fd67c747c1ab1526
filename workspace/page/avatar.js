// A face for everybody: initials on a colour of their own; apps and Slackbot get a mark.
import { make } from "/page/dom.js";
import { icon } from "/page/icons.js";
import { nameOf, SLACKBOT, world } from "/page/world.js";

const COLOURS = 8;

const initials = (name) =>
  name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join("");

const colourOf = (id) => [...id].reduce((sum, character) => sum + character.charCodeAt(0), 0) % COLOURS;

/** A picture of a member; the name stands beside it, so it is hidden from screen readers. */
export function avatar(id, size = "", { username } = {}) {
  const app = id === world.app.bot || id === SLACKBOT || world.users.get(id)?.is_bot;
  const shown = app && !username ? icon(id === SLACKBOT ? "hash" : "app") : initials(username ?? nameOf(id));
  const kind = app ? "app" : `colour-${colourOf(username ?? id)}`;
  return make("span", { class: `avatar ${kind} ${size}`, "aria-hidden": "true" }, shown);
}
