"""The first tables: records of answers, deliveries, the outbox, documents, what people said, agreements."""

from __future__ import annotations

from sqlite_utils import Database

from storage.migrations.set import MIGRATIONS, statements


@MIGRATIONS()
def m001_audit(db: Database) -> None:
    """Who got which answer: a chain of entries that can only grow, and their contents, which retention may erase."""
    statements(
        db,
        """
        create table audit (
            seq integer primary key,
            id text not null unique,
            at text not null,
            actor text not null,
            action text not null,
            subject text not null,
            digest text not null,
            previous text not null,
            hash text not null unique
        ) strict;

        create table contents (
            id text primary key references audit(id),
            content text not null
        ) strict;

        create trigger audit_is_not_changed before update on audit
        begin select raise(abort, 'audit entries are never changed'); end;

        create trigger audit_is_not_deleted before delete on audit
        begin select raise(abort, 'audit entries are never deleted'); end;

        create trigger contents_are_not_changed before update on contents
        begin select raise(abort, 'contents of audit entries are never changed'); end
        """,
    )


@MIGRATIONS()
def m002_deliveries(db: Database) -> None:
    """What Slack delivered and how it was answered, so that a repeated delivery gets the first answer."""
    statements(
        db,
        """
        create table deliveries (key text primary key, at text not null, reply text not null) strict, without rowid;

        create index deliveries_by_age on deliveries(at)
        """,
    )


@MIGRATIONS()
def m003_outbox(db: Database) -> None:
    """What the bot owes to say, with the time at which it is next to be tried."""
    statements(
        db,
        """
        create table outbox (
            id integer primary key,
            key text not null unique,
            subject text not null,
            due text not null,
            method text not null,
            arguments text not null,
            tell text,
            state text not null default 'waiting' check (state in ('waiting', 'sent', 'failed', 'cancelled')),
            attempts integer not null default 0,
            next_try text not null,
            error text,
            ended_at text,
            result text
        ) strict;

        create index outbox_waiting on outbox(next_try) where state = 'waiting';

        create index outbox_by_subject on outbox(subject) where state = 'waiting'
        """,
    )


@MIGRATIONS()
def m004_documents(db: Database) -> None:
    """Versions of documents that were added beside the built-in ones."""
    statements(
        db,
        """
        create table documents (
            id integer primary key,
            slug text not null,
            version text not null,
            effective text,
            title text not null,
            owner text not null,
            origin text not null,
            sha256 text not null,
            text text not null,
            added_at text not null,
            added_by text not null,
            unique (slug, version),
            unique (slug, sha256)
        ) strict
        """,
    )


@MIGRATIONS()
def m005_people(db: Database) -> None:
    """What people said of answers, and questions that were handed to a person."""
    statements(
        db,
        """
        create table feedback (
            answer text not null references audit(id),
            actor text not null,
            verdict text not null check (verdict in ('helpful', 'not helpful')),
            at text not null,
            primary key (answer, actor)
        ) strict, without rowid;

        create table referrals (
            id text primary key,
            answer text not null unique references audit(id),
            asker text not null,
            channel text not null,
            question text not null,
            candidates text not null,
            asked_at text not null,
            answered_by text,
            answered_at text,
            reply text
        ) strict
        """,
    )


@MIGRATIONS()
def m006_agreements(db: Database) -> None:
    """Agreements with clients, the channels they are talked about in, answers filed under them, added interest rates."""
    statements(
        db,
        """
        create table agreements (
            id integer primary key,
            slug text not null,
            client text not null,
            text text not null,
            at text not null,
            by text not null
        ) strict;

        create index agreements_by_slug on agreements(slug, id);

        create table channel_agreements (channel text primary key, slug text not null) strict, without rowid;

        create table filed_answers (
            slug text not null,
            answer text not null references audit(id),
            at text not null,
            by text not null,
            primary key (slug, answer)
        ) strict, without rowid;

        create table rates (
            first text primary key,
            last text not null,
            percent text not null,
            source text not null,
            at text not null,
            by text not null
        ) strict, without rowid
        """,
    )
