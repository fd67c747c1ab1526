"""Questions to documents that were added, for which nobody wrote down in which words people ask, in both rankings."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from knowledge.library import NOBODY, Added, load
from knowledge.search import Index
from knowledge.search.finding import ask
from knowledge.search.ranking import open_index

ADDED = load(
    [
        Added(
            "cleaning",
            "1",
            None,
            "Cleaning contract",
            "Sparkle",
            "a test",
            "Article 1. Cleaning\n1.1. The cleaner comes every Tuesday morning between 7 and 9.\n"
            "1.2. The client provides a locked cupboard for the cleaning products.\n",
        ),
        Added(
            "house",
            "1",
            None,
            "House rules",
            "The landlord",
            "a test",
            "Article 1. The canteen\n1.1. The canteen serves a hot lunch between noon and two o'clock.\n"
            "Article 2. The bicycle shed\n2.1. Bicycles left in the shed for more than a month are given to a charity.\n",
        ),
        Added(
            "copies",
            "1",
            None,
            "Hosting terms",
            "Acme NV",
            "a test",
            "Article 1. Files\n1.1. A copy of all files is made every night and kept in Ghent.\n"
            "Article 2. Payment\n2.1. An invoice is to be paid within ten days.\n",
        ),
    ]
)


@pytest.fixture(scope="module", params=["words", "meaning"])
def added(request: pytest.FixtureRequest) -> Iterator[Index]:
    """Each ranking over the documents that are built in and three for which nobody wrote down how people ask."""
    made = open_index(ADDED.in_force(), alone=request.param == "words")
    yield made
    made.close()


@pytest.mark.parametrize(
    ("question", "ref"),
    [
        ("when does the cleaner come?", "CLEANING 1.1"),
        ("Who provides the cupboard for cleaning products?", "CLEANING 1.2"),
        ("what happens with bicycles left in the shed?", "HOUSE 2.1"),
        ("Our invoice is six weeks old and still unpaid, may we stop the work?", "ITQ 6.3"),
        ("The client wants to move the workshop of next Monday, what may we invoice?", "ITQ 7.3"),
        ("Does ITAF follow ITIL?", "ITAF 6.1"),
    ],
)
def test_a_document_without_words_of_people_answers_and_takes_no_others_questions(
    added: Index, question: str, ref: str
) -> None:
    found = ask(ADDED, added, question)
    assert found.passage
    assert found.passage.ref == ref


@pytest.mark.parametrize(
    "question",
    [
        "Within how many days must Acme's invoices be paid?",
        "Is ACME NV's invoice due sooner?",
        "Quand faut-il payer Acme ?",
    ],
)
def test_an_added_document_is_known_by_whose_it_is(added: Index, question: str) -> None:
    """The name is one slip away from a known word, which it must not become."""
    hits = ask(ADDED, added, question).hits
    assert hits
    assert {hit.document.owner for hit in hits} == {"Acme NV"}


def test_a_document_that_is_nobody_s_is_not_named_by_that_word() -> None:
    nobody = load(
        [Added("odd", "1", None, "Odd rules", "", "a test", "Article 1. Lifts\n1.1. The lift is out of order.\n")]
    )
    assert NOBODY in {document.owner for document in nobody.documents}
    with closing(open_index(nobody.in_force(), alone=True)) as index:
        hits = ask(nobody, index, "The client's address is unknown, who pays the overdue invoice?").hits
    assert "itq" in {hit.document.slug for hit in hits}


def test_a_clause_without_people_s_words_is_not_joined_by_whatever_is_near(added: Index) -> None:
    assert ask(ADDED, added, "when does the cleaner come?").also == ()


def test_what_an_added_document_does_not_answer_is_not_claimed(added: Index) -> None:
    found = ask(ADDED, added, "Which electric car may I choose?")
    assert found.passage is None
