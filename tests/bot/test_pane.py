"""The agent pane, versions of a document in Slack, and what doctor says of a real connection."""

from datetime import UTC, date, datetime
from pathlib import Path

import aiohttp
import pytest

from bot import doctor
from bot.manifest import scopes
from handlers.ask import PROMPTS
from storage import documents
from storage.documents import Version
from tests.house import House, buttons, house, settings, shown

ITQ = (Path(__file__).parent.parent.parent / "knowledge/documents/itq/text.txt").read_text(encoding="utf-8")


def version(label: str, effective: date, text: str) -> Version:
    return Version("itq", label, effective, "", "", "a test", text)


async def test_the_pane_suggests_questions_and_shows_that_the_bot_is_at_work(home: House) -> None:
    await home.post("open", user="U0ANNA", channel="D0ANNA")
    await home.workspace.settle()
    pane = (await home.get("messages", channel="D0ANNA", user="U0ANNA"))["assistant"]
    prompts = [prompt["title"] for thread in pane.values() for prompt in thread.get("prompts", [])]
    assert prompts == [title for title, _ in PROMPTS]
    question = "may the client cancel the consultancy free of charge?"
    asked = await home.post("message", user="U0ANNA", channel="D0ANNA", text=question)
    await home.said("U0ANNA", "D0ANNA", "ITQ", thread=asked["message"]["ts"])
    log = str(await home.get("log"))
    assert "assistant.threads.setStatus" in log
    assert "is looking in the documents" in log


async def test_a_second_version_is_compared_word_by_word(home: House) -> None:
    text = ITQ.replace("is thirty (30) days.", "is sixty (60) days.")
    store = home.bot.services.store
    await store.run(documents.add, version("2026", date(2026, 1, 1), text), datetime(2026, 1, 1, tzinfo=UTC), "test")
    ack = await home.command("U0ANNA", "/clause", "3.3")
    assert "sixty (60) days" in shown(ack), "a version added meanwhile is quoted at once"
    assert "version 2026, in force from 2026-01-01" in shown(ack)
    message = await home.said("U0ANNA", "C0GENERAL", "ITQ 3.3")
    await home.click("U0ANNA", message, "C0GENERAL", "clause_changes")
    view = (await home.get("views", user="U0ANNA"))["views"][-1]
    assert "From version undated to 2026" in shown(view)
    assert "[-thirty (30)-]" in shown(view)
    assert "{+sixty (60)+}" in shown(view)


async def test_a_version_of_the_future_is_not_quoted_before_its_day(home_http: House) -> None:
    text = ITQ.replace("is thirty (30) days.", "is sixty (60) days.")
    store = home_http.bot.services.store
    await store.run(documents.add, version("2030", date(2030, 1, 1), text), datetime(2026, 1, 1, tzinfo=UTC), "test")
    ack = await home_http.command("U0ANNA", "/clause", "3.3")
    assert "thirty (30) days" in shown(ack)
    assert "What changed" in [b["text"]["text"] for b in buttons(ack)]
    await home_http.post("clock", now="2030-01-02T12:00:00Z")
    assert "sixty (60) days" in shown(await home_http.command("U0ANNA", "/clause", "3.3"))


async def test_a_stored_version_that_no_longer_parses_is_left_out_and_said(tmp_path: Path) -> None:
    async with house(tmp_path / "bot.db") as home:
        broken = version("2026", date(2026, 1, 1), "Article 1. A\n1.1. x\n1.3. y\n")
        await home.bot.services.store.run(documents.add, broken, datetime(2026, 1, 1, tzinfo=UTC), "test")
        ack = await home.command("U0ANNA", "/clause", "3.3")
        assert "thirty (30) days" in shown(ack)
        async with home.session.get(f"{home.address}/healthz") as response:
            assert response.status == 503
            assert "follows 1; 2 is missing" in str(await response.json())


async def test_doctor_finds_a_whole_connection_well(home_http: House, tmp_path: Path) -> None:
    told = settings(tmp_path / "bot.db", home_http.server.api_url)
    async with aiohttp.ClientSession() as session:
        findings = [finding async for finding in doctor.look_at_slack(told, session)]
    assert [finding.what for finding in findings if not finding.well] == []
    assert any(finding.what == f"scopes: {', '.join(scopes())}" for finding in findings)
    assert any(finding.what.startswith("Socket Mode") for finding in findings)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-wrong", "Slack refuses the bot token: invalid_auth"),
        ("SLACK_APP_TOKEN", "xapp-wrong", "Slack refuses the app token"),
        ("CLAUSEKEEPER_LEGAL_CHANNEL", "", "legal channel: not set"),
    ],
)
async def test_doctor_names_what_is_wrong(home_http: House, tmp_path: Path, name: str, value: str, said: str) -> None:
    told = settings(tmp_path / "bot.db", home_http.server.api_url, **{name: value})
    async with aiohttp.ClientSession() as session:
        findings = [finding async for finding in doctor.look_at_slack(told, session)]
    (wrong,) = [finding for finding in findings if not finding.well]
    assert wrong.what.startswith(said)
    assert wrong.mend
