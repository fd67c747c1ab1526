"""What a workspace chooses for itself, and the user groups whose members hold a role."""

from __future__ import annotations

from sqlite_utils import Database

from storage.migrations.set import MIGRATIONS, statements


@MIGRATIONS()
def m015_preferences(db: Database) -> None:
    """Choices by name; which Slack user group gives which role, and who is in it as far as Slack said."""
    statements(
        db,
        """
        create table preferences (
            name text primary key,
            value text not null,
            at text not null,
            by text not null
        ) strict, without rowid;

        create table role_groups (
            role text primary key check (role in ('responder', 'manager', 'admin')),
            groupid text not null,
            at text not null,
            by text not null
        ) strict, without rowid;

        create table group_members (
            groupid text not null,
            user text not null,
            primary key (groupid, user)
        ) strict, without rowid;

        create index group_members_by_user on group_members(user)
        """,
    )
