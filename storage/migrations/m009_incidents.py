"""Data breaches: what people told is sealed; in clear stand numbers, times and places that give nothing away."""

from __future__ import annotations

from sqlite_utils import Database

from storage.migrations.set import MIGRATIONS, statements


@MIGRATIONS()
def m009_incidents(db: Database) -> None:
    """Incidents as they stand, their timelines that can only grow, and drafts of forms by person."""
    statements(
        db,
        """
        create table incidents (
            number text primary key,
            drill integer not null check (drill in (0, 1)),
            version integer not null,
            opened_at text not null,
            closed_at text not null default '',
            erased_at text not null default '',
            sealed text not null,
            channel text not null default '',
            summary text not null default '',
            picture text not null default '',
            pictured text not null default ''
        ) strict, without rowid;

        create table incident_events (
            id text primary key references audit(id),
            number text not null references incidents(number),
            seq integer not null,
            at text not null,
            sealed text,
            unique (number, seq)
        ) strict, without rowid;

        create trigger incident_events_are_not_deleted before delete on incident_events
        begin select raise(abort, 'entries of a timeline are never deleted'); end;

        create table incident_drafts (
            person text not null,
            form text not null,
            at text not null,
            sealed text not null,
            primary key (person, form)
        ) strict, without rowid
        """,
    )
