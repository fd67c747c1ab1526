"""The control API: what a person does with mouse and keys, for the page, for tests and for scripts."""

import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from aiohttp import web

from workspace import asking, calm, deeds, directs, elements, faults, groups, interactions, sights, submissions
from workspace.api import METHODS
from workspace.delivery import Outcome
from workspace.errors import CannotDo, Json, NoSuchThing, SlackError
from workspace.state import Workspace

Do = Callable[[Workspace, Json], Awaitable[Json]]


def _answer(outcome: Outcome, trouble: str | None = None) -> Json:
    answer: Json = {"ack": outcome.ack, "ms": round(outcome.ms, 3), "timeout": outcome.timeout}
    if outcome.error:
        answer["error"] = trouble or outcome.error
    return answer


async def command(ws: Workspace, body: Json) -> Json:
    """Type a slash command; answers after the acknowledgement or Slack's three seconds."""
    user = asking.person(ws, body)
    name, text = asking.text(body, "command"), asking.text(body, "text", "")
    if not name.startswith("/"):
        raise CannotDo("A command starts with a slash.")
    thread_ts = asking.optional(body, "thread_ts")
    return _answer(
        await interactions.command(ws, user, asking.writable(ws, body, user), name, text, thread_ts=thread_ts)
    )


async def message(ws: Workspace, body: Json) -> Json:
    """Send a message."""
    user = asking.person(ws, body)
    channel = asking.writable(ws, body, user)
    said = deeds.say(ws, user, channel, asking.text(body, "text"), asking.optional(body, "thread_ts"))
    return {"message": {**sights.message(ws, said, user), "channel": channel.id}}


def _source(ws: Workspace, body: Json, user: str) -> interactions.Source:
    return interactions.find_source(
        ws,
        user,
        view_id=asking.optional(body, "view_id"),
        channel=asking.optional(body, "channel"),
        message_ts=asking.optional(body, "message_ts"),
    )


async def click(ws: Workspace, body: Json) -> Json:
    """Press a button, or pick in a menu, in a message, a modal or a Home."""
    user = asking.person(ws, body)
    source = _source(ws, body, user)
    place = interactions.find_place(source, user, asking.text(body, "action_id"), asking.optional(body, "block_id"))
    value = body.get("value", body.get("selected"))
    return _answer(*await interactions.click(ws, user, source, place, value))


async def submit(ws: Workspace, body: Json) -> Json:
    """Fill in a modal and press its submit button."""
    user = asking.person(ws, body)
    view = submissions.topmost(ws, user, asking.optional(body, "view_id"))
    values = body.get("values", {})
    if not isinstance(values, dict):
        raise CannotDo("`values` is an object: block ids with what is entered there.")
    return await submissions.submit(ws, await submissions.fill(ws, view, values))


async def close(ws: Workspace, body: Json) -> Json:
    """Leave a modal; with `all` the whole stack."""
    user = asking.person(ws, body)
    view = submissions.topmost(ws, user, asking.optional(body, "view_id"))
    submissions.close(ws, view, everything=bool(body.get("all")))
    return {"closed": True}


async def options(ws: Workspace, body: Json) -> Json:
    """What an external select offers for a query: {"options"} or {"option_groups"}."""
    user = asking.person(ws, body)
    source = _source(ws, body, user)
    place = interactions.find_place(source, user, asking.text(body, "action_id"), asking.optional(body, "block_id"))
    if place.element["type"] not in elements.EXTERNAL:
        raise CannotDo(f"{place.action_id!r} is no external select.")
    return await interactions.suggest(ws, user, source, place, asking.text(body, "query", ""))


async def shortcut(ws: Workspace, body: Json) -> Json:
    """Take a global shortcut, or a message shortcut on a message."""
    user = asking.person(ws, body)
    ts = asking.optional(body, "message_ts")
    channel = asking.channel(ws, body, user) if body.get("channel") is not None else None
    source = _source(ws, body, user) if ts is not None else None
    chosen = source.message if source else None
    where = source.channel if source else channel
    return _answer(*await interactions.shortcut(ws, user, asking.text(body, "callback_id"), where, chosen))


async def home(ws: Workspace, body: Json) -> Json:
    """Open the app's Home: the published view, with the same once more under `view` (null when none is)."""
    view = await deeds.open_home(ws, asking.person(ws, body))
    return {**(view or {}), "view": view}


async def open_channel(ws: Workspace, body: Json) -> Json:
    """Look at a channel: marks it read; the bot's direct message gives app_home_opened."""
    user = asking.person(ws, body)
    deeds.open_channel(ws, user, asking.channel(ws, body, user))
    return {"ok": True}


