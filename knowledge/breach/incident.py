"""An incident as it stands: facts with their authors, notices, decisions, tasks, roles; and the entries of its timeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime, time
from typing import Any, TypeVar

from knowledge import days
from knowledge.breach import data

T = TypeVar("T")

AUTHORITY = "authority"
SETTLED = ("closed", "not-a-breach", "merged")
ROLES = {"lead": "lead", "scribe": "scribe", "client_contact": "client contact"}


@dataclass(frozen=True)
class Fact:
    """The answer to one question: its value, or None for *unknown*; when, by whom, and in which zone times are meant."""

    value: Any
    at: str
    by: str
    zone: str

    @property
    def known(self) -> bool:
        """Whether it is an answer other than *unknown*."""
        return self.value is not None


@dataclass(frozen=True)
class Notice:
    """Who was told what, when (an ISO instant), by whom and how, with the evidence. ``about`` is a client, or the
    authority of one client ("authority:acme") or of all ("authority").

    ``made_at`` is when the letter was made that was sent; empty where none was made here.
    """

    about: str
    phase: int
    language: str
    to: str
    how: str
    told_at: str
    evidence: str
    at: str
    by: str
    made_at: str = ""

    @property
    def tells_until(self) -> datetime:
        """Up to when what was on record can stand in it."""
        return datetime.fromisoformat(self.made_at or self.told_at)


@dataclass(frozen=True)
class Decision:
    """Whether somebody is to be informed, and why. ``about`` is as a notice's, or "people"."""

    about: str
    inform: bool
    reason: str
    at: str
    by: str


@dataclass(frozen=True)
class Task:
    """Something to be done, by whom; ``done_at`` is empty while it is open."""

    id: str
    what: str
    owner: str
    at: str
    by: str
    done_at: str = ""
    done_by: str = ""


@dataclass(frozen=True)
class Said:
    """Words on record with author and time: the reason of a delay (``about`` a clock), of a move, of a severity; the
    language of a letter that was made (``about`` a client).
    """

    about: str
    words: str
    at: str
    by: str


@dataclass(frozen=True)
class Incident:
    """One incident. Times are ISO instants with an offset; ``erased_at`` is set when retention took the details away."""

    number: str
    drill: bool
    state: str
    opened_at: str
    opened_by: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    letters: tuple[Said, ...] = ()
    notices: tuple[Notice, ...] = ()
    decisions: tuple[Decision, ...] = ()
    tasks: tuple[Task, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    delays: tuple[Said, ...] = ()
    reasons: tuple[Said, ...] = ()
    factors: Mapping[str, str] = field(default_factory=dict)
    override: Said | None = None
    case: str = ""
    merged_into: str = ""
    merged_from: tuple[str, ...] = ()
    closed_at: str = ""
    erased_at: str = ""

    @property
    def settled(self) -> bool:
        """Whether nothing is changed any more unless it is reopened."""
        return self.state in SETTLED

    @property
    def clients(self) -> tuple[str, ...]:
        """The affected agreements; none where that is not known yet."""
        return tuple(self.value("clients") or ())

    def value(self, name: str) -> Any:
        """The known answer to a question, else None."""
        fact = self.facts.get(name)
        return fact.value if fact else None

    def moment(self, name: str) -> datetime | None:
        """The known answer to a question for a time, with its offset."""
        value = self.value(name)
        return datetime.fromisoformat(value) if value else None

    def day(self, name: str) -> datetime | None:
        """The beginning of the day that is the known answer to a question, in the zone in which it is told."""
        value = self.value(name)
        return datetime.combine(date.fromisoformat(value), time(), days.zone(self.facts[name].zone)) if value else None

    def told(self, *about: str) -> Notice | None:
        """The first notice to a client or the authority, by any of the names given."""
        return next((notice for notice in self.notices if notice.about in about), None)

    def decided(self, *about: str) -> Decision | None:
        """The latest decision about a client, the authority or the people concerned, by any of the names given."""
        return next((one for one in reversed(self.decisions) if one.about in about), None)


def authority(client: str) -> tuple[str, str]:
    """How the authority of one client is named: by itself, since each client notifies its own, or as that of all of them."""
    return f"{AUTHORITY}:{client}", AUTHORITY


@dataclass(frozen=True)
class Event:
    """One entry of the timeline: what, from what to what. Entries are never changed; a correction is a new one."""

    what: str
    before: Any = None
    after: Any = None
    note: str = ""


def to_json(incident: Incident) -> dict[str, Any]:
    """The incident as data from which ``from_json`` makes it again."""
    return asdict(incident)


def from_json(given: Mapping[str, Any]) -> Incident:
    """The incident in data that ``to_json`` made."""
    row = dict(given)
    row["facts"] = {name: _of(Fact, fact) for name, fact in row["facts"].items()}
    for name, kind in (
        ("letters", Said),
        ("notices", Notice),
        ("decisions", Decision),
        ("tasks", Task),
        ("delays", Said),
        ("reasons", Said),
    ):
        row[name] = tuple(_of(kind, one) for one in row.get(name, ()))
    row["override"] = _of(Said, row["override"]) if row["override"] else None
    row["merged_from"] = tuple(row["merged_from"])
    return _of(Incident, row)


def label(name: str) -> str:
    """What a field, a state or a role is called."""
    known = data.fields().get(name)
    return known.label if known else data.states().get(name, ROLES.get(name, name))


def _of(kind: type[T], row: Mapping[str, Any]) -> T:
    return kind(**{f.name: row[f.name] for f in fields(kind) if f.name in row})  # type: ignore[arg-type]  # which T it is
