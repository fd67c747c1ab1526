"""Changes of the workspace as server-sent events, one line of JSON each."""

import asyncio
import json

from aiohttp import web

from workspace.errors import Json
from workspace.state import Workspace

QUIET_SECONDS = 15.0


def concerns(ws: Workspace, change: Json, user: str) -> bool:
    """Whether a change is one this person may learn of; "" is the inspector and sees all."""
    if not user:
        return True
    if change.get("user", user) != user:
        return False
    channel = ws.channels.get(change.get("channel", ""))
    return channel is None or channel.kind == "channel" or user in channel.members


async def serve(ws: Workspace, request: web.Request) -> web.StreamResponse:
    """Send changes until the reader goes away."""
    user = request.query.get("user", "")
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    queue: asyncio.Queue[Json] = asyncio.Queue()
    stop = ws.listen(queue.put_nowait)
    try:
        await response.write(b": here\n\n")
        while True:
            try:
                async with asyncio.timeout(QUIET_SECONDS):
                    change = await queue.get()
            except TimeoutError:
                await response.write(b": still here\n\n")
                continue
            if change["type"] == "closing":
                break
            if concerns(ws, change, user):
                await response.write(f"data: {json.dumps(change)}\n\n".encode())
    except ConnectionError:
        pass  # the reader left
    finally:
        stop()
    return response
