"""A private channel that the app makes: who is in it, who can find it, what is refused."""

from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from tests.workspace.desk import Desk, opened
from tests.workspace.harness import MANIFEST, SCOPES, stage

Json = dict[str, Any]


async def made(desk: Desk, *people: str) -> str:
    """A private channel of the app, with these people in it."""
    channel = (await desk.client.conversations_create(name="case-1", is_private=True))["channel"]
    if people:
        await desk.client.conversations_invite(channel=channel["id"], users=list(people))
    return str(channel["id"])


async def test_what_the_app_makes() -> None:
    async with opened() as desk:
        answer = await desk.client.conversations_create(name="case-1", is_private=True)
        channel = answer["channel"]
        assert channel["id"].startswith("C")
        assert (channel["is_channel"], channel["is_group"], channel["is_private"]) == (False, True, True)
        assert (channel["creator"], channel["is_member"], channel["is_archived"]) == ("U0BOT", True, False)
        for name in ("case-1", "legal", "general"):
            assert await desk.refused("conversations.create", name=name, is_private=True) == "name_taken"
        assert await desk.refused("conversations.create", name="---") == "invalid_name_punctuation"
        assert await desk.refused("conversations.create", name="") == "invalid_name_required"
        assert await desk.refused("conversations.create") == "invalid_arguments"
        listed = (await desk.client.conversations_list(types="private_channel"))["channels"]
        assert [(one["name"], one["num_members"]) for one in listed] == [("legal", 3), ("case-1", 1)]


async def test_inviting() -> None:
    async with opened() as desk:
        channel = await made(desk, "U0ANNA")
        for users, errors in (
            ("U0ANNA", [("U0ANNA", "already_in_channel")]),
            ("U0NONE", [("U0NONE", "user_not_found")]),
            ("U0BOT", [("U0BOT", "cant_invite_self")]),
            ("USLACKBOT", [("USLACKBOT", "cant_invite")]),
            ("U0RAVI,U0NONE,U0ANNA", [("U0NONE", "user_not_found"), ("U0ANNA", "already_in_channel")]),
        ):
            answer = await desk.call("conversations.invite", data={"channel": channel, "users": users})
            assert (answer["ok"], answer["error"]) == (False, errors[0][1])
            assert [(one["user"], one["error"]) for one in answer["errors"]] == errors
        members = await desk.client.conversations_members(channel=channel)
        assert members["members"] == ["U0BOT", "U0ANNA"]
        forced = await desk.client.conversations_invite(channel=channel, users="U0RAVI,U0NONE,U0ANNA", force=True)
        assert [one["user"] for one in forced["errors"]] == ["U0NONE", "U0ANNA"]
        members = await desk.client.conversations_members(channel=channel)
        assert members["members"] == ["U0BOT", "U0ANNA", "U0RAVI"]


async def test_outsiders_find_nothing() -> None:
    async with opened() as desk:
        channel = await made(desk, "U0RAVI")
        posted = await desk.client.chat_postMessage(channel=channel, text="secret words")
        await desk.client.conversations_setTopic(channel=channel, topic="secret topic")
        where = {"user": "U0ANNA", "channel": channel}
        there = {**where, "message_ts": posted["ts"]}
        for path, body in (
            ("message", {**where, "text": "x"}),
            ("command", {**where, "command": "/probe", "text": ""}),
            ("open", where),
            ("join", where),
            ("leave", where),
            ("invite", {**where, "member": "U0ANNA"}),
            ("react", {**there, "name": "eyes"}),
            ("pin", there),
            ("edit", {**there, "text": "x"}),
            ("delete", there),
            ("shortcut", {**there, "callback_id": "on_this"}),
            ("click", {**there, "action_id": "a"}),
            ("share", {**where, "files": []}),
        ):
            answer = await desk.hands.post(path, 404, **body)
            assert "secret" not in str(answer), path
        assert (await desk.hands.get("messages", 404, user="U0ANNA", channel=channel))["error"]
        seen = (await desk.hands.get("channels", user="U0ANNA"))["channels"]
        assert channel not in {one["id"] for one in seen}
        named = await desk.hands.post("message", user="U0ANNA", channel="C0GENERAL", text=f"<#{channel}> #case-1")
        assert named["message"]["text"] == f"&lt;#{channel}&gt; #case-1"
        assert channel in {one["id"] for one in (await desk.hands.get("channels", user="U0RAVI"))["channels"]}


async def test_the_app_loses_sight_when_it_is_taken_out() -> None:
    async with opened() as desk:
        channel = await made(desk, "U0RAVI")
        await desk.hands.post("leave", user="U0RAVI", channel=channel, member="U0BOT")
        for method, arguments in (
            ("conversations.info", {}),
            ("conversations.history", {}),
            ("conversations.members", {}),
            ("conversations.invite", {"users": "U0ANNA"}),
            ("conversations.kick", {"user": "U0RAVI"}),
            ("conversations.archive", {}),
            ("conversations.setTopic", {"topic": "x"}),
            ("chat.postMessage", {"text": "x"}),
            ("pins.list", {}),
        ):
            assert await desk.refused(method, channel=channel, **arguments) == "channel_not_found", method
        listed = (await desk.client.conversations_list(types="private_channel"))["channels"]
        assert channel not in {one["id"] for one in listed}


