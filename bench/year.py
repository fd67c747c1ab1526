"""A year of reminders, lived through in the local workspace by moving its clock: restarts, limits, faults, outages, DST.

What was promised is checked afterwards against the messages that people got, counted anew without the code that planned
them. The same seed lives the same year.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from holidays import country_holidays
from sqlite_utils import Database

from bot import app as bots
from bot.app import Bot
from bot.delivery import Deliveries
from bot.manifest import manifest
from bot.settings import from_environment
from handlers import agreement_facts, answering, tracking
from handlers.computing import basis
from handlers.reminders import Composed, Reminders
from handlers.tracking import Due
from knowledge import days
from knowledge.refused import Refused
from storage import agreements, deadlines, outbox
from storage.deadlines import Tracked
from workspace import Clock, Server, Workspace, serve
from workspace.faults import Fault
from workspace.records import User

BEGIN = datetime(2026, 11, 2, 7, tzinfo=UTC)
YEAR = timedelta(days=366)
PLACES = ("Europe/Brussels", "Europe/Brussels", "Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Sydney")
COUNTRIES = {
    "Europe/Brussels": "BE",
    "Europe/London": "GB",
    "America/New_York": "US",
    "Asia/Kolkata": "IN",
    "Australia/Sydney": "AU",
}
DAYS = ("payment-due", "delivery-damage", "hardware-return", "defect-claim", "loss-report", "audit-cooperation")
CLOCK = "breach-authority"


@dataclass(frozen=True)
class World:
    """How large the year is and how rough; chances are per delivery round."""

    agreements: int
    deadlines: int
    people: int
    seed: int
    restart: float = 0.05
    crash: float = 0.02
    limit: float = 0.03
    fault: float = 0.03
    outage: float = 0.004
    places: tuple[str, ...] = PLACES


@dataclass
class Lived:
    """What happened: the rounds, what went wrong on purpose, and when each revision of a deadline was done."""

    rounds: int = 0
    restarts: int = 0
    crashes: int = 0
    outages: int = 0
    faults: int = 0
    done: dict[str, datetime] = field(default_factory=dict)


class Killed(BaseException):
    """What ends a process between a message that was sent and the note that it was."""


class Dying(Reminders):
    """A process that is killed right after it has sent something."""

    async def said(self, composed: Composed, place: Mapping[str, Any]) -> None:
        raise Killed


class Year:
    """One simulated year; ``live`` it, then ask what is ``wrong``."""

    def __init__(self, world: World, server: Server, bot: Bot) -> None:
        self.world = world
        self.lived = Lived()
        self._ws, self._bot, self.services = server.workspace, bot, bot.services
        self._chance = random.Random(world.seed)
        self._read: dict[str, int] = defaultdict(int)
        self._sender = self.started()

    async def live(self) -> None:
        """Move through the year from one thing that is due to the next."""
        run, now = self.services.store.run, BEGIN
        self.set(now)
        await self.services.shelf()
        for person in self._people():
            zone = self._ws.users[person].zone
            await run(_know, person, zone, now)
        for number in range(self.world.agreements):
            await run(self._register, number)
        facts = sorted(self._facts(), key=lambda fact: fact[0])
        while now < BEGIN + YEAR:
            while facts and facts[0][0] <= now:
                await run(self._follow, facts.pop(0)[1])
            due = await run(outbox.next_due)
            ahead = [moment for moment in (due, facts[0][0] if facts else None) if moment]
            now = max(now + timedelta(seconds=30), min(ahead, default=BEGIN + YEAR))
            if self._hits(self.world.outage):
                self.lived.outages += 1
                now += timedelta(hours=self._chance.randint(3, 120))
            self.set(now)
            self._ws.log.clear()  # the inspector looks for the cause of each call in all of it
            await self._round()
            await self._answer()
        self.set(BEGIN + YEAR)
        for _ in range(8):  # what Slack refused last is tried once more
            now += timedelta(hours=7)
            self.set(now)
            await self.started().round()

    async def _round(self) -> None:
        self.lived.rounds += 1
        if self._hits(self.world.limit):
            self.lived.faults += 1
            self._ws.faults.add(Fault("chat.postMessage", "ratelimited", 1, self._chance.randint(1, 90)))
        if self._hits(self.world.fault):
            self.lived.faults += 1
            self._ws.faults.add(Fault("chat.postMessage", "internal_error", self._chance.randint(1, 3)))
        if self._hits(self.world.restart):
            self.lived.restarts += 1
            self._sender = self.started()
        if self._hits(self.world.crash):
            self.lived.crashes += 1
            try:
                await bots.sender(self.services, self._bot.app.client, self.services.now, Dying).round()
            except Killed:
                self._sender = self.started()
            return
        await self._sender.round()

    def started(self) -> Deliveries:
        """What a process that was started just now sends with."""
        return bots.sender(self.services, self._bot.app.client, self.services.now)

    async def _answer(self) -> None:
        """People read what came, and answer some of it."""
        for message in self._new():
            for key in _keys(message):
                _, id, _, mark, person = key.split(":")
                if mark.startswith(("tracked", "moved")):
                    continue
                roll = self._chance.random()
                if roll < 0.9:
                    await self.services.store.run(self._act, id, person, roll)

    def _act(self, db: Database, id: str, person: str, roll: float) -> None:
        tracked = deadlines.get(db, id)
        if tracked is None or tracked.state != "open":
            return
        try:
            if roll < 0.12:
                today = self.services.now().date() - timedelta(days=1)
                answering.finish(db, self.services, tracked, tracked.owner, "It was done", today)
                self.lived.done[f"{id}:{tracked.revision}"] = self.services.now()
            else:
                answering.acknowledge(db, self.services, tracked, person)
        except Refused:
            return  # a person who only watches, and tries anyway

    def _register(self, db: Database, number: int) -> None:
        chance, slug = self._chance, f"client-{number}"
        ends = (BEGIN + timedelta(days=chance.randint(20, 340))).date()
        renews = 'renewal = 12\nnotice = "1 months"\n' if chance.random() < 0.3 else ""
        text = (
            f'slug = "{slug}"\nclient = "Client {number}"\nmanager = "{chance.choice(self._people())}"\n'
            f"concluded = 2026-01-15\nends = {ends}\n{renews}"
        )
        agreements.keep(db, slug, f"Client {number}", text, BEGIN, "U0ADMIN")
        stands = basis(db, self.services.shelf_in(db)).agreement(slug)
        assert stands is not None
        agreement_facts.settle(db, self.services, stands, cause="it was registered", by="U0ADMIN")

    def _facts(self) -> Iterator[tuple[datetime, Due]]:
        chance, people = self._chance, self._people()
        for number in range(self.world.deadlines):
            at = BEGIN + timedelta(minutes=chance.randint(0, 320 * 24 * 60))
            clock = chance.random() < 0.03
            kind = CLOCK if clock else chance.choice(DAYS)
            since = at.isoformat(timespec="minutes") if clock else at.date().isoformat()
            watchers = tuple(chance.sample(people, chance.choice((0, 0, 0, 1, 2))))
            slug = "" if clock else f"client-{chance.randrange(self.world.agreements)}"
            owner = chance.choice(people)
            watching = tuple(one for one in watchers if one != owner)
            yield at, Due(f"fact:{number}", kind, {"from": since}, slug, owner, watching, f"Deadline {number}")

    def _follow(self, db: Database, due: Due) -> None:
        tracking.follow(db, self.services, due, cause="it happened", by="U0ADMIN")

    def _people(self) -> list[str]:
        return [f"U0P{number:03}" for number in range(self.world.people)]

    def _hits(self, chance: float) -> bool:
        return self._chance.random() < chance

    async def count(self, sql: str) -> int:
        """A number from the database."""
        return await self.services.store.run(lambda db: int(db.execute(sql).fetchone()[0]))

    def messages(self) -> int:
        """How many messages people got."""
        return sum(len(messages) for messages in self._ws.messages.values())

    def marked(self) -> int:
        """How many of them said that they may be duplicates."""
        told = (str(m.body.get("blocks")) for messages in self._ws.messages.values() for m in messages.values())
        return sum("You may have had this already" in words for words in told)

    def set(self, now: datetime) -> None:
        """Move the clock."""
        self._ws.clock.set(now)

    def _new(self) -> list[Any]:
        """The messages that came since the last look, in the order of their channels."""
        found = []
        for channel, messages in list(self._ws.messages.items()):
            came = list(messages.values())
            found += came[self._read[channel] :]
            self._read[channel] = len(came)
        return found

    # What was promised

    async def wrong(self) -> list[str]:
        """Every promise that was broken, in a sentence each."""
        rows = await self.services.store.run(_letters)
        tracked = {one.id: one for one in await self.services.store.run(_all)}
        messages = [m for channel in self._ws.messages.values() for m in channel.values() if _keys(m)]
        return [
            *self._lost(rows, tracked, messages),
            *self._doubled(messages),
            *self._at_night(messages, tracked),
            *self._too_late(messages),
            *self._unplanned(rows, tracked),
        ]

    def _lost(self, rows: Sequence[Any], tracked: Mapping[str, Tracked], messages: Sequence[Any]) -> Iterator[str]:
        seen = {key for message in messages for key in _keys(message)}
        for key, state, due in rows:
            if state == "failed":
                yield f"{key} ended as failed"
            if state == "sent" and key not in seen:
                yield f"{key} counts as sent, and nobody got it"
            if state == "waiting" and due < BEGIN + YEAR - timedelta(days=4):
                yield f"{key} was due on {due} and still waits"

    def _doubled(self, messages: Sequence[Any]) -> Iterator[str]:
        seen: set[str] = set()
        for message in sorted(messages, key=lambda m: float(m.ts)):
            for key in _keys(message):
                if key in seen and "You may have had this already" not in str(message.body["blocks"]):
                    yield f"{key} came twice, unmarked"
                seen.add(key)

    def _at_night(self, messages: Sequence[Any], tracked: Mapping[str, Tracked]) -> Iterator[str]:
        for message in messages:
            clocks = [isinstance(tracked[key.split(":")[1]].due, datetime) for key in _keys(message)]
            reader = next(p for p in self._ws.channels[message.channel].members if p != "U0BOT")
            if not all(clocks) and not _works(self._ws.users[reader].zone, float(message.ts)):
                yield f"{_keys(message)} came to {reader} outside working hours"

    def _too_late(self, messages: Sequence[Any]) -> Iterator[str]:
        for message in messages:
            at = datetime.fromtimestamp(float(message.ts), UTC)
            for key in _keys(message):
                done = self.lived.done.get(":".join(key.split(":")[1:3]))
                if done and at > done + timedelta(seconds=5):
                    yield f"{key} came after it was done"

    def _unplanned(self, rows: Sequence[Any], tracked: Mapping[str, Tracked]) -> Iterator[str]:
        """The days of the lead times, counted here once more: each is a day on which the owner is reminded."""
        planned: dict[str, set[date]] = defaultdict(set)
        for key, state, due in rows:
            _, id, revision, mark, person = key.split(":")
            one = tracked[id]
            if mark.isdecimal() and person == one.owner and int(revision) == one.revision and state != "cancelled":
                planned[id].add(due.astimezone(ZoneInfo(self._ws.users[person].zone)).date())
        for one in tracked.values():
            if isinstance(one.due, datetime) or one.state != "open" or one.revision > 1 or one.last > BEGIN + YEAR:
                continue
            zone = ZoneInfo(self._ws.users[one.owner].zone)
            wanted = {_workday(one.due - timedelta(days=lead), zone.key) for lead in one.leads}
            begun = one.at.astimezone(zone)
            wanted = {day for day in wanted if day > begun.date() or (day == begun.date() and begun.hour < 9)}
            if not wanted <= planned[one.id]:
                yield f"{one.id} due {one.due} misses {sorted(wanted - planned[one.id])}"


async def year(world: World, database: Path) -> tuple[Year, AsyncExitStack]:
    """A workspace full of people, and the bot over it with its own loop stopped."""
    stack = AsyncExitStack()
    clock = Clock()
    workspace = Workspace(manifest=manifest(""), clock=clock)
    for number in range(world.people):
        id = f"U0P{number:03}"
        workspace.users[id] = User(id, f"p{number}", f"Person {number}", world.places[number % len(world.places)])
    server = await serve(workspace, host="127.0.0.1", port=0)
    stack.push_async_callback(server.close)
    environment = {
        "SLACK_BOT_TOKEN": "xoxb-local",
        "SLACK_SIGNING_SECRET": "local-secret",
        "SLACK_API_URL": server.api_url,
        "CLAUSEKEEPER_DATABASE": str(database),
        "CLAUSEKEEPER_ADMINS": "U0P000",
    }
    numbers = random.Random(world.seed + 1)
    bot = bots.build(
        from_environment(environment, database.parent), clock.now, lambda: f"{numbers.getrandbits(48):012x}"
    )
    await bot.open()
    stack.push_async_callback(bot.close)
    await bot.deliveries.stop()
    return Year(replace(world), server, bot), stack


def _keys(message: Any) -> list[str]:
    payload = (message.body.get("metadata") or {}).get("event_payload") or {}
    return list(payload.get("keys", ()))


def _letters(db: Database) -> list[tuple[str, str, datetime]]:
    rows = db.execute("select key, state, due from outbox where method = 'reminder'").fetchall()
    return [(key, state, datetime.fromisoformat(due)) for key, state, due in rows]


def _all(db: Database) -> list[Tracked]:
    ids = [row[0] for row in db.execute("select id from deadlines order by id")]
    return [one for id in ids if (one := deadlines.get(db, id))]


def _know(db: Database, person: str, zone: str, at: datetime) -> None:
    from storage import people  # noqa: PLC0415

    people.look_at(db, person, zone=zone, bot=False, gone=False, at=at)


_HOLIDAYS = {code: country_holidays(code, years=range(2026, 2029)) for code in COUNTRIES.values()}


def _free(day: date, zone: str) -> bool:
    return day.weekday() >= days.WEEK - 2 or day in _HOLIDAYS[COUNTRIES[zone]]


def _works(zone: str, instant: float) -> bool:
    here = datetime.fromtimestamp(instant, ZoneInfo(zone))
    return not _free(here.date(), zone) and 9 <= here.hour < 17


def _workday(day: date, zone: str) -> date:
    while _free(day, zone):
        day -= timedelta(days=1)
    return day
