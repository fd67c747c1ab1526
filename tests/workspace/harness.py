"""One Bolt app against one workspace, over either transport, and a person's hands on the control API."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession, web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.async_app import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from workspace import Clock, Server, Workspace, serve

Json = dict[str, Any]
SCOPES = [
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "channels:join",
    "channels:manage",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "groups:write",
    "im:history",
    "im:read",
    "im:write",
    "mpim:history",
    "mpim:read",
    "mpim:write",
    "pins:read",
    "pins:write",
    "reactions:read",
    "reactions:write",
    "team:read",
    "usergroups:read",
    "users.profile:read",
    "users:read",
    "users:read.email",
]
EVENTS = [
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "file_shared",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "pin_added",
    "pin_removed",
    "reaction_added",
    "reaction_removed",
    "tokens_revoked",
    "channel_created",
    "channel_rename",
    "channel_archive",
    "channel_left",
]
MANIFEST: Json = {
    "display_information": {"name": "Probe"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "Probe"},
        "agent_view": {"agent_description": "Answers"},
        "user_connections": {"auth_hosts": ["example.com"]},
        "slash_commands": [
            {"command": "/probe", "description": "Try it", "usage_hint": "words"},
            {"command": "/resolve", "description": "Mentions resolved", "should_escape": True},
        ],
        "shortcuts": [
            {"name": "Anywhere", "type": "global", "callback_id": "anywhere", "description": "Global"},
            {"name": "On this", "type": "message", "callback_id": "on_this", "description": "Message"},
        ],
    },
    "oauth_config": {"scopes": {"bot": SCOPES}},
    "settings": {
        "event_subscriptions": {"bot_events": EVENTS},
        "interactivity": {"is_enabled": True},
    },
}


@dataclass(frozen=True)
class Hands:
    """The control API as a person's hands."""

    session: ClientSession
    url: str

    async def post(self, path: str, status: int = 200, **body: Any) -> Json:
        async with self.session.post(f"{self.url}/_control/{path}", json=body) as answer:
            shown: Json = await answer.json()
            assert answer.status == status, shown
            return shown

    async def get(self, path: str, status: int = 200, **query: str) -> Json:
        async with self.session.get(f"{self.url}/_control/{path}", params=query) as answer:
            shown: Json = await answer.json()
            assert answer.status == status, shown
            return shown

    async def seen(self, user: str, channel: str, **query: str) -> list[Json]:
        """The messages this person sees."""
        shown: list[Json] = (await self.get("messages", user=user, channel=channel, **query))["messages"]
        return shown

    async def trees(self, kind: str) -> list[Json]:
        """The inspector's trees of one kind."""
        return [tree for tree in (await self.get("log"))["log"] if tree["kind"] == kind]

    async def type(self, user: str, text: str, channel: str = "C0GENERAL") -> Json:
        """A slash command as typed."""
        command, _, words = text.partition(" ")
        return await self.post("command", user=user, channel=channel, command=command, text=words)


@dataclass(frozen=True)
class Stage:
    """Everything a test needs: workspace, server, hands, the app's own client, and the requests it got."""

    ws: Workspace
    server: Server
    hands: Hands
    client: AsyncWebClient
    requests: list[web.Request]


async def _listen(app: AsyncApp, requests: list[web.Request]) -> tuple[web.AppRunner, str]:
    async def take(request: web.Request) -> web.Response:
        requests.append(request)
        body = await request.text()
        asked = AsyncBoltRequest(body=body, query=request.query_string, headers=dict(request.headers))
        answer = await app.async_dispatch(asked)
        headers = {name: values[0] for name, values in answer.headers.items()}
        return web.Response(status=answer.status, text=answer.body, headers=headers)

    listener = web.Application()
    listener.router.add_post("/slack/events", take)
    runner = web.AppRunner(listener, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"


@asynccontextmanager
async def open_workspace(manifest: Json = MANIFEST) -> AsyncIterator[tuple[Workspace, Server]]:
    """A served workspace without an app."""
    ws = Workspace(manifest=manifest, clock=Clock())
    server = await serve(ws, port=0)
    try:
        yield ws, server
    finally:
        await server.close()


@asynccontextmanager
async def stage(
    transport: str, register: Callable[[AsyncApp], None], manifest: Json = MANIFEST
) -> AsyncIterator[Stage]:
    """A workspace with a Bolt app connected over `http` or `socket`."""
    async with open_workspace(manifest) as (ws, server), ClientSession() as session:
        client = AsyncWebClient(token=ws.bot_token, base_url=server.api_url)
        app = AsyncApp(signing_secret=ws.signing_secret, client=client, process_before_response=True)
        register(app)
        requests: list[web.Request] = []
        hands = Hands(session, server.url)
        if transport == "http":
            runner, ws.request_url = await _listen(app, requests)
            try:
                yield Stage(ws, server, hands, client, requests)
            finally:
                await runner.cleanup()
        else:
            handler = AsyncSocketModeHandler(app, ws.app_token, web_client=AsyncWebClient(base_url=server.api_url))
            await handler.connect_async()
            await ws.wait_for(lambda ws: len(ws.sockets) == 1)
            try:
                yield Stage(ws, server, hands, client, requests)
            finally:
                await handler.close_async()
