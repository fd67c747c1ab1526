"""Days, sums and percentages in plain sentences, in three languages."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.facts import facts, rules_about
from knowledge.inputs import Here
from knowledge.rules import find, rules

HERE = Here(datetime(2026, 11, 22, 12, 0, tzinfo=UTC), ZoneInfo("Europe/Brussels"))


@pytest.mark.parametrize(
    ("kind", "sentence", "found"),
    [
        (
            "cancellation",
            "client cancels tomorrow's workshop, fee 1200, what do we charge?",
            {"performance": "2026-11-23", "fee": "1200"},
        ),
        (
            "cancellation",
            "klant annuleert op 1 december de sessie van 4 december, 1.200,50 euro",
            {"cancelled": "2026-12-01", "performance": "2026-12-04", "fee": "1.200,50"},
        ),
        (
            "cancellation",
            "A client cancels our workshop of 4 December on 1 December, fee 8000",
            {"cancelled": "2026-12-01", "performance": "2026-12-04", "fee": "8000"},
        ),
        (
            "cancellation",
            "le client annule l'atelier de vendredi, 3000 €",
            {"performance": "2026-11-27", "fee": "3000"},
        ),
        (
            "late-payment",
            "Invoice of 15/05/2026 for € 12.100 still not paid",
            {"invoice_date": "2026-05-15", "amount": "12.100"},
        ),
        (
            "price-revision",
            "price 10000, 95 % share and 50% up",
            {"price": "10000", "share": "95", "change": "50"},
        ),
        (
            "surcharge",
            "we worked 2026-11-20 from 22:00 to 02:00 at 150 euro",
            {"start": "2026-11-20T22:00:00+01:00", "end": "2026-11-21T02:00:00+01:00", "rate": "150"},
        ),
        (
            "late-payment",
            "Invoice of 15 May 2026 over 12,100 was paid on 20 August 2026, how much interest?",
            {"invoice_date": "2026-05-15", "amount": "12,100", "paid": "2026-08-20"},
        ),
        (
            "late-payment",
            "the invoice of 15 May 2026, 12.100,50 with VAT, was paid 20 Aug",
            {"invoice_date": "2026-05-15", "amount": "12.100,50", "paid": "2026-08-20"},
        ),
        (
            "hardware-overdue",
            "The hardware rental ended 31 Oct 2026 and it came back on 2 Dec, 30 euro a week",
            {"ended": "2026-10-31", "returned": "2026-12-02", "fee": "30", "per": "week"},
        ),
        (
            "cancellation",
            "the session of 4 Dec in the Netherlands was cancelled on 1 Dec, fee 1,200",
            {"cancelled": "2026-12-01", "performance": "2026-12-04", "fee": "1,200", "country": "NL"},
        ),
        (
            "cancellation",
            "klant annuleerde op 1 december in Nederland, sessie 4 december",
            {"cancelled": "2026-12-01", "performance": "2026-12-04", "country": "NL"},
        ),
        (
            "surcharge",
            "overtime on 20 Nov 17:00-21:30 at 150 an hour?",
            {"start": "2026-11-20T17:00:00+01:00", "end": "2026-11-20T21:30:00+01:00", "rate": "150"},
        ),
        ("cancellation", "and so on " * 120 + "fee 1200 tomorrow", {}),
        ("cancellation", "may they still cancel five days ahead in 2026?", {}),
    ],
)
def test_what_a_sentence_says_of_a_rule(kind: str, sentence: str, found: dict[str, str]) -> None:
    assert facts(find("fee", kind), sentence, HERE) == found


@pytest.mark.parametrize(
    ("ref", "kinds"),
    [
        ("ITQ 7.3", ["cancellation", "cancellation-free", "cancellation-half"]),
        ("ITQ 5.2", ["surcharge"]),
        ("ITQ 1.24", []),
        ("ITQ 19.1", []),
    ],
)
def test_the_rules_that_compute_what_a_clause_says(ref: str, kinds: list[str]) -> None:
    assert [rule.kind for rule in rules_about(ref)] == kinds


@given(st.sampled_from(sorted(rules())), st.text(max_size=200))
def test_any_sentence_gives_only_inputs_of_the_rule(key: tuple[str, str], sentence: str) -> None:
    rule = rules()[key]
    assert set(facts(rule, sentence, HERE)) <= {field.name for field in rule.fields}
