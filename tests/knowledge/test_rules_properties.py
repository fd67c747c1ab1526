"""What holds for every question: sums, orders, bounds, and the same bytes for the same question."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.answer_text import to_text
from knowledge.rules import rules
from tests.knowledge.asking import LIBRARY, answer, deadline, fee, totals

DAYS = st.dates(date(2018, 6, 1), date(2028, 12, 31))
STARTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 20)).map(  # noqa: DTZ001 - made aware in the next line
    lambda moment: moment.replace(second=0, microsecond=0, tzinfo=UTC)
)
MINUTES = st.integers(1, 5000)
COUNTRIES = st.sampled_from(["BE", "NL", "LU"])
AMOUNTS = st.integers(0, 10_000_000).map(lambda cents: Decimal(cents) / 100)
FROM_A_DAY = sorted(
    rule.kind
    for rule in rules().values()
    if rule.family == "deadline" and [(f.name, f.type) for f in rule.fields if f.required] == [("from", "date")]
)

EXAMPLES: dict[str, dict[str, object]] = {
    "surcharge": {"start": "2026-11-20T22:00", "end": "2026-11-21T02:00", "rate": 150},
    "cancellation": {"cancelled": "2026-11-25", "performance": "2026-11-30", "fee": 8000},
    "late-payment": {"invoice_date": "2026-05-15", "amount": 12100, "paid": "2026-08-20"},
    "price-revision": {"price": 10000, "share": 95, "change": Decimal("12.345")},
    "liability": {"invoice_amount": 80000, "claims": [30000, Decimal("40000.125")]},
    "hardware-overdue": {"ended": "2026-10-31", "returned": "2026-12-02", "fee": Decimal("300.123")},
    "time-and-cost": {"basis": "26.7", "hours": "0h50", "rate": Decimal("100.05")},
    "fair-use": {"used": Decimal("1.234"), "others": [Decimal("0.1"), 2]},
}


def surcharged(start: datetime, minutes: int, rate: Decimal, country: str = "BE") -> dict[str, Any]:
    end = start + timedelta(minutes=minutes)
    return fee("surcharge", start=start.isoformat(), end=end.isoformat(), rate=rate, country=country)


def amounts(found: dict[str, Any]) -> dict[str, Decimal]:
    return {name: Decimal(total) for name, total in totals(found).items()}


@given(start=STARTS, minutes=MINUTES, rate=AMOUNTS, country=COUNTRIES)
def test_a_total_is_the_sum_of_its_lines_which_cover_the_span(
    start: datetime, minutes: int, rate: Decimal, country: str
) -> None:
    found = surcharged(start, minutes, rate, country)
    for reading in found["readings"]:
        assert Decimal(reading["total"]) == sum(Decimal(line["amount"]) for line in reading["lines"])
        assert sum(line["minutes"] for line in reading["lines"]) == minutes
        ends = [line["end"] for line in reading["lines"]]
        assert [line["start"] for line in reading["lines"][1:]] == ends[:-1]
        names = [line["category"] for line in reading["lines"]]
        assert all(one != following for one, following in pairwise(names))


@given(start=STARTS, minutes=MINUTES, more=st.integers(1, 600), rate=AMOUNTS)
def test_a_longer_interval_never_costs_less(start: datetime, minutes: int, more: int, rate: Decimal) -> None:
    short, long = amounts(surcharged(start, minutes, rate)), amounts(surcharged(start, minutes + more, rate))
    assert all(short[reading] <= long[reading] for reading in short)


@given(start=STARTS, minutes=st.integers(2, 5000), cut=st.integers(1, 4999), rate=AMOUNTS)
def test_splitting_an_interval_never_changes_the_minutes_of_a_category(
    start: datetime, minutes: int, cut: int, rate: Decimal
) -> None:
    cut = min(cut, minutes - 1)
    parts = surcharged(start, cut, rate), surcharged(start + timedelta(minutes=cut), minutes - cut, rate)
    whole = surcharged(start, minutes, rate)
    for at, reading in enumerate(whole["readings"]):
        together = sum((by_category(part["readings"][at]) for part in parts), Counter[str]())
        assert together == by_category(reading)


def by_category(reading: dict[str, Any]) -> Counter[str]:
    counts = Counter[str]()
    for line in reading["lines"]:
        counts[line["category"]] += line["minutes"]
    return counts


@given(start=STARTS, minutes=MINUTES, rate=AMOUNTS, country=COUNTRIES)
def test_adding_surcharges_never_gives_less_than_one_and_the_calendar_never_more(
    start: datetime, minutes: int, rate: Decimal, country: str
) -> None:
    minutes_by = {
        reading["name"]: sum(line["minutes"] * line["surcharge"] for line in reading["lines"])
        for reading in surcharged(start, minutes, rate, country)["readings"]
    }
    assert minutes_by["calendar-rows"] <= minutes_by["shift"] <= minutes_by["stacked"]


@given(day=st.dates(date(2026, 1, 1), date(2026, 12, 31)), start=st.integers(8, 21), hours=st.integers(1, 2))
def test_readings_agree_on_days_and_evenings_that_are_no_holiday(day: date, start: int, hours: int) -> None:
    begun = datetime(day.year, day.month, day.day, start, tzinfo=UTC) - timedelta(hours=2)
    found = surcharged(begun, hours * 60, Decimal(100))
    if {line["category"] for line in found["lines"]} <= {"standard", "evening"}:
        assert len(set(totals(found).values())) == 1


@given(performance=DAYS, before=st.integers(-2, 15), later=st.integers(0, 10), amount=AMOUNTS, country=COUNTRIES)
def test_cancelling_later_never_costs_less_and_the_readings_are_in_order(
    performance: date, before: int, later: int, amount: Decimal, country: str
) -> None:
    def cancelled(days: int) -> dict[str, Decimal]:
        day = performance - timedelta(days=days)
        return amounts(
            fee("cancellation", cancelled=str(day), performance=str(performance), fee=amount, country=country)
        )

    early, late = cancelled(before), cancelled(before - later)
    assert early["calendar-days"] <= early["working-days"] <= early["strict"]
    assert all(early[reading] <= late[reading] for reading in early)


@given(performance=DAYS, country=COUNTRIES)
def test_the_last_free_and_half_days_are_those_on_which_the_fee_changes(performance: date, country: str) -> None:
    free = deadline("cancellation-free", since=str(performance), country=country)
    half = deadline("cancellation-half", since=str(performance), country=country)

    def percent(day: str, reading: str, off: int = 0) -> int:
        cancelled = date.fromisoformat(day) + timedelta(days=off)
        found = fee("cancellation", cancelled=str(cancelled), performance=str(performance), fee=1, country=country)
        return int(next(r["percent"] for r in found["readings"] if r["name"] == reading))

    for reading in free["readings"]:
        assert percent(reading["date"], reading["name"]) == 0
        assert percent(reading["date"], reading["name"], 1) > 0
    assert percent(half["date"], "working-days") <= 50
    assert percent(half["date"], "working-days", 1) == 100


@given(kind=st.sampled_from(FROM_A_DAY), day=DAYS, country=COUNTRIES)
def test_an_extended_date_is_never_earlier_and_is_a_working_day_in_belgium(kind: str, day: date, country: str) -> None:
    found = deadline(kind, since=str(day), country=country)
    for reading in found["readings"]:
        assert reading["extended"] >= reading["date"]
        if reading["extended"] > reading["date"]:
            assert date.fromisoformat(reading["extended"]).weekday() < 5
            assert reading["skipped"][-1]["date"] < reading["extended"]


@given(claims=st.lists(AMOUNTS, min_size=1, max_size=8), invoiced=AMOUNTS, paid=AMOUNTS)
def test_shares_add_up_exactly_and_never_exceed_their_claims(
    claims: list[Decimal], invoiced: Decimal, paid: Decimal
) -> None:
    found = fee("liability", invoice_amount=invoiced, claims=claims, already_paid=paid)
    for reading in found["readings"]:
        shares = [Decimal(share) for share in reading["shares"]]
        assert sum(shares) == Decimal(reading["total"]) == min(Decimal(reading["limit"]), sum(claims))
        assert all(share <= claim for share, claim in zip(shares, claims, strict=True))
    assert Decimal(found["readings"][0]["total"]) <= Decimal(found["readings"][1]["total"])


@settings(max_examples=50)
@given(invoiced=st.dates(date(2020, 1, 1), date(2025, 12, 1)), days=st.integers(0, 300), amount=AMOUNTS)
def test_paying_later_never_costs_less_and_favours_whom_the_reading_says(
    invoiced: date, days: int, amount: Decimal
) -> None:
    def paid(after: int) -> dict[str, Decimal]:
        day = invoiced + timedelta(days=after)
        return amounts(fee("late-payment", invoice_date=str(invoiced), amount=amount, paid=str(day)))

    one, following = paid(days), paid(days + 1)
    assert one["client"] <= one["literal"] <= one["itq"]
    assert all(one[reading] <= following[reading] for reading in one)


def test_the_same_question_gives_the_same_bytes_also_from_its_stored_inputs() -> None:
    for kind, given_inputs in EXAMPLES.items():
        first = json.dumps(answer("fee", kind, given_inputs).data)
        stored = json.loads(first)["inputs"]
        assert json.dumps(answer("fee", kind, stored).data) == first
    for kind in FROM_A_DAY:
        first = json.dumps(answer("deadline", kind, {"from": "tomorrow", "country": "nl"}).data)
        assert json.dumps(answer("deadline", kind, json.loads(first)["inputs"]).data) == first


def test_every_answer_quotes_words_that_stand_in_the_document() -> None:
    for kind, given_inputs in EXAMPLES.items():
        found = answer("fee", kind, given_inputs)
        assert found.citations
        for cite in found.citations:
            if cite.verbatim:
                assert LIBRARY.document(cite.document).holds(cite.words)
        text = to_text(found)
        assert all(reading.name in text and reading.because in text for reading in found.readings)


def test_readings_of_a_fee_are_told_apart_by_their_difference_from_the_default() -> None:
    found = fee("surcharge", **EXAMPLES["surcharge"])
    assert [r["difference"] for r in found["readings"]] == ["0.00", "-300.00", "0.00"]
    assert (found["reading"], found["total"], found["lines"]) == ("shift", "1125.00", found["readings"][0]["lines"])


def test_fair_use_has_no_default_reading_and_no_total() -> None:
    found = fee("fair-use", **EXAMPLES["fair-use"])
    assert (found["total"], found["reading"], found["lines"]) == (None, None, [])
    assert [r["difference"] for r in found["readings"]] == [None] * 4
