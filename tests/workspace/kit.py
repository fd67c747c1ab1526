"""Blocks in few words, one or more of every kind that Slack takes."""

from typing import Any

Json = dict[str, Any]


def plain(text: str = "x") -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "x") -> Json:
    return {"type": "mrkdwn", "text": text}


def option(value: str, label: str = "o") -> Json:
    return {"text": plain(label), "value": value}


def section(**more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(), **more}


def acts(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def field(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain(), "element": {"action_id": "in", **element}, **more}


def rich(*parts: Json) -> Json:
    return {"type": "rich_text", "elements": list(parts)}


def run(text: str = "x", **more: Any) -> Json:
    return {"type": "text", "text": text, **more}


def line(*runs: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(runs)}


BUTTON: Json = {"type": "button", "action_id": "b", "text": plain()}
OPTIONS = [option("1"), option("2")]
SELECT: Json = {"type": "static_select", "action_id": "s", "options": OPTIONS}
CONFIRM: Json = {"title": plain(), "text": plain(), "confirm": plain(), "deny": plain()}
IMAGE: Json = {"type": "image", "image_url": "https://a.be/p.png", "alt_text": "x"}
VIDEO: Json = {
    "type": "video",
    "alt_text": "x",
    "title": plain(),
    "thumbnail_url": "https://a.be/p.png",
    "video_url": "https://a.be/v",
}
CELL: Json = {"type": "raw_text", "text": "x"}
FEEDBACK: Json = {
    "type": "feedback_buttons",
    "action_id": "f",
    "positive_button": {"text": plain(), "value": "yes"},
    "negative_button": {"text": plain(), "value": "no"},
}
MODAL: Json = {"type": "modal", "title": plain(), "blocks": [section()]}

GOOD: list[Json] = [
    section(fields=[mrkdwn(), plain()], accessory=SELECT, expand=True),
    {"type": "section", "fields": [mrkdwn()]},
    {"type": "header", "text": plain("x" * 150)},
    {"type": "divider"},
    {"type": "context", "elements": [mrkdwn(), IMAGE]},
    {"type": "context_actions", "elements": [FEEDBACK, {"type": "icon_button", "icon": "trash", "text": plain()}]},
    {"type": "markdown", "text": "# Title"},
    {"type": "table", "rows": [[CELL, rich(line(run()))]], "column_settings": [{"align": "right"}]},
    {**IMAGE, "title": plain()},
    {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "x"},
    VIDEO,
    acts({**BUTTON, "style": "primary", "value": "v", "confirm": CONFIRM}, SELECT),
    acts({"type": "overflow", "action_id": "o", "options": [{**option("1"), "url": "https://a.be"}]}),
    acts({"type": "static_select", "option_groups": [{"label": plain(), "options": OPTIONS}]}),
    acts({"type": "datetimepicker", "initial_date_time": 1_790_000_000}),
    acts({"type": "conversations_select", "filter": {"include": ["private"], "exclude_bot_users": True}}),
    rich(
        line(
            run(style={"bold": True, "code": True}),
            {"type": "link", "url": "https://a.be", "text": "a"},
            {"type": "user", "user_id": "U1"},
            {"type": "emoji", "name": "eyes"},
            {"type": "date", "timestamp": 1_790_000_000, "format": "{date}", "fallback": "x"},
        ),
        {"type": "rich_text_list", "style": "bullet", "indent": 1, "border": 1, "elements": [line(run())]},
        {"type": "rich_text_quote", "elements": [run()], "border": 0},
        {"type": "rich_text_preformatted", "elements": [run()], "border": 0},
    ),
    field({"type": "plain_text_input", "multiline": True, "max_length": 3000}, hint=plain(), optional=True),
    field({"type": "number_input", "is_decimal_allowed": False, "min_value": "1"}),
    {**section(), "accessory": None, "block_id": None, "fields": None},
    field({"type": "timepicker", "timezone": "Europe/Brussels"}),
]
GOOD += [
    field({"type": name})
    for name in (
        "channels_select",
        "conversations_select",
        "datepicker",
        "email_text_input",
        "external_select",
        "multi_channels_select",
        "multi_conversations_select",
        "multi_external_select",
        "multi_users_select",
        "rich_text_input",
        "url_text_input",
        "users_select",
    )
]
GOOD += [
    field({"type": "checkboxes", "options": OPTIONS, "initial_options": OPTIONS[:1]}),
    field({"type": "radio_buttons", "options": OPTIONS, "initial_option": OPTIONS[0]}),
    field({"type": "multi_static_select", "options": OPTIONS, "initial_options": OPTIONS, "max_selected_items": 2}),
    field({"type": "datepicker", "initial_date": "2026-12-04", "placeholder": plain(), "focus_on_load": True}),
    field({"type": "email_text_input", "initial_value": "anna@a.be"}),
    field(
        {
            "type": "number_input",
            "is_decimal_allowed": True,
            "min_value": "1",
            "max_value": "9",
            "initial_value": "2",
            "placeholder": plain(),
        }
    ),
    field(
        {
            "type": "plain_text_input",
            "min_length": 1,
            "max_length": 5,
            "initial_value": "abc",
            "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
        }
    ),
    acts(
        {
            "type": "workflow_button",
            "action_id": "w",
            "text": plain(),
            "workflow": {
                "trigger": {
                    "url": "https://slack.com/shortcuts/x",
                    "customizable_input_parameters": [{"name": "a", "value": "b"}],
                }
            },
        }
    ),
    {"type": "file", "external_id": "x", "source": "remote"},
]
PIE: Json = {"type": "pie", "segments": [{"label": "a", "value": 1.5}, {"label": "b", "value": 0}]}
BAR: Json = {
    "type": "bar",
    "series": [{"name": "s", "data": [{"label": "Mon", "value": 3}]}],
    "axis_config": {"categories": ["Mon"], "x_label": "Day"},
}


def chart(drawn: Json, **more: Any) -> Json:
    return {"type": "data_visualization", "title": "x", "chart": drawn, **more}


NUMBER: Json = {"type": "raw_number", "value": 1.5, "text": "1.5"}
ACT: Json = {"type": "action", "element": BUTTON}
PROVIDER: Json = {"type": "auth_provider", "value": "drive", "name": plain(), "is_connected": False}
CARD: Json = {"type": "card", "title": mrkdwn(), "actions": [BUTTON], "hero_image": IMAGE}
TASK: Json = {"type": "task_card", "task_id": "1", "title": "x", "status": "complete"}
GOOD += [
    CARD,
    {"type": "carousel", "elements": [CARD]},
    {"type": "container", "title": plain(), "child_blocks": [section(), acts(BUTTON)], "width": "wide"},
    {"type": "data_table", "caption": "x", "rows": [[CELL], [NUMBER]]},
    {"type": "data_table", "caption": "x", "rows": [[CELL], [{**ACT, "fallback": NUMBER}]]},
    {"type": "card", "slack_icon": {"type": "icon", "name": "eye-open"}, "title": mrkdwn(), "subtext": mrkdwn()},
    PROVIDER,
    {
        **PROVIDER,
        "is_connected": True,
        "description": plain(),
        "icon_url": "https://a.be/i.png",
        "auth_url": "https://a.be",
        "disconnect_url": "https://a.be/out",
        "connected_identity": plain(),
        "connected_context": plain(),
        "accessory": {"type": "overflow", "action_id": "o", "options": [option("1")]},
        "fallback": [section()],
    },
    {**TASK, "details": rich(line(run())), "sources": [{"type": "url", "url": "https://a.be", "text": "x"}]},
    {"type": "plan", "title": "x", "tasks": [TASK]},
    chart(PIE),
    *(chart({**BAR, "type": kind}) for kind in ("bar", "line", "area")),
]
