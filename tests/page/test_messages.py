"""Messages: threads, ephemerals, reactions, edits, drafts, 10,000 of them."""

import re

import pytest
from playwright.async_api import FilePayload, expect

from tests.page.conftest import Open
from tests.page.gallery import Gallery
from tests.page.steps import act_as, box, go, messages, write
from tests.workspace.harness import MANIFEST, Stage, open_workspace
from workspace.messages import post

# Three hundred steps up: the most rows that stood in the document at once.
SCROLL = """async (node) => {
    let most = 0;
    for (let step = 0; step < 300; step += 1) {
        node.scrollTop -= 600;
        await new Promise(requestAnimationFrame);
        most = Math.max(most, node.querySelectorAll(".row").length);
    }
    return most;
}"""
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_two_people_side_by_side_talk_in_a_thread(gallery: Stage, look: Open) -> None:
    page = await look(f"{gallery.server.url}/?as=U0ANNA&beside=U0RAVI")
    anna, ravi = page.locator("[data-user=U0ANNA].seat"), page.locator("[data-user=U0RAVI].seat")
    field = anna.get_by_role("textbox", name="Message #general")
    await field.fill("Who is in?")
    await field.press("Enter")
    row = ravi.locator(".row").filter(has_text="Who is in?")
    await row.hover()
    await row.get_by_role("button", name="Reply in thread: message from Anna Peeters").click()
    reply = ravi.get_by_role("textbox", name="Reply…")
    await expect(reply).to_be_focused()
    await reply.fill("I am")
    await reply.press("Enter")
    await expect(ravi.get_by_role("list", name="Thread in #general").get_by_text("I am")).to_be_visible()
    await expect(anna.get_by_role("list", name="Messages in #general").get_by_text("I am")).to_have_count(0)
    await anna.get_by_role("button", name="1 reply").click()
    await expect(anna.get_by_role("list", name="Thread in #general").get_by_text("I am")).to_be_visible()
    await reply.fill("And you?")
    await reply.press("Enter")
    await expect(anna.get_by_role("button", name="2 replies")).to_be_visible()


async def test_a_permalink_leads_to_its_message(gallery: Stage, look: Open) -> None:
    posted = [await gallery.client.chat_postMessage(channel="C0GENERAL", text=f"Entry {n}") for n in range(40)]
    link = await gallery.client.chat_getPermalink(channel="C0GENERAL", message_ts=posted[0]["ts"])
    page = await look(link["permalink"])
    row = messages(page).filter(has_text=re.compile(r"Entry 0$"))
    await expect(row).to_be_focused()
    await expect(row).to_be_in_viewport()


async def test_an_ephemeral_is_seen_by_one_person_and_dismissed(gallery: Stage, look: Open) -> None:
    page = await look(f"{gallery.server.url}/?as=U0ANNA&beside=U0RAVI")
    anna, ravi = page.locator("[data-user=U0ANNA].seat"), page.locator("[data-user=U0RAVI].seat")
    await gallery.client.chat_postEphemeral(channel="C0GENERAL", user="U0RAVI", text="For Ravi's eyes")
    await gallery.client.chat_postMessage(channel="C0GENERAL", text="For all")
    await expect(messages(anna).filter(has_text="For all")).to_be_visible()
    await expect(ravi.locator(".row").filter(has_text="For Ravi's eyes")).to_contain_text("Only visible to you")
    await expect(anna.get_by_text("For Ravi's eyes")).to_have_count(0)
    await ravi.get_by_role("button", name="Dismiss").click()
    await expect(ravi.locator(".row").filter(has_text="For Ravi's eyes")).to_have_count(0)


async def test_a_new_message_is_spoken_and_counted_where_one_is_not_looking(gallery: Stage, look: Open) -> None:
    page = await look(gallery.server.url)
    await expect(messages(page)).to_have_count(0)
    await gallery.client.chat_postMessage(channel="C0GENERAL", text="Hear me")
    await expect(page.get_by_role("log")).to_contain_text("Probe: Hear me")
    await gallery.client.chat_postMessage(channel="C0CONTRACTS", text="Elsewhere")
    await expect(page.locator(".sidebar .unread")).to_have_text("contracts1 unread")
    await expect(page).to_have_title(re.compile(r"^\(1\) general"))
    await go(page, "contracts")
    await expect(page.locator(".new-mark")).to_be_visible()
    await expect(page.locator(".sidebar .unread")).to_have_count(0)


