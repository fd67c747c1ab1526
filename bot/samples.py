"""Two invented agreements with what follows from them, and the roles of the sample people, so that a first look has
something to name.
"""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from handlers import agreement_facts
from handlers.computing import understood
from handlers.services import Services, Shelf
from storage import agreements, audit, roles
from storage.audit import Entry

SAMPLES = (
    """
slug = "acme"
client = "Acme NV (sample)"
manager = "U0MARIE"
country = "BE"
concluded = 2026-01-15
ends = 2027-01-14
rate = 150.00

[[amendments]]
name = "Acme special conditions"
amends = "ITQ"

[[amendments.terms."payment.term"]]
value = 45
unit = "days"
clause = "3"
words = "Invoices are payable within forty-five (45) days."
""",
    """
slug = "tulip"
client = "Tulip BV (sample)"
manager = "U0MARIE"
country = "NL"
zone = "Europe/Amsterdam"
concluded = 2026-03-02
rate = 135.00
""",
)


ROLES = {"U0RAVI": "responder", "U0MARIE": "manager", "U0ADMIN": "admin"}


def add_roles(db: Database, at: datetime) -> None:
    """Give the sample people their roles, once: whoever changes them later is not overruled."""
    if not any(roles.holders(db, role) for role in ROLES.values()):
        for user, role in ROLES.items():
            roles.give(db, user, role, "samples", at)


def add_samples(db: Database, shelf: Shelf, at: datetime, id: str) -> None:
    """Register the sample agreements in a database that has no agreement yet."""
    if agreements.slugs(db, 1):
        return
    for number, text in enumerate(SAMPLES):
        sample = understood(text, shelf.library)
        agreements.keep(db, sample.slug, sample.client, sample.text, at, "samples")
        content = {"before": None, "after": sample.text}
        audit.append(db, Entry(f"{id}-{number}", at, "samples", "agreement", sample.slug, content))


def follow_samples(db: Database, services: Services) -> None:
    """Follow the deadlines of the sample agreements, as of every other that is registered; those that are followed stay."""
    library = services.shelf_in(db).library
    for sample in (understood(text, library) for text in SAMPLES):
        if agreements.get(db, sample.slug) == sample.text:
            agreement_facts.settle(db, services, sample, cause=f"registered {sample.slug}", by="samples")
