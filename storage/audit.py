"""Who was given which answer, from which words: entries in a hash chain that can only grow."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
from sqlite_utils import Database

START = "0" * 64


@dataclass(frozen=True)
class Entry:
    """One thing that happened. ``at`` is an aware instant; ``content`` may hold what people wrote and can be erased later."""

    id: str
    at: datetime
    actor: str
    action: str
    subject: str
    content: Mapping[str, Any]


def append(db: Database, entry: Entry) -> None:
    """Add an entry to the end of the chain."""
    content = canonical(entry.content)
    last = db.execute("select hash from audit order by seq desc limit 1").fetchone()
    previous = last[0] if last else START
    at, digest = entry.at.isoformat(), _sha256(content)
    link = _link(previous, entry.id, at, entry.actor, entry.action, entry.subject, digest)
    db.execute(
        "insert into audit(id, at, actor, action, subject, digest, previous, hash) values (?, ?, ?, ?, ?, ?, ?, ?)",
        (entry.id, at, entry.actor, entry.action, entry.subject, digest, previous, link),
    )
    db.execute("insert into contents(id, content) values (?, ?)", (entry.id, content))


def once(db: Database, entry: Entry) -> None:
    """Add an entry, unless it was added before; sqlite3.IntegrityError where its id is another's."""
    same = (entry.id, entry.actor, entry.action, entry.subject)
    query = "select 1 from audit where id = ? and actor = ? and action = ? and subject = ?"
    if db.execute(query, same).fetchone() is None:
        append(db, entry)


def id_of(delivery: str) -> str:
    """The id of the entry that a delivery of Slack's brings about: the same one, however often it is delivered."""
    return _sha256(delivery)[:12]


def get(db: Database, id: str) -> Entry | None:
    """The entry with an id; None where there is none. Erased content comes back empty."""
    row = db.execute(
        "select a.id, at, actor, action, subject, content from audit a left join contents c on c.id = a.id where a.id = ?",
        (id,),
    ).fetchone()
    if row is None:
        return None
    _, at, actor, action, subject, content = row
    return Entry(id, datetime.fromisoformat(at), actor, action, subject, json.loads(content or "{}"))


def latest(db: Database, most: int, named: str = "") -> list[Entry]:
    """The newest entries, without their contents: all, or those with this actor, action, subject or id."""
    if named and (one := get(db, named)):
        return [replace(one, content={})]
    newest = "select id, at, actor, action, subject, seq from audit {} order by seq desc limit :most"
    # Each by its index, and of what they found the newest.
    query = newest.format("")
    if named:
        parts = [
            f"select * from ({newest.format(f'where {name} = :named')})" for name in ("actor", "action", "subject")
        ]
        query = f"{' union '.join(parts)} order by seq desc limit :most"
    rows = db.execute(query, {"named": named, "most": most}).fetchall()
    return [
        Entry(id, datetime.fromisoformat(at), actor, action, subject, {}) for id, at, actor, action, subject, _ in rows
    ]


def actions(db: Database) -> list[str]:
    """Every kind of thing that is on record, by name."""
    # From one to the next in the index: of very many entries few differ.
    found, query = list[str](), "select min(action) from audit where action > ?"
    while (following := db.execute(query, (found[-1] if found else "",)).fetchone()[0]) is not None:
        found.append(following)
    return found


def count(db: Database) -> int:
    """How many entries there are: entries are numbered without a gap, which ``broken`` proves."""
    return int(db.execute("select coalesce(max(seq), 0) from audit").fetchone()[0])


def broken(db: Database) -> str | None:
    """What is wrong with the first link of the chain that does not hold, in words; None where the chain is whole."""
    previous = START
    rows = db.execute(
        "select seq, a.id, at, actor, action, subject, digest, previous, hash, content"
        " from audit a left join contents c on c.id = a.id order by seq"
    )
    for expected, (seq, id, at, actor, action, subject, digest, before, link, content) in enumerate(rows, 1):
        if seq != expected:
            return f"entry {expected} is missing"
        if before != previous:
            return f"entry {seq} ({id}) does not follow the entry before it"
        if link != _link(before, id, at, actor, action, subject, digest):
            return f"entry {seq} ({id}) was changed"
        if content is not None and _sha256(content) != digest:
            return f"the content of entry {seq} ({id}) was changed"
        previous = link
    return None


def canonical(value: Any) -> str:
    """JSON in one spelling only, so that the same value always has the same bytes and hash."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _link(*parts: str) -> str:
    return _sha256(canonical(parts))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def ids(db: Database, actions: tuple[str, ...]) -> list[str]:
    """The ids of all entries of some actions, the oldest first."""
    marks = ", ".join("?" * len(actions))
    return [row[0] for row in db.execute(f"select id from audit where action in ({marks}) order by seq", actions)]
