"""Until when cancelling a Consultancy costs half the fee (ITQ 7.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from knowledge import days
from knowledge.answer import Found
from knowledge.fields import Ask
from knowledge.rules import Question, rule
from knowledge.rules._counting import last_day, single
from knowledge.terms import Terms

TERM = "cancellation.half_until"


@dataclass(frozen=True, kw_only=True)
class CancellationHalf(Question):
    """The date of the Consultancy, from which is counted back."""

    from_: Annotated[date, Ask("date", "Date of the Consultancy", clause="7.3")]


@rule("deadline", "cancellation-half", on="from_", clauses=("ITQ 7.3", "ITQ 1.24"), uses=("country",))
def cancellation_half(asked: CancellationHalf, terms: Terms) -> Found:
    """The last day on which cancelling a Consultancy costs half the fee. It is counted back, so it is not moved."""
    count = terms.count(TERM)
    last, skipped = days.later(asked.from_, -count, terms[TERM].unit, asked.calendar)
    because = f"{count} Working Days before the date, the day of notice counted and the day of performance not"
    return single(
        asked,
        terms,
        TERM,
        last_day(terms, "literal", "literal", because, last, skipped=skipped, act=False),
        asked.from_,
        who="the Client cancels, in writing",
        consequence="from the next day on the entire fee is owed",
    )
