"""What an invoice paid late costs (ITQ 6.1, 6.3): interest by half-year, and collection costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from knowledge import days, money, rates
from knowledge.answer import Amount, Found, Line, Reading, Stance
from knowledge.fields import Ask
from knowledge.refused import Refused
from knowledge.rules import Question, rule
from knowledge.terms import Terms

REF = "ITQ 6.3"
YEAR = 365
"""The days by which a year's interest is divided (actual/365)."""


@dataclass(frozen=True, kw_only=True)
class LatePayment(Question):
    """Which invoice, and when it was paid or to which day it is counted."""

    invoice_date: Annotated[date, Ask("date", "Date of the invoice", clause="6.1")]
    amount: Annotated[Decimal, Ask("money", "Amount unpaid", help="including VAT", unit="EUR", clause="6.3", least=0)]
    paid: Annotated[
        date | None,
        Ask(
            "date",
            "Day of payment",
            help="or as_of",
            clause="6.3",
            said=("paid(?: only)?(?: on)?", "betaald op", "payée? le"),
        ),
    ] = None
    as_of: Annotated[date | None, Ask("date", "Still unpaid on", help="instead of paid", clause="6.3")] = None
    costs: Annotated[Decimal, Ask("money", "Actual collection costs", unit="EUR", clause="6.3", least=0)] = Decimal(0)

    def __post_init__(self) -> None:
        if (self.paid is None) == (self.as_of is None):
            raise Refused(
                "Give either paid (the day of payment) or as_of (the day to which it is counted).",
                field="paid",
            )
        if self.until < self.invoice_date:
            raise Refused(
                f"{self.last} ({self.until}) lies before invoice_date ({self.invoice_date}); give a later day.",
                field=self.last,
            )

    @property
    def last(self) -> str:
        """The input that gives the last day."""
        return "paid" if self.paid else "as_of"

    @property
    def until(self) -> date:
        """The last day of interest, if it is late."""
        return self.paid or self.as_of or self.invoice_date


@rule("fee", "late-payment", on="invoice_date", clauses=("ITQ 6.3", "ITQ 6.1"), readings=("literal", "client", "itq"))
def late_payment(asked: LatePayment, terms: Terms) -> Found:
    """Interest and costs of an invoice paid late. Each half-year has its published rate; days are counted
    actual/365.
    """
    count, unit = terms.count("payment.term"), terms["payment.term"].unit
    due, _ = days.later(asked.invoice_date, count, unit, asked.calendar)
    moved, _ = days.extended(due)
    terms.rest_on("extension", "late.interest")
    minimum = terms.number("late.minimum_costs")

    def reading(name: str, stance: Stance, because: str, last: date, costs: dict[str, Decimal]) -> Reading:
        late = asked.until > last
        interest = _interest(asked, last, terms) if late else ()
        lines = (*interest, *(Line(label, REF, money.cents(sum)) for label, sum in costs.items() if late))
        charged = sum((line.amount for line in interest), Decimal(0))
        total = sum((line.amount for line in lines), Decimal(0))
        extras = {
            "due": last,
            "days": (asked.until - last).days if late else 0,
            "interest": Amount(charged),
            "costs": Amount(total - charged),
        }
        return Reading(name, stance, because, lines, extras=extras)

    late_at_all = asked.until > due
    fixed = terms.number("late.fixed_sum") if late_at_all else Decimal(0)
    return Found(
        readings=(
            reading(
                "literal",
                "literal",
                f"due on day {count}, moved on where that is a Saturday, a Sunday or a Belgian holiday; the costs "
                f"are the actual ones, {money.spoken(minimum)} at least",
                moved,
                {"Collection costs": max(asked.costs, minimum)},
            ),
            reading(
                "client",
                "client",
                "the same interest; the costs are the actual ones, the law's fixed sum at least",
                moved,
                {"Collection costs": max(asked.costs, fixed)},
            ),
            reading(
                "itq",
                "itq",
                f"due on day {count} itself; the law's fixed sum comes on top of the costs, {money.spoken(minimum)} "
                "at least",
                due,
                {"Collection costs": max(asked.costs, minimum), "Fixed sum of the law": fixed},
            ),
        ),
        assumptions=_assumed(asked, due, moved, terms),
    )


def _interest(asked: LatePayment, due: date, terms: Terms) -> tuple[Line, ...]:
    return tuple(
        Line(
            f"Interest at {money.plain(stretch.rate.percent)} % a year",
            REF,
            money.share_of(asked.amount * stretch.rate.percent / 100, stretch.days, YEAR),
            since=stretch.first,
            until=stretch.last,
            days=stretch.days,
            percent=stretch.rate.percent,
            source=stretch.rate.source,
        )
        for stretch in rates.stretches(terms.rates, due + days.ONE, asked.until, asked.last)
    )


def _assumed(asked: LatePayment, due: date, moved: date, terms: Terms) -> tuple[str, ...]:
    if asked.until <= due:
        return (f"Paid in time: due on {days.spoken(due)}, so that nothing is owed.",)
    extension = f", moved to {days.spoken(moved)} (Belgian Civil Code art. 1.7)" if moved != due else ""
    return (
        f"Due on {days.spoken(due)}{extension}.",
        "Interest is on the unpaid amount with VAT, from the day after the due date to the day of payment, both included, "
        "actual days over 365, a line for each published half-year, each rounded half up to the cent.",
        *(
            f"The rate of {money.plain(rate.percent)} % from {days.spoken(rate.first)} is from no official notice: "
            f"{rate.source}."
            for rate in terms.rates
            if due < rate.last and rate.first <= asked.until and not rate.confidence.startswith("confirmed")
        ),
    )
