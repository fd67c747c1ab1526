"""Asking the rules as the command line does: a kind and its inputs in, the JSON of the answer out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from hypothesis import settings

from handlers.parse import from_json
from knowledge.answer import Answer, Family
from knowledge.library import load
from knowledge.rules import compute
from knowledge.terms import Overrides

settings.register_profile("rules", deadline=None)  # the first of a country's holidays takes a third of a second
settings.load_profile("rules")

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LIBRARY = load()


def answer(family: Family, kind: str, given: Mapping[str, object], overrides: Overrides | None = None) -> Answer:
    """The answer to a question asked on Sunday 22 November 2026, under an agreement where one is given."""
    if overrides:
        given = {"agreement": overrides.agreement, **given}
    asked = from_json(family, kind, given, now=NOW, agreements=lambda name: overrides)
    return compute(asked.rule, asked.question, LIBRARY, asked.overrides, id="an-id")


def fee(kind: str, overrides: Overrides | None = None, /, **given: object) -> dict[str, Any]:
    """A fee as the JSON that leaves the command line."""
    found: dict[str, Any] = json.loads(json.dumps(answer("fee", kind, given, overrides).data))
    return found


def deadline(kind: str, overrides: Overrides | None = None, /, **given: object) -> dict[str, Any]:
    """A deadline as the JSON that leaves the command line; ``since`` stands for the input ``from``."""
    named = {"from" if name == "since" else name: value for name, value in given.items()}
    found: dict[str, Any] = json.loads(json.dumps(answer("deadline", kind, named, overrides).data))
    return found


def totals(found: Mapping[str, Any]) -> dict[str, str]:
    """The total under each reading."""
    return {reading["name"]: reading["total"] for reading in found["readings"]}
