"""Block Kit refused where Slack refuses it, in Slack's words, and the ids Slack gives to what has none."""

import secrets
import string
from collections import Counter
from collections.abc import Iterator
from typing import Any

from workspace.element_shapes import ELEMENTS
from workspace.errors import Json, SlackError
from workspace.schema import Problem, Problems, shaped, without_nulls
from workspace.shapes import OPTIONS_ANSWER, SURFACES, VIEWS

LONGEST_TEXT = 40_000
MOST_ATTACHMENTS = 100
NO_PREVIEW = "[no preview available]"
LONGEST_MARKDOWN = 12_000
LONGEST_TABLE = 10_000
MOST_CHARTS = 2
ID_CHARACTERS = string.ascii_letters + string.digits
TABLES = frozenset({"table", "data_table"})
NESTING = {"container": ("child_blocks",), "carousel": ("elements",), "plan": ("tasks",)}
WITH_ELEMENTS = {"actions": ("elements",), "context_actions": ("elements",), "card": ("actions",)}
WITHOUT_ACTION = frozenset({"image"})


def problems(blocks: Any, surface: str, at: str = "/blocks") -> list[Problem]:
    """What is wrong with the blocks of a `message`, a `modal` or a `home`: sentences with JSON pointers."""
    found = list(SURFACES[surface](blocks, at))
    return found or [*_across(without_nulls(blocks), surface, at)]


def connect_button(block: Json) -> Json:
    """The button of an account elsewhere that is not connected; its action id follows from the provider's value."""
    button: Json = {
        "type": "button",
        "action_id": f"auth_provider_connect_{block['value']}",
        "text": {"type": "plain_text", "text": "Connect", "emoji": True},
        "value": block["value"],
    }
    return button | ({"url": block["auth_url"]} if "auth_url" in block else {})


def elements_of(block: Json) -> Iterator[tuple[str, Json]]:
    """The elements in a block with their pointers inside it; of nulls there are none left."""
    if block["type"] == "auth_provider" and not block["is_connected"]:
        yield "value", connect_button(block)
        return
    for name in ("accessory", "element"):
        if name in block:
            yield name, block[name]
    for name in ("elements", "actions"):
        for index, element in enumerate(block.get(name) or ()):
            yield f"{name}/{index}", element
    if block["type"] == "data_table":
        for row, cells in enumerate(block["rows"]):
            for column, cell in enumerate(cells):
                if cell["type"] == "action":
                    yield f"rows/{row}/{column}/element", cell["element"]


def flat(blocks: list[Json], at: str = "") -> Iterator[tuple[str, Json]]:
    """Every block with its pointer, those inside containers and carousels too."""
    for index, block in enumerate(blocks):
        here = f"{at}/{index}"
        yield here, block
        for name in NESTING.get(block["type"], ()):
            yield from flat(block.get(name) or [], f"{here}/{name}")


def _across(blocks: list[Json], surface: str, at: str) -> Problems:
    """The rules that look at more than one object; every object is known to be well formed."""
    yield from _repeated_ids(blocks, at)
    focused = [
        f"{pointer}/{where}"
        for pointer, block in flat(blocks, at)
        for where, element in elements_of(block)
        if element.get("focus_on_load")
    ]
    for pointer in focused[1:]:
        yield "only one element can have focus_on_load", pointer
    for pointer, block in flat(blocks, at):
        if surface != "modal" and (block.get("element") or {}).get("type") == "file_input":
            yield "unsupported type: file_input", f"{pointer}/element/type"
    yield from _tables(blocks, at)
    yield from _charts(blocks, at)
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > LONGEST_MARKDOWN:
        yield f"markdown blocks must be less than {LONGEST_MARKDOWN + 1} characters together", at


def _repeated_ids(blocks: list[Json], at: str) -> Problems:
    ids = Counter(block["block_id"] for _, block in flat(blocks) if "block_id" in block)
    for pointer, block in flat(blocks, at):
        if ids[block.get("block_id", "")] > 1:
            yield f"`block_id` must be unique: {block['block_id']}", f"{pointer}/block_id"
        seen: set[str] = set()
        for where, element in elements_of(block):
            action_id = element.get("action_id")
            if action_id in seen:
                yield (
                    f"`action_id` must be unique in its block: {action_id}",
                    f"{pointer}/{where}/action_id",
                )
            if action_id:
                seen.add(action_id)


def _characters(node: Any) -> int:
    if isinstance(node, dict):
        return sum(len(v) if k == "text" and isinstance(v, str) else _characters(v) for k, v in node.items())
    return sum(_characters(one) for one in node) if isinstance(node, list) else 0


def _charts(blocks: list[Json], at: str) -> Problems:
    charts = [pointer for pointer, block in flat(blocks, at) if block["type"] == "data_visualization"]
    for pointer in charts[MOST_CHARTS:]:
        yield f"no more than {MOST_CHARTS} charts allowed", pointer


def _tables(blocks: list[Json], at: str) -> Problems:
    tables = [(pointer, block) for pointer, block in flat(blocks, at) if block["type"] in TABLES]
    for pointer, _ in tables[1:]:
        yield "only_one_table_allowed", pointer
    for pointer, block in tables:
        if _characters(block["rows"]) > LONGEST_TABLE:
            yield f"table cells must be less than {LONGEST_TABLE + 1} characters together", f"{pointer}/rows"


