"""Reactions and pins, by people and by the app, with their events."""

from dataclasses import replace

from workspace.errors import Json, SlackError
from workspace.events import emit
from workspace.messages import render, store
from workspace.records import TEAM, Message, Pin
from workspace.state import Workspace

MOST_EMOJI = 23
MOST_PINS = 100


def _tell(ws: Workspace, type_: str, message: Message, user: str, name: str) -> None:
    event: Json = {
        "type": type_,
        "user": user,
        "reaction": name,
        "item": {"type": "message", "channel": message.channel, "ts": message.ts},
        "item_user": message.body.get("user"),
    }
    emit(ws, event, ws.channels[message.channel])


def react(ws: Workspace, message: Message, user: str, name: str) -> None:
    """Add an emoji. Raises already_reacted or too_many_emoji."""
    reactions: list[Json] = message.body.get("reactions", [])
    known = next((one for one in reactions if one["name"] == name), None)
    if known is None:
        if len(reactions) >= MOST_EMOJI:
            raise SlackError("too_many_emoji")
        changed = [*reactions, {"name": name, "users": [user], "count": 1}]
    elif user in known["users"]:
        raise SlackError("already_reacted")
    else:
        more = {"name": name, "users": [*known["users"], user], "count": known["count"] + 1}
        changed = [more if one is known else one for one in reactions]
    store(ws, replace(message, body=message.body | {"reactions": changed}))
    _tell(ws, "reaction_added", message, user, name)


def unreact(ws: Workspace, message: Message, user: str, name: str) -> None:
    """Take an emoji back. Raises no_reaction."""
    reactions: list[Json] = message.body.get("reactions", [])
    known = next((one for one in reactions if one["name"] == name and user in one["users"]), None)
    if known is None:
        raise SlackError("no_reaction")
    less = {"name": name, "users": [u for u in known["users"] if u != user], "count": known["count"] - 1}
    changed = [less if one is known else one for one in reactions]
    kept = [one for one in changed if one["count"]]
    body = {k: v for k, v in message.body.items() if k != "reactions"}
    store(ws, replace(message, body=body | ({"reactions": kept} if kept else {})))
    _tell(ws, "reaction_removed", message, user, name)


def pin(ws: Workspace, message: Message, user: str, *, on: bool) -> None:
    """Pin a message to its channel or unpin it. Raises already_pinned, too_many_pins or no_pin."""
    channel = ws.channels[message.channel]
    if on == channel.is_pinned(message.ts):
        raise SlackError("already_pinned" if on else "no_pin")
    if on and len(channel.pins) >= MOST_PINS:
        raise SlackError("too_many_pins")
    made = Pin(message.ts, user, ws.seconds())
    pins = (*channel.pins, made) if on else channel.without_pin(message.ts)
    channel = ws.put_channel(replace(channel, pins=pins))
    ws.changed("message", channel=channel.id, ts=message.ts, thread_ts=message.thread)
    event = {
        "type": "pin_added" if on else "pin_removed",
        "user": user,
        "channel_id": channel.id,
        "item": {
            "type": "message",
            "channel": channel.id,
            "message": render(ws, message) | {"team": TEAM},
            "created": ws.seconds(),
            "created_by": user,
        },
        "has_pins": bool(pins),
        "pin_count": len(pins),
    }
    emit(ws, event, channel)
