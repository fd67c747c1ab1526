"""Terms as they are written down: TOML with the exact words of each number, read and checked before anything rests on
it.

A document's terms stand in ``documents/<slug>/terms.toml``, those of the law and of the house policy in
``data/*.toml``; an agreement's special conditions are written the same way.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from functools import cache
from pathlib import Path

from knowledge.refused import Refused

Value = Decimal | time | str

HERE = Path(__file__).parent
PERIODS = frozenset({"days", "weeks", "working_days", "months", "years"})
UNITS = PERIODS | {"hours", "percent", "EUR", "times", "time", "basis", "weekdays"}
_KEYS = {"value", "unit", "clause", "words"}
_OPTIONAL = {"from", "until", "version", "authority", "source", "note"}


@dataclass(frozen=True)
class Term:
    """One value of one term. ``until`` is excluded. ``authority`` names the law or policy, for what no document says.

    ``version`` limits the value to one version of its document; ``note`` is told with every answer that uses it.
    """

    name: str
    value: Value
    unit: str
    owner: str
    clause: str
    words: str
    since: date | None = None
    until: date | None = None
    version: str = ""
    authority: str = ""
    source: str = ""
    note: str = ""

    def holds_on(self, day: date) -> bool:
        """Whether the value is in force on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)

    def meets(self, other: Term) -> bool:
        """Whether both are in force on some day, for the same version."""
        return self.version == other.version and _meet(self, other)


@dataclass(frozen=True)
class Settled:
    """Words of an agreement that settle how a disputed clause is to be read: only this reading of ``kind`` is left."""

    kind: str
    reading: str
    clause: str
    words: str
    since: date | None = None
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the settlement is in force on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)

    def meets(self, other: Settled) -> bool:
        """Whether both are in force on some day."""
        return _meet(self, other)


def _meet(one: Term | Settled, other: Term | Settled) -> bool:
    return (one.until is None or other.since is None or other.since < one.until) and (
        other.until is None or one.since is None or one.since < other.until
    )


@dataclass(frozen=True)
class Amendment:
    """Special conditions of one agreement: the terms they set and the readings they settle.

    ``amends`` is the ref of a document ("ITQ") or the name of another amendment, over which these then prevail.
    """

    name: str
    amends: str
    terms: Mapping[str, tuple[Term, ...]] = field(default_factory=dict)
    settles: tuple[Settled, ...] = ()


def where(owner: str) -> str:
    """The file in which the terms of a document, the law or the policy stand."""
    folder = HERE / "documents" / owner
    return f"knowledge/documents/{owner}/terms.toml" if folder.is_dir() else f"knowledge/data/{owner}.toml"


@cache
def tables() -> Mapping[str, Mapping[str, tuple[Term, ...]]]:
    """All terms by owner (document slug, ``law``, ``policy``) and name; Refused names file and term."""
    files = {path.parent.name: path for path in sorted((HERE / "documents").glob("*/terms.toml"))}
    files |= {name: HERE / "data" / f"{name}.toml" for name in ("law", "policy")}
    return {owner: read(path.read_text("utf-8"), owner) for owner, path in files.items()}


@cache
def known() -> Mapping[str, tuple[Term, ...]]:
    """All terms by name; Refused where two owners use one name."""
    found: dict[str, tuple[Term, ...]] = {}
    for owner, table in tables().items():
        for name, entries in table.items():
            if name in found:
                raise Refused(f"{where(owner)}: the term {name} also stands in {where(found[name][0].owner)}.")
            found[name] = entries
    return found


def read(text: str, owner: str) -> Mapping[str, tuple[Term, ...]]:
    """The terms in a TOML text; Refused, naming file and term, for whatever is wrong with it."""
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"{where(owner)} is not TOML: {error}.") from None
    if unknown := data.keys() - {"terms"}:
        raise Refused(f'{where(owner)} has an unknown part {sorted(unknown)[0]!r}; it holds [[terms."name"]] only.')
    return entries(data.get("terms", {}), owner, where(owner))


def amendment(data: Mapping[str, object], place: str) -> Amendment:
    """Special conditions from data as TOML gives it (decimals exact): name, amends, terms, settles.

    ``place`` names where they come from, for the sentences of Refused. Every term must exist, in a unit of its kind,
    and only what a document or the policy says can be set; the law cannot.
    """
    if unknown := data.keys() - {"name", "amends", "terms", "settles"}:
        raise Refused(f"{place} has an unknown key {sorted(unknown)[0]!r}; known are name, amends, terms, settles.")
    name, amends = data.get("name"), data.get("amends")
    if not isinstance(name, str) or not name.strip():
        raise Refused(f"{place} needs a name for its special conditions.")
    if not isinstance(amends, str) or not amends.strip():
        raise Refused(f'{place}: {name} must say what it amends: a document such as "ITQ", or another amendment.')
    given = data.get("terms", {})
    terms = entries(given if isinstance(given, Mapping) else {"terms": given}, name, place)
    for term_name, values in terms.items():
        _settable(term_name, values, place)
    return Amendment(name.strip(), amends.strip(), terms, _settles(data.get("settles", {}), place))


