"""Deadlines that are followed: made and moved by the facts they come from, with a reminder on its way for each lead time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from handlers import parse, people
from handlers.computing import Basis, basis, between, entry, mark, named
from handlers.services import Services
from knowledge import reminding
from knowledge.agreements import Agreement
from knowledge.answer import Answer, value
from knowledge.days import zone
from knowledge.refused import Refused
from storage import audit, outbox
from storage import deadlines as kept
from storage.audit import Entry
from storage.deadlines import Tracked
from storage.outbox import Letter

REMIND, DIGEST = "reminder", "digest"
"""The names that reminders and weekly digests have instead of a Slack method."""


@dataclass(frozen=True)
class Due:
    """A deadline that is to be followed, and the fact it comes from.

    ``key`` is unique among all facts ("hardware-return:LT-001"). ``kind`` and ``given`` are a deadline rule and its
    inputs. ``owner`` and ``watchers`` are Slack user ids; without an owner the agreement's manager is reminded, else the
    administrators. ``leads`` are lead times in days (hours for clocks in hours); None are the usual ones that fit.
    """

    key: str
    kind: str
    given: Mapping[str, Any]
    agreement: str
    owner: str
    watchers: tuple[str, ...]
    title: str
    leads: tuple[int, ...] | None = None


@dataclass(frozen=True)
class _Computed:
    """What a deadline's rule says now, and the record of it."""

    answer: Answer
    record: Entry
    agreement: Agreement | None
    given: dict[str, Any]
    readings: tuple[tuple[str, str, str], ...]
    due: date
    last: datetime
    zone: str
    under: str


@dataclass(frozen=True)
class Refreshed:
    """The ids of the deadlines that moved when they were computed again, and of those whose rule refused."""

    moved: tuple[str, ...]
    stuck: tuple[str, ...]


def follow(db: Database, services: Services, due: Due, *, cause: str, by: str) -> str:
    """Make the deadline of a fact, or move it where it is followed already; its id. In the caller's transaction.

    What moves is told to the owner, with both dates and the cause, and kept. A deadline that was handed over stays with
    its new owner. Refused as its rule refuses, and for lead times that do not fit.
    """
    on = basis(db, services.shelf_in(db))
    found = _compute(db, services, on, due.kind, due.given, due.agreement, by)
    before = kept.by_key(db, due.key)
    if before and before.state == "done" and _computed_readings(before) == found.readings:
        return before.id  # what was done stays done until its dates change
    if before is None or before.state != "open":
        return _begin(db, services, due, found, before, cause, by)
    stands = replace(before, title=due.title, owner=_owner(db, services, due, found, before))
    chosen = reminding.leads(due.leads, found.due, found.answer.found.since, services.now(), zone(found.zone))
    if due.leads is not None:
        stands = replace(stands, leads=chosen)
    watchers = kept.watchers(db, before.id)
    kept.watch(db, before.id, [person for person in due.watchers if person != stands.owner])
    _recompute(db, services, before, stands, found, cause, by)
    if (before.owner, before.leads, watchers) != (stands.owner, stands.leads, kept.watchers(db, before.id)):
        again = kept.get(db, before.id) or stands
        _release(db, services, again, before.owner)
        plan(db, services, again)
    return before.id


def _release(db: Database, services: Services, tracked: Tracked, owner: str) -> None:
    """Take back what is no longer to be said: to people who own or watch a deadline no more (``owner`` did), and at lead
    times that were given up. What is due already to those who stay is still said, and to whom it went up, still repeated.
    """
    now, stay = services.now(), {tracked.owner, *kept.watchers(db, tracked.id)}
    if owner not in stay:
        answered(db, services, tracked, owner)
    for said in outbox.about(db, about(tracked.id)):
        person, lead = said.arguments["person"], said.arguments.get("lead", 0)
        gone = person not in stay or (said.arguments["what"] == "passed" and person != tracked.owner)
        own = said.arguments["what"] in ("lead", "passed", "snoozed")
        if said.state == "waiting" and own and (gone or (lead not in tracked.leads and said.due > now)):
            outbox.take_back(db, said.key, now)


