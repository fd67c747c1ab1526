"""What is entered about a data breach: drafts that survive, answers that are refused, pages that change only what was typed."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.breaches import (
    FIRST,
    ONE,
    PEOPLE,
    SECRET,
    fill,
    minute,
    press,
    record,
    report,
    samples,
    sql,
    steps,
    summary,
    view,
)
from tests.house import House, Transport, house, shown


async def test_what_was_typed_survives_closing_and_the_end_of_the_process(tmp_path: Path, transport: Transport) -> None:
    async with house(tmp_path / "bot.db", transport) as home:
        await samples(home)
        await home.command("U0ANNA", "/breach", "")
        form = await view(home, "U0ANNA")
        await home.post(
            "click", user="U0ANNA", view_id=form["id"], action_id="breach_typed", block_id="happened", value=SECRET
        )
        # The process dies here: nothing was sent, nothing was closed.
    async with house(tmp_path / "bot.db", transport) as home:
        await home.command("U0ANNA", "/breach", "")
        form = await view(home, "U0ANNA")
        assert form["state"]["values"]["happened"]["breach_typed"]["value"] == SECRET
        assert "Your draft of" in shown(form)
        await home.post("close", user="U0ANNA")
        await home.command("U0RAVI", "/breach", "")
        assert SECRET not in json.dumps(await view(home, "U0RAVI")), "a draft is its person's alone"
        await home.command("U0ANNA", "/breach", "")
        await home.post("submit", user="U0ANNA", values={"clients": ["acme"]})
        await home.said("U0ANNA", "D0ANNA", "is on record")
        await home.command("U0ANNA", "/breach", "")
        assert SECRET not in json.dumps(await view(home, "U0ANNA")), "what was sent is no draft any more"


async def test_a_form_that_is_closed_keeps_its_draft(home_http: House) -> None:
    await home_http.command("U0RAVI", "/breach", f"{SECRET}, they say")
    await home_http.post("close", user="U0RAVI")
    await home_http.workspace.settle()
    await home_http.command("U0RAVI", "/breach", "")
    assert f"{SECRET}, they say" in json.dumps(await view(home_http, "U0RAVI"))


async def test_a_report_delivered_twice_makes_one_incident(home_http: House) -> None:
    await home_http.command("U0RAVI", "/breach", "")
    await home_http.post("faults", method="delivery", error="duplicate", times=1)
    await home_http.post("submit", user="U0RAVI", values=FIRST)
    await summary(home_http, ONE, "acme")
    await home_http.workspace.settle()
    assert await sql(home_http, "select number from incidents") == [(ONE,)]


@pytest.mark.parametrize(
    ("page", "values", "field", "words"),
    [
        ({}, {"detected_at": "-4"}, "detected_at", "before detection"),
        ({}, {"event_from": "+30"}, "event_from", "in the future"),
        ({}, {"event_from": "-12", "event_until": "-13"}, "event_until", "ends"),
        ({"cause": "x"}, {"people_min": "9", "people_max": "3"}, "people_min", "above the maximum"),
        ({"cause": "x"}, {"people": "1.200"}, "people", "could be"),
        ({"cause": "x"}, {"people": "7", "unknown.people": ["people"]}, "people", "marked as unknown"),
        ({}, {"event_zone": "Mars/Base"}, "event_zone", "no time zone"),
    ],
)
async def test_bad_answers_are_refused_under_their_field_and_nothing_is_lost(
    home_http: House, page: dict[str, Any], values: dict[str, Any], field: str, words: str
) -> None:
    await report(home_http, aware_at=minute(home_http, -5))
    if page:
        await home_http.post("submit", user="U0RAVI", values={})
        await home_http.post("submit", user="U0RAVI", values=page)
    given = {
        k: minute(home_http, int(v)) if k in ("detected_at", "event_from", "event_until") else v
        for k, v in values.items()
    }
    answer = await home_http.post("submit", user="U0RAVI", values=given)
    assert words in answer["errors"][field]
    still = (await view(home_http, "U0RAVI"))["state"]["values"]
    assert next(iter(still[field].values())).get("value", "") in (values[field], "") or field in (
        "event_from",
        "event_until",
        "detected_at",
    )
    assert await sql(home_http, "select count(*) from incidents") == [(1,)]


async def test_the_first_form_asks_for_what_it_cannot_do_without(home_http: House) -> None:
    await home_http.command("U0RAVI", "/breach", "")
    answer = await home_http.post("submit", user="U0RAVI", values={"happened": "x"})
    assert "This is needed" in answer["errors"]["clients"]
    answer = await home_http.post("submit", user="U0RAVI", values={"unknown.first": ["clients"]})
    assert answer["view"]["title"]["text"] == "When"


async def test_three_thousand_characters_and_injected_marks_in_every_field(home_http: House) -> None:
    marks = "<!channel> <@U0ANNA> <https://evil.example|x> *b* `c` & <script>alert(1)</script> {cause} "
    long = (marks * 60)[:3000]
    await report(home_http, happened=long)
    now = minute(home_http)
    texts = {
        "cause": long,
        "groups": long,
        "consequences": long,
        "measures_taken": long,
        "measures_planned": long,
        "contact": long,
        "dpo": long,
    }
    await steps(
        home_http,
        "U0RAVI",
        ONE,
        {"event_from": now, "detected_at": now, "aware_by": long},
        {"cause": long, "kinds": ["integrity"]},
        PEOPLE | {"groups": long},
        {n: texts[n] for n in ("consequences", "measures_taken", "measures_planned")},
        {n: texts[n] for n in ("contact", "dpo")},
    )
    message = await summary(home_http, ONE, "9 of 9 answered")
    for block in message["blocks"]:
        text = (block.get("text") or {}).get("text", "")
        assert "<!channel>" not in text
        assert "<https" not in text
        assert len(text) <= 3000
    kept = await record(home_http)
    assert kept["facts"]["cause"]["value"] == long.strip(), "kept whole"
    await press(home_http, "U0RAVI", ONE, "answers")
    await fill(home_http, "U0RAVI", ONE, "papers", what="Sheet for the client's authority", about="acme", language="fr")
    await home_http.said("U0RAVI", "D0RAVI", ONE)


async def test_words_that_say_what_happened_are_not_taken_for_a_command(home_http: House) -> None:
    for words in ("list of salaries sent to the wrong client", "show me up", "register of patients lost", "find"):
        await home_http.command("U0ANNA", "/breach", words)
        form = await view(home_http, "U0ANNA")
        assert form["state"]["values"]["happened"]["breach_typed"]["value"].startswith(words)
    assert "/breach drill" in (await home_http.command("U0ANNA", "/breach", "help"))["text"]


async def test_ticks_of_one_page_are_not_those_of_the_next(home_http: House) -> None:
    await report(home_http)
    await home_http.post("submit", user="U0RAVI", values={"unknown.times": ["event_from", "detected_at"]})
    await home_http.post("submit", user="U0RAVI", values={"unknown.cause": ["cause"]})
    answer = await home_http.post("submit", user="U0RAVI", values=PEOPLE)
    assert answer["view"]["title"]["text"] == "Effects and measures"
    message = await summary(home_http, ONE, "Unknown yet: its date, or the period; supposed or known cause")
    assert "5 of 9 answered" in shown(message)


async def test_a_page_changes_only_what_its_person_changed(home_http: House) -> None:
    await report(home_http)
    await home_http.post("submit", user="U0RAVI", values={})
    await home_http.post("submit", user="U0RAVI", values={"cause": "A guess", "kinds": ["confidentiality"]})
    for user in ("U0RAVI", "U0MARIE"):
        await press(home_http, user, ONE, "answers")
        await home_http.post("submit", user=user, values={})
    # Both look at the page with the cause; Marie puts it right, Ravi adds another answer to the page that he opened before.
    await home_http.post("submit", user="U0MARIE", values={"cause": "A wrong address"})
    await home_http.post("submit", user="U0RAVI", values={"kinds": ["integrity"]})
    kept = await record(home_http)
    assert kept["facts"]["cause"]["value"] == "A wrong address"
    assert kept["facts"]["kinds"]["value"] == ["integrity"]


async def test_new_words_stand_beside_an_older_draft(home_http: House) -> None:
    for words in ("A laptop is gone", "It was encrypted"):
        await home_http.command("U0ANNA", "/breach", words)
        form = await view(home_http, "U0ANNA")
        typing = {"action_id": "breach_typed", "block_id": "clients", "value": ["acme"]}
        await home_http.post("click", user="U0ANNA", view_id=form["id"], **typing)
    assert form["state"]["values"]["happened"]["breach_typed"]["value"] == "It was encrypted\n\nA laptop is gone"


async def test_a_form_that_nobody_typed_into_leaves_no_draft(home_http: House) -> None:
    await home_http.command("U0RAVI", "/breach", "")
    await home_http.post("close", user="U0RAVI")
    await home_http.workspace.settle()
    assert await sql(home_http, "select count(*) from incident_drafts") == [(0,)]
