"""Papers about an incident: the notice, the sheet for the authority, the whole record, the register; made when they go out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from handlers import blocks
from handlers.blocks import Block, escape, shorten
from handlers.breach.keeping import Hand, act, hand, see
from handlers.breach.pages import Page
from handlers.breach.summary import DRILL
from handlers.services import Services, Shelf
from knowledge.breach import acts, letters, register
from knowledge.breach.acts import LANGUAGES
from knowledge.breach.incident import Incident, from_json
from knowledge.breach.letters import Letter as Notice
from knowledge.breach.letters import Sheet
from knowledge.fields import Field
from storage import audit, incidents, outbox
from storage.audit import Entry
from storage.incidents import Entered
from storage.outbox import Letter
from storage.sealing import Seal

PAPERS, REGISTER = "breach_papers", "breach_register"
NOTICE, SHEET, RECORD = "Notice to the client", "Sheet for the client's authority", "The whole record"
File = tuple[str, bytes]
MOST_ROWS = 99


def _fields(hand: Hand, incident: Incident) -> Sequence[Field]:
    clients = (Field("choice", "Client", choices=incident.clients[:100], name="about"),) if incident.clients else ()
    return (
        Field("choice", "Which letter", choices=(NOTICE, SHEET, RECORD), name="what", required=True),
        *clients,
        Field("choice", "Language", choices=LANGUAGES, name="language", default="en"),
    )


def _nothing(hand: Hand, incident: Incident, values: Mapping[str, Any]) -> Incident:
    return incident


PAGE = Page("Letters", "Make", _fields, _nothing)


def owe_papers(hand: Hand, incident: Incident, values: Mapping[str, Any], key: str) -> None:
    """Owe a person the papers that were asked for; the letter names no client, only a place in the list of them."""
    about = values.get("about") or (incident.clients[0] if incident.clients else "")
    arguments = {
        "incident": incident.number,
        "what": values["what"],
        "client": incident.clients.index(about) if about in incident.clients else 0,
        "language": values.get("language", "en"),
        "user": hand.by,
    }
    outbox.put(hand.db, Letter(f"papers:{key}", f"{incident.number} papers", hand.now, PAPERS, arguments, tell=hand.by))


def owe_register(hand: Hand, key: str) -> None:
    """Owe a person the register."""
    outbox.put(hand.db, Letter(f"register:{key}", "register", hand.now, REGISTER, {"user": hand.by}, tell=hand.by))


async def hand_over(services: Services, client: Any, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Make the papers about one incident and hand them to a person who may still see it, with where each sentence is from."""
    made = await services.store.run(_gather, services, await services.shelf(), arguments)
    files = await asyncio.to_thread(written, made)
    text = f"{arguments['incident']}: the papers that you asked for"
    channel, posted = await _tell(client, arguments["user"], text, _explained(made))
    for name, content in files:
        await client.files_upload_v2(content=content, filename=name, title=name, channel=channel)
    return posted


