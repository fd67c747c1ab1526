"""Tracking a deadline: from a computed answer, from typed words, from a desk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

from handlers import blocks, due, forms, parse, people, profiles, tracking
from handlers.computing import basis
from handlers.incoming import Incoming
from handlers.services import Services, keep
from handlers.surface import Surface
from handlers.tracking import Due, governing_zone
from knowledge import fields, inputs, reminding
from knowledge.fields import Field
from knowledge.inputs import Here
from knowledge.refused import Refused
from knowledge.rules import find
from storage import agreements as agreed
from storage import audit, deliveries
from storage import deadlines as kept
from storage import people as known
from storage.audit import Entry, canonical
from storage.deadlines import Tracked
from storage.outbox import Letter

SURFACE = Surface(
    scopes={"users:read": "reminders come in each person's own time zone, and never to a bot or somebody who left"},
    needs={"consultant": ("deadline_track",)},
)
MOST_TITLE = 150
FORM = (
    Field("text", "What it is about", help="as it is to stand in reminders", name="title", required=True),
    Field("user", "Owner", help="is reminded until it is done", name="owner", required=True),
    Field("users", "Watchers", help="are reminded, too, and need not answer", name="watchers"),
    Field(
        "text", "Lead times", help="whole days before (hours for a clock in hours), such as 14, 7, 3, 1", name="leads"
    ),
)
ABOUT = tuple(field.name for field in FORM)


def register(app: Any) -> None:
    app.action("deadline_track")(opened)
    app.view("deadline_track")(entered)


async def opened(
    ack: Any, client: Any, body: dict[str, Any], action: dict[str, Any], incoming: Incoming, services: Services
) -> None:
    """Open the form in which an answer becomes a tracked deadline."""
    await client.views_open(
        trigger_id=body["trigger_id"], view=await services.store.run(_form, services, incoming, action["value"])
    )
    await ack()


async def entered(
    ack: Any, client: Any, view: dict[str, Any], body: dict[str, Any], incoming: Incoming, services: Services
) -> None:
    """Track the answer that the form is about."""
    given, metadata = forms.typed(view), json.loads(view["private_metadata"])
    values = fields.read(FORM, given, Here(services.now(), services.zone))
    await check_people(services, client, values)
    await services.store.run(_track_answer, services, incoming, metadata, values)
    services.wake()
    await ack()


async def typed(client: Any, incoming: Incoming, services: Services, words: list[str]) -> dict[str, Any]:
    """Track the deadline that typed words give; the reply to them."""
    if not words:
        raise Refused(
            "Say which deadline: `/deadline track payment-due from=15 may agreement=acme title='Invoice 7'`, with owner=@x, "
            "watchers=@y,@z and leads=14,7,1 where you like."
        )
    kind, given = parse.split("deadline", words)
    about = {name: given.pop(name) for name in ABOUT if name in given}
    here = Here(services.now(), services.zone)
    values = {f.name: fields.value(f, person(f, about[f.name]), here) for f in FORM if f.name in about}
    await check_people(services, client, values)
    return await services.store.run(_track_typed, services, incoming, kind, given, values)


def person(field: Field, given: object) -> object:
    """People as typed words name them, without the sign before a name."""
    if field.type not in ("user", "users"):
        return given
    names = str(given).replace("@", "")
    try:
        return (field.type == "users" and names) or inputs.person(names, field.name)
    except Refused:
        raise Refused(
            f"{field.name} is {given!r}; pick the person from the names that Slack offers while you type.",
            field=field.name,
        ) from None


async def check_people(services: Services, client: Any, values: Mapping[str, Any]) -> None:
    """Refused for an owner or watcher who is a bot or has left."""
    if owner := values.get("owner"):
        await profiles.able(services, client, str(owner))
    for watcher in values.get("watchers", ()):
        await profiles.able(services, client, str(watcher), "watchers")


def track(
    db: Database,
    services: Services,
    kind: str,
    given: Mapping[str, Any],
    values: Mapping[str, Any],
    by: str,
    cause: str,
) -> Tracked:
    """Track a deadline that a person asks for; Refused where it has passed, or is tracked already."""
    for field, people_ in (("owner", [values.get("owner")]), ("watchers", values.get("watchers", ()))):
        for one in filter(None, people_):  # a desk has no Slack to ask; what is known holds there, too
            profiles.reachable(known.get(db, str(one)), field)
    agreement = str(given.get("agreement") or "")
    stays = {name: value for name, value in given.items() if name != "agreement"}
    title = str(values.get("title") or find("deadline", kind).title)
    if len(title) > MOST_TITLE:
        raise Refused(f"That is {len(title)} characters long; give {MOST_TITLE} at most.", field="title")
    computed = tracking.compute(db, services, kind, given, "", by)
    asked = canonical(
        [kind, {name: computed.inputs.get(name) for name in stays}, computed.inputs.get("agreement"), title]
    )
    key = f"asked:{hashlib.sha256(asked.encode()).hexdigest()[:16]}"
    if (before := kept.by_key(db, key)) and before.state == "open":
        said = f"It is tracked already, as {before.id}, for {due.whose(before.owner)}."
        raise Refused(said, field="title", people=(before.owner,))
    fact = Due(
        key=key,
        kind=kind,
        given=stays,
        agreement=agreement,
        owner=str(values.get("owner") or ""),
        watchers=tuple(values.get("watchers", ())),
        title=title,
        leads=leads_of(values.get("leads")),
    )
    id = tracking.follow(db, services, fact, cause=cause, by=by)
    tracked = kept.get(db, id)
    assert tracked is not None
    if tracked.last <= services.now():
        passed = due.plainly(tracked.due, governing_zone(tracked))
        raise Refused(
            f"That deadline passed on {passed}; only one that is still to come can be tracked.", field="title"
        )
    return tracked


def leads_of(text: object) -> tuple[int, ...] | None:
    """Lead times as they are typed: "14, 7, 1"; None where none are given."""
    if not text:
        return None
    found = []
    for part in inputs.each(str(text)):
        if not str(part).lstrip("-").isdecimal():
            raise Refused(f"{part!r} is no lead time; give whole numbers such as 14, 7, 3, 1.", field="leads")
        found.append(int(str(part)))
    return tuple(found)


def _track_typed(
    db: Database, services: Services, incoming: Incoming, kind: str, given: dict[str, Any], values: dict[str, Any]
) -> dict[str, Any]:
    # Delivered twice at once, both come this far: the second is answered as the first, and not told that it is tracked.
    if (first := deliveries.reply_to(db, incoming.key)) is not None:
        return first
    placed = _in_place(db, given, incoming.channel)
    tracked = track(
        db, services, kind, placed, _owned(db, services, values, placed, incoming.user), incoming.user, "asked for"
    )
    return _told(db, services, incoming, tracked, incoming.private(_confirmed(db, services, tracked)), [])


def _track_answer(
    db: Database, services: Services, incoming: Incoming, metadata: Mapping[str, Any], values: dict[str, Any]
) -> None:
    if deliveries.reply_to(db, incoming.key) is not None:
        return
    recorded = audit.get(db, metadata["answer"])
    if recorded is None or "answer" not in recorded.content:
        raise Refused("That answer is no longer on record; compute it again.", field="title")
    answer = recorded.content["answer"]
    try:
        tracked = track(
            db, services, answer["kind"], _as_given(db, services, answer), values, incoming.user, "asked for"
        )
    except Refused as refused:
        raise Refused(str(refused), field=refused.field if refused.field in ABOUT else "title") from None
    channel = metadata["channel"]
    place, method = {"channel": channel or incoming.user}, "chat.postMessage"
    if channel.startswith(("C", "G")):
        place, method = place | {"user": incoming.user}, "chat.postEphemeral"
    message = _confirmed(db, services, tracked)
    letter = Letter(incoming.key, tracked.answer, services.now(), method, place | message, tell=incoming.user)
    _told(db, services, incoming, tracked, {}, [letter])


def _as_given(db: Database, services: Services, answer: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs of a recorded answer without the country and zone that its agreement supplied: those may change."""
    given = dict(answer["inputs"])
    agreement = basis(db, services.shelf_in(db)).agreement(given["agreement"]) if given.get("agreement") else None
    if agreement:
        supplied = {"country": agreement.country, "zone": agreement.zone}
        given = {name: value for name, value in given.items() if supplied.get(name) != value}
    return given


