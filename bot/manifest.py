"""The Slack app manifest, made from what the modules declare (https://docs.slack.dev/reference/app-manifest)."""

from __future__ import annotations

import json
from typing import Any

import handlers
from handlers.ask import PROMPTS


def scopes() -> dict[str, str]:
    """Every scope that the bot asks for, with the reasons why."""
    reasons: dict[str, list[str]] = {}
    for module in handlers.modules():
        for scope, why in module.SURFACE.scopes.items():
            reasons.setdefault(scope, []).append(why)
    return {scope: "; ".join(reasons[scope]) for scope in sorted(reasons)}


def manifest(url: str = "", *, several: bool = False) -> dict[str, Any]:
    """The manifest: for Socket Mode, or, with the public address of the bot, for HTTP delivery to ``url/slack/events``.

    For ``several`` workspaces, which install the app through that address, tokens that expire are asked for.
    """
    surfaces = [module.SURFACE for module in handlers.modules()]
    request = {"request_url": f"{url.rstrip('/')}/slack/events"} if url else {}
    back = {"redirect_urls": [f"{url.rstrip('/')}/slack/oauth_redirect"]} if several and url else {}
    address = {"url": request["request_url"]} if url else {}
    return {
        "display_information": {
            "name": "Clausekeeper",
            "description": "Quotes the contract to the letter, and computes from its words",
        },
        "features": {
            "bot_user": {"display_name": "Clausekeeper", "always_online": True},
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "agent_view": {
                "agent_description": "Ask what the contract says; the clause comes back to the letter.",
                "suggested_prompts": [{"title": title, "message": words} for title, words in PROMPTS],
            },
            "slash_commands": [
                {
                    "command": command.name,
                    "description": command.description,
                    "usage_hint": command.hint,
                    "should_escape": command.people,
                    **address,
                }
                for surface in surfaces
                for command in surface.commands
            ],
            "shortcuts": [vars(shortcut) for surface in surfaces for shortcut in surface.shortcuts],
        },
        "oauth_config": back | {"scopes": {"bot": list(scopes())}},
        "settings": {
            "event_subscriptions": {**request, "bot_events": sorted({e for s in surfaces for e in s.events})},
            "interactivity": {"is_enabled": True, **request},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not url,
            "token_rotation_enabled": several,
        },
    }


def as_text(url: str = "", *, several: bool = False) -> str:
    """The manifest as it is pasted into Slack's app settings, and kept in manifest.json."""
    return json.dumps(manifest(url, several=several), indent=2, ensure_ascii=False) + "\n"
