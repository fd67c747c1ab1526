"""What people type, as values: days, times, sums, hours and lists; what could be two things is asked back, not guessed.

Nothing here reads a clock: ``Here`` says what "now" is and in which zone local times are meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple
from zoneinfo import ZoneInfo

from knowledge import days, money
from knowledge.refused import Refused

MOST = Decimal(10) ** 12
_CURLY = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2212": "-", "\u2013": "-"})
_ISO_DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})(?:[-/.](\d{2}|\d{4}))?\.?")
_TIME = re.compile(r"(\d{1,2})(?:[:h.u](\d{2})(?::(\d{2})(?:\.0+)?)?|h|u|(?=\s*[ap]m))\s*([ap]m)?", re.IGNORECASE)
_OFFSET = re.compile(r"(?<=\d)\s*(Z|[+-]\d{2}:?\d{2})$", re.IGNORECASE)
_HOURS = re.compile(r"(?:(\d+)\s*(?:h|u|hours?|uur|heures?)\s*(?:(\d{1,2})\s*(?:m|min|minutes?|minuten)?)?|(\d+):(\d{2}))")
_MINUTES = re.compile(r"(\d+)\s*(?:m|min|minutes?|minuten)")
_SPAN = re.compile(
    r"(?P<day>.*?)\s*\b(?:from|van|de)\s+(?P<start>\S+)\s+(?:to|till|until|tot|à|a)\s+(?P<end>\S+)\s*(?P<after>.*)",
    re.IGNORECASE,
)
_NEAR_DAYS = {
    -2: "eergisteren avant-hier",
    -1: "yesterday gisteren hier",
    0: "today vandaag aujourd'hui",
    1: "tomorrow morgen demain",
    2: "overmorgen après-demain",
}
_NEAR = {word: away for away, words in _NEAR_DAYS.items() for word in words.split()}
_NOW = frozenset({"now", "nu", "maintenant"})
_WEEKDAYS = [
    "monday mon maandag lundi",
    "tuesday tue tues dinsdag mardi",
    "wednesday wed woensdag mercredi",
    "thursday thu thur thurs donderdag jeudi",
    "friday fri vrijdag vendredi",
    "saturday sat zaterdag samedi",
    "sunday sun zondag dimanche",
]
_MONTHS = [
    "january jan januari janvier janv",
    "february feb februari février fevrier févr fevr",
    "march mar maart mrt mars",
    "april apr avril avr",
    "may mei mai",
    "june jun juni juin",
    "july jul juli juillet juil",
    "august aug augustus août aout",
    "september sep sept septembre",
    "october oct oktober okt octobre",
    "november nov novembre",
    "december dec décembre déc decembre",
]
_WEEKDAY = {word: at for at, words in enumerate(_WEEKDAYS) for word in words.split()}
_MONTH = {word: at + 1 for at, words in enumerate(_MONTHS) for word in words.split()}
_FILLERS = frozenset({"on", "op", "le", "the", "this", "de", "of", "deze", "ce", "coming", "komende"})
_NEXT = frozenset({"next", "volgende", "prochain"})
_LAST = frozenset({"last", "vorige", "afgelopen", "dernier"})


class Candidate(NamedTuple):
    """One thing the words could mean: how to say it, and what to type for it."""

    label: str
    value: str


class Ambiguous(Refused):
    """Words that could mean several things; the candidates are shown, and what is typed for one of them is clear."""

    def __init__(self, message: str, candidates: tuple[Candidate, ...], *, field: str | None = None) -> None:
        listed = " or ".join(f"{candidate.label} (type {candidate.value})" for candidate in candidates)
        super().__init__(f"{message}: {listed}?", field=field)
        self.candidates = candidates


@dataclass(frozen=True)
class Here:
    """The moment at which something is asked (aware), and the zone in which local times are meant."""

    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """The day of asking in that zone."""
        return days.contract_day(self.now, self.zone)


def clean(text: str, name: str) -> str:
    """Text with phones' quotes straightened and spaces made plain; Refused for digits other than 0-9."""
    for character in text:
        if character.isnumeric() and not character.isascii():
            raise Refused(f"{name}: {text.strip()!r} holds the digit {character!r}; write digits as 0 to 9.", field=name)
    return " ".join(text.translate(_CURLY).split())


