"""What happens to items, told by form: one or two hundred at once, each move by the table, all or none."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlite_utils import Database

from handlers import blocks, forms
from handlers.access import Forbidden
from handlers.hardware import alarms, photographs, replies, shown, tracked
from handlers.hardware.books import MOST_AT_ONCE, Books, books
from handlers.hardware.told import listed
from handlers.incoming import Incoming
from handlers.services import Services, Shelf
from knowledge import days, fields, hardware
from knowledge.hardware import MOVES, Item
from knowledge.hardware_asked import FORMS, LABELS, MANAGED, WITH_PHOTOS, breach, kept
from knowledge.hardware_asked import fields as asked
from knowledge.inputs import Here
from knowledge.refused import Refused
from storage.outbox import Letter

SYNONYMS = {
    "lost": "lose",
    "stolen": "steal",
    "damaged": "damage",
    "attached": "attach",
    "insured": "insure",
    "handover": "hand-over",
    "writeoff": "write-off",
}


def form(kind: str, tags: Sequence[str], channel: str, here: Here) -> dict[str, Any]:
    """The form of something that happens; its tags and today filled in."""
    body: list[blocks.Block] = []
    if kind in MOVES and (clause := MOVES[kind].clause):
        body.append(blocks.context(f"ITQ {clause}. All the items are {MOVES[kind].done}, or none."))
    body += forms.entries(asked(kind), {"tags": "\n".join(tags)}, here)
    if kind in MOVES and len(tags) != 1:
        file: blocks.Block = {"type": "file_input", "action_id": "file", "filetypes": ["csv", "text"], "max_files": 1}
        hint = f"a CSV with a column tag, up to {MOST_AT_ONCE:,} lines; then the tags above may stay empty"
        body.append(forms.block("file", "Or the tags in a file", hint, file, optional=True))
        body[1 if body[0]["type"] == "context" else 0] |= {"optional": True}
    if kind in WITH_PHOTOS:
        body.append(photographs.entry())
    metadata = json.dumps({"kind": kind, "channel": channel})
    return forms.modal("hardware_move", LABELS[kind], "Keep", body, metadata)


def chooser(channel: str, *, managing: bool) -> dict[str, Any]:
    """The form that asks what happened."""
    choices = [label for kind, label in LABELS.items() if kind in FORMS and (managing or kind not in MANAGED)]
    ask = forms.select_input("what", "What happened?", choices, optional=False)
    return forms.modal("hardware_report", "Hardware", "Next", [ask], json.dumps({"channel": channel}))


def choice(view: Mapping[str, Any]) -> tuple[str, str]:
    """What was chosen there, and where the form was opened."""
    label = forms.typed(view).get("what")
    kinds = [kind for kind, known in LABELS.items() if known == label]
    if not kinds:
        raise Refused("Choose what happened.", field="what")
    return kinds[0], str(replies.memory(view)["channel"])


async def moved(ack: Any, view: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Keep what a form says, of all its items or of none; where it may be a data breach, the report of that comes next."""
    shelf, given, memory = await services.shelf(), forms.typed(view), replies.memory(view)
    try:
        possible = await services.store.run(_move, services, shelf, incoming, memory, given)
    except Refused as refused:
        raise replies.fitting(view, refused) from None
    services.wake()
    if possible and services.seal is not None:
        await ack(response_action="update", view=await alarms.breach_form(services, incoming.user, possible))
        return
    await ack()


