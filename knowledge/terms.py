"""Terms: the contract's numbers as data, each with the exact words it comes from and the days on which it holds.

A term's base value comes from a document's ``terms.toml``, from a law or from the house policy (``data/*.toml``).
Special conditions amend a document or an earlier amendment and prevail over it (ITQ 2.1). ``Terms`` gives the value in
force with its chain of origin and remembers what was read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from functools import cache, cached_property, lru_cache

from knowledge.clauses import Document, squeeze
from knowledge.rates import Rate, published
from knowledge.refused import Refused
from knowledge.termfiles import Amendment, Settled, Term, Value, known, tables, where


@dataclass(frozen=True, eq=False)
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
                f"The special conditions {one.name!r} and {other.name!r} both set {name} for the same days; say "
                "which prevails by letting it amend the other."
            )
    for a in one.settles:
        for b in other.settles:
            if a.kind == b.kind and a.meets(b):
                raise Refused(
                    f"The special conditions {one.name!r} ({a.reading}) and {other.name!r} ({b.reading}) both settle "
                    f"{a.kind} for the same days; say which prevails by letting it amend the other."
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


@dataclass(frozen=True, eq=False)
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
        self.documents = tuple(documents)
        self.overrides = overrides
        self.on = on
        self.rates = tuple(rates) if rates is not None else published()
        self.read: dict[str, InForce] = {}
        if overrides and overrides.concluded and on < overrides.concluded:
            raise Refused(
                f"Agreement {overrides.agreement} was concluded on {overrides.concluded} and had not begun on {on}; "
                "give a day from then on, or leave the agreement out.",
                field="agreement",
            )

    def __getitem__(self, name: str) -> InForce:
        """The term in force; Refused where it has no value, or the governing text no longer holds its words."""
        if name not in self.read:
            self.read[name] = _in_force(name, self.documents, self.overrides, self.on)
        return self.read[name]

    def rest_on(self, *names: str) -> None:
        """Notes that an answer rests on terms whose words matter more than their value."""
        for name in names:
            _ = self[name]

    def number(self, name: str) -> Decimal:
        """The value of a term that is a number."""
        value = self[name].value
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

    def settled(self, kind: str) -> tuple[Settled, Amendment] | None:
        """The special condition that settles how the clause behind a kind is read on this day, if there is one."""
        for _, amendment in self.overrides.ranked if self.overrides else ():
            for settled in amendment.settles:
                if settled.kind == kind and settled.holds_on(self.on):
                    return settled, amendment
        return None


def named(documents: Iterable[Document], ref: str) -> Document:
    """The document that a ref such as ``ITQ 7.3`` names, among those that govern."""
    owner = ref.split(" ", 1)[0]
    for document in documents:
        if document.ref == owner:
            return document
    raise Refused(f"The document {owner} is not loaded.", cause="document")


@lru_cache(maxsize=4_096)
def _in_force(name: str, documents: tuple[Document, ...], overrides: Overrides | None, on: date) -> InForce:
    """The term as it applies on a day, which is the same for every question about that day."""
    special = [
        _special(amendment, term)
        for _, amendment in (overrides.ranked if overrides else ())
        for term in amendment.terms.get(name, ())
        if term.holds_on(on)
    ]
    by_slug = {document.slug: document for document in documents}
    base = _base(name, by_slug, on)
    steps = (*special, _origin(base, by_slug, prevails=not special))
    return InForce(name, steps[0].value, steps[0].unit, steps, "" if special else base.note)


def _base(name: str, documents: Mapping[str, Document], on: date) -> Term:
    table = known()
    if name not in table:
        raise Refused(f"There is no term {name!r}.")
    entries = table[name]
    version = documents[entries[0].owner].version if entries[0].owner in documents else ""
    own = [term for term in entries if term.version == version] or [t for t in entries if not t.version]
    for term in own:
        if term.holds_on(on):
            return term
    raise Refused(
        f"{where(entries[0].owner)}: the term {name} has no value for {on}; add one with its source.",
        cause="term",
    )


def _origin(term: Term, documents: Mapping[str, Document], *, prevails: bool) -> Origin:
    if term.authority:
        return Origin(
            term.value,
            term.unit,
            f"{term.authority} {term.clause}",
            term.authority,
            "",
            term.words,
            term.since,
            term.until,
            False,
        )
    document = documents.get(term.owner)
    if document is None:
        raise Refused(f"The document {term.owner!r}, in which the term {term.name} stands, is not loaded.")
    if prevails and not _stands(document, term.clause, term.words):
        raise Refused(
            f"Version {document.version} of {document.ref} no longer holds the words \u201c{term.words}\u201d in "
            f"clause {term.clause}, on which {term.name} rests; nothing is computed under it until "
            f"{where(term.owner)} has the new words.",
            cause="document",
        )
    return Origin(
        term.value,
        term.unit,
        f"{document.ref} {term.clause}",
        document.slug,
        document.version,
        term.words,
        term.since,
        term.until,
        True,
    )


def _special(amendment: Amendment, term: Term) -> Origin:
    return Origin(
        term.value,
        term.unit,
        f"{amendment.name} {term.clause}",
        amendment.name,
        "",
        term.words,
        term.since,
        term.until,
        True,
    )


def _stands(document: Document, clause: str, words: str) -> bool:
    return clause in document.clauses and _holds(document.clauses[clause].text, words)


@cache
def _holds(text: str, words: str) -> bool:
    """Whether the words stand in the text as they are: 'EUR 250' does not stand in 'EUR 250,000', nor '5 days' in '15 days'."""
    whole = rf"(?<!\w)(?<!\d[.,]){re.escape(squeeze(words))}(?!\w)(?![.,]\d)"
    return re.search(whole, squeeze(text)) is not None


def standing(document: Document) -> tuple[tuple[Term, bool], ...]:
    """Every term of a document, and whether its words still stand in their clause of this version."""
    entries = [term for name in tables().get(document.slug, {}).values() for term in name]
    return tuple((term, _stands(document, term.clause, term.words)) for term in entries)
