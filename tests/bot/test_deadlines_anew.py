"""Deadlines that are computed again when the words, numbers, rules or holidays they rest on change."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from bot import app as bots
from bot.desk import new_id
from handlers import anew, tracking
from handlers.computing import mark
from handlers.tracking import Refreshed
from knowledge import days
from knowledge.reminding import Hours
from storage import deadlines, documents, outbox, preferences
from storage.documents import Version
from storage.outbox import Letter
from tests.bot.following import acme, at, deliver, fill, follow, payment, press, reminders, stands, view_of
from tests.house import House, settings, shown

__all__ = ["acme"]  # the fixture


ROOT = Path(__file__).parents[2]
ITQ = (ROOT / "knowledge/documents/itq/text.txt").read_text(encoding="utf-8")
FORTY = ITQ.replace("thirty (30) days after", "forty (40) days after")
TERM = """
[[terms."payment.term"]]
value = 40
unit = "days"
clause = "6.1"
words = "forty (40) days after"
version = "2026"
"""


async def under(home: House, text: str, version: str = "2026") -> Refreshed | None:
    """What ``documents add`` does with a version."""
    services = home.bot.services
    assert text != ITQ

    def add(db: Database) -> Refreshed | None:
        documents.add(
            db, Version("itq", version, date(2026, 1, int(version) % 28), "", "", "a test", text), services.now(), "x"
        )
        return anew.some(db, services, cause=f"version {version} of ITQ was added", by="U0ADMIN")

    return await services.store.run(add)


async def again(home: House) -> None:
    """Another process starts on the same database, and says what is due."""
    bot = bots.build(settings(home.bot.services.store.path, home.server.api_url), home.bot.services.now, new_id)
    await bot.open()
    await bot.deliveries.stop()
    await bot.close()
    await deliver(home)


async def test_a_version_that_lost_the_words_of_a_deadline_leaves_it_and_says_what_to_do(acme: House) -> None:
    id = await follow(acme, payment())
    await deliver(acme)
    assert await under(acme, FORTY) == Refreshed((), (id,))
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


async def test_what_cannot_be_computed_is_told_once_however_often_it_is_tried(acme: House) -> None:
    await follow(acme, payment())
    await under(acme, FORTY)
    await deliver(acme)
    before = await reminders(acme, "U0MARIE")
    assert await under(acme, FORTY + "\nA last line.\n", "2025") is not None, "an older one, which does not govern"
    await again(acme)
    assert await reminders(acme, "U0MARIE") == before


async def test_a_version_in_which_the_words_stand_moves_nothing_and_is_what_why_shows(acme: House) -> None:
    id = await follow(acme, payment())
    await deliver(acme)
    before = await stands(acme, id), await reminders(acme, "U0MARIE")
    assert await under(acme, ITQ.replace("ITQ is entitled to invoice electronically.", "")) == Refreshed((), ())
    await deliver(acme)
    after = await stands(acme, id)
    assert ((after.readings, after.revision), await reminders(acme, "U0MARIE")) == (
        (before[0].readings, before[0].revision),
        before[1],
    )
    await press(acme, "U0MARIE", "why")
    told = shown(await view_of(acme, "U0MARIE"))
    assert "ITQ 6.1 (version 2026)" in told
    assert "read anew (cause version 2026 of ITQ governs it now, instead of version undated)" in told


async def test_what_another_release_computed_is_computed_again_at_the_start_and_told_once(acme: House) -> None:
    ids = [await follow(acme, payment(f"payment-due:{number}", title=f"Invoice {number}")) for number in range(3)]
    await deliver(acme)

    def as_before(db: Database) -> None:
        """As a release left them in which the term was of 20 days."""
        day = '[["literal", "2026-11-22", "2026-11-22"]]'
        db.execute("update deadlines set under = 'older', due = '2026-11-22', readings = ?", (day,))

    services, most = acme.bot.services, anew.AT_ONCE
    await services.store.run(as_before)
    done = await services.store.run(_one_is_computed, acme)
    assert len(done.moved) == 1 < most, "a process that ended half-way"
    await again(acme)
    await again(acme)
    assert [(await stands(acme, id)).due for id in ids] == [date(2026, 12, 2)] * 3
    told = "\n".join(await reminders(acme, "U0MARIE"))
    assert told.count("Moved from Sun 22 Nov 2026 to Wed 2 Dec 2026") == 3
    steps = await services.store.run(deadlines.steps, ids[0])
    assert [(s.action, s.content.get("from"), s.content.get("to")) for s in steps][-1] == (
        "deadline moved",
        "2026-11-22",
        "2026-12-02",
    )


def _one_is_computed(db: Database, home: House) -> Refreshed:
    first = deadlines.left_behind(db, "", 1)
    return tracking.refresh(db, home.bot.services, first, cause=anew.CAUSE, by="clausekeeper")


async def test_a_release_in_which_nothing_differs_for_a_deadline_leaves_it_as_it_is(acme: House) -> None:
    id, services = await follow(acme, payment()), acme.bot.services
    before = await stands(acme, id)
    await services.store.run(lambda db: db.execute("update deadlines set under = 'older'") and None)
    await again(acme)
    assert await stands(acme, id) == before
    assert [step.action for step in await services.store.run(deadlines.steps, id)] == ["deadline tracked"]


async def test_of_two_releases_on_one_database_the_one_that_started_last_computes_and_the_other_leaves_it(
    acme: House,
) -> None:
    id, services = await follow(acme, payment()), acme.bot.services
    await deliver(acme)

    def as_another_starts(db: Database) -> None:
        """Another release starts, and owes that what is not its own be computed again."""
        preferences.choose(db, anew.RELEASE, "another", services.now(), "clausekeeper")
        db.execute("update deadlines set under = 'of another'")
        outbox.put(db, Letter("anew:another", anew.ANEW, services.now(), anew.ANEW, {}))

    await services.store.run(as_another_starts)
    for _ in range(3):
        await deliver(acme)
        await acme.post("clock", advance=anew.LATER.total_seconds())
        assert (await stands(acme, id)).under == "of another", "who started before computes it no more"
    owed = await services.store.run(outbox.about, anew.ANEW)
    assert [letter.state for letter in owed] == ["sent"] * 3 + ["waiting"], "what the other is to do is left to it"
    await again(acme)
    assert (await stands(acme, id)).under == mark((await services.shelf()).library)


async def test_a_version_whose_numbers_are_known_moves_dates_with_the_cause(acme: House, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    await acme.post("clock", now=now.isoformat())  # a command line has the clock of its machine
    today = now.astimezone(acme.bot.services.zone).date()
    id = await follow(acme, payment(since=today.isoformat()))
    tree = tmp_path / "tree"
    for package in ("bot", "handlers", "knowledge", "storage", "workspace"):
        shutil.copytree(ROOT / package, tree / package, copy_function=os.symlink)
    terms = tree / "knowledge/documents/itq/terms.toml"
    known = terms.read_text(encoding="utf-8")
    terms.unlink()
    terms.write_text(known + TERM, encoding="utf-8")
    (tmp_path / "new.txt").write_text(FORTY, encoding="utf-8")
    words = ("documents", "add", "new.txt", "--slug", "itq", "--effective", "2026-01-01", "--version", "2026")
    env = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "CLAUSEKEEPER_"))}
    env |= {"PYTHONPATH": str(tree), "CLAUSEKEEPER_DATABASE": str(acme.bot.services.store.path)}
    added = subprocess.run(  # noqa: ASYNC221 - nothing else is to happen meanwhile
        [sys.executable, "-P", "-m", "bot", *words], cwd=tmp_path, env=env, capture_output=True, text=True, check=True
    )
    assert "1 tracked deadline moved; each owner is told." in added.stdout
    moved = await stands(acme, id)
    assert (moved.due, moved.revision) == (today + timedelta(days=40), 2)
    working = Hours(acme.bot.services.zone, days.BELGIUM).next(now + timedelta(hours=1))
    await at(acme, working.isoformat())
    old, new = (days.spoken(today + timedelta(days=long)) for long in (30, 40))
    cause = (
        "version 2026 of ITQ governs it now, instead of version undated; ITQ 6.1 says 40 days now, where it was 30 days"
    )
    assert f"Moved from {old} to {new}: {cause}." in "\n".join(await reminders(acme, "U0MARIE"))
