"""By how much a price may be raised when costs change (ITQ 5.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from knowledge import money
from knowledge.answer import Found, Line, Reading, Stance
from knowledge.fields import Ask
from knowledge.rules import SUMS, Question, rule
from knowledge.terms import Terms

REF = "ITQ 5.3"


@dataclass(frozen=True, kw_only=True)
class PriceRevision(Question):
    """The price in the Quotation, the part that the changed cost has in it, and the change."""

    price: Annotated[
        Decimal, Ask("money", "Original price", help="as in the Quotation", unit="EUR", clause="5.3", least=0)
    ]
    share: Annotated[
        Decimal,
        Ask("percent", "Share of the changed cost in the price", unit="%", clause="5.3", least=0, most=100),
    ]
    change: Annotated[
        Decimal,
        Ask("percent", "Change of that cost", help="a fall is negative", unit="%", clause="5.3", least=-100),
    ]
    on: Annotated[date, Ask("date", "Day of the change", help="whose terms apply; today without it", today=True)]


@rule("fee", "price-revision", on="on", clauses=("ITQ 5.3", "ITQ 5.4"), readings=("statutory", "literal"))
def price_revision(asked: PriceRevision, terms: Terms) -> Found:
    """By how much a price may be raised when costs change. A fall gives nothing, since the clause grants increases
    only.
    """
    cap, revisable = terms.number("price.cap"), terms.number("price.revisable")
    rise = max(asked.change, Decimal(0))

    def reading(name: str, stance: Stance, because: str, share: Decimal, most: Decimal | None) -> Reading:
        revision = asked.price * share * rise / 100 / 100
        capped = revision if most is None else min(revision, most)
        label = f"{money.plain(rise)} % on {money.plain(share)} % of the price"
        return Reading(name, stance, because, (Line(label, REF, money.cents(capped), percent=share),))

    return Found(
        readings=(
            reading(
                "statutory",
                "statutory",
                f"the law lets at most {money.plain(revisable)} % of a price be revised, each part for the cost it "
                "stands for",
                min(asked.share, revisable),
                None,
            ),
            reading(
                "literal",
                "literal",
                f"the share as it is, the rise at most {money.plain(cap)} % of the original price",
                asked.share,
                asked.price * cap / 100,
            ),
        ),
        assumptions=(
            *(() if asked.change >= 0 else ("The cost fell: 5.3 grants increases only, so the price stays.",)),
            SUMS,
        ),
    )
