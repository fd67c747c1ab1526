"""Modals and Homes: ids, hashes, stacks, state, answers to submissions, closing."""

import asyncio
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from tests.workspace.harness import Stage, stage

Json = dict[str, Any]
both = pytest.mark.parametrize("transport", ["http", "socket"])
OPTIONS: list[Json] = [
    {"text": {"type": "plain_text", "text": value}, "value": value} for value in ("one", "two", "three")
]


def text(value: str) -> Json:
    return {"type": "plain_text", "text": value}


def field(block_id: str, element: Json, **more: Any) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "label": text(block_id),
        "element": {"action_id": "in", **element},
        **more,
    }


def modal(*blocks: Json, **more: Any) -> Json:
    shown = blocks or ({"type": "section", "text": text("x")},)
    return {"type": "modal", "title": text("M"), "submit": text("Send"), "blocks": list(shown), **more}


class App:
    """An app whose answers to submissions a test can set."""

    def __init__(self) -> None:
        self.answer: Json = {}
        self.got: list[Json] = []
        self.trigger = ""

    def register(self, app: AsyncApp) -> None:
        @app.command("/probe")
        async def probe(ack: Any, body: Json) -> None:
            self.trigger = body["trigger_id"]
            await ack()

        @app.view("form")
        async def form(ack: Any, body: Json) -> None:
            self.got.append(body)
            await ack(**self.answer)

        @app.view_closed("form")
        async def closed(ack: Any, body: Json) -> None:
            self.got.append(body)
            await ack()

        @app.action("in")
        async def acted(ack: Any, body: Json) -> None:
            self.got.append(body)
            await ack()

    async def open(self, on: Stage, view: Json) -> Json:
        await on.hands.type("U0ANNA", "/probe")
        opened = await on.client.views_open(trigger_id=self.trigger, view={"callback_id": "form", **view})
        shown: Json = opened["view"]
        return shown

    async def push(self, on: Stage, view: Json) -> Json:
        await on.hands.type("U0ANNA", "/probe")
        pushed = await on.client.views_push(trigger_id=self.trigger, view={"callback_id": "form", **view})
        shown: Json = pushed["view"]
        return shown


Picked = tuple[Json, Any, Json, Json]
EVERY: list[Picked] = [  # element, what a person enters, the entry when empty, the entry when entered
    ({"type": "plain_text_input"}, "words", {"value": None}, {"value": "words"}),
    ({"type": "email_text_input"}, "a@b.be", {"value": None}, {"value": "a@b.be"}),
    ({"type": "url_text_input"}, "https://a.be", {"value": None}, {"value": "https://a.be"}),
    ({"type": "number_input", "is_decimal_allowed": True}, "1.5", {"value": None}, {"value": "1.5"}),
    ({"type": "datepicker"}, "2026-12-04", {"selected_date": None}, {"selected_date": "2026-12-04"}),
    ({"type": "timepicker"}, "14:30", {"selected_time": None}, {"selected_time": "14:30"}),
    (
        {"type": "datetimepicker"},
        "2026-12-04T14:30:00+01:00",
        {"selected_date_time": None},
        {"selected_date_time": 1796391000},
    ),
    (
        {"type": "static_select", "options": OPTIONS},
        "two",
        {"selected_option": None},
        {"selected_option": OPTIONS[1]},
    ),
    (
        {"type": "radio_buttons", "options": OPTIONS},
        "two",
        {"selected_option": None},
        {"selected_option": OPTIONS[1]},
    ),
    (
        {"type": "checkboxes", "options": OPTIONS},
        ["one"],
        {"selected_options": []},
        {"selected_options": OPTIONS[:1]},
    ),
    (
        {"type": "multi_static_select", "options": OPTIONS},
        ["one", "two"],
        {"selected_options": []},
        {"selected_options": OPTIONS[:2]},
    ),
    ({"type": "users_select"}, "U0RAVI", {"selected_user": None}, {"selected_user": "U0RAVI"}),
    ({"type": "multi_users_select"}, ["U0RAVI"], {"selected_users": []}, {"selected_users": ["U0RAVI"]}),
    (
        {"type": "conversations_select"},
        "D0ANNA",
        {"selected_conversation": None},
        {"selected_conversation": "D0ANNA"},
    ),
    (
        {"type": "multi_conversations_select"},
        ["C0GENERAL"],
        {"selected_conversations": []},
        {"selected_conversations": ["C0GENERAL"]},
    ),
    ({"type": "channels_select"}, "C0GENERAL", {"selected_channel": None}, {"selected_channel": "C0GENERAL"}),
    (
        {"type": "multi_channels_select"},
        ["C0GENERAL"],
        {"selected_channels": []},
        {"selected_channels": ["C0GENERAL"]},
    ),
    (
        {"type": "rich_text_input"},
        "hi",
        {"rich_text_value": None},
        {
            "rich_text_value": {
                "type": "rich_text",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "hi"}]}],
            }
        },
    ),
]


