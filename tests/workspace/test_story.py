"""The main paths through a workspace with a real Bolt app, over signed HTTP and over Socket Mode."""

from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp

from tests.workspace.harness import stage

pytestmark = pytest.mark.parametrize("transport", ["http", "socket"])
Json = dict[str, Any]
FORM: Json = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Form"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "amount",
            "label": {"type": "plain_text", "text": "Amount"},
            "element": {"type": "plain_text_input", "action_id": "in"},
        }
    ],
}
BUTTON: Json = {
    "type": "actions",
    "block_id": "acts",
    "elements": [
        {
            "type": "button",
            "action_id": "open",
            "value": "7",
            "text": {"type": "plain_text", "text": "Open"},
        }
    ],
}


async def test_command_click_modal_with_errors_then_success(transport: str) -> None:
    got: list[Json] = []

    def register(app: AsyncApp) -> None:
        @app.command("/probe")
        async def probe(ack: Any, command: Json) -> None:
            got.append(command)
            await ack(text="Here", blocks=[BUTTON])

        @app.action("open")
        async def open_(ack: Any, body: Json, client: Any) -> None:
            got.append(body)
            await client.views_open(trigger_id=body["trigger_id"], view=FORM)
            await ack()

        @app.view("form")
        async def form(ack: Any, view: Json, client: Any) -> None:
            value = view["state"]["values"]["amount"]["in"]["value"]
            if not value.isdigit():
                await ack(response_action="errors", errors={"amount": "A number, please."})
                return
            await client.chat_postMessage(channel="C0GENERAL", text=f"Amount {value}")
            await ack()

    async with stage(transport, register) as on:
        answer = await on.hands.type("U0ANNA", "/probe a & b <c>")
        assert answer["ack"]["text"] == "Here"
        assert not answer["timeout"]
        assert got[0]["text"] == "a &amp; b &lt;c&gt;"
        assert got[0]["channel_name"] == "general"
        mine = await on.hands.seen("U0ANNA", "C0GENERAL")
        assert [m["text"] for m in mine] == ["Here"]
        assert await on.hands.seen("U0RAVI", "C0GENERAL") == []

        click = {"channel": "C0GENERAL", "message_ts": mine[0]["ts"], "action_id": "open"}
        await on.hands.post("click", 404, user="U0RAVI", **click)
        await on.hands.post("click", user="U0ANNA", **click)
        assert got[1]["container"]["is_ephemeral"]
        assert got[1]["actions"][0]["value"] == "7"
        views = (await on.hands.get("views", user="U0ANNA"))["views"]
        assert [view["callback_id"] for view in views] == ["form"]

        required = await on.hands.post("submit", user="U0ANNA", values={})
        assert required == {"errors": {"amount": "Please complete this required field."}}
        refused = await on.hands.post("submit", user="U0ANNA", values={"amount": "much"})
        assert refused == {"errors": {"amount": "A number, please."}}
        done = await on.hands.post("submit", user="U0ANNA", values={"amount": "12"})
        assert done == {"closed": True}
        assert [m["text"] for m in await on.hands.seen("U0RAVI", "C0GENERAL")] == ["Amount 12"]
        tree = (await on.hands.get("log"))["log"][-1]
        assert [call["method"] for call in tree["calls"]] == ["chat.postMessage"]
