"""What changed between two versions of a document: clause by clause, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from knowledge.clauses import Clause, Document, squeeze

Kind = Literal["added", "removed", "reworded"]


@dataclass(frozen=True)
class Run:
    """Words that stand in both versions, only in the new one, or only in the old one."""

    kind: Literal["same", "added", "removed"]
    words: str


@dataclass(frozen=True)
class Change:
    """One clause that differs; its runs, joined, give the old text without the added and the new without the removed."""

    number: str
    kind: Kind
    runs: tuple[Run, ...]


def changes(old: Document, new: Document) -> tuple[Change, ...]:
    """Every clause that was added, removed or reworded, in the order of the new text, removed ones last."""
    numbers = [*new.clauses, *(number for number in old.clauses if number not in new.clauses)]
    found = (change(old.clauses.get(number), new.clauses.get(number)) for number in numbers)
    return tuple(one for one in found if one)


def change(old: Clause | None, new: Clause | None) -> Change | None:
    """How one clause changed; None where its words are the same, white space aside."""
    before, after = (_words(clause) for clause in (old, new))
    if before == after:
        return None
    clause = new or old
    if clause is None:
        return None
    kind: Kind = "added" if old is None else "removed" if new is None else "reworded"
    return Change(clause.number, kind, tuple(_runs(before, after)))


def _words(clause: Clause | None) -> list[str]:
    return re.findall(r"\S+\s*", squeeze(clause.text)) if clause else []


def _runs(before: list[str], after: list[str]) -> list[Run]:
    runs: list[Run] = []
    for tag, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            runs.append(Run("same", "".join(before[start:end])))
            continue
        if start < end:
            runs.append(Run("removed", "".join(before[start:end])))
        if new_start < new_end:
            runs.append(Run("added", "".join(after[new_start:new_end])))
    return runs
