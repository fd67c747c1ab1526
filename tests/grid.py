"""Two local workspaces behind one address, as Slack has many: the same people, channels and ids in both, other tokens.

The local workspace is always ``T0LOCAL``. What goes to and from the second one is rewritten on the way, so that it is
``T0OTHER``, and deliveries are signed anew. Which workspace a call is for shows in its token, code or refresh token.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
from aiohttp import web

from bot.desk import new_id
from bot.manifest import manifest
from bot.serving import connected, listening
from bot.settings import from_environment
from bot.teams import Teams
from tests.house import KEY, LOOPBACK, House, Json
from workspace import Clock, Server, Workspace, serve

SECRET = "local-secret"
FIRST, OTHER = "T0LOCAL", "T0OTHER"
MARKS = (b'"%s"', b"%%22%s%%22", b"team_id=%s", b"/%s/")
SIGNED = ("X-Slack-Signature", "X-Slack-Request-Timestamp")


def rewritten(content: bytes, was: str, becomes: str) -> bytes:
    """A body with one workspace's id in the place of another's; not in addresses of response_url, which are opaque."""
    for mark in MARKS[:3]:
        content = content.replace(mark % was.encode(), mark % becomes.encode())
    return content


@dataclass
class Gate:
    """The one address. ``here`` is the workspace that the person who installs is in."""

    servers: dict[str, Server]
    session: aiohttp.ClientSession
    here: str = FIRST
    bot: str = ""
    calls: list[tuple[str, str]] = field(default_factory=list)

    def application(self) -> web.Application:
        app = web.Application(client_max_size=10**7)
        app.add_routes(
            [
                web.route("*", "/api/{method}", self.call),
                web.get("/oauth/v2/authorize", self.consent),
                web.post("/deliver", self.deliver),
            ]
        )
        return app

    async def call(self, request: web.Request) -> web.Response:
        body = await request.read()
        method = request.match_info["method"]
        team = self.whose(request, body)
        self.calls.append((team, method))
        headers = {k: v for k, v in request.headers.items() if k in ("Authorization", "Content-Type")}
        if team == OTHER:
            body = rewritten(body, OTHER, FIRST)
        url = f"{self.servers[team].url}/api/{method}?{request.query_string}"
        async with self.session.request(request.method, url, data=body, headers=headers) as answer:
            content = await answer.read()
            if team == OTHER:
                content = rewritten(content, FIRST, OTHER)
            return web.Response(body=content, status=answer.status, content_type="application/json")

    def whose(self, request: web.Request, body: bytes) -> str:
        form = parse_qs(body.decode(errors="replace")) if b"=" in body[:400] else {}
        given = {value for values in form.values() for value in values} | set(request.query.values())
        given.add(request.headers.get("Authorization", "").removeprefix("Bearer "))
        ws = self.servers[OTHER].workspace
        known = {ws.bot_token, *ws.tokens, *ws.codes, *(token.refresh for token in ws.tokens.values() if token.refresh)}
        return OTHER if given & known else FIRST

    async def consent(self, request: web.Request) -> web.Response:
        raise web.HTTPFound(f"{self.servers[self.here].url}{request.path_qs}")

    async def deliver(self, request: web.Request) -> web.Response:
        body = rewritten(await request.read(), FIRST, OTHER)
        async with self.session.post(
            f"{self.bot}/slack/events", data=body, headers=signed(body, request.headers["Content-Type"])
        ) as answer:
            kind = answer.headers.get("Content-Type", "text/plain").partition(";")[0]
            return web.Response(body=await answer.read(), status=answer.status, content_type=kind)


def signed(body: bytes, kind: str) -> dict[str, str]:
    """Headers as Slack signs a body."""
    stamp = str(int(time.time()))
    signature = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {SIGNED[0]: f"v0={signature}", SIGNED[1]: stamp, "Content-Type": kind}


@dataclass(frozen=True)
class Grid:
    """Both workspaces, and the bot that both may install."""

    gate: Gate
    teams: Teams
    session: aiohttp.ClientSession
    address: str
    clock: Clock
    folder: Path

    def house(self, team: str) -> House:
        """What people do in one of the workspaces; its bot is there once it was installed."""
        bot = self.teams.of(team)
        assert bot is not None, f"nobody installed the app in {team}"
        return House(self.gate.servers[team], bot, self.session, self.address)

    async def begin(self, team: str) -> tuple[str, str]:
        """Somebody in a workspace begins to install and allows it: where Slack leads back to, and the browser's cookie."""
        self.gate.here = team
        async with self.session.get(f"{self.address}/slack/install", allow_redirects=False) as start:
            assert start.status == 302, await start.text()
            consent, cookie = start.headers["Location"], start.headers["Set-Cookie"]
        async with self.session.get(consent, allow_redirects=False) as asked:
            page = asked.headers["Location"]
        async with self.session.get(page, allow_redirects=False) as allowed:
            back = urlsplit(allowed.headers["Location"])
            return f"{self.address}{back.path}?{back.query}", cookie

    async def back(self, address: str, cookie: str = "") -> tuple[int, str]:
        """The browser follows Slack back: status and text of the page."""
        headers = {"Cookie": cookie.partition(";")[0]} if cookie else {}
        async with self.session.get(address, headers=headers, allow_redirects=False) as done:
            return done.status, await done.text()

    async def install(self, team: str) -> House:
        """The app is installed in a workspace."""
        status, text = await self.back(*await self.begin(team))
        assert status == 200, text
        return self.house(team)

    async def settled(self) -> None:
        """After whatever the database of installations said by now was done."""
        await self.teams.settle()


