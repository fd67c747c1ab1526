"""Who may do what: the table in the docs, and every entry of it tried as every role through the assembled bot."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

import handlers
from bot.rights import ROLES, Right, as_text, expanded, rights
from bot.samples import add_roles
from tests.house import House
from tests.signing import deliver, event

ROOT = Path(__file__).parents[2]
PEOPLE = {"consultant": "U0ANNA", "responder": "U0RAVI", "manager": "U0MARIE", "admin": "U0ADMIN"}
PLACE = {"team": {"id": "T0LOCAL", "domain": "local"}, "channel": {"id": "C0GENERAL", "name": "general"}}

# Nobody's deeds: what happens to a person or group (test_standing.py, test_roles.py), or to the app (test_teams.py).
HAPPENS = {"user_change", "subteam_members_changed", "subteam_updated", "app_uninstalled", "tokens_revoked"}

SHORTCUTS = {
    shortcut.callback_id: "message_action" if shortcut.type == "message" else "shortcut"
    for module in handlers.modules()
    for shortcut in module.SURFACE.shortcuts
}


def body(right: Right, user: str, number: int, url: str) -> bytes:
    """A delivery of this kind as Slack would send it, with nothing in it but who, where and what."""
    who = {"user": {"id": user, "team_id": "T0LOCAL"}, "trigger_id": f"{number}.1", "api_app_id": "A0LOCAL"}
    view = {"id": f"V{number}", "type": "modal", "callback_id": right.name, "private_metadata": "{}", "blocks": []}
    match right.kind:
        case "command":
            name, _, verb = right.name.partition(" ")
            fields = {"command": name, "text": verb, "user_id": user, "channel_id": "C0GENERAL", "team_id": "T0LOCAL"}
            return urlencode(fields | {"trigger_id": f"{number}.1", "response_url": url}).encode()
        case "action":
            action = {"type": "button", "action_id": right.name, "block_id": "b", "value": "nothing", "action_ts": "1"}
            payload = {"type": "block_actions", "actions": [action], "container": {"type": "message"}, "message": {}}
        case "view":
            payload = {"type": "view_submission", "view": view | {"state": {"values": {}}}}
        case "view_closed":
            payload = {"type": "view_closed", "view": view, "is_cleared": False}
        case "options":
            payload = {"type": "block_suggestion", "action_id": right.name, "block_id": "b", "value": ""}
        case "shortcut":
            payload = {"type": SHORTCUTS[right.name], "callback_id": right.name, "message": {"ts": "1.1", "text": ""}}
        case _:
            raise AssertionError(right.kind)
    return urlencode({"payload": json.dumps(PLACE | who | payload | {"response_url": url})}).encode()


def happened(right: Right, user: str, number: int, url: str) -> bytes:
    """An event of this type by a person."""
    inner: dict[str, Any] = {
        "type": right.name,
        "user": user,
        "channel": f"D0{user[2:]}",
        "text": "",
        "ts": f"{number}.1",
    }
    return event(inner | {"channel_type": "im", "tab": "messages", "subtype": "bot_message"}, id=f"Ev{number}")


def test_the_table_in_the_docs_is_what_is_declared() -> None:
    assert (ROOT / "docs" / "roles.md").read_text(encoding="utf-8") == as_text(), (
        "./run rights > docs/roles.md makes it anew"
    )


async def test_every_right_is_given_to_its_roles_and_to_nobody_else(
    home_http: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "handlers")
    caplog.set_level(logging.INFO, "bot.dispatch")  # the last one counts for what is caught
    wrong, number = [], 0
    for right in rights():
        if right.name in HAPPENS:
            continue
        for role in ROLES:
            number += 1
            await home_http.bot.services.store.run(
                add_roles, home_http.bot.services.now()
            )  # the form of roles took them
            made = happened if right.kind == "event" else body
            caplog.clear()
            await deliver(home_http, made(right, PEOPLE[role], number, f"{home_http.server.url}/response/nobody"))
            (outcome,) = [record.outcome for record in caplog.records if hasattr(record, "outcome")]
            if (outcome == "forbidden") is right.allows(role):
                wrong.append((right, role, outcome))
    assert number > 100
    assert not wrong


def test_only_admins_may_what_needs_an_admin() -> None:
    roles, help_ = Right("view", "roles"), Right("command", "/clausekeeper")
    assert [roles.allows(role) for role in ROLES] == [False, False, False, True]
    assert all(help_.allows(role) for role in ROLES)
    assert Right("command", "/agreement …") in rights()
    assert not Right("command", "/agreement edit").allows("responder")


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        (r"/a.*", ["/a …"]),
        (r"/(fee|deadline)", ["/fee", "/deadline"]),
        (r"/a( (b|c))?", ["/a b", "/a c", "/a"]),
        (r"clause_(next|link\.\d+)", ["clause_next", "clause_link.0"]),
    ],
)
def test_a_pattern_is_told_as_names(pattern: str, names: list[str]) -> None:
    assert expanded(pattern) == names


def test_a_pattern_that_says_more_is_not_guessed_at() -> None:
    with pytest.raises(ValueError, match="more than"):
        expanded("[a-z]{3}")
