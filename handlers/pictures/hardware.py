"""What each Client holds as bars: out, ending soon, due, overdue, lost or stolen, told apart by pattern and number."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.blocks import shorten
from handlers.pictures.canvas import GREY, INNER, MARGIN, Fill, Picture, Sheet, cut

FILLS: Mapping[str, Fill] = {
    "out": Fill("#E3E8EE", "#B4BECA", "thin"),
    "ending soon": Fill("#F5C451", "#C98A12", "slash"),
    "due": Fill("#1F8A7D", "#9AD8CF", "lines"),
    "overdue": Fill("#BE4B3B", "#F3B5A8", "cross"),
    "lost or stolen": Fill("#223C6B", "#8FA9D9", "dots"),
}
BAR, MOST, MOST_NAME = 64, 24, 40
"""The height of a bar in pixels, the Clients that are drawn, and the characters of a name beside its numbers."""


def hardware_picture(counts: Mapping[str, Mapping[str, int]]) -> Picture:
    """A bar for each Client, as long as it holds many items, the Client with most first; ValueError without any."""
    ranked = sorted(counts.items(), key=lambda entry: (-sum(entry[1].values()), entry[0]))
    if not ranked:
        raise ValueError("without Clients there are no bars to draw")
    most = max(sum(of.values()) for _, of in ranked)
    sheet = Sheet()
    sheet.paragraph("Hardware with Clients", 44, bold=True)
    sheet.y += 12
    _legend(sheet)
    for client, of in ranked[:MOST]:
        sheet.text(
            (MARGIN, sheet.y), cut(f"{shorten(client, MOST_NAME)}: {_told(of)}", 30, INNER, bold=True), 30, bold=True
        )
        sheet.y += 42
        left = MARGIN
        for what, number in of.items():
            right = left + max(number * INNER // most, 3 if number else 0)
            box = (left, sheet.y, min(right, MARGIN + INNER), sheet.y + BAR)
            sheet.fill(box, FILLS[what])
            if number:
                sheet.plate(box, [(str(number), 30)])
            left = right
        sheet.y += BAR + 24
    if len(ranked) > MOST:
        sheet.paragraph(f"{len(ranked) - MOST} more Clients are in the table.", 28, colour=GREY)
    return Picture(sheet.png(), _alt(ranked[:MOST]), "hardware-by-client.png")


def _legend(sheet: Sheet) -> None:
    x = MARGIN
    for what, fill in FILLS.items():
        sheet.fill((x, sheet.y, x + 40, sheet.y + 40), fill)
        sheet.text((x + 52, sheet.y + 4), what, 26)
        x += 52 + len(what) * 15 + 50
    sheet.y += 70


def _told(of: Mapping[str, int]) -> str:
    """How many items a Client has, and how many of each kind: a narrow part of a bar has no room for its number."""
    return f"{sum(of.values())} ({', '.join(f'{number} {what}' for what, number in of.items() if number)})"


def _alt(ranked: list[tuple[str, Mapping[str, int]]]) -> str:
    return f"Hardware with Clients: {'; '.join(f'{client} holds {_told(of)}' for client, of in ranked)}."[:990]
