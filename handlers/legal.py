"""/clausekeeper legal: the channel in which people answer what was handed to them, chosen by an admin of the workspace."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from handlers.incoming import Incoming
from handlers.services import Services, keep
from knowledge.refused import Refused
from storage import preferences
from storage.audit import Entry

NAME = "legal_channel"


async def told(services: Services, incoming: Incoming, words: str) -> dict[str, Any]:
    """Which channel it is; with ``here`` the one where this is typed from now on, with ``none`` no channel."""
    word = words.strip().lower()
    if word not in {"", "here", "none"}:
        raise Refused("Type `/clausekeeper legal here` in the channel itself, or `/clausekeeper legal none`.")
    if word == "here" and not incoming.in_channel:
        raise Refused("Type `/clausekeeper legal here` in the channel in which people are to answer questions.")
    if word:
        channel = incoming.channel if word == "here" else ""
        reply = _said(channel)
        reply = await services.store.run(_choose, services, incoming, channel, reply)
        services.legal_channel = channel
        return reply
    return _said(services.legal_channel)


def _choose(
    db: Database, services: Services, incoming: Incoming, channel: str, reply: dict[str, Any]
) -> dict[str, Any]:
    now, before = services.now(), services.legal_channel
    preferences.choose(db, NAME, channel, now, incoming.user)
    content = {"before": before, "after": channel}
    return keep(db, incoming.key, Entry(services.new_id(), now, incoming.user, "legal", channel, content), reply, [])


def _said(channel: str) -> dict[str, Any]:
    if not channel:
        return {
            "text": "There is no legal channel, so nobody can be asked. An admin types `/clausekeeper legal here` in it."
        }
    return {"text": f"Questions are handed to people in <#{channel}>. I must be a member there to post them."}
