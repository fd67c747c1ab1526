"""Deadlines that are kept: followed, reminded of at each lead time, moved, repeated, said late and why."""

from __future__ import annotations

import pytest
from sqlite_utils import Database

from handlers import tracking
from handlers.tracking import Due
from knowledge.refused import Refused
from storage import deadlines, roles
from tests.bot.following import acme, at, clock, deliver, fill, follow, payment, press, reminders, stands
from tests.house import House

__all__ = ["acme"]  # the fixture


async def test_a_followed_deadline_is_reminded_of_at_each_lead_time(acme: House) -> None:
    id = await follow(acme, payment())
    await deliver(acme)
    (told,) = await reminders(acme, "U0MARIE")
    assert "Wed 2 Dec 2026" in told, "2 November and thirty days"
    assert "It is tracked for you: invoice INV-1 was sent." in told
    for day, words in {
        "2026-11-18": "the reminder of 14 days before",
        "2026-11-25": "the reminder of 7 days before",
        "2026-11-27": "the reminder of 3 days before",  # 29 November is a Sunday
        "2026-12-01": "the reminder of 1 day before",
        "2026-12-02": "the reminder of the day itself",
    }.items():
        await at(acme, f"{day}T08:59:00+01:00")
        before = len(await reminders(acme, "U0MARIE"))
        await at(acme, f"{day}T09:00:01+01:00")
        told = await reminders(acme, "U0MARIE")
        assert len(told) == before + 1
        assert words in told[-1]
        tracked = await acme.bot.services.store.run(deadlines.get, id)
        assert tracked is not None
        await acme.bot.services.store.run(_answer, acme, id, "U0MARIE")


def _answer(db: Database, home: House, id: str, person: str) -> None:
    tracked = deadlines.get(db, id)
    assert tracked
    tracking.answered(db, home.bot.services, tracked, person)


async def test_a_dropped_deadline_is_silent(acme: House) -> None:
    await follow(acme, payment())
    await deliver(acme)
    services = acme.bot.services
    dropped = await services.store.run(
        tracking.drop, services, "payment-due:INV-1", cause="the invoice was paid", by="U0ADMIN"
    )
    assert dropped
    await at(acme, "2026-12-20T12:00:00+01:00")
    assert len(await reminders(acme, "U0MARIE")) == 1
    again = await services.store.run(tracking.drop, services, "payment-due:INV-1", cause="again", by="U0ADMIN")
    assert not again


async def test_a_fact_that_changes_moves_the_dates_and_tells_the_owner_both(acme: House) -> None:
    id = await follow(acme, payment())
    await follow(acme, payment(since="2026-11-09"), cause="the invoice was sent again")
    await deliver(acme)
    told = "\n".join(await reminders(acme, "U0MARIE"))
    assert "Moved from Wed 2 Dec 2026 to Wed 9 Dec 2026: the invoice was sent again." in told
    steps = await acme.bot.services.store.run(deadlines.steps, id)
    assert [step.action for step in steps] == ["deadline tracked", "deadline moved"]
    assert (steps[1].content["from"], steps[1].content["to"]) == ("2026-12-02", "2026-12-09")
    await at(acme, "2026-11-18T09:00:01+01:00")
    assert "14 days before" not in "\n".join(await reminders(acme, "U0MARIE")), "the old date reminds no more"


async def test_what_nobody_answers_is_repeated_daily_and_goes_up_after_two_working_days(acme: House) -> None:
    await follow(acme, payment())
    await at(acme, "2026-11-18T09:00:01+01:00")  # a Wednesday, 14 days before
    for day, count in {"2026-11-19": 1, "2026-11-20": 2, "2026-11-22": 2, "2026-11-23": 3}.items():
        await at(acme, f"{day}T09:00:05+01:00")
        told = [
            words for words in await reminders(acme, "U0MARIE") if "You have not answered since Wed 18 Nov" in words
        ]
        assert len(told) == count, day
        assert all("this comes every working day until you do." in words for words in told)
        manager = [words for words in await reminders(acme, "U0ANNA") if "has not answered since" in words]
        assert bool(manager) == (day >= "2026-11-20"), "two Working Days"
    await at(acme, "2026-11-25T09:30:00+01:00")
    assert "as an administrator" in "\n".join(await reminders(acme, "U0ADMIN"))


async def test_of_several_administrators_each_is_told_once_that_nobody_answers(acme: House) -> None:
    services = acme.bot.services
    await services.store.run(roles.give, "U0RAVI", "admin", "U0ADMIN", services.now())
    await follow(acme, payment())
    for day in ("18", "19", "20", "23", "24", "25", "26", "27", "30"):
        await at(acme, f"2026-11-{day}T10:30:00+01:00")
    for admin in ("U0ADMIN", "U0RAVI"):
        told = [words for words in await reminders(acme, admin) if "as an administrator" in words]
        assert len(told) == 1, admin


