"""Every block and element that Block Kit has, to be shown on the page."""

from typing import Any

Json = dict[str, Any]
PICTURE = "http://127.0.0.1/none.png"  # nowhere: the words beside it must do


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(text: str, **more: Any) -> Json:
    return {"text": plain(text), "value": text.lower(), **more}


FRUIT = [option("Apple"), option("Banana"), option("Cherry", description=plain("Red and round"))]
CONFIRM: Json = {
    "title": plain("Are you sure?"),
    "text": plain("This cannot be undone."),
    "confirm": plain("Do it"),
    "deny": plain("Rather not"),
    "style": "danger",
}


def _text(text: str, **style: bool) -> Json:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def _items(*texts: str) -> list[Json]:
    return [{"type": "rich_text_section", "elements": [_text(text)]} for text in texts]


def _mention(type_: str, **fields: Any) -> list[Json]:
    return [{"type": type_, **fields}, _text(" ")]


AWAY = "https://example.com/"
MENTIONED: list[Json] = [
    *_mention("team", team_id="T0LOCAL"),
    *(part for colour in ("gray", "yellow", "red") for part in _mention("tag", text=colour.title(), color=colour)),
    *_mention(
        "citation", url=AWAY, text="Source", index=1, details={"citation_type": "web", "display_name": "Example"}
    ),
    *_mention("file", file_id="F1", text="Terms.pdf", url=AWAY),
    *_mention("canvas", file_id="F2", label="Plan"),
    *_mention("canvas_user_mention", user_id="U0MARIE"),
    *_mention("canvas_message_unfurl", root_message_ts="1764590400.000100", root_message_channel="C0GENERAL"),
    *_mention("message_mention", channel_id="C0CONTRACTS", message_ts="1764590400.000100", text="what Ravi said"),
    *_mention("list_record", file_id="F3", text="Row 3"),
    *_mention("workflow_mention", workflow_id="Wf1", function_trigger_id="Ft1", text="Run it"),
    *_mention("work_object_mention", entity_id="E1", app_id="A1", text="Ticket 7", url=AWAY),
    *_mention("attachment_mention", url=AWAY, text="An attachment"),
    *_mention("salesforce_data_field", salesforce_record_id="001", salesforce_field_label="Amount"),
]
RICH_TEXT: Json = {
    "type": "rich_text",
    "block_id": "rich",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                _text("Bold", bold=True),
                _text(", "),
                _text("italic", italic=True),
                _text(", "),
                _text("struck", strike=True),
                _text(", "),
                _text("code", code=True),
                _text(", "),
                {"type": "link", "url": "https://example.com/a_b", "text": "a link"},
                _text(", "),
                {"type": "user", "user_id": "U0RAVI"},
                _text(", "),
                {"type": "channel", "channel_id": "C0GENERAL"},
                _text(", "),
                {"type": "broadcast", "range": "here"},
                _text(", "),
                {"type": "emoji", "name": "wave"},
                _text(", "),
                {"type": "date", "timestamp": 1764590400, "format": "{date_num} at {time}", "fallback": "a day"},
                _text(", "),
                {"type": "color", "value": "#F405B3"},
            ],
        },
        {"type": "rich_text_section", "elements": MENTIONED},
        {"type": "rich_text_list", "style": "bullet", "elements": _items("one", "two")},
        {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": _items("two and a half")},
        {"type": "rich_text_list", "style": "ordered", "border": 1, "offset": 2, "elements": _items("third", "fourth")},
        {"type": "rich_text_quote", "elements": [_text("Quoted\nover two lines")]},
        {"type": "rich_text_preformatted", "elements": [_text("if a < b:\n    pass")]},
    ],
}
TABLE: Json = {
    "type": "table",
    "block_id": "table",
    "column_settings": [{"align": "left"}, {"align": "right", "is_wrapped": True}],
    "rows": [
        [{"type": "raw_text", "text": "Category"}, {"type": "raw_text", "text": "Surcharge"}],
        [{"type": "raw_text", "text": "Night"}, {"type": "raw_number", "value": 1, "text": "100%"}],
    ],
}
MARKDOWN = """## Second heading

**bold** and *italic* and ~~struck~~ with [a link](https://example.com)

- one
  - inner
- two

1. first
2. second

> quoted

```
code < here
```

| a | b |
|---|---|
| 1 | 2 |"""
STYLED = (
    "*bold* _italic_ ~struck~ `code_with_stars*` <https://example.com/x_y_z|label> <@U0ANNA> <#C0CONTRACTS> <!here> "
    ":tada: &lt;b&gt; &amp; <!date^1764590400^{date_short} {time}|fallback> snake_case_word 2*3*4\n> quoted\n```block\ncode```"
)


