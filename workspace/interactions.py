"""What a person does that goes to the app: commands, clicks, submissions, shortcuts, options.

https://docs.slack.dev/reference/interaction-payloads
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from workspace import elements, messages, reach, typed, views
from workspace.blocks import check_message, check_options, flat, with_attachment_ids, with_ids
from workspace.delivery import Outcome, deliver, deliver_interaction
from workspace.errors import CannotDo, Json, NoSuchThing, SlackError
from workspace.inspector import Entry
from workspace.records import APP, DOMAIN, SLACKBOT, TEAM, Channel, Message, View
from workspace.state import Hook, Trigger, Workspace

TRIGGER_SECONDS = 3
SUGGESTION_PARTS = frozenset({"container", "view", "channel", "message"})
HOOK_MINUTES = 30
TROUBLE = "We had some trouble connecting. Try again?"
NOT_INTERACTIVE = "This app is not configured to handle interactive responses."
NOT_A_COMMAND = (
    '`{name}` is not a valid command. In Slack, all messages that start with the "/" character are '
    "interpreted as commands.\n\nIf you are trying to send a message and not run a command, try "
    'preceding the "/" with an empty space.'
)
ERROR_NAMES = {
    "http_timeout": "operation_timeout",
    "connection_failed": "dispatch_failed",
    "http_error": "http_service_error",
    "invalid_json": "invalid_command_response",
}


@dataclass(frozen=True)
class Source:
    """Where an element is: a message (perhaps ephemeral) or a view."""

    blocks: list[Json]
    channel: Channel | None = None
    message: Message | None = None
    view: View | None = None

    @property
    def id(self) -> str:
        return self.view.id if self.view else self.message.ts if self.message else ""


def new_trigger(ws: Workspace, user: str, entry: Entry, view: str | None = None) -> str:
    """A trigger id for this person: good once, for three seconds of the workspace's clock."""
    id_ = f"{ws.seconds()}.{ws.new_id('')}.{ws.new_id('').lower()}"
    ws.triggers[id_] = Trigger(id_, user, ws.now() + timedelta(seconds=TRIGGER_SECONDS), entry, view)
    return id_


def new_hook(ws: Workspace, user: str, channel: str, entry: Entry, message: Message | None = None) -> str:
    """A response_url: five posts within 30 minutes of the workspace's clock."""
    token = f"{TEAM}/{ws.new_id('')}/{ws.new_id('')}"
    ws.hooks[token] = Hook(
        token,
        user,
        channel,
        ws.now() + timedelta(minutes=HOOK_MINUTES),
        entry,
        message.ts if message else None,
    )
    return f"{ws.url}/response/{token}"


def _person(ws: Workspace, user: str) -> Json:
    name = ws.users[user].name
    return {"id": user, "username": name, "name": name, "team_id": TEAM}