async def test_kick_pins_notes_and_archive() -> None:
    async with opened() as desk:
        channel = await made(desk, "U0RAVI", "U0ANNA")
        await desk.client.conversations_setPurpose(channel=channel, purpose="Why")
        assert await desk.refused("conversations.setTopic", channel=channel, topic="x" * 251) == "too_long"
        for method in ("conversations.setTopic", "conversations.setPurpose"):
            assert await desk.refused(method, channel=channel) == "invalid_arguments", method
        cleared = await desk.client.conversations_setPurpose(channel=channel, purpose="")
        assert cleared["channel"]["purpose"]["value"] == ""
        posted = await desk.client.chat_postMessage(channel=channel, text="Summary")
        await desk.client.pins_add(channel=channel, timestamp=posted["ts"])
        items = (await desk.client.pins_list(channel=channel))["items"]
        assert [item["message"]["text"] for item in items] == ["Summary"]
        await desk.client.chat_update(channel=channel, ts=posted["ts"], text="Summary, newer")
        items = (await desk.client.pins_list(channel=channel))["items"]
        assert [item["message"]["text"] for item in items] == ["Summary, newer"]
        assert items[0]["message"]["pinned_to"] == [channel]
        pinned = items[0]["created"]
        said = (await desk.hands.post("message", user="U0ANNA", channel=channel, text="Mine"))["message"]
        await desk.hands.post("clock", advance=3600)
        await desk.hands.post("pin", user="U0RAVI", channel=channel, message_ts=said["ts"])
        items = (await desk.client.pins_list(channel=channel))["items"]
        assert [item["created_by"] for item in items] == ["U0RAVI", "U0BOT"]
        assert items[1]["created"] == pinned <= items[0]["created"] - 3600
        await desk.client.conversations_kick(channel=channel, user="U0ANNA")
        assert (await desk.hands.get("messages", 404, user="U0ANNA", channel=channel))["error"]
        assert await desk.refused("conversations.kick", channel=channel, user="U0BOT") == "cant_kick_self"
        await desk.client.conversations_archive(channel=channel)
        for method, arguments in (
            ("chat.postMessage", {"text": "x"}),
            ("conversations.invite", {"users": "U0ANNA"}),
            ("conversations.kick", {"user": "U0RAVI"}),
            ("conversations.setTopic", {"topic": "x"}),
            ("pins.add", {"timestamp": posted["ts"]}),
        ):
            assert await desk.refused(method, channel=channel, **arguments) == "is_archived", method
        history = (await desk.client.conversations_history(channel=channel))["messages"]
        assert "Summary, newer" in {message["text"] for message in history}
        kept = (await desk.client.conversations_list(types="private_channel", exclude_archived=True))["channels"]
        assert [one["name"] for one in kept] == ["legal"]


async def test_scopes_of_private_channels() -> None:
    for dropped, method, arguments in (
        ("groups:write", "conversations.create", {"name": "x", "is_private": "true"}),
        ("groups:write", "conversations.invite", {"channel": "C0LEGAL", "users": "U0ANNA"}),
        ("groups:write", "conversations.archive", {"channel": "C0LEGAL"}),
        ("groups:read", "conversations.info", {"channel": "C0LEGAL"}),
        ("groups:read", "conversations.members", {"channel": "C0LEGAL"}),
        ("groups:read", "conversations.list", {"types": "private_channel"}),
        ("groups:history", "conversations.history", {"channel": "C0LEGAL"}),
    ):
        scopes = [one for one in SCOPES if one != dropped]
        async with opened({**MANIFEST, "oauth_config": {"scopes": {"bot": scopes}}}) as desk:
            answer = await desk.call(method, data=arguments)
            assert (answer["error"], answer["needed"]) == ("missing_scope", dropped), method


@pytest.mark.parametrize("transport", ["http", "socket"])
async def test_events_of_a_private_channel(transport: str) -> None:
    got: list[Json] = []

    def register(app: AsyncApp) -> None:
        @app.event("member_joined_channel")
        async def joined(event: Json) -> None:
            got.append(event)

        @app.event("member_left_channel")
        async def left(event: Json) -> None:
            got.append(event)

        @app.event("message")
        async def said(event: Json) -> None:
            got.append(event)

    async with stage(transport, register) as on:
        channel = (await on.client.conversations_create(name="case-1", is_private=True))["channel"]["id"]
        await on.client.conversations_invite(channel=channel, users="U0RAVI")
        await on.hands.post("message", user="U0RAVI", channel=channel, text="here")
        await on.client.conversations_kick(channel=channel, user="U0RAVI")
        await on.ws.settle()
        seen = {(event["type"], event.get("subtype"), event["channel_type"]) for event in got}
        assert {
            ("member_joined_channel", None, "G"),
            ("message", "group_join", "group"),
            ("message", None, "group"),
            ("member_left_channel", None, "G"),
        } <= seen
        (joined,) = [event for event in got if event["type"] == "member_joined_channel"]
        assert (joined["user"], joined["inviter"]) == ("U0RAVI", "U0BOT")
        with pytest.raises(SlackApiError, match="user_not_in_channel"):
            await on.client.chat_postEphemeral(channel=channel, user="U0RAVI", text="x")
