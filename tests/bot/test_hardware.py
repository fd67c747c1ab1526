"""Rented Hardware as people track it in Slack: registered, moved, overdue, refused."""

from __future__ import annotations

from typing import Any

from handlers.computing import basis
from handlers.hardware import asking, settling
from handlers.hardware.books import Books
from handlers.incoming import Incoming
from knowledge.inputs import Here
from storage import audit
from storage import hardware as kept
from tests.bot.renting import (
    ANNA,
    MARIE,
    add,
    agree,
    at_noon,
    facts,
    fill,
    holds,
    out,
    picture,
    run,
    tell,
    upload,
)
from tests.bot.test_fees import view_of
from tests.house import House, buttons, shown


async def test_the_overdue_list_tells_today_and_tomorrow_under_each_reading_and_why(home_http: House) -> None:
    await out(home_http, "LT-1", "LT-2")
    await at_noon(home_http, "2026-11-16")
    near = await home_http.command(ANNA, "/hardware", "overdue")
    assert "2 items are overdue" in near["text"], "the unextended day counts: one reading asks rent from it"
    await at_noon(home_http, "2026-11-30")
    ack = await home_http.command(ANNA, "/hardware", "overdue acme")
    told = shown(ack)
    assert "Return by Sat 14 Nov 2026, moved to Mon 16 Nov 2026 (ITQ 35.1): 16 days late" in told
    assert "Today from-end EUR 300.00 · from-due EUR 140.00 · whole-periods EUR 300.00" in told
    # 1 Dec: 300 and 1 of 31 days, 9.68; from 17 Nov 140 + 9.68; a second period begun.
    assert "Tomorrow from-end EUR 309.68 · from-due EUR 149.68 · whole-periods EUR 600.00" in told
    assert "today: from-end EUR 600.00" in ack["text"]
    message = await home_http.said(ANNA, "C0GENERAL", "2 items are overdue. Rent")
    accessory = next(b["accessory"] for b in message["blocks"] if "LT-2" in str(b) and "accessory" in b)
    place = {"user": ANNA, "channel": "C0GENERAL", "message_ts": message["ts"]}
    block = next(b["block_id"] for b in message["blocks"] if "LT-2" in str(b) and "accessory" in b)
    await home_http.post("click", **place, action_id="hardware_why", block_id=block, value=accessory["value"])
    why = await home_http.said(
        ANNA, "C0GENERAL", "The rental fee for Hardware returned too late (ITQ 35.1): EUR 300.00"
    )
    assert "owe ITQ the agreed rental fee for the entire period until the Hardware is returned" in shown(why)
    assert "LT-2 (Laptop 14)" in shown(why)
    assert "computed_paper" in {b["action_id"] for b in buttons(why)}


async def test_what_is_overdue_is_told_page_by_page_and_summed_over_all(home_http: House) -> None:
    tags = [f"LT-{n:02}" for n in range(20)]
    await out(home_http, *tags, description="Écran <b>" + "x" * 250)
    await agree(home_http, "tulip", ends="2026-10-30")
    await add(home_http, "ZZ-1", agreement="tulip", fee="30")
    await tell(home_http, "deliver ZZ-1", on="2025-11-03")
    await at_noon(home_http, "2026-11-30")
    await home_http.command(MARIE, "/hardware", "settle tulip")
    draft = await home_http.said(MARIE, "C0GENERAL", "Draft of statement tulip-1")
    await home_http.click(MARIE, draft, "C0GENERAL", "hardware_issue")
    await home_http.said(MARIE, "C0GENERAL", "Statement tulip-1")
    ack = await home_http.command(ANNA, "/hardware", "overdue")
    # Each of the 20 as in the test above, and 31 days at 30 a month: 1 of 31 (0.97) and 30.00; two periods begun.
    assert ack["text"].startswith("21 items are overdue.")
    assert "today: from-end EUR 6,030.97 · from-due EUR 2,817.00 · whole-periods EUR 6,060.00" in ack["text"]
    told = shown(ack)
    assert told.index("*ZZ-1*") < told.index("*LT-00*"), "the longest overdue first"
    assert "Charged so far, up to Mon 30 Nov 2026: EUR 30.97" in told
    message = await home_http.said(ANNA, "C0GENERAL", "21 items are overdue")
    await home_http.click(ANNA, message, "C0GENERAL", "hardware_overdue")
    seen = [m for m in await home_http.seen(ANNA, "C0GENERAL") if m["text"].startswith("21 items")]
    assert "*LT-19*" in shown(seen[-1])
    assert "*LT-13*" not in shown(seen[-1])
    acme = await home_http.command(ANNA, "/hardware", "overdue acme")
    message = await home_http.said(ANNA, "C0GENERAL", "20 items are overdue")
    await home_http.click(ANNA, message, "C0GENERAL", "hardware_overdue")
    last = [m for m in await home_http.seen(ANNA, "C0GENERAL") if m["text"] == message["text"]][-1]
    assert "ZZ-1" not in shown(acme) + shown(last)
    assert shown(last).count("16 days late") == 5
    found = await home_http.command(ANNA, "/hardware", "list Écran")
    assert found["text"].startswith("20 items with 'Écran': LT-00 return due")
    assert "20 items" in (await home_http.command(ANNA, "/hardware", "list cran <b>"))["text"]


