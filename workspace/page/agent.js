// What an agent shows: suggested prompts above the box, and what it is doing right now.
import { button, make } from "/page/dom.js";
import { icon } from "/page/icons.js";
import { nameOf, world } from "/page/world.js";

/** The prompts of a conversation or thread: what the app set, else what its manifest suggests. */
function promptsOf(feed) {
  const set = feed.agent[feed.thread ?? ""]?.prompts;
  if (set) return { title: feed.agent[feed.thread ?? ""].prompts_title, prompts: set };
  const answered = feed.messages.length > 0;
  return { title: "", prompts: feed.thread || answered ? [] : (world.app.agent?.suggested_prompts ?? []) };
}

/** Buttons that say a prompt. */
export function drawPrompts(feed, say) {
  const { title, prompts } = promptsOf(feed);
  if (!prompts.length) return [];
  return [
    title ? make("div", { class: "prompts-title" }, title) : null,
    make(
      "div",
      { class: "prompts", role: "group", "aria-label": "Suggested prompts" },
      prompts.map((one) =>
        button(
          { class: "prompt", title: one.message, onclick: () => say(one.message) },
          icon("sparkle"),
          one.title,
        ),
      ),
    ),
  ].filter(Boolean);
}

/** The status line of a conversation or thread, or nothing. */
export function drawStatus(feed) {
  const said = feed.agent[feed.thread ?? ""];
  if (!said?.status) return [];
  const words = said.loading_messages?.length ? said.loading_messages[0] : said.status;
  return [make("div", { class: "agent-status" }, icon("sparkle"), `${nameOf(world.app.bot)} ${words}`)];
}
