"""Days as they are typed at the command line."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from knowledge.refused import Refused


class Day(click.ParamType[date]):
    """A date as 2026-12-04."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise Refused(f"{value!r} is no date; write it as 2026-12-04.") from None
