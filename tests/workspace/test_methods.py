"""The Web API's methods and their refusals, by the official client and by bare requests."""

import json
from typing import Any

from aiohttp import FormData

from tests.workspace.desk import Json, opened
from tests.workspace.harness import MANIFEST, SCOPES

DIVIDER: Json = {"type": "divider"}


async def test_tokens() -> None:
    async with opened() as desk:
        for headers, error in (
            ({"Authorization": ""}, "not_authed"),
            ({"Authorization": "Bearer xoxb-wrong"}, "invalid_auth"),
            ({"Authorization": "Bearer xapp-local"}, "not_allowed_token_type"),
        ):
            assert (await desk.call("auth.test", headers=headers))["error"] == error
        assert (await desk.call("apps.connections.open"))["error"] == "not_allowed_token_type"
        as_argument = await desk.call("auth.test", headers={"Authorization": ""}, data={"token": "xoxb-local"})
        assert as_argument["user_id"] == "U0BOT"
        unknown = await desk.call("chat.nonsense", headers={"Authorization": ""})
        assert unknown == {"ok": False, "error": "unknown_method", "req_method": "chat.nonsense"}


async def test_arguments_in_every_form() -> None:
    async with opened() as desk:
        wanted = {"channel": "C0GENERAL", "text": "hi"}
        ways: list[Json] = [
            {"params": wanted},
            {"params": wanted, "verb": "GET"},
            {"data": wanted},
            {"json": wanted},
            {"params": {"channel": "C0GENERAL"}, "json": {"text": "hi"}},
            {"params": {"channel": "C0GENERAL"}, "data": {"text": "hi"}},
        ]
        for way in ways:
            assert (await desk.call("chat.postMessage", **way))["message"]["text"] == "hi"
        form = FormData(wanted, default_to_multipart=True)
        assert (await desk.call("chat.postMessage", data=form))["ok"] is True
        blocks = [{"type": "divider", "block_id": "d"}]
        for way in ({"data": {"blocks": json.dumps(blocks)}}, {"json": {"blocks": blocks}}):
            answer = await desk.call("chat.postMessage", params=wanted, **way)
            assert answer["message"]["blocks"] == blocks
        plain = {"Content-Type": "application/json"}
        uncharted = await desk.call("chat.postMessage", data=json.dumps(wanted), headers=plain)
        assert uncharted["response_metadata"]["warnings"] == ["missing_charset"]
        for data, error in (("{", "invalid_json"), ("[]", "json_not_object")):
            assert (await desk.call("api.test", data=data, headers=plain))["error"] == error
        odd = {"Content-Type": "application/xml"}
        assert (await desk.call("api.test", data="<a/>", headers=odd))["error"] == "invalid_post_type"
        odd = {"Content-Type": "application/json; charset=utf-7"}
        assert (await desk.call("api.test", data="{}", headers=odd))["error"] == "invalid_charset"
        odd = {"Content-Type": "multipart/form-data"}
        assert (await desk.call("api.test", data="x", headers=odd))["error"] == "invalid_form_data"
        for name, error in (
            ("foo[7]", "invalid_array_arg"),
            ("foo[]", "invalid_array_arg"),
            ("a b", "invalid_arg_name"),
        ):
            assert (await desk.call("api.test", data={name: "x"}))["error"] == error
        async with desk.session.post(
            f"{desk.server.api_url}api.test", data=b"x", skip_auto_headers=("Content-Type",)
        ) as untyped:
            assert (await untyped.json())["error"] == "missing_post_type"
        bare = {"Authorization": ""}
        for way in ({"data": {"token": "xoxb-local"}}, {"params": {"token": "xoxb-local"}, "verb": "GET"}):
            assert (await desk.call("auth.test", headers=bare, **way))["ok"] is True
        in_json = await desk.call("auth.test", headers=bare, json={"token": "xoxb-local"})
        assert in_json["error"] == "not_authed"


