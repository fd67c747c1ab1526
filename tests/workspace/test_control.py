"""The control API's own manners: sentences, privacy, clock, reset, stream, who may call it."""

import asyncio
import json
import re
from datetime import datetime
from typing import Any

import pytest

from tests.workspace.desk import opened
from workspace import Clock, Workspace, serve

PEOPLE = {"U0ANNA", "U0RAVI", "U0MARIE", "U0ADMIN"}


async def test_samples() -> None:
    async with opened() as desk:
        users = {user["id"]: user for user in (await desk.hands.get("users"))["users"]}
        assert set(users) >= PEOPLE
        assert all({"tz", "tz_offset", "locale"} <= set(user) for user in users.values())
        for user in PEOPLE:
            seen = (await desk.hands.get("channels", user=user))["channels"]
            legal = {"C0LEGAL"} if user in ("U0MARIE", "U0ADMIN") else set()
            assert {one["id"] for one in seen} == {"C0GENERAL", "C0CONTRACTS", user.replace("U", "D", 1)} | legal


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        ("command", {"user": "U0NONE", "channel": "C0GENERAL", "command": "/x", "text": ""}, 404, "no person"),
        ("command", {"user": "U0ANNA", "channel": "C0NONE", "command": "/x", "text": ""}, 404, "no channel"),
        ("command", {"user": "U0ANNA", "channel": "C0GENERAL", "command": "x"}, 400, "slash"),
        ("command", {"user": "U0ANNA", "channel": "C0GENERAL"}, 400, "`command`"),
        ("command", {"user": "U0ANNA", "channel": "C0GENERAL", "command": "/x", "text": "\ud800"}, 400, "no JSON"),
        ("message", {"user": "U0BOT", "channel": "C0GENERAL", "text": "x"}, 404, "no person"),
        ("message", {"user": "U0ANNA", "channel": "C0LEGAL", "text": "x"}, 404, "no channel"),
        ("message", {"user": "U0ANNA", "channel": "C0GENERAL", "text": " "}, 400, "empty"),
        ("message", {"user": "U0ANNA", "channel": "C0GENERAL", "text": "x", "thread_ts": "1.1"}, 404, "thread"),
        ("submit", {"user": "U0ANNA", "values": {}}, 404, "no open modal"),
        ("click", {"user": "U0ANNA", "action_id": "a", "view_id": "V0NONE"}, 404, "no open view"),
        ("click", {"user": "U0ANNA", "action_id": "a", "message_ts": "1.1"}, 404, "no message"),
        ("clock", {"now": "yesterday"}, 400, "instant"),
        ("clock", {"now": "2026-12-04T09:00:00"}, 400, "zone"),
        ("clock", {"advance": "long"}, 400, "seconds"),
        ("clock", {}, 400, "advance"),
        ("clock", {"advance": 1e300}, 400, "from the year 1971 to 8999"),
        ("clock", {"now": "0001-01-01T00:00:00+02:00"}, 400, "from the year 1971 to 8999"),
        ("pin", {"user": "U0ANNA", "channel": "C0GENERAL", "message_ts": "1.1"}, 404, "message_not_found"),
        ("create", {"user": "U0ANNA", "name": "Bad Name"}, 400, "invalid_name_specials"),
    ],
)
async def test_mistakes_get_a_sentence(path: str, body: dict[str, Any], status: int, said: str) -> None:
    async with opened() as desk:
        assert said in (await desk.hands.post(path, status, **body))["error"]


async def test_broken_bodies() -> None:
    async with opened() as desk:
        for data in ("{", "[1]", '"x"'):
            async with desk.session.post(f"{desk.server.url}/_control/message", data=data) as answer:
                assert answer.status == 400
                assert "JSON" in (await answer.json())["error"]
        await desk.hands.get("messages", 404, user="U0ANNA")
        async with desk.session.get(f"{desk.server.url}/_control/nothing") as answer:
            assert answer.status == 404


