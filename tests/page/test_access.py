"""Keyboard only, 390 px, and axe in both themes."""

import json
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.house import House
from tests.page.conftest import Open
from tests.page.steps import box, messages, write
from tests.workspace.harness import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def focus_name(page: Page) -> str:
    name: str = await page.evaluate(
        "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"
    )
    return name


async def test_everything_by_keyboard(home: House, look: Open) -> None:
    page = await look(home.server.url)
    keys = page.keyboard
    await expect(box(page)).to_be_focused()
    await keys.type("/cla")
    await expect(page.locator(".pop-up, .completion").get_by_role("option", name="/clause 7.3")).to_have_attribute(
        "aria-selected", "true"
    )
    await keys.press("Tab")
    await expect(box(page)).to_have_value("/clause ")
    await expect(page.locator(".usage")).to_contain_text("7.3")
    await keys.type("7.3")
    await keys.press("Enter")
    await expect(messages(page)).to_have_count(1)
    await keys.press("Shift+Tab")
    await expect(messages(page).last).to_be_focused()
    await keys.press("Enter")
    assert await focus_name(page) == "← 7.2"
    for _ in range(2):
        await keys.press("Tab")
    assert await focus_name(page) == "Share with channel"
    await keys.press("Enter")
    await expect(messages(page)).to_have_count(2)
    await keys.press("Escape")
    await keys.press("ArrowDown")
    await expect(messages(page).last).to_be_focused()
    await keys.press("t")
    await expect(box(page, "Reply…")).to_be_focused()
    await keys.type("Thanks")
    await keys.press("Shift+Enter")
    await keys.type("all")
    await keys.press("Enter")
    await expect(messages(page, "Thread in #general").last.locator(".body")).to_have_text("Thanksall")
    await keys.press("Escape")
    await expect(box(page)).to_be_focused()
    await keys.press("Control+k")
    await keys.type("contr")
    await expect(page.locator(".pop-up, .completion").get_by_role("option", name="#contracts")).to_be_visible()
    await keys.press("Enter")
    await expect(box(page, "Message #contracts")).to_be_focused()
    await keys.press("Alt+ArrowUp")
    await expect(box(page)).to_be_focused()


async def test_a_menu_and_a_dialog_by_keyboard(gallery: Stage, look: Open) -> None:
    page = await look(gallery.server.url)
    await write(page, "/probe blocks")
    more = messages(page).last.get_by_role("button", name="More options")
    await more.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Apple")).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await expect(page.get_by_role("menuitem", name="Cherry")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(more).to_be_focused()
    await messages(page).last.get_by_role("button", name="Danger").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Do it")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("alertdialog")).to_have_count(0)


async def test_the_page_at_390_pixels(home: House, look: Open) -> None:
    page = await look(home.server.url, width=390, height=780)
    await expect(page.get_by_role("navigation", name="Conversations of Anna Peeters")).to_be_hidden()
    await write(page, "/clause 5.2")
    await expect(messages(page).last.get_by_role("table")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await page.get_by_role("button", name="Conversations", exact=True).click()
    await page.get_by_role("button", name="contracts").click()
    await expect(box(page, "Message #contracts")).to_be_visible()
    await write(page, "Narrow", "Message #contracts")
    await messages(page, "Messages in #contracts").last.focus()
    await page.keyboard.press("t")
    await expect(page.get_by_role("region", name="Thread")).to_be_in_viewport(ratio=1)
    await page.get_by_role("button", name="Close Thread").click()
    await expect(box(page, "Message #contracts")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390


async def check(page: Page, axe: str) -> None:
    """No violation of WCAG 2.2 A and AA, nor of axe's best practices."""
    if not await page.evaluate("typeof axe === 'object'"):
        await page.evaluate(axe)
    found: list[Any] = await page.evaluate(
        """async () => (await axe.run()).violations.map(
            (one) => [one.id, one.help, one.nodes.map((node) => [node.html.slice(0, 160), node.failureSummary])])"""
    )
    assert not found, json.dumps(found, indent=1)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
async def test_axe_finds_nothing(gallery: Stage, look: Open, axe: str, theme: Any, width: int) -> None:
    page = await look(gallery.server.url, width=width, color_scheme=theme)
    await check(page, axe)
    await write(page, "Hello @ravi :wave: #contracts")
    await gallery.client.reactions_add(
        channel="C0GENERAL", timestamp=str(await messages(page).last.get_attribute("data-ts")), name="tada"
    )
    await write(page, "/probe words")
    await write(page, "/probe blocks")
    await expect(messages(page).last).to_contain_text("A header")
    await check(page, axe)
    await messages(page).last.focus()
    await page.keyboard.press("t")
    await expect(page.get_by_role("region", name="Thread")).to_be_visible()
    await box(page, "Reply…").fill("@")
    await expect(page.locator(".pop-up, .completion").get_by_role("option").first).to_be_visible()
    await check(page, axe)
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    for words in ("typed", "selects"):
        await write(page, f"/probe {words}")
        await page.get_by_role("dialog").locator("[data-key=submit]").click()
        await expect(page.get_by_role("dialog").get_by_text("Please complete").first).to_be_visible()
        opener = "Fruits" if words == "selects" else "Day"
        await page.get_by_role("combobox", name=opener, exact=True).click()
        await check(page, axe)
        await page.get_by_role("button", name="Close all").click()
        await expect(page.get_by_role("dialog")).to_have_count(0)
    for panel in ("Inspector", "Clock", "Faults", "App and workspace"):
        await page.get_by_role("button", name=panel).click()
        await check(page, axe)
    await page.get_by_role("button", name="Close the workshop").click()


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_side_by_side_and_at_home(gallery: Stage, look: Open, axe: str, theme: Any) -> None:
    page = await look(f"{gallery.server.url}/?as=U0ANNA&beside=U0MARIE", color_scheme=theme)
    anna = page.locator("[data-user=U0ANNA].seat")
    await anna.get_by_role("button", name="Conversations", exact=True).click()
    await check(page, axe)
    await anna.locator(".sidebar").get_by_role("button", name="Probe").click()
    await expect(anna.get_by_role("heading", name="Welcome home")).to_be_visible()
    await check(page, axe)


async def test_the_switch_of_light_and_dark(gallery: Stage, look: Open) -> None:
    page = await look(gallery.server.url, color_scheme="light")
    colour = "getComputedStyle(document.querySelector('.main')).backgroundColor"
    assert await page.evaluate(colour) == "rgb(255, 255, 255)"
    await page.get_by_role("button", name="Light or dark").click()
    assert await page.evaluate(colour) == "rgb(26, 29, 33)"
    await page.reload()
    await page.wait_for_selector("body[data-ready]")
    assert await page.evaluate(colour) == "rgb(26, 29, 33)"
