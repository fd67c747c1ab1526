"""Terms: the contract's numbers as data, each with the exact words it comes from and the days on which it holds.

A term's base value comes from a document's ``terms.toml``, from a law or from the house policy (``data/*.toml``). Special
conditions amend a document or an earlier amendment and prevail over it (ITQ 2.1). ``Terms`` gives the value in force with
its chain of origin and remembers what was read.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path

from knowledge.clauses import Document, squeeze
from knowledge.rates import Rate, published
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
        return (
            self.version == other.version
            and (self.until is None or other.since is None or other.since < self.until)
            and (other.until is None or self.since is None or self.since < other.until)
        )


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


@dataclass(frozen=True)
class Amendment:
    """Special conditions of one agreement: the terms they set and the readings they settle.

    ``amends`` is the ref of a document ("ITQ") or the name of another amendment, over which these then prevail.
    """

    name: str
    amends: str
    terms: Mapping[str, tuple[Term, ...]] = field(default_factory=dict)
    settles: tuple[Settled, ...] = ()


@dataclass(frozen=True)
class Overrides:
    """What the rules need to know of an agreement: where it is performed, since when, at what rate, on what conditions.

    ``versions`` names, by document slug, the version that governs; without it the one in force on ``concluded``.
    Refused where an amendment amends itself, directly or in a circle, or what does not exist.
    """

    agreement: str
    country: str | None = None
    zone: str | None = None
    concluded: date | None = None
    rate: Decimal | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    amendments: tuple[Amendment, ...] = ()

    def __post_init__(self) -> None:
        _ = self.ranked

    @cached_property
    def ranked(self) -> tuple[tuple[int, Amendment], ...]:
        """The amendments with their depth (1 amends a document), the one that prevails first."""
        by_name = {amendment.name: amendment for amendment in self.amendments}
        if len(by_name) < len(self.amendments):
            raise Refused(f"Agreement {self.agreement} has two amendments of one name; give each its own.")
        depths = [(self._depth(amendment, by_name), amendment) for amendment in self.amendments]
        depths.sort(key=lambda entry: -entry[0])
        for at, (depth, amendment) in enumerate(depths):
            for other_depth, other in depths[at + 1 :]:
                if depth == other_depth:
                    _refuse_rivals(amendment, other)
        return tuple(depths)

    def _depth(self, amendment: Amendment, by_name: Mapping[str, Amendment]) -> int:
        path = [amendment.name]
        while amendment.amends in by_name:
            amendment = by_name[amendment.amends]
            if amendment.name in path:
                raise Refused(
                    f"The special conditions {amendment.name!r} of agreement {self.agreement} amend themselves: "
                    f"{' -> '.join([*path, amendment.name])}; each must amend a document or an earlier amendment."
                )
            path.append(amendment.name)
        if amendment.amends.lower() not in tables():
            raise Refused(
                f"The special conditions {amendment.name!r} of agreement {self.agreement} amend "
                f"{amendment.amends!r}, which is neither a document nor another amendment of it."
            )
        return len(path)


def _refuse_rivals(one: Amendment, other: Amendment) -> None:
    for name in one.terms.keys() & other.terms.keys():
        if any(a.meets(b) for a in one.terms[name] for b in other.terms[name]):
            raise Refused(
                f"The special conditions {one.name!r} and {other.name!r} both set {name} for the same days; "
                "say which prevails by letting it amend the other."
            )


@dataclass(frozen=True)
class Origin:
    """One step in the chain of a value: what it was, where it stands and in which words."""

    value: Value
    unit: str
    ref: str
    document: str
    version: str
    words: str
    since: date | None
    until: date | None
    verbatim: bool


@dataclass(frozen=True)
class InForce:
    """A term as it applies: its value and its chain of origin, the value in force first, then what it replaced."""

    name: str
    value: Value
    unit: str
    origin: tuple[Origin, ...]
    note: str = ""

    @property
    def ref(self) -> str:
        """Where the value in force stands."""
        return self.origin[0].ref


class Terms:
    """The terms under which one question is answered: governing documents, special conditions, law, and a day.

    Remembers every term that a rule reads, so that an answer lists just those.
    """

    def __init__(
        self,
        documents: Iterable[Document],
        overrides: Overrides | None = None,
        *,
        on: date,
        rates: Sequence[Rate] | None = None,
    ) -> None:
        self.documents = {document.slug: document for document in documents}
        self.overrides = overrides
        self.on = on
        self.rates = tuple(rates) if rates is not None else published()
        self.read: dict[tuple[str, date], InForce] = {}
        if overrides and overrides.concluded and on < overrides.concluded:
            raise Refused(
                f"Agreement {overrides.agreement} was concluded on {overrides.concluded} and had not begun on {on}; "
                "give a day from then on, or leave the agreement out.",
                field="agreement",
            )

    def __getitem__(self, name: str) -> InForce:
        return self.get(name, self.on)

    def get(self, name: str, on: date) -> InForce:
        """The term in force on a day; Refused where there is none, or where the governing text no longer holds its words."""
        key = (name, on)
        if key not in self.read:
            self.read[key] = self._in_force(name, on)
        return self.read[key]

    def rest_on(self, *names: str) -> None:
        """Notes that an answer rests on terms whose words matter more than their value."""
        for name in names:
            self.get(name, self.on)

    def number(self, name: str, on: date | None = None) -> Decimal:
        """The value of a term that is a number."""
        value = self.get(name, on or self.on).value
        if not isinstance(value, Decimal):
            raise Refused(f"The term {name} is {value!r}, where a number is needed.")
        return value

    def count(self, name: str) -> int:
        """The value of a term that is a whole number."""
        value = self.number(name)
        if value != int(value):
            raise Refused(f"The term {name} is {value}, where a whole number is needed.")
        return int(value)

    def seconds(self, name: str) -> int:
        """The value of a term that is a time of day, in seconds since midnight."""
        value = self[name].value
        if not isinstance(value, time):
            raise Refused(f"The term {name} is {value!r}, where a time of day is needed.")
        return (value.hour * 60 + value.minute) * 60 + value.second

    def document(self, ref: str) -> Document:
        """The governing document that a ref such as ``ITQ 7.3`` names."""
        owner = ref.split(" ", 1)[0]
        for document in self.documents.values():
            if document.ref == owner:
                return document
        raise Refused(f"The document {owner} is not loaded.")

    def settled(self, kind: str) -> tuple[Settled, Amendment] | None:
        """The special condition that settles how the clause behind a kind is read on this day, if there is one."""
        for _, amendment in self.overrides.ranked if self.overrides else ():
            for settled in amendment.settles:
                if settled.kind == kind and settled.holds_on(self.on):
                    return settled, amendment
        return None

    def _in_force(self, name: str, on: date) -> InForce:
        steps: list[Origin] = []
        for _, amendment in self.overrides.ranked if self.overrides else ():
            steps += [_special(amendment, term) for term in amendment.terms.get(name, ()) if term.holds_on(on)]
        base = self._base(name, on)
        if isinstance(base, Refused):
            raise base
        steps.append(self._origin(base, prevails=not steps))
        return InForce(name, steps[0].value, steps[0].unit, tuple(steps), base.note if len(steps) == 1 else "")

    def _base(self, name: str, on: date) -> Term | Refused:
        table = known()
        if name not in table:
            raise Refused(f"There is no term {name!r}.")
        entries = table[name]
        version = self.documents[entries[0].owner].version if entries[0].owner in self.documents else ""
        own = [term for term in entries if term.version == version] or [t for t in entries if not t.version]
        for term in own:
            if term.holds_on(on):
                return term
        return Refused(f"{where(entries[0].owner)}: the term {name} has no value for {on}; add one with its source.")

    def _origin(self, term: Term, *, prevails: bool) -> Origin:
        if term.authority:
            return Origin(
                term.value, term.unit, f"{term.authority} {term.clause}", term.authority, "", term.words,
                term.since, term.until, False,
            )  # fmt: skip
        document = self.documents.get(term.owner)
        if document is None:
            raise Refused(f"The document {term.owner!r}, in which the term {term.name} stands, is not loaded.")
        if prevails and not _stands(document, term.clause, term.words):
            raise Refused(
                f"Version {document.version} of {document.ref} no longer holds the words \u201c{term.words}\u201d in clause "
                f"{term.clause}, on which {term.name} rests; nothing is computed under it until {where(term.owner)} "
                "has the new words."
            )
        return Origin(
            term.value, term.unit, f"{document.ref} {term.clause}", document.slug, document.version, term.words,
            term.since, term.until, True,
        )  # fmt: skip


def _special(amendment: Amendment, term: Term) -> Origin:
    return Origin(
        term.value, term.unit, f"{amendment.name} {term.clause}", amendment.name, "", term.words,
        term.since, term.until, True,
    )  # fmt: skip


def _stands(document: Document, clause: str, words: str) -> bool:
    return clause in document.clauses and _holds(document.clauses[clause].text, words)


@cache
def _holds(text: str, words: str) -> bool:
    return squeeze(words) in squeeze(text)


def standing(document: Document) -> tuple[tuple[Term, bool], ...]:
    """Every term of a document, and whether its words still stand in their clause of this version."""
    entries = [term for name in tables().get(document.slug, {}).values() for term in name]
    return tuple((term, _stands(document, term.clause, term.words)) for term in entries)


def where(owner: str) -> str:
    """The file in which the terms of a document, the law or the policy stand."""
    folder = HERE / "documents" / owner
    return f"knowledge/documents/{owner}/terms.toml" if folder.is_dir() else f"knowledge/data/{owner}.toml"


@cache
def tables() -> Mapping[str, Mapping[str, tuple[Term, ...]]]:
    """All terms by owner (document slug, ``law``, ``policy``) and name, checked; Refused names file and term."""
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
        raise Refused(f"{where(owner)} has an unknown part {sorted(unknown)[0]!r}; it holds [[terms.\"name\"]] only.")
    return entries(data.get("terms", {}), owner, where(owner))


def amendment(data: Mapping[str, object], place: str) -> Amendment:
    """Special conditions from data as TOML gives it (decimals exact): name, amends, terms, settles.

    ``place`` names where they come from, for the sentences of Refused. Every term must exist, in a unit of its kind, and
    only what a document or the policy says can be set; the law cannot.
    """
    if unknown := data.keys() - {"name", "amends", "terms", "settles"}:
        raise Refused(f"{place} has an unknown key {sorted(unknown)[0]!r}; known are name, amends, terms, settles.")
    name, amends = data.get("name"), data.get("amends")
    if not isinstance(name, str) or not name.strip():
        raise Refused(f"{place} needs a name for its special conditions.")
    if not isinstance(amends, str) or not amends.strip():
        raise Refused(f"{place}: {name} must say what it amends: a document such as \"ITQ\", or another amendment.")
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
    found = []
    for kind, rows in given.items():
        for row in rows if isinstance(rows, list) else [rows]:
            if not isinstance(row, Mapping) or not {"reading", "clause", "words"} <= row.keys():
                raise Refused(f"{place}: settles {kind!r} needs reading, clause and words.")
            if unknown := row.keys() - {"reading", "clause", "words", "from", "until"}:
                raise Refused(f"{place}: settles {kind!r} has an unknown key {sorted(unknown)[0]!r}.")
            if not str(row["words"]).strip():
                raise Refused(f"{place}: settles {kind!r} has no words; give the words of the special condition.")
            since, until = _span(row, f"{place}: settles {kind!r}")
            found.append(Settled(kind, str(row["reading"]), str(row["clause"]), str(row["words"]), since, until))
    return tuple(found)


def entries(given: Mapping[str, object], owner: str, place: str) -> Mapping[str, tuple[Term, ...]]:
    """Terms by name from TOML tables, each checked: keys, words, value against unit, and spans that do not overlap."""
    found: dict[str, tuple[Term, ...]] = {}
    for name, rows in given.items():
        if not isinstance(rows, list) or not rows:
            raise Refused(f'{place}: the term {name} must be written as [[terms."{name}"]].')
        values = tuple(_term(name, row, owner, place) for row in rows)
        for at, one in enumerate(values):
            if any(one.meets(other) for other in values[at + 1 :]):
                raise Refused(f"{place}: two values of the term {name} hold on the same day; end one before the other.")
        found[name] = values
    return found


def _term(name: str, row: object, owner: str, place: str) -> Term:
    at = f"{place}: the term {name}"
    if not isinstance(row, Mapping):
        raise Refused(f"{at} must be a table.")
    if unknown := row.keys() - _KEYS - _OPTIONAL:
        raise Refused(f"{at} has an unknown key {sorted(unknown)[0]!r}; known are {', '.join(sorted(_KEYS | _OPTIONAL))}.")
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
