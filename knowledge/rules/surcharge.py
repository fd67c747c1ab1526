"""What work outside Working Hours costs (ITQ 5.2): the five rows of the table, read in three ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Annotated

from knowledge import days, money
from knowledge.answer import Found, Line, Reading
from knowledge.fields import Ask
from knowledge.refused import Refused
from knowledge.rules import SUMS, Question, rule
from knowledge.terms import Terms

CLAUSES = ("ITQ 5.2", "ITQ 1.5", "ITQ 1.24", "ITQ 1.25")
REF = CLAUSES[0]
ROWS = ("standard", "evening", "night", "weekend", "holiday")
NONE = "none"
"""A moment that no row holds; a category of its own."""


@dataclass(frozen=True, kw_only=True)
class Surcharge(Question):
    """When was worked, and at what rate."""

    start: Annotated[datetime, Ask("instant", "Start of the work", help="local time, or with an offset", clause="5.2")]
    end: Annotated[datetime, Ask("instant", "End of the work", help="a time alone is the next such time", clause="5.2")]
    rate: Annotated[Decimal, Ask("money", "Rate an hour", help="excluding VAT", unit="EUR", clause="5.2", least=0)]

    def __post_init__(self) -> None:
        hold_span(self.start, self.end)


def hold_span(start: datetime, end: datetime) -> None:
    """Refused where a span of work has no length, is not in whole minutes, or is longer than a period of work can
    be.
    """
    if start.second or end.second:
        raise Refused("start and end are counted in whole minutes; leave the seconds out.", field="start")
    length = end.timestamp() - start.timestamp()
    if length <= 0:
        how = "the same moment as" if length == 0 else "before"
        raise Refused(
            f"end ({end:%Y-%m-%d %H:%M}) is {how} start ({start:%Y-%m-%d %H:%M}); give a later end.",
            field="end",
        )
    if length > days.LONGEST:
        raise Refused("The work lasts more than ten years; give a shorter span.", field="end")


Cell = tuple[str, str, str]
"""The category of a moment under each reading: shift, calendar-rows, stacked."""
Piece = tuple[int, datetime, Cell]
"""A stretch of one category under every reading: its start in seconds since 1970 UTC and as clocks show it, its
categories.
"""


@rule(
    "fee",
    "surcharge",
    on="start",
    clauses=CLAUSES,
    uses=("country", "zone"),
    readings=("shift", "calendar-rows", "stacked"),
)
def surcharge(asked: Surcharge, terms: Terms) -> Found:
    """The fee for hours worked, with the surcharges for evenings, nights, weekends and holidays.

    Minutes are elapsed minutes, also where clocks change.
    """
    return Found(
        worked(asked, asked.start, asked.end, asked.rate, terms),
        assumptions=assumed(asked, asked.start, asked.end),
    )


def assumed(asked: Question, start: datetime, end: datetime) -> tuple[str, ...]:
    """What a surcharge rests on besides the words: the zone, the holidays and the rounding."""
    first, last = days.contract_day(start, asked.place), days.contract_day(end, asked.place)
    return (
        f"Hours of the day are those of {asked.zone}; minutes are elapsed minutes.",
        *days.said(first, last, asked.calendar),
        SUMS,
    )


def worked(asked: Question, start: datetime, end: datetime, rate: Decimal, terms: Terms) -> tuple[Reading, ...]:
    """The three readings of 5.2 for one span of work, the default first."""
    terms.rest_on("working_days")
    percents = {row: terms.number(f"surcharge.{row}") for row in ROWS}
    pieces = _pieces(asked, int(start.timestamp()), int(end.timestamp()), percents, terms)
    shift, calendar, stacked = _lines(pieces, int(end.timestamp()), asked, rate, percents)
    return (
        Reading(
            "shift",
            "literal",
            "one category a moment; a row that begins in the evening or at night runs on past midnight, and a "
            "holiday goes before a weekend, a weekend before the hours of the day",
            shift,
        ),
        Reading(
            "calendar-rows",
            "client",
            "the Night row asks for a calendar day from Monday to Friday, so Saturday carries none until the "
            "Weekend row begins, unless Friday was a holiday",
            calendar,
        ),
        Reading("stacked", "itq", "the surcharges of all rows that hold the moment are added", stacked),
    )


def _pieces(asked: Question, start: int, end: int, percents: Mapping[str, Decimal], terms: Terms) -> Sequence[Piece]:
    """The span cut wherever the category changes under any reading: where a row begins or ends, or at midnight."""
    opening, closing = days.shown(start, asked.place), days.shown(end, asked.place)
    cuts = tuple(terms.seconds(f"surcharge.{name}") for name in ("day_starts", "evening_starts", "night_starts"))
    first, last = opening.date() - days.ONE, closing.date()
    holidays = {day for year in range(first.year, last.year + 1) for day in asked.calendar.holidays(year)}
    cells = _cells(frozenset(row for row in ROWS if percents[row]))
    found: list[Piece] = []
    current: Cell | None = None
    for day, moments in days.moments_of(first, last, (*cuts, days.DAY), asked.place):
        for moment, cell in zip(moments, cells[day in holidays, day.weekday()], strict=True):
            if cell != current:
                found.append((*moment, cell))
                current = cell
    held = next(piece for piece in reversed(found) if piece[0] <= start)
    return [(start, opening, held[-1]), *(piece for piece in found if start < piece[0] < end)]


@cache
def _cells(carrying: frozenset[str]) -> Mapping[tuple[bool, int], tuple[Cell, ...]]:
    """The categories of the parts of a day, for a holiday or not and by the day of the week, counted from Monday as 0.

    ``carrying`` are the rows that carry a surcharge.
    """
    return {
        (holiday, weekday): tuple(_parts(weekday, carrying, holiday=holiday))
        for holiday in (True, False)
        for weekday in range(days.WEEK)
    }


def _parts(weekday: int, carrying: frozenset[str], *, holiday: bool) -> Iterator[Cell]:
    """The four parts of a day that runs from 08:00 to 08:00: day, evening, night, and past midnight."""
    weekend, before_weekend = days.on_weekend(weekday), days.on_weekend(weekday + 1)
    for row, past_midnight in (("standard", False), ("evening", False), ("night", False), ("night", True)):
        held = ["weekend" if weekend else row, *(["holiday"] if holiday else [])]
        shift = held[-1]
        calendar = NONE if shift == row and past_midnight and before_weekend else shift
        stacked = "+".join(name for name in held if name in carrying) or "standard"
        yield shift, calendar, stacked


def _lines(
    pieces: Sequence[Piece], end: int, asked: Question, rate: Decimal, percents: Mapping[str, Decimal]
) -> tuple[tuple[Line, ...], ...]:
    """The lines of each reading: the longest stretches of one category. Those that all readings share are made once."""
    price = _prices(rate, percents)

    def line(category: str, first: Piece, following: Piece) -> Line:
        label, amount, minutes, percent = price(category, following[0] - first[0])
        return Line(label, REF, amount, category, first[1], following[1], minutes, rate, percent)

    found: tuple[list[Line], ...] = ([], [], [])
    block = [pieces[0]]  # the pieces since all readings last changed at one moment
    for piece in (*pieces[1:], (end, days.shown(end, asked.place), ("", "", ""))):
        (shift, calendar, stacked), (to_shift, to_calendar, to_stacked) = block[-1][-1], piece[-1]
        if shift == to_shift or calendar == to_calendar or stacked == to_stacked:
            block.append(piece)
            continue
        if shift == calendar == stacked and len(block) == 1:
            shared = line(shift, block[0], piece)
            for lines in found:
                lines.append(shared)
        else:
            for reading, lines in enumerate(found):
                first = block[0]
                for following in (*block[1:], piece):
                    if following[-1][reading] != first[-1][reading]:
                        lines.append(line(first[-1][reading], first, following))
                        first = following
        block = [piece]
    return tuple(tuple(lines) for lines in found)


def _prices(rate: Decimal, percents: Mapping[str, Decimal]) -> Callable[[str, int], tuple[str, Decimal, int, Decimal]]:
    """For a category and so many seconds: the label, the amount to the cent, the minutes and the surcharge in
    percent.
    """

    @cache
    def price(category: str, seconds: int) -> tuple[str, Decimal, int, Decimal]:
        rows = [] if category == NONE else category.split("+")
        percent = sum((percents[row] for row in rows), Decimal(0))
        label = " + ".join(rows).capitalize() or "No row"
        return label, money.for_hours(rate * (100 + percent) / 100, seconds), days.minutes(seconds), percent

    return price
