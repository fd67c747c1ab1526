"""What is answered without its reply being kept is answered alike when it comes again, from what is on record."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlite_utils import Database

from bench.driving import command
from storage import audit
from tests.house import House, house
from tests.signing import deliver

PLAIN = "cancellation performance=2026-12-04 cancelled=2026-12-02 fee=1200"
WITH_A_PICTURE = "surcharge start=2026-12-04T22:00 end=2026-12-05T02:00 rate=120"
ASKED = [("/clause", "7.3"), ("/fee", PLAIN), ("/fee", WITH_A_PICTURE), ("/deadline", "payment-due from=2026-11-15")]


def kept(db: Database) -> tuple[int, int]:
    """How many entries and letters there are."""
    return audit.count(db), int(db.execute("select count(*) from outbox").fetchone()[0])


@pytest.mark.parametrize(("name", "text"), ASKED)
async def test_it_is_answered_alike_and_recorded_once_by_the_next_process_too(
    tmp_path: Path, name: str, text: str
) -> None:
    body = command(name, text, trigger="1.1")
    async with house(tmp_path / "bot.db") as home:
        first = await deliver(home, body)
        assert "ITQ" in first[1]
        # Not the very same request, which would never come so far: it was signed at another time.
        assert await deliver(home, body, age=1) == first
        assert await deliver(home, command(name, text, trigger="2.2")) != first, "each bears its own reference"
        before = await home.bot.services.store.run(kept)
    async with house(tmp_path / "bot.db") as home:
        assert await deliver(home, body, age=2) == first
        assert await home.bot.services.store.run(kept) == before
        assert before[0] == 2


@pytest.mark.parametrize(("name", "text"), ASKED)
async def test_an_answer_whose_id_is_somebody_elses_fails_and_shows_theirs_to_nobody(
    home_http: House, name: str, text: str
) -> None:
    # As if one trigger's hash were the other's, which two in a hundred million million are.
    await deliver(home_http, command(name, text, user="U0MARIE", trigger="1.1"))
    before = await home_http.bot.services.store.run(kept)
    _, said = await deliver(home_http, command(name, text, trigger="1.1"))
    assert "nothing was saved. Please report reference" in said
    assert await home_http.bot.services.store.run(kept) == before
