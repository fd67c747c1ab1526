"""What the house asks once a year: do you still have it (the holder), is it still insured (33.6, the manager)."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlite_utils import Database

from handlers import blocks, forms, tracking
from handlers.hardware import people, replies
from handlers.hardware.books import Books, books
from handlers.hardware.told import listed
from handlers.incoming import Incoming
from handlers.services import Services, Shelf
from handlers.tracking import Due
from knowledge import days, hardware
from knowledge.hardware import Item
from knowledge.refused import Refused
from storage import outbox
from storage.deadlines import by_key as followed
from storage.outbox import Letter

INSURED = ("33.4", "33.5", "33.6")
"""What the contract says of insurance."""
CHECK, ESCALATE, INSURANCE = "hardware_check", "hardware_escalate", "hardware_insurance"
MOST_SINGLE = 5
"""Items that are asked about one by one; of more there is one button for all of them."""


def schedule(at: Books, services: Services, items: Collection[Item]) -> None:
    """Owe the questions that these items bring: one letter for each person (or agreement) and day."""
    out = [item for item in items if item.out and item.checked]
    checks = {
        (who, hardware.a_year_after(item.checked, "check"))
        for item in out
        if item.checked
        for who in people.holders(at, services, item)
    }
    for who, day in sorted(checks):
        _owe(at, services, CHECK, day, {"who": who})
    for slug, day in sorted({(item.agreement, _insurance_due(item)) for item in out}):
        _owe(at, services, INSURANCE, day, {"agreement": slug})
    for slug in {item.agreement for item in items}:
        awaited = followed(at.db, f"insurance-proof:{slug}")
        if awaited and awaited.state == "open" and not _unproved(at, slug):
            tracking.drop(at.db, services, awaited.key, cause="insurance was proved", by=at.by)


def _unproved(at: Books, slug: str) -> list[Item]:
    """The items out under an agreement whose last proof of insurance has run out, or of which none was given in a year."""
    return [item for item in at.all(agreement=slug, states=hardware.OUT) if _insurance_due(item) <= at.today]


def _insurance_due(item: Item) -> date:
    """The day on which proof of insurance is asked for: when the last one runs out, at the latest a year after it."""
    if item.insured_until is None:
        return hardware.a_year_after(item.delivered or item.checked or date.max, "insurance")
    return item.insured_until


def _owe(at: Books, services: Services, name: str, day: date, arguments: Mapping[str, str]) -> None:
    who = "".join(arguments.values())
    key, due = f"{name}:{who}:{day}", people.morning(day, services)
    content = {**arguments, "day": day.isoformat()}
    outbox.put(at.db, Letter(key, f"{name}:{who}", max(due, at.now), name, content, None))


async def ask(services: Services, client: Any, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Ask a person which of the items that are due for it they still have; owe the next question and the escalation."""
    message = await services.store.run(_ask, services, await services.shelf(), arguments)
    if message is None:
        return {}
    services.wake()
    posted: Mapping[str, Any] = await client.chat_postMessage(channel=arguments["who"], **message)
    return posted


def _ask(db: Database, services: Services, shelf: Shelf, arguments: Mapping[str, Any]) -> dict[str, Any] | None:
    at = books(db, services, shelf, arguments["who"])
    items = _due_for_check(at, services, arguments["who"])
    if not items:
        return None
    by = hardware.answer_by(at.today)
    _owe(at, services, ESCALATE, by, {"who": arguments["who"]})
    _owe(at, services, CHECK, hardware.a_year_after(at.today, "check"), {"who": arguments["who"]})
    return question(items, by)


def _due_for_check(at: Books, services: Services, who: str) -> list[Item]:
    """The items out that this person is asked about and that nobody had in hand for a year."""
    return [
        item
        for item in at.all(states=hardware.HELD)
        if item.checked
        and hardware.a_year_after(item.checked, "check") <= at.today
        and who in people.holders(at, services, item)
    ]


def question(items: Sequence[Item], by: date) -> dict[str, Any]:
    """Do you still have it: one tap for each item, or for all of them."""
    names = listed([item.name for item in items], 20)
    it, them = ("it", "Yes, I have it") if len(items) == 1 else ("them", f"Yes, I have all {len(items)}")
    text = f"Once a year: do you still have {names}? Please answer by {days.spoken(by)}."
    tags = json.dumps([item.tag for item in items])
    body = [blocks.section(blocks.escape(text))]
    if len(tags) > 2_000:
        tags = "*"
    body += blocks.rows([blocks.button(them, "hardware_have.all", tags)])
    for at, item in enumerate(items if len(items) <= MOST_SINGLE else ()):
        body.append(blocks.section(f"*{blocks.escape(item.tag)}* {blocks.escape(item.brief)}"))
        body += blocks.rows(
            [
                blocks.button("I have it", f"hardware_have.{at}", json.dumps([item.tag])),
                blocks.button("Lost…", "hardware_move.lose", item.tag),
                blocks.button("Stolen…", "hardware_move.steal", item.tag),
                blocks.button("Somebody else has it…", "hardware_move.hand-over", item.tag),
            ]
        )
    if len(items) > MOST_SINGLE:
        body += blocks.rows([blocks.button(f"Not all of {it}…", "hardware_not_all", tags)])
    return {"text": blocks.escape(text), "blocks": body}


