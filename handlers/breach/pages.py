"""The small forms of an incident: what each asks, and the act that its answers are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handlers import forms
from handlers.breach.keeping import Hand, act, merge, need_entitled, tell
from knowledge import fields as declared
from knowledge.breach import acts, clocks, data
from knowledge.breach.acts import HOW, LANGUAGES, PEOPLE
from knowledge.breach.incident import ROLES, Incident
from knowledge.breach.severity import graded
from knowledge.fields import Field
from knowledge.refused import Refused

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Page:
    """One form: its title, the word on its button, its fields for an incident, what they hold at first, and what they do."""

    title: str
    submit: str
    fields: Callable[[Hand, Incident], Sequence[Field]]
    do: Callable[[Hand, Incident, Values], Incident]
    stand: Callable[[Hand, Incident], Values] = lambda hand, incident: {}


def read(page: Page, hand: Hand, incident: Incident, entered: Values) -> dict[str, Any]:
    """What was entered into a page, as values; Refused with the field."""
    return declared.read(page.fields(hand, incident), entered, hand.here)


def _reason(label: str = "Reason", help: str = "it goes into the register", *, required: bool = True) -> Field:
    return Field("lines", label, help, name="reason", required=required)


def _move_fields(hand: Hand, incident: Incident) -> Sequence[Field]:
    labels = tuple(data.moves()[name].label for name in acts.possible(incident))
    return (
        Field("choice", "Move", "what is still missing is told", choices=labels, name="move", required=True),
        _reason(required=False),
        Field("text", "Merge into", "the number of the incident that stays", name="target"),
    )


def _move(hand: Hand, incident: Incident, values: Values) -> Incident:
    name = next(move.name for move in data.moves().values() if move.label == values["move"])
    reason, target = values.get("reason", ""), values.get("target", "")
    if name == "merge":
        if not reason or not target:
            raise Refused("A merger needs the number of the incident that stays, and the reason.", field="target")
        merge(hand, incident.number, target, reason)
        return incident
    return act(hand, incident.number, lambda i: acts.move(i, name, hand.act, reason=reason))


WHO = "a client, or the authority: of all clients, or of the one that is named"


def _sent_fields(hand: Hand, incident: Incident) -> Sequence[Field]:
    about = acts.informed(incident)[: forms.OPTIONS]
    return (
        Field("choice", "Who was told", WHO, choices=about, name="about", required=True),
        Field("text", "The person or address", name="to", required=True),
        Field("choice", "How", choices=HOW, name="how", required=True),
        Field("instant", "When", name="told_at", required=True),
        Field("choice", "Language", choices=LANGUAGES, name="language", default="en"),
        Field(
            "lines", "Evidence", "a link, or the text that was sent; a file can be added in its place", name="evidence"
        ),
    )


def _sent(hand: Hand, incident: Incident, values: Values) -> Incident:
    return act(
        hand,
        incident.number,
        lambda i: acts.notify(
            i,
            values["about"],
            language=values.get("language", "en"),
            to=values["to"],
            how=values["how"],
            told_at=values["told_at"],
            evidence=values.get("evidence", ""),
            act=hand.act,
        ),
    )


def _decide_fields(hand: Hand, incident: Incident) -> Sequence[Field]:
    about = (PEOPLE, *acts.informed(incident))[: forms.OPTIONS]
    return (
        Field(
            "choice", "About whom", f"{WHO}; people: those whose data it is", choices=about, name="about", required=True
        ),
        Field("yes-no", "Inform them?", name="inform", required=True),
        _reason(),
    )


def _decide(hand: Hand, incident: Incident, values: Values) -> Incident:
    return act(
        hand,
        incident.number,
        lambda i: acts.decide(i, values["about"], inform=values["inform"], reason=values["reason"], act=hand.act),
    )


def _people_fields(hand: Hand, incident: Incident) -> Sequence[Field]:
    roles = [Field("user", label.capitalize(), name=role) for role, label in ROLES.items()]
    return (*roles, Field("lines", "For a hand-over: what the next one must know", name="note"))


def _people(hand: Hand, incident: Incident, values: Values) -> Incident:
    given = {role: values[role] for role in ROLES if role in values and values[role] != incident.roles.get(role)}
    for role, person in given.items():
        if role != "lead":
            # The lead may see it by being the lead; nobody else does by having a part in it.
            need_entitled(hand, incident, person, role)

    def assign(i: Incident) -> acts.Done:
        events: tuple[Any, ...] = ()
        for role, person in given.items():
            i, more = acts.assign(i, role, person, hand.act, values.get("note", ""))
            events = (*events, *more)
        return i, events

    changed = act(hand, incident.number, assign)
    for person in dict.fromkeys(given.values()):
        parts = " and ".join(ROLES[role] for role, who in given.items() if who == person)
        tell(hand, incident.number, person, f"you are its {parts} now")
    return changed


def _tasks_fields(hand: Hand, incident: Incident) -> Sequence[Field]:
    open_ = tuple(_named(task.id, task.what) for task in incident.tasks if not task.done_at)
    done = (Field("several", "Done", choices=open_[:100], name="done"),) if open_ else ()
    return (
        Field("text", "New task", name="what"),
        Field("user", "Its owner", "you, where nobody is chosen", name="owner"),
        *done,
    )


def _named(id: str, what: str) -> str:
    return f"{what[:60]} ({id[:8]})"


def _tasks(hand: Hand, incident: Incident, values: Values) -> Incident:
    done = [task.id for task in incident.tasks if _named(task.id, task.what) in values.get("done", ())]
    if not done and not values.get("what"):
        raise Refused("Write a new task, or choose one that is done.", field="what")

    owner = values.get("owner", hand.by)
    if values.get("what"):
        need_entitled(hand, incident, owner, "owner")
        tell(hand, incident.number, owner, "there is a task for you")

    def change(i: Incident) -> acts.Done:
        i, first = acts.finish(i, done, hand.act)
        if not values.get("what"):
            return i, first
        i, second = acts.add_task(i, hand.new_id(), values["what"], owner, hand.act)
        return i, (*first, *second)

    return act(hand, incident.number, change)


def _severity_fields(hand: Hand, incident: Incident) -> Sequence[Field]:
    factors = [
        Field("choice", f.label, f"counts for {f.part}", choices=tuple(f.worth), name=f.name, required=True)
        for f in data.factors()
    ]
    levels = tuple(name for _, name in data.levels())
    level = Field("choice", "Another level than the factors give", "needs a reason", choices=levels, name="level")
    return (*factors, level, _reason("Reason for another level", required=False))


def _severity(hand: Hand, incident: Incident, values: Values) -> Incident:
    chosen = {f.name: values[f.name] for f in data.factors()}
    level, reason = values.get("level", ""), values.get("reason", "")
    return act(hand, incident.number, lambda i: acts.grade(i, chosen, hand.act, level=level, reason=reason))


def _judged(hand: Hand, incident: Incident) -> Values:
    level = graded(incident)[0] if incident.override else ""
    return dict(incident.factors) | ({"level": level} if level else {})


def _case_fields(hand: Hand, incident: Incident) -> Sequence[Field]:
    labels = tuple(case.label for case in data.cases().values())
    help = "likely answers are proposed on the next pages where there are none yet; they count once you keep them"
    return (Field("choice", "Which case is it like?", help, choices=labels, name="case", required=True),)


def _case(hand: Hand, incident: Incident, values: Values) -> Incident:
    name = next(case.name for case in data.cases().values() if case.label == values["case"])
    return act(hand, incident.number, lambda i: acts.suppose(i, name, hand.act))


def _delay_fields(hand: Hand, incident: Incident) -> Sequence[Field]:
    late = clocks.unexplained(incident, hand.clocks(incident), hand.now)
    choices = tuple(clock.who[:75] for clock in late[: forms.OPTIONS]) or ("no clock ran out",)
    help = "all that ran out for the same reason"
    return (
        Field("several", "Which clocks", help, choices=choices, name="clock", required=True),
        _reason("Reason for the delay", "a late notification must give it (GDPR 33(1))"),
    )


def _delay(hand: Hand, incident: Incident, values: Values) -> Incident:
    late = clocks.unexplained(incident, hand.clocks(incident), hand.now)
    names = [clock.name for clock in late if clock.who[:75] in values["clock"]]
    if not names:
        raise Refused("No clock ran out without a reason on record.", field="clock")

    def explain(i: Incident) -> acts.Done:
        events: tuple[Any, ...] = ()
        for name in names:
            i, more = acts.explain_delay(i, name, values["reason"], hand.act)
            events = (*events, *more)
        return i, events

    return act(hand, incident.number, explain)


def _note_fields(hand: Hand, incident: Incident) -> Sequence[Field]:
    return (Field("lines", "For the timeline", name="words", required=True),)


def _note(hand: Hand, incident: Incident, values: Values) -> Incident:
    return act(hand, incident.number, lambda i: acts.note(i, values["words"], values.get("source", "")))


def now_in_form(hand: Hand, incident: Incident) -> Values:
    """The moment of asking, for a time that is mostly now."""
    return {"told_at": hand.now.astimezone(hand.zone).isoformat(timespec="minutes")}


PAGES: Mapping[str, Page] = {
    "move": Page("Move on", "Move", _move_fields, _move),
    "sent": Page("Mark as sent", "Mark", _sent_fields, _sent, now_in_form),
    "decide": Page("Decide", "Keep", _decide_fields, _decide),
    "people": Page("Roles", "Keep", _people_fields, _people, lambda hand, incident: dict(incident.roles)),
    "tasks": Page("Tasks", "Keep", _tasks_fields, _tasks),
    "severity": Page("Severity", "Keep", _severity_fields, _severity, _judged),
    "case": Page("Typical case", "Propose", _case_fields, _case),
    "delay": Page("Delay", "Keep", _delay_fields, _delay),
    "note": Page("Timeline", "Add", _note_fields, _note),
}
