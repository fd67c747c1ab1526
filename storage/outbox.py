"""What the bot owes to say: a row first, written with what makes it necessary, then sent until it is said or ended."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

BACK_OFF = (timedelta(seconds=30), timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6))
LEASE = timedelta(minutes=2)


@dataclass(frozen=True)
class Letter:
    """Something to say through a Slack method, from ``due`` on (UTC).

    ``key`` is unique: a second letter with it is the same letter. Letters about one ``subject`` are cancelled together.
    ``tell`` is the person to be told where it cannot be delivered.
    """

    key: str
    subject: str
    due: datetime
    method: str
    arguments: Mapping[str, Any]
    tell: str | None = None


@dataclass(frozen=True)
class Waiting:
    """A letter taken out for sending; ``attempts`` counts earlier failures."""

    id: int
    letter: Letter
    attempts: int


def put(db: Database, letter: Letter) -> bool:
    """Owe a letter; False where one with its key is owed or was said already."""
    due = letter.due.isoformat()
    inserted = db.execute(
        "insert into outbox(key, subject, due, method, arguments, tell, next_try) values (?, ?, ?, ?, ?, ?, ?)"
        " on conflict(key) do nothing",
        (letter.key, letter.subject, due, letter.method, json.dumps(letter.arguments), letter.tell, due),
    )
    return inserted.rowcount == 1


def take(db: Database, now: datetime, most: int) -> list[Waiting]:
    """Letters whose time has come, oldest first, leased to the caller: no other process is given them for LEASE."""
    rows = db.execute(
        "select id, key, subject, due, method, arguments, tell, attempts from outbox"
        " where state = 'waiting' and next_try <= ? order by next_try, id limit ?",
        (now.isoformat(), most),
    ).fetchall()
    for row in rows:
        db.execute("update outbox set next_try = ? where id = ?", ((now + LEASE).isoformat(), row[0]))
    return [
        Waiting(
            row[0],
            Letter(row[1], row[2], datetime.fromisoformat(row[3]), row[4], json.loads(row[5]), row[6]),
            row[7],
        )
        for row in rows
    ]


def next_due(db: Database) -> datetime | None:
    """When the next letter is to be tried; None where none waits."""
    row = db.execute("select min(next_try) from outbox where state = 'waiting'").fetchone()
    return datetime.fromisoformat(row[0]) if row[0] else None


def sent(db: Database, id: int, at: datetime, result: Mapping[str, Any]) -> None:
    """A letter was said; ``result`` keeps where it now stands (channel and ts)."""
    db.execute(
        "update outbox set state = 'sent', ended_at = ?, result = ?, error = null where id = ?",
        (at.isoformat(), json.dumps(result), id),
    )


def postpone(db: Database, id: int, until: datetime, error: str) -> None:
    """Try again later through no fault of the letter (Slack asked to wait): not counted as a failure."""
    db.execute("update outbox set next_try = ?, error = ? where id = ?", (until.isoformat(), error, id))


def failed(db: Database, waiting: Waiting, at: datetime, error: str, *, final: bool) -> bool:
    """A letter could not be said. It is tried again after BACK_OFF, or ends as failed; True where it ended."""
    ended = final or waiting.attempts >= len(BACK_OFF)
    if ended:
        db.execute(
            "update outbox set state = 'failed', attempts = attempts + 1, ended_at = ?, error = ? where id = ?",
            (at.isoformat(), error, waiting.id),
        )
    else:
        again = at + BACK_OFF[waiting.attempts]
        db.execute(
            "update outbox set attempts = attempts + 1, next_try = ?, error = ? where id = ?",
            (again.isoformat(), error, waiting.id),
        )
    return ended


def cancel(db: Database, subject: str, at: datetime) -> int:
    """Take back every waiting letter about a subject; how many there were."""
    cancelled = db.execute(
        "update outbox set state = 'cancelled', ended_at = ? where subject = ? and state = 'waiting'",
        (at.isoformat(), subject),
    )
    return cancelled.rowcount
