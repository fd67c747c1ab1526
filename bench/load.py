"""How Clausekeeper bears load, in ratios against a bare Bolt application on the same machine and server, in one run.

``python -m bench.load`` prints JSON: ``speed`` (throughput, p99 at 50 at once, the median of a question in bare round trips),
``start``, ``scale`` (every command and screen with years of use in the database: ``bench.scale``) and, with ``--minutes N``,
``mixed`` (an hour of everything: memory and errors). Rounds of the two applications alternate, so that whatever else the
machine does touches both.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import count, cycle
from pathlib import Path
from subprocess import Popen
from typing import Any

from bench import crash
from bench.driving import (
    Measured,
    command,
    environment,
    free_port,
    load,
    middle,
    paused,
    ready,
    running,
    slack,
    used,
)
from bench.scale import FEE, LONG, QUESTION, TYPED, Body, fill, scale, typed
from workspace import Server

AT_ONCE = 50
# What a process loads beside its work, once it is ready, is no part of what is measured.
SETTLED_SECONDS = 3.0
WORDS = {
    "clause": ("/clause", lambda n: "7.3"),
    "fee": ("/fee", lambda n: f"{FEE}{1_000 + n % 9_000}"),
    "question": ("/ask", lambda n: QUESTION),
}


def asking(what: str) -> Body:
    """Bodies of one command, no two alike where that matters."""
    name, text = WORDS[what]
    numbers = iter(range(1_000_000_000))
    return lambda: command(name, text(next(numbers)))


@dataclass(frozen=True)
class Tried:
    """An application under test."""

    process: Popen[bytes]
    port: int


@dataclass(frozen=True)
class Round:
    """What a round measured, and milliseconds of processor time that the application took for each request."""

    measured: Measured
    processor: float


async def speed(api_url: str, folder: Path, port: int, rounds: int, seconds: float) -> dict[str, Any]:
    """Medians over alternating rounds: what Clausekeeper does in terms of what the bare application does.

    Once against the bare application as Bolt's guide makes one, once against it at its quickest (``bench.bare``).
    """
    ports = {"as_documented": free_port(), "quickest": free_port(), "ours": port}
    started = {
        "as_documented": ("bench.bare",),
        "quickest": ("bench.bare", "quick"),
        "ours": ("bot", "serve"),
    }
    with ExitStack() as stack:
        apps = {}
        for name, words in started.items():
            settings = environment(api_url, ports[name], folder / f"{name}.db")
            process = stack.enter_context(running(*words, settings=settings, folder=folder))
            await ready(process, ports[name])
            apps[name] = Tried(process, ports[name])
        await asyncio.sleep(SETTLED_SECONDS)
        found: dict[str, Any] = {}
        for what in WORDS:
            await load(port, asking(what), at_once=4, seconds=1)
            many = [await alternate(apps, asking(what), AT_ONCE, seconds) for _ in range(rounds)]
            single = [await alternate(apps, asking(what), 1, seconds) for _ in range(rounds)]
            found[what] = {
                **{f"against_bolt_{name}": ratios(name, many, single) for name in apps if name != "ours"},
                "a_second": {name: round(middle([found[name].measured.throughput for found in many])) for name in apps},
                "errors": sum(len(one.measured.errors) for found in many + single for one in found.values()),
            }
        return found


def ratios(bare: str, many: Sequence[Mapping[str, Round]], single: Sequence[Mapping[str, Round]]) -> dict[str, float]:
    """What we do in terms of a bare application, in rounds of many people at once and of one alone."""
    pairs = [(found[bare], found["ours"]) for found in many]
    alone = [(found[bare].measured, found["ours"].measured) for found in single]
    return {
        "throughput": rounded(n.measured.throughput / m.measured.throughput for m, n in pairs),
        "p99_at_50": rounded(n.measured.at(0.99) / m.measured.at(0.99) for m, n in pairs),
        "median_in_bare_round_trips": rounded(n.at(0.5) / m.at(0.5) for m, n in alone),
        "processor_time": rounded(n.processor / m.processor for m, n in pairs),
    }


async def alternate(apps: Mapping[str, Tried], body: Body, at_once: int, seconds: float) -> dict[str, Round]:
    """A round of each; those that are not asked stand still meanwhile, so that none disturbs another."""
    found = {}
    for name, app in apps.items():
        with ExitStack() as stack:
            for other in apps.values():
                if other is not app:
                    stack.enter_context(paused(other.process))
            found[name] = await round_of(app, body, at_once, seconds)
    return found


async def round_of(tried: Tried, body: Body, at_once: int, seconds: float) -> Round:
    """Some seconds of load on one application."""
    before = used(tried.process.pid)
    measured = await load(tried.port, body, at_once=at_once, seconds=seconds)
    return Round(measured, (used(tried.process.pid) - before) * 1000 / len(measured.times))


def rounded(ratios: Iterator[float] | Any) -> float:
    """The median of ratios, with two decimals."""
    return round(middle(list(ratios)), 2)


async def starting(api_url: str, folder: Path, port: int, times: int) -> dict[str, float]:
    """Seconds from the start of the process until it answers, with a database that exists."""
    settings, waited = environment(api_url, port, folder / "start.db"), []
    for _ in range(times + 1):
        began = time.perf_counter()
        with running("bot", "serve", settings=settings, folder=folder) as process:
            await ready(process, port)
            waited.append(time.perf_counter() - began)
    return {"seconds": round(middle(waited[1:]), 2), "fastest": round(min(waited[1:]), 2)}


async def mixed(server: Server, folder: Path, port: int, minutes: float, people: int, rate: float) -> dict[str, Any]:
    """Everything at once for a long time: errors, and how the process's memory grows after a fifth of it.

    Every command and screen, and the messages and forms of ``bench.crash``; what the bot owes is delivered meanwhile.
    """
    database = folder / "mixed.db"
    fill(database, 10, 0, 0)
    settings = environment(server.api_url, port, database) | {"CLAUSEKEEPER_ADMINS": "U0ADMIN,U0MARIE"}
    crash.THREAD[0] = await crash.something_said(server)
    with running("bot", "serve", settings=settings, folder=folder) as process:
        await ready(process, port)
        # What is tracked stays, and what hands over all that there is takes as much as was written meanwhile: an hour of them
        # would be measured with the rest.
        left_out = {"/deadline track", *LONG}
        screens = cycle(words for name, words in TYPED.items() if name not in left_out)
        turns, numbers = count(1), filter(lambda number: number % crash.KINDS != crash.Kind.DEADLINE, count(1))

        def anything() -> bytes:
            return typed(server.workspace, *next(screens)) if next(turns) % 2 else crash.asked(next(numbers)).body

        memory: list[tuple[float, float]] = []
        began = time.perf_counter()

        async def watch() -> None:
            while time.perf_counter() - began < minutes * 60:
                memory.append((time.perf_counter() - began, resident(process.pid)))
                await asyncio.sleep(min(5.0, minutes * 6))

        watching = asyncio.create_task(watch())
        measured = await load(port, anything, at_once=people, seconds=minutes * 60, rate=rate)
        await watching
        warm = [megabytes for at, megabytes in memory if at > minutes * 12]
        half = len(warm) // 2
        return {
            "minutes": minutes,
            "requests": len(measured.times),
            "errors": measured.errors[:5],
            "log_lines_of_trouble": troubles(folder / "bot.log"),
            "letters": letters(database),
            "p99_ms": round(measured.at(0.99), 1),
            "megabytes_after_warm_up": round(middle(warm[:half]), 1),
            "megabytes_at_the_end": round(middle(warm[half:]), 1),
            "growth_percent": round((middle(warm[half:]) / middle(warm[:half]) - 1) * 100, 2),
        }


def troubles(log: Path) -> list[str]:
    """The first lines of a log in which the bot tells of trouble of its own."""
    lines = log.read_text(encoding="utf-8").splitlines()
    told = [json.loads(said) for said in lines if said.startswith("{")]
    troubled = [said for said in told if said["level"] != "info" and not said["logger"].startswith("slack")]
    return [str(said["event"]) for said in troubled][:5]


def letters(database: Path) -> dict[str, int]:
    """How many letters are in which state."""
    with closing(sqlite3.connect(database)) as db:
        return dict(db.execute("select state, count(*) from outbox group by state"))


def resident(pid: int) -> float:
    """Megabytes of memory that a process holds."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def measure(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """All that was asked for."""
    found: dict[str, Any] = {"machine": f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"}
    async with slack(f"http://127.0.0.1:{given.port}/slack/events") as server:
        if "start" in given.only:
            found["start"] = await starting(server.api_url, folder, given.port, 3)
        if "speed" in given.only:
            found["speed"] = await speed(server.api_url, folder, given.port, given.rounds, given.seconds)
        if "scale" in given.only:
            found["scale"] = await scale(server, folder, given.port, given.size, given.screen)
        if given.minutes:
            found["mixed"] = await mixed(server, folder, given.port, given.minutes, given.people, given.rate)
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", nargs="*", default=["start", "speed", "scale"], help="start, speed, scale; or nothing"
    )
    parser.add_argument("--minutes", type=float, default=0, help="of mixed load")
    parser.add_argument("--people", type=int, default=8, help="at once in the mixed load")
    parser.add_argument("--rate", type=float, default=0, help="requests a second at most in the mixed load")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--size", type=float, default=1, help="share of the full numbers of rows")
    parser.add_argument("--screen", nargs="*", default=[""], help="only screens with one of these in their name")
    parser.add_argument("--port", type=int, default=0, help="0 for any that is free")
    arguments = parser.parse_args()
    arguments.port = arguments.port or free_port()
    with tempfile.TemporaryDirectory() as scratch:
        print(json.dumps(asyncio.run(measure(arguments, Path(scratch))), indent=1))
