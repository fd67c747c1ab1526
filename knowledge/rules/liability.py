"""How far ITQ is liable for one event (ITQ 15.2, 15.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from knowledge import money
from knowledge.answer import Amount, Found, Line, Reading, Stance
from knowledge.fields import Ask
from knowledge.rules import Question, rule
from knowledge.terms import Terms


@dataclass(frozen=True, kw_only=True)
class Liability(Question):
    """What was invoiced under the Agreement, the claims from one event, and what was paid under it before."""

    invoice_amount: Annotated[
        Decimal,
        Ask(
            "money",
            "Invoice amount of the Agreement",
            help="excluding VAT",
            unit="EUR",
            clause="15.2",
            least=0,
        ),
    ]
    claims: Annotated[
        tuple[Decimal, ...],
        Ask(
            "amounts",
            "Claims from one event",
            help="direct losses only (15.3)",
            unit="EUR",
            clause="15.6",
            least=0,
        ),
    ]
    already_paid: Annotated[
        Decimal, Ask("money", "Already paid under the Agreement", unit="EUR", clause="15.2", least=0)
    ] = Decimal(0)
    on: Annotated[
        date,
        Ask("date", "Day of the event", help="whose terms apply; today without it", clause="15.2", today=True),
    ]


@rule("fee", "liability", on="on", clauses=("ITQ 15.2", "ITQ 15.3", "ITQ 15.6"), readings=("both-caps", "floor"))
def liability(asked: Liability, terms: Terms) -> Found:
    """What ITQ owes at most for the claims from one event. Several claims share the limit in proportion."""
    half = asked.invoice_amount * terms.number("liability.event") / 100
    agreement = terms.number("liability.agreement")
    left = max(agreement - asked.already_paid, Decimal(0))
    claimed = sum(asked.claims, Decimal(0))

    def reading(name: str, stance: Stance, because: str, limit: Decimal) -> Reading:
        owed = money.cents(min(limit, claimed))
        parts = money.shares(owed, asked.claims)
        lines = tuple(
            Line(f"Claim {number}: {money.spoken(claim)}", "ITQ 15.6", part)
            for number, (claim, part) in enumerate(zip(asked.claims, parts, strict=True), 1)
        )
        extras = {"limit": Amount(money.cents(limit)), "shares": tuple(Amount(part) for part in parts)}
        return Reading(name, stance, because, lines, extras=extras)

    return Found(
        readings=(
            reading(
                "both-caps",
                "literal",
                "both limits hold: half the invoice amount for the event, and what is left of "
                f"{money.spoken(agreement)} for the Agreement",
                min(half, left),
            ),
            reading(
                "floor",
                "client",
                f'"in any event" grants {money.spoken(agreement)} for the Agreement: the higher of the two '
                "limits holds",
                max(half, left),
            ),
        ),
        assumptions=(
            f"Half the invoice amount is {money.spoken(half)}; {money.spoken(left)} is left under the Agreement.",
            "Claims share a limit in proportion, cut to the cent; the cents left over go to the shares that lost most.",
        ),
    )
