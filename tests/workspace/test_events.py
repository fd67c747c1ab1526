"""What the app hears of: messages of all kinds, members, marks, files, its own removal."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp

from tests.workspace.harness import EVENTS, MANIFEST, SCOPES, Stage, stage

Json = dict[str, Any]
pytestmark = pytest.mark.parametrize("transport", ["http", "socket"])
NAMES = sorted({name.partition(".")[0] for name in EVENTS})


def hear(got: list[Json]) -> Callable[[AsyncApp], None]:
    """An app that notes every event's outer envelope."""

    def register(app: AsyncApp) -> None:
        # Bolt would keep the app's own messages from the listener; the workspace must send them all the same.
        app._async_middleware_list = [
            one for one in app._async_middleware_list if "IgnoringSelf" not in type(one).__name__
        ]

        async def take(body: Json) -> None:
            got.append(body)

        for name in NAMES:
            app.event(name)(take)
            app.event({"type": name, "subtype": re.compile(".+")})(take)

    return register


async def heard(on: Stage, got: list[Json]) -> list[Json]:
    """The events so far, once none is under way."""
    await on.ws.settle()
    return [body["event"] for body in got]


async def test_messages_and_mentions(transport: str) -> None:
    got: list[Json] = []
    async with stage(transport, hear(got)) as on:
        await on.hands.post("message", user="U0ANNA", channel="C0GENERAL", text="hi @probe")
        await on.hands.post("message", user="U0ANNA", channel="D0ANNA", text="hi <@U0BOT>")
        await on.hands.post("message", user="U0MARIE", channel="C0LEGAL", text="hi")
        events = await heard(on, got)
        kinds = {(one["type"], one.get("channel_type")) for one in events}
        assert kinds == {("message", "channel"), ("app_mention", None), ("message", "im"), ("message", "group")}
        assert len(events) == 4
        outer = got[0]
        assert (outer["type"], outer["team_id"], outer["api_app_id"]) == ("event_callback", "T0LOCAL", "A0LOCAL")
        assert outer["authorizations"][0]["user_id"] == "U0BOT"
        assert outer["event_id"].startswith("Ev")
        first = next(one for one in events if one.get("channel_type") == "channel")
        assert first["text"] == "hi <@U0BOT>"
        assert first["event_ts"] == first["ts"]
        assert {"client_msg_id", "blocks", "team", "user"} <= set(first)


async def test_own_and_other_bots_messages(transport: str) -> None:
    got: list[Json] = []
    async with stage(transport, hear(got)) as on:
        posted = await on.client.chat_postMessage(channel="C0GENERAL", text="mine <@U0BOT>")
        await on.hands.post("integration", channel="C0GENERAL", text="theirs", name="Other")
        mine, theirs = await heard(on, got)
        assert (mine["bot_id"], mine["user"], mine["bot_profile"]["app_id"]) == ("B0BOT", "U0BOT", "A0LOCAL")
        assert (theirs["subtype"], theirs["bot_id"]) == ("bot_message", "B0OTHER")
        await on.client.chat_update(channel="C0GENERAL", ts=posted["ts"], text="changed")
        await on.client.chat_delete(channel="C0GENERAL", ts=posted["ts"])
        *_, changed, deleted = await heard(on, got)
        assert changed["subtype"] == "message_changed"
        assert (changed["message"]["text"], changed["previous_message"]["text"]) == ("changed", "mine <@U0BOT>")
        assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", posted["ts"])


async def test_people_change_their_own_messages_only(transport: str) -> None:
    got: list[Json] = []
    async with stage(transport, hear(got)) as on:
        said = await on.hands.post("message", user="U0ANNA", channel="C0GENERAL", text="a")
        where = {"channel": "C0GENERAL", "message_ts": said["message"]["ts"]}
        await on.hands.post("edit", 400, user="U0RAVI", **where, text="b")
        await on.hands.post("edit", user="U0ANNA", **where, text="b")
        await on.hands.post("delete", 400, user="U0RAVI", **where)
        await on.hands.post("delete", user="U0ANNA", **where)
        events = await heard(on, got)
        kinds = {str(one.get("subtype")) for one in events}
        assert kinds == {"None", "message_changed", "message_deleted"}


async def test_ephemerals_cause_no_event_and_are_in_no_history(transport: str) -> None:
    got: list[Json] = []
    async with stage(transport, hear(got)) as on:
        await on.client.chat_postEphemeral(channel="C0GENERAL", user="U0ANNA", text="psst")
        assert await heard(on, got) == []
        assert (await on.client.conversations_history(channel="C0GENERAL"))["messages"] == []


