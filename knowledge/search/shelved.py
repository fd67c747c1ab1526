"""What an index is made of: the clauses, the topics on which the documents are silent, and all that people say for each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from knowledge.asked import asked, gaps
from knowledge.clauses import Clause, Document
from knowledge.kept import CACHE
from knowledge.library import FOLDER

# What bench/train.py made for the documents as they are built in; of no use once those change.
SHIPPED = Path(__file__).parent / "trained"
# What is made where this runs.
KEPT = Path(__file__).parent / CACHE
# Raised when the pieces or their weights are computed in another way, so that what was kept is made anew.
_EDITION = "1"
# Of a clause's texts so many, the first ones, are its own; the others are people's.
OWN_TEXTS = 2


@dataclass(frozen=True)
class Entry:
    """Something that a question can be about: a clause of a document, or, where ``clause`` is None, a gap's topic.

    ``name`` is unique among all entries ('itq 7.3', 'itq: travel costs'); ``texts`` are its words and people's.
    """

    name: str
    document: Document
    clause: Clause | None
    texts: tuple[str, ...]


def entries(documents: Iterable[Document]) -> tuple[Entry, ...]:
    """The clauses of all documents in their order, then the gaps of all documents."""
    documents = tuple(documents)
    clauses = [entry for document in documents for entry in _clauses(document)]
    silent = [entry for document in documents for entry in _gaps(document)]
    return (*clauses, *silent)


def fingerprint(documents: Iterable[Document]) -> str:
    """A hash of everything that ``entries`` rests on: what was kept under another one is out of date."""
    made = hashlib.sha256(_EDITION.encode())
    for document in documents:
        made.update(f"{document.slug} {document.sha256} {document.title}".encode())
        for name in ("asked.toml", "gaps.toml"):
            path = FOLDER / document.slug / name
            made.update(path.read_bytes() if path.is_file() else b"-")
    return made.hexdigest()[:24]


def key_of(entry: Entry) -> str:
    """A hash of an entry's texts: what was learned of them holds for every entry that has the same."""
    return hashlib.sha256("\n".join((entry.name, *entry.texts)).encode()).hexdigest()[:16]


def _clauses(document: Document) -> Iterator[Entry]:
    spoken = asked(document.slug)
    for clause in document.clauses.values():
        texts = [clause.title, f"{clause.title}. {clause.text}"]
        if entry := spoken.get(clause.number):
            texts += entry.summary.values()
            texts += [word for language in entry.keywords for word in entry.keywords[language]]
            texts += [question for language in entry.questions for question in entry.questions[language]]
        yield Entry(f"{document.slug} {clause.number}", document, clause, tuple(texts))


def _gaps(document: Document) -> Iterator[Entry]:
    for topic, phrasings in gaps(document.slug).items():
        yield Entry(f"{document.slug}: {topic}", document, None, phrasings)