def common(ws: Workspace, user: str) -> Json:
    """What every interaction payload says about who and where."""
    return {
        "user": _person(ws, user),
        "api_app_id": APP,
        "token": "local-verification-token",
        "team": {"id": TEAM, "domain": DOMAIN},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def channel_name(channel: Channel) -> str:
    """The name of a conversation as interaction payloads give it."""
    return {"im": "directmessage", "group": "privategroup"}.get(channel.kind, channel.name)


# Slash commands


async def command(
    ws: Workspace, user: str, channel: Channel, name: str, text: str, *, thread_ts: str | None = None
) -> Outcome:
    """A slash command as a person types it; returns after the acknowledgement or Slack's three seconds."""
    entry = ws.entry("command", f"{name} {text}".strip(), user=user, channel=channel.id)
    spec = ws.manifest.command(name)
    if spec is None or not ws.installed or "commands" not in ws.manifest.scopes:
        _tell(ws, channel, user, NOT_A_COMMAND.format(name=name))
        return Outcome(None, 0, error="not_a_command")
    if thread_ts:
        _tell(ws, channel, user, f"`{name}` is not supported in threads. Sorry!", thread_ts)
        return Outcome(None, 0, error="not_in_threads")
    payload = {
        "token": "local-verification-token",
        "team_id": TEAM,
        "team_domain": DOMAIN,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user,
        "user_name": ws.users[user].name,
        "command": name,
        "text": typed.command_text(text.strip(), ws.names(user), resolve=bool(spec.get("should_escape"))),
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": new_hook(ws, user, channel.id, entry),
        "trigger_id": new_trigger(ws, user, entry),
    }
    outcome = await deliver(ws, "slash_commands", payload, entry)
    if not outcome.ok:
        reason = ERROR_NAMES.get(outcome.error or "", "dispatch_unknown_error")
        if outcome.status is not None and 400 <= outcome.status < 500:
            reason = "http_client_error"
        _tell(ws, channel, user, f'{name} failed with the error "{reason}"')
    elif outcome.ack:
        try:
            reply(ws, user, channel, outcome.ack, entry)
        except SlackError as refused:
            entry.notes.append(f"Slack refuses this acknowledgement: {refused.code} {refused.extra}")
            _tell(ws, channel, user, f'{name} failed with the error "invalid_command_response"')
    return outcome


def _tell(ws: Workspace, channel: Channel, user: str, text: str, thread_ts: str | None = None) -> None:
    """Slackbot's own words, to one person."""
    body: Json = {"type": "message", "user": SLACKBOT, "team": TEAM, "text": text}
    messages.post_ephemeral(ws, channel.id, user, body | ({"thread_ts": thread_ts} if thread_ts else {}))


def reply(ws: Workspace, user: str, channel: Channel, body: Json, entry: Entry) -> Message | None:
    """A message from an acknowledgement or a response_url: ephemeral unless it says in_channel.

    An empty body shows nothing. Raises SlackError for blocks that Slack refuses and for no_text.
    """
    content = content_of(ws, body)
    if not any(body.get(key) for key in ("text", "blocks", "attachments")):
        if set(body) - {"response_type"}:
            raise SlackError("no_text")
        return None
    if body.get("response_type", "ephemeral") not in ("ephemeral", "in_channel"):
        raise SlackError("invalid_response_type")
    if body.get("response_type") == "in_channel":
        return messages.post(ws, channel, content, entry)
    return messages.post_ephemeral(ws, channel.id, user, content)


def content_of(ws: Workspace, body: Json) -> Json:
    """The stored body of a message that the app sent as JSON. Raises SlackError for what Slack refuses."""
    blocks, attachments = body.get("blocks"), body.get("attachments")
    check_message(body)
    reach.check_message(ws, body)
    return messages.bot_body(
        ws,
        text=body.get("text"),
        blocks=with_ids(blocks) if blocks else None,
        attachments=with_attachment_ids(attachments) if attachments else None,
        thread_ts=body.get("thread_ts"),
        metadata=body.get("metadata"),
    )


# Clicks and the other interactions


def find_source(
    ws: Workspace, user: str, *, view_id: str | None, channel: str | None, message_ts: str | None
) -> Source:
    """The message or view a person clicks in. Raises NoSuchThing when that person sees none such."""
    if view_id is not None:
        view = ws.views.get(view_id)
        if view is None or view.user != user:
            raise NoSuchThing(f"{user} has no open view {view_id!r}.")
        return Source(view.blocks, view=view)
    message = ws.ephemerals.get(message_ts or "")
    if message is not None and message.reader != user:
        message = None
    if message is None:
        candidates = [channel] if channel else list(ws.messages)
        found = [ws.messages[c][message_ts] for c in candidates if message_ts in ws.messages.get(c or "", {})]
        message = found[0] if found else None
    where = ws.channels.get(message.channel) if message else None
    if message is None or where is None or (where.kind != "channel" and user not in where.members):
        raise NoSuchThing(f"{user} sees no message {message_ts!r} in {channel or 'any channel'}.")
    return Source(messages.all_blocks(message), channel=where, message=message)


def find_place(source: Source, user: str, action_id: str, block_id: str | None) -> elements.Place:
    """The element to act on, of those this person sees. Raises NoSuchThing with what there is instead."""
    seen = [place for place in elements.places(source.blocks) if elements.shown_to(place.element, user)]
    place = next((one for one in seen if one.action_id == action_id and block_id in (None, one.block_id)), None)
    if place is None:
        known = ", ".join(sorted({one.action_id for one in seen})) or "none"
        raise NoSuchThing(f"There is no element {action_id!r} here; there are: {known}.")
    return place


def _attachment_of(message: Message, place: elements.Place) -> Json | None:
    """The attachment whose blocks hold an element, None when it stands in the message itself."""
    for attachment in message.body.get("attachments") or ():
        if any(block is place.block for _, block in flat(attachment.get("blocks") or [])):
            return dict(attachment)
    return None


def _container(ws: Workspace, user: str, source: Source, place: elements.Place, entry: Entry) -> Json:
    """The part of a block_actions payload that says where the element is."""
    if source.view is not None:
        view = source.view
        return {
            "container": {"type": "view", "view_id": view.id},
            "view": views.show(view),
            "trigger_id": new_trigger(ws, user, entry, view.id),
        }
    message, channel = source.message, source.channel
    assert message is not None
    assert channel is not None
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.reader is not None,
    }
    if message.thread:
        container["thread_ts"] = message.thread
    attachment = _attachment_of(message, place)
    if attachment is not None:
        container |= {"type": "message_attachment", "attachment_id": attachment["id"], "is_app_unfurl": False}
    told: Json = {
        "container": container,
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "state": {"values": elements.state(source.blocks, ws.answers.get((message.ts, user), {}))},
        "trigger_id": new_trigger(ws, user, entry),
        "response_url": new_hook(ws, user, channel.id, entry, message),
    }
    # Slack sends no message along with an ephemeral's actions; it keeps none.
    return told if message.reader else told | {"message": messages.render(ws, message)}


