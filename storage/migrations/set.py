"""The one set of migrations, and how a migration says its tables."""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

MIGRATIONS = Migrations("clausekeeper")


def statements(db: Database, sql: str) -> None:
    """Run statements that are separated by a semicolon and an empty line (triggers hold semicolons of their own)."""
    for statement in sql.split(";\n\n"):
        db.conn.execute(statement)
