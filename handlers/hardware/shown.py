"""Hardware as messages: an item with its timeline, lists, what is overdue, and a statement."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from handlers import blocks
from handlers.blocks import Block, escape
from handlers.computed import STANCES
from handlers.hardware.books import Books
from handlers.hardware.reckoned import Late, owed
from handlers.hardware.told import facts, happened_line, in_all, statement_lines
from knowledge import days, hardware, money
from knowledge.answer import Cite
from knowledge.hardware import MOVES, Item
from knowledge.hardware_asked import LABELS
from knowledge.settlement import ASKED, Statement
from storage import hardware as kept
from storage.hardware import Dispute, Event

MOST_ROWS, MOST_LATE, MOST_EVENTS, MOST_DISPUTES = 60, 15, 30, 5
# Slack takes 10,000 characters in a table and refuses a message with some 13,000 in all its blocks (bolt-js issue 2509).
ROOM, MOST_TOLD, MOST_SAID = 6_000, 400, 250
"""Characters of a table or timeline, of one entry in a timeline, and of one side's words in a dispute."""
Message = dict[str, Any]


def said(text: str, *body: Block) -> Message:
    """A message whose words stand alone; ``text`` is plain and is escaped here."""
    return {"text": escape(blocks.shorten(text, 3_500)), "blocks": list(body) or [blocks.section(escape(text))]}


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
    holder = [f"Held by <@{item.holder}>"] if item.holder and item.out else []
    known = " · ".join([*(f"{name}: {value}" for name, value in facts(item).items())])
    body = [
        blocks.section(head + escape(back) + alarm),
        blocks.context(escape(known), *holder, f"As of {days.spoken(at.today)}"),
        *timeline(kept.events(at.db, item.tag)),
        *blocks.rows(_buttons(at, item, stands)),
    ]
    return {"text": escape(f"{item.name}: {hardware.said(stands)}{back}"), "blocks": body}


def timeline(events: Sequence[Event]) -> list[Block]:
    """All that happened to an item, the day first, the oldest on top."""
    newest = _fitting([(_entry(event),) for event in reversed(events[-MOST_EVENTS:])])
    lines = [line for (line,) in reversed(newest)]
    if len(events) > len(lines):
        lines.insert(0, f"{len(events) - len(lines)} earlier entries are left out here.")
    return [blocks.section("\n".join(part)) for part in _cut(["*What happened*", *lines])]


def _entry(event: Event) -> str:
    """One thing that happened to an item, as mrkdwn."""
    told = escape(blocks.shorten(happened_line(event), MOST_TOLD))
    return f"• *{days.spoken(event.on)}* {_people(told)}, told by {_people(escape(event.by))}"


