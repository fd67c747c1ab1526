"""Agreements as they were registered, a row for each state; channels and the agreement they are about; added rates."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlite_utils import Database

# Letters that are found together (https://sqlite.org/fts5.html#the_trigram_tokenizer).
SHORTEST = 3
INDEXES = (*(f"agreement_names{part}" for part in ("", "_data", "_idx", "_docsize", "_config")), "agreement_letters")
"""The tables of an index of clients' names: they hold nothing that agreements do not say."""
_LAST = chr(0x10FFFF)


def keep(db: Database, slug: str, client: str, text: str, at: datetime, by: str) -> None:
    """Keep the state of an agreement (its TOML); the latest state counts, earlier ones stay."""
    row = (slug, client, text, at.isoformat(), by)
    db.execute("insert into agreements(slug, client, text, at, by) values (?, ?, ?, ?, ?)", row)


def get(db: Database, slug: str) -> str | None:
    """The TOML of an agreement as it stands; None where there is none."""
    row = db.execute("select text from agreements where slug = ? order by id desc limit 1", (slug.lower(),)).fetchone()
    return str(row[0]) if row else None


def there_is(db: Database, slug: str) -> bool:
    """Whether there is an agreement of a name."""
    return db.execute("select 1 from agreements where slug = ? limit 1", (slug,)).fetchone() is not None


def slugs(db: Database, most: int = -1) -> list[str]:
    """The names of all agreements, or of the first ones, in alphabetical order."""
    return [row[0] for row in db.execute("select distinct slug from agreements order by slug limit ?", (most,))]


def of_client(db: Database, name: str, most: int = -1) -> list[str]:
    """The agreements (or some of them) whose client's name, as it stands, has these words in it, by name.

    Three letters and more are found by an index of all letters; fewer by all the threes in it that begin with them.
    """
    if "\0" in name:
        return []
    stands = "a.id = (select max(id) from agreements b where b.slug = a.slug)"
    if len(name) >= SHORTEST:
        rows = db.execute(
            "select a.slug from agreement_names n join agreements a on a.id = n.rowid"
            f" where agreement_names match ? and {stands} limit ?",
            (f'"{name.replace(chr(34), chr(34) * 2)}"', most),
        )
    else:
        first = name.lower()
        rows = db.execute(
            "select distinct a.slug from agreement_letters l"
            """ join agreement_names n on n.agreement_names match '"' || replace(l.term, '"', '""') || '"' """
            f" join agreements a on a.id = n.rowid where l.term >= ? and l.term < ? and {stands} limit ?",
            (first, first + _LAST, most),
        )
    return sorted(row[0] for row in rows)


def clients(db: Database) -> dict[str, str]:
    """The client of every agreement, as it stands, by the agreement's name."""
    rows = db.execute(
        "select slug, client from agreements a where id = (select max(id) from agreements b where b.slug = a.slug)"
    )
    return dict(rows.fetchall())


def clients_since(db: Database, after: int) -> list[tuple[int, str, str]]:
    """The states of agreements that were kept after the one with a number, the oldest first: number, slug, client."""
    return list(db.execute("select id, slug, client from agreements where id > ? order by id", (after,)))


def latest(db: Database) -> int:
    """The number of the latest state of any agreement; 0 where there is none."""
    return int(db.execute("select coalesce(max(id), 0) from agreements").fetchone()[0])


def set_channel(db: Database, channel: str, slug: str) -> None:
    """Make an agreement the one that a channel is about; an empty name takes it back."""
    db.execute("delete from channel_agreements where channel = ?", (channel,))
    if slug:
        db.execute("insert into channel_agreements(channel, slug) values (?, ?)", (channel, slug))


def of_channel(db: Database, channel: str) -> str | None:
    """The agreement that a channel is about."""
    row = db.execute("select slug from channel_agreements where channel = ?", (channel,)).fetchone()
    return str(row[0]) if row else None


def channels_of(db: Database, slug: str) -> list[str]:
    """The channels that are about an agreement, in order."""
    return [row[0] for row in db.execute("select channel from channel_agreements where slug = ? order by 1", (slug,))]


def file_answer(db: Database, slug: str, answer: str, at: datetime, by: str) -> bool:
    """File an answer under an agreement; False where it is filed there already."""
    filed = db.execute(
        "insert into filed_answers(slug, answer, at, by) values (?, ?, ?, ?) on conflict do nothing",
        (slug, answer, at.isoformat(), by),
    )
    return filed.rowcount == 1


def filed(db: Database, slug: str) -> list[str]:
    """The ids of the answers filed under an agreement, the oldest first."""
    return [
        row[0] for row in db.execute("select answer from filed_answers where slug = ? order by at, answer", (slug,))
    ]


def add_rate(db: Database, first: date, last: date, percent: Decimal, source: str, at: datetime, by: str) -> None:
    """Keep a published rate of default interest: percent a year, first and last day included."""
    db.execute(
        "insert into rates(first, last, percent, source, at, by) values (?, ?, ?, ?, ?, ?)",
        (first.isoformat(), last.isoformat(), str(percent), source, at.isoformat(), by),
    )


def rates(db: Database) -> list[tuple[date, date, Decimal, str]]:
    """The added rates: first day, last day, percent a year, source."""
    rows = db.execute("select first, last, percent, source from rates order by first")
    return [(date.fromisoformat(f), date.fromisoformat(t), Decimal(p), s) for f, t, p, s in rows]
