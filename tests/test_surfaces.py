"""Every module is registered, every command is in the manifest, answered by the bot, and in the docs."""

import importlib
import json
import pkgutil
import re
from pathlib import Path

import click
import pytest

import handlers
from bot.cli import cli
from bot.manifest import as_text, manifest, scopes
from handlers.access import needed
from handlers.services import ROLES
from tests.house import House
from tests.signing import deliver, event

ROOT = Path(__file__).parent.parent
COMMANDS = [command for module in handlers.modules() for command in module.SURFACE.commands]


def test_every_module_that_registers_listeners_is_in_modules() -> None:
    names = {info.name for info in pkgutil.iter_modules(handlers.__path__)}
    registering = {n for n in names if hasattr(importlib.import_module(f"handlers.{n}"), "register")}
    assert registering == set(handlers.MODULES)


class Listeners:
    """Stands where Bolt's app stands when modules register, and notes what they listen to."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __getattr__(self, kind: str) -> object:
        def listen(name: object, **_: object) -> object:
            self.names.append(name.pattern if isinstance(name, re.Pattern) else str(name))
            return lambda listener: listener

        return listen


@pytest.mark.parametrize("name", handlers.MODULES)
def test_every_listener_of_a_module_says_who_may_use_it(name: str) -> None:
    module, listeners = importlib.import_module(f"handlers.{name}"), Listeners()
    module.register(listeners)
    patterns = [pattern for names in module.SURFACE.needs.values() for pattern in names]
    assert listeners.names
    for heard in listeners.names:
        assert heard in patterns or any(re.fullmatch(pattern, heard) for pattern in patterns), heard


def test_roles_are_known_and_the_highest_counts() -> None:
    assert {role for module in handlers.modules() for role in module.SURFACE.needs} <= set(ROLES)
    assert (needed("/agreement list"), needed("/agreement edit"), needed("roles")) == ("consultant", "manager", "admin")
    with pytest.raises(LookupError):
        needed("unheard of")


def test_manifest_json_is_what_is_registered() -> None:
    assert (ROOT / "manifest.json").read_text(encoding="utf-8") == as_text()


def test_the_manifest_of_http_names_the_address_everywhere() -> None:
    told = json.dumps(manifest("https://bot.example/"))
    assert told.count("https://bot.example/slack/events") == len(COMMANDS) + 2
    assert manifest("https://bot.example")["settings"]["socket_mode_enabled"] is False
    assert "redirect_urls" not in told


def test_the_manifest_of_several_workspaces_leads_back_and_lets_tokens_expire() -> None:
    told = manifest("https://bot.example/", several=True)
    assert told["oauth_config"]["redirect_urls"] == ["https://bot.example/slack/oauth_redirect"]
    assert told["settings"]["token_rotation_enabled"] is True


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.name)
async def test_every_command_of_the_manifest_is_answered(home_http: House, command: object) -> None:
    answer = await home_http.post("command", user="U0ANNA", channel="C0GENERAL", command=command.name, text="help")
    assert answer["ack"] is not None
    assert "Something went wrong" not in json.dumps(answer["ack"])


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.name)
def test_every_slash_command_is_in_the_docs(command: object) -> None:
    assert f"`{command.name}" in (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


def test_every_scope_has_its_reason_in_the_docs() -> None:
    docs = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")
    for scope, why in scopes().items():
        assert f"| `{scope}` | {why} |" in docs


def paths(group: click.Group, before: str = "") -> list[str]:
    found = []
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        whole = f"{before}{name}"
        found += paths(command, f"{whole} ") if isinstance(command, click.Group) else [whole]
    return found


@pytest.mark.parametrize("path", paths(cli))
def test_every_command_line_command_is_in_the_docs(path: str) -> None:
    docs = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert re.search(rf"`clausekeeper {re.escape(path)}\b", docs), path


def test_every_event_of_the_manifest_has_a_listener(home_http_events: dict[str, int]) -> None:
    for name in manifest()["settings"]["event_subscriptions"]["bot_events"]:
        assert home_http_events[name] == 200, name


@pytest.fixture
async def home_http_events(home_http: House) -> dict[str, int]:
    """How the bot acknowledges each event of the manifest, signed as Slack signs it."""
    bodies = {
        "app_mention": {
            "type": "app_mention",
            "user": "U0ANNA",
            "channel": "C0GENERAL",
            "text": "<@U0BOT> 7.3",
            "ts": "1.1",
        },
        "message.im": {
            "type": "message",
            "user": "U0ANNA",
            "channel": "D0ANNA",
            "channel_type": "im",
            "text": "7.3",
            "ts": "1.1",
        },
        "user_change": {"type": "user_change", "user": {"id": "U0ANNA", "team_id": "T0LOCAL"}},
        "app_uninstalled": {"type": "app_uninstalled"},
        "tokens_revoked": {"type": "tokens_revoked", "tokens": {"oauth": ["U0ANNA"], "bot": []}},
        "subteam_members_changed": {"type": "subteam_members_changed", "subteam_id": "S0RESPONDERS"},
        "subteam_updated": {"type": "subteam_updated", "subteam": {"id": "S0RESPONDERS"}},
        "app_home_opened": {"type": "app_home_opened", "user": "U0ANNA", "channel": "D0ANNA", "tab": "home"},
    }
    return {name: (await deliver(home_http, event(body)))[0] for name, body in bodies.items()}
