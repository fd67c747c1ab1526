"""A real workspace: over HTTP or Socket Mode, until the process is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
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
from bot.app import Bot
from bot.desk import new_id
from bot.keys import need_seal
from bot.settings import Settings, from_environment
from bot.web import application
from knowledge.refused import Refused


def serve() -> None:
    """Serve over HTTP on HOST and PORT; Refused where a setting is missing or Slack does not know us."""
    settings = from_environment()
    _need(settings, "bot_token", "SLACK_BOT_TOKEN")
    _need(settings, "signing_secret", "SLACK_SIGNING_SECRET")
    need_seal(settings)
    _run(_http(settings))


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


def log_to_terminal() -> None:
    """Log lines of ours and warnings of others, on standard error."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for name in ("bot", "handlers"):
        logging.getLogger(name).setLevel(logging.INFO)


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
async def listening(bot: Bot, host: str, port: int) -> AsyncIterator[int]:
    """The bot's routes on a port (0 for any free one), which is handed back; Refused where it is taken."""
    runner = web.AppRunner(application(bot), access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            raise Refused(f"Port {port} on {host} cannot be used: {error.strerror}.") from None
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@asynccontextmanager
async def connected(bot: Bot, app_token: str) -> AsyncIterator[None]:
    """The bot connected by Socket Mode."""
    handler = AsyncSocketModeHandler(bot.app, app_token)
    try:
        await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt's adapter bears no types
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


async def until_stopped() -> None:
    """Wait for SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows has no handlers in the loop; Ctrl-C still ends it
            loop.add_signal_handler(number, stop.set)
    await stop.wait()


async def _http(settings: Settings) -> None:
    async with opened(settings) as bot:
        who = await bots.greet(bot)
        async with listening(bot, settings.host, settings.port) as port:
            say(f"Serving {who['team']} on http://{settings.host}:{port}/slack/events")
            await until_stopped()


async def _socket(settings: Settings) -> None:
    async with opened(settings) as bot:
        who = await bots.greet(bot)
        async with connected(bot, settings.app_token):
            say(f"Serving {who['team']} over Socket Mode")
            await until_stopped()


def _need(settings: Settings, field: str, name: str) -> None:
    if not getattr(settings, field):
        raise Refused(f"{name} is not set; `clausekeeper doctor` says what a real workspace needs.")


def _run(serving: Coroutine[Any, Any, None]) -> None:
    log_to_terminal()
    try:
        asyncio.run(serving)
    except SlackApiError as error:
        raise Refused(f"Slack refused: {error.response['error']}. `clausekeeper doctor` says what to do.") from None
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Refused(f"Slack cannot be reached: {type(error).__name__}.") from None
