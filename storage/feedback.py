"""What people say of answers: whether one helped, which clause is the right one; and which questions nothing answered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database


@dataclass(frozen=True)
class Confirmed:
    """That a person ``by`` said which clause answers a wording; ``ref`` is empty where none does.

    ``version`` names the texts of which that holds, as the asker of ``confirmed`` writes them.
    """

    ref: str
    version: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Unanswered:
    """A question that the search did not answer, with the topic that it seemed to be about."""

    answer: str
    topic: str
    question: str


@dataclass(frozen=True)
class Judged:
    """A question of which a person said what answers it: ``refs``, of which there are none where nothing does."""

    answer: str
    question: str
    language: str
    refs: tuple[str, ...]
    how: str


def give(db: Database, answer: str, actor: str, verdict: str, at: datetime) -> None:
    """Keep what a person thinks of an answer (``helpful`` or ``not helpful``); a later verdict replaces an earlier."""
    db.execute(
        "insert into feedback(answer, actor, verdict, at) values (?, ?, ?, ?)"
        " on conflict(answer, actor) do update set verdict = excluded.verdict, at = excluded.at",
        (answer, actor, verdict, at.isoformat()),
    )


def correct(db: Database, answer: str, actor: str, ref: str, at: datetime) -> None:
    """Keep which clause a person says is the right one (empty for none); what they say later replaces it."""
    db.execute(
        "insert into corrections(answer, actor, ref, at) values (?, ?, ?, ?)"
        " on conflict(answer, actor) do update set ref = excluded.ref, at = excluded.at",
        (answer, actor, ref, at.isoformat()),
    )


def confirm(db: Database, wording: str, answer: str, told: Confirmed) -> None:
    """Remember what answers a wording in a version of the texts; what is said later replaces it."""
    db.execute(
        "insert into confirmed(wording, ref, version, answer, by, at) values (?, ?, ?, ?, ?, ?)"
        " on conflict(wording, version) do update set"
        " ref = excluded.ref, answer = excluded.answer, by = excluded.by, at = excluded.at",
        (wording, told.ref, told.version, answer, told.by, told.at.isoformat()),
    )


def confirmed(db: Database, wording: str) -> list[Confirmed]:
    """What people confirmed for a wording, in whichever versions, the latest first."""
    rows = db.execute("select ref, version, by, at from confirmed where wording = ? order by at desc", (wording,))
    return [Confirmed(ref, version, by, datetime.fromisoformat(at)) for ref, version, by, at in rows]


def miss(db: Database, answer: str, topic: str, at: datetime) -> None:
    """Note that a question was not answered."""
    db.execute("insert into unanswered_questions(answer, topic, at) values (?, ?, ?)", (answer, topic, at.isoformat()))


def missed(db: Database, since: datetime, until: datetime) -> list[Unanswered]:
    """The questions of a time (UTC, end excluded) that were not answered, in their order; erased ones are left out."""
    rows = db.execute(
        "select u.answer, topic, content from unanswered_questions u join contents c on c.id = u.answer"
        " where at >= ? and at < ? order by at, u.answer",
        (since.isoformat(), until.isoformat()),
    )
    return [Unanswered(answer, topic, json.loads(content)["question"]) for answer, topic, content in rows]


def judged(db: Database) -> Iterator[Judged]:
    """Every question of which somebody said what answers it: corrections, confirmations, then answers that helped.

    Answers that helped some and not others are left out; so is what was erased.
    """
    queries = {
        "the right clause is": "select answer, ref, content from corrections x join contents c on c.id = x.answer"
        " order by x.at, answer, actor",
        "confirmed": "select answer, ref, content from confirmed x join contents c on c.id = x.answer order by x.at, wording",
        "helpful": "select answer, null, content from feedback x join contents c on c.id = x.answer"
        " group by answer having min(verdict) = 'helpful' and max(verdict) = 'helpful' order by min(x.at), answer",
    }
    for how, query in queries.items():
        for answer, named, kept in db.execute(query).fetchall():
            content = json.loads(kept)
            ref = content.get("ref") if named is None else named
            yield Judged(answer, content["question"], content["language"], (ref,) if ref else (), how)
