"""/clausekeeper roles: who holds which role; admins name them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlite_utils import Database

from handlers import blocks, forms
from handlers.access import PLURAL
from handlers.incoming import Incoming
from handlers.services import CONSULTANT, ROLES, Services, keep
from handlers.surface import Surface
from storage import roles as held
from storage.audit import Entry
from storage.outbox import Letter

SURFACE = Surface(
    scopes={
        "chat:write": "people are told which role they were given",
    },
    needs={"admin": ("roles",)},
)
NAMED = tuple(role for role in ROLES if role != CONSULTANT)
DUTIES = {
    "responder": "see data breaches and work on them",
    "manager": "register agreements, track hardware, get reminders",
    "admin": "name people to these roles, and may do everything",
}


def register(app: Any) -> None:
    app.view("roles")(named)


async def shown(services: Services) -> dict[str, Any]:
    """Who holds which role, for everyone to see whom to ask."""
    holders = await services.store.run(services.holders)
    lines = [f"• *{PLURAL[role].capitalize()}* {DUTIES[role]}: {_people(holders[role])}" for role in NAMED]
    text = "\n".join(["Everyone is a consultant and may ask, compute and look things up.", *lines])
    return {"text": text, "blocks": [blocks.section(text)]}


async def form(services: Services) -> dict[str, Any]:
    """The form in which an admin names people."""
    given = await services.store.run(_given)
    body = [forms.person_input(role, PLURAL[role].capitalize(), DUTIES[role], given[role], many=True) for role in NAMED]
    fixed = ", ".join(f"<@{user}>" for user in sorted(services.admins)) or "nobody"
    return forms.modal("roles", "Roles", "Name them", [*body, blocks.context(f"Admins by the settings: {fixed}")])


async def named(ack: Any, view: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Give and take the roles that the form says, and tell the people whose roles changed."""
    given = forms.typed(view)
    await services.store.run(_name, services, incoming, {role: given.get(role, []) for role in NAMED})
    services.wake()
    await ack()


def _name(db: Database, services: Services, incoming: Incoming, wanted: Mapping[str, Sequence[str]]) -> None:
    now, before = services.now(), _given(db)
    letters = []
    for role in NAMED:
        for user in sorted(set(before[role]) ^ set(wanted[role])):
            gained = user in wanted[role]
            if gained:
                held.give(db, user, role, incoming.user, now)
            else:
                held.take_away(db, user, role)
            text = f"You are {'now' if gained else 'no longer'} one of the {PLURAL[role]}: they {DUTIES[role]}."
            key = f"{incoming.key}:{role}:{user}"
            letters.append(Letter(key, key, now, "chat.postMessage", {"channel": user, "text": text}, incoming.user))
    content = {"before": before, "after": {role: sorted(wanted[role]) for role in NAMED}}
    keep(db, incoming.key, Entry(services.new_id(), now, incoming.user, "roles", "", content), {}, letters)


def _given(db: Database) -> dict[str, list[str]]:
    return {role: held.holders(db, role) for role in NAMED}


def _people(users: Sequence[str]) -> str:
    return ", ".join(f"<@{user}>" for user in users) or "nobody yet"
