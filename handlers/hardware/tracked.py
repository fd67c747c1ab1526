"""The deadlines that Hardware brings about by itself: the only place that follows them and lets them go."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.hardware import asking
from handlers.hardware.books import Books
from handlers.services import Services
from knowledge.hardware import Item


def follow_up(at: Books, services: Services, items: Sequence[Item], cause: str) -> None:
    """After something happened to these items: what is now due of them is followed, what is settled is let go."""
    asking.schedule(at, services, items)
