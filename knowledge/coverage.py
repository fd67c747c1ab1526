"""Text and rule held together: every sentence with a quantity has an owner, and a new text says what it no longer bears.

A quantity is what the table below says. It is owned by the words of a term (``terms.toml``), or by an entry of
``coverage.toml``, which names the rule that computes it or says why nothing does.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, TypeVar

from knowledge.clauses import Clause, Document, Labelled, Table, squeeze
from knowledge.refused import Refused
from knowledge.rules import rules
from knowledge.termfiles import HERE, Term, tables
from knowledge.terms import standing

_ONES = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen"
)
_TENS = "nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million dozen"
_COUNTS = "|".join(f"{_ONES} {_TENS}".split())
_UNITS = "(?:seconds|minutes?|hours?|days?|weeks?|fortnights?|months?|quarters?|years?)"
_DATE = r"\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December) \d{4}"
_NUMBER = rf"\d+(?:\.\d+)*(?:\(\w+\))*(?!\w)(?!\s*(?:%|per\s?cent|(?:Working |calendar )?{_UNITS}\b))"

QUANTITIES: tuple[tuple[str, str], ...] = (
    ("amount", r"(?:€|\bEUR)\s?\d(?:[\d.,]*\d)?|\d[\d.,]*\s?(?:€|EUR\b|euros?\b)|\beuros\b"),
    ("percentage", r"\d[\d.,]*\s?%|\bper\s?cent(?:age)?\b"),
    ("time of day", r"\b\d{1,2}:\d{2}\b"),
    ("number", r"\(\d+\)|\d+(?:[.,]\d+)*(?:st|nd|rd|th)?"),
    ("number in words", rf"\b(?:zero|nil|one|{_COUNTS})(?:-\w+)?\b"),
    ("share or multiple", r"\b(?:half|twice|thrice|doubled?|triple|free of charge|in proportion|proportional)\b"),
    ("order", r"\b(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\b"),
    ("frequency", r"\b(?:once|daily|weekly|monthly|quarterly|yearly|annual(?:ly)?|periodically|regularly)\b"),
    ("frequency", r"\bfrom time to time\b|\b(?:each|every) (?=day|week|month|year)|\bper (?!se\b|cent)\w+"),
    ("unit of time", rf"\b(?:Working |calendar |subsequent )?{_UNITS}\b"),
    ("weekday", r"\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?|weekends?)\b"),
    ("bound", r"\b(?:at (?:most|least)|(?:no )?(?:more|longer|later|less) than|maximum|minimum|limits)\b"),
    ("period", r"\b(?:period|term|duration|deadlines?|until)\b"),
    ("moment", r"\b(?:immediate(?:ly)?|without (?:undue )?delay|as (?:soon|quickly) as(?: possible)?|moment)\b"),
    ("moment", r"\b(?:in (?:due |good )?time|timely|in advance|beforehand|at any time|in the near future)\b"),
    # "At all times" says that a duty knows no exception, and measures nothing; but not where it says that no notice
    # is needed, which is a period of none.
    ("moment", r"\bat all times(?=,? without)"),
    ("price", r"\b(?:rates?|fees?|reasonable (?:and demonstrable )?costs)\b"),
)
"""What counts as a quantity: kind and pattern, whatever the case of the letters."""

NO_QUANTITIES: tuple[tuple[str, str], ...] = (
    (
        "a reference to an article or a clause",
        rf"\b(?:articles?|art\.|clauses?|paragraphs?|sections?|annex(?:es)?) {_NUMBER}"
        rf"(?:(?:, (?:and |or )?| and | or | through | to ){_NUMBER})*",
    ),
    ("the number or date of a law", rf"\b(?:regulation|directive) (?:\(\w+\) )?\d+/\d+(?:/\w+)?(?: of {_DATE})?"),
    ("the number or date of a law", rf"\blaw of {_DATE}|\b{_DATE} Belgian law\b"),
    ("an entry in a register", r"\bnumber \d{4}\.\d{3}\.\d{3}\b"),
    ("an address", r"\b\w+(?:laan|straat|weg|plein|lei) \d+\w?, \d{4}\b"),
    ("a standard", r"\bISO(?:/IEC)? \d+(?:[-:]\d+)*\b"),
    ("the name of a term, where it is defined", r"^(?:Working Days|Working Hours|Consignment Hours):"),
    ("an outsider", r"\bthird[- ]?part(?:y|ies)\b"),
    ("one of several", r"\bone (?:of|or more)\b"),
    ("being recent", r"\bup to date\b"),
)
"""What looks like a quantity and is none: why, and the pattern. Nothing inside it counts."""


def _any(table: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    """One pattern for a table; a space in it stands for any white space, as the texts have no-break spaces, too."""
    return re.compile("|".join(f"(?:{pattern})" for _, pattern in table).replace(" ", r"\s+"), re.IGNORECASE)


_IS, _IS_NOT = _any(QUANTITIES), _any(NO_QUANTITIES)
_ABBREVIATED = "".join(rf"(?<!\b{short})" for short in (r"e\.g\.", r"i\.e\.", r"n\.a\.", r"art\.", r"No\."))
_SENTENCE_ENDS = re.compile(rf"(?<=[.!?]){_ABBREVIATED}\s+(?=[^a-z\s])")
_KEYS = {"clause", "words", "because"}

Span = tuple[int, int]
T = TypeVar("T")


@dataclass(frozen=True)
class Entry:
    """Words of a clause and who owns the quantities in them: ``rule`` computes them, or, where empty, nothing does."""

    clause: str
    words: str
    because: str
    rule: str = ""

    @property
    def said(self) -> str:
        """The owner as the report prints it."""
        how = f"{self.rule}: {self.because}" if self.rule else f"not computed, because {self.because}"
        return f"“{self.words}”, {how}"


@dataclass(frozen=True)
class Declared:
    """What ``coverage.toml`` says of a document: its entries, and which of its terms each kind reads.

    ``may_read`` are terms, and refs of clauses quoted, that count on some inputs only.
    """

    entries: tuple[Entry, ...] = ()
    reads: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    may_read: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def readers(self, term: str) -> tuple[str, ...]:
        """The kinds that read a term."""
        both = (*self.reads.items(), *self.may_read.items())
        return tuple(dict.fromkeys(kind for kind, names in both if term in names))


@dataclass(frozen=True)
class Quantity:
    """A quantity in a sentence and those who own it: names of terms, and entries."""

    words: str
    terms: tuple[str, ...]
    entries: tuple[Entry, ...]

    @property
    def owned(self) -> bool:
        """Whether anything accounts for it."""
        return bool(self.terms or self.entries)


@dataclass(frozen=True)
class Sentence:
    """A sentence of a clause that holds at least one quantity. ``clause`` is an article's number for its opening.

    ``terms`` are those whose words stand in it, whether they hold a quantity whole or a part of one.
    """

    document: Document
    clause: str
    words: str
    quantities: tuple[Quantity, ...]
    terms: tuple[str, ...]

    @property
    def ref(self) -> str:
        """Where it stands."""
        return f"{self.document.ref} {self.clause}"

    @cached_property
    def unowned(self) -> tuple[str, ...]:
        """The quantities for which nothing accounts."""
        return tuple(quantity.words for quantity in self.quantities if not quantity.owned)

    @property
    def owner(self) -> str:
        """Who accounts for it, in one line: terms with their kinds, entries, and what is nobody's."""
        known = declared(self.document.slug)
        owners = [f"{name} ({', '.join(known.readers(name))})" for name in self.terms]
        owners += dict.fromkeys(entry.said for q in self.quantities if not q.terms for entry in q.entries)
        return "; ".join([*owners, *([f"{_listed(self.unowned)}, NOBODY"] if self.unowned else [])])


