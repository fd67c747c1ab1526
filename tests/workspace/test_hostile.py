"""Whatever is sent, the answer is a refusal and never a crash."""

import asyncio
from typing import Any

import pytest

from tests.page.specimens import SELECTS, TYPED, modal
from tests.workspace.desk import Json, opened
from workspace import control
from workspace.api import METHODS
from workspace.interactions import new_trigger

ODD: list[Any] = [
    "",
    "é\0",
    "half a character: \ud800",
    "[",
    -1,
    1e300,
    True,
    [],
    ["x", {}],
    [None],
    {},
    {"type": "modal"},
    {"type": [], "blocks": {}},
]
ARGUMENTS = """channel user users text blocks attachments metadata ts thread_ts message_ts timestamp name limit cursor oldest
latest types view view_id external_id trigger_id hash user_id files channel_id channels filename length title prompts status
topic purpose email usergroup bot team file code client_id client_secret refresh_token message loading_messages""".split()
SAID = """channel command text message_ts view_id action_id block_id value values callback_id now advance method error times
retry_after seconds name member people handle files content thread_ts query description alt""".split()


@pytest.mark.parametrize("odd", ODD, ids=repr)
async def test_arguments_of_methods(odd: Any) -> None:
    async with opened() as desk:
        for name, method in METHODS.items():
            token = {"Authorization": f"Bearer {'xapp' if method.token == 'app' else 'xoxb'}-local"}
            for right in ({}, {"channel": "C0GENERAL", "user": "U0ANNA", "channel_id": "D0ANNA", "name": "eyes"}):
                body = dict.fromkeys(ARGUMENTS, odd) | right
                if name == "auth.revoke":
                    body["test"] = True
                assert "ok" in await desk.call(name, headers=token, json=body), name


@pytest.mark.parametrize("odd", ODD, ids=repr)
async def test_what_people_are_said_to_do(odd: Any) -> None:
    async with opened() as desk:
        for name in sorted(control.POSTS.keys() - {"uninstall", "install", "refresh"}):
            for right in ({"user": odd}, {"user": "U0ANNA"}, {"user": "U0ANNA", "channel": "C0GENERAL", "method": "*"}):
                body = dict.fromkeys(SAID, odd) | right
                async with desk.session.post(f"{desk.server.url}/_control/{name}", json=body) as answer:
                    assert answer.status in (200, 400, 404), (name, await answer.text())


@pytest.mark.parametrize("fields", [TYPED, SELECTS], ids=["typed", "selects"])
async def test_what_is_entered_in_forms(fields: list[Json]) -> None:
    async with opened() as desk:
        desk.ws.budget_seconds = 0.01
        entry = desk.ws.entry("command", "/probe", user="U0ANNA", channel="C0GENERAL")
        trigger = new_trigger(desk.ws, "U0ANNA", entry)
        opened_view = await desk.call("views.open", json={"trigger_id": trigger, "view": modal("form", fields)})
        assert opened_view["ok"] is True, opened_view
        for field in fields:
            for odd in ODD:
                body = {"user": "U0ANNA", "values": {field["block_id"]: odd}}
                async with desk.session.post(f"{desk.server.url}/_control/submit", json=body) as answer:
                    assert answer.status in (200, 400, 404), (field["block_id"], odd, await answer.text())


async def test_what_a_socket_says() -> None:
    async with opened() as desk:
        headers = {"Authorization": "Bearer xapp-local"}
        address = (await desk.call("apps.connections.open", headers=headers))["url"]
        async with desk.session.ws_connect(address) as socket, asyncio.timeout(5):
            await socket.receive_json()
            for odd in ODD:
                await socket.send_json(odd)
                await socket.send_json({"envelope_id": odd, "payload": odd})
            await socket.send_str("ping")
            await desk.client.chat_postMessage(channel="C0GENERAL", text="hello")
            assert (await socket.receive_json())["type"] == "events_api"
