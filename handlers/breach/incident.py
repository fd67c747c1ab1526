"""What is done with an incident once it is there: its questions, its small forms, its timeline, messages that belong to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

from handlers import blocks, forms
from handlers.breach import asking, pages, papers, summary
from handlers.breach.asking import Memory
from handlers.breach.keeping import Hand, act, given, hand, see
from handlers.breach.pages import PAGES
from handlers.breach.report import following, permalink
from handlers.incoming import Incoming, plain
from handlers.services import Services, Shelf
from knowledge.breach import acts, data
from knowledge.breach.completeness import completeness
from knowledge.breach.incident import Incident
from knowledge.fields import Field
from knowledge.refused import Refused
from storage import deliveries, incidents

STEPS = tuple(name for name in data.steps() if name != "first")
WHICH = Field("text", "Which incident?", "its number, such as INC-2026-001", name="number", required=True)


async def open_page(
    ack: Any, client: Any, body: dict[str, Any], action: dict[str, Any], incoming: Incoming, services: Services
) -> None:
    """Open the form behind a button of an incident."""
    name = action["action_id"].removeprefix("breach_")
    view = await services.store.run(_page, services, await services.shelf(), incoming, action["value"], name)
    over = (body.get("view") or {}).get("type") == "modal"
    await (client.views_push if over else client.views_open)(trigger_id=body["trigger_id"], view=view)
    await ack()


async def answered(ack: Any, view: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Keep the answers of one page of questions and go on to the next."""
    reply = await services.store.run(_answer, services, await services.shelf(), incoming, view)
    services.wake()
    await ack(**reply)


