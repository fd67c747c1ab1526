"""conversations.*, users.*, reactions, pins, agents and installation."""

import json
from dataclasses import replace

import pytest
from slack_sdk.errors import SlackApiError

from tests.workspace.desk import opened
from tests.workspace.harness import MANIFEST
from workspace.records import Pin


async def test_conversations() -> None:
    async with opened() as desk:
        client = desk.client
        for name, error in (
            ("general", "name_taken"),
            ("Upper", "invalid_name_specials"),
            ("a b", "invalid_name_specials"),
            ("x" * 81, "invalid_name_maxlength"),
        ):
            assert await desk.refused("conversations.create", name=name) == error
        made = (await client.conversations_create(name="case-1", is_private=True))["channel"]
        assert (made["is_private"], made["is_member"], made["creator"]) == (True, True, "U0BOT")
        assert await desk.refused("conversations.invite", channel=made["id"], users="U0NONE") == "user_not_found"
        await client.conversations_invite(channel=made["id"], users=["U0ANNA", "U0RAVI"])
        again = await desk.refused("conversations.invite", channel=made["id"], users="U0ANNA")
        assert again == "already_in_channel"
        members = (await client.conversations_members(channel=made["id"]))["members"]
        assert members == ["U0BOT", "U0ANNA", "U0RAVI"]
        await client.conversations_kick(channel=made["id"], user="U0RAVI")
        assert await desk.refused("conversations.kick", channel=made["id"], user="U0RAVI") == "not_in_channel"
        await client.conversations_setTopic(channel=made["id"], topic="Topic")
        await client.conversations_setPurpose(channel=made["id"], purpose="Purpose")
        assert await desk.refused("conversations.rename", channel=made["id"]) == "invalid_arguments"
        assert await desk.refused("conversations.rename", channel=made["id"], name="") == "invalid_name_required"
        await client.conversations_rename(channel=made["id"], name="case-2")
        shown = (await client.conversations_info(channel=made["id"], include_num_members=True))["channel"]
        assert (shown["name"], shown["topic"]["value"], shown["purpose"]["value"]) == (
            "case-2",
            "Topic",
            "Purpose",
        )
        assert (shown["num_members"], shown["previous_names"]) == (2, ["case-1"])
        await client.conversations_archive(channel=made["id"])
        assert await desk.refused("chat.postMessage", channel=made["id"], text="x") == "is_archived"
        assert await desk.refused("conversations.archive", channel=made["id"]) == "already_archived"
        public = (await client.conversations_list())["channels"]
        assert [c["name"] for c in public] == ["general", "contracts"]
        kinds = "public_channel,private_channel,im"
        everything = await client.conversations_list(types=kinds, exclude_archived=True, limit=4)
        assert len(everything["channels"]) == 4
        assert everything["response_metadata"]["next_cursor"]
        assert await desk.refused("conversations.list", types="nonsense") == "invalid_types"


async def test_joining_and_leaving() -> None:
    async with opened() as desk:
        made = (await desk.hands.post("create", user="U0ANNA", name="fresh"))["channel"]
        secret = (await desk.hands.post("create", user="U0ANNA", name="secret", private=True))["channel"]
        assert await desk.refused("conversations.join", channel=secret["id"]) == "channel_not_found"
        assert await desk.refused("chat.postMessage", channel=made["id"], text="x") == "not_in_channel"
        assert (await desk.client.conversations_join(channel=made["id"]))["channel"]["is_member"] is True
        assert (await desk.client.conversations_join(channel=made["id"]))["warning"] == "already_in_channel"
        await desk.client.conversations_leave(channel=made["id"])
        assert (await desk.client.conversations_leave(channel=made["id"]))["not_in_channel"] is True
        assert await desk.refused("conversations.leave", channel="C0GENERAL") == "cant_leave_general"
        assert await desk.refused("conversations.rename", channel="C0CONTRACTS", name="x") == "not_authorized"
        archive = await desk.refused("conversations.archive", channel="C0GENERAL")
        assert archive == "cant_archive_general"


async def test_direct_messages() -> None:
    async with opened() as desk:
        known = await desk.client.conversations_open(users="U0ANNA")
        assert (known["channel"]["id"], known["already_open"]) == ("D0ANNA", True)
        group = await desk.client.conversations_open(users=["U0ANNA", "U0RAVI"], return_im=True)
        assert group["channel"]["is_mpim"] is True
        assert await desk.refused("conversations.open", users="U0BOT") == "cannot_dm_bot"
        assert await desk.refused("conversations.open", users="U0NONE") == "user_not_found"
        assert await desk.refused("conversations.open") == "users_list_not_supplied"


