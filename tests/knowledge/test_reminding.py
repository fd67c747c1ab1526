"""When people are reminded: lead times, quiet hours, snoozing and escalation, whatever the zone and the day."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from knowledge import days, reminding
from knowledge.refused import Refused
from knowledge.reminding import Hours

BRUSSELS = ZoneInfo("Europe/Brussels")
MARIE = Hours(BRUSSELS, "BE")
ZONES = (
    "Europe/Brussels",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Sydney",
    "America/Los_Angeles",
    "Pacific/Auckland",
    "Asia/Jerusalem",
)
COUNTRIES = ("BE", "US", "IN", "AU", "NL", "NZ", "IL", "IR", "BN")

moments = some.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
dates = some.dates(date(2026, 6, 1), date(2027, 12, 31))


@some.composite
def people(draw: some.DrawFn) -> Hours:
    opens = draw(some.integers(5, 12))
    closes = draw(some.integers(opens + 1, 22))
    zone = draw(some.sampled_from(ZONES))
    return Hours(ZoneInfo(zone), draw(some.sampled_from(COUNTRIES)), time(opens), time(closes))


def local(text: str, zone: ZoneInfo = BRUSSELS) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@settings(deadline=None)
@given(moments, people())
def test_the_next_working_moment_is_one_and_nothing_before_it_is(moment: datetime, hours: Hours) -> None:
    found = hours.next(moment)
    assert found >= moment
    assert hours.holds(found)
    assert hours.next(found) == found
    between = moment + (found - moment) / 2
    assert found == moment or not hours.holds(between)


@settings(deadline=None)
@given(dates, some.sets(some.integers(0, 60), min_size=1), moments, people())
def test_reminders_come_in_working_hours_in_order_and_before_the_deadline(
    due: date, leads: set[int], now: datetime, hours: Hours
) -> None:
    last = reminding.last_moment(due, BRUSSELS)
    steps = reminding.steps(due, leads, hours, now, last)
    assert [step.at for step in steps] == sorted({step.at for step in steps})
    assert all(step.at >= now and (step.at < last) for step in steps)
    if now < last:
        assert steps, "what has not passed is never silent"
    if len(steps) > 1 or (steps and steps[0].at > now):
        assert all(hours.holds(step.at) for step in steps)
        assert all(hours.day(step.at) <= due - timedelta(days=step.lead) for step in steps)


@settings(deadline=None)
@given(moments, some.integers(0, 72), some.sets(some.integers(0, 72), min_size=1), people())
def test_clocks_in_hours_ring_to_the_minute(now: datetime, ahead: int, leads: set[int], hours: Hours) -> None:
    due = now + timedelta(hours=ahead)
    steps = reminding.steps(due, leads, hours, now, due)
    told = {due - timedelta(hours=lead) for lead in leads if lead <= ahead}
    assert {step.at for step in steps} == (told or ({now} if now < due else set()))


@settings(deadline=None)
@given(dates, moments, people(), some.sampled_from(("later", "tomorrow", "next", "at")), moments)
def test_no_snooze_passes_the_deadline_or_comes_at_night(
    due: date, now: datetime, hours: Hours, choice: str, at: datetime
) -> None:
    last = reminding.last_moment(due, BRUSSELS)
    try:
        found = reminding.snoozed(choice, at if choice == "at" else None, now, due, last, hours)
    except Refused:
        return  # there is no such moment left before the deadline
    assert now < found < last
    assert hours.day(found) <= due
    assert hours.holds(found)


@settings(deadline=None)
@given(moments, people(), dates)
def test_repeats_and_escalations_wait_for_working_days(since: datetime, hours: Hours, due: date) -> None:
    again = reminding.again(since, due, hours)
    assert hours.holds(again)
    assert hours.day(again) > hours.day(since)
    up = reminding.escalated(since, due, hours)
    assert hours.holds(up)
    working = [day for day in days.each(hours.day(since) + days.ONE, hours.day(up) + days.ONE) if not hours.off(day)]
    assert len(working) >= reminding.PATIENCE


@settings(deadline=None)
@given(moments, people())
def test_the_next_monday_is_a_monday_or_the_first_working_day_after_it(now: datetime, hours: Hours) -> None:
    found = reminding.week_begins(reminding.next_monday(now, hours), hours)
    assert found > now
    day = hours.day(found)
    monday = day - timedelta(days=day.weekday())
    assert hours.holds(found)
    assert all(hours.off(passed) for passed in days.each(monday, day)) or hours.closes <= reminding.OPENS


@pytest.mark.parametrize(
    ("due", "lead", "told"),
    [
        ("2026-12-02", 14, "2026-11-18T09:00"),
        ("2026-12-02", 3, "2026-11-27T09:00"),  # 29 November is a Sunday: the Friday before
        ("2026-11-12", 1, "2026-11-10T09:00"),  # 11 November is a holiday in Belgium
        ("2027-03-29", 1, "2027-03-26T09:00"),  # Easter; the clocks go forward on 28 March
        ("2026-10-26", 1, "2026-10-23T09:00"),  # the clocks go back on 25 October
    ],
)
def test_lead_times_that_end_on_a_day_off_move_to_the_working_day_before(due: str, lead: int, told: str) -> None:
    day = date.fromisoformat(due)
    now = local("2026-10-01T09:00")
    (step,) = reminding.steps(day, [lead], MARIE, now, reminding.last_moment(day, BRUSSELS))
    assert step.at == local(told)


def test_silence_goes_up_after_two_working_days() -> None:
    assert reminding.escalated(local("2026-11-18T09:00"), date(2026, 12, 2), MARIE) == local("2026-11-20T09:00")
    assert reminding.escalated(local("2026-11-20T16:00"), date(2026, 12, 2), MARIE) == local("2026-11-24T16:00")
    clock = local("2026-11-21T20:00")
    assert reminding.escalated(local("2026-11-21T06:00"), clock, MARIE) == local("2026-11-21T13:00")


@pytest.mark.parametrize(
    ("leads", "told"),
    [((15,), "longer than the 14 days"), ((-1, 3), "0 or more"), ((400,), "longer than")],
)
def test_lead_times_that_do_not_fit_are_refused(leads: tuple[int, ...], told: str) -> None:
    now, due = local("2026-11-02T09:00"), date(2026, 11, 16)
    with pytest.raises(Refused, match=told):
        reminding.leads(leads, due, date(2026, 11, 2), now, BRUSSELS)
    assert reminding.leads((3, 1), due, None, now, BRUSSELS) == (3, 1, 0), "the day itself is always one of them"
    assert reminding.leads(None, date(2026, 11, 6), None, now, BRUSSELS) == (3, 1, 0), "the usual ones that fit"


def test_the_period_is_what_counts_where_the_event_is_still_to_come() -> None:
    now = local("2026-11-02T09:00")
    with pytest.raises(Refused, match="longer than the 14 days"):
        reminding.leads((30,), date(2027, 6, 15), date(2027, 6, 1), now, BRUSSELS)


def test_countries_of_zones() -> None:
    assert reminding.country_of("Asia/Kolkata") == "IN"
    assert reminding.country_of("Etc/UTC") == "BE", "no country of its own"


def test_far_in_the_west_the_last_day_is_over_before_it_begins() -> None:
    angeles = Hours(ZoneInfo("America/Los_Angeles"), "US")
    due = date(2026, 12, 2)
    (step,) = reminding.steps(
        due, [0], angeles, local("2026-11-02T09:00"), reminding.last_moment(due, ZoneInfo("Asia/Tokyo"))
    )
    assert step.at == datetime(2026, 12, 1, 9, tzinfo=angeles.zone)


@pytest.mark.parametrize(
    ("country", "week"),
    {
        "BE": "Monday to Friday",
        "AE": "Monday to Friday",  # since 2022
        "IL": "Sunday to Thursday",
        "SA": "Sunday to Thursday",
        "IR": "Saturday to Thursday",
        "BN": "Monday to Thursday and Saturday",
        "HK": "Monday to Friday",  # one day of rest by law, two as is usual
        "AQ": "Monday to Friday",
    }.items(),
)
def test_a_week_is_that_of_the_person_s_country(country: str, week: str) -> None:
    assert days.working_week(country) == week
