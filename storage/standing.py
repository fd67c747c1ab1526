"""Who is not let in any more, because Slack called them deactivated or of another workspace."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlite_utils import Database

Why = Literal["deactivated", "stranger"]


def shut_out(db: Database, user: str, why: Why, at: datetime) -> None:
    """Let a person in no more; what was known of them before is replaced."""
    db.execute(
        "insert into shut_out(user, why, at) values (?, ?, ?)"
        " on conflict(user) do update set why = excluded.why, at = excluded.at",
        (user, why, at.isoformat()),
    )


def let_in(db: Database, user: str) -> None:
    """Let a person in again."""
    db.execute("delete from shut_out where user = ?", (user,))


def why_out(db: Database, user: str) -> str | None:
    """Why a person is not let in; None where they are."""
    row = db.execute("select why from shut_out where user = ?", (user,)).fetchone()
    return str(row[0]) if row else None


def outside(db: Database) -> frozenset[str]:
    """Everybody who is not let in."""
    return frozenset(row[0] for row in db.execute("select user from shut_out"))


def silence(db: Database, user: str, at: datetime) -> int:
    """Take back every letter that waits for one person, whether in direct messages or seen by them alone; how many."""
    cancelled = db.execute(
        "update outbox set state = 'cancelled', ended_at = :at where state = 'waiting'"
        " and :user in (json_extract(arguments, '$.channel'), json_extract(arguments, '$.user'))",
        {"at": at.isoformat(), "user": user},
    )
    return cancelled.rowcount
