"""Trouble from outside, met by the assembled bot: people are told, nothing is half, and it works again when the trouble ends."""

import asyncio
import json
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from bench import crash
from storage import audit
from storage.database import backup, connect, problems, restore
from storage.outbox import LEASE
from tests.house import House, house
from tests.signing import command, deliver, event

ROOT = Path(__file__).parent.parent.parent
FEE = "cancellation performance=2026-12-04 cancelled=2026-12-02 fee=1200"
TABLES = ("audit", "contents", "deliveries", "outbox", "agreements", "referrals")


async def rows(home: House) -> dict[str, int]:
    """How many rows each table has."""

    def counted(db: Database) -> dict[str, int]:
        return {table: int(db.execute(f"select count(*) from {table}").fetchone()[0]) for table in TABLES}

    return await home.bot.services.store.run(counted)


async def pragma(home: House, words: str) -> None:
    await asyncio.get_running_loop().run_in_executor(home.bot.services.store._thread, set_on, home, words)


def set_on(home: House, words: str) -> None:
    db = home.bot.services.store._db
    assert db is not None
    db.conn.execute(f"PRAGMA {words}")


async def told_privately(home: House) -> None:
    """A command, a question in a direct message and a form: each time the person is told, with a reference."""
    for name, text in (("/clause", "7.3"), ("/fee", FEE), ("/ask", "may a client cancel?")):
        ack = await home.command("U0ANNA", name, text)
        assert ack["response_type"] == "ephemeral"
        assert "nothing was saved. Please report reference" in ack["text"]
    await home.post("message", user="U0ANNA", channel="D0ANNA", text="may a client cancel?")
    await home.said("U0ANNA", "D0ANNA", "nothing was saved. Please report reference")
    submitted = json.loads((await deliver(home, crash.asked(3).body))[1])
    assert submitted["response_action"] == "errors"
    assert "nothing was saved" in next(iter(submitted["errors"].values()))


async def works(home: House) -> None:
    """The same things, answered."""
    assert (await home.command("U0ANNA", "/clause", "7.3"))["text"].startswith("ITQ 7.3")
    assert "readings" not in (await home.command("U0ANNA", "/fee", FEE))["text"]
    assert await deliver(home, crash.asked(9).body) == (200, "")
    assert await home.bot.services.store.run(audit.broken) is None


@asynccontextmanager
async def full(home: House) -> AsyncIterator[None]:
    await home.bot.services.store.run(lambda db: db.execute("create table filler (words text) strict"))
    await pragma(home, "max_page_count=1")  # SQLite never goes below what the file has
    with pytest.raises(sqlite3.OperationalError, match="full"):
        await home.bot.services.store.run(lambda db: db.execute("insert into filler values (?)", ("x" * 200_000,)))
    yield
    await pragma(home, "max_page_count=1073741823")


@asynccontextmanager
async def read_only(home: House) -> AsyncIterator[None]:
    await pragma(home, "query_only=ON")
    yield
    await pragma(home, "query_only=OFF")


