"""Fees, deadlines and agreements as people ask for them in Slack, in both transports."""

from pathlib import Path
from typing import Any

import pytest

from storage import audit
from tests.house import House, buttons, house, shown
from workspace import rooms

CANCELLATION = "cancellation performance=2026-11-30 cancelled=2026-11-26 fee=8000"


async def view_of(home: House, user: str) -> dict[str, Any]:
    views = (await home.get("views", user=user))["views"]
    view: dict[str, Any] = views[-1]
    return view


async def recorded(home: House) -> list[tuple[str, str]]:
    return await home.bot.services.store.run(
        lambda db: db.execute("select action, subject from audit order by seq").fetchall()
    )


async def register_acme(home: House, **more: object) -> None:
    await home.command("U0MARIE", "/agreement", "")
    view = await view_of(home, "U0MARIE")
    values = {
        "slug": "acme",
        "client": "Acme <NV>",
        "manager": "U0MARIE",
        "country": "NL",
        "concluded": "2026-01-15",
    } | more
    assert await home.post("submit", user="U0MARIE", view_id=view["id"], values=values) == {"closed": True}


async def test_a_fee_shows_every_reading_with_the_money_between_them(home: House) -> None:
    ack = await home.command("U0ANNA", "/fee", CANCELLATION)
    told = shown(ack)
    assert "EUR 4,000.00" in told
    assert "calendar-days* (default)" in told
    assert "strict" in told
    assert "EUR 8,000.00 (+4,000.00 EUR)" in told
    assert "up to five (5) days before the date of the performance" in told, "the words of 7.3"
    assert "National holidays of BE" in told, "what was assumed"
    table = next(block for block in ack["blocks"] if block["type"] == "table")
    assert [cell["text"] for cell in table["rows"][1]] == ["calendar-days", "50 % of the fee", "4,000.00"]
    assert ack["response_type"] == "ephemeral"
    assert "EUR 4,000.00" in ack["text"]
    assert await recorded(home) == [("fee", "cancellation")]


async def test_a_deadline_shows_both_dates(home: House) -> None:
    ack = await home.command("U0ANNA", "/deadline", "payment-due from=2026-05-15")
    assert "Sun 14 Jun 2026, moved to Mon 15 Jun 2026" in shown(ack)
    assert "14.6.2026" not in shown(ack)


async def test_without_words_a_form_asks_for_the_kind_and_then_for_its_inputs(home: House) -> None:
    assert await home.command("U0ANNA", "/fee", "") == {}
    chooser = await view_of(home, "U0ANNA")
    await home.post("click", user="U0ANNA", view_id=chooser["id"], action_id="kind", selected="cancellation")
    form = await view_of(home, "U0ANNA")
    assert {block["block_id"] for block in form["blocks"] if block["type"] == "input"} >= {
        "cancelled",
        "performance",
        "fee",
    }
    values = {"cancelled": "2026-11-26", "performance": "2026-11-30", "fee": "8.000,00"}
    assert await home.post("submit", user="U0ANNA", view_id=form["id"], values=values) == {"closed": True}
    answer = await home.said("U0ANNA", "C0GENERAL", "EUR 4,000.00")
    assert answer["user"] == "U0BOT"
    assert not any("4,000" in m.get("text", "") for m in await home.seen("U0RAVI", "C0GENERAL"))


async def test_a_form_opens_prefilled_from_what_was_typed_and_shows_errors_under_their_fields(home: House) -> None:
    await home.command("U0ANNA", "/fee", "cancellation performance=2026-11-30 fee=8000")
    form = await view_of(home, "U0ANNA")
    prefilled = {b["block_id"]: b["element"] for b in form["blocks"] if b["type"] == "input"}
    assert prefilled["performance"]["initial_date"] == "2026-11-30"
    assert prefilled["fee"]["initial_value"] == "8000"
    wrong = {"cancelled": "2026-11-26", "performance": "2026-11-30", "fee": "-5", "country": "Atlantis"}
    answer = await home.post("submit", user="U0ANNA", view_id=form["id"], values=wrong)
    assert set(answer["errors"]) == {"fee", "country"}
    assert "must be 0 or more" in answer["errors"]["fee"]
    assert "'Atlantis'" in answer["errors"]["country"]
    assert await recorded(home) == []
    right = wrong | {"fee": "8000", "country": "BE"}
    assert await home.post("submit", user="U0ANNA", view_id=form["id"], values=right) == {"closed": True}
    await home.said("U0ANNA", "C0GENERAL", "EUR 4,000.00")


