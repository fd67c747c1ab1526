"""Papers say what the answer says: rows that add up and never run, pages with every sum, word and origin."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from handlers.papers import COLUMNS, csv_of, pdf_of
from handlers.papers.sheet import Paper
from knowledge.answer import Answer
from knowledge.termfiles import amendment
from knowledge.terms import Overrides
from tests.knowledge.asking import answer
from tests.knowledge.test_rules_properties import EXAMPLES

LATE = answer("fee", "late-payment", {"invoice_date": "2025-05-15", "amount": "12100", "paid": "2026-08-20"})
NIGHT = answer("fee", "surcharge", {"start": "2026-11-20T22:00", "end": "2026-11-21T02:00", "rate": 150})
DEFECT = answer("deadline", "defect-claim", {"from": "2026-10-29", "country": "NL"})
FAIR = answer("fee", "fair-use", {"used": 100, "others": "20,30,40"})
WORDS = "Le supplément du soir s’élève à 75 % (« soirée ») — soit € 37,50 … “Łódź”"


def under_agreement() -> Answer:
    row = {"value": 75, "unit": "percent", "clause": "4", "words": WORDS, "from": date(2026, 1, 1)}
    special = amendment({"name": "Acme", "amends": "ITQ", "terms": {"surcharge.evening": [row]}}, "acme.toml")
    given = {"start": "2026-11-20T16:00", "end": "2026-11-20T20:00", "rate": 150}
    return answer("fee", "surcharge", given, Overrides("acme", amendments=(special,)))


def rows(*answers: Answer) -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO(csv_of(answers).decode("utf-8-sig"), newline=""))]


def read(given: Answer, **at: datetime) -> PdfReader:
    return PdfReader(io.BytesIO(pdf_of(given, **at)), strict=True)


def text(given: Answer) -> str:
    """All the words of the pages, with single spaces."""
    return " ".join(" ".join(page.extract_text() for page in read(given).pages).split())


def test_rows_are_utf_8_with_a_mark_and_a_row_a_line() -> None:
    assert csv_of([LATE]).startswith(b"\xef\xbb\xbfanswer,")
    found = rows(LATE, DEFECT)
    assert len(found) == sum(len(reading.lines) for reading in LATE.readings) + len(DEFECT.readings)
    assert tuple(found[0]) == COLUMNS
    assert {key: value for key, value in found[0].items() if value} == {
        **{"answer": "an-id", "kind": "late-payment", "clause": "ITQ 6.3", "reading": "literal", "stance": "literal"},
        **{"default": "yes", "label": "Interest at 11.5 % a year", "from": "2025-06-17", "to": "2025-06-30"},
        **{"days": "14", "percent": "11.5", "amount": "53.37", "currency": "EUR"},
    }
    assert (found[-1]["from"], found[-1]["to"], found[-1]["extended"]) == ("2026-10-29", "2026-11-19", "2026-11-19")


@pytest.mark.parametrize(("kind", "inputs"), EXAMPLES.items())
def test_rows_add_up_to_the_total_of_their_reading(kind: str, inputs: dict[str, object]) -> None:
    given = answer("fee", kind, inputs)
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows(given):
        totals[row["reading"]] += Decimal(row["amount"])
    assert totals == {reading.name: reading.total for reading in given.readings}


def test_hours_carry_their_offset_and_what_is_no_money_no_currency() -> None:
    assert rows(NIGHT)[0]["from"] == "2026-11-20T22:00:00+01:00"
    assert (rows(NIGHT)[0]["rate"], rows(NIGHT)[0]["hours"]) == ("150.00", "1")
    assert {row["currency"] for row in rows(FAIR)} == {""}
    assert {row["default"] for row in rows(FAIR)} == {"no"}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", " =", " \t@"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_text(start: str) -> None:
    hostile = f'{start}HYPERLINK("http://x","y")'
    reading = replace(NIGHT.readings[0], name=hostile, lines=(NIGHT.readings[0].lines[0]._replace(label=hostile),))
    found = rows(replace(NIGHT, id=hostile, found=replace(NIGHT.found, readings=(reading,))))
    for column in ("answer", "reading", "label"):
        assert found[0][column] == f"'{hostile}"


def test_a_fall_stays_a_number() -> None:
    line = NIGHT.readings[0].lines[0]._replace(amount=Decimal("-12.30"))
    reading = replace(NIGHT.readings[0], lines=(line,))
    assert rows(replace(NIGHT, found=replace(NIGHT.found, readings=(reading,))))[0]["amount"] == "-12.30"


@given(name=st.text())
def test_no_name_begins_a_formula(name: str) -> None:
    for row in rows(replace(DEFECT, id=name)):
        assert not row["answer"].lstrip().startswith(("=", "+", "-", "@"))


def test_a_page_has_the_sums_the_words_and_where_they_stand() -> None:
    said = text(LATE)
    for words in (
        *("Interest and costs of an invoice paid late", "ITQ 6.3 · answer an-id", "Amount unpaid EUR 12,100.00"),
        *("Tue 17 Jun 2025 Mon 30 Jun 2025 14 11.5 % 53.37", "640.47", "630.03", "177.52", "Total EUR 1,751.39"),
        *("EUR 1,541.39 −210.00", "EUR 1,799.02 +47.63", "“If the Client does not comply", "a minimum of €250.”"),
        *("ITQ 6.3, itq, version undated", "Law of 2 August 2002 art. 6, in short", "Page 1 of 2", "Page 2 of 2"),
        *(LATE.documents[0][2], *LATE.assumptions),
    ):
        assert words in said


@pytest.mark.parametrize("given", [LATE, NIGHT, FAIR, DEFECT], ids=lambda given: given.kind)
def test_every_line_reading_word_and_assumption_is_on_the_pages(given: Answer) -> None:
    said = text(given)
    for reading in given.readings:
        assert reading.name in said or len(given.readings) == 1
        shown = reading is given.default or given.default is None
        for line in reading.lines if shown else ():
            assert f"{line.amount:,}" in said
    for words in (*(cite.words for cite in given.citations), *given.assumptions):
        assert " ".join(words.split()) in said


def test_a_deadline_shows_the_days_passed_over() -> None:
    said = text(DEFECT)
    assert "Thu 19 Nov 2026" in said
    assert "Wed 11 Nov 2026 Armistice Day (BE)" in said
    assert "Counted from Thu 29 Oct 2026." in said


def test_no_euro_stands_where_no_money_was_asked() -> None:
    assert "EUR" not in text(FAIR)
    assert "The words name no reading; all are shown." in text(FAIR)


def test_what_an_agreement_set_is_shown_with_its_words_and_what_it_replaced() -> None:
    said = text(under_agreement())
    assert f"75 percent (Acme 4, from Thu 1 Jan 2026): “{WORDS}”" in said
    assert "instead of 50 percent (ITQ 5.2): “Evening Monday – Friday 18:00 – 23:00 50%”" in said


def test_fonts_are_embedded_and_title_and_language_set() -> None:
    found = read(LATE)
    assert found.metadata
    assert found.metadata.title == "Interest and costs of an invoice paid late (ITQ 6.3)"
    assert str(found.root_object["/Lang"]) == "en"
    resources = found.pages[0]["/Resources"]
    assert isinstance(resources, DictionaryObject)
    fonts = resources["/Font"]
    assert isinstance(fonts, DictionaryObject)
    assert len(fonts) == 2
    for font in fonts.values():
        inner = font.get_object()["/DescendantFonts"][0].get_object()
        assert "/FontFile2" in inner["/FontDescriptor"].get_object()


def test_the_time_of_a_page_is_that_of_its_answer_or_none() -> None:
    at = datetime(2026, 11, 22, 12, tzinfo=UTC)
    undated, dated = read(LATE).metadata, read(LATE, at=at).metadata
    assert undated
    assert undated.creation_date is None
    assert dated
    assert dated.creation_date == at


def test_a_long_answer_flows_over_pages_with_heads_and_numbers() -> None:
    year = answer("fee", "surcharge", {"start": "2026-01-01T00:00", "end": "2026-07-01T00:00", "rate": 150})
    pages = read(year).pages
    assert len(pages) > 6
    for number, page in enumerate(pages, 1):
        said = page.extract_text()
        assert f"Page {number} of {len(pages)}" in said
        if 1 < number < len(pages) - 2:
            assert said.startswith("What\nFrom\nTo") or said.startswith("What From To"), said[:80]
    default = year.default
    assert default
    lines = sum(page.extract_text().count(" % ") + page.extract_text().count(" %\n") for page in pages)
    assert lines >= len(default.lines)


@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(words=st.text(max_size=300))
def test_any_words_can_be_printed(words: str) -> None:
    cite = DEFECT.citations[0]._replace(words=words)
    given = replace(DEFECT, citations=(cite,), assumptions=(words,), id=words[:12])
    assert len(read(given).pages) >= 1


def test_a_sign_that_the_font_lacks_is_not_left_out_in_silence() -> None:
    paper = Paper("Facts", "INC-2026-001")
    paper.write_down("Łódź: mail to 山田 🙂")
    [page] = PdfReader(io.BytesIO(bytes(paper.output()))).pages
    text = page.extract_text()
    assert "Łódź: mail to □□ □" in text
    assert "□ stands for a sign that the font of these pages lacks" in text
    plain = Paper("Facts", "INC-2026-001")
    plain.write_down("Łódź")
    assert "□" not in PdfReader(io.BytesIO(bytes(plain.output()))).pages[0].extract_text()


def test_the_same_answer_gives_the_same_bytes_in_another_process() -> None:
    said = (
        "import sys; from tests.handlers.test_papers import *; sys.stdout.buffer.write(pdf_of(LATE) + csv_of([LATE]))"
    )
    again = subprocess.run(
        [sys.executable, "-c", said], env=os.environ | {"PYTHONHASHSEED": "7"}, capture_output=True, check=True
    )
    assert again.stdout == pdf_of(LATE) + csv_of([LATE])
