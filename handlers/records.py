"""/clausekeeper audit and health: what is on record, the newest first, and how the bot is; for admins."""

from __future__ import annotations

import re
from typing import Any

from sqlite_utils import Database

from handlers import blocks
from handlers.services import Services
from knowledge.refused import Refused
from storage import audit
from storage.audit import Entry
from storage.backlog import backlog

MOST = 15  # a section holds 3,000 characters
# Counting very many would take longer than all the rest; /metrics counts them to the end.
MOST_COUNTED = 10_000
_PERSON = re.compile(r"[UW][A-Z0-9]{2,}")


def latest(db: Database, named: str) -> dict[str, Any]:
    """The newest entries: all, or those that a person, an action (``fee``) or a subject (``ITQ 7.3``) names; never words.

    Refused, naming the actions that there are, where nothing is on record under these words.
    """
    found = audit.latest(db, MOST, named)
    if not found and not named:
        return _said("Nothing is on record yet.")
    if not found:
        known = ", ".join(audit.actions(db)) or "none yet"
        raise Refused(
            f"Nothing is on record for {blocks.shorten(named, 60)!r}; give a person, a clause, "
            f"the reference of an answer, or an action: {known}."
        )
    about = f" for {_named(named)}" if named else ""
    head = f"*The last {len(found)} of {audit.count(db):,} entries on record{about}*"
    foot = "What was asked and answered is not shown here; `clausekeeper verify` proves that nothing was changed."
    lines = "\n".join(map(_line, found))
    body = [blocks.section(head), blocks.section(lines), blocks.context(foot)]
    return {"text": f"{head}\n{lines}", "blocks": body}


async def health(services: Services) -> dict[str, Any]:
    """How each part is, in words; the same as ``/healthz`` tells, with what is owed and what was given up."""
    told = await services.health()
    state = "Everything works." if told["ok"] else f"Not well: {', '.join(told['failing'])}."
    lines = [f"*{state}*", f"• Database: {told['database']}"]
    if told["database"] == "answers":
        owed = await services.store.run(backlog, services.now(), MOST_COUNTED)
        entries = await services.store.run(audit.count)
        lines += [
            f"• Messages: {_many(owed.overdue)} late (the oldest by {told['oldest_overdue_seconds']:,} s), "
            f"{_many(owed.clocks)} whose time has not come, {_many(owed.failed)} given up",
            f"• Documents: {told['documents']} versions" + "".join(f"; {problem}" for problem in told["problems"]),
            f"• On record: {entries:,} entries",
        ]
    lines += [
        f"• Slack: {told['slack']}",
        f"• Room on the disk: {told['free_bytes'] / 1e9:,.1f} GB",
        f"• Key for data breaches: {'given' if services.seal else 'none, so that none can be reported'}",
    ]
    return _said("\n".join(lines[:1] + [blocks.escape(line) for line in lines[1:]]))


def _many(number: int) -> str:
    """A number that was counted up to MOST_COUNTED."""
    return f"{number:,} or more" if number == MOST_COUNTED else f"{number:,}"


def _line(entry: Entry) -> str:
    stamp = f"<!date^{int(entry.at.timestamp())}^{{date_num}} {{time_secs}}|{entry.at:%Y-%m-%d %H:%M:%S} UTC>"
    what = blocks.escape(blocks.shorten(f"{entry.action} {entry.subject}".strip(), 60))
    return f"{stamp} · {_named(entry.actor)} · {what} · `{blocks.escape(entry.id)}`"


def _named(words: str) -> str:
    """A person as Slack shows them; other words as they are."""
    return f"<@{words}>" if _PERSON.fullmatch(words) else blocks.escape(blocks.shorten(words, 60))


def _said(text: str) -> dict[str, Any]:
    return {"text": text, "blocks": [blocks.section(text)]}
