"""What people do with a reminder: done, acknowledge, snooze, move, hand over, and why they got it."""

from __future__ import annotations

from storage import deadlines
from tests.bot.following import acme, at, deliver, fill, follow, payment, press, reminded, reminders, stands, view_of
from tests.house import House, shown

__all__ = ["acme"]  # the fixture


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
        "tracked (cause invoice INV-1 was sent, due Wed 2 Dec 2026, owner <@U0MARIE>)",
    ):
        assert words in told, words


async def test_a_form_names_what_is_wrong_in_plain_words(acme: House) -> None:
    await reminded(acme)
    await press(acme, "U0MARIE", "hand")
    assert await fill(acme, "U0MARIE", owner="U0BOT") == {"errors": {"owner": "That person is a bot; name a person."}}


async def test_who_has_nothing_to_do_with_a_deadline_is_told_who_has(acme: House) -> None:
    id = await reminded(acme)
    listed = await acme.command("U0RAVI", "/deadline", "list all")
    message = await acme.said("U0RAVI", "C0GENERAL", "1 open deadline")
    choose = {"user": "U0RAVI", "channel": "C0GENERAL", "message_ts": message["ts"], "action_id": "deadline_menu"}
    assert id in str(listed)
    await acme.post("click", **choose, selected=f"ack {id}")
    refused = await acme.said("U0RAVI", "C0GENERAL", "only the owner")
    assert "<@U0MARIE>" in refused["text"]


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


async def test_why_tells_the_manager_the_chain_that_led_to_them(acme: House) -> None:
    await follow(acme, payment())
    for day in (18, 19, 20):
        await at(acme, f"2026-11-{day}T09:00:{day}+01:00")
    await press(acme, "U0ANNA", "why")
    told = shown(await view_of(acme, "U0ANNA"))
    assert "*Reminders to you* at 14, 7, 3, 1, 0 days before: for want of an answer said Fri 20 Nov 2026 09:00" in told
    assert "*Reminders to <@U0MARIE>* at 14, 7, 3, 1, 0 days before: 14 days before said Wed 18 Nov 2026 09:00" in told
    assert "Days begin and end in Europe/Brussels. literal: 30 days after the invoice date, that day itself not" in told
