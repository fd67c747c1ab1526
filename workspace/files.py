"""Files: making one of bytes, showing them in a conversation, and who may open them."""

import mimetypes
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from workspace import messages
from workspace.errors import Json
from workspace.events import emit
from workspace.records import BOT_USER, Channel, File, Message, Share
from workspace.schema import Problem
from workspace.state import Workspace


def fresh(ws: Workspace, user: str, name: str, content: bytes = b"", alt: str = "") -> File:
    """A new file, which nobody but `user` sees yet; the kind follows from the name, any folder goes."""
    bare = name.replace("\\", "/").rpartition("/")[2]
    kind = mimetypes.guess_type(bare)[0] or "application/octet-stream"
    return File(ws.new_id("F"), user, bare, bare, kind, content, ws.seconds(), alt)


def share(ws: Workspace, files: list[File], channel: Channel, body: Json) -> Message:
    """One message that shows files in a channel, and file_shared for each."""
    shown = [file.to_json(ws.url) for file in files]
    message = messages.post(ws, channel, body | {"files": shown, "subtype": "file_share", "upload": False})
    at = Share(channel.id, channel.kind, message.ts, message.thread)
    for file in files:
        ws.put_file(replace(file, shares=(*file.shares, at)))
        event = {
            "type": "file_shared",
            "file_id": file.id,
            "user_id": body["user"],
            "file": {"id": file.id},
            "channel_id": channel.id,
        }
        emit(ws, event, channel)
    return message


def sees(ws: Workspace, file: File, user: str) -> bool:
    """Whether a member (or the app, by its bot) may open a file: own, given in a form, or shared where they are."""
    if file.user == user or (file.given and user == BOT_USER):
        return True
    places = [ws.channels[one.channel] for one in file.shares if one.channel in ws.channels]
    return any(place.kind == "channel" or user in place.members for place in places)


def _pictures(node: Any, at: str) -> Iterator[tuple[str, Json]]:
    """Every slack_file in blocks, with its pointer."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, child in children:
        if name == "slack_file" and isinstance(child, dict):
            yield f"{at}/{name}", child
        else:
            yield from _pictures(child, f"{at}/{name}")


def _named(ws: Workspace, slack_file: Json) -> str:
    """The id of the file that a slack_file names, by its id or by an address of it; "" for none here."""
    parts = str(slack_file.get("url", "")).split("/")
    return str(slack_file.get("id") or next((part for part in parts if part in ws.files), ""))


def shown_to(ws: Workspace, file: File, user: str) -> bool:
    """Whether a person sees a file: as its member, or as a picture in blocks that the person sees."""
    if sees(ws, file, user):
        return True
    bodies: list[Any] = [view.spec["blocks"] for view in ws.views.values() if view.user == user]
    for channel in ws.channels.values():
        if channel.kind == "channel" or user in channel.members:
            bodies += [messages.all_blocks(one) for one in ws.messages[channel.id].values()]
    bodies += [messages.all_blocks(one) for one in ws.ephemerals.values() if one.reader == user]
    return any(_named(ws, given) == file.id for body in bodies for _, given in _pictures(body, ""))


def wrong_pictures(ws: Workspace, blocks: Any, at: str) -> list[Problem]:
    """Where blocks show a file that the app cannot open, or that is no picture."""
    wrong = []
    for pointer, given in _pictures(blocks, at):
        file = ws.files.get(_named(ws, given))
        if file is None or not sees(ws, file, BOT_USER) or not file.mimetype.startswith("image/"):
            wrong.append(("invalid slack file", pointer))
    return wrong