async def test_a_form_says_what_of_the_typed_words_is_no_day(home: House) -> None:
    await home.command("U0ANNA", "/fee", "cancellation performance=someday fee=8000")
    (day,) = [b for b in (await view_of(home, "U0ANNA"))["blocks"] if b.get("block_id") == "performance"]
    assert "initial_date" not in day["element"]
    assert "'someday' is no date that exists; give one such as 2026-12-04" in day["hint"]["text"]


async def test_what_could_be_two_amounts_is_asked_back_with_a_button_each(home: House) -> None:
    ack = await home.command("U0ANNA", "/fee", "cancellation performance=2026-11-30 cancelled=2026-11-26 fee=1.200")
    labels = [b["text"]["text"] for b in buttons(ack)]
    assert len(labels) == 2
    assert await recorded(home) == []
    message = await home.said("U0ANNA", "C0GENERAL", "could be")
    await home.click(
        "U0ANNA", message, "C0GENERAL", next(b["action_id"] for b in buttons(ack) if "1,200" in b["text"]["text"])
    )
    await home.said("U0ANNA", "C0GENERAL", "EUR 600.00")


async def test_what_is_too_long_for_a_button_is_asked_back_in_words(home: House) -> None:
    claims = ",".join(["1000"] * 395)
    ack = await home.command("U0ANNA", "/fee", f"liability invoice_amount=1.200 claims={claims}")
    assert "'1.200' could be: 1,200 (type 1200) or 1.2 (type 1.2)?" in ack["text"]
    assert buttons(ack) == []


async def test_what_if_shows_both_answers(home: House) -> None:
    await home.command("U0ANNA", "/fee", CANCELLATION)
    message = await home.said("U0ANNA", "C0GENERAL", "EUR 4,000.00")
    await home.click("U0ANNA", message, "C0GENERAL", "computed_vary")
    form = await view_of(home, "U0ANNA")
    values = {"cancelled": "2026-11-25", "performance": "2026-11-30", "fee": "8000"}
    await home.post("submit", user="U0ANNA", view_id=form["id"], values=values)
    varied = await home.said("U0ANNA", "C0GENERAL", "EUR 0.00")
    assert "cancelled: 2026-11-26 → 2026-11-25" in shown(varied)
    assert "EUR 4,000.00 → EUR 0.00 (-4,000.00 EUR)" in shown(varied)


async def test_a_shared_computation_is_seen_by_everyone(home: House) -> None:
    await home.command("U0ANNA", "/fee", CANCELLATION)
    message = await home.said("U0ANNA", "C0GENERAL", "EUR 4,000.00")
    await home.click("U0ANNA", message, "C0GENERAL", "computed_share")
    shared = await home.said("U0RAVI", "C0GENERAL", "<@U0ANNA> shares a computation")
    assert "EUR 8,000.00 (+4,000.00 EUR)" in shown(shared)


