"""What every listener is handed: the documents, the store, the clock, fresh ids; and how an answer is put on record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from knowledge.clauses import Document
from knowledge.library import Added, Library, load
from knowledge.search import Index
from storage import audit, deliveries, documents, outbox, roles, standing
from storage.audit import Entry
from storage.outbox import Letter

if TYPE_CHECKING:
    from handlers.breach.remembered import Remembered
    from handlers.clients import Clients
    from storage.sealing import Seal
    from storage.store import Store


CONSULTANT = "consultant"
ROLES = (CONSULTANT, "responder", "manager", "admin")
"""Every role, the one that everyone has first. Admins hold all of them."""


@dataclass(frozen=True)
class Shelf:
    """The documents as they stand, and the index over the versions in force on a day."""

    library: Library
    on: date
    stamp: int

    @cached_property
    def index(self) -> Index:
        """Made when it is first asked for: most lookups by number never need it."""
        from knowledge.search.ranking import open_index

        return open_index(self.library.in_force(self.on))

    @cached_property
    def laid_out(self) -> dict[tuple[str, ...], Any]:
        """What was made from these texts alone and is made alike every time, by whoever made it."""
        return {}


Shelves = WeakValueDictionary[tuple[tuple[documents.Version, ...], date, int], Shelf]
"""The shelves that are in use in a process, by what they hold: workspaces with the same texts share them."""


class Services:
    """What listeners are handed; made once in ``bot.app.build``. ``now`` gives aware UTC instants, ``new_id`` unique ids.

    ``attempt`` awaits a call to Slack and returns Slack's error code where it refuses, else an empty string; with
    ``limits=True`` a request of Slack's to wait is raised. ``fetch`` gives
    the bytes of a file that somebody gave in Slack, by its address; Refused beyond so many. ``wake`` tells the delivery loop
    that something is owed; ``ended`` that the workspace took the bot out, with the name of the event and when; ``health`` tells
    how each part of the process is: these come with the process. ``under_way`` counts the requests that are being answered.
    ``legal_channel`` is empty where none is set, ``address`` where the bot cannot be reached from outside, ``team`` until
    Slack said who we are; ``seal`` is None without a key, and ``breach_channels`` says whether a data breach gets a private
    channel. ``shelves`` are those of other workspaces in this process.
    """

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        *,
        attempt: Callable[..., Awaitable[str]],
        fetch: Callable[[str, int], Awaitable[bytes]],
        zone: ZoneInfo,
        admins: frozenset[str],
        legal_channel: str,
        address: str = "",
        seal: Seal | None = None,
        breach_channels: bool = True,
        shelves: Shelves | None = None,
    ) -> None:
        self.store = store
        self.now = now
        self.new_id = new_id
        self.attempt = attempt
        self.zone = zone
        self.admins = admins
        self.legal_channel = legal_channel
        self.fetch = fetch
        self.address = address
        self.seal = seal
        self.breach_channels = breach_channels
        self.team = ""
        self.wake: Callable[[], None] = lambda: None
        self.health: Callable[[], Awaitable[Mapping[str, Any]]]
        self.ended: Callable[[str, datetime], Awaitable[None]]
        self.under_way = 0
        self._shelf: Shelf | None = None
        self._shelves = shelves
        self._taking_in = store.lock()

    @cached_property
    def clients(self) -> Clients:
        """How clients are called, as far as it was read."""
        from handlers.clients import Clients

        return Clients()

    @cached_property
    def incidents(self) -> Remembered:
        """All incidents, as far as they were read."""
        from handlers.breach.remembered import Remembered

        return Remembered(self)

    async def shelf(self) -> Shelf:
        """The documents, with versions that were added meanwhile (by another process, too)."""
        stamp, today = await self.store.glance(documents.stamp), self.today()
        if self._shelf is not None and (self._shelf.stamp, self._shelf.on) == (stamp, today):
            return self._shelf
        from asyncio import get_running_loop

        async with self._taking_in:
            if self._shelf is None or (self._shelf.stamp, self._shelf.on) != (stamp, today):
                self._shelf = open_shelf(await self.store.run(documents.all_versions), today, stamp, self._shelves)
                # What a first question loads is loaded beside the work, before somebody asks it.
                get_running_loop().run_in_executor(None, self._shelf.index.rank, "payment", 1)
            return self._shelf

    def shelf_in(self, db: Database) -> Shelf:
        """The documents as the caller's transaction sees them; what was taken in before is used where it still holds."""
        stamp, today, held = documents.stamp(db), self.today(), self._shelf
        if held is not None and (held.stamp, held.on) == (stamp, today):
            return held
        return open_shelf(documents.all_versions(db), today, stamp, self._shelves)

    def today(self) -> date:
        """The contract day in the governing zone."""
        return self.now().astimezone(self.zone).date()

    async def calm(self) -> None:
        """Wait until nobody waits for an answer; two seconds at most, so that what is owed is done under any load."""
        from asyncio import sleep

        for _ in range(20):
            if not self.under_way:
                return
            await sleep(0.1)

    async def roles(self, user: str) -> frozenset[str]:
        """The roles of a person; an admin holds all of them, somebody who is shut out none."""
        return await self.store.glance(self.roles_in, user)

    def roles_in(self, db: Database, user: str) -> frozenset[str]:
        """The roles of a person, for work within a transaction."""
        return self.holding(user, None if standing.why_out(db, user) else roles.of(db, user))

    def holding(self, user: str, given: frozenset[str] | None) -> frozenset[str]:
        """The roles of a person who was ``given`` these; None for somebody who is shut out."""
        if given is None:
            return frozenset()
        return frozenset(ROLES) if user in self.admins or "admin" in given else given | {CONSULTANT}

    def holders(self, db: Database) -> dict[str, list[str]]:
        """The people who hold each role, admins by the settings among the admins; nobody who is shut out."""
        outside = standing.outside(db)
        found = {role: {*roles.holders(db, role)} - outside for role in ROLES}
        found["admin"] |= self.admins - outside
        return {role: sorted(people) for role, people in found.items()}

    def ours(self, team: str) -> bool:
        """Whether a team is the one that installed the bot, as far as is known."""
        return not team or not self.team or team == self.team

    async def record(
        self, delivery: str, entry: Entry, reply: Mapping[str, Any], letters: Iterable[Letter] = ()
    ) -> dict[str, Any]:
        """Put an answer on record in one transaction: the audit entry, the reply to this delivery, what is to be said.

        Returns the reply to give: the one handed in, or the first one where Slack delivers the same thing again.
        """
        owed = list(letters)
        kept = await self.store.quick(keep, delivery, entry, dict(reply), owed)
        if owed:
            self.wake()
        return kept


