"""The picture of an incident's clocks: the same clocks give the same bytes, and its words stand alone."""

import io
from datetime import UTC, datetime, timedelta

from PIL import Image

from handlers.pictures.canvas import INNER, MARGIN, TALLEST, WIDTH
from handlers.pictures.clocks import MOST, clocks_picture
from knowledge.breach.clocks import Clock

AWARE = datetime(2026, 11, 24, 1, tzinfo=UTC)
LATE = (0xB3, 0x26, 0x1E)


def clock(client: str, hours: int, **more: object) -> Clock:
    due = AWARE + timedelta(hours=hours)
    base = Clock(f"client:{client}", client, "client", AWARE, due, "Europe/Brussels", "because")
    return Clock(**{**vars(base), **more})


def test_the_clocks_are_told_in_words_and_the_same_clocks_are_the_same_picture() -> None:
    clocks = [
        clock("acme", 24),
        clock("tulip", 48, stopped=AWARE + timedelta(hours=2)),
        clock("third", 72, left_out="no data"),
    ]
    now = AWARE + timedelta(hours=30)
    first, second = (clocks_picture("INC-2026-001", clocks, now, "Europe/Brussels", drill=False) for _ in range(2))
    assert first == second
    assert first.png == second.png
    assert first.alt == (
        "Clocks of INC-2026-001: ITQ informs acme ran out, end Wed 25 Nov 2026 02:00 (Europe/Brussels); "
        "ITQ informs tulip done, end Thu 26 Nov 2026 02:00 (Europe/Brussels); and 1 more."
    )
    image = Image.open(io.BytesIO(first.png)).convert("RGB")
    assert image.width == WIDTH
    assert LATE in {color for _, color in image.getcolors(1 << 20)}, "a clock that ran out has its pattern"


def test_many_clocks_and_long_names_fit() -> None:
    clocks = [clock("x" * 300, hours) for hours in range(1, 101)]
    drawn = clocks_picture("DRILL-2026-001", clocks, AWARE + timedelta(days=400), "Europe/Brussels", drill=True)
    image = Image.open(io.BytesIO(drawn.png)).convert("RGB")
    assert image.height < TALLEST
    assert "and 98 more" in drawn.alt
    white = image.getpixel((2, 2))
    assert all(image.getpixel((MARGIN + INNER + 8, y)) == white for y in range(0, image.height, 7)), (
        "nothing leaves the margin"
    )
    assert MOST < 100