def elements() -> list[Json]:
    """Everything that may stand in an actions block."""
    return [
        {"type": "button", "action_id": "plain", "text": plain("Plain"), "value": "p"},
        {"type": "button", "action_id": "primary", "text": plain("Primary"), "style": "primary"},
        {
            "type": "button",
            "action_id": "danger",
            "text": plain("Danger"),
            "style": "danger",
            "confirm": CONFIRM,
            "value": "gone",
        },
        {"type": "button", "action_id": "away", "text": plain("Elsewhere"), "url": "https://example.com/"},
        {"type": "button", "action_id": "own", "text": plain("For Ravi"), "visible_to_user_ids": ["U0RAVI"]},
        {"type": "workflow_button", "action_id": "flow", "text": plain("Run"), "workflow": {"trigger": {"url": AWAY}}},
        {"type": "overflow", "action_id": "overflow", "options": FRUIT},
        {"type": "static_select", "action_id": "static", "placeholder": plain("Fruit"), "options": FRUIT},
        {"type": "users_select", "action_id": "users", "placeholder": plain("Somebody")},
        {"type": "datepicker", "action_id": "date", "initial_date": "2026-12-04"},
        {"type": "timepicker", "action_id": "time", "placeholder": plain("When")},
        {"type": "datetimepicker", "action_id": "instant", "initial_date_time": 1764590400},
        {"type": "checkboxes", "action_id": "boxes", "options": FRUIT[:2]},
        {"type": "radio_buttons", "action_id": "radio", "options": FRUIT[:2]},
    ]


def message_blocks() -> list[Json]:
    """Every block of a message."""
    return [
        {"type": "header", "text": plain("A header :sparkles:")},
        {"type": "section", "block_id": "styled", "text": mrkdwn(STYLED)},
        {
            "type": "section",
            "block_id": "fields",
            "fields": [mrkdwn("*Total*\nEUR 1,200"), mrkdwn("*Due*\n4 December")],
            "accessory": {"type": "image", "image_url": PICTURE, "alt_text": "A picture"},
        },
        {
            "type": "section",
            "block_id": "with_menu",
            "text": plain("Pick one"),
            "accessory": {
                "type": "static_select",
                "action_id": "side",
                "placeholder": plain("Fruit"),
                "options": FRUIT,
            },
        },
        {"type": "divider"},
        RICH_TEXT,
        TABLE,
        {"type": "markdown", "text": MARKDOWN},
        {
            "type": "context",
            "elements": [{"type": "image", "image_url": PICTURE, "alt_text": "Dot"}, mrkdwn("Small *print*")],
        },
        {"type": "actions", "block_id": "actions", "elements": elements()},
        {"type": "image", "image_url": PICTURE, "alt_text": "A wide picture", "title": plain("Title of a picture")},
        {
            "type": "video",
            "title": plain("A film"),
            "title_url": "https://example.com/film",
            "video_url": "https://example.com/embed",
            "thumbnail_url": PICTURE,
            "alt_text": "A film",
            "author_name": "Somebody",
        },
        {
            "type": "context_actions",
            "elements": [
                {
                    "type": "feedback_buttons",
                    "action_id": "feedback",
                    "positive_button": {"text": plain("Good"), "value": "good"},
                    "negative_button": {"text": plain("Bad"), "value": "bad"},
                },
                {"type": "icon_button", "action_id": "bin", "icon": "trash", "text": plain("Throw away"), "value": "x"},
            ],
        },
    ]


def _cell(value: str | int) -> Json:
    if isinstance(value, str):
        return {"type": "raw_text", "text": value}
    return {"type": "raw_number", "value": value, "text": f"EUR {value}"}


def _pay(who: str) -> Json:
    button = {"type": "button", "action_id": f"pay_{who.lower()}", "text": plain(f"Pay {who}")}
    return {"type": "action", "element": button, "fallback": _cell("Pay")}


def _rich(text: str) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [_text(text)]}]}


def _series(name: str, *values: int) -> Json:
    return {"name": name, "data": [{"label": day, "value": value} for day, value in zip(DAYS, values, strict=True)]}


DAYS = ["Mon", "Tue", "Wed"]
PICTURED: Json = {"type": "image", "image_url": PICTURE, "alt_text": "Sign"}


def card(title: str) -> Json:
    return {
        "type": "card",
        "icon": PICTURED,
        "title": mrkdwn(f"*{title}*"),
        "subtitle": mrkdwn("A subtitle"),
        "body": mrkdwn("What the card says"),
        "actions": [{"type": "button", "action_id": f"take_{title.lower()}", "text": plain(f"Take {title}")}],
    }


