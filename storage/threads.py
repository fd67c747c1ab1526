"""The last question of a person in a thread, which their next one there may go on from."""

from __future__ import annotations

from sqlite_utils import Database


def keep(db: Database, channel: str, thread: str, asker: str, answer: str) -> None:
    """Make an answer (the id of its audit entry) the last one in a thread."""
    db.execute(
        "insert into threads(channel, thread, asker, answer) values (?, ?, ?, ?)"
        " on conflict(channel, thread, asker) do update set answer = excluded.answer",
        (channel, thread, asker, answer),
    )


def last(db: Database, channel: str, thread: str, asker: str) -> str | None:
    """The last answer that a person got in a thread; None where there is none."""
    row = db.execute(
        "select answer from threads where channel = ? and thread = ? and asker = ?", (channel, thread, asker)
    ).fetchone()
    return str(row[0]) if row else None
