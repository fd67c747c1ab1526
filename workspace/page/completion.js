// What the composer completes: commands, people, channels, emoji.
import { searchEmoji } from "/page/emoji.js";
import { world } from "/page/world.js";

const MOST = 8;
const BROADCASTS = [
  ["here", "Notify every active member of this channel"],
  ["channel", "Notify everyone in this channel"],
  ["everyone", "Notify everyone in the workspace"],
];

const begins = (typed, ...words) =>
  words.some((word) =>
    word
      ?.toLowerCase()
      .split(/[\s._-]+/)
      .concat(word.toLowerCase())
      .some((part) => part.startsWith(typed.toLowerCase())),
  );

function commands(seat, typed) {
  const own = world.app.commands
    .filter((one) => one.command.startsWith(typed))
    .map((one) => ({
      insert: `${one.command} `,
      label: one.command,
      hint: one.usage_hint,
      note: one.description,
      by: world.app.name,
    }));
  const shortcuts = world.app.shortcuts
    .filter((one) => one.type === "global" && (typed === "/" || begins(typed.slice(1), one.name)))
    .map((one) => ({
      run: () => seat.shortcut(one),
      label: one.name,
      note: one.description,
      by: "Shortcut",
    }));
  return [...own, ...shortcuts];
}

function people(seat, typed, channel) {
  const members = new Set(seat.channel(channel)?.members);
  const known = [...world.users.values()]
    .filter((user) => begins(typed, user.name, user.real_name))
    .sort((a, b) => members.has(b.id) - members.has(a.id))
    .map((user) => ({
      insert: `@${user.name} `,
      label: user.real_name,
      hint: `@${user.name}`,
      note: members.has(user.id) ? user.profile.title : "Not in this conversation",
      user: user.id,
    }));
  const all = BROADCASTS.filter(([name]) => name.startsWith(typed.toLowerCase())).map(([name, note]) => ({
    insert: `@${name} `,
    label: `@${name}`,
    note,
  }));
  const groups = [...world.groups.values()]
    .filter((group) => !group.date_delete && begins(typed, group.handle, group.name))
    .map((group) => ({
      insert: `@${group.handle} `,
      label: group.name,
      hint: `@${group.handle}`,
      note: group.user_count === 1 ? "1 member" : `${group.user_count} members`,
    }));
  return [...known, ...groups, ...all];
}

const channels = (seat, typed) =>
  seat.channels
    .filter((one) => one.name && one.kind === "channel" && begins(typed, one.name))
    .map((one) => ({ insert: `#${one.name} `, label: `#${one.name}`, note: one.purpose?.value }));

const emoji = (typed) =>
  searchEmoji(typed)[0].emoji.map(({ picture, names }) => ({
    insert: `${picture} `,
    label: `${picture} :${names[0]}:`,
  }));

/** What fits what stands before the caret: {from, items}, or {hint} for a command's arguments, or null. */
export function complete(seat, channel, text, caret) {
  const before = text.slice(0, caret);
  if (/^\/\S*$/.test(before))
    return { from: 0, items: commands(seat, before).slice(0, MOST * 2), title: "Commands" };
  const command = world.app.commands.find((one) => before.startsWith(`${one.command} `));
  if (command && !/@\S*$/.test(before)) return { hint: command };
  const [, mark, typed] = /(?:^|[\s(])([@#:])([\w+.-]*)$/.exec(before) ?? [];
  if (!mark || (mark === ":" && typed.length < 2)) return null;
  const from = caret - typed.length - 1;
  const find = {
    "@": () => people(seat, typed, channel),
    "#": () => channels(seat, typed),
    ":": () => emoji(typed),
  };
  const items = find[mark]().slice(0, MOST);
  return items.length ? { from, items, title: { "@": "People", "#": "Channels", ":": "Emoji" }[mark] } : null;
}

/** The text with the item in place of what was typed, and where the caret goes. */
export function insert(text, caret, from, item) {
  const start = text.slice(0, from) + item.insert;
  return { text: start + text.slice(caret).replace(/^ /, ""), caret: start.length };
}
