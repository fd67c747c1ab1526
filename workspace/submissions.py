"""A modal submitted or closed, and what the app's answer does to it.

https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from workspace import elements, interactions, views
from workspace.blocks import flat
from workspace.delivery import Outcome, deliver_interaction, deliver_interaction_later
from workspace.errors import CannotDo, Json, NoSuchThing, SlackError
from workspace.inspector import Entry
from workspace.interactions import TROUBLE, Source, new_hook, new_trigger
from workspace.records import View
from workspace.state import Workspace

ACTIONS = frozenset({"errors", "update", "push", "clear"})


def topmost(ws: Workspace, user: str, view_id: str | None) -> View:
    """The modal a person can act on: the top of the stack. Raises NoSuchThing or CannotDo."""
    stack = views.stack(ws, user)
    if not stack or (view_id is not None and view_id not in {view.id for view in stack}):
        raise NoSuchThing(f"{user} has no open modal{'' if view_id is None else f' {view_id!r}'}.")
    if view_id is not None and stack[-1].id != view_id:
        raise CannotDo(f"{view_id} lies under another modal, {stack[-1].id}.")
    return stack[-1]


async def fill(ws: Workspace, view: View, values: Json) -> View:
    """Enter `values` (by block id, or by block id and action id) as a person would."""
    for block_id, value in values.items():
        places = [place for place in elements.places(view.blocks) if place.block_id == block_id]
        places = [place for place in places if place.element["type"] in elements.KINDS]
        if not places:
            known = ", ".join(elements.state(view.blocks, {})) or "none"
            raise NoSuchThing(f"There is no field {block_id!r} in this view; there are: {known}.")
        by_action = isinstance(value, dict) and set(value) <= {place.action_id for place in places}
        for action_id, one in value.items() if by_action else [(places[0].action_id, value)]:
            place = next(place for place in places if place.action_id == action_id)
            view = await _enter(ws, view, place, one)
    return view


async def _enter(ws: Workspace, view: View, place: elements.Place, value: Any) -> View:
    source = Source(view.blocks, view=view)
    options = await interactions.offered(ws, view.user, source, place, value)
    picked = elements.pick(ws, view.user, place.element, value, options)
    return ws.answer(ws.views[view.id], place.block_id, place.action_id, elements.entry(place.element, picked))


def complaints(view: View) -> dict[str, str]:
    """What Slack's client says under the fields before it sends anything, by block id."""
    values = elements.state(view.blocks, view.answers)
    found = {}
    for _, block in flat(view.blocks):
        if block["type"] == "input":
            element = block["element"]
            kind = elements.KINDS[element["type"]]
            said = elements.complaint(block, values[block["block_id"]][element["action_id"]][kind.key])
            if said is not None:
                found[block["block_id"]] = said
    return found


def _response_urls(ws: Workspace, view: View, entry: Entry) -> list[Json]:
    found = []
    values = elements.state(view.blocks, view.answers)
    for place in elements.places(view.blocks):
        if place.element.get("response_url_enabled"):
            kind = elements.KINDS[place.element["type"]]
            channel = values[place.block_id][place.action_id][kind.key]
            if channel:
                url = new_hook(ws, view.user, channel, entry)
                found.append(
                    {
                        "block_id": place.block_id,
                        "action_id": place.action_id,
                        "channel_id": channel,
                        "response_url": url,
                    }
                )
    return found


def _give_files(ws: Workspace, view: View) -> None:
    """The app may open what a person hands in with a form."""
    for place in elements.places(view.blocks):
        if place.element["type"] == "file_input":
            picked = view.answers.get(place.block_id, {}).get(place.action_id, {}).get("files", [])
            for one in picked:
                ws.put_file(replace(ws.files[one["id"]], given=True))


async def submit(ws: Workspace, view: View) -> Json:
    """Press the modal's submit button: {"closed"}, {"errors"} or {"view"}, with "error" when it failed."""
    if view.spec.get("submit") is None and not any(block["type"] == "input" for block in view.blocks):
        raise CannotDo("This modal has no submit button.")
    wrong = complaints(view)
    if wrong:
        return {"errors": wrong}
    _give_files(ws, view)
    entry = ws.entry("submit", view.spec.get("callback_id") or view.id, user=view.user)
    payload = {
        "type": "view_submission",
        **interactions.common(ws, view.user),
        "trigger_id": new_trigger(ws, view.user, entry, view.id),
        "view": views.show(view),
        "response_urls": _response_urls(ws, view, entry),
    }
    outcome = await deliver_interaction(ws, payload, entry)
    if not outcome.ok:
        return {"closed": False, "errors": {}, "error": TROUBLE, "timeout": outcome.timeout}
    try:
        return _answered(ws, view, outcome)
    except SlackError as refused:
        entry.notes.append(f"Slack refuses this acknowledgement: {refused.code} {refused.extra}")
        ws.changed("log", id=entry.id)
        return {"closed": False, "errors": {}, "error": TROUBLE}


def _answered(ws: Workspace, view: View, outcome: Outcome) -> Json:
    answer = outcome.ack or {}
    if not answer:
        # The app may have changed or closed the view by views.update before it acknowledged.
        if view.id in ws.views:
            views.leave(ws, ws.views[view.id])
        return {"closed": True}
    action = answer.get("response_action")
    if action not in ACTIONS:
        raise SlackError("invalid_response_action")
    if action == "clear":
        views.clear(ws, view.user)
        return {"closed": True, "cleared": True}
    if action == "errors":
        return {"errors": _errors(view, answer.get("errors"))}
    spec = answer.get("view")
    if not isinstance(spec, dict):
        raise SlackError("invalid_arguments")
    if action == "push":
        return {"view": views.show(views.push(ws, view.user, spec))}
    return {"view": views.show(views.change(ws, views.by_reference(ws, view.id, None), spec))}


def _errors(view: View, errors: Any) -> dict[str, str]:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        raise SlackError("invalid_arguments", detail="response_action errors without errors")
    for block_id, text in errors.items():
        if block_id not in inputs:
            raise SlackError("invalid_arguments", detail=f"no input block {block_id!r} for this error")
        if not isinstance(text, str) or not text:
            raise SlackError("invalid_arguments", detail=f"the error of {block_id!r} is no text")
    return errors


def close(ws: Workspace, view: View, *, everything: bool) -> None:
    """Leave a modal by its close button, or (`everything`) by the cross, which clears the stack."""
    if everything or view.spec.get("clear_on_close"):
        closed, cleared = views.clear(ws, view.user), True
    else:
        views.leave(ws, view)
        closed, cleared = [view], False
    tell_closed(ws, closed, cleared=cleared)


def tell_closed(ws: Workspace, closed: Iterable[View], *, cleared: bool) -> None:
    """Send view_closed for each view that asked for it; `cleared` when the whole stack went."""
    for one in closed:
        if one.spec.get("notify_on_close"):
            entry = ws.entry("close", one.spec.get("callback_id") or one.id, user=one.user)
            payload = {
                "type": "view_closed",
                **interactions.common(ws, one.user),
                "view": views.show(one),
                "is_cleared": cleared,
            }
            deliver_interaction_later(ws, payload, entry)
