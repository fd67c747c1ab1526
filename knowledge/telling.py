"""Passages and findings as JSON for programs; the keys are relied on from outside and only ever added to."""

from __future__ import annotations

from typing import Any

from knowledge.clauses import Document
from knowledge.lookup import Passage, defines, mentioned_by, mentions, outside, uses
from knowledge.search.finding import Found


def effective(document: Document) -> str:
    """The day from which a version governs, as ISO date, or 'unknown'."""
    return document.effective.isoformat() if document.effective else "unknown"


def quoted(passage: Passage) -> dict[str, Any]:
    """The words of a passage and where they stand."""
    return {
        "ref": passage.ref,
        "document": passage.document.slug,
        "version": passage.document.version,
        "title": passage.title,
        "text": passage.text,
    }


def passage(found: Passage) -> dict[str, Any]:
    """A passage with what it defines, what it points at and what points at it."""
    return quoted(found) | {
        "effective": effective(found.document),
        "module": found.module or None,
        "defines": list(defines(found)),
        "mentions": list(mentions(found)),
        "mentioned_by": list(mentioned_by(found)),
        "mentions_outside": list(outside(found)),
        "uses": [{"term": term, "ref": clause.ref, "definition": clause.text} for term, clause in uses(found).items()],
        "also": list(found.also),
    }


def found(found: Found) -> dict[str, Any]:
    """What a question came to: the quoted answer, or that nothing is claimed and why."""
    hits = [{"ref": hit.clause.ref, "score": round(hit.score, 4)} for hit in found.hits]
    answer: dict[str, Any] = {
        "question": found.question,
        "lang": found.language,
        "abstained": found.passage is None,
    }
    if found.confirmed:
        answer["confirmed"] = {"by": found.confirmed.by, "on": found.confirmed.on.isoformat()}
    if found.passage is None:
        unsure = found.reason == "unsure"
        return answer | {"reason": "no_clause" if unsure else found.reason, "perhaps": unsure, "hits": hits}
    from knowledge.facts import rules_about

    rules = [rule.kind for rule in rules_about(found.passage.ref)]
    also = [quoted(other) for other in found.also]
    return answer | {"answer": quoted(found.passage), "also": also, "hits": hits, "rules": rules}
