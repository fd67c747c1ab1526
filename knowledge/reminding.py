"""When a person is reminded of a deadline: lead times, working hours, snoozing, repeats and escalation.

Moments are aware; what is returned is in UTC. A deadline is a day, whose last moment is the end of that day in the
governing zone, or an instant of a clock in hours, which knows no quiet hours.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from knowledge import days
from knowledge.refused import Refused

LEADS = (14, 7, 3, 1, 0)
"""Lead times where nobody chose others: days, or hours where the deadline is a clock in hours; 0 is the day itself."""
OPENS, CLOSES = time(9), time(17)
"""Working hours where nobody chose others, by the clock on the person's wall."""
PATIENCE = 2
"""Working Days after which a reminder that nobody answered goes to the next person."""
LATE = timedelta(minutes=30)
"""From this much delay on a reminder says that it is late."""
MOST_LEAD = 366
"""No lead time is longer, in days."""
_FAR = 400
"""A country where nobody works for so many days is no country."""

Due = date | datetime


@dataclass(frozen=True)
class Hours:
    """A person's working hours: the days of their country's week minus its holidays, from ``opens`` to ``closes``."""

    zone: ZoneInfo
    country: str
    opens: time = OPENS
    closes: time = CLOSES

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise Refused(
                f"Working hours from {self.opens:%H:%M} to {self.closes:%H:%M} are none; give an end after the start.",
                field="to",
            )

    def day(self, moment: datetime) -> date:
        """The day on this person's calendar."""
        return days.contract_day(moment, self.zone)

    def off(self, day: date) -> str | None:
        """Why the person does not work on a day, or None where they do."""
        return _off(self.country, day)

    def start(self, day: date) -> datetime:
        """When work begins on a day."""
        return datetime.combine(day, self.opens, self.zone).astimezone(UTC)

    def end(self, day: date) -> datetime:
        """When work ends on a day."""
        return datetime.combine(day, self.closes, self.zone).astimezone(UTC)

    def holds(self, moment: datetime) -> bool:
        """Whether the person is at work then."""
        day = self.day(moment)
        return not self.off(day) and self.start(day) <= moment < self.end(day)

    def next(self, moment: datetime) -> datetime:
        """The first working moment from this one on."""
        day = self.day(moment)
        if not self.off(day) and moment < self.end(day):
            return max(moment.astimezone(UTC), self.start(day))
        return self.start(self.after(day, 1))

    def after(self, day: date, count: int) -> date:
        """The ``count``-th day later on which the person works."""
        for _ in range(_FAR):
            day += days.ONE
            count -= not self.off(day)
            if not count:
                return day
        raise Refused(f"{self.country} has no Working Day within {_FAR} days of {day}.", field="country")

    def before(self, day: date) -> date:
        """The last day up to this one on which the person works."""
        while self.off(day):
            day -= days.ONE
        return day


@lru_cache(maxsize=10_000)
def _off(country: str, day: date) -> str | None:
    try:
        if holiday := days.Calendar((country,)).holiday(day):
            return holiday
    except Refused:
        pass  # nobody knows the holidays of that year yet; a reminder is better than none
    return days.weekday(day) if day.weekday() in days.weekend_of(country) else None


@cache
def country_of(zone: str) -> str:
    """The country in which clocks show a zone, where its holidays are known; else Belgium, whose law governs."""
    from babel.core import get_global  # noqa: PLC0415 - a tenth of a second that only reminders need

    territories, aliases = get_global("zone_territories"), get_global("zone_aliases")
    found = territories.get(zone) or territories.get(aliases.get(zone, ""))
    try:
        return days.country(found) if found else days.BELGIUM
    except Refused:
        # Nobody publishes the holidays of that country; a person there may still choose another one.
        return days.BELGIUM


@dataclass(frozen=True)
class Step:
    """One reminder of the chain: how long before the deadline it was meant for, and when it is due."""

    lead: int
    at: datetime


def earliest(readings: Iterable[Due]) -> Due:
    """The day or instant that governs the reminders: the earliest of all readings, before any extension."""
    return min(readings)


def last_moment(due: Due, zone: ZoneInfo) -> datetime:
    """The instant at which a deadline has passed: the end of its day in the governing zone, or the instant itself."""
    if isinstance(due, datetime):
        return due.astimezone(UTC)
    return datetime.combine(due + days.ONE, time(), zone).astimezone(UTC)


def unit(due: Due) -> str:
    """What lead times of this deadline are counted in."""
    return "hours" if isinstance(due, datetime) else "days"


def leads(given: Iterable[int] | None, due: Due, since: Due | None, now: datetime, zone: ZoneInfo) -> tuple[int, ...]:
    """The lead times of a deadline, the longest first; the usual ones, as far as they fit, where none are given.

    Refused for one that is negative, or longer than the time from the event (or from now, where that is later) to the
    deadline.
    """
    room = _room(due, since, now, zone)
    if given is None:
        return tuple(lead for lead in LEADS if lead <= room) or (0,)
    chosen = tuple(sorted({*given, 0}, reverse=True))
    if chosen[-1] < 0:
        raise Refused(
            f"A lead time is {chosen[-1]}; give whole {unit(due)} before the deadline, 0 or more.", field="leads"
        )
    if chosen[0] > room:
        raise Refused(
            f"A lead time of {chosen[0]} {unit(due)} is longer than the {room} {unit(due)} that there are until "
            f"{spoken(due)}; give {room} or fewer.",
            field="leads",
        )
    return chosen