def grouped_blocks() -> list[Json]:
    """Every block of a message that holds or groups others, or that draws data."""
    task: Json = {"type": "task_card", "task_id": "1", "title": "Read the clause", "status": "complete"}
    sources = [{"type": "url", "url": "https://example.com/", "text": "The source"}]
    plot = {"axis_config": {"categories": DAYS, "x_label": "Day", "y_label": "Hours"}}
    return [
        {**card("Alone"), "subtext": mrkdwn("Said _below_")},
        {"type": "card", "slack_icon": {"type": "icon", "name": "lightbulb"}, "title": mrkdwn("An idea")},
        {"type": "carousel", "elements": [card("One"), card("Two"), card("Three")]},
        {
            "type": "container",
            "title": plain("A container"),
            "is_collapsible": True,
            "default_collapsed": True,
            "child_blocks": [{"type": "section", "text": mrkdwn("Held inside")}],
        },
        {
            "type": "plan",
            "title": "What is done",
            "tasks": [
                {**task, "details": _rich("Every word"), "sources": sources},
                {**task, "task_id": "2", "title": "Compute", "status": "in_progress"},
            ],
        },
        {
            "type": "data_table",
            "caption": "Fees",
            "page_size": 2,
            "rows": [
                [_cell("Who"), _cell("Fee"), _cell("Do")],
                [_cell("Bert"), _cell(30), _pay("Bert")],
                [_cell("Anna"), _cell(200), _pay("Anna")],
                [_cell("Cleo"), _cell(4), _pay("Cleo")],
            ],
        },
        {
            "type": "data_visualization",
            "title": "Hours a day",
            "chart": {"type": "bar", "series": [_series("Work", 8, 6, 7), _series("Night", 0, 2, 1)], **plot},
        },
        {
            "type": "data_visualization",
            "title": "Shares",
            "chart": {"type": "pie", "segments": [{"label": "Ours", "value": 60}, {"label": "Theirs", "value": 40}]},
        },
    ]


PROVIDER: Json = {"type": "auth_provider", "value": "drive", "name": plain("Drive"), "is_connected": False}
ACCOUNTS: list[Json] = [
    {**PROVIDER, "description": plain("Where the contracts lie"), "auth_url": f"{AWAY}connect"},
    {
        **PROVIDER,
        "value": "post",
        "name": plain("Post"),
        "is_connected": True,
        "icon_url": PICTURE.replace("http:", "https:"),
        "connected_identity": plain("anna@example.com"),
        "connected_context": plain("Example Ltd"),
        "disconnect_url": f"{AWAY}leave",
        "accessory": {"type": "overflow", "action_id": "account", "options": FRUIT[:2]},
    },
]
ALERTS: list[Json] = [
    {"type": "alert", "level": level, "text": mrkdwn(f"This is *{level}*")}
    for level in ("default", "info", "success", "warning", "error")
]


def field(block_id: str, element: Json, **more: Any) -> Json:
    """An input block whose label is its id in words."""
    label = plain(block_id.replace("_", " ").capitalize())
    return {"type": "input", "block_id": block_id, "label": label, "element": {"action_id": "in", **element}, **more}


SELECTS: list[Json] = [
    field("fruit", {"type": "static_select", "options": FRUIT, "initial_option": FRUIT[1]}),
    field(
        "fruits",
        {
            "type": "multi_static_select",
            "option_groups": [{"label": plain("Fruit"), "options": FRUIT}],
            "max_selected_items": 2,
        },
    ),
    field("found", {"type": "external_select", "min_query_length": 1}),
    field("all_found", {"type": "multi_external_select", "min_query_length": 2}),
    field("person", {"type": "users_select"}),
    field("people", {"type": "multi_users_select"}),
    field("conversation", {"type": "conversations_select", "filter": {"include": ["public", "im"]}}),
    field("conversations", {"type": "multi_conversations_select"}),
    field("channel", {"type": "channels_select"}),
    field("channels", {"type": "multi_channels_select"}),
]
TYPED: list[Json] = [
    field(
        "name",
        {"type": "plain_text_input", "placeholder": plain("Your name"), "max_length": 20},
        hint=plain("As on your contract"),
    ),
    field("story", {"type": "plain_text_input", "multiline": True}, optional=True),
    field("mail", {"type": "email_text_input"}),
    field("site", {"type": "url_text_input"}, optional=True),
    field("amount", {"type": "number_input", "is_decimal_allowed": True, "min_value": "1"}),
    field("day", {"type": "datepicker"}),
    field("hour", {"type": "timepicker"}, optional=True),
    field("instant", {"type": "datetimepicker"}),
    field("agreed", {"type": "checkboxes", "options": [option("Yes", description=mrkdwn("Read *all*"))]}),
    field(
        "size",
        {"type": "radio_buttons", "options": [option("Small"), option("Large")], "initial_option": option("Large")},
    ),
    field("note", {"type": "rich_text_input", "placeholder": plain("Formatted")}, optional=True),
    field("papers", {"type": "file_input", "filetypes": ["text", "pdf"], "max_files": 2}, optional=True),
]


def modal(callback_id: str, blocks: list[Json], **more: Any) -> Json:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain("A form"),
        "submit": plain("Send"),
        "close": plain("Leave"),
        "blocks": blocks,
        **more,
    }


STEP: Json = {
    "type": "actions",
    "block_id": "step",
    "elements": [{"type": "button", "action_id": "deeper", "text": plain("Deeper"), "value": "1"}],
}
HOME: Json = {
    "type": "home",
    "blocks": [
        {"type": "header", "text": plain("Welcome home")},
        {"type": "section", "block_id": "count", "text": plain("Pressed 0 times")},
        {
            "type": "actions",
            "block_id": "home_acts",
            "elements": [{"type": "button", "action_id": "press", "text": plain("Press"), "value": "1"}],
        },
    ],
}
