"""assistant.threads.*: status, prompts and title of an agent's thread.

https://docs.slack.dev/reference/methods/assistant.threads.setStatus
"""

from typing import Any

from workspace.api.registry import Call, method
from workspace.errors import Json, SlackError, invalid_arguments
from workspace.records import BOT_USER

MOST_PROMPTS = 4
MOST_LOADING_MESSAGES = 10


def _thread(call: Call, **changes: Any) -> None:
    """Keep what the app said of a thread it is in, for /_control/messages and the page.

    Raises channel_not_found or invalid_thread_ts.
    """
    ws, ts = call.ws, call.text("thread_ts")
    channel = ws.channel(call.text("channel_id"))
    if BOT_USER not in channel.members:
        raise SlackError("channel_not_found")
    known = ts in ws.messages[channel.id] or (channel.id, ts) in ws.assistant
    if ts and not known:
        raise SlackError("invalid_thread_ts")
    kept = ws.assistant.setdefault((channel.id, ts), {})
    kept.update(changes)
    ws.changed("assistant", channel=channel.id, thread_ts=ts)


@method(
    "assistant.threads.setStatus",
    scopes=("assistant:write", "chat:write"),
    required=("channel_id", "thread_ts"),
)
async def set_status(call: Call) -> Json:
    """Show what the agent is doing, for two minutes at most; an empty status takes the line away."""
    if "status" not in call.arguments:
        raise invalid_arguments("missing required field: status")
    loading = call.data("loading_messages") or []
    if not isinstance(loading, list) or len(loading) > MOST_LOADING_MESSAGES:
        raise invalid_arguments(f"no more than {MOST_LOADING_MESSAGES} items allowed [json-pointer:/loading_messages]")
    _thread(call, status=call.text("status"), loading_messages=loading)
    call.ws.end_status_later(call.text("channel_id"), call.text("thread_ts"))
    return {}


@method("assistant.threads.setTitle", scopes="assistant:write", required=("channel_id", "thread_ts", "title"))
async def set_title(call: Call) -> Json:
    """Name a thread in the agent's history."""
    _thread(call, title=call.text("title"))
    return {}


@method("assistant.threads.setSuggestedPrompts", scopes="assistant:write", required=("channel_id", "prompts"))
async def set_suggested_prompts(call: Call) -> Json:
    """Offer up to four prompts; without a thread they stand above the agent's message box."""
    if not (call.ws.manifest.agent or call.ws.manifest.legacy_assistant):
        raise SlackError("not_agent_app")
    prompts = call.data("prompts")
    good = isinstance(prompts, list) and all(
        isinstance(one, dict) and one.get("title") and one.get("message") for one in prompts
    )
    if not good:
        raise invalid_arguments("prompts must be objects with title and message [json-pointer:/prompts]")
    if not 1 <= len(prompts) <= MOST_PROMPTS:
        raise invalid_arguments(f"no more than {MOST_PROMPTS} items allowed [json-pointer:/prompts]")
    _thread(call, prompts=prompts, prompts_title=call.text("title"))
    return {}
