"""The ranking to beat: SQLite's FTS5 with bm25 over a clause's text, its title and the words in which people ask for it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence

from knowledge.search import Hit
from knowledge.search.shelved import Entry

_WORD = re.compile(r"[^\W_]+")


class Plain:
    """FTS5 as it comes, in memory: the words of a question joined by OR."""

    def __init__(self, all_entries: Sequence[Entry]) -> None:
        self._clauses = [(entry.document, entry.clause) for entry in all_entries if entry.clause]
        self._db = sqlite3.connect(":memory:")
        self._db.execute(
            "create virtual table clauses using fts5(words, tokenize='porter unicode61 remove_diacritics 2')"
        )
        rows = (("\n".join(entry.texts),) for entry in all_entries if entry.clause)
        self._db.executemany("insert into clauses(words) values (?)", rows)

    def rank(self, question: str, top: int) -> tuple[Hit, ...]:
        """The best clauses by bm25, higher being better."""
        match = " OR ".join(f'"{word}"' for word in dict.fromkeys(_WORD.findall(question.lower())))
        if not match:
            return ()
        query = "select rowid, -bm25(clauses) from clauses where clauses match ? order by 2 desc, rowid limit ?"
        return tuple(self._hit(row, score) for row, score in self._db.execute(query, (match, top)))

    def _hit(self, row: int, score: float) -> Hit:
        document, clause = self._clauses[row - 1]
        return Hit(document, clause, score)
