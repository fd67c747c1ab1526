"""Slack's request to wait, kept where every process and the next start of this one find it."""

from __future__ import annotations

from sqlite_utils import Database

from storage.migrations.set import MIGRATIONS, statements


@MIGRATIONS()
def m014_held(db: Database) -> None:
    """Since and until when nothing is to be sent: one row, or none."""
    statements(
        db,
        "create table held (id integer primary key check (id = 1), since text not null, until text not null) strict",
    )
