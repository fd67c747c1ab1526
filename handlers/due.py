"""A tracked deadline as words and blocks: its line in a list, and its entry in a reminder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from handlers import blocks
from handlers.blocks import Block, escape
from knowledge import days, reminding
from storage.deadlines import Tracked, moment

FULL = 6
"""Up to so many deadlines a message shows each with its buttons; beyond, each has a menu of the same choices."""


KEYS = 20
"""So many keys of possible duplicates stand in one element of small print."""

CROWDED, UNREACHABLE = "crowded", "unreachable"
"""Why a letter waits, where it is no answer of Slack's: others were before it, or nobody could be reached."""

CHOICES = {
    "done": "Done",
    "ack": "Acknowledge",
    "snooze": "Snooze",
    "move": "Move",
    "hand": "Hand over",
    "why": "Why did I get this?",
}
"""What a person can do with a reminder; each is the action ``deadline_...``."""
OFFER = {"accept": "Accept", "decline": "Decline", "why": "Why did I get this?"}


@dataclass(frozen=True)
class Said:
    """One thing that a reminder says of a deadline: ``what`` it is, its arguments, and since when it was due.

    ``error`` is what Slack last answered to it, ``again`` that it may have been said before; ``key`` shows a duplicate.
    """

    what: str
    key: str
    due: datetime
    arguments: Mapping[str, Any]
    error: str | None = None
    again: bool = False


@dataclass(frozen=True)
class Entry:
    """A deadline in a reminder to ``reader``, with all that is to be said of it now; ``zone`` governs it."""

    tracked: Tracked
    said: tuple[Said, ...]
    zone: ZoneInfo
    reader_zone: ZoneInfo
    to: str


def line(tracked: Tracked, now: datetime, zone: ZoneInfo) -> str:
    """A deadline in one line of mrkdwn: when, what, for which agreement, whose."""
    under = f" · {escape(tracked.agreement)}" if tracked.agreement else ""
    passed = " · *overdue*" if tracked.last <= now and tracked.state == "open" else ""
    return (
        f"*{stands(tracked.due, zone)}* ({reminding.left(tracked.due, now, zone)}){passed} · {escape(tracked.title)}"
        f"{under} · {whose(tracked.owner)} · `{tracked.id}`"
    )


def whose(person: str) -> str:
    """A person as a mention, or as the record names somebody who is not in Slack."""
    return f"<@{person}>" if person.startswith(("U", "W")) else escape(person or "nobody")


def stands(due: date, zone: ZoneInfo) -> str:
    """A deadline as mrkdwn: a day as it is, an instant as each reader's clock shows it, with the governing zone."""
    if not isinstance(due, datetime):
        return days.spoken(due)
    here = days.in_zone(due, zone)
    said = f"{days.spoken(here)}, {here:%H:%M}"
    return f"<!date^{int(due.timestamp())}^{{date_short_pretty}} {{time}}|{said}> ({here:%H:%M} in {zone.key})"


def plainly(due: date, zone: ZoneInfo) -> str:
    """A deadline in plain words, in the governing zone."""
    if not isinstance(due, datetime):
        return days.spoken(due)
    here = days.in_zone(due, zone)
    return f"{days.spoken(here)}, {here:%H:%M} ({zone.key})"


def readings(tracked: Tracked, zone: ZoneInfo) -> str:
    """The date of each reading, and that the earliest governs; empty where there is one date only."""
    if all(day == extended == tracked.due.isoformat() for _, day, extended in tracked.readings):
        return ""
    told = []
    for name, day, extended in tracked.readings:
        moved = f", moved by law to {plainly(moment(extended), zone)}" if extended != day else ""
        told.append(f"{name}: {plainly(moment(day), zone)}{moved}")
    return f"{'; '.join(told)}. Reminders go by {plainly(tracked.due, zone)}."


def message(entries: Sequence[Entry], now: datetime, *, instead_of: str = "", why: str = "") -> dict[str, Any]:
    """A reminder of one or several deadlines; ``instead_of`` is the person for whom its reader stands in, and ``why``."""
    body: list[Block] = []
    head = f"{len(entries)} deadlines want your attention." if len(entries) > 1 else ""
    if instead_of:
        head = f"For {whose(instead_of)}, {why}. {head}".strip()
    if head:
        body.append(blocks.section(head))
    reasons = [" ".join(reason(said, entry, now) for said in entry.said) for entry in entries]
    for entry, because in zip(entries, reasons, strict=True):
        shown = blocks.section(f"{_title(entry, now)}\n{because}")
        offered = any(said.what == "offered" for said in entry.said)
        if len(entries) > FULL:
            shown["accessory"] = menu(entry.tracked, OFFER if offered else CHOICES)
        body.append(shown)
        small = [escape(told) for told in (readings(entry.tracked, entry.zone), _doubt(entry)) if told]
        if small and len(entries) <= FULL:
            body.append(blocks.context(*small))
        if len(entries) <= FULL:
            body.append(_row(entry.tracked, OFFER if offered else CHOICES))
    if len(entries) > FULL:
        again = [said.key for entry in entries for said in entry.said if said.again]
        # An element of small print has 3,000 characters, and there are ten of them.
        doubts = [escape(doubt(again[at : at + KEYS])) for at in range(0, len(again), KEYS)]
        body += [blocks.context(*doubts)] if doubts else []
    words = [f"{_plain_title(entry, now)}: {because}" for entry, because in zip(entries, reasons, strict=True)]
    return {"text": blocks.shorten(" ".join([head, *words]).strip(), 3_500), "blocks": body}


def _row(tracked: Tracked, choices: Mapping[str, str]) -> Block:
    return {"type": "actions", "elements": buttons(tracked, choices)}


