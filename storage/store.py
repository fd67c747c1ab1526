"""The one door to the database: each piece of work is one transaction, on one thread, with one connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from sqlite_utils import Database

from storage.database import connect, transaction

P = ParamSpec("P")
R = TypeVar("R")


class Store:
    """An open database file. Cancelling an awaited ``run`` does not stop its transaction: make ids before, keep keys unique."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._db: Database | None = None

    async def open(self) -> None:
        """Open the file, make it where it is missing, and bring its tables up to date."""
        self._db = await self._on_thread(lambda: connect(self.path))

    async def run(self, work: Callable[Concatenate[Database, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """The result of ``work(db, ...)``, run as one transaction: all of it is on disk afterwards, or none of it."""

        def transact() -> R:
            if self._db is None:
                raise RuntimeError("the store is not open")
            with transaction(self._db):
                return work(self._db, *args, **kwargs)

        return await self._on_thread(transact)

    def lock(self) -> asyncio.Lock:
        """A lock for whoever must not be interrupted between two pieces of work."""
        return asyncio.Lock()

    async def close(self) -> None:
        """Close the file once the work under way is done."""
        if self._db is not None:
            await self._on_thread(self._db.close)
        self._thread.shutdown()

    async def _on_thread(self, work: Callable[[], R]) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
