"""The data that the breach rooms read: what is asked and required, moves, severity factors, typical cases, schedules."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.fields import Field

FOLDER = Path(__file__).parent.parent / "data" / "breach"
ITQ, GDPR = "ITQ 43.3", "GDPR 33(3)"


@dataclass(frozen=True)
class Step:
    """One page of questions: its name, its title and the fields on it."""

    name: str
    title: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Requirement:
    """What a clause requires; met when all fields of one of the ways in ``any`` are answered."""

    ref: str
    name: str
    label: str
    words: str
    any: tuple[tuple[str, ...], ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field that can help to meet it, in order."""
        return tuple(dict.fromkeys(name for way in self.any for name in way))


@dataclass(frozen=True)
class Move:
    """One move: from which states to which, and what it needs."""

    name: str
    label: str
    sources: tuple[str, ...]
    to: str
    needs: tuple[str, ...]


@dataclass(frozen=True)
class Factor:
    """One factor of the severity, and what each answer is worth."""

    name: str
    part: str
    label: str
    worth: Mapping[str, Decimal]


@dataclass(frozen=True)
class Case:
    """A typical case: likely answers to start from, and what such cases led to."""

    name: str
    label: str
    led_to: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Schedule:
    """When the clocks of an incident speak: minutes before an end, hours after it, hours until an unknown is asked again."""

    minutes_before: tuple[int, ...]
    hours_after: int
    ask_again: tuple[int, ...]
    drill_speed: int
    retention_days: int


def table(name: str) -> dict[str, Any]:
    """A TOML file of this folder; numbers with a point are exact."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"), parse_float=Decimal)


@cache
def fields() -> Mapping[str, Field]:
    """Every question about a breach by its name, in the order in which they are asked."""
    found = {}
    for name, row in table("fields")["fields"].items():
        asked = dict(row)
        required = not asked.pop("optional", False)
        asked["choices"] = tuple(asked.get("choices", ()))
        found[name] = Field(**asked, name=name, required=required)
    return found


@cache
def steps() -> Mapping[str, Step]:
    """The pages of questions by name, the first form first."""
    return {row["name"]: Step(row["name"], row["title"], tuple(row["fields"])) for row in table("fields")["steps"]}


@cache
def requirements() -> tuple[Requirement, ...]:
    """What the clauses require, in their order."""
    return tuple(
        Requirement(row["ref"], row["name"], row["label"], row["words"], tuple(tuple(way) for way in row["any"]))
        for row in table("fields")["required"]
    )


@cache
def states() -> Mapping[str, str]:
    """The states of an incident with their names in words."""
    return dict(table("moves")["states"])


@cache
def moves() -> Mapping[str, Move]:
    """The moves by name."""
    return {
        row["name"]: Move(row["name"], row["label"], tuple(row["from"]), row["to"], tuple(row["needs"]))
        for row in table("moves")["moves"]
    }


@cache
def factors() -> tuple[Factor, ...]:
    """The factors of the severity, DPC and EI first."""
    return tuple(
        Factor(row["name"], row["part"], row["label"], {k: Decimal(v) for k, v in row["worth"].items()})
        for row in table("severity")["factors"]
    )


@cache
def levels() -> tuple[tuple[Decimal, str], ...]:
    """The least number of each level of severity, and its name, the lowest first."""
    return tuple((Decimal(row["least"]), row["name"]) for row in table("severity")["levels"])


@cache
def cases() -> Mapping[str, Case]:
    """The typical cases by name."""
    return {
        name: Case(name, row["label"], row["led_to"], row["facts"]) for name, row in table("cases")["cases"].items()
    }


@cache
def schedule() -> Schedule:
    """When the clocks speak."""
    row = table("clocks")
    return Schedule(
        tuple(row["remind_minutes_before"]),
        row["after_the_end_hours"],
        tuple(row["ask_again_hours"]),
        row["drill_speed"],
        row["retention_days"],
    )
