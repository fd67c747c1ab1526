"""usergroups.*: who belongs together. https://docs.slack.dev/reference/methods/usergroups.list"""

from workspace.api.registry import Call, method
from workspace.errors import Json, SlackError


@method("usergroups.list", scopes="usergroups:read")
async def list_(call: Call) -> Json:
    """The user groups, disabled ones only if asked for."""
    found = [one for one in call.ws.groups.values() if call.flag("include_disabled") or not one.disabled]
    users, count = call.flag("include_users"), call.flag("include_count")
    return {"usergroups": [one.to_json(with_users=users, with_count=count) for one in found]}


@method("usergroups.users.list", scopes="usergroups:read", required=("usergroup",))
async def users_list(call: Call) -> Json:
    """Who is in a user group."""
    group = call.ws.groups.get(call.text("usergroup"))
    if group is None or (group.disabled and not call.flag("include_disabled")):
        raise SlackError("no_such_subteam")
    return {"users": list(group.users)}
