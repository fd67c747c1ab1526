"""People as their Slack profiles describe them, read once a day; who moves to another zone is reminded by its clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlite_utils import Database

from handlers import people, tracking
from handlers.services import Services
from knowledge.refused import Refused
from storage import people as known
from storage.people import Person

LOOK_AGAIN = timedelta(hours=24)
SLACKBOT = "USLACKBOT"
GONE = frozenset({"user_not_found", "users_not_found", "user_not_visible", "user_disabled"})


async def met(services: Services, client: Any, id: str, *, patient: bool = False) -> Person:
    """What is known of a person, read from their Slack profile where that was not done within a day.

    A profile that cannot be read now leaves what is known. ``patient`` is for whoever can wait: a request of Slack's to do
    so is raised.
    """
    before = await services.store.run(known.get, id)
    now = services.now()
    if before.looked_at is not None and now - before.looked_at < LOOK_AGAIN:
        return before
    found: dict[str, Any] = {}

    async def look() -> None:
        found.update((await client.users_info(user=id))["user"])

    refused = await services.attempt(look(), limits=patient)
    if refused and refused not in GONE:
        return before
    return await services.store.run(learn, services, id, found | ({"deleted": True} if refused else {}))


async def able(services: Services, client: Any, id: str, field: str = "owner") -> Person:
    """A person who can be reminded; Refused for a bot and for somebody who left."""
    return reachable(await met(services, client, id), field)


def reachable(person: Person, field: str = "owner") -> Person:
    """The person; Refused for a bot and for somebody who left."""
    if person.bot:
        raise Refused(f"<@{person.id}> is a bot; name a person.", field=field, people=(person.id,))
    if person.gone:
        said = f"<@{person.id}> has left this workspace; name somebody who can be reached."
        raise Refused(said, field=field, people=(person.id,))
    return person


def learn(db: Database, services: Services, id: str, profile: Mapping[str, Any]) -> Person:
    """Keep what a Slack profile says, and move what is owed to its person where that changes their working hours."""
    before = known.get(db, id)
    zone = profile.get("tz") or before.profile_zone
    bot = bool(profile.get("is_bot", before.bot)) or id == SLACKBOT
    known.look_at(db, id, zone=zone, bot=bot, gone=bool(profile.get("deleted")), at=services.now())
    after = known.get(db, id)
    if people.hours_of(before, services) != people.hours_of(after, services):
        tracking.replan(db, services, id)
    return after
