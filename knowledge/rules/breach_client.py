"""Until when ITQ informs the Client of a data breach (ITQ 43.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from knowledge import days
from knowledge.answer import Found
from knowledge.fields import Ask
from knowledge.rules import Question, rule
from knowledge.rules._counting import last_day, single
from knowledge.terms import Terms

TERM = "breach.client"


@dataclass(frozen=True, kw_only=True)
class BreachClient(Question):
    """When ITQ became aware of the breach."""

    from_: Annotated[datetime, Ask("instant", "ITQ became aware", help="local time, or with an offset", clause="43.1")]


@rule("deadline", "breach-client", on="from_", clauses=("ITQ 43.1", "ITQ 43.3"), uses=("zone",))
def breach_client(asked: BreachClient, terms: Terms) -> Found:
    """Until when ITQ informs the Client of a data breach. The clause says without undue delay; the hours are policy."""
    hours = terms.count(TERM)
    because = f"without undue delay, at the latest {hours} elapsed hours after ITQ became aware; never moved"
    last = days.hours_later(asked.from_, hours, asked.place)
    return single(
        asked,
        terms,
        TERM,
        last_day(terms, "literal", "literal", because, last, act=False),
        asked.from_,
        who="ITQ informs the Client",
        consequence="the Client decides on informing the authority and the people concerned (43.1, 43.2)",
    )
