"""Deadlines that are kept: followed, reminded of, answered, moved, and never said twice; through the assembled bot."""

import asyncio
import copy
from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlite_utils import Database

from bench.year import Dying, Killed
from bot import app as bots
from handlers import tracking
from handlers.reminders import Reminders
from handlers.tracking import Due
from knowledge.refused import Refused
from storage import agreements, deadlines, outbox
from storage.store import Store
from tests import signing
from tests.house import House, Json, buttons, shown

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
    told = [shown(message) for message in await home.seen(user, user.replace("U0", "D0"))]
    return [words for words in told if not words.startswith("Your deadlines on")]


async def digests(home: House, user: str) -> list[str]:
    told = [shown(message) for message in await home.seen(user, user.replace("U0", "D0"))]
    return [words for words in told if words.startswith("Your deadlines on")]


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
    told = (await reminders(acme, "U0MARIE"))[-1]
    assert "the reminder of 14 days before. It is late: it was due on Wed 18 Nov 2026, 09:00" in told


async def test_lead_times_that_do_not_fit_are_refused(acme: House) -> None:
    with pytest.raises(Refused, match="longer than the 30 days"):
        await follow(acme, payment(leads=(31,)))
    assert await acme.bot.services.store.run(deadlines.by_key, "payment-due:INV-1") is None


# What people do


async def view_of(home: House, user: str) -> Json:
    view: Json = (await home.get("views", user=user))["views"][-1]
    return view


async def press(home: House, user: str, verb: str, *, last: bool = True) -> Json:
    """Press a button of the latest reminder to a person; the answer."""
    seen = [m for m in await home.seen(user, user.replace("U0", "D0")) if any(_is(b, verb) for b in buttons(m))]
    message = seen[-1]
    return await home.click(user, message, user.replace("U0", "D0"), f"deadline_{verb}")


def _is(button: Json, verb: str) -> bool:
    return bool(button["action_id"] == f"deadline_{verb}")


async def fill(home: House, user: str, **values: Any) -> Json:
    view = await view_of(home, user)
    return await home.post("submit", user=user, view_id=view["id"], values=values)


async def reminded(home: House) -> str:
    """A deadline of Marie's, of which she is reminded a fortnight before."""
    id = await follow(home, payment())
    await deliver(home)
    await at(home, "2026-11-18T09:00:01+01:00")
    return id


async def stands(home: House, id: str) -> deadlines.Tracked:
    tracked = await home.bot.services.store.run(deadlines.get, id)
    assert tracked is not None
    return tracked


async def test_done_asks_what_and_when_and_ends_the_reminders(acme: House) -> None:
    id = await reminded(acme)
    await press(acme, "U0MARIE", "done")
    wrong = await fill(acme, "U0MARIE", what="Paid by bank transfer", when="2026-11-19")
    assert "still to come" in wrong["errors"]["when"]
    assert await fill(acme, "U0MARIE", what="Paid by bank transfer", when="2026-11-17") == {"closed": True}
    assert (await stands(acme, id)).state == "done"
    before = len(await reminders(acme, "U0MARIE"))
    await at(acme, "2027-02-01T12:00:00+01:00")
    assert len(await reminders(acme, "U0MARIE")) == before
    last = (await acme.bot.services.store.run(deadlines.steps, id))[-1]
    assert (last.action, last.content) == ("deadline done", {"what": "Paid by bank transfer", "when": "2026-11-17"})
    assert "is done already" in (await _pressed_again(acme))


async def _pressed_again(home: House) -> str:
    await press(home, "U0MARIE", "ack")
    return (await home.seen("U0MARIE", "D0MARIE"))[-1]["text"]


