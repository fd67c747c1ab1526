"""Several workspaces: one bot and one database for each that installed the app, tokens that are renewed before they expire."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt import BoltResponse
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from sqlite_utils import Database

from bot import app as bots
from bot.app import Bot, Common
from bot.installing import Installing
from bot.keys import need_seal
from bot.settings import TEAM, Settings
from handlers.services import Services
from knowledge.refused import Refused
from storage import installations, outbox, roles
from storage.installations import REGISTRY, Installation
from storage.outbox import Letter
from storage.store import Store

log = logging.getLogger(__name__)

# Tokens live twelve hours; two are good at a time (https://docs.slack.dev/authentication/using-token-rotation).
BEFORE_EXPIRY = timedelta(hours=2)
# Another process of ours may have installed, renewed or ended; look at least this often.
LOOK_AGAIN_SECONDS = 30.0
WELCOME = (
    "Clausekeeper is installed. You are its first admin: `/clausekeeper roles` names responders, managers and admins, and"
    " `/clausekeeper legal here`, typed in a channel, says where questions are handed to people. Ask me anything here."
)


class Teams:
    """The bots of all workspaces that installed the app. What the database of installations says is what is so:
    ``settle`` brings the bots in line with it, whoever changed it.
    """

    def __init__(self, settings: Settings, now: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._settings = settings
        self._now = now
        self._new_id = new_id
        self._seal = need_seal(settings)
        self.common = Common.made(now)
        self.client = AsyncWebClient(base_url=settings.api_url, session=self.common.session)
        self.metrics_token = settings.metrics_token
        self.registry = Store(settings.registry, REGISTRY)
        installing = Installing(settings, self.client, self.registry, now, self.install)
        self.routes: Sequence[web.RouteDef] = installing.routes
        self._verifier = SignatureVerifier(settings.signing_secret)
        self._bots: dict[str, Bot] = {}
        self._installed: dict[str, Installation] = {}
        self.unopened: set[str] = set()
        self._one_at_a_time = asyncio.Lock()
        self._look = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def database(self) -> Path:
        """The database of installations."""
        return self.registry.path

    @property
    def bots(self) -> Sequence[Bot]:
        """The bots of the workspaces that have the app."""
        return tuple(self._bots.values())

    def of(self, team: str) -> Bot | None:
        """The bot of a workspace; empty for the one of the settings' token."""
        if team:
            return self._bots.get(team)
        return next((self._bots[t] for t, found in self._installed.items() if found.home and t in self._bots), None)

    async def open(self) -> None:
        """Open every workspace's database, and start delivering what is owed in each."""
        self._settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        await self.registry.open()
        await self._take_in_own()
        await self.settle()
        self._task = asyncio.create_task(self._run(), name="installations")

    def warm(self) -> None:
        """Load what a first computation needs, which is the same for all workspaces, and the incidents of each."""
        for bot in self.bots[:1]:
            bot.warm()
        for bot in self.bots[1:]:
            bot.services.incidents.begin()

    def wake(self) -> None:
        """Look at once: the clock was moved, or Slack did not take a token."""
        self._look.set()
        for bot in self.bots:
            bot.deliveries.wake()

    async def close(self) -> None:
        """Close every workspace's bot, and what they share."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await asyncio.gather(*(bot.close() for bot in self.bots), *self._closing)
        await self.registry.close()
        await self.common.session.close()

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """The answer of the workspace's bot that a request is for; of a signed one for none, that the app is not installed."""
        if req.mode != "socket_mode" and not self._settings.signing_secret:
            return BoltResponse(status=401, body="Requests are taken over Socket Mode.")
        team = req.context.team_id or ""
        installed = self._installed.get(team)
        if self._bots.get(team) is None or (installed and installed.expires and installed.expires <= self._now()):
            # Before anything is looked up for somebody, it is Slack who asks.
            if not self._signed(req):
                return BoltResponse(status=401, body="This is not signed by Slack.")
            await self.settle()
        if bot := self._bots.get(team):
            return await bot.async_dispatch(req)
        if team in self.unopened:
            return BoltResponse(status=503, body="The database of this workspace cannot be opened.")
        return _nobody(req.body)

    def _signed(self, req: AsyncBoltRequest) -> bool:
        if req.mode == "socket_mode":
            return True
        stamp, signature = (req.headers.get(f"x-slack-{n}", [""])[0] for n in ("request-timestamp", "signature"))
        return self._verifier.is_valid(req.raw_body, stamp, signature)

    async def install(self, new: Installation) -> None:
        """Keep a new installation, name whoever made it the first admin, and start its bot. Refused for an id of another kind."""
        if not TEAM.fullmatch(new.team):
            raise Refused("Clausekeeper is installed in one workspace at a time, not in a whole organisation.")
        await self.registry.run(installations.put, self._seal, new)
        await self.settle()
        bot = self._bots.get(new.team)
        if bot is None:
            raise Refused("The database of this workspace cannot be opened; whoever runs Clausekeeper finds out why.")
        await bot.services.store.run(_welcome, bot.services, new)
        bot.services.wake()
        log.info("installed", extra={"team": new.team})

    async def settle(self) -> None:
        """Bring the bots in line with the database of installations: start, stop, hand over tokens, renew them."""
        async with self._one_at_a_time:
            await self._renew()
            found = {one.team: one for one in await self.registry.run(installations.every, self._seal)}
            for team, bot in list(self._bots.items()):
                if team not in found or found[team].ended:
                    del self._bots[team]
                    self._closing.add(asyncio.create_task(_close(bot)))
            for one in found.values():
                if not one.ended:
                    await self._start(one)
            self._installed = found
            self.unopened &= {team for team, one in found.items() if not one.ended}

    async def _start(self, one: Installation) -> None:
        """A bot for an installation, or the installation's token for its bot."""
        bot, before = self._bots.get(one.team), self._installed.get(one.team)
        if bot is not None:
            if before is None or (before.token, before.at) != (one.token, one.at):
                bot.bear(one.token)
            return
        settings = self._settings if one.home else self._settings.of(one.team)
        bot = bots.build(replace(settings, bot_token=one.token), self._now, self._new_id, self.common)
        bot.known(_who(one, bot.client))

        async def ended(why: str, at: datetime) -> None:
            await self.registry.run(installations.end, one.team, why, at)
            self._look.set()

        bot.services.ended = ended
        bot.deliveries.disowned = self._look.set
        try:
            await bot.open()
        except (sqlite3.Error, Refused) as error:
            # One workspace's broken database is no reason to leave the others without their bot.
            log.error("a workspace's database cannot be opened", exc_info=error, extra={"team": one.team})
            self.unopened.add(one.team)
            await bot.close()
            return
        self.unopened.discard(one.team)
        self._bots[one.team] = bot

    async def _renew(self) -> None:
        """Exchange tokens that expire soon, each by one process."""
        now = self._now()
        for one in await self.registry.run(installations.every, self._seal):
            due = one.expires is not None and one.expires - now < BEFORE_EXPIRY
            if due and await self.registry.run(installations.claim, one, now):
                await self._exchange(one)

    async def _exchange(self, one: Installation) -> None:
        try:
            answer = await self.client.oauth_v2_access(
                client_id=self._settings.client_id,
                client_secret=self._settings.client_secret,
                grant_type="refresh_token",
                refresh_token=one.refresh,
            )
        except SlackApiError as error:
            # The letters wait, and /healthz says so, until the app is installed again.
            log.error("a token was not renewed: %s", error.response["error"], extra={"team": one.team})
            return
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("a token is not renewed yet: %s", type(error).__name__, extra={"team": one.team})
            return
        expires = self._now() + timedelta(seconds=int(answer["expires_in"]))
        await self.registry.run(
            installations.renew, self._seal, one.team, answer["access_token"], answer["refresh_token"], expires
        )

    async def _take_in_own(self) -> None:
        """The workspace of the settings' token is one among the others; what it has been renewed to prevails over that."""
        token = self._settings.bot_token
        if not token:
            return
        who = await self.client.auth_test(token=token)
        team = str(who["team_id"])
        known = await self.registry.run(installations.get, self._seal, team)
        if known is None or known.ended or not known.expires:
            at = self._now().replace(microsecond=0)
            own = Installation(team, who["team"], who["user_id"], who["bot_id"], "", "", at, token, home=True)
            await self.registry.run(installations.put, self._seal, own)

    async def _run(self) -> None:
        while True:
            self._look.clear()
            try:
                await self.settle()
            except Exception:
                # The loop outlives any fault; what is installed is looked at again.
                log.exception("looking at installations failed")
            try:
                await asyncio.wait_for(self._look.wait(), LOOK_AGAIN_SECONDS)
            except TimeoutError:
                continue


