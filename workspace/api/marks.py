"""reactions.* and pins.*. https://docs.slack.dev/reference/methods/reactions.add"""

import re

from workspace import emoji, marks, messages
from workspace.api.registry import Call, method, paged
from workspace.errors import Json, SlackError
from workspace.records import BOT_USER, Channel, Message


def _marked(call: Call) -> tuple[Channel, Message]:
    """The message to mark. Raises no_item_specified, bad_timestamp, message_not_found and what its channel refuses."""
    timestamp = call.text("timestamp")
    if not timestamp:
        raise SlackError("no_item_specified")
    if not re.fullmatch(r"\d+(\.\d+)?", timestamp):
        raise SlackError("bad_timestamp")
    channel = call.ws.channel(call.text("channel"))
    if BOT_USER not in channel.members:
        raise SlackError("not_in_channel")
    if channel.is_archived:
        raise SlackError("is_archived")
    return channel, messages.find(call.ws, channel.id, timestamp)


def _emoji(call: Call) -> str:
    """An emoji that there is, perhaps with a skin tone. Raises invalid_name."""
    name = call.text("name").strip(":")
    bare = re.sub(r"::skin-tone-[2-6]$", "", name)
    if bare not in emoji.pictures():
        raise SlackError("invalid_name")
    return name


@method("reactions.add", scopes="reactions:write", required=("channel", "name"))
async def add(call: Call) -> Json:
    """Add an emoji to a message."""
    marks.react(call.ws, _marked(call)[1], BOT_USER, _emoji(call))
    return {}


@method("reactions.remove", scopes="reactions:write", required=("channel", "name"))
async def remove(call: Call) -> Json:
    """Take back an emoji."""
    marks.unreact(call.ws, _marked(call)[1], BOT_USER, _emoji(call))
    return {}


@method("reactions.get", scopes="reactions:read", required=("channel",))
async def get(call: Call) -> Json:
    """A message with its reactions."""
    channel, message = _marked(call)
    return {"type": "message", "channel": channel.id, "message": messages.render(call.ws, message)}


@method("reactions.list", scopes="reactions:read")
async def list_(call: Call) -> Json:
    """What somebody (the bot, unless named) reacted to."""
    ws, user = call.ws, call.text("user", BOT_USER)
    ws.user(user)
    found = [
        message
        for channel in ws.channels.values()
        if BOT_USER in channel.members
        for message in ws.messages[channel.id].values()
        if any(user in one["users"] for one in message.body.get("reactions", []))
    ]
    page, cursor = call.page(messages.in_order(found)[::-1])
    items = [{"type": "message", "channel": m.channel, "message": messages.render(ws, m)} for m in page]
    return {"items": items, **paged(cursor)}


@method("pins.add", scopes="pins:write", required=("channel",))
async def pins_add(call: Call) -> Json:
    """Pin a message."""
    marks.pin(call.ws, _marked(call)[1], BOT_USER, on=True)
    return {}


@method("pins.remove", scopes="pins:write", required=("channel",))
async def pins_remove(call: Call) -> Json:
    """Unpin a message."""
    marks.pin(call.ws, _marked(call)[1], BOT_USER, on=False)
    return {}


@method("pins.list", scopes="pins:read", required=("channel",))
async def pins_list(call: Call) -> Json:
    """The pinned messages of a channel, the latest pin first."""
    ws, channel = call.ws, call.ws.channel(call.text("channel"))
    if BOT_USER not in channel.members:
        raise SlackError("not_in_channel")
    items = [
        {
            "type": "message",
            "channel": channel.id,
            "created": pin.created,
            "created_by": pin.user,
            "message": messages.render(ws, ws.messages[channel.id][pin.ts]),
        }
        for pin in reversed(channel.pins)
    ]
    return {"items": items}
