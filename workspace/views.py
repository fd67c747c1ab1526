"""Modals and Homes: opening, pushing, changing, publishing and leaving them.

https://docs.slack.dev/surfaces/modals and https://docs.slack.dev/surfaces/app-home
"""

from dataclasses import replace

from workspace import elements, reach
from workspace.blocks import check_view, with_ids
from workspace.errors import Json, SlackError
from workspace.records import APP, BOT, TEAM, View
from workspace.state import Trigger, Workspace

DEEPEST = 3
LARGEST = 250_000  # characters of JSON; views.open calls more view_too_large


def show(view: View) -> Json:
    """The view object as the Web API and the interaction payloads give it."""
    spec = view.spec
    return {
        "id": view.id,
        "team_id": TEAM,
        "type": spec["type"],
        "blocks": view.blocks,
        "private_metadata": spec.get("private_metadata") or "",
        "callback_id": spec.get("callback_id") or "",
        "state": {"values": elements.state(view.blocks, view.answers)},
        "hash": view.hash,
        "title": spec.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
        "clear_on_close": bool(spec.get("clear_on_close")),
        "notify_on_close": bool(spec.get("notify_on_close")),
        "close": spec.get("close"),
        "submit": spec.get("submit"),
        "previous_view_id": view.previous,
        "root_view_id": view.root,
        "app_id": APP,
        "external_id": view.external_id,
        "app_installed_team_id": TEAM,
        "bot_id": BOT,
    }


def _hash(ws: Workspace) -> str:
    return f"{ws.seconds()}.{ws.new_id('')[:8]}"


def _accept(ws: Workspace, spec: Json, surface: str, *, instead_of: View | None = None) -> Json:
    """The view's JSON with ids in place. Raises invalid_arguments, view_too_large, duplicate_external_id."""
    if len(str(spec)) > LARGEST:
        raise SlackError("view_too_large")
    check_view(spec, surface)
    reach.check(ws, spec["blocks"], "invalid_arguments", "/view/blocks")
    external = spec.get("external_id")
    own = instead_of.id if instead_of else None
    if external and any(v.external_id == external and v.id != own for v in ws.views.values()):
        raise SlackError("duplicate_external_id")
    return spec | {"blocks": with_ids(spec["blocks"])}


def _fresh(ws: Workspace, user: str, spec: Json, below: View | None = None, root: str = "", origin: str = "") -> View:
    id_ = ws.new_id("V")
    current = elements.current(spec["blocks"], ws.channels.get(origin))
    return View(id_, user, spec, _hash(ws), root or id_, below.id if below else None, current, origin)


def stack(ws: Workspace, user: str) -> list[View]:
    """A person's open modals, the topmost last."""
    return [ws.views[id_] for id_ in ws.stacks.get(user, [])]


def open_modal(ws: Workspace, user: str, spec: Json, origin: str = "") -> View:
    """Open a modal for a person who looks at `origin`; one that was open gives way."""
    accepted = _accept(ws, spec, "modal")
    for view in stack(ws, user):
        del ws.views[view.id]
    view = _fresh(ws, user, accepted, origin=origin)
    ws.stacks[user] = [view.id]
    return ws.put_view(view)


def push(ws: Workspace, user: str, spec: Json) -> View:
    """Lay a modal on top of the person's. Raises push_limit_reached, or not_found when none is open."""
    below = stack(ws, user)
    if not below:
        raise SlackError("not_found")
    if len(below) >= DEEPEST:
        raise SlackError("push_limit_reached")
    view = _fresh(ws, user, _accept(ws, spec, "modal"), below[-1], below[0].id, below[-1].origin)
    ws.stacks[user].append(view.id)
    return ws.put_view(view)


def change(ws: Workspace, view: View, spec: Json, hash_: str | None = None) -> View:
    """Show other content in an open view. Raises hash_conflict when `hash_` is not the present one."""
    if hash_ and hash_ != view.hash:
        raise SlackError("hash_conflict")
    if spec.get("type") != view.spec["type"]:
        raise SlackError("invalid_arguments")
    accepted = _accept(ws, spec, view.spec["type"], instead_of=view)
    if view.external_id and not accepted.get("external_id"):
        accepted |= {"external_id": view.external_id}
    answers = elements.current(accepted["blocks"], ws.channels.get(view.origin)) | view.answers
    return ws.put_view(replace(view, spec=accepted, hash=_hash(ws), answers=answers))


def publish(ws: Workspace, user: str, spec: Json, hash_: str | None = None) -> View:
    """Show a Home to a person. Raises not_enabled when the manifest has no Home tab."""
    if not ws.manifest.home_tab:
        raise SlackError("not_enabled")
    home = ws.homes.get(user)
    if home is not None:
        return change(ws, ws.views[home], spec, hash_)
    if hash_:
        raise SlackError("hash_conflict")
    view = _fresh(ws, user, _accept(ws, spec, "home"))
    ws.homes[user] = view.id
    return ws.put_view(view)


def leave(ws: Workspace, view: View) -> None:
    """Take the view, and what lies on top of it, off the person's stack."""
    ids = ws.stacks[view.user]
    at = ids.index(view.id)
    for id_ in ids[at:]:
        del ws.views[id_]
    ws.stacks[view.user] = ids[:at]
    ws.changed("view", view_id=view.id, user=view.user)


def clear(ws: Workspace, user: str) -> list[View]:
    """Close every modal of a person; the answer is what was open, the topmost first."""
    closed = stack(ws, user)
    if closed:
        leave(ws, closed[0])
    return closed[::-1]


def by_reference(ws: Workspace, view_id: str | None, external_id: str | None) -> View:
    """An open view by its id or the app's own id. Raises not_found."""
    for view in ws.views.values():
        if view.id == view_id or (external_id and view.external_id == external_id):
            return view
    raise SlackError("not_found")


def use_trigger(ws: Workspace, trigger_id: str) -> Trigger:
    """Check a trigger id: Slack takes each once, within three seconds.

    Raises invalid_trigger_id, exchanged_trigger_id or expired_trigger_id. `spend_trigger` marks it as used.
    """
    trigger = ws.triggers.get(trigger_id)
    if trigger is None:
        raise SlackError("invalid_trigger_id")
    if trigger.used:
        raise SlackError("exchanged_trigger_id")
    if ws.now() > trigger.expires:
        raise SlackError("expired_trigger_id")
    return trigger


def spend_trigger(ws: Workspace, trigger: Trigger) -> None:
    """The one use of a trigger id."""
    ws.triggers[trigger.id] = replace(trigger, used=True)
