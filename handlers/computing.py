"""From a question of money or time to an answer on record: what it rests on, how it is kept, and how it is computed again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Any

from sqlite_utils import Database

from handlers import parse
from handlers.parse import Asked
from handlers.services import Shelf
from knowledge import days
from knowledge.agreements import Agreement, read
from knowledge.answer import Answer, Family
from knowledge.inputs import Ambiguous, Candidate
from knowledge.library import Library
from knowledge.rates import Rate, joined, published
from knowledge.refused import Refused
from knowledge.rules import ENGINE, Question, compute, find, rules
from knowledge.termfiles import tables
from knowledge.terms import Overrides
from storage import agreements as kept
from storage.audit import Entry, canonical

MOST_CANDIDATES = 5
# An answer about a year of work has two thousand lines, so that few are kept.
MOST_ANSWERS = 32
# An agreement takes some kilobytes; a list of all that have Hardware out reads each of them, one after the other.
MOST_UNDERSTOOD = 1_024


@cache
def holidays_version() -> str:
    """The version of the holiday data that counts Working Days; looked up once, since it is read from files."""
    return version("holidays")


def warm(today: date) -> None:
    """Load the rules and this year's holidays, which takes a small machine a second, before anybody waits for them."""
    rules()
    days.calendar(days.BELGIUM).holidays(today.year)


@dataclass(frozen=True)
class Basis:
    """What computed answers rest on besides the question: documents, agreements, interest rates."""

    library: Library
    agreement: Callable[[str], Agreement | None]
    rates: tuple[Rate, ...]

    def overrides(self, slug: str) -> Overrides | None:
        """The conditions of an agreement; None where there is none of that name."""
        agreement = self.agreement(slug)
        return agreement.overrides if agreement else None

    def compute(self, asked: Asked, id: str) -> Answer:
        """The answer to a question; Refused as its rule refuses."""
        return compute(asked.rule, asked.question, self.library, asked.overrides, id=id, rates=self.rates)

    def answer(self, asked: Asked, id: str) -> Answer:
        """The same as ``compute``, for whoever asks; what rests on no agreement and no added rate, and is asked again under
        the same texts, is not computed again, since it would be the same to the byte."""
        if asked.overrides is None and self.rates is published():
            return _answered(asked.rule.family, asked.rule.kind, asked.question, self.library).under(id)
        return self.compute(asked, id)


@lru_cache(maxsize=MOST_ANSWERS)
def _answered(family: Family, kind: str, question: Question, library: Library) -> Answer:
    return compute(find(family, kind), question, library, id="", rates=published())


def basis(db: Database, shelf: Shelf) -> Basis:
    """What answers rest on, read in the caller's transaction; agreements are read when they are named.

    A name that is no agreement's is looked for among the clients; where several fit, it is asked back.
    """

    def agreement(name: str) -> Agreement | None:
        text = kept.get(db, name)
        if text is None:
            named = kept.of_client(db, name, MOST_CANDIDATES + 1)
            if len(named) > 1:
                meant = tuple(Candidate(slug, slug) for slug in named[:MOST_CANDIDATES])
                raise Ambiguous(f"agreement: {name!r} could be", meant, field="agreement")
            text = kept.get(db, named[0]) if named else None
        return understood(text, shelf.library) if text else None

    return Basis(shelf.library, agreement, all_rates(db))


def all_rates(db: Database) -> tuple[Rate, ...]:
    """The rates that ship with the product and those added since; Refused where two hold on one day."""
    added = kept.rates(db)
    return joined([*published(), *(Rate(*row) for row in added)]) if added else published()


@lru_cache(maxsize=MOST_UNDERSTOOD)
def understood(text: str, library: Library) -> Agreement:
    """The agreement in a stored TOML text."""
    return read(text, library)


def mark(library: Library) -> str:
    """What computed deadlines rest on besides agreements, in a mark that differs where any of it does: the texts and their
    days, the numbers from them and from the law, the rules, the holidays.
    """
    texts = sorted((d.slug, d.version, str(d.effective), d.sha256) for d in library.documents)
    return hashlib.sha256(repr((texts, release())).encode()).hexdigest()[:16]


@cache
def release() -> str:
    """What a release of ours brings of that, in a mark: numbers, rules, holidays."""
    return hashlib.sha256(repr((tables(), ENGINE, holidays_version())).encode()).hexdigest()[:16]


def between(then: Mapping[str, Any], now: Mapping[str, Any], holidays: str) -> str:
    """Why one question has another answer than before, in words for whoever waits for its date; ``holidays`` is the version
    of the holiday data then. Empty where nothing that it rests on differs.
    """
    told: list[str] = []
    before, after = ({d["ref"]: d for d in answer["documents"]} for answer in (then, now))
    for ref in after.keys() & before.keys():
        old, new = before[ref]["version"], after[ref]["version"]
        if old != new:
            told.append(f"version {new} of {ref} governs it now, instead of version {old}")
        elif before[ref]["sha256"] != after[ref]["sha256"]:
            told.append(f"the text of version {new} of {ref} is another one now")
    was, is_now = ({term["name"]: term for term in answer["terms"]} for answer in (then, now))
    told += [
        f"{is_now[name]['ref']} says {_term(is_now[name])} now, where it was {_term(was[name])}"
        for name in sorted(is_now.keys() & was.keys())
        if _term(was[name]) != _term(is_now[name])
    ]
    if holidays != holidays_version():
        told.append("the list of public holidays was brought up to date")
    if then["engine"] != now["engine"]:
        told.append("the rule itself was mended")
    return "; ".join(told)


