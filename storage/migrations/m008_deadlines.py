"""Deadlines that are kept, the people who are reminded of them, and what the outbox must know to say each thing once."""

from __future__ import annotations

from sqlite_utils import Database

from storage.migrations.set import MIGRATIONS, statements


@MIGRATIONS()
def m008_deadlines(db: Database) -> None:
    """Tracked deadlines with their steps; who has not answered; people's hours, absences and calendar feeds.

    ``outbox.together`` names letters that are said in one message when they are due together; ``outbox.begun`` is when a
    letter was last handed to Slack and nothing more was heard of it.
    """
    statements(
        db,
        """
        create table deadlines (
            id text primary key,
            key text not null unique,
            kind text not null,
            given text not null,
            agreement text not null,
            owner text not null,
            title text not null,
            leads text not null,
            readings text not null,
            due text not null,
            last text not null,
            answer text not null references audit(id),
            state text not null default 'open' check (state in ('open', 'done', 'dropped')),
            revision integer not null default 1,
            offered_to text,
            at text not null,
            by text not null
        ) strict, without rowid;

        create index deadlines_open on deadlines(last) where state = 'open';

        create index deadlines_of_owner on deadlines(owner, last) where state = 'open';

        create index deadlines_of_agreement on deadlines(agreement) where state = 'open';

        create table watchers (
            deadline text not null references deadlines(id),
            person text not null,
            primary key (deadline, person)
        ) strict, without rowid;

        create index watchers_by_person on watchers(person);

        create table deadline_steps (
            seq integer primary key,
            deadline text not null references deadlines(id),
            entry text not null references audit(id)
        ) strict;

        create index deadline_steps_of on deadline_steps(deadline, seq);

        create table unanswered (
            deadline text not null references deadlines(id),
            person text not null,
            since text not null,
            primary key (deadline, person)
        ) strict, without rowid;

        create table people (
            id text primary key,
            zone text,
            country text,
            opens text,
            closes text,
            profile_zone text,
            bot integer not null default 0,
            gone integer not null default 0,
            looked_at text
        ) strict, without rowid;

        create table absences (
            id text primary key,
            person text not null,
            first text not null,
            last text not null,
            substitute text not null,
            at text not null,
            by text not null
        ) strict, without rowid;

        create index absences_of on absences(person, last);

        create table feeds (
            hash text primary key,
            person text not null,
            at text not null,
            revoked_at text
        ) strict, without rowid;

        create index feeds_of on feeds(person) where revoked_at is null;

        alter table outbox add column together text;

        alter table outbox add column begun text;

        create index outbox_together on outbox(together, next_try) where state = 'waiting' and together is not null;

        create index outbox_about on outbox(subject)
        """,
    )


@MIGRATIONS()
def m008_zones(db: Database) -> None:
    """The zone that governs each deadline, kept with it."""
    statements(db, "alter table deadlines add column zone text not null default 'Europe/Brussels'")
