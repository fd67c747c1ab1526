"""conversations.*: finding and reading. https://docs.slack.dev/reference/methods/conversations.history"""

from workspace import messages, rooms
from workspace.api.registry import HISTORY_SCOPES, PREFIX, READ_SCOPES, Call, method, paged
from workspace.errors import Json, SlackError
from workspace.records import BOT_USER, LOCALE, SLACKBOT, Channel, Message
from workspace.state import Workspace

TYPES = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}


def show(ws: Workspace, channel: Channel, *, with_members: bool = False) -> Json:
    """The conversation object the app gets."""
    shown = channel.to_json(BOT_USER)
    return shown | {"num_members": len(channel.members)} if with_members else shown


@method("conversations.list", scopes=READ_SCOPES)
async def list_(call: Call) -> Json:
    """The conversations the app may see, of the types asked for."""
    ws = call.ws
    wanted = call.names("types") or ["public_channel"]
    if unknown := [name for name in wanted if name not in TYPES]:
        raise SlackError("invalid_types", detail=unknown)
    kinds = {TYPES[name] for name in wanted}
    for kind in sorted(kinds):
        call.require_scope(f"{PREFIX[kind]}:read")
    found = [
        channel
        for channel in ws.channels.values()
        if channel.kind in kinds
        and (channel.kind == "channel" or BOT_USER in channel.members)
        and not (call.flag("exclude_archived") and channel.is_archived)
    ]
    page, cursor = call.page(found)
    return {"channels": [show(ws, channel, with_members=True) for channel in page], **paged(cursor)}


@method("conversations.info", scopes=READ_SCOPES, required=("channel",))
async def info(call: Call) -> Json:
    """One conversation."""
    channel = call.conversation("read")
    shown = show(call.ws, channel, with_members=call.flag("include_num_members"))
    return {"channel": shown | ({"locale": LOCALE} if call.flag("include_locale") else {})}


@method("conversations.members", scopes=READ_SCOPES, required=("channel",))
async def members(call: Call) -> Json:
    """Who is in a conversation."""
    channel = call.conversation("read")
    page, cursor = call.page(channel.members)
    return {"members": page, **paged(cursor)}


def _read(call: Call) -> Channel:
    channel = call.conversation("history")
    if BOT_USER not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _bound(call: Call, name: str) -> str:
    """An `oldest` or `latest`: seconds since 1970, padded so that text compares as numbers do."""
    value = call.text(name)
    if not value or value == "0":
        return ""
    try:
        seconds, _, fraction = value.partition(".")
        return f"{int(seconds):010d}.{fraction or '0':0<6}"
    except ValueError:
        raise SlackError(f"invalid_ts_{name}") from None


def _within(call: Call, found: list[Message]) -> list[Message]:
    oldest, latest, inclusive = _bound(call, "oldest"), _bound(call, "latest"), call.flag("inclusive")

    def fits(ts: str) -> bool:
        if inclusive and ts in (oldest, latest):
            return True
        return (not oldest or ts > oldest) and (not latest or ts < latest)

    return [message for message in found if fits(message.ts)]


def _page_of(call: Call, found: list[Message], default: int = 100) -> Json:
    ws = call.ws
    page, cursor = call.page(found, default, most=max(default, 999))
    shown = [messages.render(ws, message) for message in page]
    if not call.flag("include_all_metadata"):
        shown = [{k: v for k, v in message.items() if k != "metadata"} for message in shown]
    answer: Json = {"messages": shown, "has_more": bool(cursor)}
    return answer | (paged(cursor) if cursor else {})


@method("conversations.history", scopes=HISTORY_SCOPES, required=("channel",))
async def history(call: Call) -> Json:
    """Messages of a conversation, the newest first; thread replies and ephemerals are not among them."""
    channel = _read(call)
    stored = [
        message
        for message in call.ws.messages[channel.id].values()
        if not message.is_reply or message.body.get("subtype") == "thread_broadcast"
    ]
    found = _within(call, messages.in_order(stored)[::-1])
    return _page_of(call, found) | {
        "pin_count": len(channel.pins),
        "channel_actions_ts": None,
        "channel_actions_count": 0,
    }


@method("conversations.replies", scopes=HISTORY_SCOPES, required=("channel", "ts"))
async def replies(call: Call) -> Json:
    """A thread: its first message, then the replies, the oldest first."""
    channel = _read(call)
    ts = call.text("ts")
    stored = call.ws.messages[channel.id]
    answers = [stored[one] for one in call.ws.threads.get((channel.id, ts), [])]
    if ts not in stored and not answers:
        raise SlackError("thread_not_found")
    first = [stored[ts]] if ts in stored else []
    return _page_of(call, first + _within(call, messages.in_order(answers)), default=1000)


@method("conversations.open", scopes=("im:write", "mpim:write"))
async def open_(call: Call) -> Json:
    """Open a direct message with one to eight people, or again by its channel id."""
    ws = call.ws
    if call.text("channel"):
        channel = ws.channel(call.text("channel"))
        if channel.kind not in ("im", "mpim"):
            raise SlackError("method_not_supported_for_channel_type")
        known = True
    else:
        people = call.names("users")
        if not people:
            raise SlackError("users_list_not_supplied")
        if len(people) > 8:
            raise SlackError("too_many_users")
        for user in people:
            ws.user(user)
        if set(people) & {BOT_USER, SLACKBOT}:
            raise SlackError("cannot_dm_bot")
        call.require_scope("im:write" if len(people) == 1 else "mpim:write")
        if call.flag("prevent_creation") and ws.direct(*people, BOT_USER) is None:
            raise SlackError("channel_not_found")
        channel, known = rooms.open_direct(ws, (*dict.fromkeys(people), BOT_USER))
    shown = show(ws, channel) if call.flag("return_im") else {"id": channel.id}
    return {"channel": shown} | ({"no_op": True, "already_open": True} if known else {})
