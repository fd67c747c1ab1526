"""Pictures show what the answer says: bands where the hours are, days where they fall, and words that stand alone."""

from __future__ import annotations

import asyncio
import io
import os
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from handlers.drawing import one_at_a_time
from handlers.pictures import Picture, deadline_picture, picture, surcharge_picture
from handlers.pictures.calendar import Span
from handlers.pictures.canvas import INNER, MARGIN, TALLEST, WIDTH, cut, wide, wrapped
from handlers.pictures.surcharge import FILLS
from knowledge.answer import Answer
from knowledge.termfiles import amendment
from knowledge.terms import Overrides
from tests.knowledge.asking import answer

Colour = tuple[int, int, int]
EVENING, NIGHT, WEEKEND, HOLIDAY = (
    tuple(bytes.fromhex(FILLS[row].colour[1:])) for row in ("evening", "night", "weekend", "holiday")
)
DISC, DIAMOND, ARROW = (0x1F, 0x5F, 0xA8), (0xB3, 0x26, 0x1E), (0x6B, 0x3F, 0xA0)
DEADLINES = (
    *("quotation-expiry", "terms-change-objection", "payment-due", "cancellation-free", "cancellation-half"),
    *("candidate-replacement", "defect-claim", "force-majeure-termination", "loss-report", "non-solicitation-end"),
    *("delivery-damage", "hardware-return", "audit-earliest", "audit-cooperation"),
)


def hours(start: str, end: str, **given: object) -> Answer:
    return answer("fee", "surcharge", {"start": start, "end": end, "rate": 150, **given})


def deadline(kind: str, since: str, overrides: Overrides | None = None, **given: object) -> Answer:
    return answer("deadline", kind, {"from": since, **given}, overrides)


def image(shown: Picture) -> Image.Image:
    return Image.open(io.BytesIO(shown.png)).convert("RGB")


def near(pixel: object, colour: tuple[int, ...]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(a - b) < 14 for a, b in zip(pixel, colour, strict=True))


def bars(shown: Picture, x: int, colour: tuple[int, ...]) -> int:
    """How many bars have this colour at this place: stretches of it, apart by more than a pattern's marks."""
    drawn = image(shown)
    rows = [y for y in range(300, drawn.height) if near(drawn.getpixel((x, y)), colour)]
    return sum(later - row > 30 for row, later in zip([-100, *rows], rows, strict=False))


def count(shown: Picture, colour: tuple[int, ...]) -> int:
    drawn = image(shown)
    found = drawn.getcolors(drawn.width * drawn.height)
    assert found is not None
    return sum(number for number, pixel in found if near(pixel, colour))


def at(hour: float, of: float) -> int:
    """Where an hour of a span is on the sheet."""
    return MARGIN + round(INNER * hour / of)


FRIDAY_NIGHT = hours("2026-11-20T22:00", "2026-11-21T02:00")


def test_every_reading_has_a_bar_with_its_bands_at_their_hours() -> None:
    shown = surcharge_picture(FRIDAY_NIGHT)
    assert bars(shown, at(0.1, 4), EVENING) == 4, "three bars, and the sample in the legend"
    assert bars(shown, at(0.9, 4), EVENING) == 3
    assert bars(shown, at(1.1, 4), NIGHT) == 3
    assert bars(shown, at(3.5, 4), NIGHT) == 2, "under calendar-rows no row holds Saturday before 08:00"
    assert not count(shown, WEEKEND)
    assert not count(shown, HOLIDAY)


def test_rows_are_told_apart_by_pattern_as_well_as_by_colour() -> None:
    assert len({fill.pattern for fill in FILLS.values()}) == len({fill.colour for fill in FILLS.values()}) == len(FILLS)
    shown = image(surcharge_picture(FRIDAY_NIGHT)).convert("L")
    dots = {shown.getpixel((at(1.1, 4) + x, y)) for x in range(30) for y in range(500, 540)}
    assert len(dots) > 1, "no band is flat"


def test_rows_that_are_added_are_drawn_over_each_other() -> None:
    shown = surcharge_picture(hours("2026-11-11T18:00", "2026-11-11T20:00"))
    assert bars(shown, at(0.05, 2), HOLIDAY) == 4, "three bars, and the sample in the legend"
    assert bars(shown, at(0.05, 2), EVENING) == 1, "the stacked bar"


