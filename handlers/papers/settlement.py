"""A settlement on paper: pages that can go with an invoice, and rows for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from handlers.papers.sheet import Paper
from knowledge import days, money
from knowledge.answer import Cite
from knowledge.hardware_rows import safe
from knowledge.settlement import Statement

COLUMNS = (
    *("statement", "agreement", "client", "until", "line", "tag", "label", "clause", "reading", "from", "to", "days"),
    *("amount", "currency"),
)
"""The heads of the rows; a row without a reading is owed under every one."""


def csv_of_statement(statement: Statement) -> bytes:
    """Every line, a row each, as UTF-8 with a byte order mark; text that a spreadsheet would run is led by an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for number, line in enumerate(statement.lines, 1):
        words = {
            "statement": statement.number,
            "agreement": statement.agreement,
            "client": statement.client,
            "tag": line.tag,
            "label": line.label,
            "clause": line.ref,
            "reading": line.reading,
        }
        # Sums stay numbers, a credit among them: nothing that is no sum comes into that column.
        numbers = {
            "until": statement.until.isoformat(),
            "line": number,
            "from": line.since.isoformat() if line.since else "",
            "to": line.until.isoformat() if line.until else "",
            "days": line.days or "",
            "amount": money.amount(line.amount),
            "currency": "EUR",
        }
        writer.writerow({name: safe(text) for name, text in words.items()} | numbers)
    return out.getvalue().encode("utf-8-sig", "replace")


def pdf_of_statement(
    statement: Statement, cites: Iterable[Cite], assumptions: Iterable[str], disputed: Sequence[str], *, at: datetime
) -> bytes:
    """The statement as A4 pages; the same one, given out at the same moment, gives the same bytes."""
    title = f"Settlement of Hardware, statement {statement.number}"
    paper = Paper(title, f"statement {statement.number}")
    paper.set_creation_date(at)
    paper.write_down(title, 15, bold=True)
    paper.write_down(
        f"{statement.client}, agreement {statement.agreement}, up to {days.spoken(statement.until)}", grey=True
    )
    paper.ln(4)
    paper.write_down(money.spoken(statement.total), 20, bold=True)
    paper.write_down("excluding VAT", grey=True)
    paper.section("How 35.1 can be read")
    heads = ("Reading", "What it says", "EUR", "Difference", "With earlier rent")
    rows = [
        (
            reading.name + (" (asked for)" if reading is statement.readings[0] else ""),
            reading.because,
            f"{reading.total:,}",
            f"{reading.total - statement.total:+,}" if reading.total != statement.total else "",
            f"{reading.in_all:,}",
        )
        for reading in statement.readings
    ]
    paper.rows(heads, rows, (20, 42, 12, 12, 14), "EUR, Difference, With earlier rent")
    for reading in statement.readings:
        lines = statement.under(reading.name)
        paper.section(f"Lines under {reading.name}")
        owed = [
            *((str(n), line.tag, line.told, line.ref, f"{line.amount:,}") for n, line in lines),
            ("Total", "", "", "", f"{reading.total:,}"),
        ]
        paper.rows(("Line", "Item", "What for", "Clause", "EUR"), owed, (8, 16, 50, 12, 14), "EUR")
    if disputed:
        paper.section("Disputed")
        for words in disputed:
            paper.bullet(words)
    paper.section("The words")
    for cite in cites:
        paper.write_down(f"{cite.ref}{f' (version {cite.version})' if cite.version else ''}", bold=True)
        paper.write_down(cite.words)
        paper.ln(2)
    paper.section("Assumed")
    for words in assumptions:
        paper.bullet(words)
    return bytes(paper.output())
