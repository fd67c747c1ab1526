"""Incidents, their timelines and the drafts of forms; whatever people told goes through a seal."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from storage import audit
from storage.audit import Entry, canonical
from storage.sealing import KeyLost, Seal

ACTION = "incident"
_STAMP = "(select coalesce(max(stamp), 0) + 1 from incidents)"


@dataclass(frozen=True)
class Kept:
    """An incident as it is kept: its record as data, and where it stands in Slack (empty where nowhere)."""

    number: str
    drill: bool
    version: int
    record: Mapping[str, Any]
    channel: str
    summary: str
    picture: str
    pictured: str


@dataclass(frozen=True)
class Entered:
    """An entry of a timeline; ``content`` is empty after retention took it away."""

    id: str
    at: datetime
    by: str
    content: Mapping[str, Any]


def next_number(db: Database, at: datetime, *, drill: bool) -> str:
    """The next free number of a year: INC-2026-001, or DRILL-2026-001."""
    start = f"{'DRILL' if drill else 'INC'}-{at.year}-"
    (last,) = db.execute(
        "select coalesce(max(cast(substr(number, ?) as integer)), 0) from incidents indexed by incidents_by_number"
        " where drill = ? and number > ? and number < ?",
        (len(start) + 1, int(drill), start, f"{start}:"),  # what begins with it and a digit: ":" comes right after "9"
    ).fetchone()
    return f"{start}{last + 1:03}"


def open_incident(db: Database, seal: Seal, number: str, record: Mapping[str, Any], at: datetime) -> None:
    """Keep a new incident; sqlite3.IntegrityError where the number is taken."""
    db.execute(
        f"insert into incidents(number, drill, version, opened_at, sealed, stamp) values (?, ?, 1, ?, ?, {_STAMP})",
        (number, int(bool(record["drill"])), at.isoformat(), seal.close(record)),
    )


def change(db: Database, seal: Seal, number: str, record: Mapping[str, Any]) -> None:
    """Keep the new state of an incident; its version goes up by one."""
    db.execute(
        f"update incidents set sealed = ?, version = version + 1, closed_at = ?, erased_at = ?, stamp = {_STAMP}"
        " where number = ?",
        (seal.close(record), record["closed_at"], record["erased_at"], number),
    )


def touch(db: Database, number: str) -> None:
    """Raise the version of an incident whose record stays: something was said, and its letters are owed anew."""
    db.execute("update incidents set version = version + 1 where number = ?", (number,))


def get(db: Database, seal: Seal, number: str) -> Kept | None:
    """The incident with a number, in whatever case it is written; None where there is none."""
    row = db.execute(
        "select number, drill, version, sealed, channel, summary, picture, pictured from incidents where number = ?",
        (number.strip().upper(),),
    ).fetchone()
    return _kept(seal, row) if row else None


def every(db: Database, seal: Seal) -> list[Kept]:
    """All incidents, drills too, the oldest first."""
    rows = db.execute(
        "select number, drill, version, sealed, channel, summary, picture, pictured from incidents order by opened_at, number"
    ).fetchall()
    return [_kept(seal, row) for row in rows]


def registered(db: Database) -> list[str]:
    """The sealed records of all incidents but the drills, the oldest first: of very many, for opening where nobody waits."""
    return [row[0] for row in db.execute("select sealed from incidents where drill = 0 order by opened_at, number")]


@dataclass(frozen=True)
class Changed:
    """An incident that changed, with the stamp of that; ``record`` is None where no key opens it."""

    stamp: int
    number: str
    opened_at: str
    record: Mapping[str, Any] | None


def changed_since(db: Database, seal: Seal, stamp: int, most: int) -> list[Changed]:
    """The first ``most`` incidents that changed after a stamp, the earliest change first."""
    rows = db.execute(
        "select stamp, number, opened_at, sealed from incidents where stamp > ? order by stamp limit ?", (stamp, most)
    ).fetchall()
    return [Changed(at, number, opened_at, _opened(seal, sealed)) for at, number, opened_at, sealed in rows]


def _opened(seal: Seal, sealed: str) -> Mapping[str, Any] | None:
    try:
        return dict(seal.open(sealed))
    except KeyLost:
        return None


def in_channel(db: Database, seal: Seal, channel: str) -> Kept | None:
    """The incident whose room a channel is; None where it is nobody's."""
    row = db.execute("select number from incidents where channel = ? and channel != ''", (channel,)).fetchone()
    return get(db, seal, row[0]) if row else None


