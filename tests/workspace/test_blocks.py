"""Block Kit: what Slack takes, what it refuses, and in which words."""

import copy
import json
from typing import Any

import pytest

from tests.workspace.desk import opened
from tests.workspace.kit import (
    ACT,
    BAR,
    BUTTON,
    CARD,
    CELL,
    CONFIRM,
    GOOD,
    IMAGE,
    MODAL,
    OPTIONS,
    PIE,
    PROVIDER,
    SELECT,
    TASK,
    VIDEO,
    Json,
    acts,
    chart,
    field,
    line,
    mrkdwn,
    option,
    plain,
    rich,
    run,
    section,
)
from workspace.blocks import problems, view_problems, with_ids

BAD: list[tuple[Json, str, str]] = [  # block, Slack's words, where
    ({"type": "nonsense"}, "unsupported type: nonsense", "/blocks/0/type"),
    ({}, "missing required field: type", "/blocks/0"),
    ({"type": "section"}, "must define either `text` or `fields`", "/blocks/0"),
    (section(text=mrkdwn("x" * 3001)), "must be less than 3001 characters", "/blocks/0/text/text"),
    (section(text=mrkdwn("")), "must be more than 0 characters", "/blocks/0/text/text"),
    (section(fields=[mrkdwn()] * 11), "no more than 10 items allowed", "/blocks/0/fields"),
    (section(fields=[mrkdwn("x" * 2001)]), "must be less than 2001 characters", "/blocks/0/fields/0/text"),
    (section(fields=[]), "no less than 1 items allowed", "/blocks/0/fields"),
    (section(nonsense=1), "invalid additional property: nonsense", "/blocks/0"),
    (section(block_id="x" * 256), "must be less than 256 characters", "/blocks/0/block_id"),
    (section(accessory={"type": "plain_text_input"}), "unsupported type", "/blocks/0/accessory/type"),
    ({"type": "header", "text": mrkdwn()}, "unsupported type: mrkdwn", "/blocks/0/text/type"),
    ({"type": "header", "text": plain("x" * 151)}, "must be less than 151 characters", "/blocks/0/text/text"),
    ({"type": "context", "elements": []}, "no less than 1 items allowed", "/blocks/0/elements"),
    ({"type": "context", "elements": [mrkdwn()] * 11}, "no more than 10 items allowed", "/blocks/0/elements"),
    ({"type": "context", "elements": [BUTTON]}, "unsupported type: button", "/blocks/0/elements/0/type"),
    (acts(), "no less than 1 items allowed", "/blocks/0/elements"),
    (acts(*[BUTTON] * 26), "no more than 25 items allowed", "/blocks/0/elements"),
    (acts(BUTTON, BUTTON), "`action_id` must be unique", "/blocks/0/elements/1/action_id"),
    (acts({**BUTTON, "text": plain("x" * 76)}), "must be less than 76", "/blocks/0/elements/0/text/text"),
    (acts({**BUTTON, "value": "x" * 2001}), "must be less than 2001", "/blocks/0/elements/0/value"),
    (acts({**BUTTON, "url": "x"}), "must be a valid URL", "/blocks/0/elements/0/url"),
    (acts({**BUTTON, "style": "green"}), "must be a valid enum value", "/blocks/0/elements/0/style"),
    (
        acts({**BUTTON, "confirm": {**CONFIRM, "text": mrkdwn()}}),
        "unsupported type: mrkdwn",
        "/blocks/0/elements/0/confirm/text/type",
    ),
    (acts({**BUTTON, "value": ""}), "must be more than 0", "/blocks/0/elements/0/value"),
    (acts({**BUTTON, "confirm": {}}), "missing required field: title", "/blocks/0/elements/0/confirm"),
    (acts({**SELECT, "options": []}), "no less than 1 items", "/blocks/0/elements/0/options"),
    (acts({**SELECT, "options": OPTIONS * 51}), "no more than 100 items", "/blocks/0/elements/0/options"),
    (acts({"type": "static_select"}), "must define exactly one of: options", "/blocks/0/elements/0"),
    (acts({**SELECT, "option_groups": []}), "must define exactly one of", "/blocks/0/elements/0"),
    (acts({**SELECT, "initial_option": option("3")}), "must exactly match", "/blocks/0/elements/0/initial_option"),
    (acts({**SELECT, "options": [option("x" * 151)]}), "less than 151", "/blocks/0/elements/0/options/0/value"),
    (acts({**SELECT, "placeholder": plain("x" * 151)}), "less than 151", "/blocks/0/elements/0/placeholder/text"),
    (acts({"type": "overflow", "action_id": "o", "options": [option(str(n)) for n in range(6)]}), "no more than 5", ""),
    (
        acts({"type": "checkboxes", "action_id": "c", "options": [option(str(n)) for n in range(11)]}),
        "no more than 10",
        "",
    ),
    (acts({"type": "datepicker", "initial_date": "tomorrow"}), "must be a valid date", ""),
    (acts({"type": "timepicker", "initial_time": "25:00"}), "must be a valid time", ""),
    ({"type": "image", "image_url": "https://a.be/p.png"}, "missing required field: alt_text", "/blocks/0"),
    ({"type": "image", "alt_text": "x"}, "exactly one of: image_url, slack_file", "/blocks/0"),
    ({**VIDEO, "video_url": "http://a.be"}, "must be a valid https URL", "/blocks/0/video_url"),
    ({"type": "markdown", "text": "x" * 12_001}, "must be less than 12001 characters", "/blocks/0/text"),
    ({"type": "table", "rows": [[CELL] * 21]}, "no more than 20 items", "/blocks/0/rows/0"),
    ({"type": "table", "rows": [[CELL]] * 101}, "no more than 100 items", "/blocks/0/rows"),
    ({"type": "table", "rows": [[{"type": "raw_text", "text": "x" * 10_001}]]}, "table cells", "/blocks/0/rows"),
    (rich(), "no less than 1 items", "/blocks/0/elements"),
    (rich(run()), "unsupported type: text", "/blocks/0/elements/0/type"),
    (rich(line(run(""))), "must be more than 0 characters", "/blocks/0/elements/0/elements/0/text"),
    (rich(line(run(style="bold"))), "must be an object", "/blocks/0/elements/0/elements/0/style"),
    (rich({"type": "rich_text_list", "elements": []}), "missing required field: style", "/blocks/0/elements/0"),
    (field({"type": "plain_text_input", "max_length": 3001}), "less than or equal to 3000", ""),
    (field({"type": "plain_text_input", "min_length": 5, "max_length": 2}), "must not be greater", ""),
    (field({"type": "number_input"}), "missing required field: is_decimal_allowed", "/blocks/0/element"),
    (field({"type": "number_input", "is_decimal_allowed": False, "min_value": "x"}), "valid number", ""),
    (
        field({"type": "number_input", "is_decimal_allowed": True, "initial_value": "9", "max_value": "1.5"}),
        "greater",
        "",
    ),
    (field({"type": "email_text_input", "initial_value": "x" * 75}), "must be less than 75 characters", ""),
    (field({"type": "multi_users_select", "max_selected_items": 1_000_000}), "less than or equal to 999999", ""),
    (field({"type": "external_select", "min_query_length": 1_000_000}), "less than or equal to 999999", ""),
    (
        field({"type": "timepicker", "timezone": "Mars/Olympus"}),
        "must be a valid timezone",
        "/blocks/0/element/timezone",
    ),
    (rich(line({"type": "color", "value": "red"})), "must be a valid hexadecimal colour", ""),
    (field({"type": "file_input"}), "unsupported type: file_input", "/blocks/0/element/type"),
    (field(BUTTON), "unsupported type: button", "/blocks/0/element/type"),
    ({"type": "alert", "text": plain()}, "unsupported type: alert", "/blocks/0/type"),
    ({"type": "card"}, "must define either `hero_image` or `title`", "/blocks/0"),
    ({**CARD, "title": plain()}, "unsupported type: plain_text", "/blocks/0/title/type"),
    ({**CARD, "body": mrkdwn("x" * 201)}, "must be less than 201", "/blocks/0/body/text"),
    ({**CARD, "actions": [BUTTON] * 4}, "no more than 3 items", "/blocks/0/actions"),
    ({**CARD, "slack_icon": {"type": "icon", "name": "sun"}}, "valid enum value", "/blocks/0/slack_icon/name"),
    ({**CARD, "icon": IMAGE, "slack_icon": {"type": "icon", "name": "book"}}, "both: icon, slack_icon", "/blocks/0"),
    ({"type": "data_table", "caption": "x", "rows": [[ACT], [CELL]]}, "type: action", "/blocks/0/rows/0/0"),
    ({"type": "data_table", "caption": "x", "rows": [[CELL], [{"type": "action", "element": SELECT}]]}, "type: s", ""),
    ({"type": "data_table", "caption": "x", "rows": [[CELL], [ACT], [ACT]]}, "must be unique in its block", ""),
    ({"type": "auth_provider", "value": "x", "name": plain()}, "missing required field: is_connected", "/blocks/0"),
    ({**PROVIDER, "value": "x" * 151}, "must be less than 151", "/blocks/0/value"),
    ({**PROVIDER, "name": plain("x" * 76)}, "must be less than 76", "/blocks/0/name/text"),
    ({**PROVIDER, "name": mrkdwn()}, "unsupported type: mrkdwn", "/blocks/0/name/type"),
    ({**PROVIDER, "description": plain("x" * 151)}, "must be less than 151", "/blocks/0/description/text"),
    ({**PROVIDER, "auth_url": "http://a.be"}, "must be a valid https URL", "/blocks/0/auth_url"),
    ({**PROVIDER, "auth_url": "https://" + "x" * 2993}, "must be a valid https URL", "/blocks/0/auth_url"),
    ({**PROVIDER, "connected_identity": plain("x" * 76)}, "must be less than 76", "/blocks/0/connected_identity/text"),
    ({**PROVIDER, "accessory": BUTTON}, "unsupported type: button", "/blocks/0/accessory/type"),
    ({**PROVIDER, "fallback": [{"type": "x"}]}, "unsupported type: x", "/blocks/0/fallback/0/type"),
    (acts({**BUTTON, "agent_prompt": "x" * 4001}), "must be less than 4001", "/blocks/0/elements/0/agent_prompt"),
    (acts({"type": "rich_text_input"}), "missing required field: action_id", "/blocks/0/elements/0"),
    (
        acts({"type": "workflow_button", "action_id": "w", "text": plain(), "workflow": {}}),
        "missing required field: trigger",
        "/blocks/0/elements/0/workflow",
    ),
    (rich(line({"type": "tag", "text": "x", "color": "pink"})), "must be a valid enum value", ""),
    (
        rich(line({"type": "citation", "url": "https://a.be", "text": "x", "index": 1, "details": {}})),
        "missing required field: citation_type",
        "",
    ),
    ({"type": "carousel", "elements": [CARD] * 11}, "no more than 10 items", "/blocks/0/elements"),
    ({"type": "container", "child_blocks": [section()]}, "`rich_text_title`", "/blocks/0"),
    ({"type": "container", "title": plain(), "child_blocks": [CARD]}, "unsupported type: card", ""),
    ({"type": "data_table", "caption": "x", "rows": [[CELL]]}, "no less than 2 items", "/blocks/0/rows"),
    ({"type": "data_table", "caption": "x", "rows": [[CELL], [CELL] * 2]}, "same number of cells", ""),
    (chart(PIE, title="x" * 51), "must be less than 51", "/blocks/0/title"),
    (chart({"type": "donut"}), "unsupported type: donut", "/blocks/0/chart/type"),
    (chart({**PIE, "segments": [{"label": "a", "value": -1}]}), "greater than or equal to 0", ""),
    (chart({**PIE, "segments": PIE["segments"] * 4}), "no more than 6 items", "/blocks/0/chart/segments"),
    (chart({**BAR, "series": BAR["series"] * 2}), "must be unique", "/blocks/0/chart/series"),
    (chart({**BAR, "axis_config": {"categories": ["Tue"]}}), "match the categories", "/blocks/0/chart/series/0/data"),
    ({**TASK, "status": "done"}, "must be a valid enum value", "/blocks/0/status"),
    ({"type": "input", "element": {"type": "plain_text_input"}}, "missing required field: label", "/blocks/0"),
]
MODALS: list[tuple[Json, str, str]] = [
    ({**MODAL, "title": plain("x" * 25)}, "must be less than 25 characters", "/view/title/text"),
    ({**MODAL, "title": mrkdwn()}, "unsupported type: mrkdwn", "/view/title/type"),
    ({"type": "modal", "blocks": [section()]}, "missing required field: title", "/view"),
    ({**MODAL, "submit": plain("x" * 25)}, "must be less than 25 characters", "/view/submit/text"),
    ({**MODAL, "blocks": []}, "no less than 1 items", "/view/blocks"),
    ({**MODAL, "blocks": [{"type": "divider"}] * 101}, "no more than 100 items", "/view/blocks"),
    ({**MODAL, "private_metadata": "x" * 3001}, "must be less than 3001", "/view/private_metadata"),
    ({**MODAL, "callback_id": "x" * 256}, "must be less than 256", "/view/callback_id"),
    ({**MODAL, "blocks": [field({"type": "plain_text_input"})]}, "missing required field: submit", "/view"),
    ({**MODAL, "blocks": [{"type": "markdown", "text": "x"}]}, "unsupported type: markdown", "/view/blocks/0/type"),
    ({**MODAL, "type": "home"}, "must be modal", "/view/type"),
    ({**MODAL, "nonsense": 1}, "invalid additional property: nonsense", "/view"),
    (
        {
            **MODAL,
            "submit": plain(),
            "blocks": [field({"type": "plain_text_input", "focus_on_load": True}) for _ in range(2)],
        },
        "only one element can have focus_on_load",
        "/view/blocks/1/element",
    ),
]


