"""Inputs as they are declared: from one declaration come the form, what typed words are read as, and the stored value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from knowledge import days, inputs, money
from knowledge.inputs import Here
from knowledge.refused import Refused


@dataclass(frozen=True)
class Ask:
    """What is asked by one input: of a rule's question written beside its type, as ``Annotated[date, Ask("date", ...)]``.

    ``type`` is one of date, instant, money, number, percent, hours, amounts, numbers, choice, country, zone, agreement;
    in records also text, lines (of text), several (choices), yes-no, user, users.
    ``least`` and ``most`` bound a number, both allowed; ``today`` makes the day of asking the default. ``said`` are words
    that come before the value in a sentence ("paid on", "betaald op").
    """

    type: str
    label: str
    help: str = ""
    clause: str = ""
    unit: str = ""
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    today: bool = False
    said: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Field(Ask):
    """One input, as the parser, the form, the usage text and the help read it.

    ``name`` is what people type and the block id of its input; ``attribute`` is a rule's own name for it (``from_``).
    A ``required`` input has no default.
    """

    name: str
    attribute: str = ""
    required: bool = False
    default: object = None


def read(fields: Iterable[Field], given: Mapping[str, object], here: Here) -> dict[str, object]:
    """What was entered, as values by name; inputs that were left empty are left out.

    Refused, naming the field, where something that is required is missing or a value cannot be read.
    """
    values: dict[str, object] = {}
    for field in fields:
        entered = given.get(field.name)
        if entered in (None, "", []):
            if field.required:
                raise Refused(f"{field.label}: this is needed.", field=field.name)
            continue
        values[field.name] = value(field, entered, here)
    return values


def value(field: Field, given: object, here: Here) -> object:
    """One input's value; Refused, naming the field, where it cannot be read or is out of bounds."""
    found = inputs.READ[field.type](given, here, field.name)
    if field.choices:
        if isinstance(found, tuple):
            return tuple(_chosen(field, str(one)) for one in found)
        return _chosen(field, str(found))
    for number in found if isinstance(found, tuple) else (found,):
        if isinstance(number, Decimal | Fraction):
            _bounded(field, number)
    return found


def _chosen(field: Field, given: str) -> str:
    for choice in field.choices:
        if given.lower() in (choice.lower(), choice.lower().removeprefix("itq ")):
            return choice
    raise Refused(f"{field.name} is {given!r}; it is one of: {', '.join(field.choices)}.", field=field.name)


def _bounded(field: Field, number: Decimal | Fraction) -> None:
    too_little = field.least is not None and number < field.least
    if not too_little and (field.most is None or number <= field.most):
        return
    unit = f" {field.unit}" if field.unit else ""
    shown = days.duration(number) if isinstance(number, Fraction) else f"{money.plain(number)}{unit}"
    bound = f"{field.least} or more" if too_little else f"at most {field.most}{unit}"
    raise Refused(f"{field.name} is {shown}; it must be {bound}.", field=field.name)
