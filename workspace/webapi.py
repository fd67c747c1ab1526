"""One Web API call from request to answer: arguments, token, scope, faults, method, inspector.

https://docs.slack.dev/apis/web-api
"""

import asyncio
import base64
import json
import re
import time
from typing import Any

from aiohttp import web

from workspace import oauth
from workspace.api import METHODS, Call, Method
from workspace.api.registry import missing_scope
from workspace.errors import Json, SlackError, invalid_arguments
from workspace.faults import Fault
from workspace.inspector import ApiCall, Entry
from workspace.state import Workspace

SECRETS = frozenset({"token", "client_secret", "refresh_token", "code"})
BY_TRIGGER = "trigger_id"
LOST = "disconnect"
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
CHARSETS = frozenset({"utf-8", "utf8", "iso-8859-1"})


async def arguments_of(request: web.Request) -> tuple[Json, list[str]]:
    """Query, form, multipart and JSON merged, and Slack's warnings about how they were sent.

    Raises invalid_json, json_not_object, invalid_form_data, invalid_charset, invalid_post_type, missing_post_type,
    invalid_arg_name or invalid_array_arg.
    """
    merged: Json = {**request.query, **_client(request)}
    warnings: list[str] = []
    if request.method == "POST":
        if (request.charset or "utf-8").lower() not in CHARSETS:
            raise SlackError("invalid_charset")
        if request.content_type == "application/json":
            warnings = [] if request.charset else ["missing_charset"]
            # Slack takes the token of a JSON body from the header only.
            merged |= {name: value for name, value in _json_object(await request.text()).items() if name != "token"}
        elif request.content_type in FORMS:
            merged |= await _form(request)
        elif request.can_read_body and await request.read() and request.content_type != "text/plain":
            raise SlackError("invalid_post_type" if "Content-Type" in request.headers else "missing_post_type")
    for name in merged:
        if not re.fullmatch(r"\w{1,255}", name):
            raise SlackError("invalid_array_arg" if re.fullmatch(r"\w+(\[\w*\])+", name) else "invalid_arg_name")
    return merged, warnings


async def _form(request: web.Request) -> Json:
    try:
        form = await request.post()
    except (ValueError, LookupError) as broken:
        raise SlackError("invalid_form_data") from broken
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _client(request: web.Request) -> Json:
    """The app's id and secret, which the SDKs send as basic authentication."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return {}  # the method then misses its client_id and says so
    return {"client_id": name, "client_secret": secret}


def _json_object(text: str) -> Json:
    try:
        body = json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError):
        raise SlackError("invalid_json") from None
    if not isinstance(body, dict):
        raise SlackError("json_not_object")
    return body


def authorise(ws: Workspace, method: Method, token: str) -> None:
    """Raises not_authed, invalid_auth, token_expired, not_allowed_token_type, account_inactive or missing_scope."""
    if method.token == "none":
        return
    if not token:
        raise SlackError("not_authed")
    kinds = {ws.bot_token: "bot", ws.app_token: "app", **dict.fromkeys(ws.tokens, "bot")}
    if token not in kinds:
        raise SlackError("invalid_auth")
    if token in ws.tokens and not oauth.is_good(ws.tokens[token], ws.now()):
        raise SlackError("token_expired")
    if kinds[token] != method.token:
        raise SlackError("not_allowed_token_type")
    if not ws.installed:
        raise SlackError("account_inactive")
    granted = ws.manifest.scopes
    if method.token == "bot" and method.scopes and not granted & set(method.scopes):
        raise missing_scope(method.scopes, granted)


def _token(request: web.Request, arguments: Json) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else str(arguments.get("token") or "")


def _entry(ws: Workspace, method: str, arguments: Json) -> Entry | None:
    trigger = ws.triggers.get(str(arguments.get(BY_TRIGGER)))
    if trigger is not None:
        return trigger.entry
    return ws.log.cause_of(arguments) if not method.startswith(("auth.", "apps.", "api.")) else None


async def _run(ws: Workspace, name: str, request: web.Request, arguments: Json, entry: Entry | None) -> Json:
    method = METHODS.get(name)
    if method is None:
        raise SlackError("unknown_method", req_method=name)
    authorise(ws, method, _token(request, arguments))
    missing = [one for one in method.required if arguments.get(one) in (None, "")]
    if missing:
        raise invalid_arguments(*(f"missing required field: {one}" for one in missing))
    return {"ok": True, **await method.run(Call(ws, arguments, entry))}


def _warned(answer: Json, warnings: list[str]) -> Json:
    if not warnings:
        return answer
    metadata = answer.get("response_metadata", {}) | {"warnings": warnings}
    return answer | {"warning": ",".join(warnings), "response_metadata": metadata}


async def _faulted(fault: Fault | None) -> web.Response | None:
    """What a fault set for a method makes of the call, or None to go on."""
    if fault is None or fault.error == LOST:
        return None
    if fault.error == "slow":
        await asyncio.sleep(fault.seconds)
        return None
    body = {"ok": False, "error": fault.error}
    if fault.error == "ratelimited":
        return web.json_response(body, status=429, headers={"Retry-After": str(fault.retry_after)})
    if fault.error != "internal_error":
        raise SlackError(fault.error)
    return web.json_response(body, status=500)


def _limited(ws: Workspace, name: str, arguments: Json) -> web.Response | None:
    """The request to wait where more is sent than Slack takes, or None to go on."""
    wait = ws.limits.retry_after(name, str(arguments.get("channel", "")), time.monotonic()) if ws.limits else 0
    if not wait:
        return None
    return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(wait)})


def _headers(ws: Workspace, name: str) -> dict[str, str]:
    scopes = METHODS[name].scopes if name in METHODS else ()
    return {
        "X-Slack-Req-Id": ws.new_id("").lower(),
        "X-OAuth-Scopes": ",".join(sorted(ws.manifest.scopes)),
        "X-Accepted-OAuth-Scopes": ",".join(scopes),
    }


def _public(arguments: Json) -> Json:
    """Arguments as the inspector shows them: JSON strings opened, secrets left out."""
    return {name: _opened(value) for name, value in arguments.items() if name not in SECRETS}


def _opened(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value  # text that merely starts like JSON
    return value


async def handle(ws: Workspace, request: web.Request) -> web.Response:
    """Answer one call and file it in the inspector."""
    started, at = time.perf_counter(), ws.now().isoformat()
    name = request.match_info["method"]
    arguments: Json = {}
    warnings: list[str] = []
    entry: Entry | None = None
    fault: Fault | None = None
    try:
        arguments, warnings = await arguments_of(request)
        entry = _entry(ws, name, arguments)
        fault = ws.faults.take((name, "*"))
        response = await _faulted(fault) or _limited(ws, name, arguments)
        if response is None:
            response = web.json_response(_warned(await _run(ws, name, request, arguments, entry), warnings))
    except SlackError as refused:
        response = web.json_response(_warned(refused.to_json(), warnings))
    response.headers.update(_headers(ws, name))
    if entry is None:
        entry = ws.entry("app", name)
    result = json.loads(response.text or "{}")
    ms = round((time.perf_counter() - started) * 1000, 3)
    entry.calls.append(ApiCall(name, _public(arguments), result, ms, at))
    ws.changed("log", id=entry.id)
    if fault is not None and fault.error == LOST and request.transport is not None:
        request.transport.close()
    return response
