"""From when on notice can be given before an agreement renews itself (the agreement's own terms)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from knowledge.answer import Found
from knowledge.fields import Ask
from knowledge.rules import Question, rule
from knowledge.rules._counting import PERIODS, counted_back
from knowledge.terms import Terms


@dataclass(frozen=True, kw_only=True)
class RenewalOpens(Question):
    """The end of the term that would be renewed, and how long before it notice can be given at the earliest."""

    from_: Annotated[date, Ask("date", "End of the current term")]
    opens: Annotated[Decimal, Ask("number", "Notice at the earliest", least=1)]
    unit: Annotated[str, Ask("choice", "Counted in", choices=PERIODS)] = "months"


@rule("deadline", "renewal-opens", on="from_", clauses=(), ref="the agreement")
def renewal_opens(asked: RenewalOpens, terms: Terms) -> Found:
    """The first day for giving notice before an agreement renews itself. It is counted back from the end of the term, so
    it is not moved.
    """
    return counted_back(
        asked.from_,
        asked.opens,
        asked.unit,
        asked.calendar,
        because="before the end of the term notice can be given at the earliest, as the agreement has it",
        who="whoever does not want the agreement renewed may give notice",
        consequence="the window closes with the period of notice",
    )
