"""/agreement: register an agreement, its special conditions, and the channel that is about it; show what is kept under it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlite_utils import Database

from handlers import agreement_facts, agreement_pages, blocks, forms, invoices, profiles, showing
from handlers.computing import understood
from handlers.incoming import Incoming
from handlers.services import Services, Shelf, keep
from handlers.surface import Command, Surface
from knowledge import inputs
from knowledge.agreements import Agreement, from_data, with_amendment
from knowledge.inputs import Here
from knowledge.refused import Refused
from knowledge.termfiles import known
from storage import agreements as agreed
from storage import audit, deliveries, outbox
from storage.audit import Entry
from storage.outbox import Letter

SURFACE = Surface(
    commands=(
        Command(
            "/agreement",
            "list | show acme | edit acme | condition acme | settle acme | invoice acme | here acme",
            "Register and show agreements and their special conditions; without words a form",
        ),
    ),
    scopes={"chat:write": "what a form registered is confirmed to the person"},
    needs={
        "consultant": (r"/agreement.*", "agreement_csv"),
        "manager": (r"/agreement( (new|edit|condition|settle|here|invoice))?", "agreement", "condition", "settle"),
    },
)
USAGE = (
    "/agreement alone opens the form; `/agreement list`, `list acme nv` (by client), `show acme`, `edit acme`, "
    "`condition acme` (a special condition), "
    "`settle acme` (how a disputed clause is read), `invoice acme` (what is to be paid, and when), `here acme` (this channel is "
    "about it; `here none` takes that back)."
)
MOST_LISTED = 25


def register(app: Any) -> None:
    app.command("/agreement")(agreement)
    app.action("agreement_csv")(sheet)
    app.view("agreement")(registered)
    app.view("condition")(conditioned)
    app.view("settle")(settled)


async def agreement(ack: Any, client: Any, body: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Do what the words say, or open the form."""
    verb, _, rest = incoming.text.partition(" ")
    slug, shelf = rest.strip().lower(), await services.shelf()
    match verb.lower():
        case "" | "new":
            view = agreement_pages.form(shelf, {}, incoming.channel)
        case "edit":
            stands = await _stands(services, shelf, slug)
            view = agreement_pages.form(shelf, tomllib.loads(stands.text, parse_float=Decimal), incoming.channel)
        case "condition":
            view = agreement_pages.condition_form(await _stands(services, shelf, slug), incoming.channel)
        case "settle":
            view = agreement_pages.settling_form(await _stands(services, shelf, slug), incoming.channel)
        case "invoice":
            told = await invoices.typed(client, body, incoming, services, rest.strip())
            services.wake()
            await ack(**(told or {}))
            return
        case "list" | "show" | "here" as asked:
            reply = await services.store.run(_TELL[asked], services, shelf, incoming, slug)
            await ack(**incoming.private(reply))
            return
        case _:
            raise Refused(f"/agreement does not know {blocks.shorten(verb, 40)!r}. {USAGE}")
    await client.views_open(trigger_id=body["trigger_id"], view=view)
    await ack()