async def test_an_agreement_is_registered_by_form_and_its_answers_show_the_chain(home: House) -> None:
    await register_acme(home, rate="150")
    told = await home.said("U0MARIE", "C0GENERAL", "Registered acme: Acme &lt;NV&gt;.")
    assert "150.00 EUR an hour" in shown(told)
    await home.command("U0MARIE", "/agreement", "condition acme")
    form = await view_of(home, "U0MARIE")
    words = "Invoices are payable within forty-five (45) days."
    values = {"term": "payment.term", "value": "45", "unit": "days", "clause": "3", "words": words}
    assert await home.post("submit", user="U0MARIE", view_id=form["id"], values=values) == {"closed": True}
    await home.said("U0MARIE", "C0GENERAL", "Added a special condition to acme")
    ack = await home.command("U0ANNA", "/deadline", "payment-due from=2026-05-15 agreement=acme")
    assert "Mon 29 Jun 2026" in shown(ack)
    assert "45 days (Acme <NV> special condition 1 3) instead of 30 days (ITQ 6.1)" in shown(ack).replace(
        "&lt;", "<"
    ).replace("&gt;", ">")
    assert words in shown(ack)
    show = await home.command("U0ANNA", "/agreement", "show acme")
    assert words in shown(show)


async def test_a_channel_has_a_default_agreement_that_can_be_left_out(home: House) -> None:
    await register_acme(home)
    await home.command("U0MARIE", "/agreement", "here acme")
    within = await home.command("U0ANNA", "/deadline", "payment-due from=2026-05-15")
    assert "Agreement acme: ITQ (version undated) governs." in shown(within)
    without = await home.command("U0ANNA", "/deadline", "payment-due from=2026-05-15 agreement=none")
    assert "No agreement was named" in shown(without)
    await home.command("U0MARIE", "/agreement", "here none")
    assert "No agreement was named" in shown(await home.command("U0ANNA", "/deadline", "payment-due from=2026-05-15"))


async def test_an_answer_is_kept_for_its_agreement(home: House) -> None:
    await register_acme(home)
    await home.command("U0ANNA", "/fee", f"{CANCELLATION} agreement=acme")
    message = await home.said("U0ANNA", "C0GENERAL", "EUR 4,000.00")
    await home.click("U0ANNA", message, "C0GENERAL", "computed_keep")
    await home.said("U0ANNA", "C0GENERAL", "Kept for acme under reference")
    show = await home.command("U0ANNA", "/agreement", "show acme")
    assert "cancellation 4000.00" in shown(show)


async def test_an_answer_without_agreement_is_kept_for_the_one_that_is_chosen(home: House) -> None:
    await register_acme(home)
    await home.command("U0ANNA", "/fee", CANCELLATION)
    message = await home.said("U0ANNA", "C0GENERAL", "EUR 4,000.00")
    await home.click("U0ANNA", message, "C0GENERAL", "computed_keep")
    form = await view_of(home, "U0ANNA")
    assert await home.post("submit", user="U0ANNA", view_id=form["id"], values={"agreement": "acme"}) == {
        "closed": True
    }
    assert "cancellation 4000.00" in shown(await home.command("U0ANNA", "/agreement", "show acme"))


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"slug": "Ac me"}, "slug", "small letters"),
        ({"country": "Atlantis"}, "country", "Atlantis"),
        ({"zone": "Mars/Olympus"}, "zone", "Mars/Olympus"),
        ({"ends": "2020-01-01"}, "ends", "before it was concluded"),
        ({"rate": "-5"}, "rate", "zero or more"),
        ({"rate": "1.200"}, "rate", "could be"),
    ],
)
async def test_a_wrong_agreement_is_refused_under_its_field_and_not_kept(
    home_http: House, values: dict[str, str], field: str, said: str
) -> None:
    await home_http.command("U0MARIE", "/agreement", "")
    view = await view_of(home_http, "U0MARIE")
    whole = {"slug": "acme", "client": "Acme", "country": "BE", "concluded": "2026-01-15"} | values
    answer = await home_http.post("submit", user="U0MARIE", view_id=view["id"], values=whole)
    assert list(answer["errors"]) == [field]
    assert said in answer["errors"][field]
    assert await home_http.bot.services.store.run(audit.count) == 0


