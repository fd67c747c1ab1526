"""The published rates of default interest (Belgian law of 2 August 2002, art. 5): dated facts, never extrapolated."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path

from knowledge.refused import Refused

FILE = Path(__file__).parent / "data" / "late_interest.toml"
_KEYS = {"from", "to", "ecb", "margin", "percent", "source", "confidence"}
_HALF_YEAR = 6


@dataclass(frozen=True)
class Rate:
    """One published rate: percent a year, first and last day included, and where it was published."""

    first: date
    last: date
    percent: Decimal
    source: str
    confidence: str = "confirmed"


@cache
def published() -> tuple[Rate, ...]:
    """The rates that ship with the product, in order; Refused names what is wrong with the file."""
    rows = tomllib.loads(FILE.read_text("utf-8"), parse_float=Decimal)["rates"]
    for row in rows:
        if row.keys() != _KEYS:
            raise Refused(f"knowledge/data/{FILE.name}: a rate has the keys {sorted(row)}, not {sorted(_KEYS)}.")
    return joined(
        Rate(row["from"], row["to"], Decimal(row["percent"]), row["source"], row["confidence"]) for row in rows
    )


def joined(rates: Iterator[Rate] | Sequence[Rate]) -> tuple[Rate, ...]:
    """Rates in order of time; Refused where two hold on a day, or one ends before it begins or is below " "zero."""
    ordered = sorted(rates, key=lambda rate: rate.first)
    for rate in ordered:
        if rate.last < rate.first:
            raise Refused(f"The rate from {rate.first} ends before it begins ({rate.last}).")
        if rate.percent < 0:
            raise Refused(f"The rate from {rate.first} is {rate.percent} %; it must be zero or more.")
        if not rate.source.strip():
            raise Refused(f"The rate from {rate.first} has no source; name where it was published.")
    for one, following in pairwise(ordered):
        if following.first <= one.last:
            raise Refused(f"Two rates of default interest hold on {following.first}; a day has one published rate.")
    return tuple(ordered)


@dataclass(frozen=True)
class Stretch:
    """Days, both included, to which one published rate applies."""

    rate: Rate
    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days of interest these are."""
        return (self.last - self.first).days + 1


def stretches(rates: Sequence[Rate], first: date, last: date, field: str | None = None) -> tuple[Stretch, ...]:
    """The days from first to last, both included, by published rate; Refused names the half-year that has none.

    ``field`` is the input that gave the last day, under which a refusal is shown.
    """
    found, day = [], first
    for rate in rates:
        if rate.first <= day <= rate.last and day <= last:
            found.append(Stretch(rate, day, min(rate.last, last)))
            day = found[-1].last + timedelta(days=1)
    if day <= last:
        raise missing(day, field)
    return tuple(found)


def missing(day: date, field: str | None = None) -> Refused:
    """What is said when no rate was published for a day: the half-year, and how to add it."""
    second = day.month > _HALF_YEAR
    begins = date(day.year, _HALF_YEAR + 1 if second else 1, 1)
    ends = date(day.year, 12, 31) if second else date(day.year, _HALF_YEAR, 30)
    return Refused(
        f"No rate of default interest is known for the {'second' if second else 'first'} half of {day.year}; once it "
        f"is published, add it with: clausekeeper rates add --from {begins} --to {ends} --percent P --source WHERE.",
        field=field,
        cause="rate",
    )
