"""/hardware: rented Hardware out, back and settled (ITQ 29 to 35)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from sqlite_utils import Database

from handlers import blocks, forms
from handlers.hardware import (
    alarms,
    asking,
    entering,
    filing,
    moving,
    photographs,
    reckoned,
    replies,
    settling,
    shown,
    tracked,
)
from handlers.hardware.at_home import home
from handlers.hardware.books import CARD, books
from handlers.incoming import Incoming
from handlers.services import Services, Shelf, keep
from handlers.surface import Command, Shortcut, Surface
from knowledge import hardware as known
from knowledge.hardware_asked import MANAGED
from knowledge.inputs import Here
from knowledge.refused import Refused
from storage import agreements as agreed
from storage import hardware as kept
from storage import outbox

__all__ = ["SURFACE", "WORKS", "home", "register"]
_MANAGED = "|".join((*MANAGED, "writeoff", "insured"))
SURFACE = Surface(
    commands=(
        Command(
            "/hardware",
            "list | show LT-1 | deliver LT-1 LT-2 | return LT-1 | overdue | settle acme",
            "Rented Hardware: out, back and settled; without words what there is to do",
        ),
    ),
    shortcuts=(
        Shortcut("global", "Hardware: report or return", "hardware_report", "Tell what happened to rented Hardware"),
    ),
    scopes={
        "chat:write": "managers are told of loss, theft and attachment, holders are asked once a year what they still have",
        "files:read": "photographs of returned Hardware and files of items are fetched from the forms in which they are given",
        "files:write": "labels, exports and settlements are handed over as files",
    },
    needs={
        "consultant": (
            r"/hardware.*",
            r"hardware_show\..*",
            r"hardware_move\..*",
            r"hardware_have\..*",
            r"hardware_paper\..*",
            "hardware_(report|home|add|move|overdue|why|label|photos|breach|not_all|dispute)",
        ),
        "manager": (
            rf"/hardware (edit|rent|import|settle|{_MANAGED})",
            rf"hardware_move\.({_MANAGED}|rent)",
            r"hardware_(edit|import|issue|insured|dispute_end)",
        ),
    },
)
MOST_TYPED = 3_000
"""Characters of an input of a form (docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element)."""
USAGE = (
    "/hardware knows: `add`, `list [words]`, `show LT-1`, `mine`, `overdue`, `summary`, `label LT-1`, "
    "`photos LT-1`, `export [agreement]`; "
    "what happens: `deliver`, `use`, `lost`, `stolen`, `damaged`, `return`, `inspect`, `attach`, `hand-over`, `note` with tags "
    "behind it; and for managers `edit`, `rent`, `end`, `call`, `write-off`, `insured`, `lift`, `import`, "
    "`settle AGREEMENT [day]`, `statement NUMBER`."
)
WORKS = {
    "hardware_photo": photographs.keep,
    "hardware_import": filing.take_in,
    "hardware_bulk": filing.bulk,
    "hardware_export": filing.export,
    "hardware_photos": photographs.hand_over,
    "hardware_label": filing.label,
    CARD: filing.renew,
    "hardware_picture": filing.picture,
    "hardware_paper": settling.hand_over,
    tracked.FOLLOW: tracked.catch_up,
    tracked.UNDAMAGED: tracked.undamaged,
    asking.CHECK: asking.ask,
    asking.ESCALATE: asking.escalate,
    asking.INSURANCE: asking.insurance,
}
"""The letters that take more than one call to Slack, by their name."""


def register(app: Any) -> None:
    app.command("/hardware")(hardware)
    app.shortcut("hardware_report")(reported)
    app.action("hardware_home")(reported)
    app.action("hardware_add")(add)
    app.action(re.compile(r"hardware_show\..*"))(show)
    app.action(re.compile(r"hardware_move\..*"))(opened)
    app.action("hardware_insured")(insured)
    app.action("hardware_overdue")(more_overdue)
    app.action("hardware_why")(settling.why)
    app.action("hardware_label")(label)
    app.action("hardware_photos")(photos)
    app.action("hardware_breach")(alarms.report)
    app.action(re.compile(r"hardware_have\..*"))(asking.have)
    app.action("hardware_not_all")(asking.not_all)
    app.action("hardware_import")(filing.wanted)
    app.action("hardware_issue")(settling.issue)
    app.action(re.compile(r"hardware_paper\..*"))(settling.paper)
    app.action("hardware_dispute")(settling.dispute)
    app.action("hardware_dispute_end")(settling.answer)
    app.view("hardware_add")(entering.added)
    app.view("hardware_edit")(entering.edited)
    app.view("hardware_move")(moving.moved)
    app.view("hardware_report")(chosen)
    app.view("hardware_not_all")(asking.but)
    app.view("hardware_import")(filing.tried)
    app.view("hardware_dispute")(settling.disputed)
    app.view("hardware_dispute_end")(settling.answered)


async def hardware(ack: Any, client: Any, body: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Do what the words say: tell, or open the form of what happens."""
    verb, _, rest = incoming.text.partition(" ")
    asked, shelf = verb.lower() or "home", await services.shelf()
    kind = moving.known(asked)
    if kind is not None:
        view = await services.store.run(_form, services, shelf, incoming, kind, rest)
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()
    elif asked in FORMED:
        view = await services.store.run(FORMED[asked], services, shelf, incoming, rest.strip())
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()
    elif asked in TOLD:
        reply = await services.store.run(TOLD[asked], services, shelf, incoming, rest.strip())
        services.wake()
        await ack(**reply)
    else:
        raise Refused(f"/hardware does not know {blocks.shorten(verb, 40)!r}. {USAGE}")


