"""A computed answer as a message: the readings side by side, their lines as a table, the words, what was assumed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from handlers import blocks
from handlers.blocks import Block, escape
from knowledge import money
from knowledge.answer import Answer, Cite, Line, Reading
from knowledge.answer_text import chain, to_text, when
from knowledge.fields import Field
from knowledge.rules import find

# Slack takes tables of up to 100 rows (https://docs.slack.dev/reference/block-kit/blocks/table-block).
MOST_ROWS = 60
MOST_TEXT = 3_500
STANCES = {
    "literal": "to the letter",
    "client": "favours the Client",
    "itq": "favours ITQ",
    "statutory": "as the law has it",
}


def message(answer: Answer, buttons: Sequence[Block] = (), against: Answer | None = None) -> dict[str, Any]:
    """The answer as text and blocks; ``against`` is an earlier answer that this one varies."""
    body = [headline(answer), blocks.context(escape(_given(answer)))]
    if against:
        body.append(blocks.section(comparison(against, answer)))
    body += [*readings(answer), *lines(answer), *chains(answer), *words(answer.citations), *assumed(answer)]
    return {"text": escape(blocks.shorten(to_text(answer), MOST_TEXT)), "blocks": body + blocks.rows(buttons)}


def headline(answer: Answer) -> Block:
    """What was asked, under which clause, and what comes out by default."""
    name = f"*{escape(answer.kind)}* · {escape(answer.ref)}"
    first = answer.default
    if first is None:
        return blocks.section(f"{name}\n*The words name no reading; all are shown.*")
    return blocks.section(f"{name}\n*{escape(result(answer, first))}*")


def result(answer: Answer, reading: Reading) -> str:
    """The sum or day of one reading."""
    if answer.family == "fee":
        return money.spoken(reading.total)
    moved = f", moved to {when(reading.extended)}" if reading.extended != reading.day else ""
    return f"{when(reading.day)}{moved}"


def readings(answer: Answer) -> list[Block]:
    """The readings side by side, the default named, each with the difference and its reason."""
    fields = []
    for reading in answer.readings:
        name = f"*{escape(reading.name)}*"
        mark = " (default)" if reading is answer.default and len(answer.readings) > 1 else ""
        stance = STANCES[reading.stance]
        because = escape(reading.because)
        fields.append(
            f"{name}{mark}, {stance}\n{escape(result(answer, reading))}{_apart(answer, reading)}\n_{because}_"
        )
    return [
        {
            "type": "section",
            "fields": [{"type": "mrkdwn", "text": blocks.shorten(text, 2_000)} for text in fields[at : at + 10]],
        }
        for at in range(0, len(fields), 10)
    ]


def comparison(then: Answer, now: Answer) -> str:
    """Two answers beside each other: what was varied, and what that changes."""
    varied = [
        f"{name}: {then.inputs.get(name, '—')} → {now.inputs.get(name, '—')}"
        for name in {**then.inputs, **now.inputs}
        if then.inputs.get(name) != now.inputs.get(name)
    ]
    said = escape("; ".join(varied) or "nothing is varied")
    before, after = then.default, now.default
    if before is None or after is None:
        pairs = zip(then.readings, now.readings, strict=False)
        changes = [f"{one.name}: {one.total:,} → {other.total:,}" for one, other in pairs]
        return f"*What if* {said}\n{escape('; '.join(changes))}"
    apart = f"{after.difference(before):+,} {_unit(now, after)}"
    return f"*What if* {said}\n{escape(f'{result(then, before)} → {result(now, after)} ({apart})')}"


def _unit(answer: Answer, reading: Reading) -> str:
    """What the difference between two readings is counted in."""
    return "EUR" if answer.family == "fee" else "hours" if isinstance(reading.day, datetime) else "days"


def lines(answer: Answer) -> list[Block]:
    """The lines of every reading as one table; a deadline's skipped days likewise."""
    rows = list(_fee_rows(answer) if answer.family == "fee" else _skipped_rows(answer))
    if not rows:
        return []
    columns = ("Reading", "Line", "EUR") if answer.family == "fee" else ("Reading", "Passed over", "Why")
    left = len(rows) - MOST_ROWS
    table = [blocks.table(columns, rows[:MOST_ROWS])]
    if left > 0:
        table.append(blocks.context(f"{left} more lines are on record under {escape(answer.id)}."))
    return table


