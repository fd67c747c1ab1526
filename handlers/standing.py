"""People who leave: whoever Slack calls deactivated, or of another workspace, loses access, roles and reminders at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

import handlers
from handlers import profiles
from handlers.incoming import Incoming
from handlers.services import Services, keep
from handlers.surface import Surface
from storage import people, roles, standing
from storage.audit import Entry
from storage.standing import Why

SURFACE = Surface(
    events=("user_change",),
    scopes={"users:read": "somebody who is deactivated loses access at once"},
    needs={"consultant": ("user_change",)},
)


def register(app: Any) -> None:
    app.event("user_change")(changed)


async def changed(event: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Keep whether a person still belongs here."""
    person = event["user"]
    why: Why | None = None
    if person.get("deleted"):
        why = "deactivated"
    elif person.get("is_stranger") or not services.ours(person.get("team_id", "")):
        why = "stranger"
    await services.store.run(stand, services, incoming.key, person["id"], why)
    if why is None:
        await services.store.run(_moved, services, person)


def _moved(db: Database, services: Services, profile: Mapping[str, Any]) -> None:
    """Keep the zone of somebody who is reminded; of others nothing is kept."""
    if people.get(db, profile["id"]).looked_at is not None:
        profiles.learn(db, services, profile["id"], profile)


def stand(db: Database, services: Services, delivery: str, user: str, why: Why | None) -> None:
    """Shut a person out, or let them in again, in the caller's transaction; nothing where that is how they stand.

    Their roles are taken away and the key to their calendar is revoked, and neither comes back with the access. What was to
    be said to them alone is taken back; reminders of deadlines go to their substitute, or where ``reminders`` sends them.
    Then every module that has a function ``left(db, services, user)`` does what follows from it there.
    """
    before, now = standing.why_out(db, user), services.now()
    if before == why:
        return
    content: dict[str, Any] = {"before": before, "after": why}
    known = people.get(db, user)
    people.look_at(db, user, zone=known.profile_zone, bot=known.bot, gone=why is not None, at=now)
    if why is None:
        standing.let_in(db, user)
    else:
        standing.shut_out(db, user, why, now)
        content["roles"] = held = sorted(roles.of(db, user))
        for role in held:
            roles.take_away(db, user, role)
        roles.leave(db, user)
        content["calendars"] = people.close_feed(db, user, now)
        for module in handlers.modules():
            if left := getattr(module, "left", None):
                left(db, services, user)
        content["letters"] = standing.silence(db, user, now)
    keep(db, delivery, Entry(services.new_id(), now, "slack", "standing", user, content), {}, [])
