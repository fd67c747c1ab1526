"""An answer as people read it at a command line, and what other pages say of it in the same words."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from knowledge import days, money
from knowledge.answer import Answer, Cite, Line, Reading, worth
from knowledge.terms import InForce


def to_text(answer: Answer) -> str:
    """The answer for people at a command line: sum or day first, then lines, readings, assumptions, terms and words."""
    parts = [_headline(answer), *(_told(answer, reading) for reading in answer.readings)]
    if answer.assumptions:
        parts.append("\n".join(["Assumed", *(f"  - {said}" for said in answer.assumptions)]))
    replaced = [term for term in answer.terms if len(term.origin) > 1]
    if replaced:
        parts.append("\n".join(["Set by the agreement", *(f"  - {chain(term)}" for term in replaced)]))
    parts.append(_words(answer.citations))
    return "\n\n".join(parts)


def _headline(answer: Answer) -> str:
    first = answer.default
    if first is None:
        return f"{answer.title} ({answer.ref}): the words name no reading; all are shown."
    if answer.family == "fee":
        return f"{answer.title} ({answer.ref}): {money.spoken(first.total)}"
    moved = f", moved to {when(first.extended)}" if first.extended != first.day else ""
    return f"{answer.title} ({answer.ref}): {when(first.day)}{moved}\n  {answer.found.who}; {answer.found.consequence}"


def when(day: date | None) -> str:
    """A day, or an instant with its offset, as people read it."""
    if isinstance(day, datetime):
        return f"{days.spoken(day)}, {day:%H:%M} ({day:%z})"
    return days.spoken(day) if day else ""


def _told(answer: Answer, reading: Reading) -> str:
    first = answer.default
    mark = " (default)" if reading is first and len(answer.readings) > 1 else ""
    if answer.family == "deadline":
        moved = f", moved to {when(reading.extended)}" if reading.extended != reading.day else ""
        head = f"{reading.name}{mark}: {when(reading.day)}{moved}"
        skipped = [f"  passed over: {days.spoken(day)}, {why}" for day, why in reading.skipped]
        return "\n".join([head, f"  {reading.because}", *skipped])
    apart = "" if first is None or reading is first else f" ({reading.total - first.total:+,} against {first.name})"
    total = f"{reading.total:,}" if first is None else money.spoken(reading.total)
    head = f"{reading.name}{mark}: {total}{apart}"
    labels = [_label(line) for line in reading.lines]
    widest = max(map(len, labels), default=0)
    lines = [
        f"  {label:<{widest}}  {f'{line.amount:,}':>14}" for label, line in zip(labels, reading.lines, strict=True)
    ]
    return "\n".join([head, f"  {reading.because}", *lines])


def _label(line: Line) -> str:
    if line.start and line.end:
        span = f"{days.spoken(line.start)} {line.start:%H:%M} to {days.spoken(line.end)} {line.end:%H:%M}"
        return f"{line.label}, {span}, {line.minutes} min at +{money.plain(line.surcharge or Decimal(0))} %"
    if line.since and line.until:
        return f"{line.label}, {days.spoken(line.since)} to {days.spoken(line.until)}, {line.days} days"
    return line.label


def chain(term: InForce) -> str:
    """Where a value comes from and what it replaced: "payment.term: 45 days (Acme 3) instead of 30 days (ITQ 6.1)"."""
    steps = [f"{worth(origin.value, origin.unit)} {origin.unit} ({origin.ref})" for origin in term.origin]
    return f"{term.name}: {' instead of '.join(steps)}"


@lru_cache(maxsize=256)
def _words(citations: tuple[Cite, ...]) -> str:
    return "\n".join(["Words", *(_quoted(cite) for cite in citations)])


def _quoted(cite: Cite) -> str:
    if not cite.verbatim:
        return f"  {cite.ref}, in short: {cite.words}"
    version = f" (version {cite.version})" if cite.version else ""
    return f"  {cite.ref}{version}: \u201c{cite.words}\u201d"
