"""What a message asks: its questions one by one, whether one leans on an earlier one, and the parts of a long one."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from knowledge.language import language_of
from knowledge.names import written
from knowledge.search.grams import words

# Fewer words than this are no question of their own ("Really?", "Why not?").
A_QUESTION = 3
# A question of at most this many words may be meant together with the one before it.
A_FEW = 6
_SENTENCE = 400  # characters; a longer one is cut between words
_MARKED = re.compile(r"^\s*(?:[-*•–]|\(?\d{1,2}[.)]|\(?[a-h][.)])\s+(?=\S)", re.MULTILINE)
_AFTER_A_MARK = re.compile(r"(?<=\?)[\"'”’)\]]*\s+")
_SENTENCES = re.compile(r"(?<=[.?!…;])\s+")
_CLIENT = {"en": "the client", "nl": "de klant", "fr": "le client"}
_JOINED = {
    "en": r"and|but|or|also|so|then|what (?:about|if)|how about|even (?:if|when)|same (?:for|question)|in that case",
    "nl": r"en|maar|of|ook|dan|dus|wat (?:als|met|indien)|zelfs (?:als|indien)|hoe zit (?:het|dat)|idem|in dat geval",
    "fr": r"et|mais|ou|aussi|donc|alors|qu['’]en est-il|même si|pareil|idem|dans ce cas|que se passe-t-il si",
}
_JOINS = {language: re.compile(rf"\W*(?:{words})\b(?!-)", re.IGNORECASE) for language, words in _JOINED.items()}


class Names(Collection[str]):
    """Clients' names as people write them, with and without their legal form; several clients may share one."""

    def __init__(self, given: Iterable[str] = ()) -> None:
        self._held = Counter[str]()
        self.longest = 0
        for name in given:
            self.add(name)

    def __contains__(self, name: object) -> bool:
        return name in self._held

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def add(self, name: str) -> None:
        """One more client has this name."""
        for form in written(name):
            self._held[form] += 1
            self.longest = max(self.longest, len(form))

    def drop(self, name: str) -> None:
        """One client fewer has this name."""
        for form in written(name):
            self._held[form] -= 1
            if not self._held[form]:
                del self._held[form]


def unnamed(question: str, clients: Collection[str]) -> str:
    """The question with clients' names, as they are written and without legal form, as the word for a client.

    Names are looked up as they may stand in the question, so that it takes as long with very many clients as with few.
    """
    names = clients if isinstance(clients, Names) else Names(clients)
    if not names:
        return question
    edges = [at for at in range(len(question) + 1) if not (_in_word(question, at - 1) and _in_word(question, at))]
    told: list[str] = []
    begun = 0
    for start in edges:
        if start < begun or _in_word(question, start - 1):
            continue
        within = reversed(edges[bisect_right(edges, start) : bisect_right(edges, start + names.longest)])
        end = next((end for end in within if not _in_word(question, end) and question[start:end] in names), None)
        if end is not None:
            told += [question[begun:start], _CLIENT[language_of(question)]]
            begun = end
    return "".join((*told, question[begun:]))


def _in_word(text: str, at: int) -> bool:
    return 0 <= at < len(text) and (text[at].isalnum() or text[at] == "_")


def questions(message: str) -> tuple[str, ...]:
    """The questions of a message in their order, each with the statements before it; the whole where it is one.

    Entries of a list are a question each; else a question ends at its question mark. What follows the last one is added to it.
    """
    entries = [part.strip() for part in _MARKED.split(message)]
    if len(entries) > 2:
        lead, *listed = entries
        if all(_long_enough(entry) for entry in listed):
            return tuple(listed) if lead.endswith(":") or not lead else _gathered([lead, *listed])
    return _gathered(_AFTER_A_MARK.split(message.strip()))


def wording(question: str) -> str:
    """A question with nothing left but its words: what is the same for two people who put it alike."""
    return " ".join(words(question))


def leans(question: str) -> bool:
    """Whether a question says by its first words that it goes on from an earlier one ('and if it is a holiday?')."""
    return _JOINS[language_of(question)].match(question) is not None


def may_lean(question: str) -> bool:
    """Whether a question is short enough to be meant together with the one before it."""
    return len(question.split()) <= A_FEW


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, each once, long ones cut between words."""
    return tuple(dict.fromkeys(part for sentence in _SENTENCES.split(text) for part in _cut(sentence)))


def asked_in(text: str, most: int) -> tuple[str, ...]:
    """At most ``most`` parts of a long text that may be its question: what ends in a question mark, alone and with the
    sentence before it; where nothing does, its sentences."""
    said = sentences(text)
    asks = [
        part
        for before, sentence in zip(("", *said), said, strict=False)
        if sentence.endswith("?") and _long_enough(sentence)
        for part in ((sentence, f"{before} {sentence}") if before else (sentence,))
    ]
    return tuple((asks or said)[:most])


def _gathered(parts: Iterable[str]) -> tuple[str, ...]:
    """Parts that are no question of their own go with the one before, statements at the beginning with the one behind."""
    found: list[str] = []
    for part in parts:
        own = part.endswith("?") and _long_enough(part)
        if found and (not own or not found[-1].endswith("?")):
            found[-1] = f"{found[-1]} {part}"
        elif part:
            found.append(part)
    return tuple(found)


def _long_enough(part: str) -> bool:
    return len(part.split()) >= A_QUESTION


def _cut(sentence: str) -> Iterable[str]:
    while len(sentence) > _SENTENCE:
        at = sentence.rfind(" ", 1, _SENTENCE)
        at = at if at > 0 else _SENTENCE
        yield sentence[:at]
        sentence = sentence[at:].lstrip()
    if sentence:
        yield sentence
