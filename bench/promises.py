"""What a year of reminders must hold, counted anew from what happened, without the code that planned and sent them.

Told of it are the record (what was tracked, moved, answered, done, and when) and the messages that people got. From these come
the reminders that were owed: each lead time, each repetition, each escalation, each snooze. Times are aware; days are those
of each person's own calendar.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bench.at_work import local, next_working, opens, workday, workday_after, works

NEVER = datetime(9000, 1, 1, tzinfo=UTC)
GOVERNING = ZoneInfo("Europe/Brussels")
PATIENCE = 2
# A round comes at most half a minute after what is due, and takes some real seconds, which the clock counts, too.
PROMPT = timedelta(minutes=2)
RETRY = timedelta(hours=7)
"""The longest time between two tries of one letter, and what is left of the hour before."""
ABOUT = 4
"""Days around the first and the last day of an absence."""


@dataclass(frozen=True)
class Got:
    """A message that somebody got: in which conversation partner's hands, when, the keys it says, and its words."""

    reader: str
    at: datetime
    keys: tuple[str, ...]
    words: str

    @property
    def marked(self) -> bool:
        """Whether it says that it may be a duplicate."""
        return "You may have had this already" in self.words


@dataclass(frozen=True)
class Stage:
    """A deadline between two changes: from ``since`` until ``until`` it is due then, and belongs to these people."""

    id: str
    revision: int
    since: datetime
    until: datetime
    due: date
    owner: str
    watchers: tuple[str, ...]
    leads: tuple[int, ...]
    manager: str

    @property
    def clock(self) -> bool:
        """Whether it is a clock in hours, which knows no quiet hours."""
        return isinstance(self.due, datetime)

    @property
    def last(self) -> datetime:
        """The instant at which it has passed."""
        if isinstance(self.due, datetime):
            return self.due.astimezone(UTC)
        return datetime.combine(self.due + timedelta(days=1), time(), GOVERNING).astimezone(UTC)


@dataclass
class Record:
    """All that happened. ``zones`` are people's; ``answers`` by deadline are who answered and when (everybody: ""), and
    ``snoozes`` until when; ``away`` are first and last day and substitute; ``trouble`` is when something went wrong on purpose.
    ``taken_back`` are keys that were owed no more before the sender knew that they had come.
    """

    stages: list[Stage] = field(default_factory=list)
    got: list[Got] = field(default_factory=list)
    zones: dict[str, str] = field(default_factory=dict)
    answers: dict[str, list[tuple[datetime, str]]] = field(default_factory=lambda: defaultdict(list))
    snoozes: list[tuple[str, str, datetime, datetime]] = field(default_factory=list)
    away: dict[str, list[tuple[date, date, str]]] = field(default_factory=lambda: defaultdict(list))
    trouble: list[tuple[datetime, datetime]] = field(default_factory=list)
    taken_back: frozenset[str] = frozenset()
    admins: tuple[str, ...] = ()
    ends: datetime = NEVER


def broken(record: Record) -> list[str]:
    """Every promise that was broken, in a sentence each."""
    return [
        *_doubled(record),
        *_at_night(record),
        *_after_its_end(record),
        *_astray(record),
        *_late_and_silent(record),
        *(sentence for owed in _owed(record) for sentence in _kept(record, owed)),
        *_too_early(record),
    ]


# What may not be


def _doubled(record: Record) -> Iterator[str]:
    seen: set[str] = set()
    for got in sorted(record.got, key=lambda one: one.at):
        for key in got.keys:
            if key in seen and not (got.marked and key in got.words):
                yield f"{key} came twice, unmarked"
            seen.add(key)


def _at_night(record: Record) -> Iterator[str]:
    clocks = {stage.id for stage in record.stages if stage.clock}
    for got in record.got:
        if not all(key.split(":")[1] in clocks for key in got.keys) and not works(record.zones[got.reader], got.at):
            yield f"{got.keys} came to {got.reader} outside working hours, at {got.at}"


def _after_its_end(record: Record) -> Iterator[str]:
    """Nothing of a deadline that was done, dropped or moved, but the word that it moved."""
    ended = {
        (stage.id, stage.revision): stage.until for stage in record.stages
    }  # the last of a revision's stages counts
    for got in record.got:
        for key in got.keys:
            _, id, revision, mark, _ = key.split(":")
            over = ended.get((id, int(revision)))
            if over is None:
                yield f"{key} is of no deadline on record"
            elif got.at > over + timedelta(seconds=5) and not mark.startswith(("tracked", "moved")):
                yield f"{key} came at {got.at}, after its end at {over}"


def _astray(record: Record) -> Iterator[str]:
    """Each message goes to the person it is for, or to the substitute while that person is away."""
    for got in record.got:
        for key in got.keys:
            person = key.split(":")[4]
            if got.reader != _reader(record, person, got.at):
                yield f"{key} came to {got.reader} instead of {_reader(record, person, got.at)}"


