"""What reminders cost: a year lived at full size, a delivery round with a million rows waiting, ten thousand rows going out.

Run with ``python -m bench.reminders [--year] [--seed N]``; it prints JSON. The limits: no promise broken in the year, a round
with nothing due under 5 ms, and rows going out faster than Slack takes messages (one a second to each person).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from bench.year import BEGIN, World, Year, year
from handlers import tracking
from handlers.tracking import Due

FULL = World(agreements=500, deadlines=5_000, people=60, seed=5)
WAITING, DUE, ROUNDS = 1_000_000, 10_000, 200
SLACK_A_SECOND = 1
"""Messages a second that Slack takes for one channel (https://docs.slack.dev/apis/web-api/rate-limits)."""


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


async def draining() -> dict[str, Any]:
    """Rows a second that go out after an outage: ten thousand reminders of as many deadlines, owed to fifty people."""
    with tempfile.TemporaryDirectory() as folder:
        lived, stack = await year(
            World(0, 0, people=50, seed=1, places=("Europe/Brussels",)), Path(folder) / "drain.db"
        )
        async with stack:
            lived.set(BEGIN + timedelta(hours=3))
            await lived.services.shelf()
            for start in range(0, DUE, 500):
                await lived.services.store.run(_owe, lived, start, start + 500)
            began, before = time.perf_counter(), lived.messages()
            sender = lived.started()
            while await sender.round():
                pass
            seconds = time.perf_counter() - began
            left = await lived.count("select count(*) from outbox where state = 'waiting' and method = 'reminder'"
                                     " and json_extract(arguments, '$.what') = 'tracked'")  # fmt: skip
    messages = lived.messages() - before
    people = 50
    return {
        "rows": DUE - left,
        "messages": messages,
        "seconds": round(seconds, 1),
        "rows_a_second": round((DUE - left) / seconds),
        "messages_a_second": round(messages / seconds, 1),
        "slack_takes_messages_a_second": people * SLACK_A_SECOND,
        "seconds_that_slack_needs": round(messages / people / SLACK_A_SECOND, 1),
    }


def _fill(db: Database) -> None:
    far = (BEGIN + timedelta(days=400)).isoformat()
    rows = ((f"far:{n}", f"deadline:{n}", far, "reminder", "{}", f"remind:{n % 1000}", far) for n in range(WAITING))
    db.conn.executemany(
        "insert into outbox(key, subject, due, method, arguments, together, next_try) values (?, ?, ?, ?, ?, ?, ?)",
        rows,
    )


def _owe(db: Database, lived: Year, start: int, end: int) -> None:
    for number in range(start, end):
        given = {"from": BEGIN.date().isoformat()}
        owner = f"U0P{number % 50:03}"
        fact = Due(f"fact:{number}", "payment-due", given, "", owner, (), f"Invoice {number}")
        tracking.follow(db, lived.services, fact, cause="it was sent", by="U0ADMIN")


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