@asynccontextmanager
async def locked(home: House) -> AsyncIterator[None]:
    await pragma(home, "busy_timeout=10")
    with closing(sqlite3.connect(home.bot.services.store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.mark.parametrize("trouble", [read_only, locked], ids=lambda t: t.__name__)
async def test_what_cannot_be_saved_is_said_and_not_done(home_http: House, trouble: Callable[..., Any]) -> None:
    home = home_http
    before = await rows(home)
    async with trouble(home):
        await told_privately(home)
    assert await rows(home) == before
    await works(home)


async def test_a_full_disk_refuses_in_words_and_keeps_what_was_there(home_http: House) -> None:
    home = home_http
    await works(home)
    async with full(home):
        before = await rows(home)
        acks = [await home.command("U0ANNA", "/ask", f"may a client cancel? {'so ' * 400} {n}") for n in range(12)]
        said = [ack["text"] for ack in acks if "nothing was saved. Please report reference" in ack["text"]]
        after = await rows(home)
        # What still fitted into pages that the file had is whole; the rest was refused and left nothing.
        assert said
        assert after["audit"] - before["audit"] == after["deliveries"] - before["deliveries"] == len(acks) - len(said)
        assert after["audit"] == after["contents"]
    assert (await home.command("U0ANNA", "/clause", "8.1"))["text"].startswith("ITQ 8.1")
    assert await home.bot.services.store.run(audit.broken) is None


@pytest.mark.parametrize("ways", [("run",), ("quick",), ("run", "quick"), ("quick", "quick", "run")])
async def test_neighbours_of_work_that_fails_are_written(home_http: House, ways: tuple[str, ...]) -> None:
    """What waits together is written together; one that fails, or a disk that refuses the whole, takes nobody along."""
    store, way = home_http.bot.services.store, cycle(ways)

    def done(work: Callable[..., Any], *given: Any) -> Any:
        return getattr(store, next(way))(work, *given)

    def fails(db: Database) -> None:
        db.execute("insert into channel_agreements values ('half', 'x')")
        raise ValueError

    def keeps(db: Database, name: str) -> str:
        db.execute("insert into channel_agreements values (?, 'x')", (name,))
        return name

    def tears_down(db: Database) -> None:
        db.execute("insert into channel_agreements values ('torn', 'x')")
        db.conn.execute("ROLLBACK")
        raise sqlite3.OperationalError("database or disk is full")

    told = await asyncio.gather(
        *(done(keeps, name) for name in "ab"),
        done(fails),
        *(done(keeps, name) for name in "cd"),
        done(tears_down),
        *(done(keeps, name) for name in "ef"),
        return_exceptions=True,
    )
    assert [type(t).__name__ if isinstance(t, Exception) else t for t in told] == [
        *"ab",
        "ValueError",
        *"cd",
        "OperationalError",
        *"ef",
    ]
    found = await store.run(lambda db: db.execute("select channel from channel_agreements order by 1").fetchall())
    assert found == [(name,) for name in "abcdef"]


async def test_whoever_stops_waiting_holds_nobody_up(home_http: House) -> None:
    store = home_http.bot.services.store
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await store.run(audit.count)
    async with asyncio.timeout(5):
        assert await store.run(audit.count) == 0


async def test_a_broken_page_is_said_verify_names_it_and_restore_mends_it(tmp_path: Path) -> None:
    database, copy = tmp_path / "bot.db", tmp_path / "copy.db"
    async with house(database) as home:
        for _ in range(5):
            await home.command("U0ANNA", "/clause", "7.3")
    backup(database, copy)
    with closing(sqlite3.connect(database)) as connection:
        (page,) = connection.execute("select rootpage from sqlite_master where name = 'audit'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with database.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)
    async with house(database) as home:
        ack = await home.command("U0ANNA", "/clause", "7.3")
        assert "nothing was saved. Please report reference" in ack["text"]
        done = await asyncio.to_thread(clausekeeper, database, "restore", str(copy))
        assert "stop it first" in done.stderr
    done = clausekeeper(database, "verify")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    done = clausekeeper(database, "restore", str(copy))
    assert (done.returncode, "with 5 audit entries" in done.stdout) == (0, True), done.stderr
    async with house(database) as home:
        await works(home)
    assert "The replaced database is kept as" in done.stdout


def clausekeeper(database: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(ROOT), "CLAUSEKEEPER_DATABASE": str(database)}
    return subprocess.run(
        [sys.executable, "-P", "-m", "bot", *words],
        env=environment,
        cwd=database.parent,
        capture_output=True,
        text=True,
        check=False,
    )


async def test_restore_refuses_while_a_process_serves_and_what_is_no_backup(tmp_path: Path) -> None:
    database, copy = tmp_path / "bot.db", tmp_path / "copy.db"
    async with house(database) as home:
        await home.command("U0ANNA", "/clause", "7.3")
        backup(database, copy)
        await home.command("U0ANNA", "/clause", "8.1")
        done = await asyncio.to_thread(clausekeeper, database, "restore", str(copy))
        assert (done.returncode, "stop it first" in done.stderr) == (1, True)
        await works(home)
    before = database.read_bytes()
    (tmp_path / "junk.db").write_bytes(b"junk" * 2_000)
    with closing(sqlite3.connect(copy)) as tampered:
        tampered.execute("drop trigger audit_is_not_changed")
        tampered.execute("update audit set actor = 'U0RAVI'")
        tampered.commit()
    for source in (tmp_path / "junk.db", copy):
        with pytest.raises(sqlite3.DatabaseError):
            restore(source, database, "kept.db")
    assert database.read_bytes() == before
    assert not (tmp_path / "kept.db").exists()


def test_what_restore_replaces_is_kept_with_all_that_was_in_its_log(tmp_path: Path) -> None:
    database, copy = tmp_path / "bot.db", tmp_path / "copy.db"
    connect(database).close()
    backup(database, copy)
    # A process that was killed leaves its log; what is in it belongs to the database that is kept.
    script = (
        "import os, sys; from storage.database import connect; from storage import audit; from datetime import *\n"
        "audit.append(connect(sys.argv[1]), audit.Entry('late', datetime.now(UTC), 'U0ANNA', 'ask', '', {}))\n"
        "os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", script, str(database)], cwd=ROOT, check=False)
    assert (tmp_path / "bot.db-wal").stat().st_size
    assert restore(copy, database, "kept.db") == (0, tmp_path / "kept.db")
    for path, entries in ((database, 0), (tmp_path / "kept.db", 1)):
        with closing(connect(path)) as db:
            assert (audit.count(db), problems(db.conn)) == (entries, [])


async def test_a_clock_set_back_a_day_loses_and_repeats_nothing(home_http: House) -> None:
    home = home_http
    first = await deliver(home, command("7.3", "9.1"))
    await home.post("clock", advance=3 * 86_400)
    await home.post("message", user="U0ANNA", channel="D0ANNA", text="may a client cancel? first")
    await until(home, lambda texts: sum("first" in t for t in texts) == 1)
    await home.post("clock", advance=-86_400)
    again = await deliver(home, command("7.3", "9.1"))
    assert json.loads(again[1]) == json.loads(first[1])
    await works(home)
    await home.post("message", user="U0ANNA", channel="D0ANNA", text="may a client cancel? after")
    await until(home, lambda texts: sum("after" in t for t in texts) == 1)
    assert await home.bot.services.store.run(audit.broken) is None


async def until(home: House, holds: Callable[[list[str]], bool], channel: str = "D0ANNA") -> None:
    """Wait until what the bot wrote in a channel is as it should be."""

    def ours(workspace: Any) -> bool:
        messages = workspace.messages[channel].values()
        return holds([json.dumps(m.body) for m in messages if m.is_ours])

    await home.workspace.wait_for(ours, timeout=10)


async def test_six_hours_without_slack_delay_an_answer_and_lose_none(home_http: House) -> None:
    home = home_http
    await home.post("faults", method="*", error="internal_error", times=1_000)
    await home.post("message", user="U0ANNA", channel="D0ANNA", text="may a client cancel? away")
    assert (await home.command("U0ANNA", "/clause", "7.3"))["text"].startswith("ITQ 7.3"), (
        "what needs no call is answered"
    )
    for seconds in (31, 301, 3_601):
        attempts = await tried(home)
        await home.post("clock", advance=seconds)
        async with asyncio.timeout(10):
            while await tried(home) == attempts:
                pass
    home.workspace.faults.clear()
    await home.post("clock", advance=6 * 3_600)
    await until(home, lambda texts: sum("away" in text for text in texts) == 1)
    await all_sent(home)


async def all_sent(home: House) -> None:
    """Wait until every letter that is due is on record as sent."""
    async with asyncio.timeout(10):
        while {state for (state,) in await states(home)} != {"sent"}:
            pass


async def tried(home: House) -> int:
    """How often letters were tried."""
    return await home.bot.services.store.run(
        lambda db: int(db.execute("select coalesce(sum(attempts), 0) from outbox").fetchone()[0])
    )


async def states(home: House) -> list[tuple[str]]:
    now = home.bot.services.now().isoformat()
    return await home.bot.services.store.run(
        lambda db: list(db.execute("select state from outbox where due <= ?", (now,)))
    )


async def test_a_storm_of_rate_limits_delays_letters_and_doubles_none(home_http: House) -> None:
    home = home_http
    await home.post("faults", method="chat.postMessage", error="ratelimited", times=12, retry_after=60)
    for number in range(8):
        await home.post("message", user="U0ANNA", channel="D0ANNA", text=f"may a client cancel? n{number}n")
    async with asyncio.timeout(10):
        while len(await states(home)) < 8:
            pass
    for _ in range(40):
        if {state for (state,) in await states(home)} == {"sent"}:
            break
        await home.post("clock", advance=61)
        await home.bot.deliveries.round()
    await until(home, lambda texts: all(sum(f"n{n}n" in text for text in texts) == 1 for n in range(8)))
    assert await tried(home) == 0, "a rate limit is no failure of a letter"


async def test_a_clock_that_leaps_while_slack_is_slow_doubles_no_letter(home_http: House) -> None:
    home = home_http
    await home.post("faults", method="chat.postMessage", error="slow", times=1, seconds=0.3)
    await home.post("message", user="U0ANNA", channel="D0ANNA", text="may a client cancel? leap")
    async with asyncio.timeout(10):
        while home.workspace.faults.to_json():
            await states(home)  # afterwards the letter is with Slack, which takes its time
    await home.post("clock", advance=LEASE.total_seconds() + 1)
    await home.bot.deliveries.round()
    await home.bot.deliveries.stop()
    await until(home, lambda texts: sum("leap" in text for text in texts) == 1)
    assert await states(home) == [("sent",)]


async def test_a_form_that_slack_is_too_busy_to_open_is_said(home_http: House) -> None:
    await home_http.post("faults", method="views.open", error="ratelimited", times=1)
    ack = await home_http.command("U0ANNA", "/fee", "")
    assert "Please report reference" in ack["text"]
    await home_http.command("U0ANNA", "/fee", "")
    assert (await home_http.get("views", user="U0ANNA"))["views"]


async def test_events_that_come_twice_and_out_of_order_are_answered_once_each(home_http: House) -> None:
    home = home_http
    said = [
        (await home.post("message", user="U0ANNA", channel="D0ANNA", text=f"hm {n}"))["message"]["ts"] for n in range(2)
    ]
    # Answered themselves before anything else is said in their threads: later they would be read together with it.
    await until(home, lambda texts: all(sum(ts in t for t in texts) == 1 for ts in said))
    for number in (1, 0, 1, 0):
        message = {"type": "message", "user": "U0ANNA", "channel": "D0ANNA", "channel_type": "im"}
        message |= {"text": f"may a client cancel? turn{number}", "ts": said[number]}
        assert (await deliver(home, event(message, f"Ev{number}")))[0] == 200
    await until(home, lambda texts: all(sum(ts in t and "seems to answer" in t for t in texts) == 1 for ts in said))
    await all_sent(home)


def test_killed_at_random_moments_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    """A short run of ``bench.crash``; its figures for 500 kills are in docs/reliability.md."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.crash", "--kills", "10", "--seed", "7"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    told = json.loads(done.stdout)
    assert (told["wrong"], told["acknowledged_and_lost"], told["half_states"]) == ([], 0, 0)
    assert told["acknowledged"] > 0
