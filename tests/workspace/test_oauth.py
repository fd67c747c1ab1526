"""Installing by OAuth, and tokens that expire: by bare requests, and by Bolt's own flow."""

import socket
from base64 import b64encode
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import ClientSession, DummyCookieJar, web
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.oauth.installation_store import FileInstallationStore
from slack_sdk.oauth.state_store import FileOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from tests.workspace.desk import Desk, opened
from tests.workspace.harness import MANIFEST, Hands, open_workspace

Json = dict[str, Any]
BACK = "http://127.0.0.1:9/back?x=1"
QUERY = {"client_id": "local-client-id", "redirect_uri": BACK, "state": "s t&a", "scope": "commands,chat:write"}
CLIENT = {"client_id": "local-client-id", "client_secret": "local-client-secret"}
ROTATING: Json = {**MANIFEST, "settings": {**MANIFEST["settings"], "token_rotation_enabled": True}}
ACCESS = "oauth.v2.access"


async def authorise(desk: Desk, verb: str = "GET", **given: Any) -> tuple[int, Json, str]:
    """The status, the query of the address led back to, and the text of a page."""
    url = f"{desk.server.url}/oauth/v2/authorize"
    async with desk.session.request(verb, url, allow_redirects=False, **given) as answer:
        target = urlsplit(answer.headers.get("Location", ""))
        query = {name: values[0] for name, values in parse_qs(target.query).items()}
        return answer.status, query, await answer.text()


async def code(desk: Desk, **more: str) -> str:
    return str((await authorise(desk, params={**QUERY, **more}))[1]["code"])


async def test_a_code_is_good_once() -> None:
    async with opened() as desk:
        status, query, _ = await authorise(desk, params=QUERY)
        assert status == 302
        assert (query["state"], query["x"]) == ("s t&a", "1")
        given = {**CLIENT, "code": query["code"], "redirect_uri": BACK}
        assert await desk.refused(ACCESS, **(given | {"client_id": "x"})) == "invalid_client_id"
        assert await desk.refused(ACCESS, **(given | {"client_secret": "x"})) == "bad_client_secret"
        # The SDKs send id and secret as basic authentication.
        basic = b64encode(b"local-client-id:local-client-secret").decode()
        sent = {"code": query["code"], "redirect_uri": BACK}
        answer = await desk.call(ACCESS, data=sent, headers={"Authorization": f"Basic {basic}"})
        assert (answer["access_token"], answer["bot_user_id"]) == ("xoxb-local", "U0BOT")
        assert (answer["scope"], answer["authed_user"]) == ("commands,chat:write", {"id": "U0ADMIN"})
        assert "refresh_token" not in answer
        assert await desk.refused(ACCESS, **given) == "invalid_code"


async def test_codes_end_and_addresses_must_match() -> None:
    async with opened() as desk:
        late = await code(desk)
        await desk.hands.post("clock", advance=601)
        assert await desk.refused(ACCESS, **CLIENT, code=late, redirect_uri=BACK) == "invalid_code"
        other = await code(desk)
        assert await desk.refused(ACCESS, **CLIENT, code=other, redirect_uri="http://x.example/") == "bad_redirect_uri"
        assert await desk.refused(ACCESS, **CLIENT, code=await code(desk)) == "bad_redirect_uri"
        assert await desk.refused(ACCESS, **CLIENT, grant_type="password") == "invalid_grant_type"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({**QUERY, "client_id": "x"}, "invalid_client_id"),
        ({"client_id": "local-client-id"}, "redirect_uri"),
        ({**QUERY, "redirect_uri": "javascript:alert(1)"}, "redirect_uri"),
        ({**QUERY, "scope": "admin"}, "invalid_scope"),
        ({**QUERY, "client_id": "<script>"}, "invalid_client_id"),
    ],
)
async def test_addresses_that_do_not_fit_get_slacks_page(query: Json, said: str) -> None:
    async with opened() as desk:
        status, back, text = await authorise(desk, params=query)
        assert (status, back) == (400, {})
        assert said in text
        assert "<script>" not in text


async def test_configured_addresses_are_the_only_ones() -> None:
    manifest = {**MANIFEST, "oauth_config": {**MANIFEST["oauth_config"], "redirect_urls": ["https://a.example/in"]}}
    async with opened(manifest) as desk:
        for address, status in (
            ("https://a.example/in", 302),
            ("https://a.example/in/deeper?x=1", 302),
            ("https://a.example/inside", 400),
            ("https://a.example.evil.example/in", 400),
            ("http://a.example/in", 400),
        ):
            assert (await authorise(desk, params={**QUERY, "redirect_uri": address}))[0] == status, address
        left_out = {name: value for name, value in QUERY.items() if name != "redirect_uri"}
        status, query, _ = await authorise(desk, params=left_out)
        assert status == 302
        assert (await desk.call(ACCESS, data={**CLIENT, "code": query["code"]}))["ok"] is True


async def test_a_person_is_asked_and_may_say_no() -> None:
    async with opened() as desk:
        html = {"Accept": "text/html,*/*;q=0.8"}
        status, _, text = await authorise(desk, params=QUERY, headers=html)
        assert status == 200
        assert "Probe asks for access" in text
        assert 'value="s t&amp;a"' in text
        status, back, _ = await authorise(desk, "POST", data={**QUERY, "answer": "deny", "user": "U0ANNA"})
        assert (status, back) == (302, {"x": "1", "error": "access_denied", "state": "s t&a"})
        _, back, _ = await authorise(desk, "POST", data={**QUERY, "answer": "allow", "user": "U0MARIE"})
        answer = await desk.call(ACCESS, data={**CLIENT, "code": back["code"], "redirect_uri": BACK})
        assert answer["authed_user"] == {"id": "U0MARIE"}
        for given in ({"answer": "allow", "user": "U0BOT"}, {"answer": "allow", "client_id": "x"}):
            assert (await authorise(desk, "POST", data={**QUERY, **given}))[0] == 400
        foreign = {"Origin": "https://evil.example"}
        yes = {**QUERY, "answer": "allow", "user": "U0ADMIN"}
        assert (await authorise(desk, "POST", data=yes, headers=foreign))[0] == 403


