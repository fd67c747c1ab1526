"""The clocks of an incident on one line of time: when ITQ became aware, each end, and now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from handlers.pictures.canvas import FAINT, GREY, INK, INNER, MARGIN, Fill, Picture, Sheet, cut
from knowledge.breach.clocks import Clock, shown

RUNNING, DONE, LATE, LEFT = (
    Fill("#DCE8F5", "#1F5FA8", "slash"),
    Fill("#E3F1E6", "#2F7D4A", "dots"),
    Fill("#F9DEDC", "#B3261E", "cross"),
    Fill("#ECEFF3", "#9AA4B0", "thin"),
)
MOST = 12
_BAR = 46


def clocks_picture(number: str, clocks: Sequence[Clock], now: datetime, zone: str, *, drill: bool) -> Picture:
    """A bar for each clock from awareness to its end, with its state in words; at most MOST of them, the earliest ends first.

    The alt text says the same of those that end first; the text beside the picture says it of all.
    """
    rows = list(clocks[:MOST])
    begin = min(clock.since for clock in rows)
    end = max([*(clock.later or clock.due for clock in rows), now])
    span = max(end - begin, timedelta(minutes=1))

    def x(moment: datetime) -> int:
        return MARGIN + int(INNER * min(max((moment - begin) / span, 0), 1))

    sheet = Sheet()
    sheet.paragraph(f"{number}{' · DRILL' if drill else ''}: clocks", 36, bold=True)
    sheet.paragraph(f"ITQ aware {shown(begin, zone)}; now {shown(now, zone)}", 28, colour=GREY)
    sheet.y += 16
    for clock in rows:
        words, fill = _state(clock, now)
        whose = cut(clock.who, 28, INNER - 220, bold=True)
        sheet.text((MARGIN, sheet.y), f"{whose}: {words}", 28, bold=True)
        sheet.y += 40
        box = (MARGIN, sheet.y, max(x(clock.stopped or clock.due), MARGIN + 4), sheet.y + _BAR)
        sheet.fill(box, fill)
        sheet.draw.rectangle(box, None, INK, 2)
        sheet.draw.line((x(now), sheet.y - 6, x(now), sheet.y + _BAR + 6), INK, 5)
        sheet.shape("day", (min(x(clock.due), MARGIN + INNER - 20), sheet.y + _BAR // 2), 18)
        if clock.later:
            sheet.shape("moved", (min(x(clock.later), MARGIN + INNER - 20), sheet.y + _BAR // 2), 14)
        sheet.y += _BAR + 8
        sheet.paragraph(f"end {shown(clock.due, clock.zone)}{_later(clock)}", 26, colour=GREY, most=2)
        sheet.y += 14
    sheet.draw.line((MARGIN, sheet.y - 8, MARGIN + INNER, sheet.y - 8), FAINT, 2)
    sheet.text((min(max(x(now), MARGIN + 30), MARGIN + INNER - 30), sheet.y), "now", 26, bold=True, anchor="ma")
    sheet.y += 44
    if len(clocks) > MOST:
        sheet.paragraph(f"{len(clocks) - MOST} more clocks end later.", 26, colour=GREY)
    return Picture(sheet.png(), alt(number, clocks, now), f"{number}-clocks.png")


def alt(number: str, clocks: Sequence[Clock], now: datetime) -> str:
    """What the picture shows, in words that fit an image block: the clocks that end first, and how many more there are."""
    said = "; ".join(f"{clock.who} {_state(clock, now)[0]}, end {shown(clock.due, clock.zone)}" for clock in clocks[:2])
    more = f"; and {len(clocks) - 2} more" if len(clocks) > 2 else ""
    return f"Clocks of {number}: {said}{more}."


def _later(clock: Clock) -> str:
    return f", counted later {shown(clock.later, clock.zone)}" if clock.later else ""


def _state(clock: Clock, now: datetime) -> tuple[str, Fill]:
    if clock.left_out:
        return "left out", LEFT
    if clock.stopped:
        return ("done late", LATE) if clock.late(now) else ("done", DONE)
    return ("ran out", LATE) if clock.late(now) else ("running", RUNNING)