async def test_arguments_in_a_long_address() -> None:
    async with opened() as desk:
        sent = await desk.call("chat.postMessage", params={"channel": "C0GENERAL", "text": "é" * 30_000})
        assert len(sent["message"]["text"]) == 30_000
        answer = await desk.call("chat.postMessage", params={"channel": "C0GENERAL", "text": "x" * 40_001}, verb="GET")
        assert answer["error"] == "msg_too_long"


async def test_missing_scope_by_manifest() -> None:
    manifest = {**MANIFEST, "oauth_config": {"scopes": {"bot": ["chat:write", "channels:read"]}}}
    async with opened(manifest) as desk:
        refused = await desk.call("users.info", data={"user": "U0ANNA"})
        assert refused["error"] == "missing_scope"
        assert (refused["needed"], refused["provided"]) == ("users:read", "channels:read,chat:write")
        assert (await desk.call("conversations.info", data={"channel": "C0GENERAL"}))["ok"] is True
        private = await desk.call("conversations.info", data={"channel": "C0LEGAL"})
        assert (private["error"], private["needed"]) == ("missing_scope", "groups:read")
        assert (await desk.refused("conversations.list", types="im")) == "missing_scope"
        assert (await desk.refused("conversations.create", name="x")) == "missing_scope"


async def test_messages_carry_what_slacks_carry() -> None:
    async with opened() as desk:
        posted = await desk.client.chat_postMessage(
            channel="C0GENERAL",
            text="hi",
            metadata={"event_type": "asked", "event_payload": {"id": 1}},
        )
        message = posted["message"]
        assert (message["user"], message["bot_id"], message["app_id"]) == ("U0BOT", "B0BOT", "A0LOCAL")
        assert message["bot_profile"]["name"] == "Probe"
        assert message["team"] == "T0LOCAL"
        assert posted["ts"] == message["ts"]
        history = await desk.client.conversations_history(channel="C0GENERAL")
        assert "metadata" not in history["messages"][0]
        history = await desk.client.conversations_history(channel="C0GENERAL", include_all_metadata=True)
        assert history["messages"][0]["metadata"]["event_payload"] == {"id": 1}
        said = await desk.hands.post("message", user="U0ANNA", channel="C0GENERAL", text="@ravi see <b> & https://a.be")
        assert said["message"]["text"] == "<@U0RAVI> see &lt;b&gt; &amp; <https://a.be>"
        assert said["message"]["client_msg_id"]
        (block,) = said["message"]["blocks"]
        kinds = [one["type"] for one in block["elements"][0]["elements"]]
        assert kinds == ["user", "text", "link"]


async def test_posting_is_refused_as_slack_refuses_it() -> None:
    async with opened() as desk:
        post = "chat.postMessage"
        assert await desk.refused(post, text="x") == "invalid_arguments"
        assert await desk.refused(post, channel="C0NOTHING", text="x") == "channel_not_found"
        assert await desk.refused(post, channel="C0GENERAL") == "no_text"
        assert await desk.refused(post, channel="C0GENERAL", text=" ") == "no_text"
        assert await desk.refused(post, channel="C0GENERAL", text="x" * 40_001) == "msg_too_long"
        assert await desk.refused(post, channel="C0GENERAL", blocks="{}") == "invalid_blocks_format"
        assert await desk.refused(post, channel="C0GENERAL", blocks="nonsense") == "invalid_blocks_format"
        both = {"text": "x", "markdown_text": "y"}
        assert await desk.refused(post, channel="C0GENERAL", **both) == "markdown_text_conflict"
        bad = json.dumps({"event_type": "x"})
        assert await desk.refused(post, channel="C0GENERAL", text="x", metadata=bad) == "invalid_metadata_format"
        await desk.hands.post("leave", user="U0MARIE", channel="C0LEGAL", member="U0BOT")
        assert await desk.refused(post, channel="C0LEGAL", text="x") == "channel_not_found"
        await desk.hands.post("leave", user="U0MARIE", channel="C0CONTRACTS", member="U0BOT")
        assert await desk.refused(post, channel="C0CONTRACTS", text="x") == "not_in_channel"
        assert await desk.refused("conversations.history", channel="C0CONTRACTS") == "not_in_channel"
        eph = {"channel": "C0GENERAL", "text": "x"}
        assert await desk.refused("chat.postEphemeral", **eph, user="U0NOBODY") == "user_not_in_channel"
        assert (await desk.client.chat_postMessage(channel="#general", text="by name"))["channel"] == "C0GENERAL"
        assert (await desk.client.chat_postMessage(channel="U0ANNA", text="direct"))["channel"] == "D0ANNA"


