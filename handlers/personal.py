"""/clausekeeper my data: what is kept about a person, handed to that person alone, and erased at their word."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

from handlers import blocks
from handlers.incoming import Incoming
from handlers.services import Services, keep
from handlers.surface import Surface
from knowledge.refused import Refused
from storage import audit, persons
from storage.audit import Entry
from storage.outbox import Letter
from storage.persons import Erased

SURFACE = Surface(
    scopes={"files:write": "people are handed what is kept about them"},
    needs={"consultant": ("personal_erase",)},
)
DATA = "personal"
"""The name that the letter with somebody's own data has instead of a Slack method."""
SLACK = "Messages in Slack itself are Slack's: delete them there."


def register(app: Any) -> None:
    app.action("personal_erase")(erase)


async def data(services: Services, incoming: Incoming) -> dict[str, Any]:
    """Send a person all that is kept about them, and offer to erase it."""
    found = await services.store.run(persons.would_erase, incoming.user, services.now())
    text = "Everything that is kept about you comes as a file in a direct message."
    lines = [f"• {told(one)}" for one in found]
    confirm = {
        "title": {"type": "plain_text", "text": "Erase it?"},
        "text": {"type": "plain_text", "text": "It cannot be brought back. Your questions and settings go at once."},
        "confirm": {"type": "plain_text", "text": "Erase"},
        "deny": {"type": "plain_text", "text": "Keep it"},
        "style": "danger",
    }
    button = blocks.button("Erase my data", "personal_erase", incoming.user, style="danger", confirm=confirm)
    body = [blocks.section("\n".join([text, "*Erased at your word* would be, or would stay:", *lines, SLACK]))]
    reply = {"text": text, "blocks": [*body, *blocks.rows([button])]}
    letter = Letter(f"{DATA}:{incoming.key}", incoming.user, services.now(), DATA, {"user": incoming.user})
    entry = Entry(services.new_id(), services.now(), incoming.user, "personal data", incoming.user, {})
    return await services.record(incoming.key, entry, reply, [letter])


async def send(services: Services, client: Any, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Write down what is kept about a person, and hand it to them in a direct message."""
    user = str(arguments["user"])
    content = await services.store.run(written, user, services)
    posted: Mapping[str, Any] = await client.chat_postMessage(
        channel=user, text="This is everything that is kept about you, as JSON, a line a row."
    )
    await client.files_upload_v2(
        content=content, filename=f"{user}.jsonl", title="What is kept about you", channel=posted["channel"]
    )
    return posted


async def erase(ack: Any, respond: Any, incoming: Incoming, services: Services) -> None:
    """Erase what is kept about the person who pressed the button, whoever's button it was."""
    await ack()
    reply = await services.store.run(_erased, services, incoming)
    await respond(**incoming.private(reply), replace_original=False)


def written(db: Database, user: str, services: Services) -> bytes:
    """What is kept about a person, a JSON object a line: the table and the row."""
    rows = ({"table": table, **row} for table, row in persons.exported(db, user, services.seal))
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