async def click(
    ws: Workspace, user: str, source: Source, place: elements.Place, value: Any
) -> tuple[Outcome, str | None]:
    """A press or a choice; the second part of the answer is what the person is told when it failed."""
    element = place.element
    if element["type"] in elements.KINDS:
        options = await offered(ws, user, source, place, value)
        picked = elements.entry(element, elements.pick(ws, user, element, value, options))
        source = _remember(ws, user, source, place, picked)
        fields = {key: item for key, item in picked.items() if key != "type"}
        if place.block["type"] == "input" and not place.block.get("dispatch_action"):
            return Outcome({}, 0), None
    elif element["type"] in elements.PRESSED:
        fields = elements.pressed(element, value)
    else:
        raise CannotDo(f"Nothing reaches the app from a {element['type']}.")
    channel = source.channel.id if source.channel else ""
    entry = ws.entry("click", place.action_id, user=user, channel=channel)
    action = {
        "type": element["type"],
        "action_id": place.action_id,
        "block_id": place.block_id,
        **fields,
        "action_ts": ws.new_ts(),
    }
    payload = {
        "type": "block_actions",
        **common(ws, user),
        **_container(ws, user, source, place, entry),
        "actions": [action],
    }
    outcome = await deliver_interaction(ws, payload, entry)
    return outcome, None if outcome.ok else _say_trouble(ws, user, source, outcome)


def _say_trouble(ws: Workspace, user: str, source: Source, outcome: Outcome) -> str:
    if outcome.error == "not_interactive":
        return NOT_INTERACTIVE
    if source.channel is not None and source.message is not None:
        reason = ERROR_NAMES.get(outcome.error or "", "dispatch_unknown_error")
        text = f'{ws.manifest.app_name} did not respond: "{reason}". {TROUBLE}'
        _tell(ws, source.channel, user, text, source.message.thread)
    return TROUBLE


