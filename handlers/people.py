"""People as Slack and they themselves describe them: who can be reached, and in which hours."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from sqlite_utils import Database

from handlers.services import Services
from knowledge import days
from knowledge.refused import Refused
from knowledge.reminding import CLOSES, OPENS, Hours, country_of
from storage import people
from storage.people import Person

LOOK_AGAIN = timedelta(hours=24)
SLACKBOT = "USLACKBOT"
GONE = frozenset({"user_not_found", "users_not_found", "user_not_visible", "account_inactive", "user_disabled"})


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


async def met(services: Services, client: Any, id: str) -> Person:
    """What is known of a person, read from their Slack profile where that was not done within a day.

    A profile that cannot be read now leaves what is known.
    """
    known = await services.store.run(people.get, id)
    now = services.now()
    if known.looked_at is not None and now - known.looked_at < LOOK_AGAIN:
        return known
    found: dict[str, Any] = {}

    async def look() -> None:
        found.update((await client.users_info(user=id))["user"])

    refused = await services.attempt(look())
    if refused and refused not in GONE:
        return known
    zone, bot = found.get("tz", known.profile_zone), bool(found.get("is_bot", known.bot)) or id == SLACKBOT
    gone = bool(refused) or bool(found.get("deleted"))
    await services.store.run(people.look_at, id, zone=zone, bot=bot, gone=gone, at=now)
    return await services.store.run(people.get, id)


async def able(services: Services, client: Any, id: str, field: str = "owner") -> Person:
    """A person who can be reminded; Refused for a bot and for somebody who left."""
    person = await met(services, client, id)
    if person.bot:
        raise Refused(f"<@{id}> is a bot; name a person.", field=field)
    if person.gone:
        raise Refused(f"<@{id}> has left this workspace; name somebody who can be reached.", field=field)
    return person
