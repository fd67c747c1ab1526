"""The weekly digest: one message to each person on their Monday morning, with what has passed and what comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlite_utils import Database

from handlers import blocks, due, people, profiles
from handlers.blocks import escape
from handlers.reminders import Composed
from handlers.services import Services
from handlers.tracking import governing_zone, owe_digest
from knowledge import days
from knowledge.reminding import Hours
from storage import deadlines as kept
from storage import outbox
from storage import people as known
from storage.deadlines import Tracked
from storage.outbox import Waiting

AHEAD = timedelta(days=14)
MOST_LINES = 20


class Digests:
    """What the outbox loop needs in order to send digests."""

    def __init__(self, services: Services, client: Any) -> None:
        self._services = services
        self._client = client

    async def compose(self, letters: Sequence[Waiting]) -> Composed | None:
        """The digest of a person; None, and nothing is sent, where nothing is open, or outside their working hours."""
        id = str(letters[0].letter.arguments["person"])
        person = await profiles.met(self._services, self._client, id, patient=True)
        return await self._services.store.run(_compose, self._services, person, letters)

    async def said(self, composed: Composed, place: Mapping[str, Any]) -> None:
        """Keep that it was sent, and owe the next one."""
        await self._services.store.run(_said, self._services, composed, place)

    async def unreached(self, composed: Composed, refused: Mapping[str, str]) -> bool:
        """A digest for somebody who cannot be reached is dropped: each reminder in it finds its own way."""
        await self._services.store.run(_drop, self._services, composed.letters)
        return True


def _compose(db: Database, services: Services, person: known.Person, letters: Sequence[Waiting]) -> Composed | None:
    now, theirs = services.now(), people.hours_of(person, services)
    tracked = kept.open_ones(db, person=person.id)
    if not tracked or not person.reachable:
        _drop(db, services, letters)  # it begins again with the next deadline that they own or watch
        return None
    if not theirs.holds(now):
        for waiting in letters:
            outbox.defer(db, waiting, theirs.next(now))
        return None
    passed = [one for one in tracked if one.last <= now]
    until = theirs.day(now) + AHEAD
    coming = [one for one in tracked if now < one.last and _day(one, theirs) <= until]
    if not passed and not coming:
        _drop(db, services, letters)
        owe_digest(db, services, person.id)
        return None
    parts = [("*Passed, and not done*", passed), ("*The next two weeks*", coming)]
    lines = []
    for head, some in parts:
        lines += [head, *(f"• {due.line(one, now, governing_zone(one))}" for one in some[:MOST_LINES])] if some else []
        lines += [f"{len(some) - MOST_LINES} more" for _ in range(len(some) > MOST_LINES)]
    later = len(tracked) - len(passed) - len(coming)
    lines += [f"Later: {later}. `/deadline list` shows all."] if later else []
    title = f"Your deadlines on {days.spoken(theirs.day(now))}"
    body = [blocks.section(title), *(blocks.section(part) for part in _parted(lines))]
    keys = [waiting.letter.key for waiting in letters]
    if doubt := due.doubt([waiting.letter.key for waiting in letters if waiting.again]):
        body.append(blocks.context(escape(doubt)))
    text = blocks.shorten("\n".join([title, *lines]), 3_500)
    metadata = {"event_type": "clausekeeper_digest", "event_payload": {"keys": keys}}
    return Composed(tuple(letters), (person.id,), {"text": text, "blocks": body, "metadata": metadata}, direct=True)


def _day(tracked: Tracked, theirs: Hours) -> date:
    """The day on which a deadline passes: as it stands, and of a clock in hours on the reader's calendar."""
    return theirs.day(tracked.due) if isinstance(tracked.due, datetime) else tracked.due


def _parted(lines: Sequence[str]) -> list[str]:
    """Lines in sections of a size that Slack shows whole."""
    parts = [""]
    for line in lines:
        if len(parts[-1]) + len(line) > blocks.PIECE:
            parts.append("")
        parts[-1] += f"{line}\n"
    return parts


def _said(db: Database, services: Services, composed: Composed, place: Mapping[str, Any]) -> None:
    outbox.all_sent(db, [waiting.id for waiting in composed.letters], services.now(), place)
    for person in dict.fromkeys(str(waiting.letter.arguments["person"]) for waiting in composed.letters):
        owe_digest(db, services, person)


def _drop(db: Database, services: Services, letters: Sequence[Waiting]) -> None:
    for waiting in letters:
        outbox.drop(db, waiting.id, services.now())
