"""People who leave, and people of other workspaces: no access, no roles, no reminders; and nothing shared where it may not be."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.samples import add_samples
from storage import audit, outbox, people, roles
from storage.outbox import Letter
from tests.house import House
from tests.signing import command, deliver, event

NOBODY_ELSE = "people of the workspace that it is installed in, and nobody else"


def changed(user: str, id: str, **profile: Any) -> bytes:
    return event({"type": "user_change", "user": {"id": user, "team_id": "T0LOCAL", "name": "x", **profile}}, id)


async def test_a_deactivated_manager_loses_access_roles_and_letters_at_once(home_http: House) -> None:
    services = home_http.bot.services
    later = services.now() + timedelta(days=3)
    for key, place in (("a", {"channel": "U0MARIE"}), ("b", {"channel": "C0GENERAL", "user": "U0MARIE"})):
        await services.store.run(outbox.put, Letter(key, "s", later, "chat.postMessage", place | {"text": "x"}))
    await services.store.run(outbox.put, Letter("c", "s", later, "chat.postMessage", {"channel": "U0ANNA", "text": ""}))

    await services.store.run(people.open_feed, "token" * 5, "U0MARIE", services.now())
    calendar = f"{home_http.address}/calendar/{'token' * 5}.ics"
    async with home_http.session.get(calendar) as response:
        assert response.status == 200

    body = changed("U0MARIE", "Ev1", deleted=True)
    assert [(await deliver(home_http, body))[0] for _ in range(2)] == [200, 200]

    assert NOBODY_ELSE in (await home_http.command("U0MARIE", "/clause", "7.3"))["text"]
    assert await services.roles("U0MARIE") == frozenset()
    async with home_http.session.get(calendar) as response:
        assert response.status == 404
    assert not (await services.store.run(people.get, "U0MARIE")).reachable
    assert await services.store.run(roles.holders, "manager") == []
    assert "U0ADMIN" in (await home_http.command("U0ANNA", "/agreement", "new"))["text"]
    states = await services.store.run(lambda db: dict(db.execute("select key, state from outbox").fetchall()))
    assert states == {"a": "cancelled", "b": "cancelled", "c": "waiting"}
    (id,) = await services.store.run(audit.ids, ("standing",))
    entry = await services.store.run(audit.get, id)
    assert entry is not None
    done = {"roles": ["manager"], "letters": 2, "calendars": 1}
    assert entry.content == {"before": None, "after": "deactivated", **done}


async def test_an_admin_by_the_settings_who_is_deactivated_is_no_admin(home_http: House) -> None:
    await deliver(home_http, changed("U0ADMIN", "Ev1", deleted=True))
    assert NOBODY_ELSE in (await home_http.command("U0ADMIN", "/clausekeeper", "roles"))["text"]
    assert "U0ADMIN" not in (await home_http.command("U0ANNA", "/clausekeeper", "roles"))["text"]


async def test_whoever_comes_back_is_a_consultant_again(home_http: House) -> None:
    await deliver(home_http, changed("U0MARIE", "Ev1", deleted=True))
    await deliver(home_http, changed("U0MARIE", "Ev2", deleted=False))
    assert "7.3" in (await home_http.command("U0MARIE", "/clause", "7.3"))["text"]
    assert await home_http.bot.services.roles("U0MARIE") == {"consultant"}


async def test_a_changed_profile_changes_nothing(home_http: House) -> None:
    await deliver(home_http, changed("U0MARIE", "Ev1"))
    assert "manager" in await home_http.bot.services.roles("U0MARIE")
    assert not await home_http.bot.services.store.run(audit.count)


@pytest.mark.parametrize("profile", [{"is_stranger": True}, {"team_id": "T0OTHER"}])
async def test_somebody_whom_slack_calls_a_stranger_is_not_let_in(home_http: House, profile: dict[str, Any]) -> None:
    await deliver(home_http, changed("U0ANNA", "Ev1", **profile))
    assert NOBODY_ELSE in (await home_http.command("U0ANNA", "/clause", "7.3"))["text"]


async def test_people_of_other_workspaces_get_a_refusal_and_nothing_else(home_http: House) -> None:
    status, text = await deliver(home_http, command("7.3").replace(b"T0LOCAL", b"T0OTHER"))
    assert (status, NOBODY_ELSE in text, "7.3" in text) == (200, True, False)
    view = {"id": "V1", "type": "modal", "callback_id": "compute", "private_metadata": "{}", "state": {"values": {}}}
    form = {
        "type": "view_submission",
        "team": {"id": "T0LOCAL", "domain": "local"},
        "user": {"id": "U0ANNA", "team_id": "T0OTHER"},
        "view": view | {"blocks": [{"type": "input", "block_id": "fee"}]},
    }
    _, text = await deliver(home_http, urlencode({"payload": json.dumps(form)}).encode())
    assert NOBODY_ELSE in json.loads(text)["errors"]["fee"]
    mention = {"type": "app_mention", "user": "U0ANNA", "channel": "C0GENERAL", "text": "<@U0BOT> 7.3", "ts": "1.1"}
    await deliver(home_http, event(mention | {"user_team": "T0OTHER"}))
    await home_http.said("U0ANNA", "C0GENERAL", NOBODY_ELSE)
    assert not await home_http.bot.services.store.run(audit.count)


async def test_an_answer_under_an_agreement_is_shared_in_its_own_channel_only(home: House) -> None:
    services = home.bot.services
    await services.store.run(add_samples, await services.shelf(), services.now(), "sample")
    words = "payment-due from=2026-05-15 agreement=acme"
    await home.command("U0ANNA", "/deadline", words)
    message = await home.said("U0ANNA", "C0GENERAL", "2026")
    await home.click("U0ANNA", message, "C0GENERAL", "computed_share")
    refusal = await home.said("U0ANNA", "C0GENERAL", "rests on the agreement acme")
    assert "/agreement here acme" in refusal["text"]
    assert not [m for m in await home.seen("U0RAVI", "C0GENERAL") if "shares a computation" in m["text"]]

    await home.command("U0MARIE", "/agreement", "here acme")
    await home.click("U0ANNA", message, "C0GENERAL", "computed_share")
    assert await home.said("U0RAVI", "C0GENERAL", "shares a computation")
