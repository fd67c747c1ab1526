"""What happened and what it caused: one tree per click, command or message, for the page and the tests."""

import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from workspace.errors import Json

KEPT = 1000
AFTERMATH_SECONDS = 5.0  # of real time: calls later than that are the app's own idea


@dataclass
class Delivery:
    """One attempt to bring an envelope to the app; `ms` is None while it is under way."""

    transport: str
    type: str
    envelope: Json
    attempt: int
    at: str
    budget_ms: float
    ms: float | None = None
    timeout: bool = False
    status: int | None = None
    ack: Json | None = None
    error: str | None = None

    def to_json(self) -> Json:
        return dict(vars(self))


@dataclass(frozen=True)
class ApiCall:
    """One Web API call of the app."""

    method: str
    arguments: Json
    result: Json
    ms: float
    at: str

    def to_json(self) -> Json:
        return dict(vars(self))


@dataclass(frozen=True)
class ResponsePost:
    """One post of the app to a response_url."""

    body: Json
    status: int
    result: Any
    ms: float
    at: str

    def to_json(self) -> Json:
        return dict(vars(self))


@dataclass
class Entry:
    """What a person (or the workspace itself) did, and everything that followed from it."""

    id: str
    kind: str
    user: str
    channel: str
    what: str
    at: str
    deliveries: list[Delivery] = field(default_factory=list)
    calls: list[ApiCall] = field(default_factory=list)
    response_urls: list[ResponsePost] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    acknowledged: float = 0.0  # by time.monotonic

    def is_waiting(self) -> bool:
        """Whether the app has yet to acknowledge."""
        return any(delivery.ms is None for delivery in self.deliveries)

    def to_json(self) -> Json:
        return {
            "id": self.id,
            "kind": self.kind,
            "user": self.user,
            "channel": self.channel,
            "what": self.what,
            "at": self.at,
            "deliveries": [delivery.to_json() for delivery in self.deliveries],
            "calls": [call.to_json() for call in self.calls],
            "response_urls": [post.to_json() for post in self.response_urls],
            "notes": list(self.notes),
        }


class Log:
    """The latest entries, oldest first."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)

    def add(self, entry: Entry) -> Entry:
        self._entries.append(entry)
        return entry

    def cause_of(self, arguments: Json) -> Entry | None:
        """The entry a Web API call most probably follows from.

        Slack's protocol does not say. In order: an entry that waits for its acknowledgement and names the
        same channel or person as the call, any that waits, one acknowledged just now that names them, the
        latest acknowledged just now.
        """
        since = time.monotonic() - AFTERMATH_SECONDS
        reached = [
            entry
            for entry in reversed(self._entries)
            if entry.is_waiting() or (entry.deliveries and entry.acknowledged > since)
        ]
        given = (arguments.get(name) for name in ("channel", "user", "user_id"))
        named = {value for value in given if isinstance(value, str) and value}

        def names(entry: Entry) -> bool:
            return bool({entry.channel, entry.user} & named)

        waiting = [entry for entry in reached if entry.is_waiting()]
        ranked = [
            *(entry for entry in waiting if names(entry)),
            *waiting,
            *(entry for entry in reached if names(entry)),
            *reached,
        ]
        return ranked[0] if ranked else None

    def to_json(self) -> list[Json]:
        return [entry.to_json() for entry in self._entries]

    def clear(self) -> None:
        self._entries.clear()
