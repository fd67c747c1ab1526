"""What a workspace chose for itself, by name."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database


def choose(db: Database, name: str, value: str, at: datetime, by: str) -> None:
    """Keep a choice in the place of an earlier one; an empty value takes it back."""
    db.execute(
        "insert into preferences(name, value, at, by) values (?, ?, ?, ?) on conflict(name) do update"
        " set value = excluded.value, at = excluded.at, by = excluded.by",
        (name, value, at.isoformat(), by),
    )


def get(db: Database, name: str) -> str:
    """What was chosen; empty where nothing was."""
    row = db.execute("select value from preferences where name = ?", (name,)).fetchone()
    return str(row[0]) if row else ""
