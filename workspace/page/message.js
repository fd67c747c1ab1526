// One message: who, when, what, and what can be done with it.
import { Refusal, post } from "/page/api.js";
import { drawAttachments } from "/page/attachments.js";
import { avatar } from "/page/avatar.js";
import { drawBlocks } from "/page/blocks.js";
import { ago, clockTime, fromTs, full } from "/page/dates.js";
import { button, make, unseen } from "/page/dom.js";
import { picture } from "/page/emoji.js";
import { pickEmoji } from "/page/emojipicker.js";
import { drawFiles } from "/page/files.js";
import { formatByKey } from "/page/formatting.js";
import { icon } from "/page/icons.js";
import { openMenu } from "/page/layers.js";
import { asTyped, mrkdwn } from "/page/text.js";
import { isBot, nameOf, world } from "/page/world.js";

export const authorOf = (shown) => shown.username ?? nameOf(shown.user);
const isApp = (shown) => Boolean(shown.bot_id) || isBot(shown.user);

const time = (seat, ts, className = "time") => {
  const date = fromTs(ts);
  return make(
    "time",
    { class: className, datetime: date.toISOString(), title: full(seat.user, date) },
    clockTime(seat.user, date),
  );
};

/** What a person does to a message, and the sentence when it is refused. */
export async function act(seat, path, feed, shown, more = {}) {
  try {
    await post(path, { user: seat.user, channel: feed.channel, message_ts: shown.ts, ...more });
  } catch (refused) {
    if (!(refused instanceof Refusal)) throw refused;
    seat.toast(refused.message);
  }
}

function eyebrow(seat, feed, shown, inThread) {
  if (shown.is_ephemeral) {
    const dismiss = button(
      { class: "plain-link", onclick: () => act(seat, "dismiss", feed, shown) },
      "Dismiss",
    );
    return make(
      "div",
      { class: "eyebrow" },
      icon("eye"),
      "Only visible to you",
      make("span", { "aria-hidden": "true" }, " · "),
      dismiss,
    );
  }
  if (shown.pinned_to) return make("div", { class: "eyebrow pinned" }, icon("pin"), "Pinned");
  if (shown.subtype === "thread_broadcast" && !inThread)
    return make("div", { class: "eyebrow" }, icon("thread"), "Replied to a thread");
  return null;
}

function body(seat, feed, shown) {
  const surface = seat.surfaceOf(feed.channel, shown);
  const blocks = shown.blocks ?? [];
  const words = blocks.length
    ? drawBlocks(surface, blocks)
    : shown.text
      ? make("div", { class: "text" }, mrkdwn(seat, shown.text))
      : null;
  return make(
    "div",
    {
      class:
        shown.subtype &&
        !shown.bot_id &&
        shown.subtype !== "file_share" &&
        shown.subtype !== "thread_broadcast"
          ? "body system"
          : "body",
    },
    words,
    // Slack shows no mark on an app's message that was changed with blocks.
    shown.edited && !(shown.bot_id && blocks.length)
      ? make("small", { class: "edited", title: full(seat.user, fromTs(shown.edited.ts)) }, "(edited)")
      : null,
    drawAttachments(surface, shown.attachments ?? []),
    drawFiles(seat, shown.files ?? []),
  );
}

function reaction(seat, feed, shown, one) {
  const own = one.users.includes(seat.user);
  const names = one.users.map(nameOf).join(", ");
  return button(
    {
      class: own ? "reaction own" : "reaction",
      "aria-pressed": String(own),
      "aria-label": `${one.name.replaceAll("_", " ")}, ${one.count}: ${names}`,
      title: `${names} reacted with :${one.name}:`,
      "data-key": `${shown.ts}/reaction/${one.name}`,
      onclick: () => act(seat, "react", feed, shown, { name: one.name, remove: own }),
    },
    make("span", { class: "emoji" }, picture(one.name) ?? `:${one.name}:`),
    make("span", {}, String(one.count)),
  );
}

export function react(seat, feed, shown, anchor) {
  pickEmoji(seat, anchor, (name) => act(seat, "react", feed, shown, { name }));
}

const reactions = (seat, feed, shown) =>
  shown.reactions?.length
    ? make(
        "div",
        { class: "reactions", role: "group", "aria-label": "Reactions" },
        shown.reactions.map((one) => reaction(seat, feed, shown, one)),
      )
    : null;

function replies(seat, feed, shown) {
  if (!shown.reply_count) return null;
  const words = shown.reply_count === 1 ? "1 reply" : `${shown.reply_count} replies`;
  return button(
    {
      class: "replies",
      "data-key": `${shown.ts}/replies`,
      onclick: () => seat.openThread(feed.channel, shown.ts),
    },
    make(
      "span",
      { class: "reply-faces" },
      shown.reply_users.map((user) => avatar(user, "tiny")),
    ),
    make("strong", {}, words),
    make("span", { class: "quiet" }, `Last reply ${ago(fromTs(shown.latest_reply))}`),
  );
}

function statusLine(feed, shown) {
  const said = feed.agent[shown.ts];
  return said?.status
    ? make("div", { class: "agent-status" }, `${nameOf(world.app.bot)} ${said.status}`)
    : null;
}

