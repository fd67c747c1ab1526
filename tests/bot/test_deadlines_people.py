"""Reminders in each person's own hours, to whoever stands in for them, and to the next one where nobody can be reached."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from handlers import profiles
from storage import agreements, people
from tests.bot.following import acme, at, deliver, follow, payment, press, reminded, reminders, stands
from tests.house import House, shown
from tests.signing import deliver as hand_in
from tests.signing import event

__all__ = ["acme"]  # the fixture


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


async def test_absences_that_overlap_say_which_counts_and_one_within_another_is_replaced(acme: House) -> None:
    await acme.command("U0MARIE", "/deadline", "away from=2026-11-16 to=2026-11-20 substitute=@ravi")
    told = (await acme.command("U0MARIE", "/deadline", "away from=2026-11-15 to=2026-11-20 substitute=@anna"))["text"]
    assert "Sun 15 Nov 2026 to Fri 20 Nov 2026, <@U0ANNA> stands in." in told
    assert "U0RAVI" not in told
    told = (await acme.command("U0MARIE", "/deadline", "away from=2026-11-18 to=2026-11-27 substitute=@ravi"))["text"]
    assert "Where they overlap, the one that you said last counts." in told
    await reminded(acme)
    assert "For <@U0MARIE>, who is away until Fri 27 Nov 2026." in (await reminders(acme, "U0RAVI"))[-1]
    assert not await reminders(acme, "U0ANNA")


async def test_nobody_stands_in_for_themselves_however_long_the_way_round_is(acme: House) -> None:
    for user, words in {
        "U0RAVI": "away from=2026-11-18 to=2026-11-20 substitute=@anna",
        "U0ANNA": "away from=2026-11-19 to=2026-11-24 substitute=@marie",
    }.items():
        assert "You are away" in (await acme.command(user, "/deadline", words))["text"]
    words = "away from=2026-11-16 to=2026-11-27 substitute=@ravi"
    told = (await acme.command("U0MARIE", "/deadline", words))["text"]
    assert told.startswith("On Thu 19 Nov 2026 <@U0RAVI> is away and you would stand in for yourself")
    assert not await acme.bot.services.store.run(people.absences, "U0MARIE", date(2026, 11, 2))
    words = "away from=2026-11-21 to=2026-11-27 substitute=@ravi"
    assert "You are away" in (await acme.command("U0MARIE", "/deadline", words))["text"], "Ravi is back by then"
    await acme.post("clock", now="2026-11-25T10:00:00+01:00")
    words = "away from=2026-11-19 to=2026-11-27 substitute=@ravi"
    assert "You are away" in (await acme.command("U0MARIE", "/deadline", words))["text"], "19 November is over"


async def test_an_absence_is_a_year_at_most(acme: House) -> None:
    told = await acme.command("U0MARIE", "/deadline", "away from=2026-11-16 to=2027-11-17 substitute=@ravi")
    assert told["text"].startswith("That is 367 days; an absence has 366 at most.")
    told = await acme.command("U0MARIE", "/deadline", "away from=2026-11-16 to=2027-11-16 substitute=@ravi")
    assert "You are away" in told["text"]


async def test_hours_that_a_person_chooses_move_their_reminders(acme: House) -> None:
    await follow(acme, payment())
    await acme.command("U0MARIE", "/deadline", "hours zone=Asia/Tokyo from=10:00 to=18:00 country=JP")
    await at(acme, "2026-11-18T01:59:00+01:00")
    count = len(await reminders(acme, "U0MARIE"))
    await at(acme, "2026-11-18T02:00:05+01:00")  # 10:00 in Tokyo
    assert len(await reminders(acme, "U0MARIE")) == count + 1
    told = (await acme.command("U0MARIE", "/deadline", "hours to=19:00 country="))["text"]
    assert told.startswith("You are reminded from 10:00 to 19:00 in Asia/Tokyo"), "what was not said stays"


async def test_a_person_is_left_in_peace_on_the_weekend_of_their_country(acme: House) -> None:
    told = await acme.command("U0MARIE", "/deadline", "hours zone=Asia/Riyadh")
    assert told["text"] == (
        "You are reminded from 09:00 to 17:00 in Asia/Riyadh, Sunday to Thursday but for the holidays of SA."
    )
    id = await follow(acme, payment())
    assert (await stands(acme, id)).due == date(2026, 12, 2), "Working Days are the contract's"
    await at(acme, "2026-11-26T14:00:00+01:00")  # Thursday, 16:00 in Riyadh
    before = len(await reminders(acme, "U0MARIE"))
    await at(acme, "2026-11-27T09:00:05+01:00")  # Friday
    await at(acme, "2026-11-28T09:00:05+01:00")
    assert len(await reminders(acme, "U0MARIE")) == before
    await at(acme, "2026-11-29T07:00:05+01:00")  # Sunday, 09:00 in Riyadh
    assert "the reminder of 3 days before" in (await reminders(acme, "U0MARIE"))[-1]


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


async def test_a_substitute_answers_while_they_stand_in_and_not_after(acme: House) -> None:
    await acme.command("U0MARIE", "/deadline", "away from=2026-11-16 to=2026-11-18 substitute=@ravi")
    await acme.command("U0RAVI", "/deadline", "away from=2026-11-16 to=2026-11-18 substitute=@anna")
    await acme.bot.services.store.run(
        agreements.keep, "acme", "Acme", _managed_by("U0ADMIN"), acme.bot.services.now(), "U0ADMIN"
    )
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
