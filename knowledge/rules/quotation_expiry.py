"""Until when a Quotation can be accepted (ITQ 3.3)."""

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
class QuotationExpiry(Question):
    """The day from which it counts."""

    from_: Annotated[date, Ask("date", "Date of the Quotation", clause="3.3")]


@rule("deadline", "quotation-expiry", on="from_", clauses=("ITQ 3.3", "ITQ 3.1"))
def quotation_expiry(asked: QuotationExpiry, terms: Terms) -> Found:
    """The last day for accepting a Quotation.

    It counts from the Quotation's date; ITQ can revoke it before.
    """
    return period(
        asked,
        terms,
        "quotation.validity",
        asked.from_,
        who="the Client accepts",
        consequence="ITQ may revoke the Quotation before; afterwards it has lapsed (3.3)",
        after="the date of the Quotation",
    )
