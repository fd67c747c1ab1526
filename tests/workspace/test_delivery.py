"""Commands and events on their way to the app: acknowledgements, limits, retries, signatures, sockets."""

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import ClientSession, web
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.workspace.harness import Hands, open_workspace, stage
from workspace import Workspace

Json = dict[str, Any]
both = pytest.mark.parametrize("transport", ["http", "socket"])


@both
@pytest.mark.parametrize(
    ("answer", "shown"),
    [({"text": "as text"}, "as text"), ({"text": "as JSON", "response_type": "ephemeral"}, "as JSON")],
)
async def test_acknowledgements_are_ephemeral_by_default(transport: str, answer: Json, shown: str) -> None:
    def register(app: AsyncApp) -> None:
        @app.command("/probe")
        async def probe(ack: Any) -> None:
            await ack(**answer) if len(answer) > 1 else await ack(answer["text"])

    async with stage(transport, register) as on:
        await on.hands.type("U0ANNA", "/probe")
        (mine,) = await on.hands.seen("U0ANNA", "C0GENERAL")
        assert (mine["text"], mine["is_ephemeral"]) == (shown, True)
        assert await on.hands.seen("U0RAVI", "C0GENERAL") == []
        assert (await on.client.conversations_history(channel="C0GENERAL"))["messages"] == []


@both
async def test_in_channel_and_empty_acknowledgements(transport: str) -> None:
    def register(app: AsyncApp) -> None:
        @app.command("/probe")
        async def probe(ack: Any, command: Json) -> None:
            await (ack(text="All", response_type="in_channel") if command["text"] else ack())

    async with stage(transport, register) as on:
        assert (await on.hands.type("U0ANNA", "/probe"))["ack"] == {}
        assert await on.hands.seen("U0ANNA", "C0GENERAL") == []
        await on.hands.type("U0ANNA", "/probe all")
        assert [m["text"] for m in await on.hands.seen("U0RAVI", "C0GENERAL")] == ["All"]


@both
async def test_refused_acknowledgement_is_an_error_to_the_person_and_in_the_log(transport: str) -> None:
    def register(app: AsyncApp) -> None:
        @app.command("/probe")
        async def probe(ack: Any) -> None:
            await ack(text="x", blocks=[{"type": "header", "text": {"type": "mrkdwn", "text": "no"}}])

    async with stage(transport, register) as on:
        await on.hands.type("U0ANNA", "/probe")
        (mine,) = await on.hands.seen("U0ANNA", "C0GENERAL")
        assert mine["text"] == '/probe failed with the error "invalid_command_response"'
        (tree,) = await on.hands.trees("command")
        assert "/blocks/0/text/type" in tree["notes"][0]


@both
async def test_command_times_out_and_a_late_answer_is_refused(transport: str) -> None:
    gate = asyncio.Event()
    done = asyncio.Event()

    def register(app: AsyncApp) -> None:
        @app.command("/probe")
        async def probe(ack: Any, respond: Any) -> None:
            await gate.wait()
            await ack("late")
            done.set()

    async with stage(transport, register) as on:
        on.ws.budget_seconds = 0.05
        answer = await on.hands.type("U0ANNA", "/probe")
        assert (answer["ack"], answer["timeout"]) == (None, True)
        (mine,) = await on.hands.seen("U0ANNA", "C0GENERAL")
        assert mine["text"] == '/probe failed with the error "operation_timeout"'
        gate.set()
        async with asyncio.timeout(2):
            await done.wait()
        assert len(await on.hands.seen("U0ANNA", "C0GENERAL")) == 1


