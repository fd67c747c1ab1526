"""Days and hours: the only place that counts Working Days, extends a last day, and turns local time into instants."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from knowledge.refused import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from holidays.holiday_base import HolidayBase

BELGIUM = "BE"
BRUSSELS = "Europe/Brussels"
FIRST, LAST = date(1990, 1, 1), date(2099, 12, 31)
ONE = timedelta(days=1)
WEEK = 7
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SHORT = tuple(name[:3] for name in WEEKDAYS)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKEND = {5: "Saturday", 6: "Sunday"}
# How the package says that holidays which are set from year to year end earlier. Once and for this alone, since what is done to
# warnings is done to those of every thread.
warnings.filterwarnings("error", "Requested Holidays are available only", UserWarning)


class Skipped(NamedTuple):
    """A day that did not count, and why."""

    day: date
    why: str


@cache
def country(name: str) -> str:
    """The two-letter code of a country whose holidays are known, from a code or an English name; else Refused."""
    from holidays.registry import COUNTRIES  # noqa: PLC0415 - a quarter of a second that most answers can do without

    asked = name.strip().upper().replace(" ", "_")
    for module, (title, *codes) in COUNTRIES.items():
        if asked in codes or asked in (module.upper(), title.upper()):
            return next(code for code in codes if len(code) == len(BELGIUM))
    raise Refused(
        f"There is no calendar of holidays for the country {name.strip()!r}; give a country by its two-letter code, "
        "such as BE, NL or LU.",
        field="country",
    )


@cache
def public_holidays(code: str, year: int) -> Mapping[date, str]:
    """The national holidays (public category) of one country in one year, by date, in English where that is known.

    Refused for a year whose holidays are not known.
    """
    found = _entity(code)
    if not found.start_year <= year <= found.end_year:
        raise Refused(
            f"The holidays of {code} are known from {found.start_year} to {found.end_year}, not for {year}.",
            field="country",
            cause="holiday data",
        )
    english = "en_US" if "en_US" in found.supported_languages else None
    try:
        return dict(sorted(found(years=year, language=english).items()))
    except UserWarning as warned:
        raise Refused(
            f"The holidays of {code} are not known for {year}: {warned}", field="country", cause="holiday data"
        ) from None


@cache
def _entity(code: str) -> type[HolidayBase]:
    """The package's class for a country, from its own file: imported by its name it would bring all other countries with it."""
    from holidays.registry import COUNTRIES, __file__  # noqa: PLC0415 - as above

    name, title = next((name, title) for name, (title, *codes) in COUNTRIES.items() if code in codes)
    where = Path(__file__).with_name("countries") / f"{name}.py"
    found = spec_from_file_location(f"holidays.countries.{name}", where)
    assert found is not None
    assert found.loader is not None
    module = module_from_spec(found)
    found.loader.exec_module(module)
    entity: type[HolidayBase] = getattr(module, title)
    return entity


@dataclass(frozen=True)
class Calendar:
    """Working Days (1.24): Monday to Friday minus the national holidays of these countries."""

    countries: tuple[str, ...]

    def holiday(self, day: date) -> str | None:
        """The names of the holidays on this day with their countries ("Armistice Day (BE)"), or None."""
        return _holidays(self.countries, day.year).get(day)

    def holidays(self, year: int) -> Mapping[date, str]:
        """All holidays of a year, by date."""
        return _holidays(self.countries, year)

    def off(self, day: date) -> str | None:
        """Why this is no Working Day, or None where it is one."""
        return self.holiday(day) or weekend(day)


@cache
def _holidays(countries: tuple[str, ...], year: int) -> Mapping[date, str]:
    names: dict[date, dict[str, list[str]]] = {}
    for code in countries:
        for day, name in public_holidays(code, year).items():
            names.setdefault(day, {}).setdefault(name, []).append(code)
    return {
        day: ", ".join(f"{name} ({', '.join(codes)})" for name, codes in by_name.items())
        for day, by_name in sorted(names.items())
    }


@cache
def calendar(place: str) -> Calendar:
    """The calendar for work in a country: its holidays and those of Belgium."""
    return Calendar(tuple(dict.fromkeys((BELGIUM, country(place)))))


def weekend(day: date) -> str | None:
    """``Saturday`` or ``Sunday``, or None."""
    return _WEEKEND.get(day.weekday())


def weekday(day: date) -> str:
    """The name of a day of the week."""
    return WEEKDAYS[day.weekday()]


