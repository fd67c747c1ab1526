"""Further things people do: write, open, react, pin, join, leave, edit, delete, upload, install."""

import base64
import uuid
from collections.abc import Awaitable, Callable

from workspace import asking, files, installation, marks, messages, rooms, views
from workspace.delivery import deliver_event, verify_url
from workspace.errors import CannotDo, Json, NoSuchThing
from workspace.events import emit, prepare
from workspace.records import BOT_USER, OTHER_BOT, OTHER_NAME, TEAM, Channel, Message
from workspace.state import Workspace


def say(ws: Workspace, user: str, channel: Channel, text: str, thread_ts: str | None) -> Message:
    """Send what a person typed. Raises CannotDo where the composer is closed to that person."""
    _must_take_messages(ws, channel)
    if not text.strip():
        raise CannotDo("An empty message is not sent.")
    entry = ws.entry("message", text, user=user, channel=channel.id)
    return messages.say(ws, user, channel, text, thread_ts=thread_ts, entry=entry)


def _must_take_messages(ws: Workspace, channel: Channel) -> None:
    if channel.kind == "im" and BOT_USER in channel.members:
        if not ws.manifest.messages_tab:
            raise CannotDo("The app has no messages tab.")
        if ws.manifest.messages_tab_read_only:
            raise CannotDo("Sending messages to this app has been turned off.")


def _opened(ws: Workspace, user: str, tab: str) -> Json:
    direct = ws.direct(user, BOT_USER)
    event: Json = {
        "type": "app_home_opened",
        "user": user,
        "channel": direct.id if direct else "",
        "tab": tab,
    }
    home = ws.homes.get(user)
    return event | ({"view": views.show(ws.views[home])} if home and tab == "home" else {})


async def open_home(ws: Workspace, user: str) -> Json | None:
    """Look at the app's Home; waits for the app to take app_home_opened, then gives what is published."""
    if not ws.manifest.home_tab:
        raise NoSuchThing("The app has no Home tab.")
    envelope = prepare(ws, _opened(ws, user, "home"))
    if envelope is not None:
        entry = ws.entry("home", "app_home_opened", user=user)
        await deliver_event(ws, envelope, entry)
    home = ws.homes.get(user)
    return views.show(ws.views[home]) if home else None


def open_channel(ws: Workspace, user: str, channel: Channel) -> None:
    """Look at a channel; the direct message with the bot is the app's messages tab."""
    latest = max(ws.messages[channel.id], default="")
    ws.read[user, channel.id] = latest
    ws.changed("read", channel=channel.id, user=user)
    if channel.kind == "im" and BOT_USER in channel.members:
        entry = ws.entry("open", "app_home_opened", user=user, channel=channel.id)
        emit(ws, _opened(ws, user, "messages"), None, entry)
        if ws.manifest.legacy_assistant is not None:
            _start_thread(ws, user, channel)


def _start_thread(ws: Workspace, user: str, channel: Channel) -> None:
    body = messages.bot_body(ws, text="New Assistant Thread") | {"subtype": "assistant_app_thread"}
    root = messages.post(ws, channel, body)
    ws.assistant[channel.id, root.ts] = {}
    thread = {
        "user_id": user,
        "context": {"channel_id": "C0GENERAL", "team_id": TEAM, "enterprise_id": None},
        "channel_id": channel.id,
        "thread_ts": root.ts,
    }
    emit(ws, {"type": "assistant_thread_started", "assistant_thread": thread}, channel)


async def react(ws: Workspace, body: Json) -> Json:
    """{"user","channel","message_ts","name","remove"?}: an emoji on a message."""
    user, message = asking.message(ws, body)
    (marks.unreact if body.get("remove") else marks.react)(ws, message, user, asking.text(body, "name"))
    return {"ok": True}


async def pin(ws: Workspace, body: Json) -> Json:
    """{"user","channel","message_ts","remove"?}: pin a message."""
    user, message = asking.message(ws, body)
    marks.pin(ws, message, user, on=not body.get("remove"))
    return {"ok": True}


def _own(ws: Workspace, body: Json) -> Message:
    user, message = asking.message(ws, body)
    if message.body.get("user") != user:
        raise CannotDo("People change their own messages only.")
    return message


async def edit(ws: Workspace, body: Json) -> Json:
    """{"user","channel","message_ts","text"}: change an own message."""
    message = _own(ws, body)
    text = asking.text(body, "text")
    if not text.strip():
        raise CannotDo("An empty message is not kept; delete it instead.")
    changes = messages.typed_body(ws, message.body["user"], text) | {
        "edited": {"user": message.body["user"], "ts": ws.new_ts()}
    }
    changed = messages.edit(ws, message, changes)
    return {"message": messages.render(ws, changed, message.body["user"])}


async def delete(ws: Workspace, body: Json) -> Json:
    """{"user","channel","message_ts"}: delete an own message."""
    messages.delete(ws, _own(ws, body))
    return {"ok": True}


async def dismiss(ws: Workspace, body: Json) -> Json:
    """{"user","message_ts"}: take an ephemeral message away."""
    message = ws.ephemerals.get(asking.text(body, "message_ts"))
    if message is None or message.reader != asking.person(ws, body):
        raise NoSuchThing("There is no such ephemeral message.")
    messages.replace_ephemeral(ws, message, None)
    return {"ok": True}


