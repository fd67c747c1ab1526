"""Slack in, Slack out: one module a concern. Bolt takes the first listener that matches, so the order is written down.

Slack's objects come in as arguments only, and modules are imported when they are asked for: the command line uses some of
this package without the rest.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

MODULES = (
    "clause",
    "ask",
    "feedback",
    "refer",
    "fees",
    "deadlines",
    "track",
    "answering",
    "feeds",
    "agreements",
    "invoices",
    "breach",
    "hardware",
    "absence",
    "roles",
    "mirrored",
    "standing",
    "installation",
    "personal",
    "home",
    "help",
)


@cache
def modules() -> tuple[ModuleType, ...]:
    """The modules with listeners, in the order in which Bolt is to try them."""
    return tuple(import_module(f"handlers.{name}") for name in MODULES)


def register(app: Any) -> None:
    """Register every module's listeners with a Bolt app."""
    for module in modules():
        module.register(app)
