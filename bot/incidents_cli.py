"""``clausekeeper incidents``: data breaches at a desk, by the same record as in Slack; register, keys, retention."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from bot import files
from bot.desk import Desk, desk, new_id
from bot.keys import STRANGE, need_seal, prove
from bot.rotating import rotate_key
from handlers.breach import papers
from handlers.breach.keeping import ROOM, Hand, act, begin, enter, given, none_such
from knowledge.breach import data, register
from knowledge.breach.clocks import leading, shown
from knowledge.breach.completeness import completeness, missing
from knowledge.breach.data import GDPR, ITQ
from knowledge.breach.incident import Event, Incident, from_json, label, to_json
from knowledge.breach.severity import graded
from knowledge.refused import Refused
from storage import incidents as kept
from storage import outbox, roles, sealing
from storage.audit import Entry, append
from storage.outbox import Letter
from storage.sealing import KeyLost

DRAFTS = timedelta(days=90)


@contextmanager
def hand() -> Iterator[tuple[Desk, Hand]]:
    """A desk with the operator's hand on it: who may run the command line may see every incident, and is on the record."""
    with desk() as at:
        seal = need_seal(at.settings)
        prove(at.db, seal)
        try:
            alerted = roles.holders(at.db, "responder") or sorted({*roles.holders(at.db, "admin"), *at.settings.admins})
            held = frozenset({"responder"})
            yield at, Hand(at.db, seal, at.shelf, at.now, new_id, at.actor, at.settings.zone, held, tuple(alerted))
        except KeyLost:
            raise Refused(STRANGE) from None


@click.group()
def incidents() -> None:
    """Data breaches: reports, clocks, the register."""


@incidents.command("new-key")
def make_key() -> None:
    """Print a fresh key for CLAUSEKEEPER_KEY."""
    click.echo(sealing.new_key())


@incidents.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON line each.")
def list_incidents(as_json: bool) -> None:
    """Every incident, drills too, a line each."""
    with hand() as (at, mine):
        found = [from_json(row.record) for row in kept.every(at.db, mine.seal)]
        lines = [_line(mine, incident, as_json=as_json) for incident in found]
        at.record("incidents-listed", "", {"count": len(found)})
    for line in lines:
        click.echo(line)


@incidents.command()
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="The whole record as JSON.")
def show(number: str, as_json: bool) -> None:
    """An incident: its state, clocks, what is missing, what is known."""
    with hand() as (_, mine):
        incident = _seen(mine, number, "show")
        said = json.dumps(_record(mine, incident), ensure_ascii=False, indent=2) if as_json else _told(mine, incident)
    click.echo(said)


@incidents.command()
@click.argument("answers", nargs=-1, metavar="[name=value]...")
@click.option(
    "--json", "source", type=click.Path(path_type=Path, allow_dash=True), help="A JSON object of answers; - reads it."
)
@click.option("--drill", is_flag=True, help="An exercise: fast clocks, never in the register.")
def report(answers: tuple[str, ...], source: Path | None, drill: bool) -> None:
    """Report a data breach: happened=..., aware_at=..., clients=acme,tulip and any other answer; unknown is an answer."""
    entered = _entered(answers, source)
    with hand() as (_, mine):
        incident = begin(mine, entered, drill=drill)
        said = _told(mine, incident)
    click.echo(said)


@incidents.command()
@click.argument("number")
@click.argument("answers", nargs=-1, metavar="[name=value]...")
@click.option(
    "--json", "source", type=click.Path(path_type=Path, allow_dash=True), help="A JSON object of answers; - reads it."
)
def answer(number: str, answers: tuple[str, ...], source: Path | None) -> None:
    """Answer questions about an incident, or put answers right."""
    entered = _entered(answers, source)
    with hand() as (_, mine):
        incident = _seen(mine, number, "answer")
        told = given(mine, entered)
        incident = act(mine, incident.number, lambda i: told.onto(i, mine.act))
        said = _told(mine, incident)
    click.echo(said)


