"""Rented Hardware: what is known of an item, which moves it can make, and where it stands (ITQ 29 to 35)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from knowledge import days, money
from knowledge.fields import Field
from knowledge.refused import Refused
from knowledge.rules.hardware_overdue import PERIODS

FIELDS = (
    Field("text", "Asset tag", "as on the label, such as LT-0042", "34.2", name="tag", required=True),
    Field("text", "Serial number", name="serial"),
    Field("text", "Description", "make and model", name="description", required=True),
    Field("agreement", "Agreement", "its name, as in /agreement", "29.2", name="agreement", required=True),
    Field("text", "Place", "the agreed address", "29.4", name="place"),
    Field("money", "Rental fee", "excluding VAT", "35.1", "EUR", least=0, name="fee", required=True),
    Field("choice", "The fee is for one", clause="35.1", choices=PERIODS, name="per", default="month"),
    Field("money", "Replacement value", "excluding VAT", "33.2", "EUR", least=0, name="value"),
    Field("user", "Holder", "who has it; is asked once a year", name="holder"),
    Field("date", "Rental ends on", "only if another day than the agreement's", "29.2", name="ends"),
)
"""What is asked of an item; the client is the agreement's."""

_GIVEN: tuple[str, ...] = (
    "tag",
    "serial",
    "description",
    "agreement",
    "client",
    "place",
    "fee",
    "per",
    "value",
    "holder",
    "ends",
)
"""What is said of an item when it is registered or rented out again."""
_TAG = re.compile(r"[A-Z0-9][A-Z0-9._/-]{0,39}")
LONGEST, BRIEF = 300, 60
"""Characters of one text of an item, and of its description where it is only named."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One item as its events have left it. ``fee`` (EUR, excluding VAT) is for one ``per``; days are contract days.

    ``charged_until`` is the last day whose rent for late return stands on a statement, ``charged`` what was charged so
    far under each reading (under "" what was asked for); ``checked`` the last day on which somebody had it in hand or said
    so; ``owed`` are costs that stand on no statement yet.
    """

    tag: str
    description: str
    agreement: str
    client: str
    fee: Decimal
    serial: str = ""
    place: str = ""
    per: str = "month"
    value: Decimal | None = None
    holder: str = ""
    ends: date | None = None
    state: str = "ordered"
    delivered: date | None = None
    returned: date | None = None
    written_off: date | None = None
    insured_until: date | None = None
    checked: date | None = None
    alarm: str = ""
    charged_until: date | None = None
    charged: Mapping[str, Decimal] | None = None
    owed: tuple[Mapping[str, str], ...] = ()

    @property
    def out(self) -> bool:
        """Whether the Client has it: delivered, and neither returned nor written off."""
        return self.state in OUT

    @property
    def brief(self) -> str:
        """What it is, in few characters."""
        return self.description if len(self.description) <= BRIEF else f"{self.description[: BRIEF - 1].rstrip()}…"

    @property
    def name(self) -> str:
        """The item in a sentence."""
        return f"{self.tag} ({self.brief})"

    @property
    def gone(self) -> date | None:
        """The day from which no rent for late return runs any more."""
        return self.returned or self.written_off


@dataclass(frozen=True)
class Move:
    """A move that changes where an item stands. ``done`` says it of an item; ``clause`` is where it is written."""

    name: str
    to: str
    since: tuple[str, ...]
    label: str
    done: str
    clause: str = ""


HELD = ("delivered", "in use", "damaged", "end of agreement", "return due")
OUT = (*HELD, "lost", "stolen")
MOVES: Mapping[str, Move] = {
    move.name: move
    for move in (
        Move("deliver", "delivered", ("ordered",), "Delivered", "delivered", "29.4"),
        Move("use", "in use", ("delivered", "damaged", "lost", "stolen"), "In use", "put in use"),
        Move("lose", "lost", HELD, "Lost", "reported lost", "33.3"),
        Move("steal", "stolen", (*HELD, "lost"), "Stolen", "reported stolen", "33.3"),
        Move(
            "damage",
            "damaged",
            ("delivered", "in use", "end of agreement", "return due"),
            "Damaged",
            "reported damaged",
            "33.3",
        ),
        Move("end", "end of agreement", ("delivered", "in use", "damaged"), "Rental ended", "at its end", "35.1"),
        Move(
            "call",
            "return due",
            ("delivered", "in use", "damaged", "end of agreement"),
            "Called back",
            "called back",
            "35.1",
        ),
        Move("return", "returned", (*OUT, "written off"), "Returned", "returned", "35.1"),
        Move("inspect", "inspected", ("returned", "inspected"), "Inspected", "inspected", "35.3"),
        Move("settle", "settled", ("inspected",), "Settled", "settled", "35.3"),
        Move("write-off", "written off", ("ordered", *OUT), "Written off", "written off", "33.2"),
        Move("rent", "ordered", ("settled",), "Rented again", "rented again", "29.2"),
    )
}
"""Every move there is; what is not among them is refused."""
STATES = tuple(dict.fromkeys(["ordered", *(move.to for move in MOVES.values())]))


