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
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from sqlite_utils import Database

import handlers
from bot.delivery import Deliveries, Gathering, Work
from bot.fetching import fetch
from bot.health import Reach
from bot.keys import seal_of
from bot.metrics import UNVERIFIED, Meter
from bot.settings import Settings
from handlers import access, agreement_facts, breach, feedback, feeds, hardware, showing, tracking
from handlers.access import Forbidden, Outside
from handlers.digest import Digests
from handlers.errors import door
from handlers.incoming import Incoming, incoming
from handlers.reminders import Reminders
from handlers.services import Services
from knowledge.refused import Refused
from storage import deliveries as delivered
from storage.store import Store

log = logging.getLogger(__name__)


class App(AsyncApp):
    """Bolt's app, with one log line and one count a request: what it was, who, milliseconds, outcome; never what was said."""

    def __init__(self, meter: Meter, **how: Any) -> None:
        super().__init__(**how)
        self._meter = meter

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        started = time.perf_counter()
        try:
            response = await super().async_dispatch(req)
        except BaseException:
            # Not even the person could be told: Slack is away, or the request was given up.
            self._meter.note(UNVERIFIED, "fault", time.perf_counter() - started)
            raise
        came = req.context.get("incoming")
        took = time.perf_counter() - started
        outcome = req.context.get("outcome", "answered" if response.status == 200 else "rejected")
        if came is not None:
            who = {"kind": came.kind, "user": came.user, "ms": round(took * 1000), "outcome": outcome}
            log.info("request", extra=who)
        elif outcome == "rejected":
            log.warning("rejected", extra={"status": response.status})
        self._meter.note(came.kind if came else UNVERIFIED, outcome, took)
        return response


@dataclass(frozen=True)
class Bot:
    """The assembled bot. ``open`` before serving, ``close`` after the last request was answered."""

    app: AsyncApp
    services: Services
    deliveries: Deliveries
    session: aiohttp.ClientSession
    meter: Meter
    reach: Reach
    metrics_token: str

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
    meter, reach = Meter(), Reach(now)
    session = aiohttp.ClientSession(trace_configs=[reach.trace()])
    client = AsyncWebClient(token=settings.bot_token, base_url=settings.api_url, session=session)
    services = Services(
        Store(settings.database),
        now,
        new_id,
        attempt=attempt,
        fetch=partial(fetch, session, settings.bot_token, settings.api_url),
        zone=settings.zone,
        admins=settings.admins,
        legal_channel=settings.legal_channel,
        address=settings.address,
        seal=seal_of(settings),
        breach_channels=settings.breach_channels,
    )
    app = App(
        meter,
        client=client,
        signing_secret=settings.signing_secret,
        process_before_response=True,
        logger=logging.getLogger("slack_bolt"),
    )
    _guard(app, services)
    handlers.register(app)
    deliveries = sender(services, client, now)
    services.wake = deliveries.wake
    return Bot(app, services, deliveries, session, meter, reach, settings.metrics_token)


def sender(
    services: Services,
    client: AsyncWebClient,
    now: Callable[[], datetime],
    reminders: Callable[[Services, AsyncWebClient], Gathering] = Reminders,
) -> Deliveries:
    """What sends the letters of an outbox: plain ones, those that take several calls, those that are said together."""
    works: dict[str, Work] = {
        showing.PICTURE: partial(showing.show, services, client),
        showing.PAPER: partial(showing.hand_over, services, client),
        agreement_facts.TERM: partial(agreement_facts.renewed, services),
        feedback.UNANSWERED: partial(feedback.hand_out, services),
        feeds.CALENDAR: partial(feeds.send, services, client),
        **{name: partial(work, services, client) for name, work in breach.WORKS.items()},
        **{name: partial(work, services, client) for name, work in hardware.WORKS.items()},
    }
    gatherings: dict[str, Gathering] = {
        tracking.REMIND: reminders(services, client),
        tracking.DIGEST: Digests(services, client),
    }
    return Deliveries(services.store, client, now, works, gatherings)


def _guard(app: AsyncApp, services: Services) -> None:
    """Before every listener: hand it what it needs, and answer a repeated delivery as the first; behind all: the door."""

    async def hand_over(body: dict[str, Any], context: Any, next: Callable[[], Awaitable[None]]) -> BoltResponse | None:
        context["services"] = services
        context["incoming"] = came = incoming(body)
        if came is not None:
            log.debug("received", extra={"kind": came.kind, "key": came.key})
            reply, roles, holders = await services.store.run(_before, services, came)
            if reply is not None:
                context["outcome"] = "repeated"
                return _acknowledge(reply)
            if came.user:
                access.belong(roles, ours=services.ours(came.team))
                access.check(came, roles, holders)
        await next()
        return None

    async def on_error(
        error: Exception, body: dict[str, Any], context: Any, client: AsyncWebClient, respond: Any
    ) -> BoltResponse:
        context["outcome"] = outcome(error)
        if "incoming" not in context:
            # Its signature was not found good, or it is nothing that Slack sends: nobody is told, wherever the body says to.
            log.error("no delivery", exc_info=error)
            return BoltResponse(status=400, body="This is no delivery of Slack's.")
        return _acknowledge(await door(error, body, context.get("incoming"), client, respond, services))

    app.use(hand_over)
    app.error(on_error)


def outcome(error: Exception) -> str:
    """How a request ended that was not answered: ``forbidden`` to that person, ``refused``, or a ``fault`` of ours."""
    return (
        "forbidden" if isinstance(error, Forbidden | Outside) else "refused" if isinstance(error, Refused) else "fault"
    )


def _before(
    db: Database, services: Services, came: Incoming
) -> tuple[dict[str, Any] | None, frozenset[str], dict[str, list[str]]]:
    """What was answered to this delivery before, if it is repeated; the person's roles, and who holds each."""
    return delivered.reply_to(db, came.key), services.roles_in(db, came.user), services.holders(db)


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
    """Ask Slack who we are, once, at the start: Bolt would otherwise do it in the first person's request."""
    answer = await bot.app.client.auth_test()
    bot.services.team = answer.get("team_id", "")
    return {"team": answer["team"], "user_id": answer["user_id"], "bot_id": answer["bot_id"]}
