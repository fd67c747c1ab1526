"""From typed words such as ``art. 7.3``, ``itaf 4.4``, ``15.3 b`` or ``consignment hours`` to the passage they name."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date

from knowledge.clauses import Clause, Document, Listing, Part
from knowledge.library import Library
from knowledge.references import defined_term, used_terms
from knowledge.refused import Refused

_NUMBER = re.compile(
    r"(?:(?P<document>[a-z][a-z0-9-]*)[\s,:]+)??"
    r"(?:(?:art|article|artikel|articles|artikelen|clause|clauses|clausule|section|sec|paragraph|par|point|punt|nr|no|block)\b\.?\s*|§\s*)?"
    r"(?P<article>\d{1,6})(?:\s?[.,]\s?(?P<paragraph>\d{1,6}))?\.?"
    r"(?:[\s.]*\(?(?P<item>[a-z])\)?)?",
    re.IGNORECASE,
)
_CUE = r"(?:art|article|artikel|clause|clausule|section)\b"
_UNIT = (
    r"%|€|eur\b|euros?\b|h\b|u\b|k\b|(?:uur|uren|hours?|heures?|sec\w*|min\w*|days?|dagen|jours?|weeks?|weken|months?|"
    r"maand\w*|mois|years?|jaar|ans?|percent|procent|pour ?cent|million\w*|miljoen\w*|[kmgt]b|km|times|keer|fois)\b"
)
_IN_A_QUESTION = re.compile(
    rf"\b(?:(?:itq|itaf)\s+)?(?:{_CUE}\.?\s*\d{{1,3}}(?:\.\d{{1,3}})?(?:\s?\(?[a-z]\))?"
    rf"|(?:itq|itaf)\s+\d{{1,3}}(?:\.\d{{1,3}})?|\d{{1,2}}\.\d{{1,2}})(?![\w.,]*\d)(?!\w)(?!\s*(?:{_UNIT}))",
    re.IGNORECASE,
)
_CUED = re.compile(rf"(?:[a-z][a-z0-9-]*\s+)?(?:{_CUE}|(?<=\s)\d)", re.IGNORECASE)
# Articles of other texts, and what has a version: none of them is a clause of ours.
_LAW = (
    r"(?:gdpr|avg|rgpd|dsgvo|regulation|verordening|règlement|law|act|wet|loi|directive|richtlijn|(?:\w+ )?code"
    r"|(?:\w+ )?wetboek|bw)\b"
)
_LAW_BEHIND = re.compile(
    rf"\s*(?:\(?\d*\)?)?\s*(?:(?:of|van|du|de|uit)\s+)?(?:(?:the|de|het|la)\s+|l['’])?(?:belgian |belgische )?{_LAW}",
    re.IGNORECASE,
)
_LAW_BEFORE = re.compile(rf"{_LAW}[\s,:]*$", re.IGNORECASE)
_VERSION_BEFORE = re.compile(
    r"(?:versions?|versies?|release|update|v|vsphere|vcenter|esxi|nsx|horizon|windows|python|java|kubernetes|tls|€|eur)\s*$",
    re.IGNORECASE,
)
_MODULE = re.compile(r"(?:(?P<document>[a-z][a-z0-9-]*)\s+)?module[:\s]\s*(?P<slug>[a-z][a-z0-9 -]*)", re.IGNORECASE)


@dataclass(frozen=True)
class Passage:
    """What a reference names: a clause, an article with all its clauses, or one lettered entry of a clause.

    ``text`` is verbatim; ``clauses`` are those it covers. ``also`` are passages of the other company's document that bear
    the same number.
    """

    document: Document
    number: str
    title: str
    module: str
    text: str
    parts: tuple[Part, ...]
    clauses: tuple[Clause, ...]
    also: tuple[str, ...] = ()

    @property
    def ref(self) -> str:
        return f"{self.document.ref} {self.number}"

    @property
    def note(self) -> str:
        """What a reader should know about the text and the clauses that are quoted; empty where there is nothing."""
        notes = (self.document.notes.get(clause.number, "") for clause in self.clauses)
        return " ".join(filter(None, (self.document.note, *notes)))


def find(library: Library, words: str, on: date | None = None) -> Passage | None:
    """The passage that a typed number, module name or defined term names; None where the words name none of these.

    Without a document's name a number is that of the first document (ITQ). Refused, with the nearest numbers that exist,
    where the words are a number that no clause has; ``on`` picks the versions in force that day.
    """
    typed = _plain(words)
    if module := _MODULE.fullmatch(typed):
        return _module(library, module["document"], module["slug"], on)
    number = _NUMBER.fullmatch(typed)
    if number and (number["paragraph"] or number["document"] is None or number["document"].lower() in library.slugs):
        return _numbered(library, number, on)
    for document in library.in_force(on):
        if clause := defined_term(document, typed):
            return of_clause(document, clause)
    return None


def mentioned(library: Library, question: str, on: date | None = None) -> Passage | None:
    """The passage whose number stands in a question ("what does 7.3 say about it?"); None where none does.

    Only numbers with a paragraph, or after a word such as 'article', count: "5 days" is no reference. Where the question
    names one company, the number is that of its document.
    """
    for number in _mentions(library, question):
        with suppress(Refused):
            if passage := find(library, number, on):
                return passage
    return None


def unheard_of(library: Library, question: str, on: date | None = None) -> bool:
    """Whether a question asks by number for a clause that no document has ("what does article 99 say?")."""
    cued = any(_CUED.match(number) for number in _mentions(library, question))
    return cued and mentioned(library, question, on) is None


def _mentions(library: Library, question: str) -> Iterator[str]:
    """The numbers of our clauses that stand in a question, each with the document that the question names, if it is one."""
    named = [slug for slug in library.slugs if re.search(rf"\b{re.escape(slug)}s?\b", question, re.IGNORECASE)]
    for match in _IN_A_QUESTION.finditer(question):
        before = question[: match.start()]
        if _LAW_BEHIND.match(question, match.end()) or _LAW_BEFORE.search(before):
            continue
        own = match[0].lower().startswith(tuple(library.slugs))
        if not (own or _CUED.match(match[0])) and _VERSION_BEFORE.search(before):
            continue
        yield f"{named[0]} {match[0]}" if len(named) == 1 and not own else match[0]


def of_clause(document: Document, clause: Clause) -> Passage:
    """A clause as a passage."""
    return Passage(document, clause.number, clause.title, clause.module, clause.text, clause.parts, (clause,))


def by_ref(library: Library, ref: str, on: date | None = None) -> Passage:
    """The passage with a full ref such as ``ITQ 7.3``; Refused where there is none."""
    passage = find(library, ref, on)
    if passage is None:
        raise Refused(f"{ref!r} names no clause; write for example 'ITQ 7.3'.")
    return passage


def mentions(passage: Passage) -> tuple[str, ...]:
    """Refs of this document that the passage points at, in the order of its words, each once."""
    document = passage.document
    found = [r.target for c in passage.clauses for r in document.references[c.number] if not r.outside]
    return tuple(ref for ref in dict.fromkeys(found) if ref not in _own(passage))


def outside(passage: Passage) -> tuple[str, ...]:
    """Other texts that the passage points at, such as ``GDPR 28(3)``."""
    references = passage.document.references
    return tuple(dict.fromkeys(r.target for c in passage.clauses for r in references[c.number] if r.outside))


def mentioned_by(passage: Passage) -> tuple[str, ...]:
    """Refs of clauses that point at the passage, in the order of the text."""
    own = _own(passage)
    document = passage.document
    return tuple(
        f"{document.ref} {number}"
        for number, references in document.references.items()
        if f"{document.ref} {number}" not in own and any(r.target in own and not r.outside for r in references)
    )


def defines(passage: Passage) -> tuple[str, ...]:
    """Terms whose definition the passage is."""
    numbers = {clause.number for clause in passage.clauses}
    return tuple(term for term, clause in passage.document.definitions.items() if clause.number in numbers)


def uses(passage: Passage) -> dict[str, Clause]:
    """Defined terms that the passage uses, with the clauses that define them."""
    found: dict[str, Clause] = {}
    for clause in passage.clauses:
        found.update(used_terms(passage.document, clause))
    return found


def beside(passage: Passage) -> tuple[Clause | None, Clause | None]:
    """The clauses before and after the passage in the text."""
    clauses = list(passage.document.clauses.values())
    first, last = clauses.index(passage.clauses[0]), clauses.index(passage.clauses[-1])
    return (clauses[first - 1] if first else None, clauses[last + 1] if last + 1 < len(clauses) else None)


def _own(passage: Passage) -> set[str]:
    return {passage.ref, *(clause.ref for clause in passage.clauses)}


def _plain(words: str) -> str:
    """Typed words with straight spaces; digits of other scripts are refused rather than guessed at."""
    typed = " ".join(words.split())
    for character in typed:
        if character.isdigit() and not character.isascii():
            digits = "".join(str(unicodedata.digit(c, c)) for c in typed).replace("\u066b", ".")
            raise Refused(f"Write a clause number with the digits 0 to 9; did you mean {digits!r}?")
    return typed


def _module(library: Library, name: str | None, words: str, on: date | None) -> Passage | None:
    slug = re.sub(r"\s+", "-", words.strip().lower())
    documents = library.in_force(on) if name is None else (library.document(name, on=on),)
    for document in documents:
        for module in document.modules:
            if module.opening and module.slug == slug:
                return of_clause(document, module.opening)
    return None


def _numbered(library: Library, typed: re.Match[str], on: date | None) -> Passage:
    number = str(int(typed["article"]))
    if typed["paragraph"]:
        number += f".{int(typed['paragraph'])}"
    if typed["document"]:
        return _in_document(library.document(typed["document"], on=on), number, typed["item"])
    if not library.in_force(on):
        raise Refused("There are no documents to look in.")
    first, *others = library.in_force(on)
    same = tuple(f"{other.ref} {number}" for other in others if _has(other, number))
    if not _has(first, number):
        hint = f" {' and '.join(same)} exists: name the document to see it." if same else ""
        raise Refused(_missing(first, number) + hint)
    passage = _in_document(first, number, typed["item"])
    return replace(passage, also=same)


def _has(document: Document, number: str) -> bool:
    return number in document.clauses or number in document.articles


def _in_document(document: Document, number: str, item: str | None) -> Passage:
    if clause := document.clauses.get(number):
        return _item(document, clause, item.lower()) if item else of_clause(document, clause)
    article = document.articles.get(number)
    if article is None:
        raise Refused(_missing(document, number))
    if item:
        raise Refused(f"{document.ref} {number} is an article; entries such as {item!r} belong to its clauses.")
    text = "\n".join(f"{printed(document, clause)} {clause.text}" for clause in article.clauses)
    if article.opening:
        text = f"{article.opening}\n{text}"
    module = article.clauses[0].module
    return Passage(document, number, article.title, module, text, (), article.clauses)


def printed(document: Document, clause: Clause) -> str:
    """A clause's number as its document prints it: '7.3.', or '4.' inside a block that bears no number."""
    whole = f"{clause.number}."
    return whole if document.holds(f"{whole} {clause.text}") else f"{clause.number.rpartition('.')[2]}."


