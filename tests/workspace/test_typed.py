"""What people type with Slack's marks, as rich text and as message text."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workspace.desk import opened
from workspace import Clock, Workspace
from workspace.blocks import problems
from workspace.records import Channel, User
from workspace.typed import Names, command_text, rich

Json = dict[str, Any]
NAMES = Names(
    {"U0ANNA": User("U0ANNA", "anna", "Anna Peeters")}, {"C0ONE": Channel("C0ONE", "one", "channel", (), "", 0)}
)


def text(words: str, *styles: str) -> Json:
    styled = {"style": dict.fromkeys(styles, True)} if styles else {}
    return {"type": "text", "text": words, **styled}


@pytest.mark.parametrize(
    ("typed", "elements", "said"),
    [
        ("plain & <b>", [text("plain & <b>")], "plain &amp; &lt;b&gt;"),
        ("*bold*", [text("bold", "bold")], "*bold*"),
        ("a _b_ ~c~", [text("a "), text("b", "italic"), text(" "), text("c", "strike")], "a _b_ ~c~"),
        ("*_both_*", [text("both", "italic", "bold")], "*_both_*"),
        ("`*code*`", [text("*code*", "code")], "`*code*`"),
        ("snake_case_name 2*3*4", [text("snake_case_name 2*3*4")], "snake_case_name 2*3*4"),
        ("* not bold*", None, "• not bold*"),
        ("one\ntwo", [text("one\ntwo")], "one\ntwo"),
        (
            "*hey @anna*",
            [text("hey ", "bold"), {"type": "user", "user_id": "U0ANNA", "style": {"bold": True}}],
            "*hey <@U0ANNA>*",
        ),
        ("`@anna` @nobody", [text("@anna", "code"), text(" @nobody")], "`@anna` @nobody"),
        (
            "[the clause](https://example.com/a_b_c)",
            [{"type": "link", "url": "https://example.com/a_b_c", "text": "the clause"}],
            "<https://example.com/a_b_c|the clause>",
        ),
        (
            "https://example.com/a_b_c #one",
            [
                {"type": "link", "url": "https://example.com/a_b_c"},
                text(" "),
                {"type": "channel", "channel_id": "C0ONE"},
            ],
            "<https://example.com/a_b_c> <#C0ONE>",
        ),
        (
            ":wave::skin-tone-3: at 10:30:15",
            [{"type": "emoji", "name": "wave", "unicode": "1f44b-1f3fc", "skin_tone": 3}, text(" at 10:30:15")],
            ":wave::skin-tone-3: at 10:30:15",
        ),
        (
            "\U0001f44b\U0001f3fc ok \U0001f389 \u00a9 \u00e9",
            [
                {"type": "emoji", "name": "wave", "unicode": "1f44b-1f3fc", "skin_tone": 3},
                text(" ok "),
                {"type": "emoji", "name": "tada", "unicode": "1f389"},
                text(" \u00a9 \u00e9"),
            ],
            ":wave::skin-tone-3: ok :tada: \u00a9 \u00e9",
        ),
    ],
)
def test_a_line(typed: str, elements: list[Json] | None, said: str) -> None:
    found = rich(typed, NAMES)
    assert found.text == said
    if elements is not None:
        assert found.parts == [{"type": "rich_text_section", "elements": elements}]


def test_lists_quotes_and_code_blocks() -> None:
    found = rich(
        "Do:\n- one\n- *two*\n    - deeper\n3. three\n4. four\n> said\n> so\n```\nx = <1>\n  y\n```\nend", NAMES
    )
    shown = [(part["type"], part.get("style"), part.get("indent"), part.get("offset")) for part in found.parts]
    assert shown == [
        ("rich_text_section", None, None, None),
        ("rich_text_list", "bullet", 0, None),
        ("rich_text_list", "bullet", 1, None),
        ("rich_text_list", "ordered", 0, 2),
        ("rich_text_quote", None, None, None),
        ("rich_text_preformatted", None, None, None),
        ("rich_text_section", None, None, None),
    ]
    assert found.parts[1]["elements"][1]["elements"] == [text("two", "bold")]
    assert found.parts[4]["elements"] == [text("said\nso")]
    assert found.parts[5]["elements"] == [text("x = <1>\n  y")]
    assert found.text == (
        "Do:\n• one\n• *two*\n    • deeper\n3. three\n4. four\n&gt; said\n&gt; so\n```x = &lt;1&gt;\n  y```\nend"
    )


@given(st.text(alphabet="ab *_~`>-1.\n@#:[](){}<>&", max_size=60))
def test_whatever_is_typed_becomes_blocks_that_slack_takes(typed: str) -> None:
    found = rich(typed, NAMES)
    if typed.strip():
        assert not problems([found.block("b")], "message"), found.parts
        assert found.text.strip()


def test_commands_resolve_mentions_only() -> None:
    assert command_text("*a* @anna & #one", NAMES, resolve=True) == "*a* <@U0ANNA|anna> &amp; <#C0ONE|one>"


async def test_only_what_a_person_sees_is_resolved() -> None:
    ws = Workspace(manifest={}, clock=Clock())
    assert rich("#legal", ws.names("U0MARIE")).text == "<#C0LEGAL>"
    assert rich("#legal <#C0LEGAL>", ws.names("U0ANNA")).text == "#legal &lt;#C0LEGAL&gt;"


async def test_an_edited_message_is_read_like_a_new_one() -> None:
    async with opened() as desk:
        said = (await desk.hands.post("message", user="U0ANNA", channel="C0GENERAL", text="x"))["message"]
        where = {"user": "U0ANNA", "channel": "C0GENERAL", "message_ts": said["ts"]}
        edited = (await desk.hands.post("edit", **where, text="*x*\n- y"))["message"]
        kinds = [part["type"] for part in edited["blocks"][0]["elements"]]
        assert (edited["text"], kinds) == ("*x*\n• y", ["rich_text_section", "rich_text_list"])
