"""User groups: listed, changed by people, mentioned, and told of in events."""

from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp

from tests.workspace.desk import opened
from tests.workspace.harness import EVENTS, MANIFEST, stage

Json = dict[str, Any]
SUBTEAM = ["subteam_created", "subteam_updated", "subteam_members_changed"]
LISTENING: Json = {
    **MANIFEST,
    "settings": {**MANIFEST["settings"], "event_subscriptions": {"bot_events": [*EVENTS, *SUBTEAM]}},
}


async def test_groups_are_listed_as_slack_lists_them() -> None:
    async with opened() as desk:
        plain = (await desk.client.usergroups_list())["usergroups"]
        assert [(one["id"], one["handle"]) for one in plain] == [
            ("S0RESPONDERS", "responders"),
            ("S0MANAGERS", "managers"),
        ]
        assert all("users" not in one and "user_count" not in one for one in plain)
        full = await desk.client.usergroups_list(include_users=True, include_count=True)
        assert [(one["users"], one["user_count"]) for one in full["usergroups"]] == [
            (["U0RAVI", "U0ADMIN"], 2),
            (["U0MARIE"], 1),
        ]
        answer = await desk.client.usergroups_users_list(usergroup="S0RESPONDERS")
        assert answer["users"] == ["U0RAVI", "U0ADMIN"]
        assert await desk.refused("usergroups.users.list", usergroup="S0NONE") == "no_such_subteam"


async def test_a_disabled_group_is_listed_only_when_asked_for() -> None:
    async with opened() as desk:
        await desk.hands.post("group", user="U0ADMIN", handle="managers", disabled=True)
        assert [one["handle"] for one in (await desk.client.usergroups_list())["usergroups"]] == ["responders"]
        every = (await desk.client.usergroups_list(include_disabled=True))["usergroups"]
        assert [bool(one["date_delete"]) for one in every] == [False, True]
        assert await desk.refused("usergroups.users.list", usergroup="S0MANAGERS") == "no_such_subteam"
        kept = await desk.client.usergroups_users_list(usergroup="S0MANAGERS", include_disabled=True)
        assert kept["users"] == ["U0MARIE"]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"handle": "managers", "people": []}, 400, "disabled instead"),
        ({"handle": "managers", "people": ["U0NONE"]}, 404, "nobody"),
        ({"handle": "Big", "people": ["U0ANNA"]}, 400, "small letters"),
        ({"handle": "anna", "people": ["U0ANNA"]}, 400, "taken"),
        ({"handle": "here", "people": ["U0ANNA"]}, 400, "taken"),
        ({"handle": "fresh"}, 400, "list of ids"),
    ],
)
async def test_groups_that_cannot_be_are_refused(body: Json, status: int, said: str) -> None:
    async with opened() as desk:
        before = (await desk.hands.get("groups"))["groups"]
        assert said in (await desk.hands.post("group", status, user="U0ADMIN", **body))["error"]
        assert (await desk.hands.get("groups"))["groups"] == before


@pytest.mark.parametrize("transport", ["http", "socket"])
async def test_changes_are_events(transport: str) -> None:
    got: list[Json] = []

    def register(app: AsyncApp) -> None:
        for name in SUBTEAM:

            @app.event(name)
            async def heard(event: Json) -> None:
                got.append(event)

    async with stage(transport, register, LISTENING) as on:
        made = await on.hands.post("group", user="U0ADMIN", handle="clients", name="Client desk", people=["U0ANNA"])
        await on.hands.post("group", user="U0MARIE", handle="clients", people=["U0RAVI", "U0MARIE"])
        await on.ws.wait_for(lambda _: len(got) == 3)
        by_type = {event["type"]: event for event in got}
        created = by_type["subteam_created"]["subteam"]
        assert (created["id"], created["name"], created["users"]) == (made["group"]["id"], "Client desk", ["U0ANNA"])
        assert by_type["subteam_updated"]["subteam"]["updated_by"] == "U0MARIE"
        changed = by_type["subteam_members_changed"]
        assert changed["subteam_id"] == created["id"]
        assert (changed["added_users"], changed["removed_users"]) == (["U0RAVI", "U0MARIE"], ["U0ANNA"])


async def test_a_group_is_mentioned_by_its_handle() -> None:
    async with opened() as desk:
        said = await desk.hands.post("message", user="U0ANNA", channel="C0GENERAL", text="@responders come")
        assert said["message"]["text"] == "<!subteam^S0RESPONDERS> come"
        (section,) = said["message"]["blocks"][0]["elements"]
        assert section["elements"][0] == {"type": "usergroup", "usergroup_id": "S0RESPONDERS"}
        await desk.hands.post("group", user="U0ADMIN", handle="responders", disabled=True)
        said = await desk.hands.post("message", user="U0ANNA", channel="C0GENERAL", text="@responders come")
        assert said["message"]["text"] == "@responders come"
