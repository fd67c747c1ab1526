"""A year of reminders, lived through in the local workspace by moving its clock: restarts, limits, faults, outages, DST.

Facts change, people watch and watch no more, answer, snooze, go away. What was promised is checked afterwards
(``bench.promises``) against the messages that people got. The same seed meets about the same year: real seconds count, too.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from bench.promises import NEVER, Got, Record, Stage, broken
from bot import app as bots
from bot.app import Bot
from bot.delivery import Deliveries
from bot.manifest import manifest
from bot.settings import from_environment
from handlers import agreement_facts, answering, tracking
from handlers.computing import basis
from handlers.reminders import Composed, Reminders
from handlers.tracking import Due
from knowledge.refused import Refused
from storage import agreements, deadlines, outbox, people
from storage.audit import Entry
from storage.deadlines import Tracked
from storage.outbox import Waiting
from storage.people import Absence
from storage.store import Store
from workspace import Clock, Server, Workspace, serve
from workspace.faults import Fault
from workspace.records import User

BEGIN = datetime(2026, 11, 2, 7, tzinfo=UTC)
YEAR = timedelta(days=366)
PLACES = (
    *("Europe/Brussels", "Europe/Brussels", "Europe/London", "America/New_York"),
    *("Asia/Kolkata", "Australia/Sydney", "Asia/Jerusalem"),
)
DAYS = ("payment-due", "delivery-damage", "hardware-return", "defect-claim", "loss-report", "audit-cooperation")
CLOCK = "breach-authority"
LEFT = timedelta(days=12)
"""What is younger than this at the year's end may still wait."""
SNOOZES = ("Later today", "Tomorrow", "Next Working Day")


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
    lost: float = 0.01
    outage: float = 0.004
    places: tuple[str, ...] = PLACES


@dataclass
class Lived:
    """What happened: the rounds, what went wrong on purpose, and how many deadlines were done."""

    rounds: int = 0
    restarts: int = 0
    crashes: int = 0
    outages: int = 0
    faults: int = 0
    done: int = 0


class Killed(BaseException):
    """What ends a process between a message that was sent and the note that it was."""


class Dying(Reminders):
    """A process that is killed right after it has sent something."""

    async def said(self, composed: Composed, place: Mapping[str, Any]) -> None:
        raise Killed


class DyingEarlier(Reminders):
    """A process that is killed when it is about to send something."""

    async def compose(self, letters: Sequence[Waiting]) -> Composed | None:
        raise Killed


