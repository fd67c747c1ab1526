"""Notices and the sheet: every field is said, and each sentence names its own."""

from datetime import timedelta

import pytest

from knowledge.breach import acts, clocks, letters
from knowledge.breach.acts import Act
from tests.knowledge.breach.incidents import LIBRARY, NOW, WHOLE, ZONE, answered, begun, nobody, told


@pytest.mark.parametrize("code", ["en", "nl", "fr"])
def test_a_notice_says_every_field_and_each_sentence_names_its_own(code: str) -> None:
    incident = answered(begun(), **WHOLE)
    letter = letters.compose(incident, "acme", "Acme NV", code, clocks.clocks(incident, LIBRARY, nobody), NOW)
    text = " ".join(sentence.text for sentence in letter.sentences)
    for words in (
        "Mail went astray",
        "A wrong address",
        "40",
        "Employees of the client",
        "deleted it",
        "service desk",
        "23",
    ):
        assert words in text
    assert letters.language(code)["choices"]["contact"] in text
    assert all(sentence.fields and sentence.clause for sentence in letter.sentences)
    assert {f"ITQ 43.3 ({n})" for n in range(1, 10)} <= {sentence.clause for sentence in letter.sentences}
    assert "{" not in text + " ".join((*letter.opening, *letter.closing, letter.title))


def test_a_notice_says_what_is_unknown_and_a_follow_up_what_is_new() -> None:
    incident = told(answered(begun(), **(dict(WHOLE) | {"cause": None})))
    follow = letters.compose(incident, "acme", "Acme NV", "en", (), NOW)
    assert (follow.phase, [s.fields for s in follow.sentences]) == (2, [("cause",)])
    later = Act(NOW + timedelta(hours=2), "U0RAVI")
    incident = acts.answer(incident, {"cause": "A wrong address"}, ZONE, later)[0]
    follow = letters.compose(incident, "acme", "Acme NV", "en", (), later.at)
    assert [(s.text, s.known) for s in follow.sentences] == [("Supposed or known cause: A wrong address", True)]


def test_what_was_answered_after_the_letter_was_made_is_new_in_the_next_one() -> None:
    minute = timedelta(minutes=1)
    incident = acts.write_letter(answered(begun(), **WHOLE), "acme", "en", "Notice", Act(NOW + 5 * minute, "U0RAVI"))[0]
    incident = acts.answer(incident, {"cause": "Phishing"}, ZONE, Act(NOW + 10 * minute, "U0RAVI"))[0]
    incident = told(incident, at=NOW + 15 * minute)
    assert incident.notices[0].made_at == (NOW + 5 * minute).isoformat()
    follow = letters.compose(incident, "acme", "Acme NV", "en", (), NOW + 20 * minute)
    assert [s.text for s in follow.sentences] == ["Supposed or known cause: Phishing"]


def test_the_reason_of_a_delay_is_traced_to_whoever_gave_it_and_told_once() -> None:
    later = Act(NOW + timedelta(hours=30), "U0MARIE")
    incident = acts.explain_delay(told(answered(begun(), **WHOLE)), "client:acme", "Nobody was awake", later)[0]
    follow = letters.compose(incident, "acme", "Acme NV", "en", (), later.at)
    assert [s.text for s in follow.sentences] == ["This notice comes late, for this reason: Nobody was awake"]
    assert letters.trace(incident, follow)[0][1:] == ("GDPR 33(1): delay", "client:acme by U0MARIE, 2026-11-25T07:30Z")
    again = told(incident, at=later.at + timedelta(hours=1))
    assert letters.compose(again, "acme", "Acme NV", "en", (), later.at).sentences == ()


def test_the_sheet_has_every_item_of_33_3_with_its_answer() -> None:
    sheet = letters.sheet(told(answered(begun(), **WHOLE)), "acme", "Acme NV", "nl")
    answers = {name: answer for name, answer, _ in sheet.rows}
    assert answers["Categorieën personen"] == "Employees of the client"
    assert answers["Wat verloren ging"] == "vertrouwelijkheid"
    assert {"33(3)(a)", "33(3)(b)", "33(3)(c)", "33(3)(d)"} <= {clause for _, _, clause in sheet.rows}
