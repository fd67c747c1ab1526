"""What an agreement looks like: what is known of it, its special conditions, and the forms that change them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from handlers import blocks, forms
from handlers.services import Shelf
from knowledge import days
from knowledge.agreements import Agreement, disputes
from knowledge.termfiles import UNITS, Amendment, known

RENEWAL = ("renewal", "notice", "notice_opens")


def facts(agreement: Agreement) -> list[blocks.Block]:
    """What is known of an agreement, and its special conditions with their words."""
    rate = f", {agreement.rate:,} EUR an hour" if agreement.rate is not None else ""
    manager = f", manager <@{agreement.manager}>" if agreement.manager else ""
    versions = "".join(f", {slug} version {version}" for slug, version in agreement.versions.items())
    place = blocks.escape(f"{dates(agreement)}, performed in {agreement.country} ({agreement.zone}){rate}{versions}")
    body = [blocks.context(place + manager)]
    return body + [blocks.quote(label, words) for a in agreement.amendments for label, words in _conditions(a)]


def _conditions(amendment: Amendment) -> list[tuple[str, str]]:
    set_terms = [(t.name, t) for terms in amendment.terms.values() for t in terms]
    found = [
        (
            f"{amendment.name} {t.clause}: {name} is {t.value} {t.unit.replace('_', ' ')}{_span(t.since, t.until)}",
            t.words,
        )
        for name, t in set_terms
    ]
    return found + [
        (f"{amendment.name} {s.clause}: {s.kind} is read as {s.reading}{_span(s.since, s.until)}", s.words)
        for s in amendment.settles
    ]


def _span(since: date | None, until: date | None) -> str:
    return (f" from {since}" if since else "") + (f" until {until}" if until else "")


def dates(agreement: Agreement) -> str:
    """From when to when an agreement runs, and how it renews itself."""
    ends = f"ends {agreement.ends}" if agreement.ends else "without end date"
    if agreement.renewal:
        ends += (
            f", renews for {days.counted(agreement.renewal, 'months')} unless notice is given {agreement.notice} before"
        )
    return f"concluded {agreement.concluded or 'on an unknown day'}, {ends}"


def form(shelf: Shelf, data: Mapping[str, Any], channel: str) -> dict[str, Any]:
    """The form of an agreement, prefilled from its data."""
    given = {
        name: str(data[name]) if name in data else ""
        for name in ("slug", "client", "concluded", "ends", "rate", *RENEWAL)
    }
    body = [
        forms.text_input("slug", "Short name", "small letters, as in 'acme'", given["slug"], optional=False),
        forms.text_input("client", "Client", "", given["client"], optional=False),
        forms.person_input(
            "manager", "Manager", "is reminded of its deadlines", [data["manager"]] if data.get("manager") else []
        ),
        forms.text_input(
            "country", "Country of performance", "its holidays count, clause 1.24", data.get("country", "BE")
        ),
        forms.text_input("zone", "Time zone", "", data.get("zone", "Europe/Brussels")),
        forms.date_input("concluded", "Concluded on", "decides which version of the terms governs", given["concluded"]),
        forms.date_input("ends", "Ends on", "", given["ends"]),
        forms.text_input("renewal", "Renews itself for (months)", "unless notice is given", given["renewal"]),
        forms.text_input("notice", "Notice before the end", "at the latest, such as 3 months", given["notice"]),
        forms.text_input("notice_opens", "Notice at the earliest", "if there is such a day", given["notice_opens"]),
        forms.text_input("rate", "Rate (EUR an hour)", "", given["rate"]),
    ]
    for slug in shelf.library.slugs:
        versions = [document.version for document in shelf.library.versions(slug)]
        if len(versions) > 1:
            chosen = dict(data.get("versions", {})).get(slug, "")
            hint = "if another than the one in force when it was concluded"
            body.append(
                forms.select_input(f"version.{slug}", f"Version of {slug} that governs", versions, hint, chosen)
            )
    metadata = json.dumps({"slug": data.get("slug", ""), "channel": channel})
    return forms.modal("agreement", "Agreement", "Keep", body, metadata)


def _agreed() -> list[dict[str, Any]]:
    """Where something that was agreed stands, in which words, and from when until when."""
    return [
        forms.text_input("clause", "Clause", "where it stands in the special conditions", optional=False),
        forms.text_input("words", "Exact words", "they are quoted with every answer", optional=False, lines=True),
        forms.date_input("from", "In force from"),
        forms.date_input("until", "In force until", "that day no longer"),
    ]


def settling_form(agreement: Agreement, channel: str) -> dict[str, Any]:
    """The form that settles how a disputed clause is read under an agreement."""
    choices = [f"{kind}: {reading}" for kind, readings in disputes().items() for reading in readings]
    body = [
        forms.select_input("reading", "Reading that is agreed", choices, "the only one left then", optional=False),
        *_agreed(),
    ]
    metadata = json.dumps({"slug": agreement.slug, "channel": channel})
    return forms.modal("settle", "Settle a reading", "Settle", body, metadata)


def condition_form(agreement: Agreement, channel: str) -> dict[str, Any]:
    """The form of one special condition: a term of the documents, another value, and the words that say so."""
    terms = sorted(name for name, entries in known().items() if entries[0].owner != "law")
    body = [
        forms.select_input("term", "What it sets", terms, "as the documents or the policy set it", optional=False),
        forms.text_input("value", "Value", "a number, or a time such as 08:00", optional=False),
        forms.select_input("unit", "Unit", sorted(UNITS), "if another than the document's"),
        *_agreed(),
    ]
    metadata = json.dumps({"slug": agreement.slug, "channel": channel})
    return forms.modal("condition", "Special condition", "Add", body, metadata)
