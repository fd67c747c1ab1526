"""/clausekeeper roles: who holds which role; admins name them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlite_utils import Database

from handlers import blocks, forms, mirrored
from handlers.access import PLURAL
from handlers.holding import DUTIES, NAMED, holding, told
from handlers.incoming import Incoming
from handlers.services import Services, keep
from handlers.surface import Surface
from storage import roles as held
from storage.audit import Entry

SURFACE = Surface(
    scopes={
        "chat:write": "people are told which role they were given",
    },
    needs={"admin": ("roles",)},
)
GROUP = "_group"


def register(app: Any) -> None:
    app.view("roles")(named)


async def shown(services: Services) -> dict[str, Any]:
    """Who holds which role, for everyone to see whom to ask."""
    holders = await services.store.run(services.holders)
    lines = [f"• *{PLURAL[role].capitalize()}* {DUTIES[role]}: {_people(holders[role])}" for role in NAMED]
    text = "\n".join(["Everyone is a consultant and may ask, compute and look things up.", *lines])
    return {"text": text, "blocks": [blocks.section(text)]}


async def form(services: Services, client: Any) -> dict[str, Any]:
    """The form in which an admin names people, and user groups whose members hold a role."""
    given, mirrors = await services.store.run(_named), await services.store.run(held.groups)
    body = [forms.person_input(role, PLURAL[role].capitalize(), DUTIES[role], given[role], many=True) for role in NAMED]
    if there := await mirrored.choices(services, client):
        there |= {group: group for group in mirrors.values() if group not in there}
        hint = "Whoever is in it holds the role, for as long as they are."
        body += [
            forms.select_input(
                f"{role}{GROUP}", f"User group of the {PLURAL[role]}", there, hint, mirrors.get(role, "")
            )
            for role in NAMED
        ]
    fixed = ", ".join(f"<@{user}>" for user in sorted(services.admins)) or "nobody"
    return forms.modal("roles", "Roles", "Name them", [*body, blocks.context(f"Admins by the settings: {fixed}")])


async def named(ack: Any, client: Any, view: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Give and take the roles that the form says, and tell the people whose roles changed."""
    given = forms.typed(view)
    people = {role: given.get(role, []) for role in NAMED}
    asked = {role for role in NAMED if any(block["block_id"] == f"{role}{GROUP}" for block in view["blocks"])}
    groups = {role: given.get(f"{role}{GROUP}", "") for role in asked}
    inside = {group: await mirrored.members(services, client, group) for group in set(groups.values()) if group}
    await services.store.run(_name, services, incoming, people, groups, inside)
    services.wake()
    await ack()


def _name(
    db: Database,
    services: Services,
    incoming: Incoming,
    wanted: Mapping[str, Sequence[str]],
    groups: Mapping[str, str],
    inside: Mapping[str, Sequence[str]],
) -> None:
    now, before, given = services.now(), holding(db), _named(db)
    for role in NAMED:
        for user in sorted(set(given[role]) ^ set(wanted[role])):
            if user in wanted[role]:
                held.give(db, user, role, incoming.user, now)
            else:
                held.take_away(db, user, role)
    for role, group in groups.items():
        held.mirror(db, role, group, incoming.user, now)
    for group, members in inside.items():
        held.set_members(db, group, members)
    mirrored.owe(db, services, now + mirrored.AGAIN)
    after = holding(db)
    content = {
        "before": given,
        "after": {role: sorted(wanted[role]) for role in NAMED},
        "groups": held.groups(db),
    }
    entry = Entry(services.new_id(), now, incoming.user, "roles", "", content)
    keep(db, incoming.key, entry, {}, told(before, after, incoming.key, now, incoming.user))


def _named(db: Database) -> dict[str, list[str]]:
    return {role: held.named(db, role) for role in NAMED}


def _people(users: Sequence[str]) -> str:
    return ", ".join(f"<@{user}>" for user in users) or "nobody yet"
