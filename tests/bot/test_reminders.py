"""Reminders that are trusted like a registered letter: not lost to a limit, a crash or a change, not doubled unmarked."""

from __future__ import annotations

import asyncio
import copy

import pytest

from bench.year import Dying, Killed
from bot import app as bots
from handlers import tracking
from handlers.reminders import Reminders
from handlers.tracking import Due
from storage import outbox
from storage.store import Store
from tests.bot.following import _all, acme, at, deliver, follow, keys, payment, press, reminders
from tests.house import House

__all__ = ["acme"]  # the fixture


async def test_a_crash_between_sending_and_keeping_it_sends_again_and_says_so(acme: House) -> None:
    await follow(acme, payment())
    services, client = acme.bot.services, acme.bot.app.client
    with pytest.raises(Killed):
        await bots.sender(services, client, services.now, Dying).round()
    assert len(await reminders(acme, "U0MARIE")) == 1
    await deliver(acme)
    assert len(await reminders(acme, "U0MARIE")) == 1, "leased to the process that died"
    await acme.post("clock", advance=121)
    await deliver(acme)
    first, second = await reminders(acme, "U0MARIE")
    assert "You may have had this already" not in first
    assert "You may have had this already: I was interrupted while sending it. Its key is remind:" in second
    await acme.post("clock", advance=300)
    await deliver(acme)
    assert len(await reminders(acme, "U0MARIE")) == 2


@pytest.mark.parametrize("trouble", ["night", "ratelimited", "internal_error"])
async def test_a_doubt_is_told_even_if_the_second_try_has_to_wait(acme: House, trouble: str) -> None:
    await follow(acme, payment())
    services = acme.bot.services
    with pytest.raises(Killed):
        await bots.sender(services, acme.bot.app.client, services.now, Dying).round()
    if trouble == "night":
        await acme.post("clock", now="2026-11-02T18:00:00+01:00")
    else:
        await acme.post("faults", method="chat.postMessage", error=trouble, times=1, retry_after=30)
        await acme.post("clock", advance=121)
    await deliver(acme)
    assert len(await reminders(acme, "U0MARIE")) == 1
    await at(acme, "2026-11-03T09:00:05+01:00")
    assert "You may have had this already" in (await reminders(acme, "U0MARIE"))[-1]


async def test_what_is_done_while_a_letter_is_in_hand_is_not_said(acme: House) -> None:
    await follow(acme, payment())
    services = acme.bot.services
    letters = await services.store.run(outbox.take, services.now(), 1)
    reminders_ = Reminders(services, acme.bot.app.client)
    assert await reminders_.compose(letters) is not None
    await services.store.run(tracking.drop, services, "payment-due:INV-1", cause="it was paid", by="U0ADMIN")
    assert await reminders_.compose(letters) is None


async def test_two_processes_on_one_database_say_each_thing_once(acme: House) -> None:
    for number in range(60):
        due = payment(
            f"payment-due:{number}", title=f"Invoice {number}", owner=("U0MARIE", "U0RAVI", "U0ANNA")[number % 3]
        )
        await follow(acme, due)
    other = Store(acme.bot.services.store.path)
    await other.open()
    services = acme.bot.services
    second = copy.copy(services)
    second.store = other
    await asyncio.gather(*(bots.sender(s, acme.bot.app.client, services.now).round() for s in (services, second)))
    await other.close()
    keys = [key for message in await _all(acme) for key in message["metadata"]["event_payload"]["keys"]]
    assert len(keys) == len(set(keys)) == 60


async def test_when_slack_asks_to_wait_everything_waits_and_then_goes_out_once(acme: House) -> None:
    await follow(acme, payment())
    await follow(acme, payment("payment-due:2", title="Invoice 2", owner="U0RAVI"))
    await acme.post("faults", method="chat.postMessage", error="ratelimited", times=2, retry_after=30)
    await deliver(acme)
    assert not await _all(acme)
    await acme.post("clock", advance=31)
    await deliver(acme)
    await acme.post("clock", advance=31)
    await deliver(acme)
    keys = [key for message in await _all(acme) for key in message["metadata"]["event_payload"]["keys"]]
    assert len(keys) == len(set(keys)) == 2


