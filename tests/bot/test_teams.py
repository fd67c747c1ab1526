"""Several workspaces with one bot: installing by OAuth, strict separation, tokens that expire, the app taken out."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.doctor import look_at_installing
from bot.rights import ADDRESSES
from bot.samples import add_samples
from bot.settings import from_environment
from bot.web import application
from knowledge.refused import Refused
from storage import audit, installations, outbox, people
from storage.outbox import Letter
from storage.sealing import Seal
from tests import house as houses
from tests.grid import FIRST, OTHER, SECRET, Grid, grid, rows
from tests.house import KEY
from tests.signing import command, event, headers

pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")  # of the SDK's own client


@pytest.fixture(params=["http", "socket"])
async def both(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Grid]:
    async with grid(tmp_path, request.param) as built:
        yield built


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Grid]:
    async with grid(tmp_path) as built:
        yield built


@pytest.fixture
async def rotating(tmp_path: Path) -> AsyncIterator[Grid]:
    async with grid(tmp_path, rotating=True) as built:
        yield built


async def sent(at: Grid, body: bytes, secret: str = SECRET) -> tuple[int, str]:
    async with at.session.post(
        f"{at.address}/slack/events", data=body, headers=headers(body, secret=secret)
    ) as response:
        return response.status, await response.text()


async def test_installing_leads_to_slack_with_a_state_and_back(two: Grid) -> None:
    async with two.session.get(f"{two.address}/slack/install", allow_redirects=False) as start:
        target = urlsplit(start.headers["Location"])
        query = {name: values[0] for name, values in parse_qs(target.query).items()}
        cookie = start.headers["Set-Cookie"]
        assert start.status == 302
    assert target.path == "/oauth/v2/authorize"
    assert query["client_id"] == "local-client-id"
    assert query["redirect_uri"] == "http://127.0.0.1:9/slack/oauth_redirect"
    assert "commands" in query["scope"].split(",")
    assert len(query["state"]) >= 32
    assert cookie.startswith(f"slack-app-oauth-state={query['state']};")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


async def test_two_workspaces_have_one_bot_and_nothing_in_common(both: Grid) -> None:
    """The same people, ids, numbers and words in both: what is done in one is nowhere in the other."""
    first, other = await both.install(FIRST), await both.install(OTHER)
    assert first.bot.services.store.path != other.bot.services.store.path
    assert await first.bot.services.shelf() is await other.bot.services.shelf()  # texts alone are one and the same
    for house in (first, other):
        # Whoever installed is the first admin, and of that workspace alone.
        await house.said("U0ADMIN", "D0ADMIN", "Clausekeeper is installed")
        services = house.bot.services
        await services.store.run(add_samples, await services.shelf(), services.now(), "sample")
        assert "admin" in await services.roles("U0ADMIN")
        assert "admin" not in await services.roles("U0MARIE")

    await first.command("U0ANNA", "/clause", "7.3")
    await first.command("U0ADMIN", "/clausekeeper", "roles")
    view = (await first.get("views", user="U0ADMIN"))["views"][-1]
    await first.post("submit", user="U0ADMIN", view_id=view["id"], values={"manager": ["U0MARIE"]})
    await first.said("U0MARIE", "D0MARIE", "You are now one of the managers")
    assert "manager" in await first.bot.services.roles("U0MARIE")
    assert "manager" not in await other.bot.services.roles("U0MARIE")
    assert not [m for m in await other.seen("U0MARIE", "D0MARIE") if "managers" in m["text"]]
    assert [row for row in await rows(other, "audit") if row[4] in ("clause", "roles")] == []

    await first.command("U0MARIE", "/clausekeeper", "legal")
    await first.command("U0ADMIN", "/clausekeeper", "legal here", channel="C0LEGAL")
    assert (first.bot.services.legal_channel, other.bot.services.legal_channel) == ("C0LEGAL", "")

    # An answer's id from one workspace opens nothing in the other, though a click there may name it.
    await first.command("U0ANNA", "/deadline", "payment-due from=2026-05-15 agreement=acme")
    message = await first.said("U0ANNA", "C0GENERAL", "2026")
    (id,) = await first.bot.services.store.run(audit.ids, ("deadline",))
    assert id in json.dumps(message)
    assert await other.bot.services.store.run(audit.get, id) is None

    answer = await other.command("U0ANNA", "/clause", "8.1")
    assert "8.1" in answer["text"]
    assert both.gate.calls
    tokens = {(team, method) for team, method in both.gate.calls if method == "chat.postMessage"}
    assert {team for team, _ in tokens} == {FIRST, OTHER}


async def test_a_state_is_good_once_and_in_the_browser_that_began(two: Grid) -> None:
    address, cookie = await two.begin(FIRST)
    elsewhere = (await two.begin(FIRST))[1]
    for wrong in ("", elsewhere, "slack-app-oauth-state=guessed"):
        status, text = await two.back(address, wrong)
        assert (status, "not the browser" in text) == (400, True)
    assert two.teams.bots == ()
    assert (await two.back(address, cookie))[0] == 200
    status, text = await two.back(address, cookie)
    assert (status, "is done already" in text) == (401, True)
    status, text = await two.back(
        f"{two.address}/slack/oauth_redirect?code=x&state=made-up", "slack-app-oauth-state=made-up"
    )
    assert (status, "was not installed" in text) == (401, True)


async def test_a_state_is_good_for_ten_minutes(two: Grid) -> None:
    address, cookie = await two.begin(FIRST)
    two.clock.advance(11 * 60)
    assert (await two.back(address, cookie))[0] == 401
    assert two.teams.bots == ()


async def test_whoever_says_no_gets_a_page_that_says_so(two: Grid) -> None:
    address, cookie = await two.begin(FIRST)
    state = parse_qs(urlsplit(address).query)["state"][0]
    back = f"{two.address}/slack/oauth_redirect?state={state}&error="
    status, text = await two.back(f"{back}access_denied", cookie)
    assert (status, "nothing was installed" in text) == (200, True)
    status, text = await two.back(f"{back}<script>alert(1)</script>", cookie)
    assert "<script>" not in text
    async with two.session.get(f"{back}x") as page:
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert page.headers["Cache-Control"] == "no-store"


async def test_tokens_are_sealed_at_rest(rotating: Grid) -> None:
    house = await rotating.install(FIRST)
    token, given = next(iter(house.workspace.tokens.items()))
    kept = b"".join(path.read_bytes() for path in rotating.folder.rglob("*") if path.is_file())
    assert b"T0LOCAL" in kept
    for secret in (token, given.refresh, "local-client-secret"):
        assert secret.encode() not in kept
    assert "token" not in repr(rotating.teams._installed[FIRST])
    with pytest.raises(Exception, match="none of the keys"):
        await rotating.teams.registry.run(installations.every, Seal(["A" * 43 + "="]))


async def test_tokens_are_renewed_before_they_expire_and_work_goes_on(rotating: Grid) -> None:
    first, other = await rotating.install(FIRST), await rotating.install(OTHER)
    before = {house.bot.client.token for house in (first, other)}
    due = rotating.clock.now() + timedelta(hours=13)
    for house in (first, other):
        place = {"channel": "U0ANNA", "text": "thirteen hours later"}
        await house.bot.services.store.run(outbox.put, Letter("later", "s", due, "chat.postMessage", place))
    rotating.clock.advance(11 * 3_600)
    await rotating.settled()
    renewed = {house.bot.client.token for house in (first, other)}
    assert not before & renewed
    await rotating.settled()
    assert {house.bot.client.token for house in (first, other)} == renewed
    # A leap past the expiry itself: the letter is refused or waits, the token is renewed, the letter is said.
    rotating.clock.advance(20 * 3_600)
    for house in (first, other):
        await house.said("U0ANNA", "D0ANNA", "thirteen hours later")
        assert "7.3" in (await house.command("U0ANNA", "/clause", "7.3"))["text"]
        assert (await house.bot.client.auth_test())["ok"]
    assert not await other.bot.services.store.run(
        lambda db: db.execute("select 1 from outbox where state = 'failed'").fetchall()
    )


async def test_of_two_processes_one_renews_and_the_other_learns_of_it(rotating: Grid) -> None:
    house = await rotating.install(FIRST)
    (one,) = await rotating.teams.registry.run(installations.every, rotating.teams._seal)
    now = rotating.clock.now()
    assert await rotating.teams.registry.run(installations.claim, one, now)
    assert not await rotating.teams.registry.run(installations.claim, one, now)
    fresh = "xoxe.xoxb-1-OFTHEOTHERPROCESS"
    until = now + timedelta(hours=12)
    await rotating.teams.registry.run(installations.renew, rotating.teams._seal, FIRST, fresh, "xoxe-1-X", until)
    await rotating.settled()
    assert house.bot.client.token == fresh
    assert house.bot.app._token == fresh


@pytest.mark.parametrize("transport", ["http", "socket"])
async def test_the_app_taken_out_is_silent_and_loses_nothing(tmp_path: Path, transport: str) -> None:
    async with grid(tmp_path, transport) as both:
        first, other = await both.install(FIRST), await both.install(OTHER)
        services = first.bot.services
        later = services.now() + timedelta(hours=1)
        await services.store.run(
            outbox.put, Letter("owed", "s", later, "chat.postMessage", {"channel": "U0ANNA", "text": "owed before"})
        )
        await first.post("uninstall")
        await first.workspace.settle()
        await both.settled()
        assert both.teams.of(FIRST) is None
        (one,) = [i for i in await both.teams.registry.run(installations.every, both.teams._seal) if i.team == FIRST]
        assert (one.token, one.refresh, one.ended in ("app_uninstalled", "tokens_revoked")) == ("", "", True)
        status, text = await sent(both, command("7.3", "4.4"))
        assert (status, "not installed in this workspace" in text) == (200, True)
        status, text = await sent(both, event({"type": "app_uninstalled"}, "Ev9"))
        assert (status, text) == (200, "")
        both.clock.advance(2 * 3_600)
        assert "8.1" in (await other.command("U0ANNA", "/clause", "8.1"))["text"]
        assert not [m for m in await first.seen("U0ANNA", "D0ANNA") if "owed" in m["text"]]

        again = await both.install(FIRST)
        await again.said("U0ANNA", "D0ANNA", "owed before")
        assert "7.3" in (await again.command("U0ANNA", "/clause", "7.3"))["text"]
        assert await again.bot.services.store.run(audit.broken) is None
        # What Slack tells once more of the time before it was installed again changes nothing.
        stale = event({"type": "app_uninstalled"}, "Ev10").replace(b'"event_time": ', b'"event_time": 1, "now": ')
        assert (await sent(both, stale))[0] == 200
        await both.settled()
        assert both.teams.of(FIRST) is again.bot


async def test_tokens_of_people_that_are_revoked_are_none_of_ours(two: Grid) -> None:
    await two.install(FIRST)
    body = {"type": "tokens_revoked", "tokens": {"oauth": ["U0ANNA"], "bot": []}}
    await sent(two, event(body, "Ev1"))
    await two.settled()
    assert two.teams.of(FIRST)


async def test_a_workspace_that_never_installed_it_gets_nothing_and_leaves_nothing(two: Grid) -> None:
    status, text = await sent(two, command("7.3"))
    assert (status, "not installed" in text, "7.3" in text) == (200, True, False)
    assert (await sent(two, command("7.3"), secret="guessed"))[0] == 401
    assert [path.name for path in two.folder.rglob("*.db")] == ["installations.db"]
    check = json.dumps({"type": "url_verification", "challenge": "abc", "token": "t"}).encode()
    assert await sent(two, check) == (200, "abc")


async def test_whoever_installs_again_is_not_made_an_admin(two: Grid) -> None:
    await two.install(FIRST)
    ws = two.gate.servers[FIRST].workspace
    address, cookie = await two.begin(FIRST)
    code = parse_qs(urlsplit(address).query)["code"][0]
    ws.codes[code] = type(ws.codes[code])(
        ws.codes[code].redirect, "U0ANNA", ws.codes[code].scopes, ws.codes[code].expires
    )
    assert (await two.back(address, cookie))[0] == 200
    bot = two.teams.of(FIRST)
    assert bot is not None
    assert await bot.services.roles("U0ANNA") == {"consultant"}


async def test_health_and_counts_are_those_of_all(two: Grid) -> None:
    async def told(path: str) -> tuple[int, str]:
        async with two.session.get(f"{two.address}{path}") as response:
            return response.status, await response.text()

    status, text = await told("/healthz")
    assert (status, json.loads(text)["workspaces"]) == (200, 0)
    first, other = await two.install(FIRST), await two.install(OTHER)
    due = two.clock.now() + timedelta(hours=1)
    for house in (first, other):
        await house.bot.services.store.run(outbox.put, Letter("k", "s", due, "chat.postMessage", {"channel": "U0ANNA"}))
    assert 'clausekeeper_outbox_letters{state="clock"} 2.0' in (await told("/metrics"))[1]
    status, text = await told("/healthz")
    assert (status, json.loads(text)["workspaces"], json.loads(text)["documents"]) == (200, 2, 2)
    other.bot.deliveries.pause()
    status, text = await told("/healthz")
    assert (status, json.loads(text)["failing"]) == (503, ["installation"])


async def test_a_calendar_is_found_in_its_own_workspace_only(two: Grid) -> None:
    first, other = await two.install(FIRST), await two.install(OTHER)
    token = "token" * 5
    await first.bot.services.store.run(people.open_feed, token, "U0ANNA", two.clock.now())
    assert first.bot.services.address == f"http://127.0.0.1:9/team/{FIRST}"
    assert other.bot.services.address == f"http://127.0.0.1:9/team/{OTHER}"
    found = {}
    for before in (f"/team/{FIRST}", f"/team/{OTHER}", "/team/T0NONE", ""):
        async with two.session.get(f"{two.address}{before}/calendar/{token}.ics") as response:
            found[before] = response.status
    assert found == {f"/team/{FIRST}": 200, f"/team/{OTHER}": 404, "/team/T0NONE": 404, "": 404}


async def test_the_workspace_of_the_settings_token_keeps_its_database(tmp_path: Path) -> None:
    async with grid(tmp_path, SLACK_BOT_TOKEN="xoxb-local", CLAUSEKEEPER_ADMINS="U0MARIE") as both:
        home, other = both.house(FIRST), await both.install(OTHER)
        assert home.bot.services.store.path == tmp_path / "bot.db"
        assert "admin" in await home.bot.services.roles("U0MARIE")
        assert "admin" not in await other.bot.services.roles("U0MARIE")
        assert "7.3" in (await home.command("U0ANNA", "/clause", "7.3"))["text"]
        again = await both.install(FIRST)
        assert again.bot is home.bot
    # From then on the token may go from the settings: the installation names the database.
    async with grid(tmp_path) as later:
        bot = later.teams.of(FIRST)
        assert bot is not None
        assert bot.services.store.path == tmp_path / "bot.db"


def test_an_apps_id_and_secret_go_together(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="SLACK_CLIENT_SECRET is missing"):
        from_environment({"SLACK_CLIENT_ID": "1.2"}, tmp_path)
    with pytest.raises(Refused, match="CLAUSEKEEPER_TEAM names a workspace without a database"):
        from_environment({"CLAUSEKEEPER_TEAM": "T0NONE", "CLAUSEKEEPER_KEY": KEY}, tmp_path)
    with pytest.raises(Refused, match="CLAUSEKEEPER_TEAM should be"):
        from_environment({"CLAUSEKEEPER_TEAM": "../T0"}, tmp_path)


async def test_one_workspaces_broken_database_does_not_touch_the_others(tmp_path: Path) -> None:
    async with grid(tmp_path) as both:
        await both.install(FIRST)
        await both.install(OTHER)
    (tmp_path / "bot.db.teams" / f"{FIRST}.db").write_bytes(b"this is no database" * 1_000)
    async with grid(tmp_path) as both:
        assert (await sent(both, command("7.3")))[0] == 503
        assert "8.1" in (await both.house(OTHER).command("U0ANNA", "/clause", "8.1"))["text"]
        async with both.session.get(f"{both.address}/healthz") as response:
            assert (response.status, (await response.json())["failing"]) == (503, ["database"])


async def test_the_doctor_looks_at_every_workspaces_token(tmp_path: Path) -> None:
    async with grid(tmp_path) as both:
        await both.install(FIRST)
        await both.install(OTHER)
        await both.gate.servers[OTHER].workspace.settle()
        both.gate.servers[OTHER].workspace.installed = False
        settings, session = both.teams._settings, both.session
        found = [finding async for finding in look_at_installing(settings, session)]
        told = {finding.what: finding.well for finding in found}
        assert told[f"{FIRST}: Slack takes its token"]
        assert not told[f"{OTHER}: Slack refuses its token: account_inactive"]
        assert told["installations: 2 workspaces, 0 that took the app out"]
        bare = [finding async for finding in look_at_installing(replace(settings, address=""), session)]
        assert (bare[0].well, "CLAUSEKEEPER_URL is not set" in bare[0].what) == (False, True)


async def test_bolt_does_not_take_the_apps_secret_from_the_environment_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a served process has it; Bolt would then look for installations in files of its own."""
    for name, value in (("SLACK_CLIENT_ID", "local-client-id"), ("SLACK_CLIENT_SECRET", "local-client-secret")):
        monkeypatch.setenv(name, value)
    async with grid(tmp_path) as both:
        house = await both.install(FIRST)
        assert "7.3" in (await house.command("U0ANNA", "/clause", "7.3"))["text"]
    assert os.environ["SLACK_CLIENT_ID"] == "local-client-id"


