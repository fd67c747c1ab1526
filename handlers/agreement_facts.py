"""What follows from an agreement by itself: the return of Hardware at its end, or the window of notice where it renews."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlite_utils import Database

from handlers import tracking
from handlers.computing import basis
from handlers.hardware import tracked
from handlers.services import Services
from handlers.tracking import Due
from knowledge import days, reminding
from knowledge.agreements import Agreement, term_end
from storage import deadlines as kept
from storage import hardware, outbox
from storage.deadlines import Tracked
from storage.outbox import Letter

TERM = "term"
"""The name that the letter at the end of a term has instead of a Slack method."""
KEYS = ("hardware-return:agreement:{}", "renewal-notice:{}", "renewal-opens:{}")


def settle(db: Database, services: Services, stands: Agreement, *, cause: str, by: str) -> None:
    """Make, move or drop the deadlines of an agreement as it stands now, in the caller's transaction.

    Those that come from its own dates follow these; every other deadline under it is computed again.
    """
    wanted = {due.key: due for due in _dues(stands, services.today())}
    rented = bool(hardware.items(db, agreement=stands.slug))
    for key in (pattern.format(stands.slug) for pattern in (KEYS[1:] if rented else KEYS)):
        before = kept.by_key(db, key)
        if key not in wanted:
            if before and before.state == "open":
                tracking.close(db, services, before, "dropped", {"cause": cause, "agreement": stands.slug}, by)
        elif not _over(db, services, wanted[key], before, by):
            tracking.follow(db, services, _as_it_stands(db, wanted[key], before), cause=cause, by=by)
    others = [one for one in kept.open_ones(db, agreement=stands.slug) if one.key not in wanted]
    tracking.refresh(db, services, others, cause=cause, by=by)
    if rented:  # what is out decides then whether anything is to be returned, and until when
        tracked.of_agreement(db, services, services.shelf_in(db), stands.slug, cause, by)
    _await_end(db, services, stands)


async def renewed(services: Services, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """A term has ended: the deadlines of the next one begin."""
    await services.store.run(_renewed, services, str(arguments["agreement"]))
    return {}


def _renewed(db: Database, services: Services, slug: str) -> None:
    stands = basis(db, services.shelf_in(db)).agreement(slug)
    if stands and stands.renewal:
        end = term_end(stands, services.today())
        told = days.spoken(end) if end else ""
        settle(db, services, stands, cause=f"{slug} renewed itself until {told}", by="clausekeeper")


def _dues(stands: Agreement, today: date) -> Iterator[Due]:
    end = term_end(stands, today)
    if end is None:
        return

    def due(key: str, kind: str, title: str, **given: object) -> Due:
        inputs = {"from": end.isoformat()} | {name: str(value) for name, value in given.items()}
        return Due(key.format(stands.slug), kind, inputs, stands.slug, stands.manager, (), title)

    if stands.renewal is None:
        yield due(KEYS[0], "hardware-return", f"Return of Hardware by {stands.client}")
        return
    if stands.notice:
        title = f"Last day of notice before {stands.client} renews"
        yield due(KEYS[1], "renewal-notice", title, notice=stands.notice.length, unit=stands.notice.unit)
    if stands.notice_opens:
        title = f"First day of notice before {stands.client} renews"
        yield due(KEYS[2], "renewal-opens", title, opens=stands.notice_opens.length, unit=stands.notice_opens.unit)


def _as_it_stands(db: Database, due: Due, before: Tracked | None) -> Due:
    """A deadline that others have filled in already (the items that are to come back) keeps what they said of it."""
    if before is None or before.state != "open":
        return due
    return replace(due, title=before.title, watchers=kept.watchers(db, before.id))


def _over(db: Database, services: Services, due: Due, before: Tracked | None, by: str) -> bool:
    """Whether there is nothing to remind of: it had passed before the agreement was registered, or it is settled, and not
    because the agreement had said otherwise for a while.
    """
    if before and before.state == "open":
        return False
    answer = tracking.compute(db, services, due.kind, due.given, due.agreement, by)
    day = reminding.earliest(reading.day for reading in answer.readings if reading.day)
    if before is None:
        return reminding.last_moment(day, services.zone) <= services.now()
    taken_back = kept.steps(db, before.id)[-1].content.get("agreement") == due.agreement
    return not taken_back and day == before.due


def _await_end(db: Database, services: Services, stands: Agreement) -> None:
    """Owe the letter that begins the next term, where there is one."""
    end = term_end(stands, services.today())
    if end and stands.renewal:
        at = datetime.combine(end + timedelta(days=1), time(), services.zone)
        key = f"term:{stands.slug}:{end}"
        letter = Letter(key, key, at.astimezone(services.now().tzinfo), TERM, {"agreement": stands.slug})
        outbox.put(db, letter)
