"""What tests about data breaches share: the sample agreements, a report, waiting for a room to be as it should."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from bot.samples import add_samples
from storage import incidents
from storage.sealing import Seal
from tests.house import KEY, House, Json, shown
from tests.signing import deliver

ONE = "INC-2026-001"
HOUR = 3600
SECRET = "Jo Janssens wrote to the wrong Peeters"
FIRST: Json = {"happened": SECRET, "clients": ["acme"]}
PEOPLE: Json = {
    "people_min": "10",
    "people_max": "40",
    "groups": "Employees",
    "data_types": ["contact", "identity"],
    "protected": "no",
    "records": "40",
}


async def samples(home: House) -> None:
    """The two sample agreements; Marie is the manager of both."""
    services = home.bot.services
    await services.store.run(add_samples, await services.shelf(), services.now(), "sample")


async def view(home: House, user: str) -> Json:
    """The topmost modal of a person."""
    found: Json = (await home.get("views", user=user))["views"][-1]
    return found


async def report(home: House, user: str = "U0RAVI", words: str = "", **values: Any) -> Json:
    """Fill in the first form and send it; what the person then sees."""
    await home.command(user, "/breach", words)
    return await home.post("submit", user=user, values=FIRST | values)


async def press(home: House, user: str, number: str, name: str) -> Json:
    """Press one of the buttons of an incident, as it is shown to this person alone; the form that opens."""
    await home.command(user, "/breach", number, channel=f"D0{user[2:]}")
    message = (await home.seen(user, f"D0{user[2:]}"))[-1]
    await home.click(user, message, f"D0{user[2:]}", f"breach_{name}")
    return await view(home, user)


async def fill(home: House, user: str, number: str, name: str, **values: Any) -> Json:
    """Open a small form of an incident and send it; {"closed": true}, or the errors under its fields."""
    await press(home, user, number, name)
    return await home.post("submit", user=user, values=values)


async def steps(home: House, user: str, number: str, *pages: Json) -> Json:
    """Answer the pages of questions in turn, from the first that lacks something; what the last one gave."""
    await press(home, user, number, "answers")
    answer: Json = {}
    for values in pages:
        answer = await home.post("submit", user=user, values=values)
        assert "errors" not in answer, answer
    return answer


def channel_name(number: str) -> str:
    """How the channel of an incident is called: its number, and a mark that nobody can guess without the key."""
    return f"{number.lower()}-{Seal([KEY]).marks(number)[0]}"


async def room(home: House, number: str, user: str = "U0RAVI") -> str:
    """The channel of an incident once a person is in it, waited for."""
    while True:
        change = asyncio.ensure_future(home._change())
        found = [c.id for c in home.workspace.channels.values() if c.name == channel_name(number) and user in c.members]
        if found:
            change.cancel()
            return found[0]
        await change


async def until(home: House, user: str, channel: str, fits: Callable[[Json], bool]) -> Json:
    """The first message that fits, as one person sees the channel, waited for."""
    while True:
        change = asyncio.ensure_future(home._change())
        found = [message for message in await home.seen(user, channel) if fits(message)]
        if found:
            change.cancel()
            return found[0]
        await change


async def summary(home: House, number: str, words: str, user: str = "U0RAVI") -> Json:
    """The summary in an incident's channel once it shows these words."""
    channel = await room(home, number, user)
    return await until(home, user, channel, lambda message: words in shown(message))


async def sql(home: House, query: str) -> list[Any]:
    """Rows of the bot's database."""
    found: list[Any] = await home.bot.services.store.run(lambda db: db.execute(query).fetchall())
    return found


def minute(home: House, later: int = 0) -> str:
    """The minute in which the bot is, or one some minutes later, as a picker of times gives it."""
    now = home.bot.services.now().replace(second=0, microsecond=0)
    return (now + timedelta(minutes=later)).isoformat()


async def whole(home: House, number: str = "INC-2026-001", user: str = "U0RAVI") -> None:
    """Answer everything that the clauses require."""
    await press(home, user, number, "answers")
    now = minute(home)
    for values in (
        {"event_from": now, "detected_at": now},
        {"cause": "A wrong address", "kinds": ["confidentiality"]},
        PEOPLE,
        {"consequences": "Unwanted mail", "measures_taken": "The recipient deleted it"},
        {"contact": "The service desk", "dpo": "dpo@itq.example"},
    ):
        answer = await home.post("submit", user=user, values=values)
        assert "errors" not in answer, answer


async def record(home: House, number: str = ONE) -> dict[str, Any]:
    """The record of an incident as it is kept."""
    seal = home.bot.services.seal
    assert seal
    kept = await home.bot.services.store.run(incidents.get, seal, number)
    assert kept
    return dict(kept.record)


async def pressed_by(home: House, user: str, action: str, number: str) -> str:
    """What a person is told who presses a button with a number that was never offered to them."""
    button = {"type": "button", "action_id": action, "block_id": "b", "value": number}
    body = {
        "type": "block_actions",
        "user": {"id": user},
        "channel": {"id": "C0GENERAL"},
        "container": {"type": "message"},
        "trigger_id": f"{action}.{number}",
        "team": {"id": "T0LOCAL"},
        "actions": [button],
    }
    before = len(await home.seen(user, "C0GENERAL"))
    await deliver(home, urlencode({"payload": json.dumps(body)}).encode())
    seen = await home.seen(user, "C0GENERAL")
    return str(seen[before]["text"])


async def sent_by(home: House, user: str, page: str, number: str) -> str:
    """What a person is told who sends a form about a number."""
    memory = json.dumps({"page": page, "number": number, "drill": False, "source": ""})
    inputs = [{"type": "input", "block_id": "words"}]
    form = {
        "id": f"V{page}{number}",
        "callback_id": f"breach_{page}",
        "private_metadata": memory,
        "blocks": inputs,
        "state": {"values": {}},
        "type": "modal",
    }
    body = {"type": "view_submission", "user": {"id": user}, "team": {"id": "T0LOCAL"}, "view": form}
    return (await deliver(home, urlencode({"payload": json.dumps(body)}).encode()))[1]
