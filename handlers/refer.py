"""Ask a person: a question that the search did not settle goes to the legal channel, and the answer back to the asker."""

from __future__ import annotations

import json
from typing import Any

from sqlite_utils import Database

from handlers import blocks, clause, feedback, forms
from handlers.incoming import Incoming
from handlers.services import Services, Shelf
from handlers.surface import Surface
from knowledge.refused import Refused
from storage import audit, outbox, referrals
from storage.audit import Entry
from storage.outbox import Letter
from storage.referrals import Referral

SURFACE = Surface(
    scopes={"chat:write": "the question is posted in the legal channel, its answer to the asker"},
    needs={"consultant": ("refer", "refer_reply")},
)
REPLY = "reply"


def register(app: Any) -> None:
    app.action("refer")(refer)
    app.action("refer_reply")(open_reply)
    app.view("refer_reply")(reply)


async def refer(ack: Any, respond: Any, action: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Hand the question of an answer to the legal channel."""
    await ack()
    if not services.legal_channel:
        raise Refused(
            "No legal channel is set up, so there is nobody to ask; an admin can set CLAUSEKEEPER_LEGAL_CHANNEL."
        )
    entry = await services.store.run(audit.get, action["value"])
    if entry is None or "question" not in entry.content:
        raise Refused("That question is no longer on record; ask it again and hand over the new one.")
    new = await services.store.run(_hand_over, services, incoming, entry)
    services.wake()
    said = (
        "Your question went to the legal channel; the answer will come to you here."
        if new
        else "It was handed over already."
    )
    await respond(**incoming.private({"text": said}), replace_original=False)


async def open_reply(ack: Any, client: Any, body: dict[str, Any], action: dict[str, Any], services: Services) -> None:
    """Open the form in which a person answers."""
    await ack()
    referral = await _referral(services, action["value"])
    if referral.answered_by:
        raise Refused("Another person answered this question already.")
    message = {"id": referral.id, "channel": body["channel"]["id"], "ts": body["message"]["ts"]}
    await client.views_open(trigger_id=body["trigger_id"], view=_form(referral, message))


async def reply(ack: Any, view: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Send a person's answer to the asker, and mark the question as answered for the others."""
    message = json.loads(view["private_metadata"])
    referral = await _referral(services, message["id"])
    words = (view["state"]["values"][REPLY][REPLY]["value"] or "").strip()
    if not words:
        raise Refused("Write the answer that the asker is to get.", field=REPLY)
    shelf = await services.shelf()
    typed = str(forms.typed(view).get(feedback.CLAUSE, ""))
    ref = feedback.named(shelf, typed) if typed else None
    await services.store.run(_answer, services, shelf, incoming, referral, words, ref, message)
    services.wake()
    await ack()


def _hand_over(db: Database, services: Services, incoming: Incoming, entry: Entry) -> bool:
    """In one transaction: the referral, the message owed to the legal channel, the audit entry; False if it was done before."""
    referral = Referral(
        services.new_id(),
        entry.id,
        incoming.user,
        incoming.channel,
        entry.content["question"],
        tuple(entry.content["hits"]),
    )
    now = services.now()
    if not referrals.open_referral(db, referral, now):
        return False
    audit.append(db, Entry(referral.id, now, incoming.user, "refer", "", {"answer": entry.id}))
    return _post(db, services, referral)


def _post(db: Database, services: Services, referral: Referral) -> bool:
    arguments = {"channel": services.legal_channel, **posted(referral)}
    letter = Letter(
        f"refer:{referral.id}",
        referral.id,
        services.now(),
        "chat.postMessage",
        arguments,
        tell=referral.asker,
    )
    return outbox.put(db, letter)


def _answer(
    db: Database,
    services: Services,
    shelf: Shelf,
    incoming: Incoming,
    referral: Referral,
    words: str,
    ref: str | None,
    message: dict[str, str],
) -> None:
    """``ref`` is the clause that the person named, empty where they said that none answers, None where they said nothing."""
    now = services.now()
    if not referrals.reply(db, referral.id, incoming.user, words, now):
        raise Refused("Another person answered this question in the meantime; your text was not sent.", field=REPLY)
    content = {"referral": referral.id, "reply": words, "ref": ref}
    if ref is not None and (asked := audit.get(db, referral.answer)):
        feedback.confirm(db, shelf, asked, ref, incoming.user, now)
    audit.append(db, Entry(services.new_id(), now, incoming.user, "reply", "", content))
    done = {
        "channel": message["channel"],
        "ts": message["ts"],
        **posted(referral, by=incoming.user, words=words),
    }
    outbox.put(db, Letter(f"replied:{referral.id}", referral.id, now, "chat.update", done))
    version = shelf.library.quoting(ref).version if ref else ""
    back = {"channel": referral.asker, **returned(referral, incoming.user, words, ref or "", version)}
    outbox.put(db, Letter(f"reply:{referral.id}", referral.id, now, "chat.postMessage", back, tell=incoming.user))


def posted(referral: Referral, by: str = "", words: str = "") -> dict[str, Any]:
    """The question as the legal channel sees it, open or answered."""
    question = blocks.escape(blocks.shorten(referral.question, 2_000))
    candidates = ", ".join(referral.candidates) or "none"
    body = [
        blocks.section(f"<@{referral.asker}> asks a person:\n>{question}"),
        blocks.context(f"The search found: {blocks.escape(candidates)}"),
    ]
    if by:
        body.append(blocks.section(f"<@{by}> answered: {blocks.escape(blocks.shorten(words, 2_500))}"))
    else:
        body += blocks.rows(
            [
                blocks.button("Answer", "refer_reply", referral.id, style="primary"),
                *clause.links(referral.candidates[: blocks.ROW - 1], ""),
            ]
        )
    # Slack takes no more than 4,000 characters of text when a message is changed, and an escaped character may be five.
    brief = blocks.escape(blocks.shorten(referral.question, 700))
    return {"text": f"<@{referral.asker}> asks a person: {brief}", "blocks": body}


def returned(referral: Referral, by: str, words: str, ref: str = "", version: str = "") -> dict[str, Any]:
    """The answer as the asker gets it, with the question it belongs to and the clause that was named."""
    text = f"<@{by}> answers your question “{blocks.escape(blocks.shorten(referral.question, 300))}”:"
    answer = [blocks.section(blocks.escape(words[at : at + 500])) for at in range(0, len(words), 500)]
    pointed = [
        blocks.context(f"The clause they name: {blocks.escape(ref)}"),
        *blocks.rows(clause.links([ref], version)),
    ]
    body = [blocks.section(text), *answer, *(pointed if ref else [])]
    return {"text": f"{text} {blocks.escape(words)}{f' ({ref})' if ref else ''}", "blocks": body}


def _form(referral: Referral, message: dict[str, str]) -> dict[str, Any]:
    question = blocks.escape(blocks.shorten(referral.question, 2_000))
    body = [
        blocks.section(f"<@{referral.asker}> asks:\n>{question}"),
        forms.text_input(REPLY, "Your answer", optional=False, lines=True),
        feedback.clause_input(optional=True),
        blocks.context(
            "Whoever puts the question in the same words gets that clause from now on, as confirmed by you."
        ),
    ]
    return forms.modal("refer_reply", "Answer a question", "Send", body, json.dumps(message))


async def _referral(services: Services, id: str) -> Referral:
    referral = await services.store.run(referrals.get, id)
    if referral is None:
        raise Refused("This question is no longer on record.")
    return referral
