"""Until when the Client notifies the supervisory authority of a data breach (GDPR 33(1), ITQ 43.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from knowledge import days
from knowledge.answer import Found, Reading
from knowledge.fields import Ask
from knowledge.refused import Refused
from knowledge.rules import Question, rule
from knowledge.rules._counting import last_day
from knowledge.terms import Terms

TERM = "breach.authority"


@dataclass(frozen=True, kw_only=True)
class BreachAuthority(Question):
    """When the Client became aware, and when ITQ did."""

    from_: Annotated[datetime, Ask("instant", "The Client became aware", help="was informed by ITQ", clause="43.2")]
    itq_aware: Annotated[
        datetime | None,
        Ask("instant", "ITQ became aware", help="for the earliest possible reading", clause="43.1"),
    ] = None

    def __post_init__(self) -> None:
        if self.itq_aware and self.itq_aware.timestamp() > self.from_.timestamp():
            raise Refused(
                "itq_aware lies after from; ITQ is aware before it informs the Client. Give an earlier moment, or "
                "leave it out.",
                field="itq_aware",
            )


@rule(
    "deadline",
    "breach-authority",
    on="from_",
    clauses=("ITQ 43.2", "ITQ 43.1"),
    ref="GDPR 33(1)",
    uses=("zone",),
    readings=("client-aware", "itq-aware"),
)
def breach_authority(asked: BreachAuthority, terms: Terms) -> Found:
    """Until when the Client notifies the supervisory authority of a data breach. Hours are elapsed hours, never
    moved.
    """
    hours = terms.count(TERM)

    def reading(name: str, because: str, aware: datetime) -> Reading:
        last = days.hours_later(aware, hours, asked.place)
        return last_day(terms, name, "statutory", because, last, act=False)

    readings = [
        reading(
            "client-aware",
            f"{hours} elapsed hours after the Client became aware, informed by ITQ",
            asked.from_,
        )
    ]
    if asked.itq_aware:
        readings.append(
            reading(
                "itq-aware",
                f"{hours} elapsed hours after ITQ itself became aware: the earliest possible reading",
                asked.itq_aware,
            )
        )
    return Found(
        tuple(readings),
        assumptions=(f"Hours are counted in elapsed time and shown in {asked.zone}; weekends and holidays count.",),
        since=asked.from_,
        period=terms.number(TERM),
        unit=terms[TERM].unit,
        who="the Client notifies the supervisory authority",
        consequence="a later notification must give the reasons for the delay (GDPR 33(1))",
    )
