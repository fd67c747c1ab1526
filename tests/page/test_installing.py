"""The page that asks whether the app may be installed."""

from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import web
from playwright.async_api import expect

from tests.page.conftest import Open
from tests.page.test_access import check
from tests.workspace.harness import open_workspace

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_person_allows_or_cancels(look_plain: Open, axe: str) -> None:
    got: list[dict[str, Any]] = []

    async def back(request: web.Request) -> web.Response:
        got.append(dict(request.query))
        return web.Response(text="Back at the app")

    app = web.Application()
    app.router.add_get("/back", back)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    redirect = f"http://127.0.0.1:{runner.addresses[0][1]}/back"
    query = {"client_id": "local-client-id", "redirect_uri": redirect, "state": "<s>", "scope": "commands"}
    try:
        async with open_workspace() as (_, server):
            address = f"{server.url}/oauth/v2/authorize?{urlencode(query)}"
            for theme in ("light", "dark"):
                page = await look_plain(address, color_scheme=theme)
                await expect(page.get_by_role("heading", name="Probe asks for access")).to_be_visible()
                await check(page, axe)
            await page.get_by_label("Act as").select_option(label="Marie Dubois")
            await page.get_by_role("button", name="Allow").click()
            await expect(page.get_by_text("Back at the app")).to_be_visible()
            assert got[0]["state"] == "<s>"
            assert got[0]["code"]
            await page.goto(address)
            await page.get_by_role("button", name="Cancel").click()
            await expect(page.get_by_text("Back at the app")).to_be_visible()
            assert (got[1]["error"], got[1]["state"]) == ("access_denied", "<s>")
    finally:
        await runner.cleanup()