async def test_only_own_messages_change() -> None:
    async with opened() as desk:
        said = await desk.hands.post("message", user="U0ANNA", channel="C0GENERAL", text="mine")
        ts = said["message"]["ts"]
        where = {"channel": "C0GENERAL", "ts": ts}
        assert await desk.refused("chat.update", **where, text="x") == "cant_update_message"
        assert await desk.refused("chat.delete", **where) == "cant_delete_message"
        assert await desk.refused("chat.delete", channel="C0GENERAL", ts="1.1") == "message_not_found"
        own = await desk.client.chat_postMessage(channel="C0GENERAL", text="a", blocks=[DIVIDER])
        changed = await desk.client.chat_update(channel="C0GENERAL", ts=own["ts"], text="b", blocks=[DIVIDER])
        assert changed["text"] == "b"
        assert changed["message"]["blocks"][0]["type"] == "divider"
        assert changed["message"]["edited"]["user"] == "U0BOT"
        for emptied in ({}, {"blocks": []}):
            plain = await desk.client.chat_update(channel="C0GENERAL", ts=own["ts"], text="c", **emptied)
            assert "blocks" not in plain["message"]
        too_long = {"channel": "C0GENERAL", "ts": own["ts"], "text": "x" * 4_001}
        assert await desk.refused("chat.update", **too_long) == "msg_too_long"
        link = await desk.client.chat_getPermalink(channel="C0GENERAL", message_ts=own["ts"])
        assert link["permalink"].endswith("/archives/C0GENERAL/p" + own["ts"].replace(".", ""))
        await desk.client.chat_delete(channel="C0GENERAL", ts=own["ts"])
        left = await desk.client.conversations_history(channel="C0GENERAL")
        assert [m["text"] for m in left["messages"]] == ["mine"]


async def test_what_an_update_leaves_as_it_is() -> None:
    async with opened() as desk:
        metadata = {"event_type": "asked", "event_payload": {"id": "1"}}
        own = await desk.client.chat_postMessage(
            channel="C0GENERAL", text="a", attachments=[{"text": "kept"}], metadata=metadata
        )
        where = {"channel": "C0GENERAL", "ts": own["ts"]}
        changed = (await desk.client.chat_update(**where, text="b"))["message"]
        assert changed["attachments"] == [{"text": "kept", "id": 1, "fallback": "kept"}]
        assert changed["metadata"] == metadata
        changed = (await desk.call("chat.update", json={**where, "blocks": [DIVIDER]}))["message"]
        assert (changed["text"], len(changed["blocks"])) == ("", 1)
        empty = await desk.call("chat.update", json={**where, "text": "c", "attachments": [], "metadata": {}})
        assert not {"attachments", "metadata"} & set(empty["message"])
        await desk.client.conversations_kick(channel="C0CONTRACTS", user="U0ANNA")
        there = (await desk.client.chat_postMessage(channel="C0CONTRACTS", text="x"))["ts"]
        await desk.client.conversations_archive(channel="C0CONTRACTS")
        assert await desk.refused("chat.update", channel="C0CONTRACTS", ts=there, text="y") == "is_inactive"


async def test_a_reply_to_what_is_gone_stands_in_the_channel() -> None:
    async with opened() as desk:
        said = await desk.hands.post("message", user="U0ANNA", channel="C0GENERAL", text="gone soon")
        ts = said["message"]["ts"]
        await desk.hands.post("delete", user="U0ANNA", channel="C0GENERAL", message_ts=ts)
        for text in ("one", "two"):
            alone = await desk.client.chat_postMessage(
                channel="C0GENERAL", text=text, thread_ts=ts, reply_broadcast=True
            )
            assert not {"thread_ts", "subtype"} & set(alone["message"])
        shown = (await desk.client.conversations_history(channel="C0GENERAL"))["messages"]
        assert [message["text"] for message in shown] == ["two", "one"]


