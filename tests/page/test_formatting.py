"""Formatting what a person types, user groups, and pictures that only some may see."""

import pytest
from playwright.async_api import Page, expect

from tests.page.conftest import Open
from tests.page.steps import box, go, messages, write
from tests.workspace.harness import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)


async def select(page: Page, words: str) -> None:
    """Select these words in the message box."""
    script = (
        "(field, words) => { const at = field.value.indexOf(words); field.setSelectionRange(at, at + words.length) }"
    )
    await box(page).evaluate(script, words)


async def test_the_toolbar_formats_what_is_selected(gallery: Stage, look: Open) -> None:
    page = await look(gallery.server.url)
    bar = page.get_by_role("toolbar", name="Formatting")
    field = box(page)
    for label, typed in (
        ("Bold", "a *word* b"),
        ("Italic", "a _word_ b"),
        ("Strikethrough", "a ~word~ b"),
        ("Code", "a `word` b"),
        ("Bulleted list", "- a word b"),
        ("Ordered list", "1. a word b"),
        ("Blockquote", "> a word b"),
        ("Code block", "```\na word b\n```"),
    ):
        await field.fill("a word b")
        await select(page, "word")
        await bar.get_by_role("button", name=label, exact=True).click()
        await expect(field).to_have_value(typed)
        await expect(field).to_be_focused()
        await page.keyboard.press("Control+z")
        await expect(field).to_have_value("a word b")
    await select(page, "word")
    await bar.get_by_role("button", name="Link").click()
    await page.get_by_role("textbox", name="Link").fill("https://example.com/a_b")
    await page.keyboard.press("Enter")
    await expect(field).to_have_value("a [word](https://example.com/a_b) b")
    await field.press("Enter")
    link = messages(page).last.get_by_role("link", name="word")
    await expect(link).to_have_attribute("href", "https://example.com/a_b")


async def test_formatting_by_keys_and_lists_that_go_on(gallery: Stage, look: Open) -> None:
    page = await look(gallery.server.url)
    field = box(page)
    keys = page.keyboard
    await keys.type("strong")
    await keys.press("Control+a")
    await keys.press("Control+b")
    await expect(field).to_have_value("*strong*")
    await keys.press("Control+b")
    await expect(field).to_have_value("strong")
    await keys.press("Control+b")
    await keys.press("End")
    await keys.press("Shift+Enter")
    await keys.type("1. one")
    await keys.press("Shift+Enter")
    await keys.type("two")
    await keys.press("Shift+Enter")
    await keys.press("Shift+Enter")
    await keys.type("end")
    await expect(field).to_have_value("*strong*\n1. one\n2. two\nend")
    await keys.press("Enter")
    row = messages(page).last
    await expect(row.locator("strong").filter(has_text="strong")).to_be_visible()
    await expect(row.locator("ol li")).to_have_text(["one", "two"])
    await row.focus()
    await keys.press("e")
    edited = page.get_by_role("textbox", name="Edit message")
    await expect(edited).to_have_value("*strong*\n1. one\n2. two\nend")
    await edited.fill("weak")
    await edited.press("Control+a")
    await edited.press("Control+i")
    await edited.press("Enter")
    await expect(row.locator("em")).to_have_text("weak")
    (said,) = [one for one in await gallery.hands.seen("U0ANNA", "C0GENERAL") if one.get("edited")]
    assert said["text"] == "_weak_"


async def test_the_toolbar_is_one_stop_and_can_be_put_away(gallery: Stage, look: Open) -> None:
    page = await look(gallery.server.url)
    bar = page.get_by_role("toolbar", name="Formatting")
    await box(page).press("Tab")
    await expect(bar.get_by_role("button", name="Bold")).to_be_focused()
    await page.keyboard.press("ArrowLeft")
    await expect(bar.get_by_role("button", name="Code block")).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Attach files")).to_be_focused()
    toggle = page.get_by_role("button", name="Formatting", exact=True)
    await toggle.click()
    await expect(bar).to_be_hidden()
    await page.reload()
    await expect(page.get_by_role("button", name="Formatting", exact=True)).to_have_attribute("aria-pressed", "false")
    await expect(bar).to_be_hidden()


async def test_user_groups_are_mentioned_and_changed(gallery: Stage, look: Open) -> None:
    page = await look(f"{gallery.server.url}/?as=U0RAVI")
    await page.keyboard.type("@resp")
    await expect(page.get_by_role("option", name="Incident responders")).to_be_visible()
    await page.keyboard.press("Tab")
    await page.keyboard.type("come")
    await page.keyboard.press("Enter")
    await expect(messages(page).last.locator(".mention.own")).to_have_text("@responders")
    await page.get_by_role("button", name="App and workspace").click()
    await page.get_by_role("button", name="Change @managers").click()
    dialog = page.get_by_role("dialog", name="User group @managers")
    await dialog.get_by_role("combobox", name="Members").fill("Anna")
    await page.get_by_role("option", name="Anna Peeters Consultant").click()
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.locator(".groups li").nth(1)).to_contain_text("Anna Peeters")
    users = (await gallery.client.usergroups_users_list(usergroup="S0MANAGERS"))["users"]
    assert set(users) == {"U0MARIE", "U0ANNA"}


async def test_a_picture_in_a_private_channel_is_seen_by_its_members(gallery: Stage, look: Open) -> None:
    made = (await gallery.client.conversations_create(name="case-9", is_private=True))["channel"]["id"]
    await gallery.client.conversations_invite(channel=made, users="U0RAVI")
    file = (await gallery.client.files_upload_v2(content=PNG, filename="clocks.png"))["file"]["id"]
    blocks = [{"type": "image", "slack_file": {"id": file}, "alt_text": "Two clocks"}]
    posted = await gallery.client.chat_postMessage(channel=made, text="Clocks", blocks=blocks)
    await gallery.client.pins_add(channel=made, timestamp=posted["ts"])
    page = await look(f"{gallery.server.url}/?as=U0RAVI&beside=U0ANNA")
    ravi, anna = page.locator("[data-user=U0RAVI].seat"), page.locator("[data-user=U0ANNA].seat")
    await page.set_viewport_size({"width": 1800, "height": 800})
    await go(page, "case-9")
    picture = ravi.get_by_alt_text("Two clocks")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1
    await ravi.get_by_role("button", name="Pins").click()
    await expect(ravi.get_by_role("region", name="Pins")).to_contain_text("Clocks")
    await expect(anna.locator(".sidebar")).not_to_contain_text("case-9")


async def test_a_refusal_is_ordered(gallery: Stage, look: Open) -> None:
    page = await look(gallery.server.url)
    await page.get_by_role("button", name="Faults").click()
    await page.get_by_role("combobox", name="Where").select_option(label="Web API calls of the app")
    await page.get_by_role("combobox", name="Method").fill("conversations.create")
    await page.get_by_role("combobox", name="What").select_option(label="Refused by Slack")
    await page.get_by_role("button", name="Order", exact=True).click()
    pending = page.get_by_role("list", name="Faults still to come")
    await expect(pending).to_contain_text("restricted_action · conversations.create · 1 time")
    await write(page, "done")