async def test_what_waits_for_slack_when_people_change_is_still_said(acme: House) -> None:
    await follow(acme, payment())
    await deliver(acme)
    await acme.post("faults", method="chat.postMessage", error="ratelimited", times=1, retry_after=60)
    await at(acme, "2026-11-18T09:00:01+01:00")
    await follow(acme, payment(watchers=("U0RAVI",), leads=(7, 1)))
    await at(acme, "2026-11-18T09:02:01+01:00")
    assert "14 days before" in (await reminders(acme, "U0MARIE"))[-1], "it was due before its lead time was given up"
    await press(acme, "U0MARIE", "ack")
    await at(acme, "2026-11-27T09:00:05+01:00")
    told = "\n".join(await reminders(acme, "U0MARIE"))
    assert "7 days before" in told
    assert "3 days before" not in told


@pytest.mark.parametrize("change", ["watchers", "hours"])
async def test_what_waits_for_slack_keeps_its_place_and_its_lateness_when_it_is_planned_anew(
    acme: House, change: str
) -> None:
    await follow(acme, payment(leads=(0,)))
    await at(acme, "2026-12-02T09:00:01+01:00")
    await press(acme, "U0MARIE", "ack")
    await acme.post("faults", method="chat.postMessage", error="ratelimited", times=1, retry_after=7200)
    await at(acme, "2026-12-03T09:00:01+01:00")
    await follow(acme, payment("payment-due:2", "2026-12-03", owner="U0RAVI"))
    await acme.post("clock", now="2026-12-03T10:00:00+01:00")
    if change == "watchers":
        await follow(acme, payment(watchers=("U0ANNA",)))
    else:
        await acme.command("U0MARIE", "/deadline", "hours from=08:00 to=18:00")
    await acme.post("clock", now="2026-12-03T11:00:05+01:00")
    services = acme.bot.services
    waiting = "select arguments ->> 'person' from outbox where state = 'waiting' and due <= ? order by due, id"
    rows = await services.store.run(lambda db: db.execute(waiting, (services.now().isoformat(),)).fetchall())
    assert [person for (person,) in rows] == ["U0MARIE", "U0RAVI"], "the oldest first"
    await deliver(acme)
    told = (await reminders(acme, "U0MARIE"))[-1]
    assert "It has passed, and nobody has said that it is done." in told
    assert "It is late: it was due on Thu 3 Dec 2026, 09:00, and Slack asked me to wait." in told


async def test_what_an_outage_held_back_is_late_though_its_watchers_changed_before_it_was_said(acme: House) -> None:
    await follow(acme, payment(leads=(0,)))
    await deliver(acme)
    await acme.post("clock", now="2026-12-02T11:00:00+01:00")
    await follow(acme, payment(watchers=("U0RAVI",), leads=(0,)))
    await deliver(acme)
    told = (await reminders(acme, "U0MARIE"))[-1]
    assert "the reminder of the day itself. It is late: it was due on Wed 2 Dec 2026, 09:00, and I was not" in told
    assert "It is late" not in (await reminders(acme, "U0RAVI"))[-1], "who watches since now was owed nothing before"


async def test_an_answer_of_slack_that_is_lost_makes_a_second_message_that_says_so(acme: House) -> None:
    await follow(acme, payment())
    await acme.post("faults", method="chat.postMessage", error="disconnect", times=1)
    await deliver(acme)
    assert len(await reminders(acme, "U0MARIE")) == 1
    await acme.post("clock", advance=31)
    await deliver(acme)
    first, second = await reminders(acme, "U0MARIE")
    assert "You may have had this already" not in first
    assert "You may have had this already" in second


async def test_every_reminder_of_a_large_message_that_may_be_a_duplicate_is_named(acme: House) -> None:
    for number in range(25):
        await follow(acme, payment(f"payment-due:{number}", title=f"Invoice {number}"))
    await acme.post("faults", method="chat.postMessage", error="disconnect", times=1)
    await deliver(acme)
    await acme.post("clock", advance=31)
    await deliver(acme)
    said, (first, second) = await keys(acme), await reminders(acme, "U0MARIE")
    assert len(said) == 50
    assert not any(key in first for key in said)
    assert all(key in second for key in said)


