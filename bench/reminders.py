"""What reminders cost: a year lived at full size, a delivery round with a million rows waiting, ten thousand rows going out.

Run with ``python -m bench.reminders [--year] [--seed N]``; it prints JSON. The limits: no promise broken in the year, a round
with nothing due under 5 ms, and rows going out as fast as Slack takes messages: of the time it takes, most is waiting for it.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import logging
import statistics
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from bench.apart import UNLIMITED, apart, person
from bench.year import BEGIN, World, year
from bot import app as bots
from bot.settings import from_environment
from handlers import tracking
from handlers.services import Services
from handlers.tracking import Due
from storage import outbox
from workspace import Clock
from workspace.limits import Limits

FULL = World(agreements=500, deadlines=5_000, people=60, seed=5)
WAITING, DUE, ROUNDS, PEOPLE = 1_000_000, 10_000, 200, 50
AFTER_OUTAGE = BEGIN + timedelta(days=18, hours=2)
"""The reminder of 14 days before was due the day before yesterday, and nobody was there to send it."""


async def a_year(seed: int) -> dict[str, Any]:
    """A year at full size, and the promises that it broke."""
    with tempfile.TemporaryDirectory() as folder:
        lived, stack = await year(World(**{**vars(FULL), "seed": seed}), Path(folder) / "year.db")
        async with stack:
            began = time.perf_counter()
            await lived.live()
            seconds = time.perf_counter() - began
            wrong = await lived.wrong()
            return {
                "agreements": FULL.agreements,
                "deadlines": await lived.count("select count(*) from deadlines"),
                "reminders_sent": await lived.count("select count(*) from outbox where state = 'sent'"),
                "messages": lived.messages(),
                "rounds": lived.lived.rounds,
                "restarts": lived.lived.restarts,
                "kills": lived.lived.crashes,
                "outages": lived.lived.outages,
                "faults": lived.lived.faults,
                "done": lived.lived.done,
                "duplicates_marked": lived.marked(),
                "promises_broken": len(wrong),
                "first_broken": wrong[:5],
                "seconds": round(seconds),
            }


async def nothing_due() -> dict[str, Any]:
    """Milliseconds of a delivery round with a million rows waiting and none due."""
    with tempfile.TemporaryDirectory() as folder:
        lived, stack = await year(World(agreements=0, deadlines=0, people=1, seed=1), Path(folder) / "round.db")
        async with stack:
            lived.set(BEGIN)
            await lived.services.store.run(_fill)
            sender = lived.started()
            taken = []
            for _ in range(ROUNDS):
                began = time.perf_counter()
                assert await sender.round() == 0
                taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    return {
        "waiting_rows": WAITING,
        "median_ms": round(statistics.median(taken), 3),
        "p99_ms": round(taken[int(ROUNDS * 0.99) - 1], 3),
    }


@dataclass(frozen=True)
class Drained:
    """How rows went out: seconds on the wall and of our processor, messages, and how often Slack asked to wait."""

    rows: int
    messages: int
    seconds: float
    worked: float
    asked_to_wait: int

    def told(self) -> dict[str, Any]:
        """As data, with the share of the time in which we worked."""
        return {
            "rows": self.rows,
            "messages": self.messages,
            "seconds": round(self.seconds, 1),
            "seconds_of_our_processor": round(self.worked, 2),
            "share_worked": round(self.worked / self.seconds, 3),
            "share_waited_for_slack": round(1 - self.worked / self.seconds, 3),
            "slack_asked_to_wait": self.asked_to_wait,
            "rows_a_second_of_our_processor": round(self.rows / self.worked),
        }


async def draining() -> dict[str, Any]:
    """Ten thousand reminders of as many deadlines go out after an outage to fifty people: as fast as Slack takes them, and
    to a Slack without limits, which shows what we are able to.
    """
    limits = Limits()
    limited = await _drained(limits)
    at_least = max(
        (limited.messages - limits.workspace.burst) / limits.workspace.a_second,
        (limited.messages / PEOPLE - limits.channel.burst) / limits.channel.a_second,
    )
    return {
        "messages_a_second_of_slack": {"channel": vars(limits.channel), "workspace": vars(limits.workspace)},
        "as_slack_takes_them": limited.told() | {"seconds_that_slack_needs": round(at_least, 1)},
        "without_limits": (await _drained(UNLIMITED)).told(),
    }


async def _drained(limits: Limits) -> Drained:
    """How ten thousand rows leave, with Slack in another process."""
    clock, numbers = Clock(), itertools.count()
    with tempfile.TemporaryDirectory() as folder, apart(PEOPLE, limits) as slack:
        environment = {
            "SLACK_BOT_TOKEN": "xoxb-local",
            "SLACK_SIGNING_SECRET": "local-secret",
            "SLACK_API_URL": slack.api_url,
            "CLAUSEKEEPER_DATABASE": str(Path(folder) / "drain.db"),
            "CLAUSEKEEPER_ADMINS": person(0),
        }
        settings = from_environment(environment, Path(folder))
        bot = bots.build(settings, clock.now, lambda: f"{next(numbers):012x}")
        clock.set(BEGIN)
        await bot.open()
        await bot.deliveries.stop()
        await bot.services.shelf()
        for start in range(0, DUE, 500):
            await bot.services.store.run(_owe, bot.services, start, start + 500)
        clock.set(AFTER_OUTAGE)
        owed = await bot.services.store.run(_count_due, clock.now())
        sender = bots.sender(bot.services, bot.client, clock.now)
        began, worked = time.perf_counter(), time.process_time()
        while left := await bot.services.store.run(_count_due, clock.now()):
            if not await sender.round():
                # Slack asked to wait; the loop of a running bot waits as long, too.
                until = await bot.services.store.run(outbox.held, clock.now())
                await asyncio.sleep(max((until - clock.now()).total_seconds(), 0.0) if until else 0.01)
        worked, seconds = time.process_time() - worked, time.perf_counter() - began
        taken, refused = slack.posted()
        await bot.close()
    return Drained(owed - left, taken, seconds, worked, refused)


def _fill(db: Database) -> None:
    far = (BEGIN + timedelta(days=400)).isoformat()
    rows = ((f"far:{n}", f"deadline:{n}", far, "reminder", "{}", f"remind:{n % 1000}", far) for n in range(WAITING))
    db.conn.executemany(
        "insert into outbox(key, subject, due, method, arguments, together, next_try) values (?, ?, ?, ?, ?, ?, ?)",
        rows,
    )


def _owe(db: Database, services: Services, start: int, end: int) -> None:
    for number in range(start, end):
        owner = person(number % PEOPLE)
        given = {"from": BEGIN.date().isoformat()}
        fact = Due(f"fact:{number}", "payment-due", given, "", owner, (), f"Invoice {number}")
        tracking.follow(db, services, fact, cause="it was sent", by=owner)


def _count_due(db: Database, now: datetime) -> int:
    sql = "select count(*) from outbox where state = 'waiting' and due <= ?"
    return int(db.execute(sql, (now.isoformat(),)).fetchone()[0])


async def measured(seed: int, *, whole_year: bool) -> dict[str, Any]:
    found = {"nothing_due": await nothing_due(), "draining": await draining()}
    return found | ({"year": await a_year(seed)} if whole_year else {})


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--year", action="store_true", help="also live a year at full size, which takes a while")
    options.add_argument("--seed", type=int, default=FULL.seed)
    chosen = options.parse_args()
    logging.disable(logging.WARNING)  # failures on purpose
    print(json.dumps(asyncio.run(measured(chosen.seed, whole_year=chosen.year)), indent=2))
