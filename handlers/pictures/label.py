"""The label of an item: whose it is, its tag, and a QR code that leads to it (ITQ 34.2)."""

from __future__ import annotations

import io

import segno
from PIL import Image, ImageDraw

from handlers.pictures.canvas import GREY, INK, Picture, cut, font
from knowledge.hardware import Item

WIDE, HIGH, EDGE = 1000, 460, 30
"""Pixels: about 85 by 39 mm at 300 dots an inch."""


def label_picture(item: Item, link: str) -> Picture:
    """A PNG to print: the code on the left, with error correction that a scratch does not hurt, words on the right."""
    code = segno.make(link, error="q", micro=False)
    scale = (HIGH - 2 * EDGE) // code.symbol_size(border=4)[0]
    drawn = io.BytesIO()
    code.save(drawn, kind="png", scale=scale, border=4)
    sheet = Image.new("RGB", (WIDE, HIGH), "#FFFFFF")
    square = Image.open(drawn).convert("RGB")
    sheet.paste(square, (EDGE, (HIGH - square.height) // 2))
    draw = ImageDraw.Draw(sheet)
    left = EDGE + square.width + 10
    room = WIDE - left - EDGE
    size = next((size for size in range(96, 30, -4) if font(size, bold=True).getlength(item.tag) <= room), 30)
    draw.text((left, 60), cut(item.tag, size, room, bold=True), INK, font(size, bold=True))
    draw.text((left, 190), cut(item.description, 36, room), INK, font(36))
    draw.text((left, 300), cut("Property of ITQ Consultancy", 34, room, bold=True), INK, font(34, bold=True))
    draw.text((left, 350), cut("Do not change or remove (34.2)", 28, room), GREY, font(28))
    out = io.BytesIO()
    sheet.save(out, "PNG")
    alt = f"Label of {item.tag}, {item.description}: a QR code that leads to {link}"
    return Picture(out.getvalue(), alt[:990], f"label-{item.tag.replace('/', '-')}.png")
