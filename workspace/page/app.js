// The page of the local workspace: conversations, messages, composer, modals, Home.
import { get, make, nameOf, post, world } from "/page/api.js";
import * as draw from "/page/blocks.js";

const at = (id) => document.getElementById(id);
const HOME = "home";
const local = (seconds) => new Date(Number(seconds) * 1000).toLocaleTimeString();
const instant = (element, value) =>
  element.type === "datetimepicker" && value ? new Date(value).toISOString() : value;

const clickIn = (where) => (block, element, value) => {
  if (block.type === "input" && !block.dispatch_action) return;
  post("click", {
    user: world.user,
    action_id: element.action_id,
    block_id: block.block_id,
    value: instant(element, value) ?? null,
    ...where,
  });
};

function article(shown, inThread) {
  const act = clickIn({ channel: world.channel, message_ts: shown.ts });
  const open = () => ((world.thread = shown.thread_ts ?? shown.ts), showThread());
  const label = shown.reply_count ? `${shown.reply_count} replies` : "Reply in thread";
  const menu = (world.app.shortcuts ?? [])
    .filter((one) => one.type === "message" && !shown.is_ephemeral)
    .map((one) =>
      make("button", { type: "button", onclick: () => shortcut(one, { message_ts: shown.ts }) }, one.name),
    );
  return make(
    "article",
    { class: shown.is_ephemeral ? "ephemeral" : "" },
    make("header", {}, make("strong", {}, shown.username ?? nameOf(shown.user)), make("time", {}, local(shown.ts))),
    shown.is_ephemeral ? make("div", { class: "note" }, "Only visible to you") : null,
    ...draw.message(shown, act),
    ...(shown.files ?? []).map((file) => make("a", { href: file.url_private }, file.title)),
    inThread || shown.is_ephemeral ? null : make("button", { type: "button", onclick: open }, label),
    ...menu,
  );
}

const shortcut = (spec, where = {}) =>
  post("shortcut", { user: world.user, callback_id: spec.callback_id, channel: world.channel, ...where });

async function showMessages() {
  if (world.channel === HOME) return showHome();
  const { messages, assistant } = await get("messages", { user: world.user, channel: world.channel, limit: 200 });
  const status = Object.values(assistant).map((one) => one.status).filter(Boolean);
  at("messages").replaceChildren(
    ...messages.map((one) => article(one)),
    ...status.map((text) => make("p", { class: "note" }, text)),
  );
  at("messages").scrollTop = at("messages").scrollHeight;
}

async function showThread() {
  at("thread").hidden = !world.thread;
  if (!world.thread) return;
  const query = { user: world.user, channel: world.channel, thread_ts: world.thread };
  const { messages } = await get("messages", query);
  const text = make("textarea", { "aria-label": "Reply", rows: 2 });
  const send = (event) => {
    event.preventDefault();
    say(text.value, world.thread);
    text.value = "";
  };
  at("thread").replaceChildren(
    make("button", { type: "button", onclick: () => ((world.thread = null), showThread()) }, "Close thread"),
    ...messages.map((one) => article(one, true)),
    make("form", { onsubmit: send }, text, make("button", {}, "Reply")),
  );
}

async function showHome() {
  const { home } = await get("views", { user: world.user });
  const act = home && clickIn({ view_id: home.id });
  at("messages").replaceChildren(
    ...(home ? home.blocks.map((one) => draw.block(one, act, home.state.values)) : ["Nothing is published here yet."]),
  );
}

function entered(view, dialog) {
  const values = {};
  for (const block of view.blocks.filter((one) => one.type === "input")) {
    const node = dialog.querySelector(`[data-block="${CSS.escape(block.block_id)}"] [data-field]`);
    if (!node) continue;
    const boxes = [...node.querySelectorAll("input:checked")].map((box) => box.value);
    const many = node.multiple ? [...node.selectedOptions].map((option) => option.value) : null;
    const value = node.tagName === "FIELDSET" ? boxes : (many ?? node.value);
    values[block.block_id] = instant(block.element, value);
  }
  return values;
}

