"""What is charged by the hour where a clause lets costs be charged (ITQ 26.7, 27.1, 38.4, 43.2, 44.1; ITAF 4.5,
5.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from knowledge import money
from knowledge.answer import Found, Line, Reading
from knowledge.fields import Ask
from knowledge.refused import Refused
from knowledge.rules import ROUNDED, SUMS, Question, rule
from knowledge.rules.surcharge import CLAUSES, assumed, hold_span, worked
from knowledge.terms import Terms

ITAF = ("ITAF 4.5", "ITAF 5.1")
BASES = ("26.7", "27.1", "38.4", "43.2", "44.1", *ITAF)


@dataclass(frozen=True, kw_only=True)
class TimeAndCost(Question):
    """How long was worked, at what rate, with which expenses, and the clause on which it is charged."""

    basis: Annotated[str, Ask("choice", "Clause on which it is charged", choices=BASES)]
    hours: Annotated[Fraction | None, Ask("hours", "Hours worked", help="or start and end", unit="hours", least=0)] = (
        None
    )
    start: Annotated[datetime | None, Ask("instant", "Start of the work", help="with end, instead of hours")] = None
    end: Annotated[datetime | None, Ask("instant", "End of the work", help="with start, instead of hours")] = None
    rate: Annotated[Decimal, Ask("money", "Rate an hour", help="excluding VAT", unit="EUR", least=0)]
    expenses: Annotated[Decimal, Ask("money", "Expenses", unit="EUR", least=0)] = Decimal(0)
    on: Annotated[date, Ask("date", "Day whose terms apply", help="today, or the day of start", today=True)]

    def __post_init__(self) -> None:
        if (self.hours is None) == (self.start is None and self.end is None) or (self.start is None) != (
            self.end is None
        ):
            raise Refused("Give either hours, or both start and end.", field="hours")
        if self.start and self.end:
            hold_span(self.start, self.end)

    @property
    def worked_on(self) -> date | datetime:
        """The day whose terms apply: that of the work, where it is known."""
        return self.start or self.on


@rule(
    "fee",
    "time-and-cost",
    on="worked_on",
    clauses=(),
    ref="ITQ 26.7",
    uses=("country", "zone"),
    readings=("literal", "shift", "calendar-rows", "stacked"),
)
def time_and_cost(asked: TimeAndCost, terms: Terms) -> Found:
    """What is charged by the hour and in expenses. With start and end, the surcharges of ITQ 5.2 apply."""
    terms.rest_on(f"time_and_cost.{asked.basis}")
    ref = asked.basis if asked.basis in ITAF else f"ITQ {asked.basis}"
    spent = (Line("Expenses", ref, money.cents(asked.expenses)),) if asked.expenses else ()
    if asked.start and asked.end:
        by_reading = worked(asked, asked.start, asked.end, asked.rate, terms)
        return Found(
            tuple(Reading(r.name, r.stance, r.because, (*r.lines, *spent)) for r in by_reading),
            clauses=(ref, *CLAUSES),
            assumptions=(*_two_companies(asked), *assumed(asked, asked.start, asked.end)),
        )
    hours = asked.hours or Fraction(0)
    line = Line("Hours worked", ref, money.cents(Fraction(asked.rate) * hours), rate=asked.rate, hours=hours)
    because = "the hours at the rate, and the expenses"
    said = ROUNDED if asked.basis in ITAF else SUMS
    return Found((Reading("literal", "literal", because, (line, *spent)),), clauses=(ref,), assumptions=(said,))


def _two_companies(asked: TimeAndCost) -> tuple[str, ...]:
    if asked.basis not in ITAF:
        return ()
    return (
        f"{asked.basis} is a clause of ITAF, which has no table of surcharges; those of ITQ 5.2, another company's "
        "terms, are applied on top and count only where they were agreed. Without them, give hours instead of start "
        "and end.",
    )