async def test_people_in_summer_and_winter() -> None:
    async with opened() as desk:
        for now, offset in (("2026-01-15T12:00:00+00:00", 3600), ("2026-07-15T12:00:00+00:00", 7200)):
            await desk.hands.post("clock", now=now)
            anna = (await desk.client.users_info(user="U0ANNA", include_locale=True))["user"]
            assert (anna["tz"], anna["tz_offset"], anna["locale"]) == ("Europe/Brussels", offset, "en-GB")
        assert (await desk.client.users_info(user="U0RAVI"))["user"]["tz_offset"] == 19_800
        assert await desk.refused("users.info", user="U0NONE") == "user_not_found"
        found = await desk.client.users_lookupByEmail(email="Anna@example.com")
        assert found["user"]["id"] == "U0ANNA"
        assert await desk.refused("users.lookupByEmail", email="no@example.com") == "users_not_found"
        members = (await desk.client.users_list())["members"]
        assert {"U0ANNA", "U0RAVI", "U0MARIE", "U0ADMIN", "U0BOT"} <= {member["id"] for member in members}
        assert (await desk.client.users_profile_get(user="U0ANNA"))["profile"]["email"] == "anna@example.com"
        assert (await desk.client.users_getPresence(user="U0ANNA"))["presence"] == "active"
        assert (await desk.client.team_info())["team"]["id"] == "T0LOCAL"
        assert (await desk.client.bots_info(bot="B0BOT"))["bot"]["user_id"] == "U0BOT"
        other = (await desk.hands.post("integration", channel="C0GENERAL", text="Built"))["message"]
        assert (await desk.client.bots_info(bot=other["bot_id"]))["bot"]["name"] == other["username"]
        assert await desk.refused("bots.info", bot="B0NONE") == "bot_not_found"


async def test_reactions_and_pins() -> None:
    async with opened() as desk:
        said = await desk.hands.post("message", user="U0ANNA", channel="C0GENERAL", text="x")
        where = {"channel": "C0GENERAL", "timestamp": said["message"]["ts"]}
        await desk.client.reactions_add(**where, name="eyes")
        assert await desk.refused("reactions.add", **where, name="eyes") == "already_reacted"
        await desk.hands.post("react", user="U0RAVI", channel="C0GENERAL", message_ts=where["timestamp"], name="eyes")
        shown = (await desk.client.reactions_get(**where))["message"]["reactions"]
        assert shown == [{"name": "eyes", "users": ["U0BOT", "U0RAVI"], "count": 2}]
        assert len((await desk.client.reactions_list(user="U0BOT"))["items"]) == 1
        await desk.client.reactions_remove(**where, name="eyes")
        assert await desk.refused("reactions.remove", **where, name="eyes") == "no_reaction"
        for name in ("a b", "no_such_emoji", "eyes::skin-tone-7"):
            assert await desk.refused("reactions.add", **where, name=name) == "invalid_name"
        await desk.client.reactions_add(**where, name="wave::skin-tone-2")
        await desk.client.reactions_remove(**where, name=":wave::skin-tone-2:")
        gone = {"channel": "C0GENERAL", "timestamp": "1.1"}
        assert await desk.refused("reactions.add", **gone, name="eyes") == "message_not_found"
        await desk.client.pins_add(**where)
        assert await desk.refused("pins.add", **where) == "already_pinned"
        assert len((await desk.client.pins_list(channel="C0GENERAL"))["items"]) == 1
        await desk.client.pins_remove(**where)
        assert await desk.refused("pins.remove", **where) == "no_pin"
        channel = desk.ws.channels["C0GENERAL"]
        desk.ws.put_channel(replace(channel, pins=tuple(Pin(f"{number}.000001", "U0ANNA", 0) for number in range(100))))
        assert await desk.refused("pins.add", **where) == "too_many_pins"


