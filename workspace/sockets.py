"""Socket Mode connections: up to ten, an envelope to one of them in turn, acknowledgements by envelope id.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import json
import secrets
from collections import deque

from aiohttp import WSMsgType, web

from workspace.errors import Json
from workspace.records import APP

MOST = 10
# @slack/socket-mode takes a connection for dead after 30 s without a ping.
HEARTBEAT_SECONDS = 10.0
GRACE_SECONDS = 10.0  # how long a client may take to leave a connection it was asked to renew
DEBUG = {"host": "applink-local", "build_number": 1, "approximate_connection_time": 18060}


class NoConnection(Exception):
    """No Socket Mode client is connected, or the connection broke before an acknowledgement."""


class Sockets:
    """The open connections of the app."""

    def __init__(self) -> None:
        self._tickets: set[str] = set()
        self._open: deque[web.WebSocketResponse] = deque()
        self._limits: dict[web.WebSocketResponse, asyncio.Timeout] = {}
        self._acks: dict[str, tuple[web.WebSocketResponse, asyncio.Future[Json]]] = {}

    def __len__(self) -> int:
        return len(self._open)

    def ticket(self) -> str:
        """A one-time ticket for the address that apps.connections.open hands out."""
        ticket = secrets.token_hex(16)
        self._tickets.add(ticket)
        return ticket

    def redeem(self, ticket: str) -> bool:
        """Whether this ticket was handed out and not used yet; uses it."""
        if ticket not in self._tickets:
            return False
        self._tickets.discard(ticket)
        return True

    async def run(self, socket: web.WebSocketResponse) -> None:
        """Serve one connection from hello to its end."""
        if len(self._open) >= MOST:
            await self._disconnect(socket, "too_many_websockets")
            await socket.close()
            return
        self._open.append(socket)
        try:
            hello = {
                "type": "hello",
                "num_connections": len(self._open),
                "debug_info": DEBUG,
                "connection_info": {"app_id": APP},
            }
            async with asyncio.timeout(None) as limit:
                self._limits[socket] = limit
                await socket.send_json(hello)
                async for message in socket:
                    if message.type is WSMsgType.TEXT:
                        self._take(message.data)
        except TimeoutError:
            await socket.close()  # asked to leave, and did not within the grace
        except ConnectionError:
            pass  # the client left before it was greeted
        finally:
            self._limits.pop(socket, None)
            if socket in self._open:
                self._open.remove(socket)
            for waited_on, ack in tuple(self._acks.values()):
                if waited_on is socket and not ack.done():
                    ack.set_exception(NoConnection())

    def _take(self, text: str) -> None:
        try:
            body = json.loads(text)
        except ValueError:
            return  # Slack ignores what is not JSON too: plain pings of some clients arrive this way
        envelope_id = body.get("envelope_id") if isinstance(body, dict) else None
        _, ack = self._acks.get(envelope_id if isinstance(envelope_id, str) else "", (None, None))
        if ack is not None and not ack.done():
            payload = body.get("payload")
            ack.set_result(payload if isinstance(payload, dict) else {"text": payload} if payload else {})

    async def send(self, envelope: Json) -> Json:
        """Send to the next connection in turn and return the acknowledgement's payload.

        Raises NoConnection when there is none or it breaks; the caller limits the time.
        """
        socket = next((s for s in tuple(self._open) if not s.closed), None)
        if socket is None:
            raise NoConnection
        self._open.remove(socket)
        self._open.append(socket)
        ack: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._acks[envelope["envelope_id"]] = (socket, ack)
        try:
            await socket.send_json(envelope)
            return await ack
        except ConnectionError as broken:
            raise NoConnection from broken
        finally:
            del self._acks[envelope["envelope_id"]]

    async def refresh(self) -> None:
        """Ask every client to connect anew, as Slack does every few hours; old connections get no more."""
        for socket in tuple(self._open):
            self._open.remove(socket)
            self._limits[socket].reschedule(asyncio.get_running_loop().time() + GRACE_SECONDS)
            await self._disconnect(socket, "refresh_requested")

    async def cut(self) -> None:
        """Break every connection without a word."""
        self._open.clear()
        for socket in tuple(self._limits):
            if not socket.closed:
                await socket.close(code=1011)

    @staticmethod
    async def _disconnect(socket: web.WebSocketResponse, reason: str) -> None:
        if not socket.closed:
            await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": DEBUG})
