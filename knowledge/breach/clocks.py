"""The clocks of an incident: to each client by its agreement, and the client's own to the authority; the earliest leads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from knowledge import days
from knowledge.answer import Answer
from knowledge.breach import data
from knowledge.breach.completeness import unknown
from knowledge.breach.incident import Incident, authority
from knowledge.library import Library
from knowledge.refused import Refused
from knowledge.rules import compute, find
from knowledge.rules.breach_authority import BreachAuthority
from knowledge.rules.breach_client import BreachClient
from knowledge.terms import Overrides

NOBODY = "client not known yet"


@dataclass(frozen=True)
class Clock:
    """One clock: who must tell whom until when (UTC), since when, and when it was stopped, if it was.

    ``later`` is the end under the later reading, where there are two; ``because`` says how the end was counted.
    """

    name: str
    client: str
    kind: str
    since: datetime
    due: datetime
    zone: str
    because: str
    later: datetime | None = None
    stopped: datetime | None = None
    left_out: str = ""

    @property
    def open(self) -> bool:
        """Whether it still runs."""
        return self.stopped is None and not self.left_out

    @property
    def who(self) -> str:
        """Whose clock it is, in words."""
        return f"ITQ informs {self.client}" if self.kind == "client" else f"{self.client} notifies the authority"

    def late(self, now: datetime) -> bool:
        """Whether its end was passed: by now, or by when it was stopped."""
        return not self.left_out and (self.stopped or now) > self.due


def clocks(incident: Incident, library: Library, overrides: Callable[[str], Overrides | None]) -> tuple[Clock, ...]:
    """Every clock of an incident, the earliest end first; none where nobody is aware of anything yet.

    A drill's clocks run faster by ``data.schedule().drill_speed``. Refused as the rules refuse.
    """
    aware = incident.moment("aware_at")
    if aware is None:
        return ()
    found: list[Clock] = []
    for client in incident.clients or (NOBODY,):
        found += _of_client(incident, client, aware, library, overrides(client) if incident.clients else None)
    return tuple(sorted(found, key=lambda clock: (clock.due, clock.name)))


def leading(running: tuple[Clock, ...]) -> Clock | None:
    """The earliest clock that is still open."""
    return next((clock for clock in running if clock.open), None)


def unexplained(incident: Incident, running: tuple[Clock, ...], now: datetime) -> tuple[Clock, ...]:
    """The clocks that ran out without a reason for the delay on record (GDPR 33(1))."""
    explained = {said.about for said in incident.delays}
    return tuple(clock for clock in running if clock.late(now) and clock.name not in explained)


def speaking(incident: Incident, running: tuple[Clock, ...], now: datetime) -> tuple[datetime, ...]:
    """When the incident is to speak of its own accord after ``now``: before ends, at them, after them, about unknowns."""
    if incident.settled:
        return ()
    plan = data.schedule()
    speed = plan.drill_speed if incident.drill else 1
    moments: set[datetime] = set()
    for clock in running:
        if clock.open:
            moments |= {clock.due - timedelta(minutes=m) / speed for m in plan.minutes_before} | {clock.due}
        if clock in unexplained(incident, (clock,), max(now, clock.due + timedelta(microseconds=1))):
            moments.add(_next(clock.due, timedelta(hours=plan.hours_after) / speed, now))
    for name in unknown(incident):
        since = datetime.fromisoformat(incident.facts[name].at).astimezone(UTC)
        steps = [since + timedelta(hours=hours) / speed for hours in plan.ask_again]
        moments |= {*steps, _next(steps[-1], timedelta(hours=plan.ask_again[-1]) / speed, now)}
    return tuple(sorted(moment for moment in moments if moment > now))


def _next(start: datetime, every: timedelta, now: datetime) -> datetime:
    """The first of the moments start + n x every (n from 1) that lies after now."""
    passed = max((now - start) // every, 0)
    return start + (passed + 1) * every


def _of_client(
    incident: Incident, client: str, aware: datetime, library: Library, overrides: Overrides | None
) -> list[Clock]:
    zone = overrides.zone if overrides and overrides.zone else incident.facts["aware_at"].zone
    agreement = overrides.agreement if overrides else None
    rule, asked = find("deadline", "breach-client"), BreachClient(from_=aware, agreement=agreement, zone=zone)
    try:
        inform = compute(rule, asked, library, overrides, id="clock")
    except Refused:
        if overrides is None:
            raise
        # An agreement that cannot answer for that day (not begun, a version gone) must not stop the clock: policy counts.
        return _of_client(incident, client, aware, library, None)
    told, decided = incident.told(client), incident.decided(client)
    stopped = datetime.fromisoformat(told.told_at) if told else None
    left_out = decided.reason if decided and not decided.inform and not told else ""
    made = [_clock(incident, f"client:{client}", client, "client", aware, inform, zone, 0, stopped, left_out)]
    if left_out:
        return made
    notify = compute(
        find("deadline", "breach-authority"),
        BreachAuthority(from_=stopped or aware, itq_aware=aware, agreement=agreement, zone=zone),
        library,
        overrides,
        id="clock",
    )
    done, choice = incident.told(*authority(client)), incident.decided(*authority(client))
    ended = datetime.fromisoformat(done.told_at) if done else None
    without = choice.reason if choice and not choice.inform and not done else ""
    clock = _clock(incident, f"authority:{client}", client, "authority", aware, notify, zone, -1, ended, without)
    return [*made, clock]


def _clock(
    incident: Incident,
    name: str,
    client: str,
    kind: str,
    aware: datetime,
    answer: Answer,
    zone: str,
    which: int,
    stopped: datetime | None,
    left_out: str,
) -> Clock:
    """A clock from a computed deadline: the earliest reading counts, a later one is shown beside it."""
    ends = [_end(incident, aware, reading.day) for reading in answer.readings]
    due, later = min(ends), max(ends)
    reading = answer.readings[which]
    return Clock(
        name,
        client,
        kind,
        aware.astimezone(UTC),
        due,
        zone,
        reading.because,
        later if later != due else None,
        stopped,
        left_out,
    )


def _end(incident: Incident, aware: datetime, day: object) -> datetime:
    if not isinstance(day, datetime):
        raise TypeError("a clock ends at an instant")
    end = day.astimezone(UTC)
    return (
        aware.astimezone(UTC) + (end - aware.astimezone(UTC)) / data.schedule().drill_speed if incident.drill else end
    )


def shown(moment: datetime, zone: str) -> str:
    """An instant as people read it, with the zone that governs."""
    local = days.in_zone(moment, days.zone(zone))
    return f"{days.spoken(local)} {local:%H:%M} ({zone})"
