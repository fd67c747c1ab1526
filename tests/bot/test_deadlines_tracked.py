"""Deadlines as people track and list them, and what is refused in a sentence."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

import pytest

from storage import deadlines
from tests import signing
from tests.bot.following import acme, at, deliver, fill, follow, payment
from tests.house import House, shown

__all__ = ["acme"]  # the fixture


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
        ("away from=2026-12-01 to=2028-12-01 substitute=@marie", "366 at most"),
        ("away from=2026-10-01 to=2026-10-05 substitute=@marie", "has passed"),
        ("away from=2026-12-01 to=2026-12-05 substitute=U0BOT", "is a bot"),
        ("calendar 9999-12", "Give a month from 1990 to 2099"),
        ("calendar soon", "month"),
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


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("list", True),
        ("list mine", True),
        ("list next 40 days", True),
        ("list next=40", True),
        ("list next 30 days", True),  # it is due in 30 days, at the end of that day
        ("list next 29 days", False),
        ("list next 10 days", False),
        ("list agreement acme, next 40", True),
        ("list overdue agreement=acme", False),
        ("list agreement=acme mine", True),
    ],
)
async def test_the_list_is_narrowed_as_people_say_it(acme: House, words: str, found: bool) -> None:
    await follow(acme, payment())
    told = await acme.command("U0MARIE", "/deadline", words)
    assert ("Invoice INV-1 is paid" in told["text"]) == found, told["text"]


async def test_what_has_passed_is_overdue_and_not_among_the_next(acme: House) -> None:
    await follow(acme, payment())
    await at(acme, "2026-12-03T10:00:00+01:00")
    for words, found in {"list overdue": True, "list next=30": False, "list": True}.items():
        told = await acme.command("U0MARIE", "/deadline", words)
        assert ("Invoice INV-1 is paid" in told["text"]) == found, words


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        ("track payment-due from=2026-11-02 leads=40", "longer than the 30 days"),
        ("track payment-due from=2026-09-02", "passed on Fri 2 Oct 2026"),
        ("track payment-due from=2026-11-02 owner=<@U0BOT>", "is a bot"),
        ("track payment-due from=2026-11-02 watchers=<@U0BOT>", "is a bot"),
        ("track payment-due from=2026-11-02 zone=Mars/Olympus", "Mars/Olympus"),
        ("list next=0", "next is '0'; give a number of days"),
        ("list next=3661", "next is '3661'; give a number of days"),
        ("hours zone=Mars/Olympus", "Mars/Olympus"),
        ("hours from=17:00 to=09:00", "are none"),
        ("away from=2026-10-01 to=2026-10-02 substitute=@anna", "has passed"),
        ("away from=2026-11-05 to=2026-11-06 substitute=<@U0BOT>", "is a bot"),
    ],
)
async def test_what_cannot_be_is_refused_in_one_sentence(acme: House, words: str, refused: str) -> None:
    told = (await acme.command("U0ANNA", "/deadline", words))["text"]
    assert refused in told
    assert "Something went wrong" not in told


async def test_a_bot_manages_no_agreement(acme: House) -> None:
    await acme.command("U0MARIE", "/agreement", "edit acme")
    told = {"slug": "acme", "client": "Acme NV", "concluded": "2026-01-15", "manager": "U0BOT"}
    assert "is a bot" in (await fill(acme, "U0MARIE", **told))["errors"]["manager"]


async def test_a_deadline_whose_command_comes_twice_at_once_is_tracked_once_and_answered_alike(
    home_http: House,
) -> None:
    fields = {"command": "/deadline", "text": "track payment-due from=2026-11-15 title=Twice", "user_id": "U0ANNA"}
    place = {
        "channel_id": "C0GENERAL",
        "team_id": "T0LOCAL",
        "trigger_id": "8.8",
        "response_url": "http://127.0.0.1:1/",
    }
    body = urlencode(fields | place).encode()
    first, second = await asyncio.gather(signing.deliver(home_http, body), signing.deliver(home_http, body, age=1))
    assert first == second
    assert "Tracked as" in first[1]