def drop(db: Database, services: Services, key: str, *, cause: str, by: str) -> bool:
    """The fact behind a deadline is settled: no reminder goes out any more. False where it is not followed."""
    tracked = kept.by_key(db, key)
    if tracked is None or tracked.state != "open":
        return False
    close(db, services, tracked, "dropped", {"cause": cause}, by)
    return True


def close(db: Database, services: Services, tracked: Tracked, state: str, said: Mapping[str, Any], by: str) -> None:
    """End a deadline as ``done`` or ``dropped``, on the record; nobody is reminded of it any more."""
    kept.put(db, replace(tracked, state=state, offered_to=None))
    withdraw(db, services, tracked)
    record(db, services, tracked, state, said, by)


def withdraw(db: Database, services: Services, tracked: Tracked) -> None:
    """Take back every reminder that is still to go out, and forget who has not answered."""
    for person in kept.unanswered(db, tracked.id):
        answered(db, services, tracked, person)
    outbox.cancel(db, about(tracked.id), services.now())


def answered(db: Database, services: Services, tracked: Tracked, person: str) -> None:
    """A person has answered: what was to be repeated to them, or to be escalated because of them, is taken back."""
    kept.answered(db, tracked.id, person)
    outbox.cancel(db, about(tracked.id, person), services.now())


def refresh(db: Database, services: Services, tracked: Iterable[Tracked], *, cause: str, by: str) -> Refreshed:
    """Compute deadlines again after something they rest on has changed; where the answers show what that was, the owner is
    told, else the ``cause``.

    A deadline whose rule refuses now keeps its dates; its owner is told, once for one reason.
    """
    on, moved, stuck = basis(db, services.shelf_in(db)), list[str](), list[str]()
    for one in tracked:
        try:
            found = _compute(db, services, on, one.kind, one.given, one.agreement, by)
        except Refused as refused:
            stuck.append(one.id)
            kept.put(db, replace(one, under=mark(on.library)))
            said = {"cause": cause, "refused": str(refused)}
            if _refused_last(db, one) != said["refused"]:
                record(db, services, one, "not computed", said, by)
                tell(db, services, one, "stuck", said)
            continue
        if _recompute(db, services, one, one, found, _because(db, one, found) or cause, by):
            moved.append(one.id)
    return Refreshed(tuple(moved), tuple(stuck))


def _refused_last(db: Database, tracked: Tracked) -> str | None:
    """Why a deadline's rule refused when it was last computed; None where it did not."""
    computed = ("deadline tracked", "deadline moved", "deadline read anew", "deadline not computed")
    last = next((step for step in reversed(kept.steps(db, tracked.id)) if step.action in computed), None)
    return last.content.get("refused") if last else None


def _because(db: Database, tracked: Tracked, found: _Computed) -> str:
    """What changed since a deadline was last computed, as the two answers show it; empty where they rest on the same."""
    then = audit.get(db, tracked.answer)
    if tracked.under == found.under or then is None or "answer" not in then.content:
        return ""
    return between(then.content["answer"], found.answer.data, then.content["holidays"])


def move(db: Database, services: Services, tracked: Tracked, day: date, reason: str, by: str) -> Tracked:
    """Move a deadline to another day (or instant) for a reason that a person gives; what the rule says is kept beside it."""
    place = governing_zone(tracked)
    last = reminding.last_moment(day, place)
    if last <= services.now():
        raise Refused(f"{reminding.spoken(day)} has passed; give a day that is still to come.", field="day")
    if day == tracked.due:
        raise Refused(f"It is due on {reminding.spoken(day)} already; give another day.", field="day")
    moved = replace(
        tracked, due=day, last=last, readings=(*_computed_readings(tracked), (MOVED, day.isoformat(), day.isoformat()))
    )
    return _moved(db, services, tracked, moved, reason, by, tell_owner=by != tracked.owner)


MOVED = "moved by a person"
"""The name of the reading that a person set."""


