"""Days and times as people write them; what could be two is asked back, not guessed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from knowledge import days
from knowledge.refused import Refused
from knowledge.typed import Ambiguous, Candidate, Here, clean

if TYPE_CHECKING:
    from dateutil.parser import parser

_ISO_DAY = re.compile(r"(\d{4})(?:[-/](\d{1,2})[-/](\d{1,2})|(\d\d)(\d\d))")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})(?:[-/.](\d{2}|\d{4}))?\.?")
_TIME = re.compile(r"(\d{1,2})(?:[:h.u](\d{2})(?::(\d{2})(?:\.0+)?)?|h|u|(?=\s*[ap]m))\s*([ap]m)?", re.IGNORECASE)
_OFFSET = re.compile(r"(?<=\d)\s*(Z|[+-]\d{2}:?\d{2})$", re.IGNORECASE)
_CLOCK = r"\d{1,2}(?:[:hu]\d\d(?:\s?[ap]m)?|[hu](?!\w)|\s?[ap]m)"
_FROM, _TO = r"(?:from|between|van|tussen|de|entre)", r"(?:to|till|until|and|tot|en|à|a|et)"
_SPANS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<day>.*?)\s*\b{_FROM}\s+(?P<start>{_CLOCK}|\d\S*)\s+{_TO}\s+(?P<end>{_CLOCK}|\d\S*)\s*(?P<after>.*)",
        rf"(?P<day>.*?)\s*\b(?P<start>{_CLOCK})\s*(?:-|\s{_TO}\s)\s*(?P<end>{_CLOCK})\s*(?P<after>.*)",
    )
)
_TWO_DAYS = re.compile(
    rf"(?:{_FROM}\s+)?(?P<start>\S.*?\s{_CLOCK})\s*(?:-|\s{_TO}\s)\s*(?P<end>\S.*?\s{_CLOCK})", re.IGNORECASE
)
_AWAY = re.compile(
    r"(?P<ahead>in|over|dans|within)?(?P<before>il y a)?\s*(?P<count>\d{1,4}|an?|een|une?)\s+"
    r"(?:(?P<weeks>weeks?|weken|semaines?)|days?|dagen|dag|jours?)\s*(?P<ago>ago|geleden)?"
)
_NEAR_DAYS = {
    -2: "eergisteren avant-hier",
    -1: "yesterday gisteren hier",
    0: "today vandaag aujourd'hui",
    1: "tomorrow morgen demain",
    2: "overmorgen après-demain",
}
_NEAR = {word: away for away, words in _NEAR_DAYS.items() for word in words.split()} | {
    "day after tomorrow": 2,
    "day before yesterday": -2,
}
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
_MONTH = frozenset(" ".join(_MONTHS).split())
_ORDINAL, _YEAR = re.compile(r"\d{1,2}(?:st|nd|rd|th|e|er)?"), re.compile(r"\d{4}")
_FILLERS = frozenset({"on", "op", "le", "the", "this", "de", "of", "deze", "ce", "coming", "komende"})
_NEXT = frozenset({"next", "volgende", "prochain"})
_LAST = frozenset({"last", "vorige", "afgelopen", "dernier"})
_AROUND = _FILLERS | _NEXT | _LAST


def goes_on(words: str, word: str) -> bool:
    """Whether the words of a day go on with one more: a month or its day, the year, the time, the weekday after "next"."""
    *_, last = (_bare(one) for one in f" {words}".split(" "))
    then = _bare(word)
    if last in _NEXT | _LAST:
        return then in _WEEKDAY
    if _ORDINAL.fullmatch(last):
        return then in _MONTH or (_names_month(words) and bool(_YEAR.fullmatch(then) or _TIME.fullmatch(then)))
    if last in _MONTH:
        return bool(_YEAR.fullmatch(then) or _ORDINAL.fullmatch(then) or _TIME.fullmatch(then))
    whole = _ISO_DAY.fullmatch(last) or _DAY_FIRST.fullmatch(last) or (_YEAR.fullmatch(last) and _names_month(words))
    return bool((whole or last in _NEAR) and _TIME.fullmatch(then))


def _names_month(words: str) -> bool:
    return any(_bare(one) in _MONTH for one in words.split())


def _bare(word: str) -> str:
    return word.lower().strip(".,")


class _Said(NamedTuple):
    """Words for the input ``name``, as typed and in small letters, and where and when they were said."""

    name: str
    typed: str
    here: Here

    @property
    def words(self) -> str:
        return self.typed.lower()


def day(text: str, here: Here, name: str = "date") -> date:
    """A day: ISO, day first (4/12/2026), in words (4 dec, friday, tomorrow; English, Dutch, French), or of an instant.

    Without a year it is the day in the year of asking, as dateutil has it. Ambiguous for a weekday that could be two
    days; Refused, saying what would be right, for a day that does not exist or lies outside 1990 to 2099.
    """
    said = _Said(name, clean(text, name), here)
    if not said.typed:
        raise Refused(f"{name} is empty; give a date such as 2026-12-04.", field=name)
    found = _day(said)
    if found is None and ("T" in said.typed or ":" in said.typed):
        return days.contract_day(instant(said.typed, here, name), here.zone)
    if found is None:
        raise Refused(
            f"{name}: {said.typed!r} is no date that exists; give one such as 2026-12-04, 4 dec 2026, 4/12/2026 or "
            "tomorrow.",
            field=name,
        )
    return found


def _day(said: _Said) -> date | None:
    near = said.words.removeprefix("the ")
    if near in _NEAR:
        return said.here.today + timedelta(days=_NEAR[near])
    if iso := _ISO_DAY.fullmatch(said.words):
        return _exists(said, int(iso[1]), int(iso[2] or iso[4]), int(iso[3] or iso[5]))
    if (away := _AWAY.fullmatch(said.words)) and (day := _days_away(said, away)):
        return day
    if numbers := _DAY_FIRST.fullmatch(said.words):
        return _dated(said, numbers[3], int(numbers[2]), int(numbers[1]))
    return _worded(said)


def _days_away(said: _Said, away: re.Match[str]) -> date | None:
    """The day of "in 3 days" or "2 weeks ago"; None where it is not said which way."""
    back, ahead = away["before"] or away["ago"], away["ahead"]
    if bool(back) == bool(ahead):
        return None
    count = int(away["count"]) if away["count"].isdecimal() else 1
    day = said.here.today + timedelta(days=count * (days.WEEK if away["weeks"] else 1) * (-1 if back else 1))
    return _exists(said, day.year, day.month, day.day)


def _worded(said: _Said) -> date | None:
    parts = re.findall(r"[^\W\d]+(?:['-][^\W\d]+)*", said.words)
    weekdays = [_WEEKDAY[part] for part in parts if part in _WEEKDAY]
    if (
        len(weekdays) == 1
        and all(part in _WEEKDAY or part in _AROUND for part in parts)
        and parts == said.words.split()
    ):
        return _weekday(said, weekdays[0], parts)
    if not any(part in _MONTH for part in parts):
        return None
    found = _parsed(said)
    if found and weekdays and found.weekday() != weekdays[0]:
        named = _WEEKDAYS[weekdays[0]].split()[0].title()
        raise Refused(
            f"{said.name}: {days.spoken(found)} is no {named}; give the date alone, or the right day of the week.",
            field=said.name,
        )
    return found


def _parsed(said: _Said) -> date | None:
    """A date with the name of a month, through dateutil; what the words leave open is what differs with its default."""
    from dateutil.parser import ParserError  # noqa: PLC0415 - a tenth of a second that ISO dates can do without

    numbers = re.findall(r"\d+", said.words)
    if len(numbers) > 1 and len(numbers[-1]) == 1 and max(map(len, numbers)) < 3:
        return None  # "4 dec 5" names a year of one digit
    undotted = re.sub(r"(?<=[^\W\d])\.", "", said.words)
    try:
        one, other = (_parser().parse(undotted, default=default) for default in _FILLED)
    except (ParserError, OverflowError):
        return _written(said, numbers)
    if (one.month, one.day) != (other.month, other.day) or one.time() != time():
        return None
    return _dated(said, str(one.year) if one.year == other.year else None, one.month, one.day)


def _written(said: _Said, numbers: list[str]) -> date | None:
    """What dateutil refuses as a day of a month and a year is said not to exist; None where it is no such words."""
    months = [
        at
        for word in re.findall(r"[^\W\d]+", said.words)
        for at, names in enumerate(_MONTHS, 1)
        if word in names.split()
    ]
    if len(months) == 1 and len(numbers) == 2 and sorted(map(len, numbers))[-1] == 4 and len(numbers[0]) <= 2:
        return _dated(said, numbers[1], months[0], int(numbers[0]))
    return None


_FILLED = (datetime(2000, 1, 1), datetime(2004, 2, 2))  # noqa: DTZ001 - leap years that share nothing; no moments


@cache
def _parser() -> parser:
    from dateutil.parser import parser, parserinfo  # noqa: PLC0415 - as above

    named = {
        "MONTHS": [tuple(words.split()) for words in _MONTHS],
        "WEEKDAYS": [tuple(words.split()) for words in _WEEKDAYS],
        "JUMP": [*parserinfo.JUMP, *_FILLERS, "er", "e", "ste"],
    }
    return parser(type("Words", (parserinfo,), named)(dayfirst=True))


def _weekday(said: _Said, weekday: int, parts: list[str]) -> date:
    today, a_week = said.here.today, timedelta(days=days.WEEK)
    ahead = (weekday - today.weekday()) % days.WEEK
    first = today + timedelta(days=ahead)
    following = not _NEXT.isdisjoint(parts)
    if not _LAST.isdisjoint(parts):
        return first - a_week
    if following and not ahead:
        return first + a_week
    if following or not ahead:
        candidates = tuple(Candidate(days.spoken(day), day.isoformat()) for day in (first, first + a_week))
        raise Ambiguous(f"{said.name}: {said.typed!r} could be", candidates, field=said.name)
    return first


def _dated(said: _Said, year: str | None, month: int, in_month: int) -> date:
    if year is None:
        return _exists(said, said.here.today.year, month, in_month)
    return _exists(said, int(year) + (2000 if len(year) == 2 else 0), month, in_month)


def _exists(said: _Said, year: int, month: int, in_month: int) -> date:
    at = f"{said.name}: {said.typed!r}"
    if not days.FIRST.year <= year <= days.LAST.year:
        raise Refused(
            f"{at} is in the year {year:04}; give a date from {days.FIRST.year} to {days.LAST.year}.",
            field=said.name,
        )
    if not 1 <= month <= 12:
        raise Refused(
            f"{at} has month {month}; months go from 1 to 12, and the day comes first in 4/12/2026.",
            field=said.name,
        )
    try:
        return date(year, month, in_month)
    except ValueError:
        first = date(year, month, 1)
        length = days.days_in_month(first)
        raise Refused(f"{at} does not exist; {first:%B %Y} has {length} days.", field=said.name) from None


def clock(text: str, name: str) -> tuple[time, bool] | None:
    """A time of day (17:00, 17h30, 5pm, 24:00) and whether it is the midnight that ends a day; None if it is no
    time.
    """
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

    Local times are those of ``here.zone``. A time alone is the first such moment after ``after``. Refused where the
    local time does not exist; Ambiguous where it exists twice.
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
    moment = _local(found, place, name) if offset is None else (found - offset).replace(tzinfo=UTC)
    shown = days.in_zone(moment, here.zone)
    _exists(_Said(name, words, here), shown.year, shown.month, shown.day)
    return shown


def _apart(words: str, name: str) -> tuple[str, timedelta | None]:
    head, _, zone = words.rpartition(" ")
    if head and zone.upper() in ("UTC", "GMT"):
        return head, timedelta(0)
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
    found_day = _day(_Said(name, parts[0].strip(), here)) if when and parts[0].strip() else None
    if when is None or found_day is None:
        return None
    return datetime.combine(found_day, when[0]) + timedelta(days=when[1])


def _local(local: datetime, place: ZoneInfo, name: str) -> datetime:
    found = days.instants(local, place)
    shown = f"{local:%Y-%m-%d %H:%M}"
    if not found:
        raise Refused(
            f"{name}: {shown} does not exist in {place.key}, where clocks went forward over it; give a time before "
            "or after.",
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
    """Two moments in words: "20 nov from 17:00 to 09:00", "friday 17:00-21:00", "20 nov 22:00 to 21 nov 02:00".

    An end without a day is the first such time after the start; None if it is no span.
    """
    words = clean(text, "start")
    for pattern in _SPANS:
        if found := pattern.fullmatch(words):
            day_words = f"{found['day']} {found['after']}".strip() or "today"
            start = instant(f"{day_words} {found['start']}", here, "start")
            return start, instant(found["end"], here, "end", after=start)
    if both := _TWO_DAYS.fullmatch(words):
        return instant(both["start"], here, "start"), instant(both["end"], here, "end")
    return None
