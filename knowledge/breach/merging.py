"""Two incidents that are one: the one that stays takes over what the other knew, so that its answers still hold together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from knowledge.breach import reading
from knowledge.breach.acts import Act, Done, need_open
from knowledge.breach.incident import Event, Fact, Incident, label
from knowledge.refused import Refused

# Answers that hold together: they come from one incident or from the other, never from both.
TOGETHER = (
    ("event_from", "event_until", "event_on"),
    ("people", "people_min", "people_max"),
    ("records", "records_min", "records_max"),
)


def absorb(incident: Incident, duplicate: Incident, act: Act) -> Done:
    """What a duplicate knew and this incident did not: clients, notices, tasks, answers, and the earlier awareness."""
    need_open(incident)
    if incident.drill != duplicate.drill:
        raise Refused("A drill and a real incident are never merged.", field="target")
    clients = list(dict.fromkeys([*incident.clients, *duplicate.clients]))
    facts = _joined(incident.facts, duplicate.facts)
    if clients:
        facts["clients"] = Fact(clients, act.stamp, act.by, incident.facts["clients"].zone)
    first, second = incident.moment("aware_at"), duplicate.moment("aware_at")
    if first and second and second < first:
        facts["aware_at"] = duplicate.facts["aware_at"]
    notices = tuple(sorted({*incident.notices, *duplicate.notices}, key=lambda notice: notice.told_at))
    changed = replace(
        incident,
        facts=_holding(incident, duplicate, facts, act.at),
        letters=(*incident.letters, *duplicate.letters),
        notices=notices,
        decisions=(*duplicate.decisions, *incident.decisions),
        tasks=(*incident.tasks, *(task for task in duplicate.tasks if task not in incident.tasks)),
        delays=(*incident.delays, *duplicate.delays),
        merged_from=(*incident.merged_from, duplicate.number),
    )
    taken = [label(name) for name, fact in changed.facts.items() if incident.facts.get(name) != fact]
    answers = f", and the answers to: {'; '.join(taken)}" if taken else ""
    return changed, (Event("merged", after=duplicate.number, note=f"its notices and tasks were taken over{answers}"),)


def _joined(ours: Mapping[str, Fact], theirs: Mapping[str, Fact]) -> dict[str, Fact]:
    """Both incidents' answers: a known one before an unknown one, ours first; what holds together from one of the two."""
    found: dict[str, Fact] = {}
    single = [(name,) for name in {**ours, **theirs} if not any(name in group for group in TOGETHER)]
    for names in (*TOGETHER, *single):
        mine, other = ({n: facts[n] for n in names if n in facts} for facts in (ours, theirs))
        known = [facts for facts in (mine, other) if any(fact.known for fact in facts.values())]
        found |= (known or [mine or other])[0]
    return found


def _holding(incident: Incident, duplicate: Incident, facts: dict[str, Fact], now: datetime) -> dict[str, Fact]:
    """The joined answers, with the times of the one whose awareness counts where the others do not hold together with it."""
    earlier = duplicate if facts["aware_at"] == duplicate.facts["aware_at"] else incident
    try:
        reading.check(replace(incident, facts=facts), now, changed=())
    except Refused:
        names = (*TOGETHER[0], "detected_at")
        times = {name: earlier.facts[name] for name in names if name in earlier.facts}
        return {name: fact for name, fact in facts.items() if name not in names} | times
    return facts
