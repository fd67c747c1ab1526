"""The readings that a rule declares are those that its worked examples have: none more, none fewer."""

from handlers.parse import from_json
from knowledge.answer import Family
from knowledge.rules import compute, rules
from tests.knowledge.asking import LIBRARY, NOW
from tests.knowledge.test_rules_cases import cases


def test_declared_readings_are_those_that_come_out() -> None:
    found: dict[tuple[str, str], dict[str, None]] = {}
    for param in cases():
        case = param.values[0]
        if "refused" in case:
            continue
        family: Family = "fee" if ("fee", case["kind"]) in rules() else "deadline"
        asked = from_json(family, case["kind"], case["in"], now=NOW, agreements=lambda _: None)
        names = [reading.name for reading in compute(asked.rule, asked.question, LIBRARY, id="x").readings]
        assert set(names) <= set(asked.rule.readings), case["kind"]
        found.setdefault((family, case["kind"]), {}).update(dict.fromkeys(names))
    assert {key: set(names) for key, names in found.items()} == {
        key: set(rule.readings) for key, rule in rules().items()
    }