async def views(ws: Workspace, body: Json) -> Json:
    """A person's open modals, the topmost last, and the published Home."""
    return sights.views(ws, asking.person(ws, body))


async def messages(ws: Workspace, body: Json) -> Json:
    """What a person sees in a channel or a thread, own ephemerals included."""
    user = asking.person(ws, body)
    channel = asking.channel(ws, body, user)
    limit = asking.text(body, "limit", "0")
    if not limit.isdecimal():
        raise CannotDo("`limit` is a number.")
    return sights.messages(
        ws, channel, user, body.get("thread_ts"), limit=int(limit), before=asking.optional(body, "before")
    )


async def channels(ws: Workspace, body: Json) -> Json:
    """The conversations a person sees; direct messages come with `user`, and all with `unread`."""
    return sights.channels(ws, asking.person(ws, body))


async def users(ws: Workspace, _: Json) -> Json:
    """Everybody."""
    return sights.users(ws)


async def log(ws: Workspace, _: Json) -> Json:
    """The inspector's trees, the oldest first."""
    return {"log": ws.log.to_json()}


async def app(ws: Workspace, _: Json) -> Json:
    """What the manifest offers a person: commands, shortcuts, tabs, agent."""
    return sights.app(ws)


async def read_clock(ws: Workspace, _: Json) -> Json:
    """The present instant."""
    return {"now": ws.now().isoformat()}


async def clock(ws: Workspace, body: Json) -> Json:
    """Move the one clock of workspace and app."""
    if "advance" in body:
        seconds = body["advance"]
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            raise CannotDo("`advance` is a number of seconds.")
        try:
            ws.clock.advance(seconds)
        except ValueError as wrong:
            raise CannotDo(str(wrong)) from wrong
    elif "now" in body:
        try:
            ws.clock.set(datetime.fromisoformat(asking.text(body, "now")))
        except ValueError as wrong:
            raise CannotDo(f"`now` is no instant with a zone: {wrong}") from wrong
    else:
        raise CannotDo('Say {"now": instant} or {"advance": seconds}.')
    return await read_clock(ws, body)


async def set_fault(ws: Workspace, body: Json) -> Json:
    """Order trouble; the answer lists all that is still to come."""
    fault = faults.read(body, METHODS)
    if fault.method == "delivery" and fault.error == "disconnect" and fault.seconds == 0:
        await ws.sockets.cut()
    ws.faults.add(fault)
    return await read_faults(ws, body)


async def read_faults(ws: Workspace, _: Json) -> Json:
    """The faults still to come."""
    return {"faults": ws.faults.to_json()}


async def reset(ws: Workspace, _: Json) -> Json:
    """Everything back to the start."""
    ws.reset()
    return {"ok": True}


GETS: dict[str, Do] = {
    "views": views,
    "messages": messages,
    "channels": channels,
    "users": users,
    "log": log,
    "app": app,
    "clock": read_clock,
    "faults": read_faults,
    **groups.GETS,
}
POSTS: dict[str, Do] = {
    "command": command,
    "message": message,
    "click": click,
    "submit": submit,
    "close": close,
    "options": options,
    "shortcut": shortcut,
    "home": home,
    "open": open_channel,
    "clock": clock,
    "faults": set_fault,
    "reset": reset,
    **deeds.POSTS,
    **directs.POSTS,
    **calm.POSTS,
    **groups.POSTS,
}


async def _body(request: web.Request) -> Json:
    if request.method == "GET":
        return dict(request.query)
    try:
        text = await request.text()
        body: Any = json.loads(text) if text.strip() else {}
        json.dumps(body, ensure_ascii=False).encode()  # half a character could not be handed on
    except (ValueError, RecursionError) as wrong:
        raise CannotDo(f"The body is no JSON: {wrong}") from wrong
    if not isinstance(body, dict):
        raise CannotDo("The body is JSON, but no object.")
    return body


def _handler(ws: Workspace, do: Do) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        try:
            return web.json_response(await do(ws, await _body(request)))
        except NoSuchThing as missing:
            return web.json_response({"error": str(missing)}, status=404)
        except CannotDo as wrong:
            return web.json_response({"error": str(wrong)}, status=400)
        except SlackError as refused:
            status = 404 if refused.code.endswith("not_found") else 400
            return web.json_response({"error": f"Slack refuses this: {refused.code}."}, status=status)

    return handle


def routes(ws: Workspace) -> list[web.RouteDef]:
    """All paths below /_control."""
    return [
        *(web.get(f"/_control/{name}", _handler(ws, do)) for name, do in GETS.items()),
        *(web.post(f"/_control/{name}", _handler(ws, do)) for name, do in POSTS.items()),
    ]
