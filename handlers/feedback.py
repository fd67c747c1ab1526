"""What people think of an answer: thumbs, the right clause, and each week the unanswered questions for managers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from sqlite_utils import Database

from handlers import blocks, forms
from handlers.asking import standing
from handlers.incoming import Incoming
from handlers.services import Services, Shelf, keep
from handlers.surface import Surface
from knowledge import lookup
from knowledge.refused import Refused
from knowledge.search.asking import wording
from storage import audit, feedback, outbox
from storage.audit import Entry
from storage.feedback import Confirmed, Unanswered
from storage.outbox import Letter

SURFACE = Surface(
    scopes={"chat:write": "managers get a weekly list of questions that the documents do not answer"},
    needs={"consultant": ("helpful", "not_helpful", "right_clause")},
)
CLAUSE = "clause"
# What people type where no clause answers a question.
NONE = frozenset({"none", "no clause", "geen", "aucune"})
# The work that writes the weekly list, and when it is due in the governing zone.
UNANSWERED = "unanswered"
NINE = time(9)
WEEK = timedelta(days=7)
# What fits a message beside its head and foot: topics, questions of a topic, characters of a question.
MOST_TOPICS, MOST_OF_A_TOPIC, MOST_CHARACTERS = 40, 8, 200


def register(app: Any) -> None:
    app.action("helpful")(judged)
    app.action("not_helpful")(judged)
    app.action("right_clause")(open_form)
    app.view("right_clause")(corrected)


async def judged(ack: Any, respond: Any, action: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Keep whether an answer helped."""
    await ack()
    verdict = "helpful" if action["action_id"] == "helpful" else "not helpful"
    await services.store.run(feedback.give, action["value"], incoming.user, verdict, services.now())
    await respond(**incoming.private({"text": "Thank you, noted."}), replace_original=False)


async def open_form(ack: Any, client: Any, body: dict[str, Any], action: dict[str, Any], services: Services) -> None:
    """Open the form in which a person names the right clause."""
    await ack()
    entry = await services.store.run(_entry, action["value"])
    await client.views_open(trigger_id=body["trigger_id"], view=form(entry))