@pytest.mark.parametrize("block", GOOD, ids=lambda block: json.dumps(block)[:50])
def test_taken(block: Json) -> None:
    assert problems([block], "message") == []


@pytest.mark.parametrize(("block", "words", "pointer"), BAD, ids=lambda v: str(v)[:50])
def test_refused(block: Json, words: str, pointer: str) -> None:
    found = problems([block], "message")
    assert any(words in said and where.startswith(pointer) for said, where in found), found


@pytest.mark.parametrize(("view", "words", "pointer"), MODALS, ids=lambda v: str(v)[:50])
def test_refused_views(view: Json, words: str, pointer: str) -> None:
    found = view_problems(view, "modal")
    assert any(words in said and where == pointer for said, where in found), found


def test_rules_across_blocks() -> None:
    twice = [section(block_id="same"), section(block_id="same")]
    assert "`block_id` must be unique" in problems(twice, "message")[0][0]
    tables = [{"type": "table", "rows": [[CELL]]}] * 2
    assert problems(tables, "message") == [("only_one_table_allowed", "/blocks/1")]
    assert problems([{"type": "divider"}] * 51, "message") == [("no more than 50 items allowed", "/blocks")]
    assert problems([chart(PIE)] * 2, "message") == []
    assert problems([chart(PIE)] * 3, "message") == [("no more than 2 charts allowed", "/blocks/2")]
    long = [{"type": "markdown", "text": "x" * 7000}] * 2
    assert "12001" in problems(long, "message")[0][0]
    assert problems([acts(BUTTON), acts(BUTTON)], "message") == []
    assert problems([field({"type": "file_input"})], "modal") == []


