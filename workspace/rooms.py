"""Conversations: making them, joining and leaving them, naming them, and the events of that.

https://docs.slack.dev/apis/web-api/using-the-conversations-api
"""

import re
from dataclasses import replace

from workspace import messages
from workspace.errors import SlackError
from workspace.events import emit
from workspace.records import BOT_USER, TEAM, Channel, Note
from workspace.state import Workspace

LONGEST_NAME = 80
LONGEST_NOTE = 250


def check_name(ws: Workspace, name: str) -> str:
    """A channel name Slack takes. Raises invalid_name_required and its kin, or name_taken."""
    if not name:
        raise SlackError("invalid_name_required")
    if len(name) > LONGEST_NAME:
        raise SlackError("invalid_name_maxlength")
    if not re.fullmatch(r"[\w-]+", name) or name != name.lower():
        raise SlackError("invalid_name_specials")
    if not re.search(r"\w", name.replace("_", "")):
        raise SlackError("invalid_name_punctuation")
    if any(channel.name == name for channel in ws.channels.values()):
        raise SlackError("name_taken")
    return name


def create(ws: Workspace, creator: str, name: str, *, private: bool) -> Channel:
    """A new channel with its creator in it."""
    kind = "group" if private else "channel"
    channel = Channel(ws.new_id("C"), check_name(ws, name), kind, (creator,), creator, ws.seconds())
    ws.put_channel(channel)
    if not private:
        about = {"id": channel.id, "name": name, "created": channel.created, "creator": creator}
        emit(ws, {"type": "channel_created", "channel": about | {"context_team_id": TEAM}})
    return channel


def open_direct(ws: Workspace, people: tuple[str, ...]) -> tuple[Channel, bool]:
    """The direct message between these people, and whether it was there already."""
    known = ws.direct(*people)
    if known is not None:
        return known, True
    kind = "im" if len(people) == 2 else "mpim"
    names = "--".join(sorted(ws.users[user].name for user in people))
    id_ = ws.new_id("D" if kind == "im" else "C")
    name = "" if kind == "im" else f"mpdm-{names}-1"
    return ws.put_channel(Channel(id_, name, kind, people, people[0], ws.seconds())), False


def destination(ws: Workspace, name: str) -> Channel:
    """Where the app posts: a conversation's id or #name, or a person's id. Raises channel_not_found."""
    if name in ws.users:
        if name == BOT_USER:
            raise SlackError("channel_not_found")
        return open_direct(ws, (name, BOT_USER))[0]
    by_name = name.removeprefix("#")
    return ws.channel(next((c.id for c in ws.channels.values() if c.name and c.name == by_name), name))


def _letter(channel: Channel) -> str:
    return "C" if channel.kind == "channel" else "G"


def add(ws: Workspace, channel: Channel, user: str, inviter: str | None = None) -> Channel:
    """Bring a person into a channel, with Slack's line and event."""
    joined = ws.put_channel(replace(channel, members=(*channel.members, user)))
    group = channel.kind == "group"
    fields = {"inviter": inviter} if inviter else {}
    messages.announce(
        ws,
        joined,
        user,
        "group_join" if group else "channel_join",
        f"<@{user}> has joined the {'group' if group else 'channel'}",
        **fields,
    )
    event = {
        "type": "member_joined_channel",
        "user": user,
        "channel": channel.id,
        "channel_type": _letter(channel),
        "team": TEAM,
        **fields,
    }
    emit(ws, event, joined)
    return joined


def remove(ws: Workspace, channel: Channel, user: str, *, actor: str) -> Channel:
    """Take a person out of a channel; the app learns of its own leaving as channel_left."""
    left = ws.put_channel(replace(channel, members=tuple(m for m in channel.members if m != user)))
    if user == BOT_USER:
        name = "channel_left" if channel.kind == "channel" else "group_left"
        emit(ws, {"type": name, "channel": channel.id, "actor_id": actor})
        return left
    group = channel.kind == "group"
    messages.announce(
        ws,
        left,
        user,
        "group_leave" if group else "channel_leave",
        f"<@{user}> has left the {'group' if group else 'channel'}",
    )
    event = {
        "type": "member_left_channel",
        "user": user,
        "channel": channel.id,
        "channel_type": _letter(channel),
        "team": TEAM,
    }
    emit(ws, event, left)
    return left


def set_note(ws: Workspace, channel: Channel, user: str, which: str, value: str) -> Channel:
    """Set the `topic` or the `purpose`. Raises too_long."""
    if len(value) > LONGEST_NOTE:
        raise SlackError("too_long")
    note = Note(value, user, ws.seconds())
    changed = ws.put_channel(replace(channel, topic=note) if which == "topic" else replace(channel, purpose=note))
    verb = "the channel topic" if which == "topic" else "the channel description"
    prefix = "channel" if channel.kind == "channel" else "group"
    messages.announce(ws, changed, user, f"{prefix}_{which}", f"set {verb}: {value}", **{which: value})
    return changed


def rename(ws: Workspace, channel: Channel, user: str, name: str) -> Channel:
    """Give a channel another name."""
    if name == channel.name:
        return channel
    check_name(ws, name)
    previous = (channel.name, *channel.previous_names)
    changed = ws.put_channel(replace(channel, name=name, previous_names=previous))
    prefix = "channel" if channel.kind == "channel" else "group"
    messages.announce(
        ws,
        changed,
        user,
        f"{prefix}_name",
        f'has renamed the channel from "{channel.name}" to "{name}"',
        old_name=channel.name,
        name=name,
    )
    about = {"id": channel.id, "name": name, "name_normalized": name, "created": channel.created}
    emit(ws, {"type": f"{prefix}_rename", "channel": about}, changed)
    return changed


def archive(ws: Workspace, channel: Channel, user: str) -> Channel:
    """Close a channel for writing. Raises already_archived or cant_archive_general."""
    if channel.id == "C0GENERAL":
        raise SlackError("cant_archive_general")
    if channel.is_archived:
        raise SlackError("already_archived")
    changed = ws.put_channel(replace(channel, is_archived=True))
    prefix = "channel" if channel.kind == "channel" else "group"
    emit(ws, {"type": f"{prefix}_archive", "channel": channel.id, "user": user}, changed)
    return changed
