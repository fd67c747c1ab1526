"""From when the Client can have an audit performed (ITQ 46.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from knowledge import days
from knowledge.answer import Found
from knowledge.fields import Ask
from knowledge.refused import Refused
from knowledge.rules import Question, rule
from knowledge.rules._counting import last_day, single
from knowledge.terms import Terms

TERM = "audit.notice"


@dataclass(frozen=True, kw_only=True)
class AuditEarliest(Question):
    """The day of the notice, and the last audit there was."""

    from_: Annotated[date, Ask("date", "Day of the notice", clause="46.2")]
    last_audit: Annotated[date | None, Ask("date", "Last audit", help="if there was one", clause="46.2")] = None


@rule("deadline", "audit-earliest", on="from_", clauses=("ITQ 46.2", "ITQ 46.1"))
def audit_earliest(asked: AuditEarliest, terms: Terms) -> Found:
    """The first day on which an audit can take place. The whole notice passes first; one audit a calendar year."""
    if terms.count("audit.per_year") != 1:
        raise Refused("More than one audit a year was agreed; the last audit alone does not say which year is full.")
    end, _ = days.later(asked.from_, terms.count(TERM), terms[TERM].unit, asked.calendar)
    first, skipped = end + days.ONE, tuple[days.Skipped, ...]()
    if asked.last_audit and asked.last_audit.year >= first.year:
        had = asked.last_audit.year
        skipped = (days.Skipped(first, f"the calendar year {had} already has its audit ({asked.last_audit})"),)
        first = date(had + 1, 1, 1)
    notice = days.counted(terms.count(TERM), terms[TERM].unit)
    because = f"the day after {notice} of notice in full; a state that begins is not moved"
    return single(
        asked,
        terms,
        TERM,
        last_day(terms, "literal", "literal", because, first, skipped=skipped, act=False),
        asked.from_,
        who="the Client has the audit performed by an independent expert bound to secrecy",
        consequence="ITQ need not cooperate before, nor twice in a calendar year",
    )
