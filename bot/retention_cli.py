"""``clausekeeper retention``: how long each table keeps what, and taking away what has outlived that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta

import click
from sqlite_utils import Database

from bot.desk import new_id
from bot.settings import Settings, from_environment
from bot.teams_cli import erase_files, every_database, installed
from knowledge.refused import Refused
from storage import retention as rules
from storage.audit import Entry, append
from storage.database import connect, transaction
from storage.retention import Found

LEFT_DAYS = 30


@click.command()
@click.option(
    "--days", "wanted", multiple=True, metavar="TABLE=N", help="Another limit for a table, as often as needed."
)
@click.option("--apply", "really", is_flag=True, help="Take it away; without it nothing is changed.")
@click.option(
    "--compact", is_flag=True, help="Then write the file anew, so that nothing lingers in it; others wait meanwhile."
)
def retention(wanted: tuple[str, ...], really: bool, compact: bool) -> None:
    """What has outlived its time, table by table; first without --apply. Incidents: `clausekeeper incidents retention`."""
    settings = from_environment()
    told = [f"{table}={days}" for table, days in settings.retention.items()]
    days = _limits([*told, *wanted])
    for one in every_database(settings):
        click.echo(f"{one.database}:")
        found = _kept(one, days, really=really, compact=compact)
        for table in found:
            click.echo(f"  {_line(table)}")
        rows = sum(table.rows for table in found)
        done = f"Gone: {rows} rows." if really else f"Nothing was changed. --apply takes away {rows} rows."
        click.echo(f"  {done} The audit chain is whole as before; its hashes stay.")
    for one in _left(settings):
        click.echo(
            f"{one.database}: took the app out more than {LEFT_DAYS} days ago; "
            + ("erased" if really else "to be erased")
        )
        if really:
            erase_files(one)


def _kept(settings: Settings, days: Mapping[str, int], *, really: bool, compact: bool) -> list[Found]:
    now = datetime.now(UTC)
    with closing(connect(settings.database)) as db:
        if not really:
            return rules.due(db, now, days)
        # What is taken away is overwritten with zeros, and does not linger in free pages.
        db.conn.execute("PRAGMA secure_delete=ON")
        found = [Found(one.rule, one.days, _taken(db, one, now, days)) for one in rules.due(db, now, days)]
        counts = {one.rule.table: one.rows for one in found if one.rows}
        with transaction(db):
            append(db, Entry(new_id(), now, "retention", "retention", "", {"gone": counts}))
        if compact:
            db.conn.execute("VACUUM")
        db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return found


def _taken(db: Database, found: Found, now: datetime, days: Mapping[str, int]) -> int:
    """Take away what has outlived a rule, piece by piece, so that a bot at work waits for no more than a piece."""
    gone = 0
    while True:
        with transaction(db):
            piece = rules.take_away(db, found.rule, now, days)
        gone += piece
        if piece < rules.MOST:
            return gone


def _left(settings: Settings) -> list[Settings]:
    """Workspaces that took the app out so long ago that they are not waited for any more."""
    before = datetime.now(UTC) - timedelta(days=LEFT_DAYS)
    gone = [one for one in installed(settings) if one.ended_at and one.ended_at < before and not one.home]
    return [settings.of(one.team) for one in gone if settings.team in ("", one.team)]


def _line(found: Found) -> str:
    limit = "no limit" if found.days is None else f"{found.days} days"
    return f"{found.rule.table:22} {limit:>10} {found.rows:>8}  {found.rule.why}"


def _limits(words: Sequence[str]) -> dict[str, int]:
    """Limits by table from ``table=days``, later ones prevailing; Refused for a table without a limit."""
    limited = {rule.table for rule in rules.RULES if rule.old and rule.days}
    found = {}
    for word in words:
        table, _, number = word.partition("=")
        if table not in limited:
            raise Refused(f"{table!r} is no table with a limit of days; there are: {', '.join(sorted(limited))}.")
        if not (number.isdecimal() and number.isascii() and 0 < int(number) < 100_000):
            raise Refused(f"{word!r} should be {table}= and a number of days.")
        found[table] = int(number)
    return found
