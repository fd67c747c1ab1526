"""Events of the Events API: which the app gets, and the envelope around them.

https://docs.slack.dev/reference/events
"""

from workspace.delivery import deliver_event
from workspace.errors import Json
from workspace.inspector import Entry
from workspace.records import APP, BOT_USER, TEAM, Channel
from workspace.state import Workspace

MESSAGE_EVENTS = {
    "channel": ("message.channels", "channels:history"),
    "group": ("message.groups", "groups:history"),
    "im": ("message.im", "im:history"),
    "mpim": ("message.mpim", "mpim:history"),
}
SCOPES = {
    "app_mention": "app_mentions:read",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "pin_added": "pins:read",
    "pin_removed": "pins:read",
    "file_shared": "files:read",
    "file_created": "files:read",
    "channel_created": "channels:read",
    "channel_rename": "channels:read",
    "channel_archive": "channels:read",
    "channel_left": "channels:read",
    "group_left": "groups:read",
    "group_rename": "groups:read",
    "group_archive": "groups:read",
    "subteam_created": "usergroups:read",
    "subteam_updated": "usergroups:read",
    "subteam_members_changed": "usergroups:read",
    "assistant_thread_started": "assistant:write",
    "assistant_thread_context_changed": "assistant:write",
}
MEMBERSHIP = frozenset({"member_joined_channel", "member_left_channel"})


def subscription(event: Json, channel: Channel | None) -> tuple[str, str]:
    """The name this event is subscribed to under, and the scope it needs ("" for none)."""
    type_ = event["type"]
    if type_ == "message" and channel is not None:
        return MESSAGE_EVENTS[channel.kind]
    if type_ in MEMBERSHIP and channel is not None:
        return type_, "channels:read" if channel.kind == "channel" else "groups:read"
    return type_, SCOPES.get(type_, "")


def wants(ws: Workspace, event: Json, channel: Channel | None) -> bool:
    """Whether the app gets this event: subscribed, allowed to, and in the conversation."""
    name, scope = subscription(event, channel)
    manifest = ws.manifest
    subscribed = name in manifest.events and (not scope or scope in manifest.scopes)
    return subscribed and (channel is None or BOT_USER in channel.members)


def wrap(ws: Workspace, event: Json) -> Json:
    """The outer envelope of an event."""
    event_id = ws.new_id("Ev")
    return {
        "token": "local-verification-token",
        "team_id": TEAM,
        "context_team_id": TEAM,
        "context_enterprise_id": None,
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": ws.seconds(),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-{event_id}",
    }


def prepare(ws: Workspace, event: Json, channel: Channel | None = None) -> Json | None:
    """The envelope of an event with its `event_ts`, or None when the app does not get it."""
    event.setdefault("event_ts", event.get("ts") or ws.new_ts())
    return wrap(ws, event) if ws.installed and wants(ws, event, channel) else None


def emit(ws: Workspace, event: Json, channel: Channel | None = None, entry: Entry | None = None) -> None:
    """Send an event on its way to the app, if the app gets it. Does not wait."""
    envelope = prepare(ws, event, channel)
    if envelope is None:
        return
    if entry is None:
        entry = ws.entry("event", event["type"], channel=channel.id if channel else "")
    ws.spawn(deliver_event(ws, envelope, entry))
