"""Accounts elsewhere, buttons in tables and in attachments, and buttons for some people only, in both transports."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from tests.workspace.desk import opened
from tests.workspace.harness import MANIFEST, stage
from tests.workspace.kit import CELL, PROVIDER, Json, plain, section

both = pytest.mark.parametrize("transport", ["http", "socket"])
BUTTON: Json = {"type": "button", "action_id": "pay", "text": plain("Pay"), "value": "7"}
OWN: Json = {**BUTTON, "action_id": "own", "visible_to_user_ids": ["U0RAVI"]}
BLOCKS: list[Json] = [
    {**PROVIDER, "block_id": "drive", "auth_url": "https://login.example.com/in"},
    {
        "type": "data_table",
        "block_id": "fees",
        "caption": "Fees",
        "rows": [[CELL], [{"type": "action", "element": BUTTON}]],
    },
    {"type": "actions", "block_id": "acts", "elements": [OWN]},
]


def take_all(got: list[Json]) -> Callable[[AsyncApp], None]:
    """An app that notes every action and acknowledges it."""

    def register(app: AsyncApp) -> None:
        for name in ("auth_provider_connect_drive", "pay", "own"):

            async def take(ack: Any, action: Json) -> None:
                got.append(action)
                await ack()

            app.action(name)(take)

    return register


@both
async def test_what_is_pressed_reaches_the_app(transport: str) -> None:
    got: list[Json] = []
    async with stage(transport, take_all(got)) as on:
        posted = await on.client.chat_postMessage(channel="C0GENERAL", text="x", blocks=BLOCKS)
        where = {"channel": "C0GENERAL", "message_ts": posted["ts"]}
        for user, action_id in (("U0ANNA", "auth_provider_connect_drive"), ("U0ANNA", "pay"), ("U0RAVI", "own")):
            answer = await on.hands.post("click", user=user, action_id=action_id, **where)
            assert answer["ack"] == {}
        connect, pay, own = got
        assert (connect["type"], connect["block_id"], connect["value"]) == ("button", "drive", "drive")
        assert (pay["block_id"], pay["value"]) == ("fees", "7")
        assert own["action_id"] == "own"
        refused = await on.hands.post("click", 404, user="U0ANNA", action_id="own", **where)
        assert refused["error"] == "There is no element 'own' here; there are: auth_provider_connect_drive, pay."


@pytest.mark.parametrize("name", ["auth_url", "disconnect_url"])
@pytest.mark.parametrize(
    ("address", "taken"),
    [
        ("https://example.com/in", True),
        ("https://login.EXAMPLE.com/in", True),
        ("https://example.com.evil.org/in", False),
        ("https://badexample.com", False),
        ("https://[", False),
    ],
)
async def test_addresses_of_accounts_lie_below_the_hosts_of_the_manifest(name: str, address: str, taken: bool) -> None:
    account = {**PROVIDER, name: address}
    held = {"type": "container", "title": plain(), "child_blocks": [section()]}
    async with opened() as desk:
        where = {"channel": "C0GENERAL", "text": "x"}
        if taken:
            await desk.client.chat_postMessage(**where, blocks=[held, account])
            await desk.client.views_publish(user_id="U0ANNA", view={"type": "home", "blocks": [account]})
            return
        with pytest.raises(SlackApiError) as refused:
            await desk.client.chat_postMessage(**where, blocks=[held, account])
        said = f"host must be listed in features.user_connections.auth_hosts [json-pointer:/blocks/1/{name}]"
        assert (refused.value.response["error"], refused.value.response["errors"]) == ("invalid_blocks", [said])
        with pytest.raises(SlackApiError, match="invalid_arguments"):
            await desk.client.views_publish(user_id="U0ANNA", view={"type": "home", "blocks": [account]})


async def test_without_hosts_in_the_manifest_there_is_no_address_to_connect_at() -> None:
    features = {name: value for name, value in MANIFEST["features"].items() if name != "user_connections"}
    async with opened({**MANIFEST, "features": features}) as desk:
        account = {**PROVIDER, "auth_url": "https://example.com"}
        with pytest.raises(SlackApiError, match="invalid_blocks"):
            await desk.client.chat_postMessage(channel="C0GENERAL", text="x", blocks=[account])
        await desk.client.chat_postMessage(channel="C0GENERAL", text="x", blocks=[PROVIDER])


@both
async def test_what_is_pressed_in_an_attachment_says_so(transport: str) -> None:
    got: list[Json] = []

    def register(app: AsyncApp) -> None:
        @app.action("pay")
        async def take(ack: Any, body: Json) -> None:
            got.append(body)
            await ack()

        @app.action("own")
        async def leave(ack: Any, respond: Any) -> None:
            await ack()
            await respond("changed", replace_original=True)

    async with stage(transport, register) as on:
        menu = {"type": "static_select", "action_id": "pick", "options": [{"text": plain(), "value": "one"}]}
        attachments = [
            {"color": "good", "text": "First"},
            {"blocks": [{"type": "actions", "elements": [BUTTON, menu]}]},
        ]
        posted = await on.client.chat_postMessage(channel="C0GENERAL", text="x", attachments=attachments)
        first, second = posted["message"]["attachments"]
        assert (first["id"], first["fallback"], second["id"]) == (1, "First", 2)
        assert second["fallback"] == "[no preview available]"
        where = {"user": "U0RAVI", "channel": "C0GENERAL", "message_ts": posted["ts"]}
        await on.hands.post("click", action_id="pay", **where)
        assert got[0]["container"] == {
            "type": "message_attachment",
            "message_ts": posted["ts"],
            "attachment_id": 2,
            "channel_id": "C0GENERAL",
            "is_ephemeral": False,
            "is_app_unfurl": False,
        }
        assert got[0]["actions"][0]["block_id"] == second["blocks"][0]["block_id"]
        await on.client.chat_update(
            channel="C0GENERAL",
            ts=posted["ts"],
            text="x",
            blocks=[{"type": "actions", "elements": [{**OWN, "visible_to_user_ids": None}]}],
        )
        await on.hands.post("click", action_id="own", **where)
        await on.ws.wait_for(lambda _: on.ws.messages["C0GENERAL"][posted["ts"]].body["text"] == "changed")
        assert "attachments" not in on.ws.messages["C0GENERAL"][posted["ts"]].body


async def test_attachments_are_held_to_the_same_hosts_and_files() -> None:
    async with opened() as desk:
        account = {**PROVIDER, "auth_url": "https://elsewhere.org"}
        with pytest.raises(SlackApiError, match="invalid_blocks"):
            await desk.client.chat_postMessage(channel="C0GENERAL", text="x", attachments=[{"blocks": [account]}])
