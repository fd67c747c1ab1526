"""What the bot owes to say: a row first, written with what makes it necessary, then sent until it is said or ended."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
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
    ``tell`` is the person to be told where it cannot be delivered. Letters with one ``together`` that are due at the same
    time are said in one message, and never end as failed.
    """

    key: str
    subject: str
    due: datetime
    method: str
    arguments: Mapping[str, Any]
    tell: str | None = None
    together: str | None = None


@dataclass(frozen=True)
class Waiting:
    """A letter taken out for sending; ``attempts`` counts earlier failures, ``error`` is the last of them.

    ``again`` says that it was handed to Slack before and nobody knows what became of it. ``lease`` names this taking out:
    once it has run out, another process may hold the letter.
    """

    id: int
    letter: Letter
    attempts: int
    error: str | None = None
    again: bool = False
    lease: str = ""


@dataclass(frozen=True)
class Said:
    """A letter as it stands: ``waiting``, ``sent`` or ``failed``; ``ended_at`` is when it was said."""

    key: str
    due: datetime
    state: str
    ended_at: datetime | None
    method: str
    arguments: Mapping[str, Any]
    error: str | None


def put(db: Database, letter: Letter) -> bool:
    """Owe a letter; False where one with its key is owed or was said already."""
    inserted = db.execute(
        "insert into outbox(key, subject, due, method, arguments, tell, together, next_try)"
        " values (?, ?, ?, ?, ?, ?, ?, ?) on conflict(key) do nothing",
        _row(letter),
    )
    return inserted.rowcount == 1


def owe(db: Database, letters: Iterable[Letter], now: datetime) -> None:
    """Owe letters, at these times also where they are owed already: one that was taken back before it was said is owed again,
    one that waits and that nobody has in hand moves; what was said is not said again.

    What is due already and would be due by ``now`` at its other time, too, stays as it is: it is as late as it was, for the
    same reason, and keeps its place.
    """
    at = now.isoformat()
    db.conn.executemany(
        "insert into outbox(key, subject, due, method, arguments, tell, together, next_try)"
        " values (?, ?, ?, ?, ?, ?, ?, ?) on conflict(key) do update set state = 'waiting', ended_at = null, error = null,"
        " attempts = 0, due = excluded.due, next_try = excluded.next_try, arguments = excluded.arguments"
        " where state = 'cancelled'"
        " or (state = 'waiting' and begun is null and attempts = 0 and max(due, excluded.due) > ?)",
        [(*_row(letter), at) for letter in letters],
    )


def _row(letter: Letter) -> tuple[object, ...]:
    due, arguments = letter.due.isoformat(), json.dumps(letter.arguments)
    return (letter.key, letter.subject, due, letter.method, arguments, letter.tell, letter.together, due)


_COLUMNS = "id, key, subject, due, method, arguments, tell, together, attempts, error, begun"
_PLACE = "coalesce(together, coalesce(arguments ->> 'channel', subject) || ' ' || coalesce(arguments ->> 'user', ''))"
"""What ``place`` says, of a row."""


def place(letter: Letter) -> str:
    """Where a letter goes, or what it is about: letters to one place are said in order, others side by side."""
    arguments = letter.arguments
    return letter.together or f"{arguments.get('channel', letter.subject)} {arguments.get('user', '')}"


