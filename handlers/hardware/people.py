"""Who is told about an agreement's Hardware: its manager, else everyone with that role, else the admins."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time

from handlers.hardware.books import Books
from handlers.services import Services
from knowledge.hardware import Item

MORNING = time(9)
"""When people are asked things, in the governing zone."""


def managers(at: Books, services: Services, slug: str) -> list[str]:
    """The people who manage an agreement, by id."""
    manager = at.agreement(slug).manager
    if manager:
        return [manager]
    holders = services.holders(at.db)
    return holders["manager"] or holders["admin"]


def holders(at: Books, services: Services, item: Item) -> list[str]:
    """Who is asked about an item: its holder, else who manages its agreement."""
    return [item.holder] if item.holder else managers(at, services, item.agreement)


def morning(day: date, services: Services) -> datetime:
    """Nine in the morning of a contract day, as an instant in UTC."""
    return datetime.combine(day, MORNING, services.zone).astimezone(UTC)


def by_agreement(items: Iterable[Item]) -> dict[str, list[Item]]:
    """Items by the name of their agreement."""
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(item.agreement, []).append(item)
    return found
