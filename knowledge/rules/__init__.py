"""The rules: one file each, found by listing this folder; a question and the function that answers it."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache, cached_property, lru_cache
from typing import Annotated, Any, NamedTuple, cast, get_type_hints
from zoneinfo import ZoneInfo

from knowledge import days, money
from knowledge.answer import Answer, Cite, Family, Found, Json, value
from knowledge.clauses import Document
from knowledge.fields import Ask, Field
from knowledge.library import Library
from knowledge.rates import Rate
from knowledge.refused import Refused
from knowledge.terms import InForce, Overrides, Terms, named

ENGINE = "2"
"""The version of the rules: raised whenever any of them gives another answer to the same question."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What every question can say: under which agreement, in which country, in which time zone.

    An agreement supplies country and zone where they are not given.
    """

    agreement: Annotated[str | None, Ask("agreement", "Agreement", help="its name, as in /agreement")] = None
    country: Annotated[str, Ask("country", "Country where the work is done", clause="1.24")] = days.BELGIUM
    zone: Annotated[str, Ask("zone", "Time zone", help="where local times are meant")] = days.BRUSSELS

    @property
    def calendar(self) -> days.Calendar:
        """The calendar of Working Days for the country of performance."""
        return days.calendar(self.country)

    @property
    def place(self) -> ZoneInfo:
        """The zone in which local times are read and shown."""
        return days.zone(self.zone)


ROUNDED = "A line is rounded half up to the cent, and a total is the sum of its lines."
SUMS = f"Sums are in EUR and without VAT, as prices are (ITQ 5.1). {ROUNDED}"
"""What every fee on a price of ITQ's rests on besides its words."""

CIRCUMSTANCES = ("agreement", "country", "zone")

Compute = Callable[[Any, Terms], Found]


@dataclass(frozen=True)
class Rule:
    """One kind of fee or deadline: its question, the function that answers it, and the input whose day decides the
    terms.

    ``clauses`` are quoted whole with the answer; ``ref`` is the one that is computed, a law's where no clause gives the
    number. ``readings`` names every reading that an answer may have, the default first; an agreement settles on one.
    """

    family: Family
    kind: str
    question: type[Question]
    compute: Compute
    on: str
    clauses: tuple[str, ...]
    uses: tuple[str, ...]
    ref: str
    help: str
    readings: tuple[str, ...]

    @property
    def title(self) -> str:
        """The first sentence of the help."""
        return self.help.split(". ")[0].rstrip(".")

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """All inputs that can be given, those of the rule first."""
        hints = get_type_hints(self.question, include_extras=True)
        declared = [_field(entry, hints[entry.name].__metadata__[0]) for entry in fields(self.question)]
        return tuple(sorted(declared, key=lambda entry: entry.name in CIRCUMSTANCES))

    @cached_property
    def form(self) -> tuple[Field, ...]:
        """The inputs that can change the answer: those of the rule and the circumstances it uses."""
        return tuple(f for f in self.fields if f.name not in CIRCUMSTANCES or f.name in ("agreement", *self.uses))

    @cached_property
    def named(self) -> Mapping[str, Field]:
        """All inputs that can be given, by name."""
        return {field.name: field for field in self.fields}

    @cached_property
    def counted(self) -> frozenset[str]:
        """The names of the inputs that can change the answer."""
        return frozenset(field.name for field in self.form)

    def day(self, asked: Question) -> date:
        """The day whose terms apply to a question."""
        given = getattr(asked, self.on)
        return days.contract_day(given, asked.place) if isinstance(given, datetime) else cast(date, given)


def _field(declared: Any, ask: Ask) -> Field:
    default = None if declared.default is MISSING else declared.default
    required = declared.default is MISSING and not ask.today
    name = declared.name
    return Field(**vars(ask), name=name.rstrip("_"), attribute=name, required=required, default=default)


_RULES: dict[tuple[str, str], Rule] = {}


def rule(
    family: Family,
    kind: str,
    *,
    on: str,
    clauses: tuple[str, ...],
    uses: tuple[str, ...] = (),
    ref: str = "",
    readings: tuple[str, ...] = ("literal",),
) -> Callable[[Compute], Compute]:
    """Registers the function below it as a rule; its docstring is the help, and the type of its argument ``asked``
    is the question.
    """

    def register(compute: Compute) -> Compute:
        question = get_type_hints(compute)["asked"]
        said = " ".join((compute.__doc__ or "").split())
        named = ref or clauses[0]
        _RULES[family, kind] = Rule(family, kind, question, compute, on, clauses, uses, named, said, readings)
        return compute

    return register