def take(db: Database, now: datetime, most: int, most_together: int = 40, busy: Collection[str] = ()) -> list[Waiting]:
    """Letters whose time has come, the oldest first, leased to the caller: no other process is given them for LEASE.

    What is to be said together with one of them comes along, ``most_together`` of it at most; what goes to a place that is
    ``busy`` (as ``place`` names them) stays for later. None while Slack asks to wait.
    """
    if held(db, now):
        return []
    at, lease = now.isoformat(), (now + LEASE).isoformat()
    # By the time for which each was meant: what was tried in vain stays ahead of what came later. No letter is tried before
    # its time: of a million that wait for theirs none is looked at.
    rows = db.execute(
        f"select {_COLUMNS} from outbox indexed by outbox_oldest where state = 'waiting' and due <= ? and next_try <= ?"
        f" and {_PLACE} not in (select value from json_each(?)) order by due, id limit ?",
        (at, at, json.dumps([*busy]), most),
    ).fetchall()
    together = (
        f"select {_COLUMNS} from outbox indexed by outbox_together where state = 'waiting' and next_try <= ?"
        " and together = ? order by due, id limit ?"
    )
    for named in dict.fromkeys(row[7] for row in rows if row[7]):
        with_it = db.execute(together, (at, named, most_together)).fetchall()
        rows = [row for row in rows if row[7] != named] + with_it
    db.conn.executemany("update outbox set next_try = ? where id = ?", [(lease, row[0]) for row in rows])
    return [_waiting(row, lease) for row in rows]


def _waiting(row: tuple[Any, ...], lease: str) -> Waiting:
    id, key, subject, due, method, arguments, tell, together, attempts, error, begun = row
    letter = Letter(key, subject, datetime.fromisoformat(due), method, json.loads(arguments), tell, together)
    return Waiting(id, letter, attempts, error, begun is not None, lease)


def begin(db: Database, letters: Sequence[Waiting], at: datetime) -> list[Waiting]:
    """Those of the letters that are still the caller's to send: not taken back meanwhile, nor leased to another process.

    They count as handed to Slack from here on, until what became of them is kept.
    """
    leases = json.dumps([[waiting.id, waiting.lease] for waiting in letters])
    begun = db.execute(
        "update outbox set begun = ? where state = 'waiting' and (id, next_try) in"
        " (select value ->> 0, value ->> 1 from json_each(?)) returning id",
        (at.isoformat(), leases),
    )
    mine = {row[0] for row in begun.fetchall()}
    return [waiting for waiting in letters if waiting.id in mine]


def in_hand(db: Database, letters: Sequence[Waiting]) -> list[Waiting]:
    """Those of the letters that were handed to Slack and of which nothing was kept since."""
    begun = "select 1 from outbox where id = ? and state = 'waiting' and begun is not null"
    return [waiting for waiting in letters if db.execute(begun, (waiting.id,)).fetchone()]


def give_back(db: Database, letters: Sequence[Waiting], at: datetime) -> None:
    """End the lease of letters that were not said after all, and not handed to Slack either."""
    for waiting in letters:
        db.execute(
            "update outbox set next_try = ?, begun = iif(?, begun, null)"
            " where id = ? and state = 'waiting' and next_try = ?",
            (at.isoformat(), waiting.again, waiting.id, waiting.lease),
        )


def next_due(db: Database) -> datetime | None:
    """When the next letter is to be tried; None where none waits."""
    row = db.execute("select min(next_try) from outbox where state = 'waiting'").fetchone()
    return datetime.fromisoformat(row[0]) if row[0] else None


def hold(db: Database, now: datetime, until: datetime) -> None:
    """Slack asks this app to wait: no process takes a letter before ``until``, whichever of them was asked."""
    row = (now.isoformat(), max(until, held(db, now) or until).isoformat())
    db.execute("insert or replace into held(id, since, until) values (1, ?, ?)", row)


def held(db: Database, now: datetime) -> datetime | None:
    """Until when Slack asks to wait; None where it does not (or the clock was set back behind its asking)."""
    row = db.execute("select since, until from held").fetchone()
    since, until = (datetime.fromisoformat(text) for text in row) if row else (now, now)
    return until if since <= now < until else None


def sent(db: Database, id: int, at: datetime, result: Mapping[str, Any]) -> None:
    """A letter was said; ``result`` keeps where it now stands (channel and ts)."""
    all_sent(db, [id], at, result)


def all_sent(db: Database, ids: Iterable[int], at: datetime, result: Mapping[str, Any]) -> None:
    """Letters were said in one message; ``result`` keeps where that now stands."""
    ended, said = at.isoformat(), json.dumps(result)
    db.conn.executemany(
        "update outbox set state = 'sent', ended_at = ?, result = ?, error = null, begun = null where id = ?",
        [(ended, said, id) for id in ids],
    )


