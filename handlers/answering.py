"""What people do with a reminder: done, acknowledge, snooze, move, hand over, and ask why it came."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from handlers import blocks, due, forms, people, profiles, tracking, why
from handlers.computing import basis
from handlers.incoming import Incoming
from handlers.services import Services
from handlers.surface import Surface
from handlers.tracking import about, record, reminder
from knowledge import days, fields, reminding
from knowledge.fields import Field
from knowledge.inputs import Here
from knowledge.refused import Refused
from storage import deadlines as kept
from storage import deliveries, outbox
from storage import people as known
from storage.deadlines import Tracked

SURFACE = Surface(
    scopes={"chat:write": "people are reminded of the deadlines they own or watch"},
    needs={"consultant": (r"deadline_(done|ack|snooze|move|hand|why|accept|decline|menu)",)},
)
SNOOZES = {
    "Later today": "later",
    "Tomorrow": "tomorrow",
    "Next Working Day": "next",
    "At the time below": "at",
}
DONE = (
    Field("lines", "What was done", name="what", required=True),
    Field("date", "When it was done", name="when", required=True, today=True),
)
SNOOZE = (
    Field("choice", "Remind me again", name="choice", choices=tuple(SNOOZES), required=True),
    Field("instant", "At this time", help="for the last choice", name="at"),
)
HAND = (
    Field("user", "New owner", help="is asked, and stays free to decline", name="owner", required=True),
    Field("lines", "What they should know", name="note"),
)
REASON = Field("lines", "Why it moves", help="is told to the owner and kept", name="reason", required=True)
DAY = (Field("date", "New last day", name="day", required=True), REASON)
MOMENT = (Field("instant", "New last moment", name="day", required=True), REASON)
FORMS = {"done": ("Done", DONE), "snooze": ("Snooze", SNOOZE), "hand": ("Hand over", HAND)}


def register(app: Any) -> None:
    for verb in (*FORMS, "move"):
        app.action(f"deadline_{verb}")(opened)
        app.view(f"deadline_{verb}")(entered)
    app.action("deadline_menu")(chosen)
    app.action("deadline_why")(explained)
    for verb in _CLICKS:
        app.action(f"deadline_{verb}")(clicked)


async def opened(ack: Any, client: Any, body: dict[str, Any], action: dict[str, Any], services: Services) -> None:
    """Open the form behind a button."""
    verb = action["action_id"].removeprefix("deadline_")
    await client.views_open(trigger_id=body["trigger_id"], view=await _form(services, verb, action["value"]))
    await ack()


async def chosen(
    ack: Any,
    client: Any,
    respond: Any,
    body: dict[str, Any],
    action: dict[str, Any],
    incoming: Incoming,
    services: Services,
) -> None:
    """Do what a menu says: open a form, explain, or what needs no form at once."""
    verb, _, id = action["selected_option"]["value"].partition(" ")
    if verb in _CLICKS:
        said = await services.store.run(_click, services, incoming, verb, id)
        services.wake()
        await respond(**incoming.private(said), replace_original=False)
    else:
        view = await _explanation(services, id, incoming.user) if verb == "why" else await _form(services, verb, id)
        await client.views_open(trigger_id=body["trigger_id"], view=view)
    await ack()


async def explained(
    ack: Any, client: Any, body: dict[str, Any], action: dict[str, Any], incoming: Incoming, services: Services
) -> None:
    """Show why a reminder came."""
    view = await _explanation(services, action["value"], incoming.user)
    await client.views_open(trigger_id=body["trigger_id"], view=view)
    await ack()


async def clicked(ack: Any, respond: Any, action: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Do what a button says at once, and say what follows."""
    verb = action["action_id"].removeprefix("deadline_")
    said = await services.store.run(_click, services, incoming, verb, action["value"])
    services.wake()
    await ack()
    await respond(**incoming.private(said), replace_original=False)


async def entered(
    ack: Any, client: Any, view: dict[str, Any], body: dict[str, Any], incoming: Incoming, services: Services
) -> None:
    """Do what a form says; what was wrong stands under its field."""
    verb, given = view["callback_id"].removeprefix("deadline_"), forms.typed(view)
    id = json.loads(view["private_metadata"])["deadline"]
    if verb == "hand" and given.get("owner"):
        await profiles.able(services, client, str(given["owner"]))
    await services.store.run(_enter, services, incoming, verb, id, given)
    services.wake()
    await ack()


def found(db: Database, id: str) -> Tracked:
    """The open deadline with an id; Refused where there is none."""
    tracked = kept.get(db, id)
    if tracked is None:
        raise Refused(f"There is no tracked deadline {id!r}; `/deadline list` shows them.")
    if tracked.state != "open":
        how = "done" if tracked.state == "done" else "settled"
        raise Refused(f"{tracked.title} is {how} already; nobody is reminded of it any more.")
    return tracked


