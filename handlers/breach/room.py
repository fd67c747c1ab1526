"""What an incident says of its own accord: its private channel with the pinned summary, and its clocks when they near an end.

The letters behind this hold the number alone; everything else is made from the sealed record when they go out.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from handlers import blocks
from handlers.blocks import Block
from handlers.breach import summary
from handlers.breach.keeping import NO_KEY, ROOM, SPEAK, Hand, entitled, hand, owe
from handlers.drawing import one_at_a_time
from handlers.services import Services, Shelf
from knowledge.breach import data
from knowledge.breach.incident import Incident, from_json
from knowledge.refused import Refused
from storage import incidents
from storage.incidents import Kept
from storage.sealing import KeyLost

log = logging.getLogger(__name__)
Work = Callable[[Services, Any, Mapping[str, Any]], Awaitable[Mapping[str, Any]]]

ITSELF = "clausekeeper"
NOWHERE = "none"
GONE = ("channel_not_found", "is_archived", "not_in_channel")
# A summary that somebody deleted, or that Slack lets nobody change any more, is said anew.
LOST = ("message_not_found", "cant_update_message")
UNREADY = "invalid_blocks"
# Seconds after which the picture shows another now.
REDRAW = 15 * 60
# A workspace that keeps apps from making private channels says one of these; the incident then goes without one.
FORBIDDEN = frozenset(
    "restricted_action missing_scope not_allowed_token_type team_access_not_granted no_permission".split()
)


async def room(services: Services, client: Any, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Make or mend the private channel, and bring the pinned summary up to date: there, or with each of its people."""
    shelf = await services.shelf()
    kept, people, gone = await services.store.run(_standing, services, shelf, arguments["incident"])
    if kept is None:
        return {}
    channel = kept.channel or await _channel(services, client, kept.number)
    if channel != NOWHERE:
        await _invite(services, client, kept.number, channel, people)
    await _let_go(services, client, kept.number, gone)
    picture, alt = await _picture(services, client, shelf, kept)
    message = await services.store.run(_summary, services, shelf, kept.number, picture, alt)
    if channel != NOWHERE:
        posted = await _stand(services, client, message | {"channel": channel}, kept.summary)
        await services.store.run(incidents.place, kept.number, summary=posted["ts"])
        if from_json(kept.record).erased_at:
            await services.attempt(client.conversations_archive(channel=channel))
        return posted
    for person in people:
        place, ts = (await services.store.run(incidents.seats, kept.number)).get(person, ("", ""))
        posted = await _stand(services, client, message | {"channel": place or person}, ts)
        await services.store.run(incidents.stand_with, kept.number, person, posted["channel"], posted["ts"])
    return {}


async def _stand(services: Services, client: Any, message: dict[str, Any], ts: str) -> Mapping[str, Any]:
    """Where the summary stands now: updated in its place, or said anew, pinned, and then given its picture.

    Slack refuses a picture that it has not taken in yet: the words stand without it until the next time.
    """
    plain = message | {"blocks": [block for block in message["blocks"] if block["type"] != "image"]}
    if ts:
        refused = await services.attempt(client.chat_update(**message, ts=ts))
        if refused not in LOST:
            if refused:
                # Anything else may pass: asked once more, and if it is refused again, so is the letter, which is tried later.
                await client.chat_update(**(plain if refused == UNREADY else message), ts=ts)
            return {"channel": message["channel"], "ts": ts}
    posted: Mapping[str, Any] = await client.chat_postMessage(**plain)
    place = {"channel": str(posted["channel"]), "ts": str(posted["ts"])}
    await services.attempt(client.pins_add(channel=place["channel"], timestamp=place["ts"]))
    if len(plain["blocks"]) < len(message["blocks"]):
        await services.attempt(client.chat_update(**message | place))
    return place


