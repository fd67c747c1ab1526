"""Published half-year rates: whole, in order, never extrapolated."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from knowledge.rates import Rate, joined, published, stretches
from knowledge.refused import Refused
from tests.knowledge.asking import fee

LATER = Rate(date(2027, 1, 1), date(2027, 6, 30), Decimal("11"), "BS 30 Jan 2027")


def test_the_rates_follow_each_other_without_a_gap_from_the_law_on() -> None:
    rates = published()
    assert rates[0].first == date(2002, 8, 7)
    assert rates[-1].last == date(2026, 12, 31)
    assert all(following.first == one.last + timedelta(days=1) for one, following in pairwise(rates))
    assert all(rate.source for rate in rates)


@pytest.mark.parametrize(
    ("day", "percent"),
    [
        (date(2002, 8, 7), "10.5"),
        (date(2013, 3, 15), "8"),
        (date(2013, 3, 16), "9"),
        (date(2022, 12, 31), "8"),
        (date(2023, 1, 1), "10.5"),
        (date(2024, 12, 31), "12.5"),
        (date(2025, 6, 30), "11.5"),
        (date(2026, 12, 31), "10.5"),
    ],
)
def test_a_day_has_the_rate_that_was_published(day: date, percent: str) -> None:
    (stretch,) = stretches(published(), day, day)
    assert (stretch.rate.percent, stretch.days) == (Decimal(percent), 1)


def test_days_are_split_where_a_half_year_ends() -> None:
    found = stretches(published(), date(2024, 12, 30), date(2025, 7, 2))
    assert [(stretch.first, stretch.last, stretch.days) for stretch in found] == [
        (date(2024, 12, 30), date(2024, 12, 31), 2),
        (date(2025, 1, 1), date(2025, 6, 30), 181),
        (date(2025, 7, 1), date(2025, 7, 2), 2),
    ]


@pytest.mark.parametrize(
    ("first", "last", "half"),
    [
        (date(2026, 12, 30), date(2027, 1, 1), "first half of 2027"),
        (date(2027, 8, 1), date(2027, 8, 1), "second half of 2027"),
        (date(2002, 8, 6), date(2002, 8, 6), "second half of 2002"),
    ],
)
def test_a_day_without_a_rate_is_refused_with_its_half_year_and_how_to_add_it(
    first: date, last: date, half: str
) -> None:
    with pytest.raises(Refused, match=half) as refused:
        stretches(published(), first, last)
    assert "clausekeeper rates add --from" in str(refused.value)


def test_an_added_rate_is_used() -> None:
    found = stretches(joined([LATER, *published()]), date(2026, 12, 31), date(2027, 1, 2))
    assert [stretch.rate.percent for stretch in found] == [Decimal("10.5"), Decimal(11)]


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        (replace(LATER, first=date(2026, 12, 31)), "Two rates"),
        (replace(LATER, last=date(2026, 1, 1)), "ends before it begins"),
        (replace(LATER, percent=Decimal(-1)), "zero or more"),
        (replace(LATER, source=" "), "no source"),
    ],
)
def test_a_rate_that_cannot_be_is_refused(rate: Rate, said: str) -> None:
    with pytest.raises(Refused, match=said):
        joined([*published(), rate])


def test_an_answer_says_where_its_rates_stand_and_which_is_from_no_notice() -> None:
    found = fee("late-payment", invoice_date="2026-05-15", amount=12100, paid="2026-08-20")
    first, second, _ = found["lines"]
    assert first["source"].startswith("embuild.be 2026")
    assert second["source"].startswith("recomputed from the ECB's main refinancing rate, 2.40 on 1 Jul 2026")
    (said,) = [said for said in found["assumptions"] if "official notice" in said]
    assert said.startswith("The rate of 10.5 % from Wed 1 Jul 2026 is from no official notice: recomputed")


@pytest.mark.parametrize("day", ["paid", "as_of"])
def test_a_missing_rate_is_shown_under_the_day_that_needs_it(day: str) -> None:
    with pytest.raises(Refused, match="first half of 2027") as refused:
        fee("late-payment", invoice_date="2026-05-15", amount=12100, **{day: "2027-02-01"})
    assert (refused.value.field, refused.value.cause) == (day, "rate")
