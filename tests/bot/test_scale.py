"""With years of use in the database each screen reads what it shows: held by SQLite's own plans, not by a watch."""

import json
import re
import sqlite3
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from sqlite_utils import Database

from bench import scale
from bot.samples import add_samples
from handlers.breach.remembered import Known, Page, having
from handlers.hardware import at_home
from storage import agreements, audit, hardware, incidents, roles
from storage.hardware import Event, Standing
from tests.breaches import report, samples
from tests.house import House
from tests.signing import deliver

LARGE = "audit contents outbox deadlines deadline_steps deliveries agreements incidents incident_events".split()


def read_whole(db: Database, statement: str) -> Iterator[str]:
    """What a statement goes through from one end to the other of the tables that grow large."""
    head = statement.lstrip().lower()
    if (
        not head.startswith(("select", "update", "delete", "with"))
        or " limit ?" in head
        or re.search(r" limit \d", head)
    ):
        return
    for *_, step in db.execute(f"explain query plan {statement}").fetchall():
        table = step.removeprefix("SCAN ").split()[0] if step.startswith("SCAN ") else ""
        if table in LARGE:
            yield f"{step}: {statement}"


async def traced(home: House, body: bytes) -> list[str]:
    """The statements that one delivery brings about before it is answered."""
    heard: list[str] = []
    store = home.bot.services.store

    def listen(db: Database, to: Any) -> None:
        db.conn.set_trace_callback(to)

    for where in (store.run, store.glance):
        await where(listen, heard.append)
    status, text = await deliver(home, body)
    for where in (store.run, store.glance):
        await where(listen, None)
    assert (status, "went wrong" in text) == (200, False), text
    return heard


def item(db: Database, number: int) -> None:
    tag = f"LT-{number}"
    facts = {
        "tag": tag,
        "description": "Laptop",
        "agreement": "acme",
        "client": "Acme NV",
        "fee": "45.00",
        "per": "month",
    }
    told = Event(tag, "add", date(2026, 11, 2), datetime(2026, 11, 2), "U0ANNA", facts)  # noqa: DTZ001 - no moment matters
    hardware.happen(db, [(told, Standing(tag, "in use", "acme", "Acme NV", "U0ANNA", facts | {"state": "in use"}))])


async def test_no_screen_goes_through_a_whole_table(home_http: House) -> None:
    await samples(home_http)
    await home_http.bot.services.store.run(item, 1)
    await report(home_http)
    found = list[str]()
    for name, body in scale.screens(home_http.workspace).items():
        if name in scale.LONG:
            continue
        heard = set(await traced(home_http, body()))
        found += [
            f"{name}: {told}"
            for statement in heard
            for told in await home_http.bot.services.store.run(lambda db, said=statement: list(read_whole(db, said)))
        ]
    assert not found, "\n".join(found)


async def test_a_plan_without_an_index_is_seen(home_http: House) -> None:
    told = await home_http.bot.services.store.run(
        lambda db: list(read_whole(db, "select id from deadlines where title = 'x'"))
    )
    assert len(told) == 1


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("select 1 from audit where actor = 'U' order by seq desc limit 15", "audit_by_actor"),
        ("select 1 from incidents where channel = 'C' and channel != ''", "incidents_by_channel"),
        ("select 1 from incidents where stamp > 5 order by stamp limit 20", "incidents_by_stamp"),
    ],
)
async def test_an_index_serves_what_it_was_made_for(home_http: House, query: str, index: str) -> None:
    plan = await home_http.bot.services.store.run(lambda db: str(db.execute(f"explain query plan {query}").fetchall()))
    assert index in plan
    assert "TEMP B-TREE" not in plan


# What was searched before is found as before.