def day(text: str, here: Here, name: str = "date") -> date:
    """A day: ISO, day first (4/12/2026), in words (4 dec, friday, tomorrow; English, Dutch, French), or of an instant.

    Without a year it is the next such day. Ambiguous for a weekday that could be two days; Refused, saying what would be
    right, for a day that does not exist or lies outside 1990 to 2099.
    """
    words = clean(text, name)
    if not words:
        raise Refused(f"{name} is empty; give a date such as 2026-12-04.", field=name)
    found = _day(words.lower(), here, name, words)
    if found is None and ("T" in words or ":" in words):
        return days.contract_day(instant(text, here, name), here.zone)
    if found is None:
        raise Refused(
            f"{name}: {words!r} is no date; give one such as 2026-12-04, 4 dec 2026, 4/12/2026, friday or tomorrow.",
            field=name,
        )
    return found


def _day(words: str, here: Here, name: str, typed: str) -> date | None:
    if words in _NEAR:
        return here.today + timedelta(days=_NEAR[words])
    if iso := _ISO_DAY.fullmatch(words):
        return _exists(int(iso[1]), int(iso[2]), int(iso[3]), name, typed)
    if numbers := _DAY_FIRST.fullmatch(words):
        return _dated(int(numbers[1]), int(numbers[2]), numbers[3], here, name, typed)
    return _worded(words, here, name, typed)


def _worded(words: str, here: Here, name: str, typed: str) -> date | None:
    parts = [part.strip(".,") for part in re.split(r"[\s,]+|(?<=\d)(?=[a-zé])(?!\d?(?:st|nd|rd|th|er|e|ste|de)\b)", words)]
    parts = [part for part in parts if part and part not in _FILLERS]
    weekdays = [_WEEKDAY[part] for part in parts if part in _WEEKDAY]
    months = [_MONTH[part] for part in parts if part in _MONTH]
    relative = [part for part in parts if part in _NEXT or part in _LAST]
    numbers = [re.sub(r"(?<=\d)(?:st|nd|rd|th|er|e|ste|de)$", "", part) for part in parts if part[0].isdigit()]
    if len(parts) != len(weekdays) + len(months) + len(relative) + len(numbers):
        return None
    if len(weekdays) == 1 and not months and not numbers and len(relative) < 2:
        return _weekday(weekdays[0], relative, here, name, typed)
    if len(months) != 1 or len(weekdays) > 1 or relative or not all(number.isdigit() for number in numbers):
        return None
    in_month = [number for number in numbers if len(number) < 3]
    years = [number for number in numbers if len(number) == 4]
    if len(in_month) == 2 and not years and parts.index(in_month[1]) > 0:
        in_month, years = in_month[:1], in_month[1:]
    if len(in_month) != 1 or len(in_month) + len(years) != len(numbers):
        return None
    found = _dated(int(in_month[0]), months[0], years[0] if years else None, here, name, typed)
    if weekdays and found.weekday() != weekdays[0]:
        raise Refused(f"{name}: {days.spoken(found)} is no {_WEEKDAYS[weekdays[0]].split()[0].title()}; which is meant, the "
                      "day of the week or the date?", field=name)  # fmt: skip
    return found


def _weekday(weekday: int, relative: list[str], here: Here, name: str, typed: str) -> date:
    ahead = (weekday - here.today.weekday()) % days.WEEK
    upcoming = here.today + timedelta(days=ahead)
    a_week = timedelta(days=days.WEEK)
    if relative and relative[0] in _LAST:
        return upcoming - a_week
    if not relative and ahead:
        return upcoming
    first = upcoming if ahead or not relative else upcoming + a_week
    if relative and not ahead:
        return first
    raise _ambiguous_days(f"{name}: {typed!r} could be", (first, first + a_week), name)


def _ambiguous_days(message: str, found: tuple[date, ...], name: str) -> Ambiguous:
    return Ambiguous(message, tuple(Candidate(days.spoken(day), day.isoformat()) for day in found), field=name)


def _dated(in_month: int, month: int, year: str | None, here: Here, name: str, typed: str) -> date:
    if year is not None:
        return _exists(int(year) + (2000 if len(year) == 2 else 0), month, in_month, name, typed)
    for candidate in range(here.today.year, here.today.year + 9):
        if 1 <= month <= 12 and 1 <= in_month <= days.days_in_month(date(candidate, month, 1)):
            found = date(candidate, month, in_month)
            if found >= here.today:
                return found
    return _exists(here.today.year, month, in_month, name, typed)


