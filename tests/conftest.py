"""Fixtures of the assembled bot; each test gets a house and a database file of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.house import House, Transport, house


@pytest.fixture(params=["http", "socket"])
def transport(request: pytest.FixtureRequest) -> Transport:
    """Both ways in which Slack reaches the bot."""
    chosen: Transport = request.param
    return chosen


@pytest.fixture
async def home(tmp_path: Path, transport: Transport) -> AsyncIterator[House]:
    """The assembled bot in the local workspace, in both transports."""
    async with house(tmp_path / "bot.db", transport) as built:
        yield built


@pytest.fixture
async def home_http(tmp_path: Path) -> AsyncIterator[House]:
    """The assembled bot over signed HTTP, for what only that transport has."""
    async with house(tmp_path / "bot.db", "http") as built:
        yield built
