"""Until when a loss is to be reported (ITQ 15.8)."""

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
class LossReport(Question):
    """The day from which it counts."""

    from_: Annotated[date, Ask("date", "Day on which the loss arose", clause="15.8")]


@rule("deadline", "loss-report", on="from_", clauses=("ITQ 15.8",))
def loss_report(asked: LossReport, terms: Terms) -> Found:
    """The last day for reporting a loss.

    It counts from the day on which the loss arose, not from its discovery.
    """
    return period(
        asked,
        terms,
        "loss.report",
        asked.from_,
        who="each Party reports to the other, in writing",
        consequence="otherwise the loss is not eligible for compensation",
        after="the day on which the loss arose",
    )