def _term(term: Mapping[str, Any]) -> str:
    return f"{term['value']} {term['unit'].replace('_', ' ')}"


def entry(answer: Answer, agreement: Agreement | None, at: datetime, actor: str) -> Entry:
    """An answer as it goes on record, with all that is needed to compute it again."""
    content = {
        "answer": answer.data,
        "agreement": agreement.text if agreement else None,
        "holidays": holidays_version(),
    }
    return Entry(answer.id, at, actor, answer.family, answer.kind, content)


def named(basis: Basis, asked: Asked) -> Agreement | None:
    """The agreement that a question names."""
    return basis.agreement(asked.overrides.agreement) if asked.overrides else None


def recomputed(db: Database, shelf: Shelf, entry: Entry) -> Answer:
    """A recorded answer, computed anew under the agreement as it stood then; Refused where it cannot be any more."""
    if "answer" not in entry.content:
        raise Refused("That is no computed answer, or its content was erased.")
    then: Mapping[str, Any] = entry.content["answer"]
    stood = entry.content["agreement"]
    agreement = understood(stood, shelf.library) if stood else None
    now = basis(db, shelf)
    again = Basis(now.library, lambda _: agreement, now.rates)
    family: Family = "fee" if entry.action == "fee" else "deadline"
    asked = parse.from_json(family, then["kind"], then["inputs"], now=entry.at, agreements=again.overrides)
    return again.compute(asked, entry.id)


@dataclass(frozen=True)
class Replay:
    """An answer computed again: the same to the byte, or different for these causes."""

    id: str
    kind: str
    causes: tuple[str, ...]


def replay(db: Database, shelf: Shelf, entry: Entry) -> Replay:
    """Compute a recorded answer again, under the agreement as it stood then; the causes where the bytes differ."""
    then: Mapping[str, Any] = entry.content["answer"]
    try:
        fresh: Mapping[str, Any] = recomputed(db, shelf, entry).data
    except Refused as refused:
        return Replay(entry.id, then["kind"], (f"{refused.cause or ITSELF}: refused now, {refused}",))
    if canonical(fresh) == canonical(then):
        return Replay(entry.id, then["kind"], ())
    causes = tuple(_causes(then, fresh, entry.content["holidays"])) or (_itself(then, fresh),)
    return Replay(entry.id, then["kind"], causes)


ITSELF = "the rule itself"


def _itself(then: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    differing = sorted(key for key in {*then, *now} if then.get(key) != now.get(key))
    return f"{ITSELF}: {', '.join(differing)} came out differently"


def _causes(then: Mapping[str, Any], now: Mapping[str, Any], holidays: str) -> Iterable[str]:
    """What differs between what two answers to one question rest on."""
    if then["documents"] != now["documents"]:
        yield f"document: {_texts(then)} then, {_texts(now)} now"
    before, after = ({term["name"]: term for term in a["terms"]} for a in (then, now))
    for name in {**before, **after}:
        if _chain(before.get(name)) != _chain(after.get(name)):
            yield f"term: {name}, {_told(before.get(name))} then, {_told(after.get(name))} now"
    was, is_now = _rates(then), _rates(now)
    for half in sorted(was.keys() & is_now.keys()):
        if was[half] != is_now[half]:
            yield f"rate: {was[half]} % from {half} then, {is_now[half]} % now"
    if holidays != holidays_version():
        yield f"holiday data: holidays {holidays} then, {holidays_version()} now"
    if then["engine"] != now["engine"]:
        yield f"engine: {then['engine']} then, {now['engine']} now"


def _texts(answer: Mapping[str, Any]) -> str:
    return ", ".join(f"{d['ref']} {d['version']} ({d['sha256'][:12]})" for d in answer["documents"])


def _chain(term: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """What a term was and came from, whichever version of its document says so: that is told of the document."""
    steps = term["origin"] if term else []
    return [{key: value for key, value in step.items() if key != "version"} for step in steps]


def _told(term: Mapping[str, Any] | None) -> str:
    return f"{term['value']} {term['unit']} ({term['ref']})" if term else "not read"


def _rates(answer: Mapping[str, Any]) -> dict[str, str]:
    """The rates of interest of an answer by the month in which their days begin, whichever reading needs them."""
    if answer["kind"] != "late-payment":
        return {}
    lines = (line for reading in answer["readings"] for line in reading["lines"] if "percent" in line)
    return {line["from"][:7]: str(line["percent"]) for line in lines}


def percent(value: str) -> Decimal:
    """A rate as it is typed; Refused where it is no number from 0 to 100."""
    try:
        number = Decimal(value)
    except ArithmeticError:
        raise Refused(f"percent is {value!r}; give a number such as 10.5.", field="percent") from None
    if not number.is_finite() or not 0 <= number <= 100:
        raise Refused(f"percent is {value}; it must be from 0 to 100.", field="percent")
    return number
