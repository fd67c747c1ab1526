"""Short forms that people type ('T&C', 'PO', 'CDI'): what they stand for is added, so that it is looked for as well."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from knowledge.language import language_of

FORMS = Path(__file__).with_name("short.toml")


def spelled_out(question: str) -> str:
    """The question with, behind each short form of its language, what it stands for."""
    pattern, meant = _forms(language_of(question))
    return pattern.sub(lambda match: f"{match[0]} ({meant[match[0].lower()]})", question)


@cache
def _forms(language: str) -> tuple[re.Pattern[str], Mapping[str, str]]:
    tables = tomllib.loads(FORMS.read_text(encoding="utf-8"))
    meant = tables["any"] | tables[language]
    longest_first = sorted(map(re.escape, meant), key=len, reverse=True)
    return re.compile(rf"(?<![\w&])(?:{'|'.join(longest_first)})(?![\w&])", re.IGNORECASE), meant
