"""Declared inputs: what people enter into a record's form, read and bounded."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from knowledge.fields import Field, read
from knowledge.inputs import Here
from knowledge.refused import Refused

HERE = Here(datetime(2026, 11, 22, 12, tzinfo=UTC), ZoneInfo("Europe/Brussels"))
FIELDS = (
    Field(name="what", type="lines", label="What happened?", required=True),
    Field(name="how_many", type="number", label="How many people?", least=0),
    Field(name="told", type="yes-no", label="Was the Client told?"),
    Field(name="who", type="users", label="Who helps?"),
    Field(name="kinds", type="several", label="Kinds", choices=("name", "address")),
)


def test_values_are_read_by_their_type_and_empty_ones_left_out() -> None:
    given = {"what": "a\r\nb\x07", "how_many": "1200", "told": "Ja", "who": ["U0ANNA"], "kinds": "Name,address"}
    assert read(FIELDS, given, HERE) == {
        "what": "a\nb",
        "how_many": Decimal(1200),
        "told": True,
        "who": ("U0ANNA",),
        "kinds": ("name", "address"),
    }
    assert read(FIELDS, {"what": "x", "kinds": [], "told": ""}, HERE) == {"what": "x"}


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("what", "", "What happened?: this is needed."),
        ("how_many", "-1", "it must be 0 or more"),
        ("told", "perhaps", "say yes or no"),
        ("who", "anna", "a person's Slack id"),
        ("kinds", "shoe", "it is one of: name, address"),
    ],
)
def test_what_cannot_be_read_is_refused_under_its_field(name: str, given: str, said: str) -> None:
    with pytest.raises(Refused, match=said.replace("?", r"\?")) as refused:
        read(FIELDS, {"what": "x", name: given}, HERE)
    assert refused.value.field == name
