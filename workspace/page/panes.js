// The pane beside a conversation: a thread, the agent, the pins or the members.
import { get } from "/page/api.js";
import { avatar } from "/page/avatar.js";
import { Conversation } from "/page/conversation.js";
import { clockTime, dayName, fromTs } from "/page/dates.js";
import { button, make, uid } from "/page/dom.js";
import { icon } from "/page/icons.js";
import { authorOf } from "/page/message.js";
import { conversationName } from "/page/selects.js";
import { mrkdwn } from "/page/text.js";
import { nameOf, world } from "/page/world.js";

function frame(seat, title, subtitle, ...inside) {
  const id = uid("pane");
  return make(
    "section",
    { class: "pane", "aria-labelledby": id },
    make(
      "header",
      { class: "pane-head" },
      make("h2", { id }, title, subtitle ? make("small", {}, subtitle) : null),
      button(
        { class: "icon-button", "aria-label": `Close ${title}`, onclick: () => seat.closePane() },
        icon("close"),
      ),
    ),
    ...inside,
  );
}

function thread(seat, { channel, ts }) {
  const conversation = new Conversation(seat, channel, { thread: ts });
  const known = seat.channel(channel);
  const name = `${known?.name ? "#" : ""}${known ? conversationName(seat, known) : channel}`;
  const node = frame(seat, "Thread", name, conversation.node);
  node.classList.add("thread");
  return { conversation, node };
}

function greeting() {
  const words = world.app.agent?.agent_description ?? world.app.agent?.assistant_description;
  return make(
    "div",
    { class: "greeting" },
    avatar(world.app.bot, "large"),
    make("p", {}, words ?? `Ask ${world.app.name}.`),
  );
}

function agent(seat) {
  const direct = seat.channels.find((one) => one.is_im && one.user === world.app.bot);
  const conversation = new Conversation(seat, direct.id, { intro: greeting() });
  return { conversation, node: frame(seat, world.app.name, "Agent", conversation.node) };
}

function pins(seat, { channel }) {
  const list = make("ul", { class: "pins" });
  const node = frame(seat, "Pins", null, list);
  const one = (shown) =>
    make(
      "li",
      {},
      make(
        "div",
        { class: "byline" },
        make("strong", {}, authorOf(shown)),
        make(
          "span",
          { class: "quiet" },
          `${dayName(seat.user, fromTs(shown.ts))} ${clockTime(seat.user, fromTs(shown.ts))}`,
        ),
      ),
      make("div", {}, mrkdwn(seat, shown.text ?? "")),
      button({ class: "plain-link", onclick: () => seat.reveal(shown.ts) }, "Jump to message"),
    );
  const refresh = async () => {
    const { messages } = await get("messages", { user: seat.user, channel });
    const pinned = messages.filter((shown) => shown.pinned_to);
    list.replaceChildren(
      ...(pinned.length ? pinned.map(one) : [make("li", { class: "quiet" }, "Nothing is pinned here.")]),
    );
  };
  refresh();
  return { node, refresh };
}

function members(seat, { channel }) {
  const known = seat.channel(channel);
  const about = [known.topic?.value, known.purpose?.value].filter(Boolean);
  const one = (id) =>
    make(
      "li",
      {},
      avatar(id),
      make(
        "span",
        {},
        make("strong", {}, nameOf(id)),
        make("small", {}, world.users.get(id)?.profile.title || (world.users.get(id)?.is_bot ? "App" : "")),
      ),
    );
  return {
    node: frame(
      seat,
      "Details",
      `${known.name ? "#" : ""}${conversationName(seat, known)}`,
      about.map((words) => make("p", { class: "about" }, words)),
      make("h3", { class: "about" }, `${known.members.length} members`),
      make("ul", { class: "people" }, known.members.map(one)),
    ),
  };
}

const PANES = { thread, agent, pins, members };

/** A pane: {node, conversation?, refresh?}. */
export const openPane = (seat, kind, about) => ({ kind, about, ...PANES[kind](seat, about) });
