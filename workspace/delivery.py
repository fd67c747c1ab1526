"""Bringing envelopes to the app: signed HTTP or Socket Mode, three seconds each, events with Slack's retries.

https://docs.slack.dev/authentication/verifying-requests-from-slack and
https://docs.slack.dev/apis/events-api#retries
"""

import asyncio
import contextlib
import hashlib
import hmac
import json
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientError, ClientTimeout

from workspace.errors import Json
from workspace.faults import Fault
from workspace.inspector import Delivery, Entry
from workspace.sockets import NoConnection
from workspace.state import Workspace

RETRY_SECONDS = (0, 60, 300)
ANSWERABLE = frozenset({"slash_commands", "interactive"})
AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"


@dataclass(frozen=True)
class Outcome:
    """What became of a delivery.

    `ack` is the acknowledgement's body, {} when it was empty, None when none came; `ms` is real time;
    `error` is Slack's name for what went wrong.
    """

    ack: Json | None
    ms: float
    timeout: bool = False
    error: str | None = None
    status: int | None = None
    no_retry: bool = False

    @property
    def ok(self) -> bool:
        return self.error is None


def sign(secret: str, timestamp: int, body: str) -> str:
    """Slack's v0 signature of a request body."""
    base = f"v0:{timestamp}:{body}".encode()
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def encode(type_: str, payload: Json) -> tuple[str, str]:
    """Content type and body of an HTTP delivery."""
    if type_ == "events_api":
        return "application/json", json.dumps(payload)
    fields = payload if type_ == "slash_commands" else {"payload": json.dumps(payload)}
    return "application/x-www-form-urlencoded", urlencode(fields)


def read_ack(content_type: str, text: str) -> Json | None:
    """An acknowledgement's body: JSON as it is, plain text as {"text": ...}; None when it is broken JSON."""
    if not text.strip():
        return {}
    if "json" not in content_type:
        return {"text": text}
    try:
        body = json.loads(text)
    except ValueError:
        return None
    return body if isinstance(body, dict) else {"text": body} if isinstance(body, str) else None


async def _over_http(ws: Workspace, url: str, type_: str, payload: Json, retry: Json, seconds: float) -> Outcome:
    assert ws.session is not None  # serve() opens it before anything can be delivered
    content_type, body = encode(type_, payload)
    # Real time, even with the workspace's clock moved: every app checks the signature's age by its own watch.
    timestamp = int(time.time())
    headers = {
        "Content-Type": content_type,
        "User-Agent": AGENT,
        "X-Slack-Request-Timestamp": str(timestamp),
        "X-Slack-Signature": sign(ws.signing_secret, timestamp, body),
    }
    if retry:
        headers["X-Slack-Retry-Num"] = str(retry["retry_attempt"])
        headers["X-Slack-Retry-Reason"] = retry["retry_reason"]
    budget = ClientTimeout(total=seconds)
    async with ws.session.post(
        url, data=body.encode(), headers=headers, timeout=budget, allow_redirects=False
    ) as answer:
        text = await answer.text(errors="replace")
        no_retry = answer.headers.get("X-Slack-No-Retry") == "1"
        if answer.status >= 300:
            return Outcome(None, 0, error="http_error", status=answer.status, no_retry=no_retry)
        ack = read_ack(answer.content_type, text)
        # Of an event's acknowledgement Slack reads the status only.
        error = "invalid_json" if ack is None and type_ in ANSWERABLE else None
        return Outcome(ack, 0, error=error, status=answer.status)


async def _over_socket(ws: Workspace, type_: str, payload: Json, retry: Json, seconds: float) -> Outcome:
    envelope: Json = {
        "envelope_id": ws.new_id("E"),
        "type": type_,
        "payload": payload,
        "accepts_response_payload": type_ in ANSWERABLE,
    }
    if type_ == "events_api":
        envelope |= {"retry_attempt": 0, "retry_reason": ""} | retry
    async with asyncio.timeout(seconds):
        return Outcome(await ws.sockets.send(envelope), 0)


async def _send(ws: Workspace, type_: str, payload: Json, retry: Json, seconds: float) -> Outcome:
    """Raises TimeoutError, or what a broken connection raises."""
    if ws.request_url is None:
        return await _over_socket(ws, type_, payload, retry, seconds)
    return await _over_http(ws, ws.request_url, type_, payload, retry, seconds)


async def _too_late(ws: Workspace, type_: str, payload: Json, retry: Json, seconds: float) -> None:
    """Bring what nobody waits for any more to the app after so many seconds."""
    await asyncio.sleep(seconds)
    with contextlib.suppress(TimeoutError, ClientError, NoConnection, OSError):
        await _send(ws, type_, payload, retry, ws.budget_seconds)


