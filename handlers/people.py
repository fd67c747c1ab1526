"""People as Slack and they themselves describe them: in which hours they are written to, and who stands in for them."""

from __future__ import annotations

from datetime import time

from sqlite_utils import Database

from handlers.services import Services
from knowledge import days
from knowledge.refused import Refused
from knowledge.reminding import CLOSES, OPENS, Hours, country_of
from storage import people
from storage.people import Person

MOST_STAND_INS = 3


def hours(db: Database, services: Services, id: str) -> Hours:
    """A person's working hours: as they chose them, else as their profile's zone and its country have them."""
    return hours_of(people.get(db, id), services)


def hours_of(person: Person, services: Services) -> Hours:
    """The working hours of somebody who is known."""
    try:
        zone = days.zone(person.zone or person.profile_zone or services.zone.key)
    except Refused:
        zone = services.zone  # a profile may name a zone that this machine does not know
    opens = time.fromisoformat(person.opens) if person.opens else OPENS
    closes = time.fromisoformat(person.closes) if person.closes else CLOSES
    return Hours(zone, person.country or country_of(zone.key), opens, closes)


def instead_of(db: Database, services: Services, id: str) -> tuple[str, str]:
    """Who is written to in a person's place now, and why; the person, and no reason, where they are there to read it.

    Nobody (empty) where a person who cannot be reached never named a substitute.
    """
    person = people.get(db, id)
    if absence := people.absent(db, id, hours_of(person, services).day(services.now())):
        return absence.substitute, f"who is away until {days.spoken(absence.last)}"
    return (id, "") if person.reachable else (people.substitute_of(db, id), "who cannot be reached")


def stand_ins(db: Database, services: Services, id: str) -> tuple[str, ...]:
    """Who answers for a person now: their substitute, where that one is not there either theirs, and so on."""
    chain = [id]
    while len(chain) <= MOST_STAND_INS and (following := instead_of(db, services, chain[-1])[0]) not in ("", *chain):
        chain.append(following)
    return tuple(chain[1:])
