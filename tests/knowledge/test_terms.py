"""Terms rest on words: those that are gone, double, circular or undated are refused with file and term."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from handlers.parse import from_json
from knowledge.clauses import Document
from knowledge.library import Added, Library, load
from knowledge.refused import Refused
from knowledge.rules import compute
from knowledge.termfiles import Amendment, amendment, known, read, tables
from knowledge.terms import Overrides, Terms, standing
from tests.knowledge.asking import LIBRARY, NOW, deadline, fee, totals
from tests.knowledge.test_rules_properties import EXAMPLES, FROM_A_DAY

COMPUTED = [document for document in LIBRARY.documents if document.slug in tables()]

ITQ = LIBRARY.document("itq")
GOOD = {"value": 45, "unit": "days", "clause": "3", "words": "payment within forty-five days"}


def special(name: str = "Acme special conditions", amends: str = "ITQ", **terms: Any) -> Amendment:
    """Special conditions that set terms, the dots of whose names are written as double underscores."""
    rows = {key.replace("__", "."): [value] for key, value in terms.items()}
    return amendment({"name": name, "amends": amends, "terms": rows}, "acme.toml")


def acme(*amendments: Amendment, **circumstances: Any) -> Overrides:
    return Overrides("acme", amendments=amendments, **circumstances)


@pytest.mark.parametrize("document", COMPUTED, ids=lambda document: document.slug)
def test_the_words_of_every_term_stand_in_their_clause(document: Document) -> None:
    assert [term.name for term, stands in standing(document) if not stands] == []
    assert standing(document)


def test_every_term_is_read_by_some_rule() -> None:
    read_by = {term["name"] for kind, given in EXAMPLES.items() for term in fee(kind, **given)["terms"]}
    for basis in ("27.1", "38.4", "43.2", "44.1", "ITAF 4.5", "ITAF 5.1"):
        read_by |= {term["name"] for term in fee("time-and-cost", basis=basis, hours=1, rate=1)["terms"]}
    for kind in FROM_A_DAY:
        read_by |= {term["name"] for term in deadline(kind, since="2026-11-20")["terms"]}
    for kind in ("breach-client", "breach-authority"):
        read_by |= {term["name"] for term in deadline(kind, since="2026-11-20T10:00")["terms"]}
    assert read_by == set(known())


WRONG = {
    "an unknown key": ('value = 30\nunit = "days"\nclause = "6.1"\nwords = "w"\nvalid = 1', "unknown key "
    "'valid'"),
    "no words": ('value = 30\nunit = "days"\nclause = "6.1"\nwords = " "', "has no words"),
    "no value": ('unit = "days"\nclause = "6.1"\nwords = "w"', "lacks value"),
    "an unknown unit": ('value = 30\nunit = "moons"\nclause = "6.1"\nwords = "w"', "unit 'moons'"),
    "text for a number": ('value = "30"\nunit = "days"\nclause = "6.1"\nwords = "w"', "no value in days"),
    "half a day": ('value = 1.5\nunit = "days"\nclause = "6.1"\nwords = "w"', "whole number"),
    "below zero": ('value = -1\nunit = "EUR"\nclause = "6.1"\nwords = "w"', "zero or more"),
    "no date": ('value = 1\nunit = "EUR"\nclause = "6.1"\nwords = "w"\nfrom = "soon"', "write a date"),
    "an end before its beginning": (
        'value = 1\nunit = "EUR"\nclause = "6.1"\nwords = "w"\nfrom = 2026-02-01\nuntil = 2026-02-01', "ends",
    ),
    "law without a source": ('value = 1\nunit = "EUR"\nclause = "1"\nwords = "w"\nauthority = "GDPR"', "a "
    "source"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_entry_is_refused_with_file_and_term(text: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        read(f'[[terms."payment.term"]]\n{text}', "itq")
    assert "knowledge/documents/itq/terms.toml: the term payment.term" in str(refused.value)
    assert said in str(refused.value)


def test_values_that_overlap_are_refused_and_values_that_follow_are_not() -> None:
    entry = '[[terms."x"]]\nvalue = {}\nunit = "days"\nclause = "6.1"\nwords = "w"\n{}\n'
    first = entry.format(30, "until = 2026-01-01")
    assert len(read(first + entry.format(45, "from = 2026-01-01"), "itq")["x"]) == 2
    with pytest.raises(Refused, match="two values of the term x"):
        read(first + entry.format(45, "from = 2025-12-31"), "itq")


def test_what_is_no_toml_or_no_terms_is_refused_with_its_file() -> None:
    with pytest.raises(Refused, match=r"terms.toml is not TOML"):
        read("[[terms", "itq")
    with pytest.raises(Refused, match="unknown part 'rates'"):
        read("[rates]", "law")
    with pytest.raises(Refused, match="must be written as"):
        read('[terms."x"]\nvalue = 1', "itq")


def test_a_day_without_a_value_is_refused_and_never_the_nearest() -> None:
    with pytest.raises(Refused, match=r"law.toml: the term breach.authority has no value for 2018-05-24"):
        _ = Terms([ITQ], on=date(2018, 5, 24))["breach.authority"]
    assert Terms([ITQ], on=date(2018, 5, 25)).count("breach.authority") == 72


def test_an_unknown_term_and_a_missing_document_are_refused() -> None:
    with pytest.raises(Refused, match=r"no term 'payment\.trem'"):
        _ = Terms([ITQ], on=NOW.date())["payment.trem"]
    with pytest.raises(Refused, match="not loaded"):
        _ = Terms([], on=NOW.date())["payment.term"]


def test_terms_remember_only_what_was_read() -> None:
    terms = Terms([ITQ], on=NOW.date())
    assert terms.count("payment.term") == 30
    assert list(terms.read) == ["payment.term"]


# --- versions


def second_version(old: str, new: str) -> Library:
    changed = ITQ.source.replace(old, new)
    assert changed != ITQ.source
    added = Added("itq", "2027", date(2027, 1, 1), "General Terms and Conditions", "ITQ", "test", changed)
    return load([added])


def due(library: Library, overrides: Overrides | None = None) -> str:
    asked = from_json("deadline", "payment-due", {"from": "2027-02-01"}, now=NOW, agreements=lambda name: None)
    found = compute(asked.rule, asked.question, library, overrides, id="x")
    return str(found.readings[0].day)


def test_a_version_that_is_taken_in_again_is_the_same_document() -> None:
    """What is remembered of a document is remembered once, however often the documents are taken in."""
    one, other = (second_version("thirty (30) days", "forty (40) days").document("itq") for _ in range(2))
    assert one is other
    assert second_version("thirty (30) days", "fifty (50) days").document("itq") is not one


def test_a_version_that_lost_the_words_of_a_term_is_not_computed_under() -> None:
    library = second_version("thirty (30) days after the invoice date", "forty (40) days after the invoice date")
    with pytest.raises(Refused) as refused:
        due(library)
    said = str(refused.value)
    assert "Version 2027 of ITQ no longer holds the words \u201cthirty (30) days after the invoice date\u201d" in said
    assert "payment.term" in said


def test_the_version_of_the_agreement_governs_not_the_latest() -> None:
    library = second_version("thirty (30) days after the invoice date", "forty (40) days after the invoice date")
    assert due(library, acme(concluded=date(2026, 5, 1))) == "2027-03-03"
    assert due(library, acme(concluded=date(2026, 5, 1), versions={"itq": "undated"})) == "2027-03-03"
    with pytest.raises(Refused, match="no longer holds"):
        due(library, acme(concluded=date(2026, 5, 1), versions={"itq": "2027"}))


def test_a_version_that_changed_other_words_is_computed_under() -> None:
    assert due(second_version("ITQ is entitled to invoice electronically.", "")) == "2027-03-03"


def test_standing_tells_term_by_term_what_a_new_version_lost() -> None:
    library = second_version(
        "within fourteen (14) days of it becoming possible", "within a month of it becoming possible"
    )
    lost = [term.name for term, stands in standing(library.document("itq")) if not stands]
    assert lost == ["change.objection"]


# --- special conditions


def test_special_conditions_prevail_and_the_chain_shows_what_they_replaced() -> None:
    found = deadline("payment-due", acme(special(payment__term=GOOD)), since="2026-05-15")
    assert found["date"] == "2026-06-29"
    (term,) = [term for term in found["terms"] if term["name"] == "payment.term"]
    assert (term["value"], term["ref"]) == (45, "Acme special conditions 3")
    assert [(o["value"], o["ref"]) for o in term["origin"]] == [(45, "Acme special conditions 3"), (30, "ITQ 6.1")]
    assert "payment within forty-five days" in [cite["words"] for cite in found["citations"]]
    assert found["inputs"]["agreement"] == "acme"


def test_an_amendment_of_an_amendment_prevails_over_it() -> None:
    first = special("First", payment__term=GOOD)
    second = special("Second", "First", payment__term=GOOD | {"value": 60, "words": "payment within sixty days"})
    found = deadline("payment-due", acme(first, second), since="2026-05-15")
    (term,) = [term for term in found["terms"] if term["name"] == "payment.term"]
    assert [o["value"] for o in term["origin"]] == [60, 45, 30]


def test_a_special_condition_holds_only_in_its_days() -> None:
    later = acme(special(payment__term=GOOD | {"from": date(2026, 6, 1), "until": date(2026, 7, 1)}))
    assert deadline("payment-due", later, since="2026-05-31")["period"] == 30
    assert deadline("payment-due", later, since="2026-06-01")["period"] == 45
    assert deadline("payment-due", later, since="2026-07-01")["period"] == 30


def test_a_percentage_of_the_table_can_be_set() -> None:
    half = {"value": Decimal("75"), "unit": "percent", "clause": "4", "words": "evenings at 75 percent"}
    found = fee(
        "surcharge", acme(special(surcharge__evening=half)), start="2026-11-17T18:00", end="2026-11-17T19:00", rate=100
    )
    assert totals(found) == {"shift": "175.00", "calendar-rows": "175.00", "stacked": "175.00"}


def test_working_days_in_place_of_days_are_counted_as_such() -> None:
    found = deadline(
        "payment-due", acme(special(payment__term=GOOD | {"value": 5, "unit": "working_days"})), since="2026-11-06"
    )
    assert (found["date"], found["unit"]) == ("2026-11-16", "working_days")


def test_the_house_policy_can_be_set_and_the_law_cannot() -> None:
    hours = {"value": 12, "unit": "hours", "clause": "9", "words": "within twelve hours"}
    found = deadline("breach-client", acme(special(breach__client=hours)), since="2026-11-20T10:00")
    assert found["date"] == "2026-11-20T22:00:00+01:00"
    with pytest.raises(Refused, match=r"breach.authority is law \(GDPR 33\(1\)\)"):
        special(breach__authority=hours)


def test_a_disputed_reading_can_be_settled_by_words() -> None:
    words = {"reading": "working-days", "clause": "5", "words": "all days in 7.3 are Working Days"}
    settled = amendment({"name": "Acme", "amends": "ITQ", "settles": {"cancellation": [words]}}, "acme.toml")
    found = fee("cancellation", acme(settled), cancelled="2026-11-25", performance="2026-11-30", fee=8000)
    assert totals(found) == {"working-days": "4000.00"}
    assert found["total"] == "4000.00"
    assert "Acme 5 settles how the words are read: working-days." in found["assumptions"]
    assert words["words"] in [cite["words"] for cite in found["citations"]]
    wrong = replace(settled, settles=(replace(settled.settles[0], reading="by-the-moon"),))
    with pytest.raises(Refused, match="none of its readings: calendar-days, working-days, strict"):
        fee("cancellation", acme(wrong), cancelled="2026-11-25", performance="2026-11-30", fee=8000)


def test_conditions_that_amend_themselves_are_refused() -> None:
    with pytest.raises(Refused, match="amend themselves: A -> A"):
        acme(special("A", "A"))
    with pytest.raises(Refused, match="amend themselves: A -> B -> A"):
        acme(special("A", "B"), special("B", "A"))


def test_conditions_that_amend_nothing_or_contradict_each_other_are_refused() -> None:
    with pytest.raises(Refused, match="neither a document nor another amendment"):
        acme(special("A", "The moon"))
    with pytest.raises(Refused, match=r"both set payment.term for the same days"):
        acme(special("A", payment__term=GOOD), special("B", payment__term=GOOD))
    with pytest.raises(Refused, match="two amendments of one name"):
        acme(special("A"), special("A"))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"amends": "ITQ"}, "needs a name"),
        ({"name": "A"}, "must say what it amends"),
        ({"name": "A", "amends": "ITQ", "wishes": 1}, "unknown key 'wishes'"),
        ({"name": "A", "amends": "ITQ", "terms": {"payment.trem": [GOOD]}}, "near it are: payment.term"),
        ({"name": "A", "amends": "ITQ", "terms": {"payment.term": [GOOD | {"words": ""}]}}, "has no words"),
        ({"name": "A", "amends": "ITQ", "terms": {"payment.term": [GOOD | {"unit": "EUR"}]}}, "term in days"),
        ({"name": "A", "amends": "ITQ", "terms": {"payment.term": [GOOD, GOOD]}}, "hold on the same day"),
        ({"name": "A", "amends": "ITQ", "settles": {"cancellation": [{"reading": "x"}]}}, "reading, clause and words"),
        ({"name": "A", "amends": "ITQ", "settles": 3}, "must be a table"),
        ({"name": "A", "amends": "ITQ", "terms": 3}, "must be written as"),
    ],
)
def test_wrong_special_conditions_are_refused(data: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused) as refused:
        amendment(data, "acme.toml")
    assert "acme.toml" in str(refused.value)
    assert said in str(refused.value)


def test_an_agreement_that_had_not_begun_is_refused() -> None:
    young = acme(concluded=date(2026, 6, 1))
    with pytest.raises(Refused, match="had not begun on 2026-05-15") as refused:
        deadline("payment-due", young, since="2026-05-15")
    assert refused.value.field == "agreement"
    assert deadline("payment-due", young, since="2026-06-01")["date"] == "2026-07-01"


def test_tables_hold_terms_of_every_owner() -> None:
    assert set(tables()) >= {"itq", "itaf", "law", "policy"}
