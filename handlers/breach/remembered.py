"""What is remembered of all incidents while the process runs, so that nobody waits until each is opened anew."""

from __future__ import annotations

from asyncio import sleep
from collections.abc import Callable, Iterator, Sequence
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


class Remembered:
    """All incidents as they stand on disk; only what changed is opened again.

    It says which incidents may concern somebody, no more: whoever shows one opens it and checks once more.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._stamp = -1
        self._newest: list[Known] = []
        self._agreement = 0
        self._managers: dict[str, str] = {}
        self._turn = services.store.lock()

    async def refresh(self) -> None:
        """Take in what changed since. What no key opens is no hindrance to the others; whoever comes to it is told."""
        seal, store = self._services.seal, self._services.store
        if seal is None:
            return
        async with self._turn:
            changed, stamp = dict[str, Known](), self._stamp
            while found := await store.glance(incidents.changed_since, seal, stamp, AT_A_TIME):
                changed |= {one.number: known(one) for one in found}
                stamp = found[-1].stamp
                await sleep(0)
            if changed:
                stay = [one for one in self._newest if one.number not in changed]
                self._newest = sorted(
                    [*stay, *changed.values()], key=lambda one: (one.opened_at, one.number), reverse=True
                )
            self._stamp = stamp
            await self._ask_managers({slug for one in changed.values() for slug in one.clients})

    async def _ask_managers(self, affected: set[str]) -> None:
        """Learn who manages the agreements that incidents affect, of those that are new here or were changed."""
        store, latest = self._services.store, await self._services.store.glance(agreed.latest)
        if latest != self._agreement:
            changed = await store.glance(agreed.clients_since, self._agreement) if self._agreement else []
            affected |= {slug for _, slug, _ in changed if slug in self._managers}
            self._agreement = latest
        library = (await self._services.shelf()).library
        for at, slug in enumerate(affected):
            self._managers[slug] = await store.glance(_manager, slug, library)
            if at % AT_A_TIME == 0:
                await sleep(0)

    def of(self, person: str, held: frozenset[str], fits: Callable[[Known], bool]) -> Iterator[str]:
        """The numbers of the incidents that fit and that somebody with these roles may see, the newest first."""
        everything = "responder" in held
        return (one.number for one in self._newest if (everything or self._concerns(person, one)) and fits(one))

    def _concerns(self, person: str, one: Known) -> bool:
        return one.lead == person or any(self._managers.get(slug) == person for slug in one.clients)


def known(changed: Changed) -> Known:
    """What is remembered of an incident."""
    number, opened_at = changed.number, changed.opened_at
    if changed.record is None:
        return Known(number, opened_at, settled=False, erased=False, lead="", clients=(), words=number.lower())
    incident = from_json(changed.record)
    words = " ".join([number, *(str(fact.value) for fact in incident.facts.values())]).lower()
    lead, clients = incident.roles.get("lead", ""), incident.clients
    return Known(number, opened_at, incident.settled, bool(incident.erased_at), lead, clients, words)


def having(words: Sequence[str]) -> Callable[[Known], bool]:
    """Whether all words, in small letters, stand in what is known of an incident."""
    return lambda one: all(word in one.words for word in words)


def _manager(db: Database, slug: str, library: Library) -> str:
    text = agreed.get(db, slug)
    return understood(text, library).manager if text else ""