def _exists(year: int, month: int, in_month: int, name: str, typed: str) -> date:
    if not days.FIRST.year <= year <= days.LAST.year:
        raise Refused(
            f"{name}: {typed!r} is in the year {year:04}; give a date from {days.FIRST.year} to {days.LAST.year}.",
            field=name,
        )
    if not 1 <= month <= 12:
        raise Refused(
            f"{name}: {typed!r} has month {month}; months go from 1 to 12, and the day comes first in 4/12/2026.",
            field=name,
        )
    length = days.days_in_month(date(year, month, 1))
    if not 1 <= in_month <= length:
        raise Refused(
            f"{name}: {typed!r} does not exist; {date(year, month, 1):%B %Y} has {length} days.", field=name
        )
    return date(year, month, in_month)


def clock(text: str, name: str) -> tuple[time, bool] | None:
    """A time of day (17:00, 17h30, 5pm, 24:00) and whether it is the midnight that ends a day; None if it is no time."""
    found = _TIME.fullmatch(text)
    if not found:
        return None
    hour, minute, second = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    if found[4]:
        if not 1 <= hour <= 12:
            raise Refused(f"{name}: {text!r} is no time; with am and pm hours go from 1 to 12.", field=name)
        hour = hour % 12 + (12 if found[4].lower() == "pm" else 0)
    if (hour, minute, second) == (24, 0, 0):
        return time(0), True
    if hour > 23 or minute > 59 or second > 59:
        raise Refused(f"{name}: {text!r} is no time of day; times go from 00:00 to 23:59.", field=name)
    return time(hour, minute, second), False


def instant(text: str, here: Here, name: str = "time", after: datetime | None = None) -> datetime:
    """A moment, as clocks in the zone show it: day and time, with or without offset or zone name; ``now``.

    Local times are those of ``here.zone``. A time alone is the first such moment after ``after``. Refused where the local
    time does not exist; Ambiguous where it exists twice.
    """
    words = clean(text, name)
    if words.lower() in _NOW:
        return days.in_zone(here.now.replace(second=0, microsecond=0), here.zone)
    words, offset = _apart(words, name)
    place = here.zone
    head, _, zone = words.rpartition(" ")
    if head and "/" in zone and zone[0].isalpha():
        words, place = head, days.zone(zone)
    found = _moment(words, here, name, after)
    if found is None:
        raise Refused(
            f"{name}: {text.strip()!r} is no moment; give day and time such as 2026-11-20 22:00, 20 nov 22:00 or "
            "2026-11-20T22:00+01:00.",
            field=name,
        )
    if offset is not None:
        return days.in_zone((found - offset).replace(tzinfo=UTC), here.zone)
    return days.in_zone(_local(found, place, name), here.zone)


def _apart(words: str, name: str) -> tuple[str, timedelta | None]:
    found = _OFFSET.search(words)
    if not found or ":" not in words[: found.start()]:
        return words, None
    sign = found[1].upper()
    if sign == "Z":
        return words[: found.start()], timedelta(0)
    hours, minutes = int(sign[1:3]), int(sign[-2:])
    if hours > 14 or minutes > 59:
        raise Refused(f"{name}: {found[1]!r} is no offset from UTC; they go from -12:00 to +14:00.", field=name)
    offset = timedelta(hours=hours, minutes=minutes)
    return words[: found.start()], -offset if sign[0] == "-" else offset


def _moment(words: str, here: Here, name: str, after: datetime | None) -> datetime | None:
    if after is not None and (alone := clock(words, name)):
        local = after.replace(tzinfo=None)
        found = datetime.combine(local.date(), alone[0])
        return found if found > local else found + timedelta(days=1)
    parts = re.split(r"(?<=\d)[Tt](?=\d)| at | om | à | @ ", words, maxsplit=1)
    if len(parts) == 1:
        parts = list(words.rpartition(" ")[::2])
        if parts[1].lower() in ("am", "pm"):
            head, _, hour = parts[0].rpartition(" ")
            parts = [head, f"{hour} {parts[1]}"]
    when = clock(parts[1].strip(), name)
    found_day = _day(parts[0].strip().lower(), here, name, words) if when and parts[0].strip() else None
    if when is None or found_day is None:
        return None
    return datetime.combine(found_day, when[0]) + timedelta(days=when[1])


def _local(local: datetime, place: ZoneInfo, name: str) -> datetime:
    found = days.instants(local, place)
    shown = f"{local:%Y-%m-%d %H:%M}"
    if not found:
        raise Refused(
            f"{name}: {shown} does not exist in {place.key}, where clocks went forward over it; give a time before or after.",
            field=name,
        )
    if len(found) > 1:
        raise Ambiguous(
            f"{name}: {shown} happened twice in {place.key}, where clocks went back; which is meant",
            tuple(Candidate(f"the {nth}", moment.isoformat(timespec="minutes"))
                  for nth, moment in zip(("first", "second"), found, strict=True)),
            field=name,
        )  # fmt: skip
    return found[0]


