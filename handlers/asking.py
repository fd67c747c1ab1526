"""From a message to what was found for each of its questions: the same for Slack and the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlite_utils import Database

from handlers.clients import Clients
from handlers.services import Shelf, sources
from knowledge.library import Library
from knowledge.search import asking
from knowledge.search.finding import LONG, Confirmed, Found, ask, check
from storage import audit, feedback

# A message of more questions is answered in part, which is said: each answer is a quotation with its buttons.
MOST_QUESTIONS = 3
# Of the questions before, as much is kept as a person has in mind.
_IN_MIND = 500


@dataclass(frozen=True)
class Known:
    """What is known before the search: the ``earlier`` question, clients' names, and by wording what people confirmed."""

    earlier: str
    clients: asking.Names
    confirmed: Mapping[str, Confirmed]


@dataclass(frozen=True)
class Heard:
    """What was found for the questions of a message, in their order; ``left`` are those that were not looked at."""

    found: tuple[Found, ...]
    left: tuple[str, ...] = ()


def split(message: str) -> tuple[str, ...]:
    """The questions of a message; Refused where there is none. A very long message is one question: its core is looked for."""
    asked = check(message)
    return (asked,) if len(asked) > LONG else tuple(check(part) for part in asking.questions(message)) or (asked,)


def known(db: Database, shelf: Shelf, questions: Sequence[str], clients: Clients, before: str | None = None) -> Known:
    """What the database knows that bears on questions; ``before`` is the answer from which they may go on."""
    confirmed: dict[str, Confirmed] = {}
    for question in questions:
        for told in feedback.confirmed(db, asking.wording(question)):
            if told.version == standing(shelf.library, told.ref, shelf.on):
                confirmed.setdefault(question, Confirmed(told.ref, told.by, told.at.date()))
    entry = audit.get(db, before) if before else None
    content = entry.content if entry else {}
    earlier = f"{content.get('earlier', '')} {content.get('question', '')}".strip()[-_IN_MIND:]
    return Known(earlier, clients.names(db), confirmed)


def find(shelf: Shelf, questions: Sequence[str], known: Known, top: int = 3, language: str | None = None) -> Heard:
    """The questions answered one by one, each with those before it in mind; neighbours with the same answer become one."""
    answered: list[Found] = []
    earlier = known.earlier
    for question in questions[:MOST_QUESTIONS]:
        found = ask(
            shelf.library,
            shelf.index,
            question,
            top,
            shelf.on,
            language,
            earlier=earlier,
            clients=known.clients,
            confirmed=known.confirmed.get(question),
        )
        earlier = f"{earlier} {question}".strip()[-_IN_MIND:]
        if answered and found.passage and answered[-1].passage and found.passage.ref == answered[-1].passage.ref:
            answered[-1] = replace(answered[-1], question=f"{answered[-1].question} {question}")
        else:
            answered.append(found)
    return Heard(tuple(answered), tuple(questions[MOST_QUESTIONS:]))


def standing(library: Library, ref: str, on: date) -> str:
    """The texts on which it rests that a clause (or, without ``ref``, none) answers a question: documents and versions."""
    documents = library.in_force(on)
    if ref:
        slug = library.quoting(ref).slug
        documents = tuple(document for document in documents if document.slug == slug)
    return ", ".join(f"{document.slug} {document.version}" for document in documents)


def content(found: Found, library: Library, on: date) -> dict[str, Any]:
    """What is put on record of an answered question."""
    said: dict[str, Any] = {
        "question": found.question,
        "language": found.language,
        "ref": found.passage.ref if found.passage else None,
        "version": found.passage.document.version if found.passage else None,
        "reason": found.reason,
        "hits": [hit.clause.ref for hit in found.hits],
        "sources": sources(library.in_force(on)),
    }
    if found.earlier:
        said["earlier"] = found.earlier
    if found.confirmed:
        said["confirmed_by"] = found.confirmed.by
    return said
