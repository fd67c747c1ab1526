"""How answers about Hardware reach the person: beside what they did, from a form to where it was opened."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlite_utils import Database

from handlers.hardware.books import Books
from handlers.incoming import Incoming
from handlers.services import Services, keep
from knowledge.refused import Refused
from storage import deliveries
from storage.outbox import Letter


def letter(incoming: Incoming, channel: str, message: Mapping[str, Any], subject: str, services: Services) -> Letter:
    """What a form did, said to its person: in a channel they alone see it."""
    place, method = {"channel": channel or incoming.user}, "chat.postMessage"
    if channel.startswith(("C", "G")):
        place, method = place | {"user": incoming.user}, "chat.postEphemeral"
    return Letter(incoming.key, subject, services.now(), method, place | dict(message), tell=incoming.user)


def work(name: str, key: str, arguments: Mapping[str, Any], services: Services, tell: str) -> Letter:
    """A letter that takes more than one call to Slack; its name is that of the work in ``WORKS``."""
    return Letter(f"{name}:{key}", key, services.now(), name, arguments, tell=tell)


def finish(
    at: Books, incoming: Incoming, subject: str, content: Mapping[str, Any], letters: Iterable[Letter]
) -> dict[str, Any]:
    """Put on record what a form or click did, with what is to be said of it."""
    return keep(at.db, incoming.key, at.entry(subject, content), {}, list(letters))


def repeated(db: Database, incoming: Incoming) -> bool:
    """Whether this delivery did its work before."""
    return deliveries.reply_to(db, incoming.key) is not None


def fitting(view: Mapping[str, Any], refused: Refused) -> Refused:
    """A refusal under one of the form's own fields."""
    ids = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    return Refused(str(refused), field=refused.field if refused.field in ids else ids[0])


def memory(view: Mapping[str, Any]) -> dict[str, Any]:
    """What a form knows of itself."""
    return dict(json.loads(view["private_metadata"] or "{}"))
