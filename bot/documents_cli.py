"""``clausekeeper documents``: list, add a version, compare versions, check that all of it holds together."""

from __future__ import annotations

import json
import re
import sqlite3
from datetime import date
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING

import click

from bot import files
from bot.day import Day
from bot.desk import Desk, desk, long_desk
from knowledge import coverage
from knowledge.asked import unspoken
from knowledge.clauses import Document
from knowledge.days import counted
from knowledge.diff import Change, changes
from knowledge.library import Added, read
from knowledge.parser import decode
from knowledge.refused import Refused
from knowledge.telling import effective
from storage import documents as kept
from storage.database import transaction

if TYPE_CHECKING:
    from handlers.tracking import Refreshed

_LABEL = re.compile(r"[^\s@][^@\n]{0,39}")


@click.group()
def documents() -> None:
    """The contract documents and their versions."""


@documents.command("list")
def list_documents() -> None:
    """Every version of every document."""
    with desk() as at:
        for document in at.library.documents:
            click.echo(
                f"{document.slug:8} {document.version:12} effective {effective(document):10}  "
                f"{len(document.clauses):3} clauses  {document.sha256[:12]}  {document.owner}, {document.title}"
            )
        for problem in at.library.problems:
            click.echo(f"left out: {problem}")


@documents.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--slug", required=True, help="The document's short name, such as itq.")
@click.option("--effective", required=True, type=Day(), help="The day from which this version governs.")
@click.option("--version", "label", help="What to call this version; else its effective date.")
@click.option("--title", default="", help="For a document that is new: its title.")
@click.option("--owner", default="", help="For a document that is new: whose terms they are.")
def add(file: Path, slug: str, effective: date, label: str | None, title: str, owner: str) -> None:
    """Add a version of a document from a text file."""
    from handlers import anew

    label = label or effective.isoformat()
    if not _LABEL.fullmatch(label):
        raise Refused(f"{label!r} cannot name a version; use up to 40 characters without @.")
    added = Added(
        slug.lower(), label, effective, title, owner, f"added from {file.name}", decode(files.content_of(file))
    )
    with long_desk() as at:
        taken = [document for document in at.library.documents if document.slug == added.slug]
        if any(document.version == label for document in taken):
            raise Refused(f"{slug} has a version {label!r} already; name this one with --version.")
        new = read(added)
        if same := [document for document in taken if document.sha256 == new.sha256]:
            raise Refused(f"This very text is version {same[0].version!r} of {slug} already.")
        if clash := [d for d in at.library.documents if d.ref == new.ref and d.slug != new.slug]:
            raise Refused(f"Clauses of {clash[0].slug} are quoted as {new.ref} already; choose another --slug.")
        with transaction(at.db):
            try:
                kept.add(at.db, kept.Version(**vars(added)), at.now, "cli")
            except sqlite3.IntegrityError:
                raise Refused(f"{slug} was given this version or text in the meantime.") from None
            at.record("document", slug, {"version": label, "sha256": new.sha256, "effective": effective.isoformat()})
            # Where this process ends before it has done so itself.
            anew.begin(at.db, at.services, at.now + anew.LATER)
        again = _anew(at, f"version {label} of {new.ref} was added")
    click.echo(f"Added {new.ref} version {label}, effective {effective}: {len(new.clauses)} clauses.")
    for number, line in new.outside:
        click.echo(f"  line {number} is part of no clause: {line[:80]}")
    _unasked(new)
    if again.moved:
        click.echo(f"{counted(len(again.moved), 'tracked deadlines')} moved; each owner is told.")
    if again.stuck:
        click.echo(
            f"{counted(len(again.stuck), 'tracked deadlines')} could not be computed under it; the date stays, and each "
            "owner is told to check it."
        )
    if taken:
        click.echo(_summary(changes(taken[-1], new), taken[-1], new))
        _standing(new)


@documents.command()
@click.argument("slug")
@click.argument("old")
@click.argument("new")
def diff(slug: str, old: str, new: str) -> None:
    """Compare two versions clause by clause, word by word."""
    with desk() as at:
        before, after = at.library.document(slug, old), at.library.document(slug, new)
    found = changes(before, after)
    for change in found:
        click.echo(f"{before.ref} {change.number} {change.kind}")
        click.echo("  " + "".join(_marked(run.kind, run.words) for run in change.runs))
    click.echo(_summary(found, before, after))


