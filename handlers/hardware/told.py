"""Hardware in words: what happened to an item, a statement line by line, and the clauses that they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from knowledge import days, hardware, money
from knowledge.answer import Answer
from knowledge.settlement import Outcome, Statement
from storage.hardware import Dispute, Event

FACTS = {
    "add": "registered",
    "edit": "changed",
    "insure": "insurance proved",
    "check": "still there",
    "attach": "attachment reported",
    "lift": "attachment lifted",
    "charge": "charged",
    "hand-over": "handed over",
    "photo": "photographed",
    "note": "noted",
    "ask": "asked about",
}
"""What is said of an item for what happens without moving it."""
SHOWN = (
    *(
        "words",
        "remarks",
        "place",
        "holder",
        "instructions",
        "reference",
        "what",
        "who",
        "reason",
        "until",
        "statement",
    ),
    *("name", "sha256", "personal_data", "missing", "packed", "insured", "written", "beneficiary"),
)
"""Parts of what happened that are told in the timeline, in this order."""


def happened_line(event: Event) -> str:
    """One thing that happened to an item, in a line."""
    move = hardware.MOVES.get(event.kind)
    head = f"{move.done}{f' (ITQ {move.clause})' if move.clause else ''}" if move else FACTS.get(event.kind, event.kind)
    return "; ".join([head, *_parts(event)])


def _parts(event: Event) -> Iterable[str]:
    if event.kind in ("add", "rent"):
        yield f"under {event.data.get('agreement')}"
        return
    if event.kind == "edit":
        yield ", ".join(f"{name} {value}" for name, value in event.data.items())
        return
    for name in SHOWN:
        value = event.data.get(name)
        if value not in (None, ""):
            yield f"{name.replace('_', ' ')}: {_said(value)}"
    for part, found, clause in hardware.charged_findings(event.data.get("conditions", {})):
        yield f"{part}: {found} (ITQ {clause})"
    for cost in event.data.get("costs", ()):
        yield f"{cost['label']} EUR {cost['amount']} (ITQ {cost['clause']})"


def _said(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def assumed(answers: Iterable[Answer]) -> tuple[str, ...]:
    """What was assumed in some answers, each once."""
    return tuple(dict.fromkeys(said for answer in answers for said in answer.assumptions))


def statement_lines(statement: Statement) -> Iterable[str]:
    """A statement as text: each reading with its lines and sum."""
    head = f"Statement {statement.number}: {statement.client}, agreement {statement.agreement}, "
    yield head + f"up to {days.spoken(statement.until)}: {money.spoken(statement.total)} excluding VAT"
    for reading in statement.readings:
        apart = reading.total - statement.total
        difference = f" ({apart:+,} EUR)" if apart else ""
        yield f"{reading.name}: {money.spoken(reading.total)}{difference}{in_all(reading)}, {reading.because}"
        for number, line in statement.under(reading.name):
            yield f"{number:4} {line.tag:16} {line.ref:10} {line.amount:>12,}  {line.told}"


def disputed_line(dispute: Dispute) -> str:
    """A disputed line with both sides' words, as text."""
    ended = (
        f"; ITQ: {dispute.itq_words} ({dispute.outcome}, EUR {dispute.back or '0.00'} back)" if dispute.outcome else ""
    )
    return f"Line {dispute.line} ({dispute.tag}), the Client: {dispute.client_words}{ended}"


def in_all(reading: Outcome) -> str:
    """What a reading comes to together with the rent on earlier statements, where there were any."""
    return (
        ""
        if reading.in_all == reading.total
        else f", {money.spoken(reading.in_all)} with the rent charged for these items before"
    )


def listed(words: Sequence[str], most: int) -> str:
    """Some words in a row, with how many more there are."""
    more = len(words) - most
    return ", ".join(words[:most]) + (f" and {more} more" if more > 0 else "")


def facts(item: hardware.Item) -> Mapping[str, str]:
    """What is known of an item, by what it is called."""
    known = {
        "Client": item.client,
        "Agreement": item.agreement,
        "Serial number": item.serial,
        "Place": item.place,
        "Rental fee": f"{money.spoken(item.fee)} a {item.per}, excluding VAT",
        "Replacement value": money.spoken(item.value) if item.value is not None else "",
        "Delivered": days.spoken(item.delivered) if item.delivered else "",
        "Returned": days.spoken(item.returned) if item.returned else "",
        "Insurance proved until": days.spoken(item.insured_until) if item.insured_until else "not proved",
        "Last seen": days.spoken(item.checked) if item.checked else "",
        "Rent charged up to": days.spoken(item.charged_until) if item.charged_until else "",
    }
    return {name: value for name, value in known.items() if value}