def _who(one: Installation, client: AsyncWebClient) -> AsyncSlackResponse:
    """What Slack would answer if it were asked who we are in a workspace: it said so when the app was installed."""
    told = {"ok": True, "team_id": one.team, "team": one.name, "user_id": one.bot_user, "bot_id": one.bot_id}
    return AsyncSlackResponse(
        client=client, http_verb="POST", api_url="auth.test", req_args={}, data=told, headers={}, status_code=200
    )


async def _close(bot: Bot) -> None:
    """Close a bot; a request under way may be the very one that said so, and is answered first."""
    await bot.services.calm()
    await bot.close()


def _welcome(db: Database, services: Services, new: Installation) -> None:
    """Whoever installs the app where there is no admin yet is the first one: later ones are named by admins alone."""
    if not new.installer or roles.holders(db, "admin"):
        return
    now = services.now()
    roles.give(db, new.installer, "admin", "installation", now)
    arguments = {"channel": new.installer, "text": WELCOME}
    outbox.put(db, Letter(f"welcome:{new.at.isoformat()}", "welcome", now, "chat.postMessage", arguments))


def _nobody(body: dict[str, Any]) -> BoltResponse:
    """What a request is answered for whose workspace nobody installed the app in, or took it out."""
    if body.get("type") == "url_verification":
        return BoltResponse(status=200, body=str(body.get("challenge", "")))
    if "command" not in body:
        return BoltResponse(status=200, body="")
    text = "Clausekeeper is not installed in this workspace any more; whoever manages apps here can install it again."
    reply = json.dumps({"response_type": "ephemeral", "text": text})
    return BoltResponse(status=200, body=reply, headers={"content-type": "application/json"})
