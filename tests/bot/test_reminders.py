"""Reminders that are trusted like a registered letter: not lost to a change, not doubled unmarked, silenced by nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from sqlite_utils import Database

from bot import app as bots
from handlers import feeds, profiles, tracking
from handlers.tracking import Due
from storage import agreements, deadlines, documents, outbox, people
from storage.documents import Version
from tests.bot.test_deadlines import (
    acme,
    at,
    deliver,
    digests,
    fill,
    follow,
    payment,
    press,
    reminded,
    reminders,
    stands,
    view_of,
)
from tests.house import House, shown
from tests.signing import deliver as hand_in
from tests.signing import event

__all__ = ["acme"]  # the fixture


def clock(**more: Any) -> Due:
    told = {"agreement": "", "owner": "U0MARIE", "watchers": (), "title": "The authority is told"} | more
    return Due("asked:clock", "breach-authority", {"from": "2026-11-02T09:00:00+01:00"}, **told)


async def keys(home: House) -> list[str]:
    seen = []
    for user in ("U0MARIE", "U0RAVI", "U0ANNA", "U0ADMIN"):
        seen += [m for m in await home.seen(user, user.replace("U0", "D0")) if m.get("metadata")]
    return [key for message in seen for key in message["metadata"]["event_payload"]["keys"]]


# Nothing is lost to a change


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


# Nothing is doubled unmarked


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


async def test_forty_offers_fit_one_message_and_are_accepted_from_its_menus(acme: House) -> None:
    ids = [await follow(acme, payment(f"payment-due:{n}", title=f"Invoice {n}")) for n in range(30)]
    listed = await acme.command("U0MARIE", "/deadline", "list")
    assert len(listed["blocks"]) == 31
    for id in ids:
        seen = await acme.said("U0MARIE", "C0GENERAL", "30 open deadlines")
        choose = {"user": "U0MARIE", "channel": "C0GENERAL", "message_ts": seen["ts"], "action_id": "deadline_menu"}
        block = next(b for b in seen["blocks"] if id in str(b))
        await acme.post("click", **choose, block_id=block["block_id"], selected=f"hand {id}")
        assert await fill(acme, "U0MARIE", owner="U0RAVI") == {"closed": True}
    await deliver(acme)
    (message,) = [m for m in await acme.seen("U0RAVI", "D0RAVI") if m.get("metadata")]
    block = next(b for b in message["blocks"] if ids[7] in str(b))
    choose = {"user": "U0RAVI", "channel": "D0RAVI", "message_ts": message["ts"], "action_id": "deadline_menu"}
    await acme.post("click", **choose, block_id=block["block_id"], selected=f"accept {ids[7]}")
    assert (await stands(acme, ids[7])).owner == "U0RAVI"


# Nobody silences somebody else


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


async def test_why_tells_the_manager_the_chain_that_led_to_them(acme: House) -> None:
    await follow(acme, payment())
    for day in (18, 19, 20):
        await at(acme, f"2026-11-{day}T09:00:{day}+01:00")
    await press(acme, "U0ANNA", "why")
    told = shown(await view_of(acme, "U0ANNA"))
    assert "*Reminders to you* at 14, 7, 3, 1, 0 days before: for want of an answer said Fri 20 Nov 2026 09:00" in told
    assert "*Reminders to <@U0MARIE>* at 14, 7, 3, 1, 0 days before: 14 days before said Wed 18 Nov 2026 09:00" in told
    assert "Days begin and end in Europe/Brussels. literal: 30 days after the invoice date, that day itself not" in told


async def test_a_substitute_answers_while_they_stand_in_and_not_after(acme: House) -> None:
    await acme.command("U0MARIE", "/deadline", "away from=2026-11-16 to=2026-11-18 substitute=@ravi")
    await acme.command("U0RAVI", "/deadline", "away from=2026-11-16 to=2026-11-18 substitute=@anna")
    await acme.bot.services.store.run(agreements.keep, "acme", "Acme", _managed_by("U0ADMIN"), NOW(acme), "U0ADMIN")
    await reminded(acme)
    assert "For <@U0MARIE>, who is away until Wed 18 Nov 2026." in (await reminders(acme, "U0ANNA"))[-1]
    await press(acme, "U0ANNA", "ack")
    await at(acme, "2026-11-19T09:00:05+01:00")
    before = len(await reminders(acme, "U0MARIE"))
    assert not any("You have not answered" in words for words in await reminders(acme, "U0MARIE"))
    await at(acme, "2026-11-25T09:00:05+01:00")
    assert len(await reminders(acme, "U0MARIE")) == before + 1
    await press(acme, "U0ANNA", "ack")
    assert "only the owner" in (await acme.seen("U0ANNA", "D0ANNA"))[-1]["text"]
    await at(acme, "2026-11-26T09:00:05+01:00")
    assert "You have not answered" in (await reminders(acme, "U0MARIE"))[-1]


def _managed_by(person: str) -> str:
    return f'slug = "acme"\nclient = "Acme NV"\nmanager = "{person}"\ncountry = "BE"\nconcluded = 2026-01-15\n'


def NOW(home: House) -> Any:
    return home.bot.services.now()


# A new version of the words

ITQ = (Path(__file__).parents[2] / "knowledge/documents/itq/text.txt").read_text(encoding="utf-8")


async def under(home: House, old: str, new: str) -> tracking.Refreshed:
    """What ``documents add`` does with a version in which some words are others."""
    services, text = home.bot.services, ITQ.replace(old, new)
    assert text != ITQ

    def add(db: Database) -> tracking.Refreshed:
        documents.add(db, Version("itq", "2026", date(2026, 1, 1), "", "", "a test", text), services.now(), "test")
        return tracking.refresh(
            db, services, deadlines.open_ones(db), cause="version 2026 of ITQ was added", by="U0ADMIN"
        )

    return await services.store.run(add)


async def test_a_version_that_lost_the_words_of_a_deadline_leaves_it_and_says_what_to_do(acme: House) -> None:
    id = await follow(acme, payment())
    await deliver(acme)
    assert await under(acme, "thirty (30) days after", "forty (40) days after") == tracking.Refreshed((), (id,))
    await deliver(acme)
    told = (await reminders(acme, "U0MARIE"))[-1]
    assert "It could not be computed again after version 2026 of ITQ was added: " in told
    assert "no longer holds the words" in told
    assert "check it against the words as they stand now, and if they give another day, press *Move*" in told
    assert (await stands(acme, id)).due == date(2026, 12, 2)
    await press(acme, "U0MARIE", "move")
    assert await fill(acme, "U0MARIE", day="2026-12-12", reason="Forty days since 2026") == {"closed": True}
    await at(acme, "2026-12-09T09:00:05+01:00")
    assert "*Sat 12 Dec 2026* (in 3 days)" in (await reminders(acme, "U0MARIE"))[-1]


async def test_a_version_in_which_the_words_of_a_deadline_stand_still_changes_nothing_about_it(acme: House) -> None:
    id = await follow(acme, payment())
    await deliver(acme)
    before = await stands(acme, id), await reminders(acme, "U0MARIE")
    assert await under(acme, "ITQ is entitled to invoice electronically.", "") == tracking.Refreshed((), ())
    await deliver(acme)
    assert (await stands(acme, id), await reminders(acme, "U0MARIE")) == before


# Each person's own clock


async def test_a_zone_that_is_learnt_later_moves_what_is_owed(acme: House) -> None:
    acme.workspace.users["U0RAVI"] = replace(acme.workspace.users["U0RAVI"], zone="Australia/Sydney")
    await follow(acme, payment(owner="U0RAVI"))
    await at(acme, "2026-11-03T09:00:05+11:00")
    services = acme.bot.services
    waiting = await services.store.run(
        lambda db: db.execute(
            "select due from outbox where key like '%:14:U0RAVI' or key like 'digest:U0RAVI%'"
        ).fetchall()
    )
    assert sorted(row[0] for row in waiting) == ["2026-11-08T22:00:00+00:00", "2026-11-17T22:00:00+00:00"]
    acme.workspace.users["U0RAVI"] = replace(acme.workspace.users["U0RAVI"], zone="America/New_York")
    person = {"type": "user_change", "user": {"id": "U0RAVI", "team_id": "T0LOCAL", "tz": "America/New_York"}}
    await hand_in(acme, event(person, "Ev1"))
    await at(acme, "2026-11-18T08:59:05-05:00")
    before = len(await reminders(acme, "U0RAVI"))
    await at(acme, "2026-11-18T09:00:05-05:00")
    assert len(await reminders(acme, "U0RAVI")) == before + 1


async def test_a_profile_of_somebody_who_is_never_reminded_is_not_kept(acme: House) -> None:
    person = {"type": "user_change", "user": {"id": "U0OTHER", "team_id": "T0LOCAL", "tz": "Asia/Tokyo"}}
    await hand_in(acme, event(person, "Ev1"))
    known = await acme.bot.services.store.run(people.get, "U0OTHER")
    assert (known.profile_zone, known.looked_at) == (None, None)
    await profiles.met(acme.bot.services, acme.bot.app.client, "U0ANNA")
    assert (await acme.bot.services.store.run(people.get, "U0ANNA")).profile_zone == "Europe/Brussels"


# A calendar that every program reads


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


# An invoice brings its payment date


async def test_an_invoice_brings_its_payment_date_moves_it_and_ends_it(acme: House) -> None:
    told = await acme.command("U0MARIE", "/agreement", "invoice acme number=INV-7 date=2026-11-02")
    assert "Invoice INV-7 of acme is to be paid by Wed 2 Dec 2026; <@U0ANNA> is reminded." in told["text"]
    await acme.command("U0MARIE", "/agreement", "invoice acme number=inv-7 date=2026-11-03")
    await deliver(acme)
    words = "Moved from Wed 2 Dec 2026 to Thu 3 Dec 2026: invoice inv-7 is of Tue 3 Nov 2026."
    assert words in "\n".join(await reminders(acme, "U0ANNA"))
    await at(acme, "2026-11-19T09:00:05+01:00")
    assert "14 days before" in (await reminders(acme, "U0ANNA"))[-1]
    await acme.command("U0MARIE", "/agreement", "invoice acme")
    assert await fill(acme, "U0MARIE", number="INV-7", date="2026-11-03", paid="2026-11-18") == {"closed": True}
    before = len(await reminders(acme, "U0ANNA"))
    await at(acme, "2026-12-10T09:00:05+01:00")
    assert len(await reminders(acme, "U0ANNA")) == before
    again = await acme.command("U0MARIE", "/agreement", "invoice acme number=INV-7 date=2026-11-03")
    assert "is paid already" in again["text"]


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        ("invoice acme number=INV-7", "Give the date of invoice INV-7"),
        ("invoice acme number=INV-7 date=2026-11-02 paid=2026-11-01", "before the invoice"),
        ("invoice acme number=INV-7 date=2026-10-02 paid=2026-11-03", "still to come"),
        ("invoice acme number=INV-7 date=2026-10-02 paid=2026-10-30", "No invoice INV-7 is on record"),
        ("invoice acme number=INV-7 date=soon", "soon"),
        ("invoice acme date=2026-10-02", "Number: this is needed"),
        ("invoice nobody number=INV-7 date=2026-10-02", "no agreement"),
        ("invoice nobody", "no agreement"),
        ("invoice acme INV-7", "not understood"),
        (f"invoice acme number={'7' * 41}", "1 to 40"),
    ],
)
async def test_an_invoice_that_cannot_be_so_is_refused(acme: House, words: str, refused: str) -> None:
    assert refused in (await acme.command("U0MARIE", "/agreement", words))["text"]


async def test_an_invoice_whose_term_has_passed_is_reminded_of_at_once_and_not_called_late(acme: House) -> None:
    await acme.command("U0MARIE", "/agreement", "invoice acme number=INV-1 date=2026-09-01")
    await deliver(acme)
    (told,) = await reminders(acme, "U0ANNA")
    assert "It has passed, and nobody has said that it is done." in told
    assert "It is late" not in told


# What is typed


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("list", True),
        ("list mine", True),
        ("list next 40 days", True),
        ("list next=40", True),
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


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        ("track payment-due from=2026-11-02 leads=40", "longer than the 30 days"),
        ("track payment-due from=2026-09-02", "passed on Fri 2 Oct 2026"),
        ("track payment-due from=2026-11-02 owner=<@U0BOT>", "is a bot"),
        ("track payment-due from=2026-11-02 watchers=<@U0BOT>", "is a bot"),
        ("track payment-due from=2026-11-02 zone=Mars/Olympus", "Mars/Olympus"),
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
