"""How a request from Slack comes to its listener and back: what stands before every listener, and the door behind all."""

from __future__ import annotations

import inspect
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_bolt.listener_matcher.async_builtins import AsyncBuiltinListenerMatcher
from slack_bolt.listener_matcher.async_listener_matcher import AsyncListenerMatcher
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.logs import tell
from bot.metrics import UNVERIFIED, Meter
from handlers import access
from handlers.access import Forbidden, Outside
from handlers.errors import door
from handlers.incoming import Incoming, incoming
from handlers.services import ROLES, Services
from knowledge.refused import Refused
from storage import arrivals

log = logging.getLogger(__name__)
Listener = Callable[..., Awaitable[Any]]
# What a listener of a command may be handed; one that names anything else is left to Bolt.
HANDED = frozenset({"ack", "body", "client", "command", "incoming", "services"})


class App(AsyncApp):
    """Bolt's app, with one log line and one count a request: what it was, who, milliseconds, outcome; never what was said.

    Commands, for which people wait most, go straight to their listener: for each of them Bolt would try all listeners in
    turn, and make a client and all arguments that any listener may name.
    """

    def __init__(self, services: Services, meter: Meter, *, signing_secret: str, **how: Any) -> None:
        super().__init__(signing_secret=signing_secret, **how)
        self._services = services
        self._meter = meter
        self._verifier = SignatureVerifier(signing_secret) if signing_secret else None
        self._commands: dict[str, tuple[Listener, tuple[str, ...]]] = {}
        self.use(Before(services))
        self.error(self._on_error)

    def command(self, command: Any, *more: Any, **how: Any) -> Callable[..., Listener | None]:
        """Bolt's registration of a listener; one of a command without conditions is kept to be found by its name, too."""
        register = super().command(command, *more, **how)

        def keep(listener: Listener) -> Listener | None:
            wanted = tuple(inspect.signature(listener).parameters)
            if isinstance(command, str) and not more and not how and HANDED.issuperset(wanted):
                self._commands.setdefault(command, (listener, wanted))
            return register(listener)

        return keep

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        started = time.perf_counter()
        req.body = whole(req.body)
        self._services.under_way += 1
        try:
            response = await (self._straight(req) or super().async_dispatch(req))
        except BaseException:
            # Not even the person could be told: Slack is away, or the request was given up.
            self._meter.note(UNVERIFIED, "fault", time.perf_counter() - started)
            raise
        finally:
            self._services.under_way -= 1
        came = req.context.get("incoming")
        took = time.perf_counter() - started
        outcome = req.context.get("outcome", "answered" if response.status == 200 else "rejected")
        if came is not None:
            who = {"kind": came.kind, "user": came.user, "ms": round(took * 1000), "outcome": outcome}
            tell(log, "request", who)
        elif outcome == "rejected":
            log.warning("rejected", extra={"status": response.status})
        self._meter.note(came.kind if came else UNVERIFIED, outcome, took)
        return response

    def _straight(self, req: AsyncBoltRequest) -> Awaitable[BoltResponse] | None:
        """The answer of a command's listener; None where it is for Bolt to refuse the request, or to find who it is for."""
        name = req.body.get("command")
        found = self._commands.get(name) if isinstance(name, str) and "type" not in req.body else None
        return self._command(req, *found) if found and self._signed(req) else None

    def _signed(self, req: AsyncBoltRequest) -> bool:
        if req.mode == "socket_mode":
            return True
        stamp, signature = (req.headers.get(f"x-slack-{name}", [""])[0] for name in ("request-timestamp", "signature"))
        try:
            return self._verifier is not None and self._verifier.is_valid(req.raw_body, stamp, signature)
        except (TypeError, ValueError):
            # The time is no number, or the signature not in ASCII: Slack's verifier takes that for a fault of its own.
            return False

    async def _command(self, req: AsyncBoltRequest, listener: Listener, wanted: tuple[str, ...]) -> BoltResponse:
        ack, context, body = Ack(), req.context, req.body
        try:
            if (known := await before(self._services, context, body)) is not None:
                return known
            given = {"ack": ack, "body": body, "client": self.client, "command": body, **context}
            await listener(**{name: given[name] for name in wanted})
        except Exception as error:  # as Bolt does: whatever a listener raises is said to the person at the one door
            respond = AsyncRespond(response_url=body.get("response_url"))
            return await self._on_error(error, body, context, self.client, respond)
        return acknowledgement(ack.reply)

    async def _on_error(
        self, error: Exception, body: dict[str, Any], context: Any, client: AsyncWebClient, respond: Any
    ) -> BoltResponse:
        context["outcome"] = outcome(error)
        if "incoming" not in context:
            # Its signature was not found good, or it is nothing that Slack sends: nobody is told, wherever the body says to.
            log.error("no delivery", exc_info=error)
            return BoltResponse(status=400, body="This is no delivery of Slack's.")
        try:
            return acknowledgement(await door(error, body, context.get("incoming"), client, respond, self._services))
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as untold:
            # Slack is away, or the person is nobody it knows. Slack brings an event again that ends so.
            log.error("nobody could be told: %s", type(untold).__name__)
            return BoltResponse(status=500, body="It failed, and nobody could be told.")

    def quicken(self) -> None:
        """To be called once all listeners are registered: Bolt's own checks are then made without preparing arguments."""
        for listener in self._async_listeners:
            listener.matchers = [
                # Bolt says of its own checks no more than that they can be called.
                Matcher(matcher.func) if type(matcher) is AsyncBuiltinListenerMatcher else matcher  # type: ignore[arg-type]
                for matcher in listener.matchers
            ]


