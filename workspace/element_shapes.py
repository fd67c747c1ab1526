"""Block Kit's elements and composition objects as tables, with their limits.

https://docs.slack.dev/reference/block-kit/block-elements and .../composition-objects
"""

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from workspace.errors import Json
from workspace.schema import (
    Check,
    Problems,
    Shape,
    array,
    boolean,
    choice,
    integer,
    pattern,
    shaped,
    string,
    text,
)

ID = string(255, 1)
LINK = pattern(r"https?://\S{1,2990}", "URL")
FILE_TYPES = (
    "auto", "text", "ai", "apk", "applescript", "binary", "bmp", "boxnote", "c", "csharp", "cpp",
    "css", "csv", "clojure", "coffeescript", "cfm", "d", "dart", "diff", "doc", "docx",
    "dockerfile", "dotx", "eml", "eps", "epub", "erlang", "fla", "flv", "fsharp", "fortran", "gdoc",
    "gdraw", "gif", "go", "gpres", "groovy", "gsheet", "gzip", "html", "handlebars", "haskell",
    "haxe", "indd", "java", "javascript", "jpg", "json", "keynote", "kotlin", "latex", "lisp",
    "lua", "m4a", "markdown", "matlab", "mhtml", "mkv", "mov", "mp3", "mp4", "mpg", "mumps",
    "numbers", "nzb", "objc", "ocaml", "odg", "odi", "odp", "ods", "odt", "ogg", "ogv", "pages",
    "pascal", "pdf", "perl", "php", "pig", "png", "post", "powershell", "ppt", "pptx", "psd",
    "puppet", "python", "qtz", "r", "rtf", "ruby", "rust", "sql", "sass", "scala", "scheme",
    "sketch", "shell", "smalltalk", "svg", "swf", "swift", "tar", "tiff", "tsv", "vb", "vbscript",
    "vcard", "velocity", "verilog", "wav", "webm", "wmv", "xls", "xlsx", "xlsb", "xlsm", "xltx",
    "xml", "yaml", "zip",
)  # fmt: skip
PLACEHOLDER = text(150, plain=True)
DATE = pattern(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", "date")
TIME = pattern(r"([01]\d|2[0-3]):[0-5]\d", "time")
INSTANT = integer(1_000_000_000, 9_999_999_999)
MOST = 999_999  # of items to pick, of characters to type before a search
NUMBER = pattern(r"-?\d+(\.\d+)?", "number")

CONFIRM = shaped(
    Shape(
        {
            "title": text(100, plain=True),
            "text": text(300, plain=True),
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
SLACK_FILE = shaped(Shape({"id": string(30, 1), "url": LINK}, one_of=(("id", "url"),)))
PICTURE = {"image_url": LINK, "slack_file": SLACK_FILE, "alt_text": string(255, 1)}


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


def fitting_text(value: Any, at: str) -> Problems:
    """The first text must be one a person could have entered."""
    given = value.get("initial_value")
    if given is not None and not value.get("min_length", 0) <= len(given) <= value.get("max_length", 3000):
        yield "initial_value must be within min_length and max_length", f"{at}/initial_value"


def zone(value: Any, at: str) -> Problems:
    """An IANA name of a time zone."""
    try:
        ZoneInfo(value)
    except (TypeError, ValueError, ZoneInfoNotFoundError, OSError):  # a folder of zones is an OSError
        yield "must be a valid timezone", at


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
MOST_PICKED = {"max_selected_items": integer(1, MOST)}
STATIC = {
    "options": array(PLAIN_OPTION, 100, 1),
    "option_groups": array(OPTION_GROUP, 100, 1),
}
CONVERSATIONS = {"default_to_current_conversation": boolean, "filter": FILTER}
RESPONSE_URL = {"response_url_enabled": boolean}
INPUT_TEXT = FOCUS | {"placeholder": PLACEHOLDER, "dispatch_action_config": DISPATCH}
IDS = array(string(255, 1))


def _static(initial: dict[str, Check], required: tuple[str, ...] = ()) -> Shape:
    return Shape(
        MENU | STATIC | initial,
        required,
        one_of=(("options", "option_groups"),),
        rules=(initials_among_options,),
    )


def _choose(most: int, initial: dict[str, Check]) -> Shape:
    return Shape(
        CONFIRMED | {"options": array(RICH_OPTION, most, 1)} | initial,
        ("options", "action_id"),
        rules=(initials_among_options,),
    )


PARAMETER = shaped(Shape({"name": string(3000, 1), "value": string(3000, 1)}, ("name", "value")))
TRIGGER = shaped(Shape({"url": LINK, "customizable_input_parameters": array(PARAMETER, 100, 1)}, ("url",)))
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
            "value": string(2000, 1),
            "style": choice("primary", "danger"),
            "confirm": CONFIRM,
            "accessibility_label": string(75, 1),
            "agent_prompt": string(4000, 1),
            "agent_prompt_display": string(None, 1),
            "visible_to_user_ids": IDS,
        },
        ("text",),
    ),
    "checkboxes": _choose(10, {"initial_options": array(RICH_OPTION, 10, 1)}),
    "radio_buttons": _choose(10, {"initial_option": RICH_OPTION}),
    "overflow": Shape(
        COMMON | {"options": array(option(plain=True, url=True), 5, 1), "confirm": CONFIRM},
        ("options", "action_id"),
    ),
    "datepicker": Shape(MENU | {"initial_date": DATE}),
    "timepicker": Shape(MENU | {"initial_time": TIME, "timezone": zone}),
    "datetimepicker": Shape(CONFIRMED | {"initial_date_time": INSTANT}),
    "static_select": _static({"initial_option": PLAIN_OPTION}),
    "multi_static_select": _static(MOST_PICKED | {"initial_options": array(PLAIN_OPTION, 100, 1)}, ("action_id",)),
    "external_select": Shape(MENU | {"initial_option": PLAIN_OPTION, "min_query_length": integer(1, MOST)}),
    "multi_external_select": Shape(
        MENU | MOST_PICKED | {"initial_options": array(PLAIN_OPTION, 100, 1), "min_query_length": integer(1, MOST)}
    ),
    "users_select": Shape(MENU | {"initial_user": string(255, 1)}),
    "multi_users_select": Shape(MENU | MOST_PICKED | {"initial_users": IDS}),
    "conversations_select": Shape(MENU | CONVERSATIONS | RESPONSE_URL | {"initial_conversation": string(255, 1)}),
    "multi_conversations_select": Shape(MENU | MOST_PICKED | CONVERSATIONS | {"initial_conversations": IDS}),
    "channels_select": Shape(MENU | RESPONSE_URL | {"initial_channel": string(255, 1)}),
    "multi_channels_select": Shape(MENU | MOST_PICKED | {"initial_channels": IDS}),
    "plain_text_input": Shape(
        INPUT_TEXT
        | {
            "initial_value": string(3000, 1),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        },
        rules=(ordered("min_length", "max_length"), fitting_text),
    ),
    "email_text_input": Shape(INPUT_TEXT | {"initial_value": string(74, 1)}),
    "url_text_input": Shape(INPUT_TEXT | {"initial_value": string(74, 1)}),
    "number_input": Shape(
        INPUT_TEXT
        | {
            "is_decimal_allowed": boolean,
            "initial_value": NUMBER,
            "min_value": NUMBER,
            "max_value": NUMBER,
        },
        ("is_decimal_allowed",),
        rules=(
            whole_numbers,
            ordered("min_value", "max_value"),
            ordered("min_value", "initial_value"),
            ordered("initial_value", "max_value"),
        ),
    ),
    "file_input": Shape(COMMON | {"filetypes": array(choice(*FILE_TYPES), least=1), "max_files": integer(1, 10)}),
    "image": Shape(PICTURE, ("alt_text",), one_of=(("image_url", "slack_file"),)),
    "workflow_button": Shape(
        COMMON
        | {
            "text": text(75, plain=True),
            "workflow": shaped(Shape({"trigger": TRIGGER}, ("trigger",))),
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
