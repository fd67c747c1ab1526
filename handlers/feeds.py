"""Deadlines where people look at days: a month as a picture, a calendar file, and a private address to subscribe to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from handlers import blocks, due, ical, people
from handlers.drawing import one_at_a_time
from handlers.ical import Noted
from handlers.incoming import Incoming
from handlers.services import Services, keep
from handlers.surface import Surface
from handlers.tracking import governing_zone
from knowledge import days
from knowledge.dates import day
from knowledge.inputs import Here
from knowledge.refused import Refused
from storage import audit
from storage import deadlines as kept
from storage import people as known
from storage.audit import Entry
from storage.deadlines import Tracked
from storage.outbox import Letter

SURFACE = Surface(
    scopes={"files:write": "a month of deadlines comes as a picture, and all of them as a calendar file"},
    needs={"consultant": ("feed_open", "feed_close", "settings_calendar")},
)
CALENDAR = "calendar"
"""The name that the letter with a month and a calendar file has instead of a Slack method."""
PATH = "/calendar/{token}.ics"


def register(app: Any) -> None:
    app.action("feed_open")(feed)
    app.action("feed_close")(feed)
    app.action("settings_calendar")(asked)


async def calendar(
    client: Any, body: dict[str, Any], incoming: Incoming, services: Services, words: list[str]
) -> dict[str, Any] | None:
    """Send a month as a picture with the calendar file, and offer the private address."""
    today = services.today()
    month = _month(" ".join(words), Here(services.now(), services.zone)) if words else today.replace(day=1)
    return await services.store.run(_calendar, services, incoming, month)


async def asked(ack: Any, client: Any, incoming: Incoming, services: Services) -> None:
    """Send the month from a button of Home, as a direct message."""
    await ack()
    said = await services.store.run(_calendar, services, incoming, services.today().replace(day=1))
    services.wake()
    await client.chat_postMessage(channel=incoming.user, text=said["text"], blocks=said["blocks"])


async def feed(ack: Any, respond: Any, action: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Give a person a new private address, or take the one they have back."""
    await ack()
    opening = action["action_id"] == "feed_open"
    token = "".join(services.new_id() for _ in range(4))
    said = await services.store.run(_feed, services, incoming, token if opening else "")
    await respond(**incoming.private(said), replace_original=False)


def calendar_of(db: Database, services: Services, token: str) -> bytes | None:
    """The calendar that a feed's token opens; None for a token that is unknown or revoked."""
    person = known.of_feed(db, token)
    return written(db, services, person) if person else None


def written(db: Database, services: Services, person: str | None, chosen: Sequence[Tracked] | None = None) -> bytes:
    """The calendar of a person's open deadlines, or of those that were chosen."""
    tracked = kept.open_ones(db, person=person) if chosen is None else chosen
    noted = [Noted(one, _words(db, one)) for one in tracked]
    return ical.written("Contract deadlines", noted, people.hours(db, services, person or ""), services.now())


async def send(services: Services, client: Any, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Draw a month, write the calendar file, and send both to their person."""
    from handlers.pictures.month import month_picture  # noqa: PLC0415 - what draws is loaded when something is drawn

    person, first = str(arguments["person"]), date.fromisoformat(str(arguments["month"]))
    marks, off, text = await services.store.run(_marks, services, person, first)
    drawn = await one_at_a_time(month_picture, first, marks, off, services.today())
    uploaded = await client.files_upload_v2(
        content=drawn.png, filename=drawn.name, title=f"{first:%B %Y}", alt_txt=drawn.alt
    )
    image = {
        "type": "image",
        "slack_file": {"id": uploaded["files"][0]["id"]},
        "alt_text": blocks.shorten(drawn.alt, ALT),
    }
    told = blocks.escape(drawn.alt)
    posted: Mapping[str, Any] = await client.chat_postMessage(
        channel=person, text=told, blocks=[image, blocks.section(blocks.shorten(told, 3_000))]
    )
    await client.files_upload_v2(
        content=text, filename="deadlines.ics", title="deadlines.ics", channel=posted["channel"]
    )
    return posted


# Validators in use stop at 255 characters; the whole stands below the picture.
ALT = 255


def _month(words: str, here: Here) -> date:
    found = next(filter(None, (_read(words, form) for form in ("%Y-%m", "%b %Y", "%B %Y"))), None)
    first = found or day(words, here, "month").replace(day=1)
    if not days.FIRST <= first <= days.LAST:
        raise Refused(f"Give a month from {days.FIRST.year} to {days.LAST.year}, such as 2026-12 or dec 2026.")
    return first


def _read(words: str, form: str) -> date | None:
    try:
        return datetime.strptime(words, form).date()  # noqa: DTZ007 - a month, no moment
    except ValueError:
        return None


def _calendar(db: Database, services: Services, incoming: Incoming, month: date) -> dict[str, Any]:
    arguments = {"person": incoming.user, "month": month.isoformat()}
    letter = Letter(f"calendar:{incoming.key}", incoming.user, services.now(), CALENDAR, arguments, tell=incoming.user)
    text = f"{month:%B %Y} and the calendar file come to you as a direct message."
    offer = "A calendar can also follow your deadlines at a private address; who has that address sees them."
    body = [
        blocks.section(text),
        blocks.section(offer),
        *blocks.rows(
            [
                blocks.button("New private address", "feed_open", incoming.user),
                blocks.button("Revoke the address", "feed_close", incoming.user),
            ]
        ),
    ]
    entry = Entry(services.new_id(), services.now(), incoming.user, "calendar", month.isoformat(), {})
    return keep(db, incoming.key, entry, incoming.private({"text": f"{text} {offer}", "blocks": body}), [letter])


def _feed(db: Database, services: Services, incoming: Incoming, token: str) -> dict[str, Any]:
    now = services.now()
    if token and not services.address:
        raise Refused(
            "This bot has no public address yet: an admin sets CLAUSEKEEPER_URL. The calendar file works without it."
        )
    entry = Entry(services.new_id(), now, incoming.user, "feed opened" if token else "feed closed", incoming.user, {})
    audit.append(db, entry)
    if not token:
        closed = known.close_feed(db, incoming.user, now)
        return {"text": "Your private address is revoked." if closed else "You have no private address."}
    known.open_feed(db, token, incoming.user, now)
    address = services.address + PATH.format(token=token)
    return {"text": f"Subscribe to {address}\nIt is shown only now; an earlier address of yours no longer works."}


def _words(db: Database, tracked: Tracked) -> str:
    recorded = audit.get(db, tracked.answer)
    answer = recorded.content.get("answer", {}) if recorded else {}
    told = due.readings(tracked, governing_zone(tracked))
    under = f"Agreement {tracked.agreement}. " if tracked.agreement else ""
    whose = f"{answer.get('who', '')}; {answer.get('consequence', '')}."
    return f"{tracked.kind}, {answer.get('ref', '')}. {under}{whose} {told}".strip()


def _marks(
    db: Database, services: Services, person: str, first: date
) -> tuple[dict[date, list[str]], dict[date, str], bytes]:
    """What falls on the days of a month, which of them the person does not work, and the calendar file."""
    theirs = people.hours(db, services, person)
    marks: dict[date, list[str]] = {}
    for one in kept.open_ones(db, person=person):
        on = days.contract_day(one.due, governing_zone(one)) if isinstance(one.due, datetime) else one.due
        if on.replace(day=1) == first:
            marks.setdefault(on, []).append(one.title)
    month = days.each(first, days.month_end(first) + days.ONE)
    off = {on: why for on in month if (why := theirs.off(on))}
    return marks, off, written(db, services, person)
