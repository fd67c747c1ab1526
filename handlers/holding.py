"""Who holds a role, what it is for, and what people are told when that changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlite_utils import Database

from handlers.access import PLURAL
from handlers.services import CONSULTANT, ROLES
from storage import roles as held
from storage.outbox import Letter

NAMED = tuple(role for role in ROLES if role != CONSULTANT)
DUTIES = {
    "responder": "see data breaches and work on them",
    "manager": "register agreements, track hardware, get reminders",
    "admin": "name people to these roles, and may do everything",
}


def holding(db: Database) -> dict[str, list[str]]:
    """Who holds each role, whether they were named to it or are in its user group."""
    return {role: held.holders(db, role) for role in NAMED}


def told(
    before: Mapping[str, Sequence[str]], after: Mapping[str, Sequence[str]], key: str, now: datetime, by: str = ""
) -> list[Letter]:
    """What the people are told whose roles changed."""
    letters = []
    for role in NAMED:
        for user in sorted(set(before[role]) ^ set(after[role])):
            text = f"You are {'now' if user in after[role] else 'no longer'} one of the {PLURAL[role]}: they {DUTIES[role]}."
            arguments, unique = {"channel": user, "text": text}, f"{key}:{role}:{user}"
            letters.append(Letter(unique, unique, now, "chat.postMessage", arguments, by or None))
    return letters
