"""The money of late return: what is owed today and tomorrow under each reading, and statements that charge no day twice."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlite_utils import Database

from handlers.computing import recomputed
from handlers.hardware.books import Books
from handlers.services import Shelf
from knowledge import days, money, settlement
from knowledge import hardware as known
from knowledge.answer import Answer, Cite, Json
from knowledge.hardware import Item
from knowledge.refused import Refused
from knowledge.settlement import Cost, Rent, Statement
from storage import audit
from storage import hardware as kept
from storage.audit import canonical
from storage.hardware import Dispute, Stated


@dataclass(frozen=True)
class Late:
    """Items alike that are overdue (``item`` stands for them, or is the only one): the last day for returning them, and the
    answers for today and for tomorrow.
    """

    item: Item
    count: int
    due: date
    extended: date
    today: Answer
    tomorrow: Answer


def late(at: Books, alike: Iterable[tuple[Item, int]]) -> list[Late]:
    """The items that are overdue with what they cost, those that are longest overdue first."""
    found = []
    for item, count in alike:
        due = at.due(item)
        if due and at.overdue(item):
            today, tomorrow = (rent(at, item, day) for day in (at.today, at.today + days.ONE))
            found.append(Late(item, count, *due, today, tomorrow))
    return sorted(found, key=lambda one: (one.due, one.item.tag))


def one_by_one(at: Books, late: Iterable[Late], skip: int, most: int) -> list[Late]:
    """Some of the items that are overdue, each for itself, after the first ``skip``."""
    found: list[Late] = []
    for some in late:
        if skip < some.count and len(found) < most:
            data = known.to_data(some.item)
            alike = {name: data.get(name) for name in kept.ALIKE}
            items = at.all(facts=alike, most=most - len(found), skip=skip)
            found += [replace(some, item=item, count=1) for item in items]
        skip = max(0, skip - some.count)
    return found


def owed(late: Iterable[Late]) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """What is owed for all of them today and tomorrow, by reading."""
    now, then = dict[str, Decimal](), dict[str, Decimal]()
    for some in late:
        for sums, answer in ((now, some.today), (then, some.tomorrow)):
            for reading in answer.readings:
                sums[reading.name] = sums.get(reading.name, Decimal(0)) + reading.total * some.count
    return now, then


def rent(at: Books, item: Item, until: date) -> Answer:
    """What an item's late return costs up to a day (or to its return); Refused where its rental has no end."""
    ends = at.ends(item)
    if ends is None:
        raise Refused(
            f"{item.agreement} has no end date, and {item.tag} has none of its own: without it nothing is due. "
            f"Set one with `/agreement edit {item.agreement}`, or with `/hardware end {item.tag}`.",
            field="agreement",
        )
    gone = item.gone if item.gone and item.gone <= until else None
    given: dict[str, Json] = {"ended": ends.isoformat(), "fee": money.amount(item.fee), "per": item.per}
    given |= {"returned": gone.isoformat()} if gone else {"as_of": until.isoformat()}
    return at.answer("fee", "hardware-overdue", given, item.agreement)


@dataclass(frozen=True)
class Draft:
    """A statement before it is given out: what it is composed of, the items it concerns, the disputes that it settles."""

    statement: Statement
    rents: tuple[Rent, ...]
    costs: tuple[Cost, ...]
    items: tuple[Item, ...]
    ended: tuple[Dispute, ...]


def draft(at: Books, slug: str, until: date) -> Draft:
    """What is to be charged under an agreement up to a day; Refused where that is nothing, or the day has not come."""
    agreement = at.agreement(slug)
    if until > at.today:
        raise Refused(f"{days.spoken(until)} has not come yet; a statement goes up to today at most.", field="until")
    mine = [item for item in at.all(agreement=agreement.slug) if item.delivered]
    if not mine:
        raise Refused(f"Nothing was delivered under {agreement.slug}; there is nothing to settle.", field="agreement")
    rents = tuple(_rents(at, mine, until))
    charged = {rent.tag for rent in rents}
    concerned = tuple(item for item in mine if item.tag in charged or _waits(item, until))
    ended = tuple(d for d in kept.disputes(at.db, agreement=agreement.slug) if d.back and not d.credited_in)
    costs = (*_costs(concerned, until), *(_given_back(at.db, dispute) for dispute in ended))
    if not concerned and not ended:
        raise Refused(
            f"Nothing is to be charged under {agreement.slug} up to {days.spoken(until)}: nothing is late that is not "
            "charged already, no costs are known, and nothing that was inspected waits.",
            field="until",
        )
    number = f"{agreement.slug}-{len(kept.statements(at.db, agreement.slug)) + 1}"
    composed = settlement.compose(number, agreement.slug, agreement.client, until, rents, costs)
    return Draft(composed, rents, costs, concerned, ended)


def _rents(at: Books, items: Iterable[Item], until: date) -> Iterable[Rent]:
    for item in items:
        if at.ends(item) is None:
            continue
        if item.state == "settled":
            continue
        last = min(until, item.gone) if item.gone else until
        if item.charged_until and last < min(item.charged_until, item.gone or date.max):
            raise Refused(
                f"The rent of {item.tag} is charged up to {days.spoken(item.charged_until)} already; take a later day.",
                field="until",
            )
        found = Rent(item.tag, last, rent(at, item, until), item.charged or {}, item.charged_until)
        if found.open:
            yield found


def _over(item: Item, until: date) -> bool:
    """Whether an item was back, or written off, by a day: what it cost belongs to no statement before that."""
    return item.gone is not None and item.gone <= until


