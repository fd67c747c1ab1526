"""What a person sees: people, channels, messages, views, the app's offers. Read only."""

from workspace import elements
from workspace import messages as texts
from workspace import views as modals
from workspace.errors import Json
from workspace.records import BOT_USER, SLACKBOT, TEAM, TEAM_NAME, Channel, Message
from workspace.state import Workspace


def people(ws: Workspace) -> list[str]:
    """The ids of those who can act."""
    return [user.id for user in ws.users.values() if not user.is_bot and user.id != SLACKBOT]


def users(ws: Workspace) -> Json:
    """Everybody as users.info shows them."""
    return {"users": [user.to_json(ws.now(), with_locale=True) for user in ws.users.values()]}


def _unread(ws: Workspace, channel: Channel, user: str) -> int:
    since = ws.read.get((user, channel.id), "")
    stored = ws.messages[channel.id].values()
    return sum(m.ts > since and m.body.get("user") != user and not m.is_reply for m in stored)


def channels(ws: Workspace, user: str) -> Json:
    """The conversations this person sees."""
    seen = [c for c in ws.channels.values() if c.kind == "channel" or user in c.members]
    return {
        "channels": [
            channel.to_json(user)
            | {"kind": channel.kind, "members": list(channel.members), "unread": _unread(ws, channel, user)}
            for channel in seen
        ]
    }


def message(ws: Workspace, shown: Message, user: str) -> Json:
    """One message, with what this person picked in it under `state`."""
    rendered = texts.render(ws, shown, user)
    blocks = texts.all_blocks(shown)
    if blocks:
        state = elements.state(blocks, ws.answers.get((shown.ts, user), {}))
        if state:
            rendered["state"] = {"values": state}
    return rendered


def messages(
    ws: Workspace, channel: Channel, user: str, thread_ts: str | None, *, limit: int, before: str | None
) -> Json:
    """A channel's or a thread's messages, the oldest first; the last `limit` of those `before` a ts."""
    seen = texts.visible(ws, channel.id, user, thread_ts)
    if before:
        seen = [one for one in seen if one.ts < before]
    cut = seen[-limit:] if limit else seen
    threads = {ts: state for (where, ts), state in ws.assistant.items() if where == channel.id}
    return {
        "messages": [message(ws, one, user) for one in cut],
        "has_more": len(cut) < len(seen),
        "assistant": threads,
    }


def views(ws: Workspace, user: str) -> Json:
    """A person's modals, the topmost last; the Home; the prompts of the agent pane."""
    home = ws.homes.get(user)
    direct = ws.direct(user, BOT_USER)
    agent = ws.assistant.get((direct.id, ""), {}) if direct else {}
    return {
        "views": [modals.show(view) for view in modals.stack(ws, user)],
        "home": modals.show(ws.views[home]) if home else None,
        "assistant": agent,
    }


def app(ws: Workspace) -> Json:
    """What the manifest offers."""
    manifest = ws.manifest
    return {
        "team": {"id": TEAM, "name": TEAM_NAME},
        "name": manifest.app_name,
        "bot": BOT_USER,
        "bot_name": manifest.bot_name,
        "commands": manifest.commands if ws.installed else [],
        "shortcuts": manifest.shortcuts if ws.installed else [],
        "home_tab": manifest.home_tab,
        "messages_tab": manifest.messages_tab,
        "messages_tab_read_only": manifest.messages_tab_read_only,
        "agent": manifest.agent,
        "installed": ws.installed,
        "connections": len(ws.sockets),
        "request_url": ws.request_url,
    }
