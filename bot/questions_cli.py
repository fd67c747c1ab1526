"""``clausekeeper ask``, ``clausekeeper clause`` and ``clausekeeper feedback``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click
import orjson

from bot import files
from bot.day import Day
from bot.desk import Desk, desk, long_desk
from handlers import asking
from handlers.phrases import say
from handlers.services import sources
from knowledge import lookup, telling
from knowledge.asked import asked
from knowledge.lookup import Passage
from knowledge.refused import Refused
from knowledge.search.asking import wording
from knowledge.search.finding import Found, check, fitting, named
from knowledge.search.finding import ask as find
from storage import feedback
from storage.database import transaction
from storage.feedback import Judged


@click.command()
@click.argument("words", nargs=-1)
@click.option("--as-of", type=Day(), help="The versions in force on this day (2026-12-04).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def clause(words: tuple[str, ...], as_of: date | None, as_json: bool) -> None:
    """Quote a clause by its number (7.3, itaf 4.4, 15.3 b), a defined term, or words."""
    typed = check(" ".join(words)) if words else ""
    if not typed:
        raise Refused("Name a clause, for example: clausekeeper clause 7.3")
    with desk() as at:
        on = as_of or at.today
        passage = named(at.library, typed, on)
        if passage is None:
            (best,) = fitting(at.shelf.index, typed, 1)
            passage = lookup.by_ref(at.library, best.clause.ref, on)
        at.record("clause", passage.ref, _content(passage) | {"typed": typed})
    click.echo(json.dumps(telling.passage(passage), ensure_ascii=False) if as_json else _page(passage))


@click.command()
@click.argument("question", nargs=-1)
@click.option(
    "--lang",
    type=click.Choice(["en", "nl", "fr"]),
    help="The language to answer in; else the question's own.",
)
@click.option("--top", type=click.IntRange(1, 20), default=3, show_default=True, help="How many clauses to name.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--batch",
    type=click.Path(path_type=Path, dir_okay=False),
    help='Lines of {"id","question"}; a JSON line each.',
)
def ask(question: tuple[str, ...], lang: str | None, top: int, as_json: bool, batch: Path | None) -> None:
    """Ask a contract question in English, Dutch or French."""
    if batch is not None:
        for told in answer_lines(_lines(batch), lang, top):
            click.echo(json.dumps(told, ensure_ascii=False))
        return
    with desk() as at:
        message = " ".join(question)
        if as_json:
            heard = asking.Heard((_ask(at, message, lang, top),))
        else:
            questions = asking.split(message)
            heard = asking.find(at.shelf, questions, asking.known(at.db, at.shelf, questions, at.clients), top, lang)
            for found in heard.found:
                _record(at, found)
    for found in heard.found:
        click.echo(json.dumps(telling.found(found), ensure_ascii=False) if as_json else _answer(found))
    if heard.left:
        left = " ".join(heard.left)
        click.echo(say("left_out", heard.found[0].language, most=str(asking.MOST_QUESTIONS), left=left), err=True)


def _ask(at: Desk, question: str, lang: str | None, top: int) -> Found:
    """One question, whatever it holds: a program that hands over one line gets one answer."""
    asked_so = check(question)
    known = asking.known(at.db, at.shelf, (asked_so,), at.clients)
    told = known.confirmed.get(asked_so)
    found = find(at.library, at.shelf.index, asked_so, top, at.today, lang, clients=known.clients, confirmed=told)
    _record(at, found)
    return found


def _record(at: Desk, found: Found) -> None:
    ref = found.passage.ref if found.passage else ""
    at.record("ask", ref, asking.content(found, at.library, at.today))


def answer_lines(lines: Iterable[str], lang: str | None, top: int) -> Iterator[dict[str, Any]]:
    """What each line comes to, on disk before it is handed out; a running bot can write in between."""
    with long_desk() as at:
        for line in lines:
            with transaction(at.db):
                told = _batched(at, line, lang, top)
            yield told


def _batched(at: Desk, line: str, lang: str | None, top: int) -> dict[str, Any]:
    try:
        asked_line = orjson.loads(line)  # which refuses half a character, and no number
    except orjson.JSONDecodeError:
        asked_line = None
    id, question = (asked_line.get("id"), asked_line.get("question")) if isinstance(asked_line, dict) else (None, None)
    if id is None or not isinstance(question, str):
        return {"id": id, "refused": 'A line should be JSON such as {"id": "1", "question": "..."}.'}
    try:
        return {"id": id} | telling.found(_ask(at, question, lang, top))
    except Refused as refused:
        return {"id": id, "refused": str(refused)}


def _lines(path: Path) -> list[str]:
    # At line feeds alone: a question may hold what else ends a line for Python.
    return [line for line in files.text_of(path).split("\n") if line.strip()]


def _content(passage: Passage) -> dict[str, Any]:
    return {"ref": passage.ref, "version": passage.document.version, "sources": sources([passage.document])}


def _page(passage: Passage) -> str:
    """A passage as a person reads it in a terminal."""
    document = passage.document
    lines = [f"{passage.ref}  {passage.title}", "", passage.text, ""]
    lines.append(
        f"{document.owner}, {document.title}, version {document.version}, effective {telling.effective(document)}."
    )
    if passage.note:
        lines.append(passage.note)
    if terms := lookup.uses(passage):
        lines.append("Defined terms: " + ", ".join(f"{term} ({clause.number})" for term, clause in terms.items()))
    if pointed := (*lookup.mentions(passage), *lookup.outside(passage)):
        lines.append("Points at: " + ", ".join(pointed))
    if pointing := lookup.mentioned_by(passage):
        lines.append("Pointed at by: " + ", ".join(pointing))
    if passage.also:
        lines.append("The same number elsewhere: " + ", ".join(passage.also))
    return "\n".join(lines)


@click.group("feedback")
def feedback_() -> None:
    """What people said of answers."""


@feedback_.command("export")
@click.option(
    "--to", type=click.Path(path_type=Path, dir_okay=False), help="A file that does not exist yet; else it is printed."
)
def export(to: Path | None) -> None:
    """Write questions with what people said answers them, as lines on which the search can be measured."""
    with desk() as at:
        lines = [json.dumps(line, ensure_ascii=False) for line in _evaluation(feedback.judged(at.db))]
    if to is None:
        click.echo("\n".join(lines), nl=bool(lines))
        return
    files.write(to, "".join(f"{line}\n" for line in lines).encode(), fresh=True)
    click.echo(f"{to}: {len(lines)} questions.")


def _evaluation(judged: Iterable[Judged]) -> Iterator[dict[str, Any]]:
    """A line for each wording; all the clauses that people named for it in one way of saying so, the surest way first."""
    seen: dict[str, dict[str, Any]] = {}
    for one in judged:
        line = {
            "id": one.answer,
            "lang": one.language,
            "question": one.question,
            "gold": list(one.refs),
            "how": one.how,
        }
        known = seen.setdefault(wording(one.question), line)
        if known["how"] == one.how:
            known["gold"] = sorted({*known["gold"], *one.refs})
    yield from seen.values()


def _answer(found: Found) -> str:
    if found.confirmed and found.passage is None:
        return say("confirmed_none", found.language)
    if found.passage is None:
        why = {
            "no_clause": "The documents do not answer this.",
            "unsure": "Perhaps one of these answers it, not surely enough to say which:",
            "not_loaded": "No documents are loaded.",
            "unavailable": f"The search failed: {found.failure}.",
        }[found.reason or "no_clause"]
        nearest = ", ".join(hit.clause.ref for hit in found.hits)
        if found.reason == "unsure":
            return f"{why} {nearest}."
        return f"{why} Nearest, but no answer: {nearest}." if nearest else why
    lines = [_page(found.passage)]
    if told := found.confirmed:
        lines.append(say("confirmed_by", found.language, by=told.by, day=told.on.isoformat()))
    entry = asked(found.passage.document.slug).get(found.passage.number)
    if entry:
        lines.append(f"In plain words (a summary, not the contract): {entry.summary[found.language]}")
    lines += [f"The document of {other.document.owner} also speaks of this:\n\n{_page(other)}" for other in found.also]
    if others := [hit.clause.ref for hit in found.hits if hit.clause.ref != found.passage.ref]:
        lines.append("Perhaps also: " + ", ".join(others))
    return "\n".join(lines)
