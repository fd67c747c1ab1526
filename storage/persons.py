"""What is kept about one person, and taking it away (GDPR 15 and 17).

A person is a Slack user id; it stays in the audit chain, whose entries hold no words, and in the business's own records.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from storage import agreements
from storage.sealing import Seal

_THEIRS = "select id from audit where actor = :id"
# What somebody asked and was answered. What else is on record are deeds: agreements, roles, deadlines, hardware, breaches.
_QUESTIONS = (
    "'clause', 'ask', 'fee', 'deadline', 'share', 'refer', 'reply', 'correct', 'calendar', 'away', 'back', 'hours'"
)
_RECORDS = "record of the business, kept for legal claims (GDPR 17(3)(b) and (e))"
_CHAIN = "proof that nothing was changed; holds no words (GDPR 17(3)(e))"


@dataclass(frozen=True)
class Part:
    """What one table has of a person: the rows, and what erasing does to them, or why they stay."""

    table: str
    rows: str
    erase: str = ""
    kept: str = ""


# Words are looked for before JSON is read, which takes several times as long; ``:dm`` is the conversation with the person.
_TOLD = (
    "tell = :id or (instr(arguments, :id) and :id in"
    " (json_extract(arguments, '$.channel'), json_extract(arguments, '$.user')))"
    " or (:dm != '' and instr(arguments, :dm) and json_extract(arguments, '$.channel') = :dm)"
)
_DIRECT = (
    "select json_extract(result, '$.channel') from outbox where state = 'sent' and instr(arguments, :id)"
    " and json_extract(arguments, '$.channel') = :id and result is not null limit 1"
)
_ASKED = (
    f"id in (select id from audit where actor = :id and action in ({_QUESTIONS})) and id not in"
    " (select answer from filed_answers union select answer from deadlines union select entry from deadline_steps)"
)
PARTS = (
    Part("threads", "asker = :id", "delete from threads where asker = :id"),
    Part("feedback", "actor = :id", "delete from feedback where actor = :id"),
    Part("corrections", "actor = :id", "delete from corrections where actor = :id"),
    Part("confirmed", "by = :id", "update confirmed set by = 'erased' where by = :id"),
    Part(
        "unanswered_questions",
        f"answer in ({_THEIRS})",
        f"delete from unanswered_questions where answer in ({_THEIRS})",
    ),
    Part(
        "referrals",
        "asker = :id or answered_by = :id",
        "update referrals set question = iif(asker = :id, '', question), asker = iif(asker = :id, 'erased', asker),"
        " answered_by = iif(answered_by = :id, 'erased', answered_by) where asker = :id or answered_by = :id",
    ),
    Part(
        "contents",
        f"id in ({_THEIRS})",
        f"delete from contents where {_ASKED}",
        f"of what they did, not of what they asked: {_RECORDS}",
    ),
    Part("absences", "person = :id or substitute = :id", "delete from absences where person = :id"),
    Part("feeds", "person = :id", "delete from feeds where person = :id"),
    Part("people", "id = :id", "delete from people where id = :id"),
    Part("incident_drafts", "person = :id", "delete from incident_drafts where person = :id"),
    Part("watchers", "person = :id", "delete from watchers where person = :id"),
    Part("unanswered", "person = :id", "delete from unanswered where person = :id"),
    Part("roles", "user = :id", "delete from roles where user = :id"),
    Part(
        "outbox",
        _TOLD,
        f"update outbox set arguments = '{{}}', result = null, tell = null where state != 'waiting' and ({_TOLD})",
    ),
    Part("audit", "actor = :id", kept=_CHAIN),
    Part("group_members", "user = :id", kept="as Slack says, for as long as they are in the group"),
    Part("shut_out", "user = :id", kept="so that they are let in no more"),
    Part("agreements", "by = :id or instr(text, :id)", kept=_RECORDS),
    Part("filed_answers", "by = :id", kept=_RECORDS),
    Part("rates", "by = :id", kept=_RECORDS),
    Part("documents", "added_by = :id", kept=_RECORDS),
    Part("deadlines", "owner = :id or by = :id or offered_to = :id", kept=_RECORDS),
    Part("deadline_steps", f"entry in ({_THEIRS})", kept=_RECORDS),
    Part("hardware", "holder = :id", kept=_RECORDS),
    Part("hardware_events", "by = :id or instr(data, :id)", kept=_RECORDS),
    Part("hardware_pictured", "by = :id", kept=_RECORDS),
    Part("hardware_statements", "by = :id", kept=_RECORDS),
    Part("hardware_disputes", "by = :id or ended_by = :id", kept=_RECORDS),
    Part("incident_events", f"id in ({_THEIRS})", kept=f"{_RECORDS}; erased with its incident after its time"),
    Part("incident_summaries", "person = :id", kept=f"{_RECORDS}; goes with its incident"),
    Part("preferences", "by = :id", kept="who chose for the workspace"),
    Part("role_groups", "by = :id", kept="who chose for the workspace"),
)
# Nobody is in these: figures, addresses of channels, replies by key that are gone after a week, sealed records of incidents.
NOBODY = "_sqlite_migrations channel_agreements deliveries hardware_cards hardware_photos held incidents".split()
NOBODY += agreements.INDEXES


@dataclass(frozen=True)
class Erased:
    """What erasing did, or would do, to one table: rows that went or lost their words, and why others stay."""

    table: str
    gone: int
    stay: int
    kept: str


def exported(db: Database, id: str, seal: Seal | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row about a person, table by table; what is sealed comes opened, and without a seal not at all."""
    given = _given(db, id)
    for part in PARTS:
        for row in _rows(db, f"select * from {part.table} where {part.rows}", given):
            yield part.table, _told(row, seal)


