"""The bot's process killed at random moments, again and again: whatever it acknowledged must be there, and nothing half.

Run with ``python -m bench.crash --kills 500 [--mode serve|migrate|backup]``; prints JSON, and exits with 1 where anything is
broken. ``serve`` drives commands, messages, forms and repeated deliveries against the local workspace; ``migrate`` kills the
command that brings an old database up to date; ``backup`` the one that copies a database in use.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientSession

from bench.crash_commands import backup_and_kill, killable, migrate_and_kill, unsound
from bench.driving import LOOPBACK, command, environment, free_port, line, slack
from bot import app as bots
from bot.desk import new_id
from bot.settings import from_environment
from storage import audit
from storage.database import connect
from workspace import Server

PEOPLE = 6
DIRECT = "D0ANNA"
THREAD = ["1.1"]
SOON = 0.5
EVERY = 50
# Letters that a killed process had in hand are free again after their lease; pictures come after answers.
LATER = timedelta(hours=12)


class Kind(IntEnum):
    """What an input is by its number, as far as it is judged by itself."""

    AGREEMENT = 3
    DEADLINE = 5


KINDS = 6


@dataclass
class Input:
    """Something a person did: the delivery with its number, and whether the bot said that it took it."""

    number: int
    key: str
    body: bytes
    taken: bool = False
    reply: Any = None


@dataclass
class Told:
    """What the people remember, and when the process was killed."""

    inputs: list[Input] = field(default_factory=list)
    kills: list[float] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    taken: int = 0


def asked(number: int) -> Input:
    """The next thing that somebody does: a command with its answer, a message, a form, an agreement, a deadline of which
    somebody else is told at once.
    """
    match number % KINDS:
        case 0:
            trigger = f"t{number}"
            return Input(
                number, f"command:{trigger}", command("/ask", f"may a client cancel? n{number}n", trigger=trigger)
            )
        case 1:
            given = f"cancellation performance=2026-12-04 cancelled=2026-12-02 fee={10_000 + number}"
            return Input(number, f"command:t{number}", command("/fee", given, trigger=f"t{number}", channel=DIRECT))
        case 2:
            event = {"type": "message", "channel": DIRECT, "channel_type": "im", "user": "U0ANNA", "ts": THREAD[0]}
            said = event | {"text": f"may a client cancel? n{number}n"}
            body = {"type": "event_callback", "event_id": f"E{number}", "team_id": "T0LOCAL", "api_app_id": "A0LOCAL"}
            who = {"authorizations": [{"team_id": "T0LOCAL", "user_id": "U0BOT", "is_bot": True}]}
            return Input(number, f"event:E{number}", json.dumps(body | who | {"event": said}).encode())
        case Kind.AGREEMENT:
            texts = {"slug": f"n{number}n", "client": f"Client n{number}n", "country": "BE", "zone": "Europe/Brussels"}
            metadata = {"slug": "", "channel": "D0MARIE"}
            return Input(number, f"view:V{number}:1", _form(number, "agreement", "U0MARIE", metadata, texts))
        case Kind.DEADLINE:
            # Hours, so that its owner is told at any time of the day.
            since = datetime.now(UTC).isoformat(timespec="minutes")
            words = f"track breach-authority from={since} title=n{number}n owner=<@U0RAVI|ravi>"
            return Input(
                number, f"command:t{number}", command("/deadline", words, trigger=f"t{number}", channel=DIRECT)
            )
        case _:
            texts = {"performance": "2026-12-04", "cancelled": "2026-12-02", "fee": str(10_000 + number)}
            metadata = {"family": "fee", "kind": "cancellation", "channel": DIRECT, "against": ""}
            return Input(number, f"view:V{number}:1", _form(number, "compute", "U0ANNA", metadata, texts))


def _form(number: int, callback: str, user: str, metadata: Mapping[str, str], texts: Mapping[str, str]) -> bytes:
    values = {name: {name: {"type": "plain_text_input", "value": text}} for name, text in texts.items()}
    view = {
        "id": f"V{number}",
        "type": "modal",
        "hash": "1",
        "callback_id": callback,
        "private_metadata": json.dumps(metadata),
        "blocks": [],
    }
    payload = {
        "type": "view_submission",
        "user": {"id": user},
        "team": {"id": "T0LOCAL"},
        "view": view | {"state": {"values": values}},
    }
    return urlencode({"payload": json.dumps(payload)}).encode()


async def do(over: Any, given: Input, told: Told) -> None:
    """Bring an input to the bot; where it was taken before, the same reply must come."""
    status, answer = await over.ask(given.body)
    if status != 200 or b"went wrong" in answer or b'"errors"' in answer:
        told.wrong.append(f"input {given.number} was answered {status} {answer[:200]!r}")
        return
    reply = json.loads(answer) if answer else {}
    if given.taken and reply != given.reply:
        told.wrong.append(f"input {given.number} got another reply the second time")
    given.taken, given.reply = True, reply
    told.taken += 1


async def person(port: int, told: Told, next_number: Callable[[], int], chance: random.Random) -> None:
    """Do one thing after the other until the connection breaks; now and then Slack delivers an earlier thing again."""
    with suppress(OSError, asyncio.IncompleteReadError):
        async with line(port) as over:
            while True:
                if told.inputs and chance.random() < 0.2:
                    given = chance.choice(told.inputs[-50:])
                else:
                    given = asked(next_number())
                    told.inputs.append(given)
                await do(over, given, told)


async def listening(port: int, process: multiprocessing.process.BaseProcess) -> None:
    """Wait until the process takes connections. RuntimeError where it ended."""
    while process.is_alive():
        with suppress(OSError):
            async with line(port):
                return
        await asyncio.sleep(0.005)
    raise RuntimeError(f"the process ended by itself with {process.exitcode}")


async def answered(told: Told, process: multiprocessing.process.BaseProcess) -> None:
    """Wait until the process has answered something new."""
    before = told.taken
    while process.is_alive():
        await asyncio.sleep(0.005)
        if told.taken > before:
            return


async def serve_and_kill(kills: int, folder: Path, port: int, chance: random.Random) -> dict[str, Any]:
    """Kill the serving process at random moments, and judge what is left."""
    database, told, count = folder / "bot.db", Told(), iter(range(1, 10_000_000))
    async with slack(f"http://{LOOPBACK}:1/") as server:
        settings = {k: v for k, v in environment(server.api_url, port, database).items() if k not in os.environ}
        settings |= {
            "PORT": str(port),
            "CLAUSEKEEPER_DATABASE": str(database),
            "CLAUSEKEEPER_ADMINS": "U0ADMIN,U0MARIE",
        }
        THREAD[0] = await something_said(server)
        for number in range(1, kills + 1):
            process = killable(settings, folder / "serve.log", "serve")
            process.start()
            told.starts.append(time.time())
            people: list[asyncio.Task[None]] = []
            try:
                # Now and then the process dies while it starts.
                if chance.random() < 0.9:
                    await listening(port, process)
                    people = [asyncio.create_task(person(port, told, count.__next__, chance)) for _ in range(PEOPLE)]
                    if chance.random() < 0.9:
                        await answered(told, process)
                await asyncio.sleep(chance.uniform(0.0, SOON))
            finally:
                process.kill()
            told.kills.append(time.time())
            await asyncio.gather(*people)
            await asyncio.to_thread(process.join)
            if number % EVERY == 0:
                told.wrong += [f"after {number} kills: {problem}" for problem in unsound(database)]
        await say_what_is_owed(database, server, settings)
        return judged(database, server, told)


async def something_said(server: Server) -> str:
    """The ts of a message, in whose thread the bot can answer."""
    said = {"user": "U0ANNA", "channel": DIRECT, "text": "hello"}
    async with ClientSession() as session, session.post(f"{server.url}/_control/message", json=said) as answer:
        return str((await answer.json())["message"]["ts"])


async def say_what_is_owed(database: Path, server: Server, settings: Mapping[str, str]) -> None:
    """Start once more, later, and let everything go out that is owed."""
    given = from_environment({**os.environ, **settings, "SLACK_API_URL": server.api_url})
    bot = bots.build(given, lambda: datetime.now(UTC) + LATER, new_id)
    try:
        await bot.services.store.open()
        await bot.services.shelf()
        while await bot.deliveries.round():
            pass
    finally:
        await bot.close()


def judged(database: Path, server: Server, told: Told) -> dict[str, Any]:
    """Every input held against every row and every message."""
    wrong = told.wrong + unsound(database)
    with closing(connect(database)) as db:
        replies = {key: json.loads(reply) for key, reply in db.execute("select key, reply from deliveries")}
        answers = {id for (id,) in db.execute("select id from audit")}
        contents = Counter(_numbers(text for (text,) in db.execute("select content from contents")))
        agreements = Counter(slug for (slug,) in db.execute("select slug from agreements"))
        tracked = dict(db.execute("select title, id from deadlines").fetchall())
        letters = {key: (state, error) for key, state, error in db.execute("select key, state, error from outbox")}
        entries = audit.count(db)
    posted = Counter[str]()
    times: dict[str, list[float]] = {}
    for messages in server.workspace.messages.values():
        for message in messages.values():
            for number in _numbers([json.dumps(message.body)]):
                posted[number] += 1
                times.setdefault(number, []).append(float(message.ts))
    # Either the reply to a delivery is kept, or it is made anew from the answer that the delivery brought about.
    recorded = {i.key for i in told.inputs if i.key in replies or audit.id_of(i.key) in answers}
    lost = [i.number for i in told.inputs if i.taken and i.key not in recorded]
    different = [i.number for i in told.inputs if i.taken and replies.get(i.key, i.reply) != i.reply]
    half = []
    twice = 0
    for given in told.inputs:
        number, kept = f"{given.number}", given.key in recorded
        owes = given.key.startswith(("event:", "view:"))
        kind = given.number % KINDS
        # Of each what it should have, and whether it has: all of it where the delivery is on record, else nothing.
        states = [contents[number] == (1 if kept and kind != Kind.DEADLINE else 0)]
        states.append((f"n{number}n" in tracked) == (kept and kind == Kind.DEADLINE))
        states.append(agreements[f"n{number}n"] == (1 if kept and kind == Kind.AGREEMENT else 0))
        states.append((given.key in letters) == (kept and owes))
        if not all(states):
            half.append(given.number)
        if owes and kept:
            if letters.get(given.key, ("", ""))[0] != "sent" or not posted[number]:
                wrong.append(f"the letter of input {number} was never said: {letters.get(given.key)}")
            elif posted[number] > 1:
                twice += posted[number] - 1
                wrong += _unexplained(number, times[number], told.kills)
        elif owes and posted[number]:
            wrong.append(f"input {number} was answered and is not on record")
        elif kept and kind == Kind.DEADLINE:
            wrong += _unsaid(number, tracked.get(f"n{number}n"), letters, posted)
    return {
        "mode": "serve",
        "kills": len(told.kills),
        "inputs": len(told.inputs),
        "acknowledged": sum(i.taken for i in told.inputs),
        "acknowledged_and_lost": len(lost),
        "acknowledged_with_another_reply": len(different),
        "half_states": len(half),
        "audit_entries": entries,
        "letters": len(letters),
        "letters_said_twice": twice,
        "wrong": [*(f"half: {n}" for n in half[:10]), *(f"lost: {n}" for n in lost[:10]), *wrong[:20]],
    }


def _unsaid(number: str, id: str | None, letters: Mapping[str, tuple[str, str]], posted: Counter[str]) -> list[str]:
    """The owner of a tracked deadline was told of it, and is reminded of it when the time comes; else what is wrong."""
    about = {key: state for key, (state, _) in letters.items() if key.startswith(f"remind:{id}:")}
    told = [state for key, state in about.items() if ":tracked-" in key]
    if told == ["sent"] and posted[number] and "waiting" in about.values() and "failed" not in about.values():
        return []
    return [f"the owner of the deadline of input {number} was not told, or will not be reminded: {about}"]


def _unexplained(number: str, times: list[float], kills: list[float]) -> list[str]:
    """Between two copies of a letter there must have been a kill: only then may one be said again."""
    pairs = zip(sorted(times), sorted(times)[1:], strict=False)
    return [
        f"the letter of input {number} was said twice without a kill between"
        for first, second in pairs
        if not any(first - 0.05 <= kill <= second for kill in kills)
    ]


def _numbers(texts: Any) -> list[str]:
    """The numbers of the inputs that texts are about, each text once."""
    found: list[str] = []
    for text in texts:
        marks = {m[1] for m in re.finditer(r"\bn(\d+)n\b", text)}
        marks |= {str(int(m[1].replace(",", "")) - 10_000) for m in re.finditer(r'"fee": ?"?(1\d{4})\b', text)}
        marks |= {
            str(int(m[1].replace(",", "")) - 10_000)
            for m in re.finditer(r"Fee[^:\"]{0,30}: (?:EUR )?(1\d,?\d{3})\b", text)
        }
        found += marks
    return found


def run(mode: str, kills: int, folder: Path, port: int, seed: int) -> dict[str, Any]:
    """Kill as often as told, and say what was found."""
    chance = random.Random(seed)
    began = time.perf_counter()
    if mode == "serve":
        found = asyncio.run(serve_and_kill(kills, folder, port, chance))
    else:
        found = (migrate_and_kill if mode == "migrate" else backup_and_kill)(kills, folder, chance)
    return found | {"seed": seed, "seconds": round(time.perf_counter() - began, 1)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--mode", choices=["serve", "migrate", "backup"], default="serve")
    parser.add_argument("--port", type=int, default=0, help="0 for any that is free")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        result = run(given.mode, given.kills, Path(scratch), given.port or free_port(), given.seed)
    print(json.dumps(result, indent=1))
    sys.exit(1 if result["wrong"] else 0)
