"""Rented Hardware that comes back: statements, what is disputed, what they are handed over as."""

from __future__ import annotations

import csv
import io

from pypdf import PdfReader

from handlers.hardware import reckoned
from storage import audit
from storage import hardware as kept
from tests.bot.renting import (
    ANNA,
    MARIE,
    agree,
    at_noon,
    facts,
    fill,
    handed,
    holds,
    out,
    run,
    tell,
)
from tests.house import House, shown


async def test_an_item_goes_out_comes_back_and_is_settled(home: House) -> None:
    await out(home, "LT-1")
    await at_noon(home, "2026-11-30")
    back = {"cost_shipping": "25.50", "insured": "Yes", "packed": "Yes", "missing": "1 charger"}
    await tell(home, "return LT-1", on="2026-11-30", **back)
    assert "missing: 1 charger" in shown(await home.command(ANNA, "/hardware", "show LT-1"))
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
    given_back = (
        "Rent up to Mon 30 Nov 2026 EUR 300.00, less EUR 319.35 charged before: Tue 1 Dec 2026 to Wed 2 Dec 2026"
    )
    assert given_back in shown(draft)


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


async def test_a_statement_up_to_a_day_before_the_return_leaves_the_rest_to_the_next(home_http: House) -> None:
    await out(home_http, "LT-1", "LT-2")
    await at_noon(home_http, "2026-12-01")
    await tell(home_http, "return LT-1 LT-2", on="2026-11-30", cost_shipping="25.51")
    wrong = await fill(home_http, ANNA, "inspect LT-1", on="2026-11-29")
    assert "before LT-1 was returned (Mon 30 Nov 2026)" in wrong["errors"]["on"]
    await tell(home_http, "inspect LT-1 LT-2")
    sums = []
    for day in ("2026-11-20", "2026-12-01"):
        await home_http.command(MARIE, "/hardware", f"settle acme {day}")
        draft = await home_http.said(MARIE, "C0GENERAL", f"Draft of statement acme-{len(sums) + 1}")
        await home_http.click(MARIE, draft, "C0GENERAL", "hardware_issue")
        await home_http.said(MARIE, "C0GENERAL", f"Statement acme-{len(sums) + 1}")
        sums.append((await run(home_http, kept.statements))[-1].content["total"])
        states = [(await facts(home_http, tag)).state for tag in ("LT-1", "LT-2")]
        assert states == ["inspected" if len(sums) == 1 else "settled"] * 2
    # Each 20 of 30 days at 300: 200.00; then the other ten, and one shipment of both: 100.00 + 100.00 + 25.51.
    assert sums == ["400.00", "225.51"]
    lines = [line["amount"] for line in (await run(home_http, kept.statements))[-1].content["lines"]]
    assert lines[2:4] == ["12.76", "12.75"], "what a shipment costs is shared by what was in it"


async def test_only_what_a_draft_showed_is_given_out(home_http: House) -> None:
    await out(home_http, "LT-1")
    await at_noon(home_http, "2026-11-30")
    await home_http.command(MARIE, "/hardware", "settle acme")
    draft = await home_http.said(MARIE, "C0GENERAL", "Draft of statement acme-1")
    await tell(home_http, "return LT-1", on="2026-11-30", cost_shipping="25.50")
    await home_http.click(MARIE, draft, "C0GENERAL", "hardware_issue")
    await home_http.said(MARIE, "C0GENERAL", "What is to be charged under acme is not what this draft shows any more")
    assert await run(home_http, kept.statements) == []


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
    for line, said in (
        ("99", "'99' is no line of acme-1"),
        ("3", "Line 3 is what from-due would come to; nothing is asked for under it. Dispute a line of from-end."),
    ):
        wrong = await home_http.post("submit", user=MARIE, values={"line": line, "words": "No"})
        assert said in wrong["errors"]["line"]
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
    assert f"Given back: line {number} of statement acme-1, reduced\nITQ 35.3" in draft
    # A line is disputed once at a time, and never is more given back than it asked for.
    await home_http.click(MARIE, given, "C0GENERAL", "hardware_dispute")
    await home_http.post("submit", user=MARIE, values={"line": number, "words": "The rest, too"})
    asked = await home_http.said(MARIE, "D0MARIE", "is disputed: The rest, too")
    await home_http.click(MARIE, given, "C0GENERAL", "hardware_dispute")
    wrong = await home_http.post("submit", user=MARIE, values={"line": number, "words": "Again"})
    assert f"Line {number} is disputed already" in wrong["errors"]["line"]
    await home_http.post("close", user=MARIE)
    await home_http.click(MARIE, asked, "D0MARIE", "hardware_dispute_end")
    await home_http.post("submit", user=MARIE, values={"outcome": "the line is dropped", "words": "Agreed"})
    await home_http.said(MARIE, "D0MARIE", "Dispute of statement acme-1: dropped")
    assert [one.back for one in await run(home_http, kept.disputes)] == ["40.00", "40.00"]
    await home_http.click(MARIE, given, "C0GENERAL", "hardware_dispute")
    wrong = await home_http.post("submit", user=MARIE, values={"line": number, "words": "More"})
    assert f"Line {number} was given back whole" in wrong["errors"]["line"]


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
    exported = await handed(home_http, MARIE, "D0MARIE", "hardware-acme.csv")
    rows = [*csv.DictReader(io.StringIO(exported.decode("utf-8-sig")))]
    told = [(row["tag"], row["description"], row["state"], row["charged_until"]) for row in rows]
    assert told == [(tag, "'=SUM(A1)", "return due", "2026-12-02") for tag in ("LT-1", "LT-2")]


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
