"""What the clauses point at, and the defined terms that they use."""

import re

import pytest

from knowledge.library import load
from knowledge.references import defined_term, used_terms

LIBRARY = load()
ITQ, ITAF = LIBRARY.document("itq"), LIBRARY.document("itaf")


@pytest.mark.parametrize(
    ("number", "targets"),
    [
        ("10.3", ["ITQ 10.1", "ITQ 10.2"]),
        ("14.4", ["ITQ 7.3"]),
        ("15.6", ["ITQ 15.2", "ITQ 15.2", "ITQ 15.2"]),
        ("16.2", ["ITQ 16.1"]),
        ("30.3", ["ITQ 30.2"]),
        ("34.4", ["ITQ 34.3"]),
        ("22.4", ["ITQ 22"]),
        ("29.2", ["ITQ module:hardware-rental"]),
        ("47.2", ["ITQ module:personal-data"]),
        ("11.5", ["ITQ module:personal-data"]),
        (
            "37.1",
            ["ITQ module:personal-data", "ITQ module:personal-data", "ITQ 48", "ITQ module:personal-data"],
        ),
        ("19.1", []),
    ],
)
def test_references_inside_the_document(number: str, targets: list[str]) -> None:
    assert [r.target for r in ITQ.references[number] if not r.outside] == targets


@pytest.mark.parametrize(
    ("number", "targets"),
    [
        ("38.4", ["GDPR 32–36"]),
        ("36.1", ["GDPR 4(8)", "GDPR 4(7)"]),
        ("1.22", ["GDPR 4.8"]),
        ("43.1", ["GDPR 4(12)"]),
    ],
)
def test_articles_of_the_gdpr_are_not_ours(number: str, targets: list[str]) -> None:
    assert [r.target for r in ITQ.references[number] if r.outside] == targets


def test_the_section_that_itaf_names_is_in_another_text() -> None:
    assert [(r.target, r.outside) for r in ITAF.references["3.2"]] == [("Description of services", True)]


def test_every_reference_lies_where_its_words_stand_and_leads_somewhere() -> None:
    for document in LIBRARY.documents:
        known = {clause.ref for clause in document.clauses.values()} | {
            f"{document.ref} {a}" for a in document.articles
        }
        for number, references in document.references.items():
            text = document.clause(number).text
            for reference in references:
                assert text[reference.start : reference.end] == reference.words
                assert reference.outside or reference.target in known


def test_every_article_that_the_text_names_is_a_reference() -> None:
    """Counted apart from the parser: each printed 'Article N' or 'Articles N' lies inside a found reference."""
    for clause in ITQ.clauses.values():
        for match in re.finditer(r"\bArticles? \d", clause.text):
            assert any(
                r.start <= match.start() < r.end or clause.text[match.start() : r.start].startswith("Article")
                for r in ITQ.references[clause.number]
            ), (clause.ref, match[0])


def test_defined_terms_in_use_are_known_with_their_definitions() -> None:
    used = used_terms(ITQ, ITQ.clause("7.3"))
    assert {term: clause.number for term, clause in used.items()} == {
        "Client": "1.16",
        "Consultancy": "1.6",
        "Working Days": "1.24",
        "ITQ": "1.11",
    }
    assert "Parties" in used_terms(ITQ, ITQ.clause("17.1"))
    assert "Working Days" not in used_terms(ITQ, ITQ.clause("1.24"))


@pytest.mark.parametrize("typed", ["consignment hours", "Consignment Hour", "CONSIGNMENT  HOURS"])
def test_a_term_is_found_however_it_is_typed(typed: str) -> None:
    clause = defined_term(ITQ, typed)
    assert clause is not None
    assert clause.number == "1.5"
