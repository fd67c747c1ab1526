"""Hardware as messages: an item with its timeline, lists, what is overdue, and a statement."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from handlers import blocks
from handlers.blocks import Block, escape
from handlers.computed import STANCES
from handlers.hardware.books import Books
from handlers.hardware.reckoned import Late
from handlers.hardware.told import facts, happened_line, in_all, statement_lines
from knowledge import days, hardware, money
from knowledge.answer import Answer, Cite
from knowledge.hardware import MOVES, Item
from knowledge.hardware_asked import LABELS
from knowledge.settlement import Statement
from storage import hardware as kept
from storage.hardware import Dispute, Event

MOST_ROWS, MOST_LATE, MOST_EVENTS = 60, 15, 30
Message = dict[str, Any]


def said(text: str, *body: Block) -> Message:
    """A message whose words stand alone; ``text`` is plain and is escaped here."""
    return {"text": escape(blocks.shorten(text, 3_500)), "blocks": list(body) or [blocks.section(escape(text))]}


def name(item: Item) -> str:
    """An item in a sentence."""
    return f"{item.tag} ({item.description})"


def capital(words: str) -> str:
    """Words as the beginning of a sentence."""
    return words[:1].upper() + words[1:]


def by_when(due: tuple[date, date]) -> str:
    """The last day for returning, and the one to which the law moves it."""
    moved = f", moved to {days.spoken(due[1])}" if due[1] != due[0] else ""
    return f"return by {days.spoken(due[0])}{moved} (ITQ 35.1)"


def card(at: Books, item: Item) -> Message:
    """An item: what is known of it, what can be done with it, and all that happened to it."""
    stands, due = at.stands(item), at.due(item)
    back = f"; {by_when(due)}" if due and item.out else ""
    alarm = f"\n*Reported: {escape(item.alarm)}* (ITQ 34.3 to 34.5)" if item.alarm else ""
    head = f"*{escape(item.tag)}* · {escape(item.description)}\n*{escape(capital(hardware.said(stands)))}*"
    holder = [f"Held by <@{item.holder}>"] if item.holder else []
    known = " · ".join([*(f"{name}: {value}" for name, value in facts(item).items())])
    body = [
        blocks.section(head + escape(back) + alarm),
        blocks.context(escape(known), *holder, f"As of {days.spoken(at.today)}"),
        *timeline(kept.events(at.db, item.tag)),
        *blocks.rows(_buttons(at, item, stands)),
    ]
    return {"text": escape(f"{name(item)}: {hardware.said(stands)}{back}"), "blocks": body}


def timeline(events: Sequence[Event]) -> list[Block]:
    """All that happened to an item, the day first, the oldest on top."""
    shown = events[-MOST_EVENTS:]
    lines = [
        f"• *{days.spoken(e.on)}* {_people(escape(happened_line(e)))}, told by {_people(escape(e.by))}" for e in shown
    ]
    if len(events) > len(shown):
        lines.insert(0, f"{len(events) - len(shown)} earlier entries are left out here.")
    return [blocks.section("\n".join(part)) for part in _cut(["*What happened*", *lines])]


_PERSON = re.compile(r"(?<![\w:])[UW][A-Z0-9]{4,}\b(?=[;,]|$)")


def _people(words: str) -> str:
    """Escaped words with the ids of people as mentions."""
    return _PERSON.sub(lambda found: f"<@{found[0]}>", words)


def _cut(lines: Iterable[str]) -> list[list[str]]:
    """Lines in parts that fit a section each."""
    parts: list[list[str]] = [[]]
    for line in lines:
        if sum(len(one) + 1 for one in parts[-1]) + len(line) > blocks.SECTION:
            parts.append([])
        parts[-1].append(blocks.shorten(line, blocks.SECTION))
    return parts


def _buttons(at: Books, item: Item, stands: str) -> list[Block]:
    moves = [move for move in MOVES.values() if stands in move.since and move.name != "settle"]
    buttons = [blocks.button(f"{move.label}…", f"hardware_move.{move.name}", item.tag) for move in moves]
    if item.out:
        buttons.append(blocks.button(f"{LABELS['attach']}…", "hardware_move.attach", item.tag))
    if item.alarm:
        buttons.append(blocks.button(f"{LABELS['lift']}…", "hardware_move.lift", item.tag))
    if at.ends(item):
        buttons.append(blocks.button("What it costs, and why", "hardware_why", item.tag))
    if item.out:
        buttons.append(blocks.button(f"{LABELS['hand-over']}…", "hardware_move.hand-over", item.tag))
    if kept.photos(at.db, item.tag):
        buttons.append(blocks.button("Photographs", "hardware_photos", item.tag))
    return [*buttons, blocks.button("Note…", "hardware_move.note", item.tag), _label(item)]


def _label(item: Item) -> Block:
    return blocks.button("Label", "hardware_label", item.tag)


def listed(at: Books, items: Sequence[Item], what: str) -> Message:
    """Items as a table, with where they stand and when they are due."""
    if not items:
        return said(f"No item is {what}.")
    rows = [
        (item.tag, item.description[:60], item.client[:40], hardware.said(at.stands(item)), _return_by(at, item))
        for item in items[:MOST_ROWS]
    ]
    left = len(items) - len(rows)
    body = [
        blocks.section(f"*{len(items):,} {'item' if len(items) == 1 else 'items'}* {escape(what)}"),
        blocks.table(("Item", "Description", "Client", "Stands", "Return by"), rows),
    ]
    if left > 0:
        body.append(blocks.context(f"{left:,} more: add words to narrow it, or take all with `/hardware export`."))
    told = ", ".join(f"{item.tag} {at.stands(item)}" for item in items[:20])
    return {"text": escape(f"{len(items):,} items {what}: {told}"), "blocks": body}


def held(at: Books, items: Sequence[Item]) -> list[str]:
    """What a person holds, as mrkdwn, a line each."""
    lines = [
        f"• *{escape(item.tag)}* {escape(item.description)}, {escape(item.client)}: "
        f"{escape(hardware.said(at.stands(item)))}, return by {_return_by(at, item)}"
        for item in items[:MOST_LATE]
    ]
    return lines + ([f"and {len(items) - MOST_LATE} more: `/hardware mine`"] if len(items) > MOST_LATE else [])


def _return_by(at: Books, item: Item) -> str:
    due = at.due(item) if item.out else None
    if due is None:
        return "no end known" if item.out else "—"
    return days.spoken(due[0]) + (f", moved to {days.spoken(due[1])}" if due[1] != due[0] else "")


def overdue(late: Sequence[Late], today: date, skip: int = 0) -> Message:
    """What is overdue, with the money owed today under each reading and what it will be tomorrow; Why? on each."""
    if not late:
        return said("Nothing is overdue: whatever the Clients hold is theirs to return later.")
    now, then = (totals(answers) for answers in ([one.today for one in late], [one.tomorrow for one in late]))
    head = f"{len(late):,} {'item is' if len(late) == 1 else 'items are'} overdue. Rent for late return (ITQ 35.1), "
    money_of = f"excluding VAT, today: {sums(now)}; tomorrow: {sums(then)}."
    page = late[skip : skip + MOST_LATE]
    body = [blocks.section(f"*{escape(head)}*\n{escape(money_of)}"), *(_late(one, today) for one in page)]
    buttons = []
    if len(late) > skip + MOST_LATE:
        buttons.append(blocks.button(f"Next {MOST_LATE}", "hardware_overdue", str(skip + MOST_LATE)))
    body += blocks.rows(buttons)
    return {"text": escape(blocks.shorten(head + money_of, 3_500)), "blocks": body}


def _late(one: Late, today: date) -> Block:
    item = one.item
    held = f", held by <@{item.holder}>" if item.holder else ""
    stands = f", {item.state}" if item.state in ("lost", "stolen", "damaged") else ""
    late = (today - one.due).days
    text = (
        f"*{escape(item.tag)}* {escape(item.description)} · {escape(item.client)}{held}{stands}\n"
        f"{escape(capital(by_when((one.due, one.extended))))}: {late} {'day' if late == 1 else 'days'} late\n"
        f"Today {escape(sums(totals([one.today])))}\nTomorrow {escape(sums(totals([one.tomorrow])))}"
    )
    why = blocks.button("Why?", "hardware_why", item.tag)
    return blocks.section(text) | {"accessory": why}


def totals(answers: Iterable[Answer]) -> dict[str, Decimal]:
    """The sums of some answers by reading, in the order of the first."""
    found: dict[str, Decimal] = {}
    for answer in answers:
        for reading in answer.readings:
            found[reading.name] = found.get(reading.name, Decimal(0)) + reading.total
    return found


def sums(by_reading: Mapping[str, Decimal]) -> str:
    """Sums under each reading, side by side."""
    return " · ".join(f"{reading} {money.spoken(sum)}" for reading, sum in by_reading.items())


def statement(
    made: Statement, quoted: Iterable[Cite], assumed: Sequence[str], disputes: Sequence[Dispute], *, given_out: bool
) -> Message:
    """A settlement: its sum under every reading, the lines of the one that is asked for, the words, what is disputed."""
    kind = "Statement" if given_out else "Draft of statement"
    head = f"{kind} {made.number}: {made.client}, agreement {made.agreement}, up to {days.spoken(made.until)}"
    fields = [
        f"*{escape(r.name)}*{' (asked for)' if r is made.readings[0] else ''}, {STANCES[r.stance]}\n"
        f"{escape(money.spoken(r.total))}{_apart(r.total - made.total)}{escape(in_all(r))}\n_{escape(r.because)}_"
        for r in made.readings
    ]
    body = [
        blocks.section(f"*{escape(head)}*\n*{money.spoken(made.total)}* excluding VAT"),
        {"type": "section", "fields": [{"type": "mrkdwn", "text": blocks.shorten(text, 2_000)} for text in fields]},
    ]
    lines = made.under(made.readings[0].name)
    if lines:
        rows = [(str(at), line.tag, line.told, line.ref, f"{line.amount:,}") for at, line in lines[:MOST_ROWS]]
        body.append(blocks.table(("Line", "Item", "What for", "Clause", "EUR"), rows))
    if len(lines) > MOST_ROWS:
        body.append(blocks.context(f"{len(lines) - MOST_ROWS:,} more lines are in the PDF and the CSV."))
    body += [blocks.section(text) for text in map(disputed, disputes[-MOST_LATE:])]
    body += [blocks.quote(cite.ref, cite.words) for cite in quoted if cite.verbatim]
    if assumed:
        body.append(blocks.context("Assumed: " + escape(" ".join(assumed[:6]))))
    text = "\n".join([head, *statement_lines(made)[1:]])
    return {"text": escape(blocks.shorten(text, 3_500)), "blocks": body}


def disputed(dispute: Dispute) -> str:
    """A disputed line with both sides' words, as mrkdwn."""
    end = {
        "": "open",
        "stands": "the line stands",
        "reduced": f"EUR {dispute.back} is given back",
        "dropped": f"EUR {dispute.back} is given back: the line is dropped",
    }[dispute.outcome]
    words = (
        f"*Line {dispute.line} ({escape(dispute.tag)}) is disputed: {end}*\nThe Client: {escape(dispute.client_words)}"
    )
    return words + (f"\nITQ: {escape(dispute.itq_words)}" if dispute.itq_words else "")


