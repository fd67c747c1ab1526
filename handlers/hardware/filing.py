"""Files in and out: items from a CSV with a dry run first, moves by a file of tags, exports, labels, pictures."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlite_utils import Database

from handlers import blocks, forms, showing
from handlers.drawing import one_at_a_time
from handlers.hardware import moving, photographs, replies, shown, tracked
from handlers.hardware.books import MOST_AT_ONCE, Books, books
from handlers.incoming import Incoming
from handlers.services import Services, Shelf
from knowledge import fields, hardware, hardware_rows
from knowledge.hardware_asked import fields as asked
from knowledge.hardware_rows import MOST_BYTES, MOST_LINES, Sheet
from knowledge.refused import Refused
from storage import audit, outbox
from storage import hardware as kept

MOST_SHOWN = 30
"""Wrong lines of a file that are named in a message."""


def import_form(channel: str) -> dict[str, Any]:
    """The form that takes a file in."""
    element: blocks.Block = {"type": "file_input", "action_id": "file", "filetypes": ["csv", "text"], "max_files": 1}
    hint = f"UTF-8, up to {MOST_LINES:,} lines; columns: {', '.join(hardware_rows.COLUMNS)}"
    body = [
        forms.block("file", "CSV file", hint, element, optional=False),
        blocks.context("The file is tried first: you see what is wrong, line by line, before anything is taken in."),
    ]
    return forms.modal("hardware_import", "Hardware from a file", "Try it", body, json.dumps({"channel": channel}))


async def tried(ack: Any, view: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Owe the person what a file would take in."""
    files = forms.typed(view).get("file") or []
    if not files:
        raise Refused("Give a CSV file.", field="file")
    file = {key: files[0].get(key, "") for key in ("id", "name", "size", "url_private_download")}
    if int(file["size"] or 0) > MOST_BYTES:
        raise Refused(f"The file has {file['size']:,} bytes; {MOST_BYTES:,} at most.", field="file")
    await _owe_import(services, incoming, file, "")
    await ack()


