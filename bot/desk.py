"""The command line's way to documents and records: one connection, no event loop, the same texts and tables as in Slack."""

from __future__ import annotations

import getpass
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlite_utils import Database

from bot.settings import Settings, from_environment
from handlers.services import Services, Shelf, open_shelf
from knowledge.library import Library
from knowledge.refused import Refused
from storage import audit, documents
from storage.audit import Entry
from storage.database import connect, transaction

if TYPE_CHECKING:
    from handlers.clients import Clients


@dataclass(frozen=True)
class Desk:
    """An open database with the documents that it knows. ``today`` is the contract day in the governing zone."""

    settings: Settings
    db: Database
    shelf: Shelf
    now: datetime
    today: date

    @property
    def library(self) -> Library:
        return self.shelf.library

    @cached_property
    def actor(self) -> str:
        """Who sits at the desk, as the record names them."""
        return f"cli:{getpass.getuser()}"

    @cached_property
    def clients(self) -> Clients:
        """How clients are called."""
        from handlers.clients import Clients

        return Clients()

    @property
    def services(self) -> Services:
        """What use cases are handed in Slack, with the clock stopped; its store is not opened."""
        from storage.store import Store

        settings, now = self.settings, self.now
        return Services(
            Store(settings.database),
            lambda: now,
            new_id,
            attempt=_nothing,
            fetch=_nothing,
            zone=settings.zone,
            admins=settings.admins,
            legal_channel=settings.legal_channel,
            address=settings.address,
        )

    def record(self, action: str, subject: str, content: Mapping[str, Any]) -> str:
        """Put an answer on record; its id."""
        id = new_id()
        audit.append(self.db, Entry(id, self.now, self.actor, action, subject, content))
        return id


@contextmanager
def desk() -> Iterator[Desk]:
    """A desk whose work is one transaction; Refused where the database cannot be used."""
    settings = from_environment()
    with _opened(settings) as db, transaction(db):
        yield _desk(settings, db)


@contextmanager
def long_desk() -> Iterator[Desk]:
    """A desk for work that takes a while: it holds no transaction, so that a running bot can write; who writes takes one."""
    settings = from_environment()
    with _opened(settings) as db:
        with transaction(db):
            at = _desk(settings, db)
        yield at


def _desk(settings: Settings, db: Database) -> Desk:
    now = datetime.now(UTC)
    today = now.astimezone(settings.zone).date()
    shelf = open_shelf(documents.all_versions(db), today, documents.stamp(db))
    return Desk(settings, db, shelf, now, today)


@contextmanager
def _opened(settings: Settings) -> Iterator[Database]:
    try:
        db = connect(settings.database)
    except sqlite3.Error as error:
        raise Refused(f"The database {settings.database} cannot be used: {error}.") from None
    try:
        yield db
    finally:
        db.close()


async def _nothing(*_: object) -> Any:
    """No call to Slack is made at a desk."""
    raise RuntimeError("a desk makes no calls to Slack")


def new_id() -> str:
    """An id that no other record has: time-free, 12 hexadecimal digits read well over the phone."""
    return uuid4().hex[:12]
