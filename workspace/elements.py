"""Interactive elements: what each keeps as its state, what a person can pick in it, and what is sent of it.

https://docs.slack.dev/reference/block-kit/block-elements and
https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from workspace import typed
from workspace.blocks import elements_of, flat
from workspace.errors import CannotDo, Json
from workspace.records import Channel
from workspace.state import Workspace


@dataclass(frozen=True)
class Kind:
    """How an element type keeps what was picked: under `key`; at first what `initial` names."""

    key: str
    initial: str
    many: bool = False


KINDS = {
    "plain_text_input": Kind("value", "initial_value"),
    "email_text_input": Kind("value", "initial_value"),
    "url_text_input": Kind("value", "initial_value"),
    "number_input": Kind("value", "initial_value"),
    "rich_text_input": Kind("rich_text_value", "initial_value"),
    "datepicker": Kind("selected_date", "initial_date"),
    "timepicker": Kind("selected_time", "initial_time"),
    "datetimepicker": Kind("selected_date_time", "initial_date_time"),
    "static_select": Kind("selected_option", "initial_option"),
    "external_select": Kind("selected_option", "initial_option"),
    "radio_buttons": Kind("selected_option", "initial_option"),
    "users_select": Kind("selected_user", "initial_user"),
    "conversations_select": Kind("selected_conversation", "initial_conversation"),
    "channels_select": Kind("selected_channel", "initial_channel"),
    "checkboxes": Kind("selected_options", "initial_options", many=True),
    "multi_static_select": Kind("selected_options", "initial_options", many=True),
    "multi_external_select": Kind("selected_options", "initial_options", many=True),
    "multi_users_select": Kind("selected_users", "initial_users", many=True),
    "multi_conversations_select": Kind("selected_conversations", "initial_conversations", many=True),
    "multi_channels_select": Kind("selected_channels", "initial_channels", many=True),
    "file_input": Kind("files", "", many=True),
}
EXTERNAL = frozenset({"external_select", "multi_external_select"})
PRESSED = frozenset({"button", "icon_button", "overflow", "feedback_buttons"})
FILE_ENDINGS = {
    "text": frozenset({"txt"}),
    "markdown": frozenset({"md"}),
    "python": frozenset({"py"}),
    "javascript": frozenset({"js"}),
    "jpg": frozenset({"jpeg"}),
    "shell": frozenset({"sh"}),
    "ruby": frozenset({"rb"}),
    "binary": frozenset({"bin"}),
}
FILTERED = {"channel": "public", "group": "private", "im": "im", "mpim": "mpim"}
REQUIRED = "Please complete this required field."


@dataclass(frozen=True)
class Place:
    """An element where it stands in the blocks of a message or a view."""

    block: Json
    element: Json

    @property
    def block_id(self) -> str:
        return str(self.block["block_id"])

    @property
    def action_id(self) -> str:
        return str(self.element["action_id"])


def places(blocks: list[Json]) -> Iterator[Place]:
    """Every element with an action id, in the order of the blocks."""
    for _, block in flat(blocks):
        for _, element in elements_of(block):
            if "action_id" in element:
                yield Place(block, element)


def shown_to(element: Json, user: str) -> bool:
    """Whether this person sees an element; buttons may be for some people only."""
    return user in (element.get("visible_to_user_ids") or [user])


def entry(element: Json, picked: Any) -> Json:
    """The element's entry in `state.values` for what was picked (None or [] for nothing)."""
    kind = KINDS[element["type"]]
    shown: Json = {"type": element["type"], kind.key: picked}
    if element["type"] == "timepicker" and element.get("timezone"):
        shown["timezone"] = element["timezone"]
    return shown


def initial(element: Json) -> Json:
    """The entry of an element nobody has touched."""
    kind = KINDS[element["type"]]
    return entry(element, element.get(kind.initial, [] if kind.many else None))


def current(blocks: list[Json], channel: Channel | None) -> Json:
    """What stands in menus that start with the conversation a person looks at, by block id and action id.

    A single menu's initial_conversation goes before it, a multiple one's initial_conversations do not.
    """
    found: Json = {}
    for place in places(blocks):
        element = place.element
        wanted = element.get("default_to_current_conversation") and "initial_conversation" not in element
        kinds = (element.get("filter") or {}).get("include") or list(FILTERED.values())
        if wanted and channel is not None and FILTERED[channel.kind] in kinds:
            picked: Any = [channel.id] if KINDS[element["type"]].many else channel.id
            found.setdefault(place.block_id, {})[place.action_id] = entry(element, picked)
    return found


def state(blocks: list[Json], answers: Json) -> Json:
    """`state.values`: each stateful element with what was picked, its initial value, or nothing."""
    values: Json = {}
    for place in places(blocks):
        if place.element["type"] in KINDS:
            given = answers.get(place.block_id, {}).get(place.action_id)
            fits = given is not None and given["type"] == place.element["type"]
            values.setdefault(place.block_id, {})[place.action_id] = given if fits else initial(place.element)
    return values


def all_options(element: Json) -> list[Json]:
    """An element's own options, groups flattened."""
    groups = element.get("option_groups") or []
    return [*(element.get("options") or []), *(option for group in groups for option in group["options"])]


def _one_option(value: Any, options: list[Json]) -> Json:
    wanted = value["value"] if isinstance(value, dict) and "value" in value else value
    found = next((option for option in options if option.get("value") == wanted), None)
    if found is None:
        known = ", ".join(repr(option.get("value")) for option in options[:20]) or "none"
        raise CannotDo(f"{wanted!r} is not among the options ({known}).")
    return found


