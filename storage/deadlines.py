"""Tracked deadlines as they stand, the steps that led there, and who has not answered a reminder yet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlite_utils import Database

from storage import audit
from storage.audit import Entry


@dataclass(frozen=True)
class Tracked:
    """A deadline that somebody is reminded of.

    ``key`` is unique among all that were ever tracked. ``given`` are the inputs of its kind. ``readings`` are name, day
    and extended day of each reading; ``due`` is the earliest day (or instant) of them, which governs, and ``last`` the
    instant at which it has passed in ``zone``. ``leads`` are days, or hours where ``due`` is an instant. ``answer`` is the
    entry on record that computed it, ``under`` marks what that rested on; ``revision`` counts how often its dates moved.
    """

    id: str
    key: str
    kind: str
    given: Mapping[str, Any]
    agreement: str
    owner: str
    title: str
    leads: tuple[int, ...]
    readings: tuple[tuple[str, str, str], ...]
    due: date
    last: datetime
    zone: str
    answer: str
    state: str
    revision: int
    offered_to: str | None
    at: datetime
    by: str
    under: str = ""


_NAMES = (
    "id key kind given agreement owner title leads readings due last zone answer state revision offered_to at by under"
).split()
_COLUMNS = ", ".join(_NAMES)


def _tracked(row: Sequence[Any]) -> Tracked:
    id, key, kind, given, agreement, owner, title, leads, readings, due, last, zone, answer, state, revision, *rest = (
        row
    )
    offered_to, at, by, under = rest
    return Tracked(
        id,
        key,
        kind,
        orjson.loads(given),
        agreement,
        owner,
        title,
        tuple(orjson.loads(leads)),
        tuple(map(tuple, orjson.loads(readings))),
        moment(due),
        datetime.fromisoformat(last),
        zone,
        answer,
        state,
        revision,
        offered_to,
        datetime.fromisoformat(at),
        by,
        under,
    )


def moment(text: str) -> date:
    """A day, or an instant, as it is kept."""
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def put(db: Database, tracked: Tracked) -> None:
    """Keep a deadline as it stands now."""
    row = (
        tracked.id, tracked.key, tracked.kind, json.dumps(dict(tracked.given)), tracked.agreement, tracked.owner,
        tracked.title, json.dumps(tracked.leads), json.dumps(tracked.readings), tracked.due.isoformat(),
        tracked.last.isoformat(), tracked.zone, tracked.answer, tracked.state, tracked.revision, tracked.offered_to,
        tracked.at.isoformat(), tracked.by, tracked.under,
    )  # fmt: skip
    marks = ", ".join("?" * len(row))
    changed = ", ".join(f"{name} = excluded.{name}" for name in _NAMES[1:])
    db.execute(f"insert into deadlines({_COLUMNS}) values ({marks}) on conflict(id) do update set {changed}", row)


def get(db: Database, id: str) -> Tracked | None:
    """The deadline with an id; None where there is none."""
    row = db.execute(f"select {_COLUMNS} from deadlines where id = ?", (id,)).fetchone()
    return _tracked(row) if row else None


def get_all(db: Database, ids: Iterable[str]) -> dict[str, Tracked]:
    """The deadlines with these ids, by id; those that there are."""
    sql = f"select {_COLUMNS} from deadlines where id in (select value from json_each(?))"
    return {row[0]: _tracked(row) for row in db.execute(sql, (json.dumps([*ids]),)).fetchall()}


def by_key(db: Database, key: str) -> Tracked | None:
    """The deadline that follows from a fact, by the fact's key; None where there is none."""
    row = db.execute(f"select {_COLUMNS} from deadlines where key = ?", (key,)).fetchone()
    return _tracked(row) if row else None


def open_ones(
    db: Database,
    *,
    person: str | None = None,
    agreement: str | None = None,
    before: datetime | None = None,
    since: datetime | None = None,
    most: int = -1,
) -> list[Tracked]:
    """The open deadlines, the next one first: a person's (as owner or watcher), an agreement's, those that pass before
    an instant, those that have not passed before ``since``.
    """
    of, values = _choosing(person, agreement, before, since)
    sql = f"{' union all '.join(f'select {_COLUMNS} {part}' for part in of)} order by last, id limit :most"
    rows = db.execute(sql, {**values, "most": most}).fetchall()
    return [_tracked(row) for row in rows]


