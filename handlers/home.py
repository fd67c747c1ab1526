"""The app's Home: what each module has to show to one person, and the things most often done."""

from __future__ import annotations

from typing import Any

import handlers
from handlers import blocks, forms, roles
from handlers.ask import PROMPTS
from handlers.incoming import Incoming
from handlers.services import Services
from handlers.surface import Surface
from knowledge.answer import Family

SURFACE = Surface(
    events=("app_home_opened",),
    needs={"consultant": ("app_home_opened", "home_(fee|deadline)"), "admin": ("home_roles",)},
)
# https://docs.slack.dev/reference/views/home-tab-views: at most 100 blocks.
MOST_BLOCKS = 100


def register(app: Any) -> None:
    app.event("app_home_opened")(opened)
    app.action("home_fee")(choose)
    app.action("home_deadline")(choose)
    app.action("home_roles")(name)


async def opened(
    event: dict[str, Any], client: Any, set_suggested_prompts: Any, incoming: Incoming, services: Services
) -> None:
    """Suggest questions where a person opens the conversation; publish Home where they open that."""
    if event.get("tab") == "messages":
        await set_suggested_prompts(prompts=[{"title": title, "message": words} for title, words in PROMPTS])
    else:
        await client.views_publish(user_id=incoming.user, view=await view(services, incoming.user))


async def choose(
    ack: Any, client: Any, body: dict[str, Any], action: dict[str, Any], incoming: Incoming, services: Services
) -> None:
    """Open the form of a computation; its answer comes as a direct message."""
    family: Family = "fee" if action["action_id"] == "home_fee" else "deadline"
    await client.views_open(trigger_id=body["trigger_id"], view=forms.chooser(family, incoming.user))
    await ack()


async def name(ack: Any, client: Any, body: dict[str, Any], services: Services) -> None:
    """Open the form in which roles are given."""
    await client.views_open(trigger_id=body["trigger_id"], view=await roles.form(services, client))
    await ack()


async def view(services: Services, user: str) -> dict[str, Any]:
    """Home as one person sees it."""
    held = await services.roles(user)
    body = [
        {"type": "header", "text": {"type": "plain_text", "text": "Clausekeeper", "emoji": False}},
        blocks.section(
            "Ask in the *Messages* tab, mention me in a channel, or type `/ask`, `/clause`, `/fee`, `/deadline`. "
            "`/clausekeeper` tells the rest."
        ),
        *blocks.rows(_actions(held)),
    ]
    for module in handlers.modules():
        if section := getattr(module, "home", None):
            shown = await section(services, user)
            body += [{"type": "divider"}, *shown] if shown else []
    return {"type": "home", "blocks": body[:MOST_BLOCKS]}


def _actions(held: frozenset[str]) -> list[blocks.Block]:
    buttons = [
        blocks.button("Compute a fee", "home_fee", "fee"),
        blocks.button("Find a date", "home_deadline", "deadline"),
    ]
    return buttons + ([blocks.button("Roles", "home_roles", "roles")] if "admin" in held else [])
