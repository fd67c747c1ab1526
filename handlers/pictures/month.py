"""A month of deadlines as a calendar of weeks: what falls on each day, and the days on which nobody works."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from handlers.pictures.calendar import CELL, PASSED
from handlers.pictures.canvas import GREY, INK, INNER, MARGIN, Picture, Sheet, cut, wrapped
from knowledge import days

MOST_ON_A_DAY, MOST_LINES = 3, 2
_HEAD, _LINE = 50, 30
"""Heights in pixels: of a day's number, and of a line of words in a day."""


def month_picture(first: date, marks: Mapping[date, Sequence[str]], off: Mapping[date, str], today: date) -> Picture:
    """The month that begins on ``first``: the titles of what is due by day, days off with their reason, and today."""
    sheet = Sheet()
    count = sum(len(titles) for titles in marks.values())
    sheet.paragraph(f"{first:%B %Y}", 60, bold=True)
    sheet.paragraph(
        f"{count} deadline{'s' * (count != 1)}" if count else "No deadline falls in this month", 30, colour=GREY
    )
    sheet.y += 16
    monday = first - timedelta(first.weekday())
    for at in range(days.WEEK):
        x = MARGIN + at * CELL + CELL // 2
        sheet.text((x, sheet.y), f"{monday + timedelta(at):%a}", 28, bold=True, anchor="ma")
    sheet.y += 44
    while monday <= days.month_end(first):
        _week(sheet, monday, first, marks, off, today)
        monday += timedelta(days.WEEK)
    sheet.y += 20
    for day, titles in sorted(marks.items()):
        sheet.paragraph(f"{days.spoken(day)}: {', '.join(titles)}", 28, bold=True)
    for day, why in sorted(off.items()):
        if why != days.weekday(day):
            sheet.paragraph(f"{days.spoken(day)}: {why}", 28, colour=GREY)
    return Picture(sheet.png(), _alt(first, marks, count), f"deadlines-{first:%Y-%m}.png")


def _week(
    sheet: Sheet,
    monday: date,
    first: date,
    marks: Mapping[date, Sequence[str]],
    off: Mapping[date, str],
    today: date,
) -> None:
    week = [monday + timedelta(n) for n in range(days.WEEK)]
    words = {day: _words(marks.get(day, ()), off.get(day), day) for day in week}
    height = _HEAD + 14 + _LINE * max(2, *(len(lines) for lines in words.values()))
    for at, day in enumerate(week):
        left, right = MARGIN + at * CELL, MARGIN + (at + 1) * CELL
        if day.month == first.month:
            _day(sheet, (left, sheet.y, right, sheet.y + height), day, words[day], off, today)
    sheet.draw.line((MARGIN, sheet.y + height, MARGIN + INNER, sheet.y + height), "#AAB3BE")
    sheet.y += height


def _day(
    sheet: Sheet,
    box: tuple[int, int, int, int],
    day: date,
    words: Sequence[tuple[str, bool]],
    off: Mapping[date, str],
    today: date,
) -> None:
    left, top, right, _ = box
    if day in off:
        sheet.fill(box, PASSED)
    marked = any(bold for _, bold in words)
    sheet.draw.rectangle(
        box, None, INK if marked or day == today else "#AAB3BE", 4 if marked else 2 if day == today else 1
    )
    halo = PASSED.colour if day in off else ""
    number = f"{day.day} today" if day == today else f"{day.day}"
    sheet.text((left + 10, top + 10), number, 28, bold=True, halo=halo)
    if marked:
        sheet.shape("day", (right - 24, top + 26), 15)
    y = top + _HEAD
    for line, bold in words:
        sheet.text((left + 10, y), line, 24, bold=bold, colour=INK if bold else GREY, halo=halo)
        y += _LINE


def _words(titles: Sequence[str], why: str | None, day: date) -> list[tuple[str, bool]]:
    """What is written on a day: its deadlines in bold, how many more there are, or why nobody works."""
    room = CELL - 18
    lines = [(line, True) for title in titles[:MOST_ON_A_DAY] for line in _cut(title, room)]
    if len(titles) > MOST_ON_A_DAY:
        lines.append((f"{len(titles) - MOST_ON_A_DAY} more", True))
    if not lines and why and why != days.weekday(day):
        lines.append((cut("holiday", 24, room), False))
    return lines


def _cut(title: str, room: int) -> list[str]:
    lines = wrapped(title, 24, room, bold=True)
    if len(lines) > MOST_LINES:
        return [*lines[: MOST_LINES - 1], cut(f"{lines[MOST_LINES - 1]}…", 24, room, bold=True)]
    return lines


def _alt(first: date, marks: Mapping[date, Sequence[str]], count: int) -> str:
    if not count:
        return f"Calendar of {first:%B %Y}: no deadline falls in this month."
    told = "; ".join(f"{days.spoken(day)}: {', '.join(titles)}" for day, titles in sorted(marks.items()))
    text = f"Calendar of {first:%B %Y} with {count} deadline{'s' * (count > 1)}. {told}."
    return text if len(text) < 1_000 else f"{text[:990]}…"