def count(db: Database) -> int:
    """How many incidents there are."""
    return int(db.execute("select count(*) from incidents").fetchone()[0])


def place(
    db: Database,
    number: str,
    *,
    channel: str | None = None,
    summary: str | None = None,
    picture: str | None = None,
    pictured: str | None = None,
) -> None:
    """Note where an incident stands in Slack: its channel, its summary (a ts), the file of its picture and what that shows."""
    db.execute(
        "update incidents set channel = coalesce(?, channel), summary = coalesce(?, summary),"
        " picture = coalesce(?, picture), pictured = coalesce(?, pictured) where number = ?",
        (channel, summary, picture, pictured, number),
    )


def enter(db: Database, seal: Seal, number: str, id: str, by: str, at: datetime, content: Mapping[str, Any]) -> None:
    """Add an entry to a timeline, and to the audit chain its digest, which binds the entry without telling it.

    ``content`` holds something that nobody can guess (``id`` of chance), so that a digest cannot be found by trying.
    """
    (last,) = db.execute("select coalesce(max(seq), 0) from incident_events where number = ?", (number,)).fetchone()
    audit.append(db, Entry(id, at, by, ACTION, number, {"digest": digest(content)}))
    db.execute(
        "insert into incident_events(id, number, seq, at, sealed) values (?, ?, ?, ?, ?)",
        (id, number, last + 1, at.isoformat(), seal.close(content)),
    )


def seats(db: Database, number: str) -> dict[str, tuple[str, str]]:
    """Where each of an incident's people was brought in: its channel, or the conversation and ts of the summary with them."""
    rows = db.execute("select person, channel, ts from incident_summaries where number = ? order by person", (number,))
    return {person: (channel, ts) for person, channel, ts in rows}


def leave(db: Database, number: str, person: str) -> None:
    """Somebody is none of an incident's people any more."""
    db.execute("delete from incident_summaries where number = ? and person = ?", (number, person))


def stand_with(db: Database, number: str, person: str, channel: str, ts: str) -> None:
    """Note where one person was brought into an incident: its channel, or where it has none, the summary with them."""
    db.execute(
        "insert into incident_summaries(number, person, channel, ts) values (?, ?, ?, ?)"
        " on conflict(number, person) do update set channel = excluded.channel, ts = excluded.ts",
        (number, person, channel, ts),
    )