async def test_entries_are_found_by_person_action_subject_and_reference(home_http: House) -> None:
    await home_http.command("U0ANNA", "/clause", "7.3")
    await home_http.command("U0RAVI", "/clause", "43")
    services = home_http.bot.services

    async def found(named: str) -> list[tuple[str, str]]:
        return [(one.actor, one.subject) for one in await services.store.run(audit.latest, 15, named)]

    assert await found("U0ANNA") == [("U0ANNA", "ITQ 7.3")]
    assert await found("clause") == [("U0RAVI", "ITQ 43"), ("U0ANNA", "ITQ 7.3")]
    assert await found("ITQ 43") == [("U0RAVI", "ITQ 43")]
    reference = (await services.store.run(audit.latest, 1))[0].id
    assert await found(reference) == [("U0RAVI", "ITQ 43")]
    assert not await found("zz")


@pytest.mark.parametrize(
    ("words", "slugs"),
    [
        *(
            ("acme", ["acme"]),
            ("CME N", ["acme"]),
            ("nv", ["acme"]),
            ("NV", ["acme"]),
            ("v", ["acme"]),
            ("ac", ["acme"]),
        ),
        *(
            (" n", ["acme"]),
            ("zzz", []),
            ("zz", []),
            ("q", []),
            ('"', []),
            ('"a', []),
            ('acme"', []),
            ("%", []),
            ("a\0b", []),
        ),
    ],
)
async def test_an_agreement_is_found_by_any_part_of_its_clients_name(
    home_http: House, words: str, slugs: list[str]
) -> None:
    services = home_http.bot.services
    await services.store.run(add_samples, await services.shelf(), services.now(), "sample")
    found = await services.store.run(agreements.of_client, words)
    assert [slug for slug in found if slug == "acme"] == slugs


async def test_a_name_that_a_client_had_before_finds_nothing(home_http: House) -> None:
    services = home_http.bot.services

    def renamed(db: Database) -> list[list[str]]:
        for name in ("Old Name NV", "New Name SA"):
            agreements.keep(db, "acme", name, 'slug = "acme"', services.now(), "U0MARIE")
        return [agreements.of_client(db, name) for name in ("Old Name", "New Name", "NV", "SA")]

    assert await services.store.run(renamed) == [[], ["acme"], [], ["acme"]]


async def test_items_are_found_by_any_part_of_what_is_said_of_them(home_http: House) -> None:
    services = home_http.bot.services
    for number in (1, 2):
        await services.store.run(item, number)

    def found(db: Database, words: str) -> int:
        return hardware.count(db, words=words)

    for words, count in (("aptop", 2), ("lt-1", 1), ("ACME", 2), ("%", 0), ("LT_1", 0)):
        assert await services.store.run(found, words) == count, words


async def test_of_very_many_items_home_says_where_they_are_counted(home_http: House) -> None:
    await samples(home_http)
    services = home_http.bot.services
    await services.store.run(item, 0)
    assert "1 out" in json.dumps(await home_http.post("home", user="U0MARIE"))

    def many(db: Database) -> None:
        for number in range(1, at_home.MOST_COUNTED + 1):
            item(db, number)

    await services.store.run(many)
    shown = json.dumps(await home_http.post("home", user="U0MARIE"))
    assert "count what is out" in shown
    assert "1 out" not in shown


# Incidents.


async def test_several_incidents_are_listed_and_opened_in_home_and_in_messages(home_http: House) -> None:
    await samples(home_http)
    for _ in range(3):
        await report(home_http)
    await home_http.command("U0RAVI", "/breach", "list")
    log = (await home_http.get("log"))["log"]
    entry = next(one for one in reversed(log) if one["what"] == "/breach list")
    assert not entry["notes"], "Slack takes the list"
    message = (await home_http.seen("U0RAVI", "C0GENERAL"))[-1]
    numbers = [b["accessory"]["value"] for b in message["blocks"] if "accessory" in b]
    assert numbers == ["INC-2026-003", "INC-2026-002", "INC-2026-001"]
    shown = json.dumps(await home_http.post("home", user="U0RAVI"))
    assert all(number in shown for number in numbers)
    assert "There are more" not in shown
    for _ in range(3):
        await report(home_http)
    shown = json.dumps(await home_http.post("home", user="U0RAVI"))
    assert "Open INC-2026-006" in shown
    assert "Open INC-2026-001" not in shown
    assert "There are more" in shown


