"""Items registered and changed by form: one, or a pallet of the same kind by its pasted tags."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlite_utils import Database

from handlers import blocks, forms
from handlers.hardware import replies, shown, tracked
from handlers.hardware.books import Books, books
from handlers.hardware.told import listed
from handlers.incoming import Incoming
from handlers.services import Services, Shelf
from knowledge import fields, hardware
from knowledge.hardware import FIELDS, Happened, Item
from knowledge.hardware_asked import TAGS
from knowledge.refused import Refused
from storage import hardware as kept

SAME = tuple(field for field in FIELDS if field.name not in ("tag", "serial"))
"""What items of one kind have in common."""
_SERIAL = next(field for field in FIELDS if field.name == "serial")
ADDED = (TAGS, _SERIAL, *SAME)


def add_form(at: Books, slugs: Sequence[str], channel: str, agreement: str) -> dict[str, Any]:
    """The form that registers items."""
    body = forms.entries(ADDED, {"agreement": agreement}, at.here, slugs)
    return forms.modal("hardware_add", "Hardware", "Register", body, json.dumps({"channel": channel}))


def edit_form(at: Books, item: Item, slugs: Sequence[str], channel: str, kind: str) -> dict[str, Any]:
    """The form that changes an item, or rents it out anew."""
    given = {name: value for name, value in hardware.to_data(item).items() if kind == "edit" or name != "ends"}
    body = forms.entries((_SERIAL, *SAME), given, at.here, slugs)
    memory = json.dumps({"channel": channel, "tag": item.tag, "kind": kind})
    title = f"{'Change' if kind == 'edit' else 'Rent out'} {item.tag}"
    return forms.modal("hardware_edit", title, "Keep", body, memory)


async def added(ack: Any, view: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Register the items of the form: all of them, or none where one is known already."""
    await _kept(_add, ack, view, incoming, services)


async def edited(ack: Any, view: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Keep what was changed of an item."""
    await _kept(_edit, ack, view, incoming, services)


async def _kept(work: Any, ack: Any, view: dict[str, Any], incoming: Incoming, services: Services) -> None:
    shelf, given, memory = await services.shelf(), forms.typed(view), replies.memory(view)
    try:
        await services.store.run(work, services, shelf, incoming, memory, given)
    except Refused as refused:
        raise replies.fitting(view, refused) from None
    services.wake()
    await ack()


def _add(
    db: Database,
    services: Services,
    shelf: Shelf,
    incoming: Incoming,
    memory: Mapping[str, str],
    given: Mapping[str, Any],
) -> None:
    if replies.repeated(db, incoming):
        return
    at = books(db, services, shelf, incoming.user)
    values = fields.read(ADDED, given, at.here)
    tags = hardware.tags(str(values.pop("tags")))
    if len(tags) > 1 and "serial" in values:
        raise Refused(
            "Several items have no one serial number; leave it empty, or add them one by one.", field="serial"
        )
    agreement = at.agreement(str(values["agreement"]))
    items = [hardware.new(values | {"tag": tag, "agreement": agreement.slug}, agreement.client) for tag in tags]
    try:
        at.add(items)
    except Refused as refused:
        raise Refused(str(refused), field="tags") from None
    if len(items) == 1:
        message = shown.card(at, items[0]) | {"text": blocks.escape(f"Registered {items[0].name}.")}
    else:
        message = shown.said(f"Registered {len(items):,} items under {agreement.slug}: {listed(tags, 20)}.")
    letter = replies.letter(incoming, memory["channel"], message, tags[0], services)
    replies.finish(at, incoming, "add", {"items": [hardware.to_data(item) for item in items]}, [letter])


def _edit(
    db: Database,
    services: Services,
    shelf: Shelf,
    incoming: Incoming,
    memory: Mapping[str, str],
    given: Mapping[str, Any],
) -> None:
    if replies.repeated(db, incoming):
        return
    at = books(db, services, shelf, incoming.user)
    item = at.item(memory["tag"])
    values: dict[str, Any] = fields.read((_SERIAL, *SAME), given, at.here)
    agreement = at.agreement(str(values["agreement"]))
    wanted = hardware.new(values | {"tag": item.tag, "agreement": agreement.slug}, agreement.client)
    if memory["kind"] == "rent":
        hardware.check(item, at.stands(item), "rent", at.today, at.today)
        what, after = Happened("rent", at.today, hardware.to_data(wanted)), wanted
    else:
        if item.charged and agreement.slug != item.agreement:
            raise Refused(
                f"Rent of {item.tag} was charged under {item.agreement}; settle it there, and rent it out anew.",
                field="agreement",
            )
        what = Happened("edit", at.today, _differing(item, wanted))
        after = hardware.after(item, what)
        if not what.data:
            raise Refused(f"Nothing was changed of {item.tag}.", field="description")
    at.tell([(item, what)])
    tracked.follow_up(at, services, [item, after], f"{item.tag} was changed")
    message = shown.card(at, after) | {"text": blocks.escape(f"Changed {after.name}.")}
    letter = replies.letter(incoming, memory["channel"], message, item.tag, services)
    replies.finish(at, incoming, what.kind, {"tag": item.tag, "changed": dict(what.data)}, [letter])


def _differing(item: Item, wanted: Item) -> dict[str, Any]:
    """What a form says otherwise of an item than is known; None for what it leaves out now."""
    now = hardware.to_data(replace(wanted, state=item.state))
    names = (*(field.name for field in SAME), "serial", "client")
    then = hardware.to_data(item)
    return {name: now.get(name) for name in names if now.get(name) != then.get(name)}


def mine(at: Books, user: str, most: int) -> tuple[list[Item], int]:
    """The first items that a person holds, those that are due first, and how many there are; more than are shown are not read."""
    held = kept.held(at.db, user, hardware.OUT)
    dues = {(slug, ends): at.due_of(slug, ends) for _, slug, ends in held}
    far = date.max
    in_order = sorted(held, key=lambda one: (dues[one[1:]] or (far, far), one[0]))
    return at.items(tag for tag, _, _ in in_order[:most]), len(held)
