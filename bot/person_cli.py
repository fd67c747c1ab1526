"""``clausekeeper person``: what is kept about somebody, exported or erased (GDPR 15 and 17)."""

from __future__ import annotations

from pathlib import Path

import click

from bot import files
from bot.desk import desk, new_id
from bot.keys import seal_of
from handlers.personal import gone, told, written
from knowledge.refused import Refused
from storage import persons


@click.group()
def person() -> None:
    """What is kept about one person."""


@person.command("export")
@click.argument("user")
@click.option("--to", "target", type=click.Path(path_type=Path, dir_okay=False), help="A file; else standard output.")
def export_person(user: str, target: Path | None) -> None:
    """Everything that is kept about a person, as JSON, a line a row; what is sealed comes opened."""
    with desk() as at:
        content = written(at.db, _id(user), seal_of(at.settings))
        at.record("personal data", _id(user), {})
    files.hand_over(content, target)


@person.command("erase")
@click.argument("user")
@click.option("--apply", "really", is_flag=True, help="Erase; without it nothing is changed.")
def erase_person(user: str, really: bool) -> None:
    """Erase what is kept about a person; first without --apply. The audit chain keeps the hashes of what went."""
    with desk() as at:
        if really:
            at.db.conn.execute("PRAGMA secure_delete=ON")
            found = gone(at.db, new_id(), _id(user), at.actor, at.services)
        else:
            found = persons.would_erase(at.db, _id(user), at.now)
            open_ = persons.duties(at.db, _id(user))
    for one in found:
        click.echo(told(one).replace("`", ""))
    if really:
        click.echo("Erased. Backups made before still hold it until they are gone.")
        return
    click.echo("Nothing was changed. --apply erases what is gone above.")
    if open_:
        click.echo(f"It is refused as long as they still have {' and '.join(open_)}.")


def _id(user: str) -> str:
    if not persons.is_person(user):
        raise Refused(f"{user!r} is no Slack user id such as U0ANNA.")
    return user
