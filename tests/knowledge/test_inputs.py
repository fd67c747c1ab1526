"""What people type: days, moments, spans, numbers; what could be two is asked back with what to type."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import inputs
from knowledge.inputs import Ambiguous, Here
from knowledge.refused import Refused

HERE = Here(datetime(2026, 11, 22, 12, tzinfo=UTC), ZoneInfo("Europe/Brussels"))  # a Sunday


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-12-04", "2026-12-04"),
        ("2026/12/4", "2026-12-04"),
        ("4/12/2026", "2026-12-04"),
        ("04-12-26", "2026-12-04"),
        ("4.12.2026", "2026-12-04"),
        ("4/12", "2026-12-04"),
        ("22/11", "2026-11-22"),
        ("21/11", "2026-11-21"),
        ("4 dec", "2026-12-04"),
        ("4dec2026", "2026-12-04"),
        ("Dec 4th, 2026", "2026-12-04"),
        ("Friday 4 December 2026", "2026-12-04"),
        ("4 déc. 2026", "2026-12-04"),
        ("1er mai 2027", "2027-05-01"),
        ("op 3 maart", "2026-03-03"),
        ("today", "2026-11-22"),
        ("aujourd\u2019hui", "2026-11-22"),
        ("morgen", "2026-11-23"),
        ("hier", "2026-11-21"),
        ("overmorgen", "2026-11-24"),
        ("the day after tomorrow", "2026-11-24"),
        ("in 3 days", "2026-11-25"),
        ("over een week", "2026-11-29"),
        ("il y a 2 semaines", "2026-11-08"),
        ("10 days ago", "2026-11-12"),
        ("20261204", "2026-12-04"),
        ("friday", "2026-11-27"),
        ("vrijdag", "2026-11-27"),
        ("vendredi", "2026-11-27"),
        ("on friday", "2026-11-27"),
        ("last friday", "2026-11-20"),
        ("next sunday", "2026-11-29"),
        ("2026-12-04T23:30Z", "2026-12-05"),
        ("4 dec 2026 10:30", "2026-12-04"),
    ],
)
def test_a_day_is_read_with_the_day_first_and_in_the_year_of_asking_where_none_is_said(typed: str, meant: str) -> None:
    assert inputs.day(typed, HERE) == date.fromisoformat(meant)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "is empty"),
        ("2026-02-29", "February 2026 has 28 days"),
        ("31/04/2026", "April 2026 has 30 days"),
        ("2026-13-01", "month 13"),
        ("12/25/2026", "the day comes first"),
        ("29 feb", "February 2026 has 28 days"),
        ("0001-01-01", "in the year 0001"),
        ("9999-12-31", "in the year 9999"),
        ("29 feb 2027", "'29 feb 2027' does not exist; February 2027 has 28 days"),
        ("31 november 2026", "November 2026 has 30 days"),
        ("20270229", "February 2027 has 28 days"),
        ("in 9000 weeks", "in the year 2199; give a date from 1990 to 2099"),
        ("3 days", "no date that exists"),
        ("monday 4 december 2026", "is no Monday"),
        ("4", "no date that exists"),
        ("may", "no date that exists"),
        ("dec 2026", "no date that exists"),
        ("4 dec 5", "no date that exists"),
        ("soon", "no date that exists"),
        ("\u0664 dec", "write digits as 0 to 9"),
    ],
)
def test_a_day_that_does_not_exist_is_refused_with_field_and_value(typed: str, said: str) -> None:
    with pytest.raises(Refused, match=said) as refused:
        inputs.day(typed, HERE, "performance")
    assert refused.value.field == "performance"
    assert "performance" in str(refused.value)


@pytest.mark.parametrize(
    ("typed", "first", "second"),
    [("sunday", "2026-11-22", "2026-11-29"), ("next friday", "2026-11-27", "2026-12-04")],
)
def test_a_weekday_that_could_be_two_days_is_asked_back(typed: str, first: str, second: str) -> None:
    with pytest.raises(Ambiguous) as ambiguous:
        inputs.day(typed, HERE)
    assert [candidate.value for candidate in ambiguous.value.candidates] == [first, second]


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_back_in_every_form(day: date) -> None:
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%-d %b %Y", "%-d %B %Y", "%B %-d, %Y", "%a %-d %b %Y"):
        assert inputs.day(day.strftime(form), HERE) == day


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-11-20T22:00", "2026-11-20T22:00:00+01:00"),
        ("2026-11-20 22:00", "2026-11-20T22:00:00+01:00"),
        ("20 nov 2026 22h30", "2026-11-20T22:30:00+01:00"),
        ("vrijdag om 17u30", "2026-11-27T17:30:00+01:00"),
        ("tomorrow 5pm", "2026-11-23T17:00:00+01:00"),
        ("20 nov 2026 10 pm", "2026-11-20T22:00:00+01:00"),
        ("20 nov 2026 12 am", "2026-11-20T00:00:00+01:00"),
        ("2026-11-20 24:00", "2026-11-21T00:00:00+01:00"),
        ("2026-11-20T22:00Z", "2026-11-20T23:00:00+01:00"),
        ("2026-11-20T22:00:30+05:30", "2026-11-20T17:30:30+01:00"),
        ("2026-11-20 22:00 America/New_York", "2026-11-21T04:00:00+01:00"),
        ("2026-10-25T02:30+01:00", "2026-10-25T02:30:00+01:00"),
        ("20 nov 2026 9:00 UTC", "2026-11-20T10:00:00+01:00"),
        ("now", "2026-11-22T13:00:00+01:00"),
    ],
)
def test_a_moment_is_read_in_the_zone(typed: str, meant: str) -> None:
    assert inputs.instant(typed, HERE).isoformat() == meant


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("17:00", "is no moment"),
        ("2026-11-20", "is no moment"),
        ("2026-11-20 25:00", "is no time of day"),
        ("2026-11-20 13pm", "hours go from 1 to 12"),
        ("2026-03-29T02:30", "does not exist in Europe/Brussels"),
        ("2026-11-20T22:00+25:00", "no offset"),
        ("2026-11-20 22:00 Mars/Olympus", "no time zone"),
    ],
)
def test_what_is_no_moment_is_refused(typed: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        inputs.instant(typed, HERE, "start")


def test_a_local_time_that_exists_twice_is_asked_back_with_both_offsets() -> None:
    with pytest.raises(Ambiguous) as ambiguous:
        inputs.instant("2026-10-25T02:30", HERE, "start")
    values = [candidate.value for candidate in ambiguous.value.candidates]
    assert values == ["2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00"]
    assert [inputs.instant(value, HERE).isoformat(timespec="minutes") for value in values] == values


@pytest.mark.parametrize(
    ("typed", "start", "end"),
    [
        ("20 nov 2026 from 17:00 to 09:00", "2026-11-20T17:00", "2026-11-21T09:00"),
        ("from 9am to 5pm on 3 dec", "2026-12-03T09:00", "2026-12-03T17:00"),
        ("morgen van 17u tot 9u", "2026-11-23T17:00", "2026-11-24T09:00"),
        ("yesterday de 17h à 9h", "2026-11-21T17:00", "2026-11-22T09:00"),
        ("from 17:00 to 17:00", "2026-11-22T17:00", "2026-11-23T17:00"),
        ("friday 17:00 to 09:00", "2026-11-27T17:00", "2026-11-28T09:00"),
        ("tomorrow 17:00\u201321:00", "2026-11-23T17:00", "2026-11-23T21:00"),
        ("between 5 pm and 9 am on 20 nov", "2026-11-20T17:00", "2026-11-21T09:00"),
        ("from 20 nov 22:00 to 22 nov 02:00", "2026-11-20T22:00", "2026-11-22T02:00"),
        ("20 nov 17:00 - 21 nov 09:00", "2026-11-20T17:00", "2026-11-21T09:00"),
    ],
)
def test_a_span_in_words_ends_at_the_first_such_time(typed: str, start: str, end: str) -> None:
    found = inputs.span(typed, HERE)
    assert found
    assert [moment.isoformat()[:16] for moment in found] == [start, end]


def test_words_that_are_no_span_are_none() -> None:
    assert inputs.span("the whole night", HERE) is None


def test_an_amount_that_could_be_two_is_asked_back_and_each_candidate_is_clear() -> None:
    for typed, labels in (("1.200", ["1,200", "1.2"]), ("12,345", ["12,345", "12.345"])):
        with pytest.raises(Ambiguous) as ambiguous:
            inputs.number(typed, "fee")
        assert [candidate.label for candidate in ambiguous.value.candidates] == labels
        for candidate in ambiguous.value.candidates:
            assert f"{inputs.number(candidate.value, 'fee').normalize():,f}" == candidate.label


@pytest.mark.parametrize(
    "given", ["abc", "1e5", "nan", "", "\u0661\u0662", "½", True, None, [], {}, Decimal("NaN"), "1" * 13]
)
def test_what_is_no_number_is_refused(given: object) -> None:
    with pytest.raises(Refused, match="fee") as refused:
        inputs.number(given, "fee")
    assert refused.value.field == "fee"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1h20", "4/3"),
        ("1:20", "4/3"),
        ("80 min", "4/3"),
        ("1u20", "4/3"),
        ("1.5", "3/2"),
        ("2 hours", "2"),
        (Decimal("0.25"), "1/4"),
    ],
)
def test_hours_are_exact(typed: object, meant: str) -> None:
    assert inputs.hours(typed, "hours") == Fraction(meant)


def test_more_than_59_minutes_beside_hours_are_refused() -> None:
    with pytest.raises(Refused, match="75 minutes"):
        inputs.hours("1h75", "hours")


@pytest.mark.parametrize(
    ("typed", "meant"), [("95%", "95"), ("95 %", "95"), ("0,5", "0.5"), ("12.345 procent", "12.345"), (80, "80")]
)
def test_percentages(typed: object, meant: str) -> None:
    assert inputs.percent(typed, "share") == Decimal(meant)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("30000,40000", [30000, 40000]),
        ("1.200,50; 30", ["1200.50", 30]),
        ([1, "2.5"], [1, "2.5"]),
        (7, [7]),
        ("5, 6,", [5, 6]),
    ],
)
def test_lists_are_separated_by_commas_or_semicolons(typed: object, meant: list[str | int]) -> None:
    assert inputs.many(typed, "claims") == tuple(Decimal(number) for number in meant)


@pytest.mark.parametrize("typed", ["", " , ", [], "30000,many", [1, None]])
def test_a_list_that_is_none_is_refused(typed: object) -> None:
    with pytest.raises(Refused, match="claims"):
        inputs.many(typed, "claims")
