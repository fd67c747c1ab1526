"""Who people are, asked of Slack from the command line, where a bot token is given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.settings import Settings
from handlers.profiles import GONE

PATIENCE_SECONDS = 5


def profiles_of(settings: Settings, ids: Iterable[str]) -> Mapping[str, Mapping[str, Any]]:
    """The Slack profile of each person by id, ``{"deleted": True}`` for one whom Slack does not know.

    A person of whom Slack says nothing now is left out: what the database knows holds
    (https://docs.slack.dev/reference/methods/users.info).
    """
    if not settings.bot_token:
        return {}
    client = WebClient(settings.bot_token, base_url=settings.api_url, timeout=PATIENCE_SECONDS)
    found: dict[str, Mapping[str, Any]] = {}
    for id in dict.fromkeys(ids):
        try:
            found[id] = client.users_info(user=id)["user"]
        except SlackApiError as error:
            if error.response.get("error") in GONE:
                found[id] = {"deleted": True}
        except OSError:
            # Slack is away: tracking a deadline does not wait for it.
            break
    return found
