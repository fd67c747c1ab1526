"""users.*: people. https://docs.slack.dev/reference/methods/users.info"""

from workspace.api.registry import Call, method, paged
from workspace.errors import Json, SlackError
from workspace.records import BOT_USER, User


def _show(call: Call, user: User) -> Json:
    with_email = "users:read.email" in call.ws.manifest.scopes
    return user.to_json(call.ws.now(), with_email=with_email, with_locale=call.flag("include_locale"))


@method("users.info", scopes="users:read")
async def info(call: Call) -> Json:
    """One member."""
    return {"user": _show(call, call.ws.user(call.text("user")))}


@method("users.list", scopes="users:read")
async def list_(call: Call) -> Json:
    """All members, bots included; without a limit in one page."""
    everybody = list(call.ws.users.values())
    page, cursor = call.page(everybody, default=len(everybody))
    return {
        "members": [_show(call, user) for user in page],
        "cache_ts": call.ws.seconds(),
        **paged(cursor),
    }


@method("users.lookupByEmail", scopes="users:read.email", required=("email",))
async def lookup_by_email(call: Call) -> Json:
    """The person with this address."""
    email = call.text("email").lower()
    user = next((u for u in call.ws.users.values() if not u.is_bot and u.email == email), None)
    if user is None:
        raise SlackError("users_not_found")
    return {"user": _show(call, user)}


@method("users.profile.get", scopes="users.profile:read")
async def profile_get(call: Call) -> Json:
    """The profile of one member, the bot's own unless another is named."""
    profile = call.ws.user(call.text("user", BOT_USER)).profile()
    if "users:read.email" not in call.ws.manifest.scopes:
        profile.pop("email", None)
    return {"profile": profile}


@method("users.getPresence", scopes="users:read")
async def get_presence(call: Call) -> Json:
    """Whether somebody is there; in the local workspace everybody is."""
    if call.text("user"):
        call.ws.user(call.text("user"))
    return {"presence": "active"}
