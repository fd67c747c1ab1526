"""Rented Hardware as people track it in Slack: out, back and settled."""

from __future__ import annotations

import asyncio
import base64
import csv
import hashlib
import io
from typing import Any

import aiohttp
import pytest
from PIL import Image
from pypdf import PdfReader

from handlers.computing import basis
from handlers.hardware import photographs, reckoned, tracked
from handlers.hardware.books import Books, books
from knowledge import hardware, hardware_rows
from knowledge.hardware import Happened
from knowledge.inputs import Here
from knowledge.refused import Refused
from storage import agreements, audit, deadlines, outbox
from storage import hardware as kept
from tests.bot.test_fees import view_of
from tests.house import House, buttons, shown

ANNA, MARIE, RAVI = "U0ANNA", "U0MARIE", "U0RAVI"


def picture(colour: str, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, kind)
    return out.getvalue()


async def at_noon(home: House, day: str) -> None:
    await home.post("clock", now=f"{day}T12:00:00+01:00")


async def agree(home: House, slug: str = "acme", ends: str = "2026-10-31", manager: str = MARIE) -> None:
    text = f'slug = "{slug}"\nclient = "{slug.title()} <NV>"\nmanager = "{manager}"\ncountry = "BE"\n'
    text += "concluded = 2025-11-01\n" + (f"ends = {ends}\n" if ends else "")
    now = home.bot.services.now()
    await home.bot.services.store.run(agreements.keep, slug, f"{slug.title()} <NV>", text, now, "test")


async def fill(home: House, user: str, command: str, /, **values: Any) -> dict[str, Any]:
    """Open a form by command and send it."""
    ack = await home.command(user, "/hardware", command)
    assert ack == {}, ack
    view = await view_of(home, user)
    return await home.post("submit", user=user, view_id=view["id"], values=values)


async def add(home: House, *tags: str, agreement: str = "acme", **more: Any) -> None:
    values = {"tags": "\n".join(tags), "description": "Laptop 14", "agreement": agreement, "fee": "300"} | more
    assert await fill(home, ANNA, "add", **values) == {"closed": True}


async def tell(home: House, command: str, /, *, user: str = ANNA, **values: Any) -> None:
    assert await fill(home, user, command, **values) == {"closed": True}


async def out(home: House, *tags: str, **more: Any) -> None:
    """Items with Acme since November 2025, whose agreement ended on 31 October 2026."""
    await agree(home)
    await at_noon(home, "2025-11-03")
    await add(home, *tags, **more)
    await tell(home, f"deliver {' '.join(tags)}", on="2025-11-03", holder=ANNA)


async def run(home: House, work: Any, *args: Any) -> Any:
    return await home.bot.services.store.run(work, *args)


async def upload(home: House, user: str, name: str, content: bytes) -> str:
    """The id of a file that a person gives in a form."""
    answer = await home.post("upload", user=user, name=name, content=base64.b64encode(content).decode())
    return str(answer["file"]["id"])


async def handed(home: House, user: str, channel: str, name: str) -> bytes:
    """The bytes of a file that the bot handed over, waited for."""
    while True:
        # Listening starts before looking, so that no change falls in between.
        change = asyncio.ensure_future(home._change())
        files = [file for message in await home.seen(user, channel) for file in message.get("files", [])]
        found = [home.workspace.files[file["id"]].content for file in files if file["name"] == name]
        if found:
            change.cancel()
            return found[0]
        await change


async def facts(home: House, tag: str) -> hardware.Item:
    return hardware.of_data(await run(home, kept.get, tag))


async def holds(home: House, tag: str) -> None:
    """What is kept of an item is what its events say."""
    events = await run(home, kept.events, tag)
    assert hardware.folded([Happened(e.kind, e.on, e.data) for e in events]) == await facts(home, tag)


