"""Whatever slackblocks, blockkit or slack_sdk refuse is refused here too, and what the bot says they all take."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.validators import VALIDATORS, must_be_taken, refusals, sent
from tests.workspace.desk import opened
from tests.workspace.kit import CELL, GOOD, MODAL, Json, plain, section
from workspace.blocks import problems, view_problems

LENGTHS = (0, 31, 76, 151, 256, 301, 2001, 3001, 13_000)
TIMES = (6, 12, 27, 121)
FORM: Json = {
    **MODAL,
    "submit": plain(),
    "close": plain(),
    "callback_id": "c",
    "external_id": "e",
    "private_metadata": "p",
}
HOME: Json = {"type": "home", "blocks": [section()], "callback_id": "c", "external_id": "e", "private_metadata": "p"}


def _others(name: str, value: Any) -> Iterator[Any]:
    """What may be wrong with the value of a field: too short, too long, too many, another kind."""
    if name == "type":
        return
    if isinstance(value, str):
        yield from (7, *("x" * length for length in LENGTHS))
    elif isinstance(value, bool):
        yield "x"
    elif isinstance(value, int | float):
        yield from ("x", -1, 10**12)
    elif isinstance(value, list):
        yield from ("x", [], *(value * times for times in TIMES))
    elif isinstance(value, dict):
        yield from ("x", {})
        if value.get("type") == "plain_text":
            yield value | {"type": "mrkdwn"}


def spoiled(node: Any) -> Iterator[Any]:
    """The same JSON with one thing wrong, each in its turn: a field gone, one too much, or one of another value."""
    if isinstance(node, dict):
        yield {**node, "nonsense": 1}
        for name, value in node.items():
            yield {key: one for key, one in node.items() if key != name}
            for other in (*_others(name, value), *spoiled(value)):
                yield {**node, name: other}
    elif isinstance(node, list):
        for at, value in enumerate(node):
            for other in spoiled(value):
                yield [*node[:at], other, *node[at + 1 :]]


def content(payload: Json) -> tuple[str, ...]:
    """The validators that know everything in a payload and take it."""
    refused = refusals(payload)
    return tuple(name for name in VALIDATORS if name not in refused)


def wrongly(block: Json, refused: dict[str, str]) -> dict[str, str]:
    """Refusals without blockkit's own mistake: Slack takes mrkdwn in the options of checkboxes and radio buttons."""
    lists = block.get("element", {}).get("type") in ("checkboxes", "radio_buttons")
    return {name: said for name, said in refused.items() if not (lists and "Only plain_text is allowed" in said)}


@pytest.mark.parametrize("block", GOOD, ids=lambda block: json.dumps(block)[:50])
def test_what_a_validator_refuses_in_a_block_the_workspace_refuses(block: Json) -> None:
    names = content({"blocks": [block]})
    for wrong in spoiled(block):
        if not problems([wrong], "message"):
            assert not wrongly(block, refusals({"blocks": [wrong]}, names)), wrong


@pytest.mark.parametrize(("view", "surface"), [(FORM, "modal"), (HOME, "home")])
def test_what_a_validator_refuses_in_a_view_the_workspace_refuses(view: Json, surface: str) -> None:
    assert content(view) == tuple(VALIDATORS)
    for wrong in spoiled(view):
        if not view_problems(wrong, surface):
            assert not refusals(wrong), wrong
    for count in (50, 51, 100, 101):
        many = {**view, "blocks": [section()] * count}
        if not view_problems(many, surface):
            assert not refusals(many), count


def test_every_block_is_known_to_a_validator_or_too_new_for_them_all() -> None:
    unknown = {block["type"] for block in GOOD if not content({"blocks": [block]})}
    assert unknown == {"data_table", "data_visualization"}


def test_the_validators_refuse() -> None:
    assert set(refusals({"blocks": [{"type": "header", "text": plain("x" * 151)}]})) == set(VALIDATORS)
    assert set(refusals({**FORM, "title": plain("x" * 25)})) == set(VALIDATORS)


async def test_what_an_app_sent_is_read_from_the_inspector() -> None:
    table = {"type": "data_table", "caption": "x", "rows": [[CELL], [CELL]]}
    async with opened() as desk:
        await desk.client.chat_postMessage(channel="C0GENERAL", text="x", blocks=[section()])
        await desk.client.views_publish(user_id="U0ANNA", view=HOME)
        assert [len(payload["blocks"]) for payload in sent(desk.ws)] == [1, 1]
        must_be_taken(desk.ws)
        await desk.client.chat_postMessage(channel="C0GENERAL", text="x", blocks=[table])
        with pytest.raises(AssertionError, match="unknown block 'data_table'"):
            must_be_taken(desk.ws)
