"""Block Kit as tables: every block, element and composition object with its limits.

https://docs.slack.dev/reference/block-kit/blocks, .../block-elements and .../composition-objects
"""

from typing import Any

from workspace.errors import Json
from workspace.schema import (
    Check,
    Problems,
    Shape,
    anything,
    array,
    boolean,
    choice,
    integer,
    pattern,
    shaped,
    string,
    text,
    typed,
)

ID = string(255, 1)
LINK = pattern(r"https?://\S{1,2990}", "URL")
SECURE_LINK = pattern(r"https://\S{1,2990}", "https URL")
PLACEHOLDER = text(150, plain=True)
DATE = pattern(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", "date")
TIME = pattern(r"([01]\d|2[0-3]):[0-5]\d", "time")
INSTANT = integer(1_000_000_000, 9_999_999_999)
NUMBER = pattern(r"-?\d+(\.\d+)?", "number")

CONFIRM = shaped(
    Shape(
        {
            "title": text(100, plain=True),
            "text": text(300),
            "confirm": text(30, plain=True),
            "deny": text(30, plain=True),
            "style": choice("primary", "danger"),
        },
        ("title", "text", "confirm", "deny"),
    )
)
DISPATCH = shaped(
    Shape(
        {"trigger_actions_on": array(choice("on_enter_pressed", "on_character_entered"), 2, 1)},
        ("trigger_actions_on",),
    )
)
FILTER = shaped(
    Shape(
        {
            "include": array(choice("im", "mpim", "private", "public"), 4, 1),
            "exclude_external_shared_channels": boolean,
            "exclude_bot_users": boolean,
        },
        any_of=("include", "exclude_external_shared_channels", "exclude_bot_users"),
    )
)
SLACK_FILE = shaped(Shape({"id": string(255, 1), "url": LINK}, one_of=(("id", "url"),)))
PICTURE = {"image_url": LINK, "slack_file": SLACK_FILE, "alt_text": string(2000, 1)}


def option(*, plain: bool, url: bool = False) -> Check:
    """An option object; mrkdwn only in radio buttons and checkboxes, `url` only in overflow menus."""
    fields = {
        "text": text(75, plain=plain),
        "value": string(150, 1),
        "description": text(75, plain=plain),
    }
    return shaped(Shape(fields | ({"url": LINK} if url else {}), ("text", "value")))


PLAIN_OPTION = option(plain=True)
RICH_OPTION = option(plain=False)
OPTION_GROUP = shaped(
    Shape({"label": text(75, plain=True), "options": array(PLAIN_OPTION, 100, 1)}, ("label", "options"))
)


def _values(options: list[Json]) -> list[str]:
    return [one["value"] for one in options]


def _choices(value: Json) -> list[Json]:
    groups = value.get("option_groups") or []
    return [*value.get("options", []), *(one for group in groups for one in group["options"])]


def initials_among_options(value: Any, at: str) -> Problems:
    """What is picked at first must be one of the options, to the letter."""
    known = _choices(value)
    for name in ("initial_option", "initial_options"):
        if name in value:
            given = value[name] if isinstance(value[name], list) else [value[name]]
            if any(one not in known for one in given):
                yield f"{name} must exactly match one of the provided options", f"{at}/{name}"


def distinct_values(value: Any, at: str) -> Problems:
    """No two options of one element with the same value."""
    values = _values(_choices(value))
    if len(set(values)) < len(values):
        yield "option values must be unique", f"{at}/options"


def ordered(low: str, high: str) -> Check:
    """The lower bound must not exceed the upper one."""

    def check(value: Any, at: str) -> Problems:
        if low in value and high in value and float(value[low]) > float(value[high]):
            yield f"{low} must not be greater than {high}", f"{at}/{low}"

    return check


def whole_numbers(value: Any, at: str) -> Problems:
    """Without is_decimal_allowed the bounds and the first value have no decimals."""
    for name in ("initial_value", "min_value", "max_value"):
        if not value["is_decimal_allowed"] and "." in value.get(name, ""):
            yield "must be a whole number", f"{at}/{name}"


COMMON = {"action_id": ID}
FOCUS = COMMON | {"focus_on_load": boolean}
CONFIRMED = FOCUS | {"confirm": CONFIRM}
MENU = CONFIRMED | {"placeholder": PLACEHOLDER}
MOST_PICKED = {"max_selected_items": integer(1)}
STATIC = {
    "options": array(PLAIN_OPTION, 100, 1),
    "option_groups": array(OPTION_GROUP, 100, 1),
}
CONVERSATIONS = {"default_to_current_conversation": boolean, "filter": FILTER}
RESPONSE_URL = {"response_url_enabled": boolean}
INPUT_TEXT = FOCUS | {"placeholder": PLACEHOLDER, "dispatch_action_config": DISPATCH}
IDS = array(string(255, 1))


def _static(initial: dict[str, Check]) -> Shape:
    return Shape(
        MENU | STATIC | initial,
        one_of=(("options", "option_groups"),),
        rules=(initials_among_options, distinct_values),
    )


def _choose(most: int, initial: dict[str, Check]) -> Shape:
    return Shape(
        CONFIRMED | {"options": array(RICH_OPTION, most, 1)} | initial,
        ("options",),
        rules=(initials_among_options, distinct_values),
    )


FEEDBACK_BUTTON = shaped(
    Shape(
        {"text": text(75, plain=True), "value": string(2000, 1), "accessibility_label": string(75, 1)},
        ("text", "value"),
    )
)

ELEMENTS: dict[str, Shape] = {
    "button": Shape(
        COMMON
        | {
            "text": text(75, plain=True),
            "url": LINK,
            "value": string(2000),
            "style": choice("primary", "danger"),
            "confirm": CONFIRM,
            "accessibility_label": string(75, 1),
        },
        ("text",),
    ),
    "checkboxes": _choose(10, {"initial_options": array(RICH_OPTION, 10, 1)}),
    "radio_buttons": _choose(10, {"initial_option": RICH_OPTION}),
    "overflow": Shape(
        COMMON | {"options": array(option(plain=True, url=True), 5, 1), "confirm": CONFIRM},
        ("options",),
        rules=(distinct_values,),
    ),
    "datepicker": Shape(MENU | {"initial_date": DATE}),
    "timepicker": Shape(MENU | {"initial_time": TIME, "timezone": string(255, 1)}),
    "datetimepicker": Shape(CONFIRMED | {"initial_date_time": INSTANT}),
    "static_select": _static({"initial_option": PLAIN_OPTION}),
    "multi_static_select": _static(MOST_PICKED | {"initial_options": array(PLAIN_OPTION, 100, 1)}),
    "external_select": Shape(MENU | {"initial_option": PLAIN_OPTION, "min_query_length": integer(0)}),
    "multi_external_select": Shape(
        MENU | MOST_PICKED | {"initial_options": array(PLAIN_OPTION, 100, 1), "min_query_length": integer(0)}
    ),
    "users_select": Shape(MENU | {"initial_user": string(255, 1)}),
    "multi_users_select": Shape(MENU | MOST_PICKED | {"initial_users": IDS}),
    "conversations_select": Shape(
        MENU | CONVERSATIONS | RESPONSE_URL | {"initial_conversation": string(255, 1)}
    ),
    "multi_conversations_select": Shape(MENU | MOST_PICKED | CONVERSATIONS | {"initial_conversations": IDS}),
    "channels_select": Shape(MENU | RESPONSE_URL | {"initial_channel": string(255, 1)}),
    "multi_channels_select": Shape(MENU | MOST_PICKED | {"initial_channels": IDS}),
    "plain_text_input": Shape(
        INPUT_TEXT
        | {
            "initial_value": string(3000),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        },
        rules=(ordered("min_length", "max_length"),),
    ),
    "email_text_input": Shape(INPUT_TEXT | {"initial_value": string(3000)}),
    "url_text_input": Shape(INPUT_TEXT | {"initial_value": string(3000)}),
    "number_input": Shape(
        INPUT_TEXT
        | {
            "is_decimal_allowed": boolean,
            "initial_value": NUMBER,
            "min_value": NUMBER,
            "max_value": NUMBER,
        },
        ("is_decimal_allowed",),
        rules=(whole_numbers, ordered("min_value", "max_value")),
    ),
    "file_input": Shape(COMMON | {"filetypes": array(string(255, 1), least=1), "max_files": integer(1, 10)}),
    "image": Shape(PICTURE, ("alt_text",), one_of=(("image_url", "slack_file"),)),
    "workflow_button": Shape(
        COMMON
        | {
            "text": text(75, plain=True),
            "workflow": anything,
            "style": choice("primary", "danger"),
            "accessibility_label": string(75, 1),
        },
        ("text", "workflow", "action_id"),
    ),
    "feedback_buttons": Shape(
        COMMON | {"positive_button": FEEDBACK_BUTTON, "negative_button": FEEDBACK_BUTTON},
        ("positive_button", "negative_button"),
    ),
    "icon_button": Shape(
        COMMON
        | {
            "icon": choice("trash"),
            "text": text(75, plain=True),
            "value": string(2000),
            "confirm": CONFIRM,
            "accessibility_label": string(75, 1),
            "visible_to_user_ids": IDS,
        },
        ("icon", "text"),
    ),
}
TEXTS = {
    "plain_text": Shape({"text": string(3000, 1), "emoji": boolean}, ("text",)),
    "mrkdwn": Shape({"text": string(3000, 1), "verbatim": boolean}, ("text",)),
}

STYLE = shaped(
    Shape(
        dict.fromkeys(
            (
                "bold",
                "italic",
                "strike",
                "code",
                "underline",
                "highlight",
                "client_highlight",
                "unlink",
            ),
            boolean,
        )
    )
)
STYLED = {"style": STYLE}
INLINE: dict[str, Shape] = {
    "text": Shape({"text": string(None, 1), **STYLED}, ("text",)),
    "link": Shape({"url": string(3000, 1), "text": string(), "unsafe": boolean, **STYLED}, ("url",)),
    "user": Shape({"user_id": string(255, 1), **STYLED}, ("user_id",)),
    "usergroup": Shape({"usergroup_id": string(255, 1), **STYLED}, ("usergroup_id",)),
    "channel": Shape({"channel_id": string(255, 1), **STYLED}, ("channel_id",)),
    "emoji": Shape(
        {"name": string(255, 1), "unicode": string(255), "skin_tone": integer(1, 6), **STYLED}, ("name",)
    ),
    "broadcast": Shape({"range": choice("here", "channel", "everyone"), **STYLED}, ("range",)),
    "date": Shape(
        {"timestamp": integer(0), "format": string(None, 1), "url": LINK, "fallback": string(), **STYLED},
        ("timestamp", "format"),
    ),
    "color": Shape({"value": string(255, 1), **STYLED}, ("value",)),
}
INLINES = array(typed(INLINE, *INLINE))
BORDER = {"border": integer(0, 1)}
RICH: dict[str, Shape] = {
    "rich_text_section": Shape({"elements": INLINES}, ("elements",)),
    "rich_text_quote": Shape({"elements": INLINES, **BORDER}, ("elements",)),
    "rich_text_preformatted": Shape(
        {"elements": array(typed(INLINE, "text", "link")), "language": string(255, 1), **BORDER},
        ("elements",),
    ),
}
RICH["rich_text_list"] = Shape(
    {
        "elements": array(typed(RICH, "rich_text_section")),
        "style": choice("bullet", "ordered"),
        "indent": integer(0, 8),
        "offset": integer(0),
        **BORDER,
    },
    ("style", "elements"),
)
RICH_TEXT = Shape({"block_id": ID, "elements": array(typed(RICH, *RICH), least=1)}, ("elements",))
ELEMENTS["rich_text_input"] = Shape(
    INPUT_TEXT | {"initial_value": typed({"rich_text": RICH_TEXT}, "rich_text")}
)

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
CELLS: dict[str, Shape] = {
    "raw_text": Shape({"text": string(None, 1)}, ("text",)),
    "rich_text": RICH_TEXT,
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
    "file": Shape(
        BLOCK | {"external_id": string(255, 1), "source": choice("remote")}, ("external_id", "source")
    ),
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
            "title_url": SECURE_LINK,
            "thumbnail_url": LINK,
            "video_url": SECURE_LINK,
            "author_name": string(49),
            "description": text(200, plain=True),
            "provider_name": string(),
            "provider_icon_url": LINK,
        },
        ("alt_text", "title", "thumbnail_url", "video_url"),
    ),
}
ANYWHERE = ("actions", "context", "divider", "header", "image", "input", "rich_text", "section", "video")
SURFACES: dict[str, Check] = {
    "message": array(typed(BLOCKS, *ANYWHERE, "context_actions", "file", "markdown", "table"), 50),
    "modal": array(typed(BLOCKS, *ANYWHERE), 100),
    "home": array(typed(BLOCKS, *ANYWHERE), 100),
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
