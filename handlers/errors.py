"""The one error door: a refusal is said in its own words, anything else is a fault with a reference; both in private."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from handlers import blocks
from handlers.access import Forbidden
from handlers.incoming import Incoming
from handlers.services import Services
from knowledge.refused import Refused
from storage.sealing import KeyLost

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
    people: Sequence[str] = ()
    others: Mapping[str, str] = {}
    if isinstance(error, Refused):
        words, field, others, people = str(error), error.field, error.others, error.people
    elif isinstance(error, KeyLost):
        # The key was changed under a running bot; whoever asks learns what mends it.
        fault(error, services.new_id())
        words = "What is sealed does not open with this Clausekeeper's key. An admin restarts it with the right CLAUSEKEEPER_KEY."
    else:
        reference = services.new_id()
        fault(error, reference)
        words = f"Something went wrong on our side and nothing was saved. Please report reference {reference}."
    text = blocks.escape(words)
    for mentioned in people:
        text = text.replace(f"&lt;@{mentioned}&gt;", f"<@{mentioned}>")
        words = words.replace(f"<@{mentioned}>", "that person")  # a form shows plain text under its inputs
    if isinstance(error, Forbidden):
        text = f"{text.removesuffix('.')}: {', '.join(f'<@{user}>' for user in error.holders)}."
    match body.get("type"):
        case None if "command" in body:
            return {"response_type": "ephemeral", "text": text}
        case "view_submission":
            return {
                "response_action": "errors",
                "errors": _under(body["view"], f"{words[:1].upper()}{words[1:]}", field, others),
            }
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


def _under(view: Mapping[str, Any], words: str, field: str | None, others: Mapping[str, str]) -> dict[str, str]:
    """The sentences under the inputs that they are about; one about an input that the form does not have under the first."""
    inputs = [str(block["block_id"]) for block in view["blocks"] if block["type"] == "input"]
    first = field if field in inputs else next(iter(inputs), "")
    return {name: said for name, said in others.items() if name in inputs} | {first or "": words}
