"""A data breach as responders live it: from the first minute over channel, letters and drills to the register."""

import asyncio
import base64

import pytest

from tests.breaches import (
    ONE,
    SECRET,
    fill,
    press,
    pressed_by,
    record,
    report,
    room,
    sql,
    summary,
    until,
    view,
    whole,
)
from tests.house import House, buttons, has_image, shown


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