async def test_an_item_goes_out_comes_back_and_is_settled(home: House) -> None:
    await out(home, "LT-1")
    await at_noon(home, "2026-11-30")
    await tell(home, "return LT-1", on="2026-11-30", cost_shipping="25.50", insured="Yes", packed="Yes")
    looked = {"part_housing": "damaged", "part_labels": "removed or unreadable", "cost_repair": "80"}
    await tell(home, "inspect LT-1", **looked)
    # 35.1: 300 a month, ended 31 Oct, back 30 Nov: 300.00, 140.00, 300.00; 80.00 and 25.50 on top of each.
    draft = await home.command(MARIE, "/hardware", "settle acme")
    told = shown(draft)
    assert "EUR 405.50" in told
    assert "EUR 245.50 (-160.00 EUR)" in told
    assert "ITQ 35.2" in told
    assert "Any costs associated with returning the Hardware" in told, "the words of 35.2"
    message = await home.said(MARIE, "C0GENERAL", "Draft of statement acme-1")
    await home.click(MARIE, message, "C0GENERAL", "hardware_issue")
    given = await home.said(MARIE, "C0GENERAL", "Statement acme-1: Acme &lt;NV&gt;")
    assert "EUR 405.50" in shown(given)
    item = await facts(home, "LT-1")
    assert (item.state, str(item.charged_until)) == ("settled", "2026-11-30")
    await holds(home, "LT-1")
    again = await home.command(MARIE, "/hardware", "settle acme")
    assert "Nothing is to be charged under acme" in again["text"]
    shelf = await home.bot.services.shelf()
    (stated,) = await run(home, kept.statements)
    assert await run(home, lambda db: reckoned.holds(db, shelf, stated))
    assert await run(home, audit.broken) is None


async def test_statements_in_between_never_charge_a_day_twice(home_http: House) -> None:
    await out(home_http, "LT-1")
    sums = []
    for day in ("2026-11-20", "2026-11-30", "2026-12-02"):
        await at_noon(home_http, day)
        await home_http.command(MARIE, "/hardware", "settle acme")
        number = len(sums) + 1
        message = await home_http.said(MARIE, "C0GENERAL", f"Draft of statement acme-{number}")
        await home_http.click(MARIE, message, "C0GENERAL", "hardware_issue")
        await home_http.said(MARIE, "C0GENERAL", f"Statement acme-{number}")
        stated = (await run(home_http, kept.statements))[-1]
        sums.append({reading["name"]: reading["total"] for reading in stated.content["readings"]})
    # To 20 Nov 200.00 / 40.00 / 300.00, to 30 Nov 300.00 / 140.00 / 300.00, to 2 Dec 319.35 / 159.35 / 600.00.
    assert sums == [
        {"from-end": "200.00", "from-due": "40.00", "whole-periods": "300.00"},
        {"from-end": "100.00", "from-due": "100.00", "whole-periods": "0.00"},
        {"from-end": "19.35", "from-due": "19.35", "whole-periods": "300.00"},
    ]
    early = await home_http.command(MARIE, "/hardware", "settle acme 2026-11-25")
    assert "The rent of LT-1 is charged up to Wed 2 Dec 2026 already; take a later day." in early["text"]
    assert "has not come yet" in (await home_http.command(MARIE, "/hardware", "settle acme 2026-12-03"))["text"]
    # A return that was told late: what was charged beyond it is given back.
    await tell(home_http, "return LT-1", on="2026-11-30")
    draft = await home_http.command(MARIE, "/hardware", "settle acme")
    assert "EUR -19.35" in shown(draft)
    assert "Less rent charged before up to 2026-12-02" in shown(draft)


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
    await tell(home_http, "damaged", file=[csv_file], words="Fell", personal_data="no")
    await home_http.said(ANNA, "D0ANNA", "There is no item LT-9; did you mean LT-")
    assert (await facts(home_http, "LT-1")).state == "delivered"


