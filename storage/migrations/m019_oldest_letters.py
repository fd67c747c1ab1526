"""Letters by the time for which each was meant: when very much is owed, the oldest are found without sorting the rest."""

from __future__ import annotations

from sqlite_utils import Database

from storage.migrations.set import MIGRATIONS, statements


@MIGRATIONS()
def m019_oldest_letters(db: Database) -> None:
    """The order in which letters are taken out, with what decides whether one can be taken now."""
    statements(db, "create index outbox_oldest on outbox(due, id, next_try, together) where state = 'waiting'")
