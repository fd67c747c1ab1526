"""Pictures of answers for those who would rather look than read: hours with their surcharges, and days that counted."""

from __future__ import annotations

from handlers.pictures.calendar import deadline_picture
from handlers.pictures.canvas import Picture
from handlers.pictures.surcharge import surcharge_picture
from handlers.showing import drawable
from knowledge.answer import Answer

__all__ = ["Picture", "deadline_picture", "picture", "surcharge_picture"]


def picture(answer: Answer) -> Picture | None:
    """The picture that goes with an answer: of its hours or of its days; None where there is nothing to draw."""
    if not drawable(answer):
        return None
    return deadline_picture(answer) if answer.family == "deadline" else surcharge_picture(answer)