async def test_slack_s_request_to_wait_outlives_the_process_and_holds_the_others(acme: House) -> None:
    await follow(acme, payment())
    await acme.post("faults", method="chat.postMessage", error="ratelimited", times=1, retry_after=90)
    await deliver(acme)
    await follow(acme, payment("payment-due:2", owner="U0RAVI"))
    await acme.post("clock", advance=60)
    await deliver(acme)  # a process that was started just now
    assert not await keys(acme)
    assert acme.workspace.faults.to_json() == []
    await acme.post("clock", advance=31)
    await deliver(acme)
    assert len(await keys(acme)) == 2


async def test_a_clock_that_was_set_back_does_not_hold_letters_for_a_year(acme: House) -> None:
    await follow(acme, payment())
    await acme.post("clock", now="2027-11-02T09:30:00+01:00")
    await acme.post("faults", method="chat.postMessage", error="ratelimited", times=1, retry_after=90)
    await deliver(acme)
    await acme.post("clock", now="2026-11-02T09:35:00+01:00")
    await follow(acme, payment("payment-due:2", owner="U0RAVI"))
    await deliver(acme)
    assert len(await reminders(acme, "U0RAVI")) == 1


async def test_a_request_to_wait_while_a_profile_is_read_is_honoured(acme: House) -> None:
    await follow(acme, payment())
    await acme.post("faults", method="users.info", error="ratelimited", times=1, retry_after=45)
    await deliver(acme)
    assert not await keys(acme)
    await acme.post("clock", advance=46)
    await deliver(acme)
    assert len(await keys(acme)) == 1
    assert "You may have had this already" not in (await reminders(acme, "U0MARIE"))[0]


async def test_what_was_tried_in_vain_stays_ahead_of_what_came_later(acme: House) -> None:
    services = acme.bot.services
    await follow(acme, payment(owner="U0RAVI"))
    await acme.post("faults", method="chat.postMessage", error="internal_error", times=1)
    await deliver(acme)
    await acme.post("clock", advance=20)
    await follow(acme, payment("payment-due:2"))
    await acme.post("clock", advance=60)
    taken = await services.store.run(outbox.take, services.now(), 10)
    assert [w.letter.arguments["person"] for w in taken] == ["U0RAVI", "U0MARIE"]


async def test_why_it_is_late_is_the_truth(acme: House) -> None:
    services = acme.bot.services
    sending = bots.sender(services, acme.bot.app.client, services.now)
    await follow(acme, payment())
    await sending.round()
    await acme.post("clock", now="2026-11-18T08:58:00+01:00")
    await sending.round()
    await acme.post("faults", method="chat.postMessage", error="ratelimited", times=1, retry_after=2400)
    given = {"from": "2026-11-18T08:00:00+01:00"}
    await follow(acme, Due("asked:c", "breach-authority", given, "", "U0RAVI", (), "The authority is told"))
    await sending.round()
    await acme.post("clock", now="2026-11-18T09:02:00+01:00")
    await sending.round()
    for minutes in range(6, 60, 4):
        await acme.post("clock", now=f"2026-11-18T09:{minutes:02}:00+01:00")
        await sending.round()
    assert "and more had to be said than Slack takes at once" in (await reminders(acme, "U0MARIE"))[-1]
    assert "and Slack asked me to wait" in (await reminders(acme, "U0RAVI"))[-1]


async def test_a_layout_that_slack_refuses_keeps_nothing_from_its_reader(acme: House) -> None:
    await follow(acme, payment())
    await acme.post("faults", method="chat.postMessage", error="invalid_blocks", times=1)
    await deliver(acme)
    (message,) = await acme.seen("U0MARIE", "D0MARIE")
    assert "It is tracked for you" in message["text"]
    assert len(await keys(acme)) == 1