WRONG: Json = {"wrong": 1}


def _broken(node: Any) -> list[Any]:
    """The same JSON with one value each replaced by another type."""
    if isinstance(node, dict):
        return [{**node, key: other} for key, value in node.items() for other in [WRONG, *_broken(value)]]
    if isinstance(node, list):
        return [
            [*node[:at], other, *node[at + 1 :]] for at, value in enumerate(node) for other in [WRONG, *_broken(value)]
        ]
    return []


@pytest.mark.parametrize("block", GOOD, ids=lambda block: str(block["type"]))
def test_wrong_types_are_refused_never_a_crash(block: Json) -> None:
    for broken in _broken(block):
        assert problems([broken], "message"), broken


def test_alerts_are_for_modals_and_carousels_are_not() -> None:
    assert problems([{"type": "alert", "text": plain(), "level": "error"}], "modal") == []
    assert problems([{"type": "carousel", "elements": [CARD]}], "home") == []
    assert problems([{"type": "carousel", "elements": [CARD]}], "modal") == [
        ("unsupported type: carousel", "/blocks/0/type")
    ]


def test_elements_inside_cards_and_containers_are_found() -> None:
    from workspace.elements import places  # noqa: PLC0415

    card = {"type": "card", "actions": [{"type": "button", "text": plain()}]}
    nested = with_ids([{"type": "container", "title": plain(), "child_blocks": [acts(SELECT)]}, card])
    found = list(places(nested))
    assert [place.element["type"] for place in found] == ["static_select", "button"]
    assert all(place.block_id and place.action_id for place in found)


