"""What people do to an incident: each act gives the incident as it then stands and the entries of its timeline, or is Refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from knowledge import days
from knowledge.breach import data, reading
from knowledge.breach.completeness import missing
from knowledge.breach.data import GDPR, ITQ
from knowledge.breach.incident import (
    AUTHORITY,
    ROLES,
    Decision,
    Event,
    Fact,
    Incident,
    Notice,
    Said,
    Task,
    authority,
    label,
)
from knowledge.breach.severity import graded, severity
from knowledge.refused import Refused, refuse_all

Done = tuple[Incident, tuple[Event, ...]]
HOW = ("e-mail", "phone", "letter", "portal", "meeting", "message")
LANGUAGES = ("en", "nl", "fr")
PEOPLE = "people"
# A time is given to the minute, a letter is made to the second.
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Act:
    """Who acts and when (aware)."""

    at: datetime
    by: str

    @property
    def stamp(self) -> str:
        """The instant as it is kept."""
        return self.at.isoformat()


def begin(
    number: str, values: Mapping[str, Any], zone: str, act: Act, *, drill: bool, zones: Mapping[str, str] | None = None
) -> Done:
    """A new incident from its first answers; Refused where what happened, when ITQ became aware, or whose data is empty."""
    refusals = [
        Refused(f"{label(name)} This is needed; what is not known yet can be said to be unknown.", field=name)
        for name in ("happened", "aware_at", "clients")
        if values.get(name, "") in ("", [])
    ]
    if values.get("aware_at", "") is None:
        words = "The clocks start when ITQ becomes aware; give at least the moment of this report."
        refusals.append(Refused(words, field="aware_at"))
    refuse_all(refusals)
    reported = act.at.astimezone(days.zone(zone)).isoformat(timespec="seconds")
    values = {"reported_at": reported, **values}
    empty = Incident(number, drill, "suspected", act.stamp, act.by)
    incident, events = answer(empty, values, zone, act, zones=zones)
    return incident, (Event("opened", after=number), *events)


def answer(
    incident: Incident, values: Mapping[str, Any], zone: str, act: Act, *, zones: Mapping[str, str] | None = None
) -> Done:
    """Answers to questions; what stays the same is no entry. Refused where the answers do not hold together.

    Times are told in ``zone``, or in their own in ``zones``; one that is named there and not given is told anew.
    """
    need_open(incident)
    places = zones or {}
    facts, events = dict(incident.facts), []
    for name, value in {**_retold(incident, places), **_precise(incident, values)}.items():
        before, place = facts.get(name), places.get(name, zone)
        if value == "":
            if before is None:
                continue
            if data.fields()[name].required:
                raise Refused("This was answered before; give the right answer, or say that it is unknown.", field=name)
            del facts[name]
            events.append(Event(name, _shown(before), None, "taken away"))
        elif before is None or not _same(name, before, value, places.get(name, before.zone)):
            facts[name] = Fact(value, act.stamp, act.by, place)
            events.append(Event(name, _shown(before), "unknown" if value is None else value, _in_zone(name, place)))
    changed = replace(incident, facts=facts)
    reading.check(changed, act.at, changed=[event.what for event in events])
    return changed, tuple(events)


def _retold(incident: Incident, zones: Mapping[str, str]) -> dict[str, Any]:
    """Times on record whose zone is put right: the same moments, as clocks there show them."""
    told = {}
    for name, zone in zones.items():
        if value := incident.value(name):
            moment = data.fields()[name].type == "instant"
            told[name] = days.in_zone(datetime.fromisoformat(value), days.zone(zone)).isoformat() if moment else value
    return told


def _precise(incident: Incident, values: Mapping[str, Any]) -> dict[str, Any]:
    """The answers, where the moment at which it began takes the place of the day that was known before."""
    moment = values.get("event_from") and "event_on" not in values and incident.value("event_on")
    return {**values, "event_on": ""} if moment else dict(values)


def suppose(incident: Incident, case: str, act: Act) -> Done:
    """The typical case that it is like: its likely answers are proposed where nothing was answered yet."""
    need_open(incident)
    if case not in data.cases():
        raise Refused(f"There is no case {case!r}; there are: {', '.join(data.cases())}.", field="case")
    return replace(incident, case=case), (Event("case", incident.case or None, case),)


def likely(incident: Incident) -> Mapping[str, Any]:
    """What the typical case proposes for questions that were not answered yet; no answer until a person gives it."""
    facts = data.cases()[incident.case].facts if incident.case else {}
    return {name: value for name, value in facts.items() if name not in incident.facts}


def move(incident: Incident, name: str, act: Act, *, reason: str = "", target: str = "") -> Done:
    """A move of the table; Refused with what it still needs, or with the moves that there are."""
    _not_erased(incident)
    chosen = data.moves().get(name)
    if chosen is None or incident.state not in chosen.sources:
        raise Refused(f"{incident.number} is {label(incident.state)}; from there: {_ways(incident)}.", field="move")
    lacking = [sentence for need in chosen.needs for sentence in _lacking(incident, need)]
    if lacking:
        raise Refused(f"“{chosen.label}” still needs: {'; '.join(dict.fromkeys(lacking))}.", field="move")
    if "reason" in chosen.needs and not reason.strip():
        raise Refused("Give the reason; it goes into the register.", field="reason")
    if "target" in chosen.needs and not target.strip():
        raise Refused("Give the number of the incident that stays.", field="target")
    reasons = (*incident.reasons, Said(name, reason.strip(), act.stamp, act.by)) if reason.strip() else incident.reasons
    moved = replace(
        incident,
        state=chosen.to,
        reasons=reasons,
        merged_into=target,
        closed_at=act.stamp if chosen.to in ("closed", "not-a-breach", "merged") else "",
    )
    return moved, (Event("state", label(incident.state), label(chosen.to), reason.strip() or target),)


def informed(incident: Incident) -> tuple[str, ...]:
    """Everybody who may have to be informed: each client, the authority, and where there are several, that of each."""
    several = len(incident.clients) > 1
    each = tuple(f"{AUTHORITY}:{client}" for client in incident.clients) if several else ()
    return (*incident.clients, AUTHORITY, *each)


def notify(
    incident: Incident, about: str, *, language: str, to: str, how: str, told_at: datetime, evidence: str, act: Act
) -> Done:
    """A notice that was given to a client or the authority; Refused without evidence, or for a time that cannot be."""
    need_open(incident)
    if about not in informed(incident):
        known = ", ".join(incident.clients) or "none yet"
        raise Refused(f"{about!r} is no affected client; affected are: {known}.", field="about")
    if not to.strip():
        raise Refused("Say who was told.", field="to")
    if not evidence.strip():
        raise Refused("Give the evidence: a link, a file, or the text that was sent.", field="evidence")
    if how not in HOW:
        raise Refused(f"Say how: {', '.join(HOW)}.", field="how")
    if told_at > act.at:
        raise Refused("That lies in the future; mark it as sent once it is.", field="told_at")
    aware = incident.moment("aware_at")
    if aware and told_at < aware:
        raise Refused("That is before ITQ became aware.", field="told_at")
    phase = sum(notice.about == about for notice in incident.notices) + 1
    sent = (about, phase, language, to.strip(), how, told_at.isoformat(), evidence.strip(), act.stamp, act.by)
    notice = Notice(*sent, made_at=_made(incident, about, told_at))
    return replace(incident, notices=(*incident.notices, notice)), (
        Event("notice", after=f"{about}: told {to.strip()} by {how}, notice {phase}", note=evidence.strip()),
    )


def _made(incident: Incident, about: str, told_at: datetime) -> str:
    """When the letter was made that was sent by then: the latest one; empty where there is none."""
    times = [letter.at for letter in incident.letters if letter.about == about]
    return max((at for at in times if datetime.fromisoformat(at) <= told_at + MINUTE), default="")


def write_letter(incident: Incident, about: str, language: str, what: str, act: Act) -> Done:
    """That a paper was made: ``about`` is the client of a notice, empty for any other paper."""
    letters = (*incident.letters, Said(about, language, act.stamp, act.by)) if about else incident.letters
    event = Event("papers", None, f"{what} ({language})" + (f" for {about}" if about else ""))
    return replace(incident, letters=letters), (event,)


def decide(incident: Incident, about: str, *, inform: bool, reason: str, act: Act) -> Done:
    """A decision to inform a client, the authority or the people concerned, or not to, with its reason."""
    need_open(incident)
    if about not in (*informed(incident), PEOPLE):
        raise Refused(f"{about!r} is nobody to inform here.", field="about")
    if not reason.strip():
        raise Refused("Give the reason; it goes into the register.", field="reason")
    decision = Decision(about, inform, reason.strip(), act.stamp, act.by)
    before = incident.decided(about)
    return replace(incident, decisions=(*incident.decisions, decision)), (
        Event("decision", before and _decided(before), _decided(decision), decision.reason),
    )


def _decided(decision: Decision) -> str:
    return f"{decision.about}: {'inform' if decision.inform else 'do not inform'}"


def assign(incident: Incident, role: str, person: str, act: Act, note: str = "") -> Done:
    """Give a role (lead, scribe, client contact) to a person; a hand-over where somebody had it."""
    need_open(incident)
    if role not in ROLES:
        raise Refused(f"There is no role {role!r}; there are: {', '.join(ROLES)}.", field="role")
    before = incident.roles.get(role)
    if before == person:
        return incident, ()
    return replace(incident, roles={**incident.roles, role: person}), (Event(role, before, person, note),)


def add_task(incident: Incident, id: str, what: str, owner: str, act: Act) -> Done:
    """A task with its owner."""
    need_open(incident)
    if not what.strip():
        raise Refused("Say what is to be done.", field="what")
    task = Task(id, what.strip(), owner, act.stamp, act.by)
    return replace(incident, tasks=(*incident.tasks, task)), (Event("task", None, task.what, f"owner {owner}"),)


def finish(incident: Incident, ids: Iterable[str], act: Act) -> Done:
    """Tasks that are done."""
    need_open(incident)
    wanted = set(ids)
    done = [task for task in incident.tasks if task.id in wanted and not task.done_at]
    tasks = tuple(replace(t, done_at=act.stamp, done_by=act.by) if t in done else t for t in incident.tasks)
    return replace(incident, tasks=tasks), tuple(Event("task", task.what, "done") for task in done)


def explain_delay(incident: Incident, clock: str, reason: str, act: Act) -> Done:
    """The reason why a clock ran out, which a late notification must give (GDPR 33(1))."""
    _not_erased(incident)
    if not reason.strip():
        raise Refused("Give the reason for the delay.", field="reason")
    delays = (*incident.delays, Said(clock, reason.strip(), act.stamp, act.by))
    return replace(incident, delays=delays), (Event("delay", None, clock, reason.strip()),)


def grade(incident: Incident, chosen: Mapping[str, str], act: Act, *, level: str = "", reason: str = "") -> Done:
    """Judge the severity by its factors; a level that a person sets instead needs a reason."""
    need_open(incident)
    found = severity(chosen)
    override = None
    if level and level != found.level:
        if level not in [name for _, name in data.levels()]:
            raise Refused(f"There is no level {level!r}.", field="level")
        if not reason.strip():
            raise Refused(f"The factors give {found.level}; say why it is {level}.", field="reason")
        override = Said(level, reason.strip(), act.stamp, act.by)
    changed = replace(incident, factors=dict(chosen), override=override)
    why = f"{found.told}; {reason.strip()}".rstrip("; ")
    return changed, (Event("severity", graded(incident)[0] or None, level or found.level, why),)


def note(incident: Incident, words: str, source: str = "") -> Done:
    """Words that go onto the timeline, and where they stand."""
    if not words.strip():
        raise Refused("There is no text to add.", field="words")
    return incident, (Event("message", None, words.strip(), source),)


def possible(incident: Incident) -> tuple[str, ...]:
    """The names of the moves that the table has from here."""
    return tuple(move.name for move in data.moves().values() if incident.state in move.sources)


def _ways(incident: Incident) -> str:
    return "; ".join(data.moves()[name].label for name in possible(incident)) or "no move"


def _not_erased(incident: Incident) -> None:
    if incident.erased_at:
        raise Refused(f"{incident.number} was erased after its time; only its line in the register stays.")


def need_open(incident: Incident) -> None:
    """Refused for an incident that nobody changes any more."""
    _not_erased(incident)
    if incident.settled:
        raise Refused(f"{incident.number} is {label(incident.state)}; reopen it first, then change it.")


def _lacking(incident: Incident, need: str) -> list[str]:
    """What a need of a move still lacks, in words; empty where it is met."""
    match need:
        case "facts":
            return [f"{label(n).rstrip('?')}" for n in ("happened", "aware_at", "clients") if incident.value(n) is None]
        case _ if need in (ITQ, GDPR):
            return [f"{need} {met.requirement.label}" for met in missing(incident, need)]
        case "told":
            open_ = [c for c in incident.clients if not incident.told(c) and not _left_out(incident, c)]
            return [f"notice to {client} with evidence, or the reason not to inform" for client in open_]
        case "decided":
            open_ = [c for c in incident.clients if not incident.decided(*authority(c)) and not _left_out(incident, c)]
            if not open_ and (incident.clients or incident.decided(AUTHORITY)):
                return []
            of = f" of {', '.join(open_)}" if len(incident.clients) > 1 else ""
            return [f"the decision whether the authority{of} is informed, with its reason"]
        case "notified":
            known = [name for client in incident.clients for name in authority(client)]
            told = incident.told(AUTHORITY, *known)
            return [] if told else ["the notice to the authority, marked as sent with its evidence"]
        case "measures":
            return [] if incident.value("measures_taken") else [f"{label('measures_taken')}"]
    return []


def _left_out(incident: Incident, about: str) -> bool:
    decision = incident.decided(about)
    return decision is not None and not decision.inform


def _same(name: str, before: Fact, value: Any, zone: str) -> bool:
    """Whether an answer stays what it was; a time is its moment and the zone in which it is told."""
    if name in reading.ZONES and before.value and value and before.zone != zone:
        return False
    if before.value and value and data.fields()[name].type == "instant":
        return datetime.fromisoformat(before.value) == datetime.fromisoformat(value)
    return bool(before.value == value)


def _in_zone(name: str, zone: str) -> str:
    return zone if name in reading.ZONES else ""


def _shown(fact: Fact | None) -> Any:
    return None if fact is None else "unknown" if fact.value is None else fact.value
