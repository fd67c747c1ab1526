"""Days, holidays, extensions, zones and the hours that clocks skip or show twice."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from fractions import Fraction
from itertools import pairwise
from textwrap import dedent
from zoneinfo import ZoneInfo

import pytest
from holidays import country_holidays
from holidays.registry import COUNTRIES
from hypothesis import given
from hypothesis import strategies as st

from knowledge import days
from knowledge.inputs import hours
from knowledge.refused import Refused

BRUSSELS = ZoneInfo("Europe/Brussels")
DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))


def test_a_calendar_joins_the_holidays_of_belgium_and_of_the_country() -> None:
    dutch = days.calendar("NL")
    assert dutch.holiday(date(2026, 4, 27)) == "King's Day (NL)"
    assert dutch.holiday(date(2026, 7, 21)) == "National Day (BE)"
    assert dutch.holiday(date(2026, 1, 1)) == "New Year's Day (BE, NL)"
    assert dutch.off(date(2026, 11, 21)) == "Saturday"
    assert dutch.off(date(2026, 11, 20)) is None
    assert days.calendar("BE").countries == ("BE",)


@pytest.mark.parametrize("name", ["NL", "nl", " Netherlands ", "NLD"])
def test_a_country_is_known_by_code_or_name(name: str) -> None:
    assert days.country(name) == "NL"


@pytest.mark.parametrize("name", ["", "XX", "Atlantis", "B"])
def test_a_country_without_a_calendar_is_refused_by_name(name: str) -> None:
    with pytest.raises(Refused, match="no calendar of holidays") as refused:
        days.country(name)
    assert repr(name.strip()) in str(refused.value)
    assert refused.value.field == "country"


def test_holidays_are_not_made_up_for_years_that_are_not_known() -> None:
    with pytest.raises(Refused, match="NL are known from"):
        days.public_holidays("NL", 1800)
    with pytest.raises(Refused, match="IN are not known for 2099"):
        days.public_holidays("IN", 2099)


def test_looking_up_holidays_makes_an_error_of_no_other_warning() -> None:
    """What becomes of warnings is said for all threads at once: a letter failed by the warning of a library in another."""
    said = """
        import warnings
        from threading import Event, Thread
        from knowledge import days
        from knowledge.refused import Refused
        done, failed = Event(), []
        def warn():
            while not done.is_set():
                try:
                    warnings.warn("a large body", ResourceWarning)
                except ResourceWarning as error:
                    failed.append(error)
        other = Thread(target=warn)
        other.start()
        for year in range(1991, 2099):
            days.public_holidays("BE", year)
        done.set()
        other.join()
        assert not failed, "another thread's warning was raised"
        try:
            print(len(days.public_holidays("IN", 2099)))
        except Refused as refused:
            print(refused)
    """
    done = subprocess.run([sys.executable, "-c", dedent(said)], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("The holidays of IN are not known for 2099")


def test_every_country_has_the_holidays_that_the_package_gives_it() -> None:
    assert len(COUNTRIES) > 200
    for _, *codes in COUNTRIES.values():
        code = days.country(codes[0])
        assert dict(days.public_holidays(code, 2025)) == dict(
            country_holidays(code, years=2025, language=_english(code))
        )


def _english(code: str) -> str | None:
    return "en_US" if "en_US" in country_holidays(code).supported_languages else None


@pytest.mark.parametrize(
    ("day", "extended"),
    [
        (date(2026, 11, 20), date(2026, 11, 20)),
        (date(2026, 11, 21), date(2026, 11, 23)),
        (date(2026, 11, 11), date(2026, 11, 12)),
        (date(2026, 4, 4), date(2026, 4, 7)),
        (date(2026, 12, 25), date(2026, 12, 28)),
        (date(2023, 12, 30), date(2024, 1, 2)),
        (date(2026, 4, 27), date(2026, 4, 27)),
    ],
)
def test_a_last_day_moves_to_the_next_that_is_no_weekend_and_no_belgian_holiday(day: date, extended: date) -> None:
    found, skipped = days.extended(day)
    assert found == extended
    assert [one.day for one in skipped] == list(days.each(day, extended))


def test_the_days_passed_over_are_told_with_their_reason() -> None:
    _, skipped = days.later(date(2026, 11, 6), 3, "working_days", days.calendar("BE"))
    assert [(one.day.day, one.why) for one in skipped] == [
        (7, "Saturday"),
        (8, "Sunday"),
        (11, "Armistice Day (BE)"),
    ]


@given(DAYS, st.integers(1, 40))
def test_working_days_forward_and_back_are_each_others_mirror(day: date, count: int) -> None:
    calendar = days.calendar("LU")
    later, _ = days.nth_working_day(day, count, calendar)
    assert days.working_days(day + days.ONE, later + days.ONE, calendar) == count
    earlier, _ = days.nth_working_day(day, -count, calendar)
    assert days.working_days(earlier, day, calendar) == count


def test_months_and_years_end_on_the_last_day_where_there_is_no_such_day() -> None:
    assert days.months_later(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert days.months_later(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert days.months_later(date(2026, 3, 31), -1) == date(2026, 2, 28)
    assert days.months_later(date(2026, 12, 15), 1) == date(2027, 1, 15)


@pytest.mark.parametrize(
    ("first", "until", "per", "begun"),
    [
        (date(2026, 11, 1), date(2026, 11, 30), "month", 1),
        (date(2026, 11, 1), date(2026, 12, 1), "month", 2),
        (date(2026, 5, 1), date(2026, 5, 31), "month", 1),
        (date(2026, 1, 31), date(2026, 2, 27), "month", 1),
        (date(2026, 1, 31), date(2026, 2, 28), "month", 2),
        (date(2026, 11, 1), date(2026, 11, 7), "week", 1),
        (date(2026, 11, 1), date(2026, 11, 8), "week", 2),
        (date(2024, 2, 29), date(2025, 2, 27), "year", 1),
        (date(2024, 2, 29), date(2025, 2, 28), "year", 2),
        (date(2026, 11, 1), date(2026, 11, 1), "day", 1),
    ],
)
def test_periods_begun_are_counted_whole(first: date, until: date, per: str, begun: int) -> None:
    assert days.periods_begun(first, until, per) == begun


def test_counting_ends_at_the_bounds_with_a_sentence() -> None:
    with pytest.raises(Refused, match="beyond the years 1990 to 2099"):
        days.later(date(2099, 12, 31), 400, "days", days.calendar("BE"))
    with pytest.raises(Refused, match="beyond the years 1990 to 2099"):
        days.later(date(1990, 1, 1), -1, "days", days.calendar("BE"))


def test_a_local_time_is_one_moment_none_or_two() -> None:
    def moments(*clock: int) -> list[str]:
        local = datetime(*clock)  # noqa: DTZ001 - a time without zone is what is tested
        return [moment.isoformat() for moment in days.instants(local, BRUSSELS)]

    assert moments(2026, 11, 20, 2, 30) == ["2026-11-20T02:30:00+01:00"]
    assert moments(2026, 3, 29, 2, 30) == []
    assert moments(2026, 3, 29, 3, 0) == ["2026-03-29T03:00:00+02:00"]
    assert moments(2026, 10, 25, 2, 30) == ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"]
    assert moments(2026, 10, 25, 3, 0) == ["2026-10-25T03:00:00+01:00"]


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)))  # noqa: DTZ001 - any local time
def test_every_moment_of_a_local_time_shows_that_time(local: datetime) -> None:
    for moment in days.instants(local, BRUSSELS):
        assert days.in_zone(moment, BRUSSELS).replace(tzinfo=None) == local


def test_hours_are_elapsed_hours() -> None:
    before = datetime(2026, 10, 24, 10, tzinfo=BRUSSELS)
    assert days.hours_later(before, 24, BRUSSELS).isoformat() == "2026-10-25T09:00:00+01:00"


def test_an_instant_falls_on_a_day_of_the_zone() -> None:
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    assert days.contract_day(late, BRUSSELS) == date(2026, 11, 21)
    assert days.contract_day(late, ZoneInfo("America/New_York")) == date(2026, 11, 20)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "Europe", "../etc", "Europe/Brussels "])
def test_an_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="no time zone"):
        days.zone(name)


@given(st.integers(2020, 2030), st.sampled_from(["Europe/Brussels", "America/Havana", "Asia/Beirut", "UTC"]))
def test_the_moments_of_a_year_run_forward_without_a_gap(year: int, name: str) -> None:
    place = ZoneInfo(name)
    found = days.moments(year, (0, 8 * 3600, days.DAY), place)
    instants = [instant for _, moments in found for instant, _ in moments]
    assert instants == sorted(instants)
    assert all(one[1][-1][0] == following[1][0][0] for one, following in pairwise(found))
    assert all(shown.timestamp() == instant for _, moments in found for instant, shown in moments)


@given(st.integers(0, 10_000))
def test_a_duration_can_be_typed_again(minutes: int) -> None:
    assert hours(days.duration(Fraction(minutes, 60)), "hours") == Fraction(minutes, 60)
    assert days.duration(Fraction("1.01")) == "1.01"
