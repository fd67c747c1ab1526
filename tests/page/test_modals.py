"""Modals: every field, errors under them, success, the stack of three."""

from datetime import UTC, datetime

import pytest
from playwright.async_api import Locator, Page, expect

from tests.page.conftest import Open
from tests.page.gallery import Gallery
from tests.page.steps import write
from tests.workspace.harness import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def opened(page: Page, words: str) -> Locator:
    await write(page, f"/probe {words}")
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_be_visible()
    return dialog


async def fill(dialog: Locator) -> None:
    await dialog.get_by_label("Name").fill("Nobody")
    await dialog.get_by_label("Mail").fill("anna@example.com")
    await dialog.get_by_label("Amount").fill("12.5")
    await dialog.get_by_label("Day", exact=True).fill("2026-12-04")
    await dialog.get_by_label("Instant", exact=True).fill("2026-07-01")
    await dialog.get_by_role("combobox", name="Instant: time").fill("14:30")
    await dialog.get_by_label("Yes").check()
    await dialog.get_by_label("Small").check()
    await dialog.get_by_label("Papers").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"words"})
    await expect(dialog.get_by_role("button", name="Remove a.txt")).to_be_visible()
    note = dialog.get_by_role("textbox", name="Note")
    await note.click()
    await note.press("Control+b")
    await note.press_sequentially("loud")


async def test_errors_stand_under_their_fields_and_take_the_focus(gallery: Stage, look: Open) -> None:
    page = await look(gallery.server.url)
    dialog = await opened(page, "typed")
    await expect(dialog.get_by_label("Name")).to_be_focused()
    await dialog.get_by_role("button", name="Send").click()
    name = dialog.get_by_label("Name")
    await expect(name).to_have_attribute("aria-invalid", "true")
    await expect(name).to_have_accessible_description("As on your contract Please complete this required field.")
    await expect(name).to_be_focused()
    await fill(dialog)
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog.get_by_text("That is nobody's name.")).to_be_visible()
    await expect(dialog.get_by_text("Nor an address.")).to_be_visible()
    await expect(name).to_be_focused()
    await expect(dialog.get_by_label("Amount")).to_have_value("12.5")


@pytest.mark.parametrize("width", [1280, 390])
async def test_a_long_modal_scrolls_between_its_head_and_its_buttons(gallery: Stage, look: Open, width: int) -> None:
    page = await look(gallery.server.url, width=width, height=700)
    await write(page, "/probe typed")
    dialog = page.get_by_role("dialog")
    submit = dialog.locator("[data-key=submit]")
    await expect(submit).to_be_in_viewport(ratio=1)
    await expect(dialog.get_by_role("heading", name="A form")).to_be_in_viewport(ratio=1)
    await expect(dialog.get_by_text("Agreed")).not_to_be_in_viewport()
    await dialog.locator(".dialog-body").evaluate("body => (body.scrollTop = body.scrollHeight)")
    await expect(dialog.get_by_label("Name", exact=True)).not_to_be_in_viewport()
    await expect(submit).to_be_in_viewport(ratio=1)


async def test_what_was_filled_in_arrives_and_the_modal_closes(app: Gallery, gallery: Stage, look: Open) -> None:
    page = await look(gallery.server.url)
    dialog = await opened(page, "typed")
    await fill(dialog)
    await dialog.get_by_label("Name").fill("Anna")
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog).to_have_count(0)
    got = {block: next(iter(fields.values())) for block, fields in app.submitted.items()}
    assert got["name"]["value"] == "Anna"
    assert got["amount"]["value"] == "12.5"
    assert got["day"]["selected_date"] == "2026-12-04"
    assert got["instant"]["selected_date_time"] == 1782909000  # 14:30 in Brussels, in summer
    assert [one["value"] for one in got["agreed"]["selected_options"]] == ["yes"]
    assert got["size"]["selected_option"]["value"] == "small"
    assert got["papers"]["files"][0]["name"] == "a.txt"
    section = got["note"]["rich_text_value"]["elements"][0]
    assert section == {
        "type": "rich_text_section",
        "elements": [{"type": "text", "text": "loud", "style": {"bold": True}}],
    }
    assert got["story"]["value"] is None