def _move(
    db: Database, services: Services, shelf: Shelf, incoming: Incoming, memory: Mapping[str, Any], given: dict[str, Any]
) -> dict[str, Any] | None:
    """Keep what a form says; what is known of the data breach that it may be."""
    if replies.repeated(db, incoming):
        return None
    at, kind = books(db, services, shelf, incoming.user), str(memory["kind"])
    if kind in MANAGED and "manager" not in services.roles_in(db, incoming.user):
        raise Forbidden("manager", services.holders(db)["manager"])
    photos, files = photographs.checked(given.pop("photos", [])), given.pop("file", [])
    if files and given.get("tags"):
        raise Refused("Paste the tags or give a file, not both.", field="file")
    if files and photos:
        raise Refused("Photographs show one item; tell of it by its tag.", field="photos")
    values = fields.read((f for f in asked(kind) if not (files and f.name == "tags")), given, at.here)
    if files:
        owed = {"file": files[0], "kind": kind, "given": given, "user": incoming.user, "channel": memory["channel"]}
        work = replies.work("hardware_bulk", incoming.key, owed, services, incoming.user)
        replies.finish(at, incoming, f"{kind} by file", {"given": given, "file": files[0].get("name", "")}, [work])
        return None
    tags = at.tags(str(values["tags"]))
    if photos and len(tags) > 1:
        raise Refused("Photographs show one item; tell of them one by one.", field="photos")
    message, letters = carry_out(at, services, kind, tags, values)
    letters += [replies.letter(incoming, str(memory["channel"]), message, ", ".join(tags[:3]), services)]
    letters += photographs.owed(photos, tags, incoming, services)
    replies.finish(at, incoming, kind, {"tags": list(tags), "given": given}, letters)
    return alarms.prefill(kind, at.items(tags), values) if breach(kind, values) else None


def carry_out(
    at: Books, services: Services, kind: str, tags: Sequence[str], values: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Letter]]:
    """Make a move or tell a fact of these items; what is to be said of it, and to whom else. Refused for one, for all."""
    on = values["on"]
    if not isinstance(on, date):
        raise TypeError("a day is a date")
    items = at.items(tags)
    if kind == "return":
        items = _ended(at, items, values, on)
    if kind == "call":
        for item in items:
            _has_end(at, item)
    after = at.move(items, kind, on, *kept(kind, values, len(items)))
    tracked.follow_up(at, services, [*items, *after], f"{listed(tags, 3)}: {LABELS[kind].lower()}")
    letters = alarms.letters(at, services, kind, after, values)
    message = _told(at, kind, after)
    if breach(kind, values):
        message["blocks"] += alarms.breach_offer(kind, after, values)
    return message, letters


def _ended(at: Books, items: Sequence[Item], values: Mapping[str, Any], on: date) -> list[Item]:
    """The items with the end of their rental, where the form names one; without any end a return cannot be judged."""
    ended = values.get("ended")
    for item in items:
        hardware.check(item, at.stands(item), "return", on, at.today)
        if ended is None:
            _has_end(at, item)
        elif isinstance(ended, date) and item.delivered and ended < item.delivered:
            raise Refused(
                f"The rental of {item.tag} cannot have ended before it was delivered ({days.spoken(item.delivered)}).",
                field="ended",
            )
    return at.move(items, "edit", on, {"ends": ended.isoformat()}) if isinstance(ended, date) else list(items)


def _has_end(at: Books, item: Item) -> None:
    if at.ends(item) is None:
        raise Refused(
            f"Agreement {item.agreement} has no end date, so that nobody knows until when {item.tag} is to be returned "
            f"(35.1). Say when the rental ended, or set it with /agreement edit {item.agreement}.",
            field="ended",
        )


def _told(at: Books, kind: str, after: Sequence[Item]) -> dict[str, Any]:
    """What is said of a move or a fact: the card of one item, the names of several."""
    names = listed([item.tag for item in after], 20)
    if len(after) == 1:
        names = after[0].name
    count = f"{len(after):,} items are" if len(after) > 1 else f"{names} is"
    text = f"{count} {MOVES[kind].done}." if kind in MOVES else f"{LABELS[kind]}: {names}."
    if len(after) == 1:
        return shown.card(at, after[0]) | {"text": blocks.escape(text)}
    return shown.said(f"{text} {names}" if kind in MOVES else text)


def known(verb: str) -> str | None:
    """What a verb tells of; None where it is none."""
    kind = SYNONYMS.get(verb, verb)
    return kind if kind in FORMS else None