async def test_the_clock_moves_for_everyone() -> None:
    async with opened() as desk:
        moved: list[datetime] = []
        desk.ws.clock.on_move.append(lambda: moved.append(desk.ws.clock.now()))
        answer = await desk.hands.post("clock", now="2031-05-06T08:00:00+02:00")
        assert answer["now"].startswith("2031-05-06T06:00:00")
        await desk.hands.post("clock", advance=3600)
        assert [one.hour for one in moved] == [6, 7]
        posted = await desk.client.chat_postMessage(channel="C0GENERAL", text="x")
        assert datetime.fromtimestamp(float(posted["ts"])).year == 2031  # noqa: DTZ006 - only the year matters
        await desk.hands.post("clock", now="2031-05-06T08:00:00+02:00")
        earlier = await desk.client.chat_postMessage(channel="C0GENERAL", text="y")
        assert earlier["ts"] < posted["ts"]
        with pytest.raises(ValueError, match="zone"):
            desk.ws.clock.set(datetime(2031, 1, 1))  # noqa: DTZ001 - that is the point


async def test_reset() -> None:
    async with opened() as desk:
        await desk.hands.post("message", user="U0ANNA", channel="C0GENERAL", text="x")
        await desk.hands.post("faults", method="*", error="internal_error", times=9)
        await desk.hands.post("clock", advance=86_400)
        await desk.hands.post("leave", user="U0ANNA", channel="C0GENERAL")
        await desk.hands.post("reset")
        assert await desk.hands.seen("U0ANNA", "C0GENERAL") == []
        assert (await desk.hands.get("faults"))["faults"] == []
        assert (await desk.hands.get("log"))["log"] == []
        assert (await desk.client.auth_test())["ok"] is True


async def test_messages_in_windows_and_unread_marks() -> None:
    async with opened() as desk:
        for number in range(5):
            await desk.client.chat_postMessage(channel="C0GENERAL", text=str(number))
        channels = (await desk.hands.get("channels", user="U0ANNA"))["channels"]
        assert channels[0]["unread"] == 5
        last = await desk.hands.get("messages", user="U0ANNA", channel="C0GENERAL", limit="2")
        assert ([m["text"] for m in last["messages"]], last["has_more"]) == (["3", "4"], True)
        before = last["messages"][0]["ts"]
        query = {"user": "U0ANNA", "channel": "C0GENERAL", "limit": "9", "before": before}
        earlier = await desk.hands.get("messages", **query)
        assert ([m["text"] for m in earlier["messages"]], earlier["has_more"]) == (["0", "1", "2"], False)
        await desk.hands.post("open", user="U0ANNA", channel="C0GENERAL")
        assert (await desk.hands.get("channels", user="U0ANNA"))["channels"][0]["unread"] == 0


async def test_the_stream_tells_of_changes_a_person_may_know() -> None:
    async with opened() as desk:
        url = f"{desk.server.url}/_control/stream"
        async with desk.session.get(url, params={"user": "U0ANNA"}) as stream, asyncio.timeout(5):
            assert stream.content_type == "text/event-stream"
            assert await stream.content.readuntil(b"\n\n") == b": here\n\n"
            await desk.client.chat_postMessage(channel="C0LEGAL", text="secret")
            await desk.client.chat_postEphemeral(channel="C0GENERAL", user="U0RAVI", text="psst")
            posted = await desk.client.chat_postMessage(channel="C0GENERAL", text="all")
            changes: list[dict[str, Any]] = []
            while not any(one["type"] == "message" for one in changes):
                line = await stream.content.readuntil(b"\n\n")
                changes.append(json.loads(line.decode().removeprefix("data: ")))
        message = {"type": "message", "channel": "C0GENERAL", "ts": posted["ts"], "thread_ts": None}
        assert changes[-1] == message
        assert {one["type"] for one in changes} == {"log", "message"}


