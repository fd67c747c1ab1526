"""Rented Hardware as rows: what happened to each item, and what that adds up to."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlite_utils import Database


@dataclass(frozen=True)
class Event:
    """Something that happened to an item. ``on`` is the day on which it happened, ``at`` the instant it was told."""

    tag: str
    kind: str
    on: date
    at: datetime
    by: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Standing:
    """What an item's events add up to; ``facts`` is the item as JSON values."""

    tag: str
    state: str
    agreement: str
    client: str
    holder: str
    facts: Mapping[str, Any]


def happen(db: Database, changes: Iterable[tuple[Event, Standing]]) -> None:
    """Keep what happened, and what each item is after it."""
    told = list(changes)
    db.conn.executemany(_EVENT, [_told(event) for event, _ in told])
    db.conn.executemany(
        f"{_ITEM} on conflict(tag) do update set state = excluded.state, agreement = excluded.agreement,"
        " client = excluded.client, holder = excluded.holder, facts = excluded.facts",
        [_row(standing) for _, standing in told],
    )


@dataclass(frozen=True)
class Prepared:
    """New items with all that happened to them, as rows: made ready where nobody waits for it."""

    events: list[tuple[str, ...]]
    items: list[tuple[str, ...]]


def prepare(told: Iterable[Event], standings: Iterable[Standing]) -> Prepared:
    """The rows of new items."""
    return Prepared([_told(event) for event in told], [_row(standing) for standing in standings])


def take_in(db: Database, new: Prepared) -> int:
    """Keep new items with all that happened to them; how many. sqlite3.IntegrityError where a tag is taken."""
    db.conn.executemany(_EVENT, new.events)
    return db.conn.executemany(_ITEM, new.items).rowcount


_ITEM = "insert into hardware(tag, state, agreement, client, holder, facts) values (?, ?, ?, ?, ?, ?)"


_EVENT = "insert into hardware_events(tag, kind, on_day, at, by, data) values (?, ?, ?, ?, ?, ?)"


def _told(event: Event) -> tuple[str, ...]:
    e = event
    return e.tag, e.kind, e.on.isoformat(), e.at.isoformat(), e.by, json.dumps(e.data)


def _row(standing: Standing) -> tuple[str, ...]:
    s = standing
    return s.tag, s.state, s.agreement, s.client, s.holder, json.dumps(s.facts)


def get(db: Database, tag: str) -> Mapping[str, Any] | None:
    """An item's facts; None where there is none of that tag."""
    row = db.execute("select facts from hardware where tag = ?", (tag,)).fetchone()
    return dict(orjson.loads(row[0])) if row else None


def tags(db: Database) -> frozenset[str]:
    """Every tag that is taken."""
    return frozenset(row[0] for row in db.execute("select tag from hardware"))


def tags_near(db: Database, tag: str, most: int) -> list[str]:
    """Tags that stand beside one in the order of tags, as many before as after it."""
    before = db.execute("select tag from hardware where tag < ? order by tag desc limit ?", (tag, most)).fetchall()
    after = db.execute("select tag from hardware where tag > ? order by tag limit ?", (tag, most)).fetchall()
    return [row[0] for row in before + after]


def items(db: Database, *, most: int = -1, skip: int = 0, **which: Any) -> list[Mapping[str, Any]]:
    """The facts of items, in the order of their tags, ``most`` of them (-1 for all) after the first ``skip``.

    ``which`` are agreement, holder, states, words in their tag, client, serial number, description or place, and
    ``facts`` that they have, or where None have not.
    """
    return [orjson.loads(text) for text in texts(db, most=most, skip=skip, **which)]


def texts(db: Database, *, most: int = -1, skip: int = 0, **which: Any) -> list[str]:
    """The facts of items as ``items`` finds them, as JSON: of very many, for reading where nobody waits."""
    where, given = _where(**which)
    rows = db.execute(f"select facts from hardware where {where} order by tag limit ? offset ?", [*given, most, skip])
    return [row[0] for row in rows]


def first(db: Database, most: int, **which: Any) -> tuple[list[Mapping[str, Any]], int]:
    """The first items, by what ``items`` finds them, and how many there are; words are looked for once."""
    if not which.get("words"):
        return items(db, most=most, **which), count(db, **which)
    where, given = _where(**which)
    found = [row[0] for row in db.execute(f"select tag from hardware where {where} order by tag", given)]
    return [facts for tag in found[:most] if (facts := get(db, tag))], len(found)


def held(db: Database, holder: str, states: Collection[str]) -> list[tuple[str, str, date | None]]:
    """The tags of the items in some states that somebody holds, each with its agreement and its own last day of rent."""
    where, given = _where(holder=holder, states=states)
    rows = db.execute(f"select tag, agreement, {_fact('ends')} from hardware where {where}", given)
    return [(tag, agreement, date.fromisoformat(ends) if ends else None) for tag, agreement, ends in rows]