async def test_tokens_that_expire() -> None:
    async with opened(ROTATING) as desk:
        first = await desk.call(ACCESS, data={**CLIENT, "code": await code(desk), "redirect_uri": BACK})
        assert first["access_token"].startswith("xoxe.xoxb-1-")
        assert first["expires_in"] == 43_200

        async def works(token: str) -> str:
            answer = await desk.call("auth.test", headers={"Authorization": f"Bearer {token}"})
            return "ok" if answer["ok"] else str(answer["error"])

        assert await works(first["access_token"]) == "ok"
        await desk.hands.post("clock", advance=40_000)
        refresh = {**CLIENT, "grant_type": "refresh_token"}
        second = await desk.call(ACCESS, data={**refresh, "refresh_token": first["refresh_token"]})
        assert second["refresh_token"] != first["refresh_token"]
        assert [await works(one["access_token"]) for one in (first, second)] == ["ok", "ok"]
        spent = await desk.refused(ACCESS, **refresh, refresh_token=first["refresh_token"])
        assert spent == "invalid_refresh_token"
        await desk.hands.post("clock", advance=4_000)
        assert [await works(one["access_token"]) for one in (first, second)] == ["token_expired", "ok"]
        await desk.hands.post("uninstall")
        assert await works(second["access_token"]) == "account_inactive"
        assert await desk.refused(ACCESS, **refresh, refresh_token=second["refresh_token"]) == "invalid_refresh_token"
        fresh = await desk.call(ACCESS, data={**CLIENT, "code": await code(desk), "redirect_uri": BACK})
        assert [await works(one["access_token"]) for one in (second, fresh)] == ["invalid_auth", "ok"]
        shown = str((await desk.hands.get("log"))["log"])
        assert "local-client-secret" not in shown


async def test_the_lasting_token_is_exchanged_once() -> None:
    async with opened() as desk:
        lasting = {**CLIENT, "token": "xoxb-local"}
        assert await desk.refused("oauth.v2.exchange", **lasting) == "token_rotation_not_enabled"
    async with opened(ROTATING) as desk:
        assert await desk.refused("oauth.v2.exchange", **{**lasting, "token": "xoxb-x"}) == "invalid_token"
        answer = await desk.call("oauth.v2.exchange", data=lasting)
        assert {"access_token", "refresh_token", "expires_in"} <= set(answer)
        assert await desk.refused("oauth.v2.exchange", **lasting) == "token_already_exchanged"


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")  # of the SDK's own client
async def test_bolts_own_flow(tmp_path: Path) -> None:
    async with open_workspace(ROTATING) as (ws, server):
        listening = socket.create_server(("127.0.0.1", 0))
        mine = f"http://127.0.0.1:{listening.getsockname()[1]}"
        store = FileInstallationStore(base_dir=str(tmp_path / "installations"))
        app = AsyncApp(
            signing_secret=ws.signing_secret,
            client=AsyncWebClient(base_url=server.api_url),
            process_before_response=True,
            oauth_settings=AsyncOAuthSettings(
                client_id=CLIENT["client_id"],
                client_secret=CLIENT["client_secret"],
                scopes=["commands", "chat:write"],
                redirect_uri=f"{mine}/slack/oauth_redirect",
                authorization_url=f"{server.url}/oauth/v2/authorize",
                install_page_rendering_enabled=False,
                installation_store=store,
                state_store=FileOAuthStateStore(expiration_seconds=60, base_dir=str(tmp_path / "states")),
                token_rotation_expiration_minutes=24 * 60,  # so that the first request refreshes
            ),
        )
        # Bolt gives its token rotator a client of its own, which knows slack.com only.
        app.oauth_flow.settings.authorize.token_rotator.client = AsyncWebClient(base_url=server.api_url)
        used: list[str] = []

        @app.command("/probe")
        async def probe(ack: Any, client: AsyncWebClient) -> None:
            used.append(str(client.token))
            assert (await client.auth_test())["ok"]
            await ack("here")

        runner = web.AppRunner(app.web_app(path="/slack/events"), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.SockSite(runner, listening).start()
        try:
            async with ClientSession(cookie_jar=DummyCookieJar()) as session:
                async with session.get(f"{mine}/slack/install", allow_redirects=False) as start:
                    consent = start.headers["Location"]
                    cookie = start.headers["Set-Cookie"].split(";")[0]
                async with session.get(consent, allow_redirects=False) as said:
                    target = said.headers["Location"]
                async with session.get(target) as forged:
                    assert forged.status == 400  # the state does not belong to this browser
                assert ws.codes
                async with session.get(target, headers={"Cookie": cookie}) as done:
                    assert done.status == 200, await done.text()
                first = store.find_bot(enterprise_id=None, team_id="T0LOCAL")
                assert first.bot_token in ws.tokens
                ws.request_url = f"{mine}/slack/events"
                answer = await Hands(session, server.url).type("U0ANNA", "/probe")
                assert answer["ack"] == {"text": "here"}
                second = store.find_bot(enterprise_id=None, team_id="T0LOCAL")
                assert used == [second.bot_token]
                assert second.bot_token != first.bot_token
        finally:
            await runner.cleanup()
