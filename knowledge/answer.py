"""An answer: every reading of the words with its lines and sum or day, the terms it rests on, and the words themselves.

One value, two renderings: ``Answer.data`` for programs and the record, ``answer_text.to_text`` for people at a command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Literal, NamedTuple

from knowledge import money
from knowledge.days import Skipped
from knowledge.termfiles import Value
from knowledge.terms import InForce, Origin

Stance = Literal["literal", "client", "itq", "statutory"]
Family = Literal["fee", "deadline"]
Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]


class Cite(NamedTuple):
    """Words of a clause. ``document`` and ``version`` say whose; ``verbatim`` is False for law and policy told in
    short.
    """

    ref: str
    document: str
    version: str
    words: str
    verbatim: bool = True


class Line(NamedTuple):  # a tuple, since a year of work has two thousand of them
    """One line of a sum: what for, under which clause, how much (EUR, to the cent), and what it was computed from.

    ``start`` and ``end`` are instants in the agreement's zone, ``minutes`` elapsed; ``since`` and ``until`` are days,
    both included; ``rate`` is EUR an hour; ``surcharge`` and ``percent`` are percentages; ``source`` says where a published
    rate stands.
    """

    label: str
    ref: str
    amount: Decimal
    category: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    minutes: int | None = None
    rate: Decimal | None = None
    surcharge: Decimal | None = None
    since: date | None = None
    until: date | None = None
    days: int | None = None
    percent: Decimal | None = None
    hours: Fraction | None = None
    source: str | None = None


@dataclass(frozen=True)
class Reading:
    """One whole computation under one way of reading the words: a sum with its lines, or a last day.

    ``day`` is a date or, for hours, an instant; ``extended`` the day to which the law moves it (the same where it does
    not). ``extras`` are named values that belong to this reading alone.
    """

    name: str
    stance: Stance
    because: str
    lines: tuple[Line, ...] = ()
    day: date | None = None
    extended: date | None = None
    skipped: tuple[Skipped, ...] = ()
    extras: Mapping[str, object] = field(default_factory=dict)

    @cached_property
    def total(self) -> Decimal:
        """The sum of the printed lines."""
        return sum((line.amount for line in self.lines), money.cents(0))

    def difference(self, default: Reading) -> Decimal | int:
        """How much more this reading gives than the default one: EUR, or whole days (hours, for instants)."""
        if isinstance(self.day, datetime) and isinstance(default.day, datetime):
            return round((self.day - default.day).total_seconds() / 3600)
        if self.day and default.day:
            return (self.day - default.day).days
        return self.total - default.total


@dataclass(frozen=True)
class Found:
    """What a rule finds: its readings, the default first, and what holds for all of them.

    ``decided`` is False where the words name no reading, so that there is no default. A deadline adds the event's day,
    its period, who must act and what follows otherwise. ``clauses`` are quoted instead of the rule's own, where the
    question itself names the clause.
    """

    readings: tuple[Reading, ...]
    extras: Mapping[str, object] = field(default_factory=dict)
    assumptions: tuple[str, ...] = ()
    decided: bool = True
    clauses: tuple[str, ...] = ()
    since: date | None = None
    period: Decimal | None = None
    unit: str = ""
    who: str = ""
    consequence: str = ""


@dataclass(frozen=True)
class Answer:
    """A computed answer with all it rests on; ``inputs`` are the question's, as data from which it can be asked again.

    ``documents`` are the governing versions with their hashes, ``engine`` the version of the rules: together with
    inputs and terms they are all that an answer depends on.
    """

    family: Family
    kind: str
    title: str
    ref: str
    inputs: Mapping[str, Json]
    found: Found
    terms: tuple[InForce, ...]
    citations: tuple[Cite, ...]
    assumptions: tuple[str, ...]
    documents: tuple[tuple[str, str, str], ...]
    engine: str
    id: str

    @cached_property
    def data(self) -> Mapping[str, Json]:
        """The answer as data: sums are strings, counts and percentages numbers, instants carry their offset."""
        return _data(self)

    def under(self, id: str) -> Answer:
        """The same answer under another id; what it is as data is not made again."""
        other = copy(self)
        vars(other).update(id=id, data={**self.data, "id": id})
        return other

    @property
    def readings(self) -> tuple[Reading, ...]:
        """The readings, the default first."""
        return self.found.readings

    @property
    def default(self) -> Reading | None:
        """The reading that is shown first, or None where the words name none."""
        return self.found.readings[0] if self.found.decided else None


def _data(answer: Answer) -> Mapping[str, Json]:
    head = _fee(answer) if answer.family == "fee" else _deadline(answer)
    return head | {
        "citations": _citations(answer.citations),
        "terms": _terms(answer.terms),
        "assumptions": list(answer.assumptions),
        "inputs": dict(answer.inputs),
        "documents": _documents(answer.documents),
        "engine": answer.engine,
        "id": answer.id,
    }


def _fee(answer: Answer) -> dict[str, Json]:
    default = answer.default
    # Readings share most of their lines (a year of work has thousands): each is told once.
    told = {id(line): _line(line) for line in {id(x): x for r in answer.readings for x in r.lines}.values()}
    lines: list[list[Json]] = [[told[id(line)] for line in reading.lines] for reading in answer.readings]
    return {
        "kind": answer.kind,
        "ref": answer.ref,
        "currency": "EUR",
        "total": money.amount(default.total) if default else None,
        "reading": default.name if default else None,
        "lines": lines[0] if default else [],
        **_extras(answer.found.extras),
        "readings": [
            {
                "name": reading.name,
                "stance": reading.stance,
                "total": money.amount(reading.total),
                "difference": money.amount(reading.total - default.total) if default else None,
                **_extras(reading.extras),
                "because": reading.because,
                "lines": shown,
            }
            for reading, shown in zip(answer.readings, lines, strict=True)
        ],
    }


def _deadline(answer: Answer) -> dict[str, Json]:
    found, first = answer.found, answer.readings[0]
    return {
        "kind": answer.kind,
        "ref": answer.ref,
        "from": value(found.since),
        "date": value(first.day),
        "extended": value(first.extended),
        "period": value(found.period),
        "unit": found.unit,
        "who": found.who,
        "consequence": found.consequence,
        "skipped": _skipped(first),
        **_extras(found.extras),
        "reading": first.name,
        "readings": [
            {
                "name": reading.name,
                "stance": reading.stance,
                "date": value(reading.day),
                "extended": value(reading.extended),
                "difference": value(reading.difference(first)),
                **_extras(reading.extras),
                "because": reading.because,
                "skipped": _skipped(reading),
            }
            for reading in answer.readings
        ],
    }


def value(given: object) -> Json:
    """One value as data: days and instants in ISO 8601, times of day as 08:00, numbers as numbers, lists as lists."""
    if given is None or isinstance(given, str | int):
        return given
    if isinstance(given, Decimal):
        return int(given) if given == int(given) else float(given)
    if isinstance(given, date):
        return given.isoformat()
    if isinstance(given, time):
        return f"{given:%H:%M}"
    if isinstance(given, tuple | list):
        return [value(entry) for entry in given]
    raise TypeError(f"{type(given).__name__} is no value of an answer")


class Amount(Decimal):
    """A sum of money among an answer's extras: rendered as a string with two decimals."""


