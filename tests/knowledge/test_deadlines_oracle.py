"""Deadlines and the smaller fees against slow programs that count day by day, written from the clauses alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import count
from statistics import fmean
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knowledge.refused import Refused
from knowledge.rules import of
from tests.knowledge.asking import deadline, fee
from tests.knowledge.test_rules_oracle import BUSY_DAYS, COUNTRIES, DAY, DAYS, EUROS, cents, holiday, next_open_day

CALENDAR = {
    "quotation-expiry": 30,
    "terms-change-objection": 14,
    "payment-due": 30,
    "loss-report": 28,
    "hardware-return": 14,
    "audit-cooperation": 14,
}
WORKING = {"defect-claim": 14, "delivery-damage": 5}
OWN = {
    "cancellation-free",
    "cancellation-half",
    "candidate-replacement",
    "force-majeure-termination",
    "non-solicitation-end",
    "audit-earliest",
    "breach-client",
    "breach-authority",
}
RENEWALS = {"renewal-notice", "renewal-opens"}  # asked of an agreement, with its own period
PLACES = st.sampled_from(["Europe/Brussels", "America/New_York", "Australia/Lord_Howe", "UTC"])
LAST_AUDITS = st.one_of(st.none(), st.integers(0, 500))


def open_day(day: date, country: str) -> bool:
    return day.weekday() < 5 and not holiday(day, country)


def nth_open_day(day: date, number: int, country: str, step: timedelta = DAY) -> date:
    while number:
        day += step
        number -= open_day(day, country)
    return day


def both(found: dict[str, str]) -> tuple[str, str]:
    return found["date"], found["extended"]


def test_every_kind_of_deadline_is_counted_here() -> None:
    assert {rule.kind for rule in of("deadline")} == {*CALENDAR, *WORKING, *OWN, *RENEWALS, "insurance-proof"}


@pytest.mark.parametrize("kind", sorted(CALENDAR))
@given(since=DAYS)
@example(since=date(2026, 12, 11))
def test_days_are_counted_from_the_day_after_and_the_last_one_is_moved(kind: str, since: date) -> None:
    last = since + CALENDAR[kind] * DAY
    assert both(deadline(kind, since=str(since))) == (str(last), str(next_open_day(last)))


@pytest.mark.parametrize("kind", sorted(WORKING))
@given(since=DAYS, country=COUNTRIES)
def test_working_days_are_counted_one_by_one(kind: str, since: date, country: str) -> None:
    last = nth_open_day(since, WORKING[kind], country)
    found = deadline(kind, since=str(since), country=country)
    assert both(found) == (str(last), str(next_open_day(last)))
    passed = {str(since + n * DAY) for n in range(1, (last - since).days) if not open_day(since + n * DAY, country)}
    assert {skipped["date"] for skipped in found["skipped"]} == passed


@given(since=DAYS, within=st.integers(1, 400))
def test_proof_of_insurance_is_awaited_as_long_as_was_given_and_never_moved(since: date, within: int) -> None:
    found = deadline("insurance-proof", since=str(since), within=within)
    assert both(found) == (str(since + within * DAY),) * 2


@pytest.mark.parametrize("within", ["2.5", "40177", "99999999999"])
def test_what_is_no_number_of_days_to_wait_is_refused(within: str) -> None:
    with pytest.raises(Refused, match="is no number of days to wait; give whole days"):
        deadline("insurance-proof", since="2026-11-30", within=within)


@given(performance=DAYS, country=COUNTRIES)
def test_days_before_a_date_are_counted_back_and_never_moved(performance: date, country: str) -> None:
    free = deadline("cancellation-free", since=str(performance), country=country)
    half = deadline("cancellation-half", since=str(performance), country=country)
    by_days, by_working_days = free["readings"]
    assert both(by_days) == (str(performance - 5 * DAY),) * 2
    assert both(by_working_days) == (str(nth_open_day(performance, 5, country, -DAY)),) * 2
    assert both(half) == (str(nth_open_day(performance, 2, country, -DAY)),) * 2


@given(since=DAYS, country=COUNTRIES)
def test_the_sixth_working_day_of_absence_counts_the_first(since: date, country: str) -> None:
    days = (since + n * DAY for n in count())
    absent = [day for _, day in zip(range(6), (day for day in days if open_day(day, country)), strict=False)]
    assert both(deadline("candidate-replacement", since=str(since), country=country)) == (str(absent[-1]),) * 2


@given(since=st.one_of(DAYS, st.just(date(2028, 2, 29))), last_audit=LAST_AUDITS)
def test_states_begin_and_end_on_their_day(since: date, last_audit: int | None) -> None:
    assert both(deadline("force-majeure-termination", since=str(since))) == (str(since + 31 * DAY),) * 2
    leap = (since.month, since.day) == (2, 29)
    anniversary = date(since.year + 1, 2, 28) if leap else since.replace(year=since.year + 1)
    assert both(deadline("non-solicitation-end", since=str(since))) == (str(anniversary),) * 2
    given_audit = {"last_audit": str(since - last_audit * DAY)} if last_audit is not None else {}
    first = since + 15 * DAY
    while given_audit and first.year == (since - (last_audit or 0) * DAY).year:
        first += DAY
    assert both(deadline("audit-earliest", since=str(since), **given_audit)) == (str(first),) * 2


@given(day=st.sampled_from(BUSY_DAYS), minute=st.integers(0, 24 * 60 - 1), zone=PLACES)
def test_hours_are_elapsed_hours_also_where_clocks_change(day: date, minute: int, zone: str) -> None:
    aware = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minute)
    for kind, hours in (("breach-client", 24), ("breach-authority", 72)):
        found = deadline(kind, since=aware.isoformat(), zone=zone)
        last = (aware + timedelta(hours=hours)).astimezone(ZoneInfo(zone))
        assert both(found) == (last.isoformat(), last.isoformat())


PERCENTS = st.integers(0, 10_000).map(lambda hundredths: Decimal(hundredths) / 100)


@given(price=EUROS, share=PERCENTS, change=st.integers(-10_000, 30_000).map(lambda n: Decimal(n) / 100))
@example(price=Decimal(10_000), share=Decimal(95), change=Decimal(50))
@example(price=Decimal(10_000), share=Decimal(100), change=Decimal(81))
def test_a_price_rises_by_its_share_within_the_cap(price: Decimal, share: Decimal, change: Decimal) -> None:
    found = {r["name"]: r["total"] for r in fee("price-revision", price=price, share=share, change=change)["readings"]}
    rise = max(Fraction(change), Fraction(0)) / 100
    statutory = Fraction(price) * min(Fraction(share), Fraction(80)) / 100 * rise
    literal = min(Fraction(price) * Fraction(share) / 100 * rise, Fraction(price) * 80 / 100)
    assert found == {"statutory": str(cents(statutory)), "literal": str(cents(literal))}


@given(used=EUROS, others=st.lists(EUROS, min_size=1, max_size=6))
def test_fair_use_is_twice_each_statistic(used: Decimal, others: list[Decimal]) -> None:
    ranked = [Fraction(other) for other in sorted(others)]
    middle = ranked[(len(ranked) - 1) // 2], ranked[len(ranked) // 2]
    statistics: dict[str, Fraction] = {
        "average": sum(ranked, Fraction(0)) / len(ranked),
        "median": sum(middle) / 2,
        "highest": ranked[-1],
        "lowest": ranked[0],
    }
    assert float(statistics["average"]) == pytest.approx(fmean(map(float, ranked)))
    found = {r["name"]: Decimal(r["total"]) for r in fee("fair-use", used=used, others=others)["readings"]}
    assert found == {name: cents(max(Fraction(used) - 2 * value, Fraction(0))) for name, value in statistics.items()}


@given(minutes=st.integers(1, 3000), rate=EUROS, expenses=EUROS)
def test_time_and_cost_is_hours_at_the_rate_and_what_was_spent(minutes: int, rate: Decimal, expenses: Decimal) -> None:
    hours = f"{minutes // 60}h{minutes % 60:02}"
    found = fee("time-and-cost", basis="26.7", hours=hours, rate=rate, expenses=expenses)
    assert Decimal(found["total"]) == cents(Fraction(rate) * minutes / 60) + expenses
    span = {"start": "2026-11-20T17:00", "end": (datetime(2026, 11, 20, 17) + timedelta(minutes=minutes)).isoformat()}  # noqa: DTZ001 - local time as it is typed
    worked, surcharged = (
        fee("time-and-cost", basis="26.7", rate=rate, expenses=expenses, **span),
        fee("surcharge", rate=rate, **span),
    )
    assert Decimal(worked["total"]) == Decimal(surcharged["total"]) + expenses
