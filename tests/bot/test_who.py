"""People named on the command line, asked of Slack where a bot token is given."""

import asyncio
import os
import sys
from pathlib import Path

from tests.house import House

ROOT = Path(__file__).parent.parent.parent


async def tracked(home: House, database: Path, owner: str, **environment: str) -> tuple[int | None, str]:
    """Exit status and words of tracking a deadline for an owner, by a process of its own."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "CLAUSEKEEPER_"))}
    env |= {"PYTHONPATH": str(ROOT), "CLAUSEKEEPER_DATABASE": str(database), "SLACK_API_URL": home.server.api_url}
    words = ["deadlines", "track", "payment-due", "from=2090-01-02", f"title=Invoice of {owner}", f"owner={owner}"]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "bot", *words),
        cwd=database.parent,
        env=env | environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode()


async def test_an_owner_who_is_a_bot_or_unknown_is_refused_and_a_person_is_not(
    home_http: House, tmp_path: Path
) -> None:
    desk, token = tmp_path / "desk.db", {"SLACK_BOT_TOKEN": "xoxb-local"}
    assert await tracked(home_http, desk, "U0BOT", **token) == (1, "U0BOT is a bot; name a person.\n")
    status, said = await tracked(home_http, desk, "U0NOBODY", **token)
    assert (status, "has left this workspace" in said) == (1, True)
    status, said = await tracked(home_http, desk, "U0MARIE", **token)
    assert (status, said.startswith("Tracked as")) == (0, True), said


async def test_without_slack_what_is_known_holds(home_http: House, tmp_path: Path) -> None:
    desk = tmp_path / "desk.db"
    assert (await tracked(home_http, desk, "U0NOBODY"))[0] == 0
    away = {"SLACK_BOT_TOKEN": "xoxb-local", "SLACK_API_URL": "http://127.0.0.1:1/api/"}
    assert (await tracked(home_http, desk, "U0ELSE", **away))[0] == 0
