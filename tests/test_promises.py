"""What judges a year of reminders finds each promise that is broken: by hand, one broken promise at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bench.promises import NEVER, Got, Record, Stage, broken

TRACKED = datetime(2026, 11, 2, 8, tzinfo=UTC)
STAGE = Stage("d", 1, TRACKED, NEVER, date(2026, 12, 2), "U0MARIE", (), (14, 0), "U0ANNA")
DONE = datetime(2026, 11, 23, 8, tzinfo=UTC)


def got(day: str, mark: str, person: str = "U0MARIE", reader: str = "", words: str = "") -> Got:
    """A message at nine in Brussels, or at another time of UTC where one is given."""
    at = datetime.fromisoformat(day if "T" in day else f"{day}T08:00:01").replace(tzinfo=UTC)
    return Got(reader or person, at, (f"remind:d:1:{mark}:{person}",), words)


KEPT = (
    got("2026-11-02", "tracked-1"),
    got("2026-11-18", "14"),
    got("2026-11-19", "again-2026-11-19"),
    got("2026-11-20", "again-2026-11-20"),
    got("2026-11-20T08:00:02", "escalated-20261118T080001-U0MARIE", "U0ANNA"),
)
"""She was reminded on Wednesday 18 November, did not answer, and said on Monday that it was done."""


def record(messages: Sequence[Got], done: datetime = DONE, **more: object) -> Record:
    people = dict.fromkeys(("U0MARIE", "U0ANNA", "U0RAVI", "U0ADMIN"), "Europe/Brussels")
    return replace(
        Record(stages=[replace(STAGE, until=done)], got=list(messages), zones=people, admins=("U0ADMIN",), ends=done),
        **more,  # type: ignore[arg-type]
    )


def without(mark: str) -> tuple[Got, ...]:
    return tuple(one for one in KEPT if f":{mark}" not in one.keys[0])


def test_what_was_kept_is_found_kept() -> None:
    assert broken(record(KEPT)) == []


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ((*KEPT, got("2026-11-20T09:00:00", "14")), "came twice, unmarked"),
        ((*KEPT, got("2026-11-20T20:00:00", "14", words="You may have had this already")), "outside working hours"),
        ((*KEPT, got("2026-11-24", "again-2026-11-24")), "after its end"),
        ((*without("14"), got("2026-11-18", "14", reader="U0RAVI")), "instead of U0MARIE"),
        ((*without("14"), got("2026-11-18T10:00:01", "14")), "late and did not say so"),
        (without("14"), "14 of d (revision 1) to U0MARIE was owed"),
        (without("again-2026-11-19"), "again- of d (revision 1) to U0MARIE was owed"),
        (without("escalated"), "escalated- of d (revision 1) to U0ANNA was owed"),
        (
            (*without("escalated"), got("2026-11-19", "escalated-20261118T080001-U0MARIE", "U0ANNA")),
            "came too early",
        ),
    ],
)
def test_each_promise_that_is_broken_is_found(messages: tuple[Got, ...], said: str) -> None:
    assert any(said in sentence for sentence in broken(record(messages)))


def test_who_watches_again_once_a_lead_time_is_over_is_told_then_and_that_is_not_late() -> None:
    def at(moment: str) -> datetime:
        return datetime.fromisoformat(moment).replace(tzinfo=UTC)

    told = got("2026-11-18T14:00:30", "14", "U0RAVI")
    watching = replace(STAGE, leads=(14,), watchers=("U0RAVI",))
    left, came_back = at("2026-11-17T14:00:00"), at("2026-11-18T14:00:00")
    stages = [
        replace(watching, until=left),
        replace(watching, since=left, until=came_back, watchers=()),
        replace(watching, since=came_back, until=DONE),
    ]
    assert broken(record((*KEPT, told), stages=stages)) == []
    always = broken(record((*KEPT, told), stages=[replace(watching, until=DONE)]))
    assert "lead 14 of d came 6:00:30 late and did not say so" in always


def test_a_message_that_was_said_after_done_is_found_alone() -> None:
    (sentence,) = broken(record((*KEPT, got("2026-11-24", "again-2026-11-24"))))
    assert sentence == f"remind:d:1:again-2026-11-24:U0MARIE came at 2026-11-24 08:00:01+00:00, after its end at {DONE}"


def test_who_was_told_of_a_silence_that_ended_before_that_was_known_need_not_be_told_again() -> None:
    (escalated,) = KEPT[-1].keys
    answered = {"d": [(KEPT[-1].at + timedelta(minutes=1), "U0MARIE")]}
    week = DONE + timedelta(days=2)
    assert broken(record(KEPT, week, answers=answered, taken_back=frozenset({escalated}))) == []
    assert any("to U0ANNA was owed" in told for told in broken(record(KEPT, week, answers=answered)))
    silent = broken(record(KEPT, week, taken_back=frozenset({escalated})))
    assert any("to U0ANNA was owed" in told for told in silent)


def test_what_trouble_carried_into_an_absence_may_wait_for_the_substitute() -> None:
    trouble = [(TRACKED + timedelta(days=15), TRACKED + timedelta(days=19))]  # from Tuesday to Saturday
    away = {"U0MARIE": [(date(2026, 11, 23), date(2026, 11, 27), "U0RAVI")]}
    sydney = {"U0MARIE": "Europe/Brussels", "U0RAVI": "Australia/Sydney", "U0ANNA": "Europe/Brussels"}
    messages = (KEPT[0], got("2026-11-23T22:00:01", "14", reader="U0RAVI", words="It is late"))
    lived = record(messages, TRACKED + timedelta(days=22), trouble=trouble, away=away, zones=sydney, admins=())
    assert not any("owed" in sentence for sentence in broken(lived))
