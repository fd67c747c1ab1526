"""From when ITQ looks for a replacement of an absent Candidate (ITQ 8.2)."""

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

TERM = "replacement.absence"


@dataclass(frozen=True, kw_only=True)
class CandidateReplacement(Question):
    """The first day on which the Candidate was absent."""

    from_: Annotated[date, Ask("date", "First day of absence", clause="8.2")]


@rule("deadline", "candidate-replacement", on="from_", clauses=("ITQ 8.2", "ITQ 1.24"), uses=("country",))
def candidate_replacement(asked: CandidateReplacement, terms: Terms) -> Found:
    """The first day on which an absence has lasted longer than the Working Days of 8.2. The first day of absence
    counts.
    """
    count, unit = terms.count(TERM) + 1, terms[TERM].unit
    first, skipped = days.later(asked.from_ - days.ONE, count, unit, asked.calendar)
    because = f"Working Day {count} of the absence, its first day counted; a state that begins is not moved"
    return single(
        asked,
        terms,
        TERM,
        last_day(terms, "literal", "literal", because, first, skipped=skipped, act=False),
        asked.from_,
        who="ITQ makes every effort to provide a replacement Candidate as soon as possible",
        consequence="the replacement's qualifications are as similar as possible",
    )
