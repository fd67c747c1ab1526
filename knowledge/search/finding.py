"""From a question to what may be said: the clause that answers it, or that the documents do not say."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from knowledge.asked import naming
from knowledge.language import language_of, says_something
from knowledge.library import Library
from knowledge.lookup import Passage, by_ref, find, mentioned, of_clause, unheard_of
from knowledge.refused import Refused
from knowledge.search import Hit, Index, Unavailable
from knowledge.search.asking import asked_in, leans, may_lean, unnamed
from knowledge.search.spelled import in_digits

# A longer question is asked back; it would be searched by parts that nobody can foresee.
MOST_CHARACTERS = 12_000
# A longer question is searched by that part of it which the documents answer best.
LONG = 600
Reason = Literal["no_clause", "unsure", "not_loaded", "unavailable"]
_UNSEEN = {"Cc", "Cs"}
_CANDIDATES = 10  # looked through for another company's clause
_SHOWN = 60  # characters of what was typed, in a refusal
_PARTS = 24  # of a long question, that are looked at


@dataclass(frozen=True)
class Confirmed:
    """What a person (``by``) said, ``on`` a day, that answers this very wording; ``ref`` is empty where no clause does."""

    ref: str
    by: str
    on: date


@dataclass(frozen=True)
class Found:
    """What a search came to: the passage that answers and the runners-up, or the reason why nothing is claimed.

    ``hits`` are the best clauses in order, the answering one first; they are kept where the answer is refused, too, so
    that a person can look at them. The reason is 'unsure' where one of them may well answer, 'no_clause' where the
    documents are silent. ``also`` are passages of another company's document that answer as well. ``failure`` is what went
    wrong where the reason is 'unavailable'. ``earlier`` is the question together with which this one was read, if any;
    ``confirmed`` says that a person, not the search, named the answer; ``topic`` is what the question seems to be about.
    """

    question: str
    language: str
    passage: Passage | None
    hits: tuple[Hit, ...]
    reason: Reason | None = None
    failure: Unavailable | None = None
    also: tuple[Passage, ...] = ()
    earlier: str = ""
    confirmed: Confirmed | None = None
    topic: str = ""


def ask(
    library: Library,
    index: Index,
    question: str,
    top: int = 3,
    on: date | None = None,
    language: str | None = None,
    *,
    earlier: str = "",
    clients: Collection[str] = (),
    confirmed: Confirmed | None = None,
) -> Found:
    """The best passage for a question and ``top`` hits; Refused where the question is empty, too long or has no words.

    A clause that the question names by number is looked up in the versions in force ``on`` that day. ``language`` is that
    of the answer's frame; the question's own where none is given. With an ``earlier`` question, one that goes on from it
    is read together with it. ``clients`` are names that mean no more than 'the client'. What a person ``confirmed`` for
    this wording comes before what the search finds.
    """
    asked = check(question)
    language = language or language_of(asked)
    sought = unnamed(asked, clients)
    together = _together(library, unnamed(earlier, clients), sought) if earlier else ""
    if confirmed:
        found, read = _confirmed(library, _find(library, index, sought, top, on), confirmed, on), ""
    elif together and leans(asked):
        found, read = _find(library, index, together, top, on), earlier
    else:
        found, read = _find(library, index, sought, top, on), ""
        if together and found.reason in ("no_clause", "unsure") and may_lean(asked):
            both = _find(library, index, together, top, on)
            found, read = (both, earlier) if both.passage else (found, "")
    return replace(found, question=asked, language=language, earlier=read)


def named(library: Library, typed: str, on: date | None = None) -> Passage | None:
    """The passage that typed words are the name of: a number in digits or in words, a defined term, a module, or words with
    a number among them; None where they name none. Refused, with the nearest, where they are a number that no clause has."""
    if passage := find(library, typed, on):
        return passage
    spoken = in_digits(typed)
    return find(library, spoken, on) if spoken else mentioned(library, typed, on)


def fitting(index: Index, typed: str, top: int) -> tuple[Hit, ...]:
    """The clauses that typed words fit best, without a claim that one of them answers; Refused where there is none."""
    if hits := index.rank(typed, top):
        return hits
    shown = typed if len(typed) <= _SHOWN else f"{typed[:_SHOWN]}…"
    raise Refused(f"No clause has the words '{shown}'. Name one, for example 7.3, itaf 4.4 or force majeure.")


def _together(library: Library, earlier: str, asked: str) -> str:
    """A question read with the one before it: of small words alone ("why?") it adds nothing, and where it names a company,
    it is about that one."""
    if not says_something(asked):
        return earlier
    names = list(dict.fromkeys(naming(document) for document in library.documents))
    if any(name.search(asked) for name in names):
        for name in names:
            earlier = earlier if name.search(asked) else name.sub(" ", earlier)
    return f"{earlier} {asked}"


def _find(library: Library, index: Index, asked: str, top: int, on: date | None) -> Found:
    if not library.documents:
        return Found(asked, "", None, (), "not_loaded")
    try:
        sought = asked if len(asked) <= LONG else max(asked_in(asked, _PARTS), key=index.odds)
        hits = index.rank(sought, max(top, _CANDIDATES))
        if named := _numbered(library, sought, on):
            return Found(asked, "", named, _named_first(named, hits)[:top])
        if unheard_of(library, sought, on) or unheard_of(library, in_digits(sought), on):
            return Found(asked, "", None, hits[:top], "no_clause", topic=index.topic(sought))
        verdict = index.verdict(sought) if hits and says_something(sought) else "silent"
        if verdict != "answers":
            reason: Reason = "unsure" if verdict == "perhaps" else "no_clause"
            return Found(asked, "", None, hits[:top], reason, topic=index.topic(sought))
    except Unavailable as failure:
        return Found(asked, "", None, (), "unavailable", failure)
    both = index.both(sought, hits)
    passage, *also = (of_clause(hit.document, hit.clause) for hit in (hits[0], *both))
    return Found(asked, "", passage, _with(hits, both, top), also=tuple(also))


def _numbered(library: Library, asked: str, on: date | None) -> Passage | None:
    """The passage that a question names by number, in digits or in words; where one of the two tells the paragraph, that one."""
    spoken = in_digits(asked)
    written = (spoken, asked) if "." in spoken else (asked, spoken)
    return next(filter(None, (mentioned(library, text, on) for text in written)), None)


def _confirmed(library: Library, found: Found, confirmed: Confirmed, on: date | None) -> Found:
    """What was found, with what a person confirmed in the place of the answer."""
    if not confirmed.ref:
        return replace(found, passage=None, also=(), reason="no_clause", confirmed=confirmed)
    passage = by_ref(library, confirmed.ref, on)
    hits = _named_first(passage, found.hits)[: max(len(found.hits), 1)]
    return replace(found, passage=passage, hits=hits, also=(), reason=None, confirmed=confirmed, topic="")


def check(question: str) -> str:
    """The question with its white space in order, without control characters and halves of characters (bytes that were no
    UTF-8); Refused where nothing could be looked for."""
    # What is printable holds neither; most questions are.
    seen = question.isprintable() and question
    seen = seen or "".join(c for c in question if unicodedata.category(c) not in _UNSEEN or c.isspace())
    asked = " ".join(seen.split())
    if not asked:
        raise Refused("The question is empty. Ask in a sentence, for example: how late may a client cancel a workshop?")
    if len(asked) > MOST_CHARACTERS:
        raise Refused(
            f"The question has {len(asked):,} characters; at most {MOST_CHARACTERS:,} can be looked up. Ask the core of it."
        )
    if not any(c.isalnum() for c in asked):
        raise Refused("There are no words in this question. Ask in a sentence, in English, Dutch or French.")
    return asked


def _with(hits: tuple[Hit, ...], both: tuple[Hit, ...], top: int) -> tuple[Hit, ...]:
    """The best hits, the last of them giving way to those of ``both`` that would fall outside."""
    missing = tuple(hit for hit in both if hit not in hits[:top])
    return hits[: max(1, top - len(missing))] + missing if top > 1 else hits[:top]


def _named_first(passage: Passage, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    covered = {clause.ref for clause in passage.clauses}
    score = hits[0].score if hits else 0.0
    first = tuple(Hit(passage.document, clause, score) for clause in passage.clauses[:1])
    return first + tuple(hit for hit in hits if hit.clause.ref not in covered)