@dataclass(frozen=True)
class Refusing:
    """A kind that refuses to compute under a version, and why: terms without words, or clauses that are gone.

    ``always`` is false where it refuses only on the inputs that need them.
    """

    kind: str
    why: tuple[str, ...]
    always: bool

    @property
    def said(self) -> str:
        """The refusal in one line."""
        return f"{self.kind}, {'which' if self.always else 'where it'} rests on {', '.join(self.why)}"


@cache
def declared(slug: str) -> Declared:
    """What is declared of a document; nothing for one without a folder. Refused names what is wrong in the file."""
    path = HERE / "documents" / slug / "coverage.toml"
    return understood(path.read_text("utf-8"), slug) if path.is_file() else Declared()


def _listed(quoted: Iterable[str]) -> str:
    return ", ".join(f"“{words}”" for words in quoted)


def _place(slug: str) -> str:
    return f"knowledge/documents/{slug}/coverage.toml"


def understood(text: str, slug: str) -> Declared:
    """The words of a ``coverage.toml``, each part checked."""
    place = _place(slug)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"{place} is not TOML: {error}.") from None
    if unknown := data.keys() - {"sentence", "reads", "may_read"}:
        raise Refused(
            f"{place} has an unknown part {sorted(unknown)[0]!r}; it holds [reads], [may_read] and [[sentence]]."
        )
    kinds = {f"{family} {kind}" for family, kind in rules()}
    reads, may_read = (
        {kind: tuple(names) for kind, names in data.get(part, {}).items()} for part in ("reads", "may_read")
    )
    if strange := {*reads, *may_read} - kinds:
        raise Refused(f"{place}: there is no kind {sorted(strange)[0]!r}.")
    return Declared(tuple(_entry(row, place, kinds) for row in data.get("sentence", ())), reads, may_read)


