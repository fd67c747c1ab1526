"""A data breach: nothing that is told gets lost, nobody learns of it who should not, and its record proves itself."""

import asyncio
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from sqlite_utils import Database

from bot.cli import cli
from bot.serving import opened
from handlers.breach import room as rooms_of_incidents
from handlers.computing import understood
from knowledge.refused import Refused
from storage import agreements, incidents, roles
from storage.sealing import new_key
from tests.breaches import FIRST, ONE, SECRET, fill, minute, record, report, room, samples, sql, summary, until, view
from tests.house import KEY, House, has_image, house, settings, shown
from tests.signing import deliver
from workspace import rooms

LONG = "A list of salaries was sent to everybody at the client. " * 100


async def from_message(home: House, user: str, callback: str, text: str) -> dict[str, Any]:
    """The form that a shortcut opens on a message with this text."""
    said = await home.post("message", user="U0ANNA", channel="C0GENERAL", text=text)
    ts = said["message"]["ts"]
    await home.post("shortcut", user=user, callback_id=callback, channel="C0GENERAL", message_ts=ts)
    return await view(home, user)


async def test_a_message_longer_than_a_form_is_reported_whole(home_http: House) -> None:
    form = await from_message(home_http, "U0RAVI", "breach_report_message", LONG)
    assert form["state"]["values"]["happened"]["breach_typed"]["value"].startswith(LONG[:2900])
    await home_http.post("submit", user="U0RAVI", values={"clients": ["acme"]})
    assert (await record(home_http))["facts"]["happened"]["value"] == LONG.strip()
    assert await sql(home_http, "select count(*) from incident_drafts") == [(0,)]


async def test_a_long_message_whose_form_was_closed_and_changed_is_kept_beside_the_new_words(home_http: House) -> None:
    await from_message(home_http, "U0RAVI", "breach_report_message", LONG)
    await home_http.post("close", user="U0RAVI")
    await home_http.workspace.settle()
    await home_http.command("U0RAVI", "/breach", "")
    await home_http.post("submit", user="U0RAVI", values={"happened": "All salaries went out", "clients": ["acme"]})
    assert (await record(home_http))["facts"]["happened"]["value"] == f"All salaries went out\n\n{LONG.strip()}"


async def test_a_long_message_goes_onto_the_timeline_whole(home_http: House) -> None:
    await report(home_http)
    await from_message(home_http, "U0RAVI", "breach_add_message", LONG)
    assert await home_http.post("submit", user="U0RAVI", values={"number": ONE}) == {"closed": True}
    seal = home_http.bot.services.seal
    assert seal
    entries = await home_http.bot.services.store.run(incidents.timeline, seal, ONE)
    assert entries[-1].content["after"] == LONG.strip()


async def test_a_form_for_the_timeline_keeps_a_draft_of_its_own(home_http: House) -> None:
    await report(home_http)
    await home_http.command("U0RAVI", "/breach", "A laptop is gone")
    await home_http.post("close", user="U0RAVI")
    form = await from_message(home_http, "U0RAVI", "breach_add_message", "Acme called")
    typing = {"action_id": "breach_typed", "block_id": "words", "value": "Acme called twice"}
    await home_http.post("click", user="U0RAVI", view_id=form["id"], **typing)
    await home_http.post("close", user="U0RAVI")
    await home_http.workspace.settle()
    form = await from_message(home_http, "U0RAVI", "breach_add_message", "Acme called")
    assert form["state"]["values"]["words"]["breach_typed"]["value"] == "Acme called\n\nAcme called twice"
    await home_http.post("close", user="U0RAVI")
    await home_http.command("U0RAVI", "/breach", "")
    form = await view(home_http, "U0RAVI")
    assert form["state"]["values"]["happened"]["breach_typed"]["value"] == "A laptop is gone"


async def test_one_form_makes_one_incident_in_whatever_state_it_is_sent_again(home_http: House) -> None:
    await home_http.command("U0RAVI", "/breach", "")
    form = await view(home_http, "U0RAVI")
    await home_http.post("submit", user="U0RAVI", values=FIRST)
    now = int(home_http.bot.services.now().timestamp()) - 60
    state = {
        "happened": {"breach_typed": {"type": "plain_text_input", "value": SECRET}},
        "aware_at": {"breach_typed": {"type": "datetimepicker", "selected_date_time": now}},
        "clients": {"breach_typed": {"type": "multi_static_select", "selected_options": [{"value": "acme"}]}},
    }
    again = form | {"hash": "another", "state": {"values": state}}
    body = {"type": "view_submission", "user": {"id": "U0RAVI"}, "team": {"id": "T0LOCAL"}, "view": again}
    assert await deliver(home_http, urlencode({"payload": json.dumps(body)}).encode()) == (200, "")
    assert await sql(home_http, "select number from incidents") == [(ONE,)]


