"""Slack in, Slack out: one module a concern. Bolt takes the first listener that matches, so the order is written down.

Slack's objects come in as arguments only, so that this package is imported (by the command line) without them.
"""

from __future__ import annotations

from typing import Any

from handlers import agreements, ask, clause, fees, help, refer

MODULES = (clause, ask, refer, fees, agreements, help)


def register(app: Any) -> None:
    """Register every module's listeners with a Bolt app."""
    for module in MODULES:
        module.register(app)
