"""The one door to the database: each piece of work is done wholly or not at all, on one thread, with one connection."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlite_utils import Database

from storage.database import connect, reading, savepoint, transaction

P = ParamSpec("P")
R = TypeVar("R")
# Pieces of work that wait together are written to disk together; none is held up for longer than this by the others.
MOST_TOGETHER = 64
LONGEST_SECONDS = 0.02


@dataclass(frozen=True)
class Piece:
    """Work to be done, and who waits for what comes of it."""

    work: Callable[[Database], Any]
    awaited: asyncio.Future[Any]


@dataclass(frozen=True)
class Outcome:
    """What came of a piece of work: a value that is on disk, or the error for which nothing of it is."""

    value: Any = None
    error: BaseException | None = None


class Store:
    """An open database file. Cancelling an awaited ``run`` does not stop its work: make ids before, keep keys unique."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._db: Database | None = None
        self._reader: Database | None = None
        self._waiting: deque[Piece] = deque()
        self._writing = False

    async def open(self) -> None:
        """Open the file, make it where it is missing, and bring its tables up to date."""
        self._db = await asyncio.get_running_loop().run_in_executor(self._thread, connect, self.path)
        self._reader = reading(self.path)

    async def run(self, work: Callable[Concatenate[Database, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """The result of ``work(db, ...)``: all that it wrote is on disk afterwards, or, where it raises, none of it."""
        if self._db is None:
            raise RuntimeError("the store is not open")
        loop = asyncio.get_running_loop()
        awaited: asyncio.Future[R] = loop.create_future()
        self._waiting.append(Piece(lambda db: work(db, *args, **kwargs), awaited))
        if not self._writing:
            self._write(self._db, loop)
        return await awaited

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

    def _write(self, db: Database, loop: asyncio.AbstractEventLoop) -> None:
        """Begin with what waits, on the store's thread; whatever comes meanwhile is written together after it."""
        self._writing = bool(self._waiting)
        if not self._writing:
            return
        pieces = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_TOGETHER))]

        def write() -> None:
            loop.call_soon_threadsafe(told, together(db, [piece.work for piece in pieces]))

        def told(outcomes: Sequence[Outcome]) -> None:
            self._waiting.extendleft(reversed(pieces[len(outcomes) :]))
            self._write(db, loop)
            for piece, outcome in zip(pieces, outcomes, strict=False):
                _tell(piece.awaited, outcome)

        self._thread.submit(write)


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
    if len(works) == 1:
        return [_alone(db, works[0])]
    outcomes: list[Outcome] = []
    began = None
    try:
        with transaction(db):
            began = time.monotonic()
            for work in works:
                outcomes.append(_within(db, work))
                if time.monotonic() - began > LONGEST_SECONDS:
                    break
    except sqlite3.Error as error:
        if began is None:
            # Another process writes, and has for as long as is waited for: it was waited for once for all of them.
            return [Outcome(error=error) for _ in works]
        # The disk refused the whole; each learns for itself whether it takes this one.
        return [_alone(db, work) for work in works[: len(outcomes) + 1]]
    return outcomes


def _alone(db: Database, work: Callable[[Database], Any]) -> Outcome:
    try:
        with transaction(db):
            value = work(db)
    except BaseException as error:
        return Outcome(error=error)
    return Outcome(value)


def _within(db: Database, work: Callable[[Database], Any]) -> Outcome:
    try:
        with savepoint(db):
            value = work(db)
    except BaseException as error:
        if not db.conn.in_transaction:
            # SQLite took the whole transaction back, its neighbours' work too.
            raise sqlite3.OperationalError("the transaction was rolled back") from error
        return Outcome(error=error)
    return Outcome(value)