async def speak(services: Services, client: Any, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Say what the clocks and the unknown answers ask for now, in the channel or to each of the people; at any hour."""
    shelf = await services.shelf()
    kept, people, _ = await services.store.run(_standing, services, shelf, arguments["incident"])
    if kept is None or kept.version != arguments["version"]:
        # What was owed is owed anew since then: after an outage one reminder goes out, not one for each that was missed.
        return {}
    body, at = await services.store.run(_words, services, shelf, kept.number)
    if not body:
        return {}
    message = {"text": f"{kept.number} needs you.", "blocks": body}
    refused = GONE[0]
    if kept.channel not in ("", NOWHERE):
        refused = await services.attempt(client.chat_postMessage(channel=kept.channel, **message))
    for place in people if refused in GONE else [kept.channel] if refused else []:
        # A channel that somebody archived must not silence the clocks; what may pass is asked again, and else tried later.
        await client.chat_postMessage(channel=place, **message)
    await services.store.run(_owe_next, services, shelf, kept.number, at)
    return {}


WORKS: Mapping[str, Work] = {ROOM: room, SPEAK: speak}


async def _channel(services: Services, client: Any, number: str) -> str:
    """A private channel of the incident's own; NOWHERE where there is to be none or Slack forbids it.

    Its name ends in a mark that nobody can guess: Slack tells everybody who tries to take a name that it is taken.
    """
    if services.seal is None:
        raise Refused(NO_KEY)
    names = [f"{number.lower()}-{mark}" for mark in services.seal.marks(number)]
    name, made = names[0], NOWHERE
    if services.breach_channels:
        answers: list[Mapping[str, Any]] = []

        async def create() -> None:
            answers.append(await client.conversations_create(name=name, is_private=True))

        refused = await services.attempt(create())
        if answers:
            made = str(answers[0]["channel"]["id"])
        elif refused == "name_taken":
            made = await _found(client, names) or NOWHERE
        elif refused in FORBIDDEN:
            log.warning("no channel for an incident: %s", refused)
        else:
            # Anything else may pass: asked once more, and if it is refused again, so is the letter, which is tried later.
            made = str((await client.conversations_create(name=name, is_private=True))["channel"]["id"])
    await services.store.run(incidents.place, number, channel=made)
    return made


async def _found(client: Any, names: Sequence[str]) -> str:
    """The bot's own private channel of one of some names: made before a crash that kept it from being noted."""
    cursor = ""
    while True:
        page = await client.conversations_list(types="private_channel", limit=200, cursor=cursor)
        for channel in page["channels"]:
            if channel["name"] in names:
                return str(channel["id"])
        cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
        if not cursor:
            return ""


async def _invite(services: Services, client: Any, number: str, channel: str, people: list[str]) -> None:
    """Bring in the responders and the lead who are not there yet; nobody else."""
    present = set((await client.conversations_members(channel=channel, limit=200))["members"])
    for person in people:
        if person not in present:
            refused = await services.attempt(client.conversations_invite(channel=channel, users=person))
            if refused and refused != "already_in_channel":
                log.warning("%s could not be invited: %s", person, refused)
        await services.store.run(incidents.stand_with, number, person, channel, "")


async def _let_go(services: Services, client: Any, number: str, gone: Mapping[str, tuple[str, str]]) -> None:
    """Take back from people who may not know of it any more what they were given: their seat, or the summary with them."""
    for person, (channel, ts) in gone.items():
        if ts:
            await services.attempt(client.chat_delete(channel=channel, ts=ts))
        else:
            await services.attempt(client.conversations_kick(channel=channel, user=person))
        await services.store.run(incidents.leave, number, person)


async def _picture(services: Services, client: Any, shelf: Shelf, kept: Kept) -> tuple[str, str]:
    """The file with the clocks' picture, drawn anew when they changed, and its alt text."""
    from handlers.pictures.clocks import alt, clocks_picture  # noqa: PLC0415 - drawing is slow to import

    incident, running, zone, now = await services.store.run(_clocks, services, shelf, kept.number)
    if not running or incident.settled:
        return "", ""
    told = alt(kept.number, running, now)
    # Drawn anew when a clock changed, and where it shows a now that is long past.
    speed = data.schedule().drill_speed if kept.drill else 1
    drawn_at = int(now.timestamp() * speed) // REDRAW
    states = json.dumps([drawn_at, [[c.name, c.due.isoformat(), c.open, c.late(now)] for c in running]])
    same = await services.store.run(_same, services, kept, states)
    if kept.picture and same:
        return kept.picture, told
    drawn = await one_at_a_time(clocks_picture, kept.number, running, now, zone, drill=kept.drill)
    uploaded = await client.files_upload_v2(
        content=drawn.png, filename=drawn.name, title=kept.number, alt_txt=blocks.shorten(drawn.alt, 1_000)
    )
    file = str(uploaded["files"][0]["id"])
    await services.store.run(_note_picture, services, kept.number, file, states)
    return file, told


def _standing(
    db: Database, services: Services, shelf: Shelf, number: str
) -> tuple[Kept | None, list[str], Mapping[str, tuple[str, str]]]:
    """The incident, the people who belong in it, and where those stand who may not know of it any more."""
    mine = hand(db, services, shelf, ITSELF)
    kept = incidents.get(db, mine.seal, number)
    if kept is None:
        return None, [], {}
    incident = from_json(kept.record)
    lead = incident.roles.get("lead", "")
    seats = incidents.seats(db, number)
    gone = {
        person: seat for person, seat in seats.items() if not entitled(mine, incident, person, mine.roles_of(person))
    }
    return kept, list(dict.fromkeys([*mine.alerted, *([lead] if lead else [])])), gone


def _incident(mine: Hand, number: str) -> Incident:
    kept = incidents.get(mine.db, mine.seal, number)
    if kept is None:
        raise LookupError("an incident that was there is gone")
    return from_json(kept.record)


def _summary(db: Database, services: Services, shelf: Shelf, number: str, picture: str, alt: str) -> dict[str, Any]:
    mine = hand(db, services, shelf, ITSELF)
    incident = _incident(mine, number)
    return {"text": summary.headline(incident), "blocks": summary.summary(mine, incident, picture, alt)}


def _clocks(db: Database, services: Services, shelf: Shelf, number: str) -> Any:
    mine = hand(db, services, shelf, ITSELF)
    incident = _incident(mine, number)
    zone = incident.facts["aware_at"].zone if "aware_at" in incident.facts else mine.zone.key
    return incident, mine.clocks(incident), zone, mine.now


def _words(db: Database, services: Services, shelf: Shelf, number: str) -> tuple[list[Block], datetime]:
    """What is to be said, and the moment for which it holds."""
    mine = hand(db, services, shelf, ITSELF)
    incident = _incident(mine, number)
    said = summary.words(mine, incident)
    if incident.settled or not said:
        return [], mine.now
    lead = incident.roles.get("lead")
    head = f"*{number}*" + (f" <@{lead}>" if lead else "")
    wanted = summary.buttons(incident, mine.clocks(incident), mine.now)[:5]
    drill = [blocks.context(summary.DRILL)] if incident.drill else []
    return [*drill, blocks.section("\n".join([head, *said])), *blocks.rows(wanted)], mine.now


def _owe_next(db: Database, services: Services, shelf: Shelf, number: str, at: datetime) -> None:
    """The reminders after the one that was said for a moment, and a summary that shows the time as it is."""
    mine = hand(db, services, shelf, ITSELF)
    kept = incidents.get(db, mine.seal, number)
    if kept:
        incidents.touch(db, number)
        owe(mine, from_json(kept.record), kept.version + 1, since=at)


def _same(db: Database, services: Services, kept: Kept, states: str) -> bool:
    try:
        return bool(services.seal and kept.pictured and services.seal.open(kept.pictured) == states)
    except KeyLost:
        return False


def _note_picture(db: Database, services: Services, number: str, file: str, states: str) -> None:
    if services.seal:
        incidents.place(db, number, picture=file, pictured=services.seal.close(states))
