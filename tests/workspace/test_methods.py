"""The Web API's methods and their refusals, by the official client and by bare requests."""

import json
from typing import Any

import pytest
from aiohttp import ClientSession
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.workspace.harness import MANIFEST, Hands, open_workspace
from workspace import Server, Workspace

Json = dict[str, Any]


class Desk:
    """A workspace without an app, the SDK's client, and a bare session."""

    def __init__(self, ws: Workspace, server: Server, session: ClientSession) -> None:
        self.ws, self.server, self.session = ws, server, session
        self.client = AsyncWebClient(token="xoxb-local", base_url=server.api_url)
        self.hands = Hands(session, server.url)

    async def call(self, method: str, **kwargs: Any) -> Json:
        headers = {"Authorization": "Bearer xoxb-local", **kwargs.pop("headers", {})}
        verb = kwargs.pop("verb", "POST")
        url = f"{self.server.api_url}{method}"
        async with self.session.request(verb, url, headers=headers, **kwargs) as answer:
            body: Json = await answer.json()
            return body

    async def refused(self, method: str, **arguments: Any) -> str:
        answer = await self.call(method, data={k: str(v) for k, v in arguments.items()})
        assert answer["ok"] is False, answer
        return str(answer["error"])


class opened:
    """`async with opened() as desk`."""

    def __init__(self, manifest: Json = MANIFEST) -> None:
        self._workspace = open_workspace(manifest)

    async def __aenter__(self) -> Desk:
        ws, server = await self._workspace.__aenter__()
        self._session = ClientSession()
        return Desk(ws, server, self._session)

    async def __aexit__(self, *error: Any) -> None:
        await self._session.close()
        await self._workspace.__aexit__(*error)


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
        from aiohttp import FormData  # noqa: PLC0415

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
        assert await desk.refused(post, channel="C0GENERAL", text="x", thread_ts="1.1") == "thread_not_found"
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
        own = await desk.client.chat_postMessage(channel="C0GENERAL", text="a", blocks=[{"type": "divider"}])
        changed = await desk.client.chat_update(channel="C0GENERAL", ts=own["ts"], text="b")
        assert changed["text"] == "b"
        assert "blocks" not in changed["message"]
        assert changed["message"]["edited"]["user"] == "U0BOT"
        link = await desk.client.chat_getPermalink(channel="C0GENERAL", message_ts=own["ts"])
        assert link["permalink"].endswith("/archives/C0GENERAL/p" + own["ts"].replace(".", ""))
        await desk.client.chat_delete(channel="C0GENERAL", ts=own["ts"])
        left = await desk.client.conversations_history(channel="C0GENERAL")
        assert [m["text"] for m in left["messages"]] == ["mine"]


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
        assert (await desk.client.usergroups_list())["usergroups"] == []
        assert await desk.refused("usergroups.users.list", usergroup="S1") == "no_such_subteam"
        assert (await desk.client.team_info())["team"]["id"] == "T0LOCAL"
        assert (await desk.client.bots_info(bot="B0BOT"))["bot"]["user_id"] == "U0BOT"
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
        assert await desk.refused("reactions.add", **where, name="a b") == "invalid_name"
        gone = {"channel": "C0GENERAL", "timestamp": "1.1"}
        assert await desk.refused("reactions.add", **gone, name="eyes") == "message_not_found"
        await desk.client.pins_add(**where)
        assert await desk.refused("pins.add", **where) == "already_pinned"
        assert len((await desk.client.pins_list(channel="C0GENERAL"))["items"]) == 1
        await desk.client.pins_remove(**where)
        assert await desk.refused("pins.remove", **where) == "no_pin"


async def test_files() -> None:
    async with opened() as desk:
        shared = await desk.client.files_upload_v2(
            channel="C0GENERAL", content="hello", filename="a.txt", title="A", initial_comment="See"
        )
        file = shared["file"]
        assert (file["name"], file["title"], file["size"]) == ("a.txt", "A", 5)
        (message,) = (await desk.client.conversations_history(channel="C0GENERAL"))["messages"]
        assert (message["subtype"], message["text"], message["files"][0]["id"]) == (
            "file_share",
            "See",
            file["id"],
        )
        info = (await desk.client.files_info(file=file["id"]))["file"]
        assert info["channels"] == ["C0GENERAL"]
        async with desk.session.get(info["url_private"], headers={"Authorization": "Bearer xoxb-local"}) as content:
            assert await content.text() == "hello"
        assert await desk.refused("files.info", file="F0NONE") == "file_not_found"
        nothing = json.dumps([{"id": "F0NONE"}])
        assert await desk.refused("files.completeUploadExternal", files=nothing) == "file_not_found"
        empty = await desk.refused("files.getUploadURLExternal", filename="a", length="0")
        assert empty == "invalid_arguments"


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
        with pytest.raises(SlackApiError, match="thread_not_found"):
            await desk.client.assistant_threads_setStatus(channel_id="D0ANNA", thread_ts="1.1", status="x")


async def test_installing_by_oauth() -> None:
    async with opened() as desk:
        query = {"client_id": "local-client-id", "redirect_uri": "http://127.0.0.1:9/back", "state": "s"}
        url = f"{desk.server.url}/oauth/v2/authorize"
        async with desk.session.get(url, params=query, allow_redirects=False) as answer:
            target = answer.headers["Location"]
        assert "state=s" in target
        code = target.partition("code=")[2].partition("&")[0]
        exchange = {"client_id": "local-client-id", "client_secret": "local-client-secret", "code": code}
        assert await desk.refused("oauth.v2.access", **{**exchange, "client_id": "x"}) == "invalid_client_id"
        assert await desk.refused("oauth.v2.access", **{**exchange, "client_secret": "x"}) == "bad_client_secret"
        given = await desk.client.oauth_v2_access(**exchange)
        assert given["access_token"] == "xoxb-local"
        assert given["bot_user_id"] == "U0BOT"
        assert await desk.refused("oauth.v2.access", **exchange) == "invalid_code"


async def test_uninstalled_apps_are_refused() -> None:
    async with opened() as desk:
        assert (await desk.client.auth_revoke(test=True))["revoked"] is False
        await desk.hands.post("uninstall")
        assert await desk.refused("auth.test") == "account_inactive"
        await desk.hands.post("install")
        assert (await desk.client.auth_test())["ok"] is True
