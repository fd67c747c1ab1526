"""What a person types in the composer, turned into the text and rich text that Slack stores.

https://docs.slack.dev/messaging/formatting-message-text
"""

import re

from workspace.errors import Json
from workspace.records import Channel, User

# Mentions that a composer has already resolved, then what it resolves itself: @name, #name, addresses.
TOKEN = re.compile(
    r"<@(?P<user_id>[UW][A-Z0-9]+)(?:\|[^>]*)?>|<#(?P<channel_id>C[A-Z0-9]+)(?:\|[^>]*)?>"
    r"|(?<![\w@])@(?P<name>[\w.-]*\w)|(?<![\w#])#(?P<channel_name>[\w-]+)|(?P<url>https?://[^\s<>]+)"
)
BROADCASTS = {"here": "here", "channel": "channel", "everyone": "everyone"}


def escape(text: str) -> str:
    """Slack's three control characters as entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _element(match: re.Match[str], people: dict[str, User], channels: dict[str, Channel]) -> Json | None:
    by_name = {user.name: user.id for user in people.values()}
    by_channel = {channel.name: channel.id for channel in channels.values() if channel.kind == "channel"}
    group = match.groupdict()
    if group["url"]:
        return {"type": "link", "url": group["url"]}
    name = (group["name"] or "").lower()
    if name in BROADCASTS:
        return {"type": "broadcast", "range": BROADCASTS[name]}
    user_id = group["user_id"] or by_name.get(name)
    if user_id in people:
        return {"type": "user", "user_id": user_id}
    channel_id = group["channel_id"] or by_channel.get(group["channel_name"] or "")
    return {"type": "channel", "channel_id": channel_id} if channel_id in channels else None


def elements(text: str, people: dict[str, User], channels: dict[str, Channel]) -> list[Json]:
    """The rich text elements of one typed text."""
    found: list[Json] = []
    start = 0
    for match in TOKEN.finditer(text):
        element = _element(match, people, channels)
        if element is None:
            continue
        if match.start() > start:
            found.append({"type": "text", "text": text[start : match.start()]})
        found.append(element)
        start = match.end()
    if start < len(text):
        found.append({"type": "text", "text": text[start:]})
    return found


def as_text(element: Json) -> str:
    """One rich text element in Slack's message text form."""
    match element["type"]:
        case "user":
            return f"<@{element['user_id']}>"
        case "channel":
            return f"<#{element['channel_id']}>"
        case "broadcast":
            return f"<!{element['range']}>"
        case "link":
            return f"<{escape(element['url'])}>"
    return escape(element["text"])


def rich_text(found: list[Json], block_id: str) -> Json:
    """A rich text block of these elements."""
    section = {"type": "rich_text_section", "elements": found}
    return {"type": "rich_text", "block_id": block_id, "elements": [section]}


def command_text(text: str, people: dict[str, User], channels: dict[str, Channel], *, resolve: bool) -> str:
    """The `text` of a slash command: escaped, and with should_escape (`resolve`) mentions as <@U1|name>."""
    if not resolve:
        return escape(text)
    parts = []
    for element in elements(text, people, channels):
        match element["type"]:
            case "user":
                user = people[element["user_id"]]
                parts.append(f"<@{user.id}|{user.name}>")
            case "channel":
                channel = channels[element["channel_id"]]
                parts.append(f"<#{channel.id}|{channel.name}>")
            case _:
                parts.append(as_text(element))
    return "".join(parts)
