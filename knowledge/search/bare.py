"""Clauses for which nobody wrote down how people ask: beside clauses that have dozens of questions they would never be found.

What such a clause says for itself is laid against what every other clause says for itself, in an index of their own texts
alone. How far it stands out there, in standard deviations, is how far it stands out among those that have questions.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from knowledge.asked import unspoken
from knowledge.clauses import Clause, Document
from knowledge.search.asking import sentences
from knowledge.search.meaning import Meaning, made
from knowledge.search.shelved import OWN_TEXTS, entries
from knowledge.search.words import MANY, Weighed, Words, counted

# What its own text says for a clause counts for less than what people say; chosen on clauses whose questions were left out.
WORDS, MEANING = 0.65, 0.85


class Bare:
    """All clauses of some documents by their own texts; ``places`` are those of the clauses that have nothing else."""

    def __init__(self, places: Sequence[int], words: Words, meaning: Meaning | None = None) -> None:
        self._places = places
        self._words = words
        self._meaning = meaning

    def words(self, question: str, weighed: Weighed) -> Weighed:
        """What a question came to by words, with the scores that these clauses would have if people's words were known."""
        return replace(weighed, scores=self._lifted(weighed.scores, self._words.weigh(question).scores, WORDS))

    def meaning(self, question: str, scores: Sequence[float]) -> Sequence[float]:
        """The same for what it came to by meaning."""
        return self._lifted(scores, self._meaning.weigh(question), MEANING) if self._meaning else scores

    def close(self) -> None:
        """Give back the database; every later call is Unavailable."""
        self._words.close()

    def _lifted(self, scores: Sequence[float], own: Sequence[float], trust: float) -> Sequence[float]:
        bare = frozenset(self._places)
        mean, spread = _mean_and_spread([score for at, score in enumerate(scores[: len(own)]) if at not in bare])
        own_mean, own_spread = _mean_and_spread(own)
        lifted = list(scores)
        for place in self._places:
            lifted[place] = mean + trust * spread * (own[place] - own_mean) / own_spread
        return lifted


def open_bare(documents: Iterable[Document], *, by_meaning: bool) -> Bare | None:
    """The clauses of some documents that have no words of people's; None where all have, or none, or there are too many."""
    documents = tuple(documents)
    if not any(unspoken(document) for document in documents):
        return None
    clauses = [entry for entry in entries(documents) if entry.clause]
    places = [place for place, entry in enumerate(clauses) if len(entry.texts) == OWN_TEXTS]
    if len(places) == len(clauses) or len(clauses) > MANY:
        return None
    own = tuple(replace(entry, texts=entry.texts[:OWN_TEXTS]) for entry in clauses)
    said = tuple(replace(entry, texts=_said(entry.clause)) for entry in clauses if entry.clause)
    return Bare(places, counted(own), Meaning(lambda: made("said", documents, said)) if by_meaning else None)


def _said(clause: Clause) -> tuple[str, ...]:
    """What a clause says, piece by piece: of a long text the encoder gets no more than what it is about on the whole."""
    return (clause.title, *sentences(clause.text))


def _mean_and_spread(scores: Sequence[float]) -> tuple[float, float]:
    mean = math.fsum(scores) / len(scores)
    return mean, math.sqrt(math.fsum((score - mean) ** 2 for score in scores) / len(scores)) or 1.0