async def test_an_acknowledgement_is_personal(acme: House) -> None:
    await follow(acme, payment(watchers=("U0RAVI",)))
    await at(acme, "2026-11-18T09:00:01+01:00")
    assert len(await reminders(acme, "U0RAVI")) == 1, "Ravi watches"
    await press(acme, "U0RAVI", "ack")
    await at(acme, "2026-11-19T09:00:05+01:00")
    assert "You have not answered" in (await reminders(acme, "U0MARIE"))[-1]
    await press(acme, "U0MARIE", "ack")
    assert "The next reminder comes on Wed 25 Nov 2026 at 09:00." in (await acme.seen("U0MARIE", "D0MARIE"))[-1]["text"]
    before = len(await reminders(acme, "U0MARIE"))
    await at(acme, "2026-11-24T17:30:00+01:00")
    assert len(await reminders(acme, "U0MARIE")) == before
    assert not await reminders(acme, "U0ANNA"), "answered, so the manager hears nothing"


async def test_a_snooze_comes_back_and_never_passes_the_deadline(acme: House) -> None:
    await reminded(acme)
    await press(acme, "U0MARIE", "snooze")
    wrong = await fill(acme, "U0MARIE", choice="At the time below", at="2026-12-03T09:00:00+01:00")
    assert "past the deadline" in wrong["errors"]["at"]
    assert await fill(acme, "U0MARIE", choice="Next Working Day") == {"closed": True}
    await at(acme, "2026-11-19T09:00:05+01:00")
    told = await reminders(acme, "U0MARIE")
    assert "You asked to be reminded again now." in told[-1]
    assert not any("You have not answered" in words for words in told)


async def test_a_move_needs_a_reason_and_keeps_both_dates(acme: House) -> None:
    id = await reminded(acme)
    await press(acme, "U0MARIE", "move")
    assert list((await fill(acme, "U0MARIE", day="2026-12-10"))["errors"]) == ["reason"]
    assert await fill(acme, "U0MARIE", day="2026-12-10", reason="Acme asked for it") == {"closed": True}
    tracked = await stands(acme, id)
    assert tracked.due.isoformat() == "2026-12-10"
    assert [reading[0] for reading in tracked.readings] == ["literal", "moved by a person"]
    last = (await acme.bot.services.store.run(deadlines.steps, id))[-1]
    assert (last.content["from"], last.content["to"]) == ("2026-12-02", "2026-12-10")
    assert last.content["cause"] == "Acme asked for it"


async def test_a_hand_over_needs_the_new_owner_to_accept(acme: House) -> None:
    id = await reminded(acme)
    await press(acme, "U0MARIE", "hand")
    wrong = await fill(acme, "U0MARIE", owner="U0BOT")
    assert "is a bot" in wrong["errors"]["owner"]
    assert await fill(acme, "U0MARIE", owner="U0ANNA", note="It is your client now") == {"closed": True}
    await deliver(acme)
    assert (await stands(acme, id)).owner == "U0MARIE"
    assert "<@U0MARIE> wants to hand it over to you: It is your client now." in (await reminders(acme, "U0ANNA"))[-1]
    await press(acme, "U0ANNA", "accept")
    await deliver(acme)
    assert (await stands(acme, id)).owner == "U0ANNA"
    assert "<@U0ANNA> has accepted it" in (await reminders(acme, "U0MARIE"))[-1]
    await at(acme, "2026-11-25T09:00:05+01:00")
    assert "7 days before" in (await reminders(acme, "U0ANNA"))[-1]
    await follow(acme, payment(since="2026-11-09"), "the invoice was sent again")
    assert (await stands(acme, id)).owner == "U0ANNA", "the fact does not take it back"


async def test_why_shows_words_rule_inputs_calendar_who_asked_and_the_chain(acme: House) -> None:
    await reminded(acme)
    await press(acme, "U0MARIE", "why")
    told = shown(await view_of(acme, "U0MARIE"))
    for words in (
        "thirty (30) days",
        "payment-due (ITQ 6.1)",
        "from 2026-11-02",
        "<@U0ADMIN>",
        "14 days before said Wed 18 Nov 2026 09:00",
        "7 days before planned for Wed 25 Nov 2026 09:00",
        "from 09:00 to 17:00 in Europe/Brussels",
        "invoice INV-1 was sent",
    ):
        assert words in told, words