@both
async def test_events_are_retried_at_once_after_one_and_after_five_minutes(
    transport: str, caplog: pytest.LogCaptureFixture
) -> None:
    got: list[tuple[str, str]] = []
    caplog.set_level(logging.CRITICAL)

    def register(app: AsyncApp) -> None:
        @app.event("message")
        async def heard(request: Any) -> None:
            header = request.headers.get("x-slack-retry-num", ["0"])[0]
            got.append((header, request.headers.get("x-slack-retry-reason", [""])[0]))
            raise RuntimeError("not now")

    reason = "http_error" if transport == "http" else "timeout"
    async with stage(transport, register) as on:
        on.ws.budget_seconds = 0.1 if transport == "socket" else 3
        await on.hands.post("message", user="U0ANNA", channel="C0CONTRACTS", text="hello")

        def attempts(number: int) -> Any:
            def made(ws: Workspace) -> bool:
                (tree,) = [one for one in ws.log.to_json() if one["kind"] == "message"]
                return sum(one["ms"] is not None for one in tree["deliveries"]) == number

            return made

        await on.ws.wait_for(attempts(2))
        await on.hands.post("clock", advance=61)
        await on.ws.wait_for(attempts(3))
        await on.hands.post("clock", advance=301)
        await on.ws.wait_for(attempts(4))
        assert got == [("0", ""), ("1", reason), ("2", reason), ("3", reason)]
        await on.hands.post("clock", advance=3600)
        await on.ws.settle()
        assert len(got) == 4
        (tree,) = await on.hands.trees("message")
        assert "gives up" in tree["notes"][-1]


async def test_no_retry_header_ends_the_retries() -> None:
    got: list[int] = []

    async def take(_: web.Request) -> web.Response:
        got.append(1)
        return web.Response(status=500, headers={"X-Slack-No-Retry": "1"})

    async with open_workspace() as (ws, server), ClientSession() as session:
        app = web.Application()
        app.router.add_post("/", take)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        ws.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        hands = Hands(session, server.url)
        await hands.post("message", user="U0ANNA", channel="C0CONTRACTS", text="hello")
        await ws.settle()
        assert got == [1]
        answer = await hands.type("U0ANNA", "/probe")
        assert answer["error"] == "http_error"
        await runner.cleanup()
        await hands.type("U0ANNA", "/probe")
        seen = [m["text"] for m in await hands.seen("U0ANNA", "C0GENERAL")]
        assert seen == [
            '/probe failed with the error "http_service_error"',
            '/probe failed with the error "dispatch_failed"',
        ]


async def test_requests_are_signed_by_real_time_however_the_clock_stands() -> None:
    def register(app: AsyncApp) -> None:
        @app.command("/probe")
        async def probe(ack: Any) -> None:
            await ack("here")

    async with stage("http", register) as on:
        await on.hands.post("clock", advance=86_400 * 30)
        assert (await on.hands.type("U0ANNA", "/probe"))["ack"] == {"text": "here"}
        (request,) = on.requests
        stamp = request.headers["X-Slack-Request-Timestamp"]
        base = f"v0:{stamp}:{await request.text()}".encode()
        expected = hmac.new(b"local-secret", base, hashlib.sha256).hexdigest()
        assert request.headers["X-Slack-Signature"] == f"v0={expected}"
        assert request.content_type == "application/x-www-form-urlencoded"


async def test_url_verification() -> None:
    async with stage("http", lambda app: None) as on:
        assert (await on.hands.post("verify"))["verified"] is True
        on.ws.request_url = f"{on.server.url}/api/api.test"
        assert (await on.hands.post("verify"))["verified"] is False


@both
async def test_unknown_command_gets_slacks_words(transport: str) -> None:
    async with stage(transport, lambda app: None) as on:
        answer = await on.hands.type("U0ANNA", "/nothing here")
        assert answer["ack"] is None
        (mine,) = await on.hands.seen("U0ANNA", "C0GENERAL")
        assert mine["text"].startswith("`/nothing` is not a valid command.")
        assert mine["user"] == "USLACKBOT"


@both
async def test_should_escape_resolves_mentions(transport: str) -> None:
    got: list[str] = []

    def register(app: AsyncApp) -> None:
        async def take(ack: Any, command: Json) -> None:
            got.append(command["text"])
            await ack()

        app.command("/probe")(take)
        app.command("/resolve")(take)

    async with stage(transport, register) as on:
        await on.hands.type("U0ANNA", "/probe @ravi #contracts a<b")
        await on.hands.type("U0ANNA", "/resolve @ravi #contracts a<b <@U0MARIE> @nobody")
        assert got == [
            "@ravi #contracts a&lt;b",
            "<@U0RAVI|ravi> <#C0CONTRACTS|contracts> a&lt;b <@U0MARIE|marie> @nobody",
        ]