async def test_every_wrong_answer_of_a_page_is_told_at_once(home_http: House) -> None:
    await report(home_http)
    await home_http.post("submit", user="U0RAVI", values={})
    await home_http.post("submit", user="U0RAVI", values={"cause": "x"})
    wrong = {"people": "some", "people_min": "-3", "records_min": "9", "records_max": "3"}
    answer = await home_http.post("submit", user="U0RAVI", values=wrong)
    assert answer["errors"].keys() == {"people", "people_min"}
    answer = await home_http.post("submit", user="U0RAVI", values={"people": "", "people_min": "7", "people_max": "2"})
    assert answer["errors"].keys() == {"people_min", "records_min"}


async def test_each_time_stands_in_the_summary_with_its_own_zone_and_author(home_http: House) -> None:
    await home_http.post("clock", now="2026-11-24T01:00:00+00:00")
    await report(home_http)
    times = {
        "event_from": "2026-11-23T15:00:00+00:00",
        "event_zone": "America/New_York",
        "detected_at": minute(home_http),
    }
    await home_http.post("submit", user="U0RAVI", values=times)
    message = await summary(home_http, ONE, "Mon 23 Nov 2026 10:00, America/New_York), by <@U0RAVI>")
    assert "detected <!date^" in shown(message)
    assert "Tue 24 Nov 2026 02:00, Europe/Brussels), by <@U0RAVI>" in shown(message)


async def test_parts_go_to_people_who_may_see_it_and_they_are_told_the_number_alone(home_http: House) -> None:
    await report(home_http)
    channel = await room(home_http, ONE)
    refused = await fill(home_http, "U0RAVI", ONE, "people", scribe="U0ANNA")
    assert "may not see this incident" in refused["errors"]["scribe"]
    refused = await fill(home_http, "U0RAVI", ONE, "tasks", what="Call the client", owner="U0ANNA")
    assert "may not see this incident" in refused["errors"]["owner"]
    await home_http.post("submit", user="U0RAVI", values={"owner": "U0MARIE"})
    told = await home_http.said("U0MARIE", "D0MARIE", f"{ONE}: there is a task for you")
    assert "Call the client" not in json.dumps(told)
    # A lead from outside may see it for as long as they lead.
    assert await fill(home_http, "U0RAVI", ONE, "people", lead="U0ANNA", scribe="U0RAVI") == {"closed": True}
    await home_http.said("U0ANNA", "D0ANNA", f"{ONE}: you are its lead now")
    await home_http.workspace.wait_for(lambda ws: "U0ANNA" in ws.channels[channel].members)
    assert ONE in (await home_http.command("U0ANNA", "/breach", ONE))["text"]
    await fill(home_http, "U0ANNA", ONE, "people", lead="U0ADMIN", note="Everything is in the log")
    await home_http.workspace.wait_for(lambda ws: "U0ANNA" not in ws.channels[channel].members)
    assert "There is no incident" in (await home_http.command("U0ANNA", "/breach", ONE))["text"]


async def test_whom_the_bot_brought_in_is_taken_out_with_the_role_and_a_guest_of_somebody_else_stays(
    home_http: House,
) -> None:
    services = home_http.bot.services
    await report(home_http)
    channel = await room(home_http, ONE)
    rooms.add(home_http.workspace, home_http.workspace.channels[channel], "U0ANNA", "U0RAVI")
    await fill(home_http, "U0RAVI", ONE, "tasks", what="Ask Anna")
    await summary(home_http, ONE, "Ask Anna")
    assert "U0ANNA" in home_http.workspace.channels[channel].members
    await services.store.run(roles.give, "U0ANNA", "responder", "U0ADMIN", services.now())
    await fill(home_http, "U0RAVI", ONE, "tasks", what="Ask Anna again")
    await summary(home_http, ONE, "Ask Anna again")
    await services.store.run(roles.take_away, "U0ANNA", "responder")
    await fill(home_http, "U0RAVI", ONE, "note", words="Anna is no responder any more")
    await home_http.workspace.wait_for(lambda ws: "U0ANNA" not in ws.channels[channel].members)