async def hand_over_register(services: Services, client: Any, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Make the register and hand it over."""
    made = await services.store.run(_register, services, await services.shelf(), arguments["user"])
    files = await asyncio.to_thread(_bound, *made)
    told = [blocks.section(f"{len(made[1])} breaches.")]
    channel, posted = await _tell(client, arguments["user"], "The register", told)
    for name, content in files:
        await client.files_upload_v2(content=content, filename=name, title=name, channel=channel)
    return posted


@dataclass(frozen=True)
class Made:
    """One paper as it is to be written: what it is, the client whom it is about (empty for the record), and what is in it."""

    incident: Incident
    entries: Sequence[Entered]
    what: str
    about: str
    notice: Notice | None
    sheet: Sheet | None
    at: datetime

    @property
    def start(self) -> str:
        """How its files are called. Names stand in notifications: they tell one of several clients by place, not by name."""
        clients = self.incident.clients
        return self.incident.number + (f"-client-{clients.index(self.about) + 1}" if len(clients) > 1 else "")


def written(made: Made) -> list[File]:
    """The papers as files: PDF and Markdown."""
    from handlers.papers import breach  # noqa: PLC0415 - pages are slow to import

    if made.notice:
        name = f"{made.start}-notice-{made.notice.phase}-{made.notice.language}"
        pdf, text = breach.notice_pdf(made.notice, made.at), breach.notice_md(made.notice)
    elif made.sheet:
        name = f"{made.start}-sheet-{made.sheet.language}"
        pdf, text = breach.sheet_pdf(made.sheet, made.at), breach.sheet_md(made.sheet)
    else:
        name = made.incident.number
        pdf = breach.record_pdf(made.incident, made.entries, made.at)
        text = breach.record_md(made.incident, made.entries)
    return [(f"{name}.pdf", pdf), (f"{name}.md", text.encode())]


def make(hand: Hand, incident: Incident, what: str, about: str, language: str) -> Made:
    """One paper about an incident, as it is now."""
    entries = incidents.timeline(hand.db, hand.seal, incident.number)
    client, running = hand.client(about) if about else "", hand.clocks(incident)
    notice = letters.compose(incident, about, client, language, running, hand.now) if what == NOTICE else None
    sheet = letters.sheet(incident, about, client, language) if what == SHEET else None
    return Made(incident, entries, what, about, notice, sheet, hand.now)


def register_lines(hand: Hand) -> list[dict[str, str]]:
    """The register: every incident but the drills, the oldest first."""
    return _lines(hand.seal, incidents.registered(hand.db))


def _lines(seal: Seal, sealed: Sequence[str]) -> list[dict[str, str]]:
    return [register.line(from_json(seal.open(token))) for token in sealed]


def _bound(seal: Seal, sealed: Sequence[str], at: datetime) -> list[File]:
    """The register as files. Ten thousand incidents take half a minute, in which the store is free for others."""
    from handlers.papers.breach import register_csv, register_pdf  # noqa: PLC0415 - pages are slow to import

    lines = _lines(seal, sealed)
    return [("register.csv", register_csv(lines)), ("register.pdf", register_pdf(lines, at))]


def _gather(db: Database, services: Services, shelf: Shelf, arguments: Mapping[str, Any]) -> Made:
    mine = hand(db, services, shelf, arguments["user"])
    _, incident = see(mine, arguments["incident"], "papers")
    clients = incident.clients
    about = clients[arguments["client"]] if arguments["client"] < len(clients) else ""
    what = arguments["what"] if about or arguments["what"] == RECORD else RECORD
    found = make(mine, incident, what, about, arguments["language"])
    if not incident.erased_at:
        whom = about if what == NOTICE else ""
        act(mine, incident.number, lambda i: acts.write_letter(i, whom, arguments["language"], what, mine.act))
    return found


def _register(db: Database, services: Services, shelf: Shelf, user: str) -> tuple[Seal, list[str], datetime]:
    """What the register is made of, for a responder, on record: the sealed records and the time."""
    mine = hand(db, services, shelf, user)
    found = incidents.registered(db) if "responder" in mine.held else []
    audit.append(db, Entry(mine.new_id(), mine.now, user, "register-seen", "", {"lines": len(found)}))
    return mine.seal, found, mine.now


def _explained(made: Made) -> list[Block]:
    """Where each sentence of a notice comes from, as a table; for other papers one line."""
    head = [blocks.section(f"*{made.incident.number}*: {escape(made.what)}")]
    head += [blocks.context(DRILL)] if made.incident.drill else []
    if made.notice is None:
        return head
    rows = [[shorten(cell, 300) or "nobody yet" for cell in row] for row in letters.trace(made.incident, made.notice)]
    return [*head, blocks.table(("Sentence", "Clause and field", "Answered"), rows[:MOST_ROWS])]


async def _tell(client: Any, user: str, text: str, body: list[Block]) -> tuple[str, Mapping[str, Any]]:
    posted: Mapping[str, Any] = await client.chat_postMessage(channel=user, text=text, blocks=body)
    return str(posted["channel"]), posted
