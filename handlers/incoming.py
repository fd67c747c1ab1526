"""What came in from Slack, whichever shape it had: who, where, which words, and the key that a second delivery repeats."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from knowledge.refused import Refused

_MENTION = re.compile(r"<@[UW][A-Z0-9]+(?:\|[^>]*)?>")
_MARK = re.compile(r"<(?:(?P<sign>[#!])(?P<name>[^|>]+)|(?P<link>(?:https?|mailto):[^|>]+))(?:\|(?P<label>[^>]*))?>")


@dataclass(frozen=True)
class Incoming:
    """One delivery. ``text`` is what the person typed, without Slack's marks; ``channel`` is empty where there is none.

    ``team`` is the person's own workspace, which in a shared channel may be another; empty where Slack does not say.
    """

    key: str
    kind: str
    user: str
    channel: str
    text: str
    thread: str = ""
    ephemeral: bool = False
    team: str = ""

    @property
    def in_channel(self) -> bool:
        """Whether other people may be reading along."""
        return bool(self.channel) and not self.channel.startswith("D")

    def private(self, reply: Mapping[str, Any]) -> dict[str, Any]:
        """A reply for the person alone: ephemeral in channels, plain in direct messages."""
        return dict(reply) | {"response_type": "ephemeral" if self.in_channel else "in_channel"}


def incoming(body: Mapping[str, Any]) -> Incoming | None:
    """The delivery behind a request body; None for kinds that nobody asks for (checks).

    Keys: ``event_id`` for events, the single-use ``trigger_id`` for commands, clicks and shortcuts, for a submission the view
    and its hash, which changes when the view does (https://docs.slack.dev/apis/events-api#retries). Refused where a body has
    not the shape of its kind.
    """
    try:
        came = _read(body)
    except (KeyError, IndexError, TypeError, AttributeError):
        raise Refused("This is no delivery that Slack makes.") from None
    if came and not all(isinstance(part, str) for part in (came.kind, came.user, came.channel, came.thread, came.team)):
        raise Refused("This is no delivery that Slack makes.")
    return came


def _read(body: Mapping[str, Any]) -> Incoming | None:
    if "command" in body:
        key = f"command:{body['trigger_id']}"
        return Incoming(
            key,
            body["command"],
            body["user_id"],
            body["channel_id"],
            plain(body.get("text", "")),
            team=body.get("team_id", ""),
        )
    user = body.get("user") or {}
    team = user.get("team_id") or (body.get("team") or {}).get("id", "")
    match body.get("type"):
        case "event_callback":
            event = body["event"]
            channel = event.get("channel", "")
            who = event.get("user", "")
            said = plain(event.get("text") or "")
            place = channel if isinstance(channel, str) else ""
            return Incoming(
                f"event:{body['event_id']}",
                event["type"],
                who if isinstance(who, str) else "",
                place,
                said,
                thread=event.get("thread_ts", ""),
                team=_home(event),
            )
        case "block_actions":
            action = body["actions"][0]["action_id"]
            channel = (body.get("channel") or {}).get("id", "")
            hidden = bool((body.get("container") or {}).get("is_ephemeral"))
            return Incoming(
                f"click:{body['trigger_id']}:{action}", action, user["id"], channel, "", ephemeral=hidden, team=team
            )
        case "view_submission":
            view = body["view"]
            key = f"view:{view['id']}:{view.get('hash', '')}"
            return Incoming(key, view["callback_id"], user["id"], "", "", team=team)
        case "shortcut" | "message_action":
            channel = (body.get("channel") or {}).get("id", "")
            return Incoming(f"shortcut:{body['trigger_id']}", body["callback_id"], user["id"], channel, "", team=team)
        case "view_closed":
            view = body["view"]
            key = f"closed:{view['id']}:{view.get('hash', '')}"
            return Incoming(key, view["callback_id"], user["id"], "", "", team=team)
        case "block_suggestion":
            # A list of options is made anew each time; its key is never kept.
            return Incoming("options", body["action_id"], user["id"], "", "", team=team)
        case _:
            return None


def naming(text: str) -> str:
    """Typed words like ``plain``, with the id of each person in the place of a mention: ``substitute=U0ANNA``."""
    return plain(_MENTION.sub(lambda mark: mark[0][2:-1].partition("|")[0], text))


def _home(event: Mapping[str, Any]) -> str:
    """The workspace of the person behind an event (https://docs.slack.dev/apis/slack-connect/using-slack-connect-apis)."""
    told = (event.get(name) for name in ("user_team", "source_team", "team"))
    return next((team for team in told if isinstance(team, str) and team), "")


def plain(text: str) -> str:
    """Typed words from Slack's message text: mentions of people taken out, other marks as people see them, entities undone.

    https://docs.slack.dev/messaging/formatting-message-text#retrieving-messages
    """
    without = _MENTION.sub(" ", text)
    return html.unescape(_MARK.sub(_seen, without)).strip()


def _seen(mark: re.Match[str]) -> str:
    if mark["label"]:
        return mark["label"]
    return mark["link"] or ("@" if mark["sign"] == "!" else "#") + mark["name"]
