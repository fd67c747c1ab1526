"""Worked examples, derived by hand from the words of the clauses: ``tests/cases/*.toml``."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from knowledge.refused import Refused
from knowledge.rules import rules
from tests.knowledge.asking import deadline, fee, totals

CASES = Path(__file__).parent.parent / "cases"


def cases() -> list[Any]:
    found = []
    for path in sorted(CASES.glob("*.toml")):
        for case in tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)["case"]:
            kind = case.setdefault("kind", path.stem)
            found.append(pytest.param(case, id=f"{kind}: {case['name']}"))
    return found


@pytest.mark.parametrize("case", cases())
def test_worked_example(case: dict[str, Any]) -> None:
    family = "fee" if ("fee", case["kind"]) in rules() else "deadline"
    ask = fee if family == "fee" else deadline
    if "refused" in case:
        with pytest.raises(Refused) as refused:
            ask(case["kind"], **case["in"])
        assert case["refused"] in str(refused.value)
        return
    found = ask(case["kind"], **case["in"])
    if family == "fee":
        assert totals(found) == case["readings"]
    else:
        assert {r["name"]: [r["date"], r["extended"]] for r in found["readings"]} == case["readings"]
    by_name = {reading["name"]: reading for reading in found["readings"]}
    for name, lines in case.get("lines", {}).items():
        assert [line_as(lines[0], line) for line in by_name[name]["lines"]][: len(lines)] == lines
        if family == "fee" and case["kind"] == "surcharge":
            assert len(by_name[name]["lines"]) == len(lines)
    for name, extras in case.get("extras", {}).items():
        assert {key: by_name[name][key] for key in extras} == extras
    assert {key: found[key] for key in case.get("all", {})} == case.get("all", {})
    if "skipped" in case:
        assert [[day["date"], day["why"]] for day in found["skipped"]] == case["skipped"]


def line_as(like: list[object], line: dict[str, Any]) -> list[object]:
    if len(like) == len(("category", "minutes", "amount")):
        return [line["category"], line["minutes"], line["amount"]]
    return [line.get("from"), line.get("to"), line.get("days"), line["amount"]]


def test_every_kind_has_worked_examples() -> None:
    worked = {case.values[0]["kind"] for case in cases()}
    assert worked == {kind for _, kind in rules()}
