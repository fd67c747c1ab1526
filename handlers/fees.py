"""Fees and deadlines computed: with words the answer, without words a form; what-if, share, and keep for an agreement."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from handlers import blocks, computed, forms, parse, showing
from handlers.computing import basis, entry, named, recomputed, understood
from handlers.forms import Form
from handlers.incoming import Incoming
from handlers.services import Services, Shelf, keep
from handlers.surface import Command, Surface
from knowledge.answer import Answer, Family
from knowledge.inputs import Ambiguous, Here
from knowledge.refused import Refused
from knowledge.rules import Rule, find
from storage import agreements as agreed
from storage import audit, outbox
from storage.audit import Entry
from storage.outbox import Letter

SURFACE = Surface(
    commands=(
        Command(
            "/fee",
            "cancellation performance=4 dec cancelled=today fee=1200",
            "Compute a fee from the words of its clause; without words a form",
        ),
    ),
    scopes={
        "chat:write": "a computed answer comes from a form to where it was asked for",
        "files:write": "a picture of the hours or days goes with a computed answer, and a PDF or CSV where it is asked for",
    },
    needs={
        "consultant": (r"/fee.*", "kind", r"candidate\.\d+", "compute", r"computed_\w+", "file"),
    },
)


def register(app: Any) -> None:
    app.command("/fee")(fee)
    app.action("kind")(chosen)
    app.action(re.compile(r"candidate\.\d+"))(picked)
    app.view("compute")(submitted)
    app.action("computed_share")(share)
    app.action("computed_vary")(vary)
    app.action("computed_keep")(file)
    app.action("computed_paper")(paper)
    app.view("file")(filed)


async def fee(ack: Any, client: Any, body: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Compute a fee, or open its form."""
    await typed("fee", ack, client, body, incoming, services)


async def typed(
    family: Family, ack: Any, client: Any, body: dict[str, Any], incoming: Incoming, services: Services
) -> None:
    """Answer typed words; open the form where there are none, or not enough."""
    if not incoming.text:
        await client.views_open(trigger_id=body["trigger_id"], view=forms.chooser(family, incoming.channel))
        await ack()
        return
    kind, given = parse.words(family, incoming.text)
    if _lacking(find(family, kind), given):
        view = await form_for(services, Form(family, kind, incoming.channel), given)
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()
        return
    await ack(**await answer(services, incoming, family, kind, given))


async def chosen(
    ack: Any, client: Any, view: Any, body: dict[str, Any], action: dict[str, Any], services: Services
) -> None:
    """Turn the choice of a kind into that kind's form."""
    await ack()
    asked = forms.form(body["view"]["private_metadata"])
    form = Form(asked.family, action["selected_option"]["value"], asked.channel)
    await client.views_update(
        view_id=body["view"]["id"], hash=body["view"]["hash"], view=await form_for(services, form, {})
    )


