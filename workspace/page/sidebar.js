// The list of conversations and apps of one person.
import { post, Refusal } from "/page/api.js";
import { avatar } from "/page/avatar.js";
import { Choice, among } from "/page/choice.js";
import { button, keepFocus, make, unseen } from "/page/dom.js";
import { icon } from "/page/icons.js";
import { openDialog } from "/page/layers.js";
import { conversationName } from "/page/selects.js";
import { nameOf, people, world } from "/page/world.js";

function entry(seat, place, face, name, unread) {
  const here = seat.place === place;
  return make(
    "li",
    {},
    button(
      {
        class: unread ? "entry unread" : "entry",
        "aria-current": here ? "page" : null,
        "data-key": `entry/${place}`,
        "data-place": place,
        onclick: () => seat.go(place),
      },
      face,
      make("span", { class: "entry-name" }, name),
      unread ? make("span", { class: "count" }, String(unread), unseen(" unread")) : null,
    ),
  );
}

const room = (seat, channel) =>
  entry(
    seat,
    channel.id,
    icon(channel.kind === "channel" ? "hash" : "lock"),
    [channel.name, channel.kind === "channel" ? null : unseen(" (private)")],
    seat.unread(channel),
  );

const direct = (seat, channel) =>
  entry(
    seat,
    channel.id,
    channel.is_mpim ? icon("people") : avatar(channel.user, "tiny"),
    conversationName(seat, channel),
    seat.unread(channel),
  );

function section(title, entries, add) {
  return make(
    "div",
    { class: "sidebar-section" },
    make("h2", {}, title),
    make("ul", {}, entries, add ? make("li", {}, add) : null),
  );
}

const adder = (label, run) =>
  button({ class: "entry adder", "data-key": label, onclick: run }, icon("plus"), label);

async function attempt(seat, work) {
  try {
    return await work();
  } catch (refused) {
    if (!(refused instanceof Refusal)) throw refused;
    seat.toast(refused.message);
    return null;
  }
}

function createChannel(seat) {
  openDialog(seat, (close) => {
    const name = make("input", {
      class: "field",
      "aria-label": "Name",
      placeholder: "e.g. plan-budget",
      autofocus: true,
      maxlength: 80,
    });
    const hidden = make("input", { type: "checkbox", id: "new-channel-private" });
    const submit = async (event) => {
      event.preventDefault();
      const made = await attempt(seat, () =>
        post("create", {
          user: seat.user,
          name: name.value.trim().toLowerCase().replaceAll(" ", "-"),
          private: hidden.checked,
        }),
      );
      if (!made) return;
      close();
      await seat.learnChannels();
      seat.go(made.channel.id);
    };
    const form = make(
      "form",
      { onsubmit: submit, class: "dialog-body" },
      make("p", {}, name),
      make(
        "p",
        { class: "box" },
        hidden,
        make("label", { for: hidden.id }, "Private: only people invited can find it"),
      ),
      make("footer", { class: "dialog-foot" }, make("button", { class: "button primary" }, "Create")),
    );
    return { title: "Create a channel", body: form };
  });
}

function writeTo(seat) {
  openDialog(seat, (close) => {
    let picked = [];
    const others = [...people()]
      .filter((user) => user.id !== seat.user)
      .map((user) => ({ value: user.id, label: user.real_name, description: user.profile.title }));
    const choice = new Choice(seat, {
      label: "To",
      placeholder: "Somebody's name",
      many: true,
      source: among([{ options: others }]),
      changed: (options) => (picked = options),
    });
    const go = async () => {
      if (!picked.length) return;
      const made = await attempt(seat, () =>
        post("direct", { user: seat.user, people: picked.map((one) => one.value) }),
      );
      if (!made) return;
      close();
      await seat.learnChannels();
      seat.go(made.channel.id);
    };
    choice.input.setAttribute("autofocus", "");
    return {
      title: "New direct message",
      body: make("div", { class: "dialog-body" }, choice.node),
      foot: make("footer", { class: "dialog-foot" }, button({ class: "button primary", onclick: go }, "Go")),
    };
  });
}

function apps(seat) {
  const chat = seat.channels.find((one) => one.is_im && one.user === world.app.bot);
  if (!world.app.installed || !chat) return [];
  const here = seat.place === "home" || seat.place === "about" || seat.place === chat.id;
  const place = here ? seat.place : world.app.home_tab ? "home" : chat.id;
  return [entry(seat, place, avatar(world.app.bot, "tiny"), world.app.name, seat.unread(chat))];
}

/** Draw the sidebar anew. */
export function drawSidebar(seat, node) {
  const { channels } = seat;
  const rooms = channels.filter((one) => one.name && !one.is_mpim && !one.is_archived);
  const talks = channels.filter((one) => (one.is_im && one.user !== world.app.bot) || one.is_mpim);
  keepFocus(node, () =>
    node.replaceChildren(
      section(
        "Channels",
        rooms.map((one) => room(seat, one)),
        adder("Create a channel", () => createChannel(seat)),
      ),
      section(
        "Direct messages",
        talks.map((one) => direct(seat, one)),
        adder("New message", () => writeTo(seat)),
      ),
      section("Apps", apps(seat)),
    ),
  );
}

export const placeName = (seat, place) => {
  if (place === "home" || place === "about") return world.app.name;
  const channel = seat.channel(place);
  return channel ? conversationName(seat, channel) : nameOf(place);
};
