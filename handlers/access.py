"""Who may do what: each module says in its SURFACE what its commands, buttons and forms need, and here alone it is checked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import handlers
from handlers.incoming import Incoming
from handlers.services import ROLES
from knowledge.refused import Refused

PLURAL = {role: f"{role}s" for role in ROLES}


class Forbidden(Refused):
    """Refused for want of a role; ``holders`` are the people who have it, by id."""

    def __init__(self, role: str, holders: Sequence[str]) -> None:
        who = f"Only {PLURAL[role]} may do that"
        super().__init__(
            f"{who}; ask one of them." if holders else f"{who}, and there are none yet; an admin names them."
        )
        self.holders = tuple(holders)


class Outside(Refused):
    """Refused because the person does not belong to the workspace, or no longer."""

    def __init__(self) -> None:
        super().__init__("Clausekeeper answers the people of the workspace that it is installed in, and nobody else.")


@lru_cache(maxsize=1024)
def needed(name: str) -> str:
    """The role that a command with its verb (``/agreement edit``), an action, a form, a shortcut or an event needs.

    Where several entries match, the highest role counts. LookupError for a name that no module declares.
    """
    found: list[str] = [
        role
        for module in handlers.modules()
        for role, names in module.SURFACE.needs.items()
        if any(re.fullmatch(pattern, name) for pattern in names)
    ]
    if not found:
        raise LookupError(f"no module says who may use {name!r}")
    return max(found, key=ROLES.index)


def declared(came: Incoming) -> bool:
    """Whether any module says who may do what a delivery asks for."""
    try:
        return bool(required(came))
    except LookupError:
        return False


def belong(roles: frozenset[str], *, ours: bool) -> None:
    """Outside where a person has no role at all, because they were shut out, or comes from a workspace that is not ``ours``."""
    if not roles or not ours:
        raise Outside


def required(came: Incoming) -> str:
    """The role that a delivery needs."""
    verb = came.text.partition(" ")[0].lower() if came.kind.startswith("/") else ""
    return needed(f"{came.kind} {verb}".rstrip())
