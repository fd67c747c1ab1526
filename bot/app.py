"""The composition root: settings, store, clock and ids become an app that Slack can talk to."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import aiohttp
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp
from slack_bolt.listener_matcher.async_builtins import AsyncBuiltinListenerMatcher
from slack_bolt.listener_matcher.async_listener_matcher import AsyncListenerMatcher
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.middleware.authorization.async_single_team_authorization import AsyncSingleTeamAuthorization
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from sqlite_utils import Database

import handlers
from bot.delivery import Deliveries
from bot.settings import Settings
from handlers import access, showing
from handlers.errors import door
from handlers.incoming import Incoming, incoming
from handlers.services import ROLES, Services
from storage import deliveries as delivered
from storage.store import Store

log = logging.getLogger(__name__)


class App(AsyncApp):
    """Bolt's app, with one log line a request: what it was, who, milliseconds, outcome; never what was said."""

    services: Services

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        started = time.perf_counter()
        self.services.under_way += 1
        try:
            response = await super().async_dispatch(req)
        finally:
            self.services.under_way -= 1
        came = req.context.get("incoming")
        if came is not None:
            took = (time.perf_counter() - started) * 1000
            outcome = req.context.get("outcome", "answered" if response.status == 200 else response.status)
            log.info("%s user=%s ms=%.0f outcome=%s", came.kind, came.user, took, outcome)
        return response


@dataclass(frozen=True)
class Bot:
    """The assembled bot. ``open`` before serving, ``close`` after the last request was answered."""

    app: AsyncApp
    services: Services
    deliveries: Deliveries
    session: aiohttp.ClientSession

    async def open(self) -> None:
        """Open the database, take in the documents, and start delivering what is owed."""
        await self.services.store.open()
        await self.services.shelf()
        self.deliveries.start()

    async def close(self) -> None:
        """Stop delivering (a letter under way is finished first) and close what was opened."""
        await self.deliveries.stop()
        await self.services.store.close()
        await self.session.close()


def build(settings: Settings, now: Callable[[], datetime], new_id: Callable[[], str]) -> Bot:
    """The bot for these settings; ``now`` gives aware UTC instants, ``new_id`` ids that are unique for ever.

    To be called with an event loop running, since it makes the one HTTP session of the process.
    """
    session = aiohttp.ClientSession()
    client = AsyncWebClient(token=settings.bot_token, base_url=settings.api_url, session=session)
    services = Services(
        Store(settings.database),
        now,
        new_id,
        attempt=attempt,
        zone=settings.zone,
        admins=settings.admins,
        legal_channel=settings.legal_channel,
    )
    app = App(
        client=client,
        signing_secret=settings.signing_secret,
        process_before_response=True,
        logger=logging.getLogger("slack_bolt"),
    )
    _guard(app, services)
    handlers.register(app)
    _quicken(app)
    works = {
        showing.PICTURE: partial(showing.show, services, client),
        showing.PAPER: partial(showing.hand_over, services, client),
    }
    deliveries = Deliveries(services.store, client, now, works)
    services.wake = deliveries.wake
    return Bot(app, services, deliveries, session)


def _guard(app: App, services: Services) -> None:
    """Before every listener: hand it what it needs, and answer a repeated delivery as the first; behind all: the door."""

    async def on_error(
        error: Exception, body: dict[str, Any], context: Any, client: AsyncWebClient, respond: Any
    ) -> BoltResponse:
        context["outcome"] = type(error).__name__
        return _acknowledge(await door(error, body, context.get("incoming"), client, respond, services))

    app.services = services
    app.use(Before(services))
    app.error(on_error)


class Before(AsyncMiddleware):
    """What comes before every listener; a middleware of Bolt's own kind, which is called without preparing arguments."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def async_process(
        self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse | None:
        """Hand over what listeners need; a repeated delivery gets the first reply, a forbidden one is refused."""
        services = self._services
        req.context["services"] = services
        req.context["incoming"] = came = incoming(req.body)
        if came is not None:
            reply, roles = await services.store.glance(_known, services, came)
            if reply is not None:
                req.context["outcome"] = "repeated"
                return _acknowledge(reply)
            if came.user and (role := access.required(came)) not in roles:
                holders = await services.store.glance(services.holders)
                raise access.Forbidden(role, holders[role] or holders[ROLES[-1]])
        await next()
        return None


def _known(db: Database, services: Services, came: Incoming) -> tuple[dict[str, Any] | None, frozenset[str]]:
    """What was answered to this delivery before, if it is repeated, and the person's roles."""
    return delivered.reply_to(db, came.key), services.roles_in(db, came.user)


class Matcher(AsyncListenerMatcher):
    """Bolt's own check of what a request is, without the arguments that Bolt prepares for checks which people write.

    Every request is checked against most of the listeners, so that this is most of what Bolt would do for one.
    """

    def __init__(self, check: Callable[[dict[str, Any]], Awaitable[bool]]) -> None:
        self._check = check

    async def async_matches(self, req: AsyncBoltRequest, resp: BoltResponse) -> bool:
        """Whether a listener is for this request."""
        return await self._check(req.body)


def _quicken(app: AsyncApp) -> None:
    for listener in app._async_listeners:
        listener.matchers = [
            Matcher(matcher.func) if type(matcher) is AsyncBuiltinListenerMatcher else matcher  # type: ignore[arg-type]
            for matcher in listener.matchers
        ]


def _acknowledge(reply: dict[str, Any]) -> BoltResponse:
    if not reply:
        return BoltResponse(status=200, body="")
    return BoltResponse(status=200, body=json.dumps(reply), headers={"content-type": "application/json"})


async def attempt(call: Awaitable[Any]) -> str:
    """Await a call to Slack; Slack's error code where it refuses, else an empty string."""
    try:
        await call
    except SlackApiError as error:
        return str(error.response.get("error") or f"http_{error.response.status_code}")
    return ""


async def greet(bot: Bot) -> dict[str, Any]:
    """Ask Slack who we are, once, at the start: Bolt would otherwise do it in the first person's request, and refuse that
    person where Slack is away just then.
    """
    answer = await bot.app.client.auth_test()
    for middleware in bot.app._async_middleware_list:
        if isinstance(middleware, AsyncSingleTeamAuthorization):
            middleware.auth_test_result = answer
    return {"team": answer["team"], "user_id": answer["user_id"], "bot_id": answer["bot_id"]}
