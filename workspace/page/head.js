// The line above a conversation: its name, topic, and what belongs to it.
import { avatar } from "/page/avatar.js";
import { button, make, unseen } from "/page/dom.js";
import { icon } from "/page/icons.js";
import { conversationName } from "/page/selects.js";
import { nameOf, world } from "/page/world.js";

const tool = (name, label, run) =>
  button({ class: "icon-button", "aria-label": label, title: label, onclick: run }, icon(name));

function tabs(seat) {
  const chat = seat.channels.find((one) => one.is_im && one.user === world.app.bot);
  const all = [
    world.app.home_tab ? ["home", "Home"] : null,
    chat ? [chat.id, "Messages"] : null,
    ["about", "About"],
  ].filter(Boolean);
  const tab = ([place, name]) =>
    button(
      { class: "tab", "aria-current": seat.place === place ? "page" : null, onclick: () => seat.go(place) },
      name,
    );
  return make("nav", { class: "tabs", "aria-label": `${world.app.name}: pages` }, all.map(tab));
}

function appHead(seat) {
  return make(
    "div",
    {},
    make(
      "header",
      { class: "head" },
      make("h1", {}, avatar(world.app.bot, "small"), world.app.name, make("span", { class: "badge" }, "APP")),
    ),
    tabs(seat),
  );
}

function roomHead(seat, channel) {
  const name = conversationName(seat, channel);
  const mark = channel.is_im
    ? avatar(channel.user, "small")
    : icon(channel.is_mpim ? "people" : channel.kind === "channel" ? "hash" : "lock");
  const about = { channel: channel.id };
  const topic = channel.topic?.value || channel.purpose?.value || "";
  const hasAgent =
    Boolean(world.app.agent) && seat.channels.some((one) => one.is_im && one.user === world.app.bot);
  return make(
    "header",
    { class: "head" },
    make("h1", {}, mark, name),
    make("span", { class: "topic" }, topic),
    button(
      { class: "icon-button", title: "Details", onclick: () => seat.showPane("members", about) },
      icon("people"),
      unseen(`Details of ${name}, members: `),
      String(channel.members.length),
    ),
    tool("pin", "Pins", () => seat.showPane("pins", about)),
    hasAgent ? tool("sparkle", `Open ${world.app.name}`, () => seat.showPane("agent", about)) : null,
  );
}

export function drawHead(seat) {
  const channel = seat.channel(seat.place);
  if (!channel || (channel.is_im && channel.user === world.app.bot)) return appHead(seat);
  return roomHead(seat, channel);
}

/** The words above the first message. */
export function drawIntro(seat, channel) {
  const name = conversationName(seat, channel);
  if (channel.is_im && channel.user === world.app.bot) {
    const words =
      world.app.agent?.agent_description ?? `This is the beginning of your messages with ${name}.`;
    return make(
      "div",
      { class: "greeting" },
      avatar(channel.user, "large"),
      make("h2", {}, name),
      make("p", {}, words),
    );
  }
  if (!channel.name || channel.is_mpim) {
    return make(
      "div",
      { class: "greeting" },
      make("h2", {}, name),
      make("p", {}, `This conversation is between you and ${name}.`),
    );
  }
  const by = channel.creator ? ` ${nameOf(channel.creator)} created it.` : "";
  return make(
    "div",
    { class: "greeting" },
    make("h2", {}, icon(channel.kind === "channel" ? "hash" : "lock"), channel.name),
    make(
      "p",
      {},
      `This is the very beginning of the ${channel.kind === "channel" ? "" : "private "}channel ${channel.name}.${by} ${channel.purpose?.value ?? ""}`,
    ),
  );
}
