"""Slack's official JavaScript clients, unmodified from the npm registry, against the workspace."""

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from tests.workspace.harness import Hands, open_workspace
from tests.workspace.packages import HERE, installed
from workspace import Server, Workspace

NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None and "CI" not in os.environ, reason="There is no node here.")
SECONDS = 20


@pytest.fixture(scope="session")
def packages() -> Path:
    """The clients, installed."""
    return installed()


def environment(ws: Workspace, server: Server) -> dict[str, str]:
    return {
        **os.environ,
        "SLACK_API_URL": server.api_url,
        "SLACK_BOT_TOKEN": ws.bot_token,
        "SLACK_APP_TOKEN": ws.app_token,
        "SLACK_SIGNING_SECRET": ws.signing_secret,
    }


@asynccontextmanager
async def script(
    ws: Workspace, server: Server, *arguments: str
) -> AsyncIterator[tuple[asyncio.subprocess.Process, list[str]]]:
    """A Node program that said it is ready, with the words of that line; its end of input ends it."""
    process = await asyncio.create_subprocess_exec(
        str(NODE),
        *arguments,
        cwd=HERE,
        env=environment(ws, server),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    try:
        yield process, await _line(process, "ready")
    finally:
        process.stdin.close()
        async with asyncio.timeout(SECONDS):
            await process.wait()


async def _line(process: asyncio.subprocess.Process, start: str) -> list[str]:
    assert process.stdout is not None
    async with asyncio.timeout(SECONDS):
        async for line in process.stdout:
            if line.decode().startswith(start):
                return line.decode().split()
    raise AssertionError(f"The program ended before it said {start!r}.")


async def test_web_api(packages: Path) -> None:
    async with open_workspace() as (ws, server):
        process = await asyncio.create_subprocess_exec(
            str(NODE),
            "web-api.js",
            cwd=packages,
            env=environment(ws, server),
            stdout=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(SECONDS):
            out, _ = await process.communicate()
        got: dict[str, Any] = json.loads(out.decode().splitlines()[-1])
        assert (got["user_id"], got["text"], got["block"]) == ("U0BOT", "from JavaScript", "section")
        assert got["refused"] == "channel_not_found"
        assert got["bad"] == ["[ERROR] unsupported type: nonsense [json-pointer:/blocks/0/type]"]
        assert got["names"] == list(ws.users)
        assert got["files"] == 1


async def test_socket_mode(packages: Path) -> None:
    async with open_workspace() as (ws, server), ClientSession() as session:
        hands = Hands(session, server.url)
        async with script(ws, server, "socket-mode.js") as (process, _):
            answer = await hands.type("U0ANNA", "/probe this")
            assert answer["ack"] == {"text": "JavaScript heard this"}
            await hands.post("message", user="U0ANNA", channel="C0GENERAL", text="hello")
            assert await _line(process, '{"event":"hello"')
            await hands.post("refresh")
            await ws.wait_for(lambda ws: len(ws.sockets) == 1, timeout=SECONDS)
            again = await hands.type("U0ANNA", "/probe again")
            assert again["ack"] == {"text": "JavaScript heard again"}


@pytest.mark.parametrize("transport", ["http", "socket"])
async def test_bolt_hello_world(packages: Path, transport: str) -> None:
    async with open_workspace() as (ws, server), ClientSession() as session:
        hands = Hands(session, server.url)
        async with script(ws, server, "bolt.js", transport) as (_, (_, port)):
            if transport == "http":
                ws.request_url = f"http://127.0.0.1:{port}/slack/events"
                assert (await hands.post("verify"))["verified"] is True
            assert (await hands.type("U0ANNA", "/probe yes"))["ack"] == {"text": "You said yes"}
            await hands.post("message", user="U0ANNA", channel="C0CONTRACTS", text="hello")
            await ws.wait_for(lambda ws: len(ws.messages["C0CONTRACTS"]) == 2, timeout=SECONDS)
            greeting = (await hands.seen("U0ANNA", "C0CONTRACTS"))[-1]
            assert greeting["text"] == "Hey there <@U0ANNA>!"
            where = {"channel": "C0CONTRACTS", "message_ts": greeting["ts"], "action_id": "button_click"}
            await hands.post("click", user="U0RAVI", **where)
            await ws.wait_for(lambda ws: len(ws.messages["C0CONTRACTS"]) == 3, timeout=SECONDS)
            assert (await hands.seen("U0ANNA", "C0CONTRACTS"))[-1]["text"] == "<@U0RAVI> clicked the button"
            await hands.post("shortcut", user="U0ANNA", callback_id="anywhere")
            await ws.wait_for(lambda ws: ws.stacks.get("U0ANNA"), timeout=SECONDS)
            refused = await hands.post("submit", user="U0ANNA", values={"field": "x"})
            assert refused == {"errors": {"field": "No."}}
