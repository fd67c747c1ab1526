"""The one door to the database: each piece of work is done wholly or not at all, with one connection, one at a time."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from storage.database import begin, connect, reading, roll_back, savepoint, transaction
from storage.migrations import MIGRATIONS

P = ParamSpec("P")
R = TypeVar("R")
# Pieces of work that wait together are written to disk together; none is held up for longer than this by the others.
MOST_TOGETHER = 64
LONGEST_SECONDS = 0.02


@dataclass(frozen=True)
class Piece:
    """Work to be done, who waits for what comes of it, and whether it is so short that the event loop may do it."""

    work: Callable[[Database], Any]
    awaited: asyncio.Future[Any]
    short: bool


@dataclass(frozen=True)
class Outcome:
    """What came of a piece of work: a value that is on disk, or the error for which nothing of it is."""

    value: Any = None
    error: BaseException | None = None


class Store:
    """An open database file. Cancelling an awaited ``run`` does not stop its work: make ids before, keep keys unique."""

    def __init__(self, path: Path | str, migrations: Migrations = MIGRATIONS) -> None:
        self.path = Path(path)
        self._migrations = migrations
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._db: Database | None = None
        self._reader: Database | None = None
        self._waiting: deque[Piece] = deque()
        self._writing = False

    async def open(self) -> None:
        """Open the file, make it where it is missing, and bring its tables up to date."""
        self._db = await asyncio.get_running_loop().run_in_executor(self._thread, connect, self.path, self._migrations)
        self._reader = reading(self.path)

    async def run(self, work: Callable[Concatenate[Database, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """The result of ``work(db, ...)``: all that it wrote is on disk afterwards, or, where it raises, none of it."""
        return await self._done(lambda db: work(db, *args, **kwargs), short=False)

    async def quick(self, work: Callable[Concatenate[Database, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Like ``run``, for work of a millisecond or two that reads and writes a few rows by their keys.

        It is done between two requests, and only the disk is waited for elsewhere: two threads that take turns for
        each row would take several times as long.
        """
        return await self._done(lambda db: work(db, *args, **kwargs), short=True)

    async def glance(self, work: Callable[Concatenate[Database, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """The result of ``work(db, ...)`` that reads a few rows by their keys, without waiting behind what is written."""
        if self._reader is None:
            raise RuntimeError("the store is not open")
        try:
            return work(self._reader, *args, **kwargs)
        except sqlite3.OperationalError:
            # Another process has the file for itself: wait for it where that holds nobody else up.
            return await self.run(work, *args, **kwargs)

    def lock(self) -> asyncio.Lock:
        """A lock for whoever must not be interrupted between two pieces of work."""
        return asyncio.Lock()

    async def close(self) -> None:
        """Close the file once the work under way is done."""
        if self._db is not None:
            await self.run(lambda _: None)
            await asyncio.get_running_loop().run_in_executor(self._thread, self._db.close)
        if self._reader is not None:
            self._reader.close()
        self._thread.shutdown()

    def _done(self, work: Callable[[Database], R], *, short: bool) -> asyncio.Future[R]:
        if self._db is None:
            raise RuntimeError("the store is not open")
        loop = asyncio.get_running_loop()
        awaited: asyncio.Future[R] = loop.create_future()
        self._waiting.append(Piece(work, awaited, short))
        if not self._writing:
            # After what else this turn of the loop brings, which is then written together with it.
            self._writing = True
            loop.call_soon(self._next, self._db, loop)
        return awaited

    def _next(self, db: Database, loop: asyncio.AbstractEventLoop) -> None:
        """Begin with what waits; whatever comes meanwhile is written together after it."""
        self._writing = bool(self._waiting)
        if not self._writing:
            return
        short = self._waiting[0].short
        pieces = [*takewhile(lambda piece: piece.short == short, list(self._waiting)[:MOST_TOGETHER])]
        for _ in pieces:
            self._waiting.popleft()
        works = [piece.work for piece in pieces]
        rest = (short and _here(db, works)) or partial(together, db, works)

        def told(outcomes: Sequence[Outcome]) -> None:
            self._waiting.extendleft(reversed(pieces[len(outcomes) :]))
            for piece, outcome in zip(pieces, outcomes, strict=False):
                _tell(piece.awaited, outcome)
            # Whoever was told goes on first.
            loop.call_soon(self._next, db, loop)

        self._thread.submit(lambda: loop.call_soon_threadsafe(told, rest()))


def _tell(awaited: asyncio.Future[Any], outcome: Outcome) -> None:
    if awaited.cancelled():
        return
    if outcome.error is not None:
        awaited.set_exception(outcome.error)
    else:
        awaited.set_result(outcome.value)


def together(db: Database, works: Sequence[Callable[[Database], Any]]) -> list[Outcome]:
    """Do works in one transaction, so that the disk is waited for once; what came of each of the first ones.

    Work that raises leaves nothing behind and does not touch its neighbours. After LONGEST_SECONDS the rest is left.
    """
    try:
        begin(db)
    except sqlite3.Error as error:
        # Another process writes, and has for as long as is waited for: it was waited for once for all of them.
        return [Outcome(error=error) for _ in works]
    return _kept(db, works, _tried(db, works))


def _here(db: Database, works: Sequence[Callable[[Database], Any]]) -> Callable[[], list[Outcome]] | None:
    """Do works at once, up to the wait for the disk, which is handed back; None where another process writes just now."""
    try:
        begin(db, waiting=False)
    except sqlite3.Error:
        return None
    return partial(_kept, db, works, _tried(db, works))


def _tried(db: Database, works: Sequence[Callable[[Database], Any]]) -> list[Outcome]:
    """What came of the first works in an open transaction; it is no longer open where SQLite took all of it back."""
    outcomes: list[Outcome] = []
    began = time.monotonic()
    for work in works:
        try:
            with savepoint(db):
                value = work(db)
            outcomes.append(Outcome(value))
        except BaseException as error:
            outcomes.append(Outcome(error=error))
        if not db.conn.in_transaction or time.monotonic() - began > LONGEST_SECONDS:
            break
    return outcomes


def _kept(db: Database, works: Sequence[Callable[[Database], Any]], outcomes: list[Outcome]) -> list[Outcome]:
    """Outcomes once they are on disk; where the disk refuses the whole, each work learns for itself whether it takes this one."""
    if db.conn.in_transaction:
        try:
            db.conn.execute("COMMIT")
        except sqlite3.Error:
            roll_back(db)
        else:
            return outcomes
    return [_alone(db, work) for work in works[: len(outcomes)]]


def _alone(db: Database, work: Callable[[Database], Any]) -> Outcome:
    try:
        with transaction(db):
            value = work(db)
    except BaseException as error:
        return Outcome(error=error)
    return Outcome(value)
