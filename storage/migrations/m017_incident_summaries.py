"""Data breaches without a channel: where the summary stands with each of the people."""

from __future__ import annotations

from sqlite_utils import Database

from storage.migrations.set import MIGRATIONS, statements


@MIGRATIONS()
def m017_incident_summaries(db: Database) -> None:
    """The message with each person that is updated when the incident changes."""
    statements(
        db,
        """
        create table incident_summaries (
            number text not null references incidents(number),
            person text not null,
            channel text not null,
            ts text not null,
            primary key (number, person)
        ) strict, without rowid
        """,
    )
