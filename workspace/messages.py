"""Messages: posting, changing, deleting, reading, and the events these cause.

https://docs.slack.dev/reference/events/message
"""

import uuid
from collections.abc import Iterable
from dataclasses import replace

from workspace import typed
from workspace.errors import Json, SlackError
from workspace.events import emit
from workspace.inspector import Entry
from workspace.records import APP, BOT, BOT_USER, SLACKBOT, TEAM, Channel, Message
from workspace.state import Workspace

TOMBSTONE: Json = {
    "type": "message",
    "subtype": "tombstone",
    "user": SLACKBOT,
    "text": "This message was deleted.",
    "hidden": True,
    "is_locked": False,
}


def bot_profile(ws: Workspace) -> Json:
    """The small profile of the app's bot that its messages carry."""
    return {
        "id": BOT,
        "app_id": APP,
        "user_id": BOT_USER,
        "name": ws.manifest.bot_name,
        "icons": {},
        "deleted": False,
        "updated": 0,
        "team_id": TEAM,
    }


def bot_body(ws: Workspace, **fields: object) -> Json:
    """The body of a message of the app; empty fields are left out, `text` never."""
    given = {name: value for name, value in fields.items() if value not in (None, [], {}, "")}
    return {
        "user": BOT_USER,
        "type": "message",
        "bot_id": BOT,
        "app_id": APP,
        "text": "",
        "team": TEAM,
        "bot_profile": bot_profile(ws),
        **given,
    }


def find(ws: Workspace, channel: str, ts: str) -> Message:
    """A stored message. Raises message_not_found; ephemerals and what was deleted are never found."""
    message = ws.messages.get(channel, {}).get(ts)
    if message is None or message.body.get("subtype") == "tombstone":
        raise SlackError("message_not_found")
    return message


def thread_root(ws: Workspace, channel: str, thread_ts: str) -> str:
    """The ts of the thread to reply in. Raises thread_not_found for what is no message here."""
    message = ws.messages.get(channel, {}).get(thread_ts)
    if message is None:
        raise SlackError("thread_not_found")
    return message.thread or message.ts


def in_thread(ws: Workspace, channel: str, thread_ts: str) -> Json:
    """The field that puts a message of the app into a thread.

    Empty for what is no message here: Slack posts a reply to a message that is gone in the channel, without a word.
    """
    known = ws.messages.get(channel, {}).get(thread_ts)
    return {"thread_ts": known.thread or known.ts} if known is not None else {}


def all_blocks(message: Message) -> list[Json]:
    """The blocks of a message, and after them those of its attachments."""
    parts = [message.body, *(message.body.get("attachments") or ())]
    return [block for part in parts for block in part.get("blocks") or ()]


def author(message: Message) -> str:
    """Who wrote it: a member's id, or the id of another app's bot."""
    return str(message.body.get("user") or message.body["bot_id"])


def render(ws: Workspace, message: Message, viewer: str = BOT_USER) -> Json:
    """The message object as `viewer` gets it, with the thread's numbers on its first message."""
    shown: Json = {"type": "message", **message.body, "ts": message.ts}
    replies = ws.threads.get((message.channel, message.ts), [])
    if replies and not message.is_reply:
        stored = ws.messages[message.channel]
        people = list(dict.fromkeys(author(stored[ts]) for ts in replies))
        shown |= {
            "thread_ts": message.ts,
            "reply_count": len(replies),
            "reply_users_count": len(people),
            "latest_reply": max(replies),
            "reply_users": people[:5],
            "is_locked": False,
            "subscribed": viewer in people or viewer == author(message),
        }
    elif message.is_reply:
        root = ws.messages[message.channel].get(message.body["thread_ts"])
        if root is not None:
            shown["parent_user_id"] = author(root)
    if ws.channels[message.channel].is_pinned(message.ts):
        shown["pinned_to"] = [message.channel]
    return shown


def _event(channel: Channel, body: Json) -> Json:
    return {**body, "type": "message", "channel": channel.id, "channel_type": channel.kind}


def post(ws: Workspace, channel: Channel, body: Json, entry: Entry | None = None) -> Message:
    """Store a message that everyone in the conversation sees, and send the events of it."""
    ts = ws.new_ts()
    message = Message(channel.id, ts, body)
    ws.messages[channel.id][ts] = message
    if message.is_reply:
        ws.threads.setdefault((channel.id, body["thread_ts"]), []).append(ts)
    if message.is_ours:
        ws.end_status(channel.id, body.get("thread_ts", ""))
    ws.changed("message", channel=channel.id, ts=ts, thread_ts=body.get("thread_ts"))
    shown = render(ws, message)
    emit(ws, _event(channel, shown), channel, entry)
    is_mention = f"<@{BOT_USER}>" in body.get("text", "") and channel.kind != "im" and not message.is_ours
    if is_mention and "subtype" not in body:
        emit(ws, {**shown, "type": "app_mention", "channel": channel.id}, channel, entry)
    return message


