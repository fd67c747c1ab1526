"""Until when a change of the General Terms and Conditions can be objected to (ITQ 2.6)."""

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
class TermsChangeObjection(Question):
    """The day from which it counts."""

    from_: Annotated[date, Ask("date", "Day on which the Client could note the change", clause="2.6")]


@rule("deadline", "terms-change-objection", on="from_", clauses=("ITQ 2.6", "ITQ 2.5"))
def terms_change_objection(asked: TermsChangeObjection, terms: Terms) -> Found:
    """The last day for objecting to changed General Terms and Conditions.

    It counts from the day on which the Client could take note of them.
    """
    return period(
        asked,
        terms,
        "change.objection",
        asked.from_,
        who="the Client objects, in writing and with reasons",
        consequence="otherwise the changed terms bind the Client",
        after="the day on which the Client could take note of the change",
    )