def refusal(code: str, found: list[Problem]) -> SlackError:
    said = [f"{sentence} [json-pointer:{pointer}]" for sentence, pointer in found]
    return SlackError(code, errors=said, response_metadata={"messages": [f"[ERROR] {sentence}" for sentence in said]})


def check_blocks(blocks: Any) -> None:
    """Raises invalid_blocks_format for what is no list of objects, invalid_blocks for what Slack refuses."""
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise SlackError("invalid_blocks_format")
    found = problems(blocks, "message")
    if found:
        raise refusal("invalid_blocks", found)


def check_message(body: Json) -> None:
    """The content of a message. Raises msg_too_long, too_many_attachments, invalid_blocks and their kin."""
    text, blocks, attachments = body.get("text"), body.get("blocks"), body.get("attachments")
    if text is not None and not isinstance(text, str):
        raise SlackError("invalid_arguments", response_metadata={"messages": ["[ERROR] text must be a string"]})
    if text is not None and len(text) > LONGEST_TEXT:
        raise SlackError("msg_too_long")
    if blocks is not None:
        check_blocks(blocks)
    if attachments is not None:
        if not isinstance(attachments, list) or not all(isinstance(one, dict) for one in attachments):
            raise SlackError("invalid_attachments")
        if len(attachments) > MOST_ATTACHMENTS:
            raise SlackError("too_many_attachments")
        for attachment in attachments:
            if attachment.get("blocks") is not None:
                check_blocks(attachment["blocks"])
    check_metadata(body.get("metadata"))


def check_metadata(metadata: Any) -> None:
    """A message's metadata: an event type and its payload. Raises invalid_metadata_format."""
    if metadata is None:
        return
    good = (
        isinstance(metadata, dict)
        and isinstance(metadata.get("event_type"), str)
        and metadata["event_type"]
        and isinstance(metadata.get("event_payload"), dict)
    )
    if not good:
        raise SlackError("invalid_metadata_format")


def view_problems(view: Json, surface: str) -> list[Problem]:
    """What is wrong with a view: sentences with JSON pointers below /view."""
    found = list(shaped(VIEWS[surface])(view, "/view"))
    if view.get("type") != surface:
        found.append((f"must be {surface}", "/view/type"))
    if view.get("blocks") is not None:
        found += problems(view["blocks"], surface, "/view/blocks")
    has_input = not found and any(block["type"] == "input" for block in view["blocks"])
    if surface == "modal" and has_input and not view.get("submit"):
        found.append(("missing required field: submit", "/view"))
    return found


def validate_payload(kind: str, value: Any) -> list[Problem]:
    """What blocks.validate says of `blocks`, a `message` or a `view`; pointers start inside the value.

    https://docs.slack.dev/reference/methods/blocks.validate
    """
    if kind == "blocks":
        return problems(value, "message", "")
    if not isinstance(value, dict):
        return [("must be an object", "")]
    if kind == "message":
        return problems(value.get("blocks", []), "message")
    surface = value.get("type")
    if surface not in VIEWS:
        return [("must be a valid enum value", "/type")]
    return [(said, at.removeprefix("/view")) for said, at in view_problems(value, surface)]


def check_view(view: Any, surface: str) -> None:
    """Raises invalid_arguments with what Slack says is wrong with a modal or a Home."""
    if not isinstance(view, dict):
        raise refusal("invalid_arguments", [("must be an object", "/view")])
    found = view_problems(view, surface)
    if found:
        raise refusal("invalid_arguments", found)


def check_options(answer: Json) -> None:
    """An answer to block_suggestion. Raises invalid_arguments."""
    found = list(shaped(OPTIONS_ANSWER)(answer, ""))
    if found:
        raise refusal("invalid_arguments", found)


def _new_id() -> str:
    return "".join(secrets.choice(ID_CHARACTERS) for _ in range(5))


def _with_action(element: Json) -> Json:
    if element.get("type") in ELEMENTS and element["type"] not in WITHOUT_ACTION and "action_id" not in element:
        return element | {"action_id": _new_id()}
    return element


def _cell_with_action(cell: Json) -> Json:
    return cell | {"element": _with_action(cell["element"])} if cell["type"] == "action" else cell


def with_ids(blocks: list[Json]) -> list[Json]:
    """The blocks with a block_id on each and an action_id on each interactive element."""
    done = []
    for block in without_nulls(blocks):
        whole = {"type": block["type"], "block_id": block.get("block_id") or _new_id(), **block}
        for name in ("accessory", "element"):
            if name in block:
                whole[name] = _with_action(block[name])
        for name in WITH_ELEMENTS.get(block["type"], ()):
            whole[name] = [_with_action(element) for element in block.get(name, [])]
        if block["type"] == "data_table":
            whole["rows"] = [[_cell_with_action(cell) for cell in row] for row in block["rows"]]
        for name in NESTING.get(block["type"], ()):
            whole[name] = with_ids(block.get(name, []))
        done.append(whole)
    return done


def with_attachment_ids(attachments: list[Json]) -> list[Json]:
    """Attachments as Slack keeps them: numbered from 1, with a fallback, and with ids in their blocks."""
    return [
        one
        | {"id": number, "fallback": one.get("fallback") or one.get("text") or NO_PREVIEW}
        | ({"blocks": with_ids(one["blocks"])} if one.get("blocks") else {})
        for number, one in enumerate(attachments, 1)
    ]
