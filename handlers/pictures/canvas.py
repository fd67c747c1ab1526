"""What pictures are drawn with: one width for phones, one font, shapes, and fills told apart by pattern as well as colour."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

WIDTH = 1200
"""Pixels: 600 points at twice the density, which a phone shows at about a third of the size."""
MARGIN = 40
INNER = WIDTH - 2 * MARGIN
TALLEST = 4000
"""Pixels; no picture grows beyond it."""

INK, GREY, FAINT, PAPER = "#1B2430", "#55606E", "#D5DBE2", "#FFFFFF"
FONTS = Path(__file__).parent.parent / "fonts"
_FINER = 4

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Picture:
    """A PNG, what it shows in words that stand alone (under 1,000 characters), and a file name for it."""

    png: bytes = field(repr=False)
    alt: str
    name: str


@dataclass(frozen=True)
class Fill:
    """How an area is filled: a colour, and a pattern of another on it (none, slash, dots, lines, cross or thin)."""

    colour: str
    mark: str = FAINT
    pattern: str = "none"


@cache
def font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """The font of all pictures, in pixels; plain layout, so that no library of the machine changes it."""
    path = FONTS / f"DejaVuSansCondensed{'-Bold' if bold else ''}.ttf"
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


def wide(text: str, size: int, *, bold: bool = False) -> int:
    """The width of a text in pixels, rounded up."""
    return int(font(size, bold=bold).getlength(text)) + 1


def cut(text: str, size: int, room: int, *, bold: bool = False) -> str:
    """The text, with an ellipsis where it is wider than the room."""
    if wide(text, size, bold=bold) <= room:
        return text
    while text and wide(f"{text}…", size, bold=bold) > room:
        text = text[:-1].rstrip()
    return f"{text}…"


def wrapped(text: str, size: int, room: int, *, bold: bool = False) -> list[str]:
    """The text in lines no wider than the room; a word that is too wide for a line is cut."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and wide(longer, size, bold=bold) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return [cut(line, size, room, bold=bold) for line in lines]


