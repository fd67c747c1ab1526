"""Block Kit as others read it: slackblocks, blockkit and the models of slack_sdk, each asked what it refuses.

`house` asks them of everything the bot has said by the end of a test.
"""

from __future__ import annotations

import functools
import json
import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import blockkit.core as kit
import slackblocks
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View
from slackblocks import blocks, elements, objects

from workspace import Workspace

Json = dict[str, Any]
Make = Callable[..., Any]
UNTYPED = {  # objects without a type, by the field they stand in
    "confirm": "confirm",
    "options": "option",
    "option": "option",
    "initial_option": "option",
    "initial_options": "option",
    "option_groups": "option_group",
    "filter": "filter",
    "dispatch_action_config": "dispatch",
    "slack_file": "slack_file",
    "workflow": "workflow",
    "trigger": "trigger",
    "customizable_input_parameters": "parameter",
    "column_settings": "column",
    "positive_button": "feedback",
    "negative_button": "feedback",
    "style": "style",
}
SLACKBLOCKS: Mapping[str, Make] = {
    "actions": blocks.ActionsBlock,
    "alert": blocks.AlertBlock,
    "card": blocks.CardBlock,
    "carousel": blocks.CarouselBlock,
    "container": blocks.ContainerBlock,
    "context": blocks.ContextBlock,
    "context_actions": blocks.ContextActionsBlock,
    "divider": blocks.DividerBlock,
    "file": blocks.FileBlock,
    "header": blocks.HeaderBlock,
    "image": blocks.ImageBlock,
    "image element": elements.Image,
    "input": blocks.InputBlock,
    "markdown": blocks.MarkdownBlock,
    "section": lambda expand=None, **fields: blocks.SectionBlock(**fields),
    "table": blocks.TableBlock,
    "video": blocks.VideoBlock,
    "button": elements.Button,
    "channels_select": elements.ChannelSelectMenu,
    "checkboxes": elements.CheckboxGroup,
    "conversations_select": elements.ConversationSelectMenu,
    "datepicker": elements.DatePicker,
    "datetimepicker": lambda initial_date_time=None, **fields: elements.DateTimePicker(
        initial_datetime=initial_date_time, **fields
    ),
    "email_text_input": elements.EmailInput,
    "external_select": elements.ExternalSelectMenu,
    "feedback_buttons": elements.FeedbackButtons,
    "file_input": elements.FileInput,
    "icon_button": elements.IconButton,
    "multi_channels_select": elements.ChannelMultiSelectMenu,
    "multi_conversations_select": elements.ConversationMultiSelectMenu,
    "multi_external_select": elements.ExternalMultiSelectMenu,
    "multi_static_select": elements.StaticMultiSelectMenu,
    "multi_users_select": elements.UserMultiSelectMenu,
    "number_input": elements.NumberInput,
    "overflow": elements.OverflowMenu,
    "plain_text_input": elements.PlainTextInput,
    "radio_buttons": elements.RadioButtonGroup,
    "rich_text_input": elements.RichTextInput,
    "static_select": elements.StaticSelectMenu,
    "timepicker": elements.TimePicker,
    "url_text_input": elements.URLInput,
    "users_select": elements.UserSelectMenu,
    "workflow_button": elements.WorkflowButton,
    "icon": objects.SlackIcon,
    "raw_number": objects.RawNumber,
    "raw_text": objects.RawText,
    "column": objects.ColumnSettings,
    "confirm": objects.ConfirmationDialogue,
    "dispatch": objects.DispatchActionConfiguration,
    "feedback": elements.FeedbackButton,
    "filter": objects.ConversationFilter,
    "option": objects.Option,
    "option_group": objects.OptionGroup,
    "parameter": objects.InputParameter,
    "slack_file": lambda url=None, id=None: objects.SlackFile(url, id),
    "trigger": lambda url, customizable_input_parameters=None: objects.Trigger(url, customizable_input_parameters),
    "workflow": objects.Workflow,
}


def _classes(component: type) -> Iterator[type]:
    for one in component.__subclasses__():
        yield one
        yield from _classes(one)


def _of_blockkit() -> Iterator[tuple[str, Make]]:
    """blockkit's classes by the `type` each of them writes."""
    for one in _classes(kit.Component):
        written = one()._fields.get("type")
        if written is not None and one not in (kit.ImageEl, kit.Text):
            yield str(written.value), one


BLOCKKIT: Mapping[str, Make] = dict(_of_blockkit()) | {
    "image element": kit.ImageEl,
    "column": kit.ColumnSettings,
    "confirm": kit.Confirm,
    "dispatch": kit.DispatchActionConfig,
    "filter": kit.ConversationFilter,
    "option": kit.Option,
    "option_group": kit.OptionGroup,
    "parameter": kit.InputParameter,
    "slack_file": kit.SlackFile,
    "style": kit.RichStyle,
    "trigger": kit.Trigger,
    "workflow": kit.Workflow,
}


NUMBERS = ("min_value", "max_value", "initial_value")


def _number(text: str) -> float:
    return float(text) if "." in text else int(text)


