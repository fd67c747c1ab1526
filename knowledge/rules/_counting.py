"""The counting that deadlines share: a period after a day, extended or not, and what is told with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from knowledge import days
from knowledge.answer import Found, Reading, Stance
from knowledge.refused import Refused
from knowledge.rules import Question
from knowledge.terms import Terms


def period(
    asked: Question,
    terms: Terms,
    term: str,
    since: date,
    *,
    who: str,
    consequence: str,
    after: str,
    act: bool = True,
    past: bool = False,
) -> Found:
    """The last day of a term's period after the event of ``since``, or the first day ``past`` it.

    A last day for an act is extended (Belgian Civil Code art. 1.7); a state that begins or ends is not.
    """
    count, unit = terms.count(term), terms[term].unit
    last, skipped = days.later(since, count, unit, asked.calendar)
    because = f"{days.counted(count, unit)} after {after}, that day itself not counted"
    if past:
        last, because = last + days.ONE, f"the day after {because}"
    if not act:
        because += "; a state that begins or ends is not moved"
    reading = last_day(terms, "literal", "literal", because, last, skipped=skipped, act=act)
    return single(asked, terms, term, reading, since, who=who, consequence=consequence)


def last_day(
    terms: Terms,
    name: str,
    stance: Stance,
    because: str,
    last: date,
    *,
    act: bool,
    skipped: tuple[days.Skipped, ...] = (),
) -> Reading:
    """One reading of a deadline, extended where it is the last day for an act."""
    if not act:
        return Reading(name, stance, because, day=last, extended=last, skipped=skipped)
    terms.rest_on("extension")
    extended, moved_over = days.extended(last)
    return Reading(name, stance, because, day=last, extended=extended, skipped=(*skipped, *moved_over))


PERIODS = ("days", "weeks", "months")
"""What an agreement may count its period of notice in."""


def counted_back(
    end: date, count: Decimal, unit: str, calendar: days.Calendar, *, because: str, who: str, consequence: str
) -> Found:
    """A day that lies a period before another, where the period is given with the question; Refused for parts of one."""
    if count != int(count):
        raise Refused(f"{count} {unit} is no whole period; give whole {unit}.", field="notice")
    if count > (days.LAST - days.FIRST).days:
        raise Refused(f"{count} {unit} is longer than any period that is counted; give a shorter one.", field="notice")
    day, skipped = days.later(end, -int(count), unit, calendar)
    said = f"{days.counted(int(count), unit)} {because}"
    reading = Reading("literal", "literal", said, day=day, extended=day, skipped=skipped)
    return Found((reading,), since=end, period=count, unit=unit, who=who, consequence=consequence)


def single(
    asked: Question,
    terms: Terms,
    term: str,
    reading: Reading,
    since: date,
    *,
    who: str,
    consequence: str,
    extras: Mapping[str, object] | None = None,
) -> Found:
    """A deadline with one reading, and what was assumed in counting it."""
    return Found(
        (reading,),
        extras or {},
        assumptions=assumed(asked, terms, term, since, reading),
        since=since,
        period=terms.number(term),
        unit=terms[term].unit,
        who=who,
        consequence=consequence,
    )


def assumed(asked: Question, terms: Terms, term: str, since: date, reading: Reading) -> tuple[str, ...]:
    """What a day rests on besides the words: whose holidays counted, and whether it was moved."""
    last, extended = reading.day or since, reading.extended or since
    said: list[str] = []
    if terms[term].unit == "working_days":
        terms.rest_on("working_days")
        said += days.said(min(since, last), max(since, last), asked.calendar)
    if extended != last:
        said.append(
            f"The last day, {days.spoken(last)}, is no working day in Belgium: it moves to {days.spoken(extended)} "
            "(Belgian Civil Code art. 1.7). Go by the earlier one."
        )
    return tuple(said)
