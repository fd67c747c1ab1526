"""What a search came to, as a message: the quotation with runners-up, or an honest no with its reason."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from handlers import blocks, clause
from handlers.asking import MOST_QUESTIONS
from handlers.incoming import Incoming
from handlers.phrases import say
from handlers.services import Shelf
from knowledge.asked import asked
from knowledge.facts import rules_about
from knowledge.lookup import Passage
from knowledge.search.finding import Found

MOST_OFFERS = 2


def message(
    shelf: Shelf, found: Sequence[tuple[str, Found]], left: Sequence[str], incoming: Incoming, *, can_refer: bool
) -> dict[str, Any]:
    """The answers to the questions of one message, each under its id, and which questions were left out."""
    told = [rendered(shelf, one, id, incoming, can_refer=can_refer) for id, one in found]
    body = [block for _, part in told for block in part]
    text = "\n\n".join(words for words, _ in told)
    if left:
        language = found[0][1].language
        rest = say("left_out", language, most=str(MOST_QUESTIONS), left=blocks.shorten(" ".join(left), 600))
        body.append(blocks.section(blocks.escape(rest)))
        text = f"{text}\n\n{blocks.escape(rest)}"
    return {"text": text, "blocks": body}


def rendered(
    shelf: Shelf, found: Found, id: str, incoming: Incoming, *, can_refer: bool
) -> tuple[str, list[blocks.Block]]:
    """One answer as a text that reads well alone, and as blocks."""
    own, before = [blocks.context(f"“{blocks.escape(blocks.shorten(found.question, 300))}”")], ""
    if found.earlier:
        together = blocks.escape(say("together", found.language, earlier=blocks.shorten(found.earlier, 300)))
        own, before = [*own, blocks.context(together)], f"{together} "
    if found.passage:
        lead = say("confirmed" if found.confirmed else "answers", found.language)
        body = quoted(shelf, found.passage, found.language)
        text = f"{lead} {clause.spoken(found.passage)}"
        for other in found.also:
            named = say("both", found.language, owner=other.document.owner)
            body += [blocks.context(blocks.escape(named)), *quoted(shelf, other, found.language)]
        told = {passage.ref for passage in (found.passage, *found.also)}
        others = [hit for hit in found.hits if hit.clause.ref not in told]
        label = say("also", found.language)
    else:
        lead = no(shelf, found, id)
        body, text, others = [], blocks.escape(lead), list(found.hits)
        label = say("candidates" if found.reason == "unsure" else "nearest", found.language)
    body = [*own, blocks.section(blocks.escape(lead)), *body]
    if found.confirmed:
        by, day = _named(found.confirmed.by), found.confirmed.on.isoformat()
        body.append(blocks.context(say("confirmed_by", found.language, by=by, day=day)))
    if others:
        body += [blocks.context(blocks.escape(label)), *blocks.rows(clause.titled(others))]
    return before + text, body + blocks.rows(_buttons(found, id, incoming, can_refer=can_refer))


def quoted(shelf: Shelf, passage: Passage, language: str) -> list[blocks.Block]:
    """The passage verbatim, with its plain-language summary marked as one; made (and compared with the text) once for as
    long as the documents stand."""
    key = ("quoted", passage.document.slug, passage.document.version, passage.number, language)
    made: list[blocks.Block] | None = shelf.laid_out.get(key)
    if made is None:
        made = shelf.laid_out[key] = _quoted(passage, language)
    return made


def _quoted(passage: Passage, language: str) -> list[blocks.Block]:
    body = [clause.heading(passage), *clause.verified(passage)]
    entry = asked(passage.document.slug).get(passage.number)
    if entry:
        plain = say("plain", language, summary=entry.summary[language])
        body.append(blocks.context(blocks.escape(plain)))
    return [*body, clause.source(passage)]


def no(shelf: Shelf, found: Found, id: str) -> str:
    """Why nothing is claimed: the documents are silent, or there are none, or the search failed."""
    if found.confirmed:
        return say("confirmed_none", found.language)
    documents = " / ".join(f"{document.owner}, {document.title}" for document in shelf.library.in_force(shelf.on))
    return say(found.reason or "no_clause", found.language, documents=documents, reference=id)


def _named(actor: str) -> str:
    """A person as Slack shows them; whoever is not of this workspace by the name on record."""
    return f"<@{actor}>" if actor.startswith(("U", "W")) else blocks.escape(actor)


def _buttons(found: Found, id: str, incoming: Incoming, *, can_refer: bool) -> list[blocks.Block]:
    buttons = []
    if found.passage:
        buttons.append(blocks.button(say("helpful", found.language), "helpful", id))
        buttons.append(blocks.button(say("not_helpful", found.language), "not_helpful", id))
        for at, rule in enumerate(rules_about(found.passage.ref)[:MOST_OFFERS]):
            label = say(f"compute_{rule.family}", found.language, kind=rule.kind.replace("-", " "))
            buttons.append(blocks.button(label, f"offer.{at}", json.dumps([id, rule.family, rule.kind])))
    buttons.append(blocks.button(say("right", found.language), "right_clause", id))
    if can_refer:
        buttons.append(blocks.button(say("person", found.language), "refer", id))
    if found.passage and incoming.in_channel:
        buttons.append(blocks.button(say("share", found.language), "clause_share", id))
    return buttons
