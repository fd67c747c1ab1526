"""Who holds which role."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database


def give(db: Database, user: str, role: str, by: str, at: datetime) -> bool:
    """Give a role to a person; False where they have it already."""
    given = db.execute(
        "insert into roles(user, role, at, by) values (?, ?, ?, ?) on conflict do nothing",
        (user, role, at.isoformat(), by),
    )
    return given.rowcount == 1


def take_away(db: Database, user: str, role: str) -> bool:
    """Take a role from a person; False where they do not have it."""
    return db.execute("delete from roles where user = ? and role = ?", (user, role)).rowcount == 1


def of(db: Database, user: str) -> frozenset[str]:
    """The roles that a person was given."""
    return frozenset(row[0] for row in db.execute("select role from roles where user = ?", (user,)))


def holders(db: Database, role: str) -> list[str]:
    """The people who were given a role, by id."""
    return [row[0] for row in db.execute("select user from roles where role = ? order by user", (role,))]
