"""Which required answers are there, which are unknown, which are missing; a clause at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from knowledge.breach import data
from knowledge.breach.data import Requirement
from knowledge.breach.incident import Incident

Status = Literal["answered", "unknown", "missing"]


@dataclass(frozen=True)
class Met:
    """A requirement and how far it is met; ``lacking`` names the fields that are still to be answered."""

    requirement: Requirement
    status: Status
    lacking: tuple[str, ...]


def completeness(incident: Incident) -> tuple[Met, ...]:
    """Every requirement of ITQ 43.3 and GDPR 33(3), in order. *Unknown* is an answer; empty is not."""
    known = {name for name, fact in incident.facts.items() if fact.known}
    return tuple(_met(requirement, incident, known) for requirement in data.requirements())


def missing(incident: Incident, *refs: str) -> tuple[Met, ...]:
    """The requirements of these clauses that are not answered, not even by *unknown*."""
    return tuple(met for met in completeness(incident) if met.requirement.ref in refs and met.status == "missing")


def unknown(incident: Incident) -> tuple[str, ...]:
    """The fields whose answer is *unknown* and still wanted, in order."""
    found = (name for name, fact in incident.facts.items() if not fact.known)
    answered = {name for met in completeness(incident) if met.status == "answered" for name in met.requirement.fields}
    return tuple(name for name in found if name not in answered)


def _met(requirement: Requirement, incident: Incident, known: set[str]) -> Met:
    if any(map(known.issuperset, requirement.any)):
        return Met(requirement, "answered", ())
    ways = [[name for name in way if name not in incident.facts] for way in requirement.any]
    least = min(ways, key=len)
    return Met(requirement, "missing" if least else "unknown", tuple(least))
