"""Modals and Homes: ids, hashes, stacks, answers to submissions, closing."""

import asyncio
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from tests.workspace.forms import App, Json, both, field, modal, text
from tests.workspace.harness import stage


@both
async def test_ids_stay_and_hashes_conflict(transport: str) -> None:
    app = App()
    async with stage(transport, app.register) as on:
        opened = await app.open(on, modal(external_id="mine"))
        updated = await on.client.views_update(view_id=opened["id"], hash=opened["hash"], view=modal())
        assert updated["view"]["id"] == opened["id"]
        assert updated["view"]["hash"] != opened["hash"]
        with pytest.raises(SlackApiError, match="hash_conflict"):
            await on.client.views_update(view_id=opened["id"], hash=opened["hash"], view=modal())
        await on.client.views_update(external_id="mine", view=modal(external_id="mine"))
        await on.hands.type("U0RAVI", "/probe")
        with pytest.raises(SlackApiError, match="duplicate_external_id"):
            await on.client.views_open(trigger_id=app.trigger, view=modal(external_id="mine"))
        for wrong in ({"view_id": "V0NOTHING"}, {"external_id": "theirs"}):
            with pytest.raises(SlackApiError, match="not_found"):
                await on.client.views_update(**wrong, view=modal())


@both
async def test_an_update_keeps_what_was_entered(transport: str) -> None:
    app = App()
    async with stage(transport, app.register) as on:
        element = {"type": "plain_text_input"}
        opened = await app.open(on, modal(field("a", element, dispatch_action=True), field("b", element)))
        click = {"user": "U0ANNA", "view_id": opened["id"], "action_id": "in"}
        await on.hands.post("click", **click, block_id="b", value="quiet")
        await on.hands.post("click", **click, block_id="a", value="typed")
        (body,) = app.got
        assert body["actions"][0] | {"action_ts": ""} == {
            "type": "plain_text_input",
            "action_id": "in",
            "block_id": "a",
            "value": "typed",
            "action_ts": "",
        }
        assert body["view"]["state"]["values"]["b"]["in"]["value"] == "quiet"
        updated = await on.client.views_update(
            view_id=opened["id"], view=modal(field("a", element), field("c", element))
        )
        values = updated["view"]["state"]["values"]
        assert values == {
            "a": {"in": {"type": "plain_text_input", "value": "typed"}},
            "c": {"in": {"type": "plain_text_input", "value": None}},
        }


@both
async def test_three_modals_deep(transport: str) -> None:
    app = App()
    async with stage(transport, app.register) as on:
        first = await app.open(on, modal(notify_on_close=True))
        second = await app.push(on, modal(notify_on_close=True))
        third = await app.push(on, modal(notify_on_close=True))
        assert second["previous_view_id"] == first["id"]
        assert third["previous_view_id"] == second["id"]
        assert {one["root_view_id"] for one in (first, second, third)} == {first["id"]}
        with pytest.raises(SlackApiError, match="push_limit_reached"):
            await app.push(on, modal())
        buried = await on.hands.post("submit", 400, user="U0ANNA", view_id=first["id"], values={})
        assert third["id"] in buried["error"]
        await on.hands.post("close", user="U0ANNA")
        await on.ws.settle()
        assert (app.got[0]["view"]["id"], app.got[0]["is_cleared"]) == (third["id"], False)
        await on.hands.post("close", user="U0ANNA", all=True)
        await on.ws.settle()
        assert {(one["view"]["id"], one["is_cleared"]) for one in app.got[1:]} == {
            (second["id"], True),
            (first["id"], True),
        }
        await on.hands.post("close", 404, user="U0ANNA")


@both
async def test_a_modal_opened_over_another_takes_its_place(transport: str) -> None:
    app = App()
    async with stage(transport, app.register) as on:
        first = await app.open(on, modal(notify_on_close=True))
        second = await app.push(on, modal(notify_on_close=True))
        silent = await app.push(on, modal())
        fresh = await app.open(on, modal(notify_on_close=True))
        await on.ws.settle()
        shown = (await on.hands.get("views", user="U0ANNA"))["views"]
        assert [view["id"] for view in shown] == [fresh["id"]]
        assert fresh["root_view_id"] == fresh["id"]
        assert fresh["previous_view_id"] is None
        closed = [(one["type"], one["view"]["id"], one["is_cleared"]) for one in app.got]
        assert sorted(closed) == sorted(("view_closed", view["id"], True) for view in (first, second))
        with pytest.raises(SlackApiError, match="not_found"):
            await on.client.views_update(view_id=silent["id"], view=modal())
        notes = [note for tree in await on.hands.trees("command") for note in tree["notes"]]
        assert any("took the place" in note for note in notes)


