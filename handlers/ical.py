"""Deadlines as an iCalendar text (RFC 5545): an event each, with an alarm for every lead time, and the zone of its reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Alarm, Calendar, Event, Timezone

from knowledge import days, reminding
from knowledge.reminding import Hours
from storage.deadlines import Tracked

REFRESH = timedelta(hours=1)


@dataclass(frozen=True)
class Noted:
    """A deadline with what its event tells: plain words about its readings, who, and what follows."""

    tracked: Tracked
    words: str


def written(name: str, noted: Iterable[Noted], theirs: Hours, now: datetime) -> bytes:
    """The calendar of some deadlines; alarms of days come at the beginning of the person's working hours."""
    calendar = Calendar()
    calendar.add("prodid", "-//Clausekeeper//Deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    shown = [*noted]
    # 3.6.5: a zone that is named must be told; and 3.6: a calendar without deadlines holds something, too.
    years = [now.year, *(one.tracked.due.year for one in shown)]
    calendar.add_component(
        Timezone.from_tzid(theirs.zone.key, first_date=date(min(years), 1, 1), last_date=date(max(years) + 1, 1, 1))
    )
    for one in shown:
        calendar.add_component(_event(one, theirs, now))
    return bytes(calendar.to_ical())


def _event(noted: Noted, theirs: Hours, now: datetime) -> Event:
    tracked = noted.tracked
    event = Event()
    event.add("uid", f"{tracked.id}@clausekeeper")
    event.add("dtstamp", now)
    event.add("sequence", tracked.revision - 1)
    event.add("summary", tracked.title)
    event.add("description", noted.words)
    event.add("categories", [tracked.kind])
    event.add("transp", "TRANSPARENT")
    if isinstance(tracked.due, datetime):
        event.add("dtstart", days.in_zone(tracked.due, theirs.zone))  # without an end: it ends when it begins
    else:
        event.add("dtstart", tracked.due)
        event.add("dtend", tracked.due + days.ONE)
    for lead in tracked.leads:
        event.add_component(_alarm(tracked, lead, theirs))
    return event


def _alarm(tracked: Tracked, lead: int, theirs: Hours) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", tracked.title)
    alarm.add("trigger", _ahead(tracked.due, lead, theirs))
    return alarm


def _ahead(due: date, lead: int, theirs: Hours) -> timedelta:
    """When an alarm rings, counted from the beginning of the event."""
    if reminding.unit(due) == "hours":
        return -timedelta(hours=lead)
    opens = timedelta(hours=theirs.opens.hour, minutes=theirs.opens.minute)
    return opens - timedelta(days=lead)
