"""/deadline: compute one, track it, list what is tracked, say when one is away; and what Home shows of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlite_utils import Database

from handlers import absence, blocks, due, feeds, fees, parse, track, why
from handlers.answering import found
from handlers.blocks import Block
from handlers.incoming import Incoming, naming
from handlers.services import Services
from handlers.surface import Command, Surface
from handlers.tracking import governing_zone
from knowledge import reminding
from knowledge.refused import Refused
from storage import agreements as agreed
from storage import deadlines as kept

SURFACE = Surface(
    commands=(
        Command(
            "/deadline",
            "payment-due from=15 may | track … | list | away from=1 dec to=12 dec substitute=@x | calendar",
            "Compute a deadline from its clause, have it tracked, see what is tracked; without words a form",
            people=True,
        ),
    ),
    needs={"consultant": (r"/deadline.*", r"home_deadlines")},
)
USAGE = (
    "`/deadline list` knows mine, all, overdue, next=30 and agreement=acme; `/deadline show ID` its history; `track KIND …`, "
    "`away from=… to=… substitute=@x` (or `away none`), `hours zone=… from=09:00 to=17:00 country=BE`, `calendar`."
)
# A message takes 50 blocks, and each entry its time to be written.
MOST_LISTED, MOST_AT_HOME = 30, 8
# A list says how many there are up to here: counting very many would take longer than showing the first.
MOST_COUNTED = 200
AHEAD = 30


def register(app: Any) -> None:
    app.command("/deadline")(deadline)
    app.action("home_deadlines")(opened)


async def deadline(ack: Any, client: Any, body: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Do what the first word says; anything else is a kind of deadline, to be computed."""
    verb, *words = parse.parts(naming(body.get("text", ""))) or [""]
    if verb.lower() not in VERBS:
        await fees.typed("deadline", ack, client, body, incoming, services)
        return
    reply = await VERBS[verb.lower()](client, body, incoming, services, words)
    services.wake()
    await ack(**(reply or {}))


async def opened(ack: Any, respond: Any, client: Any, incoming: Incoming, services: Services) -> None:
    """Send a person the list of their deadlines."""
    await ack()
    told = await services.store.run(_list, services, incoming.user, {"mine": ""})
    await client.chat_postMessage(channel=incoming.user, **told)


async def home(services: Services, user: str) -> list[Block]:
    """The next deadlines of a person, for their Home."""
    return await services.store.run(_home, services, user)


async def _track(
    client: Any, body: dict[str, Any], incoming: Incoming, services: Services, words: list[str]
) -> dict[str, Any]:
    return await track.typed(client, incoming, services, words)


async def _listed(
    client: Any, body: dict[str, Any], incoming: Incoming, services: Services, words: list[str]
) -> dict[str, Any]:
    return incoming.private(await services.store.run(_list, services, incoming.user, filters(words)))


async def _shown(
    client: Any, body: dict[str, Any], incoming: Incoming, services: Services, words: list[str]
) -> dict[str, Any]:
    if len(words) != 1:
        raise Refused(f"Say which one: `/deadline show ID`. {USAGE}")
    return incoming.private(await services.store.run(_show, services, words[0], incoming.user))


Verb = Callable[[Any, dict[str, Any], Incoming, Services, list[str]], Awaitable[dict[str, Any] | None]]
VERBS: Mapping[str, Verb] = {
    "track": _track,
    "list": _listed,
    "show": _shown,
    "away": absence.away,
    "hours": absence.hours,
    "calendar": feeds.calendar,
}


def filters(words: Sequence[str]) -> dict[str, str]:
    """What typed words choose: ``mine overdue agreement=acme next=30``, or as people say it, ``agreement acme next 30 days``."""
    given, loose = parse.pairs(words)
    said = iter([word.lower().strip(",") for word in loose if word.lower() not in ("days", "and")])
    return given | {word: next(said, "") if word in ("next", "agreement") else "" for word in said}