async def test_assistant_threads() -> None:
    async with opened() as desk:
        said = await desk.hands.post("message", user="U0ANNA", channel="D0ANNA", text="hello")
        thread = {"channel_id": "D0ANNA", "thread_ts": said["message"]["ts"]}
        await desk.client.assistant_threads_setStatus(**thread, status="is thinking...")
        await desk.client.assistant_threads_setTitle(**thread, title="Greeting")
        await desk.client.assistant_threads_setSuggestedPrompts(
            **thread, prompts=[{"title": "More", "message": "Tell me more"}]
        )
        shown = await desk.hands.get("messages", user="U0ANNA", channel="D0ANNA")
        kept = shown["assistant"][thread["thread_ts"]]
        assert (kept["status"], kept["title"]) == ("is thinking...", "Greeting")
        assert kept["prompts"] == [{"title": "More", "message": "Tell me more"}]
        await desk.client.chat_postMessage(channel="D0ANNA", thread_ts=thread["thread_ts"], text="done")
        shown = await desk.hands.get("messages", user="U0ANNA", channel="D0ANNA")
        assert "status" not in shown["assistant"][thread["thread_ts"]]
        with pytest.raises(SlackApiError, match="invalid_arguments"):
            await desk.client.assistant_threads_setSuggestedPrompts(
                **thread, prompts=[{"title": "t", "message": "m"}] * 5
            )
        with pytest.raises(SlackApiError, match="invalid_thread_ts"):
            await desk.client.assistant_threads_setStatus(channel_id="D0ANNA", thread_ts="1.1", status="x")


async def test_a_status_ends_after_two_minutes() -> None:
    async with opened() as desk:
        said = await desk.hands.post("message", user="U0ANNA", channel="D0ANNA", text="hello")
        thread = {"channel_id": "D0ANNA", "thread_ts": said["message"]["ts"]}

        async def standing() -> str | None:
            shown = await desk.hands.get("messages", user="U0ANNA", channel="D0ANNA")
            status: str | None = shown["assistant"][thread["thread_ts"]].get("status")
            return status

        await desk.client.assistant_threads_setStatus(**thread, status="is reading")
        await desk.hands.post("clock", advance=100)
        await desk.client.assistant_threads_setStatus(**thread, status="is writing")
        await desk.hands.post("clock", advance=100)
        assert await standing() == "is writing"
        await desk.hands.post("clock", advance=21)
        assert await standing() is None
        many = json.dumps(["Reading"] * 11)
        busy = {**thread, "status": "is busy", "loading_messages": many}
        assert await desk.refused("assistant.threads.setStatus", **busy) == "invalid_arguments"


async def test_prompts_are_for_agents_only() -> None:
    features = {name: value for name, value in MANIFEST["features"].items() if name != "agent_view"}
    async with opened({**MANIFEST, "features": features}) as desk:
        prompts = json.dumps([{"title": "t", "message": "m"}])
        refused = await desk.refused("assistant.threads.setSuggestedPrompts", channel_id="D0ANNA", prompts=prompts)
        assert refused == "not_agent_app"


async def test_arguments_that_are_left_out() -> None:
    async with opened() as desk:
        for method, error in (
            ("conversations.invite", "no_user"),
            ("conversations.kick", "no_user"),
            ("conversations.open", "users_list_not_supplied"),
            ("reactions.add", "no_item_specified"),
            ("users.info", "user_not_found"),
        ):
            assert await desk.refused(method, channel="" if "open" in method else "C0CONTRACTS", name="eyes") == error
        odd = {"channel": "C0GENERAL", "timestamp": "now"}
        assert await desk.refused("pins.add", **odd) == "bad_timestamp"
        known = await desk.client.users_profile_get()
        assert known["profile"]["bot_id"] == "B0BOT"
        found = await desk.call("conversations.info", data={"channel": "C0GENERAL", "include_locale": "true"})
        assert found["channel"]["locale"] == "en-GB"


async def test_direct_messages_are_looked_for() -> None:
    async with opened() as desk:
        both = {"users": "U0ANNA,U0RAVI", "prevent_creation": "true"}
        assert await desk.refused("conversations.open", **both) == "channel_not_found"
        made = await desk.client.conversations_open(users=["U0ANNA", "U0RAVI"])
        assert (await desk.call("conversations.open", data=both))["channel"]["id"] == made["channel"]["id"]


async def test_the_last_member_stays() -> None:
    async with opened() as desk:
        own = (await desk.client.conversations_create(name="own"))["channel"]["id"]
        assert await desk.refused("conversations.leave", channel=own) == "last_member"
        await desk.client.conversations_archive(channel=own)
        assert await desk.refused("conversations.leave", channel=own) == "is_archived"


async def test_uninstalled_apps_are_refused() -> None:
    async with opened() as desk:
        assert (await desk.client.auth_revoke(test=True))["revoked"] is False
        await desk.hands.post("uninstall")
        assert await desk.refused("auth.test") == "account_inactive"
        await desk.hands.post("install")
        assert (await desk.client.auth_test())["ok"] is True
