"""Incidents by the time at which they were opened, and the open ones of them: lists show the newest of very many."""

from __future__ import annotations

from sqlite_utils import Database

from storage.migrations.set import MIGRATIONS, statements


@MIGRATIONS()
def m016_newest_incidents(db: Database) -> None:
    """The order in which lists show incidents."""
    statements(
        db,
        """
        create index incidents_by_opening on incidents(opened_at, number);

        create index incidents_open on incidents(opened_at, number) where closed_at = ''
        """,
    )
