"""Who may not be let in any more, and quick answers to how the outbox stands."""

from __future__ import annotations

from sqlite_utils import Database

from storage.migrations.set import MIGRATIONS, statements


@MIGRATIONS()
def m011_trust(db: Database) -> None:
    """People whom Slack called deactivated or of another workspace; letters by the time they are due, and those given up."""
    statements(
        db,
        """
        create table shut_out (
            user text primary key,
            why text not null check (why in ('deactivated', 'stranger')),
            at text not null
        ) strict, without rowid;

        create index outbox_due on outbox(due) where state = 'waiting';

        create index outbox_failed on outbox(id) where state = 'failed'
        """,
    )
