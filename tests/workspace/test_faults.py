"""Trouble on order, as the app and the person meet it."""

from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from tests.workspace.desk import opened
from tests.workspace.harness import stage

both = pytest.mark.parametrize("transport", ["http", "socket"])


async def test_rate_limits_and_errors() -> None:
    async with opened() as desk:
        await desk.hands.post("faults", method="chat.postMessage", error="ratelimited", times=2, retry_after=7)
        for _ in range(2):
            with pytest.raises(SlackApiError, match="ratelimited") as limited:
                await desk.client.chat_postMessage(channel="C0GENERAL", text="x")
            assert limited.value.response.status_code == 429
            assert limited.value.response.headers["Retry-After"] == "7"
        assert (await desk.client.chat_postMessage(channel="C0GENERAL", text="x"))["ok"] is True
        await desk.hands.post("faults", method="*", error="internal_error", times=1)
        assert await desk.refused("users.list") == "internal_error"
        assert (await desk.client.users_list())["ok"] is True
        await desk.hands.post("faults", method="users.list", error="slow", seconds=0.05)
        await desk.client.users_list()
        log = (await desk.hands.get("log"))["log"]
        slow = [call["ms"] for tree in log for call in tree["calls"] if call["method"] == "users.list"]
        assert slow[-1] >= 50 > slow[-2]


@pytest.mark.parametrize(
    "body",
    [
        {"method": "chat.postMessage", "error": "drop"},
        {"method": "delivery", "error": "ratelimited"},
        {"method": "*", "error": "nonsense"},
        {"method": "*", "error": "restricted_action"},
        {"method": "delivery", "error": "restricted_action"},
        {"method": "chat.postmessage", "error": "ratelimited"},
        {"method": "chat.postMessage", "error": "Not an error"},
        {"method": "*", "error": "slow", "times": 0},
        {"method": "*", "error": "slow", "seconds": "long"},
    ],
)
async def test_faults_that_mean_nothing_are_refused(body: dict[str, Any]) -> None:
    async with opened() as desk:
        assert (await desk.hands.post("faults", 400, **body))["error"]


async def test_a_refusal_of_slack_on_order() -> None:
    async with opened() as desk:
        await desk.hands.post("faults", method="conversations.create", error="restricted_action")
        with pytest.raises(SlackApiError, match="restricted_action") as refused:
            await desk.client.conversations_create(name="case-1", is_private=True)
        assert refused.value.response.status_code == 200
        assert all(one["name"] != "case-1" for one in (await desk.client.conversations_list())["channels"])
        made = await desk.client.conversations_create(name="case-1", is_private=True)
        await desk.hands.post("faults", method="conversations.invite", error="cant_invite")
        assert (
            await desk.refused("conversations.invite", channel=made["channel"]["id"], users="U0ANNA") == "cant_invite"
        )


@both
async def test_lost_and_doubled_deliveries(transport: str) -> None:
    got: list[str] = []

    def register(app: AsyncApp) -> None:
        @app.command("/probe")
        async def probe(ack: Any, command: dict[str, Any]) -> None:
            got.append(command["text"])
            await ack("here")

        @app.event("message")
        async def heard(event: dict[str, Any], body: dict[str, Any]) -> None:
            got.append(body["event_id"])

    async with stage(transport, register) as on:
        await on.hands.post("faults", method="delivery", error="drop")
        lost = await on.hands.type("U0ANNA", "/probe lost")
        assert (lost["ack"], lost["timeout"]) == (None, True)
        await on.hands.post("faults", method="delivery", error="duplicate")
        await on.hands.type("U0ANNA", "/probe twice")
        await on.ws.settle()
        assert got == ["twice", "twice"]
        assert (await on.hands.get("faults"))["faults"] == []
        await on.hands.post("faults", method="delivery", error="drop")
        await on.hands.post("message", user="U0ANNA", channel="C0GENERAL", text="x")
        await on.ws.wait_for(lambda _: len(got) == 3)
        await on.ws.settle()
        (tree,) = await on.hands.trees("message")
        assert [one["attempt"] for one in tree["deliveries"]] == [0, 1]
        on.ws.budget_seconds = 0.5
        await on.hands.post("faults", method="delivery", error="slow", seconds=0.1)
        slow = await on.hands.type("U0ANNA", "/probe slow")
        assert (slow["ack"], slow["timeout"]) == ({"text": "here"}, False)
        assert slow["ms"] >= 100
        await on.hands.post("faults", method="delivery", error="slow", seconds=0.6)
        late = await on.hands.type("U0ANNA", "/probe too late")
        assert (late["ack"], late["timeout"], got[-1]) == (None, True, "slow")
        await on.ws.settle()
        assert got[-1] == "too late"
        shown = [one["text"] for one in await on.hands.seen("U0ANNA", "C0GENERAL")]
        assert shown[-2:] == ["here", '/probe failed with the error "operation_timeout"']
        await on.hands.post("faults", method="delivery", error="internal_error")
        failed = await on.hands.type("U0ANNA", "/probe")
        assert failed["error"] == "http_error"


async def test_a_disconnect_is_survived() -> None:
    def register(app: AsyncApp) -> None:
        @app.command("/probe")
        async def probe(ack: Any) -> None:
            await ack("here")

    async with stage("socket", register) as on:
        await on.hands.post("faults", method="delivery", error="disconnect")
        assert (await on.hands.type("U0ANNA", "/probe"))["error"] == "connection_failed"
        await on.ws.wait_for(lambda ws: len(ws.sockets) == 1, timeout=15)
        assert (await on.hands.type("U0ANNA", "/probe"))["ack"] == {"text": "here"}
