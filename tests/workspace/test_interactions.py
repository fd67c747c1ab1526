"""Clicks, containers, trigger ids, response_url, options and shortcuts, in both transports."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.workspace.harness import Stage, stage

Json = dict[str, Any]
pytestmark = pytest.mark.parametrize("transport", ["http", "socket"])
TEXT: Json = {"type": "plain_text", "text": "x"}
OPTIONS: list[Json] = [{"text": TEXT, "value": "one"}, {"text": TEXT, "value": "two"}]
ACTS: Json = {
    "type": "actions",
    "block_id": "acts",
    "elements": [
        {"type": "button", "action_id": "go", "value": "7", "text": TEXT},
        {"type": "static_select", "action_id": "pick", "options": OPTIONS},
        {"type": "overflow", "action_id": "more", "options": OPTIONS},
        {"type": "users_select", "action_id": "who"},
        {"type": "datepicker", "action_id": "day", "initial_date": "2026-01-02"},
        {"type": "checkboxes", "action_id": "boxes", "options": OPTIONS},
    ],
}
MODAL: Json = {"type": "modal", "title": TEXT, "blocks": [{"type": "section", "text": TEXT}]}


def take_all(got: list[Json]) -> Callable[[AsyncApp], None]:
    """An app that notes every click and acknowledges it."""

    def register(app: AsyncApp) -> None:
        for name in ("go", "pick", "more", "who", "day", "boxes"):

            async def take(ack: Any, body: Json) -> None:
                got.append(body)
                await ack()

            app.action(name)(take)

    return register


async def post_acts(on: Stage) -> str:
    posted = await on.client.chat_postMessage(channel="C0GENERAL", text="acts", blocks=[ACTS])
    return str(posted["ts"])


async def test_actions_of_a_message_and_its_state(transport: str) -> None:
    got: list[Json] = []
    async with stage(transport, take_all(got)) as on:
        ts = await post_acts(on)
        where = {"user": "U0ANNA", "channel": "C0GENERAL", "message_ts": ts}
        await on.hands.post("click", **where, action_id="pick", value="two")
        await on.hands.post("click", **where, action_id="who", selected="U0RAVI")
        await on.hands.post("click", **where, action_id="boxes", value=["one", "two"])
        await on.hands.post("click", **where, action_id="more", value="one")
        await on.hands.post("click", **where, action_id="go", block_id="acts")
        picks = [body["actions"][0] for body in got]
        assert picks[0]["selected_option"] == OPTIONS[1]
        assert picks[1]["selected_user"] == "U0RAVI"
        assert picks[2]["selected_options"] == OPTIONS
        assert picks[3]["selected_option"] == OPTIONS[0]
        assert picks[4] | {"action_ts": ""} == {
            "type": "button",
            "action_id": "go",
            "block_id": "acts",
            "text": TEXT,
            "value": "7",
            "action_ts": "",
        }
        body = got[-1]
        assert body["container"] == {
            "type": "message",
            "message_ts": ts,
            "channel_id": "C0GENERAL",
            "is_ephemeral": False,
        }
        assert body["message"]["ts"] == ts
        assert body["channel"] == {"id": "C0GENERAL", "name": "general"}
        assert body["state"]["values"]["acts"] == {
            "pick": {"type": "static_select", "selected_option": OPTIONS[1]},
            "who": {"type": "users_select", "selected_user": "U0RAVI"},
            "day": {"type": "datepicker", "selected_date": "2026-01-02"},
            "boxes": {"type": "checkboxes", "selected_options": OPTIONS},
        }
        wrong = await on.hands.post("click", 400, **where, action_id="pick", value="three")
        assert "'three' is not among the options" in wrong["error"]
        missing = await on.hands.post("click", 404, **where, action_id="nothing")
        assert "boxes, day, go" in missing["error"]


async def test_containers_of_ephemeral_and_home_and_modal(transport: str) -> None:
    got: list[Json] = []
    async with stage(transport, take_all(got)) as on:
        eph = await on.client.chat_postEphemeral(channel="C0GENERAL", user="U0ANNA", text="acts", blocks=[ACTS])
        where = {"channel": "C0GENERAL", "message_ts": eph["message_ts"], "action_id": "go"}
        await on.hands.post("click", 404, user="U0RAVI", **where)
        await on.hands.post("click", user="U0ANNA", **where)
        assert got[0]["container"]["is_ephemeral"] is True
        assert "message" not in got[0]

        home = await on.client.views_publish(user_id="U0ANNA", view={"type": "home", "blocks": [ACTS]})
        await on.hands.post("click", user="U0ANNA", view_id=home["view"]["id"], action_id="go")
        assert got[1]["container"] == {"type": "view", "view_id": home["view"]["id"]}
        assert got[1]["view"]["type"] == "home"
        assert "response_url" not in got[1]
        assert "channel" not in got[1]

        opened = await on.client.views_open(trigger_id=got[1]["trigger_id"], view={**MODAL, "blocks": [ACTS]})
        await on.hands.post("click", user="U0ANNA", view_id=opened["view"]["id"], action_id="pick", value="one")
        assert got[2]["view"]["state"]["values"]["acts"]["pick"]["selected_option"] == OPTIONS[0]


async def test_trigger_ids_are_good_once_for_three_seconds(transport: str) -> None:
    got: list[Json] = []
    async with stage(transport, take_all(got)) as on:
        ts = await post_acts(on)
        where = {"user": "U0ANNA", "channel": "C0GENERAL", "message_ts": ts, "action_id": "go"}
        await on.hands.post("click", **where)
        await on.client.views_open(trigger_id=got[0]["trigger_id"], view=MODAL)
        await on.hands.post("click", **where)
        await on.hands.post("clock", advance=3.1)
        for trigger, error in (
            (got[0]["trigger_id"], "exchanged_trigger_id"),
            (got[1]["trigger_id"], "expired_trigger_id"),
            ("1.2.3", "invalid_trigger_id"),
        ):
            with pytest.raises(SlackApiError, match=error):
                await on.client.views_open(trigger_id=trigger, view=MODAL)


async def test_response_url_five_times_within_thirty_minutes(transport: str) -> None:
    got: list[Json] = []
    async with stage(transport, take_all(got)) as on:
        ts = await post_acts(on)
        where = {"user": "U0ANNA", "channel": "C0GENERAL", "message_ts": ts, "action_id": "go"}
        await on.hands.post("click", **where)
        hook = AsyncWebhookClient(got[0]["response_url"])
        bad = await hook.send(blocks=[{"type": "nonsense"}])
        assert (bad.status_code, "invalid_blocks" in bad.body) == (400, True)
        first = await hook.send(text="only for you")
        assert (first.status_code, first.body) == (200, "ok")
        assert [m["text"] for m in await on.hands.seen("U0RAVI", "C0GENERAL")] == ["acts"]
        await hook.send(text="to all", response_type="in_channel")
        await hook.send(text="acted", replace_original=True)
        assert [m["text"] for m in await on.hands.seen("U0RAVI", "C0GENERAL")] == ["acted", "to all"]
        assert [m["text"] for m in await on.hands.seen("U0ANNA", "C0GENERAL")] == [
            "acted",
            "only for you",
            "to all",
        ]
        await hook.send(delete_original=True)
        await hook.send(text="fifth")
        sixth = await hook.send(text="sixth")
        assert (sixth.status_code, "used_url" in sixth.body) == (404, True)
        tree = (await on.hands.trees("click"))[0]
        assert [post["status"] for post in tree["response_urls"]] == [400, 200, 200, 200, 200, 200, 404]


async def test_response_url_expires_and_replaces_ephemerals(transport: str) -> None:
    got: list[Json] = []
    async with stage(transport, take_all(got)) as on:
        eph = await on.client.chat_postEphemeral(channel="C0GENERAL", user="U0ANNA", text="acts", blocks=[ACTS])
        where = {"user": "U0ANNA", "channel": "C0GENERAL", "message_ts": eph["message_ts"]}
        await on.hands.post("click", **where, action_id="go")
        hook = AsyncWebhookClient(got[0]["response_url"])
        await hook.send(text="done", replace_original=True)
        (mine,) = await on.hands.seen("U0ANNA", "C0GENERAL")
        assert (mine["text"], mine["is_ephemeral"], mine.get("blocks")) == ("done", True, None)
        await hook.send(delete_original=True)
        assert await on.hands.seen("U0ANNA", "C0GENERAL") == []
        await on.hands.post("clock", advance=30 * 60 + 1)
        late = await hook.send(text="late")
        assert (late.status_code, "expired_url" in late.body) == (404, True)


async def test_click_that_times_out_is_told_to_the_person(transport: str) -> None:
    gate = asyncio.Event()

    def register(app: AsyncApp) -> None:
        @app.action("go")
        async def slow(ack: Any) -> None:
            await gate.wait()

    async with stage(transport, register) as on:
        on.ws.budget_seconds = 0.05
        ts = await post_acts(on)
        where = {"user": "U0ANNA", "channel": "C0GENERAL", "message_ts": ts, "action_id": "go"}
        answer = await on.hands.post("click", **where)
        assert answer["timeout"] is True
        seen = await on.hands.seen("U0ANNA", "C0GENERAL")
        assert "operation_timeout" in seen[-1]["text"]
        assert len(await on.hands.seen("U0RAVI", "C0GENERAL")) == 1
        gate.set()


async def test_block_suggestion(transport: str) -> None:
    got: list[Json] = []
    block: Json = {
        "type": "actions",
        "block_id": "b",
        "elements": [{"type": "external_select", "action_id": "find", "min_query_length": 1}],
    }

    def register(app: AsyncApp) -> None:
        @app.options("find")
        async def find(ack: Any, body: Json) -> None:
            got.append(body)
            fitting = [one for one in OPTIONS if body["value"] in one["value"]]
            await (ack(options=fitting) if body["value"] != "bad" else ack(options=[{"value": "no text"}]))

        @app.action("find")
        async def found(ack: Any, body: Json) -> None:
            got.append(body)
            await ack()

    async with stage(transport, register) as on:
        posted = await on.client.chat_postMessage(channel="C0GENERAL", text="x", blocks=[block])
        where = {"user": "U0ANNA", "channel": "C0GENERAL", "message_ts": posted["ts"], "action_id": "find"}
        assert (await on.hands.post("options", **where, query="tw"))["options"] == [OPTIONS[1]]
        assert got[0]["type"] == "block_suggestion"
        assert (got[0]["value"], got[0]["block_id"]) == ("tw", "b")
        assert got[0]["container"]["message_ts"] == posted["ts"]
        bad = await on.hands.post("options", **where, query="bad")
        assert bad["options"] == []
        assert "trouble" in bad["error"]
        await on.hands.post("click", **where, value="two")
        assert got[-1]["actions"][0]["selected_option"] == OPTIONS[1]


async def test_options_that_come_too_late(transport: str) -> None:
    gate = asyncio.Event()
    block: Json = {"type": "actions", "elements": [{"type": "external_select", "action_id": "find"}]}

    def register(app: AsyncApp) -> None:
        @app.options("find")
        async def find(ack: Any) -> None:
            await gate.wait()

    async with stage(transport, register) as on:
        on.ws.budget_seconds = 0.05
        posted = await on.client.chat_postMessage(channel="C0GENERAL", text="x", blocks=[block])
        where = {"user": "U0ANNA", "channel": "C0GENERAL", "message_ts": posted["ts"], "action_id": "find"}
        answer = await on.hands.post("options", **where, query="x")
        assert (answer["options"], answer["timeout"]) == ([], True)
        gate.set()


async def test_shortcuts(transport: str) -> None:
    got: list[Json] = []

    def register(app: AsyncApp) -> None:
        async def take(ack: Any, body: Json) -> None:
            got.append(body)
            await ack()

        app.shortcut("anywhere")(take)
        app.shortcut("on_this")(take)

    async with stage(transport, register) as on:
        said = await on.hands.post("message", user="U0RAVI", channel="C0GENERAL", text="look")
        ts = said["message"]["ts"]
        await on.hands.post("shortcut", user="U0ANNA", callback_id="anywhere")
        await on.hands.post("shortcut", user="U0ANNA", callback_id="on_this", channel="C0GENERAL", message_ts=ts)
        assert got[0]["type"] == "shortcut"
        assert "channel" not in got[0]
        assert (got[1]["type"], got[1]["message"]["text"]) == ("message_action", "look")
        assert got[1]["message_ts"] == ts
        opened = await on.client.views_open(trigger_id=got[1]["trigger_id"], view=MODAL)
        assert opened["view"]["root_view_id"] == opened["view"]["id"]
        hook = AsyncWebhookClient(got[1]["response_url"])
        await hook.send(text="thanks")
        assert [m["text"] for m in await on.hands.seen("U0ANNA", "C0GENERAL")] == ["look", "thanks"]
        assert (await hook.send(text="instead", replace_original=True)).status_code == 200
        assert (await hook.send(delete_original=True)).status_code == 400
        assert [m["text"] for m in await on.hands.seen("U0ANNA", "C0GENERAL")] == ["look", "thanks", "instead"]
        own = (await on.client.chat_postMessage(channel="C0GENERAL", text="ours"))["ts"]
        await on.hands.post("shortcut", user="U0ANNA", callback_id="on_this", channel="C0GENERAL", message_ts=own)
        await AsyncWebhookClient(got[2]["response_url"]).send(text="changed", replace_original=True)
        assert (await on.hands.seen("U0ANNA", "C0GENERAL"))[-1]["text"] == "changed"
        await on.hands.post("shortcut", 404, user="U0ANNA", callback_id="nothing")
        await on.hands.post("shortcut", 400, user="U0ANNA", callback_id="on_this")


async def test_private_places_stay_private(transport: str) -> None:
    got: list[Json] = []
    async with stage(transport, take_all(got)) as on:
        posted = await on.client.chat_postMessage(channel="C0LEGAL", text="acts", blocks=[ACTS])
        where = {"channel": "C0LEGAL", "message_ts": posted["ts"], "action_id": "go"}
        await on.hands.post("click", 404, user="U0ANNA", **where)
        await on.hands.post("click", user="U0MARIE", **where)
        assert got[0]["channel"] == {"id": "C0LEGAL", "name": "privategroup"}
        await on.hands.get("messages", 404, user="U0ANNA", channel="C0LEGAL")
        await on.hands.post("command", 404, user="U0ANNA", channel="C0LEGAL", command="/probe", text="")
        names = {c["id"] for c in (await on.hands.get("channels", user="U0ANNA"))["channels"]}
        assert names == {"C0GENERAL", "C0CONTRACTS", "D0ANNA"}
