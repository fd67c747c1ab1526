"""Changes of the workspace as server-sent events, one line of JSON each."""

import asyncio

from aiohttp import web

from workspace.records import Change
from workspace.state import Workspace

QUIET_SECONDS = 15.0


def concerns(ws: Workspace, change: Change, user: str) -> bool:
    """Whether a change is one this person may learn of; "" is the inspector and sees all."""
    if not user:
        return True
    if change.about.get("user", user) != user:
        return False
    channel = ws.channels.get(change.about.get("channel", ""))
    return channel is None or channel.kind == "channel" or user in channel.members


async def _next(queue: asyncio.Queue[Change]) -> list[Change]:
    """What has changed since, once anything has; nothing after a quiet time."""
    try:
        async with asyncio.timeout(QUIET_SECONDS):
            changes = [await queue.get()]
    except TimeoutError:
        return []
    while not queue.empty():
        changes.append(queue.get_nowait())
    return changes


async def serve(ws: Workspace, request: web.Request) -> web.StreamResponse:
    """Send changes until the reader goes away."""
    user = request.query.get("user", "")
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    queue: asyncio.Queue[Change] = asyncio.Queue()
    stop = ws.listen(queue.put_nowait)
    try:
        await response.write(b": here\n\n")
        while True:
            changes = await _next(queue)
            told = b"".join(change.line for change in changes if concerns(ws, change, user))
            if told or not changes:
                await response.write(told or b": still here\n\n")
            if any(change.about["type"] == "closing" for change in changes):
                break
    except ConnectionError:
        pass  # the reader left
    finally:
        stop()
    return response
