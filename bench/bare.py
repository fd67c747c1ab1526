"""A bare Bolt application that acknowledges only, on the server that Clausekeeper uses: what speed is measured against.

    python -m bench.bare [quick]

Made as Bolt's guide makes one, it looks every ten milliseconds whether its listener has acknowledged; ``quick`` it waits for the
listener (``process_before_response``), as Clausekeeper does, which is the least that Bolt takes.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.serving import told_to_stop


async def serve(*, quick: bool) -> None:
    """Serve on PORT until told to stop; the signing secret and the address of Slack come from the environment."""
    stop = told_to_stop()
    client = AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    app = AsyncApp(client=client, signing_secret=os.environ["SLACK_SIGNING_SECRET"], process_before_response=quick)

    async def acknowledge(ack: Any) -> None:
        await ack()

    for command in ("/clause", "/fee", "/ask"):
        app.command(command)(acknowledge)

    async def events(request: web.Request) -> web.Response:
        raw = await request.read()
        headers: dict[str, str | Sequence[str]] = dict(request.headers)
        delivery = AsyncBoltRequest(body=raw.decode("utf-8"), query=request.query_string, headers=headers)
        return await to_aiohttp_response(await app.async_dispatch(delivery))

    async def health(request: web.Request) -> web.Response:
        return web.Response(text="ok")

    server = web.Application()
    server.add_routes([web.post("/slack/events", events), web.get("/healthz", health)])
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(os.environ["PORT"])).start()
    await stop.wait()
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve(quick="quick" in sys.argv[1:]))
