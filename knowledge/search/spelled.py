"""Clause numbers in words: 'artikel zeven punt drie', 'article sept point trois', 'seven point three' as '7.3'."""

from __future__ import annotations

import re
from functools import cache

from knowledge.search.grams import words

_EN = """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen"""
_NL = """een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien achttien
    negentien"""
_FR = """un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit
    dix-neuf"""
_EN_TENS = "twenty thirty forty fifty"
_NL_TENS = "twintig dertig veertig vijftig"
_FR_TENS = "vingt trente quarante cinquante"
_MOST = 59


def _numbers() -> dict[str, int]:
    """Every way to say 1 to 59 in the three languages, as spoken words with single spaces."""
    said: dict[str, int] = {}
    for ones in (_EN, _NL, _FR):
        said |= {" ".join(words(word)): at for at, word in enumerate(ones.split(), 1)}
    for tens in (_EN_TENS, _NL_TENS, _FR_TENS):
        said |= {word: 10 * at for at, word in enumerate(tens.split(), 2)}
    for ten in range(20, _MOST, 10):
        english, dutch, french = (tens.split()[ten // 10 - 2] for tens in (_EN_TENS, _NL_TENS, _FR_TENS))
        for one in range(1, 10):
            en, nl, fr = (ones.split()[one - 1] for ones in (_EN, _NL, _FR))
            said |= dict.fromkeys((f"{english} {en}", f"{english}{en}", f"{nl}en{dutch}", f"{french} {fr}"), ten + one)
        said[f"{french} et un"] = ten + 1
    return said


# Without one of these no clause is named in words, and the patterns, which take a while to make, are not needed.
_CUES = frozenset("article artikel art clause clausule point punt dot komma comma".split())
_NAMED = r"article|artikel|art|clause|clausule|section|paragraph|paragraaf|punt|point"


def in_digits(question: str) -> str:
    """The clause that a question names in words, as 'article 7.3' or 'article 7'; empty where it names none so."""
    said = words(question)
    if _CUES.isdisjoint(said):
        return ""
    numbers, clause, article = _patterns()
    if match := clause.search(" ".join(said)):
        return f"article {numbers[match[1]]}.{numbers[match[2]]}"
    if match := article.search(" ".join(said)):
        return f"article {numbers[match[1]]}"
    return ""


@cache
def _patterns() -> tuple[dict[str, int], re.Pattern[str], re.Pattern[str]]:
    numbers = _numbers()
    said = "|".join(sorted(map(re.escape, numbers), key=len, reverse=True))
    return (
        numbers,
        re.compile(rf"\b(?:(?:{_NAMED}) )?({said}) (?:point|punt|dot|komma|comma) ({said})\b"),
        re.compile(rf"\b(?:article|artikel|art|clause|clausule) ({said})\b"),
    )
