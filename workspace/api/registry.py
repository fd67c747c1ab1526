"""The registry of Web API methods, and the call each of them reads its arguments from."""

import base64
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from workspace.errors import Json, SlackError, invalid_arguments
from workspace.inspector import Entry
from workspace.records import Channel
from workspace.state import Workspace

READ_SCOPES = ("channels:read", "groups:read", "im:read", "mpim:read")
HISTORY_SCOPES = ("channels:history", "groups:history", "im:history", "mpim:history")
PREFIX = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}


@dataclass(frozen=True)
class Call:
    """One call of a method: the workspace, the merged arguments, and what the inspector files it under."""

    ws: Workspace
    arguments: Json
    entry: Entry | None

    def text(self, name: str, default: str = "") -> str:
        """An argument as text; numbers of a JSON body are taken as they would be written."""
        value = self.arguments.get(name)
        if value is None:
            return default
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, dict | list):
            raise invalid_arguments(f"{name} must be a string [json-pointer:/{name}]")
        return str(value)

    def need(self, name: str) -> str:
        """A required argument. Raises invalid_arguments."""
        value = self.text(name)
        if not value:
            raise invalid_arguments(f"missing required field: {name}")
        return value

    def must_give(self, name: str) -> None:
        """A required argument that may be empty. Raises invalid_arguments."""
        if name not in self.arguments:
            raise invalid_arguments(f"missing required field: {name}")

    def flag(self, name: str, default: bool = False) -> bool:
        """A boolean in any of the forms that forms and JSON give it."""
        value = self.arguments.get(name)
        return default if value in (None, "") else str(value).lower() in ("true", "1")

    def data(self, name: str) -> Any:
        """A JSON argument: a string of JSON in a form, JSON itself in a JSON body. None when absent.

        A string that is no JSON comes back as it is, for the method to refuse by its own name.
        """
        value = self.arguments.get(name)
        if not isinstance(value, str) or not value:
            return value or None
        try:
            return json.loads(value)
        except ValueError:
            return value

    def names(self, name: str) -> list[str]:
        """A list argument: comma-separated text, or a JSON list."""
        value = self.arguments.get(name)
        if isinstance(value, list):
            return [str(one) for one in value]
        return [one.strip() for one in self.text(name).split(",") if one.strip()]

    def page(self, items: Sequence[Any], default: int = 100, most: int = 1000) -> tuple[list[Any], str]:
        """One page of `items` by `limit` and `cursor`, and the cursor of the next ("" at the end).

        Raises invalid_limit or invalid_cursor.
        """
        limit = self.text("limit")
        if limit and not limit.isdecimal():
            raise SlackError("invalid_limit")
        size = min(int(limit or 0) or default, most)
        start = _offset(self.text("cursor"))
        following = start + size
        cursor = base64.b64encode(f"next:{following}".encode()).decode() if following < len(items) else ""
        return list(items[start:following]), cursor

    def require_scope(self, scope: str) -> None:
        """Raises missing_scope with what is needed and what the token has."""
        granted = self.ws.manifest.scopes
        if scope not in granted:
            raise missing_scope((scope,), granted)

    def conversation(self, family: str, name: str = "channel") -> Channel:
        """The conversation an argument names, if the token has its `family` scope (read, history, write)."""
        channel = self.ws.channel(self.need(name))
        self.require_scope(f"{PREFIX[channel.kind]}:{family}")
        return channel


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        kind, _, offset = base64.b64decode(cursor, validate=True).decode().partition(":")
    except ValueError:
        raise SlackError("invalid_cursor") from None
    if kind != "next" or not offset.isdecimal():
        raise SlackError("invalid_cursor")
    return int(offset)


def missing_scope(needed: Sequence[str], granted: frozenset[str]) -> SlackError:
    """Slack's refusal of a token without the scope."""
    return SlackError("missing_scope", needed=",".join(needed), provided=",".join(sorted(granted)))


Run = Callable[[Call], Awaitable[Json]]


@dataclass(frozen=True)
class Method:
    """A Web API method: `token` is the kind it takes (bot, app, none), any one of `scopes` suffices."""

    name: str
    run: Run
    scopes: tuple[str, ...]
    required: tuple[str, ...]
    token: str


METHODS: dict[str, Method] = {}


def method(
    name: str, *, scopes: str | tuple[str, ...] = (), required: tuple[str, ...] = (), token: str = "bot"
) -> Callable[[Run], Run]:
    """Register a method under Slack's name. `required` arguments missing are refused before it runs."""

    def register(run: Run) -> Run:
        METHODS[name] = Method(name, run, (scopes,) if isinstance(scopes, str) else scopes, required, token)
        return run

    return register


def paged(cursor: str) -> Json:
    """The part of an answer that says where the next page starts."""
    return {"response_metadata": {"next_cursor": cursor}}
