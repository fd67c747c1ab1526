"""Home, the clock moved, a fault shown, the inspector's tree."""

import pytest
from playwright.async_api import expect

from tests.page.conftest import Open
from tests.page.gallery import Gallery
from tests.page.steps import go, messages, write
from tests.workspace.harness import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_home_that_the_app_publishes_is_shown_and_changes(app: Gallery, gallery: Stage, look: Open) -> None:
    page = await look(gallery.server.url)
    await go(page, "Probe")
    home = page.get_by_role("region", name="Home of Probe")
    await expect(home.get_by_role("heading", name="Welcome home")).to_be_visible()
    await home.get_by_role("button", name="Press").click()
    await expect(home).to_contain_text("Pressed 1 times")
    await expect(home.get_by_role("button", name="Press")).to_be_focused()
    await page.get_by_role("navigation", name="Probe: pages").get_by_role("button", name="About").click()
    await expect(page.get_by_role("region", name="About Probe")).to_contain_text("/probe words")


async def test_the_clock_is_moved_and_the_days_follow(gallery: Stage, look: Open) -> None:
    page = await look(gallery.server.url)
    await write(page, "Said today")
    await expect(page.locator(".day")).to_have_text("Today")
    before = gallery.ws.now()
    await page.get_by_role("button", name="Clock").click()
    await page.get_by_role("button", name="+ 1 day").click()
    await expect(page.locator(".day")).to_have_text("Yesterday")
    await expect(page.locator(".bar-tools .moved")).to_be_visible()
    assert 86_000 < (gallery.ws.now() - before).total_seconds() < 87_000
    workshop = page.get_by_role("complementary", name="Workshop")
    await workshop.get_by_label("Day").fill("2030-01-02")
    await workshop.get_by_label("Time").fill("09:00")
    await workshop.get_by_label("In the zone of").select_option("U0RAVI")
    await workshop.get_by_role("button", name="Set").click()
    await expect(workshop).to_contain_text("2 January 2030 at 04:30")
    assert gallery.ws.now().isoformat().startswith("2030-01-02T03:30")
    await workshop.get_by_role("button", name="Back to real time").click()
    await expect(page.locator(".day")).to_have_text("Today")


async def test_a_fault_is_ordered_shown_and_met(gallery: Stage, look: Open) -> None:
    page = await look(gallery.server.url)
    await page.get_by_role("button", name="Faults").click()
    workshop = page.get_by_role("complementary", name="Workshop")
    await workshop.get_by_label("What").select_option(label="Internal error (500)")
    await workshop.get_by_role("button", name="Order").click()
    pending = page.get_by_role("list", name="Faults still to come")
    await expect(pending).to_contain_text("Internal error (500) · deliveries · 1 time")
    await write(page, "/probe words")
    await expect(messages(page).last).to_contain_text('/probe failed with the error "http_service_error"')
    await expect(pending).to_contain_text("Nothing")
    await workshop.get_by_label("Where").select_option(label="Web API calls of the app")
    await workshop.get_by_role("button", name="Order").click()
    await expect(pending).to_contain_text("Rate limited")
    await workshop.get_by_role("button", name="Call off").click()
    await expect(pending).to_contain_text("Nothing")


async def test_the_inspector_shows_what_a_command_caused(gallery: Stage, look: Open) -> None:
    page = await look(gallery.server.url)
    await page.keyboard.press("Control+.")
    workshop = page.get_by_role("complementary", name="Workshop")
    await write(page, "/probe deep")
    await expect(page.get_by_role("dialog")).to_be_visible()
    tree = workshop.locator(".entry-log").filter(has_text="/probe deep")
    await expect(tree).to_contain_text("slash_commands")
    await expect(tree).to_contain_text("acknowledged in")
    await expect(tree).to_contain_text("of 3,000 ms")
    await expect(tree).to_contain_text("views.open")
    await tree.get_by_text("Arguments").click()
    await expect(tree.locator("pre")).to_contain_text('"Level 1"')


async def test_agent_prompts_and_status(gallery: Stage, look: Open) -> None:
    page = await look(gallery.server.url)
    await gallery.client.assistant_threads_setSuggestedPrompts(
        channel_id="D0ANNA", thread_ts="", title="Try", prompts=[{"title": "Greet", "message": "Good morning"}]
    )
    await page.get_by_role("button", name="Open Probe").click()
    pane = page.get_by_role("region", name="Probe Agent")
    await pane.get_by_role("button", name="Greet").click()
    said = messages(page, "Messages in Probe").last
    await expect(said).to_contain_text("Good morning")
    ts = await said.get_attribute("data-ts")
    await gallery.client.assistant_threads_setStatus(channel_id="D0ANNA", thread_ts=str(ts), status="is thinking…")
    await expect(said).to_contain_text("Probe is thinking…")
    await gallery.client.chat_postMessage(channel="D0ANNA", thread_ts=str(ts), text="Good morning to you")
    await expect(said.get_by_role("button", name="1 reply")).to_be_visible()
    await expect(said).not_to_contain_text("is thinking…")


async def test_starting_over_and_a_workspace_that_goes_away_for_a_while(gallery: Stage, look: Open) -> None:
    page = await look(gallery.server.url)
    await write(page, "Not for long")
    await page.get_by_role("button", name="App and workspace").click()
    await page.get_by_role("button", name="Start over").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Start over").click()
    await expect(messages(page)).to_have_count(0)
    gallery.ws.changed("closing")
    await expect(page.get_by_text("The workspace does not answer.")).to_be_visible()
    await expect(page.get_by_text("The workspace does not answer.")).to_have_count(0)
    await write(page, "Back again")
    await expect(messages(page)).to_have_count(1)