def _date(value: Any) -> str:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise CannotDo(f"{value!r} is not a date such as 2026-12-04.") from None


def _time(value: Any) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", str(value)):
        raise CannotDo(f"{value!r} is not a time such as 14:30.")
    return str(value)


def _instant(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = str(value)
    if re.fullmatch(r"\d{10}", text):
        return int(text)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise CannotDo(f"{value!r} is not an instant such as 2026-12-04T14:30:00+01:00.") from None
    if instant.tzinfo is None:
        raise CannotDo(f"{value!r} names no zone; write 2026-12-04T14:30:00+01:00.")
    return int(instant.timestamp())


def _rich_text(ws: Workspace, user: str, value: Any) -> Json:
    if isinstance(value, dict):
        return value
    return {"type": "rich_text", "elements": typed.rich(str(value), ws.names(user)).parts}


def _named(ws: Workspace, user: str, kind: str, value: Any) -> Any:
    """A person, conversation, channel or file that was named by its id."""
    id_ = value if isinstance(value, str) else ""
    channel, file = ws.channels.get(id_), ws.files.get(id_)
    match kind:
        case "selected_user" if id_ not in ws.users:
            raise CannotDo(f"There is no person {value!r}.")
        case "selected_channel" if channel is None or channel.kind != "channel":
            raise CannotDo(f"There is no public channel {value!r}.")
        case "selected_conversation" if channel is None or (channel.kind != "channel" and user not in channel.members):
            raise CannotDo(f"{user} sees no conversation {value!r}.")
        case "file":
            if file is None or file.user != user:
                raise CannotDo(f"There is no file {value!r}; upload it first.")
            return file.to_json(ws.url)
    return id_


def _single(ws: Workspace, user: str, key: str, value: Any, options: list[Json]) -> Any:
    match kind := key.removesuffix("s"):
        case "selected_option":
            return _one_option(value, options)
        case "selected_date":
            return _date(value)
        case "selected_time":
            return _time(value)
        case "selected_date_time":
            return _instant(value)
        case "rich_text_value":
            return _rich_text(ws, user, value)
        case "value":
            return str(value)
    return _named(ws, user, kind, value)


def _endings(filetype: str) -> frozenset[str]:
    """How the names of files of one of Slack's types end."""
    return FILE_ENDINGS.get(filetype, frozenset()) | {filetype}


def pick(ws: Workspace, user: str, element: Json, value: Any, options: list[Json]) -> Any:
    """What the element holds once `user` picked `value` among `options`. Raises CannotDo with a sentence."""
    kind = KINDS[element["type"]]
    if value in (None, "", []):
        return [] if kind.many else None
    if not kind.many:
        return _single(ws, user, kind.key, value[0] if isinstance(value, list) else value, options)
    chosen = value if isinstance(value, list) else [value]
    most = element.get("max_selected_items") or element.get("max_files")
    if most is not None and len(chosen) > most:
        raise CannotDo(f"At most {most} can be picked here.")
    picked = [_single(ws, user, kind.key, one, options) for one in chosen]
    takes = element.get("filetypes") or ["auto"]
    for file in picked if "auto" not in takes else ():
        if file["filetype"] not in {known for type_ in takes for known in _endings(type_)}:
            raise CannotDo(f"{file['name']} is not of a kind that is taken here: {', '.join(takes)}.")
    return picked


def pressed(element: Json, value: Any) -> Json:
    """The action fields of a button, an overflow menu or feedback buttons that a person pressed."""
    match element["type"]:
        case "overflow":
            return {"selected_option": _one_option(value, element["options"])}
        case "feedback_buttons":
            buttons = [element["positive_button"], element["negative_button"]]
            wanted = value if value is not None else buttons[0]["value"]
            button = _one_option(wanted, buttons)
            return {"text": button["text"], "value": button["value"]}
    return {key: element[key] for key in ("text", "value", "style", "url") if key in element}


def complaint(block: Json, picked: Any) -> str | None:
    """What Slack's client says under an input field before it sends anything, or None."""
    element = block["element"]
    if picked in (None, "", []):
        return None if block.get("optional") else REQUIRED
    match element["type"]:
        case "plain_text_input":
            return _length_complaint(element, str(picked))
        case "number_input":
            return _number_complaint(element, str(picked))
        case "email_text_input" if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", str(picked)):
            return "Please enter a valid email address."
        case "url_text_input" if not re.fullmatch(r"https?://\S+\.\S+", str(picked)):
            return "Please enter a valid URL."
    return None


def _length_complaint(element: Json, text: str) -> str | None:
    most = element.get("max_length", 3000)
    if len(text) < element.get("min_length", 0):
        return f"Please enter at least {element['min_length']} characters."
    return f"Please enter at most {most} characters." if len(text) > most else None


def _number_complaint(element: Json, text: str) -> str | None:
    pattern = r"-?\d+(\.\d+)?" if element.get("is_decimal_allowed") else r"-?\d+"
    if not re.fullmatch(pattern, text):
        return "Please enter a number."
    low, high = element.get("min_value"), element.get("max_value")
    if low is not None and float(text) < float(low):
        return f"Please enter a number of {low} or more."
    return f"Please enter a number of {high} or less." if high is not None and float(text) > float(high) else None
