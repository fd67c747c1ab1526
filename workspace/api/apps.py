"""api.test, auth.* and apps.*. https://docs.slack.dev/reference/methods/auth.test"""

from workspace.api.registry import Call, method
from workspace.errors import Json, SlackError
from workspace.installation import uninstall
from workspace.records import APP, BOT, BOT_USER, TEAM, TEAM_NAME


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
