"""Forms from declarations: a rule's inputs become a modal, and what was typed into it becomes inputs again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from handlers.blocks import Block, shorten
from knowledge import inputs
from knowledge.answer import Family
from knowledge.fields import Field
from knowledge.inputs import Here
from knowledge.refused import Refused
from knowledge.rules import Rule, find, of

# https://docs.slack.dev/surfaces/modals and block-kit composition objects: titles 24, labels 2,000, options 100 of 75.
TITLE, LABEL, HINT, OPTIONS, OPTION = 24, 2_000, 2_000, 100, 75


@dataclass(frozen=True)
class Form:
    """What a computing form knows of itself: which question, where the answer goes, and which answer it varies."""

    family: Family
    kind: str
    channel: str
    against: str = ""

    def metadata(self) -> str:
        """The form's own memory, carried by Slack as private_metadata."""
        return json.dumps(vars(self))


def form(metadata: str) -> Form:
    """The form behind a view."""
    return Form(**json.loads(metadata))


def chooser(family: Family, channel: str) -> dict[str, Any]:
    """A modal that asks for the kind first; choosing one turns it into that kind's form."""
    options = [_option(f"{rule.kind} · {rule.ref}", rule.kind, rule.title) for rule in of(family)]
    select = {
        "type": "static_select",
        "action_id": "kind",
        "placeholder": _plain("Choose"),
        "options": options[:OPTIONS],
    }
    block = {
        "type": "input",
        "block_id": "kind",
        "dispatch_action": True,
        "label": _plain(f"Which {family}?"),
        "element": select,
    }
    return _modal(Form(family, "", channel), f"Compute a {family}", [block])


def computing(asked: Form, given: Mapping[str, Any], here: Here, agreements: Sequence[str]) -> dict[str, Any]:
    """The modal of a rule, prefilled from what was given; values that are no values are left for the person to type."""
    rule = find(asked.family, asked.kind)
    body: list[Block] = [
        {"type": "context", "elements": [{"type": "mrkdwn", "text": f"{rule.ref}: {shorten(rule.help, 500)}"}]}
    ]
    body += entries(rule.form, given, here, agreements)
    return _modal(asked, rule.kind.replace("-", " "), body)


def entries(
    fields: Iterable[Field], given: Mapping[str, Any], here: Here, agreements: Sequence[str] = ()
) -> list[Block]:
    """The inputs of declared fields, prefilled from what was given; the block id of each is its field's name."""
    return [_input(field, given.get(field.name), here, agreements) for field in fields]


def typed(view: Mapping[str, Any]) -> dict[str, Any]:
    """What a person entered, by block id; empty inputs are left out."""
    found = {block: _value(next(iter(elements.values()))) for block, elements in view["state"]["values"].items()}
    return {name: value for name, value in found.items() if value not in (None, "")}


def text_input(
    name: str, label: str, hint: str = "", value: str = "", *, optional: bool = True, lines: bool = False
) -> Block:
    """An input for words; its block id is its name, so that errors find it."""
    element: Block = {"type": "plain_text_input", "action_id": name, "multiline": lines}
    if value:
        element["initial_value"] = shorten(value, 3_000)
    return block(name, label, hint, element, optional=optional)


def date_input(name: str, label: str, hint: str = "", value: str = "", *, optional: bool = True) -> Block:
    """An input for a day."""
    element: Block = {"type": "datepicker", "action_id": name}
    return block(name, label, hint, element | ({"initial_date": value} if value else {}), optional=optional)


def select_input(
    name: str,
    label: str,
    choices: Sequence[str] | Mapping[str, str],
    hint: str = "",
    value: str = "",
    *,
    optional: bool = True,
) -> Block:
    """An input for one of some choices; a mapping says what is shown for each."""
    shown = choices if isinstance(choices, Mapping) else {choice: choice for choice in choices}
    options = {choice: _option(text, choice) for choice, text in list(shown.items())[:OPTIONS]}
    element: Block = {"type": "static_select", "action_id": name, "options": [*options.values()]}
    element["placeholder"] = _plain("Choose")
    if value in options:
        element["initial_option"] = options[value]
    return block(name, label, hint, element, optional=optional)


def several_input(
    name: str, label: str, choices: Sequence[str], hint: str = "", chosen: Sequence[str] = (), *, optional: bool = True
) -> Block:
    """An input for any number of some choices."""
    options = [_option(choice, choice) for choice in choices[:OPTIONS]]
    element: Block = {"type": "multi_static_select", "action_id": name, "options": options}
    initial = [option for option in options if option["value"] in chosen]
    return block(name, label, hint, element | ({"initial_options": initial} if initial else {}), optional=optional)


def person_input(
    name: str, label: str, hint: str = "", chosen: Sequence[str] = (), *, many: bool = False, optional: bool = True
) -> Block:
    """An input for one person, or for several."""
    element: Block = {"type": "multi_users_select" if many else "users_select", "action_id": name}
    if chosen:
        element |= {"initial_users": list(chosen)} if many else {"initial_user": chosen[0]}
    return block(name, label, hint, element, optional=optional)


