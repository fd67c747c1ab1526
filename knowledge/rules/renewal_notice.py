"""Until when notice can be given before an agreement renews itself (the agreement's own terms)."""

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
class RenewalNotice(Question):
    """The end of the term that would be renewed, and how long before it notice is to be given."""

    from_: Annotated[date, Ask("date", "End of the current term")]
    notice: Annotated[Decimal, Ask("number", "Period of notice", least=1)]
    unit: Annotated[str, Ask("choice", "Counted in", choices=PERIODS)] = "months"


@rule("deadline", "renewal-notice", on="from_", clauses=(), ref="the agreement")
def renewal_notice(asked: RenewalNotice, terms: Terms) -> Found:
    """The last day for giving notice before an agreement renews itself. It is counted back from the end of the term, so
    it is not moved.
    """
    return counted_back(
        asked.from_,
        asked.notice,
        asked.unit,
        asked.calendar,
        because="before the end of the term, as the agreement has it",
        who="whoever does not want the agreement renewed gives notice",
        consequence="otherwise the agreement renews itself",
    )