async def test_members_marks_and_files(transport: str) -> None:
    got: list[Json] = []
    async with stage(transport, hear(got)) as on:
        await on.hands.post("leave", user="U0ANNA", channel="C0GENERAL")
        await on.hands.post("join", user="U0ANNA", channel="C0GENERAL")
        said = await on.hands.post("message", user="U0ANNA", channel="C0GENERAL", text="x")
        where = {"user": "U0RAVI", "channel": "C0GENERAL", "message_ts": said["message"]["ts"]}
        await on.hands.post("react", **where, name="eyes")
        await on.hands.post("react", **where, name="eyes", remove=True)
        await on.hands.post("pin", **where)
        await on.hands.post("pin", **where, remove=True)
        await on.hands.post("upload", user="U0ANNA", channel="C0GENERAL", name="a.txt", content="aGk=")
        events = await heard(on, got)
        names = [f"{one['type']}.{one['subtype']}" if "subtype" in one else one["type"] for one in events]
        assert sorted(names) == sorted(
            [
                "message.channel_leave",
                "member_left_channel",
                "message.channel_join",
                "member_joined_channel",
                "message",
                "reaction_added",
                "reaction_removed",
                "pin_added",
                "pin_removed",
                "message.file_share",
                "file_shared",
            ]
        )
        added = next(one for one in events if one["type"] == "reaction_added")
        assert (added["item"]["ts"], added["item_user"]) == (where["message_ts"], "U0ANNA")
        shared = next(one for one in events if one["type"] == "file_shared")
        assert shared["channel_id"] == "C0GENERAL"


async def test_channels(transport: str) -> None:
    got: list[Json] = []
    async with stage(transport, hear(got)) as on:
        made = (await on.client.conversations_create(name="case"))["channel"]["id"]
        await on.client.conversations_rename(channel=made, name="case-2")
        await on.client.conversations_archive(channel=made)
        await on.hands.post("leave", user="U0ANNA", channel="C0GENERAL", member="U0BOT")
        names = {one["type"] for one in await heard(on, got)}
        assert names == {"channel_created", "message", "channel_rename", "channel_archive", "channel_left"}
        await on.hands.post("message", user="U0ANNA", channel="C0GENERAL", text="nobody hears")
        await on.hands.post("invite", user="U0ANNA", channel="C0GENERAL", member="U0BOT")
        events = await heard(on, got)
        joined = next(one for one in events if one["type"] == "member_joined_channel")
        assert (joined["user"], joined["inviter"]) == ("U0BOT", "U0ANNA")
        assert "nobody hears" not in {one.get("text") for one in events}


async def test_the_manifest_decides(transport: str) -> None:
    got: list[Json] = []
    manifest = {
        **MANIFEST,
        "oauth_config": {"scopes": {"bot": [one for one in SCOPES if one != "im:history"]}},
        "settings": {"event_subscriptions": {"bot_events": ["message.im", "message.groups"]}},
    }
    async with stage(transport, hear(got), manifest) as on:
        for channel in ("C0GENERAL", "D0MARIE", "C0LEGAL"):
            await on.hands.post("message", user="U0MARIE", channel=channel, text="x")
        assert [one["channel"] for one in await heard(on, got)] == ["C0LEGAL"]


async def test_removal_of_the_app(transport: str) -> None:
    got: list[Json] = []
    async with stage(transport, hear(got)) as on:
        await on.hands.post("uninstall")
        events = await heard(on, got)
        assert {one["type"] for one in events} == {"tokens_revoked", "app_uninstalled"}
        tokens = next(one for one in events if one["type"] == "tokens_revoked")["tokens"]
        assert tokens == {"oauth": [], "bot": ["U0BOT"]}
        answer = await on.hands.type("U0ANNA", "/probe")
        assert answer["ack"] is None


async def test_legacy_assistant_threads_start_when_the_pane_opens(transport: str) -> None:
    got: list[Json] = []
    manifest = {
        **MANIFEST,
        "features": {**MANIFEST["features"], "assistant_view": {"assistant_description": "Helps"}},
        "settings": {"event_subscriptions": {"bot_events": ["assistant_thread_started", "message.im"]}},
    }

    def register(app: AsyncApp) -> None:
        @app.event("assistant_thread_started")
        async def started(body: Json) -> None:
            got.append(body)

        @app.event("message")
        async def message(body: Json) -> None:
            got.append(body)

    async with stage(transport, register, manifest) as on:
        await on.hands.post("open", user="U0ANNA", channel="D0ANNA")
        events = await heard(on, got)
        thread = next(one for one in events if one["type"] == "assistant_thread_started")["assistant_thread"]
        assert (thread["user_id"], thread["channel_id"]) == ("U0ANNA", "D0ANNA")
        said = await on.hands.post("message", user="U0ANNA", channel="D0ANNA", text="hi", thread_ts=thread["thread_ts"])
        assert said["message"]["thread_ts"] == thread["thread_ts"]
