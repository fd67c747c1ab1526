"""A real browser before the real workspace: pages of people, each in a context of its own."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright

from tests.house import House, house
from tests.page.gallery import Gallery
from tests.workspace.harness import Stage, stage
from tests.workspace.packages import installed

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
Open = Callable[..., Awaitable[Page]]


def _skip_or_fail(missing: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(f"There is no {missing}, and CI must have one.")
    pytest.skip(f"There is no {missing} here.")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's chromium, or another that is on the path."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        _skip_or_fail("browser")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield started
        await started.close()


@asynccontextmanager
async def looking(browser: Browser, ready: str) -> AsyncIterator[Open]:
    """Opens pages at addresses, each once `ready` is in it; errors in one fail the test at its end."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def told(said: ConsoleMessage) -> None:
        # A request that was refused is told to the person; a broken policy is a mistake of the page.
        if "Content Security Policy" in said.text:
            troubles.append(said.text)

    async def open_page(url: str, width: int = 1280, height: int = 800, **options: Any) -> Page:
        context = await browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", told)
        await page.goto(url)
        await page.wait_for_selector(ready)
        return page

    yield open_page
    for context in contexts:
        await context.close()
    assert not troubles


@pytest_asyncio.fixture(loop_scope="session")
async def look(browser: Browser) -> AsyncIterator[Open]:
    """Opens the page of the workspace."""
    async with looking(browser, "body[data-ready]") as open_page:
        yield open_page


@pytest_asyncio.fixture(loop_scope="session")
async def look_plain(browser: Browser) -> AsyncIterator[Open]:
    """Opens a page that has no script."""
    async with looking(browser, "main") as open_page:
        yield open_page


@pytest_asyncio.fixture(loop_scope="session")
async def home(tmp_path: Path) -> AsyncIterator[House]:
    """The workspace with the assembled bot in it."""
    async with house(tmp_path / "bot.db", "http") as built:
        yield built


@pytest_asyncio.fixture(loop_scope="session")
async def app() -> Gallery:
    """The app that shows everything."""
    return Gallery()


@pytest_asyncio.fixture(loop_scope="session")
async def gallery(app: Gallery) -> AsyncIterator[Stage]:
    """The workspace with that app in it."""
    async with stage("http", app.register) as built:
        yield built


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, from the npm registry."""
    if shutil.which("npm") is None:
        _skip_or_fail("npm")
    return (installed() / "node_modules" / "axe-core" / "axe.min.js").read_text()
