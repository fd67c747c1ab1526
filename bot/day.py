"""Days as they are typed at the command line."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import click


class Day(click.ParamType[date]):
    """A date: 2026-12-04, or in words (4 dec 2026, 4/12/2026, tomorrow), which is echoed in full on standard error.

    Words are meant in the governing zone. Refused where they are no day, or could be two.
    """

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            found = _worded(value, param.opts[0].lstrip("-") if param else self.name)
            click.echo(f"{value}: {found.isoformat()}, a {found:%A}.", err=True)
            return found


def _worded(words: str, name: str) -> date:
    from bot.settings import from_environment
    from knowledge.dates import day
    from knowledge.typed import Here

    return day(words, Here(datetime.now(UTC), from_environment().zone), name)
