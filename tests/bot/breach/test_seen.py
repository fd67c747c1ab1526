"""Who sees of a data breach what, and that everybody else sees nothing, anywhere."""

import json
import logging
from pathlib import Path

import pytest

from tests.breaches import (
    HOUR,
    ONE,
    SECRET,
    fill,
    pressed_by,
    report,
    room,
    sent_by,
    sql,
    summary,
    until,
    view,
)
from tests.house import House, house


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


async def test_without_a_key_nothing_is_kept_and_it_is_said(tmp_path: Path) -> None:
    async with house(tmp_path / "bot.db", CLAUSEKEEPER_KEY="") as home:
        assert "no key to seal them with" in (await home.command("U0RAVI", "/breach", "a laptop is gone"))["text"]
        await home.post("home", user="U0RAVI")
        assert await sql(home, "select count(*) from incidents") == [(0,)]