async def sent(ack: Any, view: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Do what a small form says; a typical case is followed by the questions that it has answers for."""
    reply = await services.store.run(_do, services, await services.shelf(), incoming, view)
    services.wake()
    await ack(**reply)


async def add_message(ack: Any, client: Any, body: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Put a message on the timeline: of the incident whose channel it stands in, else of the one that is named."""
    message, shelf = body["message"], await services.shelf()
    link = await permalink(client, services, incoming.channel, message["ts"])
    files = " ".join(file.get("permalink", "") for file in message.get("files", []))
    words = f"{plain(message.get('text') or '')} {files}".strip()
    number = await services.store.run(_add, services, shelf, incoming, words, link)
    if number:
        services.wake()
        await services.attempt(
            client.chat_postEphemeral(
                channel=incoming.channel, user=incoming.user, text=f"It stands on the timeline of {number} now."
            )
        )
    else:
        view = await services.store.run(_which, services, shelf, incoming.user, words, link)
        await client.views_open(trigger_id=body["trigger_id"], view=view)
    await ack()


def _page(db: Database, services: Services, shelf: Shelf, incoming: Incoming, number: str, name: str) -> dict[str, Any]:
    mine = hand(db, services, shelf, incoming.user)
    _, incident = see(mine, number, name)
    if name == "open":
        body = [b for b in summary.summary(mine, incident) if b["type"] != "image"]
        return _reading("Incident", body)
    if name == "timeline":
        entries = incidents.timeline(db, mine.seal, incident.number)
        head = [blocks.section(f"*{incident.number}*"), *([blocks.context(summary.DRILL)] if incident.drill else [])]
        return _reading("Timeline", [*head, *summary.timeline(incident, entries)])
    if incident.erased_at and name != "papers":
        raise Refused(f"{incident.number} was erased after its time; only its line in the register stays.")
    if incident.settled and name not in ("move", "papers", "delay"):
        raise Refused(f"{incident.number} is settled; reopen it first, then change it.")
    if name == "answers":
        return asking.step(mine, _next_step(incident), Memory(_next_step(incident), incident.number), incident, {})
    return _small(mine, incident, name)


def _reading(title: str, body: list[blocks.Block]) -> dict[str, Any]:
    """A modal that is read, without anything to send."""
    plain_ = {"type": "plain_text", "emoji": False}
    return {
        "type": "modal",
        "callback_id": "breach_read",
        "title": plain_ | {"text": title},
        "close": plain_ | {"text": "Close"},
        "blocks": body[:100],
    }


def _small(mine: Hand, incident: Incident, name: str) -> dict[str, Any]:
    page = papers.PAGE if name == "papers" else PAGES[name]
    about = Memory(name, incident.number)
    typed_before, note = asking.draft(mine, about)
    values = {**page.stand(mine, incident), **typed_before}
    body = forms.entries(page.fields(mine, incident), values, mine.here)
    if name == "sent":
        element = {"type": "file_input", "action_id": "files", "max_files": 5}
        body.append(forms.block("files", "Evidence as a file", "", element, optional=True))
    if name == "case":
        led = [f"*{blocks.escape(case.label)}*: {blocks.escape(case.led_to)}" for case in data.cases().values()]
        body += [blocks.context(*led)]
    return asking.modal(f"breach_{name}", page.title, page.submit, body, about, note, typed_before)


def _answer(
    db: Database, services: Services, shelf: Shelf, incoming: Incoming, view: Mapping[str, Any]
) -> dict[str, Any]:
    mine, about = hand(db, services, shelf, incoming.user), asking.memory(view)
    if deliveries.reply_to(db, incoming.key) is not None:
        return {}
    _, incident = see(mine, about.number)
    entered, unknown = asking.touched(view), asking.ticked_now(view)
    told = given(mine, {n: v for n, v in entered.items() if n not in unknown or v} | asking.zones(view), unknown)
    act(mine, incident.number, lambda i: told.onto(i, mine.act))
    asking.sent(mine, about)
    deliveries.remember(db, incoming.key, {}, mine.now)
    at = STEPS.index(about.page) + 1
    if at == len(STEPS):
        return {}
    return {"response_action": "update", "view": following(mine, incident.number, STEPS[at])}


def _do(db: Database, services: Services, shelf: Shelf, incoming: Incoming, view: Mapping[str, Any]) -> dict[str, Any]:
    mine, about = hand(db, services, shelf, incoming.user), asking.memory(view)
    if deliveries.reply_to(db, incoming.key) is not None:
        return {}
    entered = asking.typed(view)
    number = about.number or str(entered.pop("number", ""))
    try:
        _, incident = see(mine, number)
    except Refused as refused:
        raise Refused(str(refused), field="number" if not about.number else None) from None
    if files := entered.pop("files", None):
        entered["evidence"] = "\n".join([entered.get("evidence", ""), *(_file(file) for file in files)]).strip()
    if about.page == "papers":
        papers.owe_papers(mine, incident, pages.read(papers.PAGE, mine, incident, entered), incoming.key)
    else:
        page = PAGES[about.page]
        entered |= asking.made_whole(mine, about, entered)
        values = pages.read(page, mine, incident, entered)
        page.do(mine, incident, values | ({"source": about.source} if about.source else {}))
    asking.sent(mine, about)
    deliveries.remember(db, incoming.key, {}, mine.now)
    if about.page != "case":
        return {}
    _, incident = see(mine, number)
    return {"response_action": "update", "view": following(mine, incident.number, _next_step(incident))}


def _file(file: Mapping[str, Any]) -> str:
    return f"{file.get('name', 'file')} {file.get('permalink', '')} ({file.get('id', '')})"


def _add(db: Database, services: Services, shelf: Shelf, incoming: Incoming, words: str, link: str) -> str:
    """The number of the incident to whose timeline the message was added; empty where the channel is no incident's."""
    mine = hand(db, services, shelf, incoming.user)
    kept = incidents.in_channel(db, mine.seal, incoming.channel)
    if kept is None:
        return ""
    see(mine, kept.number)
    act(mine, kept.number, lambda incident: acts.note(incident, words, link))
    deliveries.remember(db, incoming.key, {}, mine.now)
    return kept.number


def _which(db: Database, services: Services, shelf: Shelf, user: str, words: str, link: str) -> dict[str, Any]:
    mine = hand(db, services, shelf, user)
    fields = (WHICH, Field("lines", "For the timeline", name="words", required=True))
    about = Memory("note", source=link)
    typed_before, note = asking.draft(mine, about)
    shown, about = asking.hold(mine, about, "words", asking.beside(words, typed_before.get("words", "")))
    body = forms.entries(fields, {**typed_before, "words": shown}, mine.here)
    return asking.modal("breach_note", "Add to an incident", "Add", body, about, note, typed_before)


def _next_step(incident: Incident) -> str:
    """The first page with something that a clause requires and nobody answered; else the first page."""
    lacking = {name for met in completeness(incident) if met.status == "missing" for name in met.lacking}
    return next((name for name in STEPS if lacking & set(data.steps()[name].fields)), STEPS[0])
