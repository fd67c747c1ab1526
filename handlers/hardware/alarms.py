"""Loss, theft, damage and attachment: who must hear of it at once, with the words, and the data breach it may be."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from handlers import blocks
from handlers.breach.report import first_form
from handlers.hardware import people
from handlers.hardware.books import Books
from handlers.hardware.told import listed
from handlers.incoming import Incoming
from handlers.services import Services
from knowledge.hardware import MOVES, Item
from knowledge.hardware_asked import breach
from storage.outbox import Letter

CLAUSES: Mapping[str, tuple[str, ...]] = {
    "lose": ("33.2", "33.3"),
    "steal": ("33.2", "33.3"),
    "damage": ("33.2", "33.3"),
    "attach": ("34.3", "34.4", "34.5"),
}
"""What the contract says to each report; these reports alone raise an alarm."""
MOST_TOLD, MOST_CLIENTS = 1_200, 10
"""What a button can carry within Slack's 2,000 characters."""


def letters(at: Books, services: Services, kind: str, items: Sequence[Item], values: Mapping[str, Any]) -> list[Letter]:
    """What the managers of the agreements are told at once; of an attachment the legal channel, too."""
    if kind not in CLAUSES:
        return []
    found = []
    for slug, mine in people.by_agreement(items).items():
        to = people.managers(at, services, slug)
        if kind == "attach" and services.legal_channel:
            to = [*to, services.legal_channel]
        message = _alarm(at, slug, kind, mine, values)
        id = at.new_id()
        found += [
            Letter(
                f"hardware-alarm:{id}:{who}", f"hardware:{slug}", at.now, "chat.postMessage", {"channel": who} | message
            )
            for who in dict.fromkeys(to)
        ]
    return found


def _alarm(at: Books, slug: str, kind: str, items: Sequence[Item], values: Mapping[str, Any]) -> dict[str, Any]:
    names = listed([item.name for item in items], 10)
    what = MOVES[kind].done if kind in MOVES else str(values["what"])
    client = items[0].client
    head = f"{client}, agreement {slug}: {names} {'is' if len(items) == 1 else 'are'} {what}"
    if kind == "attach":
        head = f"{client}, agreement {slug}: {what}, which concerns {names}"
    body = [blocks.section(f"*{blocks.escape(head)}*\nTold by <@{at.by}>")]
    told = [
        f"{name.replace('_', ' ')}: {values[name]}"
        for name in ("who", "place", "words", "reference")
        if values.get(name)
    ]
    if "written" in values:
        told.append(f"told by the Client in writing: {'yes' if values['written'] else 'no'}")
    if told:
        body.append(blocks.section(blocks.escape("\n".join(told))))
    cites = [at.quote(slug, number) for number in CLAUSES[kind]]
    body += [blocks.quote(cite.ref, cite.words) for cite in cites]
    if kind == "attach":
        body.append(
            blocks.section(
                "Next: have it confirmed in writing (34.3), take the Hardware back where that is needed (34.3), and keep "
                "invoicing: attachment does not release the Client from payment (34.5)."
            )
        )
    tags = [item.tag for item in items]
    body += blocks.rows([blocks.button(f"Show {tag}", f"hardware_show.{n}", tag) for n, tag in enumerate(tags[:4])])
    if breach(kind, values):
        body += breach_offer(kind, items, values)
    return {"text": blocks.escape(head), "blocks": body}


BREACH = "*Personal data was or may be on it.* The Client is to be informed without undue delay (43.1)."


def breach_offer(kind: str, items: Sequence[Item], values: Mapping[str, Any]) -> list[blocks.Block]:
    """That personal data may be lost, and the button that opens the report of a data breach with what is known."""
    value = json.dumps(prefill(kind, items, values))
    return [blocks.section(BREACH), *blocks.rows([blocks.button("Report a data breach…", "hardware_breach", value)])]


def prefill(kind: str, items: Sequence[Item], values: Mapping[str, Any]) -> dict[str, Any]:
    """What the report of a loss tells of the data breach that it may be: what happened, and whose data it was."""
    names = listed([item.name for item in items], 10)
    happened = f"{names} {'is' if len(items) == 1 else 'are'} {MOVES[kind].done}, on {values['on']}. "
    happened += f"Personal data on it: {values['personal_data']}. {values.get('words', '')}"
    return {
        "happened": blocks.shorten(happened, MOST_TOLD),
        "clients": sorted({item.agreement for item in items})[:MOST_CLIENTS],
        "source": f"Hardware {listed([item.tag for item in items], 5)}",
    }


async def report(
    ack: Any, client: Any, body: dict[str, Any], action: dict[str, Any], incoming: Incoming, services: Services
) -> None:
    """Open the first form of a data breach with what the report of a loss told."""
    await ack()
    view = await breach_form(services, incoming.user, json.loads(action["value"]))
    await client.views_open(trigger_id=body["trigger_id"], view=view)


async def breach_form(services: Services, user: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """The first form of a data breach; Refused where this Clausekeeper cannot keep any."""
    given = {name: told[name] for name in ("happened", "clients")}
    return await services.store.run(first_form, services, await services.shelf(), user, given, str(told["source"]))
