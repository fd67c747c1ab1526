"""From when the Client can have an audit performed (ITQ 46.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from knowledge import days
from knowledge.answer import Found
from knowledge.refused import Refused
from knowledge.rules import Question, ask, rule
from knowledge.rules._counting import last_day, single
from knowledge.terms import Terms

TERM = "audit.notice"


@dataclass(frozen=True, kw_only=True)
class AuditEarliest(Question):
    """The day of the notice, and the last audit there was."""

    from_: date = ask("date", "Day of the notice", clause="46.2")
    last_audit: date | None = ask("date", "Last audit", help="if there was one", clause="46.2", default=None)


@rule("deadline", "audit-earliest", on="from_", clauses=("ITQ 46.2", "ITQ 46.1"))
def audit_earliest(asked: AuditEarliest, terms: Terms) -> Found:
    """The first day on which an audit can take place. The whole notice passes first; one audit a calendar year."""
    if terms.count("audit.per_year") != 1:
        raise Refused("More than one audit a year was agreed; the last audit alone does not say which year is full.")
    end, _ = days.later(asked.from_, terms.count(TERM), terms[TERM].unit, asked.calendar)
    first, skipped = end + days.ONE, ()
    if asked.last_audit and asked.last_audit.year >= first.year:
        had = asked.last_audit.year
        skipped = (days.Skipped(first, f"the calendar year {had} already has its audit ({asked.last_audit})"),)
        first = date(had + 1, 1, 1)
    because = f"the day after {days.counted(terms.count(TERM), terms[TERM].unit)} of notice in full; a state that begins is not moved"
    return single(
        asked,
        terms,
        TERM,
        last_day(terms, "literal", "literal", because, first, skipped, act=False),
        asked.from_,
        who="the Client has the audit performed by an independent expert bound to secrecy",
        consequence="ITQ need not cooperate before, nor twice in a calendar year",
    )
