"""A4 pages with paragraphs and tables that flow over them."""

from __future__ import annotations

from collections.abc import Container, Sequence
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont

FONTS = Path(__file__).parent.parent / "fonts"
GREY, INK, LIGHT = (85, 96, 110), (27, 36, 48), (236, 239, 243)
MARGIN, _LINE = 18, 4
_TEXT, SMALL = 9.5, 8
"""Millimetres; points."""
NO_SIGN = "□"


class Paper(FPDF):
    """A4 pages with the number of the page and what they are about at the foot."""

    def __init__(self, title: str, about: str, lang: str = "en") -> None:
        super().__init__(format="A4")
        self._widths: dict[tuple[str, str], float] = {}
        self.foot = f"Clausekeeper · {printable(about)}"
        self.add_font("text", "", FONTS / "DejaVuSansCondensed.ttf")
        self.add_font("text", "B", FONTS / "DejaVuSansCondensed-Bold.ttf")
        self.set_margin(MARGIN)
        self.set_auto_page_break(True, MARGIN + 6)
        self.set_title(printable(title))
        self.set_subject(printable(about[:1].upper() + about[1:]))
        self.set_creator("Clausekeeper")
        self.set_lang(lang)
        self.add_page()

    def footer(self) -> None:
        """The line at the foot of every page."""
        self.set_y(-MARGIN)
        self.set_font("text", "", SMALL)
        self.set_text_color(GREY)
        number = 30.0
        self.cell(self.epw - number, 5, self.foot)
        self.cell(number, 5, f"Page {self.page_no()} of {{nb}}", align="R")

    def write_down(
        self, text: str, size: float = _TEXT, *, bold: bool = False, grey: bool = False, indent: float = 0
    ) -> None:
        """A paragraph over the width of the page, ``indent`` millimetres from the margin."""
        self.set_font("text", "B" if bold else "", size)
        self.set_text_color(GREY if grey else INK)
        self.set_x(MARGIN + indent)
        self.multi_cell(0, size * 0.5, self._shaped(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def bullet(self, text: str) -> None:
        """One entry of a list."""
        if self.will_page_break(_LINE * 2):
            self.add_page()
        self.set_font("text", "", _TEXT)
        self.set_text_color(INK)
        self.text(MARGIN + 1, self.get_y() + 3.6, "•")
        self.write_down(text, indent=4)
        self.ln(0.8)

    def section(self, name: str) -> None:
        """A heading, which is also an entry of the outline; never alone at the foot of a page."""
        if self.will_page_break(18):
            self.add_page()
        self.ln(5)
        self.start_section(name)
        self.write_down(name, 11, bold=True)
        self.ln(1)

    def rows(self, heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int], right: str) -> None:
        """A table whose heads come again on every page; ``right`` names the columns of numbers by their heads."""
        full = sum(widths)
        columns = [
            (self.epw * width / full, head in right.split(", ")) for head, width in zip(heads, widths, strict=True)
        ]
        self.set_text_color(INK)
        self.set_draw_color(200, 206, 213)
        self.set_fill_color(LIGHT)
        self._row(heads, columns, bold=True)
        for row in rows:
            last = row is rows[-1] and row[0].startswith("Total")
            if self.will_page_break(_LINE * 3 if last else _LINE * 2):
                self.add_page()
                self.set_text_color(INK)
                self._row(heads, columns, bold=True)
            self._row(row, columns, bold=last)

    def _row(self, row: Sequence[str], columns: Sequence[tuple[float, bool]], *, bold: bool) -> None:
        self.set_font("text", "B" if bold else "", SMALL)
        cells = [self._folded(self._shaped(cell), width) for cell, (width, _) in zip(row, columns, strict=True)]
        deep = max(len(lines) for lines in cells)
        height = deep * _LINE + 1.6
        if self.will_page_break(height):
            self.add_page()
            self.set_font("text", "B" if bold else "", SMALL)
            self.set_text_color(INK)
        x, y = self.l_margin, self.get_y()
        if bold:
            self.rect(x, y, self.epw, height, style="F")
        for lines, (width, right) in zip(cells, columns, strict=True):
            for at, line in enumerate(lines):
                spare = width - self._wide(line) - 2 * self.c_margin if right else 0
                self.text(x + self.c_margin + spare, y + 3.8 + at * _LINE, line)
            x += width
        self.line(self.l_margin, y + height, self.l_margin + self.epw, y + height)
        self.set_xy(self.l_margin, y + height)

    def _shaped(self, text: str) -> str:
        """Text in signs that the font has; □ stands for any other, and the foot of the page then says so."""
        font = self.fonts["text"]
        known: Container[int] = font.cmap if isinstance(font, TTFFont) else ()
        found = "".join(c if ord(c) in known or c == "\n" else NO_SIGN for c in printable(text))
        if NO_SIGN in found and NO_SIGN not in self.foot:
            self.foot += f" · {NO_SIGN} stands for a sign that the font of these pages lacks"
        return found

    def _wide(self, text: str) -> float:
        """The width of a text in mm; remembered, since a year of work repeats a few words a thousand times."""
        key = text, self.font_style
        if key not in self._widths:
            self._widths[key] = self.get_string_width(text)
        return self._widths[key]

    def _folded(self, text: str, width: float) -> list[str]:
        """The lines on which a text is written in a cell of this width (mm)."""
        room = width - 2 * self.c_margin
        lines: list[str] = []
        for word in (piece for whole in text.split() for piece in self._pieces(whole, room)):
            if lines and self._wide(f"{lines[-1]} {word}") <= room:
                lines[-1] += f" {word}"
            else:
                lines.append(word)
        return lines if self._wide(text) > room else [text]

    def _pieces(self, word: str, room: float) -> list[str]:
        """A word cut where it is wider than a line."""
        pieces = [""]
        for letter in word if self._wide(word) > room else ():
            if self._wide(pieces[-1] + letter) > room:
                pieces.append("")
            pieces[-1] += letter
        return pieces if pieces[-1] else [word]


def printable(text: str) -> str:
    """Text that can be printed: no tabs or control characters, nothing that is no character."""
    known = text.encode("utf-8", "replace").decode()
    return "".join(c if c.isprintable() or c == "\n" else " " for c in known)