def more_than(db: Database, many: int) -> bool:
    """Whether there are more items than so many."""
    return db.execute("select 1 from hardware limit 1 offset ?", (many,)).fetchone() is not None


def count(db: Database, **which: Any) -> int:
    """How many items there are, by what ``items`` finds them."""
    where, given = _where(**which)
    return int(db.execute(f"select count(*) from hardware where {where}", given).fetchone()[0])


def holders(db: Database, most: int, **which: Any) -> tuple[str, ...]:
    """Who holds items, by what ``items`` finds them."""
    where, given = _where(**which)
    rows = db.execute(
        f"select distinct holder from hardware where {where} and holder != '' order by holder limit ?", [*given, most]
    )
    return tuple(row[0] for row in rows)


ALIKE = ("agreement", "client", "state", "ends", "fee", "per")


def alike(db: Database, by: Sequence[str] = ALIKE, **which: Any) -> list[tuple[Mapping[str, Any], int]]:
    """Items by some of their facts, such as what their return and its money depend on: what some have in common (with the
    first of their tags), and how many they are.
    """
    where, given = _where(**which)
    columns = ", ".join(map(_fact, by))
    grouped = ", ".join(str(number) for number in range(1, len(by) + 1))
    rows = db.execute(
        f"select {columns}, count(*), min(tag) from hardware where {where} group by {grouped} order by min(tag)", given
    )
    return [
        ({name: value for name, value in zip(by, row, strict=False) if value is not None} | {"tag": row[-1]}, row[-2])
        for row in rows
    ]


def _where(
    *,
    agreement: str = "",
    holder: str = "",
    states: Collection[str] = (),
    words: str = "",
    facts: Mapping[str, Any] | None = None,
) -> tuple[str, list[Any]]:
    where, given = ["1 = 1"], list[Any]()
    for column, wanted in (("agreement", agreement), ("holder", holder)):
        if wanted:
            where.append(f"{column} = ?")
            given.append(wanted)
    if states:
        where.append(f"state in ({', '.join('?' * len(states))})")
        given += states
    if words:
        sought = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        where.append("tag in (select tag from hardware indexed by hardware_by_words where words like ? escape '\\')")
        given.append(f"%{sought}%")
    for name, value in (facts or {}).items():
        where.append(f"{_fact(name)} is ?")
        given.append(value if value or _fact(name) != name else "")
    return " and ".join(where), given


def _fact(name: str) -> str:
    """A fact of an item in SQL: as an index has it, where one has."""
    return name if name in ("agreement", "client", "state") else f"json_extract(facts, '$.{name}')"


def events(db: Database, tag: str) -> list[Event]:
    """All that happened to an item, the oldest first."""
    rows = db.execute("select tag, kind, on_day, at, by, data from hardware_events where tag = ? order by id", (tag,))
    return [
        Event(row[0], row[1], date.fromisoformat(row[2]), datetime.fromisoformat(row[3]), row[4], json.loads(row[5]))
        for row in rows
    ]


@dataclass(frozen=True)
class Photo:
    """A photograph with the SHA-256 of its bytes."""

    tag: str
    sha256: str
    name: str
    type: str
    at: datetime
    by: str


def add_photo(db: Database, photo: Photo, content: bytes) -> bool:
    """Keep a photograph of an item, its bytes once however many items it shows; False where the item has it."""
    db.execute(
        "insert into hardware_photos(sha256, name, type, content) values (?, ?, ?, ?) on conflict do nothing",
        (photo.sha256, photo.name, photo.type, content),
    )
    shown = db.execute(
        "insert into hardware_pictured(tag, sha256, at, by) values (?, ?, ?, ?) on conflict do nothing",
        (photo.tag, photo.sha256, photo.at.isoformat(), photo.by),
    )
    return shown.rowcount == 1


def photos(db: Database, tag: str) -> list[Photo]:
    """An item's photographs, the oldest first, without their bytes."""
    rows = db.execute(
        "select tag, p.sha256, name, type, at, by from hardware_pictured p join hardware_photos f on f.sha256 = p.sha256"
        " where tag = ? order by at, name",
        (tag,),
    )
    return [Photo(r[0], r[1], r[2], r[3], datetime.fromisoformat(r[4]), r[5]) for r in rows]


def photo(db: Database, sha256: str) -> bytes | None:
    """The bytes of a photograph."""
    row = db.execute("select content from hardware_photos where sha256 = ?", (sha256,)).fetchone()
    return bytes(row[0]) if row else None


@dataclass(frozen=True)
class Stated:
    """A statement that was given out: ``basis`` is what it was composed from, ``content`` what it said, both JSON."""

    number: str
    agreement: str
    until: date
    at: datetime
    by: str
    basis: Mapping[str, Any]
    content: Mapping[str, Any]


