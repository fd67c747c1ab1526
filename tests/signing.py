"""Requests as Slack signs them, and as an impostor would (https://docs.slack.dev/authentication/verifying-requests-from-slack)."""

import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

from tests.house import House

SECRET = "local-secret"


def event(inner: dict[str, Any], id: str = "Ev1") -> bytes:
    """The body of an Events API delivery."""
    outer = {
        "type": "event_callback",
        "event_id": id,
        "event_time": int(time.time()),
        "team_id": "T0LOCAL",
        "api_app_id": "A0LOCAL",
        "event": inner,
    }
    return json.dumps(outer | {"authorizations": [{"team_id": "T0LOCAL", "user_id": "U0BOT", "is_bot": True}]}).encode()


def command(text: str, trigger: str = "1.1") -> bytes:
    """The body of a /clause command."""
    fields = {
        "command": "/clause",
        "text": text,
        "user_id": "U0ANNA",
        "channel_id": "C0GENERAL",
        "team_id": "T0LOCAL",
        "trigger_id": trigger,
        "response_url": "http://127.0.0.1:1/",
    }
    return urlencode(fields).encode()


def headers(body: bytes, *, age: int = 0, secret: str = SECRET) -> dict[str, str]:
    """Signature headers for a body, made ``age`` seconds ago."""
    stamp = int(time.time()) - age
    signature = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    kind = "application/json" if body.startswith(b"{") else "application/x-www-form-urlencoded"
    return {
        "X-Slack-Request-Timestamp": str(stamp),
        "X-Slack-Signature": f"v0={signature}",
        "Content-Type": kind,
    }


async def deliver(home: House, body: bytes, **how: Any) -> tuple[int, str]:
    """Status and text of the bot's answer to a signed body."""
    async with home.session.post(f"{home.address}/slack/events", data=body, headers=headers(body, **how)) as response:
        return response.status, await response.text()
