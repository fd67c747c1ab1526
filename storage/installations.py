"""Which workspaces installed the app: a small database of its own, beside one database for each of them; tokens are sealed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from storage.migrations.set import statements
from storage.sealing import Seal

REGISTRY = Migrations("installations")
# How long one process may take to renew a token before another one may try.
CLAIM = timedelta(seconds=60)


@REGISTRY()
def m001_installations(db: Database) -> None:
    """Workspaces with their sealed tokens, and the states of installations that have been begun."""
    statements(
        db,
        """
        create table installations (
            team text primary key,
            name text not null,
            bot_user text not null,
            bot_id text not null,
            scopes text not null,
            installer text not null,
            at text not null,
            home integer not null check (home in (0, 1)),
            sealed text,
            expires_at text,
            renewing_until text,
            ended_at text,
            ended text
        ) strict, without rowid;

        create table oauth_states (hash text primary key, good_until text not null) strict, without rowid
        """,
    )


@dataclass(frozen=True)
class Installation:
    """The app in one workspace. ``at`` is when it was installed, ``installer`` who did it (empty where nobody knows).

    ``expires`` is when the token does, None for a lasting one; ``refresh`` gives the next one. ``home`` is the workspace whose
    rows lie in the database of the settings. ``ended`` is the event that took the app out, at ``ended_at``; there is no token
    any more then.
    """

    team: str
    name: str
    bot_user: str
    bot_id: str
    scopes: str
    installer: str
    at: datetime
    token: str = field(default="", repr=False)
    refresh: str = field(default="", repr=False)
    expires: datetime | None = None
    home: bool = False
    ended: str = ""
    ended_at: datetime | None = None


_COLUMNS = "team, name, bot_user, bot_id, scopes, installer, at, sealed, expires_at, home, ended, ended_at"


def put(db: Database, seal: Seal, new: Installation) -> None:
    """Keep an installation in the place of an earlier one of that workspace, which stays ``home`` if it was."""
    db.execute(
        "insert into installations(team, name, bot_user, bot_id, scopes, installer, at, sealed, expires_at, home)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict(team) do update set name = excluded.name,"
        " bot_user = excluded.bot_user, bot_id = excluded.bot_id, scopes = excluded.scopes, installer = excluded.installer,"
        " at = excluded.at, sealed = excluded.sealed, expires_at = excluded.expires_at, home = max(home, excluded.home),"
        " renewing_until = null, ended_at = null, ended = null",
        (
            new.team,
            new.name,
            new.bot_user,
            new.bot_id,
            new.scopes,
            new.installer,
            new.at.isoformat(),
            _sealed(seal, new.token, new.refresh),
            new.expires and new.expires.isoformat(),
            int(new.home),
        ),
    )


def get(db: Database, seal: Seal, team: str) -> Installation | None:
    """The installation of a workspace, whether it has ended or not; None where there was none. KeyLost as ``every``."""
    row = db.execute(f"select {_COLUMNS} from installations where team = ?", (team,)).fetchone()
    return _read(seal, row) if row else None


def every(db: Database, seal: Seal) -> list[Installation]:
    """All installations, ended ones too, in the order of their workspaces; KeyLost where the key does not open a token."""
    rows = db.execute(f"select {_COLUMNS} from installations order by team").fetchall()
    return [_read(seal, row) for row in rows]


def end(db: Database, team: str, why: str, at: datetime) -> bool:
    """Note that the app was taken out, and forget its tokens; False where it was put in again after ``at``, or is out."""
    ended = db.execute(
        "update installations set ended = ?, ended_at = ?, sealed = null, expires_at = null, renewing_until = null"
        " where team = ? and ended is null and at <= ?",
        (why, at.isoformat(), team, at.isoformat()),
    )
    return ended.rowcount == 1


def claim(db: Database, installation: Installation, now: datetime) -> bool:
    """Take it on oneself to renew the token that an installation has; False where another process has, or did."""
    if installation.expires is None:
        return False
    claimed = db.execute(
        "update installations set renewing_until = ? where team = ? and expires_at = ? and ended is null"
        " and (renewing_until is null or renewing_until < ?)",
        ((now + CLAIM).isoformat(), installation.team, installation.expires.isoformat(), now.isoformat()),
    )
    return claimed.rowcount == 1


def renew(db: Database, seal: Seal, team: str, token: str, refresh: str, expires: datetime) -> None:
    """Keep the tokens that take the place of those that were claimed."""
    db.execute(
        "update installations set sealed = ?, expires_at = ?, renewing_until = null where team = ? and ended is null",
        (_sealed(seal, token, refresh), expires.isoformat(), team),
    )


def forget(db: Database, team: str) -> bool:
    """Delete what is known of a workspace; False where nothing is."""
    return db.execute("delete from installations where team = ?", (team,)).rowcount == 1


def begin(db: Database, state: str, now: datetime, good: timedelta) -> None:
    """Remember the state of an installation that somebody begins, by its hash; old ones are let go."""
    db.execute("delete from oauth_states where good_until < ?", (now.isoformat(),))
    db.execute("insert into oauth_states(hash, good_until) values (?, ?)", (_hash(state), (now + good).isoformat()))


def consume(db: Database, state: str, now: datetime) -> bool:
    """Whether a state was begun and is still good; it is not any more afterwards."""
    row = db.execute(
        "delete from oauth_states where hash = ? returning good_until >= ?", (_hash(state), now.isoformat())
    ).fetchone()
    return bool(row and row[0])


def seal_again(db: Database, seal: Seal) -> int:
    """Seal every token anew under the first key; how many. KeyLost, nothing changed, where a key is missing."""
    rows = db.execute("select team, sealed from installations where sealed is not null").fetchall()
    for team, sealed in rows:
        db.execute("update installations set sealed = ? where team = ?", (seal.again(sealed), team))
    return len(rows)


def _sealed(seal: Seal, token: str, refresh: str) -> str:
    return seal.close({"token": token, "refresh": refresh})


def _read(seal: Seal, row: tuple[Any, ...]) -> Installation:
    team, name, bot_user, bot_id, scopes, installer, at, sealed, expires, home, ended, ended_at = row
    tokens = seal.open(sealed) if sealed else {"token": "", "refresh": ""}
    return Installation(
        team,
        name,
        bot_user,
        bot_id,
        scopes,
        installer,
        datetime.fromisoformat(at),
        tokens["token"],
        tokens["refresh"],
        datetime.fromisoformat(expires) if expires else None,
        bool(home),
        ended or "",
        datetime.fromisoformat(ended_at) if ended_at else None,
    )


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
