"""Rounding, sharing and reading sums of money."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import money


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (Decimal("0.005"), "0.01"),
        (Decimal("0.0049999"), "0.00"),
        (Decimal("2.675"), "2.68"),
        (Decimal("-0.005"), "-0.01"),
        (Fraction(1, 3), "0.33"),
        (Fraction(2, 3), "0.67"),
        (Fraction(5, 6) * Fraction("100.05"), "83.38"),
        (7, "7.00"),
    ],
)
def test_a_sum_is_rounded_half_up_to_the_cent(value: money.Exact, rounded: str) -> None:
    assert str(money.cents(value)) == rounded


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**9), min_size=1, max_size=9))
def test_shares_add_up_and_are_within_a_cent_of_their_proportion(total: int, weights: list[int]) -> None:
    parts = money.shares(Decimal(total) / 100, [Decimal(weight) for weight in weights])
    assert sum(parts) == (Decimal(total) / 100 if sum(weights) else 0)
    for part, weight in zip(parts, weights, strict=True):
        if sum(weights):
            assert abs(Fraction(part) - Fraction(total * weight, 100 * sum(weights))) < Fraction(1, 100)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1200", ["1200"]),
        ("1.200,50", ["1200.50"]),
        ("1,200.50", ["1200.50"]),
        ("€ 1 200", ["1200"]),
        ("€\u00a01\u202f200,5", ["1200.5"]),
        ("EUR 1200", ["1200"]),
        ("1200 euro", ["1200"]),
        ("1'200.50", ["1200.50"]),
        ("1.200.000", ["1200000"]),
        ("1200,-", ["1200"]),
        ("\u20ac 1.200,-", ["1200"]),
        ("1200.-", ["1200"]),
        ("12,50", ["12.50"]),
        ("1200.505", ["1200.505"]),
        ("0.125", ["0.125"]),
        ("-5", ["-5"]),
        ("-€ 5", ["-5"]),
        ("\u22125", ["-5"]),
        ("1.200", ["1200", "1.200"]),
        ("12,345", ["12345", "12.345"]),
        ("--5", []),
        ("1e5", []),
        ("12 00", []),
        ("1.20.0", []),
        ("1,200,50", []),
        ("twelve", []),
        ("", []),
    ],
)
def test_words_are_read_as_every_number_they_can_mean(typed: str, meant: list[str]) -> None:
    assert list(money.readings(typed)) == [Decimal(number) for number in meant]


@given(st.decimals(-(10**9), 10**9, places=3) | st.decimals(0, 10**6, places=1))
def test_an_unmistakable_number_is_read_back_as_itself(value: Decimal) -> None:
    assert money.readings(money.unmistakable(value)) == (value,)


def test_sums_are_written_for_programs_and_for_people() -> None:
    assert [money.amount(Decimal(n)) for n in ("7", "1125.5", "0.125")] == ["7.00", "1125.50", "0.125"]
    assert money.spoken(Decimal("1125")) == "EUR 1,125.00"
    assert [money.plain(Decimal(n)) for n in ("100", "10.50", "0")] == ["100", "10.5", "0"]