@dataclass
class Sheet:
    """A white sheet that is written from the top down; ``y`` is where the next thing goes."""

    y: int = MARGIN
    image: Image.Image = field(default_factory=lambda: Image.new("RGB", (WIDTH, TALLEST), PAPER))

    def __post_init__(self) -> None:
        self.draw = ImageDraw.Draw(self.image)

    def text(
        self,
        at: tuple[int, int],
        text: str,
        size: int,
        *,
        bold: bool = False,
        colour: str = INK,
        anchor: str = "la",
        halo: str = "",
    ) -> None:
        """A line of text; ``anchor`` as Pillow names it ("la": left, top); a ``halo`` sets it off from a pattern."""
        around = 4 if halo else 0
        self.draw.text(
            at, text, colour, font(size, bold=bold), anchor=anchor, stroke_width=around, stroke_fill=halo or None
        )

    def paragraph(
        self, text: str, size: int, *, bold: bool = False, colour: str = INK, indent: int = 0, most: int = 4
    ) -> None:
        """A text over the width of the sheet, on as many lines as it takes, ``most`` at most."""
        lines = wrapped(text, size, INNER - indent, bold=bold)
        if len(lines) > most:
            lines[most - 1 :] = [cut(f"{lines[most - 1]} …", size, INNER - indent, bold=bold)]
        for line in lines:
            self.text((MARGIN + indent, self.y), line, size, bold=bold, colour=colour)
            self.y += size * 4 // 3

    def fill(self, box: Box, fill: Fill) -> None:
        """An area with its colour and pattern; the pattern runs on from one area to the next."""
        left, top, right, bottom = box
        if right <= left or bottom <= top:
            return
        tile = _tile(fill)
        area = Image.new("RGB", (right - left, bottom - top))
        for x in range(-(left % tile.width), area.width, tile.width):
            for y in range(-(top % tile.height), area.height, tile.height):
                area.paste(tile, (x, y))
        self.image.paste(area, (left, top))

    def plate(self, box: Box, lines: Sequence[tuple[str, int]]) -> bool:
        """Centred bold lines (text, size) on a white plate, where there is room for them; says whether there was."""
        left, top, right, bottom = box
        across = max(wide(text, size, bold=True) for text, size in lines) + 20
        tall = sum(size * 5 // 4 for _, size in lines) + 8
        if across > right - left - 6 or tall > bottom - top - 6:
            return False
        x, y = (left + right) // 2, (top + bottom - tall) // 2
        self.draw.rounded_rectangle((x - across // 2, y, x + across // 2, y + tall), 8, PAPER, FAINT)
        y += 4
        for text, size in lines:
            self.text((x, y + size * 5 // 8), text, size, bold=True, anchor="mm")
            y += size * 5 // 4
        return True

    def shape(self, kind: str, centre: tuple[int, int], reach: int, letter: str = "") -> None:
        """A marker: a disc for an event, a diamond for a day, an arrow for a day that was moved; with a letter on it."""
        with _finer(self.image, centre, reach + 2) as (draw, scale):
            middle = (reach + 2) * scale
            far = reach * scale
            if kind == "event":
                draw.ellipse((middle - far, middle - far, middle + far, middle + far), "#1F5FA8")
            elif kind == "day":
                corners = [(0, -far), (far, 0), (0, far), (-far, 0)]
                draw.polygon([(middle + x, middle + y) for x, y in corners], "#B3261E")
            else:
                corners = [(-far, -far), (0, -far), (far, 0), (0, far), (-far, far)]
                draw.polygon([(middle + x, middle + y) for x, y in corners], "#6B3FA0")
        if letter:
            x = centre[0] - (reach // 6 if kind == "moved" else 0)
            self.text((x, centre[1]), letter, reach, bold=True, colour=PAPER, anchor="mm")

    def png(self) -> bytes:
        """The sheet down to where it was written, as PNG: the same sheet, the same bytes."""
        written = self.image.crop((0, 0, WIDTH, min(self.y + MARGIN // 2, TALLEST)))
        out = io.BytesIO()
        few = written.quantize(128, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(out, "PNG", compress_level=6)
        return out.getvalue()


@contextmanager
def _finer(image: Image.Image, centre: tuple[int, int], reach: int) -> Iterator[tuple[ImageDraw.ImageDraw, int]]:
    """Draws on a square around a point at a finer scale, so that slanted edges come out smooth."""
    box = (centre[0] - reach, centre[1] - reach, centre[0] + reach, centre[1] + reach)
    area = image.crop(box).resize((2 * reach * _FINER,) * 2, Image.Resampling.NEAREST)
    yield ImageDraw.Draw(area), _FINER
    image.paste(area.resize((2 * reach,) * 2, Image.Resampling.BOX), box[:2])


@cache
def _tile(fill: Fill) -> Image.Image:
    """One piece of a pattern, which fits to itself on all sides."""
    side = 24
    big = side * _FINER
    tile = Image.new("RGB", (big, big), fill.colour)
    draw = ImageDraw.Draw(tile)
    half, thick = big // 2, 4 * _FINER
    if fill.pattern in ("slash", "cross", "thin"):
        for shift in (-big, 0, big):
            draw.line(
                (shift - half, big + half, shift + big + half, -half),
                fill.mark,
                thick if fill.pattern == "slash" else thick // 2,
            )
            if fill.pattern == "cross":
                draw.line((shift - half, -half, shift + big + half, big + half), fill.mark, thick // 2)
    elif fill.pattern == "dots":
        for x, y in ((half // 2, half // 2), (half + half // 2, half + half // 2)):
            draw.ellipse((x - thick, y - thick, x + thick, y + thick), fill.mark)
    elif fill.pattern == "lines":
        draw.rectangle((0, half // 2, big, half // 2 + thick), fill.mark)
        draw.rectangle((0, half + half // 2, big, half + half // 2 + thick), fill.mark)
    return tile.resize((side, side), Image.Resampling.BOX)
