"""One SQLite file: how it is opened, what a transaction is, how it is copied and checked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlite_utils import Database

from storage.migrations import MIGRATIONS

BUSY_MS = 5_000


def connect(path: Path | str) -> Database:
    """A connection to a database file with all migrations applied; sqlite3.Error where the file cannot be used."""
    connection = sqlite3.connect(path, timeout=BUSY_MS / 1000, isolation_level=None)
    try:
        for pragma in (
            "journal_mode=WAL",
            "foreign_keys=ON",
            "synchronous=FULL",
            "wal_autocheckpoint=4000",
            "cache_size=-16000",
        ):
            connection.execute(f"PRAGMA {pragma}")
        db = Database(connection, execute_plugins=False)
        if MIGRATIONS.pending(db):
            MIGRATIONS.apply(db)
    except BaseException:
        connection.close()
        raise
    return db


@contextmanager
def transaction(db: Database) -> Iterator[Database]:
    """One transaction that holds the write lock from its start, so that two processes never both believe a read."""
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        yield db
        db.conn.execute("COMMIT")
    except BaseException:
        if db.conn.in_transaction:
            db.conn.execute("ROLLBACK")
        raise


@contextmanager
def savepoint(db: Database) -> Iterator[Database]:
    """A part of a transaction that can be taken back by itself."""
    db.conn.execute("SAVEPOINT part")
    try:
        yield db
        db.conn.execute("RELEASE part")
    except BaseException:
        if db.conn.in_transaction:
            db.conn.execute("ROLLBACK TO part")
            db.conn.execute("RELEASE part")
        raise


def reading(path: Path) -> Database:
    """A connection that only reads and never waits; sqlite3.OperationalError at once where it cannot read."""
    connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    connection.execute("PRAGMA query_only=ON")
    return Database(connection, execute_plugins=False)


def backup(source: Path, destination: Path) -> int:
    """Copy a database with SQLite's online backup while others use it, and open the copy to prove it whole.

    Returns the number of audit entries in the copy. FileExistsError where the destination exists: a backup never
    replaces another; sqlite3.DatabaseError where the copy does not pass SQLite's integrity check.
    """
    with destination.open("xb"):
        pass
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as live,
            closing(sqlite3.connect(destination)) as copy,
        ):
            live.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        with closing(sqlite3.connect(f"{destination.absolute().as_uri()}?mode=ro", uri=True)) as copy:
            if problems := faults(copy):
                raise sqlite3.DatabaseError("; ".join(problems))
            (entries,) = copy.execute("select count(*) from audit").fetchone()
    except BaseException:
        destination.unlink(missing_ok=True)
        raise
    return int(entries)


def faults(connection: sqlite3.Connection) -> list[str]:
    """What SQLite itself finds wrong with a file: broken pages, indexes or foreign keys; empty where all is well."""
    found = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
    found += [
        f"{row[0]} row {row[1]} points at a missing {row[2]}" for row in connection.execute("PRAGMA foreign_key_check")
    ]
    return found
