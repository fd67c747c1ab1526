"""Every command and screen with years of use in the database, against the same with next to nothing in it.

100,000 agreements, 1,000,000 deadlines of two hundred people (one in fifty open), 10,000 incidents, 50,000 items of Hardware,
1,000,000 letters, 1,000,000 audit entries. Part of ``python -m bench.load``.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.driving import ROOT, command, environment, free_port, line, middle, ready, running, used
from storage.database import connect
from workspace import Server, Workspace
from workspace.interactions import new_hook, new_trigger

FEE = "cancellation performance=2026-12-04 cancelled=2026-12-02 fee="
QUESTION = "how late may a client cancel the consultancy free of charge?"
AGREEMENTS, DEADLINES, INCIDENTS, ITEMS, LETTERS, ENTRIES = 100_000, 1_000_000, 10_000, 50_000, 1_000_000, 1_000_000
PEOPLE, DAYS_APART, TIMES = 200, 50, 9
NEVER = "2036-01-01T00:00:00+00:00"
OWED = (
    "select 1 from outbox where state = 'waiting' and due <= :now and attempts = 0"
    " and (next_try <= :now or begun is not null) limit 1"
)
# What these bring about is made for seconds or minutes beside the work.
LONG, FEW_TIMES = ("/breach register", "/hardware export", "/clausekeeper my data"), 2
ITEM = "tag,description,agreement,fee,per,value,delivered\nLT-1,Laptop,c5,45.00,month,1200,2026-11-02\n"
# What is typed, by whom: U0ANNA where nobody is named. Forms, too, are opened for each.
TYPED: dict[str, tuple[str, ...]] = {
    "/clause 7.3": ("/clause", "7.3"),
    "/clause force majeure": ("/clause", "force majeure"),
    "/clause 43": ("/clause", "43"),
    "/ask": ("/ask", QUESTION),
    "/fee cancellation": ("/fee", f"{FEE}1200"),
    "/fee cancellation agreement=c5": ("/fee", f"{FEE}1200 agreement=c5"),
    "/fee, the form": ("/fee", "cancellation"),
    "/deadline payment-due": ("/deadline", "payment-due from=2026-05-15"),
    "/deadline, the form": ("/deadline", "payment-due"),
    "/deadline track": ("/deadline", "track payment-due from=2026-11-15 agreement=c5 title=Bill"),
    "/deadline list": ("/deadline", "list"),
    "/deadline list all": ("/deadline", "list all"),
    "/deadline list overdue": ("/deadline", "list overdue"),
    "/deadline list overdue all": ("/deadline", "list overdue all"),
    "/deadline list next=30 all": ("/deadline", "list next=30 all"),
    "/deadline list agreement=c5": ("/deadline", "list agreement=c5"),
    "/deadline show": ("/deadline", "show d1", "U0ADMIN"),
    "/deadline hours, the form": ("/deadline", "hours"),
    "/deadline calendar": ("/deadline", "calendar 2026-12"),
    "/agreement, the form": ("/agreement", "", "U0ADMIN"),
    "/agreement show c5": ("/agreement", "show c5"),
    "/agreement edit c5": ("/agreement", "edit c5", "U0ADMIN"),
    "/agreement condition c5": ("/agreement", "condition c5", "U0ADMIN"),
    "/agreement settle c5": ("/agreement", "settle c5", "U0ADMIN"),
    "/agreement invoice c5": ("/agreement", "invoice c5", "U0ADMIN"),
    "/agreement here c5": ("/agreement", "here c5", "U0ADMIN"),
    "/agreement list": ("/agreement", "list"),
    "/agreement list client 5": ("/agreement", "list client 5"),
    "/agreement list zz": ("/agreement", "list zz"),
    "/agreement show zz": ("/agreement", "show zz"),
    "/breach, the form": ("/breach", "", "U0ADMIN"),
    "/breach list": ("/breach", "list", "U0ADMIN"),
    "/breach list, as nobody's": ("/breach", "list", "U0ANNA"),
    "/breach INC-2026-001": ("/breach", "INC-2026-001", "U0ADMIN"),
    "/breach find mail": ("/breach", "find mail", "U0ADMIN"),
    "/breach find zz": ("/breach", "find zz", "U0ADMIN"),
    "/breach register": ("/breach", "register", "U0ADMIN"),
    "/hardware": ("/hardware", ""),
    "/hardware list": ("/hardware", "list"),
    "/hardware list c5": ("/hardware", "list c5"),
    "/hardware list zz": ("/hardware", "list zz"),
    "/hardware mine": ("/hardware", "mine"),
    "/hardware overdue": ("/hardware", "overdue"),
    "/hardware summary": ("/hardware", "summary"),
    "/hardware show LT-1": ("/hardware", "show LT-1"),
    "/hardware show ZZ-1": ("/hardware", "show ZZ-1"),
    "/hardware label LT-1": ("/hardware", "label LT-1"),
    "/hardware export": ("/hardware", "export"),
    "/hardware add, the form": ("/hardware", "add", "U0ADMIN"),
    "/hardware edit LT-1": ("/hardware", "edit LT-1", "U0ADMIN"),
    "/hardware lost LT-1, the form": ("/hardware", "lost LT-1"),
    "/hardware settle c5": ("/hardware", "settle c5", "U0ADMIN"),
    "/clausekeeper help": ("/clausekeeper", "help"),
    "/clausekeeper documents": ("/clausekeeper", "documents"),
    "/clausekeeper roles": ("/clausekeeper", "roles"),
    "/clausekeeper roles, the form": ("/clausekeeper", "roles", "U0ADMIN"),
    "/clausekeeper audit": ("/clausekeeper", "audit", "U0ADMIN"),
    "/clausekeeper audit U0ANNA": ("/clausekeeper", "audit U0ANNA", "U0ADMIN"),
    "/clausekeeper audit zz": ("/clausekeeper", "audit zz", "U0ADMIN"),
    "/clausekeeper health": ("/clausekeeper", "health", "U0ADMIN"),
    "/clausekeeper legal": ("/clausekeeper", "legal none", "U0ADMIN"),
    "/clausekeeper my data": ("/clausekeeper", "my data"),
}
# What is clicked: action, value, by whom.
CLICKED: dict[str, tuple[str, str, str]] = {
    "an incident opened": ("breach_open", "INC-2026-001", "U0ADMIN"),
    "an incident's timeline": ("breach_timeline", "INC-2026-001", "U0ADMIN"),
    "an incident's people": ("breach_people", "INC-2026-001", "U0ADMIN"),
    "an incident's papers": ("breach_papers", "INC-2026-001", "U0ADMIN"),
    "why a deadline reminds": ("deadline_why", "d1", "U0ADMIN"),
    "a deadline moved, the form": ("deadline_move", "d1", "U0ADMIN"),
    "all my deadlines": ("home_deadlines", "U0ANNA", "U0ANNA"),
    "an item's costs": ("hardware_why", "LT-1", "U0ANNA"),
    "a fee's form": ("home_fee", "fee", "U0ANNA"),
    "roles from Home": ("home_roles", "roles", "U0ADMIN"),
}
TEMPLATES = (
    ("deadlines", "track", "payment-due", "from=2026-11-15", "title=Invoice 7", "owner=U0ANNA"),
    ("incidents", "report", "happened=A mail", "aware_at=2026-11-24T01:00:00+01:00", "clients=unknown", "contact=Jo"),
)
Body = Callable[[], bytes]


def fill(database: Path, agreements: int, letters: int, entries: int) -> None:
    """A database as years of use leave it: rows by SQL, in the shapes that the bot writes."""
    connect(database).close()
    with closing(sqlite3.connect(database)) as db:
        db.execute("PRAGMA synchronous=OFF")
        count = "with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < ?)"
        text = "'slug = \"c' || i || '\"\nclient = \"Client ' || i || '\"\ncountry = \"BE\"\n'"
        day = "'2026-01-01T00:00:00+00:00'"
        db.execute(
            f"{count} insert into agreements(slug, client, text, at, by)"
            f" select 'c' || i, 'Client ' || i, {text}, {day}, 'U0MARIE' from n",
            (agreements,),
        )
        if letters:
            db.execute(
                f"{count} insert into outbox(key, subject, due, method, arguments, state, next_try, ended_at)"
                f" select 'k' || i, 's' || i, iif(i % 2, {day}, '{NEVER}'), 'chat.postMessage', '{{}}',"
                f" iif(i % 2, 'sent', 'waiting'), iif(i % 2, {day}, '{NEVER}'), null from n",
                (letters,),
            )
        if entries:
            db.execute(
                f"{count} insert into audit(id, at, actor, action, subject, digest, previous, hash)"
                f" select 'e' || i, {day}, iif(i % {PEOPLE}, 'U' || (i % {PEOPLE}), 'U0ANNA'), 'clause', 'ITQ 7.3', 'd',"
                " 'h' || (i - 1), 'h' || i from n",
                (entries,),
            )
            db.execute(f"{count} insert into contents(id, content) select 'e' || i, '{{}}' from n", (entries,))
        db.commit()


def follow(database: Path, settings: Mapping[str, str], deadlines: int, incidents: int, items: int) -> None:
    """One of each as a desk enters it, and then as many more like it; what is sealed stays as it was sealed."""
    file = database.with_suffix(".csv")
    file.write_text(ITEM, encoding="utf-8")
    for words in (*TEMPLATES, ("hardware", "import", str(file))):
        told = [sys.executable, "-m", "bot", *words]
        subprocess.run(told, cwd=ROOT, env={**os.environ, **settings}, check=True, stdout=subprocess.DEVNULL)
    person = f"iif(i % {PEOPLE}, 'U' || (i % {PEOPLE}), 'U0ANNA')"
    with closing(sqlite3.connect(database)) as db:
        db.execute("PRAGMA synchronous=OFF")
        _multiply(
            db,
            "deadlines",
            deadlines,
            {
                "id": "'d' || i",
                "key": "'k' || i",
                "owner": person,
                "state": f"iif(i / {PEOPLE} % {DAYS_APART}, 'done', 'open')",
                "last": f"strftime('%Y-%m-%dT%H:%M:%S+00:00', last, (i / {PEOPLE}) || ' hours')",
            },
        )
        _multiply(
            db,
            "incidents",
            incidents,
            {
                "number": "printf('INC-2025-%05d', i)",
                "stamp": "stamp + i",
                "opened_at": "strftime('%Y-%m-%dT%H:%M:%S+00:00', opened_at, -i || ' hours')",
                "closed_at": f"iif(i % {DAYS_APART}, opened_at, '')",
            },
        )
        # A hundred each under the agreements that there are; there are ten at least.
        tag, slug = "'X-' || i", f"'c' || (i % {max(items // 100, 10)})"
        facts = f"json_set(facts, '$.tag', {tag}, '$.holder', {person}, '$.agreement', {slug})"
        changed = {"tag": tag, "facts": facts, "holder": person, "agreement": slug}
        _multiply(db, "hardware", items, changed)
        _multiply(db, "hardware_events", items, {"id": "i + 10", "tag": tag})
        db.commit()


def _multiply(db: sqlite3.Connection, table: str, more: int, changed: Mapping[str, str]) -> None:
    """As many more rows like the first one of a table, with some columns otherwise."""
    names = [row[1] for row in db.execute(f"select * from pragma_table_info('{table}')")]
    values = ", ".join(changed.get(name, name) for name in names)
    db.execute(
        "with recursive n(i) as (select 1 union all select i + 1 from n where i + 1 < ?)"
        f" insert into {table}({', '.join(names)}) select {values} from n, (select * from {table} limit 1)",
        (more,),
    )


def typed(ws: Workspace, name: str, text: str, user: str = "U0ANNA") -> bytes:
    """A slash command whose trigger opens forms."""
    trigger = new_trigger(ws, user, ws.entry("command", name, user=user))
    return command(name, text, user, trigger=trigger)


def clicked(ws: Workspace, action: str, value: str, user: str) -> bytes:
    """A press of a button under a message."""
    entry = ws.entry("click", action, user=user)
    payload = {
        "type": "block_actions",
        "user": {"id": user},
        "team": {"id": "T0LOCAL"},
        "channel": {"id": "C0GENERAL"},
        "container": {"type": "message", "message_ts": "1.1", "channel_id": "C0GENERAL", "is_ephemeral": True},
        "message": {"ts": "1.1", "text": "x", "blocks": []},
        "trigger_id": new_trigger(ws, user, entry),
        "response_url": new_hook(ws, user, "C0GENERAL", entry),
        "actions": [{"type": "button", "action_id": action, "block_id": "b", "value": value}],
    }
    return urlencode({"payload": json.dumps(payload)}).encode()


def home(user: str) -> bytes:
    """Somebody opens Home."""
    event = {"type": "app_home_opened", "user": user, "channel": "D0ADMIN", "tab": "home", "event_ts": "1.1"}
    return _event(event)


def _event(event: Mapping[str, Any]) -> bytes:
    who = {"authorizations": [{"team_id": "T0LOCAL", "user_id": "U0BOT", "is_bot": True}]}
    body = {"type": "event_callback", "event_id": f"E{time.time_ns()}", "team_id": "T0LOCAL", "api_app_id": "A0LOCAL"}
    return json.dumps(body | who | {"event": event}).encode()


def screens(ws: Workspace) -> dict[str, Body]:
    """Every command and screen by its name, each with a body that is made anew each time."""
    return (
        {name: partial(typed, ws, *words) for name, words in TYPED.items()}
        | {name: partial(clicked, ws, *click) for name, click in CLICKED.items()}
        | {f"Home of {user}": partial(home, user) for user in ("U0ANNA", "U0RAVI", "U0MARIE", "U0ADMIN")}
    )


async def scale(server: Server, folder: Path, port: int, size: float, only: Sequence[str] = ("",)) -> dict[str, Any]:
    """How much longer each screen takes with a full database than with a small one: medians, one request at a time.

    Of the processor's time as well as of the clock's: what else the machine does counts in the latter alone.
    """
    small, large, other = folder / "small.db", folder / "large.db", free_port()
    of_small, of_large = (environment(server.api_url, *at) for at in ((port, small), (other, large)))
    fill(small, 10, 0, 0)
    follow(small, of_small, 1, 1, 1)
    fill(large, int(AGREEMENTS * size), int(LETTERS * size), int(ENTRIES * size))
    follow(large, of_large, int(DEADLINES * size), int(INCIDENTS * size), int(ITEMS * size))
    with (
        running("bot", "serve", settings=of_small, folder=folder) as one,
        running("bot", "serve", settings=of_large, folder=folder) as two,
    ):
        await ready(one, port)
        await ready(two, other)
        found = {}
        for screen, body in screens(server.workspace).items():
            if not any(words in screen for words in only):
                continue
            few, many = list[Taken](), list[Taken]()
            for _ in range(FEW_TIMES if screen in LONG else TIMES):
                # What the one before it owes is done first: a register, an export, a picture.
                await said(small, large)
                few.append(await taken(one, port, screen, body()))
                many.append(await taken(two, other, screen, body()))
            found[screen] = compared(few, many)
            print(f"{found[screen]} {screen}", file=sys.stderr)
        return {"size": size, "load": os.getloadavg()[0], "screens": found}


async def said(*databases: Path) -> None:
    """Wait until nothing is owed by now: what is made beside the work takes of the same processor."""
    for database in databases:
        with closing(sqlite3.connect(database)) as db:
            while db.execute(OWED, {"now": datetime.now(UTC).isoformat()}).fetchone():  # noqa: ASYNC110 - another process does it and tells nobody
                await asyncio.sleep(0.05)


@dataclass(frozen=True)
class Taken:
    """Milliseconds of a screen: of whoever waits for it, and of the processor."""

    waited: float
    processor: float


def compared(few: Sequence[Taken], many: Sequence[Taken]) -> dict[str, Any]:
    """A screen with many rows in terms of the same with few: medians, with milliseconds, and the first with many."""
    told: dict[str, Any] = {"first": round(many[0].waited, 1)}
    for name in ("processor", "waited"):
        small, large = (middle([getattr(one, name) for one in side]) for side in (few, many))
        told[name] = {"ratio": round(large / small, 2), "small": round(small, 2), "large": round(large, 2)}
    return told


async def taken(process: subprocess.Popen[bytes], port: int, screen: str, body: bytes) -> Taken:
    """What one screen takes; RuntimeError where it fails."""
    async with line(port) as over:
        before, began = used(process.pid), time.perf_counter()
        status, answer = await over.ask(body)
        waited = time.perf_counter() - began
        processor = used(process.pid) - before
    if status != 200 or b"went wrong" in answer:
        raise RuntimeError(f"{screen}: {status} {answer[:200]!r}")
    return Taken(waited * 1000, processor * 1000)