def acts_for(db: Database, services: Services, tracked: Tracked, user: str) -> str:
    """Whose reminders a person answers: their own, or those of somebody in whose place they are reminded now. Refused for
    people who have nothing to do with a deadline.
    """
    waited_for = (tracked.owner, *kept.unanswered(db, tracked.id), *kept.watchers(db, tracked.id))
    if user not in waited_for:
        for person in waited_for:
            if user in people.stand_ins(db, services, person):
                return person
        if not _in_charge(db, services, tracked, user):
            raise _nothing_to_do_with(tracked)
    return user


def may_change(db: Database, services: Services, tracked: Tracked, user: str) -> None:
    """Refused for a person who only watches a deadline, or has nothing to do with it."""
    if user in (tracked.owner, known.substitute_of(db, tracked.owner), *people.stand_ins(db, services, tracked.owner)):
        return
    if _in_charge(db, services, tracked, user):
        return
    if user in kept.watchers(db, tracked.id):
        said = f"You watch {tracked.title}; its owner {due.whose(tracked.owner)} can change it, or a manager."
        raise Refused(said, people=(tracked.owner,))
    raise _nothing_to_do_with(tracked)


def _in_charge(db: Database, services: Services, tracked: Tracked, user: str) -> bool:
    """Whether a person is the agreement's manager, a manager or an administrator."""
    agreement = basis(db, services.shelf_in(db)).agreement(tracked.agreement) if tracked.agreement else None
    return (agreement is not None and agreement.manager == user) or bool(
        {"manager", "admin"} & services.roles_in(db, user)
    )


def _nothing_to_do_with(tracked: Tracked) -> Refused:
    return Refused(
        f"{tracked.title} is {due.whose(tracked.owner)}'s; only the owner, their substitute, the agreement's manager and "
        "the managers and admins can do that.",
        people=(tracked.owner,),
    )


async def _form(services: Services, verb: str, id: str) -> dict[str, Any]:
    tracked = await services.store.run(found, id)
    if verb == "move":
        title, asked = "Move", MOMENT if isinstance(tracked.due, datetime) else DAY
    else:
        title, asked = FORMS[verb]
    here = Here(services.now(), services.zone)
    body = [
        blocks.context(f"{blocks.escape(tracked.title)}, due on {due.plainly(tracked.due, services.zone)}"),
        *forms.entries(asked, {"day": tracked.due.isoformat()}, here),
    ]
    return forms.modal(f"deadline_{verb}", title, title, body, json.dumps({"deadline": id}))


async def _explanation(services: Services, id: str, user: str) -> dict[str, Any]:
    body = await services.store.run(why.explanation, services, id, user)
    title = {"type": "plain_text", "text": "Why did I get this?", "emoji": False}
    close = {"type": "plain_text", "text": "Close", "emoji": False}
    return {"type": "modal", "title": title, "close": close, "blocks": body}


def _click(db: Database, services: Services, incoming: Incoming, verb: str, id: str) -> dict[str, Any]:
    if (first := deliveries.reply_to(db, incoming.key)) is not None:
        return first
    said = _CLICKS[verb](db, services, found(db, id), incoming.user)
    reply = {"text": said, "blocks": [blocks.section(said)]}
    deliveries.remember(db, incoming.key, reply, services.now())
    return reply


def _enter(db: Database, services: Services, incoming: Incoming, verb: str, id: str, given: Mapping[str, Any]) -> None:
    tracked = found(db, id)
    asked = {"move": MOMENT if isinstance(tracked.due, datetime) else DAY}.get(verb) or FORMS[verb][1]
    theirs = people.hours(db, services, incoming.user)
    values = fields.read(asked, given, Here(services.now(), theirs.zone))
    _ENTRIES[verb](db, services, tracked, incoming.user, values)
    deliveries.remember(db, incoming.key, {}, services.now())


def finish(db: Database, services: Services, tracked: Tracked, user: str, what: str, when: date) -> None:
    """A deadline's act was done; Refused for a day still to come, and for people whose deadline it is not."""
    may_change(db, services, tracked, user)
    today = days.contract_day(services.now(), people.hours(db, services, user).zone)
    if when > today:
        raise Refused(f"{days.spoken(when)} is still to come; say when it was done.", field="when")
    tracking.close(db, services, tracked, "done", {"what": what, "when": when.isoformat()}, user)


