"""How Clausekeeper bears load, in ratios against a bare Bolt application on the same machine and server, in one run.

``python -m bench.load`` prints JSON: ``speed`` (throughput, p99 at 50 at once, the median of a question in bare round trips),
``start``, ``scale`` (each command and screen with 100,000 agreements, 1,000,000 letters, 1,000,000 audit entries against an
empty database) and, with ``--minutes N``, ``mixed`` (an hour of everything: memory and errors). Rounds of the two applications
alternate, so that whatever else the machine does touches both.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from pathlib import Path
from subprocess import Popen
from typing import Any

from bench import crash
from bench.driving import (
    ROOT,
    Line,
    Measured,
    command,
    end,
    environment,
    free_port,
    line,
    load,
    middle,
    paused,
    ready,
    slack,
    start,
)
from storage.database import connect
from workspace import Server

AT_ONCE = 50
# What a process loads beside its work, once it is ready, is no part of what is measured.
SETTLED_SECONDS = 3.0
FEE = "cancellation performance=2026-12-04 cancelled=2026-12-02 fee="
QUESTION = "how late may a client cancel the consultancy free of charge?"
WORDS = {
    "clause": ("/clause", lambda n: "7.3"),
    "fee": ("/fee", lambda n: f"{FEE}{1_000 + n % 9_000}"),
    "question": ("/ask", lambda n: QUESTION),
}
# What is typed, by whom: U0ANNA where nobody is named.
SCREENS: dict[str, tuple[str, ...]] = {
    "/clause 7.3": ("/clause", "7.3"),
    "/clause force majeure": ("/clause", "force majeure"),
    "/ask": ("/ask", QUESTION),
    "/fee cancellation": ("/fee", f"{FEE}1200"),
    "/fee cancellation agreement=c5": ("/fee", f"{FEE}1200 agreement=c5"),
    "/deadline payment-due": ("/deadline", "payment-due from=2026-05-15"),
    "/deadline list": ("/deadline", "list"),
    "/deadline list all": ("/deadline", "list all"),
    "/deadline list overdue": ("/deadline", "list overdue all"),
    "/breach list": ("/breach", "list", "U0ADMIN"),
    "/breach INC-2026-001": ("/breach", "INC-2026-001", "U0ADMIN"),
    "/hardware list": ("/hardware", "list"),
    "/agreement show c5": ("/agreement", "show c5"),
    "/agreement list": ("/agreement", "list"),
    "/clausekeeper help": ("/clausekeeper", "help"),
    "/clausekeeper documents": ("/clausekeeper", "documents"),
    "/clausekeeper roles": ("/clausekeeper", "roles"),
}
TEMPLATES = (
    ("deadlines", "track", "payment-due", "from=2026-11-15", "title=Invoice 7", "owner=U0ANNA"),
    ("incidents", "report", "happened=A mail", "aware_at=2026-11-24T01:00:00+01:00", "clients=unknown", "contact=Jo"),
)
Body = Callable[[], bytes]


def asking(what: str) -> Body:
    """Bodies of one command, no two alike where that matters."""
    name, text = WORDS[what]
    numbers = iter(range(1_000_000_000))
    return lambda: command(name, text(next(numbers)))


@contextmanager
def running(module: str, *words: str, settings: dict[str, str], folder: Path) -> Iterator[Popen[bytes]]:
    """A process under test, which is stopped at the end."""
    process = start(module, *words, environment=settings, log=folder / f"{module}.log")
    try:
        yield process
    finally:
        end(process)


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
    """Medians over alternating rounds: what Clausekeeper does in terms of what the bare application does."""
    bare, ours = free_port(), port
    with (
        running("bench.bare", settings=environment(api_url, bare, folder / "none.db"), folder=folder) as one,
        running("bot", "serve", settings=environment(api_url, ours, folder / "speed.db"), folder=folder) as two,
    ):
        await ready(one, bare)
        await ready(two, ours)
        await asyncio.sleep(SETTLED_SECONDS)
        found: dict[str, Any] = {}
        for what in WORDS:
            await load(ours, asking(what), at_once=4, seconds=1)
            apps = Tried(one, bare), Tried(two, ours)
            pairs = [await pair(*apps, asking(what), AT_ONCE, seconds) for _ in range(rounds)]
            alone = [await pair(*apps, asking(what), 1, seconds) for _ in range(rounds)]
            many = [(m.measured, n.measured) for m, n in pairs]
            single = [(m.measured, n.measured) for m, n in alone]
            found[what] = {
                "throughput": rounded(n.throughput / m.throughput for m, n in many),
                "p99_at_50": rounded(n.at(0.99) / m.at(0.99) for m, n in many),
                "median_in_bare_round_trips": rounded(n.at(0.5) / m.at(0.5) for m, n in single),
                "processor_time": rounded(n.processor / m.processor for m, n in pairs),
                "a_second": round(middle([n.throughput for _, n in many])),
                "bare_a_second": round(middle([m.throughput for m, _ in many])),
                "errors": sum(len(n.errors) + len(m.errors) for m, n in many + single),
            }
        return found


async def pair(one: Tried, two: Tried, body: Body, at_once: int, seconds: float) -> tuple[Round, Round]:
    """A round of each, the bare application first; whichever is not asked stands still, so that neither disturbs the other."""
    with paused(two.process):
        first = await round_of(one, body, at_once, seconds)
    with paused(one.process):
        return first, await round_of(two, body, at_once, seconds)


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


def fill(database: Path, agreements: int, letters: int, entries: int) -> None:
    """A database as years of use leave it: rows by SQL, in the shapes that the bot writes."""
    connect(database).close()
    with closing(sqlite3.connect(database)) as db:
        db.execute("PRAGMA synchronous=OFF")
        count = "with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < ?)"
        text = "'slug = \"c' || i || '\"\nclient = \"Client ' || i || '\"\ncountry = \"BE\"\n'"
        day = "'2026-01-01T00:00:00+00:00'"
        db.execute(
            f"{count} insert into agreements(slug, client, text, at, by)"
            f" select 'c' || i, 'Client ' || i, {text}, {day}, 'U0MARIE' from n",
            (agreements,),
        )
        db.execute(
            f"{count} insert into outbox(key, subject, due, method, arguments, state, next_try, ended_at)"
            f" select 'k' || i, 's' || i, {day}, 'chat.postMessage', '{{}}', iif(i % 2, 'sent', 'waiting'),"
            " '2036-01-01T00:00:00+00:00', null from n",
            (letters,),
        )
        db.execute(
            f"{count} insert into audit(id, at, actor, action, subject, digest, previous, hash)"
            f" select 'e' || i, {day}, 'U0ANNA', 'clause', 'ITQ 7.3', 'd', 'h' || (i - 1), 'h' || i from n",
            (entries,),
        )
        db.execute(f"{count} insert into contents(id, content) select 'e' || i, '{{}}' from n", (entries,))
        db.commit()


def follow(database: Path, settings: Mapping[str, str], deadlines: int, incidents: int) -> None:
    """Deadlines and incidents as a desk enters one of each, and then as many more like them: one in fifty is open.

    The deadlines are those of two hundred people; what is sealed stays as it was sealed.
    """
    for words in TEMPLATES:
        told = [sys.executable, "-m", "bot", *words]
        subprocess.run(told, cwd=ROOT, env={**os.environ, **settings}, check=True, stdout=subprocess.DEVNULL)
    count = "with recursive n(i) as (select 1 union all select i + 1 from n where i + 1 < ?)"
    with closing(sqlite3.connect(database)) as db:
        db.execute("PRAGMA synchronous=OFF")
        for table, more, changed in (
            (
                "deadlines",
                deadlines,
                {
                    "id": "'d' || i",
                    "key": "'k' || i",
                    "owner": "iif(i % 200, 'U' || (i % 200), 'U0ANNA')",
                    "state": "iif(i / 200 % 50, 'done', 'open')",
                    "last": "strftime('%Y-%m-%dT%H:%M:%S+00:00', last, (i / 200) || ' hours')",
                },
            ),
            (
                "incidents",
                incidents,
                {
                    "number": "'INC-2025-' || i",
                    "opened_at": "strftime('%Y-%m-%dT%H:%M:%S+00:00', opened_at, -i || ' hours')",
                    "closed_at": "iif(i % 50, opened_at, '')",
                },
            ),
        ):
            names = [row[1] for row in db.execute(f"select * from pragma_table_info('{table}')")]
            values = ", ".join(changed.get(name, name) for name in names)
            db.execute(
                f"{count} insert into {table}({', '.join(names)}) select {values} from n, (select * from {table})",
                (more,),
            )
        db.commit()


async def scale(api_url: str, folder: Path, port: int, size: float) -> dict[str, Any]:
    """How much longer each screen takes with a full database than with a small one: medians, one request at a time."""
    small, large, other = folder / "small.db", folder / "large.db", free_port()
    of_small, of_large = environment(api_url, port, small), environment(api_url, other, large)
    follow(small, of_small, 1, 1)
    fill(small, 10, 0, 0)
    follow(large, of_large, int(1_000_000 * size), int(10_000 * size))
    fill(large, int(100_000 * size), int(1_000_000 * size), int(1_000_000 * size))
    with (
        running("bot", "serve", settings=of_small, folder=folder) as one,
        running("bot", "serve", settings=of_large, folder=folder) as two,
    ):
        await ready(one, port)
        await ready(two, other)
        async with line(port) as over_small, line(other) as over_large:
            found = {}
            for screen, body in {
                **{name: partial(command, *words) for name, words in SCREENS.items()},
                "Home": home,
            }.items():
                times: tuple[list[float], list[float]] = ([], [])
                for _ in range(25):
                    for over, kept in zip((over_small, over_large), times, strict=True):
                        kept.append(await timed(over, screen, body()))
                found[screen] = round(middle(times[1]) / middle(times[0]), 2)
        return {"rows": int(1_000_000 * size), "times_as_long": found}


def home() -> bytes:
    """An admin opens Home."""
    event = {"type": "app_home_opened", "user": "U0ADMIN", "channel": "D0ADMIN", "tab": "home", "event_ts": "1.1"}
    who = {"authorizations": [{"team_id": "T0LOCAL", "user_id": "U0BOT", "is_bot": True}]}
    body = {"type": "event_callback", "event_id": f"E{time.time_ns()}", "team_id": "T0LOCAL", "api_app_id": "A0LOCAL"}
    return json.dumps(body | who | {"event": event}).encode()


async def timed(over: Line, screen: str, body: bytes) -> float:
    """Milliseconds of one screen; RuntimeError where it fails."""
    began = time.perf_counter()
    status, answer = await over.ask(body)
    if status != 200 or b"went wrong" in answer:
        raise RuntimeError(f"{screen}: {status} {answer[:200]!r}")
    return (time.perf_counter() - began) * 1000


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
        screens, numbers = cycle(SCREENS.values()), iter(range(1, 1_000_000_000))

        def anything() -> bytes:
            number = next(numbers)
            return command(*next(screens)) if number % 2 else crash.asked(number // 2).body

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
    told = [json.loads(said) for said in lines if said.startswith("{") and '"level": "info"' not in said]
    return [str(said["event"]) for said in told if not said["logger"].startswith("slack")][:5]


def letters(database: Path) -> dict[str, int]:
    """How many letters are in which state."""
    with closing(sqlite3.connect(database)) as db:
        return dict(db.execute("select state, count(*) from outbox group by state"))


def used(pid: int) -> float:
    """Seconds of processor time that a process has taken so far."""
    told = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


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
            found["scale"] = await scale(server.api_url, folder, given.port, given.size)
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
    parser.add_argument("--port", type=int, default=0, help="0 for any that is free")
    arguments = parser.parse_args()
    arguments.port = arguments.port or free_port()
    with tempfile.TemporaryDirectory() as scratch:
        print(json.dumps(asyncio.run(measure(arguments, Path(scratch))), indent=1))