async def test_after_an_outage_everything_owed_goes_out_in_one_message_and_says_that_it_is_late(acme: House) -> None:
    await follow(acme, payment())
    await follow(acme, payment("payment-due:INV-2", "2026-11-03", title="Invoice INV-2 is paid"))
    await acme.post("clock", now="2026-11-26T11:00:00+01:00")
    await deliver(acme)
    told = await reminders(acme, "U0MARIE")
    assert len(told) == 1
    assert "2 deadlines want your attention." in told[0]
    assert told[0].index("INV-1") < told[0].index("INV-2")
    assert "It is late: it was due on Wed 18 Nov 2026, 09:00, and I was not running then." in told[0]


async def test_nothing_is_said_outside_working_hours(acme: House) -> None:
    await follow(acme, payment())
    await deliver(acme)
    await acme.post("clock", now="2026-11-21T11:00:00+01:00")  # a Saturday, three days late
    await deliver(acme)
    assert len(await reminders(acme, "U0MARIE")) == 1
    await at(acme, "2026-11-23T09:00:05+01:00")
    told = (await reminders(acme, "U0MARIE"))[-1]
    assert "the reminder of 14 days before. It is late: it was due on Wed 18 Nov 2026, 09:00" in told


async def test_lead_times_that_do_not_fit_are_refused(acme: House) -> None:
    with pytest.raises(Refused, match="longer than the 30 days"):
        await follow(acme, payment(leads=(31,)))
    assert await acme.bot.services.store.run(deadlines.by_key, "payment-due:INV-1") is None


async def test_a_clock_in_hours_knows_no_quiet_hours(acme: House) -> None:
    clock = Due(
        "asked:clock",
        "breach-authority",
        {"from": "2026-11-06T20:00:00+01:00"},
        "",
        "U0MARIE",
        (),
        "The authority is told",
    )
    await acme.post("clock", now="2026-11-06T20:05:00+01:00")  # a Friday evening
    await follow(acme, clock)
    await deliver(acme)
    assert "It is tracked for you" in (await reminders(acme, "U0MARIE"))[0]
    for instant, words in {
        "2026-11-09T06:00:05+01:00": "14 hours before",
        "2026-11-09T13:00:05+01:00": "7 hours before",
        "2026-11-09T19:00:05+01:00": "1 hour before",
        "2026-11-09T20:00:05+01:00": "The time has come.",
        "2026-11-10T20:00:10+01:00": "this comes every day until you do.",
    }.items():
        await at(acme, instant)
        assert words in "\n".join(await reminders(acme, "U0MARIE"))
    assert "20:00 in Europe/Brussels" in (await reminders(acme, "U0MARIE"))[-1]


async def test_a_new_watcher_takes_no_reminder_from_the_owner(acme: House) -> None:
    await follow(acme, payment())
    await deliver(acme)
    await follow(acme, payment(watchers=("U0RAVI",)))
    await at(acme, "2026-11-18T09:00:01+01:00")
    assert "14 days before" in (await reminders(acme, "U0MARIE"))[-1]
    assert "14 days before" in (await reminders(acme, "U0RAVI"))[-1]
    await follow(acme, payment())
    await at(acme, "2026-11-19T09:00:05+01:00")
    assert "You have not answered" in (await reminders(acme, "U0MARIE"))[-1], "her silence was not forgotten"
    await at(acme, "2026-11-25T09:00:05+01:00")
    assert "7 days before" in (await reminders(acme, "U0MARIE"))[-1]
    assert len(await reminders(acme, "U0RAVI")) == 1, "who watches no more is reminded no more"


async def test_an_acknowledged_repetition_comes_back_with_the_next_reminder_of_the_same_day(acme: House) -> None:
    await acme.post("clock", now="2026-11-05T07:50:00+01:00")
    await follow(acme, clock(owner="U0ADMIN"))  # due at 09:00
    await deliver(acme)
    await at(acme, "2026-11-05T08:00:05+01:00")
    await press(acme, "U0ADMIN", "ack")
    await at(acme, "2026-11-05T09:00:05+01:00")
    await at(acme, "2026-11-06T09:00:10+01:00")
    told = await reminders(acme, "U0ADMIN")
    assert "The time has come." in told[-2]
    assert "You have not answered" in told[-1]


async def test_whoever_it_went_up_to_silences_only_themselves(acme: House) -> None:
    id = await follow(acme, payment())
    for day in (18, 19, 20):
        await at(acme, f"2026-11-{day}T09:00:{day}+01:00")
    assert "has not answered since" in (await reminders(acme, "U0ANNA"))[-1], "the agreement's manager"
    await press(acme, "U0ANNA", "ack")
    await press(acme, "U0ANNA", "ack")
    before = len(await reminders(acme, "U0MARIE")), len(await reminders(acme, "U0ANNA"))
    await at(acme, "2026-11-23T09:00:05+01:00")
    assert (len(await reminders(acme, "U0MARIE")), len(await reminders(acme, "U0ANNA"))) == (before[0] + 1, before[1])
    await press(acme, "U0ANNA", "done")
    assert await fill(acme, "U0ANNA", what="I paid it", when="2026-11-23") == {"closed": True}, "a manager may"
    assert (await stands(acme, id)).state == "done"
