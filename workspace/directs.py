"""Direct messages that people open with each other, for the page."""

from collections.abc import Awaitable, Callable

from workspace import rooms
from workspace.errors import CannotDo, Json, NoSuchThing
from workspace.state import Workspace

MOST = 8


async def open_direct(ws: Workspace, body: Json) -> Json:
    """{"user","people":[ids]}: the direct message between a person and others, made if there is none."""
    user, others = body.get("user"), body.get("people")
    if not isinstance(others, list) or not 1 <= len(others) <= MOST:
        raise CannotDo(f"`people` is a list of 1 to {MOST} ids.")
    together = tuple(dict.fromkeys(str(one) for one in (user, *others)))
    unknown = [one for one in together if one not in ws.users]
    if unknown:
        raise NoSuchThing(f"There is nobody {unknown[0]!r}.")
    if len(together) == 1:
        raise CannotDo("A direct message is with somebody else.")
    channel, _ = rooms.open_direct(ws, together)
    return {"channel": channel.to_json(str(user))}


POSTS: dict[str, Callable[[Workspace, Json], Awaitable[Json]]] = {"direct": open_direct}