def test_the_words_of_a_surcharge_stand_alone() -> None:
    shown = surcharge_picture(FRIDAY_NIGHT)
    assert shown.alt == (
        "Work from Fri 20 Nov 2026 22:00 to Sat 21 Nov 2026 02:00 (Europe/Brussels) at EUR 150.00 an hour costs "
        "EUR 1,125.00 when read as shift: 1 h evening at +50 %, 3 h night at +100 %. "
        "Read otherwise it costs EUR 825.00 as calendar-rows and EUR 1,125.00 as stacked."
    )
    assert shown.name == "surcharge-an-id.png"


def test_expenses_are_named_beside_the_hours() -> None:
    given = {"basis": "27.1", "start": "2026-11-20T16:00", "end": "2026-11-20T20:00", "rate": 150, "expenses": 20}
    shown = picture(answer("fee", "time-and-cost", given))
    assert shown
    assert "and EUR 20.00 besides" in shown.alt


def test_a_long_span_is_drawn_in_columns_of_weeks() -> None:
    shown = surcharge_picture(hours("2026-01-05T00:00", "2027-01-04T00:00"))
    first = at(0.3, 52)
    assert bars(shown, first, NIGHT) == 4, "three rows of columns, and the sample in the legend"
    assert bars(shown, first, WEEKEND) == 4, "the sample is that of weekend and holiday"
    assert image(shown).height < 2000


def test_an_answer_without_hours_or_days_has_no_picture() -> None:
    fee = answer("fee", "cancellation", {"cancelled": "2026-11-20", "performance": "2026-11-30", "fee": 100})
    assert picture(fee) is None
    with pytest.raises(ValueError, match="without hours"):
        surcharge_picture(fee)
    with pytest.raises(ValueError, match="without a day"):
        deadline_picture(fee)


def test_event_last_day_and_moved_day_are_marked_by_shape() -> None:
    moved, kept = deadline_picture(deadline("payment-due", "2026-05-15")), deadline("payment-due", "2026-05-18")
    for colour in (DISC, DIAMOND, ARROW):
        assert count(moved, colour) > 800, "a marker on its day, and one in the legend"
    assert not count(deadline_picture(kept), ARROW)
    assert moved.alt == (
        "The last day for paying an invoice (ITQ 6.1), counted from Fri 15 May 2026: Sun 14 Jun 2026, "
        "moved to Mon 15 Jun 2026 (passed over: 1 weekend day)."
    )


def test_each_reading_has_its_own_letter_and_day() -> None:
    both = deadline("cancellation-free", "2026-11-30")
    marks = Span(both).marks
    assert [mark.says for mark in marks[date(2026, 11, 25)]] == ["A last day"]
    assert [mark.says for mark in marks[date(2026, 11, 23)]] == ["B last day"]
    assert Span(both).passed[date(2026, 11, 28)] == ("B", "Saturday")
    assert (
        "Read otherwise: Mon 23 Nov 2026 (passed over: 2 weekend days) as working-days." in deadline_picture(both).alt
    )


def test_hours_are_shown_on_the_days_of_the_zone() -> None:
    marks = Span(deadline("breach-authority", "2026-11-20T23:30Z")).marks
    assert [(day, mark.says) for day, by in marks.items() for mark in by] == [
        (date(2026, 11, 21), "00:30"),
        (date(2026, 11, 24), "00:30"),
    ]


@pytest.mark.parametrize("kind", DEADLINES)
@pytest.mark.parametrize("since", ["2026-11-05", "2026-12-23", "2027-02-28"])
def test_days_that_count_are_numbered_up_to_the_period(kind: str, since: str) -> None:
    given = deadline(kind, since)
    span, found = Span(given), given.found
    assert found.period
    first_counts = kind == "candidate-replacement" and date.fromisoformat(since).weekday() < 5
    if first_counts or found.unit not in ("days", "weeks", "working_days"):
        assert not span.counted, (
            "an absence counts from its first Working Day; months and years are not counted in days"
        )
        return
    number = int(found.period) * (7 if found.unit == "weeks" else 1)
    assert sorted(span.counted.values()) == [*range(1, number + 1)]
    skipped = {skipped.day for skipped in given.readings[0].skipped} - {given.readings[0].day}
    assert not skipped & span.counted.keys()
    last = next(day for day, counted in span.counted.items() if counted == number)
    assert (last == given.readings[0].day) == (span.word == "last day")