Tell = Callable[[Database, Services, Shelf, Incoming, str], dict[str, Any]]


def _form(db: Database, services: Services, shelf: Shelf, incoming: Incoming, kind: str, rest: str) -> dict[str, Any]:
    """The form of what happens to the items that were named, one by one or by their agreement."""
    at = books(db, services, shelf, incoming.user)
    if rest:
        at.items(at.tags(rest))
    if len(rest) > MOST_TYPED:
        raise Refused(
            f"These are more tags than a form can hold ({MOST_TYPED:,} characters): `/hardware {kind}` alone takes a "
            "file of them, or name the agreement for all that is out under it."
        )
    return moving.form(kind, rest.split(), incoming.channel, at.here)


def _add_form(db: Database, services: Services, shelf: Shelf, incoming: Incoming, rest: str) -> dict[str, Any]:
    at = books(db, services, shelf, incoming.user)
    slug = rest.lower() or agreed.of_channel(db, incoming.channel) or ""
    slugs = agreed.slugs(db, forms.OPTIONS + 1)
    if not slugs:
        raise Refused(
            "There is no agreement yet under which Hardware is rented; a manager registers it with /agreement."
        )
    return entering.add_form(at, slugs, incoming.channel, at.agreement(slug).slug if slug else "")


def _edit_form(db: Database, services: Services, shelf: Shelf, incoming: Incoming, rest: str) -> dict[str, Any]:
    at = books(db, services, shelf, incoming.user)
    return entering.edit_form(at, at.item(_one(rest)), agreed.slugs(db, forms.OPTIONS + 1), incoming.channel, "edit")


def _rent_form(db: Database, services: Services, shelf: Shelf, incoming: Incoming, rest: str) -> dict[str, Any]:
    at = books(db, services, shelf, incoming.user)
    item = at.item(_one(rest))
    known.check(item, at.stands(item), "rent", at.today, at.today)
    return entering.edit_form(at, item, agreed.slugs(db, forms.OPTIONS + 1), incoming.channel, "rent")


def _import_form(db: Database, services: Services, shelf: Shelf, incoming: Incoming, rest: str) -> dict[str, Any]:
    return filing.import_form(incoming.channel)


def _one(words: str) -> str:
    if not words:
        raise Refused("Name an item by its asset tag, such as LT-0042; `/hardware list` shows them.")
    return words.split(maxsplit=1)[0]


