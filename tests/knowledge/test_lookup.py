"""Typed words and the passages that they name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import lookup, telling
from knowledge.library import load
from knowledge.refused import Refused

LIBRARY = load()


@pytest.mark.parametrize(
    ("typed", "ref"),
    [
        ("7.3", "ITQ 7.3"),
        ("art. 7.3", "ITQ 7.3"),
        ("Art 7.3", "ITQ 7.3"),
        ("Artikel 7.3", "ITQ 7.3"),
        ("§ 7.3", "ITQ 7.3"),
        ("7,3", "ITQ 7.3"),
        ("7.3.", "ITQ 7.3"),
        ("07.3", "ITQ 7.3"),
        ("itq 7.3", "ITQ 7.3"),
        ("ITQ: 7.3", "ITQ 7.3"),
        ("Article 43", "ITQ 43"),
        ("48", "ITQ 48"),
        ("itaf 4.4", "ITAF 4.4"),
        ("itaf art. 4.4", "ITAF 4.4"),
        ("itaf 4", "ITAF 4"),
        ("15.3 b", "ITQ 15.3 b"),
        ("15.3b", "ITQ 15.3 b"),
        ("15.3 (b)", "ITQ 15.3 b"),
        ("15.3 B)", "ITQ 15.3 b"),
        ("21.2 e", "ITQ 21.2 e"),
        ("module:it-services", "ITQ module:it-services"),
        ("itq module hardware rental", "ITQ module:hardware-rental"),
        ("consignment hours", "ITQ 1.5"),
        ("working day", "ITQ 1.24"),
        ("4.4", "ITQ 4.4"),
    ],
)
def test_a_number_a_module_or_a_term_is_found(typed: str, ref: str) -> None:
    found = lookup.find(LIBRARY, typed)
    assert found is not None
    assert found.ref == ref
    assert found.document.holds(found.text)


def test_every_clause_article_and_module_is_found_by_its_number_and_quoted_exactly() -> None:
    for document in LIBRARY.documents:
        for number in (*document.clauses, *document.articles):
            found = lookup.find(LIBRARY, f"{document.ref} {number}")
            assert found is not None
            assert found.ref == f"{document.ref} {number}"
            assert document.holds(found.text)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("7.9", "ITQ has no clause 7.9; nearest are 7.3 and 8.1."),
        ("49.1", "ITQ has no clause 49.1; nearest is 48."),
        ("0.1", "ITQ has no clause 0.1; nearest is 1.1."),
        ("49", "ITQ has no article 49; it has articles 1 to 48."),
        ("itaf 9.1", "ITAF has no clause 9.1; nearest is 6.2."),
        ("4.5", "ITAF 4.5 exists: name the document to see it."),
        ("15.3 z", "ITQ 15.3 has no entry z; it has a to e."),
        ("7.3 b", "ITQ 7.3 has no entry b; it has no lettered entries."),
        ("acme 7.3", "There is no document 'acme'; there are: itq, itaf"),
        ("٧٫٣", "Write a clause number with the digits 0 to 9; did you mean '7.3'?"),
        ("७.३", "did you mean '7.3'?"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(typed: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        lookup.find(LIBRARY, typed)
    assert said in str(refused.value)


@pytest.mark.parametrize(("typed", "told"), [("43.3", True), ("43", True), ("7.3", False), ("43.1", False)])
def test_what_is_odd_about_a_clause_is_told_with_that_clause_alone(typed: str, told: bool) -> None:
    passage = lookup.find(LIBRARY, typed)
    assert passage is not None
    assert passage.note.startswith("The text bears no version and no date.")
    assert ("43.3 opens in Dutch" in passage.note) is told


@pytest.mark.parametrize("typed", ["force majeure", "how late may they cancel", "5 days", "windows 11 licence"])
def test_words_that_name_nothing_are_left_to_the_search(typed: str) -> None:
    assert lookup.find(LIBRARY, typed) is None


@pytest.mark.parametrize(
    ("question", "ref"),
    [
        ("what does 7.3 say?", "ITQ 7.3"),
        ("is clause 15.3 (b) about us", "ITQ 15.3 b"),
        ("wat staat er in artikel 43", "ITQ 43"),
        ("que dit itaf 4.4 ?", "ITAF 4.4"),
        ("is it 5 days or 2 days", None),
        ("we worked 1.5 hours at 12.5 %", None),
        ("they owe us 7.3 euro", None),
        ("In 7.3 seconden reageren?", None),
        ("what does 4.4 of ITAF say?", "ITAF 4.4"),
        ("is 7.3 of ITQ or 4.4 of ITAF meant", "ITQ 7.3"),
        ("do we help with article 35 GDPR?", None),
        ("Welke plicht volgt uit artikel 33 van de AVG?", None),
        ("GDPR art. 28, what about it", None),
        ("does article 1.7 of the Civil Code move the day", None),
        ("we upgraded to vSphere 8.1", None),
    ],
)
def test_a_clause_number_inside_a_question_counts_and_other_numbers_do_not(question: str, ref: str | None) -> None:
    found = lookup.mentioned(LIBRARY, question)
    assert (found.ref if found else None) == ref


@pytest.mark.parametrize(
    ("question", "missed"),
    [
        ("what does article 99 say?", True),
        ("wat staat er in artikel 7.9", True),
        ("que dit itaf 9.9 ?", True),
        ("what does article 7.3 say, or article 99?", False),
        ("who pays 7.9 for that", False),
        ("article 99 of the GDPR", False),
    ],
)
def test_a_clause_that_no_document_has_is_known_to_be_missing(question: str, missed: bool) -> None:
    assert lookup.unheard_of(LIBRARY, question) is missed


def test_the_json_of_a_clause_has_the_keys_that_others_rely_on() -> None:
    found = lookup.find(LIBRARY, "7.3")
    assert found is not None
    told = telling.passage(found)
    assert {
        "ref",
        "document",
        "version",
        "effective",
        "title",
        "text",
        "module",
        "defines",
        "mentions",
        "mentioned_by",
    } <= set(told)
    assert (told["effective"], told["mentioned_by"], told["mentions"]) == ("unknown", ["ITQ 14.4"], [])
    term = lookup.find(LIBRARY, "1.5")
    assert term is not None
    assert telling.passage(term)["defines"] == ["Consignment Hours"]


@given(st.text(max_size=60))
def test_any_typed_words_are_found_left_or_refused(typed: str) -> None:
    try:
        found = lookup.find(LIBRARY, typed)
    except Refused:
        return
    assert found is None or found.document.holds(found.text)
