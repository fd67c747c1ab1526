// Block Kit's select menus: where their options come from, and what is picked.
import { among, Choice } from "/page/choice.js";
import { debounce } from "/page/dom.js";
import { confirmed } from "/page/layers.js";
import { keyOf, tie, tied } from "/page/surface.js";
import { wordsOf } from "/page/text.js";
import { nameOf, world } from "/page/world.js";

const PAUSE = 250;

const asOption = (seat) => (option) => ({
  value: option.value,
  label: wordsOf(seat, option.text),
  description: option.description && wordsOf(seat, option.description),
  spec: option,
});

const groupsOf = (seat, { options, option_groups: groups }) =>
  groups
    ? groups.map((group) => ({
        label: wordsOf(seat, group.label),
        options: group.options.map(asOption(seat)),
      }))
    : [{ options: (options ?? []).map(asOption(seat)) }];

const person = (id) => ({ value: id, label: nameOf(id), description: world.users.get(id)?.profile.title });

/** A conversation's name as this person knows it. */
export function conversationName(seat, channel) {
  if (channel.is_im) return nameOf(channel.user);
  if (channel.is_mpim)
    return channel.members
      .filter((id) => id !== seat.user)
      .map(nameOf)
      .join(", ");
  return channel.name;
}

const conversation = (seat) => (id) => {
  const channel = seat.channel(id);
  return { value: id, label: channel ? conversationName(seat, channel) : id };
};

const KIND = { channel: "public", group: "private", im: "im", mpim: "mpim" };

function conversations(seat, { filter = {} }) {
  const fits = (channel) =>
    !channel.is_archived &&
    (!filter.include || filter.include.includes(KIND[channel.kind])) &&
    !(filter.exclude_bot_users && channel.is_im && world.users.get(channel.user)?.is_bot);
  return seat.channels.filter(fits).map((channel) => conversation(seat)(channel.id));
}

const publicChannels = (seat) =>
  seat.channels
    .filter((channel) => channel.kind === "channel")
    .map((channel) => conversation(seat)(channel.id));

const everyone = () => [...world.users.keys()].map(person);

const MORE = (count) => `Type ${count} ${count === 1 ? "character" : "characters"} or more to search`;

/** The options of an external select: the app is asked after a pause in typing. */
function external(surface, block, element) {
  const least = element.min_query_length ?? 3;
  let pending = () => {};
  const ask = debounce(PAUSE, async (query, resolve) => {
    const answer = await surface.suggestions(block, element, query);
    resolve({
      groups: groupsOf(surface.seat, answer),
      note: answer.error ? "No results could be loaded." : undefined,
    });
  });
  return (query) => {
    pending({ groups: [] });
    if (query.length < least) return { groups: [], note: MORE(least) };
    return new Promise((resolve) => {
      pending = resolve;
      ask(query, resolve);
    });
  };
}

const fixed = (list) => (surface, _, element) => among([{ options: list(surface.seat, element) }]);

const SOURCES = {
  static: (surface, _, element) => among(groupsOf(surface.seat, element)),
  external,
  users: fixed(everyone),
  conversations: fixed(conversations),
  channels: fixed(publicChannels),
};
const SHOWN = {
  static: asOption,
  external: asOption,
  users: () => person,
  conversations: conversation,
  channels: conversation,
};

function select(surface, block, element, names) {
  const many = element.type.startsWith("multi_");
  const kind = element.type.replace("multi_", "").replace("_select", "");
  const show = SHOWN[kind](surface.seat);
  const picked = () => [surface.held(block, element)].flat().filter(Boolean).map(show);
  const changed = async (options) => {
    if (!(await confirmed(surface.seat, element.confirm))) {
      choice.node.replaceWith(select(surface, block, element, names));
      return;
    }
    const values = options.map((option) => option.spec ?? option.value);
    await surface.enter(block, element, many ? values : (values[0] ?? null));
  };
  const choice = new Choice(surface.seat, {
    label: names.label,
    placeholder: element.placeholder
      ? wordsOf(surface.seat, element.placeholder)
      : many
        ? "Select options"
        : "Select an option",
    many,
    most: element.max_selected_items,
    source: SOURCES[kind](surface, block, element),
    picked: picked(),
    changed,
    key: keyOf(block, element),
    describedby: names.describedby,
    // In an actions block or beside a section there is nothing to clear; only forms have empty fields.
    clearable: block.type === "input",
  });
  tie(choice.input, tied(block, element, names));
  return choice.node;
}

export const SELECTS = Object.fromEntries(
  Object.keys(SOURCES).flatMap((kind) => [
    [`${kind}_select`, select],
    [`multi_${kind}_select`, select],
  ]),
);
