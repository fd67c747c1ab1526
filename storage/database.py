"""One SQLite file: how it is opened, what a transaction is, how it is copied and checked."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from storage import audit
from storage.migrations import MIGRATIONS

BUSY_MS = 5_000
FIRST_SHARED_BYTE, SHARED_BYTES = 0x40000002, 510


def connect(path: Path | str, migrations: Migrations = MIGRATIONS) -> Database:
    """A connection to a database file with all migrations applied; sqlite3.Error where the file cannot be used."""
    # A store waits for the disk on another thread than it works on, never on both at once.
    connection = sqlite3.connect(path, timeout=BUSY_MS / 1000, isolation_level=None, check_same_thread=False)
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
        if migrations.pending(db):
            # Two processes may start at once: the second finds nothing left to do. All steps are taken, or none.
            with transaction(db):
                migrations.apply(db)
    except BaseException:
        connection.close()
        raise
    return db


@contextmanager
def transaction(db: Database) -> Iterator[Database]:
    """One transaction that holds the write lock from its start, so that two processes never both believe a read."""
    begin(db)
    try:
        yield db
        db.conn.execute("COMMIT")
    except BaseException:
        roll_back(db)
        raise


def begin(db: Database, *, waiting: bool = True) -> None:
    """Take the write lock; sqlite3.OperationalError where another has it for BUSY_MS, or, without ``waiting``, just now."""
    if waiting:
        db.conn.execute("BEGIN IMMEDIATE")
        return
    (patience,) = db.conn.execute("PRAGMA busy_timeout").fetchone()
    db.conn.execute("PRAGMA busy_timeout=0")
    try:
        db.conn.execute("BEGIN IMMEDIATE")
    finally:
        db.conn.execute(f"PRAGMA busy_timeout={patience}")


def roll_back(db: Database) -> None:
    """Take a transaction back, where SQLite has not done so itself."""
    if db.conn.in_transaction:
        db.conn.execute("ROLLBACK")


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


def reading(path: Path, patience: float = 0) -> Database:
    """A connection that only reads, and waits ``patience`` seconds at most; sqlite3.OperationalError where it cannot read."""
    connection = sqlite3.connect(path, timeout=patience, isolation_level=None)
    connection.execute("PRAGMA query_only=ON")
    return Database(connection, execute_plugins=False)


def backup(source: Path, destination: Path, *, chained: bool = True) -> int:
    """Copy a database with SQLite's online backup while others use it; the copy has its name once it is proved whole.

    Returns the number of audit entries in the copy; a database of installations has none, and is not ``chained``.
    FileExistsError where the destination exists: a backup never replaces another; sqlite3.DatabaseError where the copy is
    not sound (``problems``). A process that dies half-way leaves only a file that ends in ``.part``, which the next one
    with this destination replaces.
    """
    if destination.exists():
        raise FileExistsError(destination)
    part = destination.with_name(f"{destination.name}.part")
    try:
        entries = _copy(source, part, chained=chained)
        os.link(part, destination)
    finally:
        part.unlink(missing_ok=True)
    _to_disk(destination.parent)
    return entries


def restore(copy: Path, database: Path, name: str) -> tuple[int, Path | None]:
    """Put a sound copy in the place of a database; that and its log are kept beside it under ``name``.

    Returns the number of audit entries and where the replaced database is, None where there was none. BlockingIOError
    while any process has the database open; sqlite3.DatabaseError where the copy is not sound. Nothing is changed then.
    """
    part = database.with_name(f"{database.name}.part")
    replaced = database.with_name(name)
    try:
        entries = _copy(copy, part)
        with alone(database):
            if not database.exists():
                os.link(part, database)
                return entries, None
            # Whenever this is cut off, either the database or what is kept of it is whole with its log.
            for ending in ("", "-wal"):
                with suppress(FileNotFoundError):
                    os.link(f"{database}{ending}", f"{replaced}{ending}")
            _to_disk(database.parent)
            for ending in ("-wal", "-shm"):
                Path(f"{database}{ending}").unlink(missing_ok=True)
            os.replace(part, database)
    finally:
        part.unlink(missing_ok=True)
        if database.parent.exists():
            _to_disk(database.parent)
    return entries, replaced


@contextmanager
def alone(database: Path) -> Iterator[None]:
    """While nobody else has a database open, however broken it is; BlockingIOError at once where somebody has.

    Whoever has a database open in WAL mode holds a shared lock on these bytes of it (https://sqlite.org/fileformat2.html,
    "The Lock-Byte Page"); a lock for oneself keeps others from opening it meanwhile.
    """
    if not database.exists():
        yield
        return
    with database.open("r+b") as held:
        fcntl.lockf(held, fcntl.LOCK_EX | fcntl.LOCK_NB, SHARED_BYTES, FIRST_SHARED_BYTE)
        yield


def _copy(source: Path, part: Path, *, chained: bool = True) -> int:
    part.unlink(missing_ok=True)
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as live,
        closing(sqlite3.connect(part)) as copy,
    ):
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    with closing(sqlite3.connect(f"{part.absolute().as_uri()}?mode=ro", uri=True)) as copy:
        if found := problems(copy) if chained else faults(copy):
            raise sqlite3.DatabaseError("; ".join(found))
        entries = copy.execute("select count(*) from audit").fetchone()[0] if chained else 0
    _to_disk(part)
    return int(entries)


def _to_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def problems(connection: sqlite3.Connection) -> list[str]:
    """What is wrong with a file: SQLite's own findings, or a break in the audit chain; empty where all is well."""
    found = faults(connection)
    broken = None if found else audit.broken(Database(connection, execute_plugins=False))
    return found + ([f"the audit chain is broken: {broken}"] if broken else [])


def faults(connection: sqlite3.Connection) -> list[str]:
    """What SQLite itself finds wrong with a file: broken pages, indexes or foreign keys; empty where all is well."""
    found = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
    found += [
        f"{row[0]} row {row[1]} points at a missing {row[2]}" for row in connection.execute("PRAGMA foreign_key_check")
    ]
    return found
