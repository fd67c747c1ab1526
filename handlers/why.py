"""Why a reminder came: the words, the rule, the inputs, the calendar, who asked, the chain of lead times, the history."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from handlers import blocks, due, people
from handlers.blocks import Block, escape
from handlers.services import Services
from handlers.tracking import about, governing_zone
from knowledge import days, reminding
from knowledge.refused import Refused
from knowledge.rules import find
from storage import audit, outbox
from storage import deadlines as kept
from storage.audit import Entry
from storage.deadlines import Tracked, moment
from storage.outbox import Said

# A modal takes 100 blocks, and this one should be read: the latest steps of a long history.
MOST_STEPS, MOST_WORDS, MOST_SKIPPED = 15, 6, 12
NAMES = {
    "again": "a repetition",
    "passed": "that it has passed",
    "escalated": "for want of an answer",
    "snoozed": "snoozed",
}
_PERSON = re.compile(r"[UW][A-Z0-9]{2,}")
_DATE, _INSTANT = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d\S*[+-]\d\d:\d\d")
STATES = {"sent": "said", "waiting": "planned for", "failed": "could not be said"}


def explanation(db: Database, services: Services, id: str, user: str) -> list[Block]:
    """Everything that brought a reminder of a deadline to a person, as blocks; Refused where there is no such deadline."""
    tracked = kept.get(db, id)
    if tracked is None:
        raise Refused(f"There is no tracked deadline {id!r}; `/deadline list` shows them.")
    zone, theirs = governing_zone(tracked), people.hours(db, services, user)
    recorded = audit.get(db, tracked.answer)
    answer: Mapping[str, Any] = recorded.content.get("answer", {}) if recorded else {}
    rule = find("deadline", tracked.kind)
    inputs = ", ".join(f"{name} {value}" for name, value in answer.get("inputs", {}).items())
    body = [
        blocks.section(due.line(tracked, services.now(), zone)),
        *(blocks.quote(_place(cite), cite["words"]) for cite in _quoted(answer)),
        blocks.section(
            f"*Rule* {escape(tracked.kind)} ({escape(str(answer.get('ref', rule.ref)))}): {escape(rule.help)}\n"
            f"*Inputs* {escape(inputs)}\n*Calendar* {escape(_calendar(tracked, answer))}"
        ),
        blocks.section(f"*Asked for by* {due.whose(tracked.by)} on {_at(tracked.at.isoformat(), theirs.zone)}"),
    ]
    if told := due.readings(tracked, zone):
        body.append(blocks.context(escape(told)))
    body += [blocks.section(chain) for chain in _chains(db, services, tracked, user)]
    body.append(
        blocks.context(
            f"You are written to from {theirs.opens:%H:%M} to {theirs.closes:%H:%M} in {theirs.zone.key}, on days that are no "
            f"weekend and no holiday of {theirs.country}; a clock in hours knows no quiet hours. `/deadline hours` changes that."
        )
    )
    body.append(blocks.section("*What happened*\n" + "\n".join(history(db, services, tracked, theirs.zone))))
    return body


def _quoted(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [cite for cite in answer.get("citations", []) if cite.get("verbatim", True)][:MOST_WORDS]


def _place(cite: Mapping[str, Any]) -> str:
    return f"{cite['ref']} (version {cite['version']})" if cite["version"] else str(cite["ref"])


def _chains(db: Database, services: Services, tracked: Tracked, user: str) -> Iterable[str]:
    """The reminders of a deadline to a person, and those to its owner, of which theirs may come."""
    zone = people.hours(db, services, user).zone
    letters = outbox.about(db, about(tracked.id))
    leads = ", ".join(str(lead) for lead in tracked.leads)
    for person in dict.fromkeys((user, tracked.owner)):
        theirs = [said for said in letters if said.arguments.get("person") == person]
        if not theirs and person != tracked.owner:
            continue
        told = "; ".join(_step(said, tracked, zone) for said in theirs[-MOST_STEPS:])
        name = "you" if person == user else due.whose(person)
        yield (
            f"*Reminders to {name}* at {leads} {reminding.unit(tracked.due)} before: "
            f"{told or f'none is planned for {name}'}."
        )


def _calendar(tracked: Tracked, answer: Mapping[str, Any]) -> str:
    """How the days were counted: by which reading, in which zone, over whose holidays, what was passed over."""
    told = [f"Days begin and end in {tracked.zone}."]
    for reading in answer.get("readings", []):
        skipped = ", ".join(
            f"{days.spoken(date.fromisoformat(day['date']))} ({day['why']})"
            for day in reading["skipped"][:MOST_SKIPPED]
        )
        more = len(reading["skipped"]) - MOST_SKIPPED
        over = f", passing over {skipped}{f' and {more} more' if more > 0 else ''}" if skipped else ""
        told.append(f"{reading['name']}: {reading['because']}{over}.")
    return " ".join([*told, *answer.get("assumptions", [])])


def _step(said: Said, tracked: Tracked, zone: ZoneInfo) -> str:
    lead, unit = said.arguments.get("lead"), reminding.unit(tracked.due)
    what = str(said.arguments["what"])
    name = NAMES.get(what, what) if lead is None else f"{days.counted(lead, unit)} before" if lead else "the day itself"
    return f"{name} {STATES[said.state]} {_at((said.ended_at or said.due).isoformat(), zone)}"


def history(db: Database, services: Services, tracked: Tracked, zone: ZoneInfo) -> list[str]:
    """What happened to a deadline, a line of mrkdwn each, the latest MOST_STEPS."""
    return [f"• {_at(e.at.isoformat(), zone)} {_told(e, zone)}" for e in kept.steps(db, tracked.id)[-MOST_STEPS:]]


def _told(entry: Entry, zone: ZoneInfo) -> str:
    did, said = entry.action.removeprefix("deadline "), entry.content
    return f"{due.whose(entry.actor)}: {escape(did)}{_details(did, said, zone)}"


def _details(did: str, said: Mapping[str, Any], zone: ZoneInfo) -> str:
    match did:
        case _ if not said:
            return ""  # what was said is erased after its time; that it happened stays
        case "moved":
            return f" from {_day(said['from'])} to {_day(said['to'])}: {escape(said['cause'])}"
        case "done":
            return f" on {_day(said['when'])}: {escape(said['what'])}"
        case _:
            told = [f"{escape(name)} {_value(value, zone)}" for name, value in _plain(said)]
            return f" ({', '.join(told)})" if told else ""


def _plain(said: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    return ((name, str(value)) for name, value in said.items() if name not in ("answer", "readings") and value)


def _value(value: str, zone: ZoneInfo) -> str:
    """A value of the record as people read it: a person mentioned, a day in words, an instant on the reader's clock."""
    if _PERSON.fullmatch(value):
        return f"<@{value}>"
    if _INSTANT.fullmatch(value):
        return _at(value, zone)
    if _DATE.fullmatch(value):
        return _day(value)
    return escape(value if len(value) < 200 else f"{value[:200]}…")


def _day(text: str) -> str:
    found = moment(text)
    return reminding.spoken(found)


def _at(instant: str, zone: ZoneInfo) -> str:
    here = days.in_zone(datetime.fromisoformat(instant), zone)
    return f"{days.spoken(here)} {here:%H:%M}"
