"""The composition root: settings, store, clock and ids become an app that Slack can talk to."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import aiohttp
from aiohttp import web
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp
from slack_bolt.middleware.authorization.async_single_team_authorization import AsyncSingleTeamAuthorization
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

import handlers
from bot.delivery import Deliveries, Gathering, Work
from bot.dispatch import App
from bot.fetching import fetch
from bot.health import Reach, examine
from bot.keys import prove, seal_of
from bot.metrics import Meter
from bot.settings import Settings
from handlers import (
    agreement_facts,
    anew,
    breach,
    feedback,
    feeds,
    hardware,
    legal,
    mirrored,
    personal,
    showing,
    tracking,
)
from handlers.computing import warm
from handlers.digest import Digests
from handlers.reminders import Reminders
from handlers.services import Services, Shelves
from storage import preferences
from storage.store import Store

log = logging.getLogger(__name__)
TOO_MANY = 429


@dataclass(frozen=True)
class Common:
    """What all bots of a process share: connections to Slack, whether it answers, what is counted, texts. Made in a loop."""

    now: Callable[[], datetime]
    session: aiohttp.ClientSession
    meter: Meter
    reach: Reach
    shelves: Shelves

    @classmethod
    def made(cls, now: Callable[[], datetime]) -> Common:
        """Fresh ones; ``session`` is to be closed by whoever made them."""
        reach = Reach(now)
        return cls(now, aiohttp.ClientSession(trace_configs=[reach.trace()]), Meter(), reach, Shelves())


class Front(Protocol):
    """What requests are given to: one workspace's bot, or those of several workspaces (``bot.teams``)."""

    @property
    def common(self) -> Common: ...

    @property
    def client(self) -> AsyncWebClient: ...

    @property
    def metrics_token(self) -> str: ...

    @property
    def routes(self) -> Sequence[web.RouteDef]:
        """What is served over HTTP besides."""
        ...

    @property
    def database(self) -> Path:
        """A file on the disk that all databases are on."""
        ...

    @property
    def unopened(self) -> Collection[str]:
        """The workspaces whose database cannot be opened."""
        ...

    @property
    def bots(self) -> Sequence[Bot]:
        """The bots that are at work, each with a database of its own."""
        ...

    def of(self, team: str) -> Bot | None:
        """The bot of a workspace, empty for the one of the settings; None where there is none."""
        ...

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """The answer to a request from Slack."""
        ...


@dataclass(frozen=True)
class Bot:
    """The assembled bot of one workspace. ``open`` before serving, ``close`` after the last request was answered."""

    app: AsyncApp
    client: AsyncWebClient
    services: Services
    deliveries: Deliveries
    common: Common
    metrics_token: str
    alone: bool = True
    routes: Sequence[web.RouteDef] = ()
    unopened: Collection[str] = ()

    @property
    def bots(self) -> Sequence[Bot]:
        """Itself alone."""
        return (self,)

    def of(self, team: str) -> Bot | None:
        """Itself."""
        return self if team in ("", self.services.team) else None

    @property
    def database(self) -> Path:
        """Its database."""
        return self.services.store.path

    @property
    def meter(self) -> Meter:
        return self.common.meter

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """The answer to a request from Slack."""
        return await self.app.async_dispatch(req)

    async def open(self) -> None:
        """Open the database, take in the documents, and start delivering what is owed.

        Refused where the key does not open what is sealed there.
        """
        services = self.services
        await services.store.open()
        if services.seal:
            await services.store.run(prove, services.seal)
        await services.shelf()
        services.legal_channel = await services.store.run(preferences.get, legal.NAME) or services.legal_channel
        await services.store.run(mirrored.owe, services)
        await services.store.run(anew.begin, services)
        self.deliveries.start()

    def warm(self) -> None:
        """Load what a first computation and a first look at incidents need, beside the work: called once the bot is ready."""
        asyncio.get_running_loop().run_in_executor(None, _settle, self.services.today())
        self.services.incidents.begin()

    def known(self, who: AsyncSlackResponse) -> None:
        """Take in who Slack says that we are (auth.test): Bolt would otherwise ask in the first person's request."""
        self.services.team = who.get("team_id", "")
        for middleware in self.app._async_middleware_list:
            if isinstance(middleware, AsyncSingleTeamAuthorization):
                middleware.auth_test_result = who

    def bear(self, token: str) -> None:
        """Bear another token from now on, since the one before expires or is gone."""
        self.client.token = self.app._token = token
        self.deliveries.resume(token)

    async def close(self) -> None:
        """Stop delivering (a letter under way is finished first) and close what was opened; not what others share."""
        await self.deliveries.stop()
        await self.services.incidents.end()
        await self.services.store.close()
        if self.alone:
            await self.common.session.close()


