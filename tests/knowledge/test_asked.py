"""The words in which people ask: complete, even, and written without sight of the questions on which they are measured."""

import hashlib
from collections import Counter
from itertools import chain
from pathlib import Path

import pytest

from knowledge.asked import LANGUAGES, asked, called, gaps
from knowledge.library import load
from knowledge.refused import Refused
from knowledge.search.grams import words

LIBRARY = load()
CLAUSES = [(d.slug, number) for d in LIBRARY.documents for number in d.clauses]
DEVELOPMENT = Path(__file__).with_name("development.sha256")


def said(question: str) -> str:
    """A question with nothing left but its words."""
    return " ".join(words(question))


def hashed(question: str) -> str:
    return hashlib.sha256(said(question).encode()).hexdigest()[:16]


@pytest.mark.parametrize(("slug", "number"), CLAUSES)
def test_each_clause_has_its_share_in_each_language(slug: str, number: str) -> None:
    entry = asked(slug)[number]
    for language in LANGUAGES:
        assert entry.summary[language].strip()
        assert len(entry.keywords[language]) >= 5
        questions = entry.questions[language]
        assert len({said(question) for question in questions}) == len(questions) >= 10


def test_no_clause_has_more_questions_than_another() -> None:
    """What one clause has more costs its neighbours; a language in which people are found less well may have more for all."""
    shares = [[len(asked(slug)[number].questions[language]) for language in LANGUAGES] for slug, number in CLAUSES]
    for of_language in zip(*shares, strict=True):
        assert max(of_language) <= 1.2 * min(of_language)
    assert max(map(sum, shares)) <= 1.15 * min(map(sum, shares))


def test_no_entry_is_for_a_clause_that_does_not_exist() -> None:
    for document in LIBRARY.documents:
        assert set(asked(document.slug)) <= set(document.clauses)


def test_no_question_is_asked_for_two_clauses() -> None:
    asked_for: dict[str, set[tuple[str, str]]] = {}
    for slug, number in CLAUSES:
        for question in chain.from_iterable(asked(slug)[number].questions.values()):
            asked_for.setdefault(said(question), set()).add((slug, number))
    assert {question: where for question, where in asked_for.items() if len(where) > 1} == {}


def test_no_question_is_one_of_those_on_which_the_search_is_measured() -> None:
    measured = set(DEVELOPMENT.read_text(encoding="ascii").split())
    assert len(measured) > 200
    own = [q for slug, number in CLAUSES for qs in asked(slug)[number].questions.values() for q in qs]
    own += [q for document in LIBRARY.documents for qs in gaps(document.slug).values() for q in qs]
    assert [question for question in own if hashed(question) in measured] == []


def test_silent_topics_are_in_three_languages_and_no_phrasing_stands_twice() -> None:
    counts = Counter(said(q) for document in LIBRARY.documents for qs in gaps(document.slug).values() for q in qs)
    assert sum(counts.values()) > 700
    assert [question for question, times in counts.items() if times > 1] == []


def test_a_document_is_known_by_what_people_call_it() -> None:
    assert "dcp" in called("itaf")
    assert called("unheard-of") == ("unheard-of",)


def test_a_document_without_words_of_people_has_none(tmp_path: Path) -> None:
    assert asked("other", tmp_path) == {}
    assert gaps("other", tmp_path) == {}


def test_an_entry_without_a_language_is_refused_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / "gaps.toml").write_text('called = ["other"]\n[gaps."travel"]\nen = ["who pays?"]\n', encoding="utf-8")
    with pytest.raises(Refused, match=r"other/gaps\.toml, travel"):
        gaps("other", tmp_path)
    (folder / "asked.toml").write_text('["1"]\nsummary.en = "x"\n', encoding="utf-8")
    with pytest.raises(Refused, match=r"other/asked\.toml, 1"):
        asked("other", tmp_path)
