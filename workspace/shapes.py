"""Block Kit's blocks, messages and views as tables, with their limits.

https://docs.slack.dev/reference/block-kit/blocks
"""

from typing import Any

from workspace.element_shapes import ELEMENTS, ID, LINK, OPTION_GROUP, PICTURE, PLAIN_OPTION
from workspace.rich_shapes import RICH_TEXT
from workspace.schema import (
    Check,
    Problems,
    Shape,
    anything,
    array,
    boolean,
    choice,
    integer,
    number,
    pattern,
    positive,
    shaped,
    string,
    text,
    typed,
)

VIDEO_LINK = pattern(r"https://\S{1,1990}", "https URL")
SECURE_LINK = pattern(r"https://\S{1,2992}", "https URL")
TEXTS = {
    "plain_text": Shape({"text": string(3000, 1), "emoji": boolean}, ("text",)),
    "mrkdwn": Shape({"text": string(3000, 1), "verbatim": boolean}, ("text",)),
}

SELECTS = (
    "static_select",
    "external_select",
    "users_select",
    "conversations_select",
    "channels_select",
    "multi_static_select",
    "multi_external_select",
    "multi_users_select",
    "multi_conversations_select",
    "multi_channels_select",
)
PICKERS = ("checkboxes", "radio_buttons", "datepicker", "timepicker")
ACCESSORIES = ("button", "image", "overflow", "workflow_button", *PICKERS, *SELECTS)
ACTIONS = (
    "button",
    "overflow",
    "workflow_button",
    "datetimepicker",
    "rich_text_input",
    *PICKERS,
    *SELECTS,
)
INPUTS = (
    "plain_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
    "rich_text_input",
    "file_input",
    "datetimepicker",
    *PICKERS,
    *SELECTS,
)
RAW_NUMBER = Shape({"value": number, "text": string(None, 1)}, ("value", "text"))
CELLS: dict[str, Shape] = {
    "raw_text": Shape({"text": string(None, 1)}, ("text",)),
    "raw_number": RAW_NUMBER,
    "rich_text": RICH_TEXT,
}
PLAIN_CELLS = ("raw_text", "raw_number")
DATA_CELLS = {
    **CELLS,
    "action": Shape({"element": typed(ELEMENTS, "button"), "fallback": typed(CELLS, *PLAIN_CELLS)}, ("element",)),
}
COLUMN = shaped(Shape({"align": choice("left", "center", "right"), "is_wrapped": boolean}))
BLOCK = {"block_id": ID}

BLOCKS: dict[str, Shape] = {
    "actions": Shape(BLOCK | {"elements": array(typed(ELEMENTS, *ACTIONS), 25, 1)}, ("elements",)),
    "context": Shape(
        BLOCK | {"elements": array(typed({**ELEMENTS, **TEXTS}, "image", "plain_text", "mrkdwn"), 10, 1)},
        ("elements",),
    ),
    "context_actions": Shape(
        BLOCK | {"elements": array(typed(ELEMENTS, "feedback_buttons", "icon_button"), 5, 1)}, ("elements",)
    ),
    "divider": Shape(BLOCK),
    "file": Shape(BLOCK | {"external_id": string(255, 1), "source": choice("remote")}, ("external_id", "source")),
    "header": Shape(BLOCK | {"text": text(150, plain=True)}, ("text",)),
    "image": Shape(
        BLOCK | PICTURE | {"title": text(2000, plain=True)},
        ("alt_text",),
        one_of=(("image_url", "slack_file"),),
    ),
    "input": Shape(
        BLOCK
        | {
            "label": text(2000, plain=True),
            "element": typed(ELEMENTS, *INPUTS),
            "hint": text(2000, plain=True),
            "optional": boolean,
            "dispatch_action": boolean,
        },
        ("label", "element"),
    ),
    "markdown": Shape(BLOCK | {"text": string(12_000, 1)}, ("text",)),
    "rich_text": RICH_TEXT,
    "section": Shape(
        BLOCK
        | {
            "text": text(3000),
            "fields": array(text(2000), 10, 1),
            "accessory": typed(ELEMENTS, *ACCESSORIES),
            "expand": boolean,
        },
        any_of=("text", "fields"),
    ),
    "table": Shape(
        BLOCK
        | {
            "rows": array(array(typed(CELLS, *CELLS), 20, 1), 100, 1),
            "column_settings": array(COLUMN, 20),
        },
        ("rows",),
    ),
    "video": Shape(
        BLOCK
        | {
            "alt_text": string(2000, 1),
            "title": text(199, plain=True),
            "title_url": VIDEO_LINK,
            "thumbnail_url": pattern(r"https?://\S{1,1990}", "URL"),
            "video_url": VIDEO_LINK,
            "author_name": string(49, 1),
            "description": text(200, plain=True),
            "provider_name": string(),
            "provider_icon_url": LINK,
        },
        ("alt_text", "title", "thumbnail_url", "video_url"),
    ),
}


