"""An app that shows every block and element, answers with errors and pushes, and publishes a Home."""

import re
from typing import Any

from slack_bolt.app.async_app import AsyncApp

from tests.page.specimens import (
    ACCOUNTS,
    ALERTS,
    HOME,
    SELECTS,
    STEP,
    TYPED,
    Json,
    grouped_blocks,
    message_blocks,
    modal,
    option,
    plain,
)

ANY = re.compile(".*")


class Gallery:
    """What the app got to know, and the listeners that show things."""

    def __init__(self) -> None:
        self.actions: list[Json] = []
        self.submitted: Json = {}
        self.shortcuts: list[Json] = []
        self.pressed = 0

    def register(self, app: AsyncApp) -> None:
        app.command("/probe")(self.probe)
        app.action("deeper")(self.deeper)
        app.action("press")(self.press)
        app.action({"action_id": ANY})(self.noted)
        app.options("in")(self.offer)
        app.view("typed")(self.check)
        app.view("selects")(self.take)
        app.view("deep")(self.take)
        app.event("app_home_opened")(self.home)
        app.event("message")(self.ignore)
        app.event("app_mention")(self.ignore)
        app.event("file_shared")(self.ignore)
        app.event("reaction_added")(self.ignore)
        app.event("pin_added")(self.ignore)
        app.event("pin_removed")(self.ignore)
        app.event("reaction_removed")(self.ignore)
        app.event("member_joined_channel")(self.ignore)
        app.event("channel_created")(self.ignore)
        app.shortcut("anywhere")(self.shortcut)
        app.shortcut("on_this")(self.shortcut)

    async def ignore(self, body: Json) -> None:
        """Events that need no answer."""

    async def probe(self, ack: Any, command: Json, client: Any) -> None:
        match command["text"]:
            case "typed":
                await client.views_open(trigger_id=command["trigger_id"], view=modal("typed", TYPED))
                await ack()
            case "selects":
                await client.views_open(trigger_id=command["trigger_id"], view=modal("selects", SELECTS))
                await ack()
            case "deep":
                await client.views_open(
                    trigger_id=command["trigger_id"], view=modal("deep", [STEP, TYPED[0]], title=plain("Level 1"))
                )
                await ack()
            case "alerts":
                await client.views_open(trigger_id=command["trigger_id"], view=modal("alerts", ALERTS))
                await ack()
            case "accounts":
                await client.views_open(trigger_id=command["trigger_id"], view=modal("accounts", ACCOUNTS))
                await ack()
            case "groups":
                await ack(response_type="in_channel", text="Groups", blocks=grouped_blocks())
            case "blocks":
                await ack(response_type="in_channel", text="All blocks", blocks=message_blocks())
            case words:
                await ack(text=f"Heard: {words}")

    async def noted(self, ack: Any, action: Json) -> None:
        self.actions.append(action)
        await ack()

    async def deeper(self, ack: Any, body: Json, client: Any) -> None:
        level = int(body["view"]["title"]["text"][-1]) + 1
        view = modal("deep", [STEP, TYPED[0]], title=plain(f"Level {level}"))
        await client.views_push(trigger_id=body["trigger_id"], view=view)
        await ack()

    async def offer(self, ack: Any, payload: Json) -> None:
        words = payload["value"]
        await ack(options=[option(f"{words} one"), option(f"{words} two")])

    async def check(self, ack: Any, view: Json) -> None:
        values = view["state"]["values"]
        if values["name"]["in"]["value"] == "Nobody":
            await ack(response_action="errors", errors={"name": "That is nobody's name.", "mail": "Nor an address."})
            return
        await self.take(ack, view)

    async def take(self, ack: Any, view: Json) -> None:
        self.submitted = view["state"]["values"]
        await ack()

    async def home(self, event: Json, client: Any) -> None:
        if event["tab"] == "home":
            await client.views_publish(user_id=event["user"], view=HOME)

    async def press(self, ack: Any, body: Json, client: Any) -> None:
        self.pressed += 1
        blocks = [dict(block) for block in HOME["blocks"]]
        blocks[1] = {**blocks[1], "text": plain(f"Pressed {self.pressed} times")}
        await client.views_publish(user_id=body["user"]["id"], view={**HOME, "blocks": blocks})
        await ack()

    async def shortcut(self, ack: Any, shortcut: Json) -> None:
        self.shortcuts.append(shortcut)
        await ack()