async def test_what_is_remembered_follows_what_changes(home_http: House) -> None:
    await samples(home_http)
    await report(home_http)
    services = home_http.bot.services
    assert "INC-2026-001" in (await home_http.command("U0MARIE", "/breach", "list"))["text"]
    assert "no incidents" in (await home_http.command("U0ANNA", "/breach", "list"))["text"]

    def managed(db: Database, by: str) -> None:
        text = (agreements.get(db, "acme") or "").replace("U0MARIE", by).replace("U0ANNA", by)
        agreements.keep(db, "acme", "Acme NV", text, services.now(), "U0ADMIN")

    await services.store.run(managed, "U0ANNA")
    assert "no incidents" in (await home_http.command("U0MARIE", "/breach", "list"))["text"]
    assert "INC-2026-001" in (await home_http.command("U0ANNA", "/breach", "list"))["text"]
    assert "INC-2026-001" in (await home_http.command("U0ANNA", "/breach", "find peeters"))["text"]
    assert "no incidents" in (await home_http.command("U0ANNA", "/breach", "find peeters zz"))["text"]
    await services.store.run(roles.give, "U0MARIE", "responder", "U0ADMIN", services.now())
    assert "INC-2026-001" in (await home_http.command("U0MARIE", "/breach", "list"))["text"]
    assert "INC-2026-001" in json.dumps(await home_http.post("home", user="U0MARIE"))
    await services.store.run(roles.take_away, "U0MARIE", "responder")
    for words in ("list", "find peeters"):
        assert "no incidents" in (await home_http.command("U0MARIE", "/breach", words))["text"]
    assert "INC-2026-001" not in json.dumps(await home_http.post("home", user="U0MARIE"))
    await report(home_http, happened="A lost stick of another kind")
    assert "INC-2026-002" in (await home_http.command("U0RAVI", "/breach", "find STICK"))["text"]


def test_words_are_found_in_whichever_incident_has_all_of_them() -> None:
    said = ["a lost stick", "a mail to peeters", "peeters lost a laptop"]
    known = [Known(f"INC-{at}", "", False, False, "", (), words) for at, words in enumerate(said)]
    pages = [Page(part, "\n".join(one.words for one in part)) for part in (known[:2], known[2:])]

    def found(words: str) -> list[str]:
        return [one.number for one in having(words, pages)]

    assert found("LOST") == ["INC-0", "INC-2"]
    assert found("lost peeters") == ["INC-2"]
    assert found("") == ["INC-0", "INC-1", "INC-2"]
    assert not found("zz")


async def test_what_no_key_opens_hides_nothing_else(home_http: House) -> None:
    await samples(home_http)
    for _ in range(2):
        await report(home_http)

    def spoil(db: Database) -> None:
        db.execute("update incidents set sealed = 'x', stamp = 9 where number = 'INC-2026-001'")

    await home_http.bot.services.store.run(spoil)
    assert "INC-2026-002" in (await home_http.command("U0RAVI", "/breach", "find peeters"))["text"]
    assert "does not open" in (await home_http.command("U0RAVI", "/breach", "list"))["text"]


def test_incidents_of_before_get_stamps_in_their_order(tmp_path: Any) -> None:
    with sqlite3.connect(tmp_path / "old.db", isolation_level=None) as connection:
        from storage.migrations import MIGRATIONS  # noqa: PLC0415

        db = Database(connection, execute_plugins=False)
        MIGRATIONS.apply(db, stop_before="m018_scale")
        for number, opened in (("INC-2026-002", "2026-02-01"), ("INC-2026-001", "2026-01-01")):
            db.execute(
                "insert into incidents(number, drill, version, opened_at, sealed) values (?, 0, 1, ?, 'x')",
                (number, opened),
            )
        db.execute("insert into agreements(slug, client, text, at, by) values ('acme', 'Acme NV', '', '', '')")
        MIGRATIONS.apply(db)
        stamps = db.execute("select number, stamp from incidents order by stamp").fetchall()
        assert stamps == [("INC-2026-001", 1), ("INC-2026-002", 2)]
        assert agreements.of_client(db, "cme") == ["acme"]
    connection.close()
    assert incidents.SEALED