def keep(db: Database, delivery: str, entry: Entry, reply: dict[str, Any], letters: list[Letter]) -> dict[str, Any]:
    """The transaction behind ``Services.record``."""
    if (first := deliveries.first(db, delivery, reply, entry.at)) is not None:
        return first
    audit.append(db, entry)
    for letter in letters:
        outbox.put(db, letter)
    return reply


def open_shelf(versions: Iterable[documents.Version], on: date, stamp: int, opened: Shelves | None = None) -> Shelf:
    """Built-in documents and added versions, as they stand on a day; one that was ``opened`` before, where it is the same."""
    wanted = (tuple(versions), on, stamp)
    if opened is not None and (shelf := opened.get(wanted)) is not None:
        return shelf
    library = load(Added(v.slug, v.version, v.effective, v.title, v.owner, v.origin, v.text) for v in wanted[0])
    shelf = Shelf(library, on, stamp)
    if opened is not None:
        opened[wanted] = shelf
    return shelf


def sources(documents_: Iterable[Document]) -> list[dict[str, str]]:
    """Which texts an answer rests on, for the record: slug, version and hash of each."""
    unique = {(d.slug, d.version): d.sha256 for d in documents_}
    return [{"document": slug, "version": version, "sha256": sha} for (slug, version), sha in unique.items()]
