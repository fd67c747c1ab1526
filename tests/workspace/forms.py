"""Modals and an app that opens them, for tests of what they hold and how they lie on each other."""

from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp

from tests.workspace.harness import Stage

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
