"""Settlements in any order: partial returns, returns told late, losses, disputes, statements up to earlier days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from handlers.computing import basis
from handlers.hardware import reckoned
from handlers.hardware.books import Books
from handlers.services import Shelf, open_shelf
from knowledge import hardware
from knowledge.inputs import Here
from knowledge.refused import Refused
from storage import agreements
from storage import hardware as kept
from storage.database import connect, savepoint
from storage.hardware import Dispute, Stated

ENDED, BEGAN = date(2026, 10, 31), date(2026, 10, 1)
TAGS = ("A", "B", "C")
ids = count()


@dataclass(repr=False)
class Told:
    """What is done to three items of one agreement, day by day, and what the statements said of it."""

    db: Database
    shelf: Shelf
    today: date = ENDED
    costs: Decimal = Decimal(0)
    stated: list[Stated] = field(default_factory=list)
    days: dict[tuple[str, str], set[date]] = field(default_factory=dict)

    @property
    def books(self) -> Books:
        noon = datetime.combine(self.today, time(12), UTC)
        here = Here(noon, ZoneInfo("Europe/Brussels"))
        return Books(self.db, basis(self.db, self.shelf), here, "test", lambda: f"id-{next(ids)}")

    def do(self, what: str, tag: str, number: int) -> None:
        """One step; what cannot be is refused and changes nothing."""
        at = self.books
        item = at.item(tag)
        day = self.today - timedelta(number % 9)
        try:
            with savepoint(self.db):
                match what:
                    case "wait":
                        self.today += timedelta(number)
                    case "return" | "inspect" | "write-off" | "lose":
                        cost = Decimal(number) / 7
                        data: dict[str, Any] = {"costs": list(hardware.costs({"repair": cost}, "return"))}
                        at.move([item], what, day, data if what != "lose" else {})
                        self.costs += hardware.money.cents(cost) if what != "lose" else 0
                    case "settle":
                        self.keep(reckoned.give_out(at, "acme", day))
                    case "drop":
                        self.drop(at)
        except Refused:
            pass

    def keep(self, stated: Stated) -> None:
        """A statement was given out: no day stands on it that stands on another."""
        self.stated.append(stated)
        for line in stated.content["lines"]:
            name = line.get("reading")
            if name not in ("from-end", "from-due"):
                continue
            before = self.days.setdefault((line["tag"], name), set())
            if "since" not in line:
                assert line["amount"].startswith("-"), "only a return in time, told late, has no days"
                before.clear()
                continue
            since, until = date.fromisoformat(line["since"]), date.fromisoformat(line["until"])
            named = {since + timedelta(n) for n in range((until - since).days + 1)}
            assert len(named) == line["days"]
            if line["amount"].startswith("-"):
                assert named <= before, "no day is given back that was not charged"
                before -= named
            else:
                assert not named & before, f"{line['tag']}: {since} to {until} is charged twice under {name}"
                before |= named

    def drop(self, at: Books) -> None:
        """The Client disputes the first line of the last statement, and gets it back."""
        for stated in self.stated[-1:]:
            line = stated.content["lines"][0]
            if Decimal(line["amount"]) > 0 and not kept.disputes(self.db, statement=stated.number):
                id = at.new_id()
                kept.dispute(self.db, Dispute(id, stated.number, 1, line["tag"], "No", at.now, "test"))
                kept.end_dispute(self.db, id, "Right", "dropped", line["amount"], at.now, "test")
                self.costs -= Decimal(line["amount"])


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """A database with three items that went out under an agreement, which ended on 31 October 2026."""
    path: Path = tmp_path_factory.mktemp("statements") / "bot.db"
    db = connect(path)
    told = Told(db, open_shelf((), ENDED, 0), today=BEGAN)
    text = f'slug = "acme"\nclient = "Acme NV"\ncountry = "BE"\nconcluded = {BEGAN}\nends = {ENDED}\n'
    agreements.keep(db, "acme", "Acme NV", text, datetime.combine(BEGAN, time(12), UTC), "test")
    given = {"description": "Laptop", "agreement": "acme", "fee": Decimal("310.55")}
    told.books.add(hardware.new(given | {"tag": tag}, "Acme NV") for tag in TAGS)
    told.books.move([told.books.item(tag) for tag in TAGS], "deliver", BEGAN, {})
    yield told
    db.close()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["wait", "wait", "settle", "settle", "return", "inspect", "write-off", "lose", "drop"]),
        st.sampled_from(TAGS),
        st.integers(0, 40),
    ),
    max_size=14,
)


@settings(deadline=None, max_examples=60)
@given(STEPS)
# Up to a day before an item came back and was inspected: its costs and its last days wait for the next statement.
@example([("wait", "A", 30), ("return", "A", 9), ("inspect", "A", 18), ("settle", "A", 8)])
# A return told late: what was charged beyond it is given back, all of it where the return was in time.
@example([("wait", "A", 23), ("settle", "A", 0), ("return", "A", 8)])
@example([("wait", "A", 18), ("settle", "A", 0), ("return", "A", 4), ("settle", "A", 0)])
@example([("wait", "A", 30), ("settle", "A", 0), ("drop", "A", 0), ("wait", "A", 2), ("settle", "B", 0)])
def test_statements_add_up_to_the_rule_and_no_day_stands_on_two(
    opened: Told, steps: list[tuple[str, str, int]]
) -> None:
    db, told = opened.db, Told(opened.db, opened.shelf)
    db.execute("begin")
    try:
        for step in steps:
            told.do(*step)
        told.today += timedelta(1)
        for tag in TAGS:
            for what in ("return", "inspect"):
                told.do(what, tag, 0)
        told.do("settle", "A", 0)
        _adds_up(told)
    finally:
        db.execute("rollback")


def _adds_up(told: Told) -> None:
    """Everything is settled, and the statements come to what the rule says of each return, under every reading."""
    at = told.books
    items = [at.item(tag) for tag in TAGS]
    answers = [reckoned.rent(at, item, told.today) for item in items]
    for reading in ("from-end", "from-due", "whole-periods"):
        rents = [one.total for answer in answers for one in answer.readings if one.name == reading]
        said = [Decimal(one["total"]) for s in told.stated for one in s.content["readings"] if one["name"] == reading]
        # A statement without rent has one sum, which every reading shares.
        said += [Decimal(s.content["total"]) for s in told.stated if s.content["reading"] == "costs"]
        assert sum(said) == sum(rents) + told.costs, reading
    for item, answer in zip(items, answers, strict=True):
        assert (item.state, item.owed) == ("settled", ())
        for reading in answer.readings[:2]:
            days = sum(line.days or 0 for line in reading.lines)
            assert len(told.days.get((item.tag, reading.name), ())) == days
    for stated in kept.statements(told.db):
        assert reckoned.holds(told.db, told.shelf, stated)
    with pytest.raises(Refused, match="Nothing is to be charged"):
        reckoned.draft(at, "acme", told.today)
