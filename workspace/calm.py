"""Trouble called off, for the page."""

from collections.abc import Awaitable, Callable

from workspace.errors import Json
from workspace.state import Workspace


async def calm(ws: Workspace, _: Json) -> Json:
    """{}: forget the faults that are still to come."""
    ws.faults.clear()
    return {"faults": ws.faults.to_json()}


POSTS: dict[str, Callable[[Workspace, Json], Awaitable[Json]]] = {"calm": calm}
