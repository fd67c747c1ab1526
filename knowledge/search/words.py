"""Ranking by words: how likely each clause is, given the words, parts of words and pairs of words of a question.

A naive Bayes over all that a clause and the people who ask for it say. It needs nothing but the standard library; what was
counted is kept in a small database, so that a start reads only what a question needs.
"""

from __future__ import annotations

import math
import sqlite3
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.clauses import Document
from knowledge.search import Unavailable
from knowledge.search.grams import pieces, terms
from knowledge.search.kept import keep
from knowledge.search.shelved import Entry, entries, fingerprint

# What an unseen piece counts for, in parts of a text; chosen on held-back questions (bench/train.py).
_UNSEEN = 0.02
_AT_ONCE = 500


@dataclass(frozen=True)
class Weighed:
    """A question by its words: a score for every entry (natural logarithm, per unit of the question's length).

    ``known`` is the share of the question's words and word parts, by rarity, that any entry has, from 0 to 1.
    """

    scores: tuple[float, ...]
    known: float


class Words:
    """Counts over some entries; ``weigh`` may be called from any one thread at a time."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """Take over a database that ``write`` or ``counted`` filled."""
        self._db = db
        self.names: tuple[str, ...] = tuple(name for (name,) in db.execute("select name from entries order by row"))
        self._base = [base for (base,) in db.execute("select base from entries order by row")]
        (self._rarest,) = db.execute("select max(rarity) from pieces").fetchone()

    def weigh(self, question: str) -> Weighed:
        """How well each entry fits; Unavailable where the database failed."""
        asked = {piece for term in terms(question) for piece in pieces(term)}
        scores = [0.0] * len(self._base)
        seen = squares = 0.0
        for piece, rarity, rows, weights in self._look_up(sorted(asked)):
            asked.discard(piece)
            seen += rarity
            squares += rarity * rarity
            for row, weight in zip(rows, weights, strict=True):
                scores[row] += rarity * weight
        length = math.sqrt(squares) or 1.0
        known = seen / (seen + self._rarest * len(asked)) if seen else 0.0
        return Weighed(tuple((s + seen * base) / length for s, base in zip(scores, self._base, strict=True)), known)

    def rarities(self, some: Collection[str]) -> dict[str, float]:
        """Of some words those that any entry holds, with how rare each is; Unavailable where the database failed."""
        return {row[0][1:]: row[1] for row in self._select("piece, rarity", [f"={word}" for word in some])}

    def close(self) -> None:
        """Give back the database; every later call is Unavailable."""
        self._db.close()

    def _look_up(self, asked: Sequence[str]) -> Iterator[tuple[str, float, array[int], array[float]]]:
        for piece, rarity, rows, weights in self._select("piece, rarity, rows, weights", asked):
            yield piece, rarity, array("H", rows), array("f", weights)

    def _select(self, columns: str, some: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        for at in range(0, len(some), _AT_ONCE):
            part = some[at : at + _AT_ONCE]
            marks = ",".join("?" * len(part))
            try:
                yield from self._db.execute(f"select {columns} from pieces where piece in ({marks})", part)
            except sqlite3.Error as error:
                raise Unavailable(str(error)) from error


def open_words(documents: Iterable[Document]) -> Words:
    """The counts over some documents, kept from one start to the next where the package's folder can be written."""
    documents = tuple(documents)
    kept = keep(f"words.{fingerprint(documents)}.sqlite", lambda path: write(path, entries(documents)))
    if kept is None:
        return counted(entries(documents))
    return Words(sqlite3.connect(f"{kept.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False))


def counted(all_entries: Sequence[Entry]) -> Words:
    """The counts over some entries, in memory."""
    db = sqlite3.connect(":memory:", check_same_thread=False)
    _fill(db, all_entries)
    return Words(db)


def write(path: Path, all_entries: Sequence[Entry]) -> None:
    """Count the entries' words into a new database at ``path``."""
    db = sqlite3.connect(path)
    try:
        _fill(db, all_entries)
    finally:
        db.close()


def _fill(db: sqlite3.Connection, all_entries: Sequence[Entry]) -> None:
    """Count the pieces of every entry and store their weights: log(1 + count / unseen), counts in parts of a text."""
    counts, texts_with = _count(all_entries)
    texts = sum(len(entry.texts) for entry in all_entries)
    postings: dict[str, tuple[array[int], array[float]]] = defaultdict(lambda: (array("H"), array("f")))
    for row, count in enumerate(counts):
        for piece, parts in count.items():
            rows, weights = postings[piece]
            rows.append(row)
            weights.append(math.log1p(parts / _UNSEEN))
    sizes = [sum(count.values()) for count in counts]
    usual = sum(sizes) / len(sizes) if sizes else 0.0
    db.executescript(
        """create table entries (row integer primary key, name text not null, base real not null) strict;
        create table pieces (piece text primary key, rarity real not null, rows blob not null, weights blob not null)
            strict, without rowid;"""
    )
    # An entry with few texts gains nothing by it: its unseen pieces cost as much as another's.
    bases = (-math.log(max(size, usual) + _UNSEEN * len(postings)) for size in sizes)
    named = ((row, entry.name, base) for row, (entry, base) in enumerate(zip(all_entries, bases, strict=True)))
    db.executemany("insert into entries values (?, ?, ?)", named)
    rarity = {piece: math.log((1 + texts) / (1 + min(texts_with[piece], texts))) + 1 for piece in postings}
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


def _parts(texts: Sequence[set[str]], texts_with: Counter[str]) -> dict[str, float]:
    by_term: dict[str, float] = defaultdict(float)
    for found in texts:
        share = 1 / math.sqrt(len(found) or 1)
        for term in found:
            by_term[term] += share
    by_piece: dict[str, float] = defaultdict(float)
    for term, parts in by_term.items():
        if " " in term and texts_with[term] < 2:
            continue
        for piece in pieces(term):
            by_piece[piece] += parts
    return by_piece