def _home(db: Database, services: Services, shelf: Shelf, incoming: Incoming, rest: str) -> dict[str, Any]:
    message = shown.said("What happened to rented Hardware?")
    message["blocks"] += blocks.rows(
        [
            blocks.button("Register…", "hardware_add", "add"),
            blocks.button("Report or return…", "hardware_home", "report"),
            blocks.button("Overdue", "hardware_overdue", "0"),
        ]
    )
    message["blocks"].append(blocks.context(USAGE))
    return incoming.private(message)


def _list(db: Database, services: Services, shelf: Shelf, incoming: Incoming, rest: str) -> dict[str, Any]:
    at = books(db, services, shelf, incoming.user)
    slug = rest.lower() if rest and agreed.get(db, rest.lower()) else ""
    which = {"agreement": slug} if slug else {"words": rest}
    items, count = at.first(shown.MOST_ROWS, **which)
    return incoming.private(shown.listed(at, items, count, f"with {rest!r}" if rest else "registered"))


def _show(db: Database, services: Services, shelf: Shelf, incoming: Incoming, rest: str) -> dict[str, Any]:
    at = books(db, services, shelf, incoming.user)
    return incoming.private(shown.card(at, at.item(_one(rest))))


def _mine(db: Database, services: Services, shelf: Shelf, incoming: Incoming, rest: str) -> dict[str, Any]:
    at = books(db, services, shelf, incoming.user)
    held, count = entering.mine(at, incoming.user, shown.MOST_ROWS)
    return incoming.private(shown.listed(at, held, count, "held by you"))


def _overdue(db: Database, services: Services, shelf: Shelf, incoming: Incoming, rest: str) -> dict[str, Any]:
    """What is overdue (of an agreement), from an entry on; sums that are told are on record."""
    at = books(db, services, shelf, incoming.user)
    *words, last = rest.lower().split() or [""]
    slug, skip = (" ".join(words), int(last)) if last.isdecimal() else (rest.lower(), 0)
    slug = at.agreement(slug).slug if slug else ""
    late = reckoned.late(at, at.alike(agreement=slug, states=known.OUT))
    page = reckoned.one_by_one(at, late, skip, shown.MOST_LATE)
    left = sum(some.count for some in late) > skip + len(page)
    following = f"{slug} {skip + len(page)}".strip() if left else ""
    message = incoming.private(shown.overdue(late, page, at.today, following))
    record = {"agreement": slug, "all": _sums(late)} | {one.item.tag: _sums([one]) for one in page}
    return keep(db, incoming.key, at.entry("overdue", record), message, [])


def _sums(late: list[reckoned.Late]) -> dict[str, dict[str, str]]:
    """What is owed, as it goes on record."""
    return {
        day: {reading: str(total) for reading, total in sums.items()}
        for day, sums in zip(("today", "tomorrow"), reckoned.owed(late), strict=True)
    }


def _summary(db: Database, services: Services, shelf: Shelf, incoming: Incoming, rest: str) -> dict[str, Any]:
    at = books(db, services, shelf, incoming.user)
    owed = replies.work(
        "hardware_picture", incoming.key, {"user": incoming.user, "words": rest}, services, incoming.user
    )
    outbox.put(db, owed)
    return incoming.private(shown.summary(shown.counted(at, rest)))


def _export(db: Database, services: Services, shelf: Shelf, incoming: Incoming, rest: str) -> dict[str, Any]:
    at = books(db, services, shelf, incoming.user)
    slug = at.agreement(rest.lower()).slug if rest else ""
    arguments = {"user": incoming.user, "agreement": slug}
    owed = replies.work("hardware_export", incoming.key, arguments, services, incoming.user)
    reply = incoming.private({"text": "The CSV comes to you as a direct message."})
    return keep(db, incoming.key, at.entry("export", {"agreement": slug}), reply, [owed])


def _photos(db: Database, services: Services, shelf: Shelf, incoming: Incoming, rest: str) -> dict[str, Any]:
    at = books(db, services, shelf, incoming.user)
    tag = at.item(_one(rest)).tag
    if not kept.photos(db, tag):
        raise Refused(f"There is no photograph of {tag}; `/hardware inspect {tag}` takes some in.")
    arguments = {"tag": tag, "user": incoming.user}
    owed = replies.work("hardware_photos", incoming.key, arguments, services, incoming.user)
    reply = incoming.private({"text": blocks.escape(f"The photographs of {tag} come to you as a direct message.")})
    return keep(db, incoming.key, at.entry(f"photographs {tag}", {"tag": tag}), reply, [owed])


