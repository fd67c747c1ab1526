"""What a person does on the page, in words."""

from playwright.async_api import Locator, Page, expect


def messages(page: Page | Locator, name: str = "Messages in #general") -> Locator:
    """The rows of a message list."""
    return page.get_by_role("list", name=name).locator(".row")


def box(page: Page, name: str = "Message #general") -> Locator:
    return page.get_by_role("textbox", name=name)


async def write(page: Page, text: str, name: str = "Message #general") -> None:
    """Type into a message box and send."""
    field = box(page, name)
    await field.fill(text)
    await field.press("Enter")
    await expect(field).to_have_value("")


async def act_as(page: Page, name: str) -> None:
    """Become somebody else."""
    await page.get_by_role("combobox", name="Act as").select_option(label=name)
    await expect(page.get_by_role("navigation", name=f"Conversations of {name}")).to_be_visible()


async def go(page: Page, name: str) -> None:
    """Choose a conversation in the sidebar."""
    await page.locator(".sidebar").get_by_role("button", name=name).first.click()
