"""An incident by itself: what is required, which moves there are, what it weighs, when its clocks end; worked by hand."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.breach import acts, clocks, data, letters, merging, reading, register
from knowledge.breach.acts import Act
from knowledge.breach.completeness import completeness, missing, unknown
from knowledge.breach.incident import Incident, from_json, to_json
from knowledge.breach.severity import severity
from knowledge.inputs import Here
from knowledge.library import load
from knowledge.refused import Refused
from knowledge.terms import Overrides

LIBRARY = load()
ZONE = "Europe/Brussels"
NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
ACT = Act(NOW, "U0RAVI")
FIRST = {"happened": "Mail went astray", "aware_at": "2026-11-24T02:00:00+01:00", "clients": ["acme"]}
WHOLE: Mapping[str, Any] = {
    "event_from": "2026-11-23T18:00:00+01:00",
    "detected_at": "2026-11-24T01:00:00+01:00",
    "cause": "A wrong address",
    "kinds": ["confidentiality"],
    "people": 40,
    "groups": "Employees of the client",
    "data_types": ["contact"],
    "protected": "no",
    "records": 40,
    "consequences": "Unwanted mail",
    "measures_taken": "The recipient deleted it",
    "contact": "The service desk",
    "dpo": "dpo@itq.example",
}


def begun(**more: Any) -> Incident:
    return acts.begin("INC-2026-001", FIRST | more, ZONE, ACT, drill=False)[0]


def answered(incident: Incident, **values: Any) -> Incident:
    return acts.answer(incident, values, ZONE, ACT)[0]


def read(given: Mapping[str, Any], unknown: tuple[str, ...] = ()) -> dict[str, Any]:
    return reading.read(given, unknown, Here(NOW, ZoneInfo(ZONE)), lambda _: ["acme", "tulip"])


def told(incident: Incident, about: str = "acme", at: datetime = NOW) -> Incident:
    return acts.notify(
        incident,
        about,
        language="en",
        to="Jo",
        how="e-mail",
        told_at=at,
        evidence="https://mail.example/1",
        act=Act(at, "U0RAVI"),
    )[0]


def nobody(_: str) -> Overrides | None:
    return None


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


def test_a_change_is_an_entry_from_what_to_what_and_nothing_else_is() -> None:
    incident, events = acts.answer(begun(), {"cause": None, "happened": FIRST["happened"]}, ZONE, ACT)
    assert [(e.what, e.before, e.after) for e in events] == [("cause", None, "unknown")]
    later = Act(NOW + timedelta(hours=1), "U0MARIE")
    incident, events = acts.answer(incident, {"cause": "Phishing"}, ZONE, later)
    assert [(e.what, e.before, e.after) for e in events] == [("cause", "unknown", "Phishing")]
    assert (incident.facts["cause"].by, incident.facts["cause"].at) == ("U0MARIE", later.stamp)


def test_the_whole_way_to_closed_and_what_each_move_still_needs() -> None:
    incident = begun()
    with pytest.raises(Refused, match="suspected; from there: It is a breach"):
        acts.move(incident, "close", ACT)
    incident = acts.move(incident, "confirm", ACT)[0]
    with pytest.raises(Refused, match=r"ITQ 43\.3 supposed or known cause.*notice to acme with evidence"):
        acts.move(incident, "inform-client", ACT)
    incident = told(answered(incident, **WHOLE))
    incident = acts.move(incident, "inform-client", ACT)[0]
    with pytest.raises(Refused, match="notice to the authority"):
        acts.move(incident, "inform-authority", ACT)
    incident = acts.move(incident, "contain", ACT)[0]
    with pytest.raises(Refused, match="whether the authority is informed"):
        acts.move(incident, "close", ACT, reason="done")
    incident = acts.decide(incident, "authority", inform=False, reason="The client judged the risk as none", act=ACT)[0]
    with pytest.raises(Refused) as refused:
        acts.move(incident, "close", ACT)
    assert refused.value.field == "reason"
    closed = acts.move(incident, "close", ACT, reason="Everybody was told")[0]
    assert (closed.state, closed.closed_at) == ("closed", ACT.stamp)
    with pytest.raises(Refused, match="reopen it first"):
        answered(closed, cause="Another one")
    again = acts.move(closed, "reopen", ACT, reason="More mails came up")[0]
    assert (again.state, again.closed_at) == ("confirmed", "")


def test_each_client_has_an_authority_of_its_own_to_inform() -> None:
    incident = answered(begun(clients=["acme", "tulip"]), **WHOLE)
    incident = told(told(told(incident, "acme"), "tulip"), "authority:acme")
    found = {clock.name: clock.open for clock in clocks.clocks(incident, LIBRARY, nobody)}
    assert (found["authority:acme"], found["authority:tulip"]) == (False, True)
    incident = replace(incident, state="contained")
    with pytest.raises(Refused, match="whether the authority of acme, tulip is informed"):
        acts.move(incident, "close", ACT, reason="x")
    incident = acts.decide(incident, "authority:acme", inform=True, reason="It asked us to", act=ACT)[0]
    with pytest.raises(Refused, match="whether the authority of tulip is informed"):
        acts.move(incident, "close", ACT, reason="x")
    incident = acts.decide(incident, "authority:tulip", inform=False, reason="It saw no risk", act=ACT)[0]
    assert acts.move(incident, "close", ACT, reason="x")[0].state == "closed"
    with pytest.raises(Refused, match="nobody to inform"):
        acts.decide(begun(), "authority:tulip", inform=False, reason="x", act=ACT)


def test_a_client_that_is_not_informed_needs_a_reason() -> None:
    incident = acts.move(answered(begun(), **WHOLE), "confirm", ACT)[0]
    incident = acts.decide(incident, "acme", inform=False, reason="Only encrypted data, the key is safe", act=ACT)[0]
    assert acts.move(incident, "inform-client", ACT)[0].state == "client-informed"


@given(st.sampled_from(sorted(data.states())), st.sampled_from(sorted(data.moves())))
def test_only_the_table_moves_an_incident(state: str, name: str) -> None:
    incident = replace(told(told(answered(begun(), **WHOLE)), "authority"), state=state)
    decided = acts.Decision("authority", True, "Acme asked us to", ACT.stamp, ACT.by)
    incident = replace(incident, decisions=(decided,))
    move = data.moves()[name]
    if state in move.sources:
        assert acts.move(incident, name, ACT, reason="r", target="INC-2026-002")[0].state == move.to
    else:
        with pytest.raises(Refused):
            acts.move(incident, name, ACT, reason="r", target="INC-2026-002")


def test_a_notice_needs_evidence_a_known_client_and_a_time_that_was() -> None:
    incident = begun()
    for about, evidence, at, field in (
        ("acme", " ", NOW, "evidence"),
        ("tulip", "x", NOW, "about"),
        ("acme", "x", NOW + timedelta(hours=1), "told_at"),
        ("acme", "x", NOW - timedelta(hours=1), "told_at"),
    ):
        with pytest.raises(Refused) as refused:
            acts.notify(incident, about, language="en", to="Jo", how="phone", told_at=at, evidence=evidence, act=ACT)
        assert refused.value.field == field
    assert [n.phase for n in told(told(incident)).notices] == [1, 2]


def test_merging_keeps_the_earlier_awareness_every_client_and_what_was_told() -> None:
    stays = answered(begun(), detected_at="2026-11-24T01:50:00+01:00")
    duplicate = begun(aware_at="2026-11-24T01:00:00+01:00", clients=["tulip"])
    duplicate = answered(duplicate, cause="Phishing")
    merged = merging.absorb(stays, replace(told(duplicate, "tulip"), number="INC-2026-002"), ACT)[0]
    assert merged.clients == ("acme", "tulip")
    assert merged.value("aware_at") == "2026-11-24T01:00:00+01:00"
    assert merged.value("cause") == "Phishing"
    assert merged.told("tulip")
    assert merged.merged_from == ("INC-2026-002",)
    reading.check(merged, NOW, changed=())


def test_merging_takes_an_exact_number_or_a_range_and_times_that_hold_together() -> None:
    stays = answered(begun(), people=7, cause=None, detected_at="2026-11-24T01:55:00+01:00")
    duplicate = begun(aware_at="2026-11-24T01:00:00+01:00")
    duplicate = answered(
        duplicate, people_min=3, people_max=9, cause="Phishing", event_from="2026-11-23T10:00:00+01:00", records_max=5
    )
    merged, events = merging.absorb(stays, replace(duplicate, number="INC-2026-002"), ACT)
    assert [merged.value(n) for n in ("people", "people_min", "cause", "records_max")] == [7, None, "Phishing", 5]
    assert "Supposed or known cause" in events[0].note
    assert (merged.value("event_from"), merged.value("detected_at")) == ("2026-11-23T10:00:00+01:00", None)
    answered(merged, contact="The service desk")


@settings(deadline=None)  # what is right does not depend on how busy the machine is
@given(st.data())
def test_whatever_is_merged_can_still_be_answered(data_: st.DataObject) -> None:
    def some() -> Incident:
        hours = st.integers(0, 48).map(lambda h: (NOW - timedelta(hours=h)).isoformat())
        names = ("event_from", "event_until", "detected_at", "people", "people_min", "people_max", "event_on")
        values: dict[str, Any] = {"aware_at": data_.draw(hours)}
        for name in names:
            kind = hours if name in names[:3] else st.just("2026-11-22") if name == "event_on" else st.integers(0, 9)
            values[name] = data_.draw(st.one_of(st.just(""), st.none(), kind))
        try:
            return begun(**values)
        except Refused:
            return begun(aware_at=values["aware_at"])

    merged = merging.absorb(some(), replace(some(), number="INC-2026-002"), ACT)[0]
    reading.check(merged, NOW, changed=())


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


def test_a_decision_that_is_changed_is_an_entry_from_what_to_what() -> None:
    incident = acts.decide(begun(), "authority", inform=False, reason="No risk", act=ACT)[0]
    incident, [event] = acts.decide(incident, "authority", inform=True, reason="More came up", act=ACT)
    assert (event.before, event.after, event.note) == (
        "authority: do not inform",
        "authority: inform",
        "More came up",
    )
    assert "authority: do not inform, because No risk; authority: inform" in register.line(incident)["decisions"]


def test_clocks_worked_by_hand() -> None:
    # Aware 24 Nov 02:00 in Brussels = 01:00 UTC. Policy: 24 h, 25 Nov 01:00 UTC. Counted from there 72 h: 27 Nov 01:00 UTC.
    found = clocks.clocks(begun(), LIBRARY, nobody)
    assert [(c.name, c.due, c.later) for c in found] == [
        ("client:acme", datetime(2026, 11, 25, 1, tzinfo=UTC), None),
        ("authority:acme", datetime(2026, 11, 27, 1, tzinfo=UTC), None),
    ]
    # Informed at 24 Nov 01:30 UTC: the client's own 72 h end 27 Nov 01:30, the earliest reading stays half an hour before.
    found = clocks.clocks(told(begun()), LIBRARY, nobody)
    assert [(c.name, c.due, c.later, c.open) for c in found] == [
        ("client:acme", datetime(2026, 11, 25, 1, tzinfo=UTC), None, False),
        ("authority:acme", datetime(2026, 11, 27, 1, tzinfo=UTC), datetime(2026, 11, 27, 1, 30, tzinfo=UTC), True),
    ]
    lead = clocks.leading(found)
    assert lead
    assert lead.name == "authority:acme"


def test_a_clock_does_not_move_when_the_clocks_of_the_zone_do() -> None:
    # 24 elapsed hours over the change of 25 Oct 2026 (03:00 becomes 02:00): 24 Oct 12:00+02:00 ends 25 Oct 11:00+01:00.
    incident = begun(aware_at="2026-10-24T12:00:00+02:00")
    assert clocks.clocks(incident, LIBRARY, nobody)[0].due == datetime(2026, 10, 25, 10, tzinfo=UTC)


def test_a_client_not_known_yet_has_the_clock_of_the_policy() -> None:
    found = clocks.clocks(begun(clients=None), LIBRARY, nobody)
    assert {clock.client for clock in found} == {clocks.NOBODY}


def test_a_drill_runs_faster() -> None:
    drill = replace(begun(), drill=True)
    assert clocks.clocks(drill, LIBRARY, nobody)[0].due == datetime(2026, 11, 24, 1, 24, tzinfo=UTC)


def test_the_clocks_speak_before_at_and_after_the_end_until_the_delay_is_explained() -> None:
    incident = told(begun(), "authority")
    due = datetime(2026, 11, 25, 1, tzinfo=UTC)
    running = clocks.clocks(incident, LIBRARY, nobody)
    spoken = clocks.speaking(incident, running, NOW)
    assert [due - m for m in spoken[:6]] == [timedelta(minutes=m) for m in (720, 360, 120, 60, 15, 0)]
    assert spoken[6] == due + timedelta(hours=2)
    late = due + timedelta(hours=3)
    assert [c.name for c in clocks.unexplained(incident, running, late)] == ["client:acme"]
    assert clocks.speaking(incident, running, late) == (due + timedelta(hours=4),)
    explained = acts.explain_delay(incident, "client:acme", "Nobody could be reached", Act(late, "U0RAVI"))[0]
    assert clocks.speaking(explained, running, late) == ()
    assert clocks.speaking(replace(incident, state="closed"), running, NOW) == ()


def test_what_is_unknown_is_asked_again() -> None:
    incident = answered(told(told(begun()), "authority"), cause=None)
    running = clocks.clocks(incident, LIBRARY, nobody)
    hours = [(moment - NOW) / timedelta(hours=1) for moment in clocks.speaking(incident, running, NOW)]
    assert hours == [4, 24, 72, 168, 336]
    later = NOW + timedelta(hours=400)
    assert clocks.speaking(incident, running, later) == (NOW + timedelta(hours=168 * 3),)


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


def test_an_incident_is_the_same_after_it_was_kept() -> None:
    incident = acts.move(told(answered(begun(), **WHOLE)), "confirm", ACT, reason="sure")[0]
    incident = acts.add_task(incident, "t1", "Call Jo", "U0RAVI", ACT)[0]
    incident = acts.assign(incident, "lead", "U0RAVI", ACT)[0]
    incident = acts.explain_delay(incident, "client:acme", "Night", ACT)[0]
    assert from_json(to_json(incident)) == incident


def test_after_its_time_the_register_line_stays_and_people_are_gone() -> None:
    incident = acts.move(told(answered(begun(), **WHOLE)), "confirm", ACT)[0]
    erased = register.erased(incident, NOW)
    assert erased.facts.keys() == incident.facts.keys() - {"contact", "dpo"}
    kept = {c: v for c, v in register.line(erased).items() if c != "unanswered"}
    assert kept == {c: v for c, v in register.line(incident).items() if c != "unanswered"}
    assert not [
        words for words in ("U0RAVI", "Jo", "dpo@", "mail.example", "service desk") if words in str(to_json(erased))
    ]
    for change in (
        lambda: answered(erased, cause="x"),
        lambda: acts.move(replace(erased, state="closed"), "reopen", ACT, reason="x"),
        lambda: acts.explain_delay(erased, "client:acme", "x", ACT),
    ):
        with pytest.raises(Refused, match="only its line"):
            change()
