"""How long each table keeps what: a rule for every one, and taking away what has outlived its rule.

The audit chain outlives all of it: entries stay with the hashes of what they held (``storage.audit``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from storage import agreements

YEAR = 365
# A claim under a contract is out of time after ten years (Belgian Civil Code art. 2262bis, 1).
CLAIMS = 10 * YEAR + 3
MOST = 10_000


@dataclass(frozen=True)
class Rule:
    """What becomes of a table's rows: those for which ``old`` holds, with ``:before`` an instant ``days`` ago, go.

    ``blank`` is what is done to them where they stay without their words. Without ``days`` nothing goes by its age; ``why`` says
    why that is so, or why it is kept that long. ``large`` tables have many rows, by a rowid.
    """

    table: str
    why: str
    days: int | None = None
    old: str = ""
    blank: str = ""
    large: bool = False


@dataclass(frozen=True)
class Found:
    """How many rows of a table have outlived their rule, by the days that were asked for."""

    rule: Rule
    days: int | None
    rows: int


# Answers on which something that lives on rests: a deadline that is open, an agreement under which it was filed.
_RESTS = (
    "select answer from filed_answers union select answer from deadlines where state = 'open' union"
    " select entry from deadline_steps where deadline in (select id from deadlines where state = 'open')"
)
_CLOSED = "select id from deadlines where state != 'open' and last < :before"
# Children stand before the rows that they point at.
RULES = (
    Rule(
        "threads",
        "the next question in a thread goes on from it",
        90,
        "answer in (select id from audit where at < :before)",
    ),
    Rule("feedback", "bad answers are found", 2 * YEAR, "at < :before"),
    Rule("corrections", "bad answers are found", 2 * YEAR, "at < :before"),
    Rule("confirmed", "the same words are answered so again", 3 * YEAR, "at < :before"),
    Rule("unanswered_questions", "the weekly list for managers", YEAR, "at < :before"),
    Rule("referrals", "others see that it was answered", 2 * YEAR, "answered_at < :before"),
    Rule("watchers", "with their deadline", CLAIMS, f"deadline in ({_CLOSED})"),
    Rule("unanswered", "with their deadline", CLAIMS, f"deadline in ({_CLOSED})"),
    Rule("deadline_steps", "with their deadline", CLAIMS, f"deadline in ({_CLOSED})"),
    Rule("deadlines", "whether a date was met can be asked until claims are out of time", CLAIMS, f"id in ({_CLOSED})"),
    Rule(
        "contents",
        "an answer can be proved; of incidents only digests stand here, and they are kept",
        5 * YEAR + 1,
        f"id in (select id from audit where at < :before and action != 'incident') and id not in ({_RESTS})",
        large=True,
    ),
    Rule("deliveries", "Slack delivers again within the hour; a week covers outages", 7, "at < :before", large=True),
    Rule(
        "outbox",
        "what was said, and why it was late; its key and times stay, so that nothing is said twice",
        90,
        "state != 'waiting' and ended_at < :before and arguments != '{}'"
        " and subject not in (select id from deadlines where state = 'open')",
        "arguments = '{}', result = null, tell = null",
        large=True,
    ),
    Rule("absences", "who stood in is told for a while", YEAR, "last < :before"),
    Rule("feeds", "a revoked address is told from one that never was", 90, "revoked_at < :before"),
    Rule("people", "somebody who left may come back", YEAR, "gone = 1 and looked_at < :before"),
    Rule("incident_drafts", "nobody came back to it", 90, "at < :before"),
    Rule(
        "hardware_pictured",
        "the condition of an item can be disputed",
        2 * YEAR,
        "at < :before and tag in (select tag from hardware where state in ('settled', 'written off'))",
    ),
    Rule(
        "hardware_photos",
        "with the last item that they show",
        0,
        "sha256 not in (select sha256 from hardware_pictured)",
    ),
    Rule("audit", "the chain proves itself; entries hold no words"),
    Rule("incidents", "clausekeeper incidents retention; number and times stay"),
    Rule("incident_events", "with their incident; digests stay"),
    Rule("incident_summaries", "with their incident"),
    Rule("documents", "answers rest on them"),
    Rule("agreements", "answers rest on each state; the business's own records"),
    *(Rule(table, "an index of agreements") for table in agreements.INDEXES),
    Rule("channel_agreements", "until a manager changes it"),
    Rule("filed_answers", "with their agreement"),
    Rule("rates", "published figures"),
    Rule("roles", "until the role is taken away, or the person leaves"),
    Rule("role_groups", "until an admin ends it"),
    Rule("group_members", "as Slack says"),
    Rule("preferences", "until chosen anew"),
    Rule("shut_out", "until Slack says otherwise"),
    Rule("held", "one row, over in minutes"),
    Rule("hardware", "the business's own records"),
    Rule("hardware_events", "the business's own records; never changed"),
    Rule("hardware_statements", "the business's own records"),
    Rule("hardware_disputes", "the business's own records"),
    Rule("hardware_cards", "until the item is gone"),
    Rule("_sqlite_migrations", "to bring a database up to date"),
)


def due(db: Database, now: datetime, days: Mapping[str, int]) -> list[Found]:
    """What has outlived its rule, table by table; ``days`` are other limits by table. Changes nothing."""
    return [_found(db, rule, now, days.get(rule.table, rule.days)) for rule in RULES]


def take_away(db: Database, rule: Rule, now: datetime, days: Mapping[str, int]) -> int:
    """Take away what has outlived a rule, in the caller's transaction: how many rows went.

    Of tables that grow large MOST at a time, so that nobody waits long for the database; call it until fewer go.
    """
    limit = days.get(rule.table, rule.days)
    if limit is None or not rule.old:
        return 0
    act = f"update {rule.table} set {rule.blank}" if rule.blank else f"delete from {rule.table}"
    old = f"rowid in (select rowid from {rule.table} where {rule.old} limit {MOST})" if rule.large else rule.old
    return db.execute(f"{act} where {old}", {"before": _before(now, limit)}).rowcount


def _found(db: Database, rule: Rule, now: datetime, days: int | None) -> Found:
    if days is None or not rule.old:
        return Found(rule, None, 0)
    (rows,) = db.execute(
        f"select count(*) from {rule.table} where {rule.old}", {"before": _before(now, days)}
    ).fetchone()
    return Found(rule, days, rows)


def _before(now: datetime, days: int) -> str:
    return (now - timedelta(days=days)).isoformat()
