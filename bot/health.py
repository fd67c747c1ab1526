"""Whether the process can do its work: the database answers, nothing is stuck, Slack was reached, there is room on the disk."""

from __future__ import annotations

import asyncio
import logging
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp

from handlers.services import Services
from knowledge.library import Library
from storage.backlog import Late, late

if TYPE_CHECKING:
    from bot.app import Bot, Front

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 2.0
# The loop looks at least every half minute, and a lease ends after two: later than this nobody is trying.
STUCK = timedelta(minutes=5)
PARTS = ("installation", "database", "outbox", "documents", "slack", "disk")
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


async def examine(front: Front) -> Health:
    """Look at every part of the process, in every workspace; figures are those of the workspace that stands worst."""
    found = [await _of(bot) for bot in front.bots]
    failing = {part for health in found for part in health.failing} | ({"database"} if front.unopened else set())
    told = {"database": "answers", "oldest_overdue_seconds": 0} | _worst([health.told for health in found])
    if len(front.bots) != 1:
        told["workspaces"] = len(front.bots)
    reach = front.common.reach
    told["slack"] = {True: "answered", False: "did not answer", None: "not asked yet"}[reach.answered]
    told["slack_asked_at"] = reach.at and reach.at.isoformat(timespec="seconds")
    if reach.answered is False:
        failing.add("slack")
    told["free_bytes"] = free = await asyncio.to_thread(_free, front.database)
    if free < LEAST_FREE_BYTES:
        failing.add("disk")
    return Health(tuple(part for part in PARTS if part in failing), told)


def _worst(told: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What is told of several workspaces together."""
    silent = [each for each in told if each["database"] != "answers"]
    if silent or not told:
        return silent[0] if silent else {}
    return {
        "database": "answers",
        "oldest_overdue_seconds": max(each["oldest_overdue_seconds"] for each in told),
        "documents": min(each["documents"] for each in told),
        "problems": sorted({problem for each in told for problem in each["problems"]}),
    }


async def _of(bot: Bot) -> Health:
    """How the parts are that a workspace has of its own."""
    services = bot.services
    failing = ["installation"] if bot.deliveries.token_refused else []
    kept = await _kept(services)
    if kept is None:
        return Health((*failing, "database"), {"database": "does not answer"})
    now, (stands, library) = services.now(), kept
    if stands.untried and now - stands.untried > STUCK:
        failing.append("outbox")
    if library.problems or not library.documents:
        failing.append("documents")
    told = {
        "database": "answers",
        "oldest_overdue_seconds": round((now - stands.due).total_seconds()) if stands.due else 0,
        "documents": len(library.documents),
        "problems": list(library.problems),
    }
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
