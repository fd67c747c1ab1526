"""What the tests of kept deadlines share: an agreement on a Monday morning, reminders as people see them, buttons."""

from __future__ import annotations

from typing import Any

import pytest
from sqlite_utils import Database

from bot import app as bots
from handlers import tracking
from handlers.tracking import Due
from storage import agreements, deadlines
from tests.house import House, Json, buttons, shown

NOW = "2026-11-02T09:30:00+01:00"  # a Monday


ACME = """
slug = "acme"
client = "Acme NV"
manager = "U0ANNA"
country = "BE"
concluded = 2026-01-15
"""


def register(db: Database, home: House, text: str) -> None:
    agreements.keep(db, "acme", "Acme NV", text, home.bot.services.now(), "U0ADMIN")


def payment(key: str = "payment-due:INV-1", since: str = "2026-11-02", **more: Any) -> Due:
    told = {"agreement": "acme", "owner": "U0MARIE", "watchers": (), "title": "Invoice INV-1 is paid"} | more
    return Due(key, "payment-due", {"from": since}, **told)


async def follow(home: House, due: Due, cause: str = "invoice INV-1 was sent") -> str:
    services = home.bot.services
    await services.shelf()
    return await services.store.run(tracking.follow, services, due, cause=cause, by="U0ADMIN")


async def deliver(home: House) -> None:
    """Say everything that is due, as a process does that was started just now."""
    services = home.bot.services
    sending = bots.sender(services, home.bot.app.client, services.now)
    while await sending.round():
        pass


async def at(home: House, instant: str) -> None:
    """Move the clock, and say everything that is due then."""
    await home.post("clock", now=instant)
    await deliver(home)


async def reminders(home: House, user: str) -> list[str]:
    told = [shown(message) for message in await home.seen(user, user.replace("U0", "D0"))]
    return [words for words in told if not words.startswith("Your deadlines on")]


async def digests(home: House, user: str) -> list[str]:
    told = [shown(message) for message in await home.seen(user, user.replace("U0", "D0"))]
    return [words for words in told if words.startswith("Your deadlines on")]


@pytest.fixture
async def acme(home_http: House) -> House:
    """A Monday morning with an agreement; letters go out when the test says so."""
    await home_http.bot.deliveries.stop()
    await home_http.post("clock", now=NOW)
    await home_http.bot.services.store.run(register, home_http, ACME)
    return home_http


async def view_of(home: House, user: str) -> Json:
    view: Json = (await home.get("views", user=user))["views"][-1]
    return view


async def press(home: House, user: str, verb: str, *, last: bool = True) -> Json:
    """Press a button of the latest reminder to a person; the answer."""
    seen = [m for m in await home.seen(user, user.replace("U0", "D0")) if any(_is(b, verb) for b in buttons(m))]
    message = seen[-1]
    return await home.click(user, message, user.replace("U0", "D0"), f"deadline_{verb}")


def _is(button: Json, verb: str) -> bool:
    return bool(button["action_id"] == f"deadline_{verb}")


async def fill(home: House, user: str, **values: Any) -> Json:
    view = await view_of(home, user)
    return await home.post("submit", user=user, view_id=view["id"], values=values)


async def reminded(home: House) -> str:
    """A deadline of Marie's, of which she is reminded a fortnight before."""
    id = await follow(home, payment())
    await deliver(home)
    await at(home, "2026-11-18T09:00:01+01:00")
    return id


async def stands(home: House, id: str) -> deadlines.Tracked:
    tracked = await home.bot.services.store.run(deadlines.get, id)
    assert tracked is not None
    return tracked


async def _all(home: House) -> list[Json]:
    seen = [m for user in ("U0MARIE", "U0RAVI", "U0ANNA") for m in await home.seen(user, user.replace("U0", "D0"))]
    return [m for m in seen if m.get("metadata")]


def clock(**more: Any) -> Due:
    told = {"agreement": "", "owner": "U0MARIE", "watchers": (), "title": "The authority is told"} | more
    return Due("asked:clock", "breach-authority", {"from": "2026-11-02T09:00:00+01:00"}, **told)


async def keys(home: House) -> list[str]:
    seen = []
    for user in ("U0MARIE", "U0RAVI", "U0ANNA", "U0ADMIN"):
        seen += [m for m in await home.seen(user, user.replace("U0", "D0")) if m.get("metadata")]
    return [key for message in seen for key in message["metadata"]["event_payload"]["keys"]]