def state(db: Database, stated: Stated) -> None:
    """Keep a statement; sqlite3.IntegrityError where there is one of that number."""
    db.execute(
        "insert into hardware_statements(number, agreement, until, at, by, basis, content) values (?, ?, ?, ?, ?, ?, ?)",
        (
            stated.number,
            stated.agreement,
            stated.until.isoformat(),
            stated.at.isoformat(),
            stated.by,
            json.dumps(stated.basis),
            json.dumps(stated.content),
        ),
    )


def statement(db: Database, number: str) -> Stated | None:
    """A statement by its number."""
    row = db.execute(
        "select number, agreement, until, at, by, basis, content from hardware_statements where number = ?", (number,)
    ).fetchone()
    return _stated(row) if row else None


def statements(db: Database, agreement: str = "") -> list[Stated]:
    """Every statement (of an agreement), the oldest first."""
    rows = db.execute(
        "select number, agreement, until, at, by, basis, content from hardware_statements"
        " where ? in ('', agreement) order by at, number",
        (agreement,),
    )
    return [_stated(row) for row in rows]


def _stated(row: tuple[Any, ...]) -> Stated:
    number, agreement, until, at, by, basis, content = row
    return Stated(
        number,
        agreement,
        date.fromisoformat(until),
        datetime.fromisoformat(at),
        by,
        json.loads(basis),
        json.loads(content),
    )


@dataclass(frozen=True)
class Dispute:
    """A line of a statement that the Client disputes: both sides' words, and how it ended.

    ``back`` is what the Client gets back (EUR, as text), ``credited_in`` the statement that gave it.
    """

    id: str
    statement: str
    line: int
    tag: str
    client_words: str
    at: datetime
    by: str
    itq_words: str = ""
    outcome: str = ""
    back: str = ""
    credited_in: str = ""


def dispute(db: Database, dispute: Dispute) -> None:
    """Keep that a line is disputed, in the Client's words."""
    db.execute(
        "insert into hardware_disputes(id, statement, line, tag, client_words, at, by) values (?, ?, ?, ?, ?, ?, ?)",
        (
            dispute.id,
            dispute.statement,
            dispute.line,
            dispute.tag,
            dispute.client_words,
            dispute.at.isoformat(),
            dispute.by,
        ),
    )


def end_dispute(db: Database, id: str, words: str, outcome: str, back: str, at: datetime, by: str) -> bool:
    """Keep the other side's words and how a dispute ended; False where it had ended before."""
    ended = db.execute(
        "update hardware_disputes set itq_words = ?, outcome = ?, back = ?, ended_at = ?, ended_by = ?"
        " where id = ? and outcome is null",
        (words, outcome, back, at.isoformat(), by, id),
    )
    return ended.rowcount == 1


def credit(db: Database, ids: Iterable[str], number: str) -> None:
    """Keep that a statement gave back what these disputes ended with."""
    db.conn.executemany("update hardware_disputes set credited_in = ? where id = ?", [(number, id) for id in ids])


def disputes(db: Database, *, statement: str = "", line: int = 0, agreement: str = "", id: str = "") -> list[Dispute]:
    """Disputes by their id, statement (and line) or agreement, the oldest first."""
    rows = db.execute(
        "select d.id, d.statement, line, tag, client_words, d.at, d.by, itq_words, outcome, back, credited_in"
        " from hardware_disputes d join hardware_statements s on s.number = d.statement"
        " where ? in ('', d.statement) and ? in (0, line) and ? in ('', s.agreement) and ? in ('', d.id)"
        " order by d.at, d.id",
        (statement, line, agreement, id),
    )
    return [_dispute(row) for row in rows]


def _dispute(row: tuple[Any, ...]) -> Dispute:
    id, number, line, tag, client_words, at, by, *rest = row
    itq_words, outcome, back, credited_in = (text or "" for text in rest)
    when = datetime.fromisoformat(at)
    return Dispute(id, number, line, tag, client_words, when, by, itq_words, outcome, back, credited_in)


def card(db: Database, tag: str) -> tuple[str, str] | None:
    """Channel and ts of the message to which an item's label leads."""
    row = db.execute("select channel, ts from hardware_cards where tag = ?", (tag,)).fetchone()
    return (row[0], row[1]) if row else None


def with_cards(db: Database, tags: Iterable[str]) -> list[str]:
    """Those of the tags whose item has a message to which its label leads."""
    return [tag for tag in dict.fromkeys(tags) if card(db, tag)]


def set_card(db: Database, tag: str, channel: str, ts: str) -> None:
    """Keep to which message an item's label leads."""
    db.execute(
        "insert into hardware_cards(tag, channel, ts) values (?, ?, ?)"
        " on conflict(tag) do update set channel = excluded.channel, ts = excluded.ts",
        (tag, channel, ts),
    )
