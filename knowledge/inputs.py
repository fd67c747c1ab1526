"""What people type or programs send, as values of a question's inputs: numbers, sums, hours, lists, days and
moments.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction

from knowledge import days, money
from knowledge.dates import day, instant, span
from knowledge.refused import Refused
from knowledge.typed import Ambiguous, Candidate, Here, clean

__all__ = [
    "READ",
    "Ambiguous",
    "Candidate",
    "Here",
    "day",
    "hours",
    "instant",
    "many",
    "number",
    "percent",
    "span",
]

MOST = Decimal(10) ** 12
"""No number reaches this: a trillion."""
_HOURS = re.compile(
    r"(?:(\d+)\s*(?:h|u|hours?|uur|heures?)\s*(?:(\d{1,2})\s*(?:m|min|minutes?|minuten)?)?|(\d+):(\d{2}))"
)
_YES_NO = dict.fromkeys(("yes", "y", "ja", "j", "oui", "true"), True) | dict.fromkeys(
    ("no", "n", "nee", "non", "false"), False
)
_PERSON = re.compile(r"[UW][A-Z0-9]{2,}")
_MINUTES = re.compile(r"(\d+)\s*(?:m|min|minutes?|minuten)")


def number(given: object, name: str, *, unit: str = "") -> Decimal:
    """A number or sum of money; Ambiguous for ``1.200``. JSON numbers are taken as they are."""
    if isinstance(given, bool) or not isinstance(given, str | int | Decimal):
        raise Refused(f"{name} must be a number, not {given!r}.", field=name)
    if isinstance(given, str):
        words = clean(given, name)
        found = money.readings(words)
        if not found:
            sought = "amount" if unit == "EUR" else "number"
            raise Refused(f"{name}: {words!r} is no {sought}; give one such as 1200 or 1200.50.", field=name)
        if len(found) > 1:
            raise Ambiguous(
                f"{name}: {words!r} could be",
                tuple(Candidate(f"{value.normalize():,f}", money.unmistakable(value)) for value in found),
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
    """Given words, cleaned; Refused for anything that is no text."""
    return clean(_text(given, name), name)


def _text(given: object, name: str) -> str:
    if not isinstance(given, str):
        raise Refused(f"{name} must be text, not {given!r}.", field=name)
    return given


def prose(given: object, name: str) -> str:
    """Written words as they were typed, without control characters and with their lines."""
    return "".join(c for c in _text(given, name).replace("\r\n", "\n") if c.isprintable() or c in "\n\t").strip()


def yes(given: object, name: str) -> bool:
    """Yes or no, in English, Dutch or French."""
    said = given if isinstance(given, bool) else _YES_NO.get(str(given).strip().lower())
    if said is None:
        raise Refused(f"{name} is {given!r}; say yes or no.", field=name)
    return said


def person(given: object, name: str) -> str:
    """A Slack user id."""
    if not isinstance(given, str) or not _PERSON.fullmatch(given.strip()):
        raise Refused(f"{name} is {given!r}; give a person's Slack id, such as U0ANNA.", field=name)
    return given.strip()


def each(given: object) -> list[object]:
    """The entries of a list, or of comma-separated words."""
    if isinstance(given, str):
        return [part.strip() for part in given.split(",") if part.strip()]
    return list(given) if isinstance(given, list | tuple) else [given]


READ: Mapping[str, Callable[[object, Here, str], object]] = {
    "date": lambda given, here, name: day(_text(given, name), here, name),
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
    "several": lambda given, here, name: tuple(text_of(str(one), name) for one in each(given)),
    "yes-no": lambda given, here, name: yes(given, name),
    "text": lambda given, here, name: " ".join(prose(given, name).split()),
    "lines": lambda given, here, name: prose(given, name),
    "user": lambda given, here, name: person(given, name),
    "users": lambda given, here, name: tuple(person(one, name) for one in each(given)),
}