def choice(db: Database, services: Services, user: str, given: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """Which open deadlines words choose: in words, and as ``open_ones`` takes it; Refused for words that choose nothing.

    ``mine``, ``all``, ``overdue``, ``next=30`` (days) and ``agreement=acme`` may be combined; without any they are mine.
    """
    if unknown := [name for name in given if name not in ("mine", "all", "overdue", "next", "agreement")]:
        raise Refused(f"/deadline list does not know {unknown[0]!r}. {USAGE}")
    now, chosen, said = services.now(), dict[str, Any](), []
    agreement = given.get("agreement")
    if agreement is not None:
        if agreed.get(db, agreement) is None:
            raise Refused(f"There is no agreement {agreement!r}; /agreement list shows them.", field="agreement")
        chosen["agreement"] = agreement.lower()
        said.append(f"under {agreement.lower()}")
    if "mine" in given or not given.keys() & {"all", "agreement"}:
        chosen["person"] = user
        said.insert(0, "of yours")
    if "overdue" in given:
        chosen["before"] = now
        said.append("that have passed")
    elif "next" in given:
        ahead = given["next"] or str(AHEAD)
        if not ahead.isdecimal() or not 0 < int(ahead) <= 3660:
            raise Refused(f"next is {ahead!r}; give a number of days, such as next=30.", field="next")
        # To the end of that day: what is "in 30 days" is among the next 30 days.
        until = reminding.last_moment(services.today() + timedelta(days=int(ahead)), services.zone)
        chosen |= {"before": until, "since": now}
        said.append(f"in the next {ahead} days")
    return " ".join(said), chosen


def _list(db: Database, services: Services, user: str, given: Mapping[str, str]) -> dict[str, Any]:
    said, chosen = choice(db, services, user, given)
    tracked, count = kept.open_ones(db, **chosen, most=MOST_LISTED), kept.count_open(db, MOST_COUNTED, **chosen)
    if not tracked:
        text = f"There are no open deadlines {said}.".replace(" .", ".")
        return {"text": text, "blocks": [blocks.section(text)]}
    head = f"{_many(count)} open deadline{'s' * (count > 1)} {said}".strip()
    lines = [due.line(one, services.now(), governing_zone(one)) for one in tracked]
    entries = [blocks.section(line) | {"accessory": due.menu(one)} for line, one in zip(lines, tracked, strict=False)]
    body = [blocks.section(f"*{head}*"), *entries]
    if count > MOST_LISTED:
        more = "Many" if count == MOST_COUNTED else count - MOST_LISTED
        body.append(blocks.context(f"{more} more follow; narrow it with next= or agreement=."))
    return {"text": blocks.shorten("\n".join([head, *lines]), 3_500), "blocks": body}


def _many(count: int) -> str:
    """A number of deadlines, which are counted up to MOST_COUNTED."""
    return f"{count} or more" if count == MOST_COUNTED else str(count)


def _show(db: Database, services: Services, id: str, user: str) -> dict[str, Any]:
    body = why.explanation(db, services, id, user)
    tracked = kept.get(db, id)
    assert tracked is not None
    if tracked.state == "open":
        found(db, id)
        body.append({"type": "actions", "elements": due.buttons(tracked)})
    return {"text": due.line(tracked, services.now(), governing_zone(tracked)), "blocks": body}


def _home(db: Database, services: Services, user: str) -> list[Block]:
    tracked = kept.open_ones(db, person=user, most=MOST_AT_HOME)
    count = kept.count_open(db, MOST_COUNTED, person=user)
    head = f"*Your deadlines* ({_many(count)} open)" if tracked else "*Your deadlines* None is tracked for you."
    lines = [due.line(one, services.now(), governing_zone(one)) for one in tracked]
    body = [blocks.section("\n".join([head, *(f"• {line}" for line in lines)]))]
    return body + blocks.rows([blocks.button("All my deadlines", "home_deadlines", user)] if tracked else [])
