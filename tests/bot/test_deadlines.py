"""Deadlines that are kept: followed, reminded of, answered, moved, and never said twice; through the assembled bot."""

from typing import Any

import pytest
from sqlite_utils import Database

from bot import app as bots
from handlers import tracking
from handlers.tracking import Due
from knowledge.refused import Refused
from storage import agreements, deadlines
from tests.house import House, shown

NOW = "2026-11-02T09:30:00+01:00"  # a Monday

ACME = """
slug = "acme"
client = "Acme NV"
manager = "U0ANNA"
country = "BE"
concluded = 2026-01-15
"""
PAYMENT = """
[[amendments]]
name = "Acme special conditions"
amends = "ITQ"

[[amendments.terms."payment.term"]]
value = 20
unit = "days"
clause = "3"
words = "Invoices are payable within twenty (20) days."
"""


def register(db: Database, home: House, text: str) -> None:
    agreements.keep(db, "acme", "Acme NV", text, home.bot.services.now(), "U0ADMIN")


def payment(key: str = "payment-due:INV-1", since: str = "2026-11-02", **more: Any) -> Due:
    told = {"agreement": "acme", "owner": "U0MARIE", "watchers": (), "title": "Invoice INV-1 is paid"} | more
    return Due(key, "payment-due", {"from": since}, **told)


async def follow(home: House, due: Due, cause: str = "invoice INV-1 was sent") -> str:
    services = home.bot.services
    await services.shelf()
    return await services.store.run(tracking.follow, services, due, cause=cause, by="U0ADMIN")


async def deliver(home: House) -> None:
    """Say everything that is due, as a process does that was started just now."""
    services = home.bot.services
    sending = bots.sender(services, home.bot.app.client, services.now)
    while await sending.round():
        pass


async def at(home: House, instant: str) -> None:
    """Move the clock, and say everything that is due then."""
    await home.post("clock", now=instant)
    await deliver(home)


async def reminders(home: House, user: str) -> list[str]:
    seen = await home.seen(user, user.replace("U0", "D0"))
    return [shown(message) for message in seen]


@pytest.fixture
async def acme(home_http: House) -> House:
    """A Monday morning with an agreement; letters go out when the test says so."""
    await home_http.bot.deliveries.stop()
    await home_http.post("clock", now=NOW)
    await home_http.bot.services.store.run(register, home_http, ACME)
    return home_http


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
        manager = [words for words in await reminders(acme, "U0ANNA") if "has not answered since" in words]
        assert bool(manager) == (day >= "2026-11-20"), "two Working Days"
    await at(acme, "2026-11-25T09:30:00+01:00")
    assert "as an administrator" in "\n".join(await reminders(acme, "U0ADMIN"))


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
    assert "the reminder of 14 days before" in (await reminders(acme, "U0MARIE"))[-1]


async def test_lead_times_that_do_not_fit_are_refused(acme: House) -> None:
    with pytest.raises(Refused, match="longer than the 30 days"):
        await follow(acme, payment(leads=(31,)))
    assert await acme.bot.services.store.run(deadlines.by_key, "payment-due:INV-1") is None
