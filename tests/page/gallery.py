"""An app that shows every block and element, answers with errors and pushes, and publishes a Home."""

import re
from typing import Any

from slack_bolt.app.async_app import AsyncApp

Json = dict[str, Any]
ANY = re.compile(".*")
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
        [{"type": "raw_text", "text": "Night"}, {"type": "raw_text", "text": "100%"}],
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
    return {"type": "raw_text", "text": value} if isinstance(value, str) else {"type": "raw_number", "value": value}


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
        card("Alone"),
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
            "row_header_column_index": 0,
            "rows": [
                [_cell("Who"), _cell("Fee")],
                [_cell("Bert"), _cell(30)],
                [_cell("Anna"), _cell(200)],
                [_cell("Cleo"), _cell(4)],
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


class Gallery:
    """What the app got to know, and the listeners that show things."""

    def __init__(self) -> None:
        self.actions: list[Json] = []
        self.submitted: Json = {}
        self.shortcuts: list[Json] = []
        self.pressed = 0

    def register(self, app: AsyncApp) -> None:
        app.command("/probe")(self.probe)
        app.action("deeper")(self.deeper)
        app.action("press")(self.press)
        app.action({"action_id": ANY})(self.noted)
        app.options("in")(self.offer)
        app.view("typed")(self.check)
        app.view("selects")(self.take)
        app.view("deep")(self.take)
        app.event("app_home_opened")(self.home)
        app.event("message")(self.ignore)
        app.event("app_mention")(self.ignore)
        app.event("file_shared")(self.ignore)
        app.event("reaction_added")(self.ignore)
        app.event("pin_added")(self.ignore)
        app.event("pin_removed")(self.ignore)
        app.event("reaction_removed")(self.ignore)
        app.event("member_joined_channel")(self.ignore)
        app.event("channel_created")(self.ignore)
        app.shortcut("anywhere")(self.shortcut)
        app.shortcut("on_this")(self.shortcut)

    async def ignore(self, body: Json) -> None:
        """Events that need no answer."""

    async def probe(self, ack: Any, command: Json, client: Any) -> None:
        match command["text"]:
            case "typed":
                await client.views_open(trigger_id=command["trigger_id"], view=modal("typed", TYPED))
                await ack()
            case "selects":
                await client.views_open(trigger_id=command["trigger_id"], view=modal("selects", SELECTS))
                await ack()
            case "deep":
                await client.views_open(
                    trigger_id=command["trigger_id"], view=modal("deep", [STEP, TYPED[0]], title=plain("Level 1"))
                )
                await ack()
            case "alerts":
                await client.views_open(trigger_id=command["trigger_id"], view=modal("alerts", ALERTS))
                await ack()
            case "groups":
                await ack(response_type="in_channel", text="Groups", blocks=grouped_blocks())
            case "blocks":
                await ack(response_type="in_channel", text="All blocks", blocks=message_blocks())
            case words:
                await ack(text=f"Heard: {words}")

    async def noted(self, ack: Any, action: Json) -> None:
        self.actions.append(action)
        await ack()

    async def deeper(self, ack: Any, body: Json, client: Any) -> None:
        level = int(body["view"]["title"]["text"][-1]) + 1
        view = modal("deep", [STEP, TYPED[0]], title=plain(f"Level {level}"))
        await client.views_push(trigger_id=body["trigger_id"], view=view)
        await ack()

    async def offer(self, ack: Any, payload: Json) -> None:
        words = payload["value"]
        await ack(options=[option(f"{words} one"), option(f"{words} two")])

    async def check(self, ack: Any, view: Json) -> None:
        values = view["state"]["values"]
        if values["name"]["in"]["value"] == "Nobody":
            await ack(response_action="errors", errors={"name": "That is nobody's name.", "mail": "Nor an address."})
            return
        await self.take(ack, view)

    async def take(self, ack: Any, view: Json) -> None:
        self.submitted = view["state"]["values"]
        await ack()

    async def home(self, event: Json, client: Any) -> None:
        if event["tab"] == "home":
            await client.views_publish(user_id=event["user"], view=HOME)

    async def press(self, ack: Any, body: Json, client: Any) -> None:
        self.pressed += 1
        blocks = [dict(block) for block in HOME["blocks"]]
        blocks[1] = {**blocks[1], "text": plain(f"Pressed {self.pressed} times")}
        await client.views_publish(user_id=body["user"]["id"], view={**HOME, "blocks": blocks})
        await ack()

    async def shortcut(self, ack: Any, shortcut: Json) -> None:
        self.shortcuts.append(shortcut)
        await ack()
