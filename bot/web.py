"""HTTP in: Slack's deliveries, the health of the process, and people's calendars."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.app import Bot
from handlers import feeds

# Slack's largest payloads are views with state, far below this.
MOST_BYTES = 1_000_000


def application(bot: Bot) -> web.Application:
    """The routes of the bot."""

    async def events(request: web.Request) -> web.Response:
        raw = await request.read()
        headers: dict[str, str | Sequence[str]] = dict(request.headers)
        try:
            delivery = AsyncBoltRequest(body=raw.decode("utf-8"), query=request.query_string, headers=headers)
        except ValueError:
            return web.Response(status=400, text="The body is neither JSON nor a form in UTF-8.")
        return await to_aiohttp_response(await bot.app.async_dispatch(delivery))

    async def health(request: web.Request) -> web.Response:
        shelf = await bot.services.shelf()
        sound = bool(shelf.library.documents) and not shelf.library.problems
        state = {
            "ok": sound,
            "documents": len(shelf.library.documents),
            "problems": list(shelf.library.problems),
        }
        return web.json_response(state, status=200 if sound else 503)

    async def calendar(request: web.Request) -> web.Response:
        text = await bot.services.store.run(feeds.calendar_of, bot.services, request.match_info["token"])
        if text is None:
            return web.Response(status=404, text="There is no such calendar.")
        headers = {"Cache-Control": "private, max-age=300", "Referrer-Policy": "no-referrer"}
        return web.Response(body=text, content_type="text/calendar", charset="utf-8", headers=headers)

    app = web.Application(client_max_size=MOST_BYTES)
    app.add_routes([web.post("/slack/events", events), web.get("/healthz", health), web.get(feeds.PATH, calendar)])
    return app
