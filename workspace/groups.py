"""User groups that people make and change, with the events of that.

https://docs.slack.dev/reference/events/subteam_updated
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from workspace import asking, typed
from workspace.errors import CannotDo, Json, NoSuchThing
from workspace.events import emit
from workspace.records import TEAM, Group
from workspace.state import Workspace

LONGEST_HANDLE = 21


def _put(ws: Workspace, group: Group, before: Group | None) -> Group:
    """Keep a group, and tell the app what is new in it."""
    ws.groups[group.id] = group
    ws.changed("group", group=group.id)
    shown = group.to_json(with_users=True, with_count=True)
    emit(ws, {"type": "subteam_updated" if before else "subteam_created", "subteam": shown})
    if before and set(before.users) != set(group.users):
        added = [user for user in group.users if user not in before.users]
        removed = [user for user in before.users if user not in group.users]
        event = {
            "type": "subteam_members_changed",
            "subteam_id": group.id,
            "team_id": TEAM,
            "date_previous_update": before.changed or before.created,
            "date_update": group.changed,
            "added_users": added,
            "added_users_count": len(added),
            "removed_users": removed,
            "removed_users_count": len(removed),
        }
        emit(ws, event)
    return group


def _handle(ws: Workspace, handle: str) -> str:
    if not re.fullmatch(rf"[a-z0-9._-]{{1,{LONGEST_HANDLE}}}", handle):
        raise CannotDo(f"A handle has 1 to {LONGEST_HANDLE} small letters, digits, dots, hyphens or underscores.")
    taken = {user.name for user in ws.users.values()} | typed.BROADCASTS
    if handle in taken:
        raise CannotDo(f"{handle!r} is taken.")
    return handle


def _people(ws: Workspace, given: Any) -> tuple[str, ...]:
    if not isinstance(given, list) or not given:
        raise CannotDo("`people` is a list of ids; a group without members is disabled instead.")
    for user in given:
        if not isinstance(user, str) or user not in ws.users:
            raise NoSuchThing(f"There is nobody {user!r}.")
    return tuple(dict.fromkeys(given))


async def show(ws: Workspace, _: Json) -> Json:
    """Every user group, disabled ones too, with its members."""
    return {"groups": [one.to_json(with_users=True, with_count=True) for one in ws.groups.values()]}


async def change(ws: Workspace, body: Json) -> Json:
    """{"user","handle","name"?,"description"?,"people"?,"disabled"?}: make a user group, or change the one of this handle."""
    user, handle = asking.person(ws, body), asking.text(body, "handle")
    known = next((one for one in ws.groups.values() if one.handle == handle), None)
    changes: Json = {name: asking.text(body, name) for name in ("name", "description") if name in body}
    if "people" in body or known is None:
        changes["users"] = _people(ws, body.get("people"))
    if "disabled" in body:
        changes["disabled"] = ws.seconds() if body["disabled"] else 0
    if known is None:
        fresh = Group(ws.new_id("S"), _handle(ws, handle), handle, "", (), ws.seconds(), user)
        made = _put(ws, replace(fresh, **changes), None)
    else:
        made = _put(ws, replace(known, changed=ws.seconds(), changer=user, **changes), known)
    return {"group": made.to_json(with_users=True, with_count=True)}


GETS: dict[str, Callable[[Workspace, Json], Awaitable[Json]]] = {"groups": show}
POSTS: dict[str, Callable[[Workspace, Json], Awaitable[Json]]] = {"group": change}
