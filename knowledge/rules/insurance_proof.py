"""Until when a Client is given for proof that rented Hardware is insured (ITQ 33.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from knowledge import days
from knowledge.answer import Found, Reading
from knowledge.fields import Ask
from knowledge.refused import Refused
from knowledge.rules import Question, rule
from knowledge.terms import Terms


@dataclass(frozen=True, kw_only=True)
class InsuranceProof(Question):
    """The day of ITQ's request, and how many days the house gives the Client: the clause names no period."""

    from_: Annotated[date, Ask("date", "Day of ITQ's request", clause="33.6")]
    within: Annotated[Decimal, Ask("number", "Days to answer", help="the clause names none", clause="33.6", least=1)]


@rule("deadline", "insurance-proof", on="from_", clauses=("ITQ 33.6", "ITQ 33.4"))
def insurance_proof(asked: InsuranceProof, terms: Terms) -> Found:
    """Until when proof is awaited that rented Hardware is insured. The clause says at ITQ's first request; the days are
    what ITQ gives.
    """
    if asked.within != int(asked.within) or asked.within > (days.LAST - days.FIRST).days:
        raise Refused(f"{asked.within} is no number of days to wait; give whole days.", field="within")
    count = int(asked.within)
    day, skipped = days.later(asked.from_, count, "days", asked.calendar)
    because = f"{days.counted(count, 'days')} after ITQ's request, as ITQ gives them; the clause names no period"
    return Found(
        (Reading("literal", "literal", because, day=day, extended=day, skipped=skipped),),
        since=asked.from_,
        period=asked.within,
        unit="days",
        who="the Client gives copies of the policy or proof of premium payment",
        consequence="otherwise ITQ does not know whether the Hardware is insured (33.4)",
    )