@cache
def weekend_of(code: str) -> frozenset[int]:
    """The days of the week on which people in a country do not work, counted from Monday as 0. Not those of Working Days,
    which the contract defines.

    From the holiday data; where that has one day of rest by law, the usual weekend (Unicode CLDR) if it is longer.
    """
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - as above

    by_law = frozenset(_entity(code)().weekend)
    try:
        usual = Locale.parse(f"und_{code}")
    except UnknownLocaleError:
        return by_law  # nobody lives there for whom it was written down
    return max(by_law, frozenset(range(usual.weekend_start, usual.weekend_end + 1)), key=len)


@cache
def working_week(code: str) -> str:
    """The days of the week on which people in a country work: "Monday to Friday"."""
    rest = weekend_of(code)
    first = next(day for day in range(WEEK) if day not in rest and (day - 1) % WEEK in rest)
    week = [(first + n) % WEEK for n in range(WEEK)]
    runs: list[list[str]] = []
    for day in week:
        if day in rest:
            continue
        if (day - 1) % WEEK in rest:
            runs.append([])
        runs[-1].append(WEEKDAYS[day])
    return " and ".join(f"{run[0]} to {run[-1]}" if len(run) > 1 else run[0] for run in runs)


def on_weekend(weekday: int) -> bool:
    """Whether a day of the week, counted from Monday as 0, is a Saturday or Sunday."""
    return weekday in _WEEKEND


def working_days(first: date, until: date, calendar: Calendar) -> int:
    """The number of Working Days from ``first`` to the day before ``until``."""
    if until <= first:
        return 0
    weeks, rest = divmod((until - first).days, WEEK)
    weekdays = weeks * (WEEK - len(_WEEKEND)) + sum(not on_weekend((first.weekday() + n) % WEEK) for n in range(rest))
    years = range(first.year, (until - ONE).year + 1)
    return weekdays - sum(first <= day < until for year in years for day, _ in _closed(calendar, year))


@cache
def _closed(calendar: Calendar, year: int) -> tuple[tuple[date, str], ...]:
    """The holidays of a year that take a day off the week, with their names."""
    return tuple((day, name) for day, name in calendar.holidays(year).items() if not weekend(day))


def said(first: date, until: date, calendar: Calendar) -> tuple[str, ...]:
    """For people: whose holidays were taken, and which fell on a weekday between two days, both included."""
    whose = " and ".join(calendar.countries)
    counted = [
        f"{spoken(day)}, {name}"
        for year in range(first.year, until.year + 1)
        for day, name in _closed(calendar, year)
        if first <= day <= until
    ]
    if len(counted) > 12:
        return (f"National holidays of {whose}: {len(counted)} fell on a weekday.",)
    return (f"National holidays of {whose} on a weekday: {'; '.join(counted) or 'none in these days'}.",)


def each(first: date, until: date) -> Iterator[date]:
    """Every day from ``first`` to the day before ``until``."""
    return (first + timedelta(days=n) for n in range((until - first).days))


def nth_working_day(day: date, count: int, calendar: Calendar) -> tuple[date, tuple[Skipped, ...]]:
    """The ``count``-th Working Day later than a day (earlier, where negative), and the days passed over on the way."""
    step = ONE if count > 0 else -ONE
    skipped: list[Skipped] = []
    for _ in range(abs(count)):
        day = _within(day, step)
        while why := calendar.off(day):
            skipped.append(Skipped(day, why))
            day = _within(day, step)
    return day, tuple(skipped)


def later(day: date, count: int, unit: str, calendar: Calendar) -> tuple[date, tuple[Skipped, ...]]:
    """The last day of a period that starts the day after ``day``; ``unit`` is days, weeks, working_days, months or
    years.

    Negative counts go back. A year from 29 February ends on 28 February.
    """
    if unit == "working_days":
        return nth_working_day(day, count, calendar)
    if unit in ("months", "years"):
        return months_later(day, count * (12 if unit == "years" else 1)), ()
    return _within(day, timedelta(days=count * (WEEK if unit == "weeks" else 1))), ()


