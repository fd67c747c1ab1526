"""The whole house for a test: the local workspace, the assembled bot, one movable clock, a real database file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import aiohttp

from bot import app as bots
from bot.app import Bot
from bot.desk import new_id
from bot.manifest import manifest
from bot.samples import add_roles
from bot.serving import connected, listening
from bot.settings import Settings, from_environment
from tests.validators import must_be_taken
from workspace import Clock, Server, Workspace, serve

Transport = Literal["http", "socket"]
LOOPBACK = "127.0.0.1"
KEY = "c2VhbHMtdGhlLWluY2lkZW50cy1vZi10aGUtdGVzdHM="
# How fast the bot answers is for bench/ to say; on a machine under load it is late, and not wrong.
BUDGET_SECONDS = 20.0
Json = dict[str, Any]


@dataclass(frozen=True)
class House:
    """A running workspace and bot, driven by what a person does with mouse and keys."""

    server: Server
    bot: Bot
    session: aiohttp.ClientSession
    address: str

    @property
    def workspace(self) -> Workspace:
        return self.server.workspace

    async def post(self, path: str, **body: Any) -> Json:
        """A request to the control API; its answer, which must not be an error."""
        async with self.session.post(f"{self.server.url}/_control/{path}", json=body) as response:
            answer: Json = await response.json()
            assert response.status == 200, answer
            return answer

    async def get(self, path: str, **query: str) -> Json:
        async with self.session.get(f"{self.server.url}/_control/{path}", params=query) as response:
            assert response.status == 200, await response.text()
            answer: Json = await response.json()
            return answer

    async def command(self, user: str, command: str, text: str, channel: str = "C0GENERAL") -> Json:
        """The reply to a slash command."""
        answer = await self.post("command", user=user, channel=channel, command=command, text=text)
        assert not answer["timeout"]
        ack: Json = answer["ack"]
        return ack

    async def seen(self, user: str, channel: str, thread: str = "") -> list[Json]:
        """The messages of a channel or thread as one person sees them, ephemerals included."""
        query = {"channel": channel, "user": user} | ({"thread_ts": thread} if thread else {})
        answer = await self.get("messages", **query)
        messages: list[Json] = answer["messages"]
        return messages

    async def said(self, user: str, channel: str, words: str, thread: str = "", *, image: bool = False) -> Json:
        """The first message with these words (and a picture) that a person sees, waited for."""
        while True:
            # Listening starts before looking, so that no change falls in between.
            change = asyncio.ensure_future(self._change())
            seen = await self.seen(user, channel, thread)
            found = [m for m in seen if words in m.get("text", "") and (has_image(m) or not image)]
            if found:
                change.cancel()
                return found[0]
            await change

    async def _change(self) -> None:
        asked = iter([False])
        await self.workspace.wait_for(lambda _: next(asked, True))

    async def click(self, user: str, message: Json, channel: str, action: str) -> Json:
        """Press a button of a message."""
        button = next(b for b in buttons(message) if b["action_id"] == action)
        return await self.post(
            "click",
            user=user,
            channel=channel,
            message_ts=message["ts"],
            action_id=action,
            value=button["value"],
        )


def has_image(message: Json) -> bool:
    """Whether a message shows a picture."""
    return any(block["type"] == "image" for block in message.get("blocks", []))


def buttons(message: Json) -> list[Json]:
    """Every button of a message, in order."""
    return [
        e for b in message.get("blocks", []) if b["type"] == "actions" for e in b["elements"] if e["type"] == "button"
    ]


def shown(message: Json) -> str:
    """The words that a message's blocks show, in order, without their formatting."""

    def walk(value: Any) -> list[str]:
        if isinstance(value, list):
            return [text for entry in value for text in walk(entry)]
        if not isinstance(value, dict):
            return []
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [text for entry in value.values() for text in walk(entry)]

    return "\n".join(walk(message.get("blocks", [])))


def settings(database: Path, api_url: str, **more: Any) -> Settings:
    """Settings of the local workspace for a database file, from nothing else."""
    environment = {
        "SLACK_BOT_TOKEN": "xoxb-local",
        "SLACK_SIGNING_SECRET": "local-secret",
        "SLACK_APP_TOKEN": "xapp-local",
        "SLACK_API_URL": api_url,
        "CLAUSEKEEPER_DATABASE": str(database),
        "CLAUSEKEEPER_ADMINS": "U0ADMIN",
        "CLAUSEKEEPER_LEGAL_CHANNEL": "C0LEGAL",
        "CLAUSEKEEPER_KEY": KEY,
    }
    return from_environment(environment | more, database.parent)


@asynccontextmanager
async def house(database: Path, transport: Transport = "http", **environment: str) -> AsyncIterator[House]:
    """A workspace and the bot assembled over it, in one transport, until the block ends.

    Raises AssertionError at its end when an outside validator refuses something that the bot said in it.
    """
    async with AsyncExitStack() as stack:
        clock = Clock()
        workspace = Workspace(manifest=manifest("http://127.0.0.1:1" if transport == "http" else ""), clock=clock)
        workspace.budget_seconds = BUDGET_SECONDS
        server = await serve(workspace, host=LOOPBACK, port=0)
        stack.push_async_callback(server.close)
        bot = bots.build(settings(database, server.api_url, **environment), clock.now, new_id)
        clock.on_move.append(bot.deliveries.wake)
        await bot.open()
        await bot.services.store.run(add_roles, bot.services.now())
        stack.push_async_callback(bot.close)
        await bots.greet(bot)
        port = await stack.enter_async_context(listening(bot, LOOPBACK, 0))
        if transport == "http":
            workspace.request_url = f"http://{LOOPBACK}:{port}/slack/events"
        else:
            await stack.enter_async_context(connected(bot, "xapp-local"))
            await workspace.wait_for(lambda w: len(w.sockets))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        yield House(server, bot, session, f"http://{LOOPBACK}:{port}")
        must_be_taken(workspace)
