"""Deadlines that follow from facts by themselves: an agreement's end or renewal, an invoice; and what changes them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.samples import add_samples, follow_samples
from handlers import invoices, tracking
from handlers.incoming import Incoming
from handlers.tracking import Due
from storage import agreements, deadlines
from tests.bot.following import acme, at, deliver, fill, follow, payment, press, reminders, stands
from tests.house import House

__all__ = ["acme"]  # the fixture


PAYMENT = """
[[amendments]]
name = "Acme special conditions"
amends = "ITQ"

[[amendments.terms."payment.term"]]
value = 20
unit = "days"
clause = "3"
words = "Invoices are payable within twenty (20) days."
"""


async def change(home: House, **more: Any) -> None:
    """Register Acme, or its new state, through the form."""
    known = await home.bot.services.store.run(agreements.get, "acme")
    await home.command("U0MARIE", "/agreement", "edit acme" if known else "")
    values = {"slug": "acme", "client": "Acme NV", "manager": "U0MARIE", "country": "BE", "concluded": "2026-01-15"}
    assert await fill(home, "U0MARIE", **(values | more)) == {"closed": True}


async def due_of(home: House, key: str) -> str | None:
    tracked = await home.bot.services.store.run(deadlines.by_key, key)
    return tracked.due.isoformat() if tracked and tracked.state == "open" else None


async def test_the_sample_agreements_have_their_deadlines_like_every_other(home_http: House) -> None:
    services = home_http.bot.services
    await home_http.post("clock", now="2026-11-02T09:30:00+01:00")
    await services.store.run(add_samples, await services.shelf(), services.now(), "sample")
    for _ in range(2):  # every start of ./run
        await services.store.run(follow_samples, services)
    assert [(one.key, one.owner) for one in await services.store.run(deadlines.open_ones)] == [
        ("hardware-return:agreement:acme", "U0MARIE")
    ]


async def test_the_end_of_an_agreement_brings_the_return_of_hardware_and_moves_it(acme: House) -> None:
    await change(acme, ends="2027-01-14")
    assert await due_of(acme, "hardware-return:agreement:acme") == "2027-01-28"
    await change(acme, ends="2027-02-14")
    assert await due_of(acme, "hardware-return:agreement:acme") == "2027-02-28"
    await deliver(acme)
    assert "Moved from Thu 28 Jan 2027 to Sun 28 Feb 2027" in "\n".join(await reminders(acme, "U0MARIE"))
    view = {"renewal": "12", "notice": "3 months", "notice_opens": "6 months", "ends": "2027-02-14"}
    await change(acme, **view)
    assert await due_of(acme, "hardware-return:agreement:acme") is None, "what renews itself does not end"
    assert await due_of(acme, "renewal-notice:acme") == "2026-11-14"
    assert await due_of(acme, "renewal-opens:acme") is None, "14 August has passed"
    await at(acme, "2027-02-15T00:00:05+01:00")
    assert await due_of(acme, "renewal-notice:acme") == "2027-11-14", "the next term"
    assert await due_of(acme, "renewal-opens:acme") == "2027-08-14"


async def test_a_return_that_an_agreement_took_back_for_a_while_is_awaited_again(acme: House) -> None:
    await change(acme, ends="2027-01-14")
    await change(acme, ends="2027-01-14", renewal="12", notice="3 months")
    assert await due_of(acme, "hardware-return:agreement:acme") is None
    await change(acme, ends="2027-01-14", renewal="", notice="")
    assert await due_of(acme, "hardware-return:agreement:acme") == "2027-01-28"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"renewal": "12", "notice": "3 months"}, "ends"),
        ({"renewal": "12", "ends": "2027-01-14"}, "notice"),
        ({"notice": "3 months", "ends": "2027-01-14"}, "renewal"),
        ({"renewal": "0", "ends": "2027-01-14", "notice": "3 months"}, "renewal"),
        ({"renewal": "12", "ends": "2027-01-14", "notice": "a while"}, "notice"),
        ({"renewal": "12", "ends": "2027-01-14", "notice": "6 months", "notice_opens": "90 days"}, "notice_opens"),
    ],
)
async def test_a_renewal_that_does_not_hold_together_is_refused(
    acme: House, values: dict[str, str], field: str
) -> None:
    await acme.command("U0MARIE", "/agreement", "edit acme")
    told = {"slug": "acme", "client": "Acme NV", "concluded": "2026-01-15"} | values
    assert list((await fill(acme, "U0MARIE", **told))["errors"]) == [field]


async def test_a_special_condition_moves_what_is_tracked_under_its_agreement(acme: House) -> None:
    id = await follow(acme, payment())
    await acme.command("U0MARIE", "/agreement", "condition acme")
    values = {"term": "payment.term", "value": "20", "clause": "3", "words": "Invoices are payable within twenty days."}
    assert await fill(acme, "U0MARIE", **values) == {"closed": True}
    assert (await stands(acme, id)).due.isoformat() == "2026-11-22"
    await deliver(acme)
    told = "\n".join(await reminders(acme, "U0MARIE"))
    assert "Moved from Wed 2 Dec 2026 to Sun 22 Nov 2026: added a special condition to acme." in told


async def test_what_others_settled_or_said_of_a_return_outlives_a_change_of_the_agreement(acme: House) -> None:
    await change(acme, ends="2027-01-14")
    key, services = "hardware-return:agreement:acme", acme.bot.services
    fact = Due(key, "hardware-return", {"from": "2027-01-14"}, "acme", "", ("U0RAVI",), "LT-001 is returned")
    id = await follow(acme, fact)
    await change(acme, ends="2027-02-14")
    tracked = await stands(acme, id)
    assert (tracked.title, tracked.due.isoformat()) == ("LT-001 is returned", "2027-02-28")
    assert await services.store.run(deadlines.watchers, id) == ("U0RAVI",)
    await services.store.run(tracking.drop, services, key, cause="LT-001 came back", by="U0ADMIN")
    await change(acme, ends="2027-02-14", rate="120")
    assert await due_of(acme, key) is None
    await change(acme, ends="2027-03-14")
    assert await due_of(acme, key) == "2027-03-28", "another end is another fact"


async def test_a_deadline_that_was_done_stays_done_when_its_agreement_changes(acme: House) -> None:
    await change(acme, ends="2027-01-14")
    await at(acme, "2027-01-14T09:00:05+01:00")
    await press(acme, "U0MARIE", "done")
    await fill(acme, "U0MARIE", what="All came back", when="2027-01-13")
    await change(acme, ends="2027-01-14", rate="150")
    assert await due_of(acme, "hardware-return:agreement:acme") is None


async def test_an_invoice_brings_its_payment_date_moves_it_and_ends_it(acme: House) -> None:
    told = await acme.command("U0MARIE", "/agreement", "invoice acme number=INV-7 date=2026-11-02")
    assert "Invoice INV-7 of acme is to be paid by Wed 2 Dec 2026; <@U0ANNA> is reminded." in told["text"]
    await acme.command("U0MARIE", "/agreement", "invoice acme number=inv-7 date=2026-11-03")
    await deliver(acme)
    words = "Moved from Wed 2 Dec 2026 to Thu 3 Dec 2026: invoice inv-7 is of Tue 3 Nov 2026."
    assert words in "\n".join(await reminders(acme, "U0ANNA"))
    await at(acme, "2026-11-19T09:00:05+01:00")
    assert "14 days before" in (await reminders(acme, "U0ANNA"))[-1]
    await acme.command("U0MARIE", "/agreement", "invoice acme")
    assert await fill(acme, "U0MARIE", number="INV-7", date="2026-11-03", paid="2026-11-18") == {"closed": True}
    before = len(await reminders(acme, "U0ANNA"))
    await at(acme, "2026-12-10T09:00:05+01:00")
    assert len(await reminders(acme, "U0ANNA")) == before
    again = await acme.command("U0MARIE", "/agreement", "invoice acme number=INV-7 date=2026-11-03")
    assert "is paid already" in again["text"]


@pytest.mark.parametrize("form", [False, True])
async def test_an_invoice_that_comes_twice_undoes_nothing_that_came_between(acme: House, form: bool) -> None:
    services = acme.bot.services

    async def tell(key: str, day: int) -> None:
        came = Incoming(key, "invoice", "U0MARIE", "", "")
        values = {"number": "INV-7", "date": date(2026, 11, day)}
        if form:
            await services.store.run(invoices._entered, services, came, {"channel": "", "slug": "acme"}, values)
        else:
            await services.store.run(invoices._typed, services, came, "acme", values)

    for key, day in (("first", 2), ("second", 3), ("first", 2)):
        await tell(key, day)
    assert await due_of(acme, "payment-due:acme:inv-7") == "2026-12-03"


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        ("invoice acme number=INV-7", "Give the date of invoice INV-7"),
        ("invoice acme number=INV-7 date=2026-11-02 paid=2026-11-01", "before the invoice"),
        ("invoice acme number=INV-7 date=2026-10-02 paid=2026-11-03", "still to come"),
        ("invoice acme number=INV-7 date=2026-10-02 paid=2026-10-30", "No invoice INV-7 is on record"),
        ("invoice acme number=INV-7 date=soon", "soon"),
        ("invoice acme date=2026-10-02", "Number: this is needed"),
        ("invoice nobody number=INV-7 date=2026-10-02", "no agreement"),
        ("invoice nobody", "no agreement"),
        ("invoice acme INV-7", "not understood"),
        (f"invoice acme number={'7' * 41}", "1 to 40"),
    ],
)
async def test_an_invoice_that_cannot_be_so_is_refused(acme: House, words: str, refused: str) -> None:
    assert refused in (await acme.command("U0MARIE", "/agreement", words))["text"]


async def test_an_invoice_whose_term_has_passed_is_reminded_of_at_once_and_not_called_late(acme: House) -> None:
    await acme.command("U0MARIE", "/agreement", "invoice acme number=INV-1 date=2026-09-01")
    await deliver(acme)
    (told,) = await reminders(acme, "U0ANNA")
    assert "It has passed, and nobody has said that it is done." in told
    assert "It is late" not in told
