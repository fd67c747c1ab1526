"""Forms about incidents: inputs from declared fields, a tick for what is not known yet, and drafts of what was typed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from handlers import blocks, forms
from handlers.blocks import Block
from handlers.breach.keeping import Hand
from knowledge.breach import acts, data, reading
from knowledge.breach.data import Step
from knowledge.breach.incident import Incident
from knowledge.fields import Field
from knowledge.inputs import Here
from storage import agreements, incidents

TYPED = "breach_typed"
UNKNOWN = "unknown"
REPORT, FIRST = "report", "first"
# https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element: at most 3,000 characters.
LONGEST = 3_000


@dataclass(frozen=True)
class Memory:
    """What a form carries of itself: the incident ("" for a new one), the page, where a report came from, which fields were
    filled in from the person's draft or a typical case, and which field shows a text shortened that is held whole.
    """

    page: str
    number: str = ""
    drill: bool = False
    source: str = ""
    drafted: tuple[str, ...] = ()
    held: str = ""

    def text(self) -> str:
        """As Slack carries it: private_metadata."""
        return json.dumps(vars(self))

    @property
    def form(self) -> str:
        """The name under which a person's draft of it is kept."""
        if self.number or self.page != FIRST:
            return f"{self.number}:{self.page}"
        return f"{'drill' if self.drill else ''}{REPORT}"

    @property
    def is_drill(self) -> bool:
        """Whether it is about an exercise."""
        return self.drill or self.number.startswith("DRILL")


def memory(view: Mapping[str, Any]) -> Memory:
    """The memory of a form that came back."""
    kept = json.loads(view["private_metadata"])
    return Memory(**kept | {"drafted": tuple(kept.get("drafted", ()))})


def modal(
    callback: str,
    title: str,
    submit: str,
    body: Sequence[Block],
    about: Memory,
    note: str = "",
    drafted: Iterable[str] = (),
) -> dict[str, Any]:
    """A form whose typing is kept as a draft, when it is closed and while it is filled in."""
    head = f"*{about.number or 'A new report'}*"
    if about.is_drill:
        head = f"{head} · DRILL: an exercise"
        title = f"DRILL: {title}" if len(title) <= forms.TITLE - len("DRILL: ") else "DRILL: a data breach"
    lines = [head, *([note] if note else [])]
    about = replace(about, drafted=tuple(drafted))
    view = forms.modal(
        callback, title, submit, [blocks.context(*lines), *(_kept(block) for block in body)], about.text()
    )
    return view | {"notify_on_close": True, "close": {"type": "plain_text", "text": "Close", "emoji": False}}


