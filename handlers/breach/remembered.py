"""What is remembered of all incidents while the process runs, so that nobody waits until each is opened anew."""

from __future__ import annotations

from asyncio import Task, create_task, sleep, wait
from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from handlers.computing import understood
from handlers.services import Services
from knowledge.breach.incident import from_json
from knowledge.library import Library
from storage import agreements as agreed
from storage import incidents
from storage.incidents import Changed

# Opening so many takes some milliseconds; in between others get their turn.
AT_A_TIME = 20
# So many are looked through at once for words that none of them has.
A_PAGE = 100


@dataclass(frozen=True)
class Known:
    """An incident as far as it decides who may see it and which words find it; ``words`` are in small letters."""

    number: str
    opened_at: str
    settled: bool
    erased: bool
    lead: str
    clients: tuple[str, ...]
    words: str


@dataclass(frozen=True)
class Page:
    """Some incidents, and the words of all of them: what is not among these is in none."""

    known: Sequence[Known]
    words: str


class Remembered:
    """All incidents as they stand on disk; only what changed is opened again. Used in the event loop alone.

    It says which incidents may concern somebody, no more: whoever shows one opens it and checks once more.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._stamp = -1
        self._known: dict[str, Known] = {}
        self._in_order: list[tuple[str, str]] = []
        self._newest: list[Page] = []
        self._led = defaultdict[str, set[str]](set)
        self._affecting = defaultdict[str, set[str]](set)
        self._agreement = 0
        self._unasked: set[str] = set()
        self._managers: dict[str, str] = {}
        self._managed = defaultdict[str, set[str]](set)
        self._turn = services.store.lock()
        self._reading: Task[None] | None = None

    def begin(self) -> None:
        """Read all of them beside the work, before anybody waits for it."""
        self._reading = create_task(self.refresh(), name="incidents")

    async def end(self) -> None:
        """Read no more: the store is about to be closed."""
        if self._reading is not None:
            self._reading.cancel()
            await wait((self._reading,))

    async def of(self, person: str) -> Sequence[Page]:
        """The incidents that somebody may see as things stand, the newest first; none where there is no key."""
        await self.refresh()
        if "responder" not in await self._services.roles(person):
            theirs = self._led.get(person, set()).union(
                *(self._affecting[slug] for slug in self._managed.get(person, ()))
            )
            return self._pages(sorted((self._known[number].opened_at, number) for number in theirs))
        if not self._newest:
            self._newest = self._pages(self._in_order)
        return self._newest

    def _pages(self, in_order: Sequence[tuple[str, str]]) -> list[Page]:
        newest = [self._known[number] for _, number in reversed(in_order)]
        parts = (newest[at : at + A_PAGE] for at in range(0, len(newest), A_PAGE))
        return [Page(part, "\n".join(one.words for one in part)) for part in parts]

    async def refresh(self) -> None:
        """Take in what changed since. What no key opens is no hindrance to the others; whoever comes to it is told."""
        seal, store = self._services.seal, self._services.store
        if seal is None:
            return
        async with self._turn:
            while found := await store.glance(incidents.changed_since, seal, self._stamp, AT_A_TIME):
                for one in found:
                    self._unasked.update(self._take(one))
                self._stamp = found[-1].stamp
                await sleep(0)
            await self._ask_managers()

    def _take(self, changed: Changed) -> tuple[str, ...]:
        """Remember an incident as it is now; the clients that it affects."""
        now, before, self._newest = known(changed), self._known.get(changed.number), []
        if before is None:
            insort(self._in_order, (changed.opened_at, changed.number))
        else:
            self._led[before.lead].discard(before.number)
            for slug in before.clients:
                self._affecting[slug].discard(before.number)
        self._known[now.number] = now
        self._led[now.lead].add(now.number)
        for slug in now.clients:
            self._affecting[slug].add(now.number)
        return now.clients

    async def _ask_managers(self) -> None:
        """Learn who manages the agreements that incidents affect, of those that are new here or were changed."""
        store, latest = self._services.store, await self._services.store.glance(agreed.latest)
        if latest != self._agreement:
            changed = await store.glance(agreed.clients_since, self._agreement) if self._agreement else []
            self._unasked.update(slug for _, slug, _ in changed if slug in self._managers)
            self._agreement = latest
        library = (await self._services.shelf()).library
        while self._unasked:
            for slug in [*self._unasked][:AT_A_TIME]:
                manager = await store.glance(_manager, slug, library)
                self._managed[self._managers.get(slug, "")].discard(slug)
                self._managers[slug] = manager
                self._managed[manager].add(slug)
                # Only now: where a reading breaks off, whoever was not asked for is asked for the next time.
                self._unasked.discard(slug)
            await sleep(0)


def having(words: str, among: Iterable[Page]) -> Iterator[Known]:
    """Those of the incidents that have all of the words; looked through as far as they are asked for."""
    sought = words.lower().split()
    for page in among:
        if all(word in page.words for word in sought):
            yield from (one for one in page.known if all(word in one.words for word in sought))


def known(changed: Changed) -> Known:
    """What is remembered of an incident."""
    number, opened = changed.number, changed.opened_at
    if changed.record is None:
        return Known(number, opened, settled=False, erased=False, lead="", clients=(), words=number.lower())
    incident = from_json(changed.record)
    words = " ".join([number, *(str(fact.value) for fact in incident.facts.values())]).lower()
    lead, clients = incident.roles.get("lead", ""), incident.clients
    return Known(number, opened, incident.settled, bool(incident.erased_at), lead, clients, words)


def _manager(db: Database, slug: str, library: Library) -> str:
    text = agreed.get(db, slug)
    return understood(text, library).manager if text else ""
