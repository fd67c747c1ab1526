"""What an agreement's Hardware costs the Client at its end: rent for late return, repair, shipping (ITQ 33.2, 35.1 to 35.3).

A statement charges what no statement before it has charged: under every reading the rent of the days that stand on none
yet, to the cent what the rule says in all less what was charged so far, and the costs that stand on none yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from knowledge import money
from knowledge.answer import Answer, Json, Reading, Stance, value
from knowledge.answer import Line as Owed
from knowledge.days import ONE, spoken

RENT = "ITQ 35.1"
ASKED = ""
"""The name under which an item keeps what was asked for, whichever reading that was."""


@dataclass(frozen=True)
class Rent:
    """What one item's late return costs up to a day, as the rule found, and what was charged for it before."""

    tag: str
    until: date
    answer: Answer
    charged: Mapping[str, Decimal]
    charged_until: date | None

    def before(self, reading: str) -> Decimal:
        """What was charged before under a reading; where that reading was not known then, what was asked for."""
        return self.charged.get(reading, self.charged.get(ASKED, Decimal(0)))

    @property
    def open(self) -> bool:
        """Whether any reading comes to another sum than was charged before."""
        return any(reading.total != self.before(reading.name) for reading in self.answer.readings)

    def so_far(self) -> dict[str, Decimal]:
        """What is charged under each reading once this statement is out."""
        found = {reading.name: reading.total for reading in self.answer.readings}
        return found | {ASKED: self.answer.readings[0].total}


@dataclass(frozen=True)
class Cost:
    """A cost of one item that is the same under every reading; less than zero where it gives something back."""

    tag: str
    label: str
    clause: str
    amount: Decimal


@dataclass(frozen=True)
class Line:
    """One line of a statement. ``reading`` is empty for what is owed under every one; days are both included."""

    tag: str
    label: str
    ref: str
    amount: Decimal
    reading: str = ""
    since: date | None = None
    until: date | None = None
    days: int | None = None

    @property
    def told(self) -> str:
        """What it is for, with its days."""
        if self.since and self.until:
            return f"{self.label}: {spoken(self.since)} to {spoken(self.until)}"
        return self.label


@dataclass(frozen=True)
class Outcome:
    """The sum of a statement under one reading of 35.1: of the rent lines of that reading, and of all costs.

    ``in_all`` counts the rent that was charged for these items before, too.
    """

    name: str
    stance: Stance
    because: str
    total: Decimal
    in_all: Decimal


@dataclass(frozen=True)
class Statement:
    """A settlement of an agreement up to a day: the lines that are asked for, then those of the other readings alone."""

    number: str
    agreement: str
    client: str
    until: date
    lines: tuple[Line, ...]
    readings: tuple[Outcome, ...]
    answers: tuple[str, ...]

    @property
    def total(self) -> Decimal:
        """What is asked for: the sum under the default reading."""
        return self.readings[0].total

    def under(self, reading: str) -> tuple[tuple[int, Line], ...]:
        """The lines that make up the sum of one reading, with the number that each has in the statement."""
        numbered = enumerate(self.lines, 1)
        return tuple((number, line) for number, line in numbered if line.reading in ("", reading))


def compose(
    number: str, agreement: str, client: str, until: date, rents: Sequence[Rent], costs: Iterable[Cost]
) -> Statement:
    """The statement of these rents and costs; the same ones give the same statement to the byte."""
    owed = tuple(Line(cost.tag, cost.label, f"ITQ {cost.clause}", money.cents(cost.amount)) for cost in costs)
    named = {reading.name: reading for rent in rents for reading in rent.answer.readings}
    rent_of = {name: [line for rent in rents for line in _rent(rent, name)] for name in named}
    asked, *others = rent_of.values() or [[]]
    lines = (*asked, *owed, *(line for reading in others for line in reading))
    readings = tuple(_outcome(lines, rents, reading) for reading in named.values()) or (
        Outcome("costs", "literal", "no rent for late return is owed", _sum(lines, "costs"), _sum(lines, "costs")),
    )
    answers = tuple(dict.fromkeys(rent.answer.id for rent in rents))
    return Statement(number, agreement, client, until, lines, readings, answers)


def _rent(rent: Rent, name: str) -> Iterable[Line]:
    """One item's rent under a reading for the days that stand on no statement yet; nothing where that is none."""
    for reading in rent.answer.readings:
        before = rent.before(reading.name)
        if reading.name != name or reading.total == before:
            continue
        mark = (rent.charged_until or rent.until) if before else date.min
        begun = [line for line in reading.lines if line.since and line.since <= mark]
        if before:
            yield from _rest(rent, name, begun, before, mark)
        for line in reading.lines[len(begun) :]:
            yield Line(rent.tag, line.label, line.ref, line.amount, name, line.since, line.until, line.days)


def _rest(rent: Rent, name: str, begun: Sequence[Owed], before: Decimal, mark: date) -> Iterable[Line]:
    """What is left to charge of lines that began up to the accrued-until mark, or to give back of what was charged."""
    whole = sum((line.amount for line in begun), money.cents(0))
    last = max((line.until for line in begun if line.until), default=rent.until)
    if whole == before:
        return
    since, until = (mark + ONE, last) if last > mark else (rent.until + ONE, mark)
    label = f"Rent up to {spoken(last)} {money.spoken(whole)}, less {money.spoken(before)} charged before"
    if since <= until and whole:
        yield Line(rent.tag, label, RENT, whole - before, name, since, until, (until - since).days + 1)
    else:  # no day more and none less, or all of them given back
        yield Line(rent.tag, label, RENT, whole - before, name)


def _outcome(lines: Iterable[Line], rents: Iterable[Rent], reading: Reading) -> Outcome:
    total, before = _sum(lines, reading.name), sum((rent.before(reading.name) for rent in rents), Decimal(0))
    return Outcome(reading.name, reading.stance, reading.because, total, total + before)


def _sum(lines: Iterable[Line], reading: str) -> Decimal:
    return sum((line.amount for line in lines if line.reading in ("", reading)), money.cents(Decimal(0)))


def to_json(statement: Statement) -> dict[str, Json]:
    """A statement as data: sums are strings with two decimals, days in ISO 8601."""
    asked = statement.readings[0].total
    return {
        "number": statement.number,
        "agreement": statement.agreement,
        "client": statement.client,
        "until": statement.until.isoformat(),
        "currency": "EUR",
        "total": money.amount(asked),
        "reading": statement.readings[0].name,
        "readings": [
            {
                "name": reading.name,
                "stance": reading.stance,
                "because": reading.because,
                "total": money.amount(reading.total),
                "difference": money.amount(reading.total - asked),
                "in_all": money.amount(reading.in_all),
            }
            for reading in statement.readings
        ],
        "lines": [_line(line) for line in statement.lines],
        "answers": list(statement.answers),
    }


def _line(line: Line) -> Json:
    data = {name: value(found) for name, found in vars(line).items() if name != "amount" and found not in (None, "")}
    return data | {"amount": money.amount(line.amount)}
