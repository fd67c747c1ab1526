"""Reminders on their way out: to whom each goes now, what it says, and what follows once it was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from handlers import due, people, profiles
from handlers.computing import basis
from handlers.due import Entry, Said
from handlers.services import Services
from handlers.tracking import about, governing_zone, owe, record
from knowledge import reminding
from knowledge.reminding import Hours
from storage import agreements as agreed
from storage import deadlines as kept
from storage import outbox
from storage import people as known
from storage.deadlines import Tracked
from storage.outbox import Waiting

WANT_ANSWER = frozenset({"lead", "again", "escalated", "snoozed", "passed"})
TOLD = frozenset({"moved", "tracked", "stuck", "handed over"})


@dataclass(frozen=True)
class Composed:
    """A message with reminders, and the places to try one after the other until one takes it.

    ``letters`` are those that it says. ``direct`` says that it goes to the person or their substitute.
    """

    letters: tuple[Waiting, ...]
    places: tuple[str, ...]
    message: Mapping[str, Any]
    direct: bool


@dataclass(frozen=True)
class _Reader:
    """Who reads the reminders to a person now: the person, or who stands in; nobody where none can be reached."""

    id: str
    why: str
    hours: Hours


class Reminders:
    """What the outbox loop needs in order to say reminders together."""

    def __init__(self, services: Services, client: Any) -> None:
        self._services = services
        self._client = client

    async def compose(self, letters: Sequence[Waiting]) -> Composed | None:
        """The message that says these letters to their person now; None where there is nothing to say at this moment.

        What is moot is dropped, and what would come outside the reader's working hours is put off to them.
        """
        to = str(letters[0].letter.arguments["person"])
        reader = await self._reader(to)
        return await self._services.store.run(_compose, self._services, to, reader, letters)

    async def said(self, composed: Composed, place: Mapping[str, Any]) -> None:
        """Keep that a message was said, and owe what follows if nobody answers."""
        await self._services.store.run(_said, self._services, composed, place)

    async def unreached(self, composed: Composed, refused: Mapping[str, str]) -> bool:
        """No place took a message. A person who cannot be reached is passed over from now on, and what they were to read
        goes elsewhere at once; False where there is nowhere left.
        """
        if not composed.direct:
            return False
        await self._services.store.run(_pass_over, self._services, composed, refused)
        return True

    async def _reader(self, to: str) -> _Reader:
        services, id, why = self._services, to, ""
        nobody = _Reader("", "", Hours(services.zone, reminding.country_of(services.zone.key)))
        for _ in range(people.MOST_STAND_INS):
            if not id:
                return nobody
            person = await profiles.met(services, self._client, id, patient=True)
            following, reason = await services.store.run(people.instead_of, services, id)
            if following == id:
                return _Reader(id, why, people.hours_of(person, services))
            id, why = following, reason
        return nobody


def _compose(db: Database, services: Services, to: str, reader: _Reader, letters: Sequence[Waiting]) -> Composed | None:
    now = services.now()
    to_say: list[tuple[Waiting, Tracked]] = []
    for waiting in letters:
        tracked = kept.get(db, str(waiting.letter.arguments["deadline"]))
        if tracked is None or _moot(db, tracked, waiting.letter.arguments):
            outbox.drop(db, waiting.id, now)
            continue
        at = reminding.allowed(now, tracked.due, reader.hours)
        if at > now:
            late = now - waiting.letter.due >= reminding.LATE
            outbox.defer(db, waiting, at, late=late)
            continue
        to_say.append((waiting, tracked))
    if not to_say:
        return None
    places: tuple[str, ...] = (reader.id,)
    why = reader.why
    if not reader.id:
        # Whose channel it goes to depends on the agreement: the others come in messages of their own.
        slug = to_say[0][1].agreement
        outbox.give_back(db, [w for w, tracked in to_say if tracked.agreement != slug], now)
        to_say = [(w, tracked) for w, tracked in to_say if tracked.agreement == slug]
        places, why = _elsewhere(db, services, slug, to), "who cannot be reached"
    entries = _entries(db, to_say, to, reader)
    said = due.message(entries, now, instead_of=to if to != reader.id else "", why=why)
    keys = [waiting.letter.key for waiting, _ in to_say]
    metadata = {"event_type": "clausekeeper_reminder", "event_payload": {"keys": keys}}
    return Composed(tuple(w for w, _ in to_say), places, said | {"metadata": metadata}, direct=bool(reader.id))


def _moot(db: Database, tracked: Tracked, arguments: Mapping[str, Any]) -> bool:
    """Whether there is nothing left to say: it is settled, it moved meanwhile, or the silence was broken."""
    if tracked.state != "open":
        return True
    if arguments["what"] == "offered":
        return tracked.offered_to != str(arguments["person"])
    if arguments["what"] in TOLD:
        return False
    if tracked.revision != arguments["revision"]:
        return True
    match arguments["what"]:
        case "again":
            return kept.silent_since(db, tracked.id, str(arguments["person"])) is None
        case "escalated":
            return kept.silent_since(db, tracked.id, str(arguments["silent"])) is None
        case _:
            return False


def _elsewhere(db: Database, services: Services, slug: str, to: str) -> tuple[str, ...]:
    """Where a reminder goes whose person cannot be reached: the agreement's channels, the administrators, the legal
    channel.
    """
    admins = [admin for admin in services.holders(db)["admin"] if admin != to]
    channels = agreed.channels_of(db, slug) if slug else []
    return tuple(place for place in (*channels, *admins, services.legal_channel) if place)


def _entries(db: Database, to_say: Sequence[tuple[Waiting, Tracked]], to: str, reader: _Reader) -> list[Entry]:
    """What is to be said, by deadline: what is owed longest on top, and of that what passes first."""
    by_deadline: dict[str, list[Said]] = {}
    found = {tracked.id: tracked for _, tracked in to_say}
    for waiting, tracked in to_say:
        letter = waiting.letter
        said = Said(
            str(letter.arguments["what"]), letter.key, letter.due, letter.arguments, waiting.error, waiting.again
        )
        by_deadline.setdefault(tracked.id, []).append(said)
    return [
        Entry(tracked, tuple(by_deadline[tracked.id]), governing_zone(tracked), reader.hours.zone, to)
        for tracked in sorted(
            found.values(), key=lambda one: (min(said.due for said in by_deadline[one.id]), one.last, one.id)
        )
    ]


def _said(db: Database, services: Services, composed: Composed, place: Mapping[str, Any]) -> None:
    now, wanted = services.now(), dict[tuple[str, str], Tracked]()
    for waiting in composed.letters:
        outbox.sent(db, waiting.id, now, place)
        arguments = waiting.letter.arguments
        tracked = kept.get(db, str(arguments["deadline"]))
        if tracked is None or tracked.state != "open" or tracked.revision != arguments["revision"]:
            continue
        to, what = str(arguments["person"]), str(arguments["what"])
        if what in WANT_ANSWER and (to == tracked.owner or what in ("again", "escalated")):
            wanted[tracked.id, to] = tracked
    for (_, to), tracked in wanted.items():
        _await_answer(db, services, tracked, to)


def _await_answer(db: Database, services: Services, tracked: Tracked, to: str) -> None:
    """Owe the repetition of what was just said, and, where nobody was waited for yet, the word to the next person."""
    now, theirs = services.now(), people.hours(db, services, to)
    begins = kept.wait_for(db, tracked.id, to, now)
    since = kept.silent_since(db, tracked.id, to) or now
    at = reminding.again(now, tracked.due, theirs)
    more = {"since": since.isoformat()}
    owe(db, services, tracked, "again", at, to, f"again-{theirs.day(at)}", more, subject=about(tracked.id, to))
    if not begins:
        return
    for next_, as_ in upward(db, services, tracked, to):
        at = reminding.escalated(since, tracked.due, people.hours(db, services, next_))
        more = {"since": since.isoformat(), "silent": to, "as": as_}
        owe(
            db,
            services,
            tracked,
            "escalated",
            at,
            next_,
            f"escalated-{since:%Y%m%dT%H%M%S}-{to}",
            more,
            subject=about(tracked.id, to),
        )


def upward(db: Database, services: Services, tracked: Tracked, person: str) -> list[tuple[str, str]]:
    """Who is told when a person does not answer, and as what: the agreement's manager, then the administrators."""
    agreement = basis(db, services.shelf_in(db)).agreement(tracked.agreement) if tracked.agreement else None
    manager = agreement.manager if agreement else ""
    if manager and person == tracked.owner and manager != person:
        return [(manager, f"as the manager of {tracked.agreement}")]
    if person in services.holders(db)["admin"] and person not in (tracked.owner, manager):
        return []
    return [
        (admin, "as an administrator")
        for admin in services.holders(db)["admin"]
        if admin not in (person, tracked.owner)
    ]


def _pass_over(db: Database, services: Services, composed: Composed, refused: Mapping[str, str]) -> None:
    now = services.now()
    for person, code in refused.items():
        before = known.get(db, person)
        known.look_at(db, person, zone=before.profile_zone, bot=before.bot, gone=True, at=now)
        for id in dict.fromkeys(str(waiting.letter.arguments["deadline"]) for waiting in composed.letters):
            if tracked := kept.get(db, id):
                record(db, services, tracked, "not reached", {"person": person, "slack": code}, "clausekeeper")
    outbox.give_back(db, composed.letters, now)
