"""What a cancelled or postponed Consultancy costs (ITQ 7.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from knowledge import days, money
from knowledge.answer import Found, Line, Reading, Stance
from knowledge.fields import Ask
from knowledge.rules import SUMS, Question, rule
from knowledge.terms import Terms


@dataclass(frozen=True, kw_only=True)
class Cancellation(Question):
    """Which Consultancy was cancelled, and when."""

    cancelled: Annotated[
        date,
        Ask(
            "date",
            "Day of the written cancellation",
            help="postponing counts as cancelling",
            clause="7.3",
            said=(
                "(?:cancel(?:s|led)|postpone[sd]) on",
                "(?:annuleert|annuleerde|geannuleerd) op",
                "annul(?:e|é|ée) le",
            ),
        ),
    ]
    performance: Annotated[date, Ask("date", "Date of the Consultancy", clause="7.3")]
    fee: Annotated[
        Decimal,
        Ask("money", "Fee for what is cancelled", help="excluding VAT", unit="EUR", clause="7.3", least=0),
    ]


@rule(
    "fee",
    "cancellation",
    on="performance",
    clauses=("ITQ 7.3", "ITQ 14.4", "ITQ 1.24"),
    uses=("country",),
    readings=("calendar-days", "working-days", "strict"),
)
def cancellation(asked: Cancellation, terms: Terms) -> Found:
    """The fee for cancelling or postponing a Consultancy. Free, half or entire, by the days between notice and date."""
    away = (asked.performance - asked.cancelled).days
    working = days.working_days(asked.cancelled, asked.performance, asked.calendar)
    terms.rest_on("working_days")
    free_until, half_from, half_until = (
        terms.count(f"cancellation.{name}") for name in ("free_until", "half_from", "half_until")
    )
    free_unit = terms["cancellation.free_until"].unit
    last_free, _ = days.later(asked.performance, -free_until, free_unit, asked.calendar)
    free, half, full = (terms.number(f"cancellation.{name}") for name in ("free", "half", "full"))

    def reading(name: str, stance: Stance, because: str, *, is_free: bool, is_half: bool) -> Reading:
        percent = full if away <= 0 else free if is_free else half if is_half else full
        due = money.cents(asked.fee * percent / 100)
        line = Line(f"{money.plain(percent)} % of the fee", "ITQ 7.3", due, percent=percent)
        return Reading(name, stance, because, (line,), extras={"percent": percent})

    return Found(
        readings=(
            reading(
                "calendar-days",
                "literal",
                f"free up to {free_until} days before, counted by the calendar, since 7.3 says Working Days only "
                f"further on; then half down to {half_until} Working Days before",
                is_free=asked.cancelled <= last_free,
                is_half=working >= half_until,
            ),
            reading(
                "working-days",
                "itq",
                f"Working Days throughout: free from {half_from} on, half from {half_until} on, the boundary in the "
                "cheaper band",
                is_free=working >= half_from,
                is_half=working >= half_until,
            ),
            reading(
                "strict",
                "itq",
                f"Working Days throughout, the boundary in the dearer band: free above {half_from}, half above "
                f"{half_until}",
                is_free=working > half_from,
                is_half=working > half_until,
            ),
        ),
        extras={"days_before": away, "working_days_before": working},
        assumptions=(
            f"{away} days and {working} Working Days before: the day of notice counts, the day of performance does "
            "not.",
            *days.said(asked.cancelled, asked.performance, asked.calendar),
            SUMS,
        ),
    )
