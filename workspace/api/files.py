"""files.*: uploads in three steps. https://docs.slack.dev/reference/methods/files.getUploadURLExternal"""

import mimetypes
from dataclasses import replace

from workspace import messages
from workspace.api.registry import Call, method
from workspace.errors import Json, SlackError, invalid_arguments
from workspace.events import emit
from workspace.records import BOT_USER, Channel, File, Message
from workspace.state import Workspace

LARGEST = 1_000_000_000


@method("files.getUploadURLExternal", scopes="files:write", required=("filename", "length"))
async def get_upload_url(call: Call) -> Json:
    """Where to send a file's bytes, and the id it will have."""
    ws, length = call.ws, call.text("length")
    if not length.isdecimal() or not 0 < int(length) <= LARGEST:
        raise invalid_arguments("length must be a number of bytes [json-pointer:/length]")
    name = call.text("filename").rpartition("/")[2]
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    file = File(ws.new_id("F"), BOT_USER, name, name, kind, b"", ws.seconds())
    ws.uploads[file.id] = file
    return {"upload_url": f"{ws.url}/upload/{file.id}", "file_id": file.id}


def share(ws: Workspace, files: list[File], channel: Channel, body: Json) -> Message:
    """A message that shows files in a channel, and file_shared for each."""
    shown = []
    for file in files:
        shared = ws.put_file(replace(file, channels=(*file.channels, channel.id)))
        shown.append(shared.to_json(ws.url))
    message = messages.post(ws, channel, body | {"files": shown, "subtype": "file_share", "upload": False})
    for file in files:
        event = {
            "type": "file_shared",
            "file_id": file.id,
            "user_id": body["user"],
            "file": {"id": file.id},
            "channel_id": channel.id,
        }
        emit(ws, event, channel)
    return message


@method("files.completeUploadExternal", scopes="files:write", required=("files",))
async def complete_upload(call: Call) -> Json:
    """Finish uploads and share them in a channel, if one is named."""
    ws, wanted = call.ws, call.data("files")
    if not isinstance(wanted, list) or not all(isinstance(one, dict) and "id" in one for one in wanted):
        raise invalid_arguments("files must be an array of objects with an id [json-pointer:/files]")
    names = call.names("channels") or call.names("channel_id")
    channels = [ws.channel(name) for name in names]
    if any(BOT_USER not in channel.members for channel in channels):
        raise SlackError("not_in_channel")
    if any(not ws.uploads.get(one["id"], File("", "", "", "", "", b"", 0)).content for one in wanted):
        raise SlackError("file_not_found")
    files = []
    for one in wanted:
        upload = ws.take_upload(one["id"])
        files.append(ws.put_file(replace(upload, title=one.get("title") or upload.name)))
    for channel in channels:
        body = messages.bot_body(ws, text=call.text("initial_comment"))
        if call.text("thread_ts"):
            body["thread_ts"] = messages.thread_root(ws, channel.id, call.text("thread_ts"))
        share(ws, files, channel, body)
    return {"files": [ws.files[file.id].to_json(ws.url) for file in files]}


@method("files.info", scopes="files:read", required=("file",))
async def info(call: Call) -> Json:
    """One file."""
    file = call.ws.files.get(call.text("file"))
    if file is None:
        raise SlackError("file_not_found")
    return {"file": file.to_json(call.ws.url), "comments": [], "response_metadata": {"next_cursor": ""}}
