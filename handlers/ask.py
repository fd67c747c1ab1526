"""Questions: /ask, a mention, a direct message or the agent pane; the clause that answers, verbatim, or an honest no."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

from handlers import blocks, clause
from handlers.errors import fault
from handlers.fees import form_for
from handlers.forms import Form
from handlers.incoming import Incoming
from handlers.phrases import say
from handlers.services import Services, Shelf, sources
from handlers.surface import Command, Surface
from knowledge.asked import asked
from knowledge.facts import facts, rules_about
from knowledge.inputs import Here
from knowledge.lookup import Passage
from knowledge.rules import find as find_rule
from knowledge.search.finding import Found, check
from knowledge.search.finding import ask as find
from storage import audit, feedback
from storage.audit import Entry
from storage.outbox import Letter

log = logging.getLogger(__name__)

SURFACE = Surface(
    commands=(Command("/ask", "how late may a client cancel?", "Ask a contract question in English, Dutch or French"),),
    events=("app_mention", "message.im"),
    needs={"consultant": (r"/ask.*", "app_mention", "message", r"offer\.\d+", "helpful", "not_helpful")},
    scopes={
        "app_mentions:read": "people ask by mentioning the bot",
        "im:history": "people ask in a direct message or in the agent pane",
        "chat:write": "answers to mentions and direct messages, and questions handed to the legal channel",
        "assistant:write": "the agent pane shows suggested questions and that the bot is at work",
    },
)
MOST_OFFERS = 2
PROMPTS = (
    ("A client cancels", "A client cancels tomorrow's workshop. What may we charge?"),
    ("Work in the weekend", "What surcharge applies to work on Saturday night?"),
    ("A late payer", "De klant betaalt te laat, welke rente en kosten rekenen we aan?"),
    ("A data breach", "Que devons-nous dire au client en cas de fuite de données ?"),
)


def register(app: Any) -> None:
    app.command("/ask")(typed)
    app.event("app_mention")(mentioned)
    app.event("message", matchers=[is_question])(direct)
    app.event("message")(passed_over)
    app.action(re.compile(r"offer\.\d+"))(offered)
    app.action("helpful")(judged)
    app.action("not_helpful")(judged)


async def typed(ack: Any, incoming: Incoming, services: Services) -> None:
    """Answer a typed question in the reply to the command."""
    reply, entry = await answer(services, incoming)
    await ack(**await services.record(incoming.key, entry, incoming.private(reply)))


async def mentioned(incoming: Incoming, event: dict[str, Any], services: Services) -> None:
    """Answer a mention where it stands, so that only the person who asked sees it."""
    reply, entry = await answer(services, incoming)
    place = {"channel": incoming.channel, "user": incoming.user} | (
        {"thread_ts": incoming.thread} if incoming.thread else {}
    )
    await _send(services, incoming, entry, "chat.postEphemeral", place | reply)


async def direct(incoming: Incoming, event: dict[str, Any], set_status: Any, services: Services) -> None:
    """Answer a direct message in its thread, as the agent pane expects."""
    # The answer matters more than the sign that it is coming; workspaces without the agent pane refuse the sign.
    if refused := await services.attempt(set_status("is looking in the documents…")):
        log.info("status not shown: %s", refused)
    reply, entry = await answer(services, incoming)
    place = {"channel": incoming.channel, "thread_ts": incoming.thread or event["ts"]}
    await _send(services, incoming, entry, "chat.postMessage", place | reply)


async def passed_over() -> None:
    """Edits, deletions and other bots' messages ask nothing."""


async def offered(
    ack: Any, client: Any, body: dict[str, Any], action: dict[str, Any], incoming: Incoming, services: Services
) -> None:
    """Open the form of a rule that computes what the quoted clause says, with what the question held."""
    await ack()
    id, family, kind = json.loads(action["value"])
    entry = await services.store.run(audit.get, id)
    question = str(entry.content.get("question", "")) if entry else ""
    here = Here(services.now(), services.zone)
    given = facts(find_rule(family, kind), question, here)
    view = await form_for(services, Form(family, kind, incoming.channel), given)
    await client.views_open(trigger_id=body["trigger_id"], view=view)