def typed(view: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in a form, by field; the ticks of what is not known under UNKNOWN."""
    found = forms.typed(view)
    ticks = found.pop(f"{UNKNOWN}.{memory(view).page}", [])
    return found | ({UNKNOWN: ticks} if ticks else {})


def touched(view: Mapping[str, Any]) -> dict[str, Any]:
    """What this person changed in a form: "" for what was emptied. What still stands as it was laid out is left out, so that
    it does not undo what others answered meanwhile.
    """
    now, drafted = typed(view), memory(view).drafted
    first = {str(b["block_id"]): forms.first(b["element"]) for b in view["blocks"] if b["type"] == "input"}
    names = [name for name in first if not name.startswith(f"{UNKNOWN}.")]
    return {n: now.get(n, "") for n in names if n in drafted or now.get(n, "") != first[n]}


def ticked_now(view: Mapping[str, Any]) -> list[str]:
    """What is ticked as unknown, less the ticks that stood there before and have an answer now."""
    page, now = memory(view).page, typed(view)
    block = next((b for b in view["blocks"] if b.get("block_id") == f"{UNKNOWN}.{page}"), None)
    before = forms.first(block["element"]) if block else []
    return [name for name in now.get(UNKNOWN, []) if name not in before or not now.get(name)]


def zones(view: Mapping[str, Any]) -> dict[str, str]:
    """The zones in which the times are told that a person changed, or whose zone they changed."""
    entered, now = touched(view), typed(view)
    wanted = {own for time, own in reading.ZONES.items() if time in entered or own in entered}
    return {name: now[name] for name in wanted if name in now}


def hold(hand: Hand, about: Memory, name: str, text: str) -> tuple[str, Memory]:
    """A text as a form can show it. What is longer than an input is held whole, sealed, for this person alone."""
    if len(text) <= LONGEST:
        return text, about
    incidents.keep_draft(hand.db, hand.seal, hand.by, f"{about.form}:whole", hand.now, {name: text})
    return blocks.shorten(text, LONGEST), replace(about, held=name)


def _whole(hand: Hand, about: Memory, name: str, shown: Any) -> Any:
    """The text behind one that a form showed shortened and that is kept in a draft; else the value itself."""
    if not isinstance(shown, str) or not shown.endswith("…"):
        return shown
    found = incidents.draft(hand.db, hand.seal, hand.by, f"{about.form}:whole")
    text = str(found[1].get(name, "")) if found else ""
    return text if blocks.shorten(text, LONGEST) == shown else shown


def beside(new: str, old: str) -> str:
    """New words and those of a draft: neither is lost."""
    return "\n\n".join(dict.fromkeys(words for words in (new, old) if words))


def made_whole(hand: Hand, about: Memory, entered: Mapping[str, Any]) -> dict[str, str]:
    """The whole text in the place of the shortened one that a form showed; where that was changed, both."""
    found = incidents.draft(hand.db, hand.seal, hand.by, f"{about.form}:whole") if about.held else None
    if found is None:
        return {}
    text, now = str(found[1][about.held]), str(entered.get(about.held, ""))
    return {about.held: text if now in ("", blocks.shorten(text, LONGEST)) else f"{now}\n\n{text}"}


def sent(hand: Hand, about: Memory) -> None:
    """Forget what was kept of a form that was sent."""
    for form in (about.form, f"{about.form}:whole"):
        incidents.drop_draft(hand.db, hand.by, form)


def draft(hand: Hand, about: Memory) -> tuple[dict[str, Any], str]:
    """What this person typed into a form before and did not send, and a line that says so."""
    found = incidents.draft(hand.db, hand.seal, hand.by, about.form)
    if found is None:
        return {}, ""
    at, kept = found
    kept = {name: _whole(hand, about, name, value) for name, value in kept.items()}
    return kept, f"Your draft of <!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at:%H:%M} UTC> was kept."


def step(hand: Hand, name: str, about: Memory, incident: Incident | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """A page of questions, prefilled from a draft, else from what is on record, else from what is given."""
    page = data.steps()[name]
    typed_before, note = draft(hand, about)
    likely = {n: v for n, v in acts.likely(incident).items() if n in page.fields} if incident else {}
    values = {**given, **likely, **(stand(incident, page.fields) if incident else {}), **typed_before}
    if incident is None:
        words = beside(given.get("happened", ""), typed_before.get("happened", ""))
        values["happened"], about = hold(hand, about, "happened", words)
    for zone in (n for n in reading.ZONE_FIELDS if n in page.fields and not values.get(n)):
        values[zone] = _zone(hand, incident, zone)
    long = [n for n in page.fields if len(str(values.get(n) or "")) > LONGEST and n not in typed_before]
    fields = [_field(hand, data.fields()[n], asked=n not in long) for n in page.fields]
    here = Here(hand.now, hand.zone)
    body = forms.entries(fields, {n: v for n, v in values.items() if n not in long}, here)
    body.append(_ticks(page, _ticked(incident, page.fields, typed_before)))
    # Words behind the command and those of a message were typed as well; the moment of asking was not.
    drafted = [*typed_before, *likely, *(name for name in given if name != "aware_at")]
    if incident and likely:
        case = data.cases()[incident.case].label
        note = (
            f"{note} Likely answers for the case {blocks.escape(case)} stand where there were none: check them.".strip()
        )
    if incident is None:
        return modal("breach_report", page.title, "Report", body, about, note, drafted)
    return modal("breach_answers", page.title, "Keep and go on", body, about, note, drafted)


def stand(incident: Incident, fields: Sequence[str]) -> dict[str, Any]:
    """The known answers of an incident to some questions."""
    return {name: value for name in fields if (value := incident.value(name)) is not None}


def _field(hand: Hand, field: Field, *, asked: bool) -> Field:
    if field.name == "clients":
        slugs = agreements.slugs(hand.db, forms.OPTIONS + 1)
        if not 0 < len(slugs) <= forms.OPTIONS:
            known = (
                "their short names, separated by commas" if slugs else "no agreement is registered yet; tick it below"
            )
            return replace(field, type="text", help=known, required=False)
        return replace(field, choices=tuple(slugs), required=False)
    if not asked:
        return replace(
            field, help=f"a longer text is kept whole; what you type takes its place. {field.help}", required=False
        )
    return replace(field, required=False)


def _zone(hand: Hand, incident: Incident | None, field: str) -> str:
    """In which zone a time is told so far, else that of the awareness, else that of asking."""
    times = [*(time for time, own in reading.ZONES.items() if own == field), "aware_at"]
    return next((incident.facts[time].zone for time in times if incident and time in incident.facts), hand.zone.key)


def _ticked(incident: Incident | None, fields: Sequence[str], typed_before: Mapping[str, Any]) -> list[str]:
    if typed_before:
        return list(typed_before.get(UNKNOWN, []))
    return [n for n in fields if incident and n in incident.facts and not incident.facts[n].known]


def _ticks(page: Step, ticked: Sequence[str]) -> Block:
    """One input for all that is not known yet; Slack takes ten boxes, and no step has more.

    Its block id is the page's own: Slack keeps what stands in an input when the next page has one of the same id.
    """
    options = [
        {"text": {"type": "plain_text", "text": blocks.shorten(data.fields()[n].label, 75), "emoji": False}, "value": n}
        for n in page.fields
        if n not in ("happened", "aware_at") and data.fields()[n].required
    ]
    element: Block = {"type": "checkboxes", "action_id": TYPED, "options": options}
    if chosen := [option for option in options if option["value"] in ticked]:
        element["initial_options"] = chosen
    hint = "unknown is an answer: it is kept with the time, and asked again"
    return forms.block(f"{UNKNOWN}.{page.name}", "Not known yet", hint, element, optional=True)


def _kept(block: Block) -> Block:
    """An input that tells every change, so that nothing typed is lost."""
    if block["type"] != "input" or block["element"]["type"] == "file_input":
        return block
    element = block["element"] | {"action_id": TYPED}
    if element["type"] == "plain_text_input":
        element |= {"dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}}
        element |= {"max_length": LONGEST} if element["multiline"] else {}
    return block | {"element": element, "dispatch_action": True}


def keep_draft(hand: Hand, view: Mapping[str, Any], at: datetime) -> None:
    """Keep what this person typed into a form as a draft."""
    entered = {name: value for name, value in touched(view).items() if value != ""}
    ticks = typed(view).get(UNKNOWN, [])
    if entered or ticks:
        kept = entered | ({UNKNOWN: ticks} if ticks else {})
        incidents.keep_draft(hand.db, hand.seal, hand.by, memory(view).form, at, kept)
