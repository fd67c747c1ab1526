"""Commands killed at random moments: the one that brings an old database up to date, and the one that copies one in use.

What ``python -m bench.crash --mode migrate`` and ``--mode backup`` run.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from bot.cli import main as command_line
from bot.desk import new_id
from storage import audit
from storage.database import connect, faults
from storage.migrations import MIGRATIONS

# The first processes show how long one takes: the very first also starts what the others are forked from.
UNDISTURBED = 2
ROWS = 5_000


def killable(settings: Mapping[str, str], log: Path, *words: str) -> ForkServerProcess:
    """A process that will be the same as ``clausekeeper`` with these words."""
    spawn = multiprocessing.get_context("forkserver")
    spawn.set_forkserver_preload(["bench.warm"])
    return spawn.Process(target=_command, args=(settings, log, *words), daemon=True)


def _command(settings: Mapping[str, str], log: Path, *words: str) -> None:
    os.environ.update(settings)
    with log.open("ab") as written:
        os.dup2(written.fileno(), 1)
        os.dup2(written.fileno(), 2)
    sys.argv[1:] = words
    command_line()


def unsound(database: Path) -> list[str]:
    """What SQLite and the audit chain find wrong."""
    with closing(sqlite3.connect(database)) as connection:
        found = faults(connection)
    with closing(connect(database)) as db:
        broken = audit.broken(db)
    return found + ([broken] if broken else [])


def migrate_and_kill(kills: int, folder: Path, chance: random.Random) -> dict[str, Any]:
    """Kill ``migrate`` over an old database with rows in it: each time all of its steps are taken, or none."""
    old, clean = folder / "old.db", folder / "clean.db"
    _old_database(old)
    connect(clean).close()
    with closing(sqlite3.connect(clean)) as connection:
        whole = _schema(connection)
    with closing(sqlite3.connect(old)) as connection:
        before = _schema(connection)
    wrong: list[str] = []
    found: Counter[str] = Counter()
    longest = 0.3
    for number in range(kills):
        database = folder / "migrated.db"
        for ending in ("", "-wal", "-shm"):
            Path(f"{database}{ending}").unlink(missing_ok=True)
        database.write_bytes(old.read_bytes())
        process = killable({"CLAUSEKEEPER_DATABASE": str(database)}, folder / "migrate.log", "migrate")
        began = time.perf_counter()
        process.start()
        if number < UNDISTURBED:
            process.join()
            longest = time.perf_counter() - began
        else:
            process.join(chance.uniform(0, longest))
        ended = process.exitcode is not None
        if process.pid is not None and not ended:
            os.kill(process.pid, signal.SIGKILL)
        process.join()
        with closing(sqlite3.connect(database)) as connection:
            schema = _schema(connection)
            state = "done" if schema == whole else "not begun" if schema == before else "half"
        found[f"{'ended' if ended else 'killed'}, {state}"] += 1
        if state == "half":
            wrong.append(f"after kill {number} the tables are half-way")
        wrong += [f"after kill {number}: {problem}" for problem in unsound(database)]
        with closing(connect(database)) as db:
            if audit.count(db) != ROWS or db.execute("select count(*) from deliveries").fetchone()[0] != ROWS:
                wrong.append(f"after kill {number} rows are missing")
    return {"mode": "migrate", "kills": kills, "found": dict(found), "wrong": wrong[:20]}


def _old_database(path: Path) -> None:
    """A database as the first release made it, with rows."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        db = Database(connection, execute_plugins=False)
        names = [migration.name for migration in MIGRATIONS.pending(db)]
        MIGRATIONS.apply(db, stop_before=names[names.index("m007_roles")])
        now = datetime.now(UTC)
        with db.atomic():
            for number in range(ROWS):
                audit.append(db, audit.Entry(f"e{number}", now, "U0ANNA", "ask", "", {"question": f"n{number}n"}))
                row = (f"command:{number}", now.isoformat(), "{}")
                db.execute("insert into deliveries(key, at, reply) values (?, ?, ?)", row)


def _schema(connection: sqlite3.Connection) -> set[str]:
    rows = connection.execute("select sql from sqlite_master where sql is not null and name not like 'sqlite%'")
    return {row[0] for row in rows if "_sqlite_migrations" not in row[0]}


def backup_and_kill(kills: int, folder: Path, chance: random.Random) -> dict[str, Any]:
    """Kill ``backup`` while the database is written to: what has the backup's name is whole, or there is nothing."""
    database, wrong = folder / "bot.db", list[str]()
    _old_database(database)
    connect(database).close()
    found: Counter[str] = Counter()
    longest = 0.3
    for number in range(kills):
        copy = folder / f"copy{number}.db"
        process = killable({"CLAUSEKEEPER_DATABASE": str(database)}, folder / "backup.log", "backup", str(copy))
        began = time.perf_counter()
        process.start()
        until = chance.uniform(0, longest) if number >= UNDISTURBED else 60
        with closing(connect(database)) as db:
            while process.is_alive() and time.perf_counter() - began < until:
                with db.atomic():
                    audit.append(db, audit.Entry(new_id(), datetime.now(UTC), "U0ANNA", "ask", "", {}))
        longest = longest if number >= UNDISTURBED else time.perf_counter() - began
        ended = not process.is_alive()
        if process.pid is not None and not ended:
            os.kill(process.pid, signal.SIGKILL)
        process.join()
        there = copy.exists()
        found[f"{'ended' if ended else 'killed'}, {'a copy' if there else 'no copy'}"] += 1
        if ended and not there:
            wrong.append(f"backup {number} ended without a copy")
        if there:
            wrong += [f"backup {number}: {problem}" for problem in unsound(copy)]
            copy.unlink()
    wrong += unsound(database)
    return {"mode": "backup", "kills": kills, "found": dict(found), "wrong": wrong[:20]}