@dataclass(frozen=True)
class Happened:
    """Something that happened to an item on a day: a move, or a fact that moves nothing."""

    kind: str
    on: date
    data: Mapping[str, Any]


@cache
def house() -> Mapping[str, Any]:
    """The checklist, what can be found, the kinds of costs with their clauses, and how often the house asks."""
    text = (Path(__file__).parent / "data" / "hardware.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def tag(given: str) -> str:
    """An asset tag as it is kept, in capitals; Refused for what is no tag."""
    found = given.strip().upper()
    if not _TAG.fullmatch(found):
        raise Refused(
            f"{given.strip()[:60]!r} is no asset tag; use up to 40 letters, digits, dots and dashes, as in LT-0042.",
            field="tag",
        )
    return found


def tags(given: str) -> tuple[str, ...]:
    """Asset tags as people paste them, one after the other or a line each; each once."""
    found = tuple(dict.fromkeys(tag(word) for word in re.split(r"[\s,;]+", given) if word))
    if not found:
        raise Refused("Name one asset tag or more, such as LT-0042 LT-0043.", field="tags")
    return found


def new(values: Mapping[str, Any], client: str) -> Item:
    """An item that was just registered; Refused for a tag that is none, or texts that are too long."""
    given = {name: value for name, value in values.items() if value not in (None, "")}
    for name, value in given.items():
        if isinstance(value, str) and (len(value) > LONGEST or not value.isprintable()):
            raise Refused(f"{name} must be one line of up to {LONGEST} characters.", field=name)
    return Item(**given | {"tag": tag(str(given["tag"])), "client": client})


def standing(item: Item, ends: date | None, due: date | None, today: date) -> str:
    """Where an item stands on a day: after its rental's end at the end of agreement, from the last day for returning it
    return due, whether somebody said so or not.
    """
    if item.state not in HELD or ends is None or today <= ends:
        return item.state
    if item.state == "return due" or (due is not None and today >= due):
        return "return due"
    return "end of agreement"


def check(item: Item, stands: str, move: str, on: date, today: date) -> None:
    """Refused where an item cannot make a move from where it stands, on that day."""
    known = MOVES[move]
    if stands not in known.since:
        could = ", ".join(other.done for other in MOVES.values() if stands in other.since) or "nothing more"
        raise Refused(f"{item.tag} cannot be {known.done}: it is {said(stands)}. From there it can be: {could}.")
    _check_day(item, on, today, () if move in ("deliver", "rent") else ("delivered",))
    if move == "inspect":
        _check_day(item, on, today, ("returned",))


def check_fact(item: Item, kind: str, on: date, today: date) -> None:
    """Refused where a fact that moves nothing cannot be told of an item, or not of that day."""
    if kind in OF_OUT and not item.out:
        raise Refused(f"{item.tag} is {said(item.state)}: no Client has it; that is told of what is out alone.")
    if kind == "lift" and not item.alarm:
        raise Refused(f"No attachment of {item.tag} is reported, so that none can be lifted.")
    _check_day(item, on, today, ("delivered",) if kind in OF_OUT else ())


OF_OUT = ("attach", "hand-over", "check")
"""Facts about what a Client has."""


def _check_day(item: Item, on: date, today: date, after: tuple[str, ...]) -> None:
    if on > today:
        raise Refused(f"{days.spoken(on)} has not come yet; give the day on which it happened.", field="on")
    for happened in after:
        day = getattr(item, happened)
        if day and on < day:
            raise Refused(
                f"{days.spoken(on)} is before {item.tag} was {happened} ({days.spoken(day)}); give a later day.",
                field="on",
            )


def said(state: str) -> str:
    """A state as it stands in a sentence."""
    return "at the end of its agreement" if state == "end of agreement" else state


def after(item: Item, happened: Happened) -> Item:
    """The item once something has happened to it; what the events say is all that an item is."""
    if happened.kind == "rent":
        return of_data({name: happened.data[name] for name in _GIVEN if name in happened.data} | {"tag": item.tag})
    state = MOVES[happened.kind].to if happened.kind in MOVES else item.state
    change = CHANGES.get(happened.kind)
    return replace(item, state=state, **(change(item, happened.on, happened.data) if change else {}))


Data = Mapping[str, Any]
CHANGES: Mapping[str, Callable[[Item, date, Data], dict[str, Any]]] = {
    "deliver": lambda item, on, data: {"delivered": on, "checked": on, **_placed(data)},
    "use": lambda item, on, data: {"checked": on, **_placed(data)},
    "hand-over": lambda item, on, data: {"checked": on, **_placed(data)},
    "end": lambda item, on, data: {"ends": on},
    "return": lambda item, on, data: {"returned": on, "written_off": None, "alarm": "", "owed": _owed(item, data)},
    "inspect": lambda item, on, data: {"owed": _inspected(item, data)},
    "write-off": lambda item, on, data: {"written_off": on, "owed": _owed(item, data)},
    "charge": lambda item, on, data: {
        "charged_until": date.fromisoformat(data["until"]),
        "charged": {reading: Decimal(sum) for reading, sum in data["charged"].items()},
        "owed": tuple(data.get("owed", ())),
    },
    "insure": lambda item, on, data: {"insured_until": date.fromisoformat(data["until"])},
    "check": lambda item, on, data: {"checked": on},
    "attach": lambda item, on, data: {"alarm": str(data["what"])},
    "lift": lambda item, on, data: {"alarm": ""},
    "edit": lambda item, on, data: {name: _valued(name, data[name]) for name in _GIVEN if name in data},
}
"""What each thing that happens changes besides where the item stands; what is not named here changes nothing."""


def _placed(data: Data) -> dict[str, Any]:
    """Where an item is now, and who has it, as far as that was told."""
    return {name: data[name] for name in ("place", "holder") if data.get(name)}


def _owed(item: Item, data: Data) -> tuple[Mapping[str, str], ...]:
    return (*item.owed, *data.get("costs", ()))


def _inspected(item: Item, data: Data) -> tuple[Mapping[str, str], ...]:
    """An inspection takes the place of the one before it; what the return itself cost stays."""
    return (*(cost for cost in item.owed if cost.get("from") != "inspect"), *data.get("costs", ()))


def folded(happened: Iterable[Happened]) -> Item:
    """An item from all that happened to it, the first thing being that it was added."""
    first, *others = happened
    item = of_data(first.data)
    for other in others:
        item = after(item, other)
    return item


def to_data(item: Item) -> dict[str, Any]:
    """An item as JSON values; what is empty is left out."""
    return {name: _plain(value) for name, value in vars(item).items() if value not in (None, "", ())}


def of_data(data: Mapping[str, Any]) -> Item:
    """The item in JSON values."""
    return Item(**{name: _valued(name, value) for name, value in data.items() if name in _NAMES})


def _valued(name: str, value: Any) -> Any:
    read = _READ.get(name)
    return read(value) if read else value


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _sum(value: Any) -> Decimal | None:
    return Decimal(value) if value is not None else None


def _sums(value: Any) -> Mapping[str, Decimal]:
    return {reading: Decimal(sum) for reading, sum in (value or {}).items()}


_NAMES = {field.name for field in fields(Item)}
_DAYS = ("ends", "delivered", "returned", "written_off", "insured_until", "checked", "charged_until")
_READ: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(_DAYS, _day),
    **{"fee": _sum, "value": _sum, "charged": _sums, "owed": tuple},
}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return money.amount(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def costs(kinds: Mapping[str, Decimal], since: str) -> tuple[dict[str, str], ...]:
    """Costs of a return or an inspection (``since``) with the clause that makes the Client pay; nothing for zero."""
    known = house()["costs"]
    return tuple(
        {"kind": kind, **known[kind], "amount": money.amount(money.cents(sum)), "from": since}
        for kind, sum in kinds.items()
        if sum
    )


def charged_findings(conditions: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """What a checklist found that is at the Client's expense: the part, what was found, the clause."""
    shelf = house()
    return tuple(
        (shelf["checklist"][part], found, shelf["conditions"][found]["clause"])
        for part, found in conditions.items()
        if shelf["conditions"][found]["charged"]
    )


def a_year_after(day: date, which: str) -> date:
    """The day on which the house asks again (``check`` or ``insurance``), so many months after a day."""
    return days.months_later(day, int(house()["every"][f"{which}_months"]))


def answer_by(day: date) -> date:
    """The day on which a question of ``day`` that nobody answered goes to the manager."""
    return day + timedelta(days=int(house()["every"]["answer_days"]))
