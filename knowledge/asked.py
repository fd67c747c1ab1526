"""The words in which people ask for a clause: summaries, keywords and everyday questions, in three languages.

They help to find a clause and explain it beside its quotation; they are never quoted as the contract.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.clauses import Document
from knowledge.kept import CACHE, keep
from knowledge.library import FOLDER, NOBODY
from knowledge.names import written
from knowledge.refused import Refused

LANGUAGES = ("en", "nl", "fr")
_PARTS = {"summary", "keywords", "asked"}


@dataclass(frozen=True)
class Asked:
    """Index text of one clause, each part by language (``en``, ``nl``, ``fr``)."""

    summary: Mapping[str, str]
    keywords: Mapping[str, tuple[str, ...]]
    questions: Mapping[str, tuple[str, ...]]


@cache
def asked(slug: str, folder: Path = FOLDER) -> Mapping[str, Asked]:
    """Index text by clause number for a document; empty for one that has none (a document added later).

    Refused, naming file and entry, where an entry has unknown or missing parts or languages.
    """
    path = folder / slug / "asked.toml"
    if not path.is_file():
        return {}
    table = _read(path)
    return {number: _entry(f"{slug}/asked.toml, {number}", entry) for number, entry in table.items()}


def unspoken(document: Document) -> tuple[str, ...]:
    """The clauses of a document for which nobody wrote down how people ask."""
    return tuple(number for number in document.clauses if number not in asked(document.slug))


def _read(path: Path) -> dict[str, Any]:
    """The file's table. Parsing a megabyte of TOML takes 0.3 s, so it is kept as JSON beside it, as Python keeps bytecode."""
    raw = path.read_bytes()
    path = path.parent / CACHE / f"{path.stem}.{hashlib.sha256(raw).hexdigest()[:16]}.json"
    kept = keep(path, lambda fresh: fresh.write_text(json.dumps(tomllib.loads(raw.decode())), encoding="utf-8"))
    return dict(json.loads(kept.read_bytes()) if kept else tomllib.loads(raw.decode()))


def _entry(where: str, entry: Mapping[str, Any]) -> Asked:
    if entry.keys() != _PARTS:
        raise Refused(f"{where}: an entry has {', '.join(sorted(_PARTS))}; this one {', '.join(sorted(entry))}.")
    for part in _PARTS:
        if set(entry[part]) != set(LANGUAGES):
            raise Refused(f"{where}: {part} needs the languages {', '.join(LANGUAGES)}.")
    return Asked(
        summary=entry["summary"],
        keywords={language: tuple(words) for language, words in entry["keywords"].items()},
        questions={language: tuple(words) for language, words in entry["asked"].items()},
    )


@cache
def gaps(slug: str, folder: Path = FOLDER) -> Mapping[str, tuple[str, ...]]:
    """Questions by topic on which a document is silent, in all languages together; empty where none are written down.

    Refused, naming file and topic, where a topic lacks a language.
    """
    return {
        topic: tuple(question for language in LANGUAGES for question in asked_of[language])
        for topic, asked_of in _gaps_file(slug, folder)["gaps"].items()
    }


@cache
def called(slug: str, folder: Path = FOLDER) -> tuple[str, ...]:
    """What people call a document's owner and what it sells, in small letters: 'itaf', 'dynamic cloud platform'."""
    return tuple(_gaps_file(slug, folder)["called"]) or (slug,)


def naming(document: Document) -> re.Pattern[str]:
    """Finds what people call a document's owner in a question: by the names written down for it, by its slug or by its owner's
    name."""
    return _naming(document.slug, document.owner)


@cache
def _naming(slug: str, owner: str) -> re.Pattern[str]:
    names = {*called(slug), *(written(owner) if owner != NOBODY else ())}
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(names)))})s?\b", re.IGNORECASE)


def _gaps_file(slug: str, folder: Path) -> dict[str, Any]:
    path = folder / slug / "gaps.toml"
    if not path.is_file():
        return {"called": [], "gaps": {}}
    table = _read(path)
    for topic, asked_of in table["gaps"].items():
        if set(asked_of) != set(LANGUAGES):
            raise Refused(f"{slug}/gaps.toml, {topic}: needs the languages {', '.join(LANGUAGES)}.")
    return table
