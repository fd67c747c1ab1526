"""The index over documents: words alone, or words and meaning together where the encoder is installed."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge.asked import asked, gaps, naming
from knowledge.clauses import Clause, Document
from knowledge.search import Hit, Index, Unavailable, Verdict
from knowledge.search.bare import Bare, open_bare
from knowledge.search.encoder import PACKAGE, installed
from knowledge.search.meaning import Meaning, open_meaning
from knowledge.search.mending import mended
from knowledge.search.shortened import spelled_out
from knowledge.search.verdict import judge, signals
from knowledge.search.words import MANY, Words, open_words

# What meaning counts for beside words, both in standard deviations; chosen on questions of other voices (docs/questions.md).
MEANING = 1.3
# A question in words that the index does not know is judged by its meaning alone, if there is an encoder; one or two such
# words have none.
A_SENTENCE = 3
# The first document is our own company's. Another's answers only where it is named, or its clause fits better by this much.
OWN = 1.5
# Where another company's best clause falls short of the first by no more than this, a question fits both; by more where it is
# among the first three, if there is an encoder: 3 % of other voices' questions about us get theirs so, most of them rightly.
BOTH, BOTH_IN_THREE = 3.0, 7.0
# With a smaller share of known words a question is in another language, and its words say the less.
FAMILIAR = 0.4
# Of very many clauses as many as this are compared one by one, the others only in numpy.
ONE_BY_ONE = 1_000


@dataclass(frozen=True)
class Weighed:
    """A question against everything in the index: scores of the clauses that come into question, and what they rest on.

    ``best`` are the clauses' scores, in standard deviations over all clauses, and places, the best first; ``known`` is the
    share of known words; ``topic`` names the best of clauses' articles and silent topics together; ``named`` are the owners
    that the question names.
    """

    best: tuple[tuple[float, int], ...]
    signals: tuple[float, ...]
    known: float = 0.0
    topic: str = ""
    named: frozenset[str] = frozenset()


class Ranking:
    """The clauses of some documents, the first document being that of our own company."""

    def __init__(
        self, documents: Iterable[Document], words: Words, meaning: Meaning | None = None, bare: Bare | None = None
    ) -> None:
        """``words`` and ``meaning`` are over the entries of these documents, in that order; ``bare`` is over those of their
        clauses for which nobody wrote down how people ask, where there are any."""
        self._documents = tuple(documents)
        self._clauses: list[tuple[Document, Clause]] = [
            (document, clause) for document in self._documents for clause in document.clauses.values()
        ]
        self._topics = [clause.title for _, clause in self._clauses]
        self._topics += [topic for document in self._documents for topic in gaps(document.slug)]
        self._words: Words | None = words
        self._meaning = meaning
        self._bare = bare
        self.weigh = lru_cache(maxsize=64)(self._weigh)

    def rank(self, question: str, top: int) -> tuple[Hit, ...]:
        """At most ``top`` clauses, the best first; empty where no word of the question is known."""
        return tuple(Hit(*self._clauses[row], score) for score, row in self.weigh(question).best[:top])

    def verdict(self, question: str) -> Verdict:
        """Whether the best clause may be given as the answer."""
        weighed = self.weigh(question)
        if not weighed.best:
            return "silent"
        kind = self.kind(weighed)
        if weighed.known < FAMILIAR and (kind == "words" or len(question.split()) < A_SENTENCE):
            return "silent"
        return judge(kind).verdict(weighed.signals)

    def odds(self, question: str) -> float:
        """How far the log-odds of a question's being answered are above the bar for an answer."""
        weighed = self.weigh(question)
        if not weighed.best:
            return -math.inf
        judging = judge(self.kind(weighed))
        return judging.odds(weighed.signals) - judging.answers

    def topic(self, question: str) -> str:
        """The silent topic that fits best or, where a clause fits better, what its article is called."""
        return self.weigh(question).topic

    def kind(self, weighed: Weighed) -> str:
        """Which judge a question comes before."""
        if self._meaning is None:
            return "words"
        return "meaning" if weighed.known >= FAMILIAR else "foreign"

    def both(self, question: str, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        """The best hit of each other company that the question names or, where it names none, of one that fits about as
        well as the first hit."""
        if len(self.weigh(question).named) > 1:
            best: dict[str, Hit] = {}
            for hit in self.rank(question, len(self._clauses)):
                best.setdefault(hit.document.owner, hit)
            return tuple(best[owner] for owner in sorted(best.keys() - {hits[0].document.owner}))
        others = [(at, hit) for at, hit in enumerate(hits) if hit.document.owner != hits[0].document.owner]
        if not asked(hits[0].document.slug):
            return ()  # A clause for which nobody wrote down how people ask is never far ahead of others.
        wide = BOTH_IN_THREE if self._meaning else BOTH
        return tuple(hit for at, hit in others[:1] if hit.score > hits[0].score - (wide if at < 3 else BOTH))

    def close(self) -> None:
        """Give back the database; every later call is Unavailable."""
        for held in (self._words, self._bare):
            if held:
                held.close()
        self._words = None
        self.weigh.cache_clear()

    def _weigh(self, question: str) -> Weighed:
        if self._words is None:
            raise Unavailable("The index was closed.")
        question = spelled_out(question)
        named = self._named(question)
        by_words = self._words.weigh(question)
        if by_words.known >= FAMILIAR:
            meant = mended(question, self._words.rarities)
            by_words, question = (self._words.weigh(meant) if meant != question else by_words), meant
        # A company's name, too, may have a slip in it, or look like a word that has one.
        named |= self._named(question)
        rows = self._of(named)
        if not by_words.known or not rows:
            return Weighed((), ())
        count = len(self._clauses)
        silent = range(count, len(by_words.scores))
        by_meaning = self._meaning.weigh(question) if self._meaning else None
        if self._bare:
            by_words = self._bare.words(question, by_words)
            by_meaning = self._bare.meaning(question, by_meaning) if by_meaning is not None else None
        standing = [(1.0, by_words.scores)]
        if by_meaning is not None:
            standing = [(min(1.0, (by_words.known / FAMILIAR) ** 2), by_words.scores), (MEANING, by_meaning)]
        scores = (_standing if count <= MANY else _standing_of_many)(standing, count)
        if len(rows) > MANY:
            rows = _best(scores, rows)
        own = self._documents[0].owner
        handicap = [0.0 if named or self._clauses[row][0].owner == own else OWN for row in rows]
        seen = (*rows, *silent)
        rests_on = signals(
            [by_words.scores[row] for row in seen],
            [by_meaning[row] for row in seen] if by_meaning is not None else None,
            [scores[row] for row in seen],
            by_words.known,
            len(question.split()),
            len(rows),
        )
        handed = [(scores[row] - less, row) for row, less in zip(rows, handicap, strict=True)]
        handed.sort(key=lambda pair: (-pair[0], pair[1]))
        told = by_words.scores if by_meaning is None else by_meaning
        topic = self._topics[max(seen, key=lambda row: told[row])]
        return Weighed(tuple(handed), rests_on, by_words.known, topic, named)

    def _of(self, named: Collection[str]) -> Sequence[int]:
        """The rows of the documents of companies that are named; of all where none is."""
        if not named:
            return range(len(self._clauses))
        return tuple(row for row, (document, _) in enumerate(self._clauses) if document.owner in named)

    def _named(self, question: str) -> frozenset[str]:
        return frozenset(document.owner for document in self._documents if naming(document).search(question))


def open_index(documents: Iterable[Document], *, alone: bool = False) -> Index:
    """The best index that this installation can hold; by words ``alone``, as without the encoder, where that is asked for."""
    documents = tuple(documents)
    by_meaning = bool(installed()) and not alone
    meaning = open_meaning(documents) if by_meaning else None
    return Ranking(documents, open_words(documents), meaning, open_bare(documents, by_meaning=by_meaning))


def lost() -> str:
    """What this installation does without, in a sentence; empty where nothing is missing."""
    if installed():
        return ""
    return f"questions are answered by words alone, fewer of them right, because {PACKAGE} is not installed"


def _standing(scores: Iterable[tuple[float, Sequence[float]]], clauses: int) -> Sequence[float]:
    """Scores in standard deviations of the clauses from their mean, each kind counting so many times, added up."""
    sums: list[float] = []
    for times, some in scores:
        mean = math.fsum(some[:clauses]) / clauses
        spread = math.sqrt(math.fsum((score - mean) ** 2 for score in some[:clauses]) / clauses) or 1.0
        stood = [times * (score - mean) / spread for score in some]
        sums = [one + two for one, two in zip(sums, stood, strict=True)] if sums else stood
    return sums


def _standing_of_many(scores: Iterable[tuple[float, Sequence[float]]], clauses: int) -> Sequence[float]:
    """The same in numpy, which pays where there are many."""
    import numpy as np  # noqa: PLC0415

    arrays = [(times, np.asarray(some), np.asarray(some[:clauses])) for times, some in scores]
    stood: Sequence[float] = sum(times * (some - of.mean()) / (of.std() or 1.0) for times, some, of in arrays)
    return stood


def _best(scores: Sequence[float], rows: Sequence[int]) -> tuple[int, ...]:
    """The rows with the best scores, as many as are looked at one by one."""
    import numpy as np  # noqa: PLC0415

    # A range is all clauses; turned into an array number by number it would take longer than the search.
    places = np.arange(rows.start, rows.stop) if isinstance(rows, range) else np.asarray(rows)
    among = np.asarray(scores)[places]
    return tuple(places[np.sort(np.argpartition(among, -ONE_BY_ONE)[-ONE_BY_ONE:])].tolist())
