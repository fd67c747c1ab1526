"""``./run``: a local workspace with the real bot in it, over signed HTTP on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from bot import app as bots
from bot import logs
from bot.app import Bot
from bot.desk import new_id
from bot.keys import make_own
from bot.manifest import manifest
from bot.samples import add_roles, add_samples, follow_samples
from bot.serving import listening, say, told_to_stop
from bot.settings import Settings, from_environment
from knowledge.refused import Refused
from workspace import Clock, Server, Workspace, serve

LOOPBACK = "127.0.0.1"


def run(port: int, database: Path | None, *, samples: bool) -> None:
    """Serve until stopped; Refused where a port is taken or the database cannot be used."""
    logs.start()
    settings = from_environment()
    if database:
        beside = settings.key_file == Path(f"{settings.database}.key")
        settings = replace(
            settings, database=database, key_file=Path(f"{database}.key") if beside else settings.key_file
        )
    if make_own(settings):
        say(f"A key for data breaches was made: {settings.key_file}; without it they cannot be read again.")
    asyncio.run(_run(settings, port, samples=samples))


@asynccontextmanager
async def opened(settings: Settings, port: int, bot_port: int) -> AsyncIterator[tuple[Server, Bot, int]]:
    """A workspace on ``port`` and the bot on ``bot_port`` (0 for any free ones), one clock for both."""
    clock = Clock()
    workspace = Workspace(manifest=manifest(f"http://{LOOPBACK}:{bot_port}"), clock=clock)
    try:
        server = await serve(workspace, host=LOOPBACK, port=port)
    except OSError as error:
        raise Refused(f"Port {port} cannot be used: {error.strerror}. Choose another with --port.") from None
    try:
        local = replace(
            settings,
            bot_token="xoxb-local",
            signing_secret="local-secret",
            api_url=server.api_url,
            admins=frozenset({"U0ADMIN"}) | settings.admins,
            legal_channel=settings.legal_channel or "C0LEGAL",
        )
        bot = bots.build(local, clock.now, new_id)
        clock.on_move.append(bot.deliveries.wake)
        try:
            await bot.open()
            await bots.greet(bot)
            async with listening(bot, LOOPBACK, bot_port) as listens_on:
                bot.services.address = f"http://{LOOPBACK}:{listens_on}"
                workspace.request_url = f"http://{LOOPBACK}:{listens_on}/slack/events"
                yield server, bot, listens_on
        finally:
            await bot.close()
    finally:
        await server.close()


async def _run(settings: Settings, port: int, *, samples: bool) -> None:
    stop = told_to_stop()
    async with opened(settings, port, port + 1 if port else 0) as (server, bot, listens_on):
        await bot.services.store.run(add_roles, bot.services.now())
        if samples:
            await bot.services.store.run(add_samples, await bot.services.shelf(), bot.services.now(), new_id())
            await bot.services.store.run(follow_samples, bot.services)
        say(f"Clausekeeper is ready: open {server.url}")
        bot.warm()
        say(f"(the bot itself listens on http://{LOOPBACK}:{listens_on}, its database is {settings.database})")
        await stop.wait()