async def test_without_a_channel_the_summary_stands_with_each_of_the_people_and_updates_itself(tmp_path: Path) -> None:
    async with house(tmp_path / "bot.db", CLAUSEKEEPER_BREACH_CHANNELS="no") as home:
        await samples(home)
        await report(home)
        first = await until(home, "U0RAVI", "D0RAVI", lambda m: "ITQ informs acme" in shown(m))
        await home.workspace.wait_for(lambda ws: [pin.ts for pin in ws.channels["D0RAVI"].pins] == [first["ts"]])
        await fill(home, "U0RAVI", ONE, "tasks", what="Call Acme")
        changed = await until(home, "U0RAVI", "D0RAVI", lambda m: "Call Acme" in shown(m))
        assert changed["ts"] == first["ts"]
        await fill(home, "U0RAVI", ONE, "people", lead="U0ANNA")
        await until(home, "U0ANNA", "D0ANNA", lambda m: "Call Acme" in shown(m))
        await fill(home, "U0RAVI", ONE, "people", lead="U0ADMIN")
        while any("Call Acme" in shown(m) for m in await home.seen("U0ANNA", "D0ANNA")):
            await home._change()


async def test_nobody_learns_of_an_incident_by_trying_to_take_its_channels_name(home_http: House) -> None:
    await report(home_http)
    await room(home_http, ONE)
    made = rooms.create(home_http.workspace, "U0ANNA", ONE.lower(), private=True)
    assert made.name == ONE.lower(), "the name is free, as that of any number is"


async def test_a_breach_of_many_clients_shows_every_clock_and_takes_one_reason_for_all(home_http: House) -> None:
    await home_http.post("clock", now="2026-11-24T01:00:00+00:00")
    shelf, services = await home_http.bot.services.shelf(), home_http.bot.services
    names = [f"client-{n:02}" for n in range(20)]
    text = 'slug = "{0}"\nclient = "{0} International Holding NV"\ncountry = "BE"\nconcluded = 2026-01-15\n'

    def add(db: Database) -> None:
        for name in names:
            agreed = understood(text.format(name), shelf.library)
            agreements.keep(db, agreed.slug, agreed.client, agreed.text, services.now(), "tests")

    await services.store.run(add)
    await report(home_http, clients=names)
    message = await summary(home_http, ONE, "ITQ informs client-19")
    assert all(f"client-{n:02} notifies the authority" in shown(message) for n in range(20))
    assert all(len((block.get("text") or {}).get("text", "")) <= 3_000 for block in message["blocks"])
    channel = await room(home_http, ONE)
    await home_http.post("clock", now="2026-11-25T01:01:00+00:00")
    late = await until(home_http, "U0RAVI", channel, lambda m: "no reason for the delay" in shown(m))
    assert "32 more clocks are open" in shown(late)
    assert "client-19" in shown(late)
    clocks = [f"ITQ informs {name}" for name in names]
    said = await fill(home_http, "U0RAVI", ONE, "delay", clock=clocks, reason="Nobody was awake")
    assert said == {"closed": True}
    assert len((await record(home_http))["delays"]) == 20


async def test_home_says_who_was_shown_a_list(home_http: House) -> None:
    await report(home_http)
    for user in ("U0ANNA", "U0RAVI"):
        await home_http.post("home", user=user)
    assert await sql(home_http, "select actor from audit where action = 'incidents-listed'") == [("U0RAVI",)]


async def test_a_summary_that_slack_refuses_is_tried_again_and_not_taken_for_said(home_http: House) -> None:
    await report(home_http)
    await until(home_http, "U0RAVI", await room(home_http, ONE), has_image)
    await home_http.post("faults", method="chat.update", error="internal_error", times=2)
    await fill(home_http, "U0RAVI", ONE, "tasks", what="Call Acme")
    async with asyncio.timeout(10):
        while not await sql(home_http, "select 1 from outbox where state = 'waiting' and error is not null"):
            pass
    await home_http.post("clock", advance=60)
    await summary(home_http, ONE, "Call Acme")


