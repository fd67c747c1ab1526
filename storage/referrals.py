"""Questions that were handed to a person, and what the person answered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database


@dataclass(frozen=True)
class Referral:
    """A question on its way to a person: who asked it where, and the clauses that the search had found.

    ``answer`` is the id of the audit entry of the answer that did not do; ``reply`` is empty until a person answered.
    """

    id: str
    answer: str
    asker: str
    channel: str
    question: str
    candidates: tuple[str, ...]
    answered_by: str | None = None
    reply: str | None = None


def open_referral(db: Database, referral: Referral, at: datetime) -> bool:
    """Hand a question over; False where it was handed over before."""
    inserted = db.execute(
        "insert into referrals(id, answer, asker, channel, question, candidates, asked_at) values (?, ?, ?, ?, ?, ?, ?)"
        " on conflict(answer) do nothing",
        (
            referral.id,
            referral.answer,
            referral.asker,
            referral.channel,
            referral.question,
            json.dumps(referral.candidates),
            at.isoformat(),
        ),
    )
    return inserted.rowcount == 1


def get(db: Database, id: str) -> Referral | None:
    """The referral with an id; None where there is none."""
    row = db.execute(
        "select answer, asker, channel, question, candidates, answered_by, reply from referrals where id = ?",
        (id,),
    ).fetchone()
    if row is None:
        return None
    answer, asker, channel, question, candidates, answered_by, words = row
    return Referral(id, answer, asker, channel, question, tuple(json.loads(candidates)), answered_by, words)


def reply(db: Database, id: str, by: str, words: str, at: datetime) -> bool:
    """Keep a person's answer; False where another person had answered already (nothing is changed then)."""
    updated = db.execute(
        "update referrals set answered_by = ?, answered_at = ?, reply = ? where id = ? and answered_by is null",
        (by, at.isoformat(), words, id),
    )
    return updated.rowcount == 1
