"""Agreements as people write them: what is right is kept as it stands, what is wrong is refused with its key."""

from decimal import Decimal

import pytest

from knowledge.agreements import disputes, read, with_amendment
from knowledge.library import load
from knowledge.refused import Refused
from knowledge.rules import rules

LIBRARY = load()
HEAD = 'slug = "acme"\nclient = "Acme NV"\n'
AMENDMENT = '[[amendments]]\nname = "A"\namends = "ITQ"\n'
TERM = '[[amendments.terms."payment.term"]]\nvalue = 45\nunit = "days"\nclause = "3"\nwords = "forty-five days"\n'
SETTLED = '[[amendments.settles."cancellation"]]\nreading = "strict"\nclause = "4"\nwords = "Working Days"\n'


def test_an_agreement_is_read_with_what_it_sets() -> None:
    agreement = read(
        HEAD + 'country = "NL"\nrate = 150.5\nconcluded = 2026-01-15\n' + AMENDMENT + TERM + SETTLED, LIBRARY
    )
    assert (agreement.country, agreement.zone, agreement.rate) == ("NL", "Europe/Brussels", Decimal("150.50"))
    assert [special.name for special in agreement.overrides.amendments] == ["A"]
    assert read(agreement.text, LIBRARY) == agreement, "what is kept reads the same"


def test_a_condition_is_added_to_those_that_stand() -> None:
    agreement = read(HEAD + AMENDMENT + TERM, LIBRARY)
    more = {
        "name": "B",
        "amends": "A",
        "settles": {"cancellation": [{"reading": "strict", "clause": "1", "words": "w"}]},
    }
    assert [special.name for special in with_amendment(agreement, more, LIBRARY).amendments] == ["A", "B"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("slug = ", "is not TOML"),
        ('slug = "acme"\n', "needs a client"),
        ('slug = "Ac me"\nclient = "A"\n', "slug is 'ac me'"),
        (HEAD + "colour = 1\n", "has no 'colour'"),
        (HEAD + 'country = "Atlantis"\n', "Atlantis"),
        (HEAD + 'zone = "Mars"\n', "Mars"),
        (HEAD + "rate = -1\n", "zero or more"),
        (HEAD + "rate = true\n", "rate is True"),
        (HEAD + 'concluded = "soon"\n', "concluded is 'soon'"),
        (HEAD + "concluded = 2026-01-01\nends = 2025-01-01\n", "before it was concluded"),
        (HEAD + "concluded = 0001-01-01\n", "concluded is 0001-01-01; give a date from 1990 to 2099"),
        (HEAD + "ends = 9999-12-31\n", "ends is 9999-12-31; give a date from 1990 to 2099"),
        (HEAD + AMENDMENT + TERM + "from = 0001-01-01\n", "from is 0001-01-01; give a date from 1990"),
        (HEAD + AMENDMENT + SETTLED + SETTLED, "two settlements of cancellation hold on the same day"),
        (
            HEAD + AMENDMENT + SETTLED + AMENDMENT.replace('"A"', '"B"') + SETTLED.replace("strict", "working-days"),
            "both settle cancellation for the same days; say which prevails",
        ),
        (HEAD + '[versions]\nitq = "2099"\n', "has no version '2099'"),
        (HEAD + '[versions]\nacme = "1"\n', "There is no document 'acme'"),
        (HEAD + AMENDMENT + TERM.replace("payment.term", "payment.team"), "there is no term 'payment.team'"),
        (HEAD + AMENDMENT + TERM.replace('"forty-five days"', '""'), "has no words"),
        (HEAD + AMENDMENT + TERM + TERM, "hold on the same day, 45 days always and 45 days always"),
        (HEAD + AMENDMENT.replace('"ITQ"', '"A"'), "amend themselves"),
        (
            HEAD + AMENDMENT + SETTLED.replace("strict", "kind"),
            "cancellation has no reading 'kind'; it has: calendar-days",
        ),
        (HEAD + AMENDMENT + SETTLED.replace("cancellation", "payment-due"), "no disputed reading to settle"),
    ],
)
def test_what_is_wrong_is_refused_with_its_key(text: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        read(text, LIBRARY)
    assert said in str(refused.value)


def test_every_kind_with_several_readings_can_be_settled() -> None:
    assert set(disputes()) == {rule.kind for rule in rules().values() if len(rule.readings) > 1}
    assert disputes()["late-payment"] == ("literal", "client", "itq")