async def test_reacting_pinning_editing_and_deleting(gallery: Stage, look: Open) -> None:
    page = await look(gallery.server.url)
    await write(page, "First words")
    row = messages(page).last
    await row.hover()
    await row.get_by_role("button", name="Add reaction").click()
    await page.get_by_role("searchbox", name="Search emoji").fill("tada")
    await page.keyboard.press("Enter")
    reaction = row.get_by_role("button", name="tada, 1: Anna Peeters")
    await expect(reaction).to_have_attribute("aria-pressed", "true")
    await reaction.click()
    await expect(reaction).to_have_count(0)
    await box(page).press("ArrowUp")
    editor = page.get_by_role("textbox", name="Edit message")
    await expect(editor).to_have_value("First words")
    await editor.fill("Second thoughts")
    await editor.press("Enter")
    await expect(row).to_contain_text("Second thoughts(edited)")
    await row.focus()
    await row.press("p")
    await expect(row).to_contain_text("Pinned")
    await page.get_by_role("button", name="Pins").click()
    await expect(page.get_by_role("region", name="Pins")).to_contain_text("Second thoughts")
    await row.hover()
    await row.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Delete message").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    await expect(messages(page)).to_have_count(0)


async def test_shortcuts_in_menus_reach_the_app(app: Gallery, gallery: Stage, look: Open) -> None:
    page = await look(gallery.server.url)
    await write(page, "Look at this")
    row = messages(page).last
    await row.hover()
    await row.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="On this").click()
    await gallery.ws.wait_for(lambda _: len(app.shortcuts) == 1)
    await page.get_by_role("button", name="Shortcuts").click()
    await page.get_by_role("menuitem", name="Anywhere").click()
    await gallery.ws.wait_for(lambda _: len(app.shortcuts) == 2)
    assert [one["callback_id"] for one in app.shortcuts] == ["on_this", "anywhere"]
    assert app.shortcuts[0]["message"]["text"] == "Look at this"


async def test_every_block_is_shown_and_every_element_works(app: Gallery, gallery: Stage, look: Open) -> None:
    page = await look(gallery.server.url, height=1600)
    await write(page, "/probe blocks")
    row = messages(page).last
    await expect(row.get_by_role("heading", name="A header ✨")).to_be_visible()
    styled = row.locator("[data-block=styled]")
    await expect(styled.locator("code")).to_have_text("code_with_stars*")
    await expect(styled.locator("strong")).to_have_text("bold")
    await expect(styled.locator("em")).to_have_text("italic")
    await expect(styled.get_by_role("link", name="label")).to_have_attribute("href", "https://example.com/x_y_z")
    await expect(styled).to_contain_text("🎉 <b> & 1 Dec 2025 13:00 snake_case_word 2*3*4")
    await expect(row.get_by_role("table").first.get_by_role("columnheader", name="Surcharge")).to_be_visible()
    await row.get_by_role("button", name="Plain").click()
    await row.get_by_role("button", name="Danger").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Rather not").click()
    await row.get_by_role("button", name="Danger").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Do it").click()
    await row.get_by_role("button", name="More options").click()
    await page.get_by_role("menuitem", name="Banana").click()
    await row.get_by_role("combobox", name="Fruit", exact=True).click()
    await page.locator(".pop-up, .completion").get_by_role("option", name="Apple").click()
    await row.get_by_label("datepicker", exact=True).fill("2026-12-05")
    await row.get_by_role("combobox", name="When").fill("09:15")
    await row.locator("[data-action=boxes]").get_by_label("Apple").check()
    await row.locator("[data-action=radio]").get_by_label("Banana").check()
    await row.get_by_role("button", name="Good").click()
    await expect(row.get_by_role("button", name="Good")).to_have_attribute("aria-pressed", "true")
    got = {action["action_id"]: action for action in app.actions}
    assert [action["action_id"] for action in app.actions].count("danger") == 1
    assert got["overflow"]["selected_option"]["value"] == "banana"
    assert got["static"]["selected_option"]["value"] == "apple"
    assert got["date"]["selected_date"] == "2026-12-05"
    assert got["time"]["selected_time"] == "09:15"
    assert got["boxes"]["selected_options"][0]["value"] == "apple"
    assert got["radio"]["selected_option"]["value"] == "banana"
    assert got["feedback"]["value"] == "good"


