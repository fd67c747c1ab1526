"""The tables, in the order in which they came: one module a step, applied in the order of their names.

A migration that has landed is never edited; a change is a new one.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module

from storage.migrations.set import MIGRATIONS

for _step in sorted(info.name for info in pkgutil.iter_modules(__path__) if info.name.startswith("m")):
    import_module(f"storage.migrations.{_step}")

__all__ = ["MIGRATIONS"]
