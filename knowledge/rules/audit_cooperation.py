"""Until when ITQ gives what an audit needs (ITQ 46.3)."""

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
class AuditCooperation(Question):
    """The day from which it counts."""

    from_: Annotated[date, Ask("date", "Day of the request", clause="46.3")]


@rule("deadline", "audit-cooperation", on="from_", clauses=("ITQ 46.3",))
def audit_cooperation(asked: AuditCooperation, terms: Terms) -> Found:
    """The last day for ITQ to give what is relevant to an audit.

    It counts from the request, unless an urgent interest dictates otherwise.
    """
    return period(
        asked,
        terms,
        "audit.cooperation",
        asked.from_,
        who="ITQ makes available the employees and information that are relevant to the audit",
        consequence="a later day is no reasonable period any more (46.3)",
        after="the request",
    )