def _item(document: Document, clause: Clause, letter: str) -> Passage:
    letters: list[str] = []
    for part in clause.parts:
        if isinstance(part, Listing) and part.kind == "lettered":
            for item in part.items:
                letters.append(item.letter)
                if item.letter == letter:
                    one = Listing("lettered", (item,))
                    number = f"{clause.number} {letter}"
                    return Passage(document, number, clause.title, clause.module, one.text, (one,), (clause,))
    there_are = f"it has {letters[0]} to {letters[-1]}" if letters else "it has no lettered entries"
    raise Refused(f"{clause.ref} has no entry {letter}; {there_are}.")


def _missing(document: Document, number: str) -> str:
    """'ITQ has no clause 7.9; nearest are 7.3 and 8.1.'"""
    numbers = [name for name in document.clauses if not name.startswith("module:")]
    if "." not in number:
        articles = list(document.articles)
        return f"{document.ref} has no article {number}; it has articles {articles[0]} to {articles[-1]}."
    at = bisect_left([_key(name) for name in numbers], _key(number))
    nearest = numbers[max(0, at - 1) : at + 1]
    are = "nearest are" if len(nearest) > 1 else "nearest is"
    return f"{document.ref} has no clause {number}; {are} {' and '.join(nearest)}."


def _key(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split("."))
