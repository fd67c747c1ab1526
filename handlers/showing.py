"""What goes with computed answers as files: the picture, shown to its reader alone, and papers, handed over in person.

The libraries that draw and set pages are imported when they are needed: the command line starts without them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from handlers import blocks
from handlers.computing import recomputed
from handlers.drawing import one_at_a_time
from handlers.incoming import Incoming
from handlers.services import Services
from knowledge.answer import Answer
from storage import audit
from storage.outbox import Letter

PICTURE = "picture"
PAPER = "paper"
# Slack documents 2,000 characters for an image block, but validators in use stop at 255; the whole stands below it.
ALT = 255


def drawable(answer: Answer) -> bool:
    """Whether there is something to draw: days, or hours of work. A mere sum has no picture."""
    return answer.family == "deadline" or any(line.start for line in answer.readings[0].lines)


def owed(answer: Answer, incoming: Incoming, channel: str, services: Services) -> list[Letter]:
    """The letter that brings an answer's picture, to the channel where it was asked or to the person; none without one."""
    if not drawable(answer):
        return []
    in_channel = channel.startswith(("C", "G"))
    place = {"channel": channel, "user": incoming.user} if in_channel else {"channel": channel or incoming.user}
    arguments = place | {"answer": answer.id}
    return [Letter(f"picture:{answer.id}", answer.id, services.now(), PICTURE, arguments, tell=incoming.user)]


async def show(services: Services, client: Any, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Draw, upload and show; what Slack answered to the message. Nothing is shown for an answer without a picture.

    The file goes to no channel of its own, so that an ephemeral message can show it to one person
    (https://docs.slack.dev/reference/block-kit/composition-objects/slack-file-object).
    """
    await services.calm()
    entry = await services.store.run(audit.get, arguments["answer"])
    if entry is None or "answer" not in entry.content:
        return {}
    from handlers.pictures import picture

    answer = await services.store.run(recomputed, await services.shelf(), entry)
    drawn = await one_at_a_time(picture, answer)
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


def paper(ids: Sequence[str], kind: str, name: str, incoming: Incoming, services: Services) -> Letter:
    """The letter that hands recorded answers over as one file: ``csv`` with all of them, or ``pdf`` pages of the first."""
    arguments = {"answers": list(ids), "kind": kind, "name": name, "user": incoming.user}
    return Letter(f"paper:{incoming.key}", name, services.now(), PAPER, arguments, tell=incoming.user)


async def hand_over(services: Services, client: Any, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Write a paper and upload it into the direct messages with its person."""
    from handlers.papers import csv_of, pdf_of

    entries = [await services.store.run(audit.get, id) for id in arguments["answers"]]
    shelf = await services.shelf()
    answers = [await services.store.run(recomputed, shelf, entry) for entry in entries if entry]
    await services.calm()
    first = next(entry for entry in entries if entry)
    if arguments["kind"] == "csv":
        written = await one_at_a_time(csv_of, answers)
    else:
        written = await one_at_a_time(pdf_of, answers[0], at=first.at.astimezone(services.zone))
    told = f"{arguments['name']}: {', '.join(answer.id for answer in answers[:10])}"
    posted: Mapping[str, Any] = await client.chat_postMessage(channel=arguments["user"], text=blocks.escape(told))
    await client.files_upload_v2(
        content=written, filename=arguments["name"], title=arguments["name"], channel=posted["channel"]
    )
    return posted
