"""The rules against slow programs that count minute by minute and day by day, written from the clauses alone."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from holidays import country_holidays
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import knowledge
from tests.knowledge.asking import fee

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
COUNTRIES = st.sampled_from(["BE", "NL", "LU", "FR", "DE"])
EUROS = st.integers(0, 2_000_000).map(lambda cents: Decimal(cents) / 100)
BUSY_DAYS = [
    date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 24), date(2026, 10, 25), date(2026, 4, 3), date(2026, 4, 5),
    date(2026, 4, 27), date(2026, 5, 1), date(2026, 5, 14), date(2026, 7, 21), date(2026, 8, 15), date(2026, 11, 1),
    date(2026, 11, 11), date(2026, 12, 25), date(2027, 1, 1), date(2025, 5, 5), date(2024, 2, 29), date(2026, 11, 20),
]  # fmt: skip
DAYS = st.one_of(
    st.builds(lambda day, off: day + timedelta(days=off), st.sampled_from(BUSY_DAYS), st.integers(-4, 4)),
    st.dates(date(2019, 1, 1), date(2028, 12, 31)),
)


@cache
def holidays(year: int, country: str) -> frozenset[date]:
    return frozenset(country_holidays(country, years=year))


def holiday(day: date, country: str) -> bool:
    return day in holidays(day.year, "BE") or day in holidays(day.year, country)


def cents(value: Fraction) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def next_open_day(day: date) -> date:
    while day.weekday() > 4 or day in holidays(day.year, "BE"):
        day += DAY
    return day


# --- 5.2, minute by minute


def rows_on_shift(local: datetime, country: str) -> frozenset[str]:
    """The rows that hold a minute, a row that starts at 08:00, 18:00 or 23:00 running on past midnight."""
    begun = (local - timedelta(hours=8)).date()
    rows = set()
    if begun.weekday() < 5:
        hour = local.hour
        rows.add("standard" if 8 <= hour < 18 else "evening" if 18 <= hour < 23 else "night")
    else:
        rows.add("weekend")
    if holiday(begun, country):
        rows.add("holiday")
    return frozenset(rows)


def shift(local: datetime, country: str) -> str:
    rows = rows_on_shift(local, country)
    return next(row for row in ("holiday", "weekend", "night", "evening", "standard") if row in rows)


def calendar_rows(local: datetime, country: str) -> str:
    begun = (local - timedelta(hours=8)).date()
    if holiday(begun, country):
        return "holiday"
    if begun.weekday() > 4:
        return "weekend"
    if local.date().weekday() > 4:
        return "none"
    return "standard" if 8 <= local.hour < 18 else "evening" if 18 <= local.hour < 23 else "night"


def stacked(local: datetime, country: str) -> str:
    return "+".join(sorted(rows_on_shift(local, country) - {"standard"})) or "standard"


PERCENT = {"standard": 0, "none": 0, "evening": 50, "night": 100, "weekend": 100, "holiday": 100}


def by_the_minute(
    start: datetime,
    end: datetime,
    rate: Decimal,
    zone: ZoneInfo,
    country: str,
    category: Callable[[datetime, str], str],
) -> list[tuple[str, int, Decimal]]:
    stretches: list[tuple[str, int]] = []
    moment = start.astimezone(UTC)
    while moment < end.astimezone(UTC):
        name = category(moment.astimezone(zone).replace(tzinfo=None), country)
        if stretches and stretches[-1][0] == name:
            stretches[-1] = (name, stretches[-1][1] + 1)
        else:
            stretches.append((name, 1))
        moment += MINUTE
    return [
        (name, length, cents(Fraction(rate) * (100 + sum(PERCENT[row] for row in name.split("+"))) * length / 6000))
        for name, length in stretches
    ]


def ordered(name: str) -> str:
    return "+".join(sorted(name.split("+")))


@settings(max_examples=150)
@given(
    day=DAYS,
    minute=st.integers(0, 24 * 60 - 1),
    length=st.one_of(st.integers(1, 90), st.integers(1, 5 * 24 * 60)),
    rate=st.integers(0, 30_000).map(lambda cents: Decimal(cents) / 100),
    country=COUNTRIES,
    zone=st.sampled_from(["Europe/Brussels", "Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "UTC"]),
)
def test_surcharges_agree_with_counting_minutes(
    day: date, minute: int, length: int, rate: Decimal, country: str, zone: str
) -> None:
    place = ZoneInfo(zone)
    start = (datetime(day.year, day.month, day.day, tzinfo=UTC) + minute * MINUTE).astimezone(place)
    end = (start.astimezone(UTC) + length * MINUTE).astimezone(place)
    found = fee("surcharge", start=start.isoformat(), end=end.isoformat(), rate=rate, country=country, zone=zone)
    for reading, category in (("shift", shift), ("calendar-rows", calendar_rows), ("stacked", stacked)):
        lines = by_the_minute(start, end, rate, place, country, category)
        shown = next(r for r in found["readings"] if r["name"] == reading)
        assert [
            (ordered(line["category"]), line["minutes"], Decimal(line["amount"])) for line in shown["lines"]
        ] == lines
        assert Decimal(shown["total"]) == sum((amount for *_, amount in lines), Decimal(0))


# --- 7.3, day by day


def working_days(first: date, until: date, country: str) -> int:
    count, day = 0, first
    while day < until:
        if day.weekday() < 5 and not holiday(day, country):
            count += 1
        day += DAY
    return count


@settings(max_examples=200)
@given(performance=DAYS, before=st.integers(-3, 20), amount=EUROS, country=COUNTRIES)
def test_cancellations_agree_with_counting_days(performance: date, before: int, amount: Decimal, country: str) -> None:
    cancelled = performance - before * DAY
    k = working_days(cancelled, performance, country)
    percents = {
        "calendar-days": 100 if before <= 0 else 0 if before >= 5 else 50 if k >= 2 else 100,
        "working-days": 100 if before <= 0 else 0 if k >= 5 else 50 if k >= 2 else 100,
        "strict": 100 if before <= 0 else 0 if k > 5 else 50 if k > 2 else 100,
    }
    found = fee("cancellation", cancelled=str(cancelled), performance=str(performance), fee=amount, country=country)
    assert (found["days_before"], found["working_days_before"]) == (before, k)
    for reading in found["readings"]:
        assert reading["percent"] == percents[reading["name"]]
        assert Decimal(reading["total"]) == cents(Fraction(amount) * percents[reading["name"]] / 100)


# --- 6.3, day by day


@cache
def published() -> tuple[tuple[date, date, Decimal], ...]:
    file = Path(knowledge.__file__).parent / "data" / "late_interest.toml"
    rows = tomllib.loads(file.read_text("utf-8"), parse_float=Decimal)["rates"]
    return tuple((row["from"], row["to"], Decimal(row["percent"])) for row in rows)


def interest(amount: Decimal, due: date, paid: date) -> Decimal:
    counts: dict[int, int] = {}
    day = due + DAY
    while day <= paid:
        (row,) = [at for at, (first, last, _) in enumerate(published()) if first <= day <= last]
        counts[row] = counts.get(row, 0) + 1
        day += DAY
    lines = [cents(Fraction(amount) * Fraction(published()[row][2]) / 100 * n / 365) for row, n in counts.items()]
    return sum(lines, Decimal(0))


@settings(max_examples=150)
@given(
    invoiced=st.dates(date(2002, 9, 1), date(2026, 11, 30)),
    later=st.one_of(st.integers(0, 45), st.integers(0, 900)),
    amount=EUROS,
    costs=st.one_of(st.just(Decimal(0)), st.integers(0, 50_000).map(lambda cents: Decimal(cents) / 100)),
)
@example(date(2013, 2, 1), 60, Decimal(36500), Decimal(0))
def test_late_payments_agree_with_counting_days(invoiced: date, later: int, amount: Decimal, costs: Decimal) -> None:
    paid = invoiced + later * DAY
    assume(paid <= date(2026, 12, 31))
    due = invoiced + 30 * DAY
    found = fee("late-payment", invoice_date=str(invoiced), amount=amount, paid=str(paid), costs=costs)
    expected = {
        "literal": (next_open_day(due), max(costs, Decimal(250))),
        "client": (next_open_day(due), max(costs, Decimal(40))),
        "itq": (due, max(costs, Decimal(250)) + 40),
    }
    for reading in found["readings"]:
        last, owed = expected[reading["name"]]
        late = paid > last
        assert reading["due"] == str(last)
        assert reading["days"] == ((paid - last).days if late else 0)
        assert Decimal(reading["interest"]) == (interest(amount, last, paid) if late else 0)
        assert Decimal(reading["costs"]) == (owed if late else 0)
        assert Decimal(reading["total"]) == Decimal(reading["interest"]) + Decimal(reading["costs"])


# --- 35.1, day by day


def month_length(day: date) -> int:
    following = date(day.year + (day.month == 12), day.month % 12 + 1, 1)
    return (following - DAY).day


def by_months(first: date, last: date) -> Iterator[tuple[date, int]]:
    counts: dict[tuple[int, int], list[date]] = {}
    while first <= last:
        counts.setdefault((first.year, first.month), []).append(first)
        first += DAY
    return ((held[0], len(held)) for held in counts.values())


def months_begun(first: date, last: date) -> int:
    """Periods begun: a new one begins whenever the day of the month comes round, or the month's last before
    it.
    """
    begun, day = 1, first + DAY
    while day <= last:
        if day.day == min(first.day, month_length(day)):
            begun += 1
        day += DAY
    return begun


@settings(max_examples=150)
@given(ended=DAYS, later=st.integers(0, 400), amount=EUROS)
def test_hardware_fees_agree_with_counting_days(ended: date, later: int, amount: Decimal) -> None:
    returned, due = ended + later * DAY, ended + 14 * DAY
    extended = next_open_day(due)

    def spread(first: date) -> Decimal:
        return sum(
            (cents(Fraction(amount) * count / month_length(day)) for day, count in by_months(first, returned)),
            Decimal(0),
        )

    expected = {
        "from-end": spread(ended + DAY) if returned > extended else Decimal(0),
        "from-due": spread(extended + DAY) if returned > extended else Decimal(0),
        "whole-periods": amount * months_begun(ended + DAY, returned) if returned > due else Decimal(0),
    }
    found = fee("hardware-overdue", ended=str(ended), returned=str(returned), fee=amount)
    assert (found["due"], found["due_extended"]) == (str(due), str(extended))
    assert {r["name"]: Decimal(r["total"]) for r in found["readings"]} == expected
