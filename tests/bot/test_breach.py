"""A data breach as responders live it: the first minute, the channel, the clocks, letters, register; and who sees nothing."""

import asyncio
import base64
import json
import logging
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from storage import incidents
from tests.breaches import (
    FIRST,
    PEOPLE,
    SECRET,
    channel_name,
    fill,
    minute,
    press,
    report,
    room,
    samples,
    sql,
    steps,
    summary,
    until,
    view,
    whole,
)
from tests.house import House, Transport, buttons, has_image, house, shown
from tests.signing import deliver
from workspace import rooms

ONE = "INC-2026-001"
HOUR = 3600


@pytest.fixture
async def home(home: House) -> House:
    await samples(home)
    return home


@pytest.fixture
async def home_http(home_http: House) -> House:
    await samples(home_http)
    return home_http


async def test_from_the_first_minute_to_a_closed_incident(home: House) -> None:
    answer = await report(home)
    assert answer["view"]["title"]["text"] == "When", "whoever may see it goes on to the next questions"
    channel = await room(home, ONE)
    first = await until(home, "U0RAVI", channel, lambda m: "ITQ informs acme" in shown(m) and has_image(m))
    assert first["text"] == f"{ONE}: where this incident stands"
    await home.workspace.wait_for(lambda ws: [pin.ts for pin in ws.channels[channel].pins] == [first["ts"]])
    kept = home.workspace.channels[channel]
    assert (kept.kind, set(kept.members)) == ("group", {"U0BOT", "U0RAVI"}), "responders and the lead, nobody else"

    await whole(home)
    changed = await summary(home, ONE, "9 of 9 answered")
    assert changed["ts"] == first["ts"], "the summary updates itself"
    assert await fill(home, "U0RAVI", ONE, "move", move="It is a breach: confirm") == {"closed": True}
    missing = await fill(home, "U0RAVI", ONE, "move", move="Every client is informed")
    assert "notice to acme with evidence" in missing["errors"]["move"]
    sent = await fill(home, "U0RAVI", ONE, "sent", about="acme", to="privacy@acme.example", how="e-mail")
    assert "evidence" in sent["errors"]["evidence"]
    sent = await home.post("submit", user="U0RAVI", values={"evidence": "https://mail.example/42"})
    assert sent == {"closed": True}
    told = shown(await summary(home, ONE, "acme: notice 1 to privacy@acme.example by e-mail, <!date^"))
    assert ">, <@U0RAVI>" in told, "who was told what, how, when, and by whom it was put on record"
    for values in (
        {"move": "Every client is informed"},
        {"move": "The leak is closed: contained"},
    ):
        assert await fill(home, "U0RAVI", ONE, "move", **values) == {"closed": True}
    decided = await fill(home, "U0RAVI", ONE, "decide", about="authority", inform="No", reason="Acme saw no risk")
    assert decided == {"closed": True}
    closed = await fill(home, "U0RAVI", ONE, "move", move="Close", reason="Everybody was told")
    assert closed == {"closed": True}
    last = await summary(home, ONE, "closed")
    assert [b["action_id"] for b in buttons(last)] == ["breach_move", "breach_papers", "breach_timeline"]
    assert await sql(home, "select count(*) from outbox where state = 'waiting' and method = 'breach_speak'") == [(0,)]


async def test_a_consultant_reports_and_is_thanked_without_the_number(home: House) -> None:
    answer = await report(home, "U0ANNA")
    assert answer == {"closed": True}
    thanks = await home.said("U0ANNA", "D0ANNA", "is on record, and the responders have been told")
    assert SECRET not in json.dumps(thanks)
    assert "INC-" not in json.dumps(thanks), "numbers run on: one would tell how many incidents there are"
    alert = await home.said("U0RAVI", "D0RAVI", "INC-2026-001: a data breach was reported")
    assert SECRET not in json.dumps(alert)
    assert "U0ANNA" not in home.workspace.channels[await room(home, ONE)].members
    assert await home.command("U0ANNA", "/breach", ONE) == {
        "response_type": "ephemeral",
        "text": f"There is no incident {ONE}, or you may not see it.",
    }


