"""What the process tells of itself: its health by part, its counts, its log lines."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
import shutil
import signal
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import health, logs
from bot.logs import Lines, Readable
from storage import outbox
from storage.outbox import Letter
from tests.house import House, house
from tests.signing import command, deliver

TOKEN = "a-token-that-nobody-guesses"


async def told(home: House, path: str, **headers: str) -> tuple[int, str]:
    async with home.session.get(f"{home.address}/{path}", headers=headers) as response:
        return response.status, await response.text()


async def test_a_healthy_process_says_so_without_secrets_or_paths(home_http: House, tmp_path: Path) -> None:
    status, text = await told(home_http, "healthz")
    data = json.loads(text)
    assert (status, data["ok"], data["failing"]) == (200, True, [])
    assert (data["database"], data["slack"], data["oldest_overdue_seconds"]) == ("answers", "answered", 0)
    assert data["free_bytes"] > 0
    for secret in (str(tmp_path), "bot.db", "xoxb", "local-secret", "U0"):
        assert secret not in text


async def test_a_slack_that_does_not_answer_is_named(home_http: House) -> None:
    await home_http.post("faults", method="auth.test", error="internal_error")
    await home_http.bot.services.attempt(home_http.bot.app.client.auth_test())
    status, text = await told(home_http, "healthz")
    assert (status, json.loads(text)["failing"], json.loads(text)["slack"]) == (503, ["slack"], "did not answer")
    await home_http.bot.app.client.auth_test()
    assert (await told(home_http, "healthz"))[0] == 200


async def test_a_letter_that_nobody_tries_is_named(home_http: House) -> None:
    services = home_http.bot.services
    await home_http.bot.deliveries.stop()
    due = services.now() - timedelta(minutes=6)
    await services.store.run(outbox.put, Letter("late", "s", due, "chat.postMessage", {"channel": "U0ANNA"}))
    status, text = await told(home_http, "healthz")
    assert (status, json.loads(text)["failing"]) == (503, ["outbox"])
    assert 360 <= json.loads(text)["oldest_overdue_seconds"] < 400
    _, counts = await told(home_http, "metrics")
    assert 'clausekeeper_outbox_letters{state="overdue"} 1.0' in counts


async def test_a_database_that_another_holds_is_named_in_time(home_http: House) -> None:
    holder = sqlite3.connect(home_http.bot.services.store.path, isolation_level=None)
    holder.execute("begin exclusive")
    try:
        started = asyncio.get_running_loop().time()
        status, text = await told(home_http, "healthz")
        assert (status, json.loads(text)["database"]) == (503, "does not answer")
        assert "database" in json.loads(text)["failing"]
        assert asyncio.get_running_loop().time() - started < 4
        assert (await told(home_http, "livez"))[0] == 200
    finally:
        holder.execute("rollback")
        holder.close()


def test_room_on_the_disk_is_that_of_the_database(tmp_path: Path) -> None:
    assert abs(health._free(tmp_path / "x.db") - shutil.disk_usage(tmp_path).free) < 1_000_000_000


async def test_requests_are_counted_by_kind_and_outcome_and_nobody_is_named(home_http: House) -> None:
    await home_http.command("U0ANNA", "/clause", "7.3")
    await home_http.command("U0ANNA", "/clause", "")
    await home_http.command("U0ANNA", "/agreement", "new")
    await deliver(home_http, command("7.3"), secret="guessed")
    status, text = await told(home_http, "metrics")
    assert status == 200
    for line in (
        'clausekeeper_requests_total{kind="/clause",outcome="answered"} 1.0',
        'clausekeeper_requests_total{kind="/clause",outcome="refused"} 1.0',
        'clausekeeper_requests_total{kind="/agreement",outcome="forbidden"} 1.0',
        'clausekeeper_requests_total{kind="unverified",outcome="rejected"} 1.0',
        'clausekeeper_request_seconds_count{kind="/clause"} 2.0',
        'clausekeeper_outbox_letters{state="failed"} 0.0',
    ):
        assert line in text
    assert not re.search(r"[UWCDT]0[A-Z]+", text)


async def test_what_nobody_declared_is_counted_as_one(home_http: House) -> None:
    for number in range(3):
        home_http.bot.meter.note(f"made-up-{number}", "answered", 0.001)
    home_http.bot.meter.note("offer.1", "answered", 0.001)
    _, text = await told(home_http, "metrics")
    assert 'kind="other",outcome="answered"} 3.0' in text
    assert 'kind="offer",outcome="answered"} 1.0' in text
    assert "made-up" not in text


async def test_the_next_clock_is_told(home_http: House) -> None:
    services = home_http.bot.services
    due = services.now() + timedelta(hours=1)
    await services.store.run(outbox.put, Letter("later", "s", due, "chat.postMessage", {"channel": "U0ANNA"}))
    _, text = await told(home_http, "metrics")
    assert 'clausekeeper_outbox_letters{state="clock"} 1.0' in text
    (seconds,) = re.findall(r"^clausekeeper_next_clock_seconds (\S+)", text, re.MULTILINE)
    assert 3_500 < float(seconds) <= 3_600


@pytest.mark.parametrize("through", ["X-Forwarded-For", "Forwarded", "Via"])
async def test_counts_do_not_go_through_a_proxy(home_http: House, through: str) -> None:
    assert (await told(home_http, "metrics", **{through: "203.0.113.9"}))[0] == 403


@pytest.fixture
async def with_token(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path / "bot.db", "http", CLAUSEKEEPER_METRICS_TOKEN=TOKEN) as built:
        yield built


async def test_with_a_token_only_the_token_opens_the_counts(with_token: House) -> None:
    assert (await told(with_token, "metrics"))[0] == 403
    assert (await told(with_token, "metrics", Authorization="Bearer wrong"))[0] == 403
    status, _ = await told(with_token, "metrics", Authorization=f"Bearer {TOKEN}", **{"X-Forwarded-For": "203.0.113.9"})
    assert status == 200


def record(logger: str, message: str, error: Exception | None = None, **extra: Any) -> logging.LogRecord:
    return logging.getLogger(logger).makeRecord(
        logger,
        logging.WARNING,
        "somewhere.py",
        7,
        message,
        (),
        (type(error), error, error.__traceback__) if error else None,
        "f",
        extra,
    )


@pytest.mark.parametrize("formatter", [Lines(), Readable()])
def test_neither_other_libraries_messages_nor_an_errors_words_are_written(formatter: logging.Formatter) -> None:
    try:
        int("Mrs Peeters' words")
    except ValueError as raised:
        error = raised
    lines = [
        formatter.format(record("slack_bolt.App", "Unhandled request: Mrs Peeters' words")),
        formatter.format(record("bot.dispatch", "fault", error)),
    ]
    assert not [line for line in lines if "Peeters" in line]
    assert "somewhere.py:7" in lines[0]
    assert "ValueError" in lines[1]
    assert "test_operation.py" in lines[1]


def test_a_line_is_json_with_what_was_handed_in() -> None:
    line = json.loads(Lines().format(record("bot.dispatch", "request", kind="/clause", ms=3)))
    assert (line["event"], line["kind"], line["ms"], line["level"]) == ("request", "/clause", 3, "warning")
    assert line["at"].endswith("+00:00")


async def test_details_end_by_a_signal_and_other_libraries_stay_quiet() -> None:
    root, level = logging.getLogger(), logging.getLogger("bot").level
    before = root.handlers[:]
    loop = asyncio.get_running_loop()
    try:
        logs.start(io.StringIO())
        logs.listen(loop)
        for number, expected in ((signal.SIGUSR1, logging.DEBUG), (signal.SIGUSR2, logging.INFO)):
            await _handled(loop, number)
            assert logging.getLogger("bot").level == expected
            assert logging.getLogger("slack_bolt").getEffectiveLevel() == logging.WARNING
    finally:
        loop.remove_signal_handler(signal.SIGUSR1)
        loop.remove_signal_handler(signal.SIGUSR2)
        root.handlers[:] = before
        logging.getLogger("bot").setLevel(level)
        logging.getLogger("handlers").setLevel(level)


async def _handled(loop: asyncio.AbstractEventLoop, number: signal.Signals) -> None:
    """Raise a signal, and another behind it: the loop takes them in their order."""
    behind = asyncio.Event()
    loop.add_signal_handler(signal.SIGWINCH, behind.set)
    signal.raise_signal(number)
    signal.raise_signal(signal.SIGWINCH)
    await behind.wait()
    loop.remove_signal_handler(signal.SIGWINCH)