async def test_a_day_is_picked_in_the_calendar_and_typed_in_words(app: Gallery, gallery: Stage, look: Open) -> None:
    gallery.ws.clock.set(datetime(2026, 11, 28, 12, tzinfo=UTC))
    page = await look(gallery.server.url)
    dialog = await opened(page, "typed")
    day = dialog.get_by_role("combobox", name="Day", exact=True)
    calendar = page.get_by_role("dialog", name="Calendar: Day")
    await day.focus()
    await page.keyboard.press("ArrowDown")
    await expect(calendar.get_by_role("button", name="Saturday, 28 November 2026")).to_be_focused()
    for key in ("ArrowRight", "ArrowDown", "Home", "End", "PageDown"):
        await page.keyboard.press(key)
    await expect(calendar.get_by_role("button", name="Wednesday, 6 January 2027")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(calendar).to_have_count(0)
    await expect(day).to_be_focused()
    await day.click()
    await calendar.get_by_role("button", name="Month after").click()
    await calendar.get_by_role("button", name="Friday, 4 December 2026").click()
    await expect(day).to_have_value("4 December 2026")
    await expect(calendar).to_have_count(0)
    for typed, shown in (
        ("5/12/2026", "5 December 2026"),
        ("6 dec", "6 December 2026"),
        ("31/2/2026", "6 December 2026"),
        ("Dec 7, 2027", "7 December 2027"),
    ):
        await day.fill(typed)
        await page.keyboard.press("Tab")
        await expect(day).to_have_value(shown)
    await expect(page.get_by_text("“31/2/2026” is no date.")).to_be_visible()
    hour = dialog.get_by_role("combobox", name="Hour")
    await hour.fill("9:3")
    await page.keyboard.press("Escape")
    await expect(hour).to_have_value("")
    await hour.fill("9.35 pm")
    await page.keyboard.press("Tab")
    await expect(hour).to_have_value("21:35")
    await fill(dialog)
    await dialog.get_by_label("Name").fill("Anna")
    await dialog.get_by_role("combobox", name="Day", exact=True).fill("")
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog.get_by_text("Please complete this required field.")).to_be_visible()
    await dialog.get_by_role("combobox", name="Day", exact=True).fill("2 jan 2028")
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog).to_have_count(0)
    assert app.submitted["day"]["in"]["selected_date"] == "2028-01-02"
    assert app.submitted["hour"]["in"]["selected_time"] == "21:35"


async def test_a_link_in_rich_text(app: Gallery, gallery: Stage, look: Open) -> None:
    page = await look(gallery.server.url)
    dialog = await opened(page, "typed")
    await fill(dialog)
    await dialog.get_by_label("Name").fill("Anna")
    note = dialog.get_by_role("textbox", name="Note")
    await note.fill("see here")
    await note.press("Control+a")
    await dialog.get_by_role("toolbar").get_by_role("button", name="Link").click()
    await page.get_by_role("dialog", name="Add a link").get_by_role("textbox", name="Link").fill("https://example.com/")
    await page.keyboard.press("Enter")
    await expect(note).to_be_focused()
    await expect(note.get_by_role("link", name="see here")).to_be_visible()
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog).to_have_count(0)
    (section,) = app.submitted["note"]["in"]["rich_text_value"]["elements"]
    (link,) = section["elements"]
    assert (link["type"], link["url"], link["text"]) == ("link", "https://example.com/", "see here")


async def choose(dialog: Locator, page: Page, label: str, *typed: str) -> None:
    """Search in a select and take the first option, for each of the words."""
    field = dialog.get_by_role("combobox", name=label, exact=True)
    for words in typed:
        await field.fill(words)
        await expect(page.locator(".pop-up, .completion").get_by_role("option").first).to_contain_text(words)
        await field.press("Enter")
    if await field.get_attribute("aria-expanded") == "true":
        await field.press("Escape")