async def test_another_key_does_not_serve_and_home_still_opens_when_the_key_changed_meanwhile(tmp_path: Path) -> None:
    async with house(tmp_path / "bot.db") as home:
        await samples(home)
        await report(home)
        await room(home, ONE)
        await home.bot.services.store.run(lambda db: db.execute("update incidents set sealed = 'x'") and None)
        assert "key" in (await home.command("U0RAVI", "/breach", ONE))["text"]
        assert "Clausekeeper" in json.dumps(await home.post("home", user="U0RAVI"))
    with pytest.raises(Refused, match="does not open what is sealed"):
        async with opened(settings(tmp_path / "bot.db", "http://127.0.0.1:9/", CLAUSEKEEPER_KEY=new_key())):
            pass


async def test_a_picture_that_slack_has_not_taken_in_yet_does_not_keep_the_words_back(home_http: House) -> None:
    await home_http.post("faults", method="chat.update", error="invalid_blocks", times=2)
    await report(home_http)
    channel = await room(home_http, ONE)
    first = await until(home_http, "U0RAVI", channel, lambda m: "ITQ informs acme" in shown(m))
    assert not has_image(first)
    await fill(home_http, "U0RAVI", ONE, "tasks", what="Call Acme")
    assert not has_image(await summary(home_http, ONE, "Call Acme")), (
        "the picture was refused again, and the words went"
    )
    await fill(home_http, "U0RAVI", ONE, "note", words="The log shows one download")
    await until(home_http, "U0RAVI", channel, has_image)


async def test_the_picture_is_drawn_anew_when_its_now_is_long_past(home_http: House) -> None:
    await report(home_http)
    await summary(home_http, ONE, "ITQ informs acme")
    [(first,)] = await sql(home_http, "select picture from incidents")
    await home_http.post("clock", advance=rooms_of_incidents.REDRAW + 60)
    await fill(home_http, "U0RAVI", ONE, "tasks", what="Call Acme")
    await summary(home_http, ONE, "Call Acme")
    assert await sql(home_http, "select picture from incidents") != [(first,)]


async def test_what_retention_erases_is_gone_from_slack_too(home_http: House, tmp_path: Path) -> None:
    await home_http.post("clock", now="2025-01-05T10:00:00+00:00")
    number = "INC-2025-001"
    await report(home_http)
    await fill(home_http, "U0RAVI", number, "tasks", what="Call Jo Janssens")
    channel = await room(home_http, number)
    await until(home_http, "U0RAVI", channel, lambda m: "Call Jo Janssens" in shown(m))
    await fill(home_http, "U0RAVI", number, "move", move="It is not a breach", reason="Test data")
    environment = {
        "CLAUSEKEEPER_DATABASE": str(tmp_path / "bot.db"),
        "CLAUSEKEEPER_KEY": KEY,
        "CLAUSEKEEPER_ADMINS": "",
    }
    done = CliRunner().invoke(cli, ["incidents", "retention", "--apply", "--days", "30"], env=environment)
    assert "Erased: 1 incidents" in done.output
    await home_http.post("clock", now="2026-12-01T10:00:00+00:00")
    await home_http.workspace.wait_for(lambda ws: ws.channels[channel].is_archived)
    left = await until(home_http, "U0RAVI", channel, lambda m: "not a breach" in shown(m))
    assert "Jo Janssens" not in shown(left).replace(SECRET, "")
    assert "by <@U0RAVI>" not in shown(left)
    services = home_http.bot.services
    assert await services.store.run(incidents.broken, services.seal) is None
    assert "only its line" in (await pressed(home_http, number))


async def pressed(home: House, number: str) -> str:
    """What Ravi is told who presses a button of an incident that he still has before him."""
    button = {"type": "button", "action_id": "breach_answers", "block_id": "b", "value": number}
    where = {"type": "message", "message_ts": "1.2", "channel_id": "D0RAVI"}
    body = {
        "type": "block_actions",
        "user": {"id": "U0RAVI"},
        "channel": {"id": "D0RAVI"},
        "container": where,
        "trigger_id": "late",
        "team": {"id": "T0LOCAL"},
        "actions": [button],
    }
    await deliver(home, urlencode({"payload": json.dumps(body)}).encode())
    return str((await home.seen("U0RAVI", "D0RAVI"))[-1]["text"])
