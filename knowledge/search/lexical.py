"""Ranking by words: SQLite's FTS5 with bm25 over a clause's text, its titles and the words in which people ask for it."""

from __future__ import annotations

import math
import re
import sqlite3
from collections.abc import Iterable

from knowledge.asked import asked
from knowledge.clauses import Document
from knowledge.search import Hit, Unavailable

# Columns: titles, the clause's own words, the words people use. Weights of bm25 in that order, chosen on the index
# text alone with held-back questions (bench/questions.py).
_WEIGHTS = (2.0, 1.0, 1.0)
_WORD = re.compile(r"[^\W_]+")
_COMMON = frozenset(
    """a an and are as at be but by can do does did for from has have how i if in is it its may me my no not of on or our
    so that the their them they this to us was we what when where which who why will with you your must should would could
    de het een en van op te in is dat die dit voor met aan als bij door niet wat wie wanneer waar hoe wij we je jij ik hij ze
    zij mag moet kan kunnen mogen moeten er of om ons onze uit zijn was worden wordt nog naar dan ook
    le la les un une des du et ou en est que qui quoi quand comment pour par sur dans avec au aux ce cette ces il elle on
    nous vous ils se sa son ses leur leurs pas ne je tu si mon ma mes notre nos doit peut faut sont a été c d l j n s y qu
    """.split()
)


class Lexical:
    """An index of every clause of some documents, held in memory; used from the thread that made it."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._clauses = [(document, clause) for document in documents for clause in document.clauses.values()]
        self._db = sqlite3.connect(":memory:")
        self._db.execute(
            "create virtual table clauses using fts5(titles, words, people, tokenize='porter unicode61 remove_diacritics 2')"
        )
        rows = ((f"{d.title} {d.ref} {c.title}", c.text, _people(d, c.number)) for d, c in self._clauses)
        self._db.executemany("insert into clauses(titles, words, people) values (?, ?, ?)", rows)

    def rank(self, question: str, top: int) -> tuple[Hit, ...]:
        """The best clauses by bm25 (higher is better) over the question's words, in any order."""
        words = content_words(question)
        if not words:
            return ()
        match = " OR ".join(f'"{word}"' for word in words)
        query = (
            "select rowid, -bm25(clauses, ?, ?, ?) from clauses where clauses match ? order by 2 desc, rowid limit ?"
        )
        try:
            rows = self._db.execute(query, (*_WEIGHTS, match, top)).fetchall()
        except sqlite3.Error as error:
            raise Unavailable(str(error)) from error
        return tuple(self._hit(row, score) for row, score in rows)

    def fits(self, question: str, hit: Hit) -> float:
        """The share of the question's words, weighed by how rare they are, that stand in the clause or its index text."""
        words = content_words(question)
        row = self._clauses.index((hit.document, hit.clause)) + 1
        found = total = 0.0
        for word in words:
            weight = self._rarity(word)
            total += weight
            query = "select 1 from clauses where rowid = ? and clauses match ?"
            if self._db.execute(query, (row, f'"{word}"')).fetchone():
                found += weight
        return found / total if total else 0.0

    def _hit(self, row: int, score: float) -> Hit:
        document, clause = self._clauses[row - 1]
        return Hit(document, clause, score)

    def close(self) -> None:
        """Give the memory back; the index is of no use afterwards."""
        self._db.close()

    def _rarity(self, word: str) -> float:
        count = self._db.execute("select count(*) from clauses where clauses match ?", (f'"{word}"',)).fetchone()[0]
        return math.log(1 + (len(self._clauses) - count + 0.5) / (count + 0.5))


def content_words(question: str) -> list[str]:
    """The words of a question that carry meaning, each once, in small letters; all of them where none is left."""
    words = list(dict.fromkeys(word.lower() for word in _WORD.findall(question)))[:MOST_WORDS]
    return [word for word in words if word not in _COMMON] or words


MOST_WORDS = 64


def _people(document: Document, number: str) -> str:
    entry = asked(document.slug).get(number)
    if entry is None:
        return ""
    parts = [*entry.summary.values()]
    for language in entry.questions:
        parts += [*entry.keywords[language], *entry.questions[language]]
    return "\n".join(parts)
