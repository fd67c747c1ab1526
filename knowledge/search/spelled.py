"""Clause numbers as they are spoken: 'artikel zeven punt drie', 'article sept, paragraphe trois', 'lid 3 van artikel 7'."""

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
_DE = """eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn
    neunzehn"""
_EN_TENS = "twenty thirty forty fifty"
_NL_TENS = "twintig dertig veertig vijftig"
_FR_TENS = "vingt trente quarante cinquante"
_DE_TENS = "zwanzig dreißig vierzig fünfzig"
_MOST = 59


def _numbers() -> dict[str, int]:
    """Every way to say 1 to 59 in the three languages and in German, as spoken words with single spaces."""
    said: dict[str, int] = {}
    for ones in (_EN, _NL, _FR, _DE):
        said |= {_plain(word): at for at, word in enumerate(ones.split(), 1)}
    for tens in (_EN_TENS, _NL_TENS, _FR_TENS, _DE_TENS):
        said |= {_plain(word): 10 * at for at, word in enumerate(tens.split(), 2)}
    for ten in range(20, _MOST, 10):
        english, dutch, french, german = (
            tens.split()[ten // 10 - 2] for tens in (_EN_TENS, _NL_TENS, _FR_TENS, _DE_TENS)
        )
        for one in range(1, 10):
            en, nl, fr, de = (ones.split()[one - 1] for ones in (_EN, _NL, _FR, _DE))
            ways = (
                f"{english} {en}",
                f"{english}{en}",
                f"{nl}en{dutch}",
                f"{french} {fr}",
                f"{de.rstrip('s')}und{german}",
            )
            said |= dict.fromkeys(map(_plain, ways), ten + one)
        said[f"{french} et un"] = ten + 1
    return said


def _plain(spoken: str) -> str:
    return " ".join(words(spoken))


# Without one of these no clause is named in words, and the patterns, which take a while to make, are not needed.
_CUES = frozenset("article artikel art clause clausule point punt punkt dot komma comma virgule".split())
_ARTICLE = r"article|artikel|art|clause|clausule"
_PARAGRAPH = r"paragraph|paragraphe|paragraaf|par|lid|alinea|al|absatz|section|sub"
_POINT = r"point|punt|punkt|dot|komma|comma|virgule"
# "Seven point three percent" is no clause.
_NO_UNIT = (
    r"(?! (?:percent|procent|prozent|pour ?cent|euros?|million|miljoen|seconds?|seconden|secondes|hours?|uur|heures?|days?"
    r"|dagen|jours?)\b)"
)
_OWNERS = ("itaf", "itq")


def in_digits(question: str) -> str:
    """The clause that a question names in words, as 'article 7.3', 'itaf article 4.4' or 'article 7'; empty where it names
    none so."""
    said = words(question.replace("§", " paragraph "))
    if _CUES.isdisjoint(said):
        return ""
    number = _number_in(" ".join(said))
    owners = [owner for owner in _OWNERS if owner in said]
    return f"{owners[0]} {number}" if number and len(owners) == 1 else number


def _number_in(said: str) -> str:
    numbers, clauses, behind, article = _patterns()
    for pattern in clauses:
        if match := pattern.search(said):
            return f"article {numbers[match[1]]}.{numbers[match[2]]}"
    if match := behind.search(said):
        return f"article {numbers[match[2]]}.{numbers[match[1]]}"
    if match := article.search(said):
        return f"article {numbers[match[1]]}"
    return ""


@cache
def _patterns() -> tuple[dict[str, int], tuple[re.Pattern[str], ...], re.Pattern[str], re.Pattern[str]]:
    """Numbers by what they are called, and patterns for an article and its paragraph, for both the other way round, and for
    an article alone (in words only: one in digits is read as it stands)."""
    numbers = _numbers()
    spoken = "|".join(sorted(map(re.escape, numbers), key=len, reverse=True))
    numbers |= {str(number): number for number in range(1, _MOST + 1)}
    said = rf"{spoken}|\d{{1,2}}"
    clauses = (
        re.compile(rf"\b(?:(?:{_ARTICLE}) )?({said}) (?:{_POINT}) ({said})\b{_NO_UNIT}"),
        re.compile(rf"\b(?:{_ARTICLE}) ({said}) (?:{_PARAGRAPH}) ({said})\b"),
    )
    behind = re.compile(
        rf"\b(?:{_PARAGRAPH}|{_POINT}) ({said}) (?:of|van|uit|in|de|du|von)(?: l| the| het)? (?:{_ARTICLE}) ({said})\b"
    )
    return numbers, clauses, behind, re.compile(rf"\b(?:{_ARTICLE}) ({spoken})\b")
