"""The one error door: a refusal is said in its own words, anything else is a fault with a reference; both in private."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from handlers import blocks
from handlers.access import Forbidden
from handlers.incoming import Incoming
from handlers.services import Services
from knowledge.refused import Refused

log = logging.getLogger(__name__)


async def door(
    error: Exception,
    body: Mapping[str, Any],
    came: Incoming | None,
    client: Any,
    respond: Any,
    services: Services,
) -> dict[str, Any]:
    """Tell the person who asked what went wrong, where only they see it; nothing was saved by then.

    Returns what the request is to be acknowledged with; empty where the person was told by a message of its own.
    """
    field = None
    if isinstance(error, Refused):
        words, field = str(error), error.field
    else:
        reference = services.new_id()
        fault(error, reference)
        words = f"Something went wrong on our side and nothing was saved. Please report reference {reference}."
    text = blocks.escape(words)
    if isinstance(error, Forbidden):
        text = f"{text.removesuffix('.')}: {', '.join(f'<@{user}>' for user in error.holders)}."
    match body.get("type"):
        case None if "command" in body:
            return {"response_type": "ephemeral", "text": text}
        case "view_submission":
            return {"response_action": "errors", "errors": {field or _first_input(body["view"]): words}}
        case "block_actions" if body.get("response_url"):
            await respond(text=text, response_type="ephemeral", replace_original=False)
        case _ if came and came.user:
            await _tell(client, came, text, services)
    return {}


def fault(error: BaseException, reference: str) -> None:
    """Log a bug once, with the reference that the person was given."""
    log.error("fault %s: %s", reference, type(error).__name__, exc_info=error)


async def _tell(client: Any, came: Incoming, text: str, services: Services) -> None:
    """Say something to one person: beside what they did if the bot may write there, else in a direct message."""
    if came.in_channel:
        refused = await services.attempt(client.chat_postEphemeral(channel=came.channel, user=came.user, text=text))
        if not refused:
            return
        log.info("ephemeral refused (%s), saying it in a direct message", refused)
    place = came.user if came.in_channel or not came.channel else came.channel
    thread = {} if came.in_channel or not came.thread else {"thread_ts": came.thread}
    await client.chat_postMessage(channel=place, text=text, **thread)


def _first_input(view: Mapping[str, Any]) -> str:
    return next((str(block["block_id"]) for block in view["blocks"] if block["type"] == "input"), "")