@pytest.mark.parametrize(
    ("command", "text", "said"),
    [
        ("/fee", "dance", "There is no fee 'dance'"),
        ("/fee", "cancelation x=1", "Did you mean cancellation"),
        ("/fee", f"{CANCELLATION} colour=red", "does not know 'colour'"),
        ("/fee", f"{CANCELLATION} agreement=nope", "There is no agreement 'nope'"),
        ("/fee", "cancellation performance=2026-02-29 cancelled=2026-02-01 fee=1", "2026"),
        ("/fee", "cancellation performance=“2026-11-30 cancelled=1", "A quote was opened"),
        ("/fee", f"{CANCELLATION} country=Atlantis", "Atlantis"),
        ("/deadline", "dance", "There is no deadline 'dance'"),
        ("/agreement", "dance", "does not know 'dance'"),
        ("/agreement", "show nope", "There is no agreement 'nope'"),
        ("/agreement", "condition nope", "There is no agreement 'nope'"),
    ],
)
async def test_bad_input_is_refused_in_a_sentence_and_nothing_is_kept(
    home_http: House, command: str, text: str, said: str
) -> None:
    ack = await home_http.command("U0MARIE", command, text)
    assert said in ack["text"]
    assert await home_http.bot.services.store.run(audit.count) == 0


async def test_a_form_sent_twice_makes_one_answer(home_http: House) -> None:
    await home_http.command("U0ANNA", "/fee", "cancellation")
    form = await view_of(home_http, "U0ANNA")
    values = {"cancelled": "2026-11-26", "performance": "2026-11-30", "fee": "8000"}
    await home_http.post("faults", method="delivery", error="duplicate", times=1)
    await home_http.post("submit", user="U0ANNA", view_id=form["id"], values=values)
    await home_http.said("U0ANNA", "C0GENERAL", "EUR 4,000.00")
    await home_http.workspace.settle()
    assert await recorded(home_http) == [("fee", "cancellation")]


async def test_an_answer_asked_where_the_bot_is_no_member_comes_as_a_direct_message(home_http: House) -> None:
    await home_http.command("U0ANNA", "/fee", "cancellation")
    form = await view_of(home_http, "U0ANNA")
    general = home_http.workspace.channels["C0GENERAL"]
    rooms.remove(home_http.workspace, general, "U0BOT", actor="U0ADMIN")
    values = {"cancelled": "2026-11-26", "performance": "2026-11-30", "fee": "8000"}
    await home_http.post("submit", user="U0ANNA", view_id=form["id"], values=values)
    await home_http.said("U0ANNA", "D0ANNA", "EUR 4,000.00")


async def test_after_a_restart_recorded_answers_are_shared_as_they_were(tmp_path: Path) -> None:
    async with house(tmp_path / "bot.db") as before:
        ack = await before.command("U0ANNA", "/fee", CANCELLATION)
        id = next(b["value"] for b in buttons(ack) if b["action_id"] == "computed_share")
    async with house(tmp_path / "bot.db") as after:
        entry = await after.bot.services.store.run(audit.get, id)
        assert entry is not None
        assert entry.content["answer"]["total"] == "4000.00"


async def test_a_question_whose_clause_has_a_rule_offers_the_computation_prefilled(home: House) -> None:
    await home.post("clock", now="2026-11-22T12:00:00Z")
    question = "the client cancels tomorrow's workshop free of charge, fee 1200, what do we charge for the consultancy?"
    ack = await home.command("U0ANNA", "/ask", question)
    assert "Compute this fee: cancellation" in [b["text"]["text"] for b in buttons(ack)]
    message = await home.said("U0ANNA", "C0GENERAL", "ITQ 7.3")
    await home.click("U0ANNA", message, "C0GENERAL", "offer.0")
    form = await view_of(home, "U0ANNA")
    prefilled = {b["block_id"]: b["element"] for b in form["blocks"] if b["type"] == "input"}
    assert prefilled["performance"]["initial_date"] == "2026-11-23"
    assert prefilled["fee"]["initial_value"] == "1200"


