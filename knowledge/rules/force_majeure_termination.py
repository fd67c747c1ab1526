"""From when an Agreement can be ended for force majeure (ITQ 14.1)."""

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
class ForceMajeureTermination(Question):
    """The day from which it counts."""

    from_: Annotated[date, Ask("date", "First day of the force majeure", clause="14.1")]


@rule("deadline", "force-majeure-termination", on="from_", clauses=("ITQ 14.1", "ITQ 14.2"))
def force_majeure_termination(asked: ForceMajeureTermination, terms: Terms) -> Found:
    """The first day on which force majeure lets either Party end the Agreement.

    That is earlier where it is certain to last longer.
    """
    return period(
        asked,
        terms,
        "force_majeure.length",
        asked.from_,
        who="either Party affected may terminate with immediate effect",
        consequence="what was provided before and during the force majeure is charged in proportion",
        after="the first day of the force majeure",
        act=False,
        past=True,
    )
