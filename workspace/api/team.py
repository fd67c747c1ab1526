"""team.info and bots.info. https://docs.slack.dev/reference/methods/team.info"""

from workspace.api.registry import Call, method
from workspace.errors import Json, SlackError
from workspace.records import (
    APP,
    BOT,
    BOT_USER,
    DOMAIN,
    LOCALE,
    OTHER_APP,
    OTHER_BOT,
    OTHER_NAME,
    TEAM,
    TEAM_NAME,
)


@method("team.info", scopes="team:read")
async def info(call: Call) -> Json:
    """The workspace."""
    wanted = call.text("team")
    if wanted and wanted != TEAM:
        raise SlackError("team_not_found")
    return {
        "team": {
            "id": TEAM,
            "name": TEAM_NAME,
            "url": f"{call.ws.url}/",
            "domain": DOMAIN,
            "email_domain": "example.com",
            "icon": {"image_default": True},
            "avatar_base_url": f"{call.ws.url}/",
            "is_verified": False,
            "locale": LOCALE,
        }
    }


@method("bots.info", scopes="users:read")
async def bots_info(call: Call) -> Json:
    """The app's bot, or that of the other app, which has no user."""
    bots = {
        BOT: {"name": call.ws.manifest.bot_name, "app_id": APP, "user_id": BOT_USER},
        OTHER_BOT: {"name": OTHER_NAME, "app_id": OTHER_APP},
    }
    wanted = call.text("bot", BOT)
    if wanted not in bots:
        raise SlackError("bot_not_found")
    return {"bot": {"id": wanted, "deleted": False, "updated": 0, "icons": {}, **bots[wanted]}}
