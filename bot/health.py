"""Whether the process can do its work: the database answers, nothing is stuck, Slack was reached, there is room on the disk."""

from __future__ import annotations

import asyncio
import logging
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from handlers.services import Services
from knowledge.library import Library
from storage.backlog import Late, late

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 2.0
# The loop looks at least every half minute, and a lease ends after two: later than this nobody is trying.
STUCK = timedelta(minutes=5)
LEAST_FREE_BYTES = 100_000_000


class Reach:
    """Whether Slack answered when it was last asked; what the calls of a session leave behind."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.answered: bool | None = None
        self.at: datetime | None = None

    def trace(self) -> aiohttp.TraceConfig:
        """What a session is made with so that its calls are noted."""
        config = aiohttp.TraceConfig()
        config.on_request_end.append(self._ended)
        config.on_request_exception.append(self._failed)
        return config

    async def _ended(self, _: Any, __: Any, end: aiohttp.TraceRequestEndParams) -> None:
        # An answer that refuses is an answer; a gateway's error is none.
        self.answered, self.at = end.response.status < 500, self._now()
        log.debug("called", extra={"method": _method(end.url), "status": end.response.status})

    async def _failed(self, _: Any, __: Any, failure: aiohttp.TraceRequestExceptionParams) -> None:
        self.answered, self.at = False, self._now()
        log.debug("not reached", extra={"method": _method(failure.url), "error": type(failure.exception).__name__})


def _method(url: Any) -> str:
    """The Web API method of an address; other addresses (of uploads) are secrets."""
    return url.name if url.parent.name == "api" else "elsewhere"


@dataclass(frozen=True)
class Health:
    """How each part is, by name, and which of them fail."""

    failing: tuple[str, ...]
    told: dict[str, Any]

    @property
    def data(self) -> dict[str, Any]:
        """As it is given out: no secrets, no paths, no names."""
        return {"ok": not self.failing, "failing": list(self.failing), **self.told}


async def examine(services: Services, reach: Reach) -> Health:
    """Look at every part."""
    failing, told = list[str](), dict[str, Any]()
    kept = await _kept(services)
    told["database"] = "answers" if kept else "does not answer"
    if kept is None:
        failing.append("database")
    else:
        now, (stands, library) = services.now(), kept
        told["oldest_overdue_seconds"] = round((now - stands.due).total_seconds()) if stands.due else 0
        if stands.untried and now - stands.untried > STUCK:
            failing.append("outbox")
        told["documents"], told["problems"] = len(library.documents), list(library.problems)
        if library.problems or not library.documents:
            failing.append("documents")
    told["slack"] = {True: "answered", False: "did not answer", None: "not asked yet"}[reach.answered]
    told["slack_asked_at"] = reach.at and reach.at.isoformat(timespec="seconds")
    if reach.answered is False:
        failing.append("slack")
    told["free_bytes"] = free = await asyncio.to_thread(_free, services.store.path)
    if free < LEAST_FREE_BYTES:
        failing.append("disk")
    return Health(tuple(failing), told)


async def _kept(services: Services) -> tuple[Late, Library] | None:
    """What the database says; None where it does not answer in time."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await services.store.run(late, services.now()), (await services.shelf()).library
    except (sqlite3.Error, TimeoutError):
        return None


def _free(database: Path) -> int:
    return shutil.disk_usage(database.absolute().parent).free
