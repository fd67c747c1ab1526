"""views.* and blocks.validate. https://docs.slack.dev/reference/methods/views.open"""

from workspace import views
from workspace.api.registry import Call, method
from workspace.blocks import check_blocks, check_view
from workspace.errors import Json, SlackError, invalid_arguments


def _spec(call: Call) -> Json:
    spec = call.data("view")
    if not isinstance(spec, dict):
        raise invalid_arguments("view must be an object [json-pointer:/view]")
    return spec


@method("views.open", required=("trigger_id", "view"))
async def open_(call: Call) -> Json:
    """Open a modal for the person whose click gave the trigger id."""
    trigger = views.use_trigger(call.ws, call.text("trigger_id"))
    view = views.open_modal(call.ws, trigger.user, _spec(call))
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
    """Show a Home to a person."""
    call.ws.user(call.text("user_id"))
    view = views.publish(call.ws, call.text("user_id"), _spec(call), call.text("hash"))
    return {"view": views.show(view)}


@method("blocks.validate", required=("blocks",))
async def validate(call: Call) -> Json:
    """Whether Slack would take these blocks, or this view when `surface` is modal or home."""
    surface = call.text("surface", "message")
    if surface == "message":
        check_blocks(call.data("blocks"))
    elif surface in ("modal", "home"):
        check_view(call.data("blocks"), surface)
    else:
        raise SlackError("invalid_arguments")
    return {}
