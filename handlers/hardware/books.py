"""What work on Hardware rests on in one transaction: items, their agreements, the last day for returning them, and change."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import reduce
from typing import Any

from sqlite_utils import Database

from handlers import computing, parse
from handlers.computing import Basis
from handlers.services import Services, Shelf
from knowledge import hardware as known
from knowledge.agreements import Agreement
from knowledge.answer import Answer, Cite, Family, Json
from knowledge.hardware import Happened, Item
from knowledge.hardware_rows import Row
from knowledge.inputs import Here
from knowledge.refused import Refused
from knowledge.rules import governing
from storage import agreements as agreed
from storage import audit, outbox
from storage import hardware as kept
from storage.audit import Entry
from storage.outbox import Letter

CARD = "hardware_card"
"""The letter that brings the card up to date to which an item's label leads."""
MOST_NEAR = 50
MOST_AT_ONCE = 1_000
"""Items that one move may concern."""


@dataclass(frozen=True)
class Books:
    """One transaction's view of the Hardware. ``today`` is the contract day in the governing zone; ``by`` who asks."""

    db: Database
    basis: Basis
    here: Here
    by: str
    new_id: Callable[[], str]
    _answers: dict[tuple[object, ...], Answer] = field(default_factory=dict, repr=False)
    _agreements: dict[str, Agreement] = field(default_factory=dict, repr=False)

    @property
    def today(self) -> date:
        return self.here.today

    @property
    def now(self) -> datetime:
        return self.here.now

    def agreement(self, slug: str) -> Agreement:
        """An agreement by its name; Refused, naming those there are."""
        if slug in self._agreements:
            return self._agreements[slug]
        found = self.basis.agreement(slug) if slug else None
        if found is None:
            there_are = ", ".join(agreed.slugs(self.db, 20)) or "none yet"
            raise Refused(f"There is no agreement {slug!r}; there are: {there_are}.", field="agreement")
        self._agreements[slug] = found
        return found

    def clients(self) -> dict[str, str]:
        """The client of every agreement, by the agreement's name."""
        return agreed.clients(self.db)

    def item(self, tag: str) -> Item:
        """An item by its tag; Refused, with the nearest tag, where there is none."""
        wanted = known.tag(tag)
        facts = kept.get(self.db, wanted)
        if facts is None:
            near = difflib.get_close_matches(wanted, kept.tags_near(self.db, wanted, MOST_NEAR), 1)
            raise Refused(
                f"There is no item {wanted}; " + (f"did you mean {near[0]}?" if near else "add it with /hardware add."),
                field="tags",
            )
        return known.of_data(facts)

    def tags(self, words: str) -> tuple[str, ...]:
        """The tags that people name: one by one, or all that is out under an agreement by its name."""
        found: list[str] = []
        for word in re.split(r"[\s,;]+", words.strip()):
            if agreed.get(self.db, word) and kept.get(self.db, word.upper()) is None:
                found += [item.tag for item in self.all(agreement=word.lower(), states=known.OUT)]
            else:
                found += known.tags(word) if word else ()
        if not found:
            raise Refused("Name one asset tag or more, such as LT-0042, or an agreement with items out.", field="tags")
        return tuple(dict.fromkeys(found))

    def items(self, tags: Iterable[str]) -> list[Item]:
        """Items by their tags; Refused where one is unknown or they are too many for one move."""
        wanted = list(tags)
        if len(wanted) > MOST_AT_ONCE:
            raise Refused(f"{len(wanted):,} items are too many for one move; {MOST_AT_ONCE:,} at most.", field="tags")
        return [self.item(tag) for tag in wanted]

    def all(self, **which: Any) -> list[Item]:
        """Items as ``storage.hardware.items`` finds them."""
        return [known.of_data(facts) for facts in kept.items(self.db, **which)]

    def first(self, most: int, **which: Any) -> tuple[list[Item], int]:
        """The first items as ``storage.hardware.items`` finds them, and how many there are."""
        found, count = kept.first(self.db, most, **which)
        return [known.of_data(facts) for facts in found], count

    def alike(self, **which: Any) -> list[tuple[Item, int]]:
        """Items by what their return and its money depend on: one that stands for those alike, and how many they are."""
        found = kept.alike(self.db, **which)
        return [(known.of_data({"description": "", "fee": "0", **facts}), count) for facts, count in found]

    def ends(self, item: Item) -> date | None:
        """The day on which an item's rental ends: its own, else its agreement's; None where neither has one."""
        return item.ends or self.end_of(item.agreement)

    def end_of(self, slug: str) -> date | None:
        """The day on which an agreement ends, and with it the rental of its Hardware; None while it renews itself."""
        found = self.agreement(slug)
        return found.ends if found.renewal is None else None

    def due(self, item: Item) -> tuple[date, date] | None:
        """The last day for returning an item, and the day to which the law moves it; None without an end."""
        return self.due_of(item.agreement, item.ends)

    def due_of(self, slug: str, ends: date | None) -> tuple[date, date] | None:
        """The same of what is rented under an agreement until a day of its own, or else the agreement's."""
        ends = ends or self.end_of(slug)
        if ends is None:
            return None
        reading = self.answer("deadline", "hardware-return", {"from": ends.isoformat()}, slug).readings[0]
        if reading.day is None or reading.extended is None:
            raise ValueError("a deadline has a last day")
        return reading.day, reading.extended

    def stands(self, item: Item) -> str:
        """Where an item stands today."""
        due = self.due(item) if item.state in known.HELD else None
        return known.standing(item, self.ends(item), due and due[0], self.today)

    def overdue(self, item: Item) -> bool:
        """Whether an item is out although the last day for returning it, unmoved, has passed."""
        due = self.due(item) if item.out else None
        return due is not None and self.today > due[0]

    def answer(self, family: Family, kind: str, given: Mapping[str, Json], agreement: str) -> Answer:
        """A fee or deadline under an agreement; the same question is computed once."""
        key = (family, kind, agreement, *sorted(given.items()))
        if key not in self._answers:
            asked = parse.from_json(
                family, kind, {**given, "agreement": agreement}, now=self.now, agreements=self.basis.overrides
            )
            self._answers[key] = self.basis.compute(asked, self.new_id())
        return self._answers[key]

    def quote(self, slug: str, ref: str) -> Cite:
        """The words of a clause (``ITQ 35.3``, or its number alone) in the text that governs an agreement today."""
        documents = governing(self.basis.library, self.agreement(slug).overrides, self.today)
        itq = next(document for document in documents if document.slug == "itq")
        clause = itq.clause(ref.removeprefix("ITQ "))
        return Cite(clause.ref, itq.slug, itq.version, clause.text)

    def record_answer(self, answer: Answer) -> None:
        """Put a computed answer on record, once."""
        if audit.get(self.db, answer.id) is None:
            agreement = self.agreement(str(answer.inputs["agreement"]))
            audit.append(self.db, computing.entry(answer, agreement, self.now, self.by))

    def entry(self, subject: str, content: Mapping[str, Any]) -> Entry:
        """An entry of the record about Hardware."""
        return Entry(self.new_id(), self.now, self.by, "hardware", subject, content)

    def move(self, items: Collection[Item], kind: str, on: date, *data: Mapping[str, Any]) -> list[Item]:
        """Make a move, or tell a fact, of several items: all of them or, Refused, none. ``data`` is for all, or each its own."""
        for item in items:
            if kind in known.MOVES:
                known.check(item, self.stands(item), kind, on, self.today)
            else:
                known.check_fact(item, kind, on, self.today)
        each = data if len(data) == len(items) else data * len(items)
        return self.tell([(item, Happened(kind, on, one)) for item, one in zip(items, each, strict=True)])

    def tell(self, changes: Iterable[tuple[Item, Happened]]) -> list[Item]:
        """Keep what happened to items; what they are after it."""
        after = [(item, what, known.after(item, what)) for item, what in changes]
        kept.happen(self.db, [(self._event(item, what), _standing(new)) for item, what, new in after])
        for tag in kept.with_cards(self.db, (item.tag for item, _, _ in after)):
            outbox.put(self.db, Letter(f"{CARD}:{tag}:{self.new_id()}", tag, self.now, CARD, {"tag": tag}))
        return [new for _, _, new in after]

    def add(self, items: Iterable[Item]) -> None:
        """Register items; Refused where a tag is taken."""
        new = list(items)
        for item in new:
            if kept.get(self.db, item.tag):
                raise Refused(f"{item.tag} is registered already; `/hardware edit {item.tag}` changes it.", field="tag")
        added = [(item, Happened("add", self.today, known.to_data(item))) for item in new]
        kept.happen(self.db, [(self._event(item, what), _standing(item)) for item, what in added])

    def take_in(self, rows: Iterable[Row]) -> int:
        """Register the rows of a file, with what it says of delivery and insurance; how many. Refused where a tag is taken."""
        return kept.take_in(self.db, self.written(rows))

    def written(self, rows: Iterable[Row]) -> kept.Prepared:
        """The rows of a file as what happened, and what that adds up to; nothing is kept."""
        events, standings = [], []
        for row in rows:
            told = [Happened("add", self.today, known.to_data(row.item))]
            if row.delivered:
                told.append(Happened("deliver", row.delivered, {}))
            if row.delivered and row.in_use:
                told.append(Happened("use", row.delivered, {}))
            if row.insured_until:
                told.append(Happened("insure", self.today, {"until": row.insured_until.isoformat()}))
            events += [self._event(row.item, what) for what in told]
            standings.append(_standing(reduce(known.after, told[1:], row.item)))
        return kept.prepare(events, standings)

    def _event(self, item: Item, what: Happened) -> kept.Event:
        return kept.Event(item.tag, what.kind, what.on, self.now, self.by, what.data)


def _standing(item: Item) -> kept.Standing:
    return kept.Standing(item.tag, item.state, item.agreement, item.client, item.holder, known.to_data(item))


def books(db: Database, services: Services, shelf: Shelf, user: str) -> Books:
    """The books as a person in Slack opens them."""
    return Books(db, computing.basis(db, shelf), Here(services.now(), services.zone), user, services.new_id)
