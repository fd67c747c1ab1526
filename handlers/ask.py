"""Questions: /ask, a mention, a direct message or the agent pane; the clause that answers, verbatim, or an honest no."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from handlers import answered, asking
from handlers.asking import Known
from handlers.errors import fault
from handlers.feedback import list_due
from handlers.fees import form_for
from handlers.forms import Form
from handlers.incoming import Incoming
from handlers.services import Services, Shelf, keep
from handlers.surface import Command, Surface
from knowledge.facts import facts
from knowledge.inputs import Here
from knowledge.rules import find as find_rule
from knowledge.search.finding import Found
from storage import audit, feedback, outbox, threads
from storage.audit import Entry
from storage.outbox import Letter

log = logging.getLogger(__name__)

SURFACE = Surface(
    commands=(Command("/ask", "how late may a client cancel?", "Ask a contract question in English, Dutch or French"),),
    events=("app_mention", "message.im"),
    needs={"consultant": (r"/ask.*", "app_mention", "message", r"offer\.\d+")},
    scopes={
        "app_mentions:read": "people ask by mentioning the bot",
        "im:history": "people ask in a direct message or in the agent pane",
        "chat:write": "answers to mentions and direct messages, and questions handed to the legal channel",
        "assistant:write": "the agent pane shows suggested questions and that the bot is at work",
    },
)
PROMPTS = (
    ("A client cancels", "A client cancels tomorrow's workshop. What may we charge?"),
    ("Work in the weekend", "What surcharge applies to work on Saturday night?"),
    ("A late payer", "De klant betaalt te laat, welke rente en kosten rekenen we aan?"),
    ("A data breach", "Que devons-nous dire au client en cas de fuite de données ?"),
)


@dataclass(frozen=True)
class Told:
    """Answers, rendered: the ``reply``, what was found for each question under its id, and the ``thread`` they are of."""

    reply: dict[str, Any]
    found: tuple[tuple[str, Found], ...]
    shelf: Shelf
    thread: str = ""


def register(app: Any) -> None:
    app.command("/ask")(typed)
    app.event("app_mention")(mentioned)
    app.event("message", matchers=[is_question])(direct)
    app.event("message")(passed_over)
    app.action(re.compile(r"offer\.\d+"))(offered)


async def typed(ack: Any, incoming: Incoming, services: Services) -> None:
    """Answer typed questions in the reply to the command."""
    told = await answer(services, incoming)
    await ack(**await services.store.quick(_keep, services, incoming, told, incoming.private(told.reply), None))


async def mentioned(incoming: Incoming, event: dict[str, Any], services: Services) -> None:
    """Answer a mention where it stands, so that only the person who asked sees it."""
    told = await answer(services, incoming, incoming.thread or event["ts"])
    place = {"channel": incoming.channel, "user": incoming.user} | (
        {"thread_ts": incoming.thread} if incoming.thread else {}
    )
    await _send(services, incoming, told, "chat.postEphemeral", place)


async def direct(incoming: Incoming, event: dict[str, Any], set_status: Any, services: Services) -> None:
    """Answer a direct message in its thread, as the agent pane expects."""
    # The answer matters more than the sign that it is coming; workspaces without the agent pane refuse the sign.
    if refused := await services.attempt(set_status("is looking in the documents…")):
        log.info("status not shown: %s", refused)
    thread = incoming.thread or event["ts"]
    told = await answer(services, incoming, thread)
    await _send(services, incoming, told, "chat.postMessage", {"channel": incoming.channel, "thread_ts": thread})


async def passed_over() -> None:
    """Edits, deletions and other bots' messages ask nothing."""


async def offered(
    ack: Any, client: Any, body: dict[str, Any], action: dict[str, Any], incoming: Incoming, services: Services
) -> None:
    """Open the form of a rule that computes what the quoted clause says, with what the question held."""
    await ack()
    id, family, kind = json.loads(action["value"])
    entry = await services.store.run(audit.get, id)
    here, rule = Here(services.now(), services.zone), find_rule(family, kind)
    given: dict[str, str] = {}
    for said in ("earlier", "question"):
        # What the question itself says comes before what was said earlier in the thread.
        given |= facts(rule, str(entry.content.get(said, "")) if entry else "", here)
    view = await form_for(services, Form(family, kind, incoming.channel), given)
    await client.views_open(trigger_id=body["trigger_id"], view=view)


async def is_question(event: dict[str, Any]) -> bool:
    """Whether a message event is a person's own words to the bot."""
    spoken = event.get("subtype") in (None, "file_share") and not event.get("bot_id")
    return spoken and event.get("channel_type") == "im"


async def answer(services: Services, incoming: Incoming, thread: str = "") -> Told:
    """The reply to the questions of a message, rendered; in a ``thread`` they may go on from the person's last one there."""
    questions = asking.split(incoming.text)
    shelf = await services.shelf()
    heard = asking.find(
        shelf, questions, await services.store.glance(_known, services, shelf, questions, incoming, thread)
    )
    found = tuple((services.new_id(), one) for one in heard.found)
    for id, one in found:
        if one.failure:
            fault(one.failure, id)
    reply = answered.message(shelf, found, heard.left, incoming, can_refer=bool(services.legal_channel))
    return Told(reply, found, shelf, thread)


def _known(
    db: Database, services: Services, shelf: Shelf, questions: tuple[str, ...], incoming: Incoming, thread: str
) -> Known:
    before = threads.last(db, incoming.channel, thread, incoming.user) if thread else None
    return asking.known(db, shelf, questions, services.clients, before)


def _keep(
    db: Database, services: Services, incoming: Incoming, told: Told, reply: dict[str, Any], letter: Letter | None
) -> dict[str, Any]:
    """In one transaction: an entry for each answer, what is to be said, the thread's last question, what was not answered."""
    now, library, on = services.now(), told.shelf.library, told.shelf.on
    entries = [
        Entry(id, now, incoming.user, "ask", one.passage.ref if one.passage else "", asking.content(one, library, on))
        for id, one in told.found
    ]
    kept = keep(db, incoming.key, entries[0], reply, [letter] if letter else [])
    if kept is not reply:
        return kept
    for entry in entries[1:]:
        audit.append(db, entry)
    for id, one in told.found:
        if one.reason in ("no_clause", "unsure") and not one.confirmed:
            feedback.miss(db, id, one.topic, now)
            outbox.put(db, list_due(services))
    if told.thread:
        threads.keep(db, incoming.channel, told.thread, incoming.user, entries[-1].id)
    return reply


async def _send(services: Services, incoming: Incoming, told: Told, method: str, place: dict[str, Any]) -> None:
    id, _ = told.found[0]
    letter = Letter(incoming.key, id, services.now(), method, place | told.reply, tell=incoming.user)
    await services.store.quick(_keep, services, incoming, told, {}, letter)
    services.wake()