def whole(body: dict[str, Any]) -> dict[str, Any]:
    """A body in which every text can be written down: halves of characters, which JSON can spell, are marked as unreadable."""
    try:
        orjson.dumps(body)
    except TypeError:
        text = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        return dict(json.loads(text))
    return body


@dataclass
class Ack:
    """What a listener says to Slack in answer to the request."""

    reply: Mapping[str, Any] | None = None

    async def __call__(self, **reply: Any) -> None:
        self.reply = reply


def acknowledgement(reply: Mapping[str, Any] | None) -> BoltResponse:
    """A reply as Slack takes it; empty where there is nothing to say."""
    if not reply:
        return BoltResponse(status=200, body="")
    return BoltResponse(
        status=200, body=orjson.dumps(reply).decode(), headers={"content-type": "application/json;charset=utf-8"}
    )


def outcome(error: Exception) -> str:
    """How a request ended that was not answered: ``forbidden`` to that person, ``refused``, or a ``fault`` of ours."""
    return (
        "forbidden" if isinstance(error, Forbidden | Outside) else "refused" if isinstance(error, Refused) else "fault"
    )


async def before(services: Services, context: dict[str, Any], body: Mapping[str, Any]) -> BoltResponse | None:
    """Put what listeners need into the context; a repeated delivery gets the first reply, a forbidden one is refused."""
    context["services"] = services
    context["incoming"] = came = incoming(body)
    if came is None:
        return None
    log.debug("received", extra={"kind": came.kind, "key": came.key})
    reply, given = await services.store.glance(arrivals.known, came.key, came.user)
    if reply is not None:
        context["outcome"] = "repeated"
        return acknowledgement(reply)
    roles = services.holding(came.user, given)
    if came.user:
        access.belong(roles, ours=services.ours(came.team))
    if not access.declared(came):
        return _unknown(came)
    if came.user and (role := access.required(came)) not in roles:
        holders = await services.store.glance(services.holders)
        raise access.Forbidden(role, holders[role] or holders[ROLES[-1]])
    return None


def _unknown(came: Incoming) -> BoltResponse:
    """What no module declares: an event is none of ours, and a button of an earlier version is said to be one."""
    if came.key.startswith("event:"):
        return acknowledgement(None)
    raise Refused("This version of Clausekeeper does not know that any more; ask again, with the command.")


class Before(AsyncMiddleware):
    """``before`` as a middleware of Bolt's own kind, which is called without preparing arguments."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def async_process(
        self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse | None:
        if (known := await before(self._services, req.context, req.body)) is not None:
            return known
        await next()
        return None


class Matcher(AsyncListenerMatcher):
    """Bolt's own check of what a request is, without the arguments that Bolt prepares for checks which people write."""

    def __init__(self, check: Callable[[dict[str, Any]], Awaitable[bool]]) -> None:
        self._check = check

    async def async_matches(self, req: AsyncBoltRequest, resp: BoltResponse) -> bool:
        """Whether a listener is for this request."""
        return await self._check(req.body)