@cache
def rules() -> Mapping[tuple[str, str], Rule]:
    """Every rule by family and kind: what the files of this folder declare."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return dict(sorted(_RULES.items()))


def of(family: Family) -> Iterator[Rule]:
    """The rules of one family, by kind."""
    return (rule for rule in rules().values() if rule.family == family)


def find(family: Family, kind: str) -> Rule:
    """The rule for a kind; Refused, naming the kinds there are, where it is unknown."""
    found = rules().get((family, kind.strip().lower()))
    if found:
        return found
    kinds = [rule.kind for rule in of(family)]
    near = difflib.get_close_matches(kind.lower(), kinds, 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise Refused(f"There is no {family} {kind!r}.{hint} There are: {', '.join(kinds)}.", field="kind")


@lru_cache
def governing(library: Library, overrides: Overrides | None, on: date) -> tuple[Document, ...]:
    """The version of each document that governs: the agreement's, or the one in force when it was concluded; without an
    agreement, or the day of its conclusion, the one in force on the day that the question is about.
    """
    if overrides is None or overrides.concluded is None:
        named = overrides.versions if overrides else {}
        in_force = (document for document in library.in_force(on) if document.slug not in named)
        return (*in_force, *(library.document(slug, version=version) for slug, version in named.items()))
    return tuple(
        library.document(slug, version=overrides.versions.get(slug), on=overrides.concluded) for slug in library.slugs
    )


def compute(
    rule: Rule,
    asked: Question,
    library: Library,
    overrides: Overrides | None = None,
    *,
    id: str,
    rates: Sequence[Rate] | None = None,
) -> Answer:
    """Answers a question. The same question, documents, overrides, rates and engine give the same answer to the byte.

    ``overrides`` are those of the agreement that the question names. Refused where a term has no value or no words in
    the governing text, where the agreement had not begun, and for whatever the rule itself cannot answer.
    """
    on = rule.day(asked)
    terms = Terms(governing(library, overrides, on), overrides, on=on, rates=rates)
    found, settled = _settle(rule, rule.compute(asked, terms), terms)
    rests = _rests(found.clauses or rule.clauses, terms.documents, overrides, tuple(terms.read.values()), settled)
    return Answer(
        family=rule.family,
        kind=rule.kind,
        title=rule.title,
        ref=found.clauses[0] if found.clauses else rule.ref,
        inputs=inputs(rule, asked),
        found=found,
        terms=rests.terms,
        citations=rests.citations,
        assumptions=(*rests.governed, *found.assumptions, *rests.notes),
        documents=rests.documents,
        engine=ENGINE,
        id=id,
    )


class Rests(NamedTuple):
    """What an answer rests on besides its question, and what is said of it: the same wherever the same words count."""

    terms: tuple[InForce, ...]
    citations: tuple[Cite, ...]
    documents: tuple[tuple[str, str, str], ...]
    governed: tuple[str, ...]
    notes: tuple[str, ...]


@lru_cache
def _rests(
    clauses: tuple[str, ...],
    documents: tuple[Document, ...],
    overrides: Overrides | None,
    read: tuple[InForce, ...],
    settled: tuple[Cite, ...],
) -> Rests:
    cited = tuple(dict.fromkeys([*_quoted(clauses, documents), *settled, *_beyond(clauses, read)]))
    slugs = {cite.document for cite in cited}
    used = [document for document in documents if document.slug in slugs]
    return Rests(
        read,
        cited,
        tuple((document.ref, document.version, document.sha256) for document in used),
        tuple(_circumstances(used, overrides)),
        tuple(dict.fromkeys(term.note for term in read if term.note)),
    )


def _settle(rule: Rule, found: Found, terms: Terms) -> tuple[Found, tuple[Cite, ...]]:
    held = terms.settled(rule.kind)
    if held is None:
        return found, ()
    settled, amendment = held
    chosen = tuple(reading for reading in found.readings if reading.name == settled.reading)
    if not chosen:
        names = ", ".join(reading.name for reading in found.readings)
        raise Refused(
            f"{amendment.name} {settled.clause} settles {rule.kind} as {settled.reading!r}, which is none of its "
            f"readings: {names}."
        )
    said = f"{amendment.name} {settled.clause} settles how the words are read: {settled.reading}."
    cite = Cite(f"{amendment.name} {settled.clause}", amendment.name, "", settled.words)
    return replace(found, readings=chosen, decided=True, assumptions=(said, *found.assumptions)), (cite,)


def _quoted(clauses: tuple[str, ...], documents: tuple[Document, ...]) -> Iterator[Cite]:
    for ref in clauses:
        document = named(documents, ref)
        clause = document.clause(ref.split(" ", 1)[1])
        yield Cite(clause.ref, document.slug, document.version, clause.text)


def _beyond(clauses: tuple[str, ...], read: tuple[InForce, ...]) -> Iterator[Cite]:
    for term in read:
        for origin in term.origin:
            if not origin.verbatim or origin.ref not in clauses:
                yield Cite(origin.ref, origin.document, origin.version, origin.words, origin.verbatim)


def _circumstances(used: list[Document], overrides: Overrides | None) -> list[str]:
    versions = " and ".join(f"{document.ref} (version {document.version})" for document in used)
    if not versions:
        return []
    if overrides is None:
        return [f"No agreement was named: {versions}, in force on the day in question, is taken to govern."]
    return [f"Agreement {overrides.agreement}: {versions} governs."]


def inputs(rule: Rule, asked: Question) -> dict[str, Json]:
    """A question as data from which it can be asked again: what was given, and every circumstance that counted."""
    said: dict[str, Json] = {}
    for field in rule.fields:
        given = getattr(asked, field.attribute)
        if given is not None and (field.name in rule.counted or given != field.default):
            said[field.name] = _input(field, given)
    return said


def _input(field: Field, given: object) -> Json:
    if isinstance(given, tuple):
        return [_input(field, entry) for entry in given]
    if isinstance(given, Fraction):
        return days.duration(given)
    if isinstance(given, Decimal):
        two_decimals = field.type in ("money", "amounts") and given == money.cents(given)
        return money.amount(given) if two_decimals else money.unmistakable(given)
    return value(given)
