"""What every element holds: empty, at first, and once a person has filled it in, in both transports."""

from typing import Any

import pytest

from tests.workspace.forms import OPTIONS, App, Json, both, field, modal
from tests.workspace.harness import stage

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


def test_picked_table_covers_every_element() -> None:
    from workspace.elements import EXTERNAL, KINDS  # noqa: PLC0415

    covered = {element["type"] for element, *_ in EVERY} | EXTERNAL | {"file_input"}
    assert covered == set(KINDS)
