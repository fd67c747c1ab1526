"""A real workspace: over HTTP or Socket Mode, until the process is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket as socket_options
import sqlite3
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.errors import SlackApiError

from bot import app as bots
from bot import logs
from bot.app import Bot
from bot.desk import new_id
from bot.keys import need_seal
from bot.settings import Settings, from_environment
from bot.web import BODY_SECONDS, LEAVING, application
from knowledge.refused import Refused

KEPT_OPEN_SECONDS = 30.0
# Heroku and Kubernetes end a process half a minute after they asked it to stop.
FINISH_SECONDS = 20.0
LINGER_SECONDS = 1.0


def serve(*, overlap: bool = False) -> None:
    """Serve over HTTP on HOST and PORT; Refused where a setting is missing or Slack does not know us.

    With ``overlap`` another process of ours may listen there, too, so that the new one is ready before the old one leaves.
    """
    settings = from_environment()
    _need(settings, "bot_token", "SLACK_BOT_TOKEN")
    _need(settings, "signing_secret", "SLACK_SIGNING_SECRET")
    need_seal(settings)
    if overlap and not hasattr(socket_options, "SO_REUSEPORT"):
        raise Refused("This system does not let two processes share a port; deploy behind a proxy (docs/running.md).")
    _run(_http(settings, overlap=overlap))


def socket() -> None:
    """Serve over Socket Mode; Refused where a setting is missing or Slack does not know us."""
    settings = from_environment()
    _need(settings, "bot_token", "SLACK_BOT_TOKEN")
    _need(settings, "app_token", "SLACK_APP_TOKEN")
    need_seal(settings)
    _run(_socket(settings))


def say(line: str) -> None:
    """Tell the person at the terminal."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201  the process's own voice, not a log line


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Bot]:
    """A bot with its database open; Refused where the database cannot be used."""
    bot = bots.build(settings, lambda: datetime.now(UTC), new_id)
    try:
        await bot.open()
        yield bot
    except sqlite3.Error as error:
        raise Refused(f"The database {settings.database} cannot be used: {error}.") from None
    finally:
        await bot.close()


@asynccontextmanager
async def listening(
    bot: Bot,
    host: str,
    port: int,
    *,
    overlap: bool = False,
    linger: float = 0.0,
    kept_open: float = KEPT_OPEN_SECONDS,
    patience: float = BODY_SECONDS,
) -> AsyncIterator[int]:
    """The bot's routes on a port (0 for any free one), which is handed back; Refused where it is taken.

    A head must be there and a quiet connection be used again within ``kept_open`` seconds, a body come within ``patience``.
    At the end no connection is taken any more, those that are open are told to end with their next answer for ``linger``
    seconds, and requests under way are finished.
    """
    app = application(bot, patience)
    runner = web.AppRunner(
        app, access_log=None, keepalive_timeout=kept_open, lingering_time=1.0, shutdown_timeout=FINISH_SECONDS
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, reuse_port=overlap or None)
        try:
            await site.start()
        except OSError as error:
            raise Refused(f"Port {port} on {host} cannot be used: {error.strerror}.") from None
        try:
            yield runner.addresses[0][1]
        finally:
            app[LEAVING].begun = True
            await site.stop()
            await asyncio.sleep(linger)
    finally:
        await runner.cleanup()


class Envelopes(AsyncSocketModeHandler):
    """Bolt's connection by Socket Mode, which can say when everything that came in was answered."""

    def __init__(self, bot: Bot, app_token: str) -> None:
        super().__init__(bot.app, app_token)
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def handle(self, client: Any, req: Any) -> None:
        self._under_way += 1
        self._idle.clear()
        try:
            await super().handle(client, req)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()

    async def drained(self) -> None:
        """Wait until nothing is queued or under way, FINISH_SECONDS at most."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FINISH_SECONDS):
                while self._under_way or not self.client.message_queue.empty():
                    await self._idle.wait()
                    await asyncio.sleep(0)


@asynccontextmanager
async def connected(bot: Bot, app_token: str) -> AsyncIterator[None]:
    """The bot connected by Socket Mode."""
    handler = Envelopes(bot, app_token)
    try:
        await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt's adapter bears no types
        yield
        await handler.drained()
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


def told_to_stop() -> asyncio.Event:
    """What is set by SIGTERM or SIGINT; to be called before anything is opened, so that all of it is closed again."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    logs.listen(loop)
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows has no handlers in the loop; Ctrl-C still ends it
            loop.add_signal_handler(number, stop.set)
    return stop


async def _http(settings: Settings, *, overlap: bool) -> None:
    stop = told_to_stop()
    async with opened(settings) as bot:
        who = await bots.greet(bot)
        async with listening(bot, settings.host, settings.port, overlap=overlap, linger=LINGER_SECONDS) as port:
            say(f"Serving {who['team']} on http://{settings.host}:{port}/slack/events")
            bot.warm()
            await stop.wait()


async def _socket(settings: Settings) -> None:
    stop = told_to_stop()
    async with opened(settings) as bot:
        who = await bots.greet(bot)
        async with connected(bot, settings.app_token):
            say(f"Serving {who['team']} over Socket Mode")
            bot.warm()
            await stop.wait()


def _need(settings: Settings, field: str, name: str) -> None:
    if not getattr(settings, field):
        raise Refused(f"{name} is not set; `clausekeeper doctor` says what a real workspace needs.")


def _run(serving: Coroutine[Any, Any, None]) -> None:
    logs.start()
    try:
        asyncio.run(serving)
    except SlackApiError as error:
        raise Refused(f"Slack refused: {error.response['error']}. `clausekeeper doctor` says what to do.") from None
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Refused(f"Slack cannot be reached: {type(error).__name__}.") from None