def _remember(ws: Workspace, user: str, source: Source, place: elements.Place, picked: Json) -> Source:
    if source.view is not None:
        view = ws.answer(source.view, place.block_id, place.action_id, picked)
        return Source(view.blocks, view=view)
    assert source.message is not None
    answers = ws.answers.setdefault((source.message.ts, user), {})
    answers.setdefault(place.block_id, {})[place.action_id] = picked
    return source


async def offered(ws: Workspace, user: str, source: Source, place: elements.Place, value: Any) -> list[Json]:
    """The options a person can pick from; an external select is asked for those that match the value."""
    if place.element["type"] not in elements.EXTERNAL:
        return elements.all_options(place.element)
    known = ws.options.get((source.id, place.action_id), [])
    wanted = [one for one in (value if isinstance(value, list) else [value]) if one]
    for one in wanted:
        if all(option.get("value") != one for option in known):
            answer = await suggest(ws, user, source, place, str(one))
            known = [*known, *elements.all_options(answer)]
    return known


async def suggest(ws: Workspace, user: str, source: Source, place: elements.Place, query: str) -> Json:
    """Ask the app for the options of an external select: {"options"} or {"option_groups"}.

    With "error" beside empty options when the app gives none in three seconds, or what Slack refuses.
    """
    channel = source.channel.id if source.channel else ""
    entry = ws.entry("options", f"{place.action_id}: {query}", user=user, channel=channel)
    where = _container(ws, user, source, place, entry)
    payload = {
        "type": "block_suggestion",
        **common(ws, user),
        **{key: part for key, part in where.items() if key in SUGGESTION_PARTS},
        "action_id": place.action_id,
        "block_id": place.block_id,
        "value": query,
    }
    outcome = await deliver_interaction(ws, payload, entry)
    answer = outcome.ack or {}
    if not outcome.ok:
        return {"options": [], "error": TROUBLE, "timeout": outcome.timeout}
    try:
        check_options(answer)
    except SlackError as refused:
        entry.notes.append(f"Slack refuses these options: {refused.extra}")
        return {"options": [], "error": TROUBLE, "timeout": False}
    known = ws.options.get((source.id, place.action_id), [])
    ws.note_options(source.id, place.action_id, [*known, *elements.all_options(answer)])
    return answer


async def shortcut(
    ws: Workspace, user: str, callback_id: str, channel: Channel | None, message: Message | None
) -> tuple[Outcome, str | None]:
    """A global or a message shortcut from a menu. Raises NoSuchThing for a name the manifest lacks."""
    spec = ws.manifest.shortcut(callback_id)
    if spec is None:
        raise NoSuchThing(f"The app has no shortcut {callback_id!r}.")
    on_message = spec["type"] == "message"
    if on_message and (message is None or channel is None):
        raise CannotDo(f"{callback_id!r} is a message shortcut: it needs `channel` and `message_ts`.")
    if on_message and message is not None and message.reader is not None:
        raise CannotDo("Message shortcuts are not offered on ephemeral messages.")
    entry = ws.entry("shortcut", callback_id, user=user, channel=channel.id if channel else "")
    payload: Json = {
        "type": "message_action" if on_message else "shortcut",
        **common(ws, user),
        "callback_id": callback_id,
        "action_ts": ws.new_ts(),
        "trigger_id": new_trigger(ws, user, entry),
    }
    if on_message and message is not None and channel is not None:
        payload |= {
            "channel": {"id": channel.id, "name": channel_name(channel)},
            "message": messages.render(ws, message),
            "message_ts": message.ts,
            # Only its own message can an app change or delete by it.
            "response_url": new_hook(ws, user, channel.id, entry, message if message.is_ours else None),
        }
    outcome = await deliver_interaction(ws, payload, entry)
    return outcome, None if outcome.ok else TROUBLE