def plan(db: Database, services: Services, tracked: Tracked) -> None:
    """Owe every reminder of a deadline that is still to come; those that are owed already move to their new times."""
    now, letters = services.now(), list[Letter]()
    for person in dict.fromkeys((tracked.owner, *kept.watchers(db, tracked.id))):
        theirs = people.hours(db, services, person)
        for step in reminding.steps(tracked.due, tracked.leads, theirs, now, tracked.last):
            letters.append(reminder(tracked, "lead", step.at, person, f"{step.lead}", {"lead": step.lead}))
        if person == tracked.owner:
            at = max(reminding.passed(tracked.last, tracked.due, theirs), now)
            letters.append(reminder(tracked, "passed", at, person, "passed", {}))
        owe_digest(db, services, person)
    outbox.owe(db, letters, now)


def owe_digest(db: Database, services: Services, person: str) -> None:
    """Owe a person the digest of their next Monday, one for each Monday, by their own clock as it is now."""
    theirs = people.hours(db, services, person)
    monday = reminding.next_monday(services.now(), theirs)
    key, at = f"digest:{person}:{monday}", reminding.week_begins(monday, theirs)
    letter = Letter(key, key, at, DIGEST, {"person": person}, together=f"digest:{person}")
    outbox.owe(db, [letter], services.now())


def replan(db: Database, services: Services, person: str) -> None:
    """Move the reminders to a person to their working hours, which have changed."""
    for tracked in kept.open_ones(db, person=person):
        plan(db, services, tracked)


def reminder(
    tracked: Tracked, what: str, at: datetime, to: str, mark: str, more: Mapping[str, Any], *, subject: str = ""
) -> Letter:
    """A reminder to a person; ``mark`` tells it from others of this revision.

    ``subject`` is what takes it back, where that is not whatever moves or ends the deadline.
    """
    key = f"remind:{tracked.id}:{tracked.revision}:{mark}:{to}"
    arguments = {"deadline": tracked.id, "revision": tracked.revision, "what": what, "person": to, **more}
    return Letter(key, subject or about(tracked.id), at, REMIND, arguments, together=f"remind:{to}")


def about(id: str, person: str = "") -> str:
    """What the letters of a deadline are about; those that only a person's silence makes necessary apart."""
    return f"deadline:{id}:{person}" if person else f"deadline:{id}"


def tell(db: Database, services: Services, tracked: Tracked, what: str, said: Mapping[str, Any]) -> None:
    """Tell the owner what became of a deadline, in their working hours."""
    now, to = services.now(), tracked.owner
    at, mark = reminding.allowed(now, tracked.due, people.hours(db, services, to)), f"{what}-{services.new_id()}"
    outbox.owe(db, [reminder(tracked, what, at, to, mark, said, subject=f"told:{tracked.id}")], now)


def record(
    db: Database, services: Services, tracked: Tracked, did: str, said: Mapping[str, Any], by: str, id: str = ""
) -> str:
    """Put on record what happened to a deadline; the id of the entry."""
    id = id or services.new_id()
    kept.step(db, tracked.id, Entry(id, services.now(), by, f"deadline {did}", tracked.id, dict(said)))
    return id


def compute(db: Database, services: Services, kind: str, given: Mapping[str, Any], agreement: str, by: str) -> Answer:
    """What a deadline's rule says now; Refused as it refuses. Nothing is kept."""
    return _compute(db, services, basis(db, services.shelf_in(db)), kind, given, agreement, by).answer


def _compute(
    db: Database, services: Services, on: Basis, kind: str, given: Mapping[str, Any], agreement: str, by: str
) -> _Computed:
    now = services.now()
    whole = dict(given) | ({"agreement": agreement} if agreement else {})
    asked = parse.from_json("deadline", kind, whole, now=now, agreements=on.overrides)
    answer = on.compute(asked, services.new_id())
    # What was given stays given; country and zone are the agreement's to change, unless somebody chose them.
    defaults = {field.name for field in asked.rule.fields if field.today}
    names = ({*given} | defaults) - {"agreement"}
    stays = {name: answer.inputs[name] for name in answer.inputs if name in names}
    days_ = [reading.day for reading in answer.readings if reading.day]
    due = reminding.earliest(days_)
    found = named(on, asked)
    return _Computed(
        answer=answer,
        record=entry(answer, found, now, by),
        agreement=found,
        given=stays,
        readings=tuple((r.name, str(value(r.day)), str(value(r.extended))) for r in answer.readings),
        due=due,
        last=reminding.last_moment(due, asked.question.place),
        zone=asked.question.zone,
        under=mark(on.library),
    )


