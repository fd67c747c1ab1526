"""When people work: hours, weekends and holidays where they live, counted without the code that sends to them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from holidays import country_holidays

COUNTRIES = {
    "Europe/Brussels": "BE",
    "Europe/London": "GB",
    "America/New_York": "US",
    "Asia/Kolkata": "IN",
    "Australia/Sydney": "AU",
    "Asia/Jerusalem": "IL",
}
OPENS, CLOSES = time(9), time(17)
WEEKENDS = {"IL": (4, 5)}
"""Days of the week without work, counted from Monday as 0, where they are not Saturday and Sunday."""
_HOLIDAYS = {code: country_holidays(code, years=range(2026, 2029)) for code in COUNTRIES.values()}


def local(instant: datetime, zone: str) -> datetime:
    """An instant on somebody's wall."""
    return instant.astimezone(ZoneInfo(zone))


def opens(day: date, zone: str) -> datetime:
    """When somebody's work begins on a day."""
    return datetime.combine(day, OPENS, ZoneInfo(zone)).astimezone(UTC)


def works(zone: str, instant: datetime) -> bool:
    """Whether somebody is at work."""
    here = local(instant, zone)
    return not free(here.date(), zone) and OPENS <= here.time() < CLOSES


def next_working(zone: str, instant: datetime) -> datetime:
    """The first working moment from an instant on."""
    here = local(instant, zone)
    if works(zone, instant):
        return instant.astimezone(UTC)
    if not free(here.date(), zone) and here.time() < OPENS:
        return opens(here.date(), zone)
    return opens(workday_after(here.date(), 1, zone), zone)


@cache
def free(day: date, zone: str) -> bool:
    """Whether nobody works in a zone's country on a day."""
    country = COUNTRIES[zone]
    return day.weekday() in WEEKENDS.get(country, (5, 6)) or day in _HOLIDAYS[country]


def workday(day: date, zone: str) -> date:
    """A day, or the last one before it on which somebody works."""
    while free(day, zone):
        day -= timedelta(days=1)
    return day


def workday_after(day: date, count: int, zone: str) -> date:
    """The day on which somebody has worked so many days more."""
    while count:
        day += timedelta(days=1)
        count -= not free(day, zone)
    return day
