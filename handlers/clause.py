"""/clause: a clause by its number, by a term it defines, or by words; verbatim, with what it is tied to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from handlers import blocks
from handlers.incoming import Incoming
from handlers.services import Services, Shelf, sources
from handlers.surface import Command, Surface
from knowledge import lookup
from knowledge.diff import change
from knowledge.library import Library
from knowledge.lookup import Passage
from knowledge.refused import Refused
from knowledge.search import Hit
from knowledge.search.finding import check, fitting, named
from knowledge.telling import effective
from storage import audit
from storage.audit import Entry

USAGE = "Name a clause: `/clause 7.3`, `/clause itaf 4.4`, `/clause consignment hours`, `/clause force majeure`."
SURFACE = Surface(
    commands=(Command("/clause", "7.3 | itaf 4.4 | force majeure", "Quote a clause to the letter"),),
    scopes={"commands": "people type /clause and the other commands"},
    needs={"consultant": (r"/clause.*", r"clause_(previous|next|link\.\d+)", "clause_share", "clause_changes")},
)
MOST_LINKS = 10
# Numbers are short, and there are as many as there are clauses; a longer way to name one is looked up each time.
MOST_NAME = 12


def register(app: Any) -> None:
    app.command("/clause")(clause)
    app.action(re.compile(r"clause_(previous|next|link\.\d+)"))(turn)
    app.action("clause_share")(share)
    app.action("clause_changes")(what_changed)


async def clause(ack: Any, command: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Quote what the typed words name."""
    shelf = await services.shelf()
    passage, others = find(shelf, incoming.text)
    await ack(**await answer(services, shelf, incoming, passage, others))


