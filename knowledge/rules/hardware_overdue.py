"""What rented Hardware costs that is returned too late (ITQ 35.1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from knowledge import days, money
from knowledge.answer import Found, Line, Reading
from knowledge.fields import Ask
from knowledge.refused import Refused
from knowledge.rules import SUMS, Question, rule
from knowledge.terms import Terms

REF = "ITQ 35.1"
PERIODS = ("day", "week", "month", "year")
RETURNED = (
    "(?:returned|came back|brought back|back)(?: only)?(?: on)?",
    "(?:teruggebracht|teruggekomen|terug) op",
    "rendue?s? le",
)


@dataclass(frozen=True, kw_only=True)
class HardwareOverdue(Question):
    """When the Agreement ended, when the Hardware came back, and the rental fee."""

    ended: Annotated[date, Ask("date", "End of the Agreement", clause="35.1")]
    returned: Annotated[date | None, Ask("date", "Day of return", help="or as_of", clause="35.1", said=RETURNED)] = None
    as_of: Annotated[date | None, Ask("date", "Still not returned on", help="instead of returned", clause="35.1")] = (
        None
    )
    fee: Annotated[Decimal, Ask("money", "Agreed rental fee", help="excluding VAT", unit="EUR", clause="35.1", least=0)]
    per: Annotated[str, Ask("choice", "The fee is for one", clause="35.1", choices=PERIODS)] = "month"

    def __post_init__(self) -> None:
        if (self.returned is None) == (self.as_of is None):
            raise Refused(
                "Give either returned (the day of return) or as_of (the day to which it is counted).",
                field="returned",
            )

    @property
    def until(self) -> date:
        """The last day of the fee, if it is late."""
        return self.returned or self.as_of or self.ended


@rule(
    "fee",
    "hardware-overdue",
    on="ended",
    clauses=("ITQ 35.1", "ITQ 35.2"),
    readings=("from-end", "from-due", "whole-periods"),
)
def hardware_overdue(asked: HardwareOverdue, terms: Terms) -> Found:
    """The rental fee for Hardware returned too late. In time it is nothing."""
    terms.rest_on("hardware.overdue_fee", "extension")
    count, unit = terms.count("hardware.return"), terms["hardware.return"].unit
    due, _ = days.later(asked.ended, count, unit, asked.calendar)
    moved, _ = days.extended(due)
    late, late_at_all = asked.until > moved, asked.until > due
    return Found(
        readings=(
            Reading(
                "from-end",
                "literal",
                "returned too late, the fee is owed for the entire period since the end, day by day",
                tuple(_by_month(asked, asked.ended + days.ONE)) if late else (),
            ),
            Reading(
                "from-due",
                "client",
                "the fee is owed only from the day after the last day for returning",
                tuple(_by_month(asked, moved + days.ONE)) if late else (),
            ),
            Reading(
                "whole-periods",
                "itq",
                "every rental period begun since the end is owed whole, and the last day is not moved",
                (_whole(asked),) if late_at_all else (),
            ),
        ),
        extras={"due": due, "due_extended": moved},
        assumptions=(
            f"To be returned by {days.spoken(due)}"
            + (f", moved to {days.spoken(moved)} (Belgian Civil Code art. 1.7)." if moved != due else "."),
            *(
                (f"A fee for a {asked.per} is spread evenly over its days, a line for each calendar month.", SUMS)
                if late
                else ()
            ),
        ),
    )


def _by_month(asked: HardwareOverdue, first: date) -> Iterator[Line]:
    """A line for each calendar month from ``first`` to the day of return, both included."""
    while first <= asked.until:
        last = min(days.month_end(first), asked.until)
        count = (last - first).days + 1
        length = {
            "day": 1,
            "week": days.WEEK,
            "month": days.days_in_month(first),
            "year": days.days_in_year(first),
        }[asked.per]
        label = f"Rent, {count} days at {money.spoken(asked.fee)} a {asked.per}"
        yield Line(label, REF, money.share_of(asked.fee, count, length), since=first, until=last, days=count)
        first = last + days.ONE


def _whole(asked: HardwareOverdue) -> Line:
    begun = days.periods_begun(asked.ended + days.ONE, asked.until, asked.per)
    return Line(
        f"Rent, {begun} times {money.spoken(asked.fee)} a {asked.per}",
        REF,
        money.cents(asked.fee * begun),
        since=asked.ended + days.ONE,
        until=asked.until,
        days=(asked.until - asked.ended).days,
    )
