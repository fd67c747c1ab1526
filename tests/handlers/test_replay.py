"""Recorded answers computed again: the same bytes, or the cause by name."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from handlers import parse
from handlers.computed import message
from handlers.computing import basis, entry, named, replay
from handlers.services import Shelf, open_shelf
from knowledge.answer import Family
from knowledge.rules import ENGINE
from storage import agreements as kept
from storage.audit import Entry, canonical
from storage.database import connect
from storage.documents import Version

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ITQ = (Path(__file__).parents[2] / "knowledge/documents/itq/text.txt").read_text("utf-8")
SHELF = open_shelf([], NOW.date(), 0)
LATE: tuple[Family, str, dict[str, object]] = (
    "fee",
    "late-payment",
    {"invoice_date": "2026-05-15", "amount": 12100, "paid": "2026-08-20"},
)
CANCELLED: tuple[Family, str, dict[str, object]] = (
    "fee",
    "cancellation",
    {"cancelled": "tomorrow", "performance": "2026-11-30", "fee": 8000},
)
CLAIM: tuple[Family, str, dict[str, object]] = ("deadline", "defect-claim", {"from": "2026-11-02", "country": "NL"})


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    db = connect(tmp_path / "bot.db")
    yield db
    db.conn.close()


def recorded(db: Database, asked: tuple[Family, str, dict[str, object]], shelf: Shelf = SHELF) -> Entry:
    """The answer to a question as it goes on record, read back."""
    on = basis(db, shelf)
    question = parse.from_json(*asked, now=NOW, agreements=on.overrides)
    made = entry(on.compute(question, "an-id"), named(on, question), NOW, "U0ANNA")
    return replace(made, content=copy.deepcopy(dict(made.content)))


def later(text: str, effective: date) -> Shelf:
    """The documents with one more version of the ITQ terms."""
    return open_shelf([Version("itq", str(effective), effective, "", "", "", text)], NOW.date(), 1)


@pytest.mark.parametrize("asked", [LATE, CANCELLED, CLAIM])
def test_an_answer_comes_out_the_same_to_the_byte(db: Database, asked: tuple[Family, str, dict[str, object]]) -> None:
    assert replay(db, SHELF, recorded(db, asked)).causes == ()


@pytest.mark.parametrize("fee", ["1200", "1200.0", "1200.00", "0", "8000"])
def test_what_is_asked_again_is_answered_as_if_it_were_computed(db: Database, fee: str) -> None:
    """Under an id of its own, however the sum is spelled, and under the texts as they stand."""
    family, kind, given = CANCELLED
    newer = later(ITQ.replace("Consultancy", "Consulting", 1), date(2026, 1, 1))
    for shelf in (SHELF, newer, SHELF):
        on = basis(db, shelf)
        asked = parse.from_json(family, kind, given | {"fee": fee}, now=NOW, agreements=on.overrides)
        for id in ("one", "two"):
            found = on.answer(asked, id)
            assert canonical(found.data) == canonical(on.compute(asked, id).data)
            assert message(found) == message(on.compute(asked, id))


def test_under_an_agreement_everything_is_computed(db: Database) -> None:
    kept.keep(db, "acme", "Acme", 'slug = "acme"\nclient = "Acme"\ncountry = "NL"\n', NOW, "U0MARIE")
    on = basis(db, SHELF)
    asked = parse.from_json(*CLAIM[:2], CLAIM[2] | {"agreement": "acme"}, now=NOW, agreements=on.overrides)
    assert canonical(on.answer(asked, "one").data) == canonical(on.compute(asked, "one").data)


def engine(content: dict[str, Any]) -> None:
    content["answer"]["engine"] = "0"


def rate(content: dict[str, Any]) -> None:
    for reading in content["answer"]["readings"]:
        reading["lines"][0]["percent"] = 10


def term(content: dict[str, Any]) -> None:
    content["answer"]["terms"][0]["origin"][0]["value"] = content["answer"]["terms"][0]["value"] = 45


def holidays(content: dict[str, Any]) -> None:
    content["holidays"] = "0.1"
    content["answer"]["assumptions"] = []


def itself(content: dict[str, Any]) -> None:
    content["answer"]["total"] = "1.00"


@pytest.mark.parametrize(
    ("change", "causes"),
    [
        (engine, [f"engine: 0 then, {ENGINE} now"]),
        (rate, ["rate: 10 % from 2026-06 then, 10.5 % now"]),
        (term, ["term: payment.term, 45 days (ITQ 6.1) then, 30 days (ITQ 6.1) now"]),
        (holidays, ["holiday data: holidays 0.1 then, "]),
        (itself, ["the rule itself: total came out differently"]),
    ],
)
def test_what_an_answer_rested_on_is_the_cause_and_nothing_else(
    db: Database, change: Callable[[dict[str, Any]], None], causes: list[str]
) -> None:
    then = recorded(db, LATE)
    content = dict(then.content)
    change(content)
    found = replay(db, SHELF, replace(then, content=content)).causes
    assert len(found) == len(causes)
    assert all(one.startswith(cause) for one, cause in zip(found, causes, strict=True))


def test_another_governing_text_is_named_and_so_is_one_without_the_words(db: Database) -> None:
    then = recorded(db, CANCELLED)
    reworded = ITQ.replace("In this context, cancellation includes", "Here, cancellation includes")
    (cause,) = replay(db, later(reworded, date(2026, 11, 1)), then).causes
    assert cause.startswith("document: ITQ undated (")
    assert "then, ITQ 2026-11-01 (" in cause
    gone = ITQ.replace("up to five (5) days before", "up to nine (9) days before")
    (cause,) = replay(db, later(gone, date(2026, 11, 1)), then).causes
    assert cause.startswith("document: refused now, Version 2026-11-01 of ITQ no longer holds the words")
    assert replay(db, later(gone, date(2026, 12, 1)), then).causes == ()


def test_a_rate_that_is_gone_is_the_cause(db: Database) -> None:
    kept.add_rate(db, date(2027, 1, 1), date(2027, 6, 30), Decimal(11), "a notice", NOW, "cli")
    then = recorded(db, ("fee", "late-payment", {**LATE[2], "paid": "2027-01-31"}))
    assert replay(db, SHELF, then).causes == ()
    db.execute("delete from rates")
    (cause,) = replay(db, SHELF, then).causes
    assert cause.startswith("rate: refused now, No rate of default interest is known for the first half of 2027")