def counted(db: Database, id: str) -> list[tuple[Part, int]]:
    """How many rows each table has about a person, those with none left out."""
    given = _given(db, id)
    found = [(part, _count(db, part, given)) for part in PARTS]
    return [(part, rows) for part, rows in found if rows]


def _given(db: Database, id: str) -> dict[str, str]:
    row = db.execute(_DIRECT, {"id": id}).fetchone()
    return {"id": id, "dm": row[0] if row and row[0] else ""}


def duties(db: Database, id: str) -> list[str]:
    """What somebody still answers for, in words: it is handed over before they are erased."""
    found = []
    for words, what in (
        ("open deadlines that they own", "deadlines where state = 'open' and owner = :id"),
        ("items of Hardware that they hold", "hardware where holder = :id and state not in ('settled', 'written off')"),
    ):
        (count,) = db.execute(f"select count(*) from {what}", {"id": id}).fetchone()
        found += [f"{count} {words}"] if count else []
    return found


def erase(db: Database, id: str, now: datetime) -> list[Erased]:
    """Take away what is kept about a person, in the caller's transaction; what went, and what stays and why.

    Letters that wait for them are taken back.
    """
    given = _given(db, id)
    db.execute(
        f"update outbox set state = 'cancelled', ended_at = :now where state = 'waiting' and ({_TOLD})",
        given | {"now": now.isoformat()},
    )
    done = []
    for part in PARTS:
        before = _count(db, part, given)
        gone = db.execute(part.erase, given).rowcount if part.erase else 0
        stay = max(0, before - gone)
        if before or gone:
            done.append(Erased(part.table, gone, stay if part.kept else 0, part.kept if stay else ""))
    return done


def would_erase(db: Database, id: str, now: datetime) -> list[Erased]:
    """What erasing would do; nothing is changed."""
    db.conn.execute("SAVEPOINT looked")
    try:
        return erase(db, id, now)
    finally:
        db.conn.execute("ROLLBACK TO looked")
        db.conn.execute("RELEASE looked")


def _count(db: Database, part: Part, given: dict[str, str]) -> int:
    return int(db.execute(f"select count(*) from {part.table} where {part.rows}", given).fetchone()[0])


def _rows(db: Database, sql: str, given: dict[str, str]) -> Iterator[dict[str, Any]]:
    cursor = db.execute(sql, given)
    names = [column[0] for column in cursor.description]
    for row in cursor.fetchall():
        yield dict(zip(names, row, strict=True))


def _told(row: Mapping[str, Any], seal: Seal | None) -> dict[str, Any]:
    told = {name: value for name, value in row.items() if not isinstance(value, bytes) and name != "sealed"}
    for name in ("content", "arguments", "result", "data", "basis", "facts"):
        if isinstance(told.get(name), str):
            told[name] = json.loads(told[name])
    if seal and row.get("sealed"):
        told["told"] = seal.open(row["sealed"])
    return told


def is_person(text: str) -> bool:
    """Whether a text is a Slack user id."""
    return re.fullmatch(r"[UW][A-Z0-9]{2,}", text) is not None
