"""Loss, theft, damage and attachment: who must hear of it at once, with the words, and the data breach it may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from handlers import blocks
from handlers.hardware import people
from handlers.hardware.books import Books
from handlers.hardware.told import listed
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
    names = listed([f"{item.tag} ({item.description})" for item in items], 10)
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
        body.append(blocks.section(BREACH))
    return {"text": blocks.escape(head), "blocks": body}


BREACH = "*Personal data was or may be on it.* The Client is to be informed without undue delay (43.1)."