@both
@pytest.mark.parametrize(("element", "entered", "empty", "filled"), EVERY, ids=lambda v: str(v)[:40])
async def test_state_of_every_element(transport: str, element: Json, entered: Any, empty: Json, filled: Json) -> None:
    app = App()
    async with stage(transport, app.register) as on:
        opened = await app.open(on, modal(field("f", element, optional=True)))
        entry = opened["state"]["values"]["f"]["in"]
        assert entry == {"type": element["type"], **empty}
        assert await on.hands.post("submit", user="U0ANNA", values={"f": entered}) == {"closed": True}
        sent = app.got[0]["view"]["state"]["values"]["f"]["in"]
        assert sent == {"type": element["type"], **filled}


async def test_initial_values_and_files() -> None:
    app = App()
    async with stage("http", app.register) as on:
        view = modal(
            field("a", {"type": "plain_text_input", "initial_value": "first"}),
            field("b", {"type": "static_select", "options": OPTIONS, "initial_option": OPTIONS[2]}),
            field("c", {"type": "checkboxes", "options": OPTIONS, "initial_options": OPTIONS[:2]}),
            field("d", {"type": "file_input", "max_files": 1}),
        )
        opened = await app.open(on, view)
        values = opened["state"]["values"]
        assert values["a"]["in"]["value"] == "first"
        assert values["b"]["in"]["selected_option"] == OPTIONS[2]
        assert values["c"]["in"]["selected_options"] == OPTIONS[:2]
        assert values["d"]["in"] == {"type": "file_input", "files": []}
        uploaded = await on.hands.post("upload", user="U0ANNA", name="a.txt", content="aGk=")
        await on.hands.post("submit", user="U0ANNA", values={"d": [uploaded["file"]["id"]], "a": "second"})
        sent = app.got[0]["view"]["state"]["values"]
        assert sent["d"]["in"]["files"][0]["name"] == "a.txt"
        assert sent["a"]["in"]["value"] == "second"


@pytest.mark.parametrize(
    ("element", "entered", "said"),
    [
        ({"type": "plain_text_input", "min_length": 3}, "ab", "at least 3"),
        ({"type": "plain_text_input", "max_length": 3}, "abcd", "at most 3"),
        ({"type": "number_input", "is_decimal_allowed": False}, "1.5", "number"),
        ({"type": "number_input", "is_decimal_allowed": False, "min_value": "5"}, "4", "5 or more"),
        ({"type": "number_input", "is_decimal_allowed": False, "max_value": "5"}, "6", "5 or less"),
        ({"type": "email_text_input"}, "nobody", "email"),
        ({"type": "url_text_input"}, "nowhere", "URL"),
        ({"type": "datepicker"}, "", "required"),
    ],
)
async def test_the_client_checks_before_it_sends(element: Json, entered: str, said: str) -> None:
    app = App()
    async with stage("http", app.register) as on:
        await app.open(on, modal(field("f", element)))
        answer = await on.hands.post("submit", user="U0ANNA", values={"f": entered})
        assert said in answer["errors"]["f"]
        assert app.got == []


async def test_menus_that_start_with_the_conversation_one_looks_at() -> None:
    app = App()
    async with stage("http", app.register) as on:
        one = {"type": "conversations_select", "default_to_current_conversation": True}
        view = modal(
            field("a", one),
            field("b", {**one, "initial_conversation": "C0CONTRACTS"}),
            field("c", {**one, "type": "multi_conversations_select", "initial_conversations": ["C0CONTRACTS"]}),
            field("d", {**one, "filter": {"include": ["im"]}}),
        )
        values = (await app.open(on, view))["state"]["values"]
        assert values["a"]["in"]["selected_conversation"] == "C0GENERAL"
        assert values["b"]["in"]["selected_conversation"] == "C0CONTRACTS"
        assert values["c"]["in"]["selected_conversations"] == ["C0GENERAL"]
        assert values["d"]["in"]["selected_conversation"] is None
        picked = {"a": "C0CONTRACTS", "d": "D0ANNA"}
        assert await on.hands.post("submit", user="U0ANNA", values=picked) == {"closed": True}
        sent = app.got[0]["view"]["state"]["values"]
        assert sent["a"]["in"]["selected_conversation"] == "C0CONTRACTS"


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
        assert (events[0]["tab"], events[0]["channel"]) == ("home", "D0ANNA")
        await on.hands.post("open", user="U0ANNA", channel="D0ANNA")
        await on.ws.settle()
        assert events[2]["tab"] == "messages"
        with pytest.raises(SlackApiError, match="hash_conflict"):
            await on.client.views_publish(user_id="U0ANNA", view=home, hash="1.x")
        assert (await on.hands.get("views", user="U0RAVI"))["home"] is None


def test_picked_table_covers_every_element() -> None:
    from workspace.elements import EXTERNAL, KINDS  # noqa: PLC0415

    covered = {element["type"] for element, *_ in EVERY} | EXTERNAL | {"file_input"}
    assert covered == set(KINDS)