async def test_an_outsider_gets_the_same_answer_as_for_a_number_that_does_not_exist(home_http: House) -> None:
    await report(home_http)
    await summary(home_http, ONE, "acme")
    other = "INC-2026-999"
    for text in ("{}", "show {}"):
        known, unknown = [await home_http.command("U0ANNA", "/breach", text.format(number)) for number in (ONE, other)]
        assert json.dumps(known) == json.dumps(unknown).replace(other, ONE)
    nothing = await home_http.command("U0ANNA", "/breach", "list")
    assert nothing["text"] == "There are no incidents that you may see."
    assert await home_http.command("U0ANNA", "/breach", f"find {SECRET}") == nothing
    assert ONE not in json.dumps(await home_http.post("home", user="U0ANNA"))
    assert ONE in json.dumps(await home_http.post("home", user="U0RAVI"))
    # A button and a form that somebody passed on, or made up: pressed by an outsider.
    for name in ("answers", "timeline", "move", "papers", "open"):
        said = [await pressed_by(home_http, "U0ANNA", f"breach_{name}", number) for number in (ONE, other)]
        assert said[0] == said[1].replace(other, ONE), name
        assert "There is no incident" in said[0]
    for page in ("note", "papers", "move"):
        said = [await sent_by(home_http, "U0ANNA", page, number) for number in (ONE, other)]
        assert said[0] == said[1].replace(other, ONE), page
        assert "There is no incident" in said[0]
    assert (await home_http.command("U0ANNA", "/breach", "register"))["text"].startswith("Only responders and admins")


async def pressed_by(home: House, user: str, action: str, number: str) -> str:
    """What a person is told who presses a button with a number that was never offered to them."""
    button = {"type": "button", "action_id": action, "block_id": "b", "value": number}
    body = {
        "type": "block_actions",
        "user": {"id": user},
        "channel": {"id": "C0GENERAL"},
        "container": {"type": "message"},
        "trigger_id": f"{action}.{number}",
        "team": {"id": "T0LOCAL"},
        "actions": [button],
    }
    before = len(await home.seen(user, "C0GENERAL"))
    await deliver(home, urlencode({"payload": json.dumps(body)}).encode())
    seen = await home.seen(user, "C0GENERAL")
    return str(seen[before]["text"])


async def sent_by(home: House, user: str, page: str, number: str) -> str:
    """What a person is told who sends a form about a number."""
    memory = json.dumps({"page": page, "number": number, "drill": False, "source": ""})
    inputs = [{"type": "input", "block_id": "words"}]
    form = {
        "id": f"V{page}{number}",
        "callback_id": f"breach_{page}",
        "private_metadata": memory,
        "blocks": inputs,
        "state": {"values": {}},
        "type": "modal",
    }
    body = {"type": "view_submission", "user": {"id": user}, "team": {"id": "T0LOCAL"}, "view": form}
    return (await deliver(home, urlencode({"payload": json.dumps(body)}).encode()))[1]


