"""Settlements: a draft, the statement that is given out, its papers, and what the Client disputes in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlite_utils import Database

from handlers import blocks, computed, forms
from handlers.drawing import one_at_a_time
from handlers.hardware import people, reckoned, replies, shown
from handlers.hardware.books import Books, books
from handlers.hardware.told import assumed, disputed_line
from handlers.incoming import Incoming
from handlers.services import Services, Shelf, keep
from knowledge import inputs, money, settlement
from knowledge.refused import Refused
from knowledge.settlement import Statement
from storage import deliveries
from storage import hardware as kept
from storage.hardware import Dispute, Stated
from storage.outbox import Letter

MOST_SETTLED = 2_000
"""Items of one agreement whose statement is made well within Slack's three seconds."""
OUTCOMES = {"the line stands": "stands", "part is given back": "reduced", "the line is dropped": "dropped"}


def draft(db: Database, services: Services, shelf: Shelf, incoming: Incoming, words: str) -> dict[str, Any]:
    """The statement that could be given out, with the button that does it; on record like every sum that is told."""
    at = books(db, services, shelf, incoming.user)
    slug, _, until = words.partition(" ")
    if not slug:
        raise Refused("Name the agreement: `/hardware settle acme`, with a day behind it for another than today.")
    day = inputs.day(until.removeprefix("until").strip(" ="), at.here, "until") if until.strip() else at.today
    if (count := kept.count(db, agreement=slug.lower())) > MOST_SETTLED:
        raise Refused(
            f"{count:,} items are too many to settle here ({MOST_SETTLED:,} at most); "
            f"`clausekeeper hardware settle {slug.lower()}` does it at the desk."
        )
    made = reckoned.draft(at, slug.lower(), day)
    shows = {"until": day.isoformat(), "seal": reckoned.seal(made.statement)}
    value = json.dumps({"agreement": made.statement.agreement, **shows})
    message = _message(at, made.statement, [rent.answer for rent in made.rents], given_out=False)
    message["blocks"] += blocks.rows(
        [blocks.button("Give it out", "hardware_issue", value, style="primary", confirm=_confirm(made.statement))]
    )
    record = at.entry(f"draft {made.statement.number}", {"statement": settlement.to_json(made.statement)})
    return keep(db, incoming.key, record, incoming.private(message), [])


def _confirm(made: Statement) -> blocks.Block:
    def plain(text: str) -> blocks.Block:
        return {"type": "plain_text", "text": text}

    words = f"Statement {made.number} over {money.spoken(made.total)}: what it charges is never charged again."
    return {
        "title": plain("Give it out?"),
        "text": plain(words),
        "confirm": plain("Give it out"),
        "deny": plain("Not yet"),
    }


def _message(at: Books, made: Statement, answers: list[Any], *, given_out: bool) -> dict[str, Any]:
    quoted = reckoned.words(at, made, answers)
    disputes = kept.disputes(at.db, statement=made.number) if given_out else []
    return shown.statement(made, quoted, assumed(answers), disputes, given_out=given_out)


