"""Clause numbers in words: 'artikel zeven punt drie', 'article sept point trois', 'seven point three' as '7.3'."""

from __future__ import annotations

import re

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


_NUMBERS = _numbers()
_SAID = "|".join(sorted(map(re.escape, _NUMBERS), key=len, reverse=True))
_NAMED = r"article|artikel|art|clause|clausule|section|paragraph|paragraaf|punt|point"
_CLAUSE = re.compile(rf"\b(?:(?:{_NAMED}) )?({_SAID}) (?:point|punt|dot|komma|comma) ({_SAID})\b")
_ARTICLE = re.compile(rf"\b(?:article|artikel|art|clause|clausule) ({_SAID})\b")


def in_digits(question: str) -> str:
    """The clause that a question names in words, as 'article 7.3' or 'article 7'; empty where it names none so."""
    said = " ".join(words(question))
    if match := _CLAUSE.search(said):
        return f"article {_NUMBERS[match[1]]}.{_NUMBERS[match[2]]}"
    if match := _ARTICLE.search(said):
        return f"article {_NUMBERS[match[1]]}"
    return ""
