"""Who may do what, and Home: through the assembled bot."""

import pytest

from handlers.mirrored import owe
from storage import audit
from tests.house import House, buttons, shown
from tests.signing import deliver, event

CHANGES = ("new", "edit acme", "condition acme", "settle acme", "here none")


@pytest.mark.parametrize("words", CHANGES)
async def test_a_consultant_is_told_who_may_change_agreements(home: House, words: str) -> None:
    ack = await home.command("U0ANNA", "/agreement", words)
    assert ack == {
        "response_type": "ephemeral",
        "text": "Only managers may do that; ask one of them: <@U0MARIE>.",
    }


async def test_everyone_sees_who_holds_which_role(home_http: House) -> None:
    ack = await home_http.command("U0ANNA", "/clausekeeper", "roles")
    assert "*Responders* see data breaches and work on them: <@U0RAVI>" in ack["text"]
    assert "*Admins*" in ack["text"]
    assert not (await home_http.get("views", user="U0ANNA"))["views"]


async def test_an_admin_names_a_manager_who_then_may_and_is_told(home: House) -> None:
    await home.command("U0ADMIN", "/clausekeeper", "roles")
    view = (await home.get("views", user="U0ADMIN"))["views"][-1]
    values = {"responder": ["U0RAVI"], "manager": ["U0MARIE", "U0ANNA"], "admin": ["U0ADMIN"]}
    assert (await home.post("submit", user="U0ADMIN", view_id=view["id"], values=values))["closed"]
    await home.said("U0ANNA", "D0ANNA", "You are now one of the managers")
    assert "Only" not in (await home.command("U0ANNA", "/agreement", "here none")).get("text", "")
    (id,) = await home.bot.services.store.run(audit.ids, ("roles",))
    entry = await home.bot.services.store.run(audit.get, id)
    assert entry is not None
    assert entry.content["after"]["manager"] == ["U0ANNA", "U0MARIE"]


async def test_a_role_that_is_taken_away_is_gone_at_once(home_http: House) -> None:
    await home_http.command("U0ADMIN", "/clausekeeper", "roles")
    view = (await home_http.get("views", user="U0ADMIN"))["views"][-1]
    values = {"responder": ["U0RAVI"], "manager": [], "admin": ["U0ADMIN"]}
    await home_http.post("submit", user="U0ADMIN", view_id=view["id"], values=values)
    ack = await home_http.command("U0MARIE", "/agreement", "new")
    assert ack["text"] == "Only managers may do that; ask one of them: <@U0ADMIN>."


async def test_a_form_of_roles_is_not_taken_from_a_consultant(home_http: House) -> None:
    """A form that was opened as an admin does not help once the role is gone."""
    await home_http.command("U0ADMIN", "/clausekeeper", "roles")
    view = (await home_http.get("views", user="U0ADMIN"))["views"][-1]
    home_http.bot.services.admins = frozenset()
    await home_http.bot.services.store.run(lambda db: db.execute("delete from roles where user = 'U0ADMIN'"))
    answer = await home_http.post("submit", user="U0ADMIN", view_id=view["id"], values={"admin": ["U0ADMIN"]})
    assert "Only admins may do that" in answer["errors"]["responder"]


async def test_admins_see_what_is_on_record_and_nobody_reads_there_what_was_asked(home_http: House) -> None:
    nothing = await home_http.command("U0ADMIN", "/clausekeeper", "audit")
    assert nothing["text"] == "Nothing is on record yet."
    await home_http.command("U0ANNA", "/ask", "How late can the client cancel the consultancy free of charge?")
    await home_http.command("U0RAVI", "/clause", "5.2")
    told = await home_http.command("U0ADMIN", "/clausekeeper", "audit")
    assert "The last 2 of 2 entries" in told["text"]
    newest, older = told["text"].split("\n")[1:]
    assert "<@U0RAVI> · clause ITQ 5.2" in newest
    assert "<@U0ANNA> · ask ITQ 7.3" in older
    assert "How late" not in shown(told)
    id = older.rpartition("`")[0].rpartition("`")[2]
    for words in ("<@U0ANNA|anna>", "U0ANNA", "ask", "ITQ 7.3", id):
        one = await home_http.command("U0ADMIN", "/clausekeeper", f"audit {words}")
        assert "The last 1 of 2 entries" in one["text"]
        assert older in one["text"]
    none = await home_http.command("U0ADMIN", "/clausekeeper", "audit <b>")
    assert "Nothing is on record for '&lt;b&gt;'" in none["text"]
    assert none["text"].endswith("or an action: ask, clause.")