@incidents.command()
@click.argument("number", required=False)
@click.option("--register", "whole", is_flag=True, help="The register of all breaches (GDPR 33(5)).")
@click.option(
    "--format", "kind", type=click.Choice(["md", "json", "csv", "pdf"]), help="Default: md, of the register csv."
)
@click.option("--to", "target", type=click.Path(path_type=Path, dir_okay=False), help="A file; else standard output.")
def export(number: str | None, whole: bool, kind: str | None, target: Path | None) -> None:
    """Write one incident with its timeline, or the register."""
    if bool(number) == whole:
        raise click.UsageError("Give the number of an incident, or --register.")
    with hand() as (at, mine):
        if whole:
            written = _register(mine, kind or "csv")
            at.record("register-seen", "", {"format": kind or "csv"})
        else:
            written = _one(mine, _seen(mine, number or "", "export"), kind or "md")
    files.hand_over(written, target)


incidents.add_command(rotate_key)


@incidents.command()
@click.option("--days", type=click.IntRange(1), help="Days after closing; default five years.")
@click.option("--apply", "really", is_flag=True, help="Erase; without it nothing is changed.")
def retention(days: int | None, really: bool) -> None:
    """Erase who people are from incidents closed long ago; their lines in the register stay. First without --apply."""
    kept_for = timedelta(days=days or data.schedule().retention_days)
    with hand() as (at, mine):
        before = at.now - kept_for
        old = [i for i in (from_json(row.record) for row in kept.every(at.db, mine.seal)) if _due(i, before)]
        entries = sum(len(kept.timeline(at.db, mine.seal, incident.number)) for incident in old)
        if really:
            for incident in old:
                _erase(mine, incident)
            drafts = kept.drop_drafts(at.db, at.now - DRAFTS)
    for incident in old:
        click.echo(f"{incident.number} closed {incident.closed_at[:10]}")
    if really:
        click.echo(
            f"Erased: {len(old)} incidents with {entries} entries, and {drafts} drafts that nobody came back to."
        )
    else:
        click.echo(
            f"Nothing was changed. --apply erases {len(old)} incidents with {entries} entries; their register lines stay."
        )


def _due(incident: Incident, before: datetime) -> bool:
    closed = incident.closed_at
    return bool(closed) and not incident.erased_at and datetime.fromisoformat(closed) < before


def _erase(mine: Hand, incident: Incident) -> None:
    number = incident.number
    erased = register.erased(incident, mine.now)
    kept.change(mine.db, mine.seal, number, to_json(erased))
    kept.erase_timeline(mine.db, number)
    enter(mine, erased, [Event("erased")])
    outbox.cancel(mine.db, number, mine.now)
    # The summary that stands in Slack goes the same way.
    outbox.put(mine.db, Letter(f"breach:{number}:erased", number, mine.now, ROOM, {"incident": number}))
    append(mine.db, Entry(mine.new_id(), mine.now, mine.by, "incident-erased", number, {}))


def _seen(mine: Hand, number: str, how: str) -> Incident:
    row = kept.get(mine.db, mine.seal, number)
    if row is None:
        raise none_such(number)
    append(mine.db, Entry(mine.new_id(), mine.now, mine.by, "incident-seen", row.number, {"how": how}))
    return from_json(row.record)


def _entered(answers: Sequence[str], source: Path | None) -> dict[str, Any]:
    entered: dict[str, Any] = {}
    if source:
        text = sys.stdin.read() if str(source) == "-" else files.text_of(source)
        try:
            read = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise Refused(f"{source} is no JSON: {error}.") from None
        if not isinstance(read, dict):
            raise Refused(f'{source} holds no object of answers, such as {{"happened": "..."}}.')
        entered |= read
    for part in answers:
        name, equals, value = part.partition("=")
        if not equals:
            raise Refused(f"{part!r} is not understood; write name=value. Names: {', '.join(data.fields())}.")
        entered[name.strip().lower()] = value
    return entered


