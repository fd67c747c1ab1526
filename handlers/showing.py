"""A computed answer's picture: drawn and uploaded after the answer was given, and shown where only its reader sees it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from handlers import blocks
from handlers.computing import recomputed
from handlers.incoming import Incoming
from handlers.pictures import picture
from handlers.services import Services
from knowledge.answer import Answer
from storage import audit
from storage.outbox import Letter

METHOD = "picture"
# Slack documents 2,000 characters for an image block, but validators in use stop at 255; the whole stands below it.
ALT = 255


def owed(answer: Answer, incoming: Incoming, channel: str, services: Services) -> list[Letter]:
    """The letter that brings an answer's picture, to the channel where it was asked or to the person."""
    in_channel = channel.startswith(("C", "G"))
    place = {"channel": channel, "user": incoming.user} if in_channel else {"channel": channel or incoming.user}
    arguments = place | {"answer": answer.id}
    return [Letter(f"picture:{answer.id}", answer.id, services.now(), METHOD, arguments, tell=incoming.user)]


async def show(services: Services, client: Any, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Draw, upload and show; what Slack answered to the message. Nothing is shown for an answer without a picture.

    The file goes to no channel of its own, so that an ephemeral message can show it to one person
    (https://docs.slack.dev/reference/block-kit/composition-objects/slack-file-object).
    """
    entry = await services.store.run(audit.get, arguments["answer"])
    if entry is None or "answer" not in entry.content:
        return {}
    answer = await services.store.run(recomputed, await services.shelf(), entry)
    drawn = await asyncio.to_thread(picture, answer)
    if drawn is None:
        return {}
    uploaded = await client.files_upload_v2(
        content=drawn.png, filename=drawn.name, title=answer.title, alt_txt=drawn.alt
    )
    image = {
        "type": "image",
        "slack_file": {"id": uploaded["files"][0]["id"]},
        "alt_text": blocks.shorten(drawn.alt, ALT),
    }
    told = blocks.escape(drawn.alt)
    message = {"channel": arguments["channel"], "text": told, "blocks": [image, blocks.context(told)]}
    if "user" in arguments:
        posted: Mapping[str, Any] = await client.chat_postEphemeral(**message, user=arguments["user"])
    else:
        posted = await client.chat_postMessage(**message)
    return posted
