"""An answer as pages that can go with an invoice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

from fpdf.output import OutputProducer, PDFInfo

from handlers.papers.rows import currency
from handlers.papers.sheet import SMALL, Paper
from knowledge import days, money
from knowledge.answer import Answer, Cite, Line, Reading, worth
from knowledge.answer_text import when
from knowledge.fields import Field
from knowledge.rules import find

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Goes into the identifier of the file only."""


class _Undated(OutputProducer):
    """Leaves the time of making out, which an answer without a time on record does not have."""

    def _add_info(self) -> PDFInfo:
        info = super()._add_info()
        del info.creation_date
        return info


def pdf_of(answer: Answer, *, at: datetime | None = None) -> bytes:
    """The answer as A4 pages: inputs, lines and total, other readings, the words, what the agreement set, assumptions.

    The same answer gives the same bytes; ``at`` is when it was given, where that is on record.
    """
    paper = Paper(f"{answer.title} ({answer.ref})", f"answer {answer.id}")
    _head(paper, answer, at)
    paper.section("Asked")
    paper.rows(("Input", "Given"), _inputs(answer), (60, 114), "")
    first = answer.default
    for reading in answer.readings if first is None else (first,):
        _reading(paper, answer, reading)
    _others(paper, answer)
    paper.section("Words")
    for cite in answer.citations:
        _quote(paper, cite)
    _set_by_agreement(paper, answer)
    if answer.assumptions:
        paper.section("Assumed")
        for said in answer.assumptions:
            paper.bullet(said)
    paper.section("Rests on")
    for ref, version, sha in answer.documents:
        paper.write_down(f"{ref}, version {version}, SHA-256 {sha}", SMALL, grey=True)
    paper.write_down(f"Rules {answer.engine}; answer {answer.id}", SMALL, grey=True)
    paper.set_creation_date(at or _NEVER)
    return bytes(paper.output(output_producer_class=OutputProducer if at else _Undated))


def _head(paper: Paper, answer: Answer, at: datetime | None) -> None:
    first = answer.default
    paper.write_down(answer.title, 15, bold=True)
    paper.ln(1)
    given = f" · given on {days.spoken(at)}" if at else ""
    paper.write_down(f"{answer.ref} · answer {answer.id}{given}", grey=True)
    paper.ln(4)
    if first is None:
        paper.write_down("The words name no reading; all are shown.", 12, bold=True)
    elif answer.family == "fee":
        paper.write_down(_sum(answer, first.total), 20, bold=True)
    else:
        moved = f", moved to {when(first.extended)}" if first.extended != first.day else ""
        paper.write_down(f"{when(first.day)}{moved}", 16, bold=True)
        paper.write_down(_sentence(f"{answer.found.who}; {answer.found.consequence}"))


def _inputs(answer: Answer) -> list[tuple[str, str]]:
    fields = {field.name: field for field in find(answer.family, answer.kind).fields}
    return [(_label(fields[name]), _given(fields[name], given)) for name, given in answer.inputs.items()]


def _label(field: Field) -> str:
    return f"{field.label} ({field.help})" if field.help == "excluding VAT" else field.label


def _given(field: Field, given: object) -> str:
    if isinstance(given, list):
        return "; ".join(_given(field, entry) for entry in given)
    if field.type in ("money", "amounts"):
        return money.spoken(Decimal(str(given)))
    if field.type == "instant":
        return when(datetime.fromisoformat(str(given)))
    if field.type == "date":
        return days.spoken(date.fromisoformat(str(given)))
    return f"{given} %" if field.type == "percent" else f"{given}"


def _sum(answer: Answer, total: Decimal) -> str:
    return money.spoken(total) if currency(answer) else f"{total:,}"


def _reading(paper: Paper, answer: Answer, reading: Reading) -> None:
    several = len(answer.readings) > 1
    default = ", the default" if reading is answer.default and several else ""
    paper.section(f"Computed as {reading.name}{default}" if several else "Computed")
    paper.write_down(_sentence(reading.because))
    paper.ln(2)
    if answer.family == "deadline":
        if answer.found.since:
            paper.write_down(f"Counted from {when(answer.found.since)}.")
        if reading.skipped:
            paper.ln(2)
            skipped = [(days.spoken(day), why) for day, why in reading.skipped]
            paper.rows(("Passed over", "Why"), skipped, (60, 114), "")
        return
    elsewhere = any(line.ref != answer.ref for line in reading.lines)
    columns = [column for column in _COLUMNS if column[0] != "Clause" or elsewhere]
    shown = [column for column in columns if any(column[2](line) for line in reading.lines)]
    heads = [head for head, _, _ in shown]
    rows = [[show(line) for _, _, show in shown] for line in reading.lines]
    total = [f"Total {currency(answer)}".strip(), *[""] * (len(shown) - 2), f"{reading.total:,}"]
    if shown:
        paper.rows(heads, [*rows, total], [width for _, width, _ in shown], _NUMBERS)
    else:
        paper.write_down(f"Total: {_sum(answer, reading.total)}", bold=True)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _moment(moment: date | None) -> str:
    if isinstance(moment, datetime):
        return f"{days.spoken(moment)} {moment:%H:%M}"
    return days.spoken(moment) if moment else ""


