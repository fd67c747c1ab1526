"""What is asked about an incident, what is an answer, and what it weighs; worked by hand."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.breach import acts, data, letters, register
from knowledge.breach.completeness import completeness, missing, unknown
from knowledge.breach.severity import severity
from knowledge.refused import Refused
from tests.knowledge.breach.incidents import ACT, LIBRARY, NOW, WHOLE, ZONE, answered, begun, read


def test_the_words_of_every_requirement_of_43_3_stand_in_the_clause() -> None:
    clause = " ".join(LIBRARY.document("itq").clause("43.3").text.split())
    ours = [r for r in data.requirements() if r.ref == "ITQ 43.3"]
    assert len(ours) == 9
    for requirement in ours:
        assert requirement.words in clause


def test_every_field_is_asked_in_some_step_and_every_requirement_names_fields() -> None:
    asked = {name for step in data.steps().values() for name in step.fields}
    assert asked == set(data.fields())
    assert {name for r in data.requirements() for name in r.fields} <= asked


def test_every_move_and_case_names_what_there_is() -> None:
    known = {"facts", "ITQ 43.3", "GDPR 33(3)", "told", "decided", "notified", "measures", "reason", "target"}
    for move in data.moves().values():
        assert {*move.sources, move.to} <= set(data.states())
        assert set(move.needs) <= known
    assert set(data.cases()) == {
        "ransomware", "exfiltration", "human-error", "lost-device", "mis-sent", "social-engineering",
    }  # fmt: skip
    for case in data.cases().values():
        read(dict(case.facts))


@pytest.mark.parametrize("code", ["en", "nl", "fr"])
def test_a_language_has_every_sentence_choice_and_row(code: str) -> None:
    words, english = letters.language(code), letters.language("en")
    for table in ("sentences", "choices", "rows"):
        assert words[table].keys() == english[table].keys()
    choices = {choice for field in data.fields().values() for choice in field.choices}
    assert choices <= words["choices"].keys()
    for name, said in words["sentences"].items():
        wanted = {part for part in data.fields() if f"{{{part}}}" in english["sentences"][name]}
        assert all(f"{{{part}}}" in said for part in wanted), name


def test_unknown_is_an_answer_and_empty_is_not() -> None:
    incident = begun()
    assert {met.requirement.name for met in missing(incident, "ITQ 43.3")} == {
        "date", "cause", "people", "group", "protected", "measures", "contact",
    }  # fmt: skip
    incident = answered(incident, cause=None, people=None)
    assert {met.requirement.name for met in missing(incident, "ITQ 43.3")} == {
        "date", "group", "protected", "measures", "contact",
    }  # fmt: skip
    assert unknown(incident) == ("cause", "people")
    incident = answered(incident, people_min=10, people_max=40)
    assert unknown(incident) == ("cause",), "a minimum and a maximum answer the number of people"


def test_a_whole_report_answers_both_clauses() -> None:
    assert {met.status for met in completeness(answered(begun(), **WHOLE))} == {"answered"}


def test_words_for_unknown_are_read_in_three_languages_and_the_zone_governs() -> None:
    found = read({"cause": "Onbekend", "people": "1 200", "aware_at": "24 nov 2026 02:00", "zone": "Europe/London"})
    assert found == {"cause": None, "people": 1200, "aware_at": "2026-11-24T02:00:00+00:00"}


@pytest.mark.parametrize(
    ("given", "unknown", "field"),
    [
        ({"clients": ["nobody"]}, (), "clients"),
        ({"cause": "a"}, ("cause",), "cause"),
        ({"people": "1.5"}, (), "people"),
        ({"people": "-1"}, (), "people"),
        ({"protected": "maybe"}, (), "protected"),
        ({"aware_at": "soonish"}, (), "aware_at"),
        ({"event_from": "2026-11-23"}, (), "event_from"),
        ({"people": 10.5}, (), "people"),
        ({"people": {"least": 3}}, (), "people"),
        ({"happened": ["a", "b"]}, (), "happened"),
        ({"aware_at": 5}, (), "aware_at"),
        ({"clients": [None]}, (), "clients"),
        ({"zone": "Mars/Base"}, (), "zone"),
        ({"colour": "red"}, (), "colour"),
        ({}, ("happened",), "happened"),
    ],
)
def test_what_is_no_answer_is_refused_under_its_field(
    given: dict[str, Any], unknown: tuple[str, ...], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        read(given, unknown)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"detected_at": "2026-11-24T02:10:00+01:00"}, "detected_at", "before detection"),
        ({"event_from": "2026-11-25T02:10:00+01:00"}, "event_from", "in the future"),
        ({"people_min": 9, "people_max": 3}, "people_min", "above the maximum"),
        (
            {"event_from": "2026-11-23T10:00:00+01:00", "event_until": "2026-11-23T09:00:00+01:00"},
            "event_until",
            "ends",
        ),
        ({"event_until": "2026-11-23T09:00:00+01:00"}, "event_until", "needs a beginning"),
        ({"event_from": "2026-11-24T02:20:00+01:00"}, "event_from", "before the event"),
        ({"people": 4, "people_min": 1, "people_max": 5}, "people", "not both"),
        ({"aware_at": ""}, "aware_at", "answered before"),
    ],
)
def test_answers_that_do_not_hold_together_are_refused(values: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(Refused, match=words) as refused:
        answered(begun(), **values)
    assert refused.value.field == field


def test_awareness_before_detection_is_refused_under_awareness() -> None:
    with pytest.raises(Refused) as refused:
        answered(begun(), detected_at="2026-11-24T01:30:00+01:00", aware_at="2026-11-24T01:00:00+01:00")
    assert refused.value.field == "aware_at"


def test_a_case_proposes_only_what_was_not_answered_and_answers_nothing_itself() -> None:
    incident, events = acts.suppose(answered(begun(), cause="A wrong address"), "mis-sent", ACT)
    assert [(event.what, event.after) for event in events] == [("case", "mis-sent")]
    assert acts.likely(incident).keys() == {"kinds", "protected", "consequences", "measures_planned"}
    assert "kinds" not in incident.facts
    assert {met.status for met in completeness(incident) if met.requirement.name == "protected"} == {"missing"}
    with pytest.raises(Refused, match="no case"):
        acts.suppose(incident, "aliens", ACT)


def test_a_time_is_told_in_a_zone_of_its_own_and_the_zone_can_be_put_right() -> None:
    zones = {"event_from": "America/New_York"}
    values = read(
        {"event_from": "2026-11-23 10:00", "event_zone": "America/New_York", "detected_at": "2026-11-24 01:30"}
    )
    assert values == {"event_from": "2026-11-23T10:00:00-05:00", "detected_at": "2026-11-24T01:30:00+01:00"}
    incident, _ = acts.answer(begun(), values, ZONE, ACT, zones=zones)
    assert [incident.facts[n].zone for n in ("event_from", "detected_at", "aware_at")] == [
        "America/New_York",
        ZONE,
        ZONE,
    ]
    # The same moment, ten in the morning in New York, is told as clocks in London show it.
    incident, events = acts.answer(incident, {}, ZONE, ACT, zones={"event_from": "Europe/London"})
    assert [(e.what, e.before, e.after, e.note) for e in events] == [
        ("event_from", "2026-11-23T10:00:00-05:00", "2026-11-23T15:00:00+00:00", "Europe/London")
    ]
    assert acts.answer(incident, {}, ZONE, ACT, zones={"event_from": "Europe/London"})[1] == ()


def test_a_day_without_a_time_is_a_date_and_the_moment_takes_its_place() -> None:
    incident = answered(begun(), **read({"event_on": "23 nov 2026"}))
    assert incident.value("event_on") == "2026-11-23"
    assert "date" not in {met.requirement.name for met in missing(incident, "ITQ 43.3")}
    letter = letters.compose(incident, "acme", "Acme NV", "nl", (), NOW)
    assert "De inbreuk vond plaats op maandag 23 november 2026 (Europe/Brussels)." in [s.text for s in letter.sentences]
    assert register.line(incident)["occurred_from"] == "2026-11-23"
    incident, events = acts.answer(incident, {"event_from": WHOLE["event_from"]}, ZONE, ACT)
    assert {(e.what, e.after) for e in events} == {("event_on", None), ("event_from", WHOLE["event_from"])}
    for values, field in (
        ({"event_on": "2026-11-25"}, "event_on"),
        ({"event_on": "2026-11-23", "event_from": "2026-11-23T18:00:00+01:00"}, "event_on"),
    ):
        with pytest.raises(Refused) as refused:
            answered(begun(), **values)
        assert refused.value.field == field


def test_every_answer_that_is_wrong_is_told_under_its_field_at_once() -> None:
    with pytest.raises(Refused) as refused:
        read({"people": "-1", "protected": "maybe", "clients": ["nobody"], "cause": "fine"})
    assert {refused.value.field, *refused.value.others} == {"people", "protected", "clients"}
    with pytest.raises(Refused) as refused:
        answered(
            begun(), people_min=9, people_max=3, event_from="2026-11-25T02:10:00+01:00", records_min=2, records_max=1
        )
    assert {refused.value.field, *refused.value.others} == {"people_min", "event_from", "records_min"}


def test_severity_worked_by_hand() -> None:
    # Financial data (3), recognisable at once (1), an unknown number of people saw them (0.5), on purpose (0.5): 4, very high.
    worst = severity(
        {
            "dpc": "financial: income, accounts, cards",
            "ei": "at once, from the data alone",
            "confidentiality": "an unknown number of people",
            "integrity": "no",
            "availability": "no",
            "malicious": "yes",
        }
    )
    assert (worst.number, worst.level) == (Decimal(4), "very high")
    # Behaviour (2) mostly recognisable (0.75) = 1.5; known people (0.25), for a time (0.25): 2, medium.
    middle = severity(
        {
            "dpc": "behaviour: location, traffic, habits",
            "ei": "mostly, with a little searching",
            "confidentiality": "a known number of people",
            "integrity": "no",
            "availability": "for a time",
            "malicious": "no, an error or mishap",
        }
    )
    assert (middle.number, middle.level) == (Decimal(2), "medium")
    assert middle.told == "2 (medium) = DPC 2 x EI 0.75 + CB 0.5 (confidentiality 0.25, availability 0.25)"
    with pytest.raises(Refused) as refused:
        severity({})
    assert refused.value.field == "dpc"


@given(st.fixed_dictionaries({f.name: st.sampled_from(list(f.worth)) for f in data.factors()}))
def test_severity_lies_between_its_bounds_and_has_a_level(chosen: dict[str, str]) -> None:
    found = severity(chosen)
    assert Decimal("0.25") <= found.number <= 6
    bounds = zip((2, 3, 4), ("low", "medium", "high"), strict=True)
    assert found.level == next((name for bound, name in bounds if found.number < bound), "very high")


def test_overriding_the_severity_needs_a_reason() -> None:
    chosen = {f.name: next(iter(f.worth)) for f in data.factors()}
    with pytest.raises(Refused) as refused:
        acts.grade(begun(), chosen, ACT, level="high")
    assert refused.value.field == "reason"
    incident = acts.grade(begun(), chosen, ACT, level="high", reason="The press knows")[0]
    assert register.line(incident)["severity"].startswith("high: set by a person: The press knows; computed 0.25 (low)")
    [event] = acts.grade(incident, chosen, ACT)[1]
    assert (event.before, event.after) == ("high", "low")
