"""Who may do what."""

from __future__ import annotations

from sqlite_utils import Database

from storage.migrations.set import MIGRATIONS, statements


@MIGRATIONS()
def m007_roles(db: Database) -> None:
    """The roles that people hold beside that of consultant, which everyone has."""
    statements(
        db,
        """
        create table roles (
            user text not null,
            role text not null check (role in ('responder', 'manager', 'admin')),
            at text not null,
            by text not null,
            primary key (user, role)
        ) strict, without rowid;

        create index roles_by_role on roles(role)
        """,
    )
