// Jump to a conversation by its name, with Ctrl+K.
import { among, Choice } from "/page/choice.js";
import { make } from "/page/dom.js";
import { openDialog } from "/page/layers.js";
import { conversationName } from "/page/selects.js";
import { world } from "/page/world.js";

function places(seat) {
  const rooms = seat.channels.map((channel) => ({
    value: channel.id,
    label: `${channel.name && !channel.is_mpim ? "#" : ""}${conversationName(seat, channel)}`,
    description: channel.purpose?.value || (channel.is_im ? "Direct message" : ""),
  }));
  const home = world.app.home_tab ? [{ value: "home", label: `${world.app.name}: Home` }] : [];
  return [...rooms, ...home, { value: "about", label: `About ${world.app.name}` }];
}

export function openSwitcher(seat) {
  openDialog(seat, (close) => {
    const choice = new Choice(seat, {
      label: "Jump to",
      placeholder: "Where to?",
      source: among([{ options: places(seat) }]),
      changed: ([picked]) => {
        close();
        if (picked) seat.go(picked.value);
      },
    });
    choice.input.setAttribute("autofocus", "");
    return {
      title: "Jump to…",
      className: "small",
      body: make("div", { class: "dialog-body" }, choice.node),
    };
  });
}