@both
async def test_answers_to_a_submission(transport: str) -> None:
    app = App()
    async with stage(transport, app.register) as on:
        first = await app.open(on, modal(field("f", {"type": "plain_text_input"})))
        app.answer = {"response_action": "errors", "errors": {"f": "No."}}
        assert await on.hands.post("submit", user="U0ANNA", values={"f": "x"}) == {"errors": {"f": "No."}}
        app.answer = {"response_action": "errors", "errors": {"elsewhere": "No."}}
        answer = await on.hands.post("submit", user="U0ANNA", values={})
        assert "trouble" in answer["error"]
        tree = (await on.hands.trees("submit"))[-1]
        assert "elsewhere" in tree["notes"][0]
        app.answer = {"response_action": "update", "view": modal(callback_id="form")}
        answer = await on.hands.post("submit", user="U0ANNA", values={})
        assert answer["view"]["id"] == first["id"]
        app.answer = {"response_action": "push", "view": modal(callback_id="form")}
        answer = await on.hands.post("submit", user="U0ANNA", values={})
        assert answer["view"]["previous_view_id"] == first["id"]
        app.answer = {"response_action": "update", "view": {"type": "modal", "blocks": []}}
        answer = await on.hands.post("submit", user="U0ANNA", values={})
        assert "trouble" in answer["error"]
        app.answer = {"response_action": "clear"}
        answer = await on.hands.post("submit", user="U0ANNA", values={})
        assert answer == {"closed": True, "cleared": True}
        assert (await on.hands.get("views", user="U0ANNA"))["views"] == []
        with pytest.raises(SlackApiError, match="not_found"):
            await on.client.views_update(view_id=first["id"], view=modal())


@both
async def test_submission_of_the_top_returns_to_the_one_below(transport: str) -> None:
    app = App()
    async with stage(transport, app.register) as on:
        first = await app.open(on, modal())
        await app.push(on, modal())
        assert await on.hands.post("submit", user="U0ANNA", values={}) == {"closed": True}
        (left,) = (await on.hands.get("views", user="U0ANNA"))["views"]
        assert left["id"] == first["id"]
        assert app.got[0]["type"] == "view_submission"
        assert app.got[0]["trigger_id"]


@both
async def test_a_submission_that_is_not_answered_in_time(transport: str) -> None:
    waiting = asyncio.Event()

    def register(app: AsyncApp) -> None:
        @app.command("/probe")
        async def probe(ack: Any, client: Any, body: Json) -> None:
            await client.views_open(trigger_id=body["trigger_id"], view=modal(callback_id="late"))
            await ack()

        @app.view("late")
        async def late(ack: Any) -> None:
            await waiting.wait()
            await ack()

    async with stage(transport, register) as on:
        await on.hands.type("U0ANNA", "/probe")
        on.ws.budget_seconds = 0.05
        answer = await on.hands.post("submit", user="U0ANNA", values={})
        waiting.set()
        assert (answer["closed"], answer["timeout"]) == (False, True)
        assert "Try again" in answer["error"]
        assert len((await on.hands.get("views", user="U0ANNA"))["views"]) == 1  # it stays, with what was entered


async def test_a_view_has_an_end() -> None:
    app = App()
    async with stage("http", app.register) as on:
        blocks = [field(f"b{at}", {"type": "plain_text_input", "initial_value": "x" * 3000}) for at in range(90)]
        with pytest.raises(SlackApiError, match="view_too_large"):
            await app.open(on, modal(*blocks))


async def test_response_urls_of_a_submission() -> None:
    app = App()
    select = {"type": "conversations_select", "response_url_enabled": True}
    async with stage("http", app.register) as on:
        await app.open(on, modal(field("where", select)))
        await on.hands.post("submit", user="U0ANNA", values={"where": "C0CONTRACTS"})
        (given,) = app.got[0]["response_urls"]
        assert (given["channel_id"], given["block_id"], given["action_id"]) == ("C0CONTRACTS", "where", "in")


@both
async def test_home_is_published_and_opened(transport: str) -> None:
    home: Json = {"type": "home", "blocks": [{"type": "section", "text": text("hello")}]}
    events: list[Json] = []

    def register(app: AsyncApp) -> None:
        @app.event("app_home_opened")
        async def opened(event: Json, client: Any) -> None:
            events.append(event)
            if event["tab"] == "home":
                await client.views_publish(user_id=event["user"], view=home)

    async with stage(transport, register) as on:
        shown = await on.hands.post("home", user="U0ANNA")
        assert shown["type"] == "home"
        assert shown["view"]["blocks"][0]["text"] == text("hello")
        again = await on.hands.post("home", user="U0ANNA")
        assert again["id"] == shown["id"]
        assert "view" not in events[0]
        assert events[1]["view"]["id"] == shown["id"]
        with pytest.raises(SlackApiError) as refused:
            await on.client.views_publish(user_id="U0NONE", view=home)
        assert refused.value.response["error"] == "invalid_arguments"
        assert refused.value.response["response_metadata"]["messages"] == ["invalid `user_id`"]
        assert (events[0]["tab"], events[0]["channel"]) == ("home", "D0ANNA")
        await on.hands.post("open", user="U0ANNA", channel="D0ANNA")
        await on.ws.settle()
        assert events[2]["tab"] == "messages"
        with pytest.raises(SlackApiError, match="hash_conflict"):
            await on.client.views_publish(user_id="U0ANNA", view=home, hash="1.x")
        assert (await on.hands.get("views", user="U0RAVI"))["home"] is None