def _owned(
    db: Database, services: Services, values: dict[str, Any], given: Mapping[str, Any], user: str
) -> dict[str, Any]:
    """Whoever tracks a deadline owns it, where nobody else is named."""
    return values if values.get("owner") else values | {"owner": user}


def _told(
    db: Database, services: Services, incoming: Incoming, tracked: Tracked, reply: dict[str, Any], letters: list[Letter]
) -> dict[str, Any]:
    content = {"deadline": tracked.id, "key": tracked.key}
    entry = Entry(services.new_id(), services.now(), incoming.user, "track", tracked.id, content)
    return keep(db, incoming.key, entry, reply, letters)


def _confirmed(db: Database, services: Services, tracked: Tracked) -> dict[str, Any]:
    """That a deadline is tracked, and when its owner is reminded."""
    zone, now = governing_zone(tracked), services.now()
    theirs = people.hours(db, services, tracked.owner)
    steps = reminding.steps(tracked.due, tracked.leads, theirs, now, tracked.last)
    when = ", ".join(reminding.spoken(_local(step, theirs, tracked)) for step in steps)
    told = (
        f"Tracked as `{tracked.id}`: {blocks.escape(tracked.title)}, due on {due.stands(tracked.due, zone)}. "
        f"{due.whose(tracked.owner)} is reminded on {when}."
    )
    body = [blocks.section(told)]
    if readings := due.readings(tracked, zone):
        body.append(blocks.context(blocks.escape(readings)))
    return {"text": told, "blocks": body}


def _local(step: reminding.Step, theirs: reminding.Hours, tracked: Tracked) -> reminding.Due:
    here = step.at.astimezone(theirs.zone)
    return here if reminding.unit(tracked.due) == "hours" else here.date()


def _in_place(db: Database, given: Mapping[str, Any], channel: str) -> dict[str, Any]:
    """What was given, with the agreement that the channel is about where none was named."""
    slug = agreed.of_channel(db, channel) if channel and not given.get("agreement") else None
    return {name: value for name, value in given.items() if value != "none"} | ({"agreement": slug} if slug else {})


def _form(db: Database, services: Services, incoming: Incoming, id: str) -> dict[str, Any]:
    recorded = audit.get(db, id)
    if recorded is None or recorded.action != "deadline" or "answer" not in recorded.content:
        raise Refused("That answer is no longer on record; compute it again.")
    answer = recorded.content["answer"]
    slug = answer["inputs"].get("agreement")
    agreement = basis(db, services.shelf_in(db)).agreement(slug) if slug else None
    owner = (agreement.manager if agreement else "") or incoming.user
    titled = find("deadline", answer["kind"]).title + (f", {agreement.client}" if agreement else "")
    given = {"title": blocks.shorten(titled, MOST_TITLE), "owner": owner}
    body = forms.entries(FORM, given, Here(services.now(), services.zone))
    metadata = json.dumps({"answer": id, "channel": incoming.channel})
    return forms.modal("deadline_track", "Track a deadline", "Track", body, metadata)