MENTIONS: dict[str, Json] = {
    "team": {"team_id": "T0LOCAL"},
    "tag": {"text": "x", "color": "gray"},
    "citation": {"url": "https://a.be", "text": "x", "index": 1, "details": {"citation_type": "web", "title": "x"}},
    "file": {"file_id": "F1"},
    "canvas": {"file_id": "F1", "label": "x", "hide_title": True},
    "canvas_user_mention": {"user_id": "U0ANNA"},
    "canvas_message_unfurl": {"root_message_ts": "1", "root_message_channel": "C1"},
    "list_record": {"file_id": "F1", "record_id": "R1"},
    "message_mention": {"channel_id": "C1", "message_ts": "1"},
    "workflow_mention": {"workflow_id": "W1", "function_trigger_id": "Ft1", "text": "x"},
    "work_object_mention": {"entity_id": "E1", "app_id": "A1", "text": "x", "url": "https://a.be"},
    "attachment_mention": {"url": "https://a.be"},
    "salesforce_data_field": {"salesforce_record_id": "1"},
}


@pytest.mark.parametrize("name", MENTIONS)
def test_mentions_are_taken_whole_and_refused_without_what_they_need(name: str) -> None:
    whole = {"type": name, **MENTIONS[name], "style": {"bold": True}}
    assert problems([rich(line(whole))], "message") == []
    missing = problems([rich(line({"type": name}))], "message")
    needed = {said.removeprefix("missing required field: ") for said, _ in missing}
    assert needed
    assert needed <= set(MENTIONS[name])