async def picked(ack: Any, respond: Any, action: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Answer with the meaning that a person picked for words that had two."""
    await ack()
    asked = json.loads(action["value"])
    reply = await answer(services, incoming, asked["family"], asked["kind"], asked["given"])
    await respond(**reply, replace_original=incoming.ephemeral)


async def submitted(ack: Any, view: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Answer a form where it was asked for; errors stand under their fields."""
    asked, given = forms.form(view["private_metadata"]), forms.typed(view)
    if not asked.kind:
        kind = Form(asked.family, str(given.get("kind", "")), asked.channel)
        await ack(response_action="update", view=await form_for(services, kind, {}))
        return
    rule, shelf = find(asked.family, asked.kind), await services.shelf()
    try:
        await services.store.quick(_answer_form, services, shelf, incoming, asked, given)
    except Refused as refused:
        raise forms.fitting(rule, refused) from None
    services.wake()
    await ack()


async def share(ack: Any, respond: Any, action: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Show a computed answer to everyone in the channel, with the name of the person who shares it."""
    await ack()
    reply = await services.store.run(_shared, services, await services.shelf(), incoming, action["value"])
    await respond(**reply, response_type="in_channel", replace_original=False)


async def vary(
    ack: Any, client: Any, body: dict[str, Any], action: dict[str, Any], incoming: Incoming, services: Services
) -> None:
    """Open the form of an answer again, to compute it with something changed."""
    await ack()
    recorded = await _recorded(services, action["value"])
    then = recorded.content["answer"]
    family: Family = "fee" if recorded.action == "fee" else "deadline"
    form = Form(family, then["kind"], incoming.channel, against=recorded.id)
    await client.views_open(trigger_id=body["trigger_id"], view=await form_for(services, form, then["inputs"]))


async def paper(ack: Any, respond: Any, action: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Hand an answer over as a PDF."""
    await ack()
    recorded = await _recorded(services, action["value"])
    letter = showing.paper([recorded.id], "pdf", f"{recorded.subject}-{recorded.id}.pdf", incoming, services)
    await services.store.run(outbox.put, letter)
    services.wake()
    await respond(**incoming.private({"text": "The PDF comes to you as a direct message."}), replace_original=False)


async def file(
    ack: Any,
    respond: Any,
    client: Any,
    body: dict[str, Any],
    action: dict[str, Any],
    incoming: Incoming,
    services: Services,
) -> None:
    """File an answer under its agreement; where it names none, ask which."""
    await ack()
    recorded = await _recorded(services, action["value"])
    slug = recorded.content["answer"]["inputs"].get("agreement")
    if slug:
        said = await services.store.run(_file, services, incoming, slug, recorded.id)
        await respond(**incoming.private({"text": blocks.escape(said)}), replace_original=False)
        return
    slugs = await services.store.run(agreed.slugs, forms.OPTIONS + 1)
    if not slugs:
        raise Refused("There is no agreement to file it under; register one with /agreement.")
    if len(slugs) > forms.OPTIONS:
        ask = forms.text_input("agreement", "Agreement", "its short name", optional=False)
    else:
        ask = forms.select_input("agreement", "Agreement", slugs, optional=False)
    metadata = json.dumps({"answer": recorded.id, "channel": incoming.channel})
    await client.views_open(
        trigger_id=body["trigger_id"], view=forms.modal("file", "Keep for agreement", "Keep", [ask], metadata)
    )


async def filed(ack: Any, view: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """File an answer under the agreement that a person chose."""
    slug = str(forms.typed(view).get("agreement", ""))
    if not slug:
        raise Refused("Choose an agreement.", field="agreement")
    await services.store.run(_file, services, incoming, slug, json.loads(view["private_metadata"])["answer"])
    await ack()


async def answer(
    services: Services, incoming: Incoming, family: Family, kind: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Compute, render, and put on record, in one transaction; words with two meanings are asked back as buttons.

    For a delivery that comes twice it is computed again from its record, so that no reply needs to be kept.
    """
    shelf = await services.shelf()
    try:
        reply, owed = await services.store.quick(_answer, services, shelf, incoming, family, kind, given)
    except Ambiguous as ambiguous:
        return incoming.private(_asked_back(ambiguous, family, kind, given))
    if owed:
        services.wake()
    return reply


def _answer(
    db: Database,
    services: Services,
    shelf: Shelf,
    incoming: Incoming,
    family: Family,
    kind: str,
    given: Mapping[str, Any],
) -> tuple[dict[str, Any], list[Letter]]:
    id = audit.id_of(incoming.key)
    if (before := audit.get(db, id)) is not None and before.actor == incoming.user:
        return _reply(incoming, recomputed(db, shelf, before)), []
    placed = _in_place(db, given, incoming.channel)
    found, record = _compute(db, shelf, id, services.now(), incoming.user, family, kind, placed)
    audit.append(db, record)
    letters = showing.owed(found, incoming, incoming.channel, services)
    for letter in letters:
        outbox.put(db, letter)
    return _reply(incoming, found), letters


def _reply(incoming: Incoming, found: Answer) -> dict[str, Any]:
    return incoming.private(computed.message(found, _buttons(found, shareable=incoming.in_channel)))


def _answer_form(
    db: Database, services: Services, shelf: Shelf, incoming: Incoming, asked: Form, given: Mapping[str, Any]
) -> None:
    placed = _in_place(db, given, asked.channel)
    id, now = services.new_id(), services.now()
    found, record = _compute(db, shelf, id, now, incoming.user, asked.family, asked.kind, placed)
    then = audit.get(db, asked.against) if asked.against else None
    against = recomputed(db, shelf, then) if then else None
    shareable = asked.channel.startswith(("C", "G"))
    message = computed.message(found, _buttons(found, shareable=shareable), against)
    place, method = {"channel": asked.channel or incoming.user}, "chat.postMessage"
    if shareable:
        place, method = place | {"user": incoming.user}, "chat.postEphemeral"
    letter = Letter(incoming.key, found.id, now, method, place | message, tell=incoming.user)
    keep(db, incoming.key, record, {}, [letter, *showing.owed(found, incoming, asked.channel, services)])


def _compute(
    db: Database, shelf: Shelf, id: str, now: datetime, user: str, family: Family, kind: str, given: Mapping[str, Any]
) -> tuple[Answer, Entry]:
    on = basis(db, shelf)
    asked = parse.from_json(family, kind, given, now=now, agreements=on.overrides)
    found = on.answer(asked, id)
    return found, entry(found, named(on, asked), now, user)


def _in_place(db: Database, given: Mapping[str, Any], channel: str) -> dict[str, Any]:
    """What was given, with the agreement that the channel is about where none was named; 'none' takes it back."""
    if given.get("agreement") == "none":
        return {name: value for name, value in given.items() if name != "agreement"}
    slug = agreed.of_channel(db, channel) if channel and not given.get("agreement") else None
    return dict(given) | ({"agreement": slug} if slug else {})


def _shared(db: Database, services: Services, shelf: Shelf, incoming: Incoming, id: str) -> dict[str, Any]:
    recorded = audit.get(db, id)
    if recorded is None:
        raise Refused("That answer is no longer on record; compute it again and share the new one.")
    found = recomputed(db, shelf, recorded)
    if recorded.content["agreement"]:
        slug = understood(recorded.content["agreement"], shelf.library).slug
        if agreed.of_channel(db, incoming.channel) != slug:
            # Who is in a channel may see what its own agreement says; of other agreements nobody has said so.
            raise Refused(
                f"This answer rests on the agreement {slug}, and this channel is not about it; "
                f"a manager can say so here with `/agreement here {slug}`."
            )
    message = computed.message(found)
    who = f"<@{incoming.user}> shares a computation"
    reply = {"text": f"{who}: {message['text']}", "blocks": [blocks.section(who), *message["blocks"]]}
    content = {"answer": id, "channel": incoming.channel}
    return keep(
        db,
        incoming.key,
        Entry(services.new_id(), services.now(), incoming.user, "share", found.kind, content),
        reply,
        [],
    )


def _file(db: Database, services: Services, incoming: Incoming, slug: str, id: str) -> str:
    if agreed.get(db, slug) is None:
        raise Refused(f"There is no agreement {slug!r}; register it with /agreement.", field="agreement")
    if not agreed.file_answer(db, slug, id, services.now(), incoming.user):
        return f"It is filed under {slug} already."
    content = {"answer": id, "agreement": slug}
    audit.append(db, Entry(services.new_id(), services.now(), incoming.user, "file", slug, content))
    return f"Kept for {slug} under reference {id}."


async def _recorded(services: Services, id: str) -> Entry:
    recorded = await services.store.run(audit.get, id)
    if recorded is None or "answer" not in recorded.content:
        raise Refused("That answer is no longer on record; compute it again.")
    return recorded


async def form_for(services: Services, form: Form, given: Mapping[str, Any]) -> dict[str, Any]:
    """The form of a rule, prefilled with what was given."""
    slugs = await services.store.glance(agreed.slugs, forms.OPTIONS + 1)
    return forms.computing(form, given, Here(services.now(), services.zone), slugs)


def _lacking(rule: Rule, given: Mapping[str, Any]) -> bool:
    """Whether a required input is missing, so that a form helps more than a refusal."""
    return "when" not in given and any(field.required and not given.get(field.name) for field in rule.form)


def _buttons(found: Answer, *, shareable: bool) -> list[blocks.Block]:
    buttons = [blocks.button("What if…", "computed_vary", found.id)]
    if found.family == "deadline":
        buttons.append(blocks.button("Remind", "deadline_track", found.id))
    buttons.append(blocks.button("Keep for agreement", "computed_keep", found.id))
    buttons.append(blocks.button("PDF", "computed_paper", found.id))
    return [*buttons, blocks.button("Share with channel", "computed_share", found.id)] if shareable else buttons


def _asked_back(ambiguous: Ambiguous, family: Family, kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """A question back, with a button for each meaning; without buttons where too much was typed for them to carry."""
    choices = []
    for at, (label, value) in enumerate(ambiguous.candidates):
        meant = {"family": family, "kind": kind, "given": dict(given) | {str(ambiguous.field): value}}
        if len(carried := json.dumps(meant)) <= blocks.CARRIED:
            choices.append(blocks.button(label, f"candidate.{at}", carried))
    text = blocks.escape(str(ambiguous))
    return {"text": text, "blocks": [blocks.section(text), *blocks.rows(choices)]}