async def wanted(ack: Any, respond: Any, action: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Owe the person that a file which was tried is taken in."""
    await ack()
    value = json.loads(action["value"])
    await _owe_import(services, incoming, value["file"], value["sha256"])
    await respond(**incoming.private({"text": "The file is being taken in."}), replace_original=False)


async def _owe_import(services: Services, incoming: Incoming, file: Mapping[str, Any], sha256: str) -> None:
    arguments = {"file": dict(file), "sha256": sha256, "user": incoming.user}
    owed = replies.work("hardware_import", incoming.key, arguments, services, incoming.user)
    await services.store.run(_put, services, await services.shelf(), incoming, owed)
    services.wake()


def _put(db: Database, services: Services, shelf: Shelf, incoming: Incoming, owed: Any) -> None:
    at = books(db, services, shelf, incoming.user)
    replies.finish(at, incoming, "file", {"file": owed.arguments["file"]["name"]}, [owed])


async def take_in(services: Services, client: Any, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Try a file, or take it in where it is the one that was tried; its person is told line by line what is wrong."""
    file, user = arguments["file"], arguments["user"]
    shelf = await services.shelf()
    try:
        content = await photographs.content_of(services, client, file, MOST_BYTES)
        digest = hashlib.sha256(content).hexdigest()
        if arguments["sha256"] not in ("", digest):
            raise Refused("The file is not the one that was tried; give it anew.")
        at, clients, taken = await services.store.run(_open, services, shelf, user)
        sheet = await asyncio.to_thread(hardware_rows.sheet, content, at.here, clients, taken.__contains__)
        if arguments["sha256"] and not sheet.wrong:
            written = await asyncio.to_thread(at.written, sheet.rows)
            slugs = {row.item.agreement for row in sheet.rows if row.delivered}
            await services.store.run(_take_in, services, shelf, user, written, slugs, str(file["name"]), digest)
            services.wake()
            message = shown.said(f"{file['name']}: {len(sheet.rows):,} items were registered.")
        else:
            message = _tried(sheet, file, digest)
    except Refused as refused:
        message = shown.said(f"{file['name']}: {refused}")
    posted: Mapping[str, Any] = await client.chat_postMessage(channel=user, **message)
    return posted


def _open(db: Database, services: Services, shelf: Shelf, user: str) -> tuple[Books, dict[str, str], frozenset[str]]:
    at = books(db, services, shelf, user)
    return at, at.clients(), kept.tags(db)


def _tried(sheet: Sheet, file: Mapping[str, Any], digest: str) -> dict[str, Any]:
    """What a dry run found: every wrong line, or the button that takes the file in."""
    name, count = file["name"], len(sheet.rows) + len(sheet.wrong)
    if sheet.wrong:
        head = f"{name}: {len(sheet.wrong):,} of {count:,} lines are wrong; nothing was taken in."
        lines = [f"• {line}" for line in sheet.wrong[:MOST_SHOWN]]
        if len(sheet.wrong) > MOST_SHOWN:
            lines.append(f"… and {len(sheet.wrong) - MOST_SHOWN:,} more")
        return shown.said("\n".join([head, *lines]))
    text = f"{name}: all {count:,} lines are good. Nothing is taken in yet."
    value = json.dumps({"file": dict(file), "sha256": digest})
    take = blocks.button(f"Take in {count:,} items", "hardware_import", value, style="primary")
    return shown.said(text, blocks.section(blocks.escape(text)), *blocks.rows([take]))


def _take_in(
    db: Database,
    services: Services,
    shelf: Shelf,
    user: str,
    written: kept.Prepared,
    slugs: set[str],
    name: str,
    digest: str,
) -> None:
    at = books(db, services, shelf, user)
    try:
        count = kept.take_in(db, written)
    except sqlite3.IntegrityError:
        raise Refused("One of its items was registered meanwhile; nothing was taken in.") from None
    outbox.put(db, tracked.letter(at, slugs, f"import of {name}"))
    audit.append(db, at.entry("import", {"file": name, "sha256": digest, "items": count}))


async def bulk(services: Services, client: Any, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Make the move that a form asked for, of all the items in a file or of none."""
    user, shelf = arguments["user"], await services.shelf()
    try:
        content = await photographs.content_of(services, client, arguments["file"], MOST_BYTES)
        tags = hardware_rows.tags(content, MOST_AT_ONCE)
        message = await services.store.run(_bulk, services, shelf, arguments, tags)
        services.wake()
    except Refused as refused:
        message = shown.said(f"{arguments['file'].get('name')}: {refused} Nothing was moved.")
    posted: Mapping[str, Any] = await client.chat_postMessage(channel=user, **message)
    return posted


def _bulk(
    db: Database, services: Services, shelf: Shelf, arguments: Mapping[str, Any], tags: tuple[str, ...]
) -> dict[str, Any]:
    at, kind = books(db, services, shelf, arguments["user"]), arguments["kind"]
    given = arguments["given"] | {"tags": "\n".join(tags)}
    message, letters = moving.carry_out(at, services, kind, tags, fields.read(asked(kind), given, at.here))
    for letter in letters:
        outbox.put(db, letter)
    audit.append(db, at.entry(kind, {"tags": list(tags), "given": dict(arguments["given"])}))
    return message


async def export(services: Services, client: Any, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Upload all items, or an agreement's, as a CSV that is safe to open, into the direct messages with a person."""
    texts, ends, today = await services.store.run(_all, services, await services.shelf(), arguments)
    content, count = await asyncio.to_thread(_rows, texts, ends, today), len(texts)
    name = f"hardware-{arguments['agreement'] or 'all'}.csv"
    posted: Mapping[str, Any] = await client.chat_postMessage(
        channel=arguments["user"], text=blocks.escape(f"{name}: {count:,} items")
    )
    await client.files_upload_v2(content=content, filename=name, title=name, channel=posted["channel"])
    return posted


Ends = Mapping[tuple[str, date | None], tuple[date | None, date | None]]
"""When rentals end and are to be returned by, of each agreement and, where they have one, their own day."""


def _all(db: Database, services: Services, shelf: Shelf, arguments: Mapping[str, Any]) -> tuple[list[str], Ends, date]:
    at, slug = books(db, services, shelf, arguments["user"]), arguments["agreement"]
    some = [item for item, _ in at.alike(by=("agreement", "client", "ends"), agreement=slug)]
    ends = {(item.agreement, item.ends): (at.ends(item), (at.due(item) or (None,))[0]) for item in some}
    return kept.texts(db, agreement=slug), ends, at.today


def _rows(texts: Sequence[str], ends: Ends, today: date) -> bytes:
    """Items as CSV with where they stand."""
    items = (hardware.of_data(json.loads(text)) for text in texts)
    stands = ((item, *ends[item.agreement, item.ends]) for item in items)
    return hardware_rows.rows((item, hardware.standing(item, end, due, today)) for item, end, due in stands)


async def label(services: Services, client: Any, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Upload an item's label: its QR code opens the item's card in Slack, which is posted where it was asked for.

    A permalink is what both a phone's camera and Slack open; a ``slack://`` link leads to no message. Where the item has a
    card already, in a channel, the label leads to that one.
    """
    tag, user, channel = arguments["tag"], arguments["user"], arguments["channel"]
    item, message, card = await services.store.run(_card, services, await services.shelf(), user, tag)
    if card and await services.attempt(client.chat_update(channel=card[0], ts=card[1], **message), limits=True):
        card = None  # somebody deleted it, or the bot is no longer there
    if card is None:
        posted = await client.chat_postMessage(channel=channel, **message)
        card = (posted["channel"], posted["ts"])
        if channel.startswith(("C", "G")):
            await services.store.run(kept.set_card, tag, *card)
    link = await client.chat_getPermalink(channel=card[0], message_ts=card[1])
    from handlers.pictures.label import label_picture

    drawn = await one_at_a_time(label_picture, item, link["permalink"])
    told: Mapping[str, Any] = await client.chat_postMessage(
        channel=user, text=blocks.escape(f"Label of {item.name}: its code leads to {link['permalink']}")
    )
    await client.files_upload_v2(
        content=drawn.png, filename=drawn.name, title=f"Label {tag}", alt_txt=drawn.alt, channel=told["channel"]
    )
    return told


async def renew(services: Services, client: Any, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Bring the card up to date to which an item's label leads, where it is still there."""
    tag = arguments["tag"]
    _, message, card = await services.store.run(_card, services, await services.shelf(), "clausekeeper", tag)
    if card is None:
        return {}
    updated: Mapping[str, Any] = await client.chat_update(channel=card[0], ts=card[1], **message)
    return updated


def _card(
    db: Database, services: Services, shelf: Shelf, user: str, tag: str
) -> tuple[hardware.Item, dict[str, Any], tuple[str, str] | None]:
    at = books(db, services, shelf, user)
    item = at.item(tag)
    return item, shown.card(at, item), kept.card(db, item.tag)


async def picture(services: Services, client: Any, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Show bars of what each Client holds, to the person who asked for the summary."""
    from handlers.pictures.hardware import hardware_picture

    counts = await services.store.run(_counts, services, await services.shelf(), arguments)
    if not counts:
        return {}
    drawn = await one_at_a_time(hardware_picture, counts)
    uploaded = await client.files_upload_v2(
        content=drawn.png, filename=drawn.name, title="Hardware with Clients", alt_txt=drawn.alt
    )
    image = {
        "type": "image",
        "slack_file": {"id": uploaded["files"][0]["id"]},
        "alt_text": blocks.shorten(drawn.alt, showing.ALT),
    }
    posted: Mapping[str, Any] = await client.chat_postMessage(
        channel=arguments["user"], text=blocks.escape(drawn.alt), blocks=[image]
    )
    return posted


def _counts(db: Database, services: Services, shelf: Shelf, arguments: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    at = books(db, services, shelf, arguments["user"])
    return shown.counted(at, arguments["words"])
