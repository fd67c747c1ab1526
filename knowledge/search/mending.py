"""Slips of the keyboard: a word that nobody wrote before becomes the usual word that is one slip away."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Collection, Mapping

from knowledge.search.grams import words

_SHORTEST = 4  # letters; shorter words have too many neighbours
_MOST = 12  # words of a question that are looked at
_WORD = re.compile(r"[^\W\d_]+")


def mended(question: str, rarities: Callable[[Collection[str]], Mapping[str, float]]) -> str:
    """The question with its unknown words replaced by the commonest known word that is one slip away, if there is one.

    A slip is a letter too many, missing or wrong, or two that changed places; the first letter stands. ``rarities``
    tells of some words those that are known, with how rare each is.
    """
    said = [word for word in dict.fromkeys(_WORD.findall(question)) if len(word) >= _SHORTEST]
    plain = {word: found[0] for word in said if len(found := words(word)) == 1}
    known = rarities(plain.values())
    unknown = [word for word, form in plain.items() if form not in known][:_MOST]
    instead = {word: right for word in unknown if (right := _likeliest(plain[word], rarities))}
    return _WORD.sub(lambda match: instead.get(match[0], match[0]), question)


def _likeliest(word: str, rarities: Callable[[Collection[str]], Mapping[str, float]]) -> str:
    near = rarities(_one_slip_from(word))
    return min(near, key=lambda found: (near[found], found), default="")


def _one_slip_from(word: str) -> set[str]:
    first, rest = word[0], word[1:]
    cuts = [(rest[:at], rest[at:]) for at in range(len(rest) + 1)]
    dropped = {a + b[1:] for a, b in cuts if b}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    changed = {a + letter + b[1:] for a, b in cuts if b for letter in string.ascii_lowercase}
    added = {a + letter + b for a, b in cuts for letter in string.ascii_lowercase}
    return {first + end for end in dropped | swapped | changed | added}