def _waits(item: Item, until: date) -> bool:
    """Whether an item has costs that stand on no statement, or waits to be settled."""
    return _over(item, until) and (bool(item.owed) or item.state == "inspected")


def _costs(items: Iterable[Item], until: date) -> Iterable[Cost]:
    for item in items:
        for cost in item.owed if _over(item, until) else ():
            yield Cost(item.tag, cost["label"], cost["clause"], Decimal(cost["amount"]))


def _given_back(db: Database, dispute: Dispute) -> Cost:
    label = f"Given back: line {dispute.line} of statement {dispute.statement}, {dispute.outcome}"
    line = disputed_line(db, dispute)
    return Cost(dispute.tag, label, str(line["ref"]).removeprefix("ITQ "), -Decimal(dispute.back))


def disputed_line(db: Database, dispute: Dispute) -> Mapping[str, Any]:
    """The line of a statement that a dispute is about, as it was given out."""
    stated = kept.statement(db, dispute.statement)
    if stated is None:
        raise LookupError(f"dispute {dispute.id} is about a statement that is not kept")
    return dict(stated.content["lines"][dispute.line - 1])


def seal(statement: Statement) -> str:
    """What a draft shows, in a few characters: two drafts with one seal charge the same under one number."""
    said = settlement.to_json(statement) | {"answers": []}  # every draft asks anew, under new ids
    return hashlib.sha256(canonical(said).encode()).hexdigest()[:32]


def give_out(at: Books, slug: str, until: date, shown: str = "") -> Stated:
    """Give a statement out: its answers on record, every item's accrued-until mark moved, what is settled settled.

    ``shown`` is the seal of the draft that a person saw; Refused where that is not what would be given out.
    """
    made = draft(at, slug, until)
    if shown and shown != seal(made.statement):
        raise Refused(
            f"What is to be charged under {slug} is not what this draft shows any more; nothing was given out. "
            f"`/hardware settle {slug}` shows it as it is now."
        )
    for one in made.rents:
        at.record_answer(one.answer)
    by_tag = {one.tag: one for one in made.rents}
    for item in made.items:
        over = _over(item, until)
        mark = _mark(item, by_tag.get(item.tag), made.statement) | ({} if over else {"owed": list(item.owed)})
        (after,) = at.move([item], "charge", at.today, mark)
        if over and after.state == "inspected":
            at.move([after], "settle", at.today, {"statement": made.statement.number})
    stated = Stated(made.statement.number, slug, until, at.now, at.by, _basis(made), settlement.to_json(made.statement))
    kept.state(at.db, stated)
    kept.credit(at.db, [dispute.id for dispute in made.ended], made.statement.number)
    return stated


def _mark(item: Item, charged: Rent | None, statement: Statement) -> dict[str, Any]:
    """What an item keeps of a statement: up to which day its rent is charged, and how much under each reading."""
    if charged is None:
        until, sums = item.charged_until or item.gone or statement.until, dict(item.charged or {})
    else:
        until, sums = charged.until, charged.so_far()
    return {
        "statement": statement.number,
        "until": until.isoformat(),
        "charged": {name: money.amount(sum) for name, sum in sums.items()},
    }


def _basis(made: Draft) -> dict[str, Any]:
    """All that a statement was composed from; rents by the answers on record."""
    head = made.statement
    return {
        "number": head.number,
        "agreement": head.agreement,
        "client": head.client,
        "until": head.until.isoformat(),
        "rents": [
            {
                "tag": one.tag,
                "until": one.until.isoformat(),
                "answer": one.answer.id,
                "charged": {name: money.amount(sum) for name, sum in one.charged.items()},
                "charged_until": one.charged_until and one.charged_until.isoformat(),
            }
            for one in made.rents
        ],
        "costs": [
            {"tag": c.tag, "label": c.label, "clause": c.clause, "amount": money.amount(c.amount)} for c in made.costs
        ],
    }


def composed_again(db: Database, shelf: Shelf, stated: Stated) -> tuple[Statement, list[Answer]]:
    """A statement composed again from what it was composed from, its rents computed anew under the agreement as it stood;
    with the answers that it rests on.
    """
    basis = stated.basis
    answers = {one["answer"]: one["answer"] for one in basis["rents"]}
    again = {id: recomputed(db, shelf, entry) for id in answers if (entry := audit.get(db, id))}
    rents = [
        Rent(
            one["tag"],
            date.fromisoformat(one["until"]),
            again[one["answer"]],
            {name: Decimal(sum) for name, sum in one["charged"].items()},
            date.fromisoformat(one["charged_until"]) if one["charged_until"] else None,
        )
        for one in basis["rents"]
    ]
    costs = [Cost(c["tag"], c["label"], c["clause"], Decimal(c["amount"])) for c in basis["costs"]]
    until = date.fromisoformat(basis["until"])
    made = settlement.compose(basis["number"], basis["agreement"], basis["client"], until, rents, costs)
    return made, list(again.values())


def words(at: Books, made: Statement, answers: Iterable[Answer]) -> tuple[Cite, ...]:
    """The words that a statement rests on: those of its answers, and of the clause of every line."""
    found = {cite.ref: cite for answer in answers for cite in answer.citations}
    for line in made.lines:
        if line.ref not in found:
            found[line.ref] = at.quote(made.agreement, line.ref)
    return tuple(found.values())


def holds(db: Database, shelf: Shelf, stated: Stated) -> bool:
    """Whether a statement comes out the same to the byte today."""
    again, _ = composed_again(db, shelf, stated)
    return canonical(settlement.to_json(again)) == canonical(dict(stated.content))