async def test_a_thread_whose_first_message_is_deleted() -> None:
    async with opened() as desk:
        said = await desk.hands.post("message", user="U0ANNA", channel="C0GENERAL", text="root")
        ts = said["message"]["ts"]
        reply = await desk.client.chat_postMessage(channel="C0GENERAL", text="reply", thread_ts=ts)
        await desk.hands.post("delete", user="U0ANNA", channel="C0GENERAL", message_ts=ts)
        thread = (await desk.client.conversations_replies(channel="C0GENERAL", ts=ts))["messages"]
        assert [(one.get("subtype"), one["text"]) for one in thread] == [
            ("tombstone", "This message was deleted."),
            (None, "reply"),
        ]
        assert (
            await desk.refused("reactions.add", channel="C0GENERAL", timestamp=ts, name="eyes") == "message_not_found"
        )
        more = await desk.client.chat_postMessage(channel="C0GENERAL", text="more", thread_ts=ts)
        assert more["message"]["thread_ts"] == ts
        for one in (reply, more):
            await desk.client.chat_delete(channel="C0GENERAL", ts=one["ts"])
        assert (await desk.client.conversations_history(channel="C0GENERAL"))["messages"] == []


async def test_history_pages_and_bounds() -> None:
    async with opened() as desk:
        stamps = [(await desk.client.chat_postMessage(channel="C0GENERAL", text=str(n)))["ts"] for n in range(7)]
        texts: list[str] = []
        async for page in await desk.client.conversations_history(channel="C0GENERAL", limit=3):
            texts += [m["text"] for m in page["messages"]]
        assert texts == ["6", "5", "4", "3", "2", "1", "0"]
        bounds = {"channel": "C0GENERAL", "oldest": stamps[2], "latest": stamps[4]}
        inner = await desk.client.conversations_history(**bounds)
        assert [m["text"] for m in inner["messages"]] == ["3"]
        outer = await desk.client.conversations_history(**bounds, inclusive=True)
        assert [m["text"] for m in outer["messages"]] == ["4", "3", "2"]
        assert await desk.refused("conversations.history", channel="C0GENERAL", cursor="x") == "invalid_cursor"
        assert await desk.refused("conversations.history", channel="C0GENERAL", limit="x") == "invalid_limit"
        assert await desk.refused("conversations.history", channel="C0GENERAL", oldest="x") == "invalid_ts_oldest"


async def test_threads() -> None:
    async with opened() as desk:
        root = await desk.hands.post("message", user="U0ANNA", channel="C0GENERAL", text="root")
        ts = root["message"]["ts"]
        await desk.client.chat_postMessage(channel="C0GENERAL", thread_ts=ts, text="quiet")
        await desk.client.chat_postMessage(channel="C0GENERAL", thread_ts=ts, text="loud", reply_broadcast=True)
        await desk.client.chat_postEphemeral(channel="C0GENERAL", user="U0ANNA", thread_ts=ts, text="private")
        history = (await desk.client.conversations_history(channel="C0GENERAL"))["messages"]
        assert [m["text"] for m in history] == ["loud", "root"]
        assert (history[1]["reply_count"], history[1]["reply_users"]) == (2, ["U0BOT"])
        thread = (await desk.client.conversations_replies(channel="C0GENERAL", ts=ts))["messages"]
        assert [m["text"] for m in thread] == ["root", "quiet", "loud"]
        assert thread[1]["parent_user_id"] == "U0ANNA"
        seen = await desk.hands.seen("U0ANNA", "C0GENERAL", thread_ts=ts)
        assert [m["text"] for m in seen] == ["root", "quiet", "loud", "private"]
        seen = await desk.hands.seen("U0RAVI", "C0GENERAL", thread_ts=ts)
        assert [m["text"] for m in seen] == ["root", "quiet", "loud"]
        assert await desk.refused("conversations.replies", channel="C0GENERAL", ts="1.1") == "thread_not_found"


