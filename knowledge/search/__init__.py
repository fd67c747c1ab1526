"""Which clauses fit a question: one interface, and the rankings behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from knowledge.clauses import Clause, Document


@dataclass(frozen=True)
class Hit:
    """A clause that may answer, with its score; higher fits better, and scores of one index compare."""

    document: Document
    clause: Clause
    score: float


class Unavailable(Exception):
    """The index itself failed; nothing can be said of what the documents hold."""


class Index(Protocol):
    """A ranking of the clauses of some documents."""

    def rank(self, question: str, top: int) -> tuple[Hit, ...]:
        """At most ``top`` clauses, the best first; empty where nothing in the question is known to the index.

        Unavailable where the index failed.
        """
        ...

    def fits(self, question: str, hit: Hit) -> float:
        """How far a clause is a likely answer at all, from 0 (no word in common) to 1."""
        ...

    def close(self) -> None:
        """Give back what the index holds; every later call is Unavailable."""
        ...
