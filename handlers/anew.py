"""Deadlines that are computed again because what they rest on has changed: texts, numbers, rules, holidays.

Each deadline keeps a mark of what it was computed under (``computing.mark``). Those that were left behind by a change are
found at the start and after a version was added, and computed again some at a time: whatever ends in between goes on later.

While two releases serve one database (the new one is ready before the old one leaves), the one that was started last
computes, and the other leaves everything as it is: else each would compute again what the other has just computed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from handlers import tracking
from handlers.computing import mark, release
from handlers.services import Services
from handlers.tracking import Refreshed
from storage import deadlines as kept
from storage import outbox, preferences
from storage.outbox import Letter

ANEW = "anew"
"""The name that the letter which makes deadlines be computed again has instead of a Slack method."""
RELEASE = "release"
"""The preference that says which release computes."""
LATER = timedelta(minutes=5)
AT_ONCE = 50
CAUSE = "a change of the texts or of their numbers"


def begin(db: Database, services: Services, due: datetime | None = None) -> None:
    """From here on this process's release computes. Owe that deadlines be computed again, at once or at a time; nothing
    where none was left behind.
    """
    if preferences.get(db, RELEASE) != release():
        preferences.choose(db, RELEASE, release(), services.now(), "clausekeeper")
    if kept.left_behind(db, mark(services.shelf_in(db).library), 1):
        _put(db, services, due or services.now())


def some(db: Database, services: Services, *, cause: str, by: str) -> Refreshed | None:
    """Compute AT_ONCE deadlines again that were left behind, in the caller's transaction; None where none was, or where
    another release computes.
    """
    if _another(db):
        return None
    left = kept.left_behind(db, mark(services.shelf_in(db).library), AT_ONCE)
    return tracking.refresh(db, services, left, cause=cause, by=by) if left else None


async def compute(services: Services, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """Compute every deadline again that was left behind."""
    while await services.store.run(some, services, cause=CAUSE, by="clausekeeper"):
        services.wake()
        await services.calm()
    await services.store.run(_leave, services)
    return {}


def _leave(db: Database, services: Services) -> None:
    """Leave to the release that computes what this one was given to do: its process may have ended half-way."""
    if _another(db):
        _put(db, services, services.now() + LATER)


def _another(db: Database) -> bool:
    return preferences.get(db, RELEASE) not in ("", release())


def _put(db: Database, services: Services, due: datetime) -> None:
    outbox.put(db, Letter(f"{ANEW}:{services.new_id()}", ANEW, due, ANEW, {}))
