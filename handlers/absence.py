"""When people can be written to: absences with a substitute, and the working hours that somebody chooses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from sqlite_utils import Database

from handlers import blocks, due, forms, parse, people, profiles, track, tracking
from handlers.incoming import Incoming
from handlers.services import Services, keep
from handlers.surface import Surface
from knowledge import days, fields
from knowledge.dates import clock
from knowledge.fields import Field
from knowledge.inputs import Here
from knowledge.refused import Refused
from knowledge.reminding import Hours
from storage import people as known
from storage.audit import Entry
from storage.outbox import Letter
from storage.people import Absence

SURFACE = Surface(needs={"consultant": (r"deadline_(away|hours)", r"settings_(away|hours)")})
LONGEST = 366
"""Nobody is away for longer, in days."""
AWAY = (
    Field("date", "First day away", name="from", required=True),
    Field("date", "Last day away", name="to", required=True),
    Field(
        "user", "Substitute", help="is reminded in your place, and may answer for you", name="substitute", required=True
    ),
)
HOURS = (
    Field("zone", "Time zone", help="your Slack profile's where it is left empty", name="zone"),
    Field("text", "Work begins at", help="09:00 where it is left empty", name="from"),
    Field("text", "Work ends at", help="17:00 where it is left empty", name="to"),
    Field(
        "country",
        "Country",
        help="whose weekend and holidays are yours; the zone's where it is left empty",
        name="country",
    ),
)


def register(app: Any) -> None:
    app.view("deadline_away")(gone)
    app.view("deadline_hours")(chosen)
    app.action("settings_away")(opened)
    app.action("settings_hours")(opened)


async def away(
    client: Any, body: dict[str, Any], incoming: Incoming, services: Services, words: list[str]
) -> dict[str, Any] | None:
    """Say that a person is away, that they are back, or open the form."""
    if [word.lower() for word in words] == ["none"]:
        return await services.store.run(_back, services, incoming)
    if not words:
        view = await _form(services, incoming, "deadline_away", "Away", AWAY)
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        return None
    values = await _read(services, incoming, AWAY, _pairs(words, AWAY, "away from=1 dec to=12 dec substitute=@x"))
    await profiles.able(services, client, str(values["substitute"]), "substitute")
    return incoming.private(await services.store.run(_away, services, incoming, values))


async def hours(
    client: Any, body: dict[str, Any], incoming: Incoming, services: Services, words: list[str]
) -> dict[str, Any] | None:
    """Choose working hours, or open the form."""
    await profiles.met(services, client, incoming.user)
    if not words:
        view = await _form(services, incoming, "deadline_hours", "Working hours", HOURS)
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        return None
    given = _pairs(words, HOURS, "hours zone=Europe/Brussels from=09:00 to=17:00 country=BE")
    # What is not said stays as it was chosen; what is said to be nothing (zone=) goes back to the profile.
    before = _chosen(await services.store.run(known.get, incoming.user))
    values = await _read(services, incoming, HOURS, {name: value for name, value in before.items() if value} | given)
    return incoming.private(await services.store.run(_hours, services, incoming, values))


async def opened(
    ack: Any,
    client: Any,
    body: dict[str, Any],
    action: dict[str, Any],
    incoming: Incoming,
    services: Services,
) -> None:
    """Open the form behind a button of Home."""
    form = {"settings_away": away, "settings_hours": hours}[action["action_id"]]
    await form(client, body, incoming, services, [])
    await ack()


async def gone(ack: Any, client: Any, view: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Keep the absence of the form."""
    values = await _read(services, incoming, AWAY, forms.typed(view))
    await profiles.able(services, client, str(values["substitute"]), "substitute")
    await services.store.run(_away, services, incoming, values, confirm=True)
    services.wake()
    await ack()