def mrkdwn(most: int) -> Check:
    """A mrkdwn text object."""
    return typed({"mrkdwn": Shape({"text": string(most, 1), "verbatim": boolean}, ("text",))}, "mrkdwn")


def needs_title(value: Any, at: str) -> Problems:
    """A container has a title, plain or rich."""
    if "title" not in value and "rich_text_title" not in value:
        yield "must define either `title` or `rich_text_title`", at
    if value.get("is_collapsible") and value.get("has_header_divider"):
        yield "has_header_divider cannot be set when is_collapsible is true", f"{at}/has_header_divider"


def even_rows(value: Any, at: str) -> Problems:
    """All rows of a data table have as many cells as its header, which holds text and numbers only."""
    header, *others = value["rows"]
    if any(len(row) != len(header) for row in others):
        yield "all rows must have the same number of cells", f"{at}/rows"
    for index, cell in enumerate(header):
        if cell["type"] not in PLAIN_CELLS:
            yield f"unsupported type: {cell['type']}", f"{at}/rows/0/{index}"


def one_icon(value: Any, at: str) -> Problems:
    """A card has a picture of its own beside its title, or one of Slack's."""
    if "icon" in value and "slack_icon" in value:
        yield "cannot define both: icon, slack_icon", at


ICONS = (
    "archive", "book", "bookmark", "bot", "bug", "calendar", "call", "caret-left", "caret-right", "check", "clipboard",
    "code", "comment", "compass", "copy", "cube", "download", "edit", "email", "eye-closed", "eye-open", "file", "flag",
    "folder", "gear", "globe", "heart", "help", "image", "info", "key", "lightbulb", "link", "map", "mobile",
    "new-window", "pin", "plus", "refine", "refresh", "rocket", "save", "screen", "share", "sparkle", "star",
    "star-filled", "tag", "thumbs-down", "thumbs-up", "trash", "upload", "user", "warning",
)  # fmt: skip
PLAIN_IMAGE = typed(ELEMENTS, "image")
CHILDREN = (
    "actions",
    "context",
    "divider",
    "file",
    "header",
    "image",
    "input",
    "rich_text",
    "section",
    "table",
    "video",
)
BLOCKS["alert"] = Shape(
    BLOCK | {"text": text(200), "level": choice("default", "info", "warning", "error", "success")}, ("text",)
)
BLOCKS["card"] = Shape(
    BLOCK
    | {
        "hero_image": PLAIN_IMAGE,
        "icon": PLAIN_IMAGE,
        "title": mrkdwn(150),
        "subtitle": mrkdwn(150),
        "body": mrkdwn(200),
        "subtext": mrkdwn(200),
        "slack_icon": typed({"icon": Shape({"name": choice(*ICONS)}, ("name",))}, "icon"),
        "actions": array(typed(ELEMENTS, "button"), 3),
    },
    any_of=("hero_image", "title", "actions", "body"),
    rules=(one_icon,),
)
BLOCKS["carousel"] = Shape(BLOCK | {"elements": array(typed(BLOCKS, "card"), 10, 1)}, ("elements",))
BLOCKS["container"] = Shape(
    BLOCK
    | {
        "title": text(150, plain=True),
        "rich_text_title": typed(BLOCKS, "rich_text"),
        "subtitle": text(150),
        "child_blocks": array(typed(BLOCKS, *CHILDREN), 10, 1),
        "width": choice("narrow", "standard", "wide", "full"),
        "icon": PLAIN_IMAGE,
        "is_collapsible": boolean,
        "default_collapsed": boolean,
        "has_header_divider": boolean,
    },
    ("child_blocks",),
    rules=(needs_title,),
)
BLOCKS["data_table"] = Shape(
    BLOCK
    | {
        "rows": array(array(typed(DATA_CELLS, *DATA_CELLS), 20, 1), 101, 2),
        "caption": string(None, 1),
        "page_size": integer(1, 100),
        "row_header_column_index": integer(0, 19),
    },
    ("rows", "caption"),
    rules=(even_rows,),
)
POINT = shaped(Shape({"label": string(None, 1), "value": number}, ("label", "value")))
SEGMENT = shaped(Shape({"label": string(None, 1), "value": positive}, ("label", "value")))
SERIES = shaped(Shape({"name": string(None, 1), "data": array(POINT, None, 1)}, ("name", "data")))
AXES = shaped(
    Shape({"categories": array(string(20, 1), None, 1), "x_label": string(50), "y_label": string(50)}, ("categories",))
)


