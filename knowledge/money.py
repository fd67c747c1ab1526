"""Sums of money: the only place that rounds, and the reading of amounts as people write them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

Exact = Decimal | Fraction | int

_SPACES = re.compile(r"[ \u00a0\u2007\u2009\u202f]")
_CURRENCY = re.compile(r"^(?:€|eur|euros?)\s*|\s*(?:€|eur|euros?)$", re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}(?:(?P<group>[ '’.,])\d{3})(?:(?P=group)\d{3})*(?:(?P<point>[.,])(?P<cents>\d+))?")
# A whole number and no more, which most people type, needs none of what is below to be read.
_DIGITS = re.compile(r"[0-9]{1,12}")
_PLAIN = re.compile(r"(\d+)(?:[.,](\d+))?")


_GROUP = 3
_CENT = Decimal("0.01")


def cents(value: Exact) -> Decimal:
    """A sum rounded half up (away from zero) to the cent, from its exact value."""
    if isinstance(value, Decimal):
        return value.quantize(_CENT, ROUND_HALF_UP)
    return _rounded(*value.as_integer_ratio())


def _rounded(numerator: int, denominator: int) -> Decimal:
    """A fraction rounded half up to the cent; whole numbers do it ten times as fast as Fractions."""
    whole = (200 * abs(numerator) + denominator) // (2 * denominator)
    return Decimal(whole if numerator >= 0 else -whole).scaleb(-2)


def amount(value: Decimal) -> str:
    """A sum as data: no separators, a point, at least two decimals ("1125.00")."""
    rounded = cents(value)
    return f"{rounded if rounded == value else value.normalize():f}"


def spoken(value: Decimal) -> str:
    """A sum as people read it: "EUR 1,125.00"."""
    return f"EUR {cents(value):,}"


def plain(value: Decimal) -> str:
    """A number without needless zeros ("10.5", "30")."""
    return f"{value.normalize():f}"


def unmistakable(value: Decimal) -> str:
    """A number in a form that is read back as itself: 1.234, which could be thousands, as "1.2340"."""
    written = plain(value)
    return f"{written}0" if len(written.partition(".")[2]) == _GROUP else written


def shares(total: Decimal, weights: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """A total in whole cents divided in proportion to the weights, adding up exactly.

    Every share is first cut to the cent; the cents left over go, one each, to the shares that lost most, the first
    named first.
    """
    whole = sum(weights, Decimal(0))
    if not whole:
        return tuple(cents(0) for _ in weights)
    parts = [Fraction(total) * 100 * Fraction(weight) / Fraction(whole) for weight in weights]
    counts = [int(part) for part in parts]
    left_over = int(cents(total) * 100) - sum(counts)
    lost_most = sorted(range(len(parts)), key=lambda at: (counts[at] - parts[at], at))
    for at in lost_most[:left_over]:
        counts[at] += 1
    return tuple(Decimal(count).scaleb(-2) for count in counts)


def readings(text: str) -> tuple[Decimal, ...]:
    """Every number the words can mean: none, one, or two where a single group of three could be thousands or decimals.

    Knows ``1200``, ``1.200,50``, ``1,200.50``, ``€ 1 200``, ``1'200``, ``1200,-``; ``1.200`` is 1200 or 1.2.
    """
    if _DIGITS.fullmatch(text):
        return (Decimal(f"{text}.0"),)
    words = _CURRENCY.sub("", _SPACES.sub(" ", text.strip()).replace("\u2212", "-"))
    whole_euros = re.search(r"[.,][-\u2013]{1,2}$", words)
    words = words[: whole_euros.start()] if whole_euros else words
    sign = -1 if words.startswith("-") else 1
    if words[:1] in ("+", "-"):
        words = _CURRENCY.sub("", words[1:].strip())
    found: list[Decimal] = []
    grouped = _GROUPED.fullmatch(words)
    if grouped and grouped["point"] != grouped["group"] and not words.startswith("0"):
        whole = words[: grouped.start("point")] if grouped["point"] else words
        digits = "".join(c for c in whole if c.isdigit())
        found.append(Decimal(f"{digits}.{grouped['cents'] or 0}"))
    if (decimal := _PLAIN.fullmatch(words)) and not (whole_euros and found):
        found.append(Decimal(f"{decimal[1]}.{decimal[2] or 0}"))
    return tuple(dict.fromkeys(sign * value for value in found))


def share_of(total: Exact, part: int, whole: int) -> Decimal:
    """So many parts of a whole, rounded to the cent: 66 of 365 days of a year's interest."""
    numerator, denominator = total.as_integer_ratio()
    return _rounded(numerator * part, denominator * whole)


def for_hours(rate: Exact, seconds: int) -> Decimal:
    """A rate an hour for so many seconds, rounded to the cent."""
    numerator, denominator = rate.as_integer_ratio()
    return _rounded(numerator * seconds, denominator * 3600)
