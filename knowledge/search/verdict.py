"""From signals to a verdict: may the best clause be given as the answer, is it one of a few, or are the documents silent?

A logistic over a handful of signals; its weights and the two bars are computed by ``bench/train.py`` from questions of voices
that are in no index, among them many that no clause answers, and stand in ``trained/verdict.json``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from knowledge.search import Verdict
from knowledge.search.shelved import SHIPPED


@dataclass(frozen=True)
class Judge:
    """Weights over signals. ``means`` and ``spreads`` bring each to the same size; the last weight stands alone.

    ``looks_at`` says which signals they are for. ``answers`` and ``perhaps`` are the least log-odds for these verdicts.
    """

    looks_at: slice

    means: tuple[float, ...]
    spreads: tuple[float, ...]
    weights: tuple[float, ...]
    answers: float
    perhaps: float

    def odds(self, signals: Sequence[float]) -> float:
        """The log-odds that the documents answer the question."""
        seen = zip(signals[self.looks_at], self.means, self.spreads, strict=True)
        sized = [(signal - mean) / spread for signal, mean, spread in seen]
        return math.fsum(w * s for w, s in zip(self.weights, [*sized, 1.0], strict=True))

    def verdict(self, signals: Sequence[float]) -> Verdict:
        """The verdict on a question with these signals."""
        odds = self.odds(signals)
        return "answers" if odds >= self.answers else "perhaps" if odds >= self.perhaps else "silent"


@cache
def judge(kind: str) -> Judge:
    """The judge of a ranking: ``words`` for words alone, ``meaning`` for both, ``foreign`` for meaning alone."""
    table = json.loads((SHIPPED / "verdict.json").read_text(encoding="utf-8"))[kind]
    means, spreads, weights = (tuple(table[name]) for name in ("means", "spreads", "weights"))
    return Judge(LOOKS_AT[kind], means, spreads, weights, table["answers"], table["perhaps"])


def signals(
    words: Sequence[float],
    meant: Sequence[float] | None,
    standing: Sequence[float],
    known: float,
    length: int,
    clauses: int,
) -> tuple[float, ...]:
    """What the verdict rests on, from an entry's scores by words and, where there is an encoder, by meaning, and where it
    stands by both; ``length`` is the question's, in words.

    The first ``clauses`` scores are those of the clauses that come into question, the rest those of topics on which the
    documents are silent. In order: the share of known words; the best clause's lead over the best silent topic by words;
    the length's logarithm, since a short question leads by less; the same lead where they stand; by meaning the lead of all
    clauses together over all silent topics; and the best clause's score by meaning.
    """
    by_words = (known, _lead(words, clauses), math.log(max(length, 1)))
    if meant is None:
        return by_words
    together = _together(meant[:clauses]) - _together(meant[clauses:])
    return (*by_words, _lead(standing, clauses), together, max(meant[:clauses]))


# Which of the signals each judge looks at. A question in a language that the index does not know is judged by meaning alone.
LOOKS_AT = {"words": slice(0, 3), "meaning": slice(0, 5), "foreign": slice(4, 6)}


def _lead(scores: Sequence[float], clauses: int) -> float:
    best = max(scores[:clauses])
    return best - max(scores[clauses:], default=best)


def _together(scores: Sequence[float]) -> float:
    """The logarithm of the sum of the scores' exponentials; 0 for none."""
    if not scores:
        return 0.0
    top = max(scores)
    return top + math.log(math.fsum(math.exp(score - top) for score in scores))
