"""Papers about a data breach: the notice, the sheet for the authority, the record of an incident, the register."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime

from handlers.papers.rows import safe
from handlers.papers.sheet import SMALL, Paper
from knowledge.breach.completeness import completeness
from knowledge.breach.incident import Incident, label
from knowledge.breach.letters import Letter, Sheet
from knowledge.breach.register import COLUMNS, line
from storage.incidents import Entered

HEADS = {column: column.replace("_", " ").capitalize() for column in COLUMNS}


def notice_pdf(letter: Letter, at: datetime) -> bytes:
    """The notice as A4 pages."""
    paper = Paper(letter.title, letter.number, lang=letter.language)
    paper.write_down(letter.title, 15, bold=True)
    paper.ln(4)
    for words in letter.opening:
        paper.write_down(words)
        paper.ln(2)
    paper.ln(2)
    for sentence in letter.sentences:
        paper.bullet(sentence.text)
    paper.ln(3)
    for words in letter.closing:
        paper.write_down(words)
        paper.ln(2)
    return _finished(paper, at)


def notice_md(letter: Letter) -> str:
    """The notice as Markdown."""
    said = "\n".join(f"- {_md(sentence.text)}" for sentence in letter.sentences)
    opening, closing = ("\n\n".join(_md(words) for words in part) for part in (letter.opening, letter.closing))
    return f"# {_md(letter.title)}\n\n{opening}\n\n{said}\n\n{closing}\n"


def sheet_pdf(sheet: Sheet, at: datetime) -> bytes:
    """The sheet for the authority as A4 pages."""
    paper = Paper(sheet.title, sheet.number, lang=sheet.language)
    paper.write_down(sheet.title, 15, bold=True)
    paper.write_down(f"{sheet.number} · {sheet.note}", grey=True)
    paper.ln(4)
    for name, answer, clause in sheet.rows:
        paper.write_down(f"{name}{f' ({clause})' if clause else ''}", bold=True)
        paper.write_down(answer, indent=4)
        paper.ln(1.5)
    return _finished(paper, at)


def sheet_md(sheet: Sheet) -> str:
    """The sheet for the authority as Markdown."""
    rows = "\n".join(
        f"| {' | '.join(_cell(cell) for cell in row)} |" for row in (sheet.heads, ("---",) * 3, *sheet.rows)
    )
    return f"# {_md(sheet.title)}\n\n{sheet.number}. {_md(sheet.note)}\n\n{rows}\n"


def record_pdf(incident: Incident, entries: Sequence[Entered], at: datetime) -> bytes:
    """The whole record of an incident as A4 pages: the line of the register, what is answered, every entry in full."""
    paper = Paper(f"Record of {incident.number}", incident.number)
    paper.write_down(f"Record of {incident.number}", 15, bold=True)
    if incident.drill:
        paper.write_down("DRILL: an exercise.", bold=True)
    paper.section("As it stands")
    for column, value in line(incident).items():
        if value:
            paper.write_down(HEADS[column], bold=True)
            paper.write_down(value, indent=4)
            paper.ln(1)
    paper.section("Required answers")
    for met in completeness(incident):
        paper.bullet(f"{met.requirement.ref}: {met.requirement.label}: {met.status}")
    if incident.notices:
        paper.section("Notices")
    for told in _told(incident):
        paper.bullet(told)
    paper.section("Timeline")
    for entry in entries:
        paper.write_down(f"{_stamp(entry)} {entry.by}", SMALL, grey=True)
        paper.write_down(_change(entry), indent=4)
        paper.ln(1)
    return _finished(paper, at)


def record_md(incident: Incident, entries: Sequence[Entered]) -> str:
    """The whole record of an incident as Markdown."""
    drill = "\n\n**DRILL: an exercise.**" if incident.drill else ""
    stands = "\n".join(f"- **{HEADS[column]}**: {_md(value)}" for column, value in line(incident).items() if value)
    wanted = "\n".join(f"- {m.requirement.ref}: {m.requirement.label}: {m.status}" for m in completeness(incident))
    notices = "".join(f"- {_md(one)}\n" for one in _told(incident)) or "None.\n"
    told = "\n".join(f"- {_stamp(entry)} {_md(entry.by)}: {_md(_change(entry))}" for entry in entries)
    return (
        f"# Record of {incident.number}{drill}\n\n## As it stands\n\n{stands}\n\n"
        f"## Required answers\n\n{wanted}\n\n## Notices\n\n{notices}\n## Timeline\n\n{told}\n"
    )


def register_csv(lines: Sequence[Mapping[str, str]]) -> bytes:
    """The register as UTF-8 with a byte order mark; text that a spreadsheet would run is led by an apostrophe."""
    out = io.StringIO(newline="")
    rows = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    rows.writeheader()
    rows.writerows({column: safe(value) for column, value in row.items()} for row in lines)
    return out.getvalue().encode("utf-8-sig", "replace")


def register_pdf(lines: Sequence[Mapping[str, str]], at: datetime) -> bytes:
    """The register as A4 pages, a section for each breach."""
    paper = Paper("Register of personal data breaches", "GDPR 33(5)")
    paper.write_down("Register of personal data breaches (GDPR 33(5))", 15, bold=True)
    paper.write_down(
        f"Breaches: {len(lines)}, also those not notified; drills are not among them. As of {at:%Y-%m-%d %H:%M} UTC."
    )
    for row in lines:
        paper.section(row["number"])
        for column, value in row.items():
            if value and column != "number":
                paper.write_down(f"{HEADS[column]}: {value}")
    return _finished(paper, at)


def register_md(lines: Sequence[Mapping[str, str]]) -> str:
    """The register as Markdown."""
    parts = [
        f"## {row['number']}\n\n"
        + "\n".join(f"- **{HEADS[c]}**: {_md(v)}" for c, v in row.items() if v and c != "number")
        for row in lines
    ]
    return "\n\n".join(["# Register of personal data breaches (GDPR 33(5))", *parts]) + "\n"


def _finished(paper: Paper, at: datetime) -> bytes:
    paper.set_creation_date(at)
    return bytes(paper.output())


def _stamp(entry: Entered) -> str:
    return f"{entry.at:%Y-%m-%d %H:%M:%S} UTC"


def _change(entry: Entered) -> str:
    if not entry.content:
        return "erased after its time"
    what, before, after, note = (entry.content[key] for key in ("what", "before", "after", "note"))
    change = f"{_plain(before)} → {_plain(after)}" if before is not None else _plain(after)
    return f"{label(what)}: {change}" + (f" ({note})" if note else "")


def _told(incident: Incident) -> list[str]:
    """Who was told what, when, how and by whom, with the evidence."""
    return [
        f"{n.about}, notice {n.phase} ({n.language}): {n.to} by {n.how} at {n.told_at}, marked by {n.by} at {n.at}; "
        f"evidence: {n.evidence}"
        for n in incident.notices
    ]


def _plain(value: object) -> str:
    return ", ".join(value) if isinstance(value, list) else "nothing" if value is None else str(value)


def _md(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    for mark in "\\`*_[]<>#|":
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.split())


def _cell(text: str) -> str:
    return text if text == "---" else _md(text)