async def test_admins_are_told_how_the_bot_is(home: House) -> None:
    well = await home.command("U0ADMIN", "/clausekeeper", "health")
    assert well["text"].startswith("*Everything works.*\n• Database: answers\n• Messages: 0 late")
    assert "• Documents: 2 versions" in well["text"]
    assert "• Key for data breaches: given" in well["text"]


async def test_home_ends_with_the_hours_and_absences_of_a_person_and_forms_to_change_them(home: House) -> None:
    before = shown(await home.post("home", user="U0ANNA"))
    assert "You are reminded from 09:00 to 17:00 in Europe/Brussels" in before
    view = (await home.post("home", user="U0ANNA"))["view"]
    await home.post("click", user="U0ANNA", action_id="settings_hours", view_id=view["id"])
    form = (await home.get("views", user="U0ANNA"))["views"][-1]
    given = {"zone": "Europe/London", "from": "08:00", "to": "16:00", "country": "GB"}
    assert await home.post("submit", user="U0ANNA", view_id=form["id"], values=given) == {"closed": True}
    await home.said("U0ANNA", "D0ANNA", "You are reminded from 08:00 to 16:00 in Europe/London")
    await home.post("click", user="U0ANNA", action_id="settings_away", view_id=view["id"])
    form = (await home.get("views", user="U0ANNA"))["views"][-1]
    today = home.bot.services.today().isoformat()
    given = {"from": today, "to": today, "substitute": "U0RAVI"}
    assert await home.post("submit", user="U0ANNA", view_id=form["id"], values=given) == {"closed": True}
    await home.said("U0ANNA", "D0ANNA", "<@U0RAVI> stands in. `/deadline away none` takes that back.")
    after = shown(await home.post("home", user="U0ANNA"))
    assert "from 08:00 to 16:00 in Europe/London" in after
    assert "<@U0RAVI> stands in" in after
    await home.post("click", user="U0ANNA", action_id="settings_calendar", view_id=view["id"])
    await home.said("U0ANNA", "D0ANNA", "the calendar file come to you as a direct message")


async def test_home_offers_computing_and_admins_the_roles(home: House) -> None:
    anna, admin = [await home.post("home", user=user) for user in ("U0ANNA", "U0ADMIN")]
    assert "Ask in the *Messages* tab" in shown(anna["view"])
    offered = {
        user: [b["action_id"] for b in buttons(view["view"])] for user, view in (("anna", anna), ("admin", admin))
    }
    assert offered["anna"][:2] == ["home_fee", "home_deadline"]
    assert "home_roles" in offered["admin"]
    assert "home_roles" not in offered["anna"]


async def test_a_fee_from_home_comes_as_a_direct_message(home: House) -> None:
    view = (await home.post("home", user="U0ANNA"))["view"]
    await home.post("click", user="U0ANNA", view_id=view["id"], action_id="home_fee", value="fee")
    form = (await home.get("views", user="U0ANNA"))["views"][-1]
    await home.post("click", user="U0ANNA", view_id=form["id"], action_id="kind", selected="price-revision")
    form = (await home.get("views", user="U0ANNA"))["views"][-1]
    values = {"price": "10000", "share": "95", "change": "50"}
    await home.post("submit", user="U0ANNA", view_id=form["id"], values=values)
    assert "4,000.00" in shown(await home.said("U0ANNA", "D0ANNA", "4,000.00"))


async def mirrored(home: House, role: str, group: str) -> None:
    """An admin names a user group for a role, beside whoever was named."""
    await home.command("U0ADMIN", "/clausekeeper", "roles")
    view = (await home.get("views", user="U0ADMIN"))["views"][-1]
    values = {"responder": ["U0RAVI"], "manager": ["U0MARIE"], "admin": ["U0ADMIN"], f"{role}_group": group}
    assert (await home.post("submit", user="U0ADMIN", view_id=view["id"], values=values))["closed"]


