"""Until when a defect or an invoice amount can be claimed about (ITQ 13.1)."""

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
class DefectClaim(Question):
    """The day from which it counts."""

    from_: Annotated[date, Ask("date", "Day the invoice was sent, or the defect found", clause="13.1")]


@rule("deadline", "defect-claim", on="from_", clauses=("ITQ 13.1", "ITQ 1.24"), uses=("country",))
def defect_claim(asked: DefectClaim, terms: Terms) -> Found:
    """The last day for a claim about a defect or an invoice amount.

    It counts in Working Days from the invoice being sent or the defect being found.
    """
    return period(
        asked,
        terms,
        "defect.claim",
        asked.from_,
        who="the Client claims, in writing",
        consequence="otherwise any claim against ITQ lapses",
        after="the day on which the invoice was sent or the defect found",
    )