def _line(mine: Hand, incident: Incident, *, as_json: bool) -> str:
    lead = None if incident.settled else leading(mine.clocks(incident))
    if as_json:
        row = {
            "number": incident.number,
            "state": incident.state,
            "drill": incident.drill,
            "opened": incident.opened_at,
        }
        return json.dumps(row | {"clock": lead.name if lead else None, "due": lead.due.isoformat() if lead else None})
    ends = f"{lead.who} until {shown(lead.due, lead.zone)}" if lead else "no clock runs"
    return f"{incident.number:16} {label(incident.state):20} {ends}"


def _told(mine: Hand, incident: Incident) -> str:
    running = mine.clocks(incident)
    lines = [f"{incident.number}: {label(incident.state)}" + (" (DRILL: an exercise)" if incident.drill else "")]
    for clock in running:
        state = (
            "left out" if clock.left_out else "done" if clock.stopped else "ran out" if clock.late(mine.now) else "runs"
        )
        later = f", counted later {shown(clock.later, clock.zone)}" if clock.later else ""
        lines.append(f"clock    {clock.who}: until {shown(clock.due, clock.zone)}{later} ({state})")
    for ref in (ITQ, GDPR):
        lacking = "; ".join(met.requirement.label for met in missing(incident, ref))
        lines.append(f"{ref:8} " + (f"missing: {lacking}" if lacking else "every item is answered, if only by unknown"))
    level, how = graded(incident)
    lines += [f"severity {level}: {how}"] if level else []
    for name, fact in incident.facts.items():
        value = (
            "unknown" if fact.value is None else ", ".join(fact.value) if isinstance(fact.value, list) else fact.value
        )
        lines.append(f"{name:16} {value}  ({fact.by}, {fact.at[:16]}Z, {fact.zone})")
    return "\n".join(lines)


def _record(mine: Hand, incident: Incident) -> dict[str, Any]:
    met = [{"ref": m.requirement.ref, "name": m.requirement.name, "status": m.status} for m in completeness(incident)]
    clocks = [
        {
            "name": clock.name,
            "due": clock.due.isoformat(),
            "later": clock.later.isoformat() if clock.later else None,
            "stopped": clock.stopped.isoformat() if clock.stopped else None,
            "open": clock.open,
            "late": clock.late(mine.now),
        }
        for clock in mine.clocks(incident)
    ]
    entries = [
        {"id": entry.id, "at": entry.at.isoformat(), "by": entry.by}
        | {k: entry.content.get(k) for k in ("what", "before", "after", "note")}
        for entry in kept.timeline(mine.db, mine.seal, incident.number)
    ]
    return to_json(incident) | {"completeness": met, "clocks": clocks, "timeline": entries}


def _one(mine: Hand, incident: Incident, kind: str) -> bytes:
    from handlers.papers import breach  # noqa: PLC0415 - pages are slow to import

    entries = kept.timeline(mine.db, mine.seal, incident.number)
    match kind:
        case "json":
            return (json.dumps(_record(mine, incident), ensure_ascii=False, indent=2) + "\n").encode()
        case "csv":
            return breach.register_csv([register.line(incident)])
        case "pdf":
            return breach.record_pdf(incident, entries, mine.now)
    return breach.record_md(incident, entries).encode()


def _register(mine: Hand, kind: str) -> bytes:
    from handlers.papers import breach  # noqa: PLC0415 - pages are slow to import

    lines = papers.register_lines(mine)
    match kind:
        case "json":
            return (json.dumps(lines, ensure_ascii=False, indent=2) + "\n").encode()
        case "pdf":
            return breach.register_pdf(lines, mine.now)
        case "md":
            return breach.register_md(lines).encode()
    return breach.register_csv(lines)