async def corrected(ack: Any, view: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Keep the right clause; where a manager names it, it is the answer to that wording from now on."""
    typed = str(forms.typed(view).get(CLAUSE, ""))
    shelf = await services.shelf()
    ref = named(shelf, typed)
    manager = "manager" in await services.roles(incoming.user)
    await ack(**await services.store.run(_correct, services, shelf, incoming, view["private_metadata"], ref, manager))


def form(entry: Entry) -> dict[str, Any]:
    """The form that asks for the right clause of a question."""
    question = blocks.escape(blocks.shorten(entry.content["question"], 2_000))
    return forms.modal(
        "right_clause",
        "The right clause",
        "Send",
        [blocks.section(f"Which clause answers this?\n>{question}"), clause_input(optional=False)],
        entry.id,
    )


def clause_input(*, optional: bool) -> blocks.Block:
    """The input for a clause's number."""
    hint = "A number such as 7.3 or itaf 4.4; 'none' where no clause answers it"
    return forms.text_input(CLAUSE, "The right clause", hint, optional=optional)


def named(shelf: Shelf, typed: str) -> str:
    """The ref of the clause that was typed, empty for none; Refused under its field where there is no such clause."""
    if typed.strip().lower().rstrip(".") in NONE:
        return ""
    try:
        passage = lookup.find(shelf.library, typed, shelf.on) if typed.strip() else None
    except Refused as refused:
        raise Refused(str(refused), field=CLAUSE) from None
    if passage is None:
        raise Refused("That is no clause; write its number, such as 7.3 or itaf 4.4, or 'none'.", field=CLAUSE)
    return passage.ref


def confirm(db: Database, shelf: Shelf, entry: Entry, ref: str, by: str, at: datetime) -> None:
    """Remember what answers the wording of a question, for the versions in force."""
    told = Confirmed(ref, standing(shelf.library, ref, shelf.on), by, at)
    feedback.confirm(db, wording(entry.content["question"]), entry.id, told)


def list_due(services: Services) -> Letter:
    """The letter that brings managers this week's unanswered questions next Monday at nine; one a week."""
    here = services.now().astimezone(services.zone)
    monday = here.date() + timedelta(days=-here.weekday() % 7)
    due = datetime.combine(monday, NINE, services.zone)
    if due <= here:
        due = datetime.combine(monday + WEEK, NINE, services.zone)
    day = due.date().isoformat()
    return Letter(f"{UNANSWERED}:{day}", UNANSWERED, due.astimezone(UTC), UNANSWERED, {"monday": day})


async def hand_out(services: Services, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Owe every manager the list of the week before a Monday."""
    await services.store.run(_hand_out, services, date.fromisoformat(arguments["monday"]))
    services.wake()
    return {}


def listed(missed: Sequence[Unanswered]) -> dict[str, Any]:
    """Unanswered questions by topic, the topic that was asked about most first."""
    by_topic = [list(group) for _, group in groupby(sorted(missed, key=lambda one: one.topic), lambda one: one.topic)]
    by_topic.sort(key=len, reverse=True)
    head = f"Last week {len(missed)} questions found no sure answer in the documents."
    body = [blocks.section(head), *(blocks.section(_topic(group)) for group in by_topic[:MOST_TOPICS])]
    if len(by_topic) > MOST_TOPICS:
        body.append(blocks.context(f"{len(by_topic) - MOST_TOPICS} more topics were asked about less often."))
    body.append(blocks.context("`clausekeeper feedback export` writes what people said answers them."))
    topics = ", ".join(f"{group[0].topic} ({len(group)})" for group in by_topic[:MOST_TOPICS])
    return {"text": blocks.escape(f"{head} {topics}"), "blocks": body}


def _topic(group: Sequence[Unanswered]) -> str:
    asked = list(dict.fromkeys(blocks.shorten(one.question, MOST_CHARACTERS) for one in group))
    lines = [
        f"*{blocks.escape(group[0].topic)}* ({len(group)})",
        *(f"• {blocks.escape(q)}" for q in asked[:MOST_OF_A_TOPIC]),
    ]
    if len(asked) > MOST_OF_A_TOPIC:
        lines.append(f"and {len(asked) - MOST_OF_A_TOPIC} more")
    return "\n".join(lines)


def _hand_out(db: Database, services: Services, monday: date) -> None:
    until = datetime.combine(monday, NINE, services.zone)
    since = datetime.combine(monday - WEEK, NINE, services.zone)
    missed = feedback.missed(db, since.astimezone(UTC), until.astimezone(UTC))
    holders = services.holders(db)
    if not missed:
        return
    for user in holders["manager"] or holders["admin"]:
        key = f"{UNANSWERED}:{monday}:{user}"
        arguments = {"channel": user, **listed(missed)}
        outbox.put(db, Letter(key, UNANSWERED, services.now(), "chat.postMessage", arguments))


def _correct(
    db: Database, services: Services, shelf: Shelf, incoming: Incoming, id: str, ref: str, manager: bool
) -> dict[str, Any]:
    entry, now = _entry(db, id), services.now()
    feedback.correct(db, id, incoming.user, ref, now)
    if manager:
        confirm(db, shelf, entry, ref, incoming.user, now)
    which = f"the right clause is {ref}" if ref else "no clause answers it"
    then = (
        "Whoever puts it in the same words gets that from now on, marked as confirmed by you."
        if manager
        else "It is kept to make the search better; a manager's word would also change the answer."
    )
    done = forms.modal("right_clause_done", "The right clause", "", [blocks.section(f"Noted: {which}. {then}")])
    reply = {"response_action": "update", "view": {k: v for k, v in done.items() if k != "submit"}}
    content = {"answer": id, "ref": ref, "confirmed": manager}
    return keep(db, incoming.key, Entry(services.new_id(), now, incoming.user, "correct", ref, content), reply, [])


def _entry(db: Database, id: str) -> Entry:
    entry = audit.get(db, id)
    if entry is None or "question" not in entry.content:
        raise Refused("That question is no longer on record; ask it again.", field=CLAUSE)
    return entry
