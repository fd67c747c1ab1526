"""Days of a deadline as a calendar of weeks: the event, the days passed over and why, and the day under each reading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from string import ascii_uppercase

from handlers.pictures.canvas import GREY, INK, INNER, MARGIN, Fill, Picture, Sheet, cut, wide
from knowledge import days
from knowledge.answer import Answer, Reading
from knowledge.answer_text import when

CELL = INNER // 7
PASSED = Fill("#ECEFF3", "#9AA4B0", "thin")
_MOST_WEEKS = 9
_ROW, _FOLD, _LINE = 56, 54, 32
"""Heights in pixels: of a day's number, of weeks folded away, and of a line of words in a day."""
_RADIUS = 17


@dataclass(frozen=True)
class Mark:
    """What a day is under a reading: the event, the day that was sought, or the day to which the law moves it."""

    kind: str
    letter: str
    says: str


@dataclass(frozen=True)
class Span:
    """The days of an answer in its zone, and what is marked on them."""

    answer: Answer

    @cached_property
    def first(self) -> Reading:
        """The reading that is shown first."""
        return self.answer.default or self.answer.readings[0]

    @cached_property
    def word(self) -> str:
        """What the day that was sought is: of the period the last, or of a state the first."""
        return "first day" if self.answer.title.startswith("The first day") else "last day"

    @cached_property
    def letters(self) -> Mapping[str, str]:
        """A letter for each reading, where there are several."""
        several = len(self.answer.readings) > 1
        names = zip(self.answer.readings, ascii_uppercase, strict=False)
        return {reading.name: letter if several else "" for reading, letter in names}

    def day(self, moment: date) -> date:
        """The local day of a day or an instant."""
        if not isinstance(moment, datetime):
            return moment
        return days.contract_day(moment, days.zone(str(self.answer.inputs.get("zone", days.BRUSSELS))))

    @cached_property
    def since(self) -> date | None:
        """The day, or the instant as clocks in the zone show it, from which it was counted."""
        moment = self.answer.found.since
        if isinstance(moment, datetime):
            return days.in_zone(moment, days.zone(str(self.answer.inputs.get("zone", days.BRUSSELS))))
        return moment

    @cached_property
    def marks(self) -> Mapping[date, Sequence[Mark]]:
        """What stands on each day, the event first."""
        found: dict[date, list[Mark]] = {}

        def mark(moment: date, kind: str, letter: str, says: str) -> None:
            said = f"{moment:%H:%M}" if isinstance(moment, datetime) else says
            found.setdefault(self.day(moment), []).append(Mark(kind, letter, f"{letter} {said}".strip()))

        if self.since:
            mark(self.since, "event", "", "event")
        for reading in self.answer.readings:
            letter = self.letters.get(reading.name, "")
            if reading.day:
                mark(reading.day, "day", letter, self.word)
            if reading.extended and reading.extended != reading.day:
                mark(reading.extended, "moved", letter, "moved to")
        return found

    @cached_property
    def passed(self) -> Mapping[date, tuple[str, str]]:
        """The days passed over: under which readings (letters, none where under all), and why."""
        letters: dict[date, list[str]] = {}
        why: dict[date, str] = {}
        for reading in self.answer.readings:
            for skipped in reading.skipped:
                letters.setdefault(skipped.day, []).append(self.letters.get(reading.name, ""))
                why[skipped.day] = skipped.why
        every = len(self.answer.readings)
        return {
            day: ("" if len(by) == every else " ".join(dict.fromkeys(by)), why[day])
            for day, by in sorted(letters.items())
        }

    @cached_property
    def counted(self) -> Mapping[date, int]:
        """The number of each day that counted in the first reading, where the period is one of days."""
        found, since, last = self.answer.found, self.since, self.first.day
        if found.unit not in ("days", "weeks", "working_days") or not since or not last or not found.period:
            return {}
        begin, end = self.day(since), self.day(last)
        step = days.ONE if end > begin else -days.ONE
        passed = {skipped.day for skipped in self.first.skipped}
        between = (begin + step * n for n in range(1, abs((end - begin).days) + 1))
        counting = [day for day in between if day not in passed or day == end]
        period = int(found.period) * (days.WEEK if found.unit == "weeks" else 1)
        if len(counting) != period + (self.word == "first day"):
            return {}
        return {day: number for number, day in enumerate(counting[:period], 1)}


def deadline_picture(answer: Answer) -> Picture:
    """A calendar of weeks from the event to the last day of an answer, long stretches folded; ValueError without a day."""
    span = Span(answer)
    if span.first.day is None:
        raise ValueError("an answer without a day has no calendar to draw")
    sheet = Sheet()
    _head(sheet, span)
    _names(sheet)
    for week in _weeks(span):
        if isinstance(week, int):
            _fold(sheet, week)
        else:
            _week(sheet, span, week)
    sheet.y += 24
    _legend(sheet, span)
    _readings(sheet, span)
    for note in _notes(span):
        sheet.paragraph(note, 28, colour=GREY)
    sheet.paragraph(f"{answer.ref} · answer {answer.id}", 26, colour=GREY)
    return Picture(sheet.png(), _alt(span), f"{answer.kind}-{answer.id}.png")


