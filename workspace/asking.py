"""Reading what the control API was asked: who, where, which message, which words. Refusals are sentences."""

from workspace import messages, sights
from workspace.errors import CannotDo, Json, NoSuchThing
from workspace.records import Channel, Message
from workspace.state import Workspace


def person(ws: Workspace, body: Json) -> str:
    """Who does it: a person, no bot. Raises NoSuchThing."""
    user = body.get("user")
    if user not in sights.people(ws):
        raise NoSuchThing(f"There is no person {user!r}; there are {', '.join(sights.people(ws))}.")
    return str(user)


def channel(ws: Workspace, body: Json, user: str) -> Channel:
    """A conversation this person sees. Raises NoSuchThing."""
    id_ = body.get("channel")
    found = ws.channels.get(id_) if isinstance(id_, str) else None
    if found is None or (found.kind != "channel" and user not in found.members):
        raise NoSuchThing(f"{user} sees no channel {id_!r}.")
    return found


def writable(ws: Workspace, body: Json, user: str) -> Channel:
    """A conversation this person can write in. Raises NoSuchThing or CannotDo."""
    found = channel(ws, body, user)
    if user not in found.members:
        raise CannotDo(f"{user} is not in this channel; join it first.")
    if found.is_archived:
        raise CannotDo("This channel is archived.")
    return found


def message(ws: Workspace, body: Json) -> tuple[str, Message]:
    """Who, and which message of those everyone in the channel sees. Raises NoSuchThing or message_not_found."""
    user = person(ws, body)
    return user, messages.find(ws, channel(ws, body, user).id, text(body, "message_ts"))


def text(body: Json, name: str, default: str | None = None) -> str:
    """A text. Raises CannotDo when it is missing without a default, or no text."""
    value = body.get(name, default)
    if not isinstance(value, str):
        raise CannotDo(f"`{name}` is missing or no text.")
    return value


def optional(body: Json, name: str) -> str | None:
    """A text that may be left out."""
    return text(body, name) if body.get(name) is not None else None
