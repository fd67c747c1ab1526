"""Until when rented Hardware is to be returned (ITQ 35.1)."""

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
class HardwareReturn(Question):
    """The day from which it counts."""

    from_: Annotated[date, Ask("date", "End of the Agreement", clause="35.1")]


@rule("deadline", "hardware-return", on="from_", clauses=("ITQ 35.1", "ITQ 35.2"))
def hardware_return(asked: HardwareReturn, terms: Terms) -> Found:
    """The last day for returning rented Hardware. It counts from the end of the Agreement."""
    return period(
        asked,
        terms,
        "hardware.return",
        asked.from_,
        who="the Client returns the Hardware, insured and adequately packed (35.2)",
        consequence="otherwise the rental fee goes on until the Hardware is returned",
        after="the end of the Agreement",
    )
