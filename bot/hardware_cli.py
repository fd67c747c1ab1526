"""``clausekeeper hardware``: what is out, files in and out, and settlements, at a desk."""

from __future__ import annotations

import hashlib
import html
import json
import sqlite3
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from bot import files
from bot.day import Day
from bot.desk import Desk, desk, new_id
from handlers import parse
from handlers.computing import basis
from handlers.hardware import moving, reckoned, tracked
from handlers.hardware.books import Books
from handlers.hardware.reckoned import Late
from handlers.hardware.shown import by_when, counted, sums
from handlers.hardware.told import assumed, disputed_line, happened_line, statement_lines
from knowledge import fields, hardware_rows, money, settlement
from knowledge.answer import Cite
from knowledge.hardware import OUT, to_data
from knowledge.hardware_asked import FORMS, breach
from knowledge.hardware_asked import fields as asked
from knowledge.inputs import Here
from knowledge.refused import Refused
from knowledge.settlement import Statement
from storage import audit, outbox
from storage import hardware as kept

MOST_SHOWN = 50
"""Wrong lines of a file that are named one by one."""


@click.group()
def hardware() -> None:
    """Rented Hardware: what is out, due and overdue, and its settlement (ITQ 29 to 35)."""


@hardware.command("list")
@click.argument("words", default="")
@click.option("--agreement", default="", help="Only this agreement's.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_items(words: str, agreement: str, as_json: bool) -> None:
    """Every item, or those whose tag, client or description has these words in it, a line each."""
    with desk() as at:
        books = _books(at)
        found = [(item, books.stands(item)) for item in books.all(agreement=agreement, words=words)]
    if as_json:
        click.echo(json.dumps([to_data(item) | {"state": state} for item, state in found], ensure_ascii=False))
        return
    for item, state in found:
        click.echo(f"{item.tag:16} {state:18} {item.agreement:16} {item.description}")


@hardware.command()
@click.argument("kind")
@click.argument("words", nargs=-1, required=True, metavar="TAG... [on=DATE] [name=value]...")
def tell(kind: str, words: tuple[str, ...]) -> None:
    """Tell what happened to items (deliver, lost, return, inspect, ...): of all of them, or of none.

    An agreement stands for all that is out under it. Without on= it happened today; the other inputs are those of the form.
    """
    what = moving.known(kind)
    if what is None:
        raise Refused(f"{kind!r} is nothing that happens to Hardware; there are: {', '.join(FORMS)}.")
    given, tags = parse.pairs(words)
    names = [field.name for field in asked(what) if field.name != "tags"]
    if unknown := [name for name in given if name not in names]:
        raise Refused(f"{kind} does not ask for {unknown[0]!r}; it asks for: {', '.join(names)}.")
    with desk() as at:
        books = _books(at)
        named = " ".join(tags)
        values = fields.read(asked(what), {"on": books.today.isoformat()} | given | {"tags": named}, books.here)
        message, letters = moving.carry_out(books, at.services, what, books.tags(named), values)
        for letter in letters:
            outbox.put(at.db, letter)
        at.record("hardware", what, {"tags": named, "given": given})
    click.echo(html.unescape(str(message["text"])))
    if breach(what, values):
        click.echo(
            "Personal data was or may be on it (ITQ 43.1): `clausekeeper incidents report` comes next.", err=True
        )


@hardware.command()
@click.option("--agreement", default="", help="Only this agreement's.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def overdue(agreement: str, as_json: bool) -> None:
    """What is overdue, the longest first, with the rent owed today under each reading and tomorrow's (ITQ 35.1)."""
    with desk() as at:
        books = _books(at)
        slug = books.agreement(agreement).slug if agreement else ""
        late = reckoned.late(books, books.alike(agreement=slug, states=OUT))
        each = reckoned.one_by_one(books, late, 0, sum(some.count for some in late))
        told = [_late(one) for one in each]
        whole = _owed(late)
        at.record("hardware", "overdue", {"agreement": slug, "all": whole})
    if as_json:
        click.echo(json.dumps({**whole, "items": told}, ensure_ascii=False))
        return
    for one in each:
        click.echo(f"{one.item.tag:16} {by_when((one.due, one.extended))}; {_spoken([one])}")
    click.echo(f"{len(each):,} overdue; {_spoken(late)}" if each else "Nothing is overdue.")


def _late(one: Late) -> dict[str, Any]:
    dates = {"due": one.due.isoformat(), "due_extended": one.extended.isoformat()}
    return to_data(one.item) | dates | _owed([one])


def _owed(late: Sequence[Late]) -> dict[str, dict[str, str]]:
    days = zip(("today", "tomorrow"), reckoned.owed(late), strict=True)
    return {day: {reading: money.amount(sum) for reading, sum in sums.items()} for day, sums in days}


def _spoken(late: Sequence[Late]) -> str:
    today, tomorrow = reckoned.owed(late)
    return f"today {sums(today)}; tomorrow {sums(tomorrow)}"


@hardware.command()
@click.argument("words", default="")
def summary(words: str) -> None:
    """How many items each Client has: out, ending soon, due, overdue, lost or stolen."""
    with desk() as at:
        for client, counts in counted(_books(at), words).items():
            told = ", ".join(f"{number} {what}" for what, number in counts.items() if number)
            click.echo(f"{client}: {told}")


@hardware.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what is wrong with the file.")
def import_items(file: Path, dry_run: bool) -> None:
    """Register the items of a CSV file: all of them, or none where a line is wrong."""
    content = files.content_of(file)
    # The file is read between two transactions, so that a bot at work does not wait for it.
    with desk() as at:
        books, taken = _books(at), kept.tags(at.db)
        clients = books.clients()
    sheet = hardware_rows.sheet(content, books.here, clients, taken.__contains__)
    if sheet.wrong:
        for line in sheet.wrong[:MOST_SHOWN]:
            click.echo(line, err=True)
        more = f" ({MOST_SHOWN} are shown)" if len(sheet.wrong) > MOST_SHOWN else ""
        count = len(sheet.rows) + len(sheet.wrong)
        raise Refused(f"{file}: {len(sheet.wrong):,} of {count:,} lines are wrong{more}; nothing was taken in.")
    if dry_run:
        click.echo(f"{file}: all {len(sheet.rows):,} lines are good; nothing was taken in, since this is a dry run.")
        return
    new = books.written(sheet.rows)
    with desk() as at:
        try:
            kept.take_in(at.db, new)
        except sqlite3.IntegrityError:
            raise Refused(f"{file}: one of its items was registered meanwhile; nothing was taken in.") from None
        slugs = {row.item.agreement for row in sheet.rows if row.delivered}
        outbox.put(at.db, tracked.letter(_books(at), slugs, f"import of {file.name}"))
        digest = hashlib.sha256(content).hexdigest()
        at.record("hardware", "import", {"file": file.name, "sha256": digest, "items": len(sheet.rows)})
    click.echo(f"{file}: {len(sheet.rows):,} items were registered.")


@hardware.command()
@click.option("--format", "kind", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option("--agreement", default="", help="Only this agreement's.")
def export(kind: str, agreement: str) -> None:
    """Print every item with where it stands; a CSV is safe to open in a spreadsheet."""
    with desk() as at:
        books = _books(at)
        found = [(item, books.stands(item)) for item in books.all(agreement=agreement)]
    if kind == "json":
        click.echo(json.dumps([to_data(item) | {"state": state} for item, state in found], ensure_ascii=False))
    else:
        click.echo(hardware_rows.rows(found), nl=False)


@hardware.command()
@click.argument("tag")
def show(tag: str) -> None:
    """An item: what is known of it, where it stands, and all that happened to it."""
    with desk() as at:
        books = _books(at)
        item = books.item(tag)
        events, photos = kept.events(at.db, item.tag), kept.photos(at.db, item.tag)
        state, due = books.stands(item), books.due(item)
    for name, value in (to_data(item) | {"state": state}).items():
        click.echo(f"{name:16} {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}")
    if due and item.out:
        click.echo(f"{'return by':16} {due[0]}{f', moved to {due[1]}' if due[1] != due[0] else ''}")
    for event in events:
        click.echo(f"{event.on}  {happened_line(event)}  ({event.by}, told {event.at:%Y-%m-%d %H:%M} UTC)")
    for photo in photos:
        click.echo(f"photograph {photo.name}, SHA-256 {photo.sha256}")


@hardware.command()
@click.argument("agreement")
@click.option("--until", type=Day(), help="Up to this day; today without it.")
@click.option("--issue", is_flag=True, help="Give the statement out: what it charges is never charged again.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--to", "folder", type=click.Path(path_type=Path, file_okay=False), help="Write it as PDF and CSV, too.")
def settle(agreement: str, until: date | None, issue: bool, as_json: bool, folder: Path | None) -> None:
    """What an agreement's Hardware costs up to a day, under every reading; a draft until it is issued."""
    _there(folder)
    with desk() as at:
        books = _books(at)
        made = reckoned.draft(books, agreement, until or at.today)
        if issue:
            stated = reckoned.give_out(books, agreement, until or at.today)
            audit.append(at.db, books.entry(stated.number, {"statement": dict(stated.content)}))
        answers = [rent.answer for rent in made.rents]
        quoted = reckoned.words(books, made.statement, answers)
    _print(made.statement, as_json=as_json)
    if not as_json:
        click.echo("Given out." if issue else "A draft: nothing is charged until it is given out with --issue.")
    if folder:
        _write(folder, made.statement, quoted, assumed(answers), (), at.now.astimezone(at.settings.zone))


@hardware.command("statement")
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--to", "folder", type=click.Path(path_type=Path, file_okay=False), help="Write it as PDF and CSV, too.")
def show_statement(number: str, as_json: bool, folder: Path | None) -> None:
    """A statement that was given out, composed again from what it rests on, with what is disputed in it."""
    _there(folder)
    with desk() as at:
        stated = _statement(at, number)
        statement, answers = reckoned.composed_again(at.db, at.shelf, stated)
        quoted = reckoned.words(_books(at), statement, answers)
        disputed = [disputed_line(dispute) for dispute in kept.disputes(at.db, statement=stated.number)]
    _print(statement, as_json=as_json)
    for words in () if as_json else disputed:
        click.echo(words)
    if folder:
        _write(folder, statement, quoted, assumed(answers), disputed, stated.at.astimezone(at.settings.zone))


def _there(folder: Path | None) -> None:
    """Refused, before anything is given out, where papers have no place to go."""
    if folder and not folder.is_dir():
        raise Refused(f"There is no folder {folder}; make it first.")


def _print(statement: Statement, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(settlement.to_json(statement), ensure_ascii=False))
    else:
        click.echo("\n".join(statement_lines(statement)))


def _write(
    folder: Path,
    statement: Statement,
    quoted: Sequence[Cite],
    assumptions: Sequence[str],
    disputed: Sequence[str],
    when: datetime,
) -> None:
    """Write a statement as CSV and PDF; their names on standard error."""
    from handlers.papers.settlement import csv_of_statement, pdf_of_statement

    for name, content in (
        (f"{statement.number}.csv", csv_of_statement(statement)),
        (f"{statement.number}.pdf", pdf_of_statement(statement, quoted, assumptions, disputed, at=when)),
    ):
        files.hand_over(content, folder / name)


@hardware.command()
@click.argument("number", required=False)
@click.option("--all", "everything", is_flag=True, help="Every statement.")
def replay(number: str | None, everything: bool) -> None:
    """Compose a statement again from what it rests on, and say whether it comes out the same to the byte."""
    if bool(number) == everything:
        raise click.UsageError("Give the number of a statement, or --all.")
    with desk() as at:
        wanted = kept.statements(at.db) if everything else [_statement(at, number or "")]
        found = [(stated.number, reckoned.holds(at.db, at.shelf, stated)) for stated in wanted]
    for one, same in found:
        click.echo(f"{one}: {'the same to the byte' if same else 'comes out differently'}")
    if not all(same for _, same in found):
        raise Refused(f"{sum(not same for _, same in found)} of {len(found)} statements came out differently.")


def _statement(at: Desk, number: str) -> kept.Stated:
    found = kept.statement(at.db, number)
    if found is None:
        raise Refused(f"There is no statement {number!r}.")
    return found


def _books(at: Desk) -> Books:
    return Books(at.db, basis(at.db, at.shelf), Here(at.now, at.settings.zone), at.actor, new_id)
