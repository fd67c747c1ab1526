"""Hours of work as bars, one for each reading of 5.2, with the row of the table that holds every moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

from handlers.pictures.canvas import FAINT, GREY, INK, INNER, MARGIN, WIDTH, Fill, Picture, Sheet, wide
from knowledge import days, money
from knowledge.answer import Answer, Line, Reading

HOUR = 3600
FILLS: Mapping[str, Fill] = {
    "standard": Fill("#E3E8EE"),
    "evening": Fill("#F5C451", "#C98A12", "slash"),
    "night": Fill("#223C6B", "#8FA9D9", "dots"),
    "weekend": Fill("#1F8A7D", "#9AD8CF", "lines"),
    "holiday": Fill("#BE4B3B", "#F3B5A8", "cross"),
    "none": Fill("#FFFFFF", "#8A94A1", "thin"),
}
NAMES = {"none": "No row", "weekend": "Weekend", "holiday": "Holiday"}
BAR, COLUMNS = 96, 200
"""The height of a bar of hours, and of one of columns, in pixels."""
_STEPS = (5, 10, 15, 30, 60, 120, 180, 240, 360, 720)
_MOST_DAYS, _MOST_WEEKS = 31, 430


@dataclass(frozen=True)
class Work:
    """A span of work as an answer tells it: lines with hours, and the place whose clocks and holidays count."""

    answer: Answer

    @cached_property
    def lines(self) -> Mapping[str, Sequence[Line]]:
        """The lines with hours, by reading."""
        return {reading.name: [line for line in reading.lines if line.start] for reading in self.answer.readings}

    @cached_property
    def ends(self) -> tuple[datetime, datetime]:
        """When the work began and ended, as clocks there showed it."""
        lines = self.lines[self.answer.readings[0].name]
        if not lines or lines[0].start is None or lines[-1].end is None:
            raise ValueError("an answer without hours has no bars to draw")
        return lines[0].start, lines[-1].end

    @cached_property
    def span(self) -> tuple[int, int]:
        """The same in seconds since 1970 UTC."""
        return int(self.ends[0].timestamp()), int(self.ends[1].timestamp())

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone whose clocks count."""
        return days.zone(str(self.answer.inputs.get("zone", days.BRUSSELS)))

    @cached_property
    def dates(self) -> list[date]:
        """Every local day on which there was work."""
        last = days.contract_day(days.shown(self.span[1] - 1, self.zone), self.zone)
        return [*days.each(self.ends[0].date(), last + days.ONE)]

    @cached_property
    def calendar(self) -> days.Calendar:
        """The holidays that count."""
        return days.calendar(str(self.answer.inputs.get("country", days.BELGIUM)))

    @cached_property
    def besides(self) -> Decimal:
        """What is charged besides the hours, such as expenses (EUR)."""
        return sum((line.amount for line in self.answer.readings[0].lines if not line.start), Decimal(0))

    def midnight(self, day: date) -> int:
        """When a local day begins."""
        return int(datetime.combine(day, time(), self.zone).timestamp())

    def x(self, instant: int) -> int:
        """Where an instant is on the sheet."""
        start, end = self.span
        return MARGIN + (min(max(instant, start), end) - start) * INNER // (end - start)


def surcharge_picture(answer: Answer) -> Picture:
    """The hours of an answer as bars, one a reading, on one axis of local time; ValueError where it has no hours."""
    work = Work(answer)
    sheet = Sheet()
    _head(sheet, work)
    by_hours = len(work.dates) <= _MOST_DAYS
    if by_hours:
        _day_axis(sheet, work)
        _hour_axis(sheet, work)
    buckets = [] if by_hours else _buckets(work)
    for reading in answer.readings:
        _title(sheet, answer, reading)
        if by_hours:
            _bar(sheet, work, work.lines[reading.name])
        else:
            _columns(sheet, work.lines[reading.name], buckets)
        sheet.y += 24
    if buckets:
        _bucket_axis(sheet, buckets)
    _legend(sheet, answer)
    for note in _notes(work, by_hours=by_hours):
        sheet.paragraph(note, 28, colour=GREY)
    sheet.paragraph(f"Answer {answer.id}", 26, colour=GREY)
    return Picture(sheet.png(), _alt(work), f"{answer.kind}-{answer.id}.png")


