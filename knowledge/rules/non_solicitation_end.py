"""Until when the other Party's Candidates may not be employed (ITQ 17.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from knowledge.answer import Found
from knowledge.fields import Ask
from knowledge.rules import Question, rule
from knowledge.rules._counting import period
from knowledge.terms import Terms


@dataclass(frozen=True, kw_only=True)
class NonSolicitationEnd(Question):
    """The day from which it counts."""

    from_: Annotated[date, Ask("date", "Day on which the assignment was completed", clause="17.1")]


@rule("deadline", "non-solicitation-end", on="from_", clauses=("ITQ 17.1",))
def non_solicitation_end(asked: NonSolicitationEnd, terms: Terms) -> Found:
    """The last day on which neither Party may employ the other's Candidates.

    It counts from the completion of the assignment.
    """
    return period(
        asked,
        terms,
        "non_solicitation.length",
        asked.from_,
        who="neither Party employs, or negotiates with, Candidates of the other, except in consultation",
        consequence="from the next day on they may",
        after="the completion of the assignment",
        act=False,
    )