async def judged(ack: Any, respond: Any, action: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Keep whether an answer helped."""
    await ack()
    verdict = "helpful" if action["action_id"] == "helpful" else "not helpful"
    await services.store.run(feedback.give, action["value"], incoming.user, verdict, services.now())
    await respond(**incoming.private({"text": "Thank you, noted."}), replace_original=False)


async def is_question(event: dict[str, Any]) -> bool:
    """Whether a message event is a person's own words to the bot."""
    spoken = event.get("subtype") in (None, "file_share") and not event.get("bot_id")
    return spoken and event.get("channel_type") == "im"


async def answer(services: Services, incoming: Incoming) -> tuple[dict[str, Any], Entry]:
    """The reply to a question, rendered, and the entry that records it."""
    question, id = check(incoming.text), services.new_id()
    shelf = await services.shelf()
    found = find(shelf.library, shelf.index, question, on=shelf.on)
    if found.failure:
        fault(found.failure, id)
    refs = [hit.clause.ref for hit in found.hits]
    content = {
        "question": question,
        "language": found.language,
        "ref": found.passage.ref if found.passage else None,
        "version": found.passage.document.version if found.passage else None,
        "reason": found.reason,
        "hits": refs,
        "sources": sources(shelf.library.in_force(shelf.on)),
    }
    entry = Entry(id, services.now(), incoming.user, "ask", found.passage.ref if found.passage else "", content)
    return render(shelf, found, id, incoming, can_refer=bool(services.legal_channel)), entry


def render(shelf: Shelf, found: Found, id: str, incoming: Incoming, *, can_refer: bool) -> dict[str, Any]:
    """What a search came to, as a message: the quotation with runners-up, or a no with its reason."""
    own = blocks.context(f"“{blocks.escape(blocks.shorten(found.question, 300))}”")
    if found.passage:
        lead, body = say("answers", found.language), quoted(found, found.passage)
        text = f"{lead} {clause.spoken(found.passage)}"
        for other in found.also:
            named = say("both", found.language, owner=other.document.owner)
            body += [blocks.context(blocks.escape(named)), *quoted(found, other)]
        told = {passage.ref for passage in (found.passage, *found.also)}
        others = [hit.clause.ref for hit in found.hits if hit.clause.ref not in told]
        label = say("also", found.language)
    else:
        lead = no(shelf, found, id)
        body, text, others = [], blocks.escape(lead), [hit.clause.ref for hit in found.hits]
        label = say("candidates" if found.reason == "unsure" else "nearest", found.language)
    body = [own, blocks.section(blocks.escape(lead)), *body]
    if others:
        body += [
            blocks.context(blocks.escape(label)),
            *blocks.rows(clause.links(others, _version(shelf, others[0]))),
        ]
    return {"text": text, "blocks": body + blocks.rows(_buttons(found, id, incoming, can_refer=can_refer))}


def quoted(found: Found, passage: Passage) -> list[blocks.Block]:
    """The passage verbatim, with its plain-language summary marked as one."""
    body = [clause.heading(passage), *clause.verified(passage)]
    entry = asked(passage.document.slug).get(passage.number)
    if entry:
        plain = say("plain", found.language, summary=entry.summary[found.language])
        body.append(blocks.context(blocks.escape(plain)))
    return [*body, clause.source(passage)]


def no(shelf: Shelf, found: Found, id: str) -> str:
    """Why nothing is claimed: the documents are silent, or there are none, or the search failed."""
    documents = " / ".join(f"{document.owner}, {document.title}" for document in shelf.library.in_force(shelf.on))
    return say(found.reason or "no_clause", found.language, documents=documents, reference=id)


def _buttons(found: Found, id: str, incoming: Incoming, *, can_refer: bool) -> list[blocks.Block]:
    buttons = []
    if found.passage:
        buttons.append(blocks.button(say("helpful", found.language), "helpful", id))
        buttons.append(blocks.button(say("not_helpful", found.language), "not_helpful", id))
    if found.passage:
        for at, rule in enumerate(rules_about(found.passage.ref)[:MOST_OFFERS]):
            label = say("compute", found.language, kind=rule.kind)
            buttons.append(blocks.button(label, f"offer.{at}", json.dumps([id, rule.family, rule.kind])))
    if can_refer:
        buttons.append(blocks.button(say("person", found.language), "refer", id))
    if found.passage and incoming.in_channel:
        buttons.append(blocks.button(say("share", found.language), "clause_share", id))
    return buttons


def _version(shelf: Shelf, ref: str) -> str:
    return shelf.library.quoting(ref).version


async def _send(services: Services, incoming: Incoming, entry: Entry, method: str, arguments: dict[str, Any]) -> None:
    letter = Letter(incoming.key, entry.id, services.now(), method, arguments, tell=incoming.user)
    await services.record(incoming.key, entry, {}, [letter])