async def test_who_has_nothing_to_do_with_a_deadline_is_told_who_has(acme: House) -> None:
    id = await reminded(acme)
    listed = await acme.command("U0RAVI", "/deadline", "list all")
    message = await acme.said("U0RAVI", "C0GENERAL", "1 open deadline")
    choose = {"user": "U0RAVI", "channel": "C0GENERAL", "message_ts": message["ts"], "action_id": "deadline_menu"}
    assert id in str(listed)
    await acme.post("click", **choose, selected=f"ack {id}")
    refused = await acme.said("U0RAVI", "C0GENERAL", "only the owner")
    assert "<@U0MARIE>" in refused["text"] or "&lt;@U0MARIE&gt;" in refused["text"]


async def test_deadlines_are_tracked_from_typed_words_and_from_an_answer(acme: House) -> None:
    words = 'track payment-due from=2026-11-02 agreement=acme title="Invoice 7" owner=@marie leads=14,1'
    ack = await acme.command("U0ANNA", "/deadline", words)
    assert (
        "Invoice 7, due on Wed 2 Dec 2026. <@U0MARIE> is reminded on Wed 18 Nov 2026, Tue 1 Dec 2026, Wed 2 Dec"
        in ack["text"]
    )
    again = await acme.command("U0ANNA", "/deadline", words)
    assert "It is tracked already" in again["text"]
    await acme.command("U0ANNA", "/deadline", "delivery-damage from=2026-11-02")
    message = await acme.said("U0ANNA", "C0GENERAL", "Mon 9 Nov 2026")
    await acme.click("U0ANNA", message, "C0GENERAL", "deadline_track")
    assert await fill(acme, "U0ANNA", title="Crate 12", owner="U0ANNA") == {"closed": True}
    await deliver(acme)
    listed = await acme.command("U0ANNA", "/deadline", "list")
    assert "Crate 12" in shown(listed)
    assert "Invoice 7" not in shown(listed)
    assert "Invoice 7" in shown(await acme.command("U0ANNA", "/deadline", "list agreement=acme next=40"))
    assert "There are no open deadlines" in (await acme.command("U0ANNA", "/deadline", "list overdue"))["text"]
    assert "Crate 12" in shown((await acme.post("home", user="U0ANNA"))["view"])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("track payment-due from=2026-11-02 leads=40", "longer than the 30 days"),
        ("track payment-due from=2026-01-02", "passed on Sun 1 Feb 2026"),
        ("track payment-due from=2026-11-02 owner=U0BOT", "is a bot"),
        ("track payment-due from=2026-11-02 owner=nobody", "pick the person"),
        ("track payment-due from=2026-11-02 leads=soon", "no lead time"),
        ("track", "Say which deadline"),
        ("hours zone=Europe/Nowhere", "no time zone"),
        ("hours from=18:00 to=09:00", "are none"),
        ("away from=2026-12-05 to=2026-12-01 substitute=@marie", "before"),
        ("away from=2026-12-01 to=2026-12-05 substitute=@anna", "stand in for yourself"),
        ("list soon", "does not know"),
        ("list agreement=nobody", "no agreement"),
        ("show 123", "no tracked deadline"),
    ],
)
async def test_bad_input_is_refused_in_a_sentence(acme: House, words: str, told: str) -> None:
    ack = await acme.command("U0ANNA", "/deadline", words)
    assert told in ack["text"]
    assert not await acme.bot.services.store.run(deadlines.open_ones)


async def test_somebody_who_was_deactivated_cannot_own_a_deadline(acme: House) -> None:
    left = {"type": "user_change", "user": {"id": "U0RAVI", "team_id": "T0LOCAL", "name": "ravi", "deleted": True}}
    assert (await signing.deliver(acme, signing.event(left)))[0] == 200
    ack = await acme.command("U0ANNA", "/deadline", "track payment-due from=2026-11-02 owner=<@U0RAVI>")
    assert "has left this workspace; name somebody who can be reached" in ack["text"]
    assert not await acme.bot.services.store.run(deadlines.open_ones)


