"""What Hardware brings about: alarms, questions once a year, deadlines, labels, files, Home."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from PIL import Image

from handlers import tracking
from handlers.hardware import tracked
from handlers.hardware.books import books
from knowledge import hardware_rows
from storage import deadlines, outbox
from storage import hardware as kept
from tests.bot.renting import (
    ANNA,
    MARIE,
    RAVI,
    add,
    agree,
    at_noon,
    facts,
    fill,
    handed,
    out,
    run,
    tell,
    upload,
)
from tests.bot.test_fees import view_of
from tests.house import House, buttons, shown


async def test_loss_and_attachment_raise_an_alarm_with_the_words(home_http: House) -> None:
    await out(home_http, "LT-1", "LT-2")
    answer = await fill(
        home_http, ANNA, "lost LT-1", words="Left on a <train>", personal_data="perhaps", reference="PV 12"
    )
    entered = {b["block_id"]: b["element"] for b in answer["view"]["blocks"] if b["type"] == "input"}
    assert answer["view"]["callback_id"] == "breach_report"
    happened = entered["happened"]["initial_value"]
    assert happened.startswith(
        "LT-1 (Laptop 14) is reported lost, on 2025-11-03. Personal data on it: perhaps. Left on a <train>"
    )
    assert [option["value"] for option in entered["clients"]["initial_options"]] == ["acme"]
    assert (await facts(home_http, "LT-1")).state == "lost", "kept, whether a breach is reported or not"
    assert await home_http.post("submit", user=ANNA, view_id=answer["view"]["id"], values={})
    await home_http.said(RAVI, "D0RAVI", "INC-2025-001")
    told = await home_http.said(MARIE, "D0MARIE", "LT-1 (Laptop 14) is reported lost")
    assert "Left on a &lt;train&gt;" in shown(told)
    assert "The Client is obliged to inform of any loss or theft of or damage to the Hardware without delay." in shown(
        told
    )
    assert "Personal data was or may be on it" in shown(told)
    await home_http.click(MARIE, told, "D0MARIE", "hardware_breach")
    assert (await view_of(home_http, MARIE))["callback_id"] == "breach_report"
    assert "Left on a" not in str(await home_http.seen(RAVI, "C0GENERAL"))
    await tell(home_http, "attach LT-2", what="attachment by creditors", who="Bailiff", place="Ghent", written="No")
    for user, channel in ((MARIE, "D0MARIE"), (MARIE, "C0LEGAL")):
        alarm = await home_http.said(user, channel, "attachment by creditors, which concerns LT-2")
        assert "this will not release the Client from its payment obligations" in shown(alarm)
        assert "enter all places where the Hardware is located" in shown(alarm)
        assert "told by the Client in writing: no" in shown(alarm)
    item = await facts(home_http, "LT-2")
    assert (item.state, item.alarm, item.place) == ("delivered", "attachment by creditors", "")
    assert "Only managers may do that" in (await home_http.command(ANNA, "/hardware", "lift LT-2"))["text"]
    await tell(home_http, "lift LT-2", user=MARIE, words="Released by the court")
    assert (await facts(home_http, "LT-2")).alarm == ""


async def test_a_file_is_tried_first_and_then_taken_in(home_http: House) -> None:
    await agree(home_http)
    await at_noon(home_http, "2026-11-10")
    head = "tag;description;agreement;fee;delivered\n"
    bad = await upload(
        home_http, MARIE, "bad.csv", f"{head}LT-1;A;acme;10;\nLT-1;B;acme;10;\nLT-2;=B;acme;x;\n".encode()
    )
    await tell(home_http, "import", user=MARIE, file=[bad])
    told = await home_http.said(MARIE, "D0MARIE", "bad.csv: 2 of 3 lines are wrong; nothing was taken in.")
    assert "Line 3, tag: LT-1 is on line 2 already" in told["text"]
    assert "Line 4, description: the cell begins with '='" in told["text"]
    good = await upload(home_http, MARIE, "good.csv", f"{head}LT-1;A;acme;10;2026-11-03\nLT-2;B;acme;10;\n".encode())
    await tell(home_http, "import", user=MARIE, file=[good])
    tried = await home_http.said(MARIE, "D0MARIE", "good.csv: all 2 lines are good. Nothing is taken in yet.")
    assert await run(home_http, kept.tags) == frozenset()
    await home_http.click(MARIE, tried, "D0MARIE", "hardware_import")
    await home_http.said(MARIE, "D0MARIE", "good.csv: 2 items were registered.")
    assert [(await facts(home_http, tag)).state for tag in ("LT-1", "LT-2")] == ["delivered", "ordered"]
    latin = await upload(home_http, MARIE, "latin.csv", f"{head}LT-3;Écran;acme;10;\n".encode("latin-1"))
    await tell(home_http, "import", user=MARIE, file=[latin])
    await home_http.said(MARIE, "D0MARIE", "latin.csv: Line 2 is not UTF-8 text")
    assert "Only managers" in (await home_http.command(ANNA, "/hardware", "import"))["text"]


async def test_the_holder_is_asked_once_a_year_and_silence_goes_to_the_manager(home_http: House) -> None:
    await out(home_http, "LT-1", "LT-2")
    await home_http.post("clock", now="2026-11-03T09:00:00+01:00")
    asked = await home_http.said(ANNA, "D0ANNA", "do you still have LT-1 (Laptop 14), LT-2 (Laptop 14)?")
    assert "by Tue 17 Nov 2026" in asked["text"]
    one = next(b for b in buttons(asked) if b["text"]["text"] == "I have it")
    await home_http.click(ANNA, asked, "D0ANNA", one["action_id"])
    await home_http.said(ANNA, "D0ANNA", "Thank you: LT-1 noted as still there.")
    await home_http.post("clock", now="2026-11-17T09:00:00+01:00")
    told = await home_http.said(
        MARIE, "D0MARIE", "<@U0ANNA> did not answer whether LT-2 (Laptop 14) of acme is still there"
    )
    assert "LT-1" not in told["text"]
    await home_http.click(ANNA, asked, "D0ANNA", "hardware_have.all")
    await home_http.said(ANNA, "D0ANNA", "Thank you: LT-1, LT-2")
    assert str((await facts(home_http, "LT-2")).checked) == "2026-11-17"
    await home_http.post("clock", now="2027-11-17T09:00:00+01:00")
    await home_http.said(ANNA, "D0ANNA", "by Wed 1 Dec 2027")


async def test_an_answer_in_time_escalates_nothing(home_http: House) -> None:
    await out(home_http, "LT-1")
    await home_http.post("clock", now="2026-11-03T09:00:00+01:00")
    asked = await home_http.said(ANNA, "D0ANNA", "do you still have LT-1")
    await home_http.click(ANNA, asked, "D0ANNA", "hardware_have.all")
    await home_http.said(ANNA, "D0ANNA", "Thank you")
    await home_http.post("clock", now="2026-11-18T09:00:00+01:00")
    await home_http.bot.deliveries.round()
    assert not [m for m in await home_http.seen(MARIE, "D0MARIE") if "did not answer" in m["text"]]


async def test_what_was_found_again_is_asked_about_again(home_http: House) -> None:
    await out(home_http, "LT-1")
    await at_noon(home_http, "2026-10-01")
    await tell(home_http, "stolen LT-1", on="2026-10-01", words="From the car", personal_data="no")
    await home_http.post("clock", now="2026-11-03T09:00:00+01:00")
    await home_http.bot.deliveries.round()
    assert not [m for m in await home_http.seen(ANNA, "D0ANNA") if "do you still have" in m["text"]]
    await at_noon(home_http, "2026-12-01")
    await tell(home_http, "use LT-1", on="2026-11-30")
    await home_http.post("clock", now="2027-11-30T09:00:00+01:00")
    await home_http.said(ANNA, "D0ANNA", "do you still have LT-1 (Laptop 14)?")


async def test_of_many_items_those_that_are_missing_are_named(home_http: House) -> None:
    tags = [f"LT-{n}" for n in range(1, 8)]
    await out(home_http, *tags)
    await home_http.post("clock", now="2026-11-03T09:00:00+01:00")
    asked = await home_http.said(ANNA, "D0ANNA", "do you still have LT-1")
    await home_http.click(ANNA, asked, "D0ANNA", "hardware_not_all")
    assert await home_http.post("submit", user=ANNA, values={"tags": "LT-3"}) == {"closed": True}
    await home_http.said(MARIE, "D0MARIE", "<@U0ANNA> does not have: LT-3.")
    assert str((await facts(home_http, "LT-7")).checked) == "2026-11-03"
    assert str((await facts(home_http, "LT-3")).checked) == "2025-11-03"


async def test_proof_of_insurance_is_asked_a_year_on_and_when_it_runs_out(home_http: House) -> None:
    await out(home_http, "LT-1")
    await home_http.post("clock", now="2026-11-03T09:00:00+01:00")
    asked = await home_http.said(MARIE, "D0MARIE", "Ask Acme &lt;NV&gt; for proof of insurance of LT-1")
    assert "keep the Hardware adequately insured against" in shown(asked)
    awaited = await run(home_http, deadlines.by_key, "insurance-proof:acme")
    # Asked on Tue 3 Nov 2026, two weeks: Tue 17 Nov.
    assert (awaited.owner, awaited.state, awaited.due.isoformat()) == (MARIE, "open", "2026-11-17")
    assert awaited.title == "Proof of insurance of LT-1 from Acme <NV>"
    await home_http.click(MARIE, asked, "D0MARIE", "hardware_insured")
    proof = {"what": "copy of the policy", "until": "2027-03-01", "beneficiary": "Yes"}
    assert await home_http.post("submit", user=MARIE, values=proof) == {"closed": True}
    assert str((await facts(home_http, "LT-1")).insured_until) == "2027-03-01"
    assert (await run(home_http, deadlines.by_key, awaited.key)).state == "dropped"
    await home_http.post("clock", now="2027-03-01T09:00:00+01:00")
    await home_http.said(MARIE, "D0MARIE", "for proof of insurance of LT-1: the last one ran out on Mon 1 Mar 2027")
    again = await run(home_http, deadlines.by_key, awaited.key)
    assert (again.state, again.due.isoformat()) == ("open", "2027-03-15")


async def test_deadlines_come_and_go_with_the_hardware(home_http: House) -> None:
    await agree(home_http)
    await at_noon(home_http, "2026-10-05")
    await add(home_http, "LT-1", "LT-2")
    await tell(home_http, "deliver LT-1 LT-2", on="2026-10-05", holder=ANNA)
    damage = await run(home_http, deadlines.by_key, "delivery-damage:acme:2026-10-05")
    due = await run(home_http, deadlines.by_key, "hardware-return:agreement:acme")
    # 29.5: five Working Days after Mon 5 Oct is Mon 12 Oct; 35.1: day 14 after Sat 31 Oct is Sat 14 Nov, moved to 16 Nov.
    assert damage.readings == (("literal", "2026-10-12", "2026-10-12"),)
    assert due.readings == (("literal", "2026-11-14", "2026-11-16"),)
    assert (due.title, damage.title) == (
        "Return of LT-1, LT-2 by Acme <NV>",
        "Notice of damage to LT-1, LT-2 by Acme <NV>",
    )
    assert (due.owner, await run(home_http, deadlines.watchers, due.id)) == (MARIE, (ANNA,))
    await tell(home_http, "edit LT-2", user=MARIE, ends="2026-12-31")
    own = await run(home_http, deadlines.by_key, "hardware-return:acme:2026-12-31")
    assert own.readings == (("literal", "2027-01-14", "2027-01-14"),)
    await home_http.post("clock", now="2026-10-12T23:59:00+02:00")
    await home_http.bot.deliveries.round()
    assert (await run(home_http, deadlines.by_key, damage.key)).state == "open"
    await at_noon(home_http, "2026-10-20")
    await home_http.bot.deliveries.round()
    await tell(home_http, "return LT-1", on="2026-10-20")
    states = [(await run(home_http, deadlines.by_key, key)).state for key in (due.key, damage.key, own.key)]
    assert states == ["dropped", "dropped", "open"], (
        "29.5: nobody told of damage, and nobody is to do anything about it"
    )
    await tell(home_http, "return LT-2", on="2026-10-20")
    assert (await run(home_http, deadlines.by_key, own.key)).state == "dropped"


async def test_a_notice_of_damage_that_was_moved_is_awaited_until_then_and_no_longer(home_http: House) -> None:
    await agree(home_http)
    await at_noon(home_http, "2026-10-05")
    await add(home_http, "LT-1")
    await tell(home_http, "deliver LT-1", on="2026-10-05")
    key = "delivery-damage:acme:2026-10-05"
    awaited, services = await run(home_http, deadlines.by_key, key), home_http.bot.services
    given = {"day": date(2026, 10, 16), "reason": "The Client asked for it", "by": MARIE}
    await services.store.run(tracking.move, services, awaited, **given)
    for day, state in (("2026-10-13", "open"), ("2026-10-16", "open"), ("2026-10-17", "dropped")):
        await at_noon(home_http, day)
        await home_http.bot.deliveries.round()
        assert (await run(home_http, deadlines.by_key, key)).state == state, day


async def test_no_notice_of_damage_is_awaited_for_what_is_damaged(home_http: House) -> None:
    await agree(home_http)
    await at_noon(home_http, "2026-10-05")
    await add(home_http, "LT-1", "LT-2")
    await tell(home_http, "deliver LT-1 LT-2", on="2026-10-05")
    key = "delivery-damage:acme:2026-10-05"
    for tags, state in (("LT-1", "open"), ("LT-2", "dropped")):
        await tell(home_http, f"damaged {tags}", words="Cracked on arrival", personal_data="no")
        assert (await run(home_http, deadlines.by_key, key)).state == state


async def test_the_return_follows_the_end_of_its_agreement_while_anything_is_out(home_http: House) -> None:
    await agree(home_http)
    await at_noon(home_http, "2026-10-05")
    await add(home_http, "LT-1")
    await tell(home_http, "deliver LT-1", on="2026-10-05")
    await home_http.command(MARIE, "/agreement", "edit acme")
    view = await view_of(home_http, MARIE)
    changed = await home_http.post("submit", user=MARIE, view_id=view["id"], values={"ends": "2026-11-30"})
    assert changed == {"closed": True}, changed
    due = await run(home_http, deadlines.by_key, "hardware-return:agreement:acme")
    # Day 14 after Mon 30 Nov 2026 is Mon 14 Dec.
    assert (due.readings, due.title) == (
        (("literal", "2026-12-14", "2026-12-14"),),
        "Return of LT-1 by Acme <NV>",
    )
    await tell(home_http, "return LT-1", on="2026-10-05")
    await home_http.command(MARIE, "/agreement", "edit acme")
    view = await view_of(home_http, MARIE)
    await home_http.post("submit", user=MARIE, view_id=view["id"], values={"ends": "2026-12-31"})
    after = await run(home_http, deadlines.by_key, "hardware-return:agreement:acme")
    assert after.state == "dropped", "nothing is out any more"


async def test_a_file_that_was_taken_in_at_the_desk_is_followed_up_by_the_bot(home_http: House) -> None:
    await agree(home_http)
    await at_noon(home_http, "2026-11-10")
    services, shelf = home_http.bot.services, await home_http.bot.services.shelf()

    def take_in(db: Any) -> None:
        at = books(db, services, shelf, "cli:me")
        lines = b"tag,description,agreement,fee,delivered\nLT-1,A,acme,10,2026-11-09\n"
        at.take_in(hardware_rows.sheet(lines, at.here, at.clients(), lambda tag: False).rows)
        outbox.put(db, tracked.letter(at, {"acme"}, "import of h.csv"))

    await run(home_http, take_in)
    services.wake()
    await home_http.said(MARIE, "D0MARIE", "Return of LT-1 by Acme &lt;NV&gt;")


async def test_a_label_leads_to_the_card_of_its_item(home_http: House) -> None:
    await out(home_http, "LT-1")
    ack = await home_http.command(ANNA, "/hardware", "label LT-1")
    assert ack["text"] == "The label of LT-1 comes to you as a direct message."
    told = await home_http.said(ANNA, "D0ANNA", "Label of LT-1 (Laptop 14): its code leads to http")
    card = await home_http.said(RAVI, "C0GENERAL", "LT-1 (Laptop 14): delivered")
    assert card["ts"].replace(".", "") in told["text"]
    await at_noon(home_http, "2025-11-10")
    await tell(home_http, "use LT-1", on="2025-11-04")
    again = await home_http.said(RAVI, "C0GENERAL", "LT-1 (Laptop 14): in use")
    assert again["ts"] == card["ts"], "the label leads to the item as it is now"
    assert "As of Mon 10 Nov 2025" in shown(again)
    assert Image.open(io.BytesIO(await handed(home_http, ANNA, "D0ANNA", "label-LT-1.png"))).size == (1000, 460)


async def test_a_label_whose_card_was_deleted_gets_another_card(home_http: House) -> None:
    await out(home_http, "LT-1")
    await home_http.command(ANNA, "/hardware", "label LT-1")
    await home_http.said(ANNA, "D0ANNA", "Label of LT-1")
    first = await home_http.said(RAVI, "C0GENERAL", "LT-1 (Laptop 14): delivered")
    await home_http.bot.client.chat_delete(channel="C0GENERAL", ts=first["ts"])
    await home_http.command(ANNA, "/hardware", "label LT-1")
    second = await home_http.said(RAVI, "C0GENERAL", "LT-1 (Laptop 14): delivered")
    assert second["ts"] != first["ts"]
    await home_http.said(ANNA, "D0ANNA", f"p{second['ts'].replace('.', '')}")


async def test_a_summary_counts_each_client_and_draws_it(home_http: House) -> None:
    await out(home_http, "LT-1", "LT-2")
    await agree(home_http, "tulip", ends="2026-12-15")
    await add(home_http, "LT-3", agreement="tulip")
    await tell(home_http, "deliver LT-3", on="2025-11-03")
    await at_noon(home_http, "2026-11-20")
    ack = await home_http.command(MARIE, "/hardware", "summary")
    table = next(block for block in ack["blocks"] if block["type"] == "table")
    assert [[cell["text"] for cell in row] for row in table["rows"]] == [
        ["Client", "out", "ending soon", "due", "overdue", "lost or stolen"],
        ["Acme <NV>", "0", "0", "0", "2", "0"],
        ["Tulip <NV>", "0", "1", "0", "0", "0"],
    ]
    await home_http.said(MARIE, "D0MARIE", "Acme &lt;NV&gt; holds 2 (2 overdue); Tulip", image=True)
    await home_http.command(MARIE, "/hardware", "summary tulip")
    await home_http.said(
        MARIE, "D0MARIE", "Hardware with Clients: Tulip &lt;NV&gt; holds 1 (1 ending soon).", image=True
    )


async def test_home_shows_what_i_hold_and_managers_what_is_overdue(home_http: House) -> None:
    await out(home_http, "LT-1")
    await at_noon(home_http, "2026-11-20")
    anna, marie = [await home_http.post("home", user=user) for user in (ANNA, MARIE)]
    assert "LT-1* Laptop 14, Acme &lt;NV&gt;: return due, return by Sat 14 Nov 2026, moved to Mon 16 Nov 2026" in shown(
        anna
    )
    assert "1 overdue" not in shown(anna)
    assert "You hold no rented Hardware." in shown(marie)
    assert "1 overdue" in shown(marie)
    await home_http.post("click", user=ANNA, view_id=anna["id"], action_id="hardware_home")
    assert (await view_of(home_http, ANNA))["callback_id"] == "hardware_report"


async def test_the_shortcut_asks_what_happened_and_then_the_rest(home: House) -> None:
    await out(home, "LT-1")
    await home.post("shortcut", user=ANNA, callback_id="hardware_report")
    view = await view_of(home, ANNA)
    choices = [o["value"] for o in view["blocks"][0]["element"]["options"]]
    assert "Returned" in choices
    assert "Written off" not in choices, "managers only"
    answer = await home.post("submit", user=ANNA, view_id=view["id"], values={"what": "In use"})
    assert answer["view"]["callback_id"] == "hardware_move"
    assert await home.post("submit", user=ANNA, values={"tags": "lt-1"}) == {"closed": True}
    assert (await facts(home, "LT-1")).state == "in use"
    await home.said(ANNA, "D0ANNA", "LT-1 (Laptop 14) is put in use.")
