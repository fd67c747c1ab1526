"""Which of the product's three languages a question is in."""

from __future__ import annotations

import re

_TELLING = {
    "en": """the is are does do did what when who how can must may we our they their if of for to with has have was will should
        much many not before after without would which where why there this that you your it its an be i am a and or late
        any get got him her his them us out up about from been just need want no yes
        two three four five six seven eight nine ten""",
    "nl": """de het een is zijn wij we ons onze wat wanneer wie hoe kan moet mag als van voor met niet heeft hebben wordt worden
        klant hun ze zij er nog dan ook bij dat deze door of op naar te om geen veel waar waarom mogen kunnen moeten ik je jij
        krijgt krijgen mijn jullie jouw uw zonder tegen binnen uit over tot aan maar alleen enkel nu toch wel rekenen betaalt
        hoeveel welke welk zelf iemand iets dag dagen uur werk weer nog na meer zonder onder eigen zou zal deed doet ja nee
        artikel clausule lid twee drie vier vijf zes zeven acht negen tien""",
    "fr": """le la les un une des du est sont nous notre nos que quoi quand qui comment peut doit faut si de pour avec pas
        ont leur leurs ils elle il dans sur par au aux ce cette ces combien où pourquoi ne et vous votre je mon qu jusqu avant
        après chez fait être cette cet quel quelle quels quelles combien jours heures sans sous entre même tout toute plus
        encore déjà aussi puis peux peuvent doivent payer facture aux se sa son ses lui y a-t ou et en l oui non
        paragraphe alinéa deux trois quatre cinq sept huit neuf dix""",
    # Not a language of the product: a German question is told apart from a Dutch one, and framed in English.
    "de": """der die das den dem und ist nicht wir uns unser unsere unseren darf dürfen kann können muss müssen wie lange wann
        wer ein eine einen einem für mit von zum zur auf bei wenn oder sind wird werden ihr ich es auch noch nach kunde kunden
        artikel absatz punkt eins zwei drei vier fünf sechs sieben acht neun zehn""",
}
_WORDS = {language: frozenset(words.split()) for language, words in _TELLING.items()}
# Letters that one of the languages has and English hardly ever.
_LETTERS = {"nl": re.compile("ij|aa|uu|ë"), "fr": re.compile("[éèêàùçœ]|eau|eux")}
_WORD = re.compile(r"[^\W\d_]+")
# Words that say something although they also tell the language.
_SAYING = frozenset(
    """rekenen betaalt klant werk dag dagen uur payer facture jours heures late kunde kunden artikel clausule paragraphe
    two three four five six seven eight nine ten twee drie vier vijf zes zeven acht negen tien
    deux trois quatre cinq sept huit neuf dix zwei drei fünf sechs sieben neun zehn""".split()
)
# "50 %", "8 to 6", "99.9" say something; "42" does not.
_FIGURE = re.compile(r"\d\D+\d|\d{3}|\d\s*[%€]")
_TWO = 2
# A call for help names nothing to look for.
_CALLING = frozenset({"help", "hulp", "aide", "hilfe"})
_SMALL = frozenset[str]().union(*_WORDS.values(), _CALLING) - _SAYING


def says_something(question: str) -> bool:
    """Whether a question of one or two words has one beyond the small ones of its language ("why?", "the", "42" have none)."""
    words = _WORD.findall(question.lower())
    return (
        len(words) > _TWO
        or _FIGURE.search(question) is not None
        or any(len(word) > 1 and word not in _SMALL for word in words)
    )


def language_of(question: str) -> str:
    """``en``, ``nl`` or ``fr``: the language whose everyday words the question has most of; English where none leads."""
    words = _WORD.findall(question.lower())
    counts = {language: sum(word in telling for word in words) for language, telling in _WORDS.items()}
    for language, letters in _LETTERS.items():
        counts[language] += sum(letters.search(word) is not None for word in words)
    best = max(counts, key=lambda language: counts[language])
    return best if best != "de" and counts[best] > counts["en"] else "en"