async def test_every_address_that_is_served_says_who_may_use_it(two: Grid) -> None:
    served = application(two.teams, 1).router.routes()
    told = {
        f"{route.method} {route.resource.canonical}" for route in served if route.resource and route.method != "HEAD"
    }
    assert told == set(ADDRESSES)


@pytest.mark.parametrize("told", [True, False])
async def test_of_a_single_workspace_too_letters_outlive_a_token(tmp_path: Path, *, told: bool) -> None:
    """Whether Slack said that the app was taken out, or only refuses the token: nothing ends as failed, nobody counts as gone."""
    async with houses.house(tmp_path / "bot.db") as home:
        services = home.bot.services
        if told:
            await home.post("uninstall")
            await home.workspace.settle()
        else:
            home.workspace.installed = False
        place = {"channel": "U0ANNA", "text": "owed"}
        await services.store.run(outbox.put, Letter("k", "s", services.now(), "chat.postMessage", place))
        await home.bot.deliveries.round()
        assert await services.store.run(lambda db: db.execute("select state from outbox").fetchall()) == [("waiting",)]
        async with home.session.get(f"{home.address}/healthz") as response:
            assert (response.status, (await response.json())["failing"]) == (503, ["installation"])
        home.workspace.installed = True
        home.bot.bear("xoxb-local")
        await home.said("U0ANNA", "D0ANNA", "owed")