async def _connect(session: ClientSession, client: AsyncWebClient) -> Any:
    address = (await client.apps_connections_open(app_token="xapp-local"))["url"]
    socket = await session.ws_connect(address)
    return socket, await socket.receive_json()


async def test_envelopes_go_round_the_connections() -> None:
    async with open_workspace() as (ws, server), ClientSession() as session:
        client = AsyncWebClient(base_url=server.api_url)
        hands = Hands(session, server.url)
        pairs = [await _connect(session, client) for _ in range(10)]
        assert [hello["num_connections"] for _, hello in pairs] == list(range(1, 11))
        _, refused = await _connect(session, client)
        assert (refused["type"], refused["reason"]) == ("disconnect", "too_many_websockets")

        for socket, _ in pairs[:3]:
            typing = asyncio.create_task(hands.type("U0ANNA", "/probe x"))
            envelope = await socket.receive_json()
            assert envelope["type"] == "slash_commands"
            assert envelope["accepts_response_payload"] is True
            assert envelope["payload"]["command"] == "/probe"
            await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "yes"}})
            assert (await typing)["ack"] == {"text": "yes"}

        await hands.post("message", user="U0ANNA", channel="C0CONTRACTS", text="hello")
        envelope = await pairs[3][0].receive_json()
        assert envelope["type"] == "events_api"
        assert (envelope["retry_attempt"], envelope["retry_reason"]) == (0, "")
        assert envelope["accepts_response_payload"] is False

        await hands.post("refresh")
        goodbye = await pairs[0][0].receive_json()
        assert (goodbye["type"], goodbye["reason"]) == ("disconnect", "refresh_requested")
        assert len(ws.sockets) == 0
        for socket, _ in pairs:
            await socket.close()


async def test_a_ticket_opens_one_connection() -> None:
    async with open_workspace() as (_, server), ClientSession() as session:
        client = AsyncWebClient(base_url=server.api_url)
        address = (await client.apps_connections_open(app_token="xapp-local"))["url"]
        socket = await session.ws_connect(address)
        async with session.get(address.replace("ws", "http", 1)) as again:
            assert again.status == 401
        await socket.close()


async def test_the_sdk_client_connects_anew_after_a_refresh() -> None:
    def register(app: AsyncApp) -> None:
        @app.command("/probe")
        async def probe(ack: Any) -> None:
            await ack("here")

    async with stage("socket", register) as on:
        await on.hands.post("refresh")
        await on.ws.wait_for(lambda ws: len(ws.sockets) == 1, timeout=10)
        assert (await on.hands.type("U0ANNA", "/probe"))["ack"] == {"text": "here"}


def answering(**answer: Any) -> Callable[[AsyncApp], None]:
    """An app that acknowledges its command with this."""

    def register(app: AsyncApp) -> None:
        @app.command("/probe")
        async def probe(ack: Any) -> None:
            await ack(**answer)

    return register


@both
async def test_commands_are_not_for_threads(transport: str) -> None:
    async with stage(transport, answering(text="here")) as on:
        said = await on.hands.post("message", user="U0ANNA", channel="C0GENERAL", text="root")
        ts = said["message"]["ts"]
        where = {"user": "U0ANNA", "channel": "C0GENERAL", "thread_ts": ts}
        answer = await on.hands.post("command", **where, command="/probe", text="")
        assert (answer["error"], answer["ack"]) == ("not_in_threads", None)
        (told,) = [one for one in await on.hands.seen("U0ANNA", "C0GENERAL", thread_ts=ts) if one.get("is_ephemeral")]
        assert told["text"] == "`/probe` is not supported in threads. Sorry!"


@both
async def test_an_answer_of_no_known_kind(transport: str) -> None:
    async with stage(transport, answering(text="x", response_type="loud")) as on:
        await on.hands.type("U0ANNA", "/probe")
        (tree,) = await on.hands.trees("command")
        assert any("invalid_response_type" in note for note in tree["notes"])
        (told,) = await on.hands.seen("U0ANNA", "C0GENERAL")
        assert "invalid_command_response" in told["text"]
