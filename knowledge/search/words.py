"""Ranking by words: how likely each clause is, given the words, parts of words and pairs of words of a question.

A naive Bayes over all that a clause and the people who ask for it say. It needs nothing but the standard library; what was
counted comes with the package in a small database, so that a start reads only what a question needs.
"""

from __future__ import annotations

import math
import sqlite3
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.clauses import Document
from knowledge.kept import keep
from knowledge.search import Unavailable
from knowledge.search.grams import pieces, terms
from knowledge.search.shelved import KEPT, SHIPPED, Entry, entries, fingerprint, key_of

COUNTS = SHIPPED / "words.sqlite"
# What an unseen piece counts for, in parts of a text; chosen on held-back questions (bench/train.py).
_UNSEEN = 0.02
_AT_ONCE = 500
# With more entries than this the sums are done in numpy.
MANY = 5_000

if TYPE_CHECKING:
    Postings = tuple[array[int], array[float]]  # the rows of the entries that hold a piece, and its weight in each


@dataclass(frozen=True)
class Weighed:
    """A question by its words: a score for every entry (natural logarithm, per unit of the question's length).

    ``known`` is the share of the question's words and word parts, by rarity, that any entry has, from 0 to 1.
    """

    scores: Sequence[float]
    known: float


class Words:
    """Counts over some entries; ``weigh`` may be called from any one thread at a time."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """Take over a database that ``write``, ``merged`` or ``counted`` filled."""
        self._db = db
        (self._rarest,) = db.execute("select rarest from made").fetchone()
        self._base = tuple(base for (base,) in db.execute("select base from entries order by row"))
        self._row = _row(len(self._base))

    def weigh(self, question: str) -> Weighed:
        """How well each entry fits; Unavailable where the database failed."""
        asked = {piece for term in terms(question) for piece in pieces(term)}
        if len(self._base) > MANY:
            return self._weigh_many(asked)
        scores = [0.0] * len(self._base)
        seen = squares = 0.0
        for piece, rarity, rows, weights in self._select("piece, rarity, rows, weights", sorted(asked)):
            asked.discard(piece)
            seen += rarity
            squares += rarity * rarity
            for row, weight in zip(array(self._row, rows), array("f", weights), strict=True):
                scores[row] += rarity * weight
        length = math.sqrt(squares) or 1.0
        based = zip(scores, self._base, strict=True)
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

        return np.array(self._base)

    def rarities(self, some: Collection[str]) -> dict[str, float]:
        """Of some words those that any entry holds, with how rare each is; Unavailable where the database failed."""
        return {row[0][1:]: row[1] for row in self._select("piece, rarity", [f"={word}" for word in some])}

    def close(self) -> None:
        """Give back the database; every later call is Unavailable."""
        self._db.close()

    def _select(self, columns: str, some: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        for at in range(0, len(some), _AT_ONCE):
            part = some[at : at + _AT_ONCE]
            marks = ",".join("?" * len(part))
            try:
                yield from self._db.execute(f"select {columns} from pieces where piece in ({marks})", part)
            except sqlite3.Error as error:
                raise Unavailable(str(error)) from error


def open_words(documents: Iterable[Document], folder: Path = KEPT) -> Words:
    """The counts over some documents: those that came with the package, or those together with fresh ones of entries that
    differ, kept in a folder after the first time."""
    documents = tuple(documents)
    shipped = _read_only(COUNTS)
    (fingerprint_of,) = shipped.execute("select fingerprint from made").fetchone()
    current = fingerprint(documents)
    if fingerprint_of == current:
        return Words(shipped)

    def write_merged(path: Path | str) -> sqlite3.Connection:
        db = sqlite3.connect(path, check_same_thread=False)
        _merge(db, shipped, entries(documents), current)
        return db

    with closing(shipped):
        kept = keep(folder / f"words.{fingerprint_of}.{current}.sqlite", lambda path: write_merged(path).close())
        return Words(_read_only(kept) if kept else write_merged(":memory:"))


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)


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


def _merge(db: sqlite3.Connection, shipped: sqlite3.Connection, all_entries: Sequence[Entry], current: str) -> None:
    """Fill a new database with entries found again among those that were counted, by their texts; the others are counted.

    Rarities stay those of what was counted; a piece that is new is as rare as the rarest.
    """
    counted_rows = {key: (row, base) for key, row, base in shipped.execute("select key, row, base from entries")}
    floor, usual, rarest = shipped.execute("select floor, usual, rarest from made").fetchone()
    shipped_row, row_type = _row(len(counted_rows)), _row(len(all_entries))
    bases: list[float] = []
    places: dict[int, int] = {}
    known = _pieces_of(shipped) if len(all_entries) > MANY else None
    fresh: dict[str, Postings] = defaultdict(lambda: (array(row_type), array("f")))
    for place, entry in enumerate(all_entries):
        row, base = counted_rows.get(key_of(entry), (None, 0.0))
        if row is None:
            parts = _parts([terms(text) for text in entry.texts], None)
            base = -math.log(max(math.fsum(parts.values()), usual) + floor)
            for piece, part in parts.items():
                # The pairs of words of very many clauses are too many to be kept; those that others have are.
                if known is None or " " not in piece.strip() or piece in known:
                    _post(fresh[piece], place, part)
        else:
            places[row] = place
        bases.append(base)

    def merged() -> Iterator[tuple[str, float, bytes, bytes]]:
        for piece, rarity, rows, weights in shipped.execute("select piece, rarity, rows, weights from pieces"):
            postings = fresh.pop(piece, None) or (array(row_type), array("f"))
            for row, weight in zip(array(shipped_row, rows), array("f", weights), strict=True):
                if row in places:
                    postings[0].append(places[row])
                    postings[1].append(weight)
            yield piece, rarity, postings[0].tobytes(), postings[1].tobytes()
        for piece in sorted(fresh):
            yield piece, rarest, fresh[piece][0].tobytes(), fresh[piece][1].tobytes()

    keyed = ((row, key_of(entry), base) for row, (entry, base) in enumerate(zip(all_entries, bases, strict=True)))
    _store(db, (current, usual, floor, rarest), keyed, merged())


def _pieces_of(db: sqlite3.Connection) -> frozenset[str]:
    return frozenset(piece for (piece,) in db.execute("select piece from pieces"))


def _post(postings: Postings, row: int, parts: float) -> None:
    """Add the weight of a piece that makes up so many parts of a text: log(1 + parts / unseen)."""
    postings[0].append(row)
    postings[1].append(math.log1p(parts / _UNSEEN))


def _fill(db: sqlite3.Connection, all_entries: Sequence[Entry], current: str) -> None:
    """Count the pieces of every entry and store their weights."""
    counts, texts_with = _count(all_entries)
    texts = sum(len(entry.texts) for entry in all_entries)
    row_type = _row(len(counts))
    postings: dict[str, Postings] = defaultdict(lambda: (array(row_type), array("f")))
    for row, count in enumerate(counts):
        for piece, parts in count.items():
            _post(postings[piece], row, parts)
    sizes = [math.fsum(count.values()) for count in counts]
    # An entry with few texts gains nothing by it: its unseen pieces cost as much as another's.
    usual = math.fsum(sizes) / len(sizes) if sizes else 0.0
    floor = _UNSEEN * len(postings)
    bases = (-math.log(max(size, usual) + floor) for size in sizes)
    keyed = ((row, key_of(entry), base) for row, (entry, base) in enumerate(zip(all_entries, bases, strict=True)))
    rarity = {piece: math.log((1 + texts) / (1 + min(texts_with[piece], texts))) + 1 for piece in postings}
    stored = ((p, rarity[p], rows.tobytes(), weights.tobytes()) for p, (rows, weights) in sorted(postings.items()))
    _store(db, (current, usual, floor, max(rarity.values(), default=None)), keyed, stored)


def _store(
    db: sqlite3.Connection,
    made: tuple[str, float, float, float | None],
    entries_: Iterable[tuple[int, str, float]],
    stored: Iterable[tuple[str, float, bytes, bytes]],
) -> None:
    db.executescript(
        """create table made (fingerprint text not null, usual real not null, floor real not null, rarest real) strict;
        create table entries (row integer primary key, key text not null, base real not null) strict;
        create table pieces (piece text primary key, rarity real not null, rows blob not null, weights blob not null)
            strict, without rowid;"""
    )
    db.execute("insert into made values (?, ?, ?, ?)", made)
    db.executemany("insert into entries values (?, ?, ?)", entries_)
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