async def test_a_substitute_is_reminded_while_somebody_is_away(acme: House) -> None:
    ack = await acme.command("U0MARIE", "/deadline", "away from=2026-11-16 to=2026-11-20 substitute=@anna")
    assert "You are away: Mon 16 Nov 2026 to Fri 20 Nov 2026, <@U0ANNA> stands in." in ack["text"]
    await reminded(acme)
    assert len(await reminders(acme, "U0MARIE")) == 1, "told before she left"
    told = (await reminders(acme, "U0ANNA"))[-1]
    assert "For <@U0MARIE>, who is away until Fri 20 Nov 2026." in told
    await press(acme, "U0ANNA", "ack")
    await at(acme, "2026-11-20T16:00:00+01:00")
    told = [words for words in await reminders(acme, "U0ANNA") if words.startswith("For <@U0MARIE>")]
    assert len(told) == 1, "the substitute has answered for her"
    await acme.command("U0MARIE", "/deadline", "away none")
    await at(acme, "2026-11-25T09:00:05+01:00")
    assert "7 days before" in (await reminders(acme, "U0MARIE"))[-1]


async def test_hours_that_a_person_chooses_move_their_reminders(acme: House) -> None:
    await follow(acme, payment())
    await acme.command("U0MARIE", "/deadline", "hours zone=Asia/Tokyo from=10:00 to=18:00 country=JP")
    await at(acme, "2026-11-18T01:59:00+01:00")
    count = len(await reminders(acme, "U0MARIE"))
    await at(acme, "2026-11-18T02:00:05+01:00")  # 10:00 in Tokyo
    assert len(await reminders(acme, "U0MARIE")) == count + 1


async def test_the_calendar_is_a_picture_a_file_and_an_address_that_can_be_revoked(acme: House) -> None:
    await follow(acme, payment())
    ack = await acme.command("U0MARIE", "/deadline", "calendar 2026-12")
    assert "December 2026" in ack["text"]
    await deliver(acme)
    month = await acme.said("U0MARIE", "D0MARIE", "Calendar of December 2026 with 1 deadline", image=True)
    assert "Wed 2 Dec 2026: Invoice INV-1 is paid" in month["text"]
    message = await acme.said("U0MARIE", "C0GENERAL", "private address")
    await acme.click("U0MARIE", message, "C0GENERAL", "feed_open")
    refused = await acme.said("U0MARIE", "C0GENERAL", "no public address")
    assert "CLAUSEKEEPER_URL" in refused["text"]
    acme.bot.services.address = acme.address
    await acme.click("U0MARIE", message, "C0GENERAL", "feed_open")
    address = (await acme.said("U0MARIE", "C0GENERAL", "Subscribe to"))["text"].split()[2]
    async with acme.session.get(address) as response:
        assert response.status == 200
        assert response.content_type == "text/calendar"
        calendar = Calendar.from_ical(await response.text())
    (event,) = calendar.walk("VEVENT")
    assert event.decoded("dtstart").isoformat() == "2026-12-02"
    alarms = [alarm.decoded("trigger") for alarm in event.walk("VALARM")]
    assert alarms == [timedelta(hours=9) - timedelta(days=lead) for lead in (14, 7, 3, 1, 0)]
    kept_hashes = await acme.bot.services.store.run(lambda db: db.execute("select hash from feeds").fetchall())
    assert address.rpartition("/")[2].removesuffix(".ics") not in str(kept_hashes)
    await acme.click("U0MARIE", message, "C0GENERAL", "feed_close")
    async with acme.session.get(address) as response:
        assert response.status == 404


# What follows by itself