const isOwn = (seat, shown) => shown.user === seat.user && !shown.subtype?.startsWith("channel_");

export async function remove(seat, feed, shown) {
  const sure = await seat.confirmed({
    title: { type: "plain_text", text: "Delete message" },
    text: {
      type: "plain_text",
      text: "Are you sure you want to delete this message? This cannot be undone.",
    },
    confirm: { type: "plain_text", text: "Delete" },
    deny: { type: "plain_text", text: "Cancel" },
    style: "danger",
  });
  if (sure) await act(seat, "delete", feed, shown);
}

function menuItems(seat, feed, shown) {
  const shortcuts = world.app.shortcuts.filter((one) => one.type === "message");
  const pinned = Boolean(shown.pinned_to);
  return [
    {
      label: "Reply in thread",
      icon: "thread",
      keys: "T",
      run: () => seat.openThread(feed.channel, shown.thread_ts ?? shown.ts),
    },
    {
      label: pinned ? "Unpin from channel" : "Pin to channel",
      icon: "pin",
      keys: "P",
      run: () => act(seat, "pin", feed, shown, { remove: pinned }),
    },
    ...(isOwn(seat, shown)
      ? [
          { label: "Edit message", icon: "edit", keys: "E", run: () => seat.edit(feed, shown) },
          { label: "Delete message", icon: "trash", danger: true, run: () => remove(seat, feed, shown) },
        ]
      : []),
    ...(shortcuts.length ? [{ heading: "Message shortcuts" }] : []),
    ...shortcuts.map((one) => ({
      label: one.name,
      note: one.description,
      icon: "bolt",
      run: () => seat.shortcut(one, { channel: feed.channel, message_ts: shown.ts }),
    })),
  ];
}

/** The buttons over a message. */
export function drawTools(seat, feed, shown, inThread) {
  if (shown.is_ephemeral || shown.subtype === "tombstone") return null;
  const by = authorOf(shown);
  const tool = (name, label, run, more = {}) =>
    button(
      {
        class: "icon-button",
        "aria-label": `${label}: message from ${by}`,
        title: label,
        onclick: (event) => run(event.currentTarget),
        ...more,
      },
      icon(name),
    );
  return make(
    "div",
    { class: "message-tools", role: "group", "aria-label": "Message actions" },
    tool("smile", "Add reaction", (node) => react(seat, feed, shown, node)),
    inThread
      ? null
      : tool("thread", "Reply in thread", () => seat.openThread(feed.channel, shown.thread_ts ?? shown.ts)),
    tool(
      "more",
      "More actions",
      (node) => openMenu(seat, node, "Message actions", menuItems(seat, feed, shown)),
      { "aria-haspopup": "menu", "aria-expanded": "false" },
    ),
  );
}

function editForm(seat, feed, shown) {
  const field = make("textarea", {
    class: "field",
    rows: 2,
    "aria-label": "Edit message",
    "data-key": `${shown.ts}/edit`,
  });
  field.value = asTyped(seat, shown.text);
  const cancel = () => seat.edit(feed, null);
  const save = async (event) => {
    event.preventDefault();
    if (field.value.trim()) await act(seat, "edit", feed, shown, { text: field.value });
    cancel();
  };
  const form = make(
    "form",
    { class: "edit-form", onsubmit: save },
    field,
    make(
      "div",
      {},
      button({ class: "button", onclick: cancel }, "Cancel"),
      make("button", { class: "button primary" }, "Save"),
    ),
  );
  field.addEventListener("keydown", (event) => {
    if (formatByKey(seat, field, event)) return event.stopPropagation();
    if (event.key === "Enter" && !event.shiftKey) (event.preventDefault(), form.requestSubmit());
    if (event.key === "Escape") (event.preventDefault(), event.stopPropagation(), cancel());
  });
  return form;
}

/** What a screen reader hears when a message arrives. */
export function spoken(seat, shown) {
  const words = make("span", {}, mrkdwn(seat, shown.text ?? "")).textContent;
  return `${authorOf(shown)}: ${words}${shown.is_ephemeral ? " (only visible to you)" : ""}`;
}

export function drawMessage(seat, feed, shown, { compact, inThread }) {
  const editing = seat.editing === shown.ts;
  const bot = isApp(shown);
  const author = make("strong", { class: "author" }, authorOf(shown));
  const named = [
    make(
      "div",
      { class: "byline" },
      author,
      bot ? make("span", { class: "badge" }, "APP") : null,
      time(seat, shown.ts),
    ),
  ];
  return make(
    "div",
    {
      class: [
        "message",
        compact && "compact",
        shown.is_ephemeral && "ephemeral",
        shown.pinned_to && "is-pinned",
      ]
        .filter(Boolean)
        .join(" "),
    },
    make(
      "div",
      { class: "gutter" },
      compact ? time(seat, shown.ts, "time gutter-time") : avatar(shown.user, "", shown),
    ),
    make(
      "div",
      { class: "content" },
      eyebrow(seat, feed, shown, inThread),
      compact ? unseen(`${authorOf(shown)}: `) : named,
      editing ? editForm(seat, feed, shown) : body(seat, feed, shown),
      reactions(seat, feed, shown),
      inThread ? null : replies(seat, feed, shown),
      inThread ? null : statusLine(feed, shown),
    ),
  );
}
