"""The app taken out of a workspace, or its token revoked: nothing more is sent there, and nothing that is owed is lost."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from handlers.incoming import Incoming
from handlers.services import Services, keep
from handlers.surface import Surface
from storage.audit import Entry

SURFACE = Surface(
    events=("app_uninstalled", "tokens_revoked"),
    needs={"consultant": ("app_uninstalled", "tokens_revoked")},
)


def register(app: Any) -> None:
    app.event("app_uninstalled")(taken_out)
    app.event("tokens_revoked")(revoked)


async def taken_out(body: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Put it on record, and stop (https://docs.slack.dev/reference/events/app_uninstalled)."""
    await _end(body, incoming, services)


async def revoked(body: dict[str, Any], event: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """The same where it is the bot's token; people's own tokens are never asked for.

    https://docs.slack.dev/reference/events/tokens_revoked
    """
    if (event.get("tokens") or {}).get("bot"):
        await _end(body, incoming, services)


async def _end(body: dict[str, Any], incoming: Incoming, services: Services) -> None:
    at = datetime.fromtimestamp(int(body["event_time"]), UTC)
    content = {"event": incoming.kind, "at": at.isoformat()}
    entry = Entry(services.new_id(), services.now(), "slack", "installation", services.team, content)
    await services.store.run(keep, incoming.key, entry, {}, [])
    await services.ended(incoming.kind, at)
