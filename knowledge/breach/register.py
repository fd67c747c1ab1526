"""The register of breaches (GDPR 33(5)): a line for each, notified or not, with facts, effects, measures and reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from knowledge.breach import data
from knowledge.breach.completeness import completeness
from knowledge.breach.incident import Fact, Incident, label
from knowledge.breach.severity import graded

COLUMNS = (
    *(
        "number",
        "state",
        "opened",
        "closed",
        "occurred_from",
        "occurred_until",
        "detected",
        "aware",
        "reported",
        "clients",
    ),
    *("facts", "cause", "kinds", "people", "records", "groups", "data_types", "protected"),
    *("effects", "measures_taken", "measures_intended", "severity", "notices", "decisions", "delays", "reasons"),
    *("merged_into", "unanswered"),
)
ITQ_43_1 = "ITQ informs the Client of any data breach (43.1)"
# What retention takes away: who people are. Companies, numbers and reasons stay (33(5)).
PERSONAL = ("contact", "dpo", "aware_by")


def line(incident: Incident) -> dict[str, str]:
    """The incident's line: text by column, times in ISO 8601 with their offset; unknown is said, empty was not answered."""
    level, how = graded(incident)
    told = [f"{notice.about}: {notice.told_at} by {notice.how}, notice {notice.phase}" for notice in incident.notices]
    decided = [
        f"{one.about}: {'inform' if one.inform else 'do not inform'}, because {one.reason}"
        for one in incident.decisions
    ]
    # The contract leaves no choice where nothing else was decided: the reason is its own.
    decided += [
        f"{client}: inform, because {ITQ_43_1}"
        for client in incident.clients
        if incident.told(client) and not incident.decided(client)
    ]
    lacking = [
        f"{met.requirement.ref} {met.requirement.label}" for met in completeness(incident) if met.status == "missing"
    ]
    row = {
        "number": incident.number,
        "state": label(incident.state),
        "opened": incident.opened_at,
        "closed": incident.closed_at,
        "occurred_from": _of(incident, "event_on") if incident.value("event_on") else _of(incident, "event_from"),
        "occurred_until": _of(incident, "event_until"),
        "detected": _of(incident, "detected_at"),
        "aware": _of(incident, "aware_at"),
        "reported": _of(incident, "reported_at"),
        "clients": _of(incident, "clients"),
        "facts": _of(incident, "happened"),
        "cause": _of(incident, "cause"),
        "kinds": _of(incident, "kinds"),
        "people": _number(incident, "people"),
        "records": _number(incident, "records"),
        "groups": _of(incident, "groups"),
        "data_types": _of(incident, "data_types"),
        "protected": _of(incident, "protected"),
        "effects": _of(incident, "consequences"),
        "measures_taken": _of(incident, "measures_taken"),
        "measures_intended": _of(incident, "measures_planned"),
        "severity": f"{level}: {how}" if level else "",
        "notices": "; ".join(told),
        "decisions": "; ".join(decided),
        "delays": "; ".join(f"{said.about}: {said.words}" for said in incident.delays),
        "reasons": "; ".join(f"{data.moves()[said.about].label}: {said.words}" for said in incident.reasons),
        "merged_into": incident.merged_into,
        "unanswered": "; ".join(lacking),
    }
    return {column: row[column] for column in COLUMNS}


def erased(incident: Incident, at: datetime) -> Incident:
    """The incident after its time: who people are is gone (authors, contacts, recipients, evidence, tasks, roles); the facts
    of the register line stay.
    """
    gone = "erased"
    facts = {
        name: Fact(fact.value, fact.at, gone, fact.zone)
        for name, fact in incident.facts.items()
        if name not in PERSONAL
    }
    return replace(
        incident,
        opened_by=gone,
        facts=facts,
        letters=tuple(replace(letter, by=gone) for letter in incident.letters),
        notices=tuple(replace(notice, to=gone, evidence=gone, by=gone) for notice in incident.notices),
        decisions=tuple(replace(one, by=gone) for one in incident.decisions),
        tasks=(),
        roles={},
        delays=tuple(replace(said, by=gone) for said in incident.delays),
        reasons=tuple(replace(said, by=gone) for said in incident.reasons),
        override=replace(incident.override, by=gone) if incident.override else None,
        erased_at=at.isoformat(),
    )


def as_json(incident: Incident) -> Mapping[str, Any]:
    """The line as JSON has it: the same columns, and the level of severity by itself."""
    return line(incident) | {"severity_level": graded(incident)[0]}


def _of(incident: Incident, name: str) -> str:
    fact = incident.facts.get(name)
    if fact is None:
        return ""
    if fact.value is None:
        return f"unknown (as of {fact.at})"
    return ", ".join(fact.value) if isinstance(fact.value, list) else str(fact.value)


def _number(incident: Incident, name: str) -> str:
    least, most = incident.value(f"{name}_min"), incident.value(f"{name}_max")
    exact = _of(incident, name)
    return f"{least} to {most}" if least is not None and most is not None and incident.value(name) is None else exact