@dataclass(frozen=True)
class Reader:
    """How one library's objects are made of JSON: its classes by type, and its text object."""

    classes: Mapping[str, Make]
    text: Make

    def read(self, value: Any, field: str) -> Any:
        """The library's object for a value that stands in `field`; it raises what the library raises."""
        if isinstance(value, list):
            return [self.read(one, field) for one in value]
        if not isinstance(value, dict):
            return value
        kind = value.get("type") or UNTYPED.get(field)
        if kind in ("plain_text", "mrkdwn"):
            return self.text(**value)
        if kind == "image" and field not in ("blocks", "child_blocks"):
            kind = "image element"
        if kind not in self.classes:
            raise ValueError(f"unknown type {kind!r} in {field!r}")
        if kind == "number_input":  # a string in Slack's JSON, a number in theirs
            value = value | {name: _number(value[name]) for name in NUMBERS if name in value}
        fields = {name: self.read(one, name) for name, one in value.items() if name != "type"}
        return self.classes[str(kind)](**fields)


def _slackblocks_text(*, type: str, text: Any, **more: Any) -> Any:
    return objects.Text(text, objects.TextType(type), **more)


THEIRS = Reader(SLACKBLOCKS, _slackblocks_text)
OTHERS = Reader(BLOCKKIT, kit.Text)
VIEW_FIELDS = ("title", "submit", "close", "private_metadata", "callback_id", "external_id")


def _view_fields(payload: Json) -> Json:
    return {name: payload[name] for name in VIEW_FIELDS if payload.get(name)}


def by_slackblocks(payload: Json) -> None:
    """Raises what slackblocks has against a message, a modal or a Home. It has its own names for rich text: passed over."""
    made = [THEIRS.read(one, "blocks") for one in payload.get("blocks") or [] if one["type"] != "rich_text"]
    for one in made:
        one._resolve()
    fields = {name: THEIRS.read(value, name) for name, value in _view_fields(payload).items()}
    if payload.get("type") == "modal":
        slackblocks.ModalView(blocks=made or [blocks.DividerBlock()], **fields).to_dict()
    elif payload.get("type") == "home":
        slackblocks.HomeTabView(blocks=made or [blocks.DividerBlock()], **fields).to_dict()


def by_blockkit(payload: Json) -> None:
    """Raises what blockkit has against a message, a modal or a Home."""
    made = [OTHERS.read(one, "blocks") for one in payload.get("blocks") or []]
    fields = {name: OTHERS.read(value, name) for name, value in _view_fields(payload).items()}
    if payload.get("type") == "modal":
        kit.Modal(blocks=made, **fields).build()
    elif payload.get("type") == "home":
        kit.Home(blocks=made, **fields).build()
    else:
        kit.Message(text="x", blocks=made).build()


def by_slack_sdk(payload: Json) -> None:
    """Raises what the models of slack_sdk have against a message, a modal or a Home."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of alt texts and texts that are missing beside blocks
        if payload.get("type") in ("modal", "home"):
            known = {"type": payload["type"], "blocks": payload["blocks"]} | _view_fields(payload)
            View(**known).to_dict()
            return
        for one in payload.get("blocks") or []:
            read = Block.parse(one)
            if read is None:
                raise ValueError(f"unknown block {one.get('type')!r}")
            read.to_dict()


VALIDATORS: Mapping[str, Callable[[Json], None]] = {
    "slackblocks": by_slackblocks,
    "blockkit": by_blockkit,
    "slack_sdk": by_slack_sdk,
}


def _with_blocks(spoken: Any) -> Iterator[Json]:
    """The message, view or options in what the app answered or posted."""
    if not isinstance(spoken, dict):
        return
    if spoken.get("blocks"):
        yield {"blocks": spoken["blocks"]}
    if isinstance(spoken.get("view"), dict):
        yield spoken["view"]
    if spoken.get("options"):
        menu = {"type": "static_select", "action_id": "menu", "options": spoken["options"]}
        yield {"blocks": [{"type": "actions", "elements": [menu]}]}


def sent(workspace: Workspace) -> Iterator[Json]:
    """Every message, view and list of options that the app sent and Slack took, as the inspector keeps them."""
    for entry in workspace.log.to_json():
        for call in entry["calls"]:
            if call["result"].get("ok"):
                yield from _with_blocks(call["arguments"])
        for delivery in entry["deliveries"]:
            yield from _with_blocks(delivery["ack"])
        for post in entry["response_urls"]:
            if post["status"] == 200:
                yield from _with_blocks(post["body"])


@functools.lru_cache(maxsize=8192)
def _refusals_of(written: str) -> str:
    return json.dumps(refusals(json.loads(written)))


def must_be_taken(workspace: Workspace) -> None:
    """Raises AssertionError when a validator refuses something that the app sent in this workspace."""
    for payload in sent(workspace):
        refused = json.loads(_refusals_of(json.dumps(payload, sort_keys=True)))
        assert not refused, (refused, payload)


def refusals(payload: Json, names: tuple[str, ...] = tuple(VALIDATORS)) -> dict[str, str]:
    """What each validator has against a message ({"blocks"}) or a view, by the validator's name."""
    logging.getLogger("slack_sdk").setLevel(logging.ERROR)
    found = {}
    for name in names:
        try:
            VALIDATORS[name](payload)
        except Exception as refused:  # whatever it raises is its refusal
            found[name] = f"{type(refused).__name__}: {refused}"
    return found
