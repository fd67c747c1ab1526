"""What people do with rented Hardware in Slack, in a line each, for tests."""

from __future__ import annotations

import asyncio
import base64
import io
from typing import Any

from PIL import Image

from knowledge import hardware
from knowledge.hardware import Happened
from storage import agreements
from storage import hardware as kept
from tests.bot.test_fees import view_of
from tests.house import House

ANNA, MARIE, RAVI = "U0ANNA", "U0MARIE", "U0RAVI"


def picture(colour: str, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, kind)
    return out.getvalue()


async def at_noon(home: House, day: str) -> None:
    await home.post("clock", now=f"{day}T12:00:00+01:00")


async def agree(home: House, slug: str = "acme", ends: str = "2026-10-31", manager: str = MARIE) -> None:
    text = f'slug = "{slug}"\nclient = "{slug.title()} <NV>"\nmanager = "{manager}"\ncountry = "BE"\n'
    text += "concluded = 2025-11-01\n" + (f"ends = {ends}\n" if ends else "")
    now = home.bot.services.now()
    await home.bot.services.store.run(agreements.keep, slug, f"{slug.title()} <NV>", text, now, "test")


async def fill(home: House, user: str, command: str, /, **values: Any) -> dict[str, Any]:
    """Open a form by command and send it."""
    ack = await home.command(user, "/hardware", command)
    assert ack == {}, ack
    view = await view_of(home, user)
    return await home.post("submit", user=user, view_id=view["id"], values=values)


async def add(home: House, *tags: str, agreement: str = "acme", **more: Any) -> None:
    values = {"tags": "\n".join(tags), "description": "Laptop 14", "agreement": agreement, "fee": "300"} | more
    answer = await fill(home, ANNA, "add", **values)
    assert answer == {"closed": True}, answer


async def tell(home: House, command: str, /, *, user: str = ANNA, **values: Any) -> None:
    answer = await fill(home, user, command, **values)
    assert answer == {"closed": True}, answer


async def out(home: House, *tags: str, **more: Any) -> None:
    """Items with Acme since November 2025, whose agreement ended on 31 October 2026."""
    await agree(home)
    await at_noon(home, "2025-11-03")
    await add(home, *tags, **more)
    await tell(home, f"deliver {' '.join(tags)}", on="2025-11-03", holder=ANNA)


async def run(home: House, work: Any, *args: Any) -> Any:
    return await home.bot.services.store.run(work, *args)


async def upload(home: House, user: str, name: str, content: bytes) -> str:
    """The id of a file that a person gives in a form."""
    answer = await home.post("upload", user=user, name=name, content=base64.b64encode(content).decode())
    return str(answer["file"]["id"])


async def handed(home: House, user: str, channel: str, name: str) -> bytes:
    """The bytes of a file that the bot handed over, waited for."""
    while True:
        # Listening starts before looking, so that no change falls in between.
        change = asyncio.ensure_future(home._change())
        files = [file for message in await home.seen(user, channel) for file in message.get("files", [])]
        found = [home.workspace.files[file["id"]].content for file in files if file["name"] == name]
        if found:
            change.cancel()
            return found[0]
        await change


async def facts(home: House, tag: str) -> hardware.Item:
    return hardware.of_data(await run(home, kept.get, tag))


async def holds(home: House, tag: str) -> None:
    """What is kept of an item is what its events say."""
    events = await run(home, kept.events, tag)
    assert hardware.folded([Happened(e.kind, e.on, e.data) for e in events]) == await facts(home, tag)
