"""From a question to what may be said: the clause that answers it, or that the documents do not say."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal

from knowledge.language import language_of
from knowledge.library import Library
from knowledge.lookup import Passage, mentioned, of_clause
from knowledge.refused import Refused
from knowledge.search import Hit, Index, Unavailable
from knowledge.search.spelled import in_digits

MOST_CHARACTERS = 4_000
Reason = Literal["no_clause", "unsure", "not_loaded", "unavailable"]
_CANDIDATES = 10  # looked through for another company's clause


@dataclass(frozen=True)
class Found:
    """What a search came to: the passage that answers and the runners-up, or the reason why nothing is claimed.

    ``hits`` are the best clauses in order, the answering one first; they are kept where the answer is refused, too, so
    that a person can look at them. The reason is 'unsure' where one of them may well answer, 'no_clause' where the
    documents are silent. ``also`` are passages of another company's document that answer as well. ``failure`` is what went
    wrong where the reason is 'unavailable'.
    """

    question: str
    language: str
    passage: Passage | None
    hits: tuple[Hit, ...]
    reason: Reason | None = None
    failure: Unavailable | None = None
    also: tuple[Passage, ...] = ()


def ask(
    library: Library,
    index: Index,
    question: str,
    top: int = 3,
    on: date | None = None,
    language: str | None = None,
) -> Found:
    """The best passage for a question and ``top`` hits; Refused where the question is empty, too long or has no words.

    A clause that the question names by number is looked up in the versions in force ``on`` that day. ``language`` is that
    of the answer's frame; the question's own where none is given.
    """
    asked = check(question)
    language = language or language_of(asked)
    if not library.documents:
        return Found(asked, language, None, (), "not_loaded")
    try:
        hits = index.rank(asked, max(top, _CANDIDATES))
        if named := mentioned(library, asked, on) or mentioned(library, in_digits(asked), on):
            return Found(asked, language, named, _named_first(named, hits)[:top])
        verdict = index.verdict(asked) if hits else "silent"
    except Unavailable as failure:
        return Found(asked, language, None, (), "unavailable", failure)
    if verdict != "answers":
        return Found(asked, language, None, hits[:top], "unsure" if verdict == "perhaps" else "no_clause")
    both = index.both(hits)
    passage, *also = (of_clause(hit.document, hit.clause) for hit in (hits[0], *both))
    return Found(asked, language, passage, _with(hits, both, top), also=tuple(also))


def check(question: str) -> str:
    """The question with its white space in order; Refused where nothing could be looked for."""
    asked = " ".join("".join(c for c in question if unicodedata.category(c) != "Cc" or c.isspace()).split())
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