async def test_nothing_is_overdue_where_nothing_is(home_http: House) -> None:
    ack = await home_http.command(ANNA, "/hardware", "overdue")
    assert ack["text"].startswith("Nothing is overdue")


async def test_a_pallet_of_200_moves_by_pasted_tags_and_a_file(home_http: House) -> None:
    await agree(home_http)
    await at_noon(home_http, "2026-09-01")
    tags = [f"PAL-{n:03}" for n in range(200)]
    await add(home_http, *tags)
    await home_http.said(ANNA, "C0GENERAL", "Registered 200 items under acme: PAL-000")
    await tell(home_http, "deliver", tags=" ".join(tags), on="2026-09-01")
    assert (await facts(home_http, "PAL-199")).state == "delivered"
    csv_file = await upload(home_http, MARIE, "pallet.csv", ("tag\n" + "\n".join(tags)).encode())
    await tell(home_http, "call", user=MARIE, file=[csv_file], instructions="To our dock, insured")
    await home_http.said(MARIE, "D0MARIE", "200 items are called back")
    states = await run(home_http, lambda db: [f["state"] for f in kept.items(db)])
    assert states == ["return due"] * 200
    await tell(home_http, "note acme", words="Collected by our van on Friday")
    events = await run(home_http, kept.events, "PAL-199")
    assert [event.kind for event in events] == ["add", "deliver", "call", "note"], (
        "an agreement stands for all its items"
    )
    wrong = await fill(home_http, ANNA, "use", tags="PAL-001 PAL-002")
    assert "PAL-001 cannot be put in use: it is return due" in wrong["errors"]["tags"]


async def test_a_bulk_move_is_all_or_nothing(home_http: House) -> None:
    await out(home_http, "LT-1", "LT-2")
    await at_noon(home_http, "2025-11-10")
    await tell(home_http, "return LT-2", on="2025-11-10", ended="2025-11-10")
    answer = await fill(home_http, ANNA, "damaged", tags="LT-1 LT-2", words="Fell", personal_data="no")
    assert "LT-2 cannot be reported damaged: it is returned" in answer["errors"]["tags"]
    assert (await facts(home_http, "LT-1")).state == "delivered"
    csv_file = await upload(home_http, ANNA, "tags.csv", b"tag\nLT-1\nLT-9\n")
    photo = await upload(home_http, ANNA, "a.png", picture("red"))
    shown_by = {"file": [csv_file], "photos": [photo], "words": "Fell", "personal_data": "no"}
    answer = await fill(home_http, ANNA, "damaged", **shown_by)
    assert answer["errors"] == {"photos": "Photographs show one item; tell of it by its tag."}
    await tell(home_http, "damaged", file=[csv_file], words="Fell", personal_data="no")
    await home_http.said(ANNA, "D0ANNA", "There is no item LT-9; did you mean LT-")
    assert (await facts(home_http, "LT-1")).state == "delivered"


REFUSED: tuple[tuple[str, dict[str, Any] | None, str, str], ...] = (
    ("return LT-9", None, "", "There is no item LT-9; did you mean LT-1?"),
    ("return LT 9?", None, "", "'9?' is no asset tag"),
    ("show", None, "", "Name an item by its asset tag"),
    ("note " + "LT-1 " * 601, None, "", "These are more tags than a form can hold (3,000 characters)"),
    ("photos LT-1", None, "", "There is no photograph of LT-1"),
    ("colour LT-1", None, "", "/hardware does not know 'colour'"),
    ("overdue nobody", None, "", "There is no agreement 'nobody'"),
    ("settle", None, "", "Name the agreement: `/hardware settle acme`"),
    ("settle acme", None, "", "Nothing was delivered under acme"),
    ("statement acme-7", None, "", "There is no statement 'acme-7'; there are: none yet."),
    ("return LT-1", {}, "tags", "LT-1 cannot be returned: it is ordered"),
    ("deliver LT-1", {"on": "2099-01-01"}, "on", "has not come yet"),
    ("note LT-1", {"words": "Later", "on": "2099-01-01"}, "on", "has not come yet"),
    ("attach LT-1", {"what": "suspected seizure"}, "tags", "LT-1 is ordered: no Client has it"),
    ("lift LT-1", {"words": "Over"}, "tags", "No attachment of LT-1 is reported"),
    (
        "add",
        {"tags": "LT-1", "description": "A", "agreement": "acme", "fee": "1"},
        "tags",
        "LT-1 is registered already",
    ),
    ("add", {"tags": "a b", "description": "A", "agreement": "acme", "fee": "-1"}, "fee", "must be 0 or more"),
    (
        "add",
        {"tags": "a b", "serial": "7", "description": "A", "agreement": "acme", "fee": "1"},
        "serial",
        "no one serial",
    ),
    ("add", {"tags": "LT?", "description": "A", "agreement": "acme", "fee": "1"}, "tags", "'LT?' is no asset tag"),
)


