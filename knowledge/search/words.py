"""Ranking by words: how likely each clause is, given the words, parts of words and pairs of words of a question.

A naive Bayes over all that a clause and the people who ask for it say. It needs nothing but the standard library; what was
counted comes with the package in a small database, so that a start reads only what a question needs.
"""

from __future__ import annotations

import math
import sqlite3
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from knowledge.clauses import Document
from knowledge.search import Unavailable
from knowledge.search.grams import pieces, terms
from knowledge.search.shelved import SHIPPED, Entry, entries, fingerprint, key_of

COUNTS = SHIPPED / "words.sqlite"
# What an unseen piece counts for, in parts of a text; chosen on held-back questions (bench/train.py).
_UNSEEN = 0.02
_AT_ONCE = 500
# With more entries than this the sums are done in numpy, where the index is not added to.
MANY = 5_000

Posting = tuple[int, float]  # the place of an entry, and the weight of a piece in it


@dataclass(frozen=True)
class Weighed:
    """A question by its words: a score for every entry (natural logarithm, per unit of the question's length).

    ``known`` is the share of the question's words and word parts, by rarity, that any entry has, from 0 to 1.
    """

    scores: Sequence[float]
    known: float


@dataclass(frozen=True)
class Placed:
    """How entries stand to those that were counted: their ``bases`` in order; ``places`` of what was counted, by its row
    in the database, where it is still there (None where all stand in their rows' order); and the weights, by piece, in
    entries that are ``fresh``."""

    bases: tuple[float, ...]
    places: Mapping[int, int] | None = None
    fresh: Mapping[str, Sequence[Posting]] = field(default_factory=dict)


