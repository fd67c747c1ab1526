"""The deadlines that Hardware brings about by itself: the only place that follows them and lets them go.

Items of one agreement that are due on one day are one deadline, so that a pallet of 200 is one reminder.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from sqlite_utils import Database

from handlers import tracking
from handlers.hardware import asking, people
from handlers.hardware.books import Books, books
from handlers.services import Services, Shelf
from handlers.tracking import Due
from knowledge import days, hardware
from knowledge.hardware import Item
from storage import hardware as kept
from storage import outbox
from storage.deadlines import by_key as followed
from storage.outbox import Letter

FOLLOW = "hardware_follow"
"""The letter that follows up a file which was taken in, where there may be many items and no bot at hand."""
UNDAMAGED = "hardware_undamaged"
"""The letter that ends the waiting for a notice of damage."""
WHOLE = tuple(state for state in hardware.OUT if state != "damaged")
"""Where an item stands whose Client could still say that it came damaged."""
FOLLOWED = ("agreement", "client", "state", "ends", "delivered", "holder", "checked", "insured_until")
"""What of an item its deadlines and questions depend on."""
MOST_WATCHERS, FEW = 10, 3


def follow_up(at: Books, services: Services, items: Sequence[Item], cause: str) -> None:
    """After something happened to these items (as they were and as they are): what is now due of them is followed, what
    is settled is let go.
    """
    asking.schedule(at, services, items)
    for slug, mine in people.by_agreement(items).items():
        for own in {item.ends for item in mine}:
            _return(at, services, slug, own, cause)
        for day in {item.delivered for item in mine if item.delivered}:
            _damage(at, services, slug, day, cause)


def _return(at: Books, services: Services, slug: str, own: date | None, cause: str) -> None:
    """The return of the items whose rental ends with the agreement, or on a day of their own."""
    ends = own or at.end_of(slug)
    key = f"hardware-return:{slug}:{own}" if own else f"hardware-return:agreement:{slug}"
    out = {"agreement": slug, "states": hardware.OUT, "facts": {"ends": own and own.isoformat()}}
    names = _named(at, out)
    if not names or ends is None:
        tracking.drop(at.db, services, key, cause=cause, by=at.by)
        return
    watchers = kept.holders(at.db, MOST_WATCHERS, **out)
    _follow(at, services, Due(key, "hardware-return", _since(ends), slug, "", watchers, f"Return of {names}"), cause)


def _damage(at: Books, services: Services, slug: str, day: date, cause: str) -> None:
    """Until when the Client can say that items of one delivery came damaged; what had passed when it was told is let be."""
    key = f"delivery-damage:{slug}:{day}"
    reading = at.answer("deadline", "delivery-damage", _since(day), slug).readings[0]
    names = _named(at, {"agreement": slug, "states": WHOLE, "facts": {"delivered": day.isoformat()}})
    if not names:
        tracking.drop(at.db, services, key, cause=cause, by=at.by)
    elif reading.extended and reading.extended >= at.today:
        title = f"Notice of damage to {names}"
        _follow(at, services, Due(key, "delivery-damage", _since(day), slug, "", (), title), cause)
        _await(at.db, services, key)


def _await(db: Database, services: Services, key: str) -> bool:
    """Owe the letter that ends the waiting for a notice of damage; False where that time is over, or nobody waits."""
    awaited = followed(db, key)
    if awaited is None or awaited.state != "open":
        return False
    extended = date.fromisoformat(awaited.readings[0][2])
    over = max(awaited.last, datetime.combine(extended + days.ONE, time(), services.zone).astimezone(UTC))
    if over <= services.now():
        return False
    letter = Letter(f"{UNDAMAGED}:{key}:{over:%Y-%m-%dT%H}", key, over, UNDAMAGED, {"key": key})
    outbox.owe(db, [letter], services.now())
    return True


async def undamaged(services: Services, client: Any, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """The time to say that a delivery was damaged is over: nobody is to do anything about it any more."""
    await services.store.run(_undamaged, services, str(arguments["key"]))
    return {}


def _undamaged(db: Database, services: Services, key: str) -> None:
    if _await(db, services, key):
        return  # it was moved meanwhile
    cause = "nobody told of damage in time: the Hardware is considered delivered undamaged (ITQ 29.5)"
    tracking.drop(db, services, key, cause=cause, by="clausekeeper")


def _follow(at: Books, services: Services, due: Due, cause: str) -> None:
    tracking.follow(at.db, services, due, cause=cause, by=at.by)


def _since(day: date) -> dict[str, str]:
    return {"from": day.isoformat()}


def _named(at: Books, which: Mapping[str, Any]) -> str:
    """Some items and whose they are, in a few words; empty where there are none."""
    few, count = at.first(FEW, **which)
    if not few:
        return ""
    more = f" and {count - len(few)} more" if count > len(few) else ""
    return f"{', '.join(item.tag for item in few)}{more} by {few[0].client}"


def letter(at: Books, slugs: Collection[str], cause: str) -> Letter:
    """The letter that follows up all items of some agreements, as soon as a bot runs."""
    id = at.new_id()
    return Letter(f"{FOLLOW}:{id}", FOLLOW, at.now, FOLLOW, {"agreements": sorted(slugs), "cause": cause, "by": at.by})


async def catch_up(services: Services, client: Any, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow up all items of the agreements that a letter names."""
    for slug in arguments["agreements"]:
        shelf = await services.shelf()
        await services.store.run(of_agreement, services, shelf, slug, arguments["cause"], arguments["by"])
    services.wake()
    return {}


def of_agreement(db: Database, services: Services, shelf: Shelf, slug: str, cause: str, by: str) -> None:
    """Follow up all that is out under an agreement: its end may have moved."""
    at = books(db, services, shelf, by)
    found = at.alike(by=FOLLOWED, agreement=slug, states=hardware.OUT)
    follow_up(at, services, [item for item, _ in found], cause)
