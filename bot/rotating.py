"""A new key for what is sealed: in every workspace's database, and in that of their tokens."""

from __future__ import annotations

import getpass
from contextlib import closing
from datetime import UTC, datetime

import click

from bot.desk import new_id
from bot.keys import STRANGE, need_seal, prove
from bot.settings import Settings, from_environment
from bot.teams_cli import every_database
from knowledge.refused import Refused
from storage import incidents, installations, sealing
from storage.audit import Entry, append
from storage.database import connect, transaction
from storage.installations import REGISTRY
from storage.sealing import KeyLost, Seal


@click.command("rotate-key")
def rotate_key() -> None:
    """Seal everything anew, in every workspace: under the first key of CLAUSEKEEPER_KEY, or a new one in the key file."""
    settings = from_environment()
    if settings.team:
        raise Refused("One key seals all workspaces: run this without --team.")
    seal = need_seal(settings)
    _prove(settings, seal)
    keys = settings.keys or sealing.read_keys(settings.key_file)
    if not settings.keys:
        keys = (sealing.new_key(), *keys)
        seal = Seal(keys)
        # The file holds the new key before anything is sealed with it, and the old ones until nothing needs them.
        sealing.write_keys(settings.key_file, keys)
    elif len(keys) == 1:
        raise Refused(
            "CLAUSEKEEPER_KEY holds one key: put a new one (`clausekeeper incidents new-key`) before it, separated by a "
            "comma, restart the bot, and run this again."
        )
    try:
        rows = sum(_again(one, seal) for one in every_database(settings)) + _tokens_again(settings, seal)
    except KeyLost:
        raise Refused(STRANGE) from None
    where = "CLAUSEKEEPER_KEY" if settings.keys else str(settings.key_file)
    # A bot at work reads a key file again by itself; its environment it was given once.
    bot = "; restart a bot that was started without it" if settings.keys else ", and a bot at work goes on with it"
    click.echo(
        f"{rows} rows are sealed under the newest key{bot}. Older keys in {where} open nothing here any more, only backups: "
        "keep them as long as those."
    )


def _prove(settings: Settings, seal: Seal) -> None:
    for one in every_database(settings):
        with closing(connect(one.database)) as db:
            prove(db, seal)


def _again(settings: Settings, seal: Seal) -> int:
    with closing(connect(settings.database)) as db, transaction(db):
        rows = incidents.seal_again(db, seal)
        by = f"cli:{getpass.getuser()}"
        append(db, Entry(new_id(), datetime.now(UTC), by, "key-rotated", "", {"rows": rows}))
    return rows


def _tokens_again(settings: Settings, seal: Seal) -> int:
    if not settings.registry.is_file():
        return 0
    with closing(connect(settings.registry, REGISTRY)) as db, transaction(db):
        return installations.seal_again(db, seal)
