"""The command line. Exit status: 0 answered, 1 refused with one line on standard error, 2 wrong usage, 70 a bug."""

from __future__ import annotations

import os
import sqlite3
import sys
import traceback
from contextlib import closing
from importlib import import_module
from pathlib import Path

import click

from knowledge.refused import Refused

BUG = 70


# Commands in rooms of their own, imported when they are called.
ELSEWHERE = {
    "agreements": "bot.agreements_cli:agreements",
    "ask": "bot.questions_cli:ask",
    "clause": "bot.questions_cli:clause",
    "deadline": "bot.reckoning:deadline",
    "deadlines": "bot.deadlines_cli:deadlines",
    "documents": "bot.documents_cli:documents",
    "fee": "bot.reckoning:fee",
    "feedback": "bot.questions_cli:feedback_",
    "incidents": "bot.incidents_cli:incidents",
    "hardware": "bot.hardware_cli:hardware",
    "rates": "bot.agreements_cli:rates",
    "person": "bot.person_cli:person",
    "replay": "bot.agreements_cli:replay_answers",
    "retention": "bot.retention_cli:retention",
    "team": "bot.teams_cli:team",
}


class Commands(click.Group):
    """A group whose larger commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *ELSEWHERE})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        module, _, name = ELSEWHERE[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--team", default="", help="The workspace of several that a command is for, such as T0ABC.")
@click.pass_context
def cli(context: click.Context, team: str) -> None:
    """Clausekeeper: contract clauses to the letter, fees and deadlines from their words. Without a command: local."""
    if team:
        before = os.environ.get("CLAUSEKEEPER_TEAM", "")
        os.environ["CLAUSEKEEPER_TEAM"] = team
        context.call_on_close(lambda: os.environ.update({"CLAUSEKEEPER_TEAM": before}))
    if context.invoked_subcommand is None:
        context.invoke(local)


@cli.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65534),
    default=3000,
    show_default=True,
    help="The workspace's port; the bot's is the next.",
)
@click.option("--database", type=click.Path(path_type=Path), help="The bot's database; else CLAUSEKEEPER_DATABASE.")
@click.option("--no-samples", is_flag=True, help="Start without sample agreements.")
def local(port: int, database: Path | None, no_samples: bool) -> None:
    """Start a local workspace with the bot in it."""
    from bot.local import run

    run(port, database, samples=not no_samples)


@cli.command()
@click.option("--overlap", is_flag=True, help="Let the next process listen on the same port before this one leaves.")
def serve(overlap: bool) -> None:
    """Serve a real workspace over HTTP."""
    from bot.serving import serve

    serve(overlap=overlap)


@cli.command()
def socket() -> None:
    """Serve a real workspace over Socket Mode."""
    from bot.serving import socket

    socket()


@cli.command()
def doctor() -> None:
    """Say what is missing for a real workspace, and what to do about it."""
    from bot.doctor import doctor

    if not doctor(click.echo):
        sys.exit(1)


@cli.command()
def migrate() -> None:
    """Make the database, or bring its tables up to date."""
    from bot.desk import desk
    from storage.migrations import MIGRATIONS

    with desk() as at:
        applied = MIGRATIONS.applied(at.db)
        click.echo(f"{at.settings.database} is up to date at {applied[-1].name}.")


@cli.command()
@click.argument("destination", type=click.Path(path_type=Path))
def backup(destination: Path) -> None:
    """Copy the database while it is in use, and prove the copy whole; of several workspaces all, into a folder."""
    from bot.settings import from_environment
    from bot.teams_cli import every_database
    from storage.database import backup

    settings = from_environment()
    copies = [(settings.database, destination, True)]
    if settings.several and not settings.team:
        sources = [(one.database, True) for one in every_database(settings)] + [(settings.registry, False)]
        copies = [(source, destination / source.name, chained) for source, chained in sources]
    try:
        for source, copy, chained in copies:
            if not source.is_file():
                raise Refused(f"There is no database at {source} to back up.")
            if copy.parent == destination:
                destination.mkdir(mode=0o700, exist_ok=True)
            entries = backup(source, copy, chained=chained)
            click.echo(f"{copy}: a whole copy of {source}" + (f" with {entries} audit entries." if chained else "."))
    except FileExistsError as error:
        raise Refused(f"{error.args[0]} exists already; a backup never replaces a file.") from None
    except OSError as error:
        raise Refused(f"{destination} cannot be written: {error.strerror}.") from None


@cli.command()
@click.argument("copy", type=click.Path(path_type=Path))
def restore(copy: Path) -> None:
    """Put a backup in the place of the database, which is kept beside it."""
    from datetime import UTC, datetime

    from bot.settings import from_environment
    from storage.database import restore

    database = from_environment().database
    if not copy.is_file():
        raise Refused(f"There is no backup at {copy}.")
    name = f"{database.name}.replaced-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    try:
        entries, replaced = restore(copy, database, name)
    except BlockingIOError:
        raise Refused(
            f"A process has {database} open; stop it first, and nothing is lost. Nothing was changed."
        ) from None
    except sqlite3.DatabaseError as error:
        raise Refused(f"{copy} is no sound backup: {error}. Nothing was changed.") from None
    except OSError as error:
        raise Refused(f"{database} cannot be replaced: {error.strerror}.") from None
    kept = f" The replaced database is kept as {replaced}." if replaced else ""
    click.echo(f"{database} is what {copy} holds, with {entries} audit entries.{kept}")


@cli.command()
def verify() -> None:
    """Prove that the database is whole: its pages, its audit chain, its documents."""
    from bot.keys import seal_of
    from bot.settings import from_environment
    from storage import audit, incidents
    from storage.database import connect, faults

    settings = from_environment()
    path = settings.database
    if not path.is_file():
        raise Refused(f"There is no database at {path} to verify.")
    with closing(connect(path)) as db:
        problems = faults(db.conn)
        if broken := audit.broken(db):
            problems.append(f"the audit chain is broken: {broken}")
        seal = seal_of(settings)
        if broken := incidents.broken(db, seal):
            problems.append(f"a timeline is broken: {broken}")
        unread = seal is None and incidents.count(db) > 0
        entries = audit.count(db)
    if problems:
        raise Refused(f"{path}: {'; '.join(problems)}.")
    click.echo(f"{path} is whole: {entries} audit entries in an unbroken chain.")
    if unread:
        click.echo(
            "Without the key what was told of data breaches was not read: only that every entry is there.", err=True
        )


@cli.command()
@click.option("--url", default="", help="The bot's public address, for HTTP instead of Socket Mode.")
@click.option("--several", is_flag=True, help="For an app that several workspaces install, by OAuth; needs --url.")
def manifest(url: str, several: bool) -> None:
    """Print the Slack app manifest."""
    from bot.manifest import as_text

    if several and not url:
        raise click.UsageError("--several needs --url: Slack leads whoever installs the app back to that address.")
    click.echo(as_text(url, several=several), nl=False)


@cli.command()
def sbom() -> None:
    """Print what an installation gets, as a CycloneDX bill of materials."""
    from bot.sbom import as_text

    click.echo(as_text(), nl=False)


@cli.command()
def rights() -> None:
    """Print who may do what."""
    from bot.rights import as_text

    click.echo(as_text(), nl=False)


def main() -> None:
    """Run the command line with its exit statuses."""
    try:
        status = cli.main(prog_name="clausekeeper", standalone_mode=False)
        sys.exit(status if isinstance(status, int) else 0)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Refused as refused:
        said = str(refused)
        for person in refused.people:  # mentioned as Slack takes it
            said = said.replace(f"<@{person}>", person)
        click.echo(said, err=True)
        sys.exit(1)
    except sqlite3.Error as error:
        click.echo(f"The database refused: {error}.", err=True)
        sys.exit(1)
    except UnicodeEncodeError as error:
        # Bytes that are no UTF-8 reach a command as halves of characters, which nothing can store.
        click.echo(
            f"{error.object!r} cannot be written as {error.encoding}: type it anew. Nothing was saved.", err=True
        )
        sys.exit(1)
    except Exception as error:  # whatever else comes this far is a fault of the program: said in a line, with its place
        last = traceback.extract_tb(error.__traceback__)[-1]
        click.echo(
            f"A bug, not your input: {type(error).__name__} in {Path(last.filename).name}:{last.lineno}.",
            err=True,
        )
        sys.exit(BUG)
