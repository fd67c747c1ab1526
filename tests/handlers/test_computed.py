"""Answers beside each other: what was varied, and the difference in the unit that it is counted in."""

import pytest

from handlers.computed import comparison
from knowledge.answer import Family
from tests.knowledge.asking import answer

USE: dict[str, object] = {"used": 600, "others": [100, 120, 500]}


@pytest.mark.parametrize(
    ("family", "kind", "then", "now", "said"),
    [
        (
            "fee",
            "late-payment",
            {"invoice_date": "2026-05-15", "amount": 12100, "paid": "2026-08-20"},
            {"invoice_date": "2026-05-15", "amount": 12100, "paid": "2026-06-15"},
            "*What if* paid: 2026-08-20 → 2026-06-15\nEUR 479.73 → EUR 0.00 (-479.73 EUR)",
        ),
        (
            "deadline",
            "loss-report",
            {"from": "2026-11-02"},
            {"from": "2026-11-27"},
            "*What if* from: 2026-11-02 → 2026-11-27\n"
            "Mon 30 Nov 2026 → Fri 25 Dec 2026, moved to Mon 28 Dec 2026 (+25 days)",
        ),
        (
            "deadline",
            "breach-client",
            {"from": "2026-11-20T16:20+01:00"},
            {"from": "2026-11-21T10:00+01:00"},
            "*What if* from: 2026-11-20T16:20:00+01:00 → 2026-11-21T10:00:00+01:00\n"
            "Sat 21 Nov 2026, 16:20 (+0100) → Sun 22 Nov 2026, 10:00 (+0100) (+18 hours)",
        ),
        (
            "fee",
            "fair-use",
            USE,
            {**USE, "used": 700},
            "*What if* used: 600 → 700\n"
            "average: 120.00 → 220.00; median: 360.00 → 460.00; highest: 0.00 → 0.00; lowest: 400.00 → 500.00",
        ),
        ("fee", "fair-use", USE, USE, "*What if* nothing is varied\naverage: 120.00 → 120.00"),
    ],
)
def test_a_varied_answer_stands_beside_the_first(
    family: Family, kind: str, then: dict[str, object], now: dict[str, object], said: str
) -> None:
    assert comparison(answer(family, kind, then), answer(family, kind, now)).startswith(said)
