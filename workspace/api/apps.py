"""api.test, auth.*, apps.* and oauth.v2.access. https://docs.slack.dev/reference/methods/auth.test"""

from workspace.api.registry import Call, method
from workspace.errors import Json, SlackError
from workspace.installation import uninstall
from workspace.records import APP, BOT, BOT_USER, TEAM, TEAM_NAME

CLIENT_ID, CLIENT_SECRET = "local-client-id", "local-client-secret"


@method("api.test", token="none")
async def api_test(call: Call) -> Json:
    """Say back what was said; `error` asks for a refusal of that name."""
    arguments = {name: value for name, value in call.arguments.items() if name != "token"}
    if call.text("error"):
        raise SlackError(call.text("error"), args=arguments)
    return {"args": arguments} if arguments else {}


@method("auth.test")
async def auth_test(call: Call) -> Json:
    """Who the token is."""
    return {
        "url": f"{call.ws.url}/",
        "team": TEAM_NAME,
        "user": call.ws.users[BOT_USER].name,
        "team_id": TEAM,
        "user_id": BOT_USER,
        "bot_id": BOT,
        "is_enterprise_install": False,
    }


@method("auth.revoke")
async def auth_revoke(call: Call) -> Json:
    """Take the app out of the workspace; `test` only pretends."""
    if call.flag("test"):
        return {"revoked": False}
    uninstall(call.ws)
    return {"revoked": True}


@method("apps.connections.open", token="app")
async def connections_open(call: Call) -> Json:
    """An address for one Socket Mode connection; `debug_reconnects` shortens nothing here."""
    ticket = call.ws.sockets.ticket()
    address = call.ws.url.replace("http", "ws", 1)
    return {"url": f"{address}/link/?ticket={ticket}&app_id={APP}"}


@method("oauth.v2.access", token="none")
async def oauth_v2_access(call: Call) -> Json:
    """Exchange the code of an installation for the bot token, once."""
    ws = call.ws
    if call.text("client_id") != CLIENT_ID:
        raise SlackError("invalid_client_id")
    if call.text("client_secret") != CLIENT_SECRET:
        raise SlackError("bad_client_secret")
    code = ws.codes.pop(call.text("code"), None)
    if code is None:
        raise SlackError("invalid_code")
    if call.text("redirect_uri") and call.text("redirect_uri") != code["redirect_uri"]:
        raise SlackError("bad_redirect_uri")
    ws.installed = True
    return {
        "access_token": ws.bot_token,
        "token_type": "bot",
        "scope": ",".join(sorted(ws.manifest.scopes)),
        "bot_user_id": BOT_USER,
        "app_id": APP,
        "team": {"id": TEAM, "name": TEAM_NAME},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": code["user"]},
    }
