"""Photographs of items: taken from a form, fetched from Slack, kept with the SHA-256 of their bytes.

They are kept in the database, not beside it: one backup and one check hold rows and pictures together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlite_utils import Database

from handlers import blocks, forms
from handlers.hardware import replies
from handlers.hardware.books import Books, books
from handlers.incoming import Incoming
from handlers.services import Services, Shelf
from knowledge import days
from knowledge.hardware import Happened
from knowledge.refused import Refused
from storage import audit
from storage import hardware as kept
from storage.hardware import Photo
from storage.hardware import photo as content_kept
from storage.hardware import photos as photos_of
from storage.outbox import Letter

MOST, LARGEST = 5, 10_000_000
"""Photographs of one form, and bytes of one."""
TYPES = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}
"""What is taken, with the bytes that such a file begins with."""


def entry() -> blocks.Block:
    """The input for photographs."""
    element: blocks.Block = {
        "type": "file_input",
        "action_id": "photos",
        "filetypes": ["jpg", "png"],
        "max_files": MOST,
    }
    hint = f"JPEG or PNG, up to {MOST}, each up to {LARGEST // 1_000_000} MB; kept with the checksum of their bytes"
    return forms.block("photos", "Photographs", hint, element, optional=True)


def checked(files: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What is to be fetched of the files of a form; Refused for too many, too large, or no pictures."""
    if len(files) > MOST:
        raise Refused(f"{len(files)} photographs are too many; {MOST} at most.", field="photos")
    for file in files:
        if file.get("mimetype") not in TYPES:
            raise Refused(f"{file.get('name')} is no JPEG or PNG picture.", field="photos")
        if int(file.get("size") or 0) > LARGEST:
            raise Refused(f"{file.get('name')} has {file['size']:,} bytes; {LARGEST:,} at most.", field="photos")
    return [{key: file.get(key, "") for key in ("id", "name", "mimetype", "url_private_download")} for file in files]


def owed(
    photos: Sequence[Mapping[str, Any]], tags: Sequence[str], incoming: Incoming, services: Services
) -> list[Letter]:
    """The letters that fetch the photographs of one item, one each."""
    return [
        replies.work(
            "hardware_photo",
            f"{incoming.key}:{photo['id']}",
            {"tag": tags[0], "file": dict(photo), "user": incoming.user},
            services,
            incoming.user,
        )
        for photo in photos
    ]


async def content_of(services: Services, client: Any, file: Mapping[str, Any], largest: int) -> bytes:
    """The bytes of a file that somebody gave in Slack; Refused where there are more than ``largest``."""
    url = file.get("url_private_download")
    if not url:
        # Files of connected workspaces come without their address (docs.slack.dev/reference/events/file_created).
        told = await client.files_info(file=file["id"])
        url = told["file"]["url_private_download"]
    return await services.fetch(str(url), largest)


async def keep(services: Services, client: Any, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Fetch one photograph and keep it; its person is told the checksum, or that it is no picture after all."""
    file, tag, user = arguments["file"], arguments["tag"], arguments["user"]
    try:
        content = await content_of(services, client, file, LARGEST)
        if not content.startswith(TYPES[file["mimetype"]]):
            raise Refused(f"{file['name']} is not the picture that its name says; it was not kept.")
        digest = await services.store.run(_keep, services, await services.shelf(), user, tag, file, content)
        told = f"The photograph {file['name']} of {tag} is kept; the SHA-256 of its bytes is {digest}."
    except Refused as refused:
        told = str(refused)
    posted: Mapping[str, Any] = await client.chat_postMessage(channel=user, text=blocks.escape(told))
    return posted


async def hand_over(services: Services, client: Any, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Upload an item's photographs into the direct messages with a person, each with its checksum."""
    tag, user = arguments["tag"], arguments["user"]
    photos = await services.store.run(photos_of, tag)
    posted: Mapping[str, Any] = await client.chat_postMessage(
        channel=user, text=blocks.escape(f"{len(photos)} photograph{'' if len(photos) == 1 else 's'} of {tag}")
    )
    for photo in photos:
        content = await services.store.run(content_kept, photo.sha256)
        taken = f"{tag}, taken in on {days.spoken(photo.at.astimezone(services.zone).date())}, SHA-256 {photo.sha256}"
        await client.files_upload_v2(
            content=content, filename=photo.name, title=taken, alt_txt=taken, channel=posted["channel"]
        )
    return posted


def _keep(
    db: Database, services: Services, shelf: Shelf, user: str, tag: str, file: Mapping[str, Any], content: bytes
) -> str:
    at: Books = books(db, services, shelf, user)
    digest = hashlib.sha256(content).hexdigest()
    photo = Photo(tag, digest, str(file["name"])[:200], file["mimetype"], at.now, user)
    if kept.add_photo(db, photo, content):
        told = {"name": photo.name, "sha256": digest, "bytes": len(content)}
        at.tell([(at.item(tag), Happened("photo", at.today, told))])
        audit.append(db, at.entry("photo", {"tag": tag, **told}))
    return digest