def _extras(extras: Mapping[str, object]) -> dict[str, Json]:
    return {name: _extra(given) for name, given in extras.items()}


def _extra(given: object) -> Json:
    if isinstance(given, Amount):
        return money.amount(given)
    if isinstance(given, tuple):
        return [_extra(entry) for entry in given]
    return value(given)


def _line(line: Line) -> Json:
    data: dict[str, Json] = {"label": line.label, "ref": line.ref, "amount": money.amount(line.amount)}
    if line.category is not None:
        data["category"] = line.category
    if line.start and line.end:
        data["start"], data["end"] = line.start.isoformat(), line.end.isoformat()
    if line.minutes is not None:
        data["minutes"], data["hours"] = line.minutes, round(line.minutes / 60, 4)
    if line.hours is not None:
        data["hours"] = round(float(line.hours), 4)
    if line.rate is not None:
        data["rate"] = money.amount(line.rate)
    if line.surcharge is not None:
        data["surcharge"] = value(line.surcharge)
    if line.since and line.until:
        data["from"], data["to"] = line.since.isoformat(), line.until.isoformat()
    if line.days is not None:
        data["days"] = line.days
    if line.percent is not None:
        data["percent"] = value(line.percent)
    if line.source is not None:
        data["source"] = line.source
    return data


def _skipped(reading: Reading) -> list[Json]:
    return [{"date": skipped.day.isoformat(), "why": skipped.why} for skipped in reading.skipped]


# What many answers rest on is data once for all of them.
@lru_cache(maxsize=256)
def _citations(citations: tuple[Cite, ...]) -> list[Json]:
    return [_cite(cite) for cite in citations]


@lru_cache(maxsize=256)
def _terms(terms: tuple[InForce, ...]) -> list[Json]:
    return [_term(term) for term in terms]


@lru_cache(maxsize=256)
def _documents(documents: tuple[tuple[str, str, str], ...]) -> list[Json]:
    return [{"ref": ref, "version": version, "sha256": sha} for ref, version, sha in documents]


def _cite(cite: Cite) -> Json:
    data: dict[str, Json] = {
        "ref": cite.ref,
        "document": cite.document,
        "version": cite.version,
        "words": cite.words,
    }
    return data if cite.verbatim else data | {"verbatim": False}


def _term(term: InForce) -> Json:
    return {
        "name": term.name,
        "value": worth(term.value, term.unit),
        "unit": term.unit,
        "ref": term.ref,
        "from": value(term.origin[0].since),
        "origin": [_origin(origin) for origin in term.origin],
    }


def _origin(origin: Origin) -> Json:
    return {
        "value": worth(origin.value, origin.unit),
        "unit": origin.unit,
        "ref": origin.ref,
        "document": origin.document,
        "version": origin.version,
        "words": origin.words,
        "from": value(origin.since),
        "until": value(origin.until),
    }


def worth(given: Value, unit: str) -> Json:
    """A term's value as data: a sum of money as a string, any other number as a number, a time as 08:00."""
    return money.amount(given) if unit == "EUR" and isinstance(given, Decimal) else value(given)
