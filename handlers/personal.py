"""/clausekeeper my data: what is kept about a person, handed to that person alone, and erased at their word."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from handlers import blocks
from handlers.incoming import Incoming
from handlers.services import Services, keep
from handlers.surface import Surface
from knowledge.refused import Refused
from storage import audit, persons
from storage.audit import Entry
from storage.database import BUSY_MS, reading
from storage.outbox import Letter
from storage.persons import Erased, Part
from storage.sealing import Seal

SURFACE = Surface(
    scopes={"files:write": "people are handed what is kept about them"},
    needs={"consultant": ("personal_erase",)},
)
DATA = "personal"
"""The name that the letter with somebody's own data has instead of a Slack method."""
CONFIRM = {
    "title": {"type": "plain_text", "text": "Erase it?"},
    "text": {"type": "plain_text", "text": "It cannot be brought back. Your questions and settings go at once."},
    "confirm": {"type": "plain_text", "text": "Erase"},
    "deny": {"type": "plain_text", "text": "Keep it"},
    "style": "danger",
}
SLACK = "Messages in Slack itself are Slack's: delete them there."


def register(app: Any) -> None:
    app.action("personal_erase")(erase)


async def data(services: Services, incoming: Incoming) -> dict[str, Any]:
    """Owe a person all that is kept about them."""
    text = "Everything that is kept about you comes as a file in a direct message, where you can also have it erased."
    letter = Letter(f"{DATA}:{incoming.key}", incoming.user, services.now(), DATA, {"user": incoming.user})
    entry = Entry(services.new_id(), services.now(), incoming.user, "personal data", incoming.user, {})
    return await services.record(incoming.key, entry, {"text": text}, [letter])


async def send(services: Services, client: Any, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Write down what is kept about a person, and hand it to them in a direct message with the offer to erase it.

    It is read beside the work: whole tables are gone through.
    """
    user = str(arguments["user"])
    content, found = await asyncio.to_thread(_collected, services.store.path, user, services.seal)
    text = "This is everything that is kept about you, as JSON, a line a row."
    lines = [f"• `{part.table}`: {rows} " + _after(part) for part, rows in found]
    button = blocks.button("Erase my data", "personal_erase", user, style="danger", confirm=CONFIRM)
    body = [blocks.section("\n".join([f"{text} At your word it is erased:", *lines, SLACK])), *blocks.rows([button])]
    posted: Mapping[str, Any] = await client.chat_postMessage(channel=user, text=text, blocks=body)
    await client.files_upload_v2(
        content=content, filename=f"{user}.jsonl", title="What is kept about you", channel=posted["channel"]
    )
    return posted


def _collected(path: Path, user: str, seal: Seal | None) -> tuple[bytes, list[tuple[Part, int]]]:
    with closing(reading(path, patience=BUSY_MS / 1000)) as db:
        return written(db, user, seal), persons.counted(db, user)


def _after(part: Part) -> str:
    if not part.erase:
        return f"(stay: {part.kept})"
    return f"(go; some stay: {part.kept})" if part.kept else "(go)"


async def erase(ack: Any, respond: Any, incoming: Incoming, services: Services) -> None:
    """Erase what is kept about the person who pressed the button, whoever's button it was."""
    await ack()
    reply = await services.store.run(_erased, services, incoming)
    await respond(**incoming.private(reply), replace_original=False)


def written(db: Database, user: str, seal: Seal | None) -> bytes:
    """What is kept about a person, a JSON object a line: the table and the row."""
    rows = ({"table": table, **row} for table, row in persons.exported(db, user, seal))
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()


def gone(db: Database, id: str, user: str, by: str, services: Services) -> list[Erased]:
    """Erase what is kept about a person, and put that on record, in the caller's transaction.

    Refused while they answer for something: reminders and Hardware must have somebody.
    """
    if open_ := persons.duties(db, user):
        raise Refused(
            f"<@{user}> still has {' and '.join(open_)}: hand them over first, then everything can be erased."
        )
    done = persons.erase(db, user, services.now())
    counts = {one.table: one.gone for one in done if one.gone}
    audit.append(db, Entry(id, services.now(), by, "person-erased", user, {"gone": counts}))
    return done


def told(one: Erased) -> str:
    """What erasing does to a table, in words."""
    parts = ([f"{one.gone} gone"] if one.gone else []) + ([f"{one.stay} stay: {one.kept}"] if one.stay else [])
    return f"`{one.table}`: {'; '.join(parts) or 'nothing'}"


def _erased(db: Database, services: Services, incoming: Incoming) -> dict[str, Any]:
    done = gone(db, services.new_id(), incoming.user, incoming.user, services)
    lines = "\n".join(f"• {told(one)}" for one in done)
    text = f"Your data is erased.\n{lines or '• there was nothing'}\n{SLACK}"
    entry = Entry(services.new_id(), services.now(), incoming.user, "personal data", incoming.user, {})
    return keep(db, incoming.key, entry, {"text": text}, [])
