"""Deadlines where people look at days: the weekly digest, the month as a picture, the calendar file and its private address."""

from __future__ import annotations

from datetime import timedelta

import pytest
from icalendar import Calendar

from handlers import feeds
from tests.bot.following import acme, at, clock, deliver, digests, follow, payment
from tests.house import House

__all__ = ["acme"]  # the fixture


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
        unchanged = {"If-None-Match": response.headers["ETag"]}
    async with acme.session.head(address) as response:
        assert (response.status, await response.read()) == (200, b"")
    await acme.post("clock", advance=3_600)
    async with acme.session.get(address, headers=unchanged) as response:
        assert (response.status, await response.read()) == (304, b"")
    await follow(acme, payment(title="Invoice INV-1, the whole of it"))
    async with acme.session.get(address, headers=unchanged) as response:
        assert response.status == 200
        assert "Invoice INV-1\\, the whole of it" in await response.text()
    (event,) = calendar.walk("VEVENT")
    assert event.decoded("dtstart").isoformat() == "2026-12-02"
    alarms = [alarm.decoded("trigger") for alarm in event.walk("VALARM")]
    assert alarms == [timedelta(hours=9) - timedelta(days=lead) for lead in (14, 7, 3, 1, 0)]
    kept_hashes = await acme.bot.services.store.run(lambda db: db.execute("select hash from feeds").fetchall())
    assert address.rpartition("/")[2].removesuffix(".ics") not in str(kept_hashes)
    await acme.click("U0MARIE", message, "C0GENERAL", "feed_close")
    async with acme.session.get(address) as response:
        assert response.status == 404


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


async def test_the_next_two_weeks_end_with_the_same_day_wherever_its_reader_is(acme: House) -> None:
    await follow(acme, payment())
    await acme.command("U0MARIE", "/deadline", "hours zone=Asia/Kolkata")
    await follow(acme, payment("payment-due:INV-2", "2026-11-07", title="Invoice INV-2 is paid"))
    await at(acme, "2026-11-23T04:30:05+01:00")
    (told,) = await digests(acme, "U0MARIE")
    assert "Mon 7 Dec 2026* (in 14 days) · Invoice INV-2 is paid" in told


async def test_a_digest_that_may_have_come_already_says_so_with_its_key(acme: House) -> None:
    await follow(acme, payment())
    await deliver(acme)
    await acme.post("clock", now="2026-11-23T09:00:05+01:00")
    await acme.post("faults", method="chat.postMessage", error="disconnect", times=2)
    await deliver(acme)
    await acme.post("clock", advance=31)
    await deliver(acme)
    first, second = await digests(acme, "U0MARIE")
    assert "You may have had this already" not in first
    assert "Its key is digest:U0MARIE:2026-11-09." in second


@pytest.mark.parametrize("count", [0, 1])
async def test_a_calendar_names_its_zone_and_is_never_empty(acme: House, count: int) -> None:
    for _ in range(count):
        await follow(acme, clock())
    text = await acme.bot.services.store.run(feeds.written, acme.bot.services, "U0MARIE")
    calendar = Calendar.from_ical(text)
    (zone,) = calendar.walk("VTIMEZONE")
    assert zone["tzid"] == "Europe/Brussels"
    assert text.count(b"TZID=Europe/Brussels") == count
    assert b"DURATION" not in text.replace(b"REFRESH-INTERVAL;VALUE=DURATION", b"")
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    events = calendar.walk("VEVENT")
    assert [e.decoded("dtstart").isoformat() for e in events] == ["2026-11-05T09:00:00+01:00"] * count
    assert all(len(e.walk("VALARM")) == 5 for e in events)
