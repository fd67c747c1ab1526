"""Rich text as tables: its sections, and the elements that stand in them.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from typing import Any

from workspace.element_shapes import ELEMENTS, ID, INPUT_TEXT, LINK
from workspace.schema import (
    Check,
    Problems,
    Shape,
    array,
    boolean,
    choice,
    integer,
    number,
    pattern,
    shaped,
    string,
    typed,
)

STYLES = ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink")
STYLED = {"style": shaped(Shape(dict.fromkeys(STYLES, boolean)))}
NAME = string(255, 1)
WORDS = string(None, 1)
ADDRESS = string(3000, 1)
TAG_COLOURS = ("gray", "brown", "purple", "indigo", "blue", "green", "yellow", "orange", "red")
CITED = choice("file", "external", "web", "message", "memory")


def _inline(required: dict[str, Check], optional: dict[str, Check] | None = None) -> Shape:
    """An element of a line, which may have a style."""
    return Shape(required | (optional or {}) | STYLED, tuple(required))


def cited(value: Any, at: str) -> Problems:
    """What is known of a cited source; its `citation_type` says what else stands there."""
    if not isinstance(value, dict):
        yield "must be an object", at
    elif "citation_type" not in value:
        yield "missing required field: citation_type", at
    else:
        yield from CITED(value["citation_type"], f"{at}/citation_type")


LABELLED: dict[str, Check] = {"text": WORDS, "url": ADDRESS}
WORK_OBJECT: dict[str, Check] = {"icon_url": ADDRESS, "full_size_preview_enabled": boolean}
INLINE: dict[str, Shape] = {
    "text": _inline({"text": WORDS}),
    "link": _inline(
        {"url": ADDRESS}, {"text": WORDS, **dict.fromkeys(("unsafe", "from_llm", "is_slack_url", "truncated"), boolean)}
    ),
    "user": _inline({"user_id": NAME}, {"from_llm": boolean}),
    "usergroup": _inline({"usergroup_id": NAME}),
    "channel": _inline({"channel_id": NAME}),
    "team": _inline({"team_id": NAME}),
    "emoji": _inline({"name": NAME}, {"unicode": string(255), "skin_tone": integer(1, 6)}),
    "broadcast": _inline({"range": choice("here", "channel", "everyone")}),
    "date": _inline({"timestamp": integer(0), "format": WORDS}, {"url": LINK, "fallback": WORDS}),
    "color": _inline({"value": pattern(r"#[0-9a-fA-F]{6}", "hexadecimal colour")}),
    "tag": _inline({"text": WORDS}, {"color": choice(*TAG_COLOURS)}),
    "citation": _inline(
        {"url": ADDRESS, "text": WORDS, "index": number, "details": cited},
        {"from_llm": boolean, "is_slack_url": boolean},
    ),
    "file": _inline({"file_id": NAME}, {**LABELLED, "is_skill_invocation": boolean}),
    "canvas": _inline(
        {"file_id": NAME},
        {**LABELLED, "label": WORDS, "hide_title": boolean, "section_id": NAME, "is_skill_invocation": boolean},
    ),
    "canvas_user_mention": _inline({"user_id": NAME}, {"thread_id": NAME}),
    "canvas_message_unfurl": _inline({"root_message_ts": NAME, "root_message_channel": NAME}),
    "list_record": _inline({"file_id": NAME}, {**LABELLED, "record_id": NAME, "view_id": NAME}),
    "message_mention": _inline(
        {"channel_id": NAME, "message_ts": NAME}, {**LABELLED, "author_id": NAME, "thread_ts": NAME}
    ),
    "workflow_mention": _inline(
        {"workflow_id": NAME, "function_trigger_id": NAME, "text": WORDS},
        {"url": ADDRESS, "channel_id": NAME, "ts": NAME},
    ),
    "work_object_mention": _inline(
        {"entity_id": NAME, "app_id": NAME, "text": WORDS, "url": ADDRESS}, {**WORK_OBJECT, "product_name": WORDS}
    ),
    "attachment_mention": _inline(
        {"url": ADDRESS},
        {
            **WORK_OBJECT,
            "text": WORDS,
            **dict.fromkeys(("app_id", "entity_id", "channel_id", "ts", "icon_name", "reference_object_type"), NAME),
        },
    ),
    "salesforce_data_field": _inline(
        {"salesforce_record_id": NAME},
        {
            "salesforce_field_label": WORDS,
            "salesforce_field_api_name": NAME,
            "salesforce_include_field_label": boolean,
        },
    ),
}
INLINES = array(typed(INLINE, *INLINE))
BORDER = {"border": integer(0, 1)}
RICH: dict[str, Shape] = {
    "rich_text_section": Shape({"elements": INLINES}, ("elements",)),
    "rich_text_quote": Shape({"elements": INLINES, **BORDER}, ("elements",)),
    "rich_text_preformatted": Shape(
        {"elements": array(typed(INLINE, "text", "link")), "language": NAME, **BORDER}, ("elements",)
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
    INPUT_TEXT
    | {
        "initial_value": typed({"rich_text": RICH_TEXT}, "rich_text"),
        "min_lines": integer(1),
        "max_lines": integer(1),
    },
    ("action_id",),
)