class Year:
    """One simulated year; ``live`` it, then ask what is ``wrong``."""

    def __init__(self, world: World, server: Server, bot: Bot) -> None:
        self.world = world
        self.lived = Lived()
        self.record = Record(admins=("U0P000",), ends=BEGIN + YEAR)
        self._ws, self._bot, self.services = server.workspace, bot, bot.services
        self._chance = random.Random(world.seed)
        self._read: dict[str, int] = defaultdict(int)
        self._watchers: dict[str, list[tuple[datetime, tuple[str, ...]]]] = defaultdict(list)
        self._managers: dict[str, str] = {}
        self._sender = self.started()

    async def live(self) -> None:
        """Move through the year from one thing that is due to the next."""
        now = BEGIN
        self.set(now)
        await self.services.shelf()
        for person in self._people():
            zone = self.record.zones[person] = self._ws.users[person].zone
            await self.services.store.run(_know, person, zone, now)
        for number in range(self.world.agreements):
            await self.services.store.run(self._register, number)
        await self._absences()
        facts = sorted(self._facts(), key=lambda fact: fact[0])
        while now < BEGIN + YEAR:
            while facts and facts[0][0] <= now:
                await self.services.store.run(self._follow, facts.pop(0)[1])
            due = await self.services.store.run(outbox.next_due)
            ahead = [moment for moment in (due, facts[0][0] if facts else None) if moment]
            before, now = now, max(now + timedelta(seconds=30), min(ahead, default=BEGIN + YEAR))
            if self._hits(self.world.outage):
                self.lived.outages += 1
                now += timedelta(hours=self._chance.randint(3, 120))
                self.record.trouble.append((before, now))
            self.set(now)
            self._ws.log.clear()  # the inspector looks for the cause of each call in all of it
            await self._round()
            await self._answer()
        self.set(BEGIN + YEAR)
        for _ in range(8):  # what Slack refused last is tried once more
            now += timedelta(hours=7)
            self.set(now)
            await self.started().round()
        self._new()

    async def _round(self) -> None:
        self.lived.rounds += 1
        world = self.world
        chances = {"ratelimited": world.limit, "internal_error": world.fault, "disconnect": world.lost}
        for error, chance in chances.items():
            if self._hits(chance):
                self.lived.faults += 1
                method = "users.info" if error == "ratelimited" and self._hits(0.2) else "chat.postMessage"
                self._ws.faults.add(Fault(method, error, self._chance.randint(1, 3), self._chance.randint(1, 90)))
        if self._ws.faults.to_json():
            self._trouble(timedelta(hours=2))
        if self._hits(self.world.restart):
            self.lived.restarts += 1
            await self._restart()
        if self._hits(self.world.crash):
            self.lived.crashes += 1
            self._trouble(timedelta(minutes=5))
            dying = self._chance.choice((Dying, DyingEarlier))
            try:
                await bots.sender(self.services, self._bot.app.client, self.services.now, dying).round()
            except Killed:
                await self._restart()
            return
        await self._sender.round()

    def _trouble(self, long: timedelta) -> None:
        now = self.services.now()
        self.record.trouble.append((now - timedelta(seconds=30), now + long))

    async def _restart(self) -> None:
        """Another process takes over the same file."""
        await self.services.store.close()
        self.services.store = Store(self.services.store.path)
        await self.services.store.open()
        self._sender = self.started()

    def started(self) -> Deliveries:
        """What a process that was started just now sends with."""
        return bots.sender(self.services, self._bot.app.client, self.services.now)

    async def _absences(self) -> None:
        """Every other person goes away now and then; those who stand in stay."""
        people_ = self._people()
        for at, person in enumerate(people_[1::2]):
            for _ in range(self._chance.randint(0, 3)):
                first = (BEGIN + timedelta(days=self._chance.randint(3, 350))).date()
                last = first + timedelta(days=self._chance.randint(0, 20))
                substitute = self._chance.choice(people_[0::2])
                absence = Absence(f"{person}-{at}-{first}", person, first, last, substitute)
                if all(last < begin or first > end for begin, end, _ in self.record.away[person]):
                    await self.services.store.run(people.away, absence, BEGIN, person)
                    self.record.away[person].append((first, last, substitute))

    async def _answer(self) -> None:
        """People read what came, and answer some of it; some of it was wrong, and is told anew."""
        for got in self._new():
            for key in got.keys:
                _, id, _, mark, _ = key.split(":")
                if not mark.startswith(("tracked", "moved")):
                    await self.services.store.run(self._act, id, got.reader, self._chance.random())

    def _act(self, db: Database, id: str, reader: str, roll: float) -> None:
        tracked = deadlines.get(db, id)
        if tracked is None or tracked.state != "open" or roll >= 0.6:
            return
        now = self.services.now()
        try:
            if roll < 0.06:
                answering.finish(
                    db, self.services, tracked, tracked.owner, "It was done", now.date() - timedelta(days=1)
                )
                self.lived.done += 1
            elif roll < 0.14:
                answering.snooze(db, self.services, tracked, reader, {"choice": self._chance.choice(SNOOZES)})
            elif roll < 0.18 and tracked.key.startswith("fact:"):
                self._tell_anew(db, tracked)
            else:
                answering.acknowledge(db, self.services, tracked, reader)
        except Refused:
            return  # a person who has nothing to do with it any more, a snooze past the deadline, a day that has passed

    def _tell_anew(self, db: Database, tracked: Tracked) -> None:
        """The fact was another one: other watchers, and perhaps another day."""
        given = dict(tracked.given)
        if self._hits(0.5) and not isinstance(tracked.due, datetime):
            since = date.fromisoformat(str(given["from"])) + timedelta(days=self._chance.randint(1, 9))
            given["from"] = since.isoformat()
        watchers = tuple(p for p in self._chance.sample(self._people(), 2) if p != tracked.owner)
        self._follow(
            db, Due(tracked.key, tracked.kind, given, tracked.agreement, tracked.owner, watchers, tracked.title)
        )

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
        self._managers[slug] = stands.manager
        agreement_facts.settle(db, self.services, stands, cause="it was registered", by="U0ADMIN")

    def _facts(self) -> Iterator[tuple[datetime, Due]]:
        chance, everybody = self._chance, self._people()
        for number in range(self.world.deadlines):
            at = BEGIN + timedelta(minutes=chance.randint(0, 320 * 24 * 60))
            clock = chance.random() < 0.03
            kind = CLOCK if clock else chance.choice(DAYS)
            since = at.isoformat(timespec="minutes") if clock else at.date().isoformat()
            watchers = tuple(chance.sample(everybody, chance.choice((0, 0, 0, 1, 2))))
            slug = "" if clock else f"client-{chance.randrange(self.world.agreements)}"
            owner = chance.choice(everybody)
            watching = tuple(one for one in watchers if one != owner)
            yield at, Due(f"fact:{number}", kind, {"from": since}, slug, owner, watching, f"Deadline {number}")

    def _follow(self, db: Database, due: Due) -> None:
        id = tracking.follow(db, self.services, due, cause="it happened", by="U0ADMIN")
        self._watchers[id].append((self.services.now(), due.watchers))

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

    def _new(self) -> list[Got]:
        """The reminders that came since the last look, in the order of their channels."""
        found = []
        for channel, messages in list(self._ws.messages.items()):
            came = list(messages.values())
            reader = next(person for person in self._ws.channels[channel].members if person != "U0BOT")
            for message in came[self._read[channel] :]:
                if keys := _keys(message):
                    at = datetime.fromtimestamp(float(message.ts), UTC)
                    found.append(Got(reader, at, keys, str(message.body["blocks"])))
            self._read[channel] = len(came)
        self.record.got += found
        return found

    async def wrong(self) -> list[str]:
        """Every promise that was broken, in a sentence each."""
        await self.services.store.run(self._recall)
        seen = {key for got in self.record.got for key in got.keys}
        rows = await self.services.store.run(_letters)
        self.record.taken_back = frozenset(key for key, state, _ in rows if state == "cancelled") & seen
        return [*_lost(rows, seen), *broken(self.record)]

    def _recall(self, db: Database) -> None:
        """What happened to each deadline, from the record."""
        for (id,) in db.execute("select id from deadlines order by id").fetchall():
            tracked = deadlines.get(db, id)
            assert tracked is not None
            for step in deadlines.steps(db, id):
                did, said = step.action.removeprefix("deadline "), step.content
                if did == "acknowledged":
                    self.record.answers[id].append((step.at, said["person"]))
                elif did == "snoozed":
                    self.record.answers[id].append((step.at, said["person"]))
                    self.record.snoozes.append((id, said["person"], step.at, datetime.fromisoformat(said["until"])))
                elif did in ("tracked", "moved", "done", "dropped"):
                    self.record.answers[id].append((step.at, ""))
            self.record.stages += self._stages(tracked, deadlines.steps(db, id))

    def _stages(self, tracked: Tracked, steps: Sequence[Entry]) -> Iterator[Stage]:
        manager = self._managers.get(tracked.agreement, "")
        dues = [(s.at, deadlines.moment(s.content.get("to") or s.content["due"])) for s in steps if _dates(s)]
        ends = {s.at for s in steps if s.action in ("deadline done", "deadline dropped")}
        changes = self._watchers[tracked.id] or [(dues[0][0], ())]
        for revision, ((since, due), (until, _)) in enumerate(pairwise([*dues, (NEVER, date.max)]), 1):
            over = min([until, *(end for end in ends if end >= since)])
            begun = since + timedelta(seconds=1)
            told = [[c for c in changes if c[0] <= begun][-1], *(c for c in changes if begun < c[0] < over)]
            for (begin, watchers), (end, _) in pairwise([*told, (over, ())]):
                watching = tuple(dict.fromkeys(person for person in watchers if person != tracked.owner))
                begins = max(since, begin)
                yield Stage(
                    tracked.id, revision, begins, end, due, tracked.owner, watching, tracked.leads, manager
                )  # fmt: skip


def _dates(step: Entry) -> bool:
    return step.action in ("deadline tracked", "deadline moved")


def _lost(rows: Sequence[tuple[str, str, datetime]], seen: set[str]) -> Iterator[str]:
    for key, state, due in rows:
        if state == "failed":
            yield f"{key} ended as failed"
        if state == "sent" and key not in seen:
            yield f"{key} counts as sent, and nobody got it"
        if state == "waiting" and due < BEGIN + YEAR - LEFT:
            yield f"{key} was due on {due} and still waits"


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


def _keys(message: Any) -> tuple[str, ...]:
    payload = (message.body.get("metadata") or {}).get("event_payload") or {}
    return tuple(key for key in payload.get("keys", ()) if key.startswith("remind:"))


def _letters(db: Database) -> list[tuple[str, str, datetime]]:
    rows = db.execute("select key, state, due from outbox where method = 'reminder'").fetchall()
    return [(key, state, datetime.fromisoformat(due)) for key, state, due in rows]


def _know(db: Database, person: str, zone: str, at: datetime) -> None:
    people.look_at(db, person, zone=zone, bot=False, gone=False, at=at)