def _head(sheet: Sheet, span: Span) -> None:
    answer, first = span.answer, span.first
    sheet.paragraph(answer.title, 30, colour=GREY)
    sheet.paragraph(_when(first.day), 60, bold=True)
    if first.extended != first.day:
        sheet.paragraph(f"moved to {_when(first.extended)}", 36, bold=True)
    found = answer.found
    if span.since:
        period = f"{days.counted(int(found.period), found.unit)}, " if found.period else ""
        sheet.paragraph(f"{period}counted {_from(span)}", 30)
    sheet.y += 20


def _when(day: date | None) -> str:
    return f"{days.spoken(day)} {day:%H:%M}" if isinstance(day, datetime) else when(day)


def _names(sheet: Sheet) -> None:
    monday = date(2024, 1, 1)
    for at in range(days.WEEK):
        day = monday + timedelta(at)
        x = MARGIN + at * CELL + CELL // 2
        colour = GREY if days.weekend(day) else INK
        sheet.text((x, sheet.y), f"{day:%a}", 28, bold=True, colour=colour, anchor="ma")
    sheet.y += 44


def _weeks(span: Span) -> Iterator[date | int]:
    """The Mondays of the weeks to draw, and between them how many weeks are folded away."""
    known = [*span.marks, *span.passed]
    first, last = (day - timedelta(day.weekday()) for day in (min(known), max(known)))
    weeks = [first + timedelta(days.WEEK * n) for n in range((last - first).days // days.WEEK + 1)]
    marked = {day - timedelta(day.weekday()) for day in span.marks}
    if len(weeks) > _MOST_WEEKS:
        holidays = [day for day, (_, why) in span.passed.items() if not days.weekend(day) or why != days.weekend(day)]
        for day in holidays[: _MOST_WEEKS - len(marked)]:
            marked.add(day - timedelta(day.weekday()))
    folded = 0
    for week in weeks:
        if len(weeks) <= _MOST_WEEKS or week in marked:
            if folded:
                yield folded
            folded = 0
            yield week
        else:
            folded += 1


def _fold(sheet: Sheet, weeks: int) -> None:
    said = f"{weeks} more week{'s' * (weeks > 1)}"
    sheet.text((MARGIN + INNER // 2, sheet.y + _FOLD // 2), f"⋮  {said}  ⋮", 28, colour=GREY, anchor="mm")
    sheet.y += _FOLD


def _week(sheet: Sheet, span: Span, monday: date) -> None:
    week = [monday + timedelta(n) for n in range(days.WEEK)]
    words = {day: _words(span, day) for day in week}
    height = _ROW + 12 + _LINE * max(1, *(len(said) for said in words.values()))
    for at, day in enumerate(week):
        left, right = MARGIN + at * CELL, MARGIN + (at + 1) * CELL
        box = (left, sheet.y, right, sheet.y + height)
        passed, marks = span.passed.get(day), span.marks.get(day, ())
        if passed:
            sheet.fill(box, PASSED)
        elif days.weekend(day):
            sheet.draw.rectangle(box, "#F3F5F7")
        sheet.draw.rectangle(box, None, INK if marks else "#AAB3BE", 4 if marks else 1)
        halo = PASSED.colour if passed else ""
        dated = len(marks) == 1 or (not marks and (at == 0 or day.day == 1))
        sheet.text(
            (left + 10, sheet.y + 12), f"{day.day} {day:%b}" if dated else f"{day.day}", 28, bold=True, halo=halo
        )
        for place, mark in enumerate(marks[:3]):
            centre = (right - 26 - place * (2 * _RADIUS + 4), sheet.y + 28)
            sheet.shape(mark.kind, centre, _RADIUS, mark.letter)
        for row, (line, bold) in enumerate(words[day]):
            y = sheet.y + height - 10 - _LINE * (len(words[day]) - row - 1)
            text = cut(line, 26, CELL - 14, bold=bold)
            sheet.text((left + 10, y), text, 26, bold=bold, colour=INK if bold else GREY, anchor="ls", halo=halo)
    sheet.y += height


def _words(span: Span, day: date) -> list[tuple[str, bool]]:
    """What is written on a day, and whether in bold: its marks, why it was passed over, or its number."""
    said = [(mark.says, True) for mark in span.marks.get(day, ())]
    if day in span.passed:
        letters, why = span.passed[day]
        kind = "weekend" if why == days.weekend(day) else "holiday" if _is_holiday(span, day, why) else "not counted"
        said.append((f"{letters} {kind}".strip(), False))
    if day in span.counted and day not in span.marks:
        said.append((f"{span.counted[day]}", False))
    return said


def _is_holiday(span: Span, day: date, why: str) -> bool:
    place = str(span.answer.inputs.get("country", days.BELGIUM))
    return why in (days.calendar(place).holiday(day), days.calendar(days.BELGIUM).holiday(day))


def _legend(sheet: Sheet, span: Span) -> None:
    """What the shapes and the hatching stand for, as many on a line as fit."""
    kinds = {mark.kind for marks in span.marks.values() for mark in marks}
    letter = span.letters.get(span.first.name)
    under = f" under {letter}" if letter else ""
    entries = [
        ("event", "event"),
        ("day", span.word),
        ("moved", "moved by law"),
        *([("passed", "passed over")] if span.passed else []),
        *([("number", f"days counted{under}")] if span.counted else []),
    ]
    x = MARGIN
    for kind, said in entries:
        if kind in ("passed", "number") or kind in kinds:
            across = 44 + wide(said, 28) + 36
            if x + across > MARGIN + INNER + 36:
                x, sheet.y = MARGIN, sheet.y + 48
            centre = (x + _RADIUS, sheet.y + 20)
            if kind == "passed":
                box = (x, sheet.y + 3, x + 2 * _RADIUS, sheet.y + 37)
                sheet.fill(box, PASSED)
                sheet.draw.rectangle(box, None, "#AAB3BE")
            elif kind == "number":
                sheet.text(centre, "1…", 26, colour=GREY, anchor="mm")
            else:
                sheet.shape(kind, centre, _RADIUS)
            sheet.text((x + 44, centre[1]), said, 28, anchor="lm")
            x += across
    sheet.y += 60


def _readings(sheet: Sheet, span: Span) -> None:
    """The day under each reading, where there are several, and how far it is from the first."""
    if len(span.answer.readings) == 1:
        return
    for reading in span.answer.readings:
        if reading.day:
            sheet.shape("day", (MARGIN + _RADIUS, sheet.y + 20), _RADIUS, span.letters.get(reading.name, ""))
            mark = " (default)" if reading is span.answer.default else ""
            moved = f", moved to {_when(reading.extended)}" if reading.extended != reading.day else ""
            sheet.paragraph(f"{reading.name}{mark}: {_when(reading.day)}{moved}", 30, bold=True, indent=48)
            if reading is not span.first:
                sheet.paragraph(_apart(span, reading), 28, colour=GREY, indent=48)
    sheet.y += 12


def _apart(span: Span, reading: Reading) -> str:
    day, first = reading.day, span.first.day
    if isinstance(day, datetime) and isinstance(first, datetime):
        minutes = round((day - first).total_seconds() / 60)
        hours, left = divmod(abs(minutes), 60)
        far = " ".join([f"{hours} h"] * bool(hours) + [f"{left} min"] * bool(left))
        return f"{far} {'later' if minutes > 0 else 'earlier'}" if minutes else "the same moment"
    apart = int(reading.difference(span.first))
    return f"{days.counted(abs(apart), 'days')} {'later' if apart > 0 else 'earlier'}" if apart else "the same day"


def _from(span: Span) -> str:
    """From which day or instant the first reading counts, and that it counts back where it does."""
    since, day = span.since, span.first.day
    back = since and day and span.day(day) < span.day(since)
    return f"{'back ' if back else ''}from {_when(since)}"


def _passed(skipped: Iterable[days.Skipped]) -> str:
    """Days passed over in words: weekends as a number, all others by date and name."""
    skipped = [*dict.fromkeys(skipped)]
    named = [f"{days.spoken(day)}, {why}" for day, why in skipped if why != days.weekend(day)]
    weekends = len(skipped) - len(named)
    more = [f"{len(named) - 5} more"] if len(named) > 5 else []
    count = [f"{weekends} weekend day{'s' * (weekends != 1)}"] if weekends else []
    return "; ".join([*named[:5], *more, *count])


def _notes(span: Span) -> Iterator[str]:
    if span.passed:
        yield f"Passed over: {_passed(days.Skipped(day, why) for day, (_, why) in span.passed.items())}."


def _alt(span: Span) -> str:
    answer, first = span.answer, span.first
    since = f", counted {_from(span)}" if span.since else ""
    others = "; ".join(f"{_told(reading)} as {reading.name}" for reading in answer.readings if reading is not first)
    whose = f" as {first.name}" if others else ""
    text = f"{answer.title} ({answer.ref}){since}: {_told(first)}{whose}."
    return f"{text} Read otherwise: {others}." if others else text


def _told(reading: Reading) -> str:
    moved = f", moved to {_when(reading.extended)}" if reading.extended != reading.day else ""
    passed = f" (passed over: {_passed(reading.skipped)})" if reading.skipped else ""
    return f"{_when(reading.day)}{moved}{passed}"
