"""By how much use exceeds the fair use policy (ITQ 25.3)."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from knowledge import money
from knowledge.answer import Amount, Found, Line, Reading, Stance
from knowledge.fields import Ask
from knowledge.rules import Question, rule
from knowledge.terms import Terms

REF = "ITQ 25.3"


@dataclass(frozen=True, kw_only=True)
class FairUse(Question):
    """What the Client used, and what others used of the same or comparable Services, in one unit."""

    used: Annotated[Decimal, Ask("number", "Capacity used", help="in any unit", clause="25.3", least=0)]
    others: Annotated[
        tuple[Decimal, ...],
        Ask(
            "numbers",
            "Capacity used by other clients",
            help="same or comparable Services",
            clause="25.3",
            least=0,
        ),
    ]
    on: Annotated[date, Ask("date", "Day whose terms apply", help="today without it", today=True)]


@rule("fee", "fair-use", on="on", clauses=("ITQ 25.3", "ITQ 25.4"), readings=("average", "median", "highest", "lowest"))
def fair_use(asked: FairUse, terms: Terms) -> Found:
    """By how much use exceeds fair use. The text names no statistic of the others' use, so no reading is the
    default.
    """
    times = terms.number("fair_use.times")
    others = [Fraction(other) for other in asked.others]

    def reading(name: str, stance: Stance, because: str, measure: Fraction) -> Reading:
        limit = Fraction(times) * measure
        excess = money.cents(max(Fraction(asked.used) - limit, Fraction(0)))
        line = Line(f"Use above {money.plain(times)} times the {name}", REF, excess)
        return Reading(
            name,
            stance,
            because,
            (line,),
            extras={"limit": Amount(money.cents(limit)), "excess": Amount(excess)},
        )

    return Found(
        readings=(
            reading("average", "literal", "other clients, taken together", sum(others, Fraction(0)) / len(others)),
            reading("median", "literal", "the client in the middle", statistics.median(others)),
            reading("highest", "client", "any other client, so the highest", max(others)),
            reading("lowest", "itq", "every other client, so the lowest", min(others)),
        ),
        decided=False,
        assumptions=(
            "Figures are in the unit in which use was given, not in euros; 25.3 sets a limit and names no price for "
            "the excess.",
            "The text does not say which use of other clients counts; none of the readings is the default.",
        ),
    )
