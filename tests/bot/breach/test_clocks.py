"""The clocks of a data breach, and that they reach people whatever becomes of its channel."""

from pathlib import Path

import pytest

from tests.breaches import (
    HOUR,
    ONE,
    channel_name,
    press,
    report,
    room,
    samples,
    sql,
    summary,
    until,
)
from tests.house import House, buttons, house, shown
from workspace import rooms


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


async def test_a_channel_that_somebody_archived_does_not_silence_the_clocks(home_http: House) -> None:
    await report(home_http)
    await summary(home_http, ONE, "ITQ informs acme")
    channel = await room(home_http, ONE)
    rooms.archive(home_http.workspace, home_http.workspace.channels[channel], "U0ADMIN")
    await home_http.post("clock", advance=23 * HOUR)
    told = await until(home_http, "U0RAVI", "D0RAVI", lambda m: "needs you" in m["text"])
    assert "ITQ informs acme" in shown(told)
