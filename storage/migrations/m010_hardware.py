"""Rented Hardware: what happened to each item, where it stands, photographs, statements, and what is disputed in them."""

from __future__ import annotations

from sqlite_utils import Database

from storage.migrations.set import MIGRATIONS, statements


@MIGRATIONS()
def m010_hardware(db: Database) -> None:
    """Events are the truth and never change; ``hardware`` is what they add up to, so that lists are quick."""
    statements(
        db,
        """
        create table hardware_events (
            id integer primary key,
            tag text not null,
            kind text not null,
            on_day text not null,
            at text not null,
            by text not null,
            data text not null
        ) strict;

        create index hardware_events_by_tag on hardware_events(tag, id);

        create trigger hardware_events_are_not_changed before update on hardware_events
        begin select raise(abort, 'what happened to an item is never changed'); end;

        create trigger hardware_events_are_not_deleted before delete on hardware_events
        begin select raise(abort, 'what happened to an item is never deleted'); end;

        create table hardware (
            tag text primary key,
            state text not null,
            agreement text not null,
            client text not null,
            holder text not null,
            facts text not null
        ) strict, without rowid;

        create index hardware_by_agreement on hardware(agreement, state);

        create index hardware_by_holder on hardware(holder, state);

        create table hardware_photos (
            sha256 text primary key,
            name text not null,
            type text not null,
            content blob not null
        ) strict, without rowid;

        create table hardware_pictured (
            tag text not null,
            sha256 text not null references hardware_photos(sha256),
            at text not null,
            by text not null,
            primary key (tag, sha256)
        ) strict, without rowid;

        create table hardware_statements (
            number text primary key,
            agreement text not null,
            until text not null,
            at text not null,
            by text not null,
            basis text not null,
            content text not null
        ) strict;

        create index hardware_statements_by_agreement on hardware_statements(agreement);

        create table hardware_disputes (
            id text primary key,
            statement text not null references hardware_statements(number),
            line integer not null,
            tag text not null,
            client_words text not null,
            at text not null,
            by text not null,
            itq_words text,
            outcome text check (outcome in ('stands', 'reduced', 'dropped')),
            back text,
            ended_at text,
            ended_by text,
            credited_in text
        ) strict;

        create index hardware_disputes_by_statement on hardware_disputes(statement);

        create table hardware_cards (tag text primary key, channel text not null, ts text not null) strict, without rowid
        """,
    )
