"""Every test of data breaches begins with the sample agreements, of which Marie is the manager."""

import pytest

from tests.breaches import samples
from tests.house import House


@pytest.fixture
async def home(home: House) -> House:
    await samples(home)
    return home


@pytest.fixture
async def home_http(home_http: House) -> House:
    await samples(home_http)
    return home_http
