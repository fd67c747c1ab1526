"""Roles that mirror Slack user groups: whoever is in the group holds the role, from the moment Slack says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from handlers import blocks
from handlers.holding import holding, told
from handlers.incoming import Incoming
from handlers.services import Services
from handlers.surface import Surface
from knowledge.refused import Refused
from storage import audit, outbox
from storage import roles as held
from storage.audit import Entry
from storage.outbox import Letter

SURFACE = Surface(
    events=("subteam_members_changed", "subteam_updated"),
    scopes={"usergroups:read": "a role can be that of a user group's members"},
    needs={"consultant": ("subteam_members_changed", "subteam_updated")},
)
LOOK = "mirror"
# What is missed while the bot is down is learnt at its start, and daily.
AGAIN = timedelta(days=1)


def register(app: Any) -> None:
    app.event("subteam_members_changed")(changed)
    app.event("subteam_updated")(changed)


async def changed(event: dict[str, Any], client: Any, incoming: Incoming, services: Services) -> None:
    """Learn who is in a group that mirrors a role; other groups are nobody's concern here."""
    group = event.get("subteam_id") or (event.get("subteam") or {}).get("id", "")
    if group in (await services.store.run(held.groups)).values():
        await _learn(services, client, group, incoming.key)


async def look(services: Services, client: Any, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """Learn who is in every group that mirrors a role, and look again tomorrow."""
    for group in sorted(set((await services.store.run(held.groups)).values())):
        await _learn(services, client, group, f"look:{services.now().isoformat()}")
    await services.store.run(owe, services, services.now() + AGAIN)
    return {}


def owe(db: Database, services: Services, due: datetime | None = None) -> None:
    """Owe a look at the groups that mirror roles, at once or at a time; nothing where there are none."""
    at = due or services.now()
    if held.groups(db):
        outbox.put(db, Letter(f"{LOOK}:{at:%Y-%m-%dT%H:%M}", LOOK, at, LOOK, {}))


async def members(services: Services, client: Any, group: str) -> list[str]:
    """Who is in a group; nobody where it is there no more. Refused where Slack does not say."""
    found: list[str] = []

    async def ask() -> None:
        found.extend((await client.usergroups_users_list(usergroup=group))["users"])

    refused = await services.attempt(ask())
    if refused and refused != "no_such_subteam":
        raise Refused(f"Slack does not say who is in that user group: {blocks.escape(refused)}.")
    return found


async def choices(services: Services, client: Any) -> dict[str, str]:
    """The workspace's user groups as @name, by id; none where Slack does not say."""
    found: dict[str, str] = {}

    async def ask() -> None:
        for group in (await client.usergroups_list())["usergroups"]:
            found[group["id"]] = f"@{group['handle']}"

    await services.attempt(ask())
    return found


async def _learn(services: Services, client: Any, group: str, key: str) -> None:
    inside = await members(services, client, group)
    await services.store.run(_keep, services, group, inside, key)
    services.wake()


def _keep(db: Database, services: Services, group: str, inside: Sequence[str], key: str) -> None:
    before = holding(db)
    held.set_members(db, group, inside)
    after, now = holding(db), services.now()
    if before != after:
        content = {"group": group, "before": before, "after": after}
        audit.append(db, Entry(services.new_id(), now, "slack", "roles", group, content))
        for letter in told(before, after, key, now):
            outbox.put(db, letter)
