"""A text as the pieces by which it is recognised: words, parts of words, pairs of words; without accents and case."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

# Five letters of a word survive most slips of the keyboard, endings and compounds; chosen on held-back questions.
_LETTERS = 5
_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """The words of a text in their order, in small letters and without accents."""
    small = text.lower()
    if not small.isascii():
        small = "".join(c for c in unicodedata.normalize("NFKD", small) if not unicodedata.combining(c))
    return _WORD.findall(small)


def terms(text: str) -> set[str]:
    """The words of a text and its pairs of neighbours ('late payer'), each once."""
    found = words(text)
    return {*found, *(f"{one} {next_}" for one, next_ in pairwise(found))}


@lru_cache(maxsize=50_000)
def pieces(term: str) -> tuple[str, ...]:
    """What a term is looked up by: a pair by itself; a word by itself ('=late') and by every five letters of ' late '."""
    if " " in term:
        return (term,)
    padded = f" {term} "
    return (f"={term}", *(padded[at : at + _LETTERS] for at in range(len(padded) - _LETTERS + 1)))
