"""Which of the product's three languages a question is in."""

from __future__ import annotations

import re

_TELLING = {
    "en": """the is are does do did what when who how can must may we our they their if of for to with has have was will should
        much many not before after without would which where why there this that you your it its an be i am a and or late
        any get got him her his them us out up about from been just need want""",
    "nl": """de het een is zijn wij we ons onze wat wanneer wie hoe kan moet mag als van voor met niet heeft hebben wordt worden
        klant hun ze zij er nog dan ook bij dat deze door of op naar te om geen veel waar waarom mogen kunnen moeten ik je jij""",
    "fr": """le la les un une des du est sont nous notre nos que quoi quand qui comment peut doit faut si de pour avec pas
        ont leur leurs ils elle il dans sur par au aux ce cette ces combien où pourquoi ne et vous votre je mon qu jusqu avant après chez fait être""",
}
_WORDS = {language: frozenset(words.split()) for language, words in _TELLING.items()}
_WORD = re.compile(r"[^\W\d_]+")


def language_of(question: str) -> str:
    """``en``, ``nl`` or ``fr``: the language whose everyday words the question has most of; English where none leads."""
    words = _WORD.findall(question.lower())
    counts = {language: sum(word in telling for word in words) for language, telling in _WORDS.items()}
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] > counts["en"] else "en"
