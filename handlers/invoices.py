"""/agreement invoice: an invoice that was sent brings its payment date (ITQ 6.1), and ends it once it is paid."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlite_utils import Database

from handlers import blocks, due, forms, parse, tracking
from handlers.computing import basis
from handlers.incoming import Incoming
from handlers.services import Services, keep
from handlers.surface import Surface
from handlers.tracking import Due, governing_zone
from knowledge import days, fields
from knowledge.fields import Field
from knowledge.inputs import Here
from knowledge.refused import Refused
from storage import agreements as agreed
from storage import deadlines as kept
from storage import deliveries
from storage.audit import Entry
from storage.outbox import Letter

SURFACE = Surface(needs={"manager": ("invoice",)})
FORM = (
    Field("text", "Number", help="as it stands on the invoice", name="number", required=True),
    Field("date", "Invoice date", help="the payment term counts from it", name="date", clause="6.1"),
    Field("date", "Paid on", help="ends the reminders; left empty while it is open", name="paid"),
)
USAGE = "`/agreement invoice acme number=INV-7 date=2026-11-02`, and `paid=2026-11-20` once it is paid"
MOST_NUMBER = 40


def register(app: Any) -> None:
    app.view("invoice")(entered)


async def typed(
    client: Any, body: Mapping[str, Any], incoming: Incoming, services: Services, words: str
) -> dict[str, Any] | None:
    """Take in the invoice that typed words tell of, or open the form."""
    slug, *rest = parse.parts(words) or [""]
    if not rest:
        view = await services.store.run(_form, services, incoming, slug)
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        return None
    given, loose = parse.pairs(rest)
    if loose or (unknown := [name for name in given if name not in [field.name for field in FORM]]):
        raise Refused(f"{(loose or unknown)[0]!r} is not understood; say {USAGE}.")
    values = fields.read(FORM, given, Here(services.now(), services.zone))
    return incoming.private(await services.store.run(_typed, services, incoming, slug, values))


async def entered(ack: Any, view: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Take in the invoice of the form."""
    values = fields.read(FORM, forms.typed(view), Here(services.now(), services.zone))
    await services.store.run(_entered, services, incoming, json.loads(view["private_metadata"]), values)
    services.wake()
    await ack()


def note(db: Database, services: Services, slug: str, values: Mapping[str, Any], by: str) -> str:
    """Follow the payment date of an invoice, move it where its date was told otherwise before, or end it as paid; what
    came of it in a sentence. In the caller's transaction; Refused for what cannot be so.
    """
    number, sent, paid = str(values["number"]).strip(), values.get("date"), values.get("paid")
    if not number or len(number) > MOST_NUMBER:
        raise Refused(f"An invoice has a number of 1 to {MOST_NUMBER} characters.", field="number")
    agreement = basis(db, services.shelf_in(db)).agreement(slug) if agreed.get(db, slug) else None
    if agreement is None:
        raise Refused(f"There is no agreement {slug!r}; /agreement list shows them.", field="number")
    key = f"payment-due:{agreement.slug}:{number.lower()}"
    before = kept.by_key(db, key)
    if sent is None:
        if before is None or paid is None:
            raise Refused(f"Give the date of invoice {number}; say {USAGE}.", field="date")
        sent = date.fromisoformat(str(before.given["from"]))
    if paid is not None:
        return _paid(db, services, key, number, sent, paid, by)
    if before is not None and before.state == "done" and str(before.given["from"]) == sent.isoformat():
        return f"Invoice {number} of {agreement.slug} is paid already."
    title = f"Invoice {number} of {agreement.client} is paid"
    told = Due(key, "payment-due", {"from": sent.isoformat()}, agreement.slug, "", (), title)
    id = tracking.follow(db, services, told, cause=f"invoice {number} is of {days.spoken(sent)}", by=by)
    tracked = kept.get(db, id)
    assert tracked is not None
    last = due.plainly(tracked.due, governing_zone(tracked))
    return f"Invoice {number} of {agreement.slug} is to be paid by {last}; {due.whose(tracked.owner)} is reminded."


def _paid(db: Database, services: Services, key: str, number: str, sent: date, paid: date, by: str) -> str:
    tracked = kept.by_key(db, key)
    if paid < sent:
        raise Refused(f"{days.spoken(paid)} is before the invoice, {days.spoken(sent)}.", field="paid")
    if paid > services.today():
        raise Refused(f"{days.spoken(paid)} is still to come; say when it was paid.", field="paid")
    if tracked is None:
        raise Refused(f"No invoice {number} is on record here; give its date without paid= first.", field="number")
    if tracked.state != "open":
        return f"Invoice {number} is paid already."
    tracking.close(db, services, tracked, "done", {"what": "Paid", "when": paid.isoformat()}, by)
    return f"Invoice {number} was paid on {days.spoken(paid)}; nobody is reminded of it any more."


def _typed(
    db: Database, services: Services, incoming: Incoming, slug: str, values: Mapping[str, Any]
) -> dict[str, Any]:
    if (first := deliveries.reply_to(db, incoming.key)) is not None:
        return first
    text = note(db, services, slug.lower(), values, incoming.user)
    return keep(db, incoming.key, _entry(services, incoming, slug, values), _said(text), [])


def _entered(
    db: Database, services: Services, incoming: Incoming, metadata: Mapping[str, str], values: Mapping[str, Any]
) -> None:
    if deliveries.reply_to(db, incoming.key) is not None:
        return
    channel, slug = metadata["channel"], metadata["slug"]
    place, method = {"channel": channel or incoming.user}, "chat.postMessage"
    if channel.startswith(("C", "G")):
        place, method = place | {"user": incoming.user}, "chat.postEphemeral"
    message = _said(note(db, services, slug, values, incoming.user))
    entry = _entry(services, incoming, slug, values)
    letter = Letter(incoming.key, entry.id, entry.at, method, place | message, tell=incoming.user)
    keep(db, incoming.key, entry, {}, [letter])


def _entry(services: Services, incoming: Incoming, slug: str, values: Mapping[str, Any]) -> Entry:
    content = {name: str(value) for name, value in values.items()}
    return Entry(services.new_id(), services.now(), incoming.user, "invoice", slug, content)


def _said(text: str) -> dict[str, Any]:
    return {"text": text, "blocks": [blocks.section(text)]}


def _form(db: Database, services: Services, incoming: Incoming, slug: str) -> dict[str, Any]:
    if not slug or agreed.get(db, slug) is None:
        there_are = ", ".join(agreed.slugs(db, 20)) or "none yet"
        raise Refused(f"There is no agreement {slug!r}; there are: {there_are}. Say {USAGE}.")
    body = forms.entries(FORM, {}, Here(services.now(), services.zone))
    metadata = json.dumps({"slug": slug.lower(), "channel": incoming.channel})
    return forms.modal("invoice", "Invoice", "Keep", body, metadata)
