"""HTTP in: Slack's deliveries, people's calendars, the health of the process and its counts. Nothing else is served."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import time
from collections.abc import Sequence
from functools import partial
from ipaddress import ip_address

from aiohttp import web
from slack_bolt import BoltResponse
from slack_bolt.request.async_request import AsyncBoltRequest

from bot import metrics
from bot.app import Front
from bot.copies import GOOD_SECONDS, Copied, Copies
from bot.health import examine
from handlers import feeds
from storage.backlog import backlog, late, summed

# Slack's largest payloads are views with state, far below this.
MOST_BYTES = 1_000_000
BODY_SECONDS = 10.0
MOST_DIGITS = 12
TYPES = ("application/json", "application/x-www-form-urlencoded")
PLAIN = "identity"


class Leaving:
    """Whether the process is on its way out: connections then end with their next answer, and callers open new ones."""

    def __init__(self) -> None:
        self.begun = False


LEAVING = web.AppKey("leaving", Leaving)


def application(front: Front, patience: float) -> web.Application:
    """The routes of the process; a body must come within ``patience`` seconds."""
    copies = Copies[BoltResponse](time.time)

    async def events(request: web.Request) -> web.StreamResponse:
        stamp = request.headers.get("X-Slack-Request-Timestamp", "")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= MOST_DIGITS):
            # Slack's verifier would take this for a fault of its own, and not for a bad signature.
            return web.Response(status=401, text="A delivery bears the time at which it was signed.")
        body = await _body(request, patience)
        try:
            delivery = read(body, request.query_string, dict(request.headers))
        except ValueError:
            return web.Response(
                status=400, text="The body is neither JSON nor a form in UTF-8, or no delivery of Slack's."
            )
        answer = partial(front.async_dispatch, delivery)
        if abs(time.time() - int(stamp)) > GOOD_SECONDS:
            return _response(await answer())  # which Bolt refuses
        signed = f"{stamp} {request.headers.get('X-Slack-Signature')} ".encode()
        try:
            given = await copies.first(signed + body, answer, lambda found: found.status == 200)
        except Copied:
            return web.Response(status=409, text="This very request was answered before.")
        return _response(given)

    async def health(_: web.Request) -> web.Response:
        found = await examine(front)
        return web.json_response(found.data, status=503 if found.failing else 200)

    async def calendar(request: web.Request) -> web.Response:
        bot = front.of(request.match_info.get("team", ""))
        token = request.match_info["token"]
        text = await bot.services.store.run(feeds.calendar_of, bot.services, token) if bot else None
        if text is None:
            return web.Response(status=404, text="There is no such calendar.")
        headers = {"Cache-Control": "private, max-age=300", "Referrer-Policy": "no-referrer"}
        tag = _tag(text)
        if any(tag == asked.value for asked in request.if_none_match or ()):
            return web.Response(status=304, headers=headers | {"ETag": f'"{tag}"'})
        answer = web.Response(body=text, content_type="text/calendar", charset="utf-8", headers=headers)
        answer.etag = tag
        return answer

    async def live(_: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def counts(request: web.Request) -> web.Response:
        if not _may_count(request, front.metrics_token):
            return web.Response(status=403, text="The counts are given on this machine, or with their token.")
        now = front.common.now()
        stores = [bot.services.store for bot in front.bots]
        owed = summed([await store.run(backlog, now) for store in stores])
        due = [found.due for store in stores if (found := await store.run(late, now)).due]
        text = front.common.meter.text(owed, min(due, default=None), now)
        return web.Response(body=text, headers={"Content-Type": metrics.CONTENT_TYPE})

    app = web.Application(client_max_size=MOST_BYTES)
    app[LEAVING] = Leaving()
    app.on_response_prepare.append(_end_when_leaving)
    app.add_routes(
        [
            web.post("/slack/events", events),
            web.get("/healthz", health),
            web.get("/livez", live),
            web.get("/metrics", counts),
            web.get(feeds.PATH, calendar),
            web.get(f"/team/{{team}}{feeds.PATH}", calendar),
            *front.routes,
        ]
    )
    return app


def _tag(text: bytes) -> str:
    """What tells one state of a calendar from another, whenever it was written."""
    return hashlib.sha256(re.sub(rb"(?m)^DTSTAMP:.*$", b"", text)).hexdigest()[:32]


def read(body: bytes, query: str, headers: dict[str, str | Sequence[str]]) -> AsyncBoltRequest:
    """A request as Bolt understands it; ValueError where it cannot be one of Slack's, whoever signed it.

    Bolt looks for ids in a body before its signature is checked, and trips over parts of another type or too deep a nesting.
    """
    try:
        request = AsyncBoltRequest(body=body.decode("utf-8"), query=query, headers=headers)
        if request.body.get("type") == "block_actions":
            request.body["actions"][0]["action_id"]
        return request
    except (TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise ValueError("no delivery") from error


def _response(given: BoltResponse) -> web.Response:
    """Bolt's answer as the server sends it; none of ours sets cookies, which Bolt's own adapter looks for."""
    return web.Response(status=given.status, body=given.body.encode(), headers=given.first_headers())


async def _end_when_leaving(request: web.Request, response: web.StreamResponse) -> None:
    if request.app[LEAVING].begun:
        response.force_close()
        response.headers["Connection"] = "close"


async def _body(request: web.Request, patience: float) -> bytes:
    """The body of a delivery; an HTTP error with a sentence where it is too large, too slow, or of another kind."""
    if request.content_type not in TYPES:
        raise web.HTTPUnsupportedMediaType(text=f"A delivery is {' or '.join(TYPES)}.")
    if request.headers.get("Content-Encoding", PLAIN).lower() != PLAIN:
        raise web.HTTPUnsupportedMediaType(text="A delivery is not packed: no Content-Encoding is taken.")
    try:
        if request.content.is_eof():
            return await request.read()  # it came with its head, as nearly all do
        async with asyncio.timeout(patience):
            return await request.read()
    except web.HTTPRequestEntityTooLarge:
        text = f"A delivery has at most {MOST_BYTES:,} bytes."
        raise web.HTTPRequestEntityTooLarge(MOST_BYTES, request.content_length or 0, text=text) from None
    except TimeoutError:
        raise web.HTTPRequestTimeout(text=f"The body did not come within {patience:g} seconds.") from None


def _may_count(request: web.Request, token: str) -> bool:
    """Whether a caller may see the counts: with the token where one is set, else from this machine and through no proxy."""
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.encode())
    forwarded = {"X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"} & set(request.headers)
    return not forwarded and request.remote is not None and ip_address(request.remote).is_loopback
