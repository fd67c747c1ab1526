"""Under what each deadline was computed last: when that changes, those that are left behind are found and computed again."""

from __future__ import annotations

from sqlite_utils import Database

from storage.migrations.set import MIGRATIONS, statements


@MIGRATIONS()
def m020_computed_under(db: Database) -> None:
    """A mark of texts, numbers, rules and holidays; what was computed before there were marks has none."""
    statements(
        db,
        """
        alter table deadlines add column under text not null default '';

        create index deadlines_by_under on deadlines(under) where state = 'open'
        """,
    )