async def test_the_manager_of_an_affected_agreement_sees_it_and_another_manager_does_not(home_http: House) -> None:
    await report(home_http)
    assert ONE in (await home_http.command("U0MARIE", "/breach", ONE))["text"]
    await home_http.bot.services.store.run(
        lambda db: db.execute("insert into roles(user, role, at, by) values ('U0ANNA', 'manager', '', '')") and None
    )
    assert "no incident" in (await home_http.command("U0ANNA", "/breach", ONE))["text"]
    seen = await sql(home_http, "select actor, subject from audit where action = 'incident-seen'")
    assert seen == [("U0MARIE", ONE)], "access is on the record"


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_nothing_told_stands_in_clear_anywhere_but_in_the_channel(
    home_http: House, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await report(home_http)
    form = (await view(home_http, "U0RAVI"))["id"]
    typing = {"action_id": "breach_typed", "block_id": "aware_by", "value": SECRET}
    await home_http.post("click", user="U0RAVI", view_id=form, **typing)
    await summary(home_http, ONE, SECRET)
    await fill(home_http, "U0RAVI", ONE, "papers", what="Notice to the client", about="acme", language="nl")
    await home_http.said("U0RAVI", "D0RAVI", ONE)
    await fill(home_http, "U0RAVI", ONE, "tasks", what=f"Call {SECRET}")
    await home_http.post("clock", advance=13 * HOUR)
    channel = await room(home_http, ONE)
    await until(home_http, "U0RAVI", channel, lambda m: "needs you" in m["text"])
    for user, place in (("U0RAVI", channel), ("U0RAVI", "D0RAVI"), ("U0ANNA", "C0GENERAL")):
        for message in await home_http.seen(user, place):
            assert SECRET not in message.get("text", "")
            assert "acme" not in message.get("text", "").lower()
    held = b"".join(path.read_bytes() for path in files_in(tmp_path))
    for words in (SECRET, "Jo Janssens"):
        assert words.encode() not in held
    letters = str(await sql(home_http, "select key, subject, arguments, result from outbox where subject like 'INC%'"))
    assert "acme" not in letters.lower()
    assert SECRET not in "\n".join(
        record.getMessage() for record in caplog.records if record.name.startswith(("bot", "handlers"))
    )


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


async def test_the_clocks_speak_at_night_ask_for_the_reason_and_then_are_silent(home_http: House) -> None:
    await home_http.post("clock", now="2026-11-24T01:00:00+00:00")
    await report(home_http)
    await summary(home_http, ONE, "ITQ informs acme")
    channel = await room(home_http, ONE)
    await home_http.post("clock", now="2026-11-25T00:46:00+00:00")
    reminder = await until(home_http, "U0RAVI", channel, lambda m: "needs you" in m["text"])
    assert "13 min left" in shown(reminder)
    assert "<@U0RAVI>" in shown(reminder)
    assert len([m for m in await home_http.seen("U0RAVI", channel) if "needs you" in m["text"]]) == 1, (
        "one, not one for each missed"
    )
    await home_http.post("clock", now="2026-11-25T01:01:00+00:00")
    late = await until(home_http, "U0RAVI", channel, lambda m: "no reason for the delay" in shown(m))
    assert "breach_delay" in [b["action_id"] for b in buttons(late)]
    await home_http.click("U0RAVI", late, channel, "breach_delay")
    said = await home_http.post(
        "submit", user="U0RAVI", values={"clock": ["ITQ informs acme"], "reason": "Nobody could be reached"}
    )
    assert said == {"closed": True}
    entries = await press(home_http, "U0RAVI", ONE, "timeline")
    assert "Nobody could be reached" in shown(entries)
    waiting = await sql(home_http, "select min(due) from outbox where method = 'breach_speak' and state = 'waiting'")
    assert waiting[0][0] > "2026-11-25T03", "the clock that was explained does not ask again"


async def test_what_is_unknown_is_asked_again_after_four_hours(home_http: House) -> None:
    await report(home_http, clients=[], **{"unknown.first": ["clients"]})
    channel = await room(home_http, ONE)
    await home_http.post("clock", advance=4 * HOUR + 60)
    asked = await until(home_http, "U0RAVI", channel, lambda m: "Still unknown" in shown(m))
    assert "which clients" in shown(asked)


@pytest.mark.parametrize("why", ["no", "forbidden"])
async def test_without_a_channel_the_people_are_told_directly(tmp_path: Path, why: str) -> None:
    environment = {"CLAUSEKEEPER_BREACH_CHANNELS": "no"} if why == "no" else {}
    async with house(tmp_path / "bot.db", **environment) as home:
        await samples(home)
        if why == "forbidden":
            home.workspace.manifest.scopes -= {"groups:write"}
        await report(home, "U0ANNA")
        await home.said("U0RAVI", "D0RAVI", "a data breach was reported")
        await home.post("clock", advance=23 * HOUR)
        told = await until(home, "U0RAVI", "D0RAVI", lambda m: "needs you" in m["text"])
        assert "ITQ informs acme" in shown(told)
        assert not [c for c in home.workspace.channels.values() if c.name.startswith(ONE.lower())]


async def test_a_channel_made_before_a_crash_is_found_again(home_http: House) -> None:
    made = rooms.create(home_http.workspace, "U0BOT", channel_name(ONE), private=True)
    await report(home_http)
    await room(home_http, ONE)
    await until(home_http, "U0RAVI", made.id, lambda m: m["text"].startswith(f"{ONE}: where"))
    assert "U0RAVI" in home_http.workspace.channels[made.id].members


@pytest.mark.parametrize(("language", "words"), [("nl", "Kennisgeving"), ("fr", "Notification")])
async def test_letters_come_as_pdf_and_markdown_with_the_origin_of_each_sentence(
    home_http: House, language: str, words: str
) -> None:
    await report(home_http)
    await fill(home_http, "U0RAVI", ONE, "papers", what="Notice to the client", about="acme", language=language)
    told = await until(home_http, "U0RAVI", "D0RAVI", lambda m: "ITQ 43.3 (1): happened" in shown(m))
    assert told["text"] == f"{ONE}: the papers that you asked for"
    name = f"{ONE}-notice-1-{language}"
    while {f"{name}.pdf", f"{name}.md"} - {file.name for file in home_http.workspace.files.values()}:
        await home_http._change()
    files = {file.name: file.content for file in home_http.workspace.files.values()}
    text = files[f"{name}.md"].decode()
    assert words in text
    assert SECRET in text
    assert "Acme NV" in text
    assert files[f"{name}.pdf"].startswith(b"%PDF")


async def test_a_drill_is_marked_everywhere_runs_fast_and_is_not_in_the_register(home_http: House) -> None:
    await home_http.post("clock", now="2026-11-24T01:00:00+00:00")
    await home_http.command("U0RAVI", "/breach", "drill a stolen laptop")
    form = await view(home_http, "U0RAVI")
    assert "DRILL" in form["title"]["text"]
    assert form["state"]["values"]["happened"]["breach_typed"]["value"] == "a stolen laptop"
    await home_http.post("submit", user="U0RAVI", values={"clients": ["acme"]})
    message = await summary(home_http, "DRILL-2026-001", "DRILL")
    # Aware at 01:00 UTC; 24 hours of a drill are 24 minutes. The end is a Slack date, which stays true while it is pinned.
    assert (
        "^{date_short_pretty} {time}, {ago}|Tue 24 Nov 2026 02:24> (Tue 24 Nov 2026 02:24, Europe/Brussels)"
        in shown(message)
    )
    assert "DRILL" in shown(await press(home_http, "U0RAVI", "DRILL-2026-001", "sent"))
    await fill(home_http, "U0RAVI", "DRILL-2026-001", "papers", what="Notice to the client", language="en")
    await home_http.said("U0RAVI", "D0RAVI", "DRILL-2026-001")
    await home_http.command("U0RAVI", "/breach", "register")
    register = await home_http.said("U0RAVI", "D0RAVI", "The register")
    assert "0 breaches" in shown(register)


async def test_a_message_is_reported_and_another_is_added_to_the_timeline(home: House) -> None:
    first = (await home.post("message", user="U0ANNA", channel="C0GENERAL", text="I sent it to the wrong Peeters"))[
        "message"
    ]
    await home.post(
        "shortcut", user="U0RAVI", callback_id="breach_report_message", channel="C0GENERAL", message_ts=first["ts"]
    )
    form = await view(home, "U0RAVI")
    assert form["state"]["values"]["happened"]["breach_typed"]["value"] == "I sent it to the wrong Peeters"
    await home.post("submit", user="U0RAVI", values={"clients": ["acme"]})
    channel = await room(home, ONE)
    await summary(home, ONE, "acme")
    more = (await home.post("message", user="U0RAVI", channel=channel, text="The log shows one download"))["message"]
    await home.post("shortcut", user="U0RAVI", callback_id="breach_add_message", channel=channel, message_ts=more["ts"])
    await home.said("U0RAVI", channel, "on the timeline of INC-2026-001")
    other = (await home.post("message", user="U0RAVI", channel="C0GENERAL", text="Acme called"))["message"]
    await home.post(
        "shortcut", user="U0RAVI", callback_id="breach_add_message", channel="C0GENERAL", message_ts=other["ts"]
    )
    wrong = await home.post("submit", user="U0RAVI", values={"number": "INC-2026-077"})
    assert "There is no incident INC-2026-077" in wrong["errors"]["number"]
    assert await home.post("submit", user="U0RAVI", values={"number": ONE}) == {"closed": True}
    entries = shown(await press(home, "U0RAVI", ONE, "timeline"))
    for words in ("The log shows one download", "Acme called", "reported from a message"):
        assert words in entries


async def test_roles_tasks_severity_and_a_typical_case(home_http: House) -> None:
    await report(home_http)
    handed = await fill(home_http, "U0RAVI", ONE, "people", lead="U0ADMIN", scribe="U0RAVI", note="The log is with me")
    assert handed == {"closed": True}
    channel = await room(home_http, ONE)
    await summary(home_http, ONE, "lead: <@U0ADMIN>")
    await home_http.workspace.wait_for(lambda ws: "U0ADMIN" in ws.channels[channel].members)
    await fill(home_http, "U0RAVI", ONE, "tasks", what="Call Acme", owner="U0MARIE")
    assert "Call Acme (<@U0MARIE>)" in shown(await summary(home_http, ONE, "Call Acme"))
    form = await press(home_http, "U0RAVI", ONE, "tasks")
    done = next(b for b in form["blocks"] if b.get("block_id") == "done")["element"]["options"][0]["value"]
    assert await home_http.post("submit", user="U0RAVI", values={"done": [done]}) == {"closed": True}
    judged = await fill(
        home_http,
        "U0RAVI",
        ONE,
        "severity",
        dpc="financial: income, accounts, cards",
        ei="at once, from the data alone",
        confidentiality="an unknown number of people",
        integrity="no",
        availability="no",
        malicious="yes",
        level="high",
    )
    assert "The factors give very high" in judged["errors"]["reason"]
    assert await home_http.post("submit", user="U0RAVI", values={"reason": "The data are old"}) == {"closed": True}
    await summary(
        home_http,
        ONE,
        "high: set by a person: The data are old; computed 4 (very high) = DPC 3 x EI 1 + CB 1 "
        "(confidentiality 0.5, malicious 0.5)",
    )
    proposed = await fill(home_http, "U0RAVI", ONE, "case", case="Mis-sent mail")
    assert proposed["view"]["title"]["text"] == "When", (
        "the questions come next, the first that lacks something before all"
    )
    await summary(home_http, ONE, "What such cases led to")
    assert "cause" not in (await record(home_http))["facts"], "what is likely is no answer until somebody keeps it"
    await home_http.post("submit", user="U0RAVI", values={})
    page = await view(home_http, "U0RAVI")
    assert page["state"]["values"]["cause"]["breach_typed"]["value"] == "A wrong address or attachment."
    assert "check them" in shown(page)
    await home_http.post("submit", user="U0RAVI", values={"cause": "A wrong list"})
    facts = (await record(home_http))["facts"]
    assert (facts["cause"]["value"], facts["kinds"]["value"]) == ("A wrong list", ["confidentiality"])
    entries = shown(await press(home_http, "U0RAVI", ONE, "timeline"))
    assert "<@U0RAVI> *lead*: U0RAVI → U0ADMIN _(The log is with me)_" in entries
    assert "Call Acme → done" in entries


async def test_duplicates_are_merged_and_a_settled_incident_changes_only_when_reopened(home_http: House) -> None:
    await report(home_http)
    await report(home_http, "U0ANNA", clients=["tulip"])
    await home_http.said("U0ANNA", "D0ANNA", "is on record")
    merge = {"move": "It is the same as another incident: merge", "reason": "The same mail", "target": "INC-2026-099"}
    wrong = await fill(home_http, "U0RAVI", "INC-2026-002", "move", **merge)
    assert "There is no incident INC-2026-099" in wrong["errors"]["target"]
    assert await home_http.post("submit", user="U0RAVI", values={"target": ONE}) == {"closed": True}
    await summary(home_http, ONE, "ITQ informs tulip")
    assert "merged* into INC-2026-001" in shown(await home_http.command("U0RAVI", "/breach", "INC-2026-002"))
    refused = await fill(home_http, "U0RAVI", ONE, "move", move="It is not a breach")
    assert "reason" in refused["errors"]["reason"]
    await home_http.post("submit", user="U0RAVI", values={"reason": "Only test data"})
    stale = await summary(home_http, ONE, "not a breach")
    assert "breach_answers" not in [b["action_id"] for b in buttons(stale)]
    told = await pressed_by(home_http, "U0RAVI", "breach_tasks", ONE)
    assert "reopen it first" in told
    assert await fill(home_http, "U0RAVI", ONE, "move", move="Reopen", reason="It was real") == {"closed": True}
    await summary(home_http, ONE, "confirmed")


async def test_without_a_key_nothing_is_kept_and_it_is_said(tmp_path: Path) -> None:
    async with house(tmp_path / "bot.db", CLAUSEKEEPER_KEY="") as home:
        assert "no key to seal them with" in (await home.command("U0RAVI", "/breach", "a laptop is gone"))["text"]
        await home.post("home", user="U0RAVI")
        assert await sql(home, "select count(*) from incidents") == [(0,)]


async def test_a_channel_that_somebody_archived_does_not_silence_the_clocks(home_http: House) -> None:
    await report(home_http)
    await summary(home_http, ONE, "ITQ informs acme")
    channel = await room(home_http, ONE)
    rooms.archive(home_http.workspace, home_http.workspace.channels[channel], "U0ADMIN")
    await home_http.post("clock", advance=23 * HOUR)
    told = await until(home_http, "U0RAVI", "D0RAVI", lambda m: "needs you" in m["text"])
    assert "ITQ informs acme" in shown(told)


async def test_a_file_is_evidence_and_the_notice_stands_in_the_record(home_http: House) -> None:
    await report(home_http)
    await home_http.post("clock", advance=60)
    await press(home_http, "U0RAVI", ONE, "sent")
    content = base64.b64encode(b"a mail").decode()
    file = (await home_http.post("upload", user="U0RAVI", name="sent.eml", content=content))["file"]["id"]
    values = {"about": "acme", "to": "Jo", "how": "e-mail", "files": [file]}
    assert await home_http.post("submit", user="U0RAVI", values=values) == {"closed": True}
    notice = (await record(home_http))["notices"][0]
    assert (notice["about"], notice["phase"], notice["by"]) == ("acme", 1, "U0RAVI")
    assert "sent.eml" in notice["evidence"]
    assert file in notice["evidence"]
    # The next letter to that client is a follow-up: what is new since then, and what is still unknown.
    await fill(home_http, "U0RAVI", ONE, "papers", what="Notice to the client", about="acme", language="en")
    while f"{ONE}-notice-2-en.md" not in {f.name for f in home_http.workspace.files.values()}:
        await home_http._change()
    text = next(f.content for f in home_http.workspace.files.values() if f.name.endswith("2-en.md")).decode()
    assert "Follow-up 1 to our notice" in text
    assert SECRET not in text, "what the first notice told is not told again"


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


async def record(home: House, number: str = ONE) -> dict[str, Any]:
    """The record of an incident as it is kept."""
    seal = home.bot.services.seal
    assert seal
    kept = await home.bot.services.store.run(incidents.get, seal, number)
    assert kept
    return dict(kept.record)


async def test_two_people_who_answer_at_once_both_stand_on_the_timeline(home_http: House) -> None:
    await report(home_http)
    await press(home_http, "U0RAVI", ONE, "note")
    await press(home_http, "U0MARIE", ONE, "note")
    await asyncio.gather(
        home_http.post("submit", user="U0RAVI", values={"words": "Ravi was here"}),
        home_http.post("submit", user="U0MARIE", values={"words": "Marie was here"}),
    )
    entries = shown(await press(home_http, "U0RAVI", ONE, "timeline"))
    assert "Ravi was here" in entries
    assert "Marie was here" in entries
