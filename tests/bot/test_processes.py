"""The process itself: its log holds nothing that people said, it leaves gracefully, and the next one takes over without loss."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.manifest import manifest
from storage import audit
from storage.database import connect
from tests.bot.processes import free_port, running
from tests.house import BUDGET_SECONDS
from tests.signing import command, headers
from workspace import Clock, Server, Workspace, serve

SAID = "Mrs. Peeters of Acme (peeters@acme.example) asks how late she may cancel the unicorn workshop"


@pytest.fixture
async def desk() -> AsyncIterator[tuple[Server, aiohttp.ClientSession]]:
    """A workspace without a bot yet, and a session to drive it."""
    workspace = Workspace(manifest=manifest(""), clock=Clock())
    workspace.budget_seconds = BUDGET_SECONDS
    server = await serve(workspace, host="127.0.0.1", port=0)
    async with aiohttp.ClientSession() as session:
        yield server, session
    await server.close()


async def posted(desk: tuple[Server, aiohttp.ClientSession], path: str, **body: Any) -> dict[str, Any]:
    server, session = desk
    async with session.post(f"{server.url}/_control/{path}", json=body) as response:
        answer: dict[str, Any] = await response.json()
        assert response.status == 200, answer
        return answer


async def test_a_process_is_silent_about_people_and_finishes_what_is_under_way(
    desk: tuple[Server, aiohttp.ClientSession], tmp_path: Path
) -> None:
    server, database, port = desk[0], tmp_path / "bot.db", free_port()
    address = f"http://127.0.0.1:{port}/slack/events"
    async with running("serve", database=database, PORT=str(port), SLACK_API_URL=server.api_url) as bot:
        await bot.wrote("Serving")
        server.workspace.request_url = address
        bot.send(signal.SIGUSR1)
        await posted(desk, "command", user="U0ANNA", channel="C0GENERAL", command="/ask", text=SAID)
        await bot.wrote('"received"')
        bot.send(signal.SIGUSR2)
        await posted(desk, "command", user="U0ANNA", channel="C0GENERAL", command="/fee", text=f"x={SAID}")
        await posted(desk, "message", user="U0RAVI", channel="D0RAVI", text=SAID)
        await posted(desk, "faults", method="chat.postEphemeral", error="slow", seconds=1.5)
        await posted(desk, "message", user="U0ANNA", channel="C0GENERAL", text=f"<@U0BOT> {SAID}")

        # The letter is on its way to a slow Slack, and half of a request is here, when the process is told to stop.
        await server.workspace.wait_for(lambda ws: not ws.faults.to_json())
        body = command("7.3", "7.7")
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = {**headers(body), "Host": "bot", "Content-Length": str(len(body))}
        writer.write(("POST /slack/events HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in head.items())).encode())
        writer.write(b"\r\n" + body[:20])
        await writer.drain()
        async with desk[1].get(f"http://127.0.0.1:{port}/livez") as alive:
            assert alive.status == 200  # by now the half request was read, too
        bot.send(signal.SIGTERM)
        await asyncio.to_thread(refuses, port)
        writer.write(body[20:])
        answer = (await reader.read()).decode()
        writer.close()
        assert answer.startswith("HTTP/1.1 200")
        assert "connection: close" in answer.lower()
        assert await bot.ended() == 0

    assert len(server.workspace.ephemerals) == 3  # two answers to commands, and the letter, once
    db = connect(database)
    try:
        assert audit.broken(db) is None
        assert len(audit.ids(db, ("clause",))) == 1
        assert [row[0] for row in db.execute("select distinct state from outbox")] == ["sent"]
    finally:
        db.close()
    lines = [json.loads(line) for line in bot.lines if line.startswith("{")]
    assert {line["outcome"] for line in lines if "outcome" in line} >= {"answered", "refused"}
    for secret in ("Peeters", "acme.example", "unicorn", "cancel the", "xoxb", "local-secret", "Anna", str(tmp_path)):
        assert not [line for line in bot.lines if secret in line]


def refuses(port: int) -> None:
    """Wait until nothing takes connections there any more."""
    while True:
        with socket.socket() as try_it:
            if try_it.connect_ex(("127.0.0.1", port)):
                return


async def test_a_new_process_takes_over_without_a_lost_command(
    desk: tuple[Server, aiohttp.ClientSession], tmp_path: Path
) -> None:
    server, database, port = desk[0], tmp_path / "bot.db", free_port()
    server.workspace.request_url = f"http://127.0.0.1:{port}/slack/events"
    settings = {"database": database, "PORT": str(port), "SLACK_API_URL": server.api_url}
    answered: list[dict[str, Any]] = []
    alone, enough, over = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def ask(user: str) -> None:
        afterwards = 0
        while not over.is_set():
            answered.append(
                await posted(desk, "command", user=user, channel="C0GENERAL", command="/clause", text="7.3")
            )
            afterwards += alone.is_set()
            if afterwards > 10:
                enough.set()

    async with running("serve", "--overlap", **settings) as old:
        await old.wrote("Serving")
        people = [asyncio.create_task(ask(user)) for user in ("U0ANNA", "U0RAVI")]
        async with running("serve", "--overlap", **settings) as new:
            await new.wrote("Serving")
            old.send(signal.SIGTERM)
            assert await old.ended() == 0
            alone.set()
            await enough.wait()
            over.set()
            await asyncio.gather(*people)
            new.send(signal.SIGTERM)
            assert await new.ended() == 0
    assert [one for one in answered if one["timeout"] or not one["ack"]] == []
    db = connect(database)
    try:
        assert len(audit.ids(db, ("clause",))) == len(answered)
        assert audit.broken(db) is None
    finally:
        db.close()


async def test_over_socket_mode_an_answer_under_way_is_given_before_leaving(
    desk: tuple[Server, aiohttp.ClientSession], tmp_path: Path
) -> None:
    server = desk[0]
    async with running("socket", database=tmp_path / "bot.db", SLACK_API_URL=server.api_url) as bot:
        await bot.wrote("Socket Mode")
        await posted(desk, "faults", method="views.open", error="slow", seconds=1)
        form = asyncio.create_task(posted(desk, "command", user="U0ANNA", channel="C0GENERAL", command="/fee", text=""))
        await server.workspace.wait_for(lambda ws: not ws.faults.to_json())
        bot.send(signal.SIGTERM)
        answer = await form
        assert answer["ack"] is not None
        assert await bot.ended() == 0