def months_later(day: date, count: int) -> date:
    """The same day of the month, that many months later, or the month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    _known(year)
    return date(year, month + 1, min(day.day, days_in_month(date(year, month + 1, 1))))


def days_in_month(day: date) -> int:
    """How many days the calendar month of this day has."""
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return (following - day.replace(day=1)).days


def month_end(day: date) -> date:
    """The last day of the month."""
    return day.replace(day=days_in_month(day))


def periods_begun(first: date, until: date, per: str) -> int:
    """How many whole periods (day, week, month, year), one after the other from ``first`` on, have begun by ``until``.

    A month or year begins on the same day of the month, or on the last day of a month that is shorter.
    """
    if per in ("day", "week"):
        return (until - first).days // (WEEK if per == "week" else 1) + 1
    begun = 0
    while months_later(first, begun * (12 if per == "year" else 1)) <= until:
        begun += 1
    return begun


def days_in_year(day: date) -> int:
    """How many days the calendar year of this day has."""
    return (date(day.year + 1, 1, 1) - date(day.year, 1, 1)).days


def extended(day: date) -> tuple[date, tuple[Skipped, ...]]:
    """The first day from this one on that is no Saturday, Sunday or Belgian legal holiday (Civil Code art. 1.7)."""
    belgian = Calendar((BELGIUM,))
    skipped: list[Skipped] = []
    while why := belgian.off(day):
        skipped.append(Skipped(day, why))
        day = _within(day, ONE)
    return day, tuple(skipped)


def _within(day: date, step: timedelta) -> date:
    try:
        moved = day + step
    except OverflowError:
        raise _too_far() from None
    _known(moved.year)
    return moved


def _known(year: int) -> None:
    if not FIRST.year <= year <= LAST.year + 1:
        raise _too_far()


def _too_far() -> Refused:
    return Refused(f"That leads beyond the years {FIRST.year} to {LAST.year}, for which days are counted.")


@cache
def zone(name: str) -> ZoneInfo:
    """A time zone by its IANA name ("Europe/Brussels"); else Refused."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Refused(
            f"There is no time zone {name!r}; give it by place, such as Europe/Brussels or America/New_York.",
            field="zone",
        ) from None


def instants(local: datetime, place: ZoneInfo) -> tuple[datetime, ...]:
    """The moments at which clocks in a zone show a local time: one, none (clocks go forward) or two (clocks go
    back).
    """
    first, second = (local.replace(tzinfo=place, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return (first,)
    return tuple(moment for moment in (first, second) if in_zone(moment, place).replace(tzinfo=None) == local)


def in_zone(moment: datetime, place: ZoneInfo) -> datetime:
    """An instant as clocks in the zone show it."""
    return moment.astimezone(UTC).astimezone(place)


def contract_day(moment: datetime, place: ZoneInfo) -> date:
    """The day of the contract on which an instant falls, in the agreement's zone."""
    return in_zone(moment, place).date()


def hours_later(moment: datetime, hours: int, place: ZoneInfo) -> datetime:
    """So many elapsed hours after an instant, as clocks in the zone show it."""
    return in_zone(moment.astimezone(UTC) + timedelta(hours=hours), place)


def duration(hours: Fraction) -> str:
    """Hours as they can be typed again: "1h20", or in decimals where they are no whole minutes."""
    if hours < 0:
        return f"-{duration(-hours)}"
    whole, minutes = divmod(hours * 60, 60)
    if minutes.denominator == 1:
        return f"{whole}h{int(minutes):02}"
    return f"{Decimal(hours.numerator) / hours.denominator:f}"


def counted(count: int, unit: str) -> str:
    """A period as people read it: "14 Working Days", "1 year"."""
    name = "Working Days" if unit == "working_days" else unit
    return f"{count} {name.removesuffix('s') if count == 1 else name}"


def spoken(day: date) -> str:
    """A day as people read it: "Mon 30 Nov 2026"."""
    return f"{_SHORT[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


DAY = 24 * 60 * 60
"""The seconds of a day by the clock on the wall."""
LONGEST = 10 * 366 * DAY
"""The longest span of work that is computed, in seconds."""


def shown(instant: int, place: ZoneInfo) -> datetime:
    """An instant in seconds since 1970 UTC, as clocks in the zone show it."""
    return datetime.fromtimestamp(instant, place)


def minutes(seconds: int) -> int:
    """Whole elapsed minutes."""
    return seconds // 60


Moment = tuple[int, datetime]
"""An instant: in seconds since 1970 UTC, and as clocks in its zone show it."""


@lru_cache(maxsize=64)
def moments(year: int, cuts: tuple[int, ...], place: ZoneInfo) -> tuple[tuple[date, tuple[Moment, ...]], ...]:
    """For every day of a year: when it is so many seconds old by the clock on the wall.

    A time that the clocks skip is the moment of the change; one that they show twice is the first.
    """
    return tuple(
        (day, tuple(_moment(day, cut, place) for cut in cuts)) for day in each(date(year, 1, 1), date(year + 1, 1, 1))
    )


def moments_of(
    first: date, last: date, cuts: tuple[int, ...], place: ZoneInfo
) -> Iterator[tuple[date, tuple[Moment, ...]]]:
    """The moments of every day from ``first`` to ``last``, both included."""
    for year in range(first.year, last.year + 1):
        new_year, found = date(year, 1, 1), moments(year, cuts, place)
        yield from found[max(0, (first - new_year).days) : (last - new_year).days + 1]


def _moment(day: date, cut: int, place: ZoneInfo) -> Moment:
    local = datetime.combine(day, time(), place) + timedelta(seconds=cut)
    instant = int(local.timestamp())
    return instant, shown(instant, place)
