"""Hardware in Home: what a person holds and when it is due, and for managers how much is out, due and overdue."""

from __future__ import annotations

from sqlite_utils import Database

from handlers import blocks
from handlers.hardware import entering, shown
from handlers.hardware.books import Books, books
from handlers.services import Services, Shelf
from storage import hardware as kept

# Home opens often; of more items the count, which reads them all, is made when it is asked for.
MOST_COUNTED = 2_000


async def home(services: Services, user: str) -> list[blocks.Block]:
    """What a person holds and when it is due; for managers how much is overdue."""
    roles = await services.roles(user)
    return await services.store.run(_section, services, await services.shelf(), user, "manager" in roles)


def _section(db: Database, services: Services, shelf: Shelf, user: str, managing: bool) -> list[blocks.Block]:
    at = books(db, services, shelf, user)
    held = shown.held(at, *entering.mine(at, user, shown.MOST_LATE))
    body = [blocks.section("*My Hardware*\n" + ("\n".join(held) or "You hold no rented Hardware."))]
    if managing:
        body.append(blocks.section(_counted(at)))
    buttons = [blocks.button("Report or return Hardware…", "hardware_home", "report")]
    return [*body, *blocks.rows(buttons)]


def _counted(at: Books) -> str:
    if kept.more_than(at.db, MOST_COUNTED):
        return "*Hardware with Clients*\n`/hardware overdue` and `/hardware summary` count what is out."
    counts = shown.counted(at)
    if not counts:
        return "*Hardware with Clients*\nNothing is out."
    totals = {what: sum(of[what] for of in counts.values()) for what in shown.COUNTS}
    told = ", ".join(f"{number} {what}" for what, number in totals.items())
    return f"*Hardware with Clients*\n{told}. `/hardware overdue` and `/hardware summary` tell more."