async def change(home: House, **more: Any) -> None:
    """Register Acme, or its new state, through the form."""
    known = await home.bot.services.store.run(agreements.get, "acme")
    await home.command("U0MARIE", "/agreement", "edit acme" if known else "")
    values = {"slug": "acme", "client": "Acme NV", "manager": "U0MARIE", "country": "BE", "concluded": "2026-01-15"}
    assert await fill(home, "U0MARIE", **(values | more)) == {"closed": True}


async def due_of(home: House, key: str) -> str | None:
    tracked = await home.bot.services.store.run(deadlines.by_key, key)
    return tracked.due.isoformat() if tracked and tracked.state == "open" else None


async def test_the_end_of_an_agreement_brings_the_return_of_hardware_and_moves_it(acme: House) -> None:
    await change(acme, ends="2027-01-14")
    assert await due_of(acme, "hardware-return:agreement:acme") == "2027-01-28"
    await change(acme, ends="2027-02-14")
    assert await due_of(acme, "hardware-return:agreement:acme") == "2027-02-28"
    await deliver(acme)
    assert "Moved from Thu 28 Jan 2027 to Sun 28 Feb 2027" in "\n".join(await reminders(acme, "U0MARIE"))
    view = {"renewal": "12", "notice": "3 months", "notice_opens": "6 months", "ends": "2027-02-14"}
    await change(acme, **view)
    assert await due_of(acme, "hardware-return:agreement:acme") is None, "what renews itself does not end"
    assert await due_of(acme, "renewal-notice:acme") == "2026-11-14"
    assert await due_of(acme, "renewal-opens:acme") is None, "14 August has passed"
    await at(acme, "2027-02-15T00:00:05+01:00")
    assert await due_of(acme, "renewal-notice:acme") == "2027-11-14", "the next term"
    assert await due_of(acme, "renewal-opens:acme") == "2027-08-14"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"renewal": "12", "notice": "3 months"}, "ends"),
        ({"renewal": "12", "ends": "2027-01-14"}, "notice"),
        ({"notice": "3 months", "ends": "2027-01-14"}, "renewal"),
        ({"renewal": "0", "ends": "2027-01-14", "notice": "3 months"}, "renewal"),
        ({"renewal": "12", "ends": "2027-01-14", "notice": "a while"}, "notice"),
        ({"renewal": "12", "ends": "2027-01-14", "notice": "6 months", "notice_opens": "90 days"}, "notice_opens"),
    ],
)
async def test_a_renewal_that_does_not_hold_together_is_refused(
    acme: House, values: dict[str, str], field: str
) -> None:
    await acme.command("U0MARIE", "/agreement", "edit acme")
    told = {"slug": "acme", "client": "Acme NV", "concluded": "2026-01-15"} | values
    assert list((await fill(acme, "U0MARIE", **told))["errors"]) == [field]


async def test_a_special_condition_moves_what_is_tracked_under_its_agreement(acme: House) -> None:
    id = await follow(acme, payment())
    await acme.command("U0MARIE", "/agreement", "condition acme")
    values = {"term": "payment.term", "value": "20", "clause": "3", "words": "Invoices are payable within twenty days."}
    assert await fill(acme, "U0MARIE", **values) == {"closed": True}
    assert (await stands(acme, id)).due.isoformat() == "2026-11-22"
    await deliver(acme)
    told = "\n".join(await reminders(acme, "U0MARIE"))
    assert "Moved from Wed 2 Dec 2026 to Sun 22 Nov 2026: added a special condition to acme." in told


