"""What an incident owes to say: from how it stands now, nothing said twice, nothing lost."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlite_utils import Database

from handlers.breach.keeping import SPEAK, Hand, act, begin, owe
from handlers.services import open_shelf
from knowledge.breach import acts
from storage.database import connect
from storage.sealing import Seal
from tests.house import KEY

AWARE = datetime(2026, 11, 24, 1, tzinfo=UTC)
DUE = AWARE + timedelta(hours=24)
ONE = "INC-2026-001"


@pytest.fixture
def mine(tmp_path: Path) -> Iterator[Hand]:
    numbers = count()
    with closing(connect(tmp_path / "bot.db")) as db:
        shelf = open_shelf([], AWARE.date(), 0)
        new_id, zone = (lambda: f"id{next(numbers)}"), ZoneInfo("Europe/Brussels")
        yield Hand(db, Seal([KEY]), shelf, AWARE, new_id, "U0RAVI", zone, frozenset({"responder"}), ("U0RAVI",))


def waiting(db: Database) -> list[str]:
    rows = db.execute("select due from outbox where method = ? and state = 'waiting' order by due", (SPEAK,))
    return [row[0] for row in rows]


def reported(mine: Hand) -> None:
    begin(
        mine, {"happened": "x", "aware_at": AWARE.isoformat(), "clients": "unknown", "cause": "Phishing"}, drill=False
    )


def noted(mine: Hand, at: datetime) -> None:
    act(replace(mine, now=at), ONE, lambda incident: acts.note(incident, "looking into it"))


def test_each_change_takes_back_what_was_owed_and_owes_it_anew(mine: Hand) -> None:
    reported(mine)
    before = waiting(mine.db)
    assert (DUE - timedelta(minutes=15)).isoformat() in before
    noted(mine, AWARE + timedelta(minutes=1))
    assert waiting(mine.db) == before
    rooms = mine.db.execute("select count(*) from outbox where method = 'breach_room' and state = 'waiting'").fetchone()
    assert rooms == (1,)


def test_words_that_are_due_are_not_lost_when_somebody_changes_the_incident_first(mine: Hand) -> None:
    reported(mine)
    late = DUE + timedelta(seconds=5)
    noted(mine, late)
    assert waiting(mine.db)[0] == late.isoformat(), (
        "what was due and not said is said now, once for all that was missed"
    )
    assert [due for due in waiting(mine.db) if due <= late.isoformat()] == [late.isoformat()]


def test_a_reminder_that_comes_due_while_one_is_said_is_not_lost(mine: Hand) -> None:
    reported(mine)
    incident = act(replace(mine, now=DUE - timedelta(minutes=15)), ONE, lambda i: acts.note(i, "x"))
    owe(replace(mine, now=DUE + timedelta(seconds=1)), incident, 9, since=DUE - timedelta(minutes=15))
    assert waiting(mine.db)[0] == DUE.isoformat()


def test_a_settled_incident_says_nothing_more(mine: Hand) -> None:
    reported(mine)
    later = replace(mine, now=DUE + timedelta(seconds=5))
    act(later, ONE, lambda incident: acts.move(incident, "dismiss", later.act, reason="Test data"))
    assert waiting(mine.db) == []