async def _attempt(ws: Workspace, type_: str, payload: Json, retry: Json, fault: Fault | None) -> Outcome:
    started = time.perf_counter()

    def outcome(error: str, *, timeout: bool = False) -> Outcome:
        return Outcome(None, (time.perf_counter() - started) * 1000, timeout, error)

    if fault is not None and fault.error == "drop":
        return outcome("http_timeout", timeout=True)
    if fault is not None and fault.error == "internal_error":
        return outcome("http_error")
    if fault is not None and fault.error == "disconnect":
        await ws.sockets.cut()
        return outcome("connection_failed")
    late = fault.seconds if fault is not None and fault.error == "slow" else 0.0
    left = ws.budget_seconds - late
    await asyncio.sleep(min(late, ws.budget_seconds))
    if left <= 0:  # it is on its way, but whatever the app says to it comes too late
        ws.spawn(_too_late(ws, type_, payload, retry, -left))
        return outcome("http_timeout", timeout=True)
    try:
        result = await _send(ws, type_, payload, retry, left)
    except TimeoutError:
        return outcome("http_timeout", timeout=True)
    except (ClientError, NoConnection, OSError):
        return outcome("connection_failed")
    ms = (time.perf_counter() - started) * 1000
    return Outcome(result.ack, ms, error=result.error, status=result.status, no_retry=result.no_retry)


async def deliver(ws: Workspace, type_: str, payload: Json, entry: Entry, retry: Json | None = None) -> Outcome:
    """Bring one envelope (`slash_commands`, `interactive` or `events_api`) to the app, once, and log it."""
    retry = retry or {}
    fault = ws.faults.take(("delivery",))
    if fault is not None and fault.error == "duplicate":
        ws.spawn(_aside(_recorded(ws, type_, payload, entry, retry=retry, fault=None)))
    return await _recorded(ws, type_, payload, entry, retry=retry, fault=fault)


async def deliver_interaction(ws: Workspace, payload: Json, entry: Entry) -> Outcome:
    """Bring a click, a submission, a shortcut or a question for options to the app, if it takes such."""
    if not ws.manifest.interactive:
        entry.notes.append("The manifest has no settings.interactivity, so Slack sends no interactions.")
        return Outcome(None, 0, error="not_interactive")
    return await deliver(ws, "interactive", payload, entry)


async def _aside(sending: Coroutine[Any, Any, Outcome]) -> None:
    await sending


async def _recorded(
    ws: Workspace, type_: str, payload: Json, entry: Entry, *, retry: Json, fault: Fault | None
) -> Outcome:
    transport = "socket" if ws.request_url is None else "http"
    attempt = retry.get("retry_attempt", 0)
    delivery = Delivery(transport, type_, payload, attempt, ws.now().isoformat(), ws.budget_seconds * 1000)
    entry.deliveries.append(delivery)
    if fault is not None:
        entry.notes.append(f"A fault was set for this delivery: {fault.error}.")
    outcome = await _attempt(ws, type_, payload, retry, fault)
    delivery.ms, delivery.timeout = round(outcome.ms, 3), outcome.timeout
    delivery.status, delivery.ack, delivery.error = outcome.status, outcome.ack, outcome.error
    entry.acknowledged = time.monotonic()
    ws.changed("log", id=entry.id)
    return outcome


def _reason(outcome: Outcome, *, over_socket: bool) -> str:
    if over_socket:
        return "timeout"
    return outcome.error or "unknown_error"


async def deliver_event(ws: Workspace, payload: Json, entry: Entry, attempt: int = 0, reason: str = "") -> None:
    """Bring an event to the app; unless it is taken, again at once, after one minute and after five."""
    retry = {"retry_attempt": attempt, "retry_reason": reason} if attempt else {}
    outcome = await deliver(ws, "events_api", payload, entry, retry)
    if outcome.ok or outcome.no_retry:
        return
    if attempt >= len(RETRY_SECONDS):
        entry.notes.append("The app did not take this event in four attempts; Slack gives up here.")
        ws.changed("log", id=entry.id)
        return
    why = _reason(outcome, over_socket=ws.request_url is None)
    due = ws.now() + timedelta(seconds=RETRY_SECONDS[attempt])
    ws.agenda.at(due, lambda: ws.spawn(deliver_event(ws, payload, entry, attempt + 1, why)))


async def verify_url(ws: Workspace, challenge: str) -> Outcome:
    """Ask the app to prove that it owns its request URL; its answer must hold the challenge."""
    payload = {"token": "local-verification-token", "challenge": challenge, "type": "url_verification"}
    entry = ws.entry("url_verification", ws.request_url or "")
    outcome = await deliver(ws, "events_api", payload, entry)
    given = (outcome.ack or {}).get("challenge", (outcome.ack or {}).get("text", ""))
    if outcome.ok and str(given).strip() != challenge:
        return Outcome(outcome.ack, outcome.ms, error="challenge_failed", status=outcome.status)
    return outcome


def deliver_interaction_later(ws: Workspace, payload: Json, entry: Entry) -> None:
    """Send an interaction whose acknowledgement changes nothing on its way. Does not wait."""
    ws.spawn(_aside(deliver_interaction(ws, payload, entry)))
