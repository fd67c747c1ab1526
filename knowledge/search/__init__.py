"""Which clauses fit a question, and whether any does: one interface, and the rankings behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from knowledge.clauses import Clause, Document

# The documents answer the question; perhaps one of the best clauses does; or they are silent on it.
Verdict = Literal["answers", "perhaps", "silent"]


@dataclass(frozen=True)
class Hit:
    """A clause that may answer, with its score; higher fits better, and scores for one question compare."""

    document: Document
    clause: Clause
    score: float


class Unavailable(Exception):
    """The index itself failed; nothing can be said of what the documents hold."""


class Index(Protocol):
    """A ranking of the clauses of some documents; used by one thread at a time."""

    def rank(self, question: str, top: int) -> tuple[Hit, ...]:
        """At most ``top`` clauses, the best first; empty where nothing in the question is known to the index.

        A company's document is left out where the question names another's. Unavailable where the index failed.
        """
        ...

    def verdict(self, question: str) -> Verdict:
        """Whether the best clause may be given as the answer."""
        ...

    def odds(self, question: str) -> float:
        """How far a question is above what is answered without a doubt: log-odds, comparable between questions."""
        ...

    def topic(self, question: str) -> str:
        """What a question that is not answered seems to be about, in a few words."""
        ...

    def both(self, question: str, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        """What answers beside the first of a question's hits: the best of another company that the question names as well,
        or that fits about as well."""
        ...

    def close(self) -> None:
        """Give back what the index holds; every later call is Unavailable."""
        ...
