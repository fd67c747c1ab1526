"""What the app's manifest grants: commands, shortcuts, events, scopes, tabs.

https://docs.slack.dev/reference/app-manifest
"""

from typing import Any

from workspace.errors import Json


class Manifest:
    """An app manifest as a dict, read by what the workspace needs of it."""

    def __init__(self, spec: Json) -> None:
        self.spec = spec
        self.features: Json = spec.get("features") or {}
        self.settings: Json = spec.get("settings") or {}
        oauth: Json = (spec.get("oauth_config") or {}).get("scopes") or {}
        self.scopes: frozenset[str] = frozenset(oauth.get("bot") or ())
        self.redirect_urls: tuple[str, ...] = tuple((spec.get("oauth_config") or {}).get("redirect_urls") or ())
        connections: Json = self.features.get("user_connections") or {}
        self.auth_hosts: tuple[str, ...] = tuple(str(host).lower() for host in connections.get("auth_hosts") or ())
        subscriptions: Json = self.settings.get("event_subscriptions") or {}
        self.events: frozenset[str] = frozenset(subscriptions.get("bot_events") or ())

    @property
    def app_name(self) -> str:
        return str((self.spec.get("display_information") or {}).get("name") or "App")

    @property
    def bot_name(self) -> str:
        return str((self.features.get("bot_user") or {}).get("display_name") or self.app_name)

    @property
    def commands(self) -> list[Json]:
        return list(self.features.get("slash_commands") or ())

    @property
    def shortcuts(self) -> list[Json]:
        return list(self.features.get("shortcuts") or ())

    def command(self, name: str) -> Json | None:
        """A slash command by its name, slash included."""
        return next((c for c in self.commands if c.get("command") == name), None)

    def shortcut(self, callback_id: str) -> Json | None:
        return next((s for s in self.shortcuts if s.get("callback_id") == callback_id), None)

    def _home(self, key: str, default: bool) -> bool:
        return bool((self.features.get("app_home") or {}).get(key, default))

    @property
    def interactive(self) -> bool:
        """Whether clicks, submissions and shortcuts reach the app; off unless the manifest says so."""
        return bool((self.settings.get("interactivity") or {}).get("is_enabled"))

    @property
    def token_rotation(self) -> bool:
        """Whether tokens expire and are refreshed."""
        return bool(self.settings.get("token_rotation_enabled"))

    @property
    def home_tab(self) -> bool:
        return self._home("home_tab_enabled", False)

    @property
    def messages_tab(self) -> bool:
        return self._home("messages_tab_enabled", True)

    @property
    def messages_tab_read_only(self) -> bool:
        return self._home("messages_tab_read_only_enabled", False)

    @property
    def agent(self) -> Any:
        """The agent pane's settings (`agent_view`), or None."""
        return self.features.get("agent_view")

    @property
    def legacy_assistant(self) -> Any:
        """The older assistant's settings (`assistant_view`), or None."""
        return self.features.get("assistant_view")
