"""What a module shows to people in Slack, declared beside its listeners; the app manifest is made from these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Command:
    """A slash command with the hint that Slack shows behind it and one sentence of description.

    Where it takes ``people`` among its words, Slack hands over their ids for the names that were typed.
    """

    name: str
    hint: str
    description: str
    people: bool = False


@dataclass(frozen=True)
class Shortcut:
    """An entry of Slack's shortcut menus: ``global``, or ``message`` for the menu of one message; 24 characters of name."""

    type: Literal["global", "message"]
    name: str
    callback_id: str
    description: str


@dataclass(frozen=True)
class Surface:
    """Commands, shortcuts and events of one module, each scope that it needs with the reason why, and who may use it.

    ``needs`` names by role what the role opens, as patterns: commands (with a verb behind them), action ids, callback ids of
    forms and shortcuts, event types. Everything that a module listens to is named there.
    """

    commands: tuple[Command, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    events: tuple[str, ...] = ()
    scopes: Mapping[str, str] = field(default_factory=dict)
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
