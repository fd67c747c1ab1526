"""Rows for a spreadsheet: every line of every reading."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from knowledge import money
from knowledge.answer import Answer, Reading
from knowledge.rules import find

COLUMNS = (
    *("answer", "agreement", "kind", "clause", "reading", "stance", "default", "label"),
    *("from", "to", "days", "minutes", "hours", "rate", "percent", "amount", "currency", "extended"),
)
"""The heads of the rows: sums have a point and two decimals, days and instants are in ISO 8601."""
_RUNS = frozenset("=+-@\t\r\n＝＋－＠")

Cell = str | int | Decimal | Fraction | date | None


def csv_of(answers: Iterable[Answer]) -> bytes:
    """All lines of all readings, a row each (of a deadline, a row for each reading), as UTF-8 with a byte order mark.

    Text that a spreadsheet would run as a formula is led by an apostrophe.
    """
    out = io.StringIO(newline="")
    rows = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    rows.writeheader()
    for answer in answers:
        for reading in answer.readings:
            for row in _rows(answer, reading):
                rows.writerow({column: _cell(value) for column, value in row.items()})
    return out.getvalue().encode("utf-8-sig", "replace")


def _rows(answer: Answer, reading: Reading) -> Iterable[Mapping[str, Cell]]:
    agreement = answer.inputs.get("agreement")
    head: dict[str, Cell] = {
        "answer": answer.id,
        "agreement": agreement if isinstance(agreement, str) else None,
        "kind": answer.kind,
        "clause": answer.ref,
        "reading": reading.name,
        "stance": reading.stance,
        "default": "yes" if reading is answer.default else "no",
    }
    if answer.family == "deadline":
        span: dict[str, Cell] = {"from": answer.found.since, "to": reading.day, "extended": reading.extended}
        yield head | span | {"label": answer.title}
        return
    if not reading.lines:
        yield head | {"label": "nothing", "amount": money.amount(reading.total), "currency": currency(answer)}
    for line in reading.lines:
        yield head | {
            "clause": line.ref,
            "label": line.label,
            "from": line.start or line.since,
            "to": line.end or line.until,
            "days": line.days,
            "minutes": line.minutes,
            "hours": line.hours if line.minutes is None else Fraction(line.minutes, 60),
            "rate": None if line.rate is None else money.amount(line.rate),
            "percent": line.surcharge if line.percent is None else line.percent,
            "amount": line.amount,
            "currency": currency(answer),
        }


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Fraction):
        return f"{float(value):.4f}".rstrip("0").rstrip(".")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return str(value)
    return safe(value)


def safe(text: str) -> str:
    """Text that a spreadsheet shows and does not run as a formula."""
    return f"'{text}" if text[:1] in _RUNS or text.lstrip()[:1] in _RUNS else text


def currency(answer: Answer) -> str:
    """EUR, or nothing where a rule asks for no sum of money and so gives none."""
    asked = find(answer.family, answer.kind).fields
    return "EUR" if any(field.type in ("money", "amounts") for field in asked) else ""