async def test_a_user_groups_members_hold_its_role_for_as_long_as_they_are_in_it(home: House) -> None:
    await home.post("group", user="U0ADMIN", handle="managers", people=["U0MARIE", "U0ANNA"])
    await mirrored(home, "manager", "S0MANAGERS")
    await home.said("U0ANNA", "D0ANNA", "You are now one of the managers")
    assert "Only" not in (await home.command("U0ANNA", "/agreement", "here none")).get("text", "")
    assert "<@U0ANNA>, <@U0MARIE>" in (await home.command("U0RAVI", "/clausekeeper", "roles"))["text"]

    await home.post("group", user="U0ADMIN", handle="managers", people=["U0RAVI"])
    await home.said("U0ANNA", "D0ANNA", "You are no longer one of the managers")
    await home.said("U0RAVI", "D0RAVI", "You are now one of the managers")
    assert "Only managers" in (await home.command("U0ANNA", "/agreement", "here none"))["text"]
    # Marie was named, and holds the role in the group or out of it.
    assert "Only" not in (await home.command("U0MARIE", "/agreement", "here none")).get("text", "")

    await home.post("group", user="U0ADMIN", handle="managers", disabled=True)
    await home.said("U0RAVI", "D0RAVI", "You are no longer one of the managers")
    assert await home.bot.services.store.run(audit.broken) is None


async def test_what_a_group_lost_while_the_bot_was_down_is_learnt_at_its_start(home_http: House) -> None:
    await mirrored(home_http, "manager", "S0MANAGERS")
    services = home_http.bot.services
    await services.store.run(lambda db: db.execute("insert into group_members values ('S0MANAGERS', 'U0ANNA')"))
    assert "manager" in await services.roles("U0ANNA")
    await services.store.run(owe, services)
    services.wake()
    await home_http.said("U0ANNA", "D0ANNA", "You are no longer one of the managers")
    assert "manager" not in await services.roles("U0ANNA")


async def test_a_group_that_slack_does_not_tell_of_changes_nothing(home_http: House) -> None:
    await home_http.command("U0ADMIN", "/clausekeeper", "roles")
    view = (await home_http.get("views", user="U0ADMIN"))["views"][-1]
    await home_http.post("faults", method="usergroups.users.list", error="internal_error")
    values = {"responder": [], "manager": [], "admin": ["U0ADMIN"], "manager_group": "S0MANAGERS"}
    answer = await home_http.post("submit", user="U0ADMIN", view_id=view["id"], values=values)
    assert "Slack does not say who is in that user group" in str(answer["errors"])
    assert "responder" in await home_http.bot.services.roles("U0RAVI")


async def test_without_groups_the_form_names_people_alone_and_keeps_what_is_mirrored(home_http: House) -> None:
    await mirrored(home_http, "manager", "S0MANAGERS")
    await home_http.post("faults", method="usergroups.list", error="missing_scope")
    await home_http.command("U0ADMIN", "/clausekeeper", "roles")
    view = (await home_http.get("views", user="U0ADMIN"))["views"][-1]
    assert "manager_group" not in str(view["blocks"])
    values = {"responder": ["U0RAVI"], "manager": [], "admin": ["U0ADMIN"]}
    await home_http.post("submit", user="U0ADMIN", view_id=view["id"], values=values)
    assert "manager" in await home_http.bot.services.roles("U0MARIE")


async def test_a_deactivated_member_of_a_group_has_no_role(home_http: House) -> None:
    await mirrored(home_http, "manager", "S0MANAGERS")
    body = event({"type": "user_change", "user": {"id": "U0MARIE", "team_id": "T0LOCAL", "deleted": True}}, "Ev1")
    await deliver(home_http, body)
    assert await home_http.bot.services.roles("U0MARIE") == frozenset()
    assert "U0MARIE" not in (await home_http.command("U0ANNA", "/clausekeeper", "roles"))["text"]


async def test_an_admin_says_where_questions_are_handed_to_people(home_http: House) -> None:
    refused = await home_http.command("U0MARIE", "/clausekeeper", "legal here")
    assert "Only admins" in refused["text"]
    assert "C0CONTRACTS" in (await home_http.command("U0ADMIN", "/clausekeeper", "legal here", "C0CONTRACTS"))["text"]
    assert home_http.bot.services.legal_channel == "C0CONTRACTS"
    assert (
        "in which people are to answer"
        in (await home_http.command("U0ADMIN", "/clausekeeper", "legal here", "D0ADMIN"))["text"]
    )
    assert "no legal channel" in (await home_http.command("U0ADMIN", "/clausekeeper", "legal none"))["text"]
    (first, *_) = await home_http.bot.services.store.run(audit.ids, ("legal",))
    entry = await home_http.bot.services.store.run(audit.get, first)
    assert entry is not None
    assert entry.content == {"before": "C0LEGAL", "after": "C0CONTRACTS"}
