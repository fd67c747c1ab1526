"""A workspace without an app, for tests of the Web API by the SDK's client and by bare requests."""

from typing import Any

from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from tests.workspace.harness import MANIFEST, Hands, open_workspace
from workspace import Server, Workspace

Json = dict[str, Any]


class Desk:
    """A workspace without an app, the SDK's client, and a bare session."""

    def __init__(self, ws: Workspace, server: Server, session: ClientSession) -> None:
        self.ws, self.server, self.session = ws, server, session
        self.client = AsyncWebClient(token="xoxb-local", base_url=server.api_url)
        self.hands = Hands(session, server.url)

    async def call(self, method: str, **kwargs: Any) -> Json:
        headers = {"Authorization": "Bearer xoxb-local", **kwargs.pop("headers", {})}
        verb = kwargs.pop("verb", "POST")
        url = f"{self.server.api_url}{method}"
        async with self.session.request(verb, url, headers=headers, **kwargs) as answer:
            body: Json = await answer.json()
            return body

    async def refused(self, method: str, **arguments: Any) -> str:
        answer = await self.call(method, data={k: str(v) for k, v in arguments.items()})
        assert answer["ok"] is False, answer
        return str(answer["error"])


class opened:
    """`async with opened() as desk`."""

    def __init__(self, manifest: Json = MANIFEST) -> None:
        self._workspace = open_workspace(manifest)

    async def __aenter__(self) -> Desk:
        ws, server = await self._workspace.__aenter__()
        self._session = ClientSession()
        return Desk(ws, server, self._session)

    async def __aexit__(self, *error: Any) -> None:
        await self._session.close()
        await self._workspace.__aexit__(*error)