@pytest.mark.parametrize(
    ("command", "text", "alt"),
    [
        ("/fee", "surcharge start=2026-11-20T22:00 end=2026-11-23T12:00 rate=150", "EUR 17,925.00"),
        ("/deadline", "defect-claim from=2026-11-02 country=NL", "Mon 23 Nov 2026"),
    ],
)
async def test_a_picture_follows_and_only_the_asker_sees_it(home: House, command: str, text: str, alt: str) -> None:
    await home.command("U0ANNA", command, text)
    picture = await home.said("U0ANNA", "C0GENERAL", alt, image=True)
    (image,) = [block for block in picture["blocks"] if block["type"] == "image"]
    assert alt in picture["text"]
    assert 0 < len(image["alt_text"]) <= 255
    file = home.workspace.files[image["slack_file"]["id"]]
    assert file.content.startswith(b"\x89PNG")
    seen = await home.seen("U0RAVI", "C0GENERAL")
    assert not any(block["type"] == "image" for message in seen for block in message.get("blocks", []))


async def test_for_a_mere_sum_nothing_is_owed(home: House) -> None:
    await home.command("U0ANNA", "/fee", CANCELLATION)
    owed = await home.bot.services.store.run(lambda db: db.execute("select count(*) from outbox").fetchone()[0])
    assert owed == 0, "there is nothing to draw of a sum without hours"


async def test_an_agreement_is_found_by_its_client_and_asked_back_where_several_fit(home_http: House) -> None:
    await register_acme(home_http)
    by_client = await home_http.command("U0ANNA", "/deadline", 'payment-due from=2026-05-15 agreement="acme <nv>"')
    assert "Agreement acme: ITQ (version undated) governs." in shown(by_client)
    await register_acme(home_http, slug="acme-2", client="Acme Retail")
    ack = await home_http.command("U0ANNA", "/deadline", "payment-due from=2026-05-15 agreement=Acm")
    assert [b["text"]["text"] for b in buttons(ack)] == ["acme", "acme-2"]
    exact = await home_http.command("U0ANNA", "/deadline", "payment-due from=2026-05-15 agreement=acme")
    assert "Agreement acme:" in shown(exact)


async def test_an_answer_comes_as_a_pdf_and_an_agreement_s_answers_as_csv(home: House) -> None:
    await register_acme(home)
    await home.command("U0ANNA", "/fee", f"{CANCELLATION} agreement=acme")
    message = await home.said("U0ANNA", "C0GENERAL", "EUR 4,000.00")
    await home.click("U0ANNA", message, "C0GENERAL", "computed_paper")
    await home.said("U0ANNA", "D0ANNA", ".pdf")
    await home.click("U0ANNA", message, "C0GENERAL", "computed_keep")
    await home.said("U0ANNA", "C0GENERAL", "Kept for acme")
    await home.command("U0ANNA", "/agreement", "show acme")
    shows = await home.said("U0ANNA", "C0GENERAL", "acme: Acme")
    await home.click("U0ANNA", shows, "C0GENERAL", "agreement_csv")
    await home.said("U0ANNA", "D0ANNA", "acme.csv")
    await home.workspace.wait_for(lambda workspace: len(workspace.files) == 2)
    pdf, csv = sorted((file.content for file in home.workspace.files.values()), reverse=False)
    assert pdf.startswith(b"%PDF-")
    assert "4000.00" in csv.decode("utf-8-sig")


async def test_an_agreement_settles_how_a_disputed_clause_is_read(home: House) -> None:
    await register_acme(home)
    await home.command("U0MARIE", "/agreement", "settle acme")
    form = await view_of(home, "U0MARIE")
    words = "All days in Article 7.3 are Working Days."
    values = {"reading": "cancellation: strict", "clause": "4", "words": words}
    assert await home.post("submit", user="U0MARIE", view_id=form["id"], values=values) == {"closed": True}
    await home.said("U0MARIE", "C0GENERAL", "Settled a reading of acme")
    ack = await home.command("U0ANNA", "/fee", f"{CANCELLATION} agreement=acme")
    assert "EUR 8,000.00" in shown(ack)
    assert "calendar-days" not in shown(ack)
    assert words in shown(ack)