async def sheet(ack: Any, respond: Any, action: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Hand the answers kept under an agreement over as CSV."""
    await ack()
    slug = action["value"]
    ids = await services.store.run(agreed.filed, slug)
    if not ids:
        raise Refused(f"Nothing is kept under {slug}.")
    await services.store.run(outbox.put, showing.paper(ids, "csv", f"{slug}.csv", incoming, services))
    services.wake()
    await respond(**incoming.private({"text": "The CSV comes to you as a direct message."}), replace_original=False)


async def registered(ack: Any, client: Any, view: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Register what the form says, or the new state of an agreement."""
    shelf, given = await services.shelf(), forms.typed(view)
    if given.get("manager"):
        await profiles.able(services, client, str(given["manager"]), "manager")
    metadata = json.loads(view["private_metadata"])
    await services.store.run(_register, services, shelf, incoming, given, metadata)
    services.wake()
    await ack()


async def settled(ack: Any, view: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Settle a disputed reading by the words of a special condition."""
    shelf, given = await services.shelf(), forms.typed(view)
    metadata = json.loads(view["private_metadata"])
    await services.store.run(_settle, services, shelf, incoming, given, metadata)
    services.wake()
    await ack()


async def conditioned(ack: Any, view: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Add the special condition that the form says."""
    shelf, given = await services.shelf(), forms.typed(view)
    metadata = json.loads(view["private_metadata"])
    try:
        await services.store.run(_add_condition, services, shelf, incoming, given, metadata)
    except Refused as refused:
        raise Refused(str(refused), field=refused.field if refused.field in given else "term") from None
    services.wake()
    await ack()


def _register(
    db: Database,
    services: Services,
    shelf: Shelf,
    incoming: Incoming,
    given: Mapping[str, Any],
    metadata: Mapping[str, Any],
) -> None:
    if deliveries.reply_to(db, incoming.key) is not None:
        return  # the same form, delivered again while the first was being written
    here = Here(services.now(), services.zone)
    before = agreed.get(db, str(given.get("slug", "")))
    if before and metadata["slug"] != given.get("slug"):
        raise Refused(
            f"There is an agreement {given['slug']!r} already; `/agreement edit {given['slug']}`.", field="slug"
        )
    if metadata["slug"] and metadata["slug"] != given.get("slug"):
        raise Refused("The name of an agreement does not change; register another one.", field="slug")
    kept = tomllib.loads(before, parse_float=Decimal) if before else {}
    data: dict[str, Any] = {
        name: given[name] for name in ("slug", "client", "manager", "country", "zone") if name in given
    }
    data |= {name: date.fromisoformat(given[name]) for name in ("concluded", "ends") if name in given}
    data |= {name: given[name].strip() for name in ("notice", "notice_opens") if name in given}
    if "renewal" in given:
        data["renewal"] = _whole(given["renewal"], here)
    if "rate" in given:
        data["rate"] = inputs.READ["money"](given["rate"], here, "rate")
    versions = {slug: given[f"version.{slug}"] for slug in shelf.library.slugs if f"version.{slug}" in given}
    if versions:
        data["versions"] = versions
    if "amendments" in kept:
        data["amendments"] = kept["amendments"]
    stands = from_data(data, shelf.library)
    _keep(db, services, incoming, before, stands, metadata["channel"], "Changed" if before else "Registered")


def _whole(given: str, here: Here) -> object:
    """A number without decimals as such; anything else as it was given, for the agreement to refuse."""
    found = inputs.number(given, "renewal")
    return int(found) if found == int(found) else given


def _add_condition(
    db: Database,
    services: Services,
    shelf: Shelf,
    incoming: Incoming,
    given: Mapping[str, Any],
    metadata: Mapping[str, Any],
) -> None:
    text = agreed.get(db, metadata["slug"])
    if text is None:
        raise Refused(f"There is no agreement {metadata['slug']!r} any more.", field="term")
    before = understood(text, shelf.library)
    if missing := [name for name in ("term", "value", "clause", "words") if not given.get(name)]:
        raise Refused("This is needed.", field=missing[0])
    stands = with_amendment(before, _condition(given, before, Here(services.now(), services.zone)), shelf.library)
    _keep(db, services, incoming, text, stands, metadata["channel"], "Added a special condition to")


def _settle(
    db: Database,
    services: Services,
    shelf: Shelf,
    incoming: Incoming,
    given: Mapping[str, Any],
    metadata: Mapping[str, Any],
) -> None:
    before = _agreement(db, shelf, metadata["slug"])
    if missing := [name for name in ("reading", "clause", "words") if not given.get(name)]:
        raise Refused("This is needed.", field=missing[0])
    kind, _, reading = str(given["reading"]).partition(": ")
    row = {"reading": reading, "clause": given["clause"], "words": given["words"]}
    row |= {name: date.fromisoformat(given[name]) for name in ("from", "until") if name in given}
    name = f"{before.client} special condition {len(before.amendments) + 1}"
    condition = {"name": name, "amends": "ITQ", "settles": {kind: [row]}}
    stands = with_amendment(before, condition, shelf.library)
    _keep(db, services, incoming, before.text, stands, metadata["channel"], "Settled a reading of")


def _condition(given: Mapping[str, Any], agreement: Agreement, here: Here) -> dict[str, Any]:
    """The special condition of a form as data; each one amends the one before it, so that the latest prevails."""
    base = known()[given["term"]][0]
    value: Any = (
        inputs.READ["number"](given["value"], here, "value") if isinstance(base.value, Decimal) else given["value"]
    )
    term: dict[str, Any] = {
        "value": value,
        "unit": given.get("unit") or base.unit,
        "clause": given["clause"],
        "words": given["words"],
    }
    term |= {name: date.fromisoformat(given[name]) for name in ("from", "until") if name in given}
    owner = base.owner if base.owner in ("law", "policy") else base.owner.upper()
    before = [a.name for a in agreement.amendments if base.name in a.terms]
    name = f"{agreement.client} special condition {len(agreement.amendments) + 1}"
    return {"name": name, "amends": before[-1] if before else owner, "terms": {base.name: [term]}}


def _keep(
    db: Database, services: Services, incoming: Incoming, before: str | None, stands: Agreement, channel: str, did: str
) -> None:
    id, now = services.new_id(), services.now()
    agreed.keep(db, stands.slug, stands.client, stands.text, now, incoming.user)
    text = blocks.escape(f"{did} {stands.slug}: {stands.client}.")
    private = {"channel": channel, "user": incoming.user} if channel.startswith(("C", "G")) else {"channel": channel}
    method = "chat.postEphemeral" if "user" in private else "chat.postMessage"
    told = {"text": text, "blocks": [blocks.section(text), *agreement_pages.facts(stands)]}
    letter = Letter(incoming.key, id, now, method, private | told, tell=incoming.user)
    record = Entry(id, now, incoming.user, "agreement", stands.slug, {"before": before, "after": stands.text})
    agreement_facts.settle(db, services, stands, cause=f"{did[0].lower()}{did[1:]} {stands.slug}", by=incoming.user)
    keep(db, incoming.key, record, {}, [letter])


def _list(db: Database, services: Services, shelf: Shelf, incoming: Incoming, slug: str) -> dict[str, Any]:
    named = agreed.of_client(db, slug, MOST_LISTED + 1) if slug else agreed.slugs(db, MOST_LISTED + 1)
    stand = [understood(text, shelf.library) for name in named[:MOST_LISTED] if (text := agreed.get(db, name))]
    lines = [f"• *{blocks.escape(a.slug)}* {blocks.escape(a.client)}, {agreement_pages.dates(a)}" for a in stand]
    none = f"No client's name has {blocks.escape(slug)} in it." if slug else "No agreement is registered yet."
    text = "\n".join(lines) or f"{none} /agreement opens the form."
    more = [blocks.context("There are more: `/agreement list words of a client's name` finds them.")]
    return {"text": text, "blocks": [blocks.section(text), *(more if len(named) > MOST_LISTED else [])]}


def _show(db: Database, services: Services, shelf: Shelf, incoming: Incoming, slug: str) -> dict[str, Any]:
    stands = _agreement(db, shelf, slug)
    body = [
        blocks.section(f"*{blocks.escape(stands.slug)}* · {blocks.escape(stands.client)}"),
        *agreement_pages.facts(stands),
    ]
    filed = [entry for id in agreed.filed(db, stands.slug) if (entry := audit.get(db, id))]
    if filed:
        lines = [f"• {e.subject} {_result(e)} of {e.at:%Y-%m-%d}, reference {e.id}" for e in filed[-20:]]
        body.append(blocks.section("*Kept under it*\n" + blocks.escape("\n".join(lines))))
        body += blocks.rows([blocks.button("All of them as CSV", "agreement_csv", stands.slug)])
    return {"text": f"{stands.slug}: {blocks.escape(stands.client)}, {agreement_pages.dates(stands)}", "blocks": body}


def _here(db: Database, services: Services, shelf: Shelf, incoming: Incoming, slug: str) -> dict[str, Any]:
    if not incoming.in_channel:
        raise Refused("A direct message is about no agreement; say `here` in a channel.")
    if slug != "none":
        _agreement(db, shelf, slug)
    agreed.set_channel(db, incoming.channel, "" if slug == "none" else slug)
    text = "This channel is about no agreement now." if slug == "none" else f"This channel is about {slug} now."
    content = {"channel": incoming.channel, "agreement": slug}
    reply = {"text": text}
    return keep(
        db, incoming.key, Entry(services.new_id(), services.now(), incoming.user, "channel", slug, content), reply, []
    )


_TELL = {"list": _list, "show": _show, "here": _here}


def _agreement(db: Database, shelf: Shelf, slug: str) -> Agreement:
    text = agreed.get(db, slug) if slug else None
    if text is None:
        there_are = ", ".join(agreed.slugs(db, 20)) or "none yet"
        raise Refused(f"There is no agreement {slug!r}; there are: {there_are}. {USAGE}")
    return understood(text, shelf.library)


async def _stands(services: Services, shelf: Shelf, slug: str) -> Agreement:
    return await services.store.run(_agreement, shelf, slug)


def _result(entry: Entry) -> str:
    answer = entry.content.get("answer", {})
    return str(answer.get("total") or answer.get("date") or "")
