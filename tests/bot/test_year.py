"""A small year of deadlines, with restarts, crashes, limits, faults, outages and clocks that change: nothing lost or doubled."""

from pathlib import Path

import pytest

from bench.year import World, year


@pytest.mark.parametrize("seed", [1])
async def test_a_year_loses_nothing_doubles_nothing_and_disturbs_nobody(tmp_path: Path, seed: int) -> None:
    lived, stack = await year(World(agreements=10, deadlines=60, people=8, seed=seed), tmp_path / "year.db")
    async with stack:
        await lived.live()
        assert await lived.wrong() == []
        assert min(lived.lived.restarts, lived.lived.crashes, lived.lived.outages, lived.lived.done) > 0