async def test_every_select_is_searched_and_picked(app: Gallery, gallery: Stage, look: Open) -> None:
    page = await look(gallery.server.url)
    dialog = await opened(page, "selects")
    await expect(dialog.get_by_role("combobox", name="Fruit", exact=True)).to_have_value("Banana")
    await choose(dialog, page, "Fruit", "Cherry")
    await choose(dialog, page, "Fruits", "Apple", "Banana")
    await choose(dialog, page, "Found", "moon")
    await choose(dialog, page, "All found", "sun", "star")
    await choose(dialog, page, "Person", "Ravi")
    await choose(dialog, page, "People", "Anna", "Marie")
    await choose(dialog, page, "Conversation", "contracts")
    await choose(dialog, page, "Conversations", "general")
    await choose(dialog, page, "Channel", "contracts")
    await choose(dialog, page, "Channels", "general", "contracts")
    await dialog.get_by_role("button", name="general – remove").last.click()
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog).to_have_count(0)
    got = {block: next(iter(fields.values())) for block, fields in app.submitted.items()}
    assert got["fruit"]["selected_option"]["value"] == "cherry"
    assert [one["value"] for one in got["fruits"]["selected_options"]] == ["apple", "banana"]
    assert got["found"]["selected_option"]["value"] == "moon one"
    assert [one["value"] for one in got["all_found"]["selected_options"]] == ["sun one", "star one"]
    assert got["person"]["selected_user"] == "U0RAVI"
    assert got["people"]["selected_users"] == ["U0ANNA", "U0MARIE"]
    assert got["conversation"]["selected_conversation"] == "C0CONTRACTS"
    assert got["conversations"]["selected_conversations"] == ["C0GENERAL"]
    assert got["channel"]["selected_channel"] == "C0CONTRACTS"
    assert got["channels"]["selected_channels"] == ["C0CONTRACTS"]


async def test_no_more_than_max_selected_items(gallery: Stage, look: Open) -> None:
    page = await look(gallery.server.url)
    dialog = await opened(page, "selects")
    await choose(dialog, page, "Fruits", "Apple", "Banana")
    field = dialog.get_by_role("combobox", name="Fruits", exact=True)
    await field.fill("Cherry")
    await expect(page.locator(".pop-up, .completion").get_by_role("option")).to_have_count(1)
    await field.press("Enter")
    await expect(page.get_by_text("You can pick up to 2.")).to_be_visible()
    await expect(dialog.get_by_role("button", name="– remove")).to_have_count(2)


async def test_three_modals_lie_on_each_other_and_keep_what_was_typed(gallery: Stage, look: Open) -> None:
    page = await look(gallery.server.url)
    dialog = await opened(page, "deep")
    await dialog.get_by_label("Name").fill("Lowest")
    for level in ("Level 2", "Level 3"):
        await dialog.get_by_role("button", name="Deeper").click()
        await expect(page.get_by_role("dialog", name=level)).to_be_visible()
    await expect(dialog.get_by_label("Name")).to_have_value("")
    await dialog.get_by_role("button", name="Back").click()
    await expect(page.get_by_role("dialog", name="Level 2")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="Level 1")).to_be_visible()
    await expect(dialog.get_by_label("Name")).to_have_value("Lowest")
    await dialog.get_by_role("button", name="Close all").click()
    await expect(dialog).to_have_count(0)


async def test_a_modal_covers_its_person_only_and_gives_the_focus_back(gallery: Stage, look: Open) -> None:
    page = await look(f"{gallery.server.url}/?as=U0ANNA&beside=U0RAVI")
    anna, ravi = page.locator("[data-user=U0ANNA].seat"), page.locator("[data-user=U0RAVI].seat")
    field = anna.get_by_role("textbox", name="Message #general")
    await field.fill("/probe deep")
    await field.press("Enter")
    dialog = anna.get_by_role("dialog")
    await expect(dialog).to_be_visible()
    await expect(ravi.get_by_role("dialog")).to_have_count(0)
    await dialog.get_by_label("Name").focus()
    for _ in range(8):
        await page.keyboard.press("Tab")
        assert await dialog.evaluate("node => node.contains(document.activeElement)")
    await page.keyboard.press("Escape")
    await expect(field).to_be_focused()
    await ravi.get_by_role("textbox", name="Message #general").fill("free")
