"""No number of the contract stands in a rule: all come from terms, with their words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge import rules as package
from knowledge.inputs import READ
from knowledge.rules import of, rules

HARMLESS = {0, 1, 12, 100, 365}
FILES = sorted(Path(package.__file__).parent.glob("*.py"))


def numbers(tree: ast.AST) -> Iterator[tuple[int, object]]:
    """Every number in the code, signs aside, with its line; also those given to Decimal or Fraction as text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float, complex):
            yield node.lineno, node.value
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Decimal", "Fraction", "int", "float"):
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield node.lineno, float(argument.value)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_rule_holds_no_number_of_the_contract(path: Path) -> None:
    found = [(line, number) for line, number in numbers(ast.parse(path.read_text("utf-8"))) if number not in HARMLESS]
    assert not found


def test_the_check_finds_numbers_however_they_are_written() -> None:
    tree = ast.parse('a = 5\nb = -30\nc = Decimal("0.5")\nd = Decimal(250)\ne = 1.5\nf = 365')
    assert {number for _, number in numbers(tree)} - HARMLESS == {5, 30, 0.5, 250, 1.5}


def test_a_rule_is_one_file_named_for_its_kind() -> None:
    names = {path.stem.replace("_", "-") for path in FILES if not path.stem.startswith("_")}
    assert names == {kind for _, kind in rules()}


def test_all_kinds_are_there() -> None:
    assert {rule.kind for rule in of("fee")} >= {
        "cancellation", "fair-use", "hardware-overdue", "late-payment", "liability", "price-revision", "surcharge",
        "time-and-cost",
    }  # fmt: skip
    assert {rule.kind for rule in of("deadline") if rule.clauses} >= {
        "audit-cooperation", "audit-earliest", "breach-authority", "breach-client", "cancellation-free",
        "cancellation-half", "candidate-replacement", "defect-claim", "delivery-damage", "force-majeure-termination",
        "hardware-return", "insurance-proof", "loss-report", "non-solicitation-end", "payment-due",
        "quotation-expiry", "terms-change-objection",
    }  # fmt: skip
    own = {rule.kind for rule in of("deadline") if not rule.clauses}
    assert own == {"renewal-notice", "renewal-opens"}, "no clause has them"


def test_every_input_has_a_label_and_a_type_that_is_read() -> None:
    for rule in rules().values():
        assert rule.help
        for field in rule.fields:
            assert field.label
            assert field.type in READ
