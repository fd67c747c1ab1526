"""The first minute: /breach, the shortcuts and the first form; what a person typed is kept until it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlite_utils import Database

from handlers import blocks
from handlers.blocks import Block
from handlers.breach import asking, papers, summary
from handlers.breach.asking import Memory
from handlers.breach.keeping import NUMBER, Hand, begin, hand, may_see, see, visible
from handlers.breach.remembered import Page, having
from handlers.incoming import Incoming, plain
from handlers.services import Services, Shelf
from knowledge.breach.incident import Incident
from knowledge.refused import Refused
from storage import audit, deliveries, outbox
from storage.audit import Entry
from storage.outbox import Letter
from storage.sealing import KeyLost

USAGE = (
    "`/breach` opens the first form (`/breach drill` the same as an exercise; other words are taken as what happened). "
    "`/breach list` shows the incidents that you may see, `/breach INC-2026-001` one of them, `/breach find WORDS` looks "
    "through them, `/breach register` hands the register over to a responder."
)
# The clocks of each are computed anew.
MOST, MOST_AT_HOME = 10, 5
Tell = Callable[[Database, Services, Shelf, Incoming, str, Sequence[Page]], dict[str, Any]]
FIRST = "times"


async def breach(ack: Any, client: Any, body: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Open the form, or show what the words ask for."""
    verb, _, rest = incoming.text.partition(" ")
    shelf, asked = await services.shelf(), _asked(verb.lower(), rest.strip())
    if asked:
        tell, words = asked
        stand = await services.incidents.of(incoming.user)
        reply = await services.store.run(tell, services, shelf, incoming, words, stand)
        services.wake()
        await ack(**incoming.private(reply))
        return
    drill = verb.lower() == "drill"
    given = {"happened": rest if drill else incoming.text}
    view = await services.store.run(_form, services, shelf, incoming.user, Memory("first", drill=drill), given)
    await client.views_open(trigger_id=body["trigger_id"], view=view)
    await ack()