REFUSED: tuple[tuple[str, dict[str, Any] | None, str, str], ...] = (
    ("return LT-9", None, "", "There is no item LT-9; did you mean LT-1?"),
    ("return LT 9?", None, "", "'9?' is no asset tag"),
    ("show", None, "", "Name an item by its asset tag"),
    ("colour LT-1", None, "", "/hardware does not know 'colour'"),
    ("overdue nobody", None, "", "There is no agreement 'nobody'"),
    ("settle", None, "", "Name the agreement: `/hardware settle acme`"),
    ("settle acme", None, "", "Nothing was delivered under acme"),
    ("statement acme-7", None, "", "There is no statement 'acme-7'; there are: none yet."),
    ("return LT-1", {}, "tags", "LT-1 cannot be returned: it is ordered"),
    ("deliver LT-1", {"on": "2099-01-01"}, "on", "has not come yet"),
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
    await tell(home_http, "return LT-1", ended="2026-11-19")
    assert str((await facts(home_http, "LT-1")).ends) == "2026-11-19"
    await holds(home_http, "LT-1")


async def test_photographs_are_kept_with_the_checksum_of_their_bytes(home: House) -> None:
    await out(home, "LT-1")
    first, second = picture("red"), picture("blue", "JPEG")
    files = [await upload(home, ANNA, name, data) for name, data in (("a.png", first), ("b.jpg", second))]
    await at_noon(home, "2025-11-20")
    await tell(home, "return LT-1", on="2025-11-20", photos=files)
    for name, data in (("a.png", first), ("b.jpg", second)):
        await home.said(
            ANNA, "D0ANNA", f"{name} of LT-1 is kept; the SHA-256 of its bytes is {hashlib.sha256(data).hexdigest()}"
        )
    photos = await run(home, kept.photos, "LT-1")
    assert {photo.sha256 for photo in photos} == {hashlib.sha256(data).hexdigest() for data in (first, second)}
    assert await run(home, kept.photo, hashlib.sha256(first).hexdigest()) == first
    card = await home.command(ANNA, "/hardware", "show LT-1")
    assert f"photographed; name: a.png; sha256: {hashlib.sha256(first).hexdigest()}" in shown(card)


async def test_what_is_no_picture_is_not_kept(home_http: House) -> None:
    await out(home_http, "LT-1")
    text = await upload(home_http, ANNA, "notes.txt", b"hello")
    await home_http.command(ANNA, "/hardware", "return LT-1")
    chosen = {"user": ANNA, "values": {"photos": [text]}}
    async with home_http.session.post(f"{home_http.server.url}/_control/submit", json=chosen) as refused:
        assert "notes.txt is not of a kind that is taken here: jpg, png." in await refused.text()
    false = await upload(home_http, ANNA, "false.png", b"MZ not a picture")
    await tell(home_http, "return LT-1", photos=[false])
    await home_http.said(ANNA, "D0ANNA", "false.png is not the picture that its name says")
    assert await run(home_http, kept.photos, "LT-1") == []


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([{"name": "a.txt", "mimetype": "text/plain"}], "a.txt is no JPEG or PNG picture."),
        (
            [{"name": "a.png", "mimetype": "image/png", "size": 10_000_001}],
            "a.png has 10,000,001 bytes; 10,000,000 at most.",
        ),
        ([{"name": "a.png", "mimetype": "image/png"}] * 6, "6 photographs are too many; 5 at most."),
    ],
)
def test_photographs_are_few_small_and_pictures(files: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(Refused) as refused:
        photographs.checked(files)
    assert (str(refused.value), refused.value.field) == (said, "photos")


async def test_a_file_is_fetched_from_slack_alone_and_never_too_much(home_http: House) -> None:
    """The token of the bot goes nowhere else, whatever address a form names."""
    fetch = home_http.bot.services.fetch
    await out(home_http, "LT-1")
    id = await upload(home_http, ANNA, "a.png", picture("red"))
    await tell(home_http, "return LT-1", photos=[id])
    url = home_http.workspace.files[id].to_json(home_http.workspace.url)["url_private_download"]
    assert await fetch(url, 10_000) == picture("red")
    with pytest.raises(Refused, match="more than 10 bytes"):
        await fetch(url, 10)
    for other in (
        "http://files.slack.com/x",
        "https://slack.com.evil.example/x",
        "https://127.0.0.1/x",
        "file:///etc/passwd",
        "",
    ):
        with pytest.raises(Refused, match="it is none of Slack's"):
            await fetch(other, 10)
    with pytest.raises(aiohttp.ClientResponseError):
        await fetch(url.replace(id, "F0NONE"), 10)


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
    item = await facts(home_http, "LT-2")
    assert (item.state, item.alarm, item.place) == ("delivered", "attachment by creditors", "")
    assert "Only managers may do that" in (await home_http.command(ANNA, "/hardware", "lift LT-2"))["text"]
    await tell(home_http, "lift LT-2", user=MARIE, words="Released by the court")
    assert (await facts(home_http, "LT-2")).alarm == ""


async def test_a_lost_item_still_costs_rent_until_it_is_written_off(home_http: House) -> None:
    # 33.2: loss does not affect the agreed payment obligations; 35.1 until the Hardware is returned.
    await out(home_http, "LT-1")
    await tell(home_http, "stolen LT-1", words="From the car", personal_data="no")
    await at_noon(home_http, "2026-11-30")
    ack = await home_http.command(ANNA, "/hardware", "overdue")
    assert "from-end EUR 300.00" in shown(ack)
    assert "stolen" in shown(ack)
    await tell(home_http, "write-off LT-1", user=MARIE, words="Not found", cost_loss="900", on="2026-11-30")
    await at_noon(home_http, "2026-12-10")
    draft = await home_http.command(MARIE, "/hardware", "settle acme")
    assert "EUR 1,200.00" in shown(draft)
    assert "Replacement after loss, theft or damage" in shown(draft)


async def test_a_disputed_line_keeps_both_sides_words_and_what_is_given_back(home_http: House) -> None:
    await out(home_http, "LT-1")
    await at_noon(home_http, "2026-11-30")
    await tell(home_http, "return LT-1", on="2026-11-30")
    await tell(home_http, "inspect LT-1", cost_repair="80")
    await home_http.command(MARIE, "/hardware", "settle acme")
    await home_http.click(MARIE, await home_http.said(MARIE, "C0GENERAL", "Draft of"), "C0GENERAL", "hardware_issue")
    given = await home_http.said(MARIE, "C0GENERAL", "Statement acme-1")
    number = next(
        r[0]["text"] for b in given["blocks"] if b["type"] == "table" for r in b["rows"] if "Repair" in str(r)
    )
    await home_http.click(MARIE, given, "C0GENERAL", "hardware_dispute")
    wrong = await home_http.post("submit", user=MARIE, values={"line": "99", "words": "No"})
    assert "'99' is no line of acme-1" in wrong["errors"]["line"]
    await home_http.post("submit", user=MARIE, values={"line": number, "words": "It was worn, <not> broken"})
    asked = await home_http.said(MARIE, "D0MARIE", "of statement acme-1 (LT-1, EUR 80.00) is disputed")
    await home_http.click(MARIE, asked, "D0MARIE", "hardware_dispute_end")
    part = {"outcome": "part is given back", "back": "90", "words": "Half of it is wear"}
    wrong = await home_http.post("submit", user=MARIE, values=part)
    assert "EUR 90.00 cannot be given back of a line of EUR 80.00" in wrong["errors"]["back"]
    await home_http.post("submit", user=MARIE, values=part | {"back": "40"})
    await home_http.said(MARIE, "D0MARIE", "Dispute of statement acme-1: reduced")
    again = shown(await home_http.command(MARIE, "/hardware", "statement acme-1"))
    assert "The Client: It was worn, &lt;not&gt; broken" in again
    assert "ITQ: Half of it is wear" in again
    draft = shown(await home_http.command(MARIE, "/hardware", "settle acme"))
    assert "EUR -40.00" in draft
    assert f"Given back: line {number} of statement acme-1, reduced" in draft


async def test_a_statement_is_handed_over_as_pages_and_rows(home_http: House) -> None:
    await out(home_http, "LT-1", "LT-2", description="=SUM(A1)")
    await at_noon(home_http, "2026-12-02")
    await home_http.command(MARIE, "/hardware", "settle acme")
    message = await home_http.said(MARIE, "C0GENERAL", "Draft of")
    await home_http.click(MARIE, message, "C0GENERAL", "hardware_issue")
    given = await home_http.said(MARIE, "C0GENERAL", "Statement acme-1")
    content = {}
    for kind in ("pdf", "csv"):
        await home_http.click(MARIE, given, "C0GENERAL", f"hardware_paper.{kind}")
        content[kind] = await handed(home_http, MARIE, "D0MARIE", f"hardware-acme-1.{kind}")
    pages = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content["pdf"])).pages)
    assert "638.70" in pages, "twice 319.35"
    assert "Any costs associated with returning the Hardware will be at the Client’s expense" in " ".join(pages.split())
    rows = [*csv.DictReader(io.StringIO(content["csv"].decode("utf-8-sig")))]
    assert {row["amount"] for row in rows if row["reading"] == "from-due"} == {"140.00", "19.35"}
    await home_http.command(MARIE, "/hardware", "export acme")
    await home_http.said(MARIE, "D0MARIE", "hardware-acme.csv: 2 items")
    assert b"'=SUM(A1)" in await handed(home_http, MARIE, "D0MARIE", "hardware-acme.csv")


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
    await home_http.click(MARIE, asked, "D0MARIE", "hardware_insured")
    proof = {"what": "copy of the policy", "until": "2027-03-01", "beneficiary": "Yes"}
    assert await home_http.post("submit", user=MARIE, values=proof) == {"closed": True}
    assert str((await facts(home_http, "LT-1")).insured_until) == "2027-03-01"
    await home_http.post("clock", now="2027-03-01T09:00:00+01:00")
    await home_http.said(MARIE, "D0MARIE", "for proof of insurance of LT-1: the last one ran out on Mon 1 Mar 2027")


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
    assert due.title == "LT-1, LT-2 of Acme <NV> are returned"
    assert (due.owner, await run(home_http, deadlines.watchers, due.id)) == (MARIE, (ANNA,))
    await tell(home_http, "edit LT-2", user=MARIE, ends="2026-12-31")
    own = await run(home_http, deadlines.by_key, "hardware-return:acme:2026-12-31")
    assert own.readings == (("literal", "2027-01-14", "2027-01-14"),)
    await at_noon(home_http, "2026-10-20")
    await tell(home_http, "return LT-1", on="2026-10-20")
    states = [(await run(home_http, deadlines.by_key, key)).state for key in (due.key, damage.key, own.key)]
    assert states == ["dropped", "open", "open"]
    await tell(home_http, "return LT-2", on="2026-10-20")
    states = [(await run(home_http, deadlines.by_key, key)).state for key in (damage.key, own.key)]
    assert states == ["dropped", "dropped"]


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
    await home_http.said(MARIE, "D0MARIE", "LT-1 of Acme &lt;NV&gt; is returned")