def _label(db: Database, services: Services, shelf: Shelf, incoming: Incoming, rest: str) -> dict[str, Any]:
    at = books(db, services, shelf, incoming.user)
    tag = at.item(_one(rest)).tag
    place = incoming.channel if incoming.in_channel else incoming.user
    arguments = {"tag": tag, "user": incoming.user, "channel": place}
    owed = replies.work("hardware_label", incoming.key, arguments, services, incoming.user)
    reply = incoming.private({"text": blocks.escape(f"The label of {tag} comes to you as a direct message.")})
    return keep(db, incoming.key, at.entry(f"label {tag}", {"tag": tag}), reply, [owed])


FORMED: Mapping[str, Tell] = {"add": _add_form, "edit": _edit_form, "rent": _rent_form, "import": _import_form}
TOLD: Mapping[str, Tell] = {
    "home": _home,
    "help": _home,
    "list": _list,
    "show": _show,
    "mine": _mine,
    "overdue": _overdue,
    "summary": _summary,
    "export": _export,
    "label": _label,
    "photos": _photos,
    "settle": settling.draft,
    "statement": settling.statement,
}


async def add(ack: Any, client: Any, body: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Open the form that registers items."""
    view = await services.store.run(_add_form, services, await services.shelf(), incoming, "")
    await client.views_open(trigger_id=body["trigger_id"], view=view)
    await ack()


async def reported(ack: Any, client: Any, body: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Ask what happened; the next form asks the rest."""
    roles = await services.roles(incoming.user)
    view = moving.chooser(incoming.channel, managing="manager" in roles)
    await client.views_open(trigger_id=body["trigger_id"], view=view)
    await ack()


async def chosen(ack: Any, view: dict[str, Any], services: Services) -> None:
    """Turn the choice of what happened into its form."""
    kind, channel = moving.choice(view)
    here = Here(services.now(), services.zone)
    await ack(response_action="update", view=moving.form(kind, (), channel, here))


async def opened(
    ack: Any, client: Any, body: dict[str, Any], action: dict[str, Any], incoming: Incoming, services: Services
) -> None:
    """Open the form behind a button of an item."""
    await ack()
    kind = action["action_id"].partition(".")[2]
    shelf, tag = await services.shelf(), action["value"]
    if kind == "rent":
        view = await services.store.run(_rent_form, services, shelf, incoming, tag)
    else:
        view = await services.store.run(_form, services, shelf, incoming, kind, tag)
    await client.views_open(trigger_id=body["trigger_id"], view=view)


async def insured(
    ack: Any, client: Any, body: dict[str, Any], action: dict[str, Any], incoming: Incoming, services: Services
) -> None:
    """Open the form of a proof of insurance for an agreement's items."""
    await ack()
    view = await services.store.run(_form, services, await services.shelf(), incoming, "insure", action["value"])
    await client.views_open(trigger_id=body["trigger_id"], view=view)


async def show(ack: Any, respond: Any, action: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Show an item."""
    await _answered(_show, ack, respond, action, incoming, services)


async def more_overdue(ack: Any, respond: Any, action: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Show what is overdue, or the next of it."""
    await _answered(_overdue, ack, respond, action, incoming, services)


async def label(ack: Any, respond: Any, action: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Make an item's label."""
    await _answered(_label, ack, respond, action, incoming, services)


async def photos(ack: Any, respond: Any, action: dict[str, Any], incoming: Incoming, services: Services) -> None:
    """Hand an item's photographs over."""
    await _answered(_photos, ack, respond, action, incoming, services)


async def _answered(
    tell: Tell, ack: Any, respond: Any, action: dict[str, Any], incoming: Incoming, services: Services
) -> None:
    """Answer a button; in Home, where there is no place to answer, in a direct message."""
    await ack()
    reply = await services.store.run(tell, services, await services.shelf(), incoming, action["value"])
    services.wake()
    await respond(**reply, replace_original=False)
