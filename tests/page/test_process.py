"""What `./run` opens: the bot and the workspace as a process of their own, in a real browser."""

import asyncio
import re
import sys
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.page.conftest import Open
from tests.page.steps import messages, write

pytestmark = pytest.mark.asyncio(loop_scope="session")
ROOT = Path(__file__).parents[2]


async def test_a_process_of_its_own_answers_survives_a_fault_and_ends(tmp_path: Path, look: Open) -> None:
    command = ["-m", "bot", "local", "--port", "0", "--database", str(tmp_path / "bot.db")]
    process = await asyncio.create_subprocess_exec(sys.executable, *command, cwd=ROOT, stderr=asyncio.subprocess.PIPE)
    assert process.stderr is not None
    try:
        async with asyncio.timeout(60):
            line = b""
            while b"ready" not in line:
                line = await process.stderr.readline()
                assert line, "the process ended before it was ready"
        found = re.search(r"http://127\.0\.0\.1:\d+", line.decode())
        assert found, line
        page = await look(found[0])
        await write(page, "/clause 7.3")
        await expect(messages(page).last.locator("blockquote").first).to_contain_text("authorised to cancel")
        await page.get_by_role("button", name="Inspector").click()
        await expect(page.get_by_text("/clause 7.3").last).to_be_visible()
        await page.get_by_role("tab", name="Faults").click()
        await page.get_by_role("combobox", name="What").select_option(label="Internal error (500)")
        await page.get_by_role("button", name="Order", exact=True).click()
        await write(page, "/clause 7.2")
        await expect(messages(page).last).to_contain_text("failed with the error")
        await write(page, "/clause 7.2")
        await expect(messages(page).last.locator("blockquote").first).to_be_visible()
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 30)
    await expect(page.get_by_text("The workspace does not answer")).to_be_visible()