async def turn(ack: Any, respond: Any, action: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Quote the clause that a button names, in the place of the one that was shown."""
    await ack()
    shelf = await services.shelf()
    passage = _pointed(shelf.library, action["value"])
    reply = await answer(services, shelf, incoming, passage)
    await respond(**reply, replace_original=incoming.ephemeral)


async def share(ack: Any, respond: Any, action: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Show a quoted clause to everyone in the channel, with the name of the person who shares it."""
    await ack()
    shelf = await services.shelf()
    entry = await services.store.run(audit.get, action["value"])
    if entry is None:
        raise Refused("That answer is no longer on record; ask again and share the new one.")
    passage = _pointed(shelf.library, f"{entry.content['ref']}@{entry.content['version']}")
    question = entry.content.get("question", "")
    reply = shared(passage, incoming.user, question)
    await services.record(
        incoming.key,
        Entry(
            services.new_id(),
            services.now(),
            incoming.user,
            "share",
            passage.ref,
            {"answer": entry.id, "channel": incoming.channel},
        ),
        reply,
    )
    await respond(**reply, response_type="in_channel", replace_original=False)


async def what_changed(ack: Any, client: Any, body: dict[str, Any], action: dict[str, Any], services: Services) -> None:
    """Show how a clause differs from the version before."""
    await ack()
    shelf = await services.shelf()
    passage = _pointed(shelf.library, action["value"])
    await client.views_open(trigger_id=body["trigger_id"], view=changes_view(shelf.library, passage))


def find(shelf: Shelf, words: str) -> tuple[Passage, tuple[str, ...]]:
    """The passage that words name, or the one that fits them best with the refs of the next best."""
    if not words.strip():
        raise Refused(USAGE)
    typed = check(words)
    passage: Passage | None = shelf.laid_out.get(("named", typed))
    if passage is None and (passage := named(shelf.library, typed, shelf.on)) and len(typed) <= MOST_NAME:
        shelf.laid_out["named", typed] = passage
    if passage:
        return passage, passage.also
    best, *others = fitting(shelf.index, typed, 4)
    return lookup.of_clause(best.document, best.clause), tuple(hit.clause.ref for hit in others)


async def answer(
    services: Services, shelf: Shelf, incoming: Incoming, passage: Passage, others: Sequence[str] = ()
) -> dict[str, Any]:
    """Quote a passage and put that on record; the reply as Slack takes it.

    It is made alike for a delivery that comes twice, so that no reply needs to be kept for the second one.
    """
    id = audit.id_of(incoming.key)
    page = laid_out(shelf, passage)
    body = [*page.body, *blocks.rows(_buttons(page, others, id, shareable=incoming.in_channel))]
    content = {"ref": passage.ref, "version": passage.document.version, "typed": incoming.text}
    entry = Entry(
        id,
        services.now(),
        incoming.user,
        "clause",
        passage.ref,
        content | {"sources": sources([passage.document])},
    )
    await services.store.quick(audit.once, entry)
    return incoming.private({"text": page.text, "blocks": body})


@dataclass(frozen=True)
class Page:
    """A passage as it is shown to anybody: its blocks, its text, the buttons to its neighbours and the links from it."""

    version: str
    text: str
    body: tuple[blocks.Block, ...]
    beside: tuple[blocks.Block, ...]
    changes: tuple[blocks.Block, ...]
    refs: tuple[str, ...]


def laid_out(shelf: Shelf, passage: Passage) -> Page:
    """The page of a passage, which is laid out (and compared with the text) once for as long as the documents stand."""
    key = ("page", passage.document.slug, passage.document.version, passage.number)
    page: Page | None = shelf.laid_out.get(key)
    if page is None:
        page = shelf.laid_out[key] = _lay_out(shelf.library, passage)
    return page


def _lay_out(library: Library, passage: Passage) -> Page:
    version = passage.document.version
    before, after = lookup.beside(passage)
    turns = []
    if before:
        turns.append(blocks.button(f"← {before.number}", "clause_previous", f"{before.ref}@{version}"))
    if after:
        turns.append(blocks.button(f"{after.number} →", "clause_next", f"{after.ref}@{version}"))
    several = len(library.versions(passage.document.slug)) > 1
    changes = [blocks.button("What changed", "clause_changes", f"{passage.ref}@{version}")] if several else []
    body = [heading(passage), *verified(passage), source(passage), *tied(passage)]
    refs = (*lookup.mentions(passage), *lookup.mentioned_by(passage))
    return Page(version, spoken(passage), tuple(body), tuple(turns), tuple(changes), refs)


def heading(passage: Passage) -> blocks.Block:
    """Number and title in bold."""
    return blocks.section(f"*{blocks.escape(passage.ref)}* · {blocks.escape(passage.title)}")


def verified(passage: Passage) -> list[blocks.Block]:
    """The passage as quotation blocks, each word of which was compared with the stored text.

    AssertionError, which is a bug and never shown as an answer, where anything else would be quoted.
    """
    quotation = blocks.quotation(passage)
    for words in blocks.quoted(quotation):
        if not passage.document.holds(words):
            raise AssertionError(f"{passage.ref}: what would be quoted does not stand in the text")
    return quotation


def source(passage: Passage) -> blocks.Block:
    """Document, version and date, and what a reader should know about the text."""
    document = passage.document
    date = effective(document)
    since = f"in force from {date}" if document.effective else "effective date unknown"
    line = f"{document.owner}, {document.title}, version {document.version}, {since}."
    return blocks.context(blocks.escape(f"{line} {passage.note}".strip()))


def tied(passage: Passage) -> list[blocks.Block]:
    """The defined terms that the passage uses and the other texts that it points at, as small print."""
    lines = []
    if terms := lookup.uses(passage):
        named = ", ".join(f"{term} ({clause.number})" for term, clause in terms.items())
        lines.append(f"Defined terms: {named}.")
    if outside := lookup.outside(passage):
        lines.append(f"Points at {', '.join(outside)}, outside these documents.")
    return [blocks.context(*(blocks.escape(line) for line in lines))] if lines else []


def spoken(passage: Passage) -> str:
    """The passage as one text that reads well alone, for notifications and screen readers."""
    return blocks.escape(f"{passage.ref}, {passage.title}: {passage.text}")


def shared(passage: Passage, user: str, question: str) -> dict[str, Any]:
    """A quotation for a whole channel; it bears the name of the person who shares it, and the question if there was one."""
    asked = f" on the question “{blocks.escape(blocks.shorten(question, 300))}”" if question else ""
    who = f"<@{user}> shares a clause{asked}"
    return {
        "text": f"{who}: {spoken(passage)}",
        "blocks": [blocks.section(who), heading(passage), *verified(passage), source(passage)],
    }


def changes_view(library: Library, passage: Passage) -> dict[str, Any]:
    """A modal with every clause of the passage against the version before, word by word."""
    versions = library.versions(passage.document.slug)
    at = versions.index(passage.document)
    older, newer = versions[max(at - 1, 0)], versions[max(at, 1)]
    lines = [blocks.section(f"From version {blocks.escape(older.version)} to {blocks.escape(newer.version)}:")]
    for clause in passage.clauses:
        difference = change(older.clauses.get(clause.number), newer.clauses.get(clause.number))
        lines.append(blocks.section(f"*{clause.number}* " + ("not changed" if difference is None else difference.kind)))
        if difference:
            lines.append(blocks.runs(difference.runs))
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "What changed"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": lines[:100],
    }


def links(refs: Sequence[str], version: str) -> list[blocks.Block]:
    """A button for each clause, to be quoted in the place of the message."""
    return [blocks.button(ref, f"clause_link.{at}", f"{ref}@{version}") for at, ref in enumerate(refs[:MOST_LINKS])]


def titled(hits: Sequence[Hit]) -> list[blocks.Block]:
    """The same for what a search found, with titles, since nobody knows a clause by its number alone."""
    return [
        blocks.button(
            f"{hit.clause.ref} · {hit.clause.title}", f"clause_link.{at}", f"{hit.clause.ref}@{hit.document.version}"
        )
        for at, hit in enumerate(hits[:MOST_LINKS])
    ]


def _buttons(page: Page, others: Sequence[str], id: str, *, shareable: bool) -> list[blocks.Block]:
    sharing = [blocks.button("Share with channel", "clause_share", id)] if shareable else []
    refs = dict.fromkeys((*others, *page.refs))
    return [*page.beside, *sharing, *page.changes, *links(list(refs), page.version)]


def _pointed(library: Library, value: str) -> Passage:
    """The passage that a button's value ``ITQ 7.3@version`` names, in that version where its document has it."""
    ref, _, version = value.rpartition("@")
    document = library.quoting(ref)
    versions = [d for d in library.versions(document.slug) if d.version == version]
    return lookup.by_ref(Library(tuple(versions) or (document,)), ref)