async def issue(ack: Any, respond: Any, action: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Give a statement out."""
    await ack()
    reply = await services.store.run(_issue, services, await services.shelf(), incoming, json.loads(action["value"]))
    services.wake()
    await respond(**incoming.private(reply), replace_original=False)


def _issue(
    db: Database, services: Services, shelf: Shelf, incoming: Incoming, asked: Mapping[str, str]
) -> dict[str, Any]:
    if (first := deliveries.reply_to(db, incoming.key)) is not None:
        return first
    at = books(db, services, shelf, incoming.user)
    stated = reckoned.give_out(at, asked["agreement"], date.fromisoformat(asked["until"]), asked["seal"])
    message = _given_out(at, shelf, stated)
    letters = [
        Letter(f"{incoming.key}:{who}", stated.number, at.now, "chat.postMessage", {"channel": who} | message)
        for who in people.managers(at, services, stated.agreement)
        if who != incoming.user
    ]
    return keep(db, incoming.key, at.entry(stated.number, {"statement": dict(stated.content)}), message, letters)


def statement(db: Database, services: Services, shelf: Shelf, incoming: Incoming, number: str) -> dict[str, Any]:
    """A statement that was given out, composed again from what it rests on."""
    at = books(db, services, shelf, incoming.user)
    return incoming.private(_given_out(at, shelf, _stated(db, number)))


def _stated(db: Database, number: str) -> Stated:
    stated = kept.statement(db, number.strip().lower())
    if stated is None:
        there = ", ".join(one.number for one in kept.statements(db)[-20:]) or "none yet"
        raise Refused(f"There is no statement {number!r}; there are: {there}.")
    return stated


def _given_out(at: Books, shelf: Shelf, stated: Stated) -> dict[str, Any]:
    made, answers = reckoned.composed_again(at.db, shelf, stated)
    message = _message(at, made, answers, given_out=True)
    buttons = [
        blocks.button("PDF", "hardware_paper.pdf", stated.number),
        blocks.button("CSV", "hardware_paper.csv", stated.number),
        blocks.button("The Client disputes a line…", "hardware_dispute", stated.number),
    ]
    message["blocks"] += blocks.rows(buttons)
    return message


async def paper(ack: Any, respond: Any, action: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Hand a statement over as a file."""
    await ack()
    kind = action["action_id"].partition(".")[2]
    arguments = {"number": action["value"], "kind": kind, "user": incoming.user}
    owed = replies.work("hardware_paper", incoming.key, arguments, services, incoming.user)
    await services.store.run(_owe, services, await services.shelf(), incoming, owed)
    services.wake()
    told = f"The {kind.upper()} comes to you as a direct message."
    await respond(**incoming.private({"text": told}), replace_original=False)


def _owe(db: Database, services: Services, shelf: Shelf, incoming: Incoming, owed: Letter) -> None:
    at = books(db, services, shelf, incoming.user)
    replies.finish(at, incoming, f"paper {owed.arguments['number']}", dict(owed.arguments), [owed])


async def hand_over(services: Services, client: Any, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Write a statement as PDF or CSV and upload it into the direct messages with its person."""
    from handlers.papers.settlement import csv_of_statement, pdf_of_statement

    shelf = await services.shelf()
    made, answers, quoted, disputes, at = await services.store.run(_for_paper, services, shelf, arguments)
    if arguments["kind"] == "csv":
        content = await one_at_a_time(csv_of_statement, made)
    else:
        words = [disputed_line(dispute) for dispute in disputes]
        when = at.astimezone(services.zone)
        content = await one_at_a_time(lambda: pdf_of_statement(made, quoted, assumed(answers), words, at=when))
    name = f"hardware-{made.number}.{arguments['kind']}"
    posted: Mapping[str, Any] = await client.chat_postMessage(
        channel=arguments["user"], text=blocks.escape(f"{name}: {money.spoken(made.total)} under {made.agreement}")
    )
    await client.files_upload_v2(content=content, filename=name, title=name, channel=posted["channel"])
    return posted


def _for_paper(db: Database, services: Services, shelf: Shelf, arguments: Mapping[str, Any]) -> tuple[Any, ...]:
    at, stated = books(db, services, shelf, arguments["user"]), _stated(db, arguments["number"])
    made, answers = reckoned.composed_again(db, shelf, stated)
    quoted, disputes = reckoned.words(at, made, answers), kept.disputes(db, statement=stated.number)
    return made, answers, quoted, disputes, stated.at


async def why(ack: Any, respond: Any, action: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """What one item's late return costs today, with every reading, line and word; an answer on record."""
    await ack()
    reply = await services.store.run(_why, services, await services.shelf(), incoming, action["value"])
    await respond(**reply, replace_original=False)


def _why(db: Database, services: Services, shelf: Shelf, incoming: Incoming, tag: str) -> dict[str, Any]:
    at = books(db, services, shelf, incoming.user)
    item = at.item(tag)
    answer = reckoned.rent(at, item, at.today)
    at.record_answer(answer)
    buttons = [
        blocks.button("What if…", "computed_vary", answer.id),
        blocks.button("Keep for agreement", "computed_keep", answer.id),
        blocks.button("PDF", "computed_paper", answer.id),
    ]
    message = computed.message(answer, buttons)
    message["blocks"].insert(0, blocks.section(f"*{blocks.escape(item.name)}*, {blocks.escape(item.client)}"))
    return keep(db, incoming.key, at.entry(f"why {item.tag}", {"answer_id": answer.id}), incoming.private(message), [])


async def dispute(
    ack: Any, client: Any, body: dict[str, Any], action: dict[str, Any], incoming: Incoming, services: Services
) -> None:
    """Open the form in which a line is disputed."""
    await ack()
    ask = [
        forms.text_input("line", "Line", "its number in the statement", optional=False),
        forms.text_input("words", "The Client's words", "as they wrote them", optional=False, lines=True),
    ]
    memory = json.dumps({"number": action["value"], "channel": incoming.channel})
    view = forms.modal("hardware_dispute", f"Dispute {action['value']}", "Keep", ask, memory)
    await client.views_open(trigger_id=body["trigger_id"], view=view)


async def disputed(ack: Any, view: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Keep what the Client disputes, and ask the managers for the other side's words."""
    await services.store.run(
        _dispute, services, await services.shelf(), incoming, replies.memory(view), forms.typed(view)
    )
    services.wake()
    await ack()


def _dispute(
    db: Database,
    services: Services,
    shelf: Shelf,
    incoming: Incoming,
    memory: Mapping[str, str],
    given: Mapping[str, Any],
) -> None:
    if replies.repeated(db, incoming):
        return
    at, stated = books(db, services, shelf, incoming.user), _stated(db, memory["number"])
    lines = stated.content["lines"]
    typed = str(given.get("line", ""))
    if not typed.isdecimal() or not 0 < int(typed) <= len(lines):
        raise Refused(f"{typed!r} is no line of {stated.number}; it has lines 1 to {len(lines)}.", field="line")
    words = inputs.prose(given.get("words", ""), "words")
    if not words:
        raise Refused("Give the Client's words.", field="words")
    line = _disputable(db, stated, int(typed))
    kept.dispute(db, Dispute(at.new_id(), stated.number, int(typed), line["tag"], words, at.now, at.by))
    (new,) = list(kept.disputes(db, statement=stated.number))[-1:]
    button = blocks.button("Answer it…", "hardware_dispute_end", new.id)
    text = f"Line {typed} of statement {stated.number} ({line['tag']}, EUR {line['amount']}) is disputed"
    body = [blocks.section(f"*{blocks.escape(text)}*"), blocks.section(shown.disputed(new)), *blocks.rows([button])]
    message = {"text": blocks.escape(f"{text}: {blocks.shorten(words, 1_000)}"), "blocks": body}
    letters = [
        Letter(f"{incoming.key}:{who}", stated.number, at.now, "chat.postMessage", {"channel": who} | message)
        for who in people.managers(at, services, stated.agreement)
    ]
    told = shown.said(f"{text}; the manager is asked for an answer.")
    letters.append(replies.letter(incoming, memory["channel"], told, stated.number, services))
    replies.finish(at, incoming, f"dispute {stated.number}", {"line": int(typed), "words": words}, letters)


def _disputable(db: Database, stated: Stated, number: int) -> Mapping[str, Any]:
    """A line that the Client can dispute: one that asks for money, is not in dispute, and was not given back whole."""
    line, asked = dict(stated.content["lines"][number - 1]), stated.content["reading"]
    if line.get("reading", asked) != asked:
        raise Refused(
            f"Line {number} is what {line['reading']} would come to; nothing is asked for under it. "
            f"Dispute a line of {asked}.",
            field="line",
        )
    if Decimal(line["amount"]) <= 0:
        raise Refused(f"Line {number} gives something back; dispute the line that it puts right.", field="line")
    before = kept.disputes(db, statement=stated.number, line=number)
    if any(not one.outcome for one in before):
        raise Refused(f"Line {number} is disputed already, and not answered yet.", field="line")
    if _left(line, before) <= 0:
        raise Refused(f"Line {number} was given back whole.", field="line")
    return line


def _left(line: Mapping[str, Any], disputes: Iterable[Dispute]) -> Decimal:
    """What of a line is not given back yet."""
    return Decimal(line["amount"]) - sum(Decimal(one.back or 0) for one in disputes)


async def answer(ack: Any, client: Any, body: dict[str, Any], action: dict[str, Any], services: Services) -> None:
    """Open the form in which a dispute is ended."""
    await ack()
    ask = [
        forms.select_input("outcome", "How it ends", list(OUTCOMES), optional=False),
        forms.text_input("back", "Given back (EUR)", "where part of the line is; excluding VAT"),
        forms.text_input(
            "words", "ITQ's words", "the Client can read them in the statement", optional=False, lines=True
        ),
    ]
    view = forms.modal("hardware_dispute_end", "Answer a dispute", "Keep", ask, json.dumps({"id": action["value"]}))
    await client.views_open(trigger_id=body["trigger_id"], view=view)


async def answered(ack: Any, view: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Keep how a dispute ended; what is given back stands on the next statement."""
    shelf = await services.shelf()
    await services.store.run(_end, services, shelf, incoming, replies.memory(view)["id"], forms.typed(view))
    services.wake()
    await ack()


def _end(db: Database, services: Services, shelf: Shelf, incoming: Incoming, id: str, given: Mapping[str, Any]) -> None:
    if replies.repeated(db, incoming):
        return
    at, (found,) = books(db, services, shelf, incoming.user), kept.disputes(db, id=id)
    line = reckoned.disputed_line(db, found)
    left = _left(line, kept.disputes(db, statement=found.statement, line=found.line))
    outcome = OUTCOMES.get(str(given.get("outcome", "")))
    words = inputs.prose(given.get("words", ""), "words")
    if outcome is None or not words:
        raise Refused("This is needed.", field="words" if outcome else "outcome")
    back = {"stands": Decimal(0), "dropped": left}.get(outcome)
    told = money.amount(money.cents(_back(given, left) if back is None else back))
    if not kept.end_dispute(db, id, words, outcome, "" if outcome == "stands" else told, at.now, at.by):
        raise Refused("This dispute has ended already.", field="words")
    (ended,) = kept.disputes(db, id=id)
    message = {
        "text": f"Dispute of statement {ended.statement}: {ended.outcome}",
        "blocks": [blocks.section(shown.disputed(ended))],
    }
    letter = Letter(incoming.key, ended.statement, at.now, "chat.postMessage", {"channel": ended.by} | message)
    content = {"id": id, "outcome": outcome, "back": told, "words": words}
    replies.finish(at, incoming, f"dispute {ended.statement}", content, [letter])


def _back(given: Mapping[str, Any], left: Decimal) -> Decimal:
    if "back" not in given:
        raise Refused("Say how much of the line is given back.", field="back")
    back = inputs.number(given["back"], "back", unit="EUR")
    if not 0 < back <= left:
        raise Refused(f"{money.spoken(back)} cannot be given back of a line of {money.spoken(left)}.", field="back")
    return back
