"""/clausekeeper: what the bot can do, which documents it quotes, who holds which role, what is on record, how it is."""

from __future__ import annotations

from typing import Any

import handlers
from handlers import blocks, legal, personal, records, roles
from handlers.incoming import Incoming, naming
from handlers.services import Services
from handlers.surface import Command, Surface
from knowledge.library import Library
from knowledge.refused import Refused
from knowledge.telling import effective

SURFACE = Surface(
    commands=(
        Command(
            "/clausekeeper",
            "help | documents | roles | my data | audit | health | legal here",
            "What Clausekeeper can do, and what it quotes",
            people=True,
        ),
    ),
    needs={"consultant": (r"/clausekeeper.*",), "admin": (r"/clausekeeper (audit|health|legal)",)},
)


def register(app: Any) -> None:
    app.command("/clausekeeper")(clausekeeper)


async def clausekeeper(ack: Any, client: Any, body: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Show help, the documents or the roles; admins name people to roles in a form, see what is on record and how it is."""
    verb, _, rest = naming(body.get("text", "")).partition(" ")
    match verb.lower():
        case "audit":
            reply = await services.store.run(records.latest, rest)
        case "health":
            reply = await records.health(services)
        case "" | "help":
            reply = _said(usage())
        case "documents":
            reply = _said(documents((await services.shelf()).library))
        case "roles":
            reply = await roles.shown(services)
            if "admin" in await services.roles(incoming.user):
                await client.views_open(trigger_id=body["trigger_id"], view=await roles.form(services, client))
        case "legal":
            reply = await legal.told(services, incoming, rest)
        case "my" if rest.strip().lower() == "data":
            reply = await personal.data(services, incoming)
        case other:
            knows = "help, documents, roles, my data, audit, health, legal"
            raise Refused(f"/clausekeeper knows: {knows}. It does not know {blocks.shorten(other, 60)!r}.")
    await ack(**incoming.private(reply))


def _said(text: str) -> dict[str, Any]:
    return {"text": text, "blocks": [blocks.section(text)]}


def usage() -> str:
    """Every command with its hint, and the ways to ask without one."""
    commands = [command for module in handlers.modules() for command in module.SURFACE.commands]
    lines = [f"• `{c.name} {blocks.escape(c.hint)}`: {c.description}" for c in commands]
    ways = "You can also mention me in a channel, or write to me directly, in English, Dutch or French."
    return "\n".join(["*Clausekeeper* quotes the contract to the letter.", *lines, ways])


def documents(library: Library) -> str:
    """The documents that can be quoted, with version, date and the start of the hash."""
    lines = [
        f"• *{d.ref}* {d.owner}, {d.title}: version {d.version}, effective {effective(d)}, "
        f"{len(d.clauses)} clauses, SHA-256 {d.sha256[:12]}…"
        for d in library.documents
    ]
    return "\n".join(blocks.escape(line) for line in lines) or "No documents are loaded."
