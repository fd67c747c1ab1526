"""Questions in threads, questions that nothing answered, and what people said answers them."""

from __future__ import annotations

from sqlite_utils import Database

from storage.migrations.set import MIGRATIONS, statements


@MIGRATIONS()
def m012_questions(db: Database) -> None:
    """The last question of a person in a thread; unanswered questions; the right clause by answer; the one for a wording."""
    statements(
        db,
        """
        create table threads (
            channel text not null,
            thread text not null,
            asker text not null,
            answer text not null references audit(id),
            primary key (channel, thread, asker)
        ) strict, without rowid;

        create table unanswered_questions (
            answer text primary key references audit(id),
            topic text not null,
            at text not null
        ) strict, without rowid;

        create index unanswered_by_time on unanswered_questions(at);

        create table corrections (
            answer text not null references audit(id),
            actor text not null,
            ref text not null,
            at text not null,
            primary key (answer, actor)
        ) strict, without rowid;

        create table confirmed (
            wording text not null,
            ref text not null,
            version text not null,
            answer text not null references audit(id),
            by text not null,
            at text not null,
            primary key (wording, version)
        ) strict, without rowid
        """,
    )