def post_ephemeral(ws: Workspace, channel: str, reader: str, body: Json) -> Message:
    """Show a message to one person only. It is in no history and causes no event."""
    message = Message(channel, ws.new_ts(), {**body, "is_ephemeral": True}, reader)
    ws.ephemerals[message.ts] = message
    ws.changed("message", channel=channel, ts=message.ts, thread_ts=body.get("thread_ts"), user=reader)
    return message


def replace_ephemeral(ws: Workspace, message: Message, body: Json | None) -> None:
    """Change an ephemeral message, or take it away (None)."""
    if body is None:
        del ws.ephemerals[message.ts]
    else:
        ws.ephemerals[message.ts] = replace(message, body={**body, "is_ephemeral": True})
    ws.changed("message", channel=message.channel, ts=message.ts, user=message.reader)


def store(ws: Workspace, message: Message) -> Message:
    """Keep a message whose marks (reactions) changed."""
    ws.messages[message.channel][message.ts] = message
    ws.changed("message", channel=message.channel, ts=message.ts, thread_ts=message.thread)
    return message


def edit(ws: Workspace, message: Message, changes: Json, entry: Entry | None = None) -> Message:
    """Change a message's body (None removes a field) and send message_changed."""
    before = render(ws, message)
    body = {name: value for name, value in {**message.body, **changes}.items() if value is not None}
    changed = store(ws, replace(message, body=body))
    channel = ws.channels[message.channel]
    event = {
        "subtype": "message_changed",
        "message": render(ws, changed),
        "previous_message": before,
        "hidden": True,
        "ts": ws.new_ts(),
    }
    emit(ws, _event(channel, event), channel, entry)
    return changed


def delete(ws: Workspace, message: Message, entry: Entry | None = None) -> None:
    """Take a message away and send message_deleted. Where a thread hangs on it, a tombstone stays in its place."""
    place = ws.channels[message.channel]
    if place.is_pinned(message.ts):
        ws.put_channel(replace(place, pins=place.without_pin(message.ts)))
    if ws.threads.get((message.channel, message.ts)):
        gone = dict.fromkeys(message.body)
        edit(ws, message, gone | TOMBSTONE | {"thread_ts": message.ts}, entry)
        return
    before = render(ws, message)
    channel = ws.channels[message.channel]
    stored = ws.messages[message.channel]
    del stored[message.ts]
    if message.is_reply:
        root = message.body["thread_ts"]
        ws.threads[channel.id, root].remove(message.ts)
        if not ws.threads[channel.id, root] and stored[root].body.get("subtype") == "tombstone":
            del stored[root]
            ws.changed("message", channel=channel.id, ts=root, thread_ts=root)
    ws.changed("message", channel=channel.id, ts=message.ts, thread_ts=message.thread)
    event = {
        "subtype": "message_deleted",
        "previous_message": before,
        "deleted_ts": message.ts,
        "hidden": True,
        "ts": ws.new_ts(),
    }
    emit(ws, _event(channel, event), channel, entry)


def typed_body(ws: Workspace, user: str, text: str) -> Json:
    """Text and rich text of what a person typed."""
    rich = typed.rich(text, ws.names(user))
    return {"text": rich.text, "blocks": [rich.block(ws.new_id("")[:5])]}


def say(ws: Workspace, user: str, channel: Channel, text: str, *, thread_ts: str | None, entry: Entry) -> Message:
    """What a person typed and sent."""
    body: Json = {
        "user": user,
        "type": "message",
        "client_msg_id": str(uuid.uuid4()),
        "team": TEAM,
        **typed_body(ws, user, text),
    }
    if thread_ts:
        body["thread_ts"] = thread_root(ws, channel.id, thread_ts)
    return post(ws, channel, body, entry)


def announce(ws: Workspace, channel: Channel, user: str, subtype: str, text: str, **fields: object) -> Message:
    """One of Slack's own lines in a channel, such as channel_join."""
    body = {"user": user, "type": "message", "subtype": subtype, "text": text, **fields}
    return post(ws, channel, body)


def in_order(messages: Iterable[Message]) -> list[Message]:
    """Oldest first."""
    return sorted(messages, key=lambda message: message.ts)


def visible(ws: Workspace, channel: str, user: str, thread_ts: str | None = None) -> list[Message]:
    """What this person sees in a channel (first messages of threads, own ephemerals) or in one thread."""
    stored = ws.messages[channel].values()
    ephemerals = [m for m in ws.ephemerals.values() if m.channel == channel and m.reader == user]
    if thread_ts is None:
        public = [m for m in stored if not m.is_reply or m.body.get("subtype") == "thread_broadcast"]
        private = [m for m in ephemerals if not m.thread]
    else:
        public = [m for m in stored if thread_ts in (m.ts, m.thread)]
        private = [m for m in ephemerals if m.thread == thread_ts]
    return in_order([*public, *private])
