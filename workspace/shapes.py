"""Block Kit's blocks, rich text, messages and views as tables, with their limits.

https://docs.slack.dev/reference/block-kit/blocks
"""

from workspace.element_shapes import (
    ELEMENTS,
    ID,
    INPUT_TEXT,
    LINK,
    OPTION_GROUP,
    PICTURE,
    PLAIN_OPTION,
)
from workspace.schema import (
    Check,
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

VIDEO_LINK = pattern(r"https://\S{1,1990}", "https URL")
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
    "link": Shape({"url": string(3000, 1), "text": string(None, 1), "unsafe": boolean, **STYLED}, ("url",)),
    "user": Shape({"user_id": string(255, 1), **STYLED}, ("user_id",)),
    "usergroup": Shape({"usergroup_id": string(255, 1), **STYLED}, ("usergroup_id",)),
    "channel": Shape({"channel_id": string(255, 1), **STYLED}, ("channel_id",)),
    "emoji": Shape({"name": string(255, 1), "unicode": string(255), "skin_tone": integer(1, 6), **STYLED}, ("name",)),
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
ELEMENTS["rich_text_input"] = Shape(INPUT_TEXT | {"initial_value": typed({"rich_text": RICH_TEXT}, "rich_text")})

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
ANYWHERE = ("actions", "context", "divider", "header", "image", "input", "rich_text", "section", "video")
SURFACES: dict[str, Check] = {
    "message": array(typed(BLOCKS, *ANYWHERE, "context_actions", "file", "markdown", "table"), 50),
    "modal": array(typed(BLOCKS, *ANYWHERE), 100, 1),
    "home": array(typed(BLOCKS, *ANYWHERE), 100, 1),
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
