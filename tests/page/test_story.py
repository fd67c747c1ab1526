"""The main job, seen in a browser: a question, its clause, a person who answers."""

import pytest
from playwright.async_api import expect

from tests.house import House
from tests.page.conftest import Open
from tests.page.steps import act_as, box, go, messages, write

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_clause_is_quoted_to_the_one_who_asked_and_shared(home: House, look: Open) -> None:
    anna = await look(f"{home.server.url}/?as=U0ANNA")
    ravi = await look(f"{home.server.url}/?as=U0RAVI")
    await write(anna, "/clause 7.3")
    answer = messages(anna).last
    await expect(answer).to_contain_text("Only visible to you")
    await expect(answer.locator("blockquote").first).to_contain_text(
        "authorised to cancel the Consultancy free of charge"
    )
    await expect(messages(ravi)).to_have_count(0)
    await answer.get_by_role("button", name="Share with channel").click()
    await expect(messages(ravi).last.locator("blockquote").first).to_contain_text("authorised to cancel")


async def test_a_table_and_the_neighbour_of_a_clause(home: House, look: Open) -> None:
    page = await look(home.server.url)
    await write(page, "/clause 5.2")
    answer = messages(page).last
    await expect(answer.get_by_role("columnheader", name="Surcharge")).to_be_visible()
    await expect(answer.get_by_role("row", name="Night Monday – Friday 23:00 – 08:00 100%")).to_be_visible()
    await answer.get_by_role("button", name="5.3").click()
    await expect(messages(page).last).to_contain_text("ITQ 5.3")


async def test_a_mention_and_a_direct_message_are_answered(home: House, look: Open) -> None:
    page = await look(home.server.url)
    await box(page).fill("@Clau")
    await expect(page.locator(".pop-up, .completion").get_by_role("option", name="Clausekeeper")).to_be_visible()
    await box(page).press("Enter")
    await box(page).press_sequentially("what is force majeure?")
    await box(page).press("Enter")
    await expect(messages(page).first.locator(".mention")).to_have_text("@Clausekeeper")
    await expect(messages(page).last.locator("blockquote").first).to_contain_text("force majeure", ignore_case=True)
    await go(page, "Clausekeeper")
    await page.get_by_role("button", name="Messages", exact=True).click()
    await page.get_by_role("group", name="Suggested prompts").get_by_role("button").first.click()
    talk = messages(page, "Messages in Clausekeeper")
    await talk.filter(has_text="Anna Peeters").get_by_role("button", name="1 reply").click()
    thread = messages(page, "Thread in Clausekeeper")
    await expect(thread.last.locator("blockquote").first).to_contain_text("cancel", ignore_case=True)


async def test_a_question_goes_to_the_legal_desk_and_comes_back(home: House, look: Open) -> None:
    page = await look(home.server.url)
    await write(page, "/ask what is force majeure?")
    await messages(page).last.get_by_role("button", name="Ask a person").click()
    await act_as(page, "Marie Dubois")
    await go(page, "legal")
    asked = messages(page, "Messages in #legal").last
    await expect(asked).to_contain_text("what is force majeure?")
    await asked.get_by_role("button", name="Answer").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox").first.fill("Up to five days before.")
    await dialog.locator("[data-key=submit]").click()
    await expect(dialog).to_have_count(0)
    await act_as(page, "Anna Peeters")
    await expect(page.locator(".sidebar .unread")).to_contain_text("Clausekeeper")
    await go(page, "Clausekeeper")
    await page.get_by_role("button", name="Messages", exact=True).click()
    await expect(messages(page, "Messages in Clausekeeper").last).to_contain_text("Up to five days before.")
