"""People as reminders need them: zone and working hours, absences with a substitute, and keys to their calendar feed."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date, datetime

from sqlite_utils import Database


@dataclass(frozen=True)
class Person:
    """What is known of a person. ``zone``, ``country``, ``opens`` and ``closes`` (08:30) are what they chose, else None;
    ``profile_zone`` is their Slack profile's. ``looked_at`` is when that profile was read.
    """

    id: str
    zone: str | None = None
    country: str | None = None
    opens: str | None = None
    closes: str | None = None
    profile_zone: str | None = None
    bot: bool = False
    gone: bool = False
    looked_at: datetime | None = None

    @property
    def reachable(self) -> bool:
        """Whether this is somebody who can read a direct message."""
        return not self.bot and not self.gone


@dataclass(frozen=True)
class Absence:
    """Somebody is away from ``first`` to ``last``, both included; ``substitute`` is reminded instead."""

    id: str
    person: str
    first: date
    last: date
    substitute: str


_COLUMNS = "id, zone, country, opens, closes, profile_zone, bot, gone, looked_at"


def get(db: Database, id: str) -> Person:
    """What is known of a person; nothing but the id where they are new."""
    row = db.execute(f"select {_COLUMNS} from people where id = ?", (id,)).fetchone()
    if row is None:
        return Person(id)
    _, zone, country, opens, closes, profile_zone, bot, gone, looked_at = row
    looked = datetime.fromisoformat(looked_at) if looked_at else None
    return Person(id, zone, country, opens, closes, profile_zone, bool(bot), bool(gone), looked)


def look_at(db: Database, id: str, *, zone: str | None, bot: bool, gone: bool, at: datetime) -> None:
    """Keep what Slack says of a person; what they chose themselves stays."""
    db.execute(
        "insert into people(id, profile_zone, bot, gone, looked_at) values (?, ?, ?, ?, ?)"
        " on conflict(id) do update set profile_zone = excluded.profile_zone, bot = excluded.bot,"
        " gone = excluded.gone, looked_at = excluded.looked_at",
        (id, zone, int(bot), int(gone), at.isoformat()),
    )


def choose(
    db: Database, id: str, *, zone: str | None, country: str | None, opens: str | None, closes: str | None
) -> None:
    """Keep the zone, country and working hours that a person chose; None goes back to their profile."""
    db.execute(
        "insert into people(id, zone, country, opens, closes) values (?, ?, ?, ?, ?) on conflict(id) do update"
        " set zone = excluded.zone, country = excluded.country, opens = excluded.opens, closes = excluded.closes",
        (id, zone, country, opens, closes),
    )


def away(db: Database, absence: Absence, at: datetime, by: str) -> None:
    """Keep an absence, instead of those of the same person that lie within it."""
    within = (absence.person, absence.first.isoformat(), absence.last.isoformat())
    db.execute("delete from absences where person = ? and first >= ? and last <= ?", within)
    db.execute(
        "insert into absences(id, person, first, last, substitute, at, by) values (?, ?, ?, ?, ?, ?, ?)",
        (
            absence.id,
            absence.person,
            absence.first.isoformat(),
            absence.last.isoformat(),
            absence.substitute,
            at.isoformat(),
            by,
        ),
    )


def back(db: Database, person: str, from_: date) -> int:
    """Forget the absences of a person that have not ended before a day; how many there were."""
    return db.execute("delete from absences where person = ? and last >= ?", (person, from_.isoformat())).rowcount


def absences(db: Database, person: str, from_: date) -> list[Absence]:
    """The absences of a person that have not ended before a day, the next one first."""
    rows = db.execute(
        "select id, person, first, last, substitute from absences where person = ? and last >= ? order by first",
        (person, from_.isoformat()),
    )
    return [Absence(id, who, date.fromisoformat(f), date.fromisoformat(t), s) for id, who, f, t, s in rows]


def absent(db: Database, person: str, on: date) -> Absence | None:
    """The absence of a person on a day, the one entered last where two overlap."""
    row = db.execute(
        "select id, person, first, last, substitute from absences where person = ? and first <= ? and last >= ?"
        " order by at desc, id limit 1",
        (person, on.isoformat(), on.isoformat()),
    ).fetchone()
    return Absence(row[0], row[1], date.fromisoformat(row[2]), date.fromisoformat(row[3]), row[4]) if row else None


def substitute_of(db: Database, person: str) -> str:
    """Whom a person last named as their substitute, for whichever days; empty where they named nobody."""
    row = db.execute(
        "select substitute from absences where person = ? order by at desc, id limit 1", (person,)
    ).fetchone()
    return str(row[0]) if row else ""


def open_feed(db: Database, token: str, person: str, at: datetime) -> None:
    """Give a person a calendar feed; only the token's hash is kept, and earlier tokens of theirs no longer open it."""
    close_feed(db, person, at)
    db.execute("insert into feeds(hash, person, at) values (?, ?, ?)", (_hashed(token), person, at.isoformat()))


def close_feed(db: Database, person: str, at: datetime) -> int:
    """Revoke a person's feed; how many tokens that were good no longer are."""
    closed = db.execute(
        "update feeds set revoked_at = ? where person = ? and revoked_at is null", (at.isoformat(), person)
    )
    return closed.rowcount


def of_feed(db: Database, token: str) -> str | None:
    """Whose feed a token opens; None for one that is unknown or revoked. All good hashes are compared in constant time."""
    given, found = _hashed(token), None
    for hash, person in db.execute("select hash, person from feeds where revoked_at is null"):
        if hmac.compare_digest(given, hash):
            found = str(person)
    return found


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