def manifest(*more: str, home: dict[str, bool] | None = None) -> dict[str, Any]:
    """The manifest with more scopes, and other tabs of the app's Home."""
    features = {**MANIFEST["features"], **({"app_home": home} if home else {})}
    return {**MANIFEST, "features": features, "oauth_config": {"scopes": {"bot": [*SCOPES, *more]}}}


async def test_posting_where_the_bot_is_not() -> None:
    async with opened(manifest("chat:write.public")) as desk:
        public = (await desk.hands.post("create", user="U0ANNA", name="fresh"))["channel"]["id"]
        secret = (await desk.hands.post("create", user="U0ANNA", name="secret", private=True))["channel"]["id"]
        assert (await desk.client.chat_postMessage(channel=public, text="x"))["ok"] is True
        assert await desk.refused("chat.postMessage", channel=secret, text="x") == "channel_not_found"


async def test_another_name_for_one_message() -> None:
    async with opened() as desk:
        named = {"channel": "C0GENERAL", "text": "x", "username": "Clerk", "icon_emoji": ":ledger:"}
        assert await desk.refused("chat.postMessage", **named) == "missing_scope"
    async with opened(manifest("chat:write.customize")) as desk:
        message = (await desk.client.chat_postMessage(**named))["message"]
        assert (message["username"], message["icon_emoji"]) == ("Clerk", ":ledger:")


async def test_a_messages_tab_that_is_off_or_read_only() -> None:
    async with opened(manifest(home={"messages_tab_enabled": False})) as desk:
        assert await desk.refused("chat.postMessage", channel="U0ANNA", text="x") == "messages_tab_disabled"
        closed = await desk.hands.post("message", 400, user="U0ANNA", channel="D0ANNA", text="x")
        assert "no messages tab" in closed["error"]
        assert (
            await desk.refused("views.publish", user_id="U0ANNA", view='{"type":"home","blocks":[]}') == "not_enabled"
        )
    async with opened(manifest(home={"messages_tab_enabled": True, "messages_tab_read_only_enabled": True})) as desk:
        assert (await desk.client.chat_postMessage(channel="U0ANNA", text="x"))["ok"] is True
        closed = await desk.hands.post("message", 400, user="U0ANNA", channel="D0ANNA", text="x")
        assert "turned off" in closed["error"]


async def test_attachments() -> None:
    async with opened() as desk:
        many = json.dumps([{"text": "x"}] * 101)
        where = {"channel": "C0GENERAL", "text": "x"}
        assert await desk.refused("chat.postMessage", **where, attachments=many) == "too_many_attachments"
        assert await desk.refused("chat.postMessage", **where, attachments='["x"]') == "invalid_attachments"
        bad = json.dumps([{"blocks": [{"type": "nonsense"}]}])
        assert await desk.refused("chat.postMessage", **where, attachments=bad) == "invalid_blocks"
        good = [{"color": "good", "blocks": [{"type": "divider"}]}]
        message = (await desk.client.chat_postMessage(channel="C0GENERAL", text="x", attachments=good))["message"]
        assert message["attachments"][0]["color"] == "good"


async def test_a_reply_shown_in_the_channel_too() -> None:
    async with opened() as desk:
        root = await desk.client.chat_postMessage(channel="C0GENERAL", text="root")
        reply = await desk.client.chat_postMessage(
            channel="C0GENERAL", text="reply", thread_ts=root["ts"], reply_broadcast=True
        )
        assert reply["message"]["subtype"] == "thread_broadcast"
        history = (await desk.client.conversations_history(channel="C0GENERAL"))["messages"]
        assert [message["text"] for message in history] == ["reply", "root"]
        link = await desk.client.chat_getPermalink(channel="C0GENERAL", message_ts=reply["ts"])
        assert f"?thread_ts={root['ts']}" in link["permalink"]
