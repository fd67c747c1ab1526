"""Deadlines that are computed again when the words they rest on change."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlite_utils import Database

from handlers import tracking
from storage import deadlines, documents
from storage.documents import Version
from tests.bot.following import acme, at, deliver, fill, follow, payment, press, reminders, stands
from tests.house import House

__all__ = ["acme"]  # the fixture


ITQ = (Path(__file__).parents[2] / "knowledge/documents/itq/text.txt").read_text(encoding="utf-8")


async def under(home: House, old: str, new: str) -> tracking.Refreshed:
    """What ``documents add`` does with a version in which some words are others."""
    services, text = home.bot.services, ITQ.replace(old, new)
    assert text != ITQ

    def add(db: Database) -> tracking.Refreshed:
        documents.add(db, Version("itq", "2026", date(2026, 1, 1), "", "", "a test", text), services.now(), "test")
        return tracking.refresh(
            db, services, deadlines.open_ones(db), cause="version 2026 of ITQ was added", by="U0ADMIN"
        )

    return await services.store.run(add)


async def test_a_version_that_lost_the_words_of_a_deadline_leaves_it_and_says_what_to_do(acme: House) -> None:
    id = await follow(acme, payment())
    await deliver(acme)
    assert await under(acme, "thirty (30) days after", "forty (40) days after") == tracking.Refreshed((), (id,))
    await deliver(acme)
    told = (await reminders(acme, "U0MARIE"))[-1]
    assert "It could not be computed again after version 2026 of ITQ was added: " in told
    assert "no longer holds the words" in told
    assert "check it against the words as they stand now, and if they give another day, press *Move*" in told
    assert (await stands(acme, id)).due == date(2026, 12, 2)
    await press(acme, "U0MARIE", "move")
    assert await fill(acme, "U0MARIE", day="2026-12-12", reason="Forty days since 2026") == {"closed": True}
    await at(acme, "2026-12-09T09:00:05+01:00")
    assert "*Sat 12 Dec 2026* (in 3 days)" in (await reminders(acme, "U0MARIE"))[-1]


async def test_a_version_in_which_the_words_of_a_deadline_stand_still_changes_nothing_about_it(acme: House) -> None:
    id = await follow(acme, payment())
    await deliver(acme)
    before = await stands(acme, id), await reminders(acme, "U0MARIE")
    assert await under(acme, "ITQ is entitled to invoice electronically.", "") == tracking.Refreshed((), ())
    await deliver(acme)
    assert (await stands(acme, id), await reminders(acme, "U0MARIE")) == before