def modal(callback: str, title: str, submit: str, body: Sequence[Block], metadata: str = "") -> dict[str, Any]:
    """A modal with a form."""
    return {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": metadata,
        "title": _plain(shorten(title, TITLE)),
        "submit": _plain(submit),
        "close": _plain("Cancel"),
        "blocks": list(body),
    }


def fitting(rule: Rule, refused: Refused) -> Refused:
    """A refusal whose field is one of the form's, so that it is shown under it."""
    names = [field.name for field in rule.form]
    return refused if refused.field in names else Refused(str(refused), field=names[0], others=refused.others)


def _modal(asked: Form, title: str, body: Sequence[Block]) -> dict[str, Any]:
    return modal("compute", title, "Compute", body, asked.metadata())


def _input(field: Field, given: Any, here: Here, agreements: Sequence[str]) -> Block:
    label = f"{field.label} ({field.unit})" if field.unit else field.label
    hint = "; ".join(part for part in (field.help, f"clause {field.clause}" if field.clause else "") if part)
    words = (
        ", ".join(str(one) for one in given)
        if isinstance(given, list | tuple)
        else str(given)
        if given is not None
        else ""
    )
    optional = not field.required
    if field.type in ("date", "instant"):
        moment, hint = _understood(field, words, here, hint)
        if field.type == "date":
            return date_input(field.name, label, hint, moment, optional=optional)
        element: Block = {"type": "datetimepicker", "action_id": field.name}
        if moment:
            element["initial_date_time"] = int(datetime.fromisoformat(moment).timestamp())
        return block(field.name, label, hint, element, optional=optional)
    match field.type:
        case "several":
            return several_input(field.name, label, field.choices, hint, _listed(given), optional=optional)
        case "yes-no":
            chosen = {"True": "Yes", "False": "No"}.get(words, words)
            return select_input(field.name, label, ("Yes", "No"), hint, chosen, optional=optional)
        case "user" | "users":
            return person_input(field.name, label, hint, _listed(given), many=field.type == "users", optional=optional)
    if field.choices:
        chosen = words or str(field.default or "")
        return select_input(field.name, label, field.choices, hint, chosen, optional=optional)
    if field.type == "agreement" and 0 < len(agreements) <= OPTIONS:
        return select_input(field.name, label, agreements, hint, words, optional=optional)
    default = words or (str(field.default) if field.default is not None else "")
    return text_input(field.name, label, hint, default, optional=optional, lines=field.type == "lines")


def _listed(given: Any) -> list[str]:
    return [str(one) for one in inputs.each(given)] if given else []


def _understood(field: Field, words: str, here: Here, hint: str) -> tuple[str, str]:
    """The day or moment that was typed, and what the field says: the picker cannot show words that mean none, so they are
    told there with what would be right."""
    if not words:
        return here.today.isoformat() if field.type == "date" and field.today else "", hint
    try:
        found: Any = inputs.READ[field.type](words, here, field.name)
    except Refused as refused:
        return "", str(refused)
    return str(found.isoformat()), hint


def _value(element: Mapping[str, Any]) -> Any:
    match element["type"]:
        case "plain_text_input":
            return (element.get("value") or "").strip()
        case "datepicker":
            return element.get("selected_date")
        case "datetimepicker":
            moment = element.get("selected_date_time")
            return datetime.fromtimestamp(moment, UTC).isoformat() if moment else None
        case "users_select":
            return element.get("selected_user")
        case "multi_users_select":
            return element.get("selected_users") or []
        case "multi_static_select" | "checkboxes":
            return [option["value"] for option in element.get("selected_options") or []]
        case "file_input":
            return element.get("files") or []
        case _:
            return (element.get("selected_option") or {}).get("value")


def first(element: Mapping[str, Any]) -> Any:
    """What an input was laid out with, as ``typed`` gives it back; "" or an empty list where it was empty."""
    kinds = {"text": "value", "value": "value", "date": "selected_date", "date_time": "selected_date_time"}
    kinds |= {name: f"selected_{name}" for name in ("option", "options", "user", "users")}
    shown = {kinds[k.removeprefix("initial_")]: v for k, v in element.items() if k.startswith("initial_")}
    many = element["type"].startswith("multi_") or element["type"] == "checkboxes"
    return _value({"type": element["type"]} | shown) or ([] if many else "")


def block(name: str, label: str, hint: str, element: Block, *, optional: bool) -> Block:
    """An input block; its id is its name, so that errors find it."""
    made: Block = {
        "type": "input",
        "block_id": name,
        "label": _plain(shorten(label, LABEL)),
        "element": element,
        "optional": optional,
    }
    return made | ({"hint": _plain(shorten(hint, HINT))} if hint else {})


def _option(text: str, value: str, description: str = "") -> Block:
    option: Block = {"text": _plain(shorten(text, OPTION)), "value": value}
    return option | ({"description": _plain(shorten(description, OPTION))} if description else {})


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}