def buttons(tracked: Tracked, choices: Mapping[str, str] = CHOICES) -> list[Block]:
    """A button for each choice that a person has."""
    return [
        blocks.button(label, f"deadline_{verb}", tracked.id, accessibility_label=_labelled(label, tracked))
        for verb, label in choices.items()
    ]


def menu(tracked: Tracked, choices: Mapping[str, str] = CHOICES) -> Block:
    """A menu of what can be done with a deadline, for where there is no room for buttons."""
    options = [
        {"text": {"type": "plain_text", "text": label, "emoji": False}, "value": f"{verb} {tracked.id}"}
        for verb, label in choices.items()
    ]
    placeholder = {"type": "plain_text", "text": "What now?", "emoji": False}
    return {"type": "static_select", "action_id": "deadline_menu", "placeholder": placeholder, "options": options}


def _labelled(label: str, tracked: Tracked) -> str:
    return blocks.shorten(f"{label}: {tracked.title}", 75)


def _title(entry: Entry, now: datetime) -> str:
    tracked = entry.tracked
    under = f" · {escape(tracked.agreement)}" if tracked.agreement else ""
    away = reminding.left(tracked.due, now, entry.zone)
    return f"*{escape(tracked.title)}*{under}\n*{stands(tracked.due, entry.zone)}* ({away}) · {whose(tracked.owner)}"


def _plain_title(entry: Entry, now: datetime) -> str:
    tracked = entry.tracked
    away = reminding.left(tracked.due, now, entry.zone)
    return f"{escape(tracked.title)}, {plainly(tracked.due, entry.zone)} ({away})"


def reason(said: Said, entry: Entry, now: datetime) -> str:
    """Why this comes now, in a sentence of mrkdwn, and where it is late, why."""
    return f"{_REASONS[said.what](said, entry)}{_late(said, entry, now)}"


def _lead(said: Said, entry: Entry) -> str:
    lead, unit = int(said.arguments["lead"]), reminding.unit(entry.tracked.due)
    if not lead:
        return "The time has come." if unit == "hours" else "This is the reminder of the day itself."
    return f"This is the reminder of {days.counted(lead, unit)} before."


def _again(said: Said, entry: Entry) -> str:
    daily = "every day" if reminding.unit(entry.tracked.due) == "hours" else "every working day"
    return f"You have not answered since {_spoken(said.arguments['since'], entry)}; this comes {daily} until you do."


def _escalated(said: Said, entry: Entry) -> str:
    since, silent = _spoken(said.arguments["since"], entry), whose(str(said.arguments["silent"]))
    return f"{silent} has not answered since {since}; it comes to you {escape(str(said.arguments['as']))}."


def _moved(said: Said, entry: Entry) -> str:
    old, new = (plainly(moment(str(said.arguments[side])), entry.zone) for side in ("from", "to"))
    return f"Moved from {old} to {new}: {escape(str(said.arguments['cause']))}."


def _passed(said: Said, entry: Entry) -> str:
    return "It has passed, and nobody has said that it is done."


def _snoozed(said: Said, entry: Entry) -> str:
    return "You asked to be reminded again now."


def _tracked(said: Said, entry: Entry) -> str:
    return f"It is tracked for you: {escape(str(said.arguments['cause']))}."


_CHECK = (
    "Its date stays as it was, and I go on reminding you of it: check it against the words as they stand now, and if they "
    "give another day, press *Move* and say why."
)


def _stuck(said: Said, entry: Entry) -> str:
    cause, refused = (escape(str(said.arguments[name])) for name in ("cause", "refused"))
    return f"It could not be computed again after {cause}: {refused} {_CHECK}"


def _offered(said: Said, entry: Entry) -> str:
    note = str(said.arguments["note"])
    return f"{whose(str(said.arguments['by']))} wants to hand it over to you{f': {escape(note)}' if note else ''}."


def _handed_over(said: Said, entry: Entry) -> str:
    who = whose(str(said.arguments["who"]))
    if said.arguments["accepted"]:
        return f"{who} has accepted it and is its owner now."
    return f"{who} has declined it; you are still its owner."


_REASONS: Mapping[str, Callable[[Said, Entry], str]] = {
    "lead": _lead,
    "again": _again,
    "escalated": _escalated,
    "moved": _moved,
    "passed": _passed,
    "snoozed": _snoozed,
    "tracked": _tracked,
    "stuck": _stuck,
    "offered": _offered,
    "handed over": _handed_over,
}


def _spoken(instant: object, entry: Entry) -> str:
    here = days.in_zone(datetime.fromisoformat(str(instant)), entry.reader_zone)
    return f"{days.spoken(here)}, {here:%H:%M}"


def _late(said: Said, entry: Entry, now: datetime) -> str:
    if now - said.due < reminding.LATE:
        return ""
    due = _spoken(said.due.isoformat(), entry)
    return f" It is late: it was due on {due}, and {_excuse(said.error)}."


def _excuse(error: str | None) -> str:
    match error:
        case None:
            return "I was not running then"
        case "ratelimited" | "rate_limited":
            return "Slack asked me to wait"
        case _ if error == CROWDED:
            return "more had to be said than Slack takes at once"
        case _ if error == UNREACHABLE:
            return "nobody could be reached"
        case _:
            return f"Slack could not be reached ({escape(error)})"


def _doubt(entry: Entry) -> str:
    return doubt([said.key for said in entry.said if said.again])


def doubt(keys: Sequence[str]) -> str:
    """That what has these keys may have been said before, with the keys by which a reader can tell; empty without any."""
    if not keys:
        return ""
    return f"You may have had this already: I was interrupted while sending it. Its key is {', '.join(keys)}."