def _head(sheet: Sheet, work: Work) -> None:
    answer, first, span = work.answer, work.answer.default, _when(work)
    ref = work.lines[answer.readings[0].name][0].ref
    sheet.paragraph(f"Hours worked, with the surcharges of {ref}", 30, colour=GREY)
    if first:
        sheet.text((MARGIN, sheet.y), money.spoken(first.total), 68, bold=True)
        sheet.y += 92
    sheet.paragraph(span, 36, bold=True)
    rate = answer.inputs.get("rate")
    sheet.paragraph(f"EUR {rate} an hour · {_lasting(work.span[1] - work.span[0])} · times of {work.zone.key}", 30)
    sheet.y += 24


def _when(work: Work) -> str:
    start, end = work.ends
    until = f"{end:%H:%M}" if end.date() == start.date() else f"{days.spoken(end)} {end:%H:%M}"
    return f"{days.spoken(start)} {start:%H:%M} – {until}"


def _lasting(seconds: int) -> str:
    hours, minutes = divmod(seconds // 60, 60)
    return " ".join([f"{hours:,} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes))


def _day_axis(sheet: Sheet, work: Work) -> None:
    """The local days: weekends on grey, holidays on black with a star."""
    top, height = sheet.y, 84
    shown = [(day, work.x(work.midnight(day)), work.x(work.midnight(day + days.ONE))) for day in work.dates]
    for day, left, right in shown:
        holiday = work.calendar.holiday(day)
        ground = INK if holiday else FAINT if days.weekend(day) else "#FFFFFF"
        sheet.draw.rectangle((left, top, right, top + height), ground, "#AAB3BE")
        names = _day_names(day, holiday)
        lines, size = next(((said, size) for said, size in names if _fits(said, size, right - left - 4)), ([], 0))
        for row, said in enumerate(lines):
            at = ((left + right) // 2, top + height // 2 + (row * 2 - len(lines) + 1) * 18)
            sheet.text(at, said, size, bold=True, colour="#FFFFFF" if holiday else INK, anchor="mm")
    sheet.y += height


def _day_names(day: date, holiday: str | None) -> Iterator[tuple[list[str], int]]:
    """Ways of naming a day, each with its size in pixels, the longest first."""
    star = "★ " if holiday else ""
    if holiday:
        yield [f"{day:%a} {day.day} {day:%b}", f"{star}{holiday}"], 28
    kind = "weekend" if days.weekend(day) else f"{star}holiday" if holiday else ""
    yield [f"{day:%a} {day.day} {day:%b}", *([kind] if kind else [])], 28
    yield [f"{star}{day:%a}", f"{day.day} {day:%b}"], 28
    yield [f"{star}{day:%a}", f"{day.day}"], 28
    yield [star.strip() or f"{day:%a}", f"{day.day}"], 28
    yield [star.strip() or f"{day:%a}"[0], f"{day.day}"], 24
    yield [star.strip() or f"{day:%a}"[0], f"{day.day}"], 20


def _fits(lines: Iterable[str], size: int, room: int) -> bool:
    return all(wide(line, size, bold=True) <= room for line in lines)


def _hour_axis(sheet: Sheet, work: Work) -> None:
    """Local times: start and end, where a row of the default reading begins, and whole hours where there is room."""
    start, end = work.span
    step = next((step for step in _STEPS if step * 60 * INNER // (end - start) >= 100), 0)
    edges = [line.start for line in work.lines[work.answer.readings[0].name] if line.start] if step else []
    free = [(MARGIN, WIDTH - MARGIN)]
    for moment, bold in (
        *((moment, True) for moment in (*work.ends, *edges)),
        *((moment, False) for moment in _ticks(start, end, step, work.zone)),
    ):
        x, said = work.x(int(moment.timestamp())), f"{moment:%H:%M}"
        half = wide(said, 28, bold=bold) // 2
        centre = min(max(x, MARGIN + half), WIDTH - MARGIN - half)
        room = next(((left, right) for left, right in free if left <= centre - half and centre + half <= right), None)
        if room:
            sheet.draw.line((x, sheet.y, x, sheet.y + 10), GREY, 2)
            sheet.text((centre, sheet.y + 14), said, 28, bold=bold, colour=INK if bold else GREY, anchor="ma")
            free.remove(room)
            free += [(room[0], centre - half - 12), (centre + half + 12, room[1])]
    sheet.y += 68


def _ticks(start: int, end: int, step: int, zone: ZoneInfo) -> Iterator[datetime]:
    """The moments between two instants at which clocks show a multiple of so many minutes."""
    if step:
        quarter = min(step, 15) * 60
        for instant in range(-(-start // quarter) * quarter, end, quarter):
            moment = days.shown(instant, zone)
            if (moment.hour * 60 + moment.minute) % step == 0:
                yield moment


def _title(sheet: Sheet, answer: Answer, reading: Reading) -> None:
    first = answer.default
    several = len(answer.readings) > 1
    mark = " (default)" if reading is first and several else ""
    sheet.text((MARGIN, sheet.y), f"{reading.name}{mark}", 34, bold=True)
    total = money.spoken(reading.total)
    sheet.text((WIDTH - MARGIN, sheet.y), total, 34, bold=True, anchor="ra")
    if first and reading is not first:
        apart = f"{reading.total - first.total:+,}".replace("-", "−") if reading.total != first.total else "same total"
        left = WIDTH - MARGIN - wide(total, 34, bold=True) - 24
        sheet.text((left, sheet.y + 4), apart, 30, colour=GREY, anchor="ra")
    sheet.y += 50


def _bar(sheet: Sheet, work: Work, lines: Sequence[Line]) -> None:
    top, bottom = sheet.y, sheet.y + BAR
    for line in lines:
        if line.start and line.end:
            left, right = (work.x(int(moment.timestamp())) for moment in (line.start, line.end))
            _band(sheet, (left, top, right, bottom), line.category or "none")
            if right - left > 8:
                sheet.draw.line((right, top, right, bottom - 1), "#FFFFFF", 2)
            _ = sheet.plate((left, top, right, bottom), [(_name(line), 28), (_percent(line), 28)]) or sheet.plate(
                (left, top, right, bottom), [(_percent(line), 26)]
            )
    sheet.draw.rectangle((MARGIN, top, WIDTH - MARGIN, bottom), None, INK, 2)
    sheet.y = bottom + 8


def _band(sheet: Sheet, box: tuple[int, int, int, int], category: str) -> None:
    """One stretch; where several rows hold it, each has its own layer."""
    left, top, right, bottom = box
    held = category.split("+")
    for at, row in enumerate(held):
        layer = (left, top + (bottom - top) * at // len(held), right, top + (bottom - top) * (at + 1) // len(held))
        sheet.fill(layer, FILLS[row])


def _name(line: Line) -> str:
    return " + ".join(NAMES.get(row, row.capitalize()) for row in (line.category or "none").split("+"))


def _percent(line: Line) -> str:
    return f"+{money.plain(line.surcharge or Decimal(0))} %"


@dataclass(frozen=True)
class Bucket:
    """A week from Monday or a month, as one column: its days, and when it begins and ends."""

    first: date
    start: int
    end: int


def _buckets(work: Work) -> list[Bucket]:
    by_week = len(work.dates) <= _MOST_WEEKS
    found, day = [], work.dates[0]
    while day <= work.dates[-1]:
        begun = day - timedelta(day.weekday()) if by_week else day.replace(day=1)
        day = begun + timedelta(days.WEEK) if by_week else days.month_end(day) + days.ONE
        found.append(Bucket(begun, work.midnight(begun), work.midnight(day)))
    return found


def _columns(sheet: Sheet, lines: Sequence[Line], buckets: Sequence[Bucket]) -> None:
    """A column for each week or month: how much of it each row holds, piled up from the bottom."""
    order = sorted({line.category or "none" for line in lines}, key=_rank)
    bottom = sheet.y + COLUMNS
    fullest = max(bucket.end - bucket.start for bucket in buckets)
    for at, held in enumerate(_shares(lines, buckets)):
        left, right = (MARGIN + INNER * n // len(buckets) for n in (at, at + 1))
        done = 0
        for category in order:
            top, base = (bottom - COLUMNS * part // fullest for part in (done + held.get(category, 0), done))
            _band(sheet, (left, top, right - 2, base), category)
            done += held.get(category, 0)
        sheet.draw.rectangle((left, bottom - COLUMNS * done // fullest, right - 2, bottom), None, GREY)
    sheet.draw.line((MARGIN, bottom, WIDTH - MARGIN, bottom), INK, 2)
    sheet.y = bottom + 8


def _shares(lines: Sequence[Line], buckets: Sequence[Bucket]) -> list[dict[str, int]]:
    """The seconds of each category in each bucket."""
    found: list[dict[str, int]] = [{} for _ in buckets]
    at = 0
    for line in lines:
        if line.start and line.end:
            start, end = int(line.start.timestamp()), int(line.end.timestamp())
            while start < end:
                while buckets[at].end <= start:
                    at += 1
                until = min(end, buckets[at].end)
                category = line.category or "none"
                found[at][category] = found[at].get(category, 0) + until - start
                start = until
    return found


def _bucket_axis(sheet: Sheet, buckets: Sequence[Bucket]) -> None:
    """Months under the columns, the year under the first of each year."""
    weeks = buckets[0].end - buckets[0].start < 8 * days.DAY
    clear, clear_year = 0, 0
    month, year = wide("Nov", 28) + 10, wide("2026", 28, bold=True) + 10
    for at, bucket in enumerate(buckets):
        left = MARGIN + INNER * at // len(buckets)
        before = buckets[at - 1].first if at else None
        new = before is None or bucket.first.month != before.month
        if weeks and new and clear <= left < WIDTH - MARGIN - month:
            sheet.draw.line((left, sheet.y - 32, left, sheet.y - 20), GREY, 2)
            sheet.text((left, sheet.y - 18), f"{bucket.first:%b}", 28, colour=GREY)
            clear = left + month
        if (before is None or bucket.first.year != before.year) and clear_year <= left < WIDTH - MARGIN - year:
            sheet.text((left, sheet.y + 16), f"{bucket.first.year}", 28, bold=True)
            clear_year = left + year
    sheet.y += 64
    said = "week from Monday" if weeks else "calendar month"
    sheet.paragraph(f"Each column is one {said}; its full height is all hours of it.", 28, colour=GREY)


def _rank(category: str) -> tuple[int, int]:
    rows = [*FILLS]
    held = category.split("+")
    return len(held), rows.index(held[0])


def _legend(sheet: Sheet, answer: Answer) -> None:
    """What each fill stands for, with its surcharge; two beside each other where they fit."""
    known = {line.category: line for reading in answer.readings for line in reading.lines if line.category}
    sheet.y += 8
    at = 0
    for category in sorted(known, key=_rank):
        said = f"{_name(known[category])}: {_percent(known[category])}"
        left = MARGIN + at % 2 * INNER // 2
        box = (left, sheet.y, left + 84, sheet.y + 48)
        _band(sheet, box, category)
        sheet.draw.rectangle(box, None, INK, 2)
        sheet.text((left + 100, sheet.y + 24), said, 30, anchor="lm")
        at += 1
        sheet.y += 60 if at % 2 == 0 else 0
    sheet.y += 60 * (at % 2) + 8


def _notes(work: Work, *, by_hours: bool) -> Iterator[str]:
    holidays = [(day, name) for day in work.dates if (name := work.calendar.holiday(day))]
    if holidays:
        named = "; ".join(f"{days.spoken(day)}, {name}" for day, name in holidays[:5])
        more = f"; and {len(holidays) - 5} more" if len(holidays) > 5 else ""
        yield f"{'★ ' if by_hours else ''}Holidays: {named}{more}."
    if by_hours:
        for day in work.dates:
            hours = (work.midnight(day + days.ONE) - work.midnight(day)) / HOUR
            if hours != 24:
                yield f"Clocks change on {days.spoken(day)}, a day of {hours:g} hours; the bars show elapsed time."
    if work.besides:
        yield f"The totals include {money.spoken(work.besides)} that is not for hours."


def _alt(work: Work) -> str:
    answer = work.answer
    first = answer.readings[0]
    seconds: dict[str, int] = {}
    for line in work.lines[first.name]:
        said = f"{_name(line).lower()} at {_percent(line)}"
        seconds[said] = seconds.get(said, 0) + (line.minutes or 0) * 60
    start, end = work.ends
    held = ", ".join(f"{_lasting(spent)} {said}" for said, spent in seconds.items())
    held += f", and {money.spoken(work.besides)} besides" if work.besides else ""
    whose = f" when read as {first.name}" if len(answer.readings) > 1 else ""
    text = (
        f"Work from {days.spoken(start)} {start:%H:%M} to {days.spoken(end)} {end:%H:%M} ({work.zone.key}) at EUR "
        f"{answer.inputs.get('rate')} an hour costs {money.spoken(first.total)}{whose}: {held}."
    )
    others = " and ".join(f"{money.spoken(r.total)} as {r.name}" for r in answer.readings[1:])
    return f"{text} Read otherwise it costs {others}." if others else text