async def test_what_cannot_be_is_refused_in_words_under_its_field(home_http: House) -> None:
    await agree(home_http)
    await add(home_http, "LT-1")
    before = await run(home_http, audit.count)
    for command, values, field, said in REFUSED:
        if values is None:
            assert said in (await home_http.command(MARIE, "/hardware", command))["text"], command
        else:
            answer = await fill(home_http, MARIE, command, **values)
            assert said in answer["errors"][field], command
        assert await run(home_http, audit.count) == before, command


async def test_a_return_under_an_agreement_without_end_asks_when_the_rental_ended(home_http: House) -> None:
    await agree(home_http, "open", ends="")
    await at_noon(home_http, "2026-11-02")
    await add(home_http, "LT-1", agreement="open")
    await tell(home_http, "deliver LT-1", on="2026-11-02")
    await at_noon(home_http, "2026-11-20")
    answer = await fill(home_http, ANNA, "return LT-1")
    assert "Agreement open has no end date" in answer["errors"]["ended"]
    answer = await fill(home_http, ANNA, "return LT-1", ended="2026-11-01")
    assert "cannot have ended before it was delivered (Mon 2 Nov 2026)" in answer["errors"]["ended"]
    await tell(home_http, "return LT-1", ended="2026-11-19")
    assert str((await facts(home_http, "LT-1")).ends) == "2026-11-19"
    await holds(home_http, "LT-1")


async def test_what_is_changed_of_an_item_is_kept_with_what_it_was(home_http: House) -> None:
    await out(home_http, "LT-1")
    same = await fill(home_http, MARIE, "edit LT-1")
    assert "Nothing was changed of LT-1" in same["errors"]["description"]
    await tell(home_http, "edit LT-1", user=MARIE, place="Ghent", fee="310.50")
    item = await facts(home_http, "LT-1")
    assert (item.place, str(item.fee)) == ("Ghent", "310.50")
    await holds(home_http, "LT-1")
    assert "Only managers" in (await home_http.command(ANNA, "/hardware", "edit LT-1"))["text"]


async def test_a_managers_form_is_not_taken_once_the_role_is_gone(home_http: House) -> None:
    await out(home_http, "LT-1")
    await home_http.command(MARIE, "/hardware", "write-off LT-1")
    view = await view_of(home_http, MARIE)
    await run(home_http, lambda db: db.execute("delete from roles"))
    answer = await home_http.post("submit", user=MARIE, view_id=view["id"], values={"words": "Gone"})
    assert "Only managers may do that" in answer["errors"]["tags"]
    assert (await facts(home_http, "LT-1")).state == "delivered"


async def test_two_deliveries_of_one_click_that_come_at_once_do_its_work_once(home_http: House) -> None:
    """Both pass what knows of deliveries that were answered before either of them is."""
    await out(home_http, "LT-1")
    await at_noon(home_http, "2026-11-30")
    services, shelf = home_http.bot.services, await home_http.bot.services.shelf()
    click = Incoming("click:1", "hardware_issue", MARIE, "C0GENERAL", "")
    asked = {"agreement": "acme", "until": "2026-11-30", "seal": ""}
    first, second = [await run(home_http, settling._issue, services, shelf, click, asked) for _ in range(2)]
    assert first == second
    assert [one.number for one in await run(home_http, kept.statements)] == ["acme-1"]
    have = Incoming("click:2", "hardware_have.all", ANNA, "D0ANNA", "")
    for _ in range(2):
        await run(home_http, asking._have, services, shelf, have, '["LT-1"]')
    assert [event.kind for event in await run(home_http, kept.events, "LT-1")].count("check") == 1


async def test_a_form_sent_twice_does_its_work_once(home_http: House) -> None:
    await agree(home_http)
    await home_http.post("faults", method="delivery", error="duplicate", times=2)
    await add(home_http, "LT-1")
    assert len(await run(home_http, kept.events, "LT-1")) == 1


async def test_the_books_are_the_same_at_the_desk(home_http: House) -> None:
    await out(home_http, "LT-1")
    shelf = await home_http.bot.services.shelf()
    services = home_http.bot.services

    def desk(db: Any) -> str:
        at = Books(db, basis(db, shelf), Here(services.now(), services.zone), "cli:me", services.new_id)
        return at.stands(at.item("lt-1"))

    assert await run(home_http, desk) == "delivered"
