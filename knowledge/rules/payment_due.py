"""Until when an invoice is to be paid (ITQ 6.1)."""

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
class PaymentDue(Question):
    """The day from which it counts."""

    from_: Annotated[date, Ask("date", "Date of the invoice", clause="6.1")]


@rule("deadline", "payment-due", on="from_", clauses=("ITQ 6.1", "ITQ 6.3"))
def payment_due(asked: PaymentDue, terms: Terms) -> Found:
    """The last day for paying an invoice. It counts from the invoice date."""
    return period(
        asked,
        terms,
        "payment.term",
        asked.from_,
        who="the Client pays",
        consequence="default without notice, interest, collection costs and suspension of the work (6.3)",
        after="the invoice date",
    )
