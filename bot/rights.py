"""Who may use what: every command, action, form, shortcut and event against every role, as the modules declare it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import handlers
from handlers.access import needed
from handlers.services import ROLES

INTRODUCTION = """# Who may do what

Everybody in the workspace is a consultant; an admin names responders, managers and admins with `/clausekeeper roles`, and
holds every role. In the same form an admin can name a Slack user group for a role: whoever is in it holds the role, from the
moment Slack says so, and no longer than that.

Each delivery from Slack is checked once, before anything else looks at it, against what the modules declare; this table is
made from the same declarations (`clausekeeper rights > docs/roles.md`). Where something belongs to one person, agreement or
incident, its module checks that besides.

Somebody who is deactivated in Slack has no role at all, from the moment Slack says so, and neither have people of other
workspaces in shared channels: they are told that the bot answers the people of its own workspace.

An answer is seen by the person who asked, alone. It can be shared with the channel, except where it rests on an agreement:
then only in the channel that is about that agreement, which a manager decides (`/agreement here acme`).

"""
ADDRESSES = {
    "POST /slack/events": "Slack, by a signature not older than five minutes",
    "GET /slack/install": "every browser, where several workspaces may install the app: it leads to Slack and gives nothing away",
    "GET /slack/oauth_redirect": "the browser that began installing, once, within ten minutes, with Slack's code",
    "GET /calendar/{token}.ics": "whoever has the secret address, until its person revokes it, takes a new one or leaves",
    "GET /team/{team}/calendar/{token}.ics": "the same, in one of several workspaces",
    "GET /healthz": "everybody who reaches the port: how each part is, no names, paths or secrets",
    "GET /livez": "everybody who reaches the port: that the process answers",
    "GET /metrics": "this machine, through no proxy; with `CLAUSEKEEPER_METRICS_TOKEN` whoever has that token",
}
"""Every address that is served over HTTP, and who may use it; a test holds it to the routes."""
KINDS = ("command", "action", "view", "view_closed", "shortcut", "event", "options")
REST = " …"
SHOWN = {"action": "button or menu", "view": "form", "view_closed": "form that is closed", "options": "list of options"}


@dataclass(frozen=True)
class Right:
    """Something that can be done in Slack, by the name that it has there, and the role that it needs."""

    kind: str
    name: str

    @property
    def role(self) -> str:
        return needed(self.name)

    def allows(self, role: str) -> bool:
        """Whether a person with a role (and that of consultant) may do it."""
        return role in (ROLES[-1], self.role) or self.role == ROLES[0]


class Heard:
    """Stands where Bolt's app stands when modules register, and notes what they listen to."""

    def __init__(self) -> None:
        self.names: list[tuple[str, str]] = []
        self.patterns: list[tuple[str, re.Pattern[str]]] = []

    def __getattr__(self, kind: str) -> Callable[..., Callable[[Any], Any]]:
        def listen(name: str | re.Pattern[str], **_: Any) -> Callable[[Any], Any]:
            if isinstance(name, re.Pattern):
                self.patterns.append((kind, name))
            self.names += [(kind, one) for one in (expanded(name.pattern) if isinstance(name, re.Pattern) else [name])]
            return lambda listener: listener

        return listen


def rights() -> list[Right]:
    """Everything that can be done, commands with the verbs that need more than the command alone."""
    heard = Heard()
    for module in handlers.modules():
        module.register(heard)
    found = {Right(kind, name) for kind, name in heard.names}
    for module in handlers.modules():
        declared = [pattern for names in module.SURFACE.needs.values() for pattern in names]
        for name in {name for pattern in declared for name in expanded(pattern)}:
            kinds = (
                ["command"] if name.startswith("/") else [kind for kind, one in heard.patterns if one.fullmatch(name)]
            )
            found |= {Right(kind, name) for kind in kinds}
    # "/agreement …" stands for every other verb, and is told where those need another role than the command alone.
    told = {right for right in found if not right.name.endswith(REST) or _differs(right)}
    return sorted(told, key=lambda right: (KINDS.index(right.kind), right.name))


def _differs(rest: Right) -> bool:
    return rest.role != needed(rest.name.removesuffix(REST))


def as_text() -> str:
    """docs/roles.md."""
    lines = [f"| what | kind | {' | '.join(ROLES)} |", "|---" * (len(ROLES) + 2) + "|"]
    for right in rights():
        may = " | ".join("yes" if right.allows(role) else "no" for role in ROLES)
        lines.append(f"| `{right.name}` | {SHOWN.get(right.kind, right.kind)} | {may} |")
    links = [f"| `{address}` | {who} |" for address, who in ADDRESSES.items()]
    return INTRODUCTION + "\n".join([*lines, "", "## Addresses", "", "| address | who |", "|---|---|", *links]) + "\n"


_PART = re.compile(
    r"\((?:\?:)?(?P<group>(?:[^()]|\([^()]*\))*)\)(?P<may>\?)?"
    r"|(?P<any>\.\*|\\[wd]\+|\\S\+)"
    r"|(?P<one>\\.|[^()|?*+\[\]])"
)


def expanded(pattern: str) -> list[str]:
    """The names that a declared pattern stands for: each alternative, a number as 0, and where anything may follow an x,
    or REST behind a command.

    ValueError for a pattern that says more than that.
    """
    parts: list[list[str]] = []
    at = 0
    while at < len(pattern):
        part = _PART.match(pattern, at)
        if part is None:
            raise ValueError(f"{pattern!r} is more than alternatives, numbers and rests")
        at = part.end()
        if part["group"] is not None:
            chosen = [name for choice in _choices(part["group"]) for name in expanded(choice)]
            parts.append(chosen + ([""] if part["may"] else []))
        elif part["any"]:
            rest = REST if pattern.startswith("/") else "x"
            parts.append([{r"\d+": "0", r"\w+": "x", r"\S+": "x", ".*": rest}[part["any"]]])
        else:
            parts.append([part["one"].removeprefix("\\")])
    return ["".join(chosen) for chosen in product(*parts)]


def _choices(group: str) -> Iterator[str]:
    """What stands between the bars of a group, inner groups left whole."""
    depth, begun = 0, 0
    for at, sign in enumerate(group):
        depth += (sign == "(") - (sign == ")")
        if sign == "|" and not depth:
            yield group[begun:at]
            begun = at + 1
    yield group[begun:]