async def test_what_others_settled_or_said_of_a_return_outlives_a_change_of_the_agreement(acme: House) -> None:
    await change(acme, ends="2027-01-14")
    key, services = "hardware-return:agreement:acme", acme.bot.services
    fact = Due(key, "hardware-return", {"from": "2027-01-14"}, "acme", "", ("U0RAVI",), "LT-001 is returned")
    id = await follow(acme, fact)
    await change(acme, ends="2027-02-14")
    tracked = await stands(acme, id)
    assert (tracked.title, tracked.due.isoformat()) == ("LT-001 is returned", "2027-02-28")
    assert await services.store.run(deadlines.watchers, id) == ("U0RAVI",)
    await services.store.run(tracking.drop, services, key, cause="LT-001 came back", by="U0ADMIN")
    await change(acme, ends="2027-02-14", rate="120")
    assert await due_of(acme, key) is None
    await change(acme, ends="2027-03-14")
    assert await due_of(acme, key) == "2027-03-28", "another end is another fact"


async def test_a_deadline_that_was_done_stays_done_when_its_agreement_changes(acme: House) -> None:
    await change(acme, ends="2027-01-14")
    await at(acme, "2027-01-14T09:00:05+01:00")
    await press(acme, "U0MARIE", "done")
    await fill(acme, "U0MARIE", what="All came back", when="2027-01-13")
    await change(acme, ends="2027-01-14", rate="150")
    assert await due_of(acme, "hardware-return:agreement:acme") is None


async def test_the_digest_comes_on_monday_morning_once_and_not_at_all_where_there_is_nothing(acme: House) -> None:
    await follow(acme, payment())
    await acme.command("U0MARIE", "/deadline", "hours zone=America/New_York country=US")
    await at(acme, "2026-11-09T14:59:00+01:00")
    assert not await digests(acme, "U0MARIE"), "it is not nine o'clock in New York yet, and nothing is due in two weeks"
    await at(acme, "2026-11-16T15:00:05+01:00")
    assert not await digests(acme, "U0MARIE"), "the deadline is more than two weeks away"
    await at(acme, "2026-11-23T14:59:00+01:00")
    assert not await digests(acme, "U0MARIE")
    await at(acme, "2026-11-23T15:00:05+01:00")
    await at(acme, "2026-11-23T16:00:05+01:00")
    (told,) = await digests(acme, "U0MARIE")
    assert "Wed 2 Dec 2026* (in 9 days) · Invoice INV-1 is paid" in told
    await at(acme, "2026-12-07T15:00:05+01:00")
    assert "Passed, and not done" in (await digests(acme, "U0MARIE"))[-1]
    assert not await digests(acme, "U0RAVI")


# How it is delivered


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
    }.items():
        await at(acme, instant)
        assert words in "\n".join(await reminders(acme, "U0MARIE"))
    assert "20:00 in Europe/Brussels" in (await reminders(acme, "U0MARIE"))[-1]


async def test_who_cannot_be_reached_is_passed_over_for_substitute_channel_and_admins(acme: House) -> None:
    await acme.command("U0MARIE", "/deadline", "away from=2026-11-03 to=2026-11-03 substitute=@ravi")
    await acme.bot.services.store.run(agreements.set_channel, "C0CONTRACTS", "acme")
    await follow(acme, payment())
    await deliver(acme)
    del acme.workspace.users["U0MARIE"]  # who has left
    await at(acme, "2026-11-18T09:00:01+01:00")
    assert "For <@U0MARIE>, who cannot be reached." in (await reminders(acme, "U0RAVI"))[0], "the substitute"
    del acme.workspace.users["U0RAVI"]  # who has left
    await at(acme, "2026-11-25T09:00:01+01:00")
    told = shown((await acme.seen("U0ANNA", "C0CONTRACTS"))[-1])
    assert "the reminder of 7 days before" in told, "the agreement's channel"
    await acme.bot.services.store.run(agreements.set_channel, "C0CONTRACTS", "")
    await at(acme, "2026-11-27T09:00:01+01:00")
    assert "the reminder of 3 days before" in "\n".join(await reminders(acme, "U0ADMIN"))


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


async def _all(home: House) -> list[Json]:
    seen = [m for user in ("U0MARIE", "U0RAVI", "U0ANNA") for m in await home.seen(user, user.replace("U0", "D0"))]
    return [m for m in seen if m.get("metadata")]


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