def _begin(
    db: Database, services: Services, due: Due, found: _Computed, before: Tracked | None, cause: str, by: str
) -> str:
    """Follow a deadline that was not followed, or no longer."""
    now, since = services.now(), found.answer.found.since
    tracked = Tracked(
        id=before.id if before else services.new_id(),
        key=due.key,
        kind=found.answer.kind,
        given=found.given,
        agreement=found.agreement.slug if found.agreement else "",
        owner=_owner(db, services, due, found, None),
        title=due.title,
        leads=reminding.leads(due.leads, found.due, since, now, zone(found.zone)),
        readings=found.readings,
        due=found.due,
        last=found.last,
        zone=found.zone,
        answer=found.answer.id,
        state="open",
        revision=before.revision + 1 if before else 1,
        offered_to=None,
        at=now,
        by=by,
        under=found.under,
    )
    audit.append(db, found.record)
    kept.put(db, tracked)
    kept.watch(db, tracked.id, [person for person in due.watchers if person != tracked.owner])
    said = {"cause": cause, "due": found.due.isoformat(), "answer": found.answer.id, "owner": tracked.owner}
    record(db, services, tracked, "tracked", said, by)
    plan(db, services, tracked)
    if tracked.owner != by:
        tell(db, services, tracked, "tracked", {"cause": cause, "by": by})
    return tracked.id


def _owner(db: Database, services: Services, due: Due, found: _Computed, before: Tracked | None) -> str:
    """Who is reminded first: whoever it was handed to, else the owner of the fact, the agreement's manager, an admin."""
    if before and any(step.action == "deadline handed over" for step in kept.steps(db, before.id)):
        return before.owner
    manager = found.agreement.manager if found.agreement else ""
    return due.owner or manager or next(iter(services.holders(db)["admin"]), "")


def _recompute(
    db: Database, services: Services, before: Tracked, stands: Tracked, found: _Computed, cause: str, by: str
) -> bool:
    """Keep what a deadline's rule says now; True where that moved it."""
    stands = replace(stands, given=found.given, under=found.under)
    if _computed_readings(before) == found.readings:
        if before.under != found.under and _because(db, before, found):
            # The same dates, from words that are to be shown from now on.
            audit.append(db, found.record)
            stands = replace(stands, answer=found.answer.id)
            record(db, services, stands, "read anew", {"cause": cause, "answer": found.answer.id}, by)
        if stands != before:
            kept.put(db, stands)
        return False
    audit.append(db, found.record)
    slug = found.agreement.slug if found.agreement else ""
    after = replace(
        stands,
        agreement=slug,
        readings=found.readings,
        due=found.due,
        last=found.last,
        zone=found.zone,
        answer=found.answer.id,
    )
    if after.due == before.due:
        # Another reading moved, not the one that governs: that is kept, and no reminder changes.
        kept.put(db, after)
        said = {"cause": cause, "readings": [list(reading) for reading in found.readings], "answer": found.answer.id}
        record(db, services, after, "read anew", said, by)
        return False
    _moved(db, services, before, after, cause, by, tell_owner=True)
    return True


def _computed_readings(tracked: Tracked) -> tuple[tuple[str, str, str], ...]:
    return tuple(reading for reading in tracked.readings if reading[0] != MOVED)


def _moved(
    db: Database, services: Services, before: Tracked, after: Tracked, cause: str, by: str, *, tell_owner: bool
) -> Tracked:
    """Keep new dates beside the old ones, and owe the reminders of the new dates instead."""
    withdraw(db, services, before)
    after = replace(after, revision=before.revision + 1)
    kept.put(db, after)
    said = {"cause": cause, "from": before.due.isoformat(), "to": after.due.isoformat(), "answer": after.answer}
    record(db, services, after, "moved", said, by)
    plan(db, services, after)
    if tell_owner:
        tell(db, services, after, "moved", said)
    return after


def governing_zone(tracked: Tracked) -> ZoneInfo:
    """The zone that governs a deadline: the one in which it was computed."""
    return zone(tracked.zone)