def _room(due: Due, since: Due | None, now: datetime, zone: ZoneInfo) -> int:
    """Whole days or hours between the later of event and now, and the deadline."""
    if isinstance(due, datetime):
        begun = since if isinstance(since, datetime) and since < due else now
        return max(0, int((due - max(begun, now)) / timedelta(hours=1)))
    today = days.contract_day(now, zone)
    begun_on = days.contract_day(since, zone) if isinstance(since, datetime) else since
    from_day = begun_on if begun_on and begun_on < due else today
    return max(0, min(MOST_LEAD, (due - max(from_day, today)).days))


def steps(due: Due, chosen: Iterable[int], hours: Hours, now: datetime, last: datetime) -> tuple[Step, ...]:
    """The reminders still to come for one person, the first one first; ``last`` is the deadline's last moment.

    A lead time that ends on a day on which the person does not work moves to the working day before it; of two that
    meet there the shorter one stays. What lies in the past is left out; where all of it does and the deadline has not
    passed, one reminder is due now.
    """
    planned = {_moment(due, lead, hours, last): lead for lead in sorted(chosen, reverse=True)}
    ahead = tuple(Step(lead, at) for at, lead in sorted(planned.items()) if at >= now)
    if ahead or now >= last:
        return ahead
    return (Step(min(chosen), now.astimezone(UTC)),)


def _moment(due: Due, lead: int, hours: Hours, last: datetime) -> datetime:
    if isinstance(due, datetime):
        return due.astimezone(UTC) - timedelta(hours=lead)
    day = hours.before(due - timedelta(days=lead))
    # Far to the west of the governing zone the day begins there when it has ended here.
    return hours.start(day) if hours.start(day) < last else hours.start(hours.before(day - days.ONE))


def passed(last: datetime, due: Due, hours: Hours) -> datetime:
    """When a person is told that a deadline has passed and nobody said that it is done."""
    return last if isinstance(due, datetime) else hours.next(last)


def allowed(moment: datetime, due: Due, hours: Hours) -> datetime:
    """The first moment from this one on at which the person may be written to: their next working moment, or at once for
    a clock in hours.
    """
    return moment if isinstance(due, datetime) else hours.next(moment)


def again(sent: datetime, due: Due, hours: Hours) -> datetime:
    """When a reminder that was not answered is repeated: the next working day, or the next day of a clock in hours."""
    if isinstance(due, datetime):
        return sent + timedelta(days=1)
    return hours.start(hours.after(hours.day(sent), 1))


def escalated(since: datetime, due: Due, hours: Hours) -> datetime:
    """When silence since an instant goes to the next person: after PATIENCE Working Days, in that person's hours.

    Of a clock in hours it is after half of what was left, since it may not last that long.
    """
    if isinstance(due, datetime):
        return since + max((due.astimezone(UTC) - since) / 2, timedelta(0))
    local = days.in_zone(since, hours.zone)
    day = hours.after(local.date(), PATIENCE)
    return hours.next(datetime.combine(day, local.time(), hours.zone).astimezone(UTC))


def next_monday(now: datetime, hours: Hours) -> date:
    """The Monday after this day on the person's calendar."""
    today = hours.day(now)
    return today + timedelta(days=days.WEEK - today.weekday())


def week_begins(monday: date, hours: Hours) -> datetime:
    """09:00 on the person's Monday, or their first working moment after it."""
    return hours.next(datetime.combine(monday, OPENS, hours.zone).astimezone(UTC))


def snoozed(choice: str, at: datetime | None, now: datetime, due: Due, last: datetime, hours: Hours) -> datetime:
    """When a snoozed reminder comes back: ``later`` today, ``tomorrow``, the ``next`` Working Day, or ``at`` an instant.

    Refused where that would be in the past, or would pass the deadline.
    """
    today = hours.day(now)
    match choice:
        case "later":
            wanted = now + timedelta(hours=3)
            if not isinstance(due, datetime) and not (hours.holds(wanted) and hours.day(wanted) == today):
                left = hours.end(today) - now
                if hours.off(today) or left <= timedelta(minutes=2):
                    raise Refused("No working hours are left today; choose another time.", field="choice")
                wanted = now + left / 2
        case "tomorrow":
            wanted = hours.start(today + days.ONE)
        case "next":
            wanted = hours.start(hours.after(today, 1))
        case _ if at is not None:
            wanted = at.astimezone(UTC)
        case _:
            raise Refused("Choose when to be reminded again.", field="choice")
    if wanted <= now:
        raise Refused("That time has passed; choose one that is still to come.", field="at" if at else "choice")
    wanted = allowed(wanted, due, hours)
    if wanted >= last or (not isinstance(due, datetime) and hours.day(wanted) > due):
        raise Refused(
            f"That would be {days.spoken(days.in_zone(wanted, hours.zone))}, past the deadline ({spoken(due)}); "
            "a reminder can be put off until the deadline at most.",
            field="at" if at else "choice",
        )
    return wanted


def spoken(due: Due) -> str:
    """A deadline as people read it: "Mon 30 Nov 2026", with the time and offset where it is an instant."""
    return f"{days.spoken(due)}, {due:%H:%M} ({due:%z})" if isinstance(due, datetime) else days.spoken(due)


def left(due: Due, now: datetime, zone: ZoneInfo) -> str:
    """How far away a deadline is, in words: "in 3 days", "today", "2 days ago", "in 5 hours"."""
    if isinstance(due, datetime):
        minutes = round((due - now).total_seconds() / 60)
        far, name = (abs(minutes), "minutes") if abs(minutes) < 120 else (round(abs(minutes) / 60), "hours")
        if not minutes:
            return "now"
        return f"in {days.counted(far, name)}" if minutes > 0 else f"{days.counted(far, name)} ago"
    away = (due - days.contract_day(now, zone)).days
    if abs(away) < 2:
        return {0: "today", 1: "tomorrow", -1: "yesterday"}[away]
    return f"in {away} days" if away > 0 else f"{-away} days ago"