async def test_a_draft_stays_with_its_conversation_and_its_person(gallery: Stage, look: Open) -> None:
    page = await look(gallery.server.url)
    await box(page).fill("Not yet")
    await go(page, "contracts")
    await expect(box(page, "Message #contracts")).to_have_value("")
    await act_as(page, "Ravi Sharma")
    await expect(box(page)).to_have_value("")
    await act_as(page, "Anna Peeters")
    await go(page, "general")
    await expect(box(page)).to_have_value("Not yet")
    await page.reload()
    await expect(box(page)).to_have_value("Not yet")


async def test_a_file_is_sent_and_a_picture_shown(gallery: Stage, look: Open) -> None:
    page = await look(gallery.server.url)
    picture = await page.screenshot(clip={"x": 0, "y": 0, "width": 40, "height": 30})
    files: list[FilePayload] = [
        {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"one two"},
        {"name": "shot.png", "mimeType": "image/png", "buffer": picture},
    ]
    await page.locator(".composer input[type=file]").set_input_files(files)
    await write(page, "Two files")
    await expect(page.get_by_role("link", name="plan.txt")).to_contain_text("TXT · 7 bytes")
    shown = page.get_by_role("img", name="shot.png")
    await expect(shown).to_be_visible()
    assert await shown.evaluate("node => node.decode().then(() => node.naturalWidth)") == 40


async def test_text_is_never_taken_for_html(gallery: Stage, look: Open) -> None:
    page = await look(gallery.server.url)
    nasty = "<img src=x onerror=alert(1)> <script>alert(1)</script> & <b>"
    await write(page, nasty)
    await expect(messages(page).last.locator(".body")).to_have_text(nasty)
    await expect(messages(page).last.locator(".body img, .body script, .body b")).to_have_count(0)


async def test_ten_thousand_messages_scroll_in_a_window(look: Open) -> None:
    unsubscribed = {**MANIFEST, "settings": {}}
    async with open_workspace(unsubscribed) as (ws, server):
        for number in range(10_000):
            said = {"type": "message", "user": "U0RAVI" if number % 3 else "U0MARIE", "text": f"Message {number}"}
            post(ws, ws.channels["C0GENERAL"], said)
        page = await look(server.url)
        await expect(messages(page).last).to_contain_text("Message 9999")
        assert await page.locator(".messages .scroller").evaluate(SCROLL) < 80
        await expect(page.get_by_text("Message 7000", exact=True)).to_have_count(0)
        await page.get_by_role("button", name="Newest messages").click()
        await expect(messages(page).last).to_contain_text("Message 9999")


async def test_people_open_a_direct_message_and_a_channel(gallery: Stage, look: Open) -> None:
    page = await look(gallery.server.url)
    await page.get_by_role("button", name="New message").click()
    await page.get_by_role("combobox", name="To").fill("Marie")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Go", exact=True).click()
    await write(page, "Between us", "Message Marie Dubois")
    await page.get_by_role("button", name="Create a channel").click()
    await page.get_by_role("textbox", name="Name").fill("Plan budget")
    await page.get_by_label("Private").check()
    await page.get_by_role("button", name="Create", exact=True).click()
    await expect(box(page, "Message #plan-budget")).to_be_focused()
    await act_as(page, "Ravi Sharma")
    await expect(page.locator(".sidebar")).not_to_contain_text("plan-budget")
    await act_as(page, "Marie Dubois")
    await go(page, "Anna Peeters")
    await expect(messages(page, "Messages in Anna Peeters").last).to_contain_text("Between us")
