"""Whether an answer helped, one verdict a person and answer; the latest counts."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database


def give(db: Database, answer: str, actor: str, verdict: str, at: datetime) -> None:
    """Keep what a person thinks of an answer (``helpful`` or ``not helpful``); a later verdict replaces an earlier."""
    db.execute(
        "insert into feedback(answer, actor, verdict, at) values (?, ?, ?, ?)"
        " on conflict(answer, actor) do update set verdict = excluded.verdict, at = excluded.at",
        (answer, actor, verdict, at.isoformat()),
    )


def of(db: Database, answer: str) -> dict[str, str]:
    """Verdicts on an answer by person."""
    return dict(db.execute("select actor, verdict from feedback where answer = ?", (answer,)).fetchall())