def test_what_is_pressed_in_tables_and_for_accounts_has_an_action_id() -> None:
    from workspace.elements import places  # noqa: PLC0415

    cell = {"type": "action", "element": {"type": "button", "text": plain()}}
    blocks = with_ids([{"type": "data_table", "caption": "x", "rows": [[CELL], [cell]]}, PROVIDER])
    table, account = places(blocks)
    assert (table.element["type"], len(table.action_id)) == ("button", 5)
    assert (account.action_id, account.element["value"]) == ("auth_provider_connect_drive", "drive")
    menu = {"type": "overflow", "action_id": "o", "options": [option("1")]}
    (only,) = places(with_ids([{**PROVIDER, "is_connected": True, "accessory": menu}]))
    assert only.action_id == "o"


def test_ids_are_given_where_none_are() -> None:
    (whole,) = with_ids([acts({"type": "button", "text": plain()})])
    assert whole["block_id"]
    assert whole["elements"][0]["action_id"]
    kept = [{"type": "divider", "block_id": "mine"}]
    assert with_ids(copy.deepcopy(kept)) == kept
    nulls = with_ids([{**section(), "block_id": None, "accessory": None}])
    assert nulls[0]["block_id"]
    assert "accessory" not in nulls[0]


async def test_the_shape_of_the_refusal() -> None:
    async with opened() as desk:
        bad = json.dumps([{"type": "header", "text": mrkdwn()}])
        answer = await desk.call("chat.postMessage", data={"channel": "C0GENERAL", "text": "x", "blocks": bad})
        said = "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]"
        assert answer == {
            "ok": False,
            "error": "invalid_blocks",
            "errors": [said],
            "response_metadata": {"messages": [f"[ERROR] {said}"]},
        }
        view = await desk.call("views.publish", json={"user_id": "U0ANNA", "view": {"type": "home", "blocks": []}})
        assert view["error"] == "invalid_arguments"
        assert "[json-pointer:/view/blocks]" in view["response_metadata"]["messages"][0]


async def test_blocks_validate() -> None:
    async with opened() as desk:
        good = [section()]
        for name, value in (("blocks", good), ("message", {"blocks": good}), ("view", MODAL)):
            assert (await desk.call("blocks.validate", json={name: value}))["ok"] is True
            assert (await desk.call("blocks.validate", data={name: json.dumps(value)}))["ok"] is True
        bad = [{"type": "header", "text": mrkdwn()}]
        for name, value, pointer in (
            ("blocks", bad, "/0/text/type"),
            ("message", {"blocks": bad}, "/blocks/0/text/type"),
            ("view", {**MODAL, "blocks": bad}, "/blocks/0/text/type"),
            ("view", {"type": "wall"}, "/type"),
        ):
            answer = await desk.call("blocks.validate", json={name: value})
            assert (answer["error"], answer["errors"][0]["pointer"]) == (f"invalid_{name}", pointer)
        assert await desk.refused("blocks.validate") == "invalid_arguments"
        assert await desk.refused("blocks.validate", blocks="[") == "invalid_arguments"
        assert await desk.refused("blocks.validate", blocks="[]", view="{}") == "invalid_arguments"