async function showModal(errors = {}, trouble = "") {
  const { views } = await get("views", { user: world.user });
  const view = views.at(-1);
  const dialog = at("modal");
  if (!view) return dialog.close();
  const submit = async (event) => {
    event.preventDefault();
    const answer = await post("submit", { user: world.user, view_id: view.id, values: entered(view, dialog) });
    showModal(answer.errors ?? {}, answer.error ?? "");
  };
  const close = () => post("close", { user: world.user, view_id: view.id });
  dialog.oncancel = close;
  dialog.replaceChildren(
    make(
      "form",
      { onsubmit: submit, novalidate: true },
      make("h2", {}, view.title.text),
      ...view.blocks.map((one) => draw.block(one, clickIn({ view_id: view.id }), view.state.values, errors)),
      trouble ? make("p", { class: "error", role: "alert" }, trouble) : null,
      make("button", { type: "button", onclick: close }, view.close?.text ?? "Cancel"),
      view.submit ? make("button", { class: "primary" }, view.submit.text) : null,
    ),
  );
  if (!dialog.open) dialog.showModal();
}

async function say(text, thread_ts) {
  const [, command, words] = /^(\/\S+)\s*([\s\S]*)$/.exec(text) ?? [];
  const where = { user: world.user, channel: world.channel, ...(thread_ts ? { thread_ts } : {}) };
  if (command) await post("command", { ...where, command, text: words });
  else if (text.trim()) await post("message", { ...where, text });
}

function hint() {
  const typed = at("text").value;
  const commands = typed.startsWith("/") ? (world.app.commands ?? []) : [];
  const fitting = commands.filter((one) => one.command.startsWith(typed.split(" ")[0]));
  at("hints").replaceChildren(
    ...fitting.map((one) => make("li", {}, `${one.command} ${one.usage_hint ?? ""} — ${one.description}`)),
  );
}

async function showChannels() {
  world.channels = (await get("channels", { user: world.user })).channels;
  const entries = world.channels.map((one) => [
    one.id,
    one.name ? `${one.is_private ? "🔒" : "#"} ${one.name}` : nameOf(one.user),
    one.unread,
  ]);
  if (world.app.home_tab) entries.push([HOME, `${world.app.name}: Home`, 0]);
  world.channel = entries.some(([id]) => id === world.channel) ? world.channel : entries[0][0];
  at("channels").replaceChildren(
    ...entries.map(([id, label, unread]) =>
      make(
        "button",
        {
          type: "button",
          class: unread ? "unread" : "",
          "aria-current": id === world.channel ? "true" : null,
          onclick: () => enter(id),
        },
        unread ? `${label} (${unread})` : label,
      ),
    ),
  );
  at("title").textContent = entries.find(([id]) => id === world.channel)?.[1] ?? "";
  at("composer").hidden = world.channel === HOME;
}

async function enter(channel) {
  world.channel = channel;
  world.thread = null;
  showThread();
  if (channel === HOME) await post("home", { user: world.user });
  else await post("open", { user: world.user, channel });
  await showChannels();
  await showMessages();
}

let stream = null;
const REFETCH = {
  message: () => (showMessages(), showThread(), showChannels()),
  assistant: showMessages,
  view: () => showModal(),
  home: () => world.channel === HOME && showHome(),
  channel: showChannels,
  read: showChannels,
  clock: showClock,
  reset: () => start(world.user),
};

async function showClock() {
  at("clock").textContent = new Date((await get("clock")).now).toLocaleString();
}

async function start(user) {
  world.user = user;
  stream?.close();
  stream = new EventSource(`/_control/stream?user=${encodeURIComponent(user)}`);
  stream.onmessage = (event) => REFETCH[JSON.parse(event.data).type]?.();
  await showChannels();
  await showMessages();
  await showModal();
  await showClock();
}

world.app = await get("app");
world.users = Object.fromEntries((await get("users")).users.map((user) => [user.id, user]));
const actors = Object.values(world.users).filter((user) => !user.is_bot && user.id !== "USLACKBOT");
at("actor").append(...actors.map((user) => make("option", { value: user.id }, user.real_name)));
at("actor").addEventListener("change", (event) => start(event.target.value));
at("shortcuts").append(
  ...world.app.shortcuts
    .filter((one) => one.type === "global")
    .map((one) => make("button", { type: "button", onclick: () => shortcut(one) }, `⚡ ${one.name}`)),
);
at("text").addEventListener("input", hint);
at("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey) (event.preventDefault(), at("composer").requestSubmit());
});
at("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  say(at("text").value);
  at("text").value = "";
  hint();
});
await start(actors[0].id);
