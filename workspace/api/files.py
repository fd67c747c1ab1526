"""files.*: uploads in three steps. https://docs.slack.dev/reference/methods/files.getUploadURLExternal"""

from dataclasses import replace

from workspace import files, messages, reach, rooms
from workspace.api.registry import Call, method
from workspace.blocks import check_message, with_ids
from workspace.errors import Json, SlackError, invalid_arguments
from workspace.records import BOT_USER

LARGEST = 1_000_000_000
LONGEST_ALT = 1000
MOST_CHANNELS = 100


@method("files.getUploadURLExternal", scopes="files:write", required=("filename", "length"))
async def get_upload_url(call: Call) -> Json:
    """Where to send a file's bytes, and the id it will have."""
    ws, length = call.ws, call.text("length")
    if not length.isdecimal() or int(length) > LARGEST:
        raise invalid_arguments("length must be a number of bytes [json-pointer:/length]")
    if not int(length):
        raise SlackError("missing_argument")
    if len(call.text("alt_txt")) > LONGEST_ALT:
        raise SlackError("alt_txt_too_large")
    file = files.fresh(ws, BOT_USER, call.text("filename"), alt=call.text("alt_txt"))
    ws.uploads[file.id] = file
    return {"upload_url": f"{ws.url}/upload/{file.id}", "file_id": file.id}


def _said(call: Call) -> Json:
    """The words beside shared files: a comment, or else blocks, checked. Raises invalid_blocks and its kin."""
    comment, blocks = call.text("initial_comment"), call.data("blocks")
    if comment or blocks is None:
        return {"text": comment}
    check_message({"blocks": blocks})
    reach.check(call.ws, blocks)
    return {"text": "", "blocks": with_ids(blocks)}


@method("files.completeUploadExternal", scopes="files:write", required=("files",))
async def complete_upload(call: Call) -> Json:
    """Finish uploads and share them in a channel, if one is named."""
    ws, wanted = call.ws, call.data("files")
    if not isinstance(wanted, list) or not all(isinstance(one, dict) and "id" in one for one in wanted):
        raise invalid_arguments("files must be an array of objects with an id [json-pointer:/files]")
    names = call.names("channels") or call.names("channel_id")
    if len(names) > MOST_CHANNELS:
        raise SlackError("channels_limit_exceeded")
    channels = [rooms.destination(ws, name) for name in names]
    if any(BOT_USER not in channel.members for channel in channels):
        raise SlackError("not_in_channel")
    received = [file for one in wanted if (file := ws.uploads.get(str(one["id"]))) is not None and file.content]
    if len(received) < len(wanted):
        raise SlackError("file_not_found")
    said = _said(call)
    done = []
    for one in wanted:
        upload = ws.take_upload(one["id"])
        done.append(ws.put_file(replace(upload, title=one.get("title") or upload.name)))
    for channel in channels:
        body = messages.bot_body(ws, **said)
        if call.text("thread_ts"):
            body |= messages.in_thread(ws, channel.id, call.text("thread_ts"))
        files.share(ws, [ws.files[file.id] for file in done], channel, body)
    return {"files": [ws.files[file.id].to_json(ws.url) for file in done]}


@method("files.info", scopes="files:read", required=("file",))
async def info(call: Call) -> Json:
    """One file."""
    file = call.ws.files.get(call.text("file"))
    if file is None or not files.sees(call.ws, file, BOT_USER):
        raise SlackError("file_not_found")
    return {"file": file.to_json(call.ws.url), "comments": [], "response_metadata": {"next_cursor": ""}}
