"""Until when damage at delivery can be reported (ITQ 29.5)."""

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
class DeliveryDamage(Question):
    """The day from which it counts."""

    from_: Annotated[date, Ask("date", "Day of delivery", clause="29.5")]


@rule("deadline", "delivery-damage", on="from_", clauses=("ITQ 29.5", "ITQ 1.24"), uses=("country",))
def delivery_damage(asked: DeliveryDamage, terms: Terms) -> Found:
    """The last day for reporting that Hardware was damaged before delivery.

    It counts in Working Days from the delivery.
    """
    return period(
        asked,
        terms,
        "delivery.damage_report",
        asked.from_,
        who="the Client reports, in writing and with sufficient substantiation",
        consequence="otherwise the Hardware counts as delivered undamaged",
        after="the delivery",
    )
