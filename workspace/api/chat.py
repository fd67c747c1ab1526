"""chat.*: posting, changing and deleting messages. https://docs.slack.dev/reference/methods/chat.postMessage"""

from workspace import messages, reach, rooms
from workspace.api.registry import Call, method
from workspace.blocks import check_message, with_attachment_ids, with_ids
from workspace.errors import Json, SlackError
from workspace.records import BOT_USER, Channel, Message
from workspace.state import Workspace

LONGEST_MARKDOWN = 12_000
LONGEST_UPDATE = 4_000


def _writable(ws: Workspace, channel: Channel) -> Channel:
    public = channel.kind == "channel" and "chat:write.public" in ws.manifest.scopes
    if BOT_USER not in channel.members and not public:
        raise SlackError("not_in_channel")
    if channel.is_archived:
        raise SlackError("is_archived")
    if channel.kind == "im" and not ws.manifest.messages_tab:
        raise SlackError("messages_tab_disabled")
    return channel


def _content(call: Call) -> Json:
    """Text, blocks, attachments and metadata of a call, checked. Raises no_text and Block Kit's refusals."""
    ws, markdown = call.ws, call.text("markdown_text")
    body: Json = {
        "text": call.text("text"),
        "blocks": call.data("blocks"),
        "attachments": call.data("attachments"),
        "metadata": call.data("metadata"),
    }
    if markdown:
        if body["text"] or body["blocks"]:
            raise SlackError("markdown_text_conflict")
        if len(markdown) > LONGEST_MARKDOWN:
            raise SlackError("msg_too_long")
        body |= {"text": markdown, "blocks": [{"type": "markdown", "text": markdown}]}
    check_message(body)
    reach.check_message(ws, body)
    if not body["text"].strip() and not body["blocks"] and not body["attachments"]:
        raise SlackError("no_text")
    return body | {
        "blocks": with_ids(body["blocks"]) if body["blocks"] else None,
        "attachments": with_attachment_ids(body["attachments"]) if body["attachments"] else body["attachments"],
    }


def _customised(call: Call) -> Json:
    """Another name or picture for one message, which needs chat:write.customize."""
    given = {name: call.text(name) for name in ("username", "icon_emoji", "icon_url") if call.text(name)}
    if given:
        call.require_scope("chat:write.customize")
    return given


@method("chat.postMessage", scopes="chat:write", required=("channel",))
async def post_message(call: Call) -> Json:
    """Post to a channel, a thread or a person."""
    ws = call.ws
    channel = _writable(ws, rooms.destination(ws, call.text("channel")))
    body = messages.bot_body(ws, **_content(call), **_customised(call))
    if call.text("thread_ts"):
        body |= messages.in_thread(ws, channel.id, call.text("thread_ts"))
    if "thread_ts" in body and call.flag("reply_broadcast"):
        body["subtype"] = "thread_broadcast"
    message = messages.post(ws, channel, body, call.entry)
    return {"channel": channel.id, "ts": message.ts, "message": messages.render(ws, message)}


@method("chat.postEphemeral", scopes="chat:write", required=("channel", "user"))
async def post_ephemeral(call: Call) -> Json:
    """Show a message to one person in a channel."""
    ws = call.ws
    if call.text("channel") in ws.users:
        raise SlackError("channel_not_found")
    channel = _writable(ws, rooms.destination(ws, call.text("channel")))
    reader = call.text("user")
    if reader not in ws.users or reader not in channel.members:
        raise SlackError("user_not_in_channel")
    body = messages.bot_body(ws, **_content(call), **_customised(call))
    if call.text("thread_ts"):
        body |= messages.in_thread(ws, channel.id, call.text("thread_ts"))
    return {"message_ts": messages.post_ephemeral(ws, channel.id, reader, body).ts}


def _own(call: Call, refusal: str) -> tuple[Channel, Message]:
    channel = call.ws.channel(call.text("channel"))
    message = messages.find(call.ws, channel.id, call.text("ts"))
    if not message.is_ours or message.body.get("subtype") not in (None, "thread_broadcast", "file_share"):
        raise SlackError(refusal)
    return channel, message


@method("chat.update", scopes="chat:write", required=("channel", "ts"))
async def update(call: Call) -> Json:
    """Change one of the app's own messages.

    Text without blocks takes the blocks away. Attachments and metadata stay unless sent anew, and go when sent empty.
    """
    ws = call.ws
    channel, message = _own(call, "cant_update_message")
    if channel.is_archived:
        raise SlackError("is_inactive")
    if len(call.text("text")) > LONGEST_UPDATE:
        raise SlackError("msg_too_long")
    content = _content(call)
    changes: Json = {"text": content["text"]}
    if content["blocks"] or content["text"]:
        changes["blocks"] = content["blocks"]
    if call.arguments.get("attachments") is not None:
        changes["attachments"] = content["attachments"]
    if call.arguments.get("metadata") is not None:
        changes["metadata"] = content["metadata"]
    changes["edited"] = {"user": BOT_USER, "ts": ws.new_ts()}
    changed = messages.edit(ws, message, changes, call.entry)
    shown = messages.render(ws, changed)
    return {"channel": channel.id, "ts": changed.ts, "text": shown["text"], "message": shown}


@method("chat.delete", scopes="chat:write", required=("channel", "ts"))
async def delete(call: Call) -> Json:
    """Delete one of the app's own messages."""
    channel, message = _own(call, "cant_delete_message")
    messages.delete(call.ws, message, call.entry)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.getPermalink", required=("channel", "message_ts"))
async def get_permalink(call: Call) -> Json:
    """A lasting address of a message."""
    channel = call.ws.channel(call.text("channel"))
    message = messages.find(call.ws, channel.id, call.text("message_ts"))
    link = f"{call.ws.url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}
