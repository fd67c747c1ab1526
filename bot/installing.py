"""Installing by OAuth, with Bolt's own flow: a state that is good once, for ten minutes, in the browser that began.

https://docs.slack.dev/authentication/installing-with-oauth
"""

from __future__ import annotations

import hashlib
import secrets
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from html import escape
from logging import Logger, getLogger
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web
from slack_bolt import BoltResponse
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.oauth import OAuthStateUtils
from slack_sdk.oauth.installation_store import Installation as Granted
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from bot.manifest import scopes
from bot.settings import Settings
from knowledge.refused import Refused
from storage import installations
from storage.installations import Installation
from storage.store import Store

INSTALL, BACK = "/slack/install", "/slack/oauth_redirect"
GOOD = timedelta(minutes=10)
STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:4rem auto;padding:0 1rem;color-scheme:light dark}"
)
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
    f" style-src 'sha256-{b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
WHY = {
    "access_denied": "It was not allowed in Slack, so nothing was installed.",
    "invalid_browser": "This is not the browser in which installing was begun, or it keeps no cookies.",
    "invalid_state": "Installing was begun more than ten minutes ago, or is done already.",
    "missing_code": "Slack gave no code to install with.",
    "invalid_code": "Slack did not take its own code any more, or could not be asked.",
}


class Cookie(OAuthStateUtils):
    """The state in the browser: for our own pages, and sent along when Slack leads back."""

    def __init__(self, address: str) -> None:
        super().__init__(expiration_seconds=int(GOOD.total_seconds()))
        # Over plain HTTP, which is loopback, some browsers would not keep what is for HTTPS alone.
        self._how = f"{'' if address.startswith('http://') else 'Secure; '}HttpOnly; SameSite=Lax; Path=/slack"

    def build_set_cookie_for_new_state(self, state: str) -> str:
        return f"{self.cookie_name}={state}; {self._how}; Max-Age={self.expiration_seconds}"

    def build_set_cookie_for_deletion(self) -> str:
        return f"{self.cookie_name}=; {self._how}; Max-Age=0"


class States(AsyncOAuthStateStore):
    """States in the database of installations, so that either of two overlapping processes may be led back to."""

    def __init__(self, registry: Store, now: Callable[[], datetime]) -> None:
        self._registry = registry
        self._now = now

    @property
    def logger(self) -> Logger:
        return getLogger(__name__)

    async def async_issue(self, *_: object, **__: object) -> str:
        state = secrets.token_urlsafe(32)
        await self._registry.run(installations.begin, state, self._now(), GOOD)
        return state

    async def async_consume(self, state: str) -> bool:
        return await self._registry.run(installations.consume, state, self._now())


class Granting(AsyncInstallationStore):
    """Hands what Slack granted on to whoever keeps it."""

    def __init__(self, now: Callable[[], datetime], keep: Callable[[Installation], Awaitable[None]]) -> None:
        self._now = now
        self._keep = keep

    @property
    def logger(self) -> Logger:
        return getLogger(__name__)

    async def async_save(self, installation: Granted) -> None:
        """Keep it; BoltError with words for the person where it is of a kind that is not taken."""
        given = installation
        # Slack says when something happened in whole seconds; what is taken out in the same one is out.
        at = self._now().replace(microsecond=0)
        token, refresh, ends = given.bot_token or "", given.bot_refresh_token or "", given.bot_token_expires_at
        expires = at + timedelta(seconds=ends - int(time.time())) if ends else None
        new = Installation(
            "" if given.is_enterprise_install else given.team_id or "",
            given.team_name or "",
            given.bot_user_id or "",
            given.bot_id or "",
            ",".join(given.bot_scopes or ()),
            given.user_id,
            at,
            token,
            refresh,
            expires,
        )
        try:
            await self._keep(new)
        except Refused as refused:
            raise BoltError(str(refused)) from refused


class Installing:
    """The two pages: one leads to Slack, one takes what comes back from there."""

    def __init__(
        self,
        settings: Settings,
        client: AsyncWebClient,
        registry: Store,
        now: Callable[[], datetime],
        keep: Callable[[Installation], Awaitable[None]],
    ) -> None:
        address = _address(settings)
        self._flow = AsyncOAuthFlow(
            client=client,
            logger=getLogger("slack_bolt.oauth"),
            settings=AsyncOAuthSettings(
                client_id=settings.client_id,
                client_secret=settings.client_secret,
                scopes=list(scopes()),
                redirect_uri=f"{address}{BACK}" if address else None,
                authorization_url=_consent(settings),
                install_page_rendering_enabled=False,
                installation_store=Granting(now, keep),
                state_store=States(registry, now),
                state_expiration_seconds=int(GOOD.total_seconds()),
                callback_options=AsyncCallbackOptions(_done, _failed),
            ),
        )
        self._flow.settings.state_utils = Cookie(address)

    @property
    def routes(self) -> Sequence[web.RouteDef]:
        """What is served for it."""
        return (web.get(INSTALL, self._begin), web.get(BACK, self._back))

    async def _begin(self, request: web.Request) -> web.StreamResponse:
        return _answer(await self._flow.handle_installation(_asked(request)))

    async def _back(self, request: web.Request) -> web.StreamResponse:
        try:
            return _answer(await self._flow.handle_callback(_asked(request)))
        except (aiohttp.ClientError, TimeoutError):
            return _answer(_page(503, "Slack cannot be reached", "Nothing was installed; try again in a minute."))


def _address(settings: Settings) -> str:
    """Where Slack leads back to: our public address, or, with another server in the place of Slack, this machine's.

    Empty where Slack itself knows it from the app's manifest.
    """
    slack = (urlsplit(settings.api_url).hostname or "").endswith("slack.com")
    return settings.address or ("" if slack else f"http://{settings.host}:{settings.port}")


def _consent(settings: Settings) -> str:
    """The page of Slack (or of the server in its place) that asks the person."""
    return f"{settings.api_url.removesuffix('/').removesuffix('/api')}/oauth/v2/authorize"


def _asked(request: web.Request) -> AsyncBoltRequest:
    headers: dict[str, str | Sequence[str]] = dict(request.headers)
    return AsyncBoltRequest(body="", query=request.query_string, headers=headers)


def _answer(given: BoltResponse) -> web.Response:
    """Bolt's answer to aiohttp, to the letter: Bolt's own adapter would drop SameSite and make every cookie ``Secure``."""
    response = web.Response(status=given.status, body=(given.body or "").encode(), headers=HEADERS)
    for name, values in given.headers.items():
        if name.lower() != "content-length":
            response.headers.pop(name, None)
            for value in values:
                response.headers.add(name, value)
    return response


async def _done(args: AsyncSuccessArgs) -> BoltResponse:
    name = args.installation.team_name or "the workspace"
    response = _page(200, f"Clausekeeper is installed in {name}", "You can close this page and ask in Slack.")
    response.headers["set-cookie"] = [args.settings.state_utils.build_set_cookie_for_deletion()]
    return response


async def _failed(args: AsyncFailureArgs) -> BoltResponse:
    words = str(args.error) if args.error else WHY.get(args.reason, "Slack said that it did not work.")
    return _page(args.suggested_status_code, "Clausekeeper was not installed", f"{words} Begin again at {INSTALL}.")


def _page(status: int, title: str, words: str) -> BoltResponse:
    body = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>'
        f"<body><main><h1>{escape(title)}</h1><p>{escape(words)}</p></main></body></html>"
    )
    return BoltResponse(status=status, body=body, headers={"Content-Type": "text/html; charset=utf-8"})
