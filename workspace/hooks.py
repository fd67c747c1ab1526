"""Posts of the app to a response_url: five within 30 minutes.

https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

import json
import time
from dataclasses import replace
from typing import Any

from aiohttp import web

from workspace import interactions, messages
from workspace.errors import Json, SlackError
from workspace.inspector import ResponsePost
from workspace.records import Message
from workspace.state import Hook, Workspace

USELESS = {"used_url": 404, "expired_url": 404}


def _usable(ws: Workspace, token: str) -> Hook:
    hook = ws.hooks.get(token)
    if hook is None or ws.now() > hook.expires:
        raise SlackError("expired_url")
    if not hook.left:
        raise SlackError("used_url")
    return hook


def _original(ws: Workspace, hook: Hook) -> Message | None:
    if hook.message_ts is None:
        return None
    return ws.ephemerals.get(hook.message_ts) or ws.messages[hook.channel].get(hook.message_ts)


def _respond(ws: Workspace, hook: Hook, body: Json) -> None:
    original = _original(ws, hook)
    if original is not None and body.get("delete_original"):
        _put(ws, original, None, hook)
    elif original is not None and body.get("replace_original"):
        content = interactions.content_of(ws, body)
        if not content["text"] and not content.get("blocks") and not content.get("attachments"):
            raise SlackError("no_text")
        if original.thread:
            content["thread_ts"] = original.thread
        _put(ws, original, content, hook)
    else:
        channel = ws.channels[hook.channel]
        shown = interactions.reply(ws, hook.user, channel, body, hook.entry)
        if shown is None:
            raise SlackError("no_text")


def _put(ws: Workspace, original: Message, content: Json | None, hook: Hook) -> None:
    if original.reader is not None:
        messages.replace_ephemeral(ws, original, content)
    elif content is None:
        messages.delete(ws, original, hook.entry)
    else:
        gone = {name: None for name in ("blocks", "attachments") if name in original.body}
        edited = {"edited": {"user": content["user"], "ts": ws.new_ts()}}
        messages.edit(ws, original, gone | content | edited, hook.entry)


async def handle(ws: Workspace, request: web.Request) -> web.Response:
    """Take one post; Slack answers `ok` as text, or a refusal as JSON with status 400 or 404."""
    started, at = time.perf_counter(), ws.now().isoformat()
    token = request.match_info["token"]
    hook = ws.hooks.get(token)
    body: Any = {}
    result: Any = "ok"
    try:
        hook = _usable(ws, token)
        body = json.loads(await request.text())
        if not isinstance(body, dict):
            raise SlackError("invalid_payload")
        _respond(ws, hook, body)
        ws.hooks[token] = replace(hook, left=hook.left - 1)
        response = web.Response(text="ok")
    except ValueError:
        result = {"ok": False, "error": "invalid_payload"}
        response = web.json_response(result, status=400)
    except SlackError as refused:
        result = refused.to_json()
        response = web.json_response(result, status=USELESS.get(refused.code, 400))
    if hook is not None:
        ms = round((time.perf_counter() - started) * 1000, 3)
        hook.entry.response_urls.append(ResponsePost(body, response.status, result, ms, at))
        ws.changed("log", id=hook.entry.id)
    return response