def count_open(
    db: Database,
    most: int,
    *,
    person: str | None = None,
    agreement: str | None = None,
    before: datetime | None = None,
    since: datetime | None = None,
) -> int:
    """How many open deadlines ``open_ones`` would choose; ``most`` where there are more."""
    of, values = _choosing(person, agreement, before, since)
    sql = f"select count(*) from ({' union all '.join(f'select id {part}' for part in of)} limit :most)"
    (found,) = db.execute(sql, {**values, "most": most}).fetchone()
    return int(found)


def _choosing(
    person: str | None, agreement: str | None, before: datetime | None, since: datetime | None
) -> tuple[list[str], dict[str, object]]:
    """Where deadlines are chosen from, each in one place alone, and the values for that: by the index of owners, then by that
    of watchers, since of very many open deadlines few are one person's.
    """
    where, values = ["state = 'open'"], dict[str, object]()
    if agreement is not None:
        where.append("agreement = :agreement")
        values["agreement"] = agreement
    if before is not None:
        where.append("last <= :before")
        values["before"] = before.isoformat()
    if since is not None:
        where.append("last > :since")
        values["since"] = since.isoformat()
    which = " and ".join(where)
    if person is None:
        return [f"from deadlines where {which}"], values
    own = f"from deadlines indexed by deadlines_of_owner where owner = :person and {which}"
    watched = f"from watchers join deadlines on id = deadline where person = :person and owner != :person and {which}"
    return [own, watched], {**values, "person": person}


def left_behind(db: Database, under: str, most: int) -> list[Tracked]:
    """Open deadlines that were last computed under something else, the next one first."""
    sql = f"select {_COLUMNS} from deadlines where state = 'open' and under != ? order by last, id limit ?"
    return [_tracked(row) for row in db.execute(sql, (under, most)).fetchall()]


def owned(db: Database, owner: str) -> list[Tracked]:
    """The open deadlines that a person owns, the next one first."""
    sql = f"select {_COLUMNS} from deadlines where owner = ? and state = 'open' order by last, id"
    return [_tracked(row) for row in db.execute(sql, (owner,)).fetchall()]


def people(db: Database) -> list[str]:
    """Everybody who owns or watches an open deadline, in order."""
    rows = db.execute(
        "select owner from deadlines where state = 'open' and owner != '' union"
        " select person from watchers join deadlines on id = deadline where state = 'open' order by 1"
    )
    return [row[0] for row in rows]


def watchers(db: Database, id: str) -> tuple[str, ...]:
    """Who is reminded beside the owner, in order."""
    return tuple(row[0] for row in db.execute("select person from watchers where deadline = ? order by person", (id,)))


def watch(db: Database, id: str, people_: Sequence[str]) -> None:
    """Make these people the watchers of a deadline."""
    db.execute("delete from watchers where deadline = ?", (id,))
    for person in dict.fromkeys(people_):
        db.execute("insert into watchers(deadline, person) values (?, ?)", (id, person))


def step(db: Database, id: str, entry: Entry) -> None:
    """Put on record what happened to a deadline."""
    audit.append(db, entry)
    db.execute("insert into deadline_steps(deadline, entry) values (?, ?)", (id, entry.id))


def steps(db: Database, id: str) -> list[Entry]:
    """What happened to a deadline, the oldest first."""
    ids = db.execute("select entry from deadline_steps where deadline = ? order by seq", (id,)).fetchall()
    return [entry for (one,) in ids if (entry := audit.get(db, one))]


def silent_since(db: Database, id: str, person: str) -> datetime | None:
    """Since when a person has not answered the reminders of a deadline; None where nothing is unanswered."""
    row = db.execute("select since from unanswered where deadline = ? and person = ?", (id, person)).fetchone()
    return datetime.fromisoformat(row[0]) if row else None


def unanswered(db: Database, id: str) -> list[str]:
    """Everybody who has not answered a reminder of a deadline, in order."""
    return [row[0] for row in db.execute("select person from unanswered where deadline = ? order by person", (id,))]


def wait_for(db: Database, id: str, person: str, since: datetime) -> bool:
    """A person was reminded and has not answered; False where that was so already."""
    row = (id, person, since.isoformat())
    asked = db.execute("insert into unanswered(deadline, person, since) values (?, ?, ?) on conflict do nothing", row)
    return asked.rowcount == 1


def answered(db: Database, id: str, person: str) -> None:
    """A person has answered the reminders of a deadline."""
    db.execute("delete from unanswered where deadline = ? and person = ?", (id, person))