def _entry(row: Mapping[str, Any], place: str, kinds: set[str]) -> Entry:
    at = f"{place}: the entry on clause {row.get('clause', '?')} ({str(row.get('words', ''))[:40]!r})"
    if missing := {key for key in _KEYS if not str(row.get(key, "")).strip()}:
        raise Refused(f"{at} lacks {' and '.join(sorted(missing))}.")
    if unknown := row.keys() - _KEYS - {"rule"}:
        raise Refused(f"{at} has an unknown key {sorted(unknown)[0]!r}.")
    entry = Entry(**{key: str(value).strip() for key, value in row.items()})
    if entry.rule and entry.rule not in kinds:
        raise Refused(f"{at} names the rule {entry.rule!r}, which does not exist.")
    return entry


def quantities(sentence: str) -> tuple[Span, ...]:
    """Where the quantities of a sentence stand; those that touch ("thirty (30) days") count as one."""
    none = [match.span() for match in _IS_NOT.finditer(sentence)]
    found: list[Span] = []
    for match in _IS.finditer(sentence):
        start, end = match.span()
        if any(first < end and start < last for first, last in none):
            continue
        if found and re.fullmatch(r"[\s()–-]*(?:a )?", sentence[found[-1][1] : start]):
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(found)


def sentences(document: Document) -> Iterator[Sentence]:
    """Every sentence of a document that holds a quantity, in the order of the text, with its owners."""
    entries = declared(document.slug).entries
    terms = [term for term, _ in applying(document)]
    for number, text, headings in _passages(document):
        own_terms = [(t.name, _spans(text, t.words)) for t in terms if t.clause == number]
        own_entries = [(e, _spans(text, e.words)) for e in entries if e.clause == number]
        for start, end in _sentences(text):
            words = text[start:end]
            if words in headings:
                continue
            found = tuple(
                Quantity(words[first:last], _owners(span, own_terms), _owners(span, own_entries))
                for first, last in quantities(words)
                for span in [(start + first, start + last)]
            )
            if found:
                names = [name for name, spans in own_terms if any(a < end and start < b for a, b in spans)]
                yield Sentence(document, number, words, found, tuple(dict.fromkeys(names)))


def gone(document: Document) -> tuple[Entry, ...]:
    """The entries whose words no longer stand in their clause of this version."""
    texts = {number: text for number, text, _ in _passages(document)}
    return tuple(e for e in declared(document.slug).entries if not _spans(texts.get(e.clause, ""), e.words))


def computed(document: Document) -> bool:
    """Whether the document has terms; of one without any nothing is computed, and nothing needs an owner."""
    return document.slug in tables()