def _fitting(rows: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The first rows, as many of them as a message has room for."""
    room, shown = ROOM, list[tuple[str, ...]]()
    for row in rows:
        room -= sum(map(len, row))
        if room < 0 or len(shown) == MOST_ROWS:
            break
        shown.append(row)
    return shown


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


def listed(at: Books, items: Sequence[Item], count: int, what: str) -> Message:
    """The first of ``count`` items as a table, with where they stand and when they are due."""
    if not count:
        return said(f"No item is {what}.")
    rows = _fitting(
        (item.tag, item.description[:60], item.client[:40], hardware.said(at.stands(item)), _return_by(at, item))
        for item in items
    )
    left = count - len(rows)
    body = [
        blocks.section(f"*{count:,} {'item' if count == 1 else 'items'}* {escape(what)}"),
        blocks.table(("Item", "Description", "Client", "Stands", "Return by"), rows),
    ]
    if left > 0:
        body.append(blocks.context(f"{left:,} more: add words to narrow it, or take all with `/hardware export`."))
    told = ", ".join(f"{item.tag} {at.stands(item)}" for item in items[:20])
    return {"text": escape(f"{count:,} {'item' if count == 1 else 'items'} {what}: {told}"), "blocks": body}


def held(at: Books, items: Sequence[Item], count: int) -> list[str]:
    """The first of ``count`` items that a person holds, as mrkdwn, a line each."""
    lines = [
        f"• *{escape(item.tag)}* {escape(item.brief)}, {escape(blocks.shorten(item.client, 60))}: "
        f"{escape(hardware.said(at.stands(item)))}, return by {_return_by(at, item)}"
        for item in items
    ]
    return lines + ([f"and {count - len(items)} more: `/hardware mine`"] if count > len(items) else [])


def _return_by(at: Books, item: Item) -> str:
    due = at.due(item) if item.out else None
    if due is None:
        return "no end known" if item.out else "—"
    return days.spoken(due[0]) + (f", moved to {days.spoken(due[1])}" if due[1] != due[0] else "")


def overdue(late: Sequence[Late], page: Sequence[Late], today: date, following: str) -> Message:
    """What is overdue, with the money owed today under each reading and what it will be tomorrow; Why? on each of a page.

    ``following`` asks for the page after it; empty where there is none.
    """
    if not late:
        return said("Nothing is overdue: whatever the Clients hold is theirs to return later.")
    now, then = owed(late)
    count = sum(some.count for some in late)
    head = f"{count:,} {'item is' if count == 1 else 'items are'} overdue. Rent for late return (ITQ 35.1), "
    money_of = f"excluding VAT, today: {sums(now)}; tomorrow: {sums(then)}."
    body = [blocks.section(f"*{escape(head)}*\n{escape(money_of)}"), *(_late(one, today) for one in page)]
    if following:
        body += blocks.rows([blocks.button(f"Next {MOST_LATE}", "hardware_overdue", following)])
    return {"text": escape(blocks.shorten(head + money_of, 3_500)), "blocks": body}


def _late(one: Late, today: date) -> Block:
    item = one.item
    held = f", held by <@{item.holder}>" if item.holder else ""
    stands = f", {item.state}" if item.state in ("lost", "stolen", "damaged") else ""
    late = (today - one.due).days
    now, then = owed([one])
    charged = f"\nCharged so far, up to {days.spoken(item.charged_until)}: " if item.charged_until else ""
    charged += money.spoken((item.charged or {}).get(ASKED, Decimal(0))) if charged else ""
    text = (
        f"*{escape(item.tag)}* {escape(item.brief)} · {escape(blocks.shorten(item.client, 60))}{held}{stands}\n"
        f"{escape(capital(by_when((one.due, one.extended))))}: {late} {'day' if late == 1 else 'days'} late\n"
        f"Today {escape(sums(now))}\nTomorrow {escape(sums(then))}{charged}"
    )
    why = blocks.button("Why?", "hardware_why", item.tag)
    return blocks.section(text) | {"accessory": why}


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
    rows = _fitting((str(at), line.tag, line.told, line.ref, f"{line.amount:,}") for at, line in lines)
    if rows:
        body.append(blocks.table(("Line", "Item", "What for", "Clause", "EUR"), rows))
    if len(lines) > len(rows):
        body.append(blocks.context(f"{len(lines) - len(rows):,} more lines are in the PDF and the CSV."))
    body += [blocks.section(disputed(one, MOST_SAID)) for one in disputes[-MOST_DISPUTES:]]
    if len(disputes) > MOST_DISPUTES:
        body.append(blocks.context(f"{len(disputes) - MOST_DISPUTES:,} earlier disputes are in the PDF."))
    body += [blocks.quote(cite.ref, cite.words) for cite in quoted if cite.verbatim]
    if assumed:
        body.append(blocks.context("Assumed: " + escape(" ".join(assumed[:6]))))
    text = "\n".join([head, *islice(statement_lines(made), 1, MOST_ROWS)])
    return {"text": escape(blocks.shorten(text, 3_500)), "blocks": body}


def disputed(dispute: Dispute, most: int = 2_500) -> str:
    """A disputed line with both sides' words, up to ``most`` characters of each, as mrkdwn."""
    end = {
        "": "open",
        "stands": "the line stands",
        "reduced": f"EUR {dispute.back} is given back",
        "dropped": f"EUR {dispute.back} is given back: the line is dropped",
    }[dispute.outcome]
    client, itq = (escape(blocks.shorten(words, most)) for words in (dispute.client_words, dispute.itq_words))
    words = f"*Line {dispute.line} ({escape(dispute.tag)}) is disputed: {end}*\nThe Client: {client}"
    return words + (f"\nITQ: {itq}" if itq else "")


def _apart(difference: Decimal) -> str:
    return f" ({difference:+,} EUR)" if difference else ""


def summary(counts: Mapping[str, Mapping[str, int]]) -> Message:
    """For each client how many items are out, due and overdue, as a table."""
    if not counts:
        return said("Nothing is out: no Client holds any Hardware.")
    heads = ("Client", *next(iter(counts.values())))
    rows = _fitting((client[:60], *(str(number) for number in of.values())) for client, of in counts.items())
    told = "; ".join(f"{client}: {', '.join(f'{n} {what}' for what, n in of.items())}" for client, of in counts.items())
    body = [blocks.section("*Hardware with Clients*"), blocks.table(heads, rows)]
    if len(counts) > len(rows):
        body.append(blocks.context(f"{len(counts) - len(rows):,} more Clients: add words to narrow it."))
    return {"text": escape(blocks.shorten(f"Hardware with Clients. {told}", 3_500)), "blocks": body}


def counted(at: Books, words: str = "") -> dict[str, dict[str, int]]:
    """By client: items out whose end is far or unknown, ending soon, due for return, overdue, lost or stolen."""
    found: dict[str, dict[str, int]] = {}
    soon = int(hardware.house()["every"]["warn_days"])
    for item, count in at.alike(states=hardware.OUT, words=words):
        of = found.setdefault(item.client, dict.fromkeys(COUNTS, 0))
        of[_count(at, item, soon)] += count
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
