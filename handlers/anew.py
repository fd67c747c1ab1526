"""Deadlines that are computed again because what they rest on has changed: texts, numbers, rules, holidays.

Each deadline keeps a mark of what it was computed under (``computing.mark``). Those that were left behind by a change are
found at the start and after a version was added, and computed again some at a time: whatever ends in between goes on later.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from handlers import tracking
from handlers.computing import mark
from handlers.services import Services
from handlers.tracking import Refreshed
from storage import deadlines as kept
from storage import outbox
from storage.outbox import Letter

ANEW = "anew"
"""The name that the letter which makes deadlines be computed again has instead of a Slack method."""
AT_ONCE = 50
CAUSE = "a change of the texts or of their numbers"


def owe(db: Database, services: Services, due: datetime | None = None) -> None:
    """Owe that deadlines be computed again, at once or at a time; nothing where none was left behind."""
    if kept.left_behind(db, mark(services.shelf_in(db).library), 1):
        outbox.put(db, Letter(f"{ANEW}:{services.new_id()}", ANEW, due or services.now(), ANEW, {}))


def some(db: Database, services: Services, *, cause: str, by: str) -> Refreshed | None:
    """Compute AT_ONCE deadlines again that were left behind, in the caller's transaction; None where none was."""
    left = kept.left_behind(db, mark(services.shelf_in(db).library), AT_ONCE)
    return tracking.refresh(db, services, left, cause=cause, by=by) if left else None


async def compute(services: Services, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """Compute every deadline again that was left behind."""
    while await services.store.run(some, services, cause=CAUSE, by="clausekeeper"):
        services.wake()
        await services.calm()
    return {}
