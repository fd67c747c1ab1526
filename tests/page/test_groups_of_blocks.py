"""Cards, containers, plans, alerts, data tables and charts: shown, working, and without a violation that axe finds."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.page.conftest import Open
from tests.page.gallery import Gallery
from tests.page.steps import messages, write
from tests.page.test_access import check
from tests.workspace.harness import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_what_is_grouped_is_shown_and_works(app: Gallery, gallery: Stage, look: Open) -> None:
    page = await look(gallery.server.url, height=2600)
    await write(page, "/probe groups")
    row = messages(page).last
    await expect(row.get_by_role("article")).to_have_count(5)
    await row.get_by_role("group", name="3 cards side by side").get_by_role("button", name="Take Two").click()
    await expect(row.get_by_text("Held inside")).to_be_hidden()
    await row.get_by_text("A container").click()
    await expect(row.get_by_text("Held inside")).to_be_visible()
    tasks = row.get_by_role("list", name="Tasks of What is done").get_by_role("listitem")
    await expect(tasks.first).to_contain_text("Read the clauseDone")
    await expect(row.get_by_role("link", name="The source")).to_have_attribute("href", "https://example.com/")
    await gallery.ws.wait_for(lambda _: app.actions)
    assert [action["action_id"] for action in app.actions] == ["take_two"]


async def test_a_data_table_is_sorted_paged_and_filtered(app: Gallery, gallery: Stage, look: Open) -> None:
    page = await look(gallery.server.url, height=2600)
    await write(page, "/probe groups")
    table = messages(page).last.get_by_role("table", name="Fees")
    names = table.get_by_role("rowheader")
    await expect(names).to_have_text(["Bert", "Anna"])
    await messages(page).last.get_by_role("button", name="Page after").click()
    await expect(names).to_have_text(["Cleo"])
    await messages(page).last.get_by_role("button", name="Page before").click()
    for shown in (["Cleo", "Bert"], ["Anna", "Bert"], ["Bert", "Anna"]):
        await table.get_by_role("button", name="Fee").click()
        await expect(names).to_have_text(shown)
    await messages(page).last.get_by_role("searchbox", name="Filter Fees").fill("an")
    await expect(names).to_have_text(["Anna"])
    await expect(messages(page).last.get_by_text("Page 1 of 1, 1 row")).to_be_visible()
    await table.get_by_role("button", name="Pay Anna").click()
    await gallery.ws.wait_for(lambda _: app.actions)
    assert [action["action_id"] for action in app.actions] == ["pay_anna"]


async def test_an_account_elsewhere_is_connected_and_left(app: Gallery, gallery: Stage, look: Open) -> None:
    page = await look(gallery.server.url)
    await write(page, "/probe accounts")
    form = page.get_by_role("dialog")
    await expect(form.get_by_text("Connected as anna@example.com · Example Ltd")).to_be_visible()
    connect = form.get_by_role("link", name="Connect Drive")
    await expect(connect).to_have_attribute("href", "https://example.com/connect")
    await expect(form.get_by_role("link", name="Disconnect Post")).to_have_attribute(
        "href", "https://example.com/leave"
    )
    await page.context.route("https://example.com/**", lambda route: route.fulfill(body="There."))
    async with page.expect_popup():
        await connect.click()
    await form.get_by_role("button", name="More options").click()
    await page.get_by_role("menuitem", name="Banana").click()
    await gallery.ws.wait_for(lambda _: len(app.actions) == 2)
    pressed, chosen = app.actions
    assert (pressed["action_id"], pressed["value"]) == ("auth_provider_connect_drive", "drive")
    assert (chosen["action_id"], chosen["selected_option"]["value"]) == ("account", "banana")


async def test_charts_are_drawn_and_told_as_tables(gallery: Stage, look: Open) -> None:
    page = await look(gallery.server.url, height=2600)
    await write(page, "/probe groups")
    chart = messages(page).last.get_by_role("figure", name="Hours a day")
    await expect(chart.locator("svg rect")).to_have_count(6)
    heights = [float(await bar.get_attribute("height") or 0) for bar in await chart.locator("svg rect").all()]
    assert heights[0] > heights[2] > heights[1] > heights[4] > heights[3] == 0
    told = chart.get_by_role("table", name="Hours a day")
    await expect(told.get_by_role("row", name="Tue 6 2")).to_have_count(1)
    pie = messages(page).last.get_by_role("figure", name="Shares")
    await expect(pie.locator("svg path")).to_have_count(2)
    await expect(pie.locator(".legend")).to_have_text("Ours: 60Theirs: 40")


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_in_groups_and_alerts(gallery: Stage, look: Open, axe: str, theme: Any) -> None:
    page = await look(gallery.server.url, height=2600, color_scheme=theme)
    await write(page, "/probe groups")
    await expect(messages(page).last.get_by_text("Hours a day").first).to_be_visible()
    await check(page, axe)
    await write(page, "/probe alerts")
    await expect(page.get_by_role("dialog").get_by_role("note")).to_have_count(5)
    await check(page, axe)
    await page.get_by_role("button", name="Close all").click()
    await write(page, "/probe accounts")
    await expect(page.get_by_role("dialog").get_by_text("Where the contracts lie")).to_be_visible()
    await check(page, axe)


async def test_what_rich_text_points_at_is_named(gallery: Stage, look: Open) -> None:
    page = await look(gallery.server.url)
    await write(page, "/probe blocks")
    text = messages(page).last.locator("[data-block=rich]")
    for words in ("@Local workspace", "Yellow", "[1]", "Terms.pdf", "Plan", "@Marie", "Row 3", "Run it", "Amount"):
        await expect(text).to_contain_text(words)
    for name in ("Source", "Terms.pdf", "Ticket 7", "An attachment"):
        await expect(text.get_by_role("link", name=name)).to_have_attribute("href", "https://example.com/")
    await expect(messages(page).last.get_by_role("button", name="For Ravi")).to_have_count(0)
    said = text.get_by_role("link", name="what Ravi said")
    await expect(said).to_have_attribute("href", "/archives/C0CONTRACTS/p1764590400000100")
    await said.click()
    await expect(page.get_by_role("heading", name="contracts").first).to_be_visible()