async def test_a_label_leads_to_the_card_of_its_item(home_http: House) -> None:
    await out(home_http, "LT-1")
    ack = await home_http.command(ANNA, "/hardware", "label LT-1")
    assert ack["text"] == "The label of LT-1 comes to you as a direct message."
    told = await home_http.said(ANNA, "D0ANNA", "Label of LT-1 (Laptop 14): its code leads to http")
    card = await home_http.said(RAVI, "C0GENERAL", "LT-1 (Laptop 14): delivered")
    assert card["ts"].replace(".", "") in told["text"]
    assert Image.open(io.BytesIO(await handed(home_http, ANNA, "D0ANNA", "label-LT-1.png"))).size == (1000, 460)


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
    await home_http.said(MARIE, "D0MARIE", "Acme &lt;NV&gt; holds 2 (2 overdue)", image=True)


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


async def test_a_settled_item_is_rented_out_anew_and_its_timeline_tells_all(home_http: House) -> None:
    await out(home_http, "LT-1")
    await at_noon(home_http, "2025-12-01")
    await tell(home_http, "return LT-1", on="2025-12-01")
    await tell(home_http, "inspect LT-1")
    await home_http.command(MARIE, "/hardware", "settle acme")
    message = await home_http.said(MARIE, "C0GENERAL", "Draft of")
    await home_http.click(MARIE, message, "C0GENERAL", "hardware_issue")
    await home_http.said(MARIE, "C0GENERAL", "Statement acme-1")
    await agree(home_http, "tulip", ends="2027-01-31")
    await tell(home_http, "rent LT-1", user=MARIE, agreement="tulip", fee="250")
    item = await facts(home_http, "LT-1")
    assert (item.state, item.agreement, item.charged, item.delivered, str(item.fee)) == (
        "ordered",
        "tulip",
        None,
        None,
        "250.00",
    )
    told = shown(await home_http.command(ANNA, "/hardware", "show LT-1"))
    for words in ("registered", "delivered (ITQ 29.4)", "returned", "inspected", "settled", "rented again"):
        assert words in told
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