def _settle(today: date) -> None:
    """Load what a first computation needs, and leave what stays for good out of every later search for garbage."""
    warm(today)
    gc.collect()
    gc.freeze()
    # Each search walks all that was made since the last; requests leave little behind, so that a rarer one costs less in all.
    gc.set_threshold(10_000, 20, 20)


def build(
    settings: Settings, now: Callable[[], datetime], new_id: Callable[[], str], common: Common | None = None
) -> Bot:
    """The bot for these settings; ``now`` gives aware UTC instants, ``new_id`` ids that are unique for ever.

    To be called with an event loop running. ``common`` is what it shares with others; without it, it has that for itself.
    """
    alone, common = common is None, common or Common.made(now)
    client = AsyncWebClient(token=settings.bot_token, base_url=settings.api_url, session=common.session)
    services = Services(
        Store(settings.database),
        now,
        new_id,
        attempt=attempt,
        fetch=partial(fetch, client),
        zone=settings.zone,
        admins=settings.admins,
        legal_channel=settings.legal_channel,
        address=settings.address,
        seal=seal_of(settings),
        breach_channels=settings.breach_channels,
        shelves=common.shelves,
    )
    with _unseen("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"):
        app = App(
            services,
            common.meter,
            client=client,
            signing_secret=settings.signing_secret,
            process_before_response=True,
            logger=logging.getLogger("slack_bolt"),
        )
    handlers.register(app)
    app.quicken()
    deliveries = sender(services, client, now)
    services.wake = deliveries.wake

    async def ended(why: str, _: datetime) -> None:
        log.error(
            "%s: nothing more is sent until the app is installed again and the process started with its token", why
        )
        deliveries.pause()

    services.ended = ended
    bot = Bot(app, client, services, deliveries, common, settings.metrics_token, alone)

    async def health() -> dict[str, Any]:
        return (await examine(bot)).data

    services.health = health
    return bot


@contextmanager
def _unseen(*names: str) -> Iterator[None]:
    """While these are not in the environment: Bolt would take them from there by itself, and then look for installations in
    files of its own instead of using the token that it is given.
    """
    seen = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(seen)


def sender(
    services: Services,
    client: AsyncWebClient,
    now: Callable[[], datetime],
    reminders: Callable[[Services, AsyncWebClient], Gathering] = Reminders,
) -> Deliveries:
    """What sends the letters of an outbox: plain ones, those that take several calls, those that are said together.

    What it calls Slack with tries nothing twice by itself: a message whose answer was lost may have been said, and the
    outbox marks the second one.
    """
    client = AsyncWebClient(
        token=client.token, base_url=client.base_url, session=client.session, timeout=client.timeout, retry_handlers=[]
    )
    works: dict[str, Work] = {
        showing.PICTURE: partial(showing.show, services, client),
        showing.PAPER: partial(showing.hand_over, services, client),
        anew.ANEW: partial(anew.compute, services),
        agreement_facts.TERM: partial(agreement_facts.renewed, services),
        feedback.UNANSWERED: partial(feedback.hand_out, services),
        feeds.CALENDAR: partial(feeds.send, services, client),
        mirrored.LOOK: partial(mirrored.look, services, client),
        personal.DATA: partial(personal.send, services, client),
        **{name: partial(work, services, client) for name, work in breach.WORKS.items()},
        **{name: partial(work, services, client) for name, work in hardware.WORKS.items()},
    }
    gatherings: dict[str, Gathering] = {
        tracking.REMIND: reminders(services, client),
        tracking.DIGEST: Digests(services, client),
    }
    return Deliveries(services.store, client, now, works, gatherings)


async def attempt(call: Awaitable[Any], *, limits: bool = False) -> str:
    """Await a call to Slack; Slack's error code where it refuses, else an empty string. With ``limits``, a request of
    Slack's to wait is raised.
    """
    try:
        await call
    except SlackApiError as error:
        if limits and error.response.status_code == TOO_MANY:
            raise
        return str(error.response.get("error") or f"http_{error.response.status_code}")
    return ""


async def greet(bot: Bot) -> dict[str, Any]:
    """Ask Slack who we are, once, at the start, and not in the first person's request, when Slack may be away."""
    answer = await bot.client.auth_test()
    bot.known(answer)
    return {"team": answer["team"], "user_id": answer["user_id"], "bot_id": answer["bot_id"]}