def postpone(db: Database, waiting: Waiting, until: datetime, error: str) -> None:
    """Try again later through no fault of the letter (Slack asked to wait): not counted as a failure."""
    db.execute(
        "update outbox set next_try = ?, error = ?, begun = iif(?, begun, null) where id = ?",
        (until.isoformat(), error, waiting.again, waiting.id),
    )


def defer(db: Database, waiting: Waiting, until: datetime, *, late: bool = False) -> None:
    """Say a letter at another time: it is not late until then, unless it is ``late`` already."""
    at = until.isoformat()
    db.execute(
        "update outbox set due = iif(?, due, ?), next_try = ?, begun = iif(?, begun, null) where id = ?",
        (late, at, at, waiting.again, waiting.id),
    )


def drop(db: Database, id: int, at: datetime) -> None:
    """Take one letter back: there is nothing left to say."""
    db.execute(
        "update outbox set state = 'cancelled', ended_at = ?, begun = null where id = ? and state = 'waiting'",
        (at.isoformat(), id),
    )


def failed(
    db: Database, waiting: Waiting, at: datetime, error: str, *, final: bool = False, unsure: bool = False
) -> bool:
    """A letter could not be said. It is tried again after BACK_OFF, or ends as failed; True where it ended.

    ``unsure`` is for failures after which nobody knows whether Slack has said it. A letter that is said together with
    others does not end: it is tried again at the longest interval.
    """
    ended = (final or waiting.attempts >= len(BACK_OFF)) and not waiting.letter.together
    if ended:
        db.execute(
            "update outbox set state = 'failed', attempts = attempts + 1, ended_at = ?, error = ?, begun = null"
            " where id = ?",
            (at.isoformat(), error, waiting.id),
        )
    else:
        again = at + BACK_OFF[min(waiting.attempts, len(BACK_OFF) - 1)]
        db.execute(
            "update outbox set attempts = attempts + 1, next_try = ?, error = ?, begun = iif(?, begun, null) where id = ?",
            (again.isoformat(), error, unsure or waiting.again, waiting.id),
        )
    return ended


def take_back(db: Database, key: str, at: datetime) -> None:
    """Take back the waiting letter with a key."""
    db.execute(
        "update outbox set state = 'cancelled', ended_at = ? where key = ? and state = 'waiting'", (at.isoformat(), key)
    )


def overdue(db: Database, subject: str, method: str, now: datetime) -> bool:
    """Whether a letter of a kind about a subject was due and is not said yet."""
    row = db.execute(
        "select 1 from outbox where subject = ? and method = ? and state = 'waiting' and due <= ? limit 1",
        (subject, method, now.isoformat()),
    ).fetchone()
    return row is not None


def cancel(db: Database, subject: str, at: datetime) -> int:
    """Take back every waiting letter about a subject; how many there were."""
    cancelled = db.execute(
        "update outbox set state = 'cancelled', ended_at = ? where subject = ? and state = 'waiting'",
        (at.isoformat(), subject),
    )
    return cancelled.rowcount


def about(db: Database, subject: str) -> list[Said]:
    """Every letter about a subject, or a part of it (``subject:part``), that was said, is waiting or could not be said, in
    the order of their times.
    """
    rows = db.execute(
        "select key, due, state, ended_at, method, arguments, error from outbox"
        " where (subject = ? or (subject > ? and subject < ?)) and state != 'cancelled' order by due, id",
        (subject, f"{subject}:", f"{subject};"),  # what begins with the subject and a colon: ";" comes right after ":"
    )
    return [
        Said(
            key,
            datetime.fromisoformat(due),
            state,
            datetime.fromisoformat(at) if at else None,
            method,
            json.loads(a),
            e,
        )
        for key, due, state, at, method, a, e in rows
    ]
