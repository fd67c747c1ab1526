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

MOST_CHARACTERS = 2_000
Reason = Literal["no_clause", "not_loaded", "unavailable"]

# Below this share of known words a question is about something else; set on bench/questions.py's refusal curve.
ENOUGH = 0.42


@dataclass(frozen=True)
class Found:
    """What a search came to: the passage that answers and the runners-up, or the reason why nothing is claimed.

    ``hits`` are the best clauses in order, the answering one first; they are kept where the answer is refused, too, so
    that a person can look at them. ``failure`` is what went wrong where the reason is 'unavailable'.
    """

    question: str
    language: str
    passage: Passage | None
    hits: tuple[Hit, ...]
    reason: Reason | None = None
    failure: Unavailable | None = None


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
        hits = index.rank(asked, max(top, 3))
    except Unavailable as failure:
        return Found(asked, language, None, (), "unavailable", failure)
    if named := mentioned(library, asked, on):
        return Found(asked, language, named, _named_first(named, hits)[:top])
    if not hits or index.fits(asked, hits[0]) < ENOUGH:
        return Found(asked, language, None, hits[:top], "no_clause")
    return Found(asked, language, of_clause(hits[0].document, hits[0].clause), hits[:top])


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


def _named_first(passage: Passage, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    covered = {clause.ref for clause in passage.clauses}
    score = hits[0].score if hits else 0.0
    first = tuple(Hit(passage.document, clause, score) for clause in passage.clauses[:1])
    return first + tuple(hit for hit in hits if hit.clause.ref not in covered)
