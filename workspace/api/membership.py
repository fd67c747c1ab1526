"""conversations.*: making, joining, naming, closing. https://docs.slack.dev/reference/methods/conversations.create"""

from workspace import rooms
from workspace.api.conversations import show
from workspace.api.registry import PREFIX, Call, method
from workspace.errors import Json, SlackError, invalid_arguments
from workspace.records import BOT_USER, SLACKBOT, Channel

MANAGE = ("channels:manage", "groups:write")
MOST_INVITED = 100
LIMITED = frozenset({"im", "mpim"})


def _managed(call: Call, *extra: str) -> Channel:
    """The channel of the call, if the token may manage it and the bot is in it."""
    channel = call.ws.channel(call.text("channel"))
    if channel.kind in LIMITED:
        raise SlackError("method_not_supported_for_channel_type")
    allowed = {_manage_scope(channel), *extra, *(f"{PREFIX[channel.kind]}:{one}" for one in extra)}
    if not allowed & call.ws.manifest.scopes:
        call.require_scope(_manage_scope(channel))
    if BOT_USER not in channel.members:
        raise SlackError("not_in_channel")
    if channel.is_archived:
        raise SlackError("is_archived")
    return channel


def _manage_scope(channel: Channel) -> str:
    return "channels:manage" if channel.kind == "channel" else "groups:write"


@method("conversations.create", scopes=MANAGE)
async def create(call: Call) -> Json:
    """A new channel, with the bot in it. An empty name is refused by a name of its own."""
    call.must_give("name")
    private = call.flag("is_private")
    call.require_scope("groups:write" if private else "channels:manage")
    return {"channel": show(call.ws, rooms.create(call.ws, BOT_USER, call.text("name"), private=private))}


@method("conversations.join", scopes="channels:join", required=("channel",))
async def join(call: Call) -> Json:
    """Enter a public channel."""
    channel = call.ws.channel(call.text("channel"))
    if channel.kind != "channel":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    if BOT_USER in channel.members:
        known = {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
        return {"channel": show(call.ws, channel), **known}
    return {"channel": show(call.ws, rooms.add(call.ws, channel, BOT_USER))}


@method("conversations.invite", scopes=(*MANAGE, "channels:write.invites"), required=("channel",))
async def invite(call: Call) -> Json:
    """Bring people into a channel the bot is in: all of them, or with `force` those who can be."""
    ws, channel = call.ws, _managed(call, "write.invites")
    people = list(dict.fromkeys(call.names("users")))
    if not people:
        raise SlackError("no_user")
    if len(people) > MOST_INVITED:
        raise invalid_arguments(f"users must be no more than {MOST_INVITED} [json-pointer:/users]")
    wrong = [{"user": user, "ok": False, "error": why} for user in people if (why := _uninvitable(call, channel, user))]
    if wrong and (len(wrong) == len(people) or not call.flag("force")):
        raise SlackError(str(wrong[0]["error"]), errors=wrong)
    refused = {one["user"] for one in wrong}
    for user in people:
        if user not in refused:
            channel = rooms.add(ws, channel, user, inviter=BOT_USER)
    return {"channel": show(ws, channel)} | ({"errors": wrong} if wrong else {})


def _uninvitable(call: Call, channel: Channel, user: str) -> str:
    """Why this person cannot be invited; "" when nothing is in the way."""
    if user not in call.ws.users:
        return "user_not_found"
    if user == BOT_USER:
        return "cant_invite_self"
    if user == SLACKBOT:
        return "cant_invite"
    return "already_in_channel" if user in channel.members else ""


@method("conversations.kick", scopes=MANAGE, required=("channel",))
async def kick(call: Call) -> Json:
    """Take a person out of a channel."""
    channel, user = _managed(call), call.text("user")
    if not user:
        raise SlackError("no_user")
    call.ws.user(user)
    if user == BOT_USER:
        raise SlackError("cant_kick_self")
    if user not in channel.members:
        raise SlackError("not_in_channel")
    if channel.id == "C0GENERAL":
        raise SlackError("cant_kick_from_general")
    rooms.remove(call.ws, channel, user, actor=BOT_USER)
    return {"errors": {}}


@method("conversations.leave", scopes=MANAGE, required=("channel",))
async def leave(call: Call) -> Json:
    """Go out of a channel."""
    channel = call.ws.channel(call.text("channel"))
    if channel.kind in LIMITED:
        raise SlackError("method_not_supported_for_channel_type")
    call.require_scope(_manage_scope(channel))
    if channel.id == "C0GENERAL":
        raise SlackError("cant_leave_general")
    if BOT_USER not in channel.members:
        return {"not_in_channel": True}
    if channel.is_archived:
        raise SlackError("is_archived")
    if len(channel.members) == 1:
        raise SlackError("last_member")
    rooms.remove(call.ws, channel, BOT_USER, actor=BOT_USER)
    return {}


@method("conversations.setTopic", scopes=(*MANAGE, "channels:write.topic"), required=("channel",))
async def set_topic(call: Call) -> Json:
    """What a channel is about just now; an empty topic clears it."""
    call.must_give("topic")
    changed = rooms.set_note(call.ws, _managed(call, "write.topic"), BOT_USER, "topic", call.text("topic"))
    return {"channel": show(call.ws, changed)}


@method("conversations.setPurpose", scopes=(*MANAGE, "channels:write.topic"), required=("channel",))
async def set_purpose(call: Call) -> Json:
    """What a channel is for; an empty purpose clears it."""
    call.must_give("purpose")
    channel = _managed(call, "write.topic")
    changed = rooms.set_note(call.ws, channel, BOT_USER, "purpose", call.text("purpose"))
    return {"purpose": changed.purpose.value, "channel": show(call.ws, changed)}


@method("conversations.rename", scopes=MANAGE, required=("channel",))
async def rename(call: Call) -> Json:
    """Another name for a channel; Slack lets an app rename only what it made. An empty name is refused as in create."""
    call.must_give("name")
    channel = _managed(call)
    if channel.creator != BOT_USER:
        raise SlackError("not_authorized")
    return {"channel": show(call.ws, rooms.rename(call.ws, channel, BOT_USER, call.text("name")))}


@method("conversations.archive", scopes=MANAGE, required=("channel",))
async def archive(call: Call) -> Json:
    """Close a channel for writing."""
    channel = call.ws.channel(call.text("channel"))
    if channel.is_archived:
        raise SlackError("already_archived")
    rooms.archive(call.ws, _managed(call), BOT_USER)
    return {}