async def shortcut(ack: Any, client: Any, body: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """The first form, from the menu of shortcuts, from Home, or prefilled from a message."""
    message: Mapping[str, Any] = body.get("message") or {} if body["type"] == "message_action" else {}
    about, given = Memory("first"), {"happened": plain(message.get("text") or "")}
    if message:
        about = Memory("first", source=await permalink(client, services, incoming.channel, message["ts"]))
    view = await services.store.run(_form, services, await services.shelf(), incoming.user, about, given)
    await client.views_open(trigger_id=body["trigger_id"], view=view)
    await ack()


async def permalink(client: Any, services: Services, channel: str, ts: str) -> str:
    """The link to a message; where it stands in a channel that the bot may not see, its channel and time."""
    found: list[str] = []

    async def ask() -> None:
        found.append(str((await client.chat_getPermalink(channel=channel, message_ts=ts))["permalink"]))

    await services.attempt(ask())
    return found[0] if found else f"message {ts} in {channel}"


async def reported(ack: Any, view: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Open an incident; whoever may see it goes on to the next questions, anybody else is told its number."""
    reply = await services.store.run(_report, services, await services.shelf(), incoming, view)
    services.wake()
    await ack(**reply)


async def typing(ack: Any, body: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Keep what stands in a form while it is filled in."""
    await services.store.run(_keep_draft, services, await services.shelf(), incoming.user, body["view"])
    await ack()


async def closed(ack: Any, view: dict[str, Any], body: dict[str, Any], services: Services) -> None:
    """Keep what stands in a form that is closed."""
    await services.store.run(_keep_draft, services, await services.shelf(), body["user"]["id"], view)
    await ack()


async def home(services: Services, user: str) -> list[Block]:
    """On Home: the way to report, for everybody; the open incidents, for those who may see them."""
    report = blocks.rows([blocks.button("Report a data breach", "breach_home", "report", style="danger")])
    if services.seal is None:
        return []
    try:
        stand = await services.incidents.of(user)
        lines = await services.store.run(_open, services, await services.shelf(), user, stand)
    except KeyLost:
        # Home has more to show than incidents; `doctor` and /breach say what is wrong with the key.
        lines = []
    body = [blocks.section("*Open incidents*"), *(opening(*one) for one in lines[:MOST_AT_HOME])] if lines else []
    if len(lines) > MOST_AT_HOME:
        body.append(blocks.context("There are more: `/breach list`."))
    return [*body, *report]


def opening(number: str, line: str) -> Block:
    """An incident in a list, with its button beside it: in one row, each action id may stand once."""
    return blocks.section(line) | {"accessory": blocks.button(f"Open {number}", "breach_open", number)}


def first_form(
    db: Database, services: Services, shelf: Shelf, user: str, given: Mapping[str, Any], source: str
) -> dict[str, Any]:
    """The first form, prefilled by another report (a lost laptop) that ``source`` names; Refused where there is no key."""
    return _form(db, services, shelf, user, Memory("first", source=source), given)


def _asked(verb: str, rest: str) -> tuple[Tell, str] | None:
    """What the words ask to be told; None where they say what happened ("list of salaries sent to the wrong client")."""
    if NUMBER.fullmatch(verb) and not rest:
        return _show, verb
    if verb == "show" and NUMBER.fullmatch(rest):
        return _show, rest
    if verb == "find" and rest:
        return _find, rest
    return (ALONE[verb], "") if verb in ALONE and not rest else None


def _form(
    db: Database, services: Services, shelf: Shelf, user: str, about: Memory, given: Mapping[str, Any]
) -> dict[str, Any]:
    mine = hand(db, services, shelf, user)
    aware = mine.now.astimezone(mine.zone).replace(second=0, microsecond=0).isoformat()
    first = {"aware_at": aware} | {name: value for name, value in given.items() if value}
    return asking.step(mine, "first", about, None, first)


def _report(
    db: Database, services: Services, shelf: Shelf, incoming: Incoming, view: Mapping[str, Any]
) -> dict[str, Any]:
    mine, about = hand(db, services, shelf, incoming.user), asking.memory(view)
    # A form makes one incident, however often and in whatever state it is sent.
    once = f"report:{view['id']}"
    if deliveries.reply_to(db, incoming.key) is not None or deliveries.reply_to(db, once) is not None:
        return {}
    entered = asking.typed(view)
    unknown = entered.pop(asking.UNKNOWN, [])
    entered |= asking.made_whole(mine, about, entered)
    incident = begin(mine, entered, unknown, drill=about.drill, source=about.source)
    asking.sent(mine, about)
    # What is remembered of the delivery holds no answer: a repeated one closes the form.
    for key in (incoming.key, once):
        deliveries.remember(db, key, {}, mine.now)
    if may_see(mine, incident):
        return {"response_action": "update", "view": following(mine, incident.number, FIRST)}
    # Numbers run on: one would tell how many incidents there are, so that who may not see them is told the time instead.
    local = mine.now.astimezone(mine.zone)
    what = "report of a drill" if about.drill else "report"
    text = f"Thank you. Your {what} of {local:%H:%M} ({mine.zone.key}) is on record, and the responders have been told."
    key, subject = f"breach:{incident.number}:thanks", f"{incident.number} alert"
    outbox.put(db, Letter(key, subject, mine.now, "chat.postMessage", {"channel": mine.by, "text": text}))
    return {}


def following(mine: Hand, number: str, name: str) -> dict[str, Any]:
    """The page of questions of a name about an incident."""
    _, incident = see(mine, number)
    return asking.step(mine, name, Memory(name, number), incident, {})


def _keep_draft(db: Database, services: Services, shelf: Shelf, user: str, view: Mapping[str, Any]) -> None:
    mine = hand(db, services, shelf, user)
    sent = f"view:{view['id']}:{view.get('hash', '')}"
    # Typing that is told after the form was sent is no draft any more.
    if deliveries.reply_to(db, sent) is None:
        asking.keep_draft(mine, view, mine.now)


def _show(
    db: Database, services: Services, shelf: Shelf, incoming: Incoming, words: str, stand: Sequence[Page]
) -> dict[str, Any]:
    mine = hand(db, services, shelf, incoming.user)
    _, incident = see(mine, words, "/breach")
    return {"text": summary.headline(incident), "blocks": summary.summary(mine, incident)}


def _list(
    db: Database, services: Services, shelf: Shelf, incoming: Incoming, words: str, stand: Sequence[Page]
) -> dict[str, Any]:
    mine = hand(db, services, shelf, incoming.user)
    return _listed(mine, visible(mine, (one.number for page in stand for one in page.known if not one.erased)))


def _find(
    db: Database, services: Services, shelf: Shelf, incoming: Incoming, words: str, stand: Sequence[Page]
) -> dict[str, Any]:
    mine = hand(db, services, shelf, incoming.user)
    return _listed(mine, visible(mine, (one.number for one in having(words, stand))))


def _listed(mine: Hand, found: Iterator[Incident]) -> dict[str, Any]:
    newest = list(islice(found, MOST))
    if not newest:
        return {"text": "There are no incidents that you may see."}
    _noted(mine, newest)
    lines = [opening(incident.number, summary.line(mine, incident)) for incident in newest]
    more = (
        [blocks.context("Earlier ones are not shown; `/breach find WORDS` looks through all.")]
        if next(found, None)
        else []
    )
    text = f"Incidents that you may see: {', '.join(incident.number for incident in newest)}"
    return {"text": text, "blocks": [*lines, *more]}


def _noted(mine: Hand, shown: Sequence[Incident]) -> None:
    """Put on record who was shown which incidents in a list."""
    seen = {"numbers": [incident.number for incident in shown]}
    audit.append(mine.db, Entry(mine.new_id(), mine.now, mine.by, "incidents-listed", "", seen))


def _open(db: Database, services: Services, shelf: Shelf, user: str, stand: Sequence[Page]) -> list[tuple[str, str]]:
    mine = hand(db, services, shelf, user)
    found = list(
        islice(visible(mine, (one.number for page in stand for one in page.known if not one.settled)), MOST_AT_HOME + 1)
    )
    if found:
        _noted(mine, found)
    return [(incident.number, summary.line(mine, incident)) for incident in found]


def _register(
    db: Database, services: Services, shelf: Shelf, incoming: Incoming, words: str, stand: Sequence[Page]
) -> dict[str, Any]:
    mine = hand(db, services, shelf, incoming.user)
    if "responder" not in mine.held:
        raise Refused("Only responders and admins may have the register; ask one of them.")
    papers.owe_register(mine, incoming.key)
    return {"text": "The register comes to you as a direct message."}


def _help(
    db: Database, services: Services, shelf: Shelf, incoming: Incoming, words: str, stand: Sequence[Page]
) -> dict[str, Any]:
    return {"text": USAGE}


ALONE: Mapping[str, Tell] = {"list": _list, "register": _register, "help": _help}