@asynccontextmanager
async def grid(folder: Path, transport: str = "http", *, rotating: bool = False, **more: str) -> AsyncIterator[Grid]:
    """Two workspaces, and a bot that none of them has installed; over Socket Mode the first one's deliveries come so."""
    async with AsyncExitStack() as stack:
        clock = Clock()
        session = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
        servers = {}
        for team, token in ((FIRST, "xoxb-local"), (OTHER, "xoxb-other")):
            spec: Json = manifest("http://127.0.0.1:1")
            spec["settings"]["token_rotation_enabled"] = rotating
            servers[team] = await serve(Workspace(manifest=spec, clock=clock, bot_token=token), host=LOOPBACK, port=0)
            stack.push_async_callback(servers[team].close)
        gate = Gate(servers, session)
        runner = web.AppRunner(gate.application(), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, LOOPBACK, 0).start()
        entry = f"http://{LOOPBACK}:{runner.addresses[0][1]}"
        environment = {
            "SLACK_CLIENT_ID": "local-client-id",
            "SLACK_CLIENT_SECRET": "local-client-secret",
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_URL": f"{entry}/api/",
            "CLAUSEKEEPER_DATABASE": str(folder / "bot.db"),
            "CLAUSEKEEPER_KEY": KEY,
            "CLAUSEKEEPER_URL": "http://127.0.0.1:9",
        }
        teams = Teams(from_environment(environment | more, folder), clock.now, new_id)
        clock.on_move.append(teams.wake)
        await teams.open()
        stack.push_async_callback(teams.close)
        port = await stack.enter_async_context(listening(teams, LOOPBACK, 0))
        gate.bot = address = f"http://{LOOPBACK}:{port}"
        servers[OTHER].workspace.request_url = f"{entry}/deliver"
        servers[FIRST].workspace.request_url = f"{address}/slack/events"
        if transport == "socket":
            servers[FIRST].workspace.request_url = None
            await stack.enter_async_context(connected(teams, "xapp-local"))
            await servers[FIRST].workspace.wait_for(lambda w: len(w.sockets))
        yield Grid(gate, teams, session, address, clock, folder)


def rows(house: House, table: str) -> Any:
    """Every row of a table of a workspace's own database."""
    return house.bot.services.store.run(lambda db: db.execute(f"select * from {table}").fetchall())