async def join(ws: Workspace, body: Json) -> Json:
    """{"user","channel"}: enter a public channel."""
    user = asking.person(ws, body)
    channel = asking.channel(ws, body, user)
    if user in channel.members:
        raise CannotDo(f"{user} is in this channel already.")
    rooms.add(ws, channel, user)
    return {"ok": True}


async def leave(ws: Workspace, body: Json) -> Json:
    """{"user","channel","member"?}: go out of a channel, or take `member` (perhaps the bot) out of it."""
    user = asking.person(ws, body)
    channel = asking.channel(ws, body, user)
    member = asking.text(body, "member", user)
    if member not in channel.members or channel.kind == "im":
        raise CannotDo(f"{member} cannot be taken out of this conversation.")
    rooms.remove(ws, channel, member, actor=user)
    return {"ok": True}


async def invite(ws: Workspace, body: Json) -> Json:
    """{"user","channel","member"}: bring a person or the bot into a channel."""
    user = asking.person(ws, body)
    channel = asking.channel(ws, body, user)
    member = asking.text(body, "member")
    if member not in ws.users:
        raise NoSuchThing(f"There is nobody {member!r}.")
    if member in channel.members:
        raise CannotDo(f"{member} is in this channel already.")
    rooms.add(ws, channel, member, inviter=user)
    return {"ok": True}


async def create(ws: Workspace, body: Json) -> Json:
    """{"user","name","private"?}: a new channel, without the bot."""
    user = asking.person(ws, body)
    channel = rooms.create(ws, user, asking.text(body, "name"), private=bool(body.get("private")))
    return {"channel": channel.to_json(user)}


async def upload(ws: Workspace, body: Json) -> Json:
    """{"user","name","content" (base64),"alt"?,"channel"?,"text"?,"thread_ts"?}: a file, perhaps shared at once."""
    user = asking.person(ws, body)
    try:
        content = base64.b64decode(asking.text(body, "content", ""), validate=True)
    except ValueError as wrong:
        raise CannotDo(f"`content` is no base64: {wrong}") from wrong
    file = ws.put_file(
        files.fresh(ws, user, asking.text(body, "name", "file.txt"), content, asking.text(body, "alt", ""))
    )
    if body.get("channel") is not None:
        await share(ws, body | {"files": [file.id]})
    return {"file": ws.files[file.id].to_json(ws.url)}


async def share(ws: Workspace, body: Json) -> Json:
    """{"user","channel","files": [ids],"text"?,"thread_ts"?}: one message with files that this person uploaded."""
    user = asking.person(ws, body)
    channel = asking.writable(ws, body, user)
    _must_take_messages(ws, channel)
    wanted = body.get("files")
    if not isinstance(wanted, list) or not wanted:
        raise CannotDo("`files` is a list of ids.")
    for one in wanted:
        if not isinstance(one, str) or one not in ws.files or ws.files[one].user != user:
            raise NoSuchThing(f"{user} has no file {one!r}; upload it first.")
    text = asking.text(body, "text", "").strip()
    said: Json = {"user": user, "type": "message", "client_msg_id": str(uuid.uuid4()), "team": TEAM, "text": ""}
    said |= messages.typed_body(ws, user, text) if text else {}
    if body.get("thread_ts"):
        said["thread_ts"] = messages.thread_root(ws, channel.id, asking.text(body, "thread_ts"))
    message = files.share(ws, [ws.files[one] for one in wanted], channel, said)
    return {"message": messages.render(ws, message, user)}


async def integration(ws: Workspace, body: Json) -> Json:
    """{"channel","text","name"?}: a message of another app's bot."""
    channel = ws.channels.get(str(body.get("channel")))
    if channel is None:
        raise NoSuchThing(f"There is no channel {body.get('channel')!r}.")
    said = {
        "type": "message",
        "subtype": "bot_message",
        "bot_id": OTHER_BOT,
        "username": asking.text(body, "name", OTHER_NAME),
        "text": asking.text(body, "text", ""),
    }
    message = messages.post(ws, channel, said)
    return {"message": messages.render(ws, message)}


async def uninstall(ws: Workspace, _: Json) -> Json:
    """{}: take the app out of the workspace."""
    installation.uninstall(ws)
    return {"ok": True}


async def install(ws: Workspace, _: Json) -> Json:
    """{}: put the app back."""
    installation.install(ws)
    return {"ok": True}


async def refresh(ws: Workspace, _: Json) -> Json:
    """{}: ask every Socket Mode client to connect anew, as Slack does every few hours."""
    await ws.sockets.refresh()
    return {"ok": True}


async def verify(ws: Workspace, _: Json) -> Json:
    """{}: send url_verification to the request URL and check the answer."""
    if ws.request_url is None:
        raise CannotDo("There is no request URL; the app is connected over Socket Mode.")
    outcome = await verify_url(ws, ws.new_id("").lower())
    return {"verified": outcome.ok, "error": outcome.error, "ms": round(outcome.ms, 3)}


POSTS: dict[str, Callable[[Workspace, Json], Awaitable[Json]]] = {
    "react": react,
    "pin": pin,
    "edit": edit,
    "delete": delete,
    "dismiss": dismiss,
    "join": join,
    "leave": leave,
    "invite": invite,
    "create": create,
    "upload": upload,
    "share": share,
    "integration": integration,
    "uninstall": uninstall,
    "install": install,
    "refresh": refresh,
    "verify": verify,
}
