"""The two texts as trees: nothing lost, nothing invented; a text that does not hold together is refused with its line."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.clauses import Document, Labelled, Listing, Paragraph, Table, squeeze
from knowledge.library import load
from knowledge.parser import MOST_BYTES, Layout, decode, parse
from knowledge.refused import Refused

LIBRARY = load()
ITQ, ITAF = LIBRARY.document("itq"), LIBRARY.document("itaf")


def lines_of(document: Document) -> Iterator[str]:
    return (squeeze(line) for line in document.source.split("\n") if line.strip())


def test_itq_has_48_articles_186_numbered_clauses_and_three_module_openings() -> None:
    numbered = [number for number in ITQ.clauses if re.fullmatch(r"\d+\.\d+", number)]
    openings = [number for number in ITQ.clauses if number.startswith("module:")]
    assert len(ITQ.articles) == 48
    assert len(numbered) == 186
    assert openings == ["module:it-services", "module:hardware-rental", "module:personal-data"]
    assert set(ITQ.clauses) - set(numbered) - set(openings) == {"48"}


def test_itaf_has_18_paragraphs_in_six_blocks() -> None:
    assert len(ITAF.clauses) == 18
    assert [len(article.clauses) for article in ITAF.articles.values()] == [3, 2, 3, 6, 2, 2]
    assert ITAF.clause("4.4").text.startswith("At the end/termination of the agreed service(s)")


@pytest.mark.parametrize("document", [ITQ, ITAF], ids=lambda d: d.slug)
def test_every_clause_is_a_substring_of_its_source(document: Document) -> None:
    for clause in document.clauses.values():
        assert document.holds(clause.text), clause.ref


@pytest.mark.parametrize("document", [ITQ, ITAF], ids=lambda d: d.slug)
def test_every_line_of_the_source_is_in_one_clause_one_heading_or_outside(document: Document) -> None:
    told = [line for clause in document.clauses.values() for line in squeezed_lines(clause.text)]
    told += [squeeze(line) for _, line in document.outside]
    told += [squeeze(article.opening) for article in document.articles.values() if article.opening]
    told += [squeeze(module.heading) for module in document.modules if module.heading]
    if document is ITQ:
        told += [f"Article {article.number}. {squeeze(article.title)}" for article in document.articles.values()]
    source = [re.sub(r"^\d+\.(\d+\.)?\s*", "", line) for line in lines_of(document)]
    assert sorted(line for line in source if line) == sorted(told)


def squeezed_lines(text: str) -> list[str]:
    return [squeeze(line) for line in text.split("\n")]


def test_web_page_leftovers_are_in_no_clause() -> None:
    leftovers = [
        "Close this search box",
        "Legal documents",
        "AI-powered",
        "resume and cover letter",
        "conditions ITQ NL",
    ]
    for document in (ITQ, ITAF):
        for clause in document.clauses.values():
            assert not any(words in clause.text for words in leftovers), clause.ref
    assert [line for _, line in ITQ.outside] == ["Terms and conditions ITQ NL", "Terms and conditions ITQ LU"]
    assert len(ITAF.outside) == 6


def test_the_table_of_5_2_has_its_rows_and_columns() -> None:
    paragraph, table = ITQ.clause("5.2").parts
    assert isinstance(paragraph, Paragraph)
    assert isinstance(table, Table)
    assert table.columns == ("Category", "Days", "Times", "Surcharge")
    assert table.rows[0] == ("Standard", "Monday – Friday", "08:00 – 18:00", "none")
    assert table.rows[3] == ("Weekend", "Saturdays and Sundays", "08:00 (Sat)- 08:00 (Mon)", "100%")
    assert len(table.rows) == 5


def test_lists_keep_their_markers() -> None:
    lettered = [part for part in ITQ.clause("15.3").parts if isinstance(part, Listing)]
    assert [item.marker for item in lettered[0].items] == ["a)", "b)", "c)", "d)", "e)"]
    dotted = [part for part in ITQ.clause("21.2").parts if isinstance(part, Listing)]
    assert [item.letter for item in dotted[0].items] == ["a", "b", "c", "d", "e"]
    bulleted = [part for part in ITQ.clause("43.3").parts if isinstance(part, Listing)]
    assert (bulleted[0].kind, len(bulleted[0].items)) == ("bulleted", 8)


def test_article_48_has_four_labelled_parts() -> None:
    labels = [part.label for part in ITQ.clause("48").parts if isinstance(part, Labelled)]
    assert labels == [
        "Duration of the processing",
        "Purpose of the processing",
        "Categories of data subjects",
        "Categories of Personal Data",
    ]


def test_article_1_defines_25_terms() -> None:
    assert len(ITQ.definitions) == 25
    assert ITQ.definitions["Consignment Hours"].number == "1.5"
    assert ITQ.articles["1"].opening.startswith("For each Agreement to which these General Terms")


def test_modules_hold_their_articles() -> None:
    spans = {m.slug: (m.articles[0].number, m.articles[-1].number) for m in ITQ.modules}
    assert spans == {
        "": ("1", "19"),
        "it-services": ("20", "28"),
        "hardware-rental": ("29", "35"),
        "personal-data": ("36", "48"),
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Article 1. A\n1.1. x\n1.3. y\n", "Line 3: Clause 1, paragraph 3 follows 1; 2 is missing."),
        ("Article 1. A\n1.1. x\n1.1. y\n", "Line 3: Clause 1, paragraph 1 comes a second time"),
        ("Article 1. A\n1.1. x\nArticle 3. B\n3.1. y\n", "Line 3: Article 3 follows 1; 2 is missing."),
        ("Article 1. A\n1.1. x\nArticle 5. B\n5.1. y\n", "Line 3: Article 5 follows 1; 2 to 4 are missing."),
        ("Article 1. A\n2.1. x\n", "Line 2: clause 2.1 stands in article 1."),
        ("Article 1. A\n1.1.\n1.2. y\n", "Line 2: clause 1.1 has a number but no text."),
        ("Article 1. A\n", "Line 1: clause 1 has a number but no text."),
        ("1. x\n3. y\n", "Line 2: Block 1, paragraph 3 follows 1; 2 is missing."),
        ("Article 1. A\n1.1 The cleaner comes.\n", "Line 2: 1.1 looks like the number of a clause; print it as '1.1.'"),
        ("Article 1. A\n1.1. x\n1.2 Éclairage\n", "Line 3: 1.2 looks like the number of a clause"),
        ("1. Cleaning\n1.1 The cleaner comes.\n", "below a heading like 'Article 1. Title'."),
        ("1. Cleaning\n1.1. The cleaner comes.\n", "Line 2: 1.1 looks like the number of a clause"),
        ("2. x\n", "Line 1: the first paragraph is numbered 2; it should be 1."),
        ("Dear all,\nhello\n", "No clause was found"),
        ("Article 1. A\n1.1. x\x00y\n", "Line 2 holds the control character U+0000"),
    ],
)
def test_a_text_that_does_not_hold_together_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(Refused, match=re.escape(said)):
        parse(text, "X", Layout())


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "The file is empty"),
        (b" \n\xc2\xa0\n", "The file is empty"),
        (
            "Article 1. A\nprijs 5 €".encode("latin-1", "replace") + b"\xff",
            "Line 2: the file is not UTF-8 text",
        ),
        (b"x" * (MOST_BYTES + 1), "at most 2,000,000"),
    ],
)
def test_a_file_that_is_no_text_is_refused(raw: bytes, said: str) -> None:
    with pytest.raises(Refused, match=said):
        decode(raw)


@given(st.text(max_size=400))
def test_any_text_parses_or_is_refused(text: str) -> None:
    try:
        parsed = parse(text, "X", Layout())
    except Refused:
        return
    for module in parsed.modules:
        for article in module.articles:
            for clause in article.clauses:
                assert squeeze(clause.text) in squeeze(text)
