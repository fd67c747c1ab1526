"""Until when a Consultancy can be cancelled free of charge (ITQ 7.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from knowledge import days
from knowledge.answer import Found
from knowledge.fields import Ask
from knowledge.rules import Question, rule
from knowledge.rules._counting import assumed, last_day
from knowledge.terms import Terms


@dataclass(frozen=True, kw_only=True)
class CancellationFree(Question):
    """The date of the Consultancy, from which is counted back."""

    from_: Annotated[date, Ask("date", "Date of the Consultancy", clause="7.3")]


@rule(
    "deadline",
    "cancellation-free",
    on="from_",
    clauses=("ITQ 7.3", "ITQ 1.24"),
    uses=("country",),
    readings=("calendar-days", "working-days"),
)
def cancellation_free(asked: CancellationFree, terms: Terms) -> Found:
    """The last day for cancelling or postponing a Consultancy free of charge. It is counted back, so it is not
    moved.
    """
    free_until, half_from = terms["cancellation.free_until"], terms["cancellation.half_from"]
    count, working = terms.count(free_until.name), terms.count(half_from.name)
    by_calendar, skipped = days.later(asked.from_, -count, free_until.unit, asked.calendar)
    by_working_days, passed = days.later(asked.from_, -working, half_from.unit, asked.calendar)
    first = last_day(
        terms,
        "calendar-days",
        "literal",
        f"{count} days before the date, by the calendar, since 7.3 says Working Days only further on",
        by_calendar,
        skipped=skipped,
        act=False,
    )
    second = last_day(
        terms,
        "working-days",
        "itq",
        f"{working} Working Days before the date, as where the next band of 7.3 begins",
        by_working_days,
        skipped=passed,
        act=False,
    )
    return Found(
        (first, second),
        assumptions=assumed(asked, terms, half_from.name, asked.from_, second),
        since=asked.from_,
        period=terms.number(free_until.name),
        unit=free_until.unit,
        who="the Client cancels, in writing",
        consequence="from the next day on half the fee is owed, and nearer to the date the entire fee",
    )
