"""Small checks that compose into Block Kit's schema, with the sentences Slack's Web API answers in."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from workspace.errors import Json

Problem = tuple[str, str]  # what is wrong, and the JSON pointer to it
Problems = Iterator[Problem]
Check = Callable[[Any, str], Problems]


@dataclass(frozen=True)
class Shape:
    """A JSON object: its fields, which are required, of which groups exactly one must be given."""

    fields: Mapping[str, Check]
    required: tuple[str, ...] = ()
    one_of: tuple[tuple[str, ...], ...] = ()
    any_of: tuple[str, ...] = ()
    rules: tuple[Check, ...] = field(default=())


def string(most: int | None = None, least: int = 0) -> Check:
    """A string of `least` to `most` characters."""

    def check(value: Any, at: str) -> Problems:
        if not isinstance(value, str):
            yield "must be a string", at
        elif most is not None and len(value) > most:
            yield f"must be less than {most + 1} characters", at
        elif len(value) < least:
            yield f"must be more than {least - 1} characters", at

    return check


def pattern(expression: str, name: str) -> Check:
    """A string of a form, such as a date."""

    def check(value: Any, at: str) -> Problems:
        if not isinstance(value, str):
            yield "must be a string", at
        elif not re.fullmatch(expression, value):
            yield f"must be a valid {name}", at

    return check


def boolean(value: Any, at: str) -> Problems:
    """true or false."""
    if not isinstance(value, bool):
        yield "must be a boolean", at


def integer(least: int | None = None, most: int | None = None) -> Check:
    """A whole number within bounds."""

    def check(value: Any, at: str) -> Problems:
        if isinstance(value, bool) or not isinstance(value, int):
            yield "must be an integer", at
        elif least is not None and value < least:
            yield f"must be greater than or equal to {least}", at
        elif most is not None and value > most:
            yield f"must be less than or equal to {most}", at

    return check


def number(value: Any, at: str) -> Problems:
    """A number, whole or not."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield "must be a number", at


def positive(value: Any, at: str) -> Problems:
    """A number of 0 or more."""
    before = list(number(value, at))
    yield from before
    if not before and value < 0:
        yield "must be greater than or equal to 0", at


def choice(*allowed: str) -> Check:
    """One of these strings."""

    def check(value: Any, at: str) -> Problems:
        if value not in allowed:
            yield "must be a valid enum value", at

    return check


def array(item: Check, most: int | None = None, least: int = 0) -> Check:
    """A list of `least` to `most` items."""

    def check(value: Any, at: str) -> Problems:
        if not isinstance(value, list):
            yield "must be an array", at
            return
        if most is not None and len(value) > most:
            yield f"no more than {most} items allowed", at
        if len(value) < least:
            yield f"no less than {least} items allowed", at
        for index, one in enumerate(value):
            yield from item(one, f"{at}/{index}")

    return check


def anything(value: Any, at: str) -> Problems:
    """No demand: what Slack passes on as it is."""
    yield from ()


def shaped(shape: Shape) -> Check:
    """An object of this shape and nothing beside it."""

    def check(value: Any, at: str) -> Problems:
        if not isinstance(value, dict):
            yield "must be an object", at
            return
        given = {name: item for name, item in value.items() if item is not None}
        absent = list(_presence(shape, given, at))
        yield from absent
        before = len(absent)
        for name, item in given.items():
            known = shape.fields.get(name)
            if known is None:
                yield f"invalid additional property: {name}", at
                before += 1
                continue
            for problem in known(item, f"{at}/{name}"):
                before += 1
                yield problem
        if not before:  # rules may then trust every field's form
            for rule in shape.rules:
                yield from rule(given, at)

    return check


def _presence(shape: Shape, given: Json, at: str) -> Problems:
    for name in shape.required:
        if name not in given:
            yield f"missing required field: {name}", at
    for group in shape.one_of:
        if sum(name in given for name in group) != 1:
            yield f"must define exactly one of: {', '.join(group)}", at
    if shape.any_of and not any(name in given for name in shape.any_of):
        yield f"must define either `{'` or `'.join(shape.any_of)}`", at


def without_nulls(node: Any) -> Any:
    """JSON without the fields that are null, which Slack takes for absent."""
    if isinstance(node, dict):
        return {name: without_nulls(value) for name, value in node.items() if value is not None}
    return [without_nulls(one) for one in node] if isinstance(node, list) else node


def typed(shapes: Mapping[str, Shape], *names: str) -> Check:
    """An object whose `type` names one of these shapes."""

    def check(value: Any, at: str) -> Problems:
        if not isinstance(value, dict):
            yield "must be an object", at
            return
        name = value.get("type")
        if name is None:
            yield "missing required field: type", at
        elif name not in names or name not in shapes:
            yield f"unsupported type: {name}", f"{at}/type"
        else:
            yield from shaped(shapes[name])({k: v for k, v in value.items() if k != "type"}, at)

    return check


def text(most: int, *, plain: bool = False, least: int = 1) -> Check:
    """A text object; `plain` where Slack takes no mrkdwn."""
    shapes = {
        "plain_text": Shape({"text": string(most, least), "emoji": boolean}, ("text",)),
        "mrkdwn": Shape({"text": string(most, least), "verbatim": boolean}, ("text",)),
    }
    return typed(shapes, *(("plain_text",) if plain else ("plain_text", "mrkdwn")))