def faults(documents: Iterable[Document]) -> tuple[str, ...]:
    """What is wrong with the coverage of these versions: quantities of nobody, and entries that stand in none."""
    held = [document for document in documents if computed(document)]
    found = [
        f"{sentence.ref} ({document.version}) holds {_listed(sentence.unowned)}, which nothing owns; write its term, "
        f"or in {_place(document.slug)} why it is not computed"
        for document in held
        for sentence in sentences(document)
        if sentence.unowned
    ]
    for slug in dict.fromkeys(document.slug for document in held):
        absent = [set(gone(document)) for document in held if document.slug == slug]
        found += [
            f"{_place(slug)}: no version holds “{entry.words}” in clause {entry.clause}"
            for entry in declared(slug).entries
            if all(entry in entries for entries in absent)
        ]
    return tuple(found)


def as_json(document: Document) -> dict[str, Any]:
    """The report on one version: every sentence with a quantity, its owners, and the entries that are gone."""
    return {
        "computed": computed(document),
        "sentences": [
            {
                "ref": sentence.ref,
                "words": sentence.words,
                "owned": not sentence.unowned,
                "terms": {name: list(declared(document.slug).readers(name)) for name in sentence.terms},
                "quantities": [
                    {
                        "words": quantity.words,
                        "terms": list(quantity.terms),
                        "entries": [{"rule": e.rule or None, "because": e.because} for e in quantity.entries],
                    }
                    for quantity in sentence.quantities
                ],
            }
            for sentence in sentences(document)
        ],
        "gone": [{"clause": entry.clause, "words": entry.words} for entry in gone(document)],
    }


def applying(document: Document) -> tuple[tuple[Term, bool], ...]:
    """The terms that apply to this version of a document, and whether their words stand in it.

    A value that is limited to this version takes the place of those that hold for every version.
    """
    found = standing(document)
    own = {term.name for term, _ in found if term.version == document.version}
    version = {term.name: document.version if term.name in own else "" for term, _ in found}
    return tuple((term, stands) for term, stands in found if term.version == version[term.name])


def refusing(document: Document) -> tuple[Refusing, ...]:
    """The kinds that refuse to compute under this version, for want of words or clauses that they need."""
    lost = {term.name for term, stands in applying(document) if not stands}
    known = declared(document.slug)

    def missing(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(name for name in names if name in lost or _names_no_clause(name, document))

    found = []
    for rule in rules().values():
        kind = f"{rule.family} {rule.kind}"
        always = missing((*known.reads.get(kind, ()), *rule.clauses))
        if why := (*always, *missing(known.may_read.get(kind, ()))):
            found.append(Refusing(kind, why, bool(always)))
    return tuple(found)


def _names_no_clause(name: str, document: Document) -> bool:
    owner, _, number = name.partition(" ")
    return owner == document.ref and number not in document.clauses


def _passages(document: Document) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Number and text of every clause and article opening, with the lines that only head a table or a part."""
    for module in document.modules:
        if module.opening:
            yield module.opening.number, module.opening.text, frozenset()
        for article in module.articles:
            if article.opening:
                yield article.number, article.opening, frozenset()
            for clause in article.clauses:
                yield clause.number, clause.text, frozenset(_heads(clause))


def _heads(clause: Clause) -> Iterator[str]:
    for part in clause.parts:
        if isinstance(part, Table):
            yield " ".join(part.columns)
        elif isinstance(part, Labelled):
            yield part.label


def _sentences(text: str) -> Iterator[Span]:
    for line in re.finditer(r"[^\n]+", text):
        start = line.start()
        for stop in _SENTENCE_ENDS.finditer(text, line.start(), line.end()):
            yield start, stop.start()
            start = stop.end()
        yield start, line.end()


@cache
def _spans(text: str, words: str) -> tuple[Span, ...]:
    pattern = r"\s+".join(re.escape(word) for word in squeeze(words).split(" "))
    return tuple(match.span() for match in re.finditer(pattern, text))


def _owners(span: Span, candidates: Iterable[tuple[T, tuple[Span, ...]]]) -> tuple[T, ...]:
    """Those in whose words a span lies, each once."""
    inside = (c for c, spans in candidates if any(start <= span[0] and span[1] <= end for start, end in spans))
    return tuple(dict.fromkeys(inside))
