"""Versions of documents added after the fact, with the exact text."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlite_utils import Database


@dataclass(frozen=True)
class Version:
    """One added version; ``effective`` is the day from which it governs."""

    slug: str
    version: str
    effective: date | None
    title: str
    owner: str
    origin: str
    text: str


def add(db: Database, version: Version, at: datetime, by: str) -> None:
    """Keep a version; sqlite3.IntegrityError where its slug has that label or that very text already."""
    db.execute(
        "insert into documents(slug, version, effective, title, owner, origin, sha256, text, added_at, added_by)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            version.slug,
            version.version,
            version.effective and version.effective.isoformat(),
            version.title,
            version.owner,
            version.origin,
            hashlib.sha256(version.text.encode()).hexdigest(),
            version.text,
            at.isoformat(),
            by,
        ),
    )


def all_versions(db: Database) -> list[Version]:
    """Every added version, in the order in which they were added."""
    rows = db.execute("select slug, version, effective, title, owner, origin, text from documents order by id")
    return [Version(row[0], row[1], date.fromisoformat(row[2]) if row[2] else None, *row[3:]) for row in rows]


def stamp(db: Database) -> int:
    """A number that changes whenever a version is added."""
    return int(db.execute("select coalesce(max(id), 0) from documents").fetchone()[0])
