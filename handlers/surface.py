"""What a module shows to people in Slack, declared beside its listeners; the app manifest is made from these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Command:
    """A slash command with the hint that Slack shows behind it and one sentence of description."""

    name: str
    hint: str
    description: str


@dataclass(frozen=True)
class Surface:
    """Commands and events of one module, and each scope that it needs with the reason why."""

    commands: tuple[Command, ...] = ()
    events: tuple[str, ...] = ()
    scopes: Mapping[str, str] = field(default_factory=dict)