@documents.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(as_json: bool) -> None:
    """Prove that every text is what it was, parses, that its references lead somewhere and its numbers have owners."""
    with desk() as at:
        problems = list(at.library.problems)
        for document in at.library.documents:
            problems += _problems(document)
            if not as_json:
                _covered(document)
        faults = coverage.faults(at.library.documents)
        if as_json:
            told = [
                _identity(document) | coverage.as_json(document) | {"unasked": list(unspoken(document))}
                for document in at.library.documents
            ]
            click.echo(json.dumps({"problems": [*problems, *faults], "documents": told}, ensure_ascii=False))
    if problems:
        raise Refused("; ".join(problems))
    if not as_json:
        click.echo("All documents are sound.")
    if faults:
        raise Refused("; ".join(faults))
    if not as_json:
        click.echo("Every number, period and amount in them has its owner.")


def _anew(at: Desk, cause: str) -> Refreshed:
    """Compute again what was left behind, some at a time, so that a running bot can write in between."""
    from handlers import anew
    from handlers.tracking import Refreshed

    moved, stuck = list[str](), list[str]()
    while True:
        with transaction(at.db):
            some = anew.some(at.db, at.services, cause=cause, by=at.actor)
        if some is None:
            return Refreshed(tuple(moved), tuple(stuck))
        moved += some.moved
        stuck += some.stuck


def _unasked(document: Document) -> None:
    """Says so where nobody wrote down how people ask for clauses."""
    if unasked := unspoken(document):
        missing = "nothing" if len(unasked) == len(document.clauses) else f"nothing for {', '.join(unasked)}"
        click.echo(f"  of the words in which people ask, asked.toml has {missing}; it is found less well")


def _covered(document: Document) -> None:
    """Prints what a version is, and its sentences with a quantity, a line each, with their owners."""
    click.echo(f"{document.ref} {document.version}: {len(document.clauses)} clauses, SHA-256 {document.sha256}")
    for number, line in document.outside:
        click.echo(f"  line {number} is part of no clause: {line[:80]}")
    _unasked(document)
    if not coverage.computed(document):
        click.echo("  it has no terms, so that nothing of it is computed")
        return
    for sentence in coverage.sentences(document):
        click.echo(f"  {sentence.ref:9} “{_short(sentence.words)}”  {sentence.owner}")
    for entry in coverage.gone(document):
        click.echo(f"  {document.ref} {entry.clause} no longer holds “{entry.words}”, of which coverage.toml speaks")


def _standing(new: Document) -> None:
    """Prints, term by term, whether its words stand in a version, and what is not computed under it."""
    for term, stands in coverage.applying(new):
        state = "stands" if stands else "gone  "
        click.echo(f"  {state}  {new.ref} {term.clause}  {term.name}" + ("" if stands else f": “{term.words}”"))
    for refusing in coverage.refusing(new):
        click.echo(f"  refuses {refusing.said}")
    for sentence in coverage.sentences(new) if coverage.computed(new) else ():
        if sentence.unowned:
            click.echo(f"  unowned {sentence.ref} “{_short(sentence.words)}”  {sentence.owner}")


def _identity(document: Document) -> dict[str, object]:
    return {
        "document": document.slug,
        "ref": document.ref,
        "version": document.version,
        "effective": effective(document),
        "sha256": document.sha256,
        "clauses": len(document.clauses),
        "outside": [{"line": number, "words": line} for number, line in document.outside],
    }


def _short(words: str) -> str:
    return shorten(words, 70, placeholder=" …")


def _problems(document: Document) -> list[str]:
    known = {clause.ref for clause in document.clauses.values()} | {f"{document.ref} {a}" for a in document.articles}
    found = [
        f"{document.ref} {number} ({document.version}) points at {reference.target}, which does not exist"
        for number, references in document.references.items()
        for reference in references
        if not reference.outside and reference.target not in known
    ]
    return found + [f"{c.ref} is not in its source" for c in document.clauses.values() if not document.holds(c.text)]


def _marked(kind: str, words: str) -> str:
    if kind == "same":
        return words
    sign = "+" if kind == "added" else "-"
    return f"[{sign}{words.strip()}{sign}] "


def _summary(found: tuple[Change, ...], before: Document, after: Document) -> str:
    counts = {kind: sum(change.kind == kind for change in found) for kind in ("added", "removed", "reworded")}
    said = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    return f"{before.ref} from {before.version} to {after.version}: {said}."