def _late_and_silent(record: Record) -> Iterator[str]:
    """Whatever came more than half an hour after trouble began in which it was owed says that it is late."""
    for stage in record.stages:
        for person, lead, at in _leads(record, stage):
            for got in _of(record, f"remind:{stage.id}:{stage.revision}:{lead}:{person}"):
                reader = _reader(record, person, got.at)
                ready = at if stage.clock else next_working(record.zones[reader], at)
                if (
                    got.at - ready > timedelta(minutes=31)
                    and "It is late" not in got.words
                    and not _comes_or_goes(record, person, at)
                ):
                    yield f"lead {lead} of {stage.id} came {got.at - ready} late and did not say so"


def _too_early(record: Record) -> Iterator[str]:
    """Nobody is told of another's silence before it has lasted two Working Days."""
    clocks = {stage.id for stage in record.stages if stage.clock}
    for got in record.got:
        for key in got.keys:
            _, id, _, mark, to = key.split(":")
            if mark.startswith("escalated-") and id not in clocks:
                since = datetime.strptime(mark.split("-")[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
                if got.at < _patience(since, record.zones[to]) - timedelta(seconds=1):
                    yield f"{key} came too early, at {got.at}"


# What must be


@dataclass(frozen=True)
class Owed:
    """A message that must come: what of which deadline to whom, from when on, unless it is over before."""

    stage: Stage
    what: str
    person: str
    at: datetime
    over: datetime


def _owed(record: Record) -> Iterator[Owed]:
    for stage in record.stages:
        for person, lead, at in _leads(record, stage):
            yield Owed(stage, f"{lead}", person, at, stage.until)
    for id, person, said_at, until in record.snoozes:
        for stage in record.stages:
            if stage.id == id and stage.since <= said_at < stage.until:
                yield Owed(stage, "snoozed-", person, until, stage.until)
    yield from _unanswered(record)


def _leads(record: Record, stage: Stage) -> Iterator[tuple[str, int, datetime]]:
    """Person, lead time and instant of each reminder in a stage; of two that meet on a day the shorter one stays."""
    for person in (stage.owner, *stage.watchers):
        zone = record.zones[person]
        met: dict[datetime, int] = {}
        for lead in sorted(stage.leads, reverse=True):
            if isinstance(stage.due, datetime):
                met[stage.due.astimezone(UTC) - timedelta(hours=lead)] = lead
                continue
            day = workday(stage.due - timedelta(days=lead), zone)
            if opens(day, zone) >= stage.last:
                day = workday(day - timedelta(days=1), zone)
            met[opens(day, zone)] = lead
        for at, lead in met.items():
            if stage.since + PROMPT < at < stage.until:
                yield person, lead, at


def _unanswered(record: Record) -> Iterator[Owed]:
    """The repetition of each reminder that nobody answered, and the word to the next person after two Working Days."""
    stages = {(stage.id, stage.revision): stage for stage in record.stages}
    for got in record.got:
        for key in got.keys:
            _, id, revision, mark, person = key.split(":")
            stage = stages.get((id, int(revision)))
            if stage is None or mark.startswith(("tracked", "moved")) or got.at >= stage.until:
                continue
            if person != stage.owner and not mark.startswith(("again-", "escalated-")):
                continue  # who watches need not answer
            if mark.startswith("escalated-") and key in record.taken_back and _broken_silence(record, id, key, got):
                continue  # it came, its answer was lost, and the silence that it tells of ended before it was sent again
            answered = _answered(record, id, person, got.at)
            over = min(stage.until, answered)
            day = workday_after(local(got.at, record.zones[person]).date(), 1, record.zones[person])
            at = got.at + timedelta(days=1) if stage.clock else opens(day, record.zones[person])
            if not (stage.clock and _said_again(record, id, person, got.at, at)):
                yield Owed(stage, "again-", person, at, over)
            if _first_of_its_silence(record, id, person, got):
                known = _known(record, id, key)
                for to in _upward(record, stage, person):
                    up = known + max((stage.last - known) / 2, timedelta(0)) if stage.clock else None
                    yield Owed(stage, "escalated-", to, up or _patience(known, record.zones[to]), over)


def _kept(record: Record, owed: Owed) -> Iterator[str]:
    """Whether a message that is owed came: at once where nothing was wrong, else before long."""
    reader = _reader(record, owed.person, owed.at)
    ready = owed.at if owed.stage.clock else next_working(record.zones[reader], owed.at)
    by = _by(record, record.zones[reader], owed.at, ready, clock=owed.stage.clock)
    if _comes_or_goes(record, owed.person, ready, by):
        by += timedelta(days=2 * ABOUT)
    if owed.over <= by or by > record.ends:
        return  # it was answered, done or moved before it had to be there, or the year ended
    about = [key for got in _about(record, owed.stage.id) if owed.at <= got.at <= by for key in got.keys]
    if not any(_says(key, owed) for key in about):
        yield (
            f"{owed.what} of {owed.stage.id} (revision {owed.stage.revision}) to {owed.person} was owed at {owed.at} and was "
            f"not there by {by}"
        )


def _says(key: str, owed: Owed) -> bool:
    """Whether a key is that of what is owed; whatever else is said of the deadline is as good as a repetition."""
    _, id, revision, mark, person = key.split(":")
    if (id, int(revision), person) != (owed.stage.id, owed.stage.revision, owed.person):
        return False
    if owed.what == "again-":
        return _wants_answer(key, id, person)
    return mark.startswith(owed.what) if owed.what.endswith("-") else mark == owed.what


# What is known of people and days


def _upward(record: Record, stage: Stage, person: str) -> list[str]:
    if person == stage.owner and stage.manager not in ("", person):
        return [stage.manager]
    if person in record.admins and person not in (stage.owner, stage.manager):
        return []
    return [admin for admin in record.admins if admin not in (person, stage.owner)]


def _answered(record: Record, id: str, person: str, after: datetime) -> datetime:
    """When a person answered next; never is the end of all days."""
    return min((at for at, who in record.answers.get(id, ()) if at >= after and who in ("", person)), default=NEVER)


def _broken_silence(record: Record, id: str, key: str, got: Got) -> bool:
    """Whether the person whose silence a message tells of answered after it had come."""
    silent = key.split(":")[3].split("-")[2]
    return _answered(record, id, silent, got.at) < NEVER


def _first_of_its_silence(record: Record, id: str, person: str, got: Got) -> bool:
    """Whether nothing else was unanswered by then: an answer came since the message before."""
    before = [
        one.at for one in _about(record, id) if one.at < got.at and any(_wants_answer(k, id, person) for k in one.keys)
    ]
    return not before or _answered(record, id, person, before[-1]) < got.at


def _known(record: Record, id: str, key: str) -> datetime:
    """Since when the sender knows that a message came: of several copies, since the last, whose answer was not lost."""
    return max(got.at for got in _about(record, id) if key in got.keys)


def _said_again(record: Record, id: str, person: str, after: datetime, before: datetime) -> bool:
    """Whether something more was said meanwhile: of a clock in hours the repetition then counts from that."""
    between = (got for got in _about(record, id) if after < got.at < before)
    return any(_wants_answer(key, id, person) for got in between for key in got.keys)


def _wants_answer(key: str, id: str, person: str) -> bool:
    _, of, _, mark, to = key.split(":")
    return of == id and to == person and not mark.startswith(("tracked", "moved"))


def _by(record: Record, zone: str, at: datetime, ready: datetime, *, clock: bool) -> datetime:
    """By when what is owed must be there: at once, or in the first working moment after trouble and the longest retry."""
    begun, ended = _trouble(record)
    for number in range(bisect_left(ended, at - RETRY), len(ended)):
        if begun[number] > ready + PROMPT:
            break
        again = ended[number] + RETRY
        ready = max(ready, again if clock else next_working(zone, again))
    return ready + PROMPT


def _comes_or_goes(record: Record, person: str, at: datetime, by: datetime | None = None) -> bool:
    """Whether a person's absence begins or ends about then, or until ``by``: who reads what was put off for whom is then
    another one, with other working hours.
    """
    first, last = (local(one, record.zones[person]).date() for one in (at, by or at))
    edges = [edge for begin, end, _ in record.away.get(person, ()) for edge in (begin, end)]
    return any(first - timedelta(days=ABOUT) <= edge <= last + timedelta(days=ABOUT) for edge in edges)


def _reader(record: Record, person: str, at: datetime) -> str:
    day = local(at, record.zones[person]).date()
    return next((sub for begin, end, sub in record.away.get(person, ()) if begin <= day <= end), person)


def _about(record: Record, id: str) -> Sequence[Got]:
    index: dict[str, list[Got]] = record.__dict__.setdefault("_index", {})
    if not index:
        for got in sorted(record.got, key=lambda one: one.at):
            for of in {key.split(":")[1] for key in got.keys}:
                index.setdefault(of, []).append(got)
    return index.get(id, [])


def _trouble(record: Record) -> tuple[list[datetime], list[datetime]]:
    """The times of trouble, those that overlap as one: when each begins, and when it is over."""
    found: tuple[list[datetime], list[datetime]] = record.__dict__.setdefault("_merged", ([], []))
    begun, ended = found
    if not begun:
        for begins, ends in sorted(record.trouble):
            if ended and begins <= ended[-1]:
                ended[-1] = max(ended[-1], ends)
            else:
                begun.append(begins)
                ended.append(ends)
    return found


def _of(record: Record, key: str) -> Iterator[Got]:
    return (got for got in _about(record, key.split(":")[1]) if key in got.keys and not got.marked)


def _patience(since: datetime, zone: str) -> datetime:
    here = local(since, zone)
    day = workday_after(here.date(), PATIENCE, zone)
    return next_working(zone, datetime.combine(day, here.time(), ZoneInfo(zone)))
