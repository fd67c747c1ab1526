"""One act on an incident, in one transaction: the record, its timeline, the audit chain, and what is owed because of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from handlers.computing import Basis, basis, understood
from handlers.services import Services, Shelf
from knowledge.agreements import Agreement
from knowledge.breach import acts, clocks, merging, reading
from knowledge.breach.acts import Act, Done
from knowledge.breach.clocks import Clock
from knowledge.breach.incident import Event, Incident, from_json, to_json
from knowledge.inputs import Here
from knowledge.refused import Refused
from storage import agreements as agreed
from storage import audit, incidents, outbox
from storage.audit import Entry
from storage.incidents import Kept
from storage.outbox import Letter
from storage.sealing import Seal

MOST_NAMED = 20
ROOM, SPEAK = "breach_room", "breach_speak"
NUMBER = re.compile(r"(?:INC|DRILL)-\d{4}-\d{3,}", re.IGNORECASE)
NO_KEY = (
    "Data breaches cannot be kept yet: this Clausekeeper has no key to seal them with. An admin sets CLAUSEKEEPER_KEY "
    "(docs/breaches.md)."
)


@dataclass(frozen=True)
class Hand:
    """Who acts on incidents, when, and with what; made for one transaction. ``by`` is a Slack user or the command line,
    ``alerted`` are the people who are told of a new incident: the responders, else the admins; ``roles_of`` gives the roles
    of anybody.
    """

    db: Database
    seal: Seal
    shelf: Shelf
    now: datetime
    new_id: Callable[[], str]
    by: str
    zone: ZoneInfo
    held: frozenset[str]
    alerted: tuple[str, ...] = ()
    roles_of: Callable[[str], frozenset[str]] = lambda person: frozenset()

    @property
    def act(self) -> Act:
        """Who and when, as the acts on an incident want it."""
        return Act(self.now, self.by)

    @property
    def here(self) -> Here:
        """Now, in the zone in which local times are meant unless another is given."""
        return Here(self.now, self.zone)

    def agreement(self, slug: str) -> Agreement | None:
        """The agreement of a name, as it stands."""
        text = agreed.get(self.db, slug)
        return understood(text, self.shelf.library) if text else None

    def client(self, slug: str) -> str:
        """The name of a client, from its agreement."""
        found = self.agreement(slug)
        return found.client if found else slug

    def clocks(self, incident: Incident) -> tuple[Clock, ...]:
        """The clocks of an incident, each under its own agreement."""
        return clocks.clocks(incident, self.shelf.library, self._basis.overrides)

    @cached_property
    def _basis(self) -> Basis:
        return basis(self.db, self.shelf)


def hand(db: Database, services: Services, shelf: Shelf, by: str) -> Hand:
    """The hand of a person in Slack; Refused where there is no key."""
    if services.seal is None:
        raise Refused(NO_KEY)
    held, holders = services.roles_in(db, by), services.holders(db)
    alerted = tuple(holders["responder"] or holders["admin"])
    roles_of = partial(services.roles_in, db)
    return Hand(db, services.seal, shelf, services.now(), services.new_id, by, services.zone, held, alerted, roles_of)


def none_such(number: str) -> Refused:
    """The one answer to a number that does not exist and to one that this person may not see."""
    return Refused(f"There is no incident {number.strip().upper()[:30]}, or you may not see it.")


def may_see(hand: Hand, incident: Incident) -> bool:
    """Whether this person may know of an incident."""
    return entitled(hand, incident, hand.by, hand.held)


def entitled(hand: Hand, incident: Incident, person: str, held: frozenset[str]) -> bool:
    """Whether somebody may know of an incident: responders, admins, the lead, managers of affected agreements."""
    if "responder" in held or person == incident.roles.get("lead"):
        return True
    found = (hand.agreement(slug) for slug in incident.clients)
    return any(agreement and agreement.manager == person for agreement in found)


def need_entitled(hand: Hand, incident: Incident, person: str, field: str) -> None:
    """Refused under ``field`` for somebody who may not know of an incident and would get a part in it."""
    if not entitled(hand, incident, person, hand.roles_of(person)):
        raise Refused(
            f"{person} may not see this incident: only responders, admins and managers of affected agreements do. "
            "An admin can make them a responder.",
            field=field,
        )


def see(hand: Hand, number: str, why: str = "") -> tuple[Kept, Incident]:
    """The incident with a number, for somebody who may see it; ``why`` puts the access on record.

    Refused in the same words where there is none and where this person may not see it.
    """
    kept = incidents.get(hand.db, hand.seal, number) if NUMBER.fullmatch(number.strip()) else None
    incident = from_json(kept.record) if kept else None
    if kept is None or incident is None or not may_see(hand, incident):
        raise none_such(number)
    if why:
        entry = Entry(hand.new_id(), hand.now, hand.by, "incident-seen", incident.number, {"how": why})
        audit.append(hand.db, entry)
    return kept, incident


def visible(hand: Hand, numbers: Iterable[str]) -> Iterator[Incident]:
    """Those of the incidents that this person may see; each is opened when it is asked for."""
    kept = (incidents.get(hand.db, hand.seal, number) for number in numbers)
    return (incident for incident in (from_json(one.record) for one in kept if one) if may_see(hand, incident))


@dataclass(frozen=True)
class Given:
    """Answers as they were read, and the zones in which their times are told: of all, and of single ones."""

    values: Mapping[str, Any]
    zone: str
    zones: Mapping[str, str]

    def onto(self, incident: Incident, by: Act) -> Done:
        """The incident with these answers; Refused as they do not hold together."""
        return acts.answer(incident, self.values, self.zone, by, zones=self.zones)


def given(hand: Hand, entered: Mapping[str, Any], unknown: Iterable[str] = ()) -> Given:
    """Answers as values; Refused as they are read."""
    zone = str(entered.get("zone") or hand.zone.key)
    values = reading.read(entered, unknown, hand.here, partial(_named, hand.db))
    return Given(values, zone, reading.zones(entered, hand.here))


def _named(db: Database, slug: str) -> list[str]:
    """The agreement of a name, or where there is none, some that there are."""
    return [slug] if agreed.there_is(db, slug) else agreed.slugs(db, MOST_NAMED)


def begin(
    hand: Hand, entered: Mapping[str, Any], unknown: Iterable[str] = (), *, drill: bool, source: str = ""
) -> Incident:
    """Open an incident from the first answers, and owe the responders a word. Refused as the answers are read."""
    told = given(hand, entered, unknown)
    number = incidents.next_number(hand.db, hand.now, drill=drill)
    incident, events = acts.begin(number, told.values, told.zone, hand.act, drill=drill, zones=told.zones)
    if "responder" in hand.held and not hand.by.startswith("cli:"):
        incident, lead = acts.assign(incident, "lead", hand.by, hand.act, "reported it")
        events = (*events, *lead)
    if source:
        events = (*events, Event("message", None, "reported from a message", source))
    incidents.open_incident(hand.db, hand.seal, number, to_json(incident), hand.now)
    enter(hand, incident, events)
    for user in hand.alerted:
        tell(hand, number, user, "a drill has begun" if drill else "a data breach was reported")
    owe(hand, incident, 1)
    return incident


def act(hand: Hand, number: str, do: Callable[[Incident], Done]) -> Incident:
    """Change an incident and owe what follows from it; the caller has seen to it that this person may."""
    kept = incidents.get(hand.db, hand.seal, number)
    if kept is None:
        raise none_such(number)
    before = from_json(kept.record)
    incident, events = do(before)
    if not events:
        return incident
    incidents.change(hand.db, hand.seal, incident.number, to_json(incident))
    enter(hand, incident, events)
    owe(hand, incident, kept.version + 1)
    return incident


def merge(hand: Hand, number: str, target: str, reason: str) -> Incident:
    """Make an incident part of another one, which takes over what it knew; the one that stays."""
    if target.strip().upper() == number:
        raise Refused("An incident is not merged with itself; give the other number.", field="target")
    try:
        _, stays = see(hand, target)
    except Refused as refused:
        raise Refused(str(refused), field="target") from None
    merged: list[Incident] = []

    def move(incident: Incident) -> Done:
        merged.append(incident)
        return acts.move(incident, "merge", hand.act, reason=reason, target=stays.number)

    act(hand, number, move)
    return act(hand, stays.number, lambda incident: merging.absorb(incident, merged[0], hand.act))


def owe(hand: Hand, incident: Incident, version: int, since: datetime | None = None) -> None:
    """Take back what the incident was still to say, and owe its room and its next words anew, from how it stands now.

    ``since`` is when it spoke last, where it speaks now; without it, words that were due and are not said yet stay due.
    The letters hold the number alone: what they say is made when they go out.
    """
    unsaid = since is None and outbox.overdue(hand.db, incident.number, SPEAK, hand.now)
    outbox.cancel(hand.db, incident.number, hand.now)
    about = {"incident": incident.number, "version": version}
    outbox.put(hand.db, Letter(f"breach:{incident.number}:{version}:room", incident.number, hand.now, ROOM, about))
    moments = clocks.speaking(incident, hand.clocks(incident), since or hand.now)
    for moment in (hand.now, *moments) if unsaid and not incident.settled else moments:
        key = f"breach:{incident.number}:{version}:{moment.isoformat()}"
        outbox.put(hand.db, Letter(key, incident.number, moment, SPEAK, about))


def enter(hand: Hand, incident: Incident, events: Sequence[Event]) -> None:
    """Put entries onto the timeline; the last of them is bound to the record as it then stands."""
    for at, event in enumerate(events, 1):
        content = {**vars(event), "by": hand.by, "id": hand.new_id()}
        if at == len(events):
            content["record"] = incidents.digest(to_json(incident))
        incidents.enter(hand.db, hand.seal, incident.number, hand.new_id(), hand.by, hand.now, content)


def tell(hand: Hand, number: str, user: str, what: str) -> None:
    """Owe another person a word about an incident; it holds its number, and nothing that was told of it."""
    if user != hand.by:
        arguments = {"channel": user, "text": f"{number}: {what}. `/breach {number}` opens it."}
        key = f"breach:{number}:{hand.new_id()}"
        outbox.put(hand.db, Letter(key, f"{number} alert", hand.now, "chat.postMessage", arguments))