async def have(ack: Any, respond: Any, action: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Keep that a person has what they were asked about."""
    await ack()
    told = await services.store.run(_have, services, await services.shelf(), incoming, action["value"])
    services.wake()
    await respond(**incoming.private({"text": blocks.escape(told)}), replace_original=False)


def _have(db: Database, services: Services, shelf: Shelf, incoming: Incoming, value: str, but: str = "") -> str:
    if replies.repeated(db, incoming):
        return "That is on record already."
    at = books(db, services, shelf, incoming.user)
    missing = set(hardware.tags(but)) if but else set()
    asked = _due_for_check(at, services, incoming.user) if value == "*" else at.items(json.loads(value))
    items = [item for item in asked if item.tag not in missing and item.out]
    if not items:
        return "That is on record already." if value == "*" else "The Client does not hold it any more."
    after = at.move(items, "check", at.today, {"answer": "has it"})
    schedule(at, services, after)
    replies.finish(at, incoming, "check", {"tags": [item.tag for item in items], "answer": "has it"}, [])
    return f"Thank you: {listed([item.tag for item in items], 20)} noted as still there."


async def not_all(ack: Any, client: Any, body: dict[str, Any], action: dict[str, Any], services: Services) -> None:
    """Ask which of many items a person does not have."""
    await ack()
    ask = forms.text_input("tags", "Which do you not have?", "their tags, a line each", optional=False, lines=True)
    view = forms.modal("hardware_not_all", "Not all of them", "Send", [ask], json.dumps({"value": action["value"]}))
    await client.views_open(trigger_id=body["trigger_id"], view=view)


async def but(ack: Any, view: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Keep that a person has the items that they did not name, and tell their manager which they have not."""
    shelf, given = await services.shelf(), forms.typed(view)
    value = replies.memory(view)["value"]
    try:
        await services.store.run(_but, services, shelf, incoming, value, str(given.get("tags", "")))
    except Refused as refused:
        raise replies.fitting(view, refused) from None
    services.wake()
    await ack()


def _but(db: Database, services: Services, shelf: Shelf, incoming: Incoming, value: str, words: str) -> None:
    if replies.repeated(db, incoming):
        return
    at = books(db, services, shelf, incoming.user)
    missing = at.items(hardware.tags(words))
    told = f"<@{incoming.user}> does not have: {blocks.escape(listed([item.tag for item in missing], 50))}. "
    told += "Ask where it is, and report it lost or stolen, or who has it."
    for slug in people.by_agreement(missing):
        for who in people.managers(at, services, slug):
            key = f"hardware-missing:{at.new_id()}"
            outbox.put(db, Letter(key, key, at.now, "chat.postMessage", {"channel": who, "text": told}, incoming.user))
    at.move(missing, "ask", at.today, {"words": f"the holder does not have it: <{incoming.user}>"})
    _have(db, services, shelf, incoming, value, words)


async def escalate(services: Services, client: Any, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Owe the managers a word about a person who did not answer."""
    await services.store.run(_escalate, services, await services.shelf(), arguments)
    services.wake()
    return {}


def _escalate(db: Database, services: Services, shelf: Shelf, arguments: Mapping[str, Any]) -> None:
    at, who = books(db, services, shelf, arguments["who"]), arguments["who"]
    for slug, items in people.by_agreement(_due_for_check(at, services, who)).items():
        names = listed([item.name for item in items], 20)
        text = f"<@{who}> did not answer whether {blocks.escape(names)} of {blocks.escape(slug)} is still there."
        for manager in people.managers(at, services, slug):
            key = f"{ESCALATE}:{slug}:{who}:{at.today}:{manager}"
            outbox.put(db, Letter(key, key, at.now, "chat.postMessage", {"channel": manager, "text": text}))


async def insurance(services: Services, client: Any, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Owe the managers of an agreement the question whether its Hardware is still insured."""
    await services.store.run(_insurance, services, await services.shelf(), arguments["agreement"])
    services.wake()
    return {}


def _insurance(db: Database, services: Services, shelf: Shelf, slug: str) -> None:
    at = books(db, services, shelf, "clausekeeper")
    items = _unproved(at, slug)
    if not items:
        return
    names = listed([item.tag for item in items], 20)
    ran_out = max((item.insured_until for item in items if item.insured_until), default=None)
    since = f"the last one ran out on {days.spoken(ran_out)}" if ran_out else "none was given in a year"
    text = f"Ask {items[0].client} for proof of insurance of {names}: {since}. "
    text += "A copy of the policy or proof of premium payment is due at ITQ's first request (ITQ 33.6)."
    button = blocks.button("Proof received…", "hardware_insured", slug)
    cites = [at.quote(slug, number) for number in INSURED]
    body = [blocks.section(blocks.escape(text)), *(blocks.quote(cite.ref, cite.words) for cite in cites)]
    message = {"text": blocks.escape(text), "blocks": [*body, *blocks.rows([button])]}
    for who in people.managers(at, services, slug):
        key = f"{INSURANCE}:{slug}:{at.today}:{who}"
        outbox.put(db, Letter(key, key, at.now, "chat.postMessage", {"channel": who} | message))
    next_time = hardware.a_year_after(at.today, "insurance")
    _owe(at, services, INSURANCE, next_time, {"agreement": slug})
    _await_proof(at, services, slug, items)


def _await_proof(at: Books, services: Services, slug: str, items: Sequence[Item]) -> None:
    """Have the answer to the request tracked, until it is there; one that is awaited already goes on."""
    due = Due(
        key=f"insurance-proof:{slug}",
        kind="insurance-proof",
        given={"from": at.today.isoformat(), "within": str((hardware.answer_by(at.today) - at.today).days)},
        agreement=slug,
        owner="",
        watchers=(),
        title=f"Proof of insurance of {listed([item.tag for item in items], 3)} from {items[0].client}",
    )
    awaited = followed(at.db, due.key)
    if awaited is None or awaited.state != "open":
        tracking.follow(at.db, services, due, cause="proof of insurance was asked (ITQ 33.6)", by=at.by)