def digest(content: Mapping[str, Any]) -> str:
    """The fingerprint by which content is bound: SHA-256 of its one spelling."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def timeline(db: Database, seal: Seal, number: str) -> list[Entered]:
    """The entries of a timeline, the oldest first."""
    rows = db.execute(
        "select e.id, e.at, a.actor, e.sealed from incident_events e join audit a on a.id = e.id"
        " where number = ? order by e.seq",
        (number,),
    ).fetchall()
    return [
        Entered(id, datetime.fromisoformat(at), by, seal.open(sealed) if sealed else {}) for id, at, by, sealed in rows
    ]


def broken(db: Database, seal: Seal | None) -> str | None:
    """The first entry of a timeline that is not what the audit chain says, or the first incident whose record is not what its
    last entry says, in words; None where all are.

    Without a seal only the presence of every entry is proved, not its words.
    """
    return _broken_entry(db, seal) or _unchained(db) or (_broken_record(db, seal) if seal else None)


def _broken_entry(db: Database, seal: Seal | None) -> str | None:
    rows = db.execute(
        "select a.seq, a.id, a.subject, c.content, e.id, e.number, e.sealed from audit a"
        " left join contents c on c.id = a.id left join incident_events e on e.id = a.id"
        " where a.action = ? order by a.seq",
        (ACTION,),
    )
    for seq, id, subject, content, event, number, sealed in rows:
        if event is None:
            return f"entry {seq} ({id}) of {subject} is missing from its timeline"
        if number != subject:
            return f"entry {seq} ({id}) stands in the timeline of {number} instead of {subject}"
        if seal and sealed and content:
            try:
                opened = seal.open(sealed)
            except KeyLost as lost:
                return f"entry {seq} ({id}) of {subject}: {lost}"
            if canonical({"digest": digest(opened)}) != content:
                return f"entry {seq} ({id}) of {subject} was changed"
    return None


def _unchained(db: Database) -> str | None:
    """An entry of a timeline that the audit chain does not have, or one whose incident is gone."""
    rows = db.execute(
        "select e.id, e.number, e.seq, i.number from incident_events e left join audit a on a.id = e.id"
        " left join incidents i on i.number = e.number where a.id is null or i.number is null order by e.number, e.seq"
    )
    for id, number, seq, incident in rows:
        what = "has no link in the audit chain" if incident else "is left of an incident that is gone"
        return f"entry {seq} ({id}) of the timeline of {number} {what}"
    return None


def _broken_record(db: Database, seal: Seal) -> str | None:
    """An incident whose record is not the one to which its latest entry is bound."""
    rows = db.execute(
        "select i.number, i.sealed, (select e.sealed from incident_events e where e.number = i.number"
        " order by e.seq desc limit 1) from incidents i order by i.opened_at, i.number"
    )
    for number, sealed, last in rows:
        try:
            bound = seal.open(last).get("record") if last else None
            record = seal.open(sealed)
        except KeyLost as lost:
            return f"the record of {number}: {lost}"
        if record["number"] != number or (bound and digest(record) != bound):
            return f"the record of {number} is not what the last entry of its timeline says"
    return None


def opens(db: Database, seal: Seal) -> bool:
    """Whether a seal opens what is sealed: the oldest and the newest incident and entry."""
    for table, column in (("incidents", "opened_at"), ("incident_events", "at")):
        for way in ("asc", "desc"):
            order = f"select sealed from {table} where sealed is not null order by {column} {way} limit 1"
            for (token,) in db.execute(order):
                try:
                    seal.open(token)
                except KeyLost:
                    return False
    return True


def erase_timeline(db: Database, number: str) -> int:
    """Take the words of a timeline away; its entries, times and digests stay. How many there were."""
    return db.execute(
        "update incident_events set sealed = null where number = ? and sealed is not null", (number,)
    ).rowcount


def keep_draft(db: Database, seal: Seal, person: str, form: str, at: datetime, typed: Mapping[str, Any]) -> None:
    """Keep what a person typed into a form and has not sent yet; a later draft takes the place of an earlier."""
    db.execute(
        "insert into incident_drafts(person, form, at, sealed) values (?, ?, ?, ?)"
        " on conflict(person, form) do update set at = excluded.at, sealed = excluded.sealed",
        (person, form, at.isoformat(), seal.close(typed)),
    )


def draft(db: Database, seal: Seal, person: str, form: str) -> tuple[datetime, dict[str, Any]] | None:
    """What a person typed and did not send, and when; None where there is nothing."""
    row = db.execute("select at, sealed from incident_drafts where person = ? and form = ?", (person, form)).fetchone()
    return (datetime.fromisoformat(row[0]), dict(seal.open(row[1]))) if row else None


def drop_draft(db: Database, person: str, form: str) -> None:
    """Forget a draft: it was sent."""
    db.execute("delete from incident_drafts where person = ? and form = ?", (person, form))


def drop_drafts(db: Database, before: datetime) -> int:
    """Forget drafts that nobody came back to; how many."""
    return db.execute("delete from incident_drafts where at < ?", (before.isoformat(),)).rowcount


SEALED = (("incidents", ("number",)), ("incident_events", ("id",)), ("incident_drafts", ("person", "form")))


def seal_again(db: Database, seal: Seal) -> int:
    """Seal everything anew under the first key; how many rows. KeyLost, nothing changed, where a key is missing."""
    changed = 0
    for table, keys in SEALED:
        where = " and ".join(f"{key} = ?" for key in keys)
        rows: Sequence[tuple[str, ...]] = db.execute(
            f"select sealed, {', '.join(keys)} from {table} where sealed is not null"
        ).fetchall()
        for token, *key in rows:
            db.execute(f"update {table} set sealed = ? where {where}", (seal.again(token), *key))
        changed += len(rows)
    return changed


def _kept(seal: Seal, row: Sequence[Any]) -> Kept:
    number, drill, version, sealed, *places = row
    return Kept(number, bool(drill), version, seal.open(sealed), *places)
