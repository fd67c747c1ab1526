"""oauth.v2.*: a code or a refresh token for a token. https://docs.slack.dev/reference/methods/oauth.v2.access"""

from workspace import oauth
from workspace.api.registry import Call, method
from workspace.errors import Json, SlackError
from workspace.records import APP, BOT_USER, TEAM, TEAM_NAME
from workspace.state import CLIENT_ID, CLIENT_SECRET


def _check_client(call: Call) -> None:
    if call.text("client_id") != CLIENT_ID:
        raise SlackError("invalid_client_id")
    if call.text("client_secret") != CLIENT_SECRET:
        raise SlackError("bad_client_secret")


def _answer(tokens: Json, scopes: tuple[str, ...]) -> Json:
    return {
        **tokens,
        "token_type": "bot",
        "scope": ",".join(scopes),
        "bot_user_id": BOT_USER,
        "app_id": APP,
        "team": {"id": TEAM, "name": TEAM_NAME},
        "enterprise": None,
        "is_enterprise_install": False,
    }


@method("oauth.v2.access", token="none")
async def access(call: Call) -> Json:
    """Exchange the code of an installation for the bot's token, or a refresh token for the next one; each once."""
    _check_client(call)
    grant = call.text("grant_type", "authorization_code")
    if grant == "refresh_token":
        tokens = oauth.renew(call.ws, call.text("refresh_token"))
        return _answer(tokens, tuple(sorted(call.ws.manifest.scopes)))
    if grant != "authorization_code":
        raise SlackError("invalid_grant_type")
    code = oauth.redeem(call.ws, call.text("code"), call.text("redirect_uri"))
    return _answer(oauth.issue(call.ws), code.scopes) | {"authed_user": {"id": code.user}}


@method("oauth.v2.exchange", token="none")
async def exchange(call: Call) -> Json:
    """Exchange the lasting token for one that expires."""
    _check_client(call)
    return _answer(oauth.exchange(call.ws, call.text("token")), tuple(sorted(call.ws.manifest.scopes)))