def chains(answer: Answer) -> list[Block]:
    """Values that special conditions set, with what they replaced."""
    said = [chain(term) for term in answer.terms if len(term.origin) > 1]
    return [blocks.context("Set by the agreement: " + escape("; ".join(said)))] if said else []


@lru_cache(maxsize=256)
def words(citations: tuple[Cite, ...]) -> tuple[Block, ...]:
    """The exact words that an answer rests on; what the law says in short is marked as such."""
    quoted = [cite for cite in citations if cite.verbatim]
    told = [f"{cite.ref}, in short: {cite.words}" for cite in citations if not cite.verbatim]
    body = [blocks.quote(f"{cite.ref}{_version(cite.version)}", cite.words) for cite in quoted]
    return (*body, *([blocks.context(*(escape(line) for line in told[:10]))] if told else []))


def assumed(answer: Answer) -> list[Block]:
    """What counted besides the words: text, zone, holidays, day count, rounding."""
    return [blocks.context("Assumed: " + escape(" ".join(answer.assumptions)))] if answer.assumptions else []


def _version(version: str) -> str:
    return f" (version {version})" if version else ""


def _given(answer: Answer) -> str:
    """What was asked, echoed in full: days with their weekday, whichever way they were typed."""
    rule = find(answer.family, answer.kind)
    given = [
        f"{field.label}: {_plain(field, answer.inputs[field.name])}"
        for field in rule.fields
        if field.name in answer.inputs
    ]
    return " · ".join([*given, f"reference {answer.id}"])


def _plain(field: Field, value: object) -> str:
    if isinstance(value, list):
        return "; ".join(_plain(field, entry) for entry in value)
    if field.unit == "EUR":
        return money.spoken(Decimal(str(value)))
    if field.type == "date":
        return when(date.fromisoformat(str(value)))
    if field.type == "instant":
        return when(datetime.fromisoformat(str(value)))
    return f"{value} {field.unit}".strip()


def _apart(answer: Answer, reading: Reading) -> str:
    first = answer.default
    if first is None or reading is first:
        return ""
    return f" ({reading.difference(first):+,} {_unit(answer, reading)})"


def _fee_rows(answer: Answer) -> Iterable[tuple[str, ...]]:
    for reading in answer.readings:
        for line in reading.lines:
            yield reading.name, _label(line), f"{line.amount:,}"
        if len(reading.lines) > 1:
            yield reading.name, "Total", f"{reading.total:,}"


def _label(line: Line) -> str:
    if line.start and line.end:
        return f"{line.label}, {_span(line.start, line.end)}: {_hours(line.minutes)} at +{line.surcharge} %"
    if line.since and line.until:
        return f"{line.label}: {when(line.since)} to {when(line.until)}, {line.days} days"
    return line.label


def _span(start: datetime, end: datetime) -> str:
    """Two local times; their offsets are told where the clocks change between them."""
    offset = "" if start.utcoffset() == end.utcoffset() else " (%z)"
    opening = f"{when(start.date())} {start:%H:%M{offset}}"
    closing = f"{end:%H:%M{offset}}" if start.date() == end.date() else f"{when(end.date())} {end:%H:%M{offset}}"
    return f"{opening} – {closing}"


def _hours(minutes: int | None) -> str:
    whole, rest = divmod(minutes or 0, 60)
    return f"{whole} h {rest:02} min" if rest else f"{whole} h"


def _skipped_rows(answer: Answer) -> Iterable[tuple[str, ...]]:
    for reading in answer.readings:
        for day, why in reading.skipped:
            yield reading.name, when(day), why