def span(text: str, here: Here) -> tuple[datetime, datetime] | None:
    """Two moments in words ("20 nov from 17:00 to 09:00"): the end is the first such time after the start; None if no span."""
    found = _SPAN.fullmatch(clean(text, "start"))
    if not found:
        return None
    day_words = f"{found['day']} {found['after']}".strip() or "today"
    start = instant(f"{day_words} {found['start']}", here, "start")
    return start, instant(found["end"], here, "end", after=start)


def number(given: object, name: str, *, unit: str = "") -> Decimal:
    """A number or sum of money; Ambiguous for ``1.200``. JSON numbers are taken as they are."""
    if isinstance(given, bool) or not isinstance(given, str | int | Decimal):
        raise Refused(f"{name} must be a number, not {given!r}.", field=name)
    if isinstance(given, str):
        words = clean(given, name)
        found = money.readings(words)
        if not found:
            raise Refused(f"{name}: {words!r} is no {'amount' if unit == 'EUR' else 'number'}; give one such as 1200 or "
                          "1200.50.", field=name)  # fmt: skip
        if len(found) > 1:
            raise Ambiguous(
                f"{name}: {words!r} could be",
                tuple(Candidate(f"{value:,f}", f"{value.quantize(Decimal('0.01')):f}") for value in found),
                field=name,
            )
        value = found[0]
    else:
        value = Decimal(given)
    if not value.is_finite() or abs(value) >= MOST:
        raise Refused(f"{name} is {given}; give a number below {MOST:,}.", field=name)
    return value


def percent(given: object, name: str) -> Decimal:
    """A percentage: 95, 95 %, 0,5."""
    if isinstance(given, str):
        words = re.sub(r"\s*(?:%|percent|procent|pour cent)$", "", clean(given, name), flags=re.IGNORECASE)
        if re.fullmatch(r"[+-]?\d+[.,]\d+", words):
            return Decimal(words.replace(",", "."))
        return number(words, name)
    return number(given, name)


def hours(given: object, name: str) -> Fraction:
    """Hours, exactly: 1h20, 1:20, 80 min, 1.5."""
    if isinstance(given, str):
        words = clean(given, name).lower()
        if found := _HOURS.fullmatch(words):
            whole, minutes = found[1] or found[3], int(found[2] or found[4] or 0)
            if minutes > 59:
                raise Refused(f"{name}: {words!r} has {minutes} minutes; give hours and up to 59 minutes.", field=name)
            return Fraction(int(whole) * 60 + minutes, 60)
        if found := _MINUTES.fullmatch(words):
            return Fraction(int(found[1]), 60)
    return Fraction(number(given, name))


def many(given: object, name: str) -> tuple[Decimal, ...]:
    """A list of numbers: comma-separated (30000,40000), separated by semicolons, or a JSON list."""
    if isinstance(given, str):
        words = clean(given, name)
        given = [part for part in re.split(";" if ";" in words else ",", words) if part.strip()]
    if not isinstance(given, list | tuple):
        given = [given]
    if not given:
        raise Refused(f"{name} is empty; give one or more numbers, such as 30000,40000.", field=name)
    return tuple(number(part, name) for part in given)


def text_of(given: object, name: str) -> str:
    """Given words; Refused for anything that is no text."""
    if not isinstance(given, str):
        raise Refused(f"{name} must be text, not {given!r}.", field=name)
    return clean(given, name)


READ: Mapping[str, Callable[[object, Here, str], object]] = {
    "date": lambda given, here, name: day(text_of(given, name), here, name),
    "instant": lambda given, here, name: instant(text_of(given, name), here, name),
    "money": lambda given, here, name: number(given, name, unit="EUR"),
    "number": lambda given, here, name: number(given, name),
    "percent": lambda given, here, name: percent(given, name),
    "hours": lambda given, here, name: hours(given, name),
    "amounts": lambda given, here, name: many(given, name),
    "numbers": lambda given, here, name: many(given, name),
    "country": lambda given, here, name: days.country(text_of(given, name)),
    "zone": lambda given, here, name: days.zone(text_of(given, name)).key,
    "agreement": lambda given, here, name: text_of(given, name),
    "choice": lambda given, here, name: text_of(str(given), name),
}
