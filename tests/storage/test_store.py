"""The store: whole transactions or none, a chain that shows every change, letters that are never lost or doubled."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from storage import audit, deadlines, deliveries, documents, outbox
from storage.audit import Entry
from storage.database import backup, connect, faults, transaction
from storage.deadlines import Tracked
from storage.outbox import BACK_OFF, LEASE, Letter
from storage.store import Store

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with closing(connect(tmp_path / "bot.db")) as opened:
        yield opened


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = Store(tmp_path / "bot.db")
    await opened.open()
    yield opened
    await opened.close()


def entry(id: str, **content: object) -> Entry:
    return Entry(id, NOW, "U0ANNA", "clause", "ITQ 7.3", content)


def letter(key: str, due: datetime = NOW, tell: str | None = None) -> Letter:
    return Letter(key, "subject", due, "chat.postMessage", {"channel": "C1", "text": key}, tell)


async def test_a_piece_of_work_that_fails_leaves_nothing(store: Store) -> None:
    def work(db: Database) -> None:
        audit.append(db, entry("a"))
        raise LookupError("half way")

    with pytest.raises(LookupError):
        await store.run(work)
    assert await store.run(audit.count) == 0


async def test_a_cancelled_wait_does_not_stop_its_transaction(store: Store) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work(db: Database) -> None:
        begun.set()
        assert go_on.wait(5)
        audit.append(db, entry("a"))

    task = asyncio.ensure_future(store.run(work))
    assert await asyncio.to_thread(begun.wait, 5)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    go_on.set()
    assert await store.run(audit.count) == 1


def test_the_audit_table_only_grows(db: Database) -> None:
    with transaction(db):
        audit.append(db, entry("a", question="?"))
    for statement in (
        "update audit set actor = 'x'",
        "delete from audit",
        "update contents set content = '{}'",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="never"):
            db.execute(statement)
    assert audit.get(db, "a") == entry("a", question="?")
    assert audit.get(db, "b") is None


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        ("update audit set actor = 'U0EVIL' where seq = 2", "entry 2 (id1) was changed"),
        (
            "update contents set content = '{\"n\":9}' where id = 'id1'",
            "the content of entry 2 (id1) was changed",
        ),
        ("delete from audit where seq = 2", "entry 2 is missing"),
    ],
)
def test_a_changed_entry_is_named(db: Database, tamper: str, said: str) -> None:
    for n in range(4):
        audit.append(db, entry(f"id{n}", n=n))
    assert audit.broken(db) is None
    for name in ("audit_is_not_changed", "audit_is_not_deleted", "contents_are_not_changed"):
        db.execute(f"drop trigger {name}")
    db.execute("PRAGMA foreign_keys=OFF")
    db.execute(tamper)
    assert audit.broken(db) == said


def test_erased_content_leaves_the_chain_whole(db: Database) -> None:
    for n in range(3):
        audit.append(db, entry(f"id{n}", question=f"about Jan {n}"))
    db.execute("delete from contents where id = 'id1'")
    assert audit.broken(db) is None
    assert audit.get(db, "id1") == entry("id1")


def test_a_delivery_is_remembered_with_its_reply_and_forgotten_after_a_week(db: Database) -> None:
    deliveries.remember(db, "event:Ev1", {"text": "hello"}, NOW)
    assert deliveries.reply_to(db, "event:Ev1") == {"text": "hello"}
    assert deliveries.reply_to(db, "event:Ev2") is None
    with pytest.raises(sqlite3.IntegrityError):
        deliveries.remember(db, "event:Ev1", {}, NOW)
    deliveries.remember(db, "event:Ev3", {}, NOW + timedelta(days=8))
    assert deliveries.reply_to(db, "event:Ev1") is None


def test_a_letter_is_owed_once_and_taken_by_one(db: Database) -> None:
    assert outbox.put(db, letter("a")) is True
    assert outbox.put(db, letter("a")) is False
    assert [w.letter.key for w in outbox.take(db, NOW, 10)] == ["a"]
    assert outbox.take(db, NOW, 10) == [], "leased"
    again = outbox.take(db, NOW + LEASE, 10)
    assert [w.letter.key for w in again] == ["a"], "a sender that died gives its letter back"
    outbox.sent(db, again[0].id, NOW, {"ts": "1.1"})
    assert outbox.next_due(db) is None


def test_letters_go_out_oldest_first_and_not_before_their_time(db: Database) -> None:
    for key, hours in (("late", 3), ("early", 1), ("later", 5)):
        outbox.put(db, letter(key, NOW + timedelta(hours=hours)))
    assert outbox.next_due(db) == NOW + timedelta(hours=1)
    assert outbox.take(db, NOW, 10) == []
    assert [w.letter.key for w in outbox.take(db, NOW + timedelta(hours=4), 10)] == ["early", "late"]


def test_of_very_much_that_is_said_together_a_message_full_is_taken_and_nothing_of_whoever_is_busy(
    db: Database,
) -> None:
    for number in range(50):
        due = NOW + timedelta(seconds=number)
        outbox.put(db, replace(letter(f"m{number:02}", due), together="remind:U0MARIE"))
    outbox.put(db, letter("ravi", NOW + timedelta(minutes=5)))
    later = NOW + timedelta(hours=1)
    first = outbox.take(db, later, 50)
    assert [w.letter.key for w in first] == [f"m{number:02}" for number in range(40)]
    assert [w.letter.key for w in outbox.take(db, later, 50, busy=["remind:U0MARIE"])] == ["ravi"]
    assert [w.letter.key for w in outbox.take(db, later, 50)] == [f"m{number}" for number in range(40, 50)]


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        ({"channel": "C0ALL", "text": "x"}, "C0ALL "),
        ({"channel": "C0ALL", "user": "U0MARIE"}, "C0ALL U0MARIE"),
        ({}, "a "),
    ],
)
def test_what_goes_to_a_place_that_is_busy_stays_for_later(db: Database, arguments: dict[str, str], place: str) -> None:
    outbox.put(db, replace(letter("a"), subject="a", arguments=arguments))
    outbox.put(db, replace(letter("ravi"), arguments={"channel": "U0RAVI"}))
    (ravi,) = outbox.take(db, NOW, 10, busy=[place])
    assert ravi.letter.key == "ravi"
    (other,) = outbox.take(db, NOW, 10, busy=["U0RAVI "])
    assert outbox.place(other.letter) == place


def test_a_failing_letter_backs_off_and_ends_visibly(db: Database) -> None:
    outbox.put(db, letter("a"))
    at = NOW
    for wait in BACK_OFF:
        (taken,) = outbox.take(db, at, 10)
        assert outbox.failed(db, taken, at, "internal_error", final=False) is False
        assert outbox.next_due(db) == at + wait
        at += wait
    (taken,) = outbox.take(db, at, 10)
    assert outbox.failed(db, taken, at, "internal_error", final=False) is True
    assert db.execute("select state, attempts, error from outbox").fetchall() == [("failed", 5, "internal_error")]


def test_waiting_letters_about_a_subject_are_cancelled_together(db: Database) -> None:
    for key in ("a", "b"):
        outbox.put(db, letter(key))
    outbox.sent(db, outbox.take(db, NOW, 1)[0].id, NOW, {})
    assert outbox.cancel(db, "subject", NOW) == 1
    assert outbox.take(db, NOW + LEASE, 10) == []


def test_only_what_is_still_ours_is_begun(db: Database) -> None:
    outbox.put(db, letter("a"))
    (taken,) = outbox.take(db, NOW, 1)
    (retaken,) = outbox.take(db, NOW + LEASE, 1)
    assert outbox.begin(db, [taken], NOW + LEASE) == [], "another process holds it"
    outbox.cancel(db, "subject", NOW)
    assert outbox.begin(db, [retaken], NOW + LEASE) == [], "it was taken back"


def test_a_letter_of_which_nobody_knows_what_became_stays_in_doubt_until_it_is_said(db: Database) -> None:
    outbox.put(db, letter("a"))
    (taken,) = outbox.begin(db, outbox.take(db, NOW, 1), NOW)
    assert not taken.again
    at = NOW + LEASE
    for forget in (
        lambda waiting, at: outbox.failed(db, waiting, at, "http_503"),
        lambda waiting, at: outbox.postpone(db, waiting, at, "ratelimited"),
        lambda waiting, at: outbox.defer(db, waiting, at),
        lambda waiting, at: outbox.give_back(db, [waiting], at),
    ):
        (waiting,) = outbox.begin(db, outbox.take(db, at, 1), at)
        assert waiting.again
        forget(waiting, at)
        at += LEASE


def test_a_failure_after_which_slack_has_surely_not_said_it_leaves_no_doubt(db: Database) -> None:
    outbox.put(db, letter("a"))
    (taken,) = outbox.begin(db, outbox.take(db, NOW, 1), NOW)
    outbox.failed(db, taken, NOW, "http_503")
    (again,) = outbox.take(db, NOW + BACK_OFF[0], 1)
    assert not again.again


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 5)), max_size=20))
def test_whatever_is_put_each_key_is_sent_exactly_once(puts: list[tuple[str, int]]) -> None:
    with closing(connect(":memory:")) as db:
        sent: list[str] = []
        for key, hours in puts:
            outbox.put(db, letter(key, NOW + timedelta(hours=hours)))
        while taken := outbox.take(db, NOW + timedelta(hours=5), 3):
            for waiting in taken:
                sent.append(waiting.letter.key)
                outbox.sent(db, waiting.id, NOW, {})
        assert sorted(sent) == sorted({key for key, _ in puts})


def test_a_person_s_deadlines_are_found_by_their_indexes_and_counted_no_further_than_asked(db: Database) -> None:
    audit.append(db, entry("a"))
    for number in range(30):
        owner = "U0ANNA" if number % 10 == 0 else "U0RAVI"
        due = NOW + timedelta(hours=30 - number)
        one = Tracked(
            f"d{number}", f"k{number}", "payment-due", {}, "", owner, f"Invoice {number}", (), (), due, due,
            "Europe/Brussels", "a", "open", 1, None, NOW, "U0ANNA",
        )  # fmt: skip
        deadlines.put(db, one)
    assert [one.id for one in deadlines.open_ones(db, person="U0ANNA", most=2)] == ["d20", "d10"]
    assert deadlines.count_open(db, 100, person="U0ANNA") == 3
    assert (deadlines.count_open(db, 100), deadlines.count_open(db, 7)) == (30, 7)
    deadlines.watch(db, "d10", ["U0SOFIE", "U0ANNA"])
    assert [one.id for one in deadlines.open_ones(db, person="U0ANNA")] == ["d20", "d10", "d0"], (
        "whose it is watches it too"
    )
    assert deadlines.count_open(db, 100, person="U0ANNA") == 3
    assert [one.id for one in deadlines.open_ones(db, person="U0SOFIE")] == ["d10"]
    plans: list[str] = []
    db.conn.set_trace_callback(plans.append)
    deadlines.open_ones(db, person="U0ANNA", most=2)
    db.conn.set_trace_callback(None)
    told = " ".join(row[3] for row in db.execute(f"explain query plan {plans[-1]}"))
    assert "deadlines_of_owner" in told
    assert "deadlines_open" not in told


def test_versions_come_back_as_they_were_added(db: Database) -> None:
    version = documents.Version("itq", "2027", date(2027, 1, 1), "T", "O", "file", "Article 1. A\r\n1.1. \ufeffx\n")
    assert documents.stamp(db) == 0
    documents.add(db, version, NOW, "cli")
    assert documents.all_versions(db) == [version]
    assert documents.stamp(db) == 1
    with pytest.raises(sqlite3.IntegrityError):
        documents.add(db, version, NOW, "cli")


async def test_a_backup_taken_while_others_write_is_whole(store: Store, tmp_path: Path) -> None:
    for n in range(50):
        await store.run(audit.append, entry(f"id{n}"))
    copied = asyncio.get_running_loop().run_in_executor(None, backup, store.path, tmp_path / "copy.db")
    for n in range(50, 100):
        await store.run(audit.append, entry(f"id{n}"))
    entries = await copied
    with closing(connect(tmp_path / "copy.db")) as copy:
        assert 50 <= entries <= 100
        assert (audit.count(copy), audit.broken(copy), faults(copy.conn)) == (entries, None, [])


def test_a_backup_replaces_nothing_and_leaves_nothing_half(db: Database, tmp_path: Path) -> None:
    taken = tmp_path / "taken.db"
    taken.write_text("mine")
    with pytest.raises(FileExistsError):
        backup(tmp_path / "bot.db", taken)
    assert taken.read_text() == "mine"
    (tmp_path / "broken.db").write_bytes(b"not a database, but long enough to be taken for one" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        backup(tmp_path / "broken.db", tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_two_connections_never_both_believe_a_read(tmp_path: Path) -> None:
    with closing(connect(tmp_path / "bot.db")) as one, closing(connect(tmp_path / "bot.db")) as two:
        two.conn.execute("PRAGMA busy_timeout=0")
        with transaction(one), pytest.raises(sqlite3.OperationalError, match="locked"), transaction(two):
            pass