def acknowledge(db: Database, services: Services, tracked: Tracked, user: str) -> str:
    """A person has seen a reminder: it is not repeated to them until the next one comes."""
    person = acts_for(db, services, tracked, user)
    tracking.answered(db, services, tracked, person)
    record(db, services, tracked, "acknowledged", {"person": person}, user)
    return f"Acknowledged: {blocks.escape(tracked.title)}. {_next(db, services, tracked, person)}"


def _next(db: Database, services: Services, tracked: Tracked, person: str) -> str:
    waits = [
        said.due
        for said in outbox.about(db, about(tracked.id))
        if said.state == "waiting" and said.arguments.get("person") == person
    ]
    if not waits:
        return "No further reminder is planned for you."
    zone = people.hours(db, services, person).zone
    here = days.in_zone(min(waits), zone)
    return f"The next reminder comes on {days.spoken(here)} at {here:%H:%M}."


def snooze(db: Database, services: Services, tracked: Tracked, user: str, values: Mapping[str, Any]) -> None:
    """Put a person's reminders off until a ``choice`` of SNOOZES, or ``at`` an instant; Refused past the deadline."""
    person, now = acts_for(db, services, tracked, user), services.now()
    choice, at = SNOOZES[values["choice"]], values.get("at")
    if choice == "at" and at is None:
        raise Refused("Choose a time.", field="at")
    theirs = people.hours(db, services, person)
    at = reminding.snoozed(choice, at if choice == "at" else None, now, tracked.due, tracked.last, theirs)
    tracking.answered(db, services, tracked, person)
    outbox.owe(db, [reminder(tracked, "snoozed", at, person, f"snoozed-{at:%Y%m%dT%H%M}", {})], now)
    record(db, services, tracked, "snoozed", {"person": person, "until": at.isoformat()}, user)


def _done(db: Database, services: Services, tracked: Tracked, user: str, values: Mapping[str, Any]) -> None:
    finish(db, services, tracked, user, values["what"], values["when"])


def _move(db: Database, services: Services, tracked: Tracked, user: str, values: Mapping[str, Any]) -> None:
    may_change(db, services, tracked, user)
    tracking.move(db, services, tracked, values["day"], values["reason"], user)


def _hand(db: Database, services: Services, tracked: Tracked, user: str, values: Mapping[str, Any]) -> None:
    may_change(db, services, tracked, user)
    to, note = str(values["owner"]), str(values.get("note", ""))
    if to == tracked.owner:
        raise Refused("They own it already; name somebody else.", field="owner")
    tracking.answered(db, services, tracked, acts_for(db, services, tracked, user))
    offered = replace(tracked, offered_to=to)
    kept.put(db, offered)
    now, mark = services.now(), f"offered-{services.new_id()}"
    at, said = reminding.allowed(now, tracked.due, people.hours(db, services, to)), {"by": user, "note": note}
    outbox.owe(db, [reminder(tracked, "offered", at, to, mark, said, subject=f"told:{tracked.id}")], now)
    record(db, services, tracked, "offered", {"to": to, "note": note}, user)


def _accept(db: Database, services: Services, tracked: Tracked, user: str) -> str:
    _offered_to(tracked, user)
    tracking.withdraw(db, services, tracked)
    record(db, services, tracked, "handed over", {"from": tracked.owner, "to": user}, user)
    tracking.tell(db, services, tracked, "handed over", {"who": user, "accepted": True})
    mine = replace(tracked, owner=user, offered_to=None, revision=tracked.revision + 1)
    kept.put(db, mine)
    kept.watch(db, tracked.id, [person for person in kept.watchers(db, tracked.id) if person != user])
    tracking.plan(db, services, mine)
    return f"You own {blocks.escape(tracked.title)} now. {_next(db, services, mine, user)}"


def _decline(db: Database, services: Services, tracked: Tracked, user: str) -> str:
    _offered_to(tracked, user)
    kept.put(db, replace(tracked, offered_to=None))
    record(db, services, tracked, "declined", {"person": user}, user)
    tracking.tell(db, services, tracked, "handed over", {"who": user, "accepted": False})
    return f"You declined {blocks.escape(tracked.title)}; {due.whose(tracked.owner)} is told."


def _offered_to(tracked: Tracked, user: str) -> None:
    if tracked.offered_to != user:
        raise Refused(f"{tracked.title} is not offered to you (any more).")


Click = Callable[[Database, Services, Tracked, str], str]
Enter = Callable[[Database, Services, Tracked, str, Mapping[str, Any]], None]
_CLICKS: Mapping[str, Click] = {"ack": acknowledge, "accept": _accept, "decline": _decline}
_ENTRIES: Mapping[str, Enter] = {"done": _done, "snooze": snooze, "move": _move, "hand": _hand}