async def chosen(ack: Any, view: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Keep the working hours of the form."""
    values = await _read(services, incoming, HOURS, forms.typed(view))
    await services.store.run(_hours, services, incoming, values, confirm=True)
    services.wake()
    await ack()


async def home(services: Services, user: str) -> list[blocks.Block]:
    """When a person is reminded and who stands in, with what changes that, for their Home."""
    return await services.store.run(_home, services, user)


def _home(db: Database, services: Services, user: str) -> list[blocks.Block]:
    lines = [f"You are reminded {told(people.hours(db, services, user))}.", spoken(db, services, user)]
    buttons = [
        blocks.button("Working hours…", "settings_hours", user),
        blocks.button("Away…", "settings_away", user),
        blocks.button("Calendar…", "settings_calendar", user),
    ]
    return [
        blocks.section("*Settings*\n" + "\n".join(filter(None, lines))),
        *blocks.rows(buttons),
    ]


def spoken(db: Database, services: Services, user: str) -> str:
    """The absences of a person that are not over, in a sentence; empty where there are none."""
    today = people.hours(db, services, user).day(services.now())
    told = [
        f"{days.spoken(one.first)} to {days.spoken(one.last)}, {due.whose(one.substitute)} stands in"
        for one in known.absences(db, user, today)
    ]
    more = " Where they overlap, the one that you said last counts." if len(told) > 1 else ""
    return f"You are away: {'; '.join(told)}.{more}" if told else ""


def _pairs(words: list[str], asked: tuple[Field, ...], usage: str) -> dict[str, Any]:
    given, loose = parse.pairs(words)
    names = [field.name for field in asked]
    if loose or (unknown := [name for name in given if name not in names]):
        raise Refused(f"{(loose or unknown)[0]!r} is not understood; say `/deadline {usage}`.")
    return {f.name: track.person(f, given[f.name]) for f in asked if f.name in given}


async def _read(
    services: Services, incoming: Incoming, asked: tuple[Field, ...], given: Mapping[str, Any]
) -> dict[str, Any]:
    theirs = await services.store.run(people.hours, services, incoming.user)
    return fields.read(asked, given, Here(services.now(), theirs.zone))


async def _form(
    services: Services, incoming: Incoming, callback: str, title: str, asked: tuple[Field, ...]
) -> dict[str, Any]:
    filled = _chosen(await services.store.run(known.get, incoming.user)) if asked is HOURS else {}
    return forms.modal(callback, title, "Keep", forms.entries(asked, filled, Here(services.now(), services.zone)))


def _chosen(person: known.Person) -> dict[str, str | None]:
    """The working hours that a person chose, by the names of HOURS."""
    return {"zone": person.zone, "from": person.opens, "to": person.closes, "country": person.country}


def _away(
    db: Database, services: Services, incoming: Incoming, values: Mapping[str, Any], *, confirm: bool = False
) -> dict[str, Any]:
    first: date = values["from"]
    last: date = values["to"]
    substitute = str(values["substitute"])
    today = people.hours(db, services, incoming.user).day(services.now())
    if last < first:
        raise Refused(f"{days.spoken(last)} is before {days.spoken(first)}; give the last day away.", field="to")
    if last < today:
        raise Refused(f"{days.spoken(last)} has passed; say when you will be away.", field="to")
    if (last - first).days >= LONGEST:
        raise Refused(f"That is {(last - first).days + 1} days; an absence has {LONGEST} at most.", field="to")
    if substitute == incoming.user:
        raise Refused("You cannot stand in for yourself; name somebody else.", field="substitute")
    if circle := _circle(db, services, incoming.user, substitute, max(first, today), last):
        raise Refused(
            f"On {days.spoken(circle)} {due.whose(substitute)} is away and you would stand in for yourself; name somebody else.",
            field="substitute",
            people=(substitute,),
        )
    id, now = services.new_id(), services.now()
    known.away(db, Absence(id, incoming.user, first, last, substitute), now, incoming.user)
    text = f"{spoken(db, services, incoming.user)} `/deadline away none` takes that back."
    content = {"from": first.isoformat(), "to": last.isoformat(), "substitute": substitute}
    entry = Entry(id, now, incoming.user, "away", incoming.user, content)
    return keep(db, incoming.key, entry, _said(text), _confirmed(entry, text) if confirm else [])


def _circle(db: Database, services: Services, user: str, substitute: str, first: date, last: date) -> date | None:
    """The first day on which whoever stands in for a substitute would be the person who is away; None where there is none."""
    for day in days.each(first, last + days.ONE):
        stand_in = substitute
        for _ in range(people.MOST_STAND_INS):
            absence = known.absent(db, stand_in, day)
            if absence is None:
                break
            stand_in = absence.substitute
            if stand_in == user:
                return day
    return None


def _back(db: Database, services: Services, incoming: Incoming) -> dict[str, Any]:
    today = people.hours(db, services, incoming.user).day(services.now())
    count = known.back(db, incoming.user, today)
    text = "You are reminded yourself again." if count else "You were not away."
    entry = Entry(services.new_id(), services.now(), incoming.user, "back", incoming.user, {"absences": count})
    return keep(db, incoming.key, entry, incoming.private(_said(text)), [])


def _hours(
    db: Database, services: Services, incoming: Incoming, values: Mapping[str, Any], *, confirm: bool = False
) -> dict[str, Any]:
    opens, closes = (_clock(values.get(name), name) for name in ("from", "to"))
    known.choose(db, incoming.user, zone=values.get("zone"), country=values.get("country"), opens=opens, closes=closes)
    theirs = people.hours(db, services, incoming.user)
    tracking.replan(db, services, incoming.user)
    text = f"You are reminded {told(theirs)}."
    entry = Entry(services.new_id(), services.now(), incoming.user, "hours", incoming.user, {"hours": told(theirs)})
    return keep(db, incoming.key, entry, _said(text), _confirmed(entry, text) if confirm else [])


def told(theirs: Hours) -> str:
    """Working hours in words."""
    return (
        f"from {theirs.opens:%H:%M} to {theirs.closes:%H:%M} in {theirs.zone.key}, "
        f"{days.working_week(theirs.country)} but for the holidays of {theirs.country}"
    )


def _clock(text: str | None, name: str) -> str | None:
    if not text:
        return None
    found = clock(text, name)
    if found is None:
        raise Refused(f"{name} is {text!r}; give a time such as 08:30.", field=name)
    moment: time = found[0]
    return f"{moment:%H:%M}"


def _confirmed(entry: Entry, text: str) -> list[Letter]:
    """What a form came to, which closes without a word, as a direct message."""
    arguments = {"channel": entry.actor, **_said(text)}
    return [Letter(f"{entry.action}:{entry.id}", entry.id, entry.at, "chat.postMessage", arguments, entry.actor)]


def _said(text: str) -> dict[str, Any]:
    return {"text": text, "blocks": [blocks.section(text)]}
