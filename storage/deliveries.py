"""Slack may deliver a thing twice; the second time gets the reply that the first one got."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from sqlite3 import IntegrityError
from typing import Any

import orjson
from sqlite_utils import Database

# Slack's last retry comes within the hour; a week leaves room for an outage of ours.
KEPT = timedelta(days=7)


def reply_to(db: Database, key: str) -> dict[str, Any] | None:
    """The reply that a delivery was given before; None where it is new."""
    row = db.execute("select reply from deliveries where key = ?", (key,)).fetchone()
    return dict(orjson.loads(row[0])) if row else None


def remember(db: Database, key: str, reply: Mapping[str, Any], at: datetime) -> None:
    """Keep the reply to a delivery, in the transaction that makes it true; sqlite3.IntegrityError if one is kept."""
    if first(db, key, reply, at) is not None:
        raise IntegrityError(f"{key} was answered before")


def first(db: Database, key: str, reply: Mapping[str, Any], at: datetime) -> dict[str, Any] | None:
    """Keep the reply to a delivery, in the transaction that makes it true; the reply that it was given before, if it was."""
    db.execute("delete from deliveries where at < ?", ((at - KEPT).isoformat(),))
    row = (key, at.isoformat(), orjson.dumps(reply).decode())
    kept = db.execute("insert into deliveries(key, at, reply) values (?, ?, ?) on conflict(key) do nothing", row)
    return None if kept.rowcount else reply_to(db, key)
