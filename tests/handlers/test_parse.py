"""Typed words and JSON to questions: every bad input has one sentence naming field, value and what would be
right.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import parse
from handlers.parse import Asked, from_json, words
from knowledge.answer import Family
from knowledge.answer_text import to_text
from knowledge.fields import Field
from knowledge.inputs import READ, Ambiguous
from knowledge.refused import Refused
from knowledge.rules import Rule, compute, rules
from knowledge.rules.cancellation import Cancellation
from knowledge.rules.late_payment import LatePayment
from knowledge.rules.surcharge import Surcharge
from knowledge.terms import Overrides
from tests.knowledge.asking import LIBRARY

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ACME = Overrides("acme", country="NL", zone="Europe/Amsterdam", rate=Decimal(160))


def agreements(name: str) -> Overrides | None:
    return ACME if name == "acme" else None


def from_words(family: Family, text: str) -> Asked:
    kind, given = words(family, text)
    return from_json(family, kind, given, now=NOW, agreements=agreements)


def fee(text: str) -> Asked:
    return from_words("fee", text)


def deadline(text: str) -> Asked:
    return from_words("deadline", text)


def test_words_become_a_question_with_the_agreements_country_and_zone() -> None:
    asked = fee("cancellation performance=2026-12-04 cancelled=today fee=1200 agreement=acme")
    assert asked.question == Cancellation(
        performance=date(2026, 12, 4),
        cancelled=date(2026, 11, 22),
        fee=Decimal(1200),
        agreement="acme",
        country="NL",
        zone="Europe/Amsterdam",
    )
    assert asked.overrides is ACME


def test_what_is_given_goes_before_what_the_agreement_says() -> None:
    asked = fee("surcharge start='20 nov 2026 22:00' end=02:00 rate=100 country=lu agreement=acme")
    assert isinstance(asked.question, Surcharge)
    assert (asked.question.rate, asked.question.country) == (Decimal(100), "LU")
    assert fee("surcharge start=2026-11-20T22:00 end=02:00 agreement=acme").question == replace(
        asked.question, rate=Decimal(160), country="NL"
    )


@pytest.mark.parametrize(
    "text",
    [
        'cancellation cancelled="25 nov" performance="30 nov" fee="€ 8 000"',
        "cancellation cancelled=\u201c25 nov\u201d performance=\u201830 nov\u2019 fee=8000",
        "Cancellation CANCELLED=25/11/2026 performance=2026-11-30 fee=8.000,00",
    ],
)
def test_quotes_of_phones_and_forms_of_dates_and_sums_mean_the_same(text: str) -> None:
    assert fee(text).question == Cancellation(
        cancelled=date(2026, 11, 25), performance=date(2026, 11, 30), fee=Decimal(8000)
    )


@pytest.mark.parametrize(
    ("text", "given", "loose"),
    [
        ("from=1 dec to=12 dec substitute=@x", {"from": "1 dec", "to": "12 dec", "substitute": "@x"}, []),
        ("from=15 May 2027, agreement=acme", {"from": "15 May 2027,", "agreement": "acme"}, []),
        ("from=dec 4 title=x", {"from": "dec 4", "title": "x"}, []),
        ("from=4 déc. 2026 14:30", {"from": "4 déc. 2026 14:30"}, []),
        ("from=2026-12-04 14:30", {"from": "2026-12-04 14:30"}, []),
        ("from=next friday leads=14", {"from": "next friday", "leads": "14"}, []),
        ("agreement=acme next 30 days", {"agreement": "acme"}, ["next", "30", "days"]),
        ("hours=8 22:00", {"hours": "8"}, ["22:00"]),
        ("persons=2 sat 4 dec", {"persons": "2"}, ["sat", "4", "dec"]),
        ("title=Invoice 7", {"title": "Invoice"}, ["7"]),
    ],
)
def test_a_day_in_several_words_is_one_value(text: str, given: dict[str, str], loose: list[str]) -> None:
    assert parse.pairs(parse.parts(text)) == (given, loose)


def test_an_apostrophe_inside_a_word_is_no_quote() -> None:
    asked = fee("cancellation cancelled=aujourd\u2019hui performance=30/11 fee=1")
    assert isinstance(asked.question, Cancellation)
    assert asked.question.cancelled == date(2026, 11, 22)


def test_a_span_in_words_stands_for_start_and_end() -> None:
    asked = fee("surcharge 20 nov 2026 from 17:00 to 09:00 rate=150")
    assert isinstance(asked.question, Surcharge)
    assert asked.question.end.isoformat() == "2026-11-21T09:00:00+01:00"


def test_json_takes_strings_numbers_and_lists() -> None:
    asked = from_json(
        "fee", "late-payment", {"invoice_date": "2026-05-15", "amount": Decimal("12100.50"), "paid": "20 aug", "costs": None},
        now=NOW, agreements=agreements,
    )  # fmt: skip
    assert asked.question == LatePayment(
        invoice_date=date(2026, 5, 15), amount=Decimal("12100.50"), paid=date(2026, 8, 20)
    )


BAD = {
    "no kind": ("", "needs a kind: cancellation"),
    "an unknown kind": ("cancelation fee=1", "Did you mean cancellation?"),
    "an open quote": ('cancellation fee="1200', "opened and not closed"),
    "an unknown name": ("cancellation performence=30/11", "'performence'; did you mean performance?"),
    "a name twice": ("cancellation fee=1 fee=2", "fee is given twice"),
    "loose words": ("cancellation tomorrow", "'tomorrow' is not understood. Usage: /fee cancellation"),
    "words that are no span": ("surcharge all night rate=5", "'all night' is not understood"),
    "what is missing": ("cancellation fee=1", "needs cancelled (day of the written cancellation) and performance"),
    "negative hours": (
        "time-and-cost basis=26.7 rate=100 hours=-0.5",
        "hours is -0h30; it must be 0 or more",
    ),
    "a negative fee": ("cancellation cancelled=25/11 performance=30/11 fee=-1", "fee is -1 EUR; it must be 0 or more"),
    "a negative rate": ("surcharge start=2026-11-20T22:00 end=23:00 rate=-5", "rate is -5 EUR"),
    "an end before its start": (
        "surcharge start=2026-11-20T22:00 end=2026-11-20T21:00 rate=5",
        "end (2026-11-20 21:00) is before start (2026-11-20 22:00)",
    ),
    "no length": (
        "surcharge start=2026-11-20T22:00 end=2026-11-20T22:00 rate=5",
        "end (2026-11-20 22:00) is the same moment as start",
    ),
    "seconds": ("surcharge start=2026-11-20T22:00:30 end=23:00 rate=5", "whole minutes"),
    "a century of work": ("surcharge start=2026-11-20T22:00 end=2096-11-20T22:00 rate=5", "more than ten years"),
    "paid before invoiced": ("late-payment invoice_date=2026-05-15 amount=1 paid=2026-05-14", "lies before invoice_date"),
    "a share above 100 %": ("price-revision price=1 share=100.5 change=5", "share is 100.5 %; it must be at most 100 %"),
    "a fall below nothing": ("price-revision price=1 share=10 change=-101", "change is -101 %"),
    "letters in a list": ("liability invoice_amount=1 claims=1,x", "claims: 'x' is no number"),
    "a negative claim": ("liability invoice_amount=1 claims=1,-2", "claims is -2 EUR"),
    "the year 1": ("late-payment invoice_date=0001-01-01 amount=1 paid=today", "invoice_date: '0001-01-01' is in the year 0001"),
    "the year 9999": ("late-payment invoice_date=9999-12-31 amount=1 paid=today", "from 1990 to 2099"),
    "29 February in a plain year": ("late-payment invoice_date=2026-02-29 amount=1 paid=today", "February 2026 has 28 days"),
    "a time that does not exist": ("surcharge start=2026-03-29T02:30 end=09:00 rate=5", "does not exist in Europe/Brussels"),
    "a country without calendar": ("cancellation cancelled=25/11 performance=30/11 fee=1 country=Atlantis", "country 'Atlantis'"),
    "an agreement that does not exist": ("cancellation cancelled=25/11 performance=30/11 fee=1 agreement=apex", "no agreement"),
    "an unknown zone": ("surcharge start=2026-11-20T22:00 end=23:00 rate=5 zone=Mars", "no time zone 'Mars'"),
    "an unknown choice": ("hardware-overdue ended=31/10/2026 returned=30/11/2026 fee=1 per=hour", "one of: day, week, month"),
    "an unknown basis": ("time-and-cost basis=7.3 hours=1 rate=1", "one of: 26.7, 27.1"),
    "half a span": ("time-and-cost basis=26.7 start=2026-11-20T22:00 rate=1", "both start and end"),
    "digits of another script": ("cancellation cancelled=25/11 performance=30/11 fee=\u0661\u0662", "write "
    "digits as 0 to 9"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_refused_in_one_sentence(text: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        fee(text)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_candidates_come_with_what_is_asked_back() -> None:
    with pytest.raises(Ambiguous) as ambiguous:
        fee("cancellation cancelled=25/11 performance=30/11 fee=1.200")
    assert ambiguous.value.field == "fee"
    assert [candidate.value for candidate in ambiguous.value.candidates] == ["1200", "1.2"]


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        (None, {}, "kind must be one of"),
        ("payment-due", None, "must be names with values"),
        ("payment-due", {"from": 20261120}, "from must be text"),
        ("payment-due", {"from": ["2026-11-20"]}, "from must be text"),
        ("payment-due", {"from": ""}, "needs from (date of the invoice)"),
        (
            "breach-authority",
            {"from": "2026-11-20T10:00", "itq_aware": "2026-11-20T11:00"},
            "itq_aware lies after from",
        ),
    ],
)
def test_bad_json_is_refused(kind: object, given: object, said: str) -> None:
    with pytest.raises(Refused) as refused:
        from_json("deadline", kind, given, now=NOW, agreements=agreements)
    assert said in str(refused.value)


def test_rules_that_depend_on_no_day_take_the_day_of_asking() -> None:
    asked = fee("price-revision price=1 share=1 change=1")
    assert asked.rule.day(asked.question) == date(2026, 11, 22)


@pytest.mark.parametrize("rule", rules().values(), ids=lambda rule: rule.kind)
def test_usage_names_every_input(rule: Rule) -> None:
    usage = parse.usage(rule)
    assert usage.startswith(f"Usage: /{rule.family} {rule.kind} ")
    assert all(f"{field.name}=" in usage for field in rule.form)
    assert rule.help in parse.overview(rule.family)


def test_words_are_taken_apart_without_being_read_so_that_a_form_can_show_them() -> None:
    assert parse.words("deadline", "payment-due from=soon agreement=x") == (
        "payment-due",
        {"from": "soon", "agreement": "x"},
    )
    assert deadline("payment-due from=tomorrow").rule.kind == "payment-due"


KINDS = st.sampled_from(sorted(rules()))
WORDS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["today", "2026-11-20", "2026-11-20T22:00", "31/12/2099", "1h20", "1.200", "5", "NL", "26.7", "month"]
    ),
    st.from_regex(r"[0-9]{1,4}[-/. ][0-9a-z]{1,4}[-/. ][0-9]{1,4}( [0-9:hapm]{1,6})?", fullmatch=True),
)
VALUES = st.one_of(
    WORDS, st.integers(), st.decimals(), st.booleans(), st.none(), st.lists(WORDS | st.integers(), max_size=3)
)


@given(KINDS, st.data())
def test_whatever_is_given_is_answered_or_refused_and_never_a_bug(named: tuple[str, str], data: st.DataObject) -> None:
    rule = rules()[named]
    given_inputs = {field.name: data.draw(VALUES) for field in rule.fields if field.name != "agreement"}
    said = "answered"
    try:
        asked = from_json(rule.family, rule.kind, given_inputs, now=NOW, agreements=agreements)
        to_text(compute(asked.rule, asked.question, LIBRARY, id="x"))
    except Refused as refused:
        said = str(refused)
    assert said
    assert said.isprintable()


@given(st.text(max_size=60))
def test_any_words_are_answered_or_refused(text: str) -> None:
    for family, kind in (("fee", "surcharge"), ("deadline", "payment-due")):
        with pytest.raises(Refused):
            from_words("fee" if family == "fee" else "deadline", f"{kind} {text}")


@pytest.mark.parametrize("type", sorted(READ))
def test_every_type_of_input_has_something_that_stands_for_it_in_a_usage_line(type: str) -> None:
    assert parse.placeholder(Field(type, "An input", name="it"))
