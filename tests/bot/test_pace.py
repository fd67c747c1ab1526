"""The pace at which letters leave: as fast as Slack takes them for one channel, without holding up anybody else."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from bot.delivery import MOST_AT_ONCE, Deliveries
from bot.pace import BURST, EVERY, Pace
from storage import outbox
from storage.outbox import Letter, Waiting
from tests.bot.following import acme, deliver
from tests.house import House
from workspace.limits import Allowance, Limits

__all__ = ["acme"]  # the fixture
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@given(st.lists(st.integers(0, 3_000), min_size=1, max_size=60))
def test_no_place_gets_more_than_a_burst_and_one_a_second_after_it(waits_ms: list[int]) -> None:
    pace, now, sent = Pace(), NOON, list[datetime]()
    for wait in waits_ms:
        now += timedelta(milliseconds=wait)
        sent.append(now + timedelta(seconds=pace.wait("U0MARIE", now)))
    assert sent == sorted(sent), "in order"
    for at, first in enumerate(sent):
        within = [one for one in sent[at:] if one < first + 10 * EVERY - timedelta(milliseconds=1)]
        assert len(within) <= 10 + BURST


def test_places_do_not_wait_for_each_other_nor_for_a_clock_that_was_set_back() -> None:
    pace = Pace()
    assert [pace.wait("U0MARIE", NOON) for _ in range(BURST + 2)] == [0.0] * BURST + [1.1, 2.2]
    assert pace.wait("U0RAVI", NOON) == 0.0
    assert pace.wait("U0MARIE", NOON - timedelta(days=1)) == 0.0


async def test_who_has_much_to_read_gets_it_as_fast_as_slack_takes_it_and_holds_up_nobody(acme: House) -> None:
    acme.workspace.limits = Limits(channel=Allowance(1, BURST + 1))
    services = acme.bot.services

    def owe(db: Database) -> None:
        for number in range(BURST + 2):
            _say(db, services.now() - timedelta(minutes=9 - number), "U0MARIE", f"Letter {number}")
        _say(db, services.now(), "U0RAVI", "For Ravi, owed last of all")

    await services.store.run(owe)
    await deliver(acme)
    marie, ravi = await acme.seen("U0MARIE", "D0MARIE"), await acme.seen("U0RAVI", "D0RAVI")
    assert [message["text"] for message in marie] == [f"Letter {number}" for number in range(BURST + 2)]
    assert float(ravi[0]["ts"]) < float(marie[-2]["ts"]), "he did not wait for her seconds"
    assert acme.workspace.limits.refused == 0, "Slack was not made to ask"


async def test_however_much_waits_for_one_channel_what_others_are_to_read_does_not_wait_behind_it(acme: House) -> None:
    services, others, done = acme.bot.services, asyncio.Event(), list[str]()

    def owe(db: Database) -> None:
        # So many that they would fill every place side by side, were they taken out before they can be said.
        for number in range(1_300):
            _owe(db, services.now() - timedelta(hours=1), "C0GENERAL", f"{number:04}")
        _owe(db, services.now(), "U0RAVI", "For Ravi, owed last of all")

    async def work(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        done.append(arguments["text"])
        if arguments["channel"] == "U0RAVI":
            others.set()
            await sending.stop()
        await others.wait()
        return {}

    await services.store.run(owe)
    sending = Deliveries(services.store, acme.bot.client, services.now, {"say": work})
    async with asyncio.timeout(60):
        await sending.round()
    assert done == ["0000", "For Ravi, owed last of all"]


async def test_what_waits_for_its_pace_when_the_process_stops_is_left_to_the_next(acme: House) -> None:
    services, stopped = acme.bot.services, list[asyncio.Future[None]]()

    class Stopping(Pace):
        def wait(self, place: str, now: datetime) -> float:
            stopped.append(asyncio.ensure_future(sending.stop()))
            return 0.01

    def free(db: Database) -> bool:
        return bool(outbox.take(db, services.now(), 1))

    await services.store.run(_say, services.now(), "U0MARIE", "paced")
    sending = Deliveries(services.store, acme.bot.client, services.now)
    sending._pace = Stopping()
    await sending.round()
    await asyncio.gather(*stopped)
    assert await services.store.run(free)
    assert not await acme.seen("U0MARIE", "D0MARIE")


async def test_after_a_request_to_wait_half_as_many_leave_side_by_side(acme: House) -> None:
    services, at_once = acme.bot.services, list[int]()

    def owe(db: Database) -> None:
        for number in range(2 * MOST_AT_ONCE):
            _owe(db, services.now(), f"U{number}", "x")

    async def work(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        sql = "select count(*) from outbox where next_try > due"
        at_once.append(await services.store.run(lambda db: int(db.execute(sql).fetchone()[0])))
        await sending.stop()
        return {}

    await acme.post("faults", method="chat.postMessage", error="ratelimited", times=1, retry_after=1)
    await services.store.run(_say, services.now(), "U0MARIE", "Hello")
    sending = Deliveries(services.store, acme.bot.client, services.now, {"say": work})
    await sending.round()
    await acme.post("clock", advance=2)
    await services.store.run(owe)
    await sending.round()
    assert at_once[0] == MOST_AT_ONCE // 2


async def test_where_the_clock_leaps_after_letters_were_taken_out_no_crowd_is_to_blame(acme: House) -> None:
    services, excuses = acme.bot.services, list[str | None]()

    class Seen:
        async def compose(self, letters: Sequence[Waiting]) -> None:
            excuses.append(letters[0].error)
            await sending.stop()

        said = unreached = None

    async def leap(_: Mapping[str, Any]) -> Mapping[str, Any]:
        await acme.post("clock", advance=20 * 86_400)
        return {}

    def owe(db: Database) -> None:
        for method in ("leap", "seen"):  # in one place, so that one is said after the other
            arguments = {"channel": "C0GENERAL", "person": "U0MARIE"}
            outbox.put(db, Letter(method, method, services.now(), method, arguments))

    sending = Deliveries(services.store, acme.bot.client, services.now, {"leap": leap}, {"seen": cast(Any, Seen())})
    await sending.round()
    await acme.post("clock", advance=60)
    await services.store.run(owe)
    await sending.round()
    assert excuses == [None]


async def test_slack_asks_to_wait_beyond_what_it_takes_of_the_whole_app(acme: House) -> None:
    acme.workspace.limits = Limits(workspace=Allowance(1, 1))
    await acme.bot.services.store.run(_say_to_two, acme.bot.services.now())
    await deliver(acme)
    assert acme.workspace.limits.refused == 1
    await acme.post("clock", advance=2)
    acme.workspace.limits = None
    await deliver(acme)
    assert [m["text"] for m in await acme.seen("U0RAVI", "D0RAVI")] == ["Hello"]
    assert [m["text"] for m in await acme.seen("U0MARIE", "D0MARIE")] == ["Hello"]


def _say_to_two(db: Database, now: datetime) -> None:
    for user in ("U0MARIE", "U0RAVI"):
        _say(db, now, user, "Hello")


def _say(db: Database, due: datetime, user: str, text: str) -> None:
    _owe(db, due, user, text, "chat.postMessage")


def _owe(db: Database, due: datetime, place: str, text: str, method: str = "say") -> None:
    key = f"{place}:{text}"
    outbox.put(db, Letter(key, key, due, method, {"channel": place, "text": text}))