def _settable(name: str, values: Sequence[Term], place: str) -> None:
    base = known().get(name)
    if base is None:
        near = difflib.get_close_matches(name, known(), 3)
        hint = f"; near it are: {', '.join(near)}" if near else ""
        raise Refused(f"{place}: there is no term {name!r} to set{hint}.")
    if base[0].owner == "law":
        raise Refused(f"{place}: {name} is law ({base[0].authority} {base[0].clause}); no agreement can set it.")
    for term in values:
        same = term.unit == base[0].unit or {term.unit, base[0].unit} <= PERIODS
        if not same or type(term.value) is not type(base[0].value):
            raise Refused(f"{place}: {name} is given in {term.unit}, but it is a term in {base[0].unit}.")


def _settles(given: object, place: str) -> tuple[Settled, ...]:
    if not isinstance(given, Mapping):
        raise Refused(f'{place}: settles must be a table of kinds, as [[settles."cancellation"]].')
    found: list[Settled] = []
    for kind, rows in given.items():
        for row in rows if isinstance(rows, list) else [rows]:
            if not isinstance(row, Mapping) or not {"reading", "clause", "words"} <= row.keys():
                raise Refused(f"{place}: settles {kind!r} needs reading, clause and words.")
            if unknown := row.keys() - {"reading", "clause", "words", "from", "until"}:
                raise Refused(f"{place}: settles {kind!r} has an unknown key {sorted(unknown)[0]!r}.")
            if not str(row["words"]).strip():
                raise Refused(f"{place}: settles {kind!r} has no words; give the words of the special condition.")
            since, until = _span(row, f"{place}: settles {kind!r}")
            settled = Settled(kind, str(row["reading"]), str(row["clause"]), str(row["words"]), since, until)
            if any(other.kind == kind and settled.meets(other) for other in found):
                raise Refused(
                    f"{place}: two settlements of {kind} hold on the same day; end one before the other begins."
                )
            found.append(settled)
    return tuple(found)


def entries(given: Mapping[str, object], owner: str, place: str) -> Mapping[str, tuple[Term, ...]]:
    """Terms by name from TOML tables, each checked: keys, words, value against unit, and spans that do not overlap."""
    found: dict[str, tuple[Term, ...]] = {}
    for name, rows in given.items():
        if not isinstance(rows, list) or not rows:
            raise Refused(f'{place}: the term {name} must be written as [[terms."{name}"]].')
        values = tuple(_term(name, row, owner, place) for row in rows)
        for at, one in enumerate(values):
            for other in values[at + 1 :]:
                if one.meets(other):
                    raise Refused(
                        f"{place}: two values of the term {name} hold on the same day, {_held(one)} and {_held(other)}; "
                        "end one before the other begins (until is excluded)."
                    )
        found[name] = values
    return found


def _held(term: Term) -> str:
    """A value with the days on which it holds: "45 days from 2026-01-01 until 2026-06-01"."""
    span = [f"{word} {day}" for word, day in (("from", term.since), ("until", term.until)) if day]
    return " ".join([f"{term.value} {term.unit}", *(span or ["always"])])


def _term(name: str, row: object, owner: str, place: str) -> Term:
    at = f"{place}: the term {name}"
    if not isinstance(row, Mapping):
        raise Refused(f"{at} must be a table.")
    if unknown := row.keys() - _KEYS - _OPTIONAL:
        raise Refused(
            f"{at} has an unknown key {sorted(unknown)[0]!r}; known are {', '.join(sorted(_KEYS | _OPTIONAL))}."
        )
    if missing := _KEYS - row.keys():
        raise Refused(f"{at} lacks {' and '.join(sorted(missing))}.")
    words, clause, unit = (str(row[key]).strip() for key in ("words", "clause", "unit"))
    if not words:
        raise Refused(f"{at} has no words; give the exact words of the clause from which the value comes.")
    if unit not in UNITS:
        raise Refused(f"{at} has the unit {unit!r}; known are {', '.join(sorted(UNITS))}.")
    since, until = _span(row, at)
    others = {key: str(row.get(key, "")) for key in ("version", "authority", "source", "note")}
    if others["authority"] and not others["source"]:
        raise Refused(f"{at} rests on {others['authority']} and needs a source.")
    return Term(name, _value(row["value"], unit, at), unit, owner, clause, words, since, until, **others)


def _value(value: object, unit: str, at: str) -> Value:
    if unit == "time" and isinstance(value, time):
        return value
    if unit in ("basis", "weekdays") and isinstance(value, str):
        return value
    if unit not in ("time", "basis", "weekdays") and isinstance(value, Decimal | int) and not isinstance(value, bool):
        number = Decimal(value)
        if not number.is_finite() or number < 0:
            raise Refused(f"{at} is {value}; it must be zero or more.")
        if unit in PERIODS | {"hours"} and number != int(number):
            raise Refused(f"{at} is {value} {unit}; a period is a whole number.")
        return number
    raise Refused(f"{at} has the value {value!r}, which is no value in {unit}.")


def _span(row: Mapping[str, object], at: str) -> tuple[date | None, date | None]:
    since, until = row.get("from"), row.get("until")
    for key, day in (("from", since), ("until", until)):
        if day is not None and type(day) is not date:
            raise Refused(f"{at} has {key} = {day!r}; write a date, such as 2026-01-01.")
    if isinstance(since, date) and isinstance(until, date) and until <= since:
        raise Refused(f"{at} ends ({until}) before it begins ({since}).")
    return since, until  # type: ignore[return-value]  # both were just held to be dates or absent
