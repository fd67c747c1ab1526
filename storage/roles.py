"""Who holds which role: named to it, or as a member of the Slack user group that mirrors it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlite_utils import Database

# Of one person: those they were named to, and those of the user groups that they are in.
HELD = """
select role from roles where user = :user
union all select g.role from role_groups g join group_members m on m.groupid = g.groupid where m.user = :user
"""


def give(db: Database, user: str, role: str, by: str, at: datetime) -> bool:
    """Give a role to a person; False where they have it already."""
    given = db.execute(
        "insert into roles(user, role, at, by) values (?, ?, ?, ?) on conflict do nothing",
        (user, role, at.isoformat(), by),
    )
    return given.rowcount == 1


def take_away(db: Database, user: str, role: str) -> bool:
    """Take a role from a person who was named to it; False where they were not."""
    return db.execute("delete from roles where user = ? and role = ?", (user, role)).rowcount == 1


def of(db: Database, user: str) -> frozenset[str]:
    """The roles of a person."""
    return frozenset(row[0] for row in db.execute(HELD, {"user": user}))


def holders(db: Database, role: str) -> list[str]:
    """The people who hold a role, by id."""
    rows = db.execute(
        "select user from roles where role = :role union select m.user from role_groups g"
        " join group_members m on m.groupid = g.groupid where g.role = :role order by 1",
        {"role": role},
    )
    return [row[0] for row in rows]


def named(db: Database, role: str) -> list[str]:
    """The people who were named to a role, by id; not those who hold it as members of a group."""
    return [row[0] for row in db.execute("select user from roles where role = ? order by user", (role,))]


def groups(db: Database) -> dict[str, str]:
    """Which user group (its id) mirrors a role, by role."""
    return dict(db.execute("select role, groupid from role_groups").fetchall())


def mirror(db: Database, role: str, group: str, by: str, at: datetime) -> None:
    """Let a user group's members hold a role; an empty one ends that."""
    db.execute("delete from role_groups where role = ?", (role,))
    if group:
        row = (role, group, at.isoformat(), by)
        db.execute("insert into role_groups(role, groupid, at, by) values (?, ?, ?, ?)", row)
    db.execute("delete from group_members where groupid not in (select groupid from role_groups)")


def set_members(db: Database, group: str, members: Collection[str]) -> None:
    """Keep who is in a user group now."""
    db.execute("delete from group_members where groupid = ?", (group,))
    db.conn.executemany("insert into group_members(groupid, user) values (?, ?)", [(group, m) for m in set(members)])


def leave(db: Database, user: str) -> int:
    """Take a person out of every user group, as far as roles go; how many there were."""
    return db.execute("delete from group_members where user = ?", (user,)).rowcount
