"""A real workspace: over HTTP or Socket Mode, until the process is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket as socket_options
import sqlite3
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.errors import SlackApiError

from bot import app as bots
from bot import logs
from bot.app import Bot, Front
from bot.desk import new_id
from bot.installing import INSTALL
from bot.keys import need_seal
from bot.settings import Settings, from_environment
from bot.teams import Teams
from bot.web import BODY_SECONDS, LEAVING, application
from knowledge.refused import Refused
from storage.sealing import KeyLost

KEPT_OPEN_SECONDS = 30.0
# Heroku and Kubernetes end a process half a minute after they asked it to stop.
FINISH_SECONDS = 20.0
LINGER_SECONDS = 1.0


def serve(*, overlap: bool = False) -> None:
    """Serve over HTTP on HOST and PORT; Refused where a setting is missing or Slack does not know us.

    With ``overlap`` another process of ours may listen there, too, so that the new one is ready before the old one leaves.
    """
    settings = _settings()
    _need(settings, "signing_secret", "SLACK_SIGNING_SECRET")
    if overlap and not hasattr(socket_options, "SO_REUSEPORT"):
        raise Refused("This system does not let two processes share a port; deploy behind a proxy (docs/running.md).")
    _run(_http(settings, overlap=overlap))


def socket() -> None:
    """Serve over Socket Mode; Refused where a setting is missing or Slack does not know us."""
    settings = _settings()
    _need(settings, "app_token", "SLACK_APP_TOKEN")
    _run(_socket(settings))


def _settings() -> Settings:
    settings = from_environment()
    if not settings.several:
        _need(settings, "bot_token", "SLACK_BOT_TOKEN")
    need_seal(settings)
    return settings


def say(line: str) -> None:
    """Tell the person at the terminal."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201  the process's own voice, not a log line


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[tuple[Bot | Teams, str]]:
    """A bot with its database open, or those of all workspaces that installed the app, and whom it serves, in words.

    Refused where a database cannot be used.
    """
    front = (Teams if settings.several else bots.build)(settings, lambda: datetime.now(UTC), new_id)
    try:
        await front.open()
        yield front, f"{len(front.bots)} workspaces" if isinstance(front, Teams) else (await bots.greet(front))["team"]
    except KeyLost:
        raise Refused(
            f"The key does not open the tokens in {settings.registry}; give the one they were sealed with."
        ) from None
    except sqlite3.Error as error:
        raise Refused(f"The database {front.database} cannot be used: {error}.") from None
    finally:
        await front.close()


@asynccontextmanager
async def listening(
    front: Front,
    host: str,
    port: int,
    *,
    overlap: bool = False,
    linger: float = 0.0,
    kept_open: float = KEPT_OPEN_SECONDS,
    patience: float = BODY_SECONDS,
) -> AsyncIterator[int]:
    """The routes of the process on a port (0 for any free one), which is handed back; Refused where it is taken.

    A head must be there and a quiet connection be used again within ``kept_open`` seconds, a body come within ``patience``.
    At the end no connection is taken any more, those that are open are told to end with their next answer for ``linger``
    seconds, and requests under way are finished.
    """
    app = application(front, patience)
    runner = web.AppRunner(
        app,
        access_log=None,
        keepalive_timeout=kept_open,
        lingering_time=1.0,
        shutdown_timeout=FINISH_SECONDS,
        # What is packed small would be unpacked before anything looks at its size; Slack packs nothing.
        auto_decompress=False,
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

    def __init__(self, front: Front, app_token: str) -> None:
        # Of an app Bolt's adapter uses what takes a request, which a front has.
        super().__init__(
            front,  # type: ignore[arg-type]
            app_token,
            logger=logging.getLogger("slack_bolt"),
            web_client=front.client,
        )
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
async def connected(front: Front, app_token: str) -> AsyncIterator[None]:
    """Connected by Socket Mode."""
    handler = Envelopes(front, app_token)
    try:
        await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt's adapter bears no types
        yield
        await handler.drained()
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # likewise


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
    async with (
        opened(settings) as (front, whom),
        listening(front, settings.host, settings.port, overlap=overlap, linger=LINGER_SECONDS) as port,
    ):
        say(f"Serving {whom} on http://{settings.host}:{port}/slack/events")
        front.warm()
        await stop.wait()


async def _socket(settings: Settings) -> None:
    stop = told_to_stop()
    async with AsyncExitStack() as stack:
        front, whom = await stack.enter_async_context(opened(settings))
        if settings.several:
            # Only a browser can install, and it comes over HTTP.
            port = await stack.enter_async_context(listening(front, settings.host, settings.port))
            whom = f"{whom} (and installing on http://{settings.host}:{port}{INSTALL})"
        await stack.enter_async_context(connected(front, settings.app_token))
        say(f"Serving {whom} over Socket Mode")
        front.warm()
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