async def test_only_from_this_machine_and_this_site() -> None:
    async with opened() as desk:
        port = desk.server.url.rpartition(":")[2]
        for headers, status in (
            ({"Host": f"evil.example:{port}"}, 403),
            ({"Host": "127.0.0.1:1"}, 403),
            ({"Host": f"localhost:{port}"}, 200),
            ({"Origin": "https://evil.example"}, 403),
            ({"Origin": "null"}, 403),
            ({"Origin": desk.server.url}, 200),
        ):
            for path in ("/_control/users", "/"):
                async with desk.session.get(f"{desk.server.url}{path}", headers=headers) as answer:
                    assert answer.status == status, (headers, path)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "SELF"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost:1"}, 403),
        ({"Origin": "https://127.0.0.1"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Host": ""}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}, 200),
    ],
)
async def test_nothing_is_changed_from_elsewhere(headers: dict[str, str], status: int) -> None:
    async with opened() as desk:
        sent = {name: desk.server.url if value == "SELF" else value for name, value in headers.items()}
        body = {"user": "U0ANNA", "channel": "C0GENERAL", "text": "x"}
        async with desk.session.post(f"{desk.server.url}/_control/message", json=body, headers=sent) as answer:
            assert answer.status == status
        assert len(desk.ws.messages["C0GENERAL"]) == (1 if status == 200 else 0)
        for path in ("/api/api.test", "/response/x", "/upload/x"):
            async with desk.session.post(f"{desk.server.url}{path}", headers=sent) as answer:
                assert (answer.status == 403) == (status == 403), path


async def test_no_part_of_another_page_but_a_link_leads_here() -> None:
    async with opened() as desk:
        for mode, status in (("no-cors", 403), ("cors", 403), ("navigate", 200)):
            sent = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": mode}
            for path in ("/", "/page/main.js"):
                async with desk.session.get(f"{desk.server.url}{path}", headers=sent) as answer:
                    assert answer.status == status, (mode, path)
            # The sample token is known to everybody: a link must not make the browser say something with it.
            said = f"/api/chat.postMessage?token={desk.ws.bot_token}&channel=C0GENERAL&text=x"
            for path in ("/_control/users", said):
                async with desk.session.get(f"{desk.server.url}{path}", headers=sent) as answer:
                    assert answer.status == 403, (mode, path)
        assert not desk.ws.messages["C0GENERAL"]
        sent = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "websocket"}
        async with desk.session.get(f"{desk.server.url}/link/?ticket=x", headers=sent) as answer:
            assert answer.status == 403


async def test_only_loopback_is_served() -> None:
    ws = Workspace(manifest={}, clock=Clock())
    for host in ("0.0.0.0", "", "192.0.2.1", "example.com"):
        with pytest.raises(ValueError, match="loopback only"):
            await serve(ws, host=host, port=0)


async def test_closing_twice_does_no_harm() -> None:
    ws = Workspace(manifest={}, clock=Clock())
    server = await serve(ws, port=0)
    await server.close()
    await server.close()
    await ws.stop()


async def test_nothing_begins_after_the_end() -> None:
    """What the app still asks for while it stops is brought nowhere, where there is no connection any more."""
    ws, begun = Workspace(manifest={}, clock=Clock()), list[str]()

    async def work() -> None:
        begun.append("work")

    ws.spawn(work())
    await ws.settle()
    await ws.stop()
    ws.spawn(work())
    await ws.settle()
    assert begun == ["work"]


async def test_the_page_is_served_with_a_policy() -> None:
    async with opened() as desk:
        async with desk.session.get(f"{desk.server.url}/") as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert {"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"} <= {
                part.strip() for part in policy.split(";")
            }
            assert "unsafe" not in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
            page = await answer.text()
        assert "<script>" not in page
        assert "style=" not in page
        parts = re.findall(r'(?:src|href)="(/page/[^"]+)"', page)
        assert len(parts) >= 2
        for part in parts:
            async with desk.session.get(f"{desk.server.url}{part}") as answer:
                assert answer.status == 200


async def test_wait_for_says_what_it_waited_for() -> None:
    ws = Workspace(manifest={}, clock=Clock())

    def never(_: Workspace) -> bool:
        return False

    with pytest.raises(TimeoutError, match="never"):
        await ws.wait_for(never, timeout=0.01)


async def test_the_apps_offers() -> None:
    async with opened() as desk:
        offered = await desk.hands.get("app")
        assert [one["command"] for one in offered["commands"]] == ["/probe", "/resolve"]
        assert (offered["home_tab"], offered["bot"]) == (True, "U0BOT")
