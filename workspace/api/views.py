"""views.* and blocks.validate. https://docs.slack.dev/reference/methods/views.open"""

from workspace import submissions, views
from workspace.api.registry import Call, method
from workspace.blocks import validate_payload
from workspace.errors import Json, SlackError, invalid_arguments

REPLACED = (
    "views.open took the place of a modal that was open. Slack does not promise what its clients do then; "
    "views.push and views.update are what it documents for an open modal."
)


def _spec(call: Call) -> Json:
    spec = call.data("view")
    if not isinstance(spec, dict):
        raise invalid_arguments("view must be an object [json-pointer:/view]")
    return spec


@method("views.open", required=("trigger_id", "view"))
async def open_(call: Call) -> Json:
    """Open a modal for the person whose click gave the trigger id."""
    trigger = views.use_trigger(call.ws, call.text("trigger_id"))
    replaced = views.stack(call.ws, trigger.user)[::-1]
    view = views.open_modal(call.ws, trigger.user, _spec(call), trigger.entry.channel)
    if replaced:
        trigger.entry.notes.append(REPLACED)
        submissions.tell_closed(call.ws, replaced, cleared=True)
    views.spend_trigger(call.ws, trigger)
    return {"view": views.show(view)}


@method("views.push", required=("trigger_id", "view"))
async def push(call: Call) -> Json:
    """Lay a modal on the one the person clicked in."""
    trigger = views.use_trigger(call.ws, call.text("trigger_id"))
    view = views.push(call.ws, trigger.user, _spec(call))
    views.spend_trigger(call.ws, trigger)
    return {"view": views.show(view)}


@method("views.update", required=("view",))
async def update(call: Call) -> Json:
    """Show other content in an open view."""
    if not call.text("view_id") and not call.text("external_id"):
        raise invalid_arguments("missing required field: view_id")
    spec = _spec(call)
    view = views.by_reference(call.ws, call.text("view_id"), call.text("external_id"))
    return {"view": views.show(views.change(call.ws, view, spec, call.text("hash")))}


@method("views.publish", required=("user_id", "view"))
async def publish(call: Call) -> Json:
    """Show a Home to a person. For one who is unknown this method has words of its own."""
    if call.text("user_id") not in call.ws.users:
        raise SlackError("invalid_arguments", response_metadata={"messages": ["invalid `user_id`"]})
    view = views.publish(call.ws, call.text("user_id"), _spec(call), call.text("hash"))
    return {"view": views.show(view)}


@method("blocks.validate")
async def validate(call: Call) -> Json:
    """Whether Slack would take these `blocks`, this `message` or this `view`: exactly one of them."""
    given = [name for name in ("blocks", "message", "view") if call.data(name) is not None]
    if len(given) != 1:
        raise invalid_arguments("must define exactly one of: blocks, message, view")
    kind, value = given[0], call.data(given[0])
    if isinstance(value, str):
        raise invalid_arguments(f"{kind} must be valid JSON [json-pointer:/{kind}]")
    found = validate_payload(kind, value)
    if found:
        errors = [{"pointer": at, "code": "failed_constraint", "message": said} for said, at in found]
        raise SlackError(f"invalid_{kind}", errors=errors)
    return {}
