"""``clausekeeper team``: the workspaces that installed the app; everything of one, exported or erased (GDPR 15, 17 and 28)."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from sqlite_utils import Database

from bot.keys import need_seal, seal_of
from bot.settings import Settings, from_environment
from knowledge.refused import Refused
from storage import audit, installations
from storage.agreements import INDEXES
from storage.database import alone, connect
from storage.installations import REGISTRY, Installation
from storage.sealing import KeyLost, Seal

STILL_IN = "the app is still installed there: take it out in Slack first, so that nothing more is written"


def every_database(settings: Settings) -> Iterator[Settings]:
    """The settings of each workspace that has a database: the one that was named, or all there are."""
    if settings.database.is_file():
        yield settings
    if settings.several and not settings.team:
        for path in sorted(settings.folder.glob("T*.db")):
            yield settings.of(path.stem)


@click.group()
def team() -> None:
    """Workspaces: who installed the app, all that is kept of one."""


@team.command("list")
def list_teams() -> None:
    """Every workspace that installed the app, or took it out."""
    settings = from_environment()
    for one in installed(settings):
        state = f"{one.ended} {one.ended_at:%Y-%m-%d}" if one.ended and one.ended_at else f"since {one.at:%Y-%m-%d}"
        lies = settings.database if one.home else settings.of(one.team).database
        click.echo(f"{one.team:14} {state:28} {one.name}  {lies}")


@team.command("export")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
def export_team(target: Path) -> None:
    """Everything of a workspace as one zip: a JSON line a row, what is sealed opened, photographs as files, hashes of each."""
    settings = from_environment()
    _there(settings)
    if target.exists():
        raise Refused(f"{target} exists already; an export never replaces a file.")
    part = target.with_name(f"{target.name}.part")
    try:
        with closing(connect(settings.database)) as db, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as packed:
            counts = _pack(db, packed, seal_of(settings))
        part.rename(target)
    except KeyLost:
        raise Refused("The key does not open what is sealed; give the one that it was sealed with.") from None
    except OSError as error:
        raise Refused(f"{target} cannot be written: {error.strerror}.") from None
    finally:
        part.unlink(missing_ok=True)
    click.echo(f"{target}: {sum(counts.values())} rows of {len(counts)} tables.")


@team.command("erase")
@click.option("--apply", "really", is_flag=True, help="Erase; without it nothing is changed.")
def erase_team(really: bool) -> None:
    """Erase everything of a workspace: its database and what lies beside it; first without --apply. Backups are yours."""
    settings = from_environment()
    _there(settings)
    mine = next((one for one in installed(settings) if one.team == settings.team), None)
    if mine and not mine.ended:
        raise Refused(f"{settings.team} is not erased: {STILL_IN}.")
    files = files_of(settings)
    for path in files:
        click.echo(f"{path}  {path.stat().st_size:,} bytes")
    if not really:
        click.echo(f"Nothing was changed. --apply erases these {len(files)} files.")
        return
    erase_files(settings)
    click.echo(f"Erased: {len(files)} files. Keys and backups are not touched.")


def files_of(settings: Settings) -> list[Path]:
    """A workspace's database and what lies beside it: its log, and databases that a restore replaced."""
    beside = settings.database.parent.glob(f"{settings.database.name}*")
    return sorted(path for path in beside if path.is_file() and path.name != settings.key_file.name)


def erase_files(settings: Settings) -> None:
    """Erase the files of a workspace, and forget that it had installed the app; Refused while a process has them open."""
    try:
        with alone(settings.database):
            for path in files_of(settings):
                path.unlink()
    except BlockingIOError:
        raise Refused(f"A process has {settings.database} open; stop it first. Nothing was changed.") from None
    if settings.team and settings.registry.is_file():
        with closing(connect(settings.registry, REGISTRY)) as db:
            installations.forget(db, settings.team)


def _there(settings: Settings) -> None:
    if not settings.database.is_file():
        raise Refused(f"There is no database at {settings.database}; --team names another workspace.")


def installed(settings: Settings) -> list[Installation]:
    """Every installation, ended ones too."""
    if not settings.registry.is_file():
        return []
    with closing(connect(settings.registry, REGISTRY)) as db:
        try:
            return installations.every(db, need_seal(settings))
        except KeyLost:
            raise Refused(f"The key does not open {settings.registry}; give the one it was sealed with.") from None


def _pack(db: Database, packed: zipfile.ZipFile, seal: Seal | None) -> dict[str, int]:
    """Write every table, and what they hold as files; how many rows each has."""
    counts, hashes = dict[str, int](), dict[str, str]()

    def put(name: str, content: bytes) -> None:
        hashes[name] = hashlib.sha256(content).hexdigest()
        packed.writestr(name, content)

    db.conn.execute("BEGIN")
    try:
        tables = {name for name in db.table_names() if not name.startswith(("sqlite_", "_"))}
        for table in sorted(tables.difference(INDEXES)):
            lines = []
            for row in _rows(db, table):
                told = {name: value for name, value in row.items() if not isinstance(value, bytes)}
                if isinstance(told.get("sealed"), str) and seal:
                    told["told"] = seal.open(told.pop("sealed"))
                if isinstance(content := row.get("content"), bytes):
                    put(f"files/{row['sha256']}", content)
                lines.append(json.dumps(told, ensure_ascii=False))
            counts[table] = len(lines)
            put(f"tables/{table}.jsonl", "".join(f"{line}\n" for line in lines).encode())
        head = db.execute("select hash from audit order by seq desc limit 1").fetchone()
        broken = audit.broken(db)
    finally:
        db.conn.execute("ROLLBACK")
    about: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "rows": counts,
        "sha256": hashes,
        "audit_chain": {"whole": broken is None, "last": head[0] if head else None},
        "sealed": "opened" if seal else "as it was: no key was given",
    }
    packed.writestr("about.json", json.dumps(about, indent=2, ensure_ascii=False))
    return counts


def _rows(db: Database, table: str) -> Iterator[dict[str, Any]]:
    cursor: sqlite3.Cursor = db.execute(f"select * from [{table}]")
    names = [column[0] for column in cursor.description]
    for row in cursor:
        yield dict(zip(names, row, strict=True))
