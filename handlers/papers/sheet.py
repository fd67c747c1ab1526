"""A4 pages with paragraphs and tables that flow over them."""

from __future__ import annotations

from collections.abc import Container, Sequence
from pathlib import Path

from fpdf import FPDF
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
        """A paragraph over the width of the page, ``indent`` millimetres from the margin.

        It is folded here: fpdf's own folding measures every line anew with every letter.
        """
        high = size * 0.5
        for line in self._lines(text, size, bold=bold, width=self.epw - indent):
            if self.will_page_break(high):
                self.add_page()
            self.set_font("text", "B" if bold else "", size)
            self.set_text_color(GREY if grey else INK)
            self.text(MARGIN + indent + self.c_margin, self.get_y() + high / 2 + 0.3 * self.font_size, line)
            self.set_xy(self.l_margin, self.get_y() + high)

    def _lines(self, text: str, size: float, *, bold: bool, width: float) -> list[str]:
        self.set_font("text", "B" if bold else "", size)
        return [line for part in self._shaped(text).split("\n") for line in self._folded(part, width) or [""]]

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
        font, shaped = self.fonts["text"], printable(text)
        known: Container[int] = font.cmap if isinstance(font, TTFFont) else ()
        if lacking := {c for c in set(shaped) if c != "\n" and ord(c) not in known}:
            shaped = "".join(NO_SIGN if c in lacking else c for c in shaped)
        if NO_SIGN in shaped and NO_SIGN not in self.foot:
            self.foot += f" · {NO_SIGN} stands for a sign that the font of these pages lacks"
        return shaped

    def _wide(self, text: str) -> float:
        """The width of a text in mm; that of a word is remembered, since a year of work repeats a few a thousand times."""
        return sum(self._wide_word(word) for word in text.split(" ")) + text.count(" ") * self._wide_word(" ")

    def _wide_word(self, word: str) -> float:
        key = word, self.font_style
        if key not in self._widths:
            self._widths[key] = self.get_string_width(word) / self.font_size_pt
        return self._widths[key] * self.font_size_pt

    def _folded(self, text: str, width: float) -> list[str]:
        """The lines on which a text is written in a cell of this width (mm)."""
        room, space = width - 2 * self.c_margin, self._wide_word(" ")
        if self._wide(text) <= room:
            return [text]
        lines, left = list[list[str]](), 0.0
        for word in (piece for whole in text.split() for piece in self._pieces(whole, room)):
            wide = self._wide_word(word)
            if lines and space + wide <= left:
                lines[-1].append(word)
                left -= space + wide
            else:
                lines.append([word])
                left = room - wide
        return [" ".join(line) for line in lines]

    def _pieces(self, word: str, room: float) -> list[str]:
        """A word cut where it is wider than a line."""
        if self._wide_word(word) <= room:
            return [word]
        pieces, left = list[str](), 0.0
        for letter in word:
            wide = self._wide_word(letter)
            if wide > left:
                pieces.append("")
                left = room
            pieces[-1] += letter
            left -= wide
        return pieces


def printable(text: str) -> str:
    """Text that can be printed: no tabs or control characters, nothing that is no character."""
    if text.isprintable():
        return text
    known = text.encode("utf-8", "replace").decode()
    return "".join(c if c.isprintable() or c == "\n" else " " for c in known)