def matching_series(value: Any, at: str) -> Problems:
    """Series differ in name, and each has one point for each category, in that order."""
    names = [one["name"] for one in value["series"]]
    if len(set(names)) < len(names):
        yield "series names must be unique", f"{at}/series"
    for index, one in enumerate(value["series"]):
        if [point["label"] for point in one["data"]] != value["axis_config"]["categories"]:
            yield "labels must match the categories", f"{at}/series/{index}/data"


PLOT = Shape({"series": array(SERIES, 12, 1), "axis_config": AXES}, ("series", "axis_config"), rules=(matching_series,))
CHARTS = {
    "pie": Shape({"segments": array(SEGMENT, 6, 1)}, ("segments",)),
    **dict.fromkeys(("bar", "area", "line"), PLOT),
}
BLOCKS["data_visualization"] = Shape(
    BLOCK | {"title": string(50, 1), "chart": typed(CHARTS, *CHARTS)}, ("title", "chart")
)
SOURCE = {"url": Shape({"url": string(3000, 1), "text": string(None, 1)}, ("url", "text"))}
BLOCKS["task_card"] = Shape(
    BLOCK
    | {
        "task_id": string(255, 1),
        "title": string(None, 1),
        "details": typed(BLOCKS, "rich_text"),
        "output": typed(BLOCKS, "rich_text"),
        "sources": array(typed(SOURCE, "url")),
        "status": choice("pending", "in_progress", "complete", "error"),
    },
    ("task_id", "title", "status"),
)
BLOCKS["plan"] = Shape(BLOCK | {"title": string(None, 1), "tasks": array(typed(BLOCKS, "task_card"))}, ("title",))
BLOCKS["auth_provider"] = Shape(
    BLOCK
    | {
        "value": string(150, 1),
        "name": text(75, plain=True),
        "is_connected": boolean,
        "description": text(150, plain=True),
        "icon_url": SECURE_LINK,
        "auth_url": SECURE_LINK,
        "disconnect_url": SECURE_LINK,
        "connected_identity": text(75, plain=True),
        "connected_context": text(75, plain=True),
        "accessory": typed(ELEMENTS, "overflow"),
        "fallback": array(typed(BLOCKS, *BLOCKS)),
    },
    ("value", "name", "is_connected"),
)
# Where each is available: https://docs.slack.dev/blocks.json
ANYWHERE = (
    "actions",
    "auth_provider",
    "card",
    "context",
    "divider",
    "header",
    "image",
    "input",
    "rich_text",
    "section",
    "video",
)
MESSAGES_ONLY = (
    "carousel",
    "container",
    "context_actions",
    "data_table",
    "data_visualization",
    "file",
    "markdown",
    "plan",
    "table",
    "task_card",
)
SURFACES: dict[str, Check] = {
    "message": array(typed(BLOCKS, *ANYWHERE, *MESSAGES_ONLY), 50),
    "modal": array(typed(BLOCKS, *ANYWHERE, "alert"), 100, 1),
    "home": array(typed(BLOCKS, *ANYWHERE, "carousel"), 100, 1),
}
VIEW = {
    "blocks": anything,
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
    "type": choice("modal", "home"),
}
VIEWS: dict[str, Shape] = {
    "modal": Shape(
        VIEW
        | {
            "title": text(24, plain=True),
            "close": text(24, plain=True),
            "submit": text(24, plain=True),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
        ("title", "blocks"),
    ),
    # The SDKs' view builders send a modal's fields for Homes too; Slack ignores them there.
    "home": Shape(
        VIEW
        | {
            "title": text(24, plain=True),
            "close": text(24, plain=True),
            "submit": text(24, plain=True),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
        },
        ("blocks",),
    ),
}
OPTIONS_ANSWER = Shape(
    {"options": array(PLAIN_OPTION, 100), "option_groups": array(OPTION_GROUP, 100)},
    one_of=(("options", "option_groups"),),
)