def test_a_year_of_days_is_folded() -> None:
    assert image(deadline_picture(deadline("non-solicitation-end", "2026-02-28"))).height < 900


def test_a_very_long_period_stays_within_the_sheet() -> None:
    words = {"value": 400, "unit": "working_days", "clause": "3", "words": "within four hundred Working Days"}
    special = amendment({"name": "Acme", "amends": "ITQ", "terms": {"defect.claim": [words]}}, "acme.toml")
    shown = deadline_picture(deadline("defect-claim", "2026-11-05", Overrides("acme", amendments=(special,))))
    assert image(shown).height < 2500
    assert len(shown.alt) < 1000


PLACES = (("BE", "Europe/Brussels"), ("NL", "Europe/Amsterdam"), ("US", "America/New_York"), ("IN", "Asia/Kathmandu"))
FIRST = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp()) // 60
FEW = settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])


@FEW
@given(
    start=st.integers(FIRST, FIRST + 4 * 366 * 24 * 60),
    minutes=st.one_of(st.integers(1, 3 * 24 * 60), st.integers(1, 366 * 24 * 60)),
    place=st.sampled_from(PLACES),
)
def test_any_interval_up_to_a_year_is_drawn_within_its_size(start: int, minutes: int, place: tuple[str, str]) -> None:
    country, zone = place
    begun = datetime.fromtimestamp(start * 60, UTC)
    given = hours(begun.isoformat(), (begun + timedelta(minutes=minutes)).isoformat(), country=country, zone=zone)
    shown = surcharge_picture(given)
    drawn = image(shown)
    assert drawn.width == WIDTH
    assert 500 < drawn.height < 2200 < TALLEST
    assert len(shown.png) < 200_000
    assert 100 < len(shown.alt) < 1000


@FEW
@given(since=st.dates(date(2024, 1, 1), date(2028, 1, 1)), kind=st.sampled_from(DEADLINES))
def test_any_deadline_is_drawn_within_its_size(since: date, kind: str) -> None:
    shown = deadline_picture(deadline(kind, since.isoformat()))
    drawn = image(shown)
    assert drawn.width == WIDTH
    assert 300 < drawn.height < 2200
    assert len(shown.png) < 200_000
    assert 50 < len(shown.alt) < 1000


@given(text=st.text(max_size=60), room=st.integers(40, 400))
def test_no_text_is_wider_than_its_room(text: str, room: int) -> None:
    assert wide(cut(text, 28, room), 28) <= max(room, wide("…", 28))
    assert all(wide(line, 28) <= max(room, wide("…", 28)) for line in wrapped(text, 28, room))


def test_the_same_answer_gives_the_same_bytes_in_another_process() -> None:
    said = (
        "import sys; from tests.handlers.test_pictures import *; "
        "sys.stdout.buffer.write(surcharge_picture(FRIDAY_NIGHT).png "
        "+ deadline_picture(deadline('defect-claim', '2026-10-29')).png)"
    )
    again = subprocess.run(
        [sys.executable, "-c", said], env=os.environ | {"PYTHONHASHSEED": "7"}, capture_output=True, check=True
    )
    here = surcharge_picture(FRIDAY_NIGHT).png + deadline_picture(deadline("defect-claim", "2026-10-29")).png
    assert again.stdout == here


async def test_pictures_are_drawn_one_at_a_time() -> None:
    """Several threads that draw would each take a turn before the one that answers people has its next."""
    answer, began = deadline("defect-claim", "2026-11-05"), threading.Event()
    first = asyncio.ensure_future(one_at_a_time(lambda _: began.wait(0.2), answer))
    second = asyncio.ensure_future(one_at_a_time(lambda _: began.set(), answer))
    assert not await first, "the second began while the first was drawn"
    await second
    assert began.is_set()
