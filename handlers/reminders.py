"""Reminders on their way out: to whom each goes now, what it says, and what follows once it was said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any

from sqlite_utils import Database

from handlers import due, people, profiles
from handlers.computing import basis
from handlers.due import Entry, Said
from handlers.services import Services
from handlers.tracking import about, governing_zone, record, reminder
from knowledge import reminding
from knowledge.reminding import Hours
from storage import agreements as agreed
from storage import deadlines as kept
from storage import outbox
from storage import people as known
from storage.deadlines import Tracked
from storage.outbox import Letter, Waiting

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
    found = _deadlines(db, letters)
    for waiting in letters:
        tracked = found.get(str(waiting.letter.arguments["deadline"]))
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


def _deadlines(db: Database, letters: Iterable[Waiting]) -> dict[str, Tracked]:
    """The deadlines that letters are about, by id."""
    return kept.get_all(db, {str(waiting.letter.arguments["deadline"]) for waiting in letters})


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
    outbox.all_sent(db, [waiting.id for waiting in composed.letters], now, place)
    found = _deadlines(db, composed.letters)
    for waiting in composed.letters:
        arguments = waiting.letter.arguments
        tracked = found.get(str(arguments["deadline"]))
        if tracked is None or tracked.state != "open" or tracked.revision != arguments["revision"]:
            continue
        to, what = str(arguments["person"]), str(arguments["what"])
        if what in WANT_ANSWER and (to == tracked.owner or what in ("again", "escalated")):
            wanted[tracked.id, to] = tracked
    hours = cache(partial(people.hours, db, services))
    above = cache(partial(_above, db, services))
    letters = [
        letter for (_, to), tracked in wanted.items() for letter in _awaiting(db, tracked, to, now, hours, above)
    ]
    outbox.owe(db, letters, now)


Above = Callable[[str, str, str], Sequence[tuple[str, str]]]


def _awaiting(
    db: Database, tracked: Tracked, to: str, now: datetime, hours: Callable[[str], Hours], above: Above
) -> Iterator[Letter]:
    """The repetition of what was just said, and, where nobody was waited for yet, the word to the next person."""
    begins = kept.wait_for(db, tracked.id, to, now)
    since = now if begins else kept.silent_since(db, tracked.id, to) or now
    at, subject = reminding.again(now, tracked.due, hours(to)), about(tracked.id, to)
    more = {"since": since.isoformat()}
    yield reminder(tracked, "again", at, to, f"again-{hours(to).day(at)}", more, subject=subject)
    for next_, as_ in above(tracked.agreement, tracked.owner, to) if begins else ():
        at, mark = reminding.escalated(since, tracked.due, hours(next_)), f"escalated-{since:%Y%m%dT%H%M%S}-{to}"
        yield reminder(tracked, "escalated", at, next_, mark, more | {"silent": to, "as": as_}, subject=subject)


def _above(db: Database, services: Services, slug: str, owner: str, person: str) -> list[tuple[str, str]]:
    """Who is told when a person does not answer for a deadline of an owner's under an agreement, and as what: the
    agreement's manager, then the administrators.
    """
    agreement = basis(db, services.shelf_in(db)).agreement(slug) if slug else None
    manager = agreement.manager if agreement else ""
    if manager and person == owner and manager != person:
        return [(manager, f"as the manager of {slug}")]
    admins = services.holders(db)["admin"]
    if person in admins and person not in (owner, manager):
        return []
    return [(admin, "as an administrator") for admin in admins if admin not in (person, owner)]


def _pass_over(db: Database, services: Services, composed: Composed, refused: Mapping[str, str]) -> None:
    now = services.now()
    for person, code in refused.items():
        before = known.get(db, person)
        known.look_at(db, person, zone=before.profile_zone, bot=before.bot, gone=True, at=now)
        for id in dict.fromkeys(str(waiting.letter.arguments["deadline"]) for waiting in composed.letters):
            if tracked := kept.get(db, id):
                record(db, services, tracked, "not reached", {"person": person, "slack": code}, "clausekeeper")
    outbox.give_back(db, composed.letters, now)
