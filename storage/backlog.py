"""How the outbox stands, in numbers: what is owed, what is late, what ended badly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database


@dataclass(frozen=True)
class Late:
    """When the oldest letter that is owed by now was due, and since when the next one waits to be tried; None for none."""

    due: datetime | None
    untried: datetime | None


@dataclass(frozen=True)
class Backlog:
    """Letters by how they stand: ``overdue`` should have been said by now, ``clocks`` have their time to come (the first
    of them at ``next``), ``failed`` were given up.
    """

    overdue: int
    clocks: int
    failed: int
    next: datetime | None


def late(db: Database, now: datetime) -> Late:
    """What is late at an instant."""
    due, untried = (
        db.execute(
            f"select min({column}) from outbox where state = 'waiting' and {column} <= ?", (now.isoformat(),)
        ).fetchone()[0]
        for column in ("due", "next_try")
    )
    return Late(_instant(due), _instant(untried))


def backlog(db: Database, now: datetime, most: int = -1) -> Backlog:
    """The outbox as it stands at an instant, each of its numbers counted up to ``most``."""

    def counted(which: str) -> int:
        sql = f"select count(*) from (select 1 from outbox where {which} limit ?)"
        return int(db.execute(sql, (*([now.isoformat()] * which.count("?")), most)).fetchone()[0])

    (following,) = db.execute(
        "select min(due) from outbox where state = 'waiting' and due > ?", (now.isoformat(),)
    ).fetchone()
    return Backlog(
        counted("state = 'waiting' and due <= ?"),
        counted("state = 'waiting' and due > ?"),
        counted("state = 'failed'"),
        _instant(following),
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def summed(found: Sequence[Backlog]) -> Backlog:
    """Several outboxes as one."""
    following = [each.next for each in found if each.next]
    return Backlog(
        sum(each.overdue for each in found),
        sum(each.clocks for each in found),
        sum(each.failed for each in found),
        min(following, default=None),
    )