def _time(line: Line) -> str:
    minutes = Fraction(line.minutes) if line.hours is None and line.minutes is not None else (line.hours or 0) * 60
    whole, rest = divmod(minutes, 60)
    return f"{whole}:{round(rest):02}" if minutes else ""


def _percent(line: Line) -> str:
    if line.percent is not None:
        return f"{money.plain(line.percent)} %"
    return "" if line.surcharge is None else f"+{money.plain(line.surcharge)} %"


_COLUMNS: tuple[tuple[str, int, Callable[[Line], str]], ...] = (
    ("What", 36, lambda line: line.label),
    ("Clause", 18, lambda line: line.ref),
    ("From", 41, lambda line: _moment(line.start or line.since)),
    ("To", 41, lambda line: _moment(line.end or line.until)),
    ("Days", 11, lambda line: "" if line.days is None else f"{line.days}"),
    ("Hours", 14, _time),
    ("EUR/h", 16, lambda line: "" if line.rate is None else money.amount(line.rate)),
    ("Percent", 16, _percent),
    ("Amount", 26, lambda line: f"{line.amount:,}"),
)
_NUMBERS = "Days, Hours, EUR/h, Percent, Amount, Total, Difference"


def _others(paper: Paper, answer: Answer) -> None:
    first = answer.default
    others = [reading for reading in answer.readings if reading is not first]
    if first is None or not others:
        return
    paper.section("Other readings")
    if answer.family == "fee":
        rows = [
            (reading.name, reading.because, _sum(answer, reading.total), _more(reading.total - first.total))
            for reading in others
        ]
        paper.rows(("Reading", "Because", "Total", "Difference"), rows, (30, 90, 30, 24), _NUMBERS)
        return
    moved = [(reading.name, reading.because, _day(reading), _apart(reading, first)) for reading in others]
    paper.rows(("Reading", "Because", "Day", "Difference"), moved, (30, 72, 46, 26), _NUMBERS)


def _day(reading: Reading) -> str:
    moved = f", moved to {when(reading.extended)}" if reading.extended != reading.day else ""
    return f"{when(reading.day)}{moved}"


def _more(difference: Decimal | int) -> str:
    return f"{difference:+,}".replace("-", "−") if difference else "none"


def _apart(reading: Reading, first: Reading) -> str:
    if isinstance(reading.day, datetime) and isinstance(first.day, datetime):
        minutes = round((reading.day - first.day).total_seconds() / 60)
        return f"{'−' if minutes < 0 else '+'}{abs(minutes) // 60} h {abs(minutes) % 60:02} min" if minutes else "none"
    apart = reading.difference(first)
    return f"{_more(apart)} day{'s' * (abs(apart) != 1)}" if apart else "none"


def _quote(paper: Paper, cite: Cite) -> None:
    version = f", {cite.document}, version {cite.version}" if cite.version else f", {cite.document}"
    short = "" if cite.verbatim else ", in short"
    if paper.will_page_break(14):
        paper.add_page()
    paper.write_down(f"{cite.ref}{version if cite.verbatim else ''}{short}", bold=True)
    paper.write_down(f"“{cite.words}”" if cite.verbatim else cite.words, indent=4)
    paper.ln(2)


def _set_by_agreement(paper: Paper, answer: Answer) -> None:
    chains = [term for term in answer.terms if len(term.origin) > 1]
    if not chains:
        return
    paper.section("Set by the agreement")
    for term in chains:
        paper.write_down(term.name, bold=True)
        for at, origin in enumerate(term.origin):
            value = f"{worth(origin.value, origin.unit)} {origin.unit.replace('_', ' ')}"
            span = f", from {days.spoken(origin.since)}" if origin.since else ""
            span += f" until before {days.spoken(origin.until)}" if origin.until else ""
            words = f"“{origin.words}”" if origin.verbatim else origin.words
            paper.write_down(f"{'instead of ' if at else ''}{value} ({origin.ref}{span}): {words}", indent=4)
        paper.ln(2)