def _apart(difference: Decimal) -> str:
    return f" ({difference:+,} EUR)" if difference else ""


def summary(counts: Mapping[str, Mapping[str, int]]) -> Message:
    """For each client how many items are out, due and overdue, as a table."""
    if not counts:
        return said("Nothing is out: no Client holds any Hardware.")
    heads = ("Client", *next(iter(counts.values())))
    rows = [(client[:60], *(str(number) for number in of.values())) for client, of in counts.items()]
    told = "; ".join(f"{client}: {', '.join(f'{n} {what}' for what, n in of.items())}" for client, of in counts.items())
    body = [blocks.section("*Hardware with Clients*"), blocks.table(heads, rows[:MOST_ROWS])]
    return {"text": escape(blocks.shorten(f"Hardware with Clients. {told}", 3_500)), "blocks": body}


def counted(at: Books, items: Iterable[Item], soon: int) -> dict[str, dict[str, int]]:
    """By client: items out whose end is far or unknown, ending within ``soon`` days, due for return, overdue, lost or stolen."""
    found: dict[str, dict[str, int]] = {}
    for item in items:
        if item.out:
            of = found.setdefault(item.client, dict.fromkeys(COUNTS, 0))
            of[_count(at, item, soon)] += 1
    return dict(sorted(found.items()))


COUNTS = ("out", "ending soon", "due", "overdue", "lost or stolen")


def _count(at: Books, item: Item, soon: int) -> str:
    if item.state in ("lost", "stolen"):
        return "lost or stolen"
    ends = at.ends(item)
    if at.overdue(item):
        return "overdue"
    if ends and at.today > ends:
        return "due"
    return "ending soon" if ends and (ends - at.today).days <= soon else "out"
