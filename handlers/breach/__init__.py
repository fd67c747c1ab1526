"""/breach: a data breach from the first minute to the register; private to responders, affected managers and admins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.breach import incident, papers, report, room
from handlers.breach.asking import TYPED
from handlers.breach.pages import PAGES
from handlers.breach.report import home
from handlers.breach.room import Work
from handlers.surface import Command, Shortcut, Surface

__all__ = ["SURFACE", "WORKS", "home", "register"]

# Everybody may report; who may see an incident is decided for each (keeping.may_see) and refused in one set of words.
SURFACE = Surface(
    commands=(
        Command(
            "/breach",
            "what happened | drill | list | INC-2026-001 | find words | register",
            "Report a data breach, and run it: clocks, letters, register; without words the first form",
        ),
    ),
    shortcuts=(
        Shortcut("global", "Report a data breach", "breach_report_now", "Opens the first form; more follows in steps"),
        Shortcut(
            "message", "Report a data breach", "breach_report_message", "Opens the first form with this message in it"
        ),
        Shortcut("message", "Add to an incident", "breach_add_message", "Puts this message on an incident's timeline"),
    ),
    scopes={
        "commands": "shortcuts report a data breach",
        "chat:write": "an incident's summary and clocks go to its channel or its people",
        "files:read": "the evidence of a notice can be a file",
        "files:write": "the clocks of an incident are drawn, its letters and register handed over",
        "groups:read": "who of the responders is still missing in an incident's channel",
        "groups:write": "each incident gets a private channel with the responders and the lead",
        "pins:write": "the summary of an incident is pinned in its channel",
    },
    needs={"consultant": (r"/breach.*", r"breach_\w+")},
)
WORKS: Mapping[str, Work] = {
    **room.WORKS,
    papers.PAPERS: papers.hand_over,
    papers.REGISTER: papers.hand_over_register,
}


def register(app: Any) -> None:
    """The listeners; first forms, then what is done with an incident."""
    app.command("/breach")(report.breach)
    app.shortcut("breach_report_now")(report.shortcut)
    app.shortcut("breach_report_message")(report.shortcut)
    app.shortcut("breach_add_message")(incident.add_message)
    app.action("breach_home")(report.shortcut)
    app.action(TYPED)(report.typing)
    app.view("breach_report")(report.reported)
    app.view_closed("breach_report")(report.closed)
    app.view("breach_answers")(incident.answered)
    app.view_closed("breach_answers")(report.closed)
    for name in ("open", "timeline", "answers", "papers", *PAGES):
        app.action(f"breach_{name}")(incident.open_page)
    for name in ("papers", *PAGES):
        app.view(f"breach_{name}")(incident.sent)
        app.view_closed(f"breach_{name}")(report.closed)
