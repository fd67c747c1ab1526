"""What people type: cleaned, said at a moment and in a zone, and asked back where it could mean two things."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from knowledge import days
from knowledge.refused import Refused

LONGEST = 2_000
"""The most characters of one value."""
_CURLY = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2212": "-", "\u2013": "-"})


class Candidate(NamedTuple):
    """One thing the words could mean: how to say it, and what to type for it."""

    label: str
    value: str


class Ambiguous(Refused):
    """Words that could mean several things; the candidates are shown, and what is typed for one of them is clear."""

    def __init__(self, message: str, candidates: tuple[Candidate, ...], *, field: str | None = None) -> None:
        listed = " or ".join(f"{candidate.label} (type {candidate.value})" for candidate in candidates)
        super().__init__(f"{message}: {listed}?", field=field)
        self.candidates = candidates


@dataclass(frozen=True)
class Here:
    """The moment at which something is asked (aware), and the zone in which local times are meant."""

    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """The day of asking in that zone."""
        return days.contract_day(self.now, self.zone)


def clean(text: str, name: str) -> str:
    """Text with phones' quotes straightened and spaces made plain; Refused for digits other than 0-9, for half a
    character, and for what is longer than any value.
    """
    if len(text) > LONGEST:
        raise Refused(f"{name} has {len(text):,} characters; give a value of at most {LONGEST:,}.", field=name)
    if not text.isascii():
        _plain(text.strip(), name)
        text = text.translate(_CURLY)
    return " ".join(text.split())


def _plain(text: str, name: str) -> None:
    for character in text:
        if "\ud800" <= character <= "\udfff":
            raise Refused(f"{name}: {text!r} holds half a character; write it anew.", field=name)
        if character.isnumeric() and not character.isascii():
            raise Refused(f"{name}: {text!r} holds the digit {character!r}; write digits as 0 to 9.", field=name)
