"""When the clocks of an incident end, and when they speak; worked by hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from knowledge.breach import acts, clocks
from knowledge.breach.acts import Act
from tests.knowledge.breach.incidents import LIBRARY, NOW, answered, begun, nobody, told


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
