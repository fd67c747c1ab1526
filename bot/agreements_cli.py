"""``clausekeeper agreements``, ``rates`` and ``replay``: what answers rest on, and that they still come out the same."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import click

from bot import files
from bot.day import Day
from bot.desk import Desk, desk, long_desk
from handlers.computing import all_rates, percent, recomputed, replay, understood
from knowledge.agreements import Agreement, read
from knowledge.rates import Rate, joined
from knowledge.refused import Refused
from storage import agreements as kept
from storage import audit

MOST_NAMED = 20


@click.group()
def agreements() -> None:
    """Agreements with clients, and their special conditions."""


@agreements.command("list")
def list_agreements() -> None:
    """Every agreement, a line each."""
    with desk() as at:
        for slug in kept.slugs(at.db):
            found = _agreement(at, slug)
            ends = f"ends {found.ends}" if found.ends else "no end"
            click.echo(f"{slug:20} {found.client:30} concluded {found.concluded or 'unknown'}, {ends}")


@agreements.command()
@click.argument("file", type=click.Path(path_type=Path))
def add(file: Path) -> None:
    """Register the agreement in a TOML file, or its new state."""
    from handlers import agreement_facts

    text = files.text_of(file)
    with desk() as at:
        agreement = read(text, at.library)
        before = kept.get(at.db, agreement.slug)
        kept.keep(at.db, agreement.slug, agreement.client, agreement.text, at.now, "cli")
        at.record("agreement", agreement.slug, {"before": before, "after": agreement.text})
        did = "changed" if before else "registered"
        agreement_facts.settle(at.db, at.services, agreement, cause=f"{did} {agreement.slug}", by=at.actor)
    click.echo(f"{'Changed' if before else 'Registered'} {agreement.slug}: {agreement.client}.")


@agreements.command()
@click.argument("slug")
def show(slug: str) -> None:
    """An agreement with its special conditions and the answers filed under it."""
    with desk() as at:
        found = _agreement(at, slug)
        click.echo(found.text.rstrip())
        for id in kept.filed(at.db, found.slug):
            entry = audit.get(at.db, id)
            if entry:
                click.echo(f"# filed: {id} {entry.action} {entry.subject} of {entry.at:%Y-%m-%d}")


@agreements.command()
@click.argument("slug")
@click.option("--format", "kind", type=click.Choice(["csv", "pdf"]), default="csv", show_default=True)
@click.option(
    "--to", "folder", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="A folder that exists."
)
def export(slug: str, kind: str, folder: Path) -> None:
    """Write the answers kept under an agreement: one CSV, or a PDF each."""
    from handlers.papers import csv_of, pdf_of

    with desk() as at:
        found = _agreement(at, slug)
        entries = [entry for id in kept.filed(at.db, found.slug) if (entry := audit.get(at.db, id))]
        answers = [recomputed(at.db, at.shelf, entry) for entry in entries]
        zone = at.settings.zone
    if not answers:
        raise Refused(f"Nothing is kept under {slug}.")
    if kind == "csv":
        written = {f"{found.slug}.csv": csv_of(answers)}
    else:
        pages = zip(answers, entries, strict=True)
        written = {f"{a.kind}-{a.id}.pdf": pdf_of(a, at=entry.at.astimezone(zone)) for a, entry in pages}
    for name, content in written.items():
        files.hand_over(content, folder / name)


@agreements.command()
@click.argument("slug")
@click.argument("number")
@click.option("--date", "sent", type=Day(), help="The invoice date, from which the payment term counts (6.1).")
@click.option("--paid", type=Day(), help="The day on which it was paid: nobody is reminded any more.")
def invoice(slug: str, number: str, sent: date | None, paid: date | None) -> None:
    """Have the payment date of an invoice tracked, or say that it was paid."""
    from handlers import invoices

    with desk() as at:
        values = {"number": number, "date": sent, "paid": paid}
        at.record("invoice", slug, {name: str(value) for name, value in values.items() if value})
        click.echo(invoices.note(at.db, at.services, slug.lower(), values, at.actor))


@click.group()
def rates() -> None:
    """The published rates of default interest."""


@rates.command("list")
def list_rates() -> None:
    """Every rate with its source."""
    with desk() as at:
        for rate in all_rates(at.db):
            click.echo(f"{rate.first} to {rate.last}  {rate.percent:>5} %  {rate.source}")


@rates.command("add")
@click.option("--from", "first", required=True, type=Day(), help="First day of the half-year.")
@click.option("--to", "last", required=True, type=Day(), help="Last day of the half-year.")
@click.option("--percent", "typed", required=True, help="Percent a year.")
@click.option("--source", required=True, help="Where it was published.")
def add_rate(first: date, last: date, typed: str, source: str) -> None:
    """Add a published rate."""
    with desk() as at:
        joined([*all_rates(at.db), Rate(first, last, percent(typed), source)])
        try:
            kept.add_rate(at.db, first, last, percent(typed), source, at.now, "cli")
        except sqlite3.IntegrityError:
            raise Refused(f"A rate from {first} is on record already.") from None
        at.record("rate", first.isoformat(), {"to": last.isoformat(), "percent": typed, "source": source})
    click.echo(f"Added {typed} % from {first} to {last}.")


@click.command("replay")
@click.argument("id", required=False)
@click.option("--all", "everything", is_flag=True, help="Every computed answer.")
def replay_answers(id: str | None, everything: bool) -> None:
    """Compute a recorded answer again, and say whether it comes out the same to the byte."""
    if bool(id) == everything:
        raise click.UsageError("Give the id of an answer, or --all.")
    with long_desk() as at:
        ids = audit.ids(at.db, ("fee", "deadline")) if everything else [id or ""]
        found = [_replayed(at, one) for one in ids]
    different = [line for same, line in found if not same]
    for _, line in found:
        click.echo(line)
    if different:
        raise Refused(f"{len(different)} of {len(found)} answers came out differently.")


def _replayed(at: Desk, id: str) -> tuple[bool, str]:
    entry = audit.get(at.db, id)
    if entry is None or entry.action not in ("fee", "deadline"):
        raise Refused(f"There is no computed answer {id!r} on record.")
    if "answer" not in entry.content:
        return True, f"{id} {entry.subject}: its content was erased; nothing is left to compute again"
    again = replay(at.db, at.shelf, entry)
    return not again.causes, f"{id} {again.kind}: " + ("; ".join(again.causes) or "the same to the byte")


def _agreement(at: Desk, slug: str) -> Agreement:
    text = kept.get(at.db, slug)
    if text is None:
        there_are = ", ".join(kept.slugs(at.db, MOST_NAMED)) or "none"
        raise Refused(f"There is no agreement {slug!r}; there are: {there_are}.")
    return understood(text, at.library)