class Words:
    """Counts over some entries; ``weigh`` may be called from any one thread at a time."""

    def __init__(self, db: sqlite3.Connection, placed: Placed | None = None) -> None:
        """Take over a database that ``write`` or ``counted`` filled; ``placed`` where other entries are asked for."""
        self._db = db
        (self._rarest,) = db.execute("select rarest from made").fetchone()
        self._row = _row(db.execute("select count(*) from entries").fetchone()[0])
        self._placed = placed or _as_counted(db)

    def weigh(self, question: str) -> Weighed:
        """How well each entry fits; Unavailable where the database failed."""
        asked = {piece for term in terms(question) for piece in pieces(term)}
        if len(self._placed.bases) > MANY and self._placed.places is None:
            return self._weigh_many(asked)
        scores = [0.0] * len(self._placed.bases)
        seen = squares = 0.0
        for rarity, postings in self._look_up(asked):
            seen += rarity
            squares += rarity * rarity
            for place, weight in postings:
                scores[place] += rarity * weight
        length = math.sqrt(squares) or 1.0
        based = zip(scores, self._placed.bases, strict=True)
        return Weighed(tuple((score + seen * base) / length for score, base in based), self._known(seen, asked))

    def _weigh_many(self, asked: set[str]) -> Weighed:
        """The same sums in numpy, which pays where there are many entries."""
        import numpy as np  # noqa: PLC0415

        bases = self._bases
        scores, seen, squares = np.zeros(len(bases)), 0.0, 0.0
        for piece, rarity, rows, weights in self._select("piece, rarity, rows, weights", sorted(asked)):
            asked.discard(piece)
            seen += rarity
            squares += rarity * rarity
            # A piece stands in an entry once, so that no place is added to twice.
            scores[np.frombuffer(rows, self._row)] += rarity * np.frombuffer(weights, "f")
        return Weighed((scores + seen * bases) / (math.sqrt(squares) or 1.0), self._known(seen, asked))

    def _known(self, seen: float, unknown: Collection[str]) -> float:
        return seen / (seen + self._rarest * len(unknown)) if seen else 0.0

    @cached_property
    def _bases(self) -> Any:
        import numpy as np  # noqa: PLC0415

        return np.array(self._placed.bases)

    def rarities(self, some: Collection[str]) -> dict[str, float]:
        """Of some words those that any entry holds, with how rare each is; Unavailable where the database failed."""
        fresh = {word: float(self._rarest) for word in some if f"={word}" in self._placed.fresh}
        return fresh | {row[0][1:]: row[1] for row in self._select("piece, rarity", [f"={word}" for word in some])}

    def close(self) -> None:
        """Give back the database; every later call is Unavailable."""
        self._db.close()

    def _look_up(self, asked: set[str]) -> Iterator[tuple[float, Iterable[Posting]]]:
        """Rarity and postings of each piece that any entry holds; those pieces are taken out of ``asked``."""
        places, fresh = self._placed.places, self._placed.fresh
        for piece, rarity, rows, weights in self._select("piece, rarity, rows, weights", sorted(asked)):
            asked.discard(piece)
            counted = zip(array(self._row, rows), array("f", weights), strict=True)
            if places is None:
                yield rarity, counted
            else:
                postings = [(places[row], weight) for row, weight in counted if row in places]
                yield rarity, [*postings, *fresh.get(piece, ())]
        for piece in sorted(asked & fresh.keys()):
            asked.discard(piece)
            yield self._rarest, fresh[piece]

    def _select(self, columns: str, some: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        for at in range(0, len(some), _AT_ONCE):
            part = some[at : at + _AT_ONCE]
            marks = ",".join("?" * len(part))
            try:
                yield from self._db.execute(f"select {columns} from pieces where piece in ({marks})", part)
            except sqlite3.Error as error:
                raise Unavailable(str(error)) from error


def open_words(documents: Iterable[Document]) -> Words:
    """The counts over some documents: those that came with the package, and fresh ones of entries that differ."""
    documents = tuple(documents)
    db = sqlite3.connect(f"{COUNTS.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
    if db.execute("select fingerprint from made").fetchone() == (fingerprint(documents),):
        return Words(db)
    return Words(db, _placed(db, entries(documents)))


def counted(all_entries: Sequence[Entry]) -> Words:
    """The counts over some entries, in memory."""
    db = sqlite3.connect(":memory:", check_same_thread=False)
    _fill(db, all_entries, "")
    return Words(db)


def write(path: Path, all_entries: Sequence[Entry], current: str) -> None:
    """Count the entries' words into a new database at ``path``; ``current`` is the fingerprint of what they rest on."""
    db = sqlite3.connect(path)
    try:
        _fill(db, all_entries, current)
    finally:
        db.close()


def _row(entries_: int) -> str:
    """How a row's number is stored: in two bytes where that is enough."""
    return "H" if entries_ <= 1 << 16 else "I"


def _as_counted(db: sqlite3.Connection) -> Placed:
    return Placed(tuple(base for (base,) in db.execute("select base from entries order by row")))


def _placed(db: sqlite3.Connection, all_entries: Sequence[Entry]) -> Placed:
    """Entries found again among those that were counted, by their texts; the others are counted now."""
    counted_rows = {key: (row, base) for key, row, base in db.execute("select key, row, base from entries")}
    floor, usual = db.execute("select floor, usual from made").fetchone()
    bases: list[float] = []
    places: dict[int, int] = {}
    fresh: dict[str, list[Posting]] = defaultdict(list)
    for place, entry in enumerate(all_entries):
        row, base = counted_rows.get(key_of(entry), (None, 0.0))
        if row is None:
            parts = _parts([terms(text) for text in entry.texts], None)
            base = -math.log(max(math.fsum(parts.values()), usual) + floor)
            for piece, part in parts.items():
                fresh[piece].append((place, math.log1p(part / _UNSEEN)))
        else:
            places[row] = place
        bases.append(base)
    return Placed(tuple(bases), places, fresh)


def _fill(db: sqlite3.Connection, all_entries: Sequence[Entry], current: str) -> None:
    """Count the pieces of every entry and store their weights: log(1 + count / unseen), counts in parts of a text."""
    counts, texts_with = _count(all_entries)
    texts = sum(len(entry.texts) for entry in all_entries)
    row_type = _row(len(counts))
    postings: dict[str, tuple[array[int], array[float]]] = defaultdict(lambda: (array(row_type), array("f")))
    for row, count in enumerate(counts):
        for piece, parts in count.items():
            rows, weights = postings[piece]
            rows.append(row)
            weights.append(math.log1p(parts / _UNSEEN))
    sizes = [math.fsum(count.values()) for count in counts]
    # An entry with few texts gains nothing by it: its unseen pieces cost as much as another's.
    usual = math.fsum(sizes) / len(sizes) if sizes else 0.0
    floor = _UNSEEN * len(postings)
    db.executescript(
        """create table made (fingerprint text not null, usual real not null, floor real not null, rarest real) strict;
        create table entries (row integer primary key, key text not null, base real not null) strict;
        create table pieces (piece text primary key, rarity real not null, rows blob not null, weights blob not null)
            strict, without rowid;"""
    )
    bases = (-math.log(max(size, usual) + floor) for size in sizes)
    keyed = ((row, key_of(entry), base) for row, (entry, base) in enumerate(zip(all_entries, bases, strict=True)))
    db.executemany("insert into entries values (?, ?, ?)", keyed)
    rarity = {piece: math.log((1 + texts) / (1 + min(texts_with[piece], texts))) + 1 for piece in postings}
    db.execute("insert into made values (?, ?, ?, ?)", (current, usual, floor, max(rarity.values(), default=None)))
    stored = ((p, rarity[p], rows.tobytes(), weights.tobytes()) for p, (rows, weights) in sorted(postings.items()))
    db.executemany("insert into pieces values (?, ?, ?, ?)", stored)
    db.commit()


def _count(all_entries: Sequence[Entry]) -> tuple[list[dict[str, float]], Counter[str]]:
    """For each entry the parts of a text that each piece makes up; and in how many texts each piece stands.

    Pairs of words that stand in one text only tell nothing and are left out.
    """
    spoken = [[terms(text) for text in entry.texts] for entry in all_entries]
    texts_with = Counter(term for texts in spoken for found in texts for term in found)
    counts = [_parts(texts, texts_with) for texts in spoken]
    with_piece: Counter[str] = Counter()
    for term, number in texts_with.items():
        for piece in pieces(term):
            with_piece[piece] += number
    return counts, with_piece


def _parts(texts: Sequence[set[str]], texts_with: Counter[str] | None) -> dict[str, float]:
    by_term: dict[str, float] = defaultdict(float)
    for found in texts:
        share = 1 / math.sqrt(len(found) or 1)
        for term in found:
            by_term[term] += share
    by_piece: dict[str, float] = defaultdict(float)
    for term, parts in by_term.items():
        if " " in term and texts_with is not None and texts_with[term] < 2:
            continue
        for piece in pieces(term):
            by_piece[piece] += parts
    return by_piece
