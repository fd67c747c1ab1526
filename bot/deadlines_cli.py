"""``clausekeeper deadlines``: what is tracked, tracking one, saying that one is done, and a calendar file."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import click

from bot import files
from bot.day import Day
from bot.desk import Desk, desk, long_desk
from bot.who import profiles_of
from handlers import due, feeds, parse, profiles, tracking
from handlers.answering import found
from handlers.deadlines import choice, filters
from handlers.track import ABOUT, FORM, person, track
from handlers.tracking import governing_zone
from knowledge import days, fields
from knowledge.inputs import Here
from knowledge.refused import Refused
from storage import deadlines as kept
from storage.database import transaction
from storage.deadlines import Tracked


@click.group()
def deadlines() -> None:
    """Deadlines that people are reminded of."""


@deadlines.command("list")
@click.argument("words", nargs=-1, metavar="[overdue] [next=30] [agreement=acme]")
@click.option("--owner", default="", help="Only those of this Slack user id.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_deadlines(words: tuple[str, ...], owner: str, as_json: bool) -> None:
    """Every open deadline, the next one first."""
    with desk() as at:
        for one in _chosen(at, words, owner):
            click.echo(json.dumps(_data(one), ensure_ascii=False) if as_json else _line(at, one))


@deadlines.command("track")
@click.argument(
    "words", nargs=-1, required=True, metavar="KIND name=value ... title=... owner=U... [watchers=U...] [leads=14,7]"
)
def track_deadline(words: tuple[str, ...]) -> None:
    """Track a deadline; its inputs are those of ``deadline``. Without an owner the agreement's manager is reminded."""
    kind, given = parse.split("deadline", words)
    about = {name: given.pop(name) for name in ABOUT if name in given}
    with long_desk() as at:
        here = Here(at.now, at.settings.zone)
        values: dict[str, Any] = {
            f.name: fields.value(f, person(f, about[f.name]), here) for f in FORM if f.name in about
        }
        named = [values.get("owner", ""), *values.get("watchers", ())]
        told = profiles_of(at.settings, filter(None, named))
        with transaction(at.db):
            for id, profile in told.items():
                profiles.learn(at.db, at.services, id, profile)
            tracked = track(at.db, at.services, kind, given, values, at.actor, "asked for at the command line")
        click.echo(f"Tracked as {_line(at, tracked)}")


@deadlines.command()
@click.argument("id")
@click.option("--what", required=True, help="What was done.")
@click.option("--when", "on", type=Day(), help="The day on which it was done; else today.")
def done(id: str, what: str, on: date | None) -> None:
    """Say that a deadline's act was done: nobody is reminded of it any more."""
    with desk() as at:
        _there(at, id)
        tracked, when = found(at.db, id), on or at.today
        if when > at.today:
            raise Refused(f"{days.spoken(when)} is still to come; say when it was done.")
        if not what.strip():
            raise Refused("Say what was done, with --what.")
        tracking.close(at.db, at.services, tracked, "done", {"what": what, "when": when.isoformat()}, at.actor)
    click.echo(f"Done: {tracked.title}.")  # once it is on disk


@deadlines.command()
@click.argument("id")
def show(id: str) -> None:
    """A deadline with its readings and its history."""
    with desk() as at:
        tracked = _there(at, id)
        click.echo(_line(at, tracked))
        for name, day, extended in tracked.readings:
            click.echo(f"  {name}: {day}" + (f", moved by law to {extended}" if extended != day else ""))
        for step in kept.steps(at.db, id):
            told = json.dumps(step.content, ensure_ascii=False, sort_keys=True)
            click.echo(f"  {step.at:%Y-%m-%d %H:%M} UTC {step.actor}: {step.action.removeprefix('deadline ')} {told}")


@deadlines.command()
@click.argument("words", nargs=-1, metavar="[overdue] [next=30] [agreement=acme]")
@click.option("--owner", default="", help="Only those of this Slack user id, with alarms in their working hours.")
@click.option("--to", "file", type=click.Path(path_type=Path, dir_okay=False), help="A file; else standard output.")
def export(words: tuple[str, ...], owner: str, file: Path | None) -> None:
    """Write open deadlines as an iCalendar file with alarms."""
    with desk() as at:
        text = feeds.written(at.db, at.services, owner or None, _chosen(at, words, owner))
    files.hand_over(text, file)


def _there(at: Desk, id: str) -> Tracked:
    if (tracked := kept.get(at.db, id)) is None:
        raise Refused(f"There is no tracked deadline {id!r}; `clausekeeper deadlines list` shows them.")
    return tracked


def _chosen(at: Desk, words: tuple[str, ...], owner: str) -> list[Tracked]:
    given = filters(words) | {"mine" if owner else "all": ""}
    return kept.open_ones(at.db, **choice(at.db, at.services, owner, given)[1])


def _line(at: Desk, tracked: Tracked) -> str:
    when = due.plainly(tracked.due, governing_zone(tracked))
    under = f", {tracked.agreement}" if tracked.agreement else ""
    passed = ", OVERDUE" if tracked.state == "open" and tracked.last <= at.now else ""
    return f"{tracked.id}  {when}  {tracked.title}{under}, {tracked.owner or 'nobody'}{passed}"


def _data(tracked: Tracked) -> dict[str, Any]:
    readings = [{"name": name, "date": day, "extended": extended} for name, day, extended in tracked.readings]
    return {
        "id": tracked.id,
        "key": tracked.key,
        "kind": tracked.kind,
        "title": tracked.title,
        "agreement": tracked.agreement or None,
        "owner": tracked.owner or None,
        "due": tracked.due.isoformat(),
        "readings": readings,
        "leads": list(tracked.leads),
        "answer": tracked.answer,
    }
