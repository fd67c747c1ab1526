"""Incidents at rest: sealed, bound to the audit chain, sealed anew under another key, erased without a gap."""

import json
import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage import audit, incidents
from storage.database import connect, transaction
from storage.sealing import KeyLost, Seal, is_key, new_key, read_keys, readable_by_others, write_keys

AT = datetime(2026, 11, 24, 1, tzinfo=UTC)
SECRET = "Jo Janssens"


def record(number: str, **more: object) -> dict[str, object]:
    return {"number": number, "drill": False, "closed_at": "", "erased_at": "", "words": SECRET, **more}


def filled(path: Path, seal: Seal) -> None:
    db = connect(path)
    with transaction(db):
        number = incidents.next_number(db, AT, drill=False)
        incidents.open_incident(db, seal, number, record(number), AT)
        incidents.enter(db, seal, number, "e1", "U0RAVI", AT, {"what": "opened", "after": SECRET, "id": "nonce-1"})
        incidents.enter(db, seal, number, "e2", "U0RAVI", AT, {"what": "cause", "after": SECRET, "id": "nonce-2"})
        incidents.keep_draft(db, seal, "U0ANNA", "report", AT, {"happened": SECRET})
    db.close()


def test_numbers_run_on_by_year_and_drills_have_their_own(tmp_path: Path) -> None:
    db, seal = connect(tmp_path / "a.db"), Seal([new_key()])
    for number in ("INC-2026-001", "INC-2026-002"):
        assert incidents.next_number(db, AT, drill=False) == number
        incidents.open_incident(db, seal, number, record(number), AT)
    assert incidents.next_number(db, AT, drill=True) == "DRILL-2026-001"
    assert incidents.next_number(db, AT.replace(year=2027), drill=False) == "INC-2027-001"
    db.close()


def test_what_changed_is_read_by_its_stamp_and_what_no_key_opens_is_no_hindrance(tmp_path: Path) -> None:
    db, seal = connect(tmp_path / "a.db"), Seal([new_key()])
    for day in range(1, 4):
        number = incidents.next_number(db, AT, drill=False)
        incidents.open_incident(db, seal, number, record(number), AT.replace(day=day))
    first = incidents.changed_since(db, seal, -1, 2)
    assert [(one.number, one.stamp) for one in first] == [("INC-2026-001", 1), ("INC-2026-002", 2)]
    db.execute("update incidents set sealed = 'x' where number = 'INC-2026-003'")
    incidents.change(db, seal, "INC-2026-001", record("INC-2026-001", words="other"))
    lost, changed = incidents.changed_since(db, seal, 2, 9)
    assert (lost.number, lost.record) == ("INC-2026-003", None)
    assert (changed.number, changed.stamp, changed.record and changed.record["words"]) == ("INC-2026-001", 4, "other")
    db.close()


def test_nothing_told_lies_in_clear_in_the_file(tmp_path: Path) -> None:
    filled(tmp_path / "a.db", Seal([new_key()]))
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert SECRET.encode() not in held
    assert b"INC-2026-001" in held


def test_a_timeline_is_bound_to_the_chain(tmp_path: Path) -> None:
    seal = Seal([new_key()])
    filled(tmp_path / "a.db", seal)
    db = connect(tmp_path / "a.db")
    assert incidents.broken(db, seal) is None
    assert audit.broken(db) is None
    assert [entry.content["what"] for entry in incidents.timeline(db, seal, "INC-2026-001")] == ["opened", "cause"]
    with pytest.raises(sqlite3.IntegrityError, match="never deleted"):
        db.execute("delete from incident_events where id = 'e1'")
    db.execute("update incident_events set sealed = ? where id = 'e2'", (seal.close({"what": "cause", "after": "x"}),))
    assert incidents.broken(db, seal) == "entry 2 (e2) of INC-2026-001 was changed"
    db.execute("update incident_events set sealed = null where id = 'e2'")
    assert incidents.broken(db, seal) is None, "what retention took away breaks nothing"
    db.execute("drop trigger incident_events_are_not_deleted")
    db.execute("delete from incident_events where id = 'e1'")
    assert incidents.broken(db, None) == "entry 1 (e1) of INC-2026-001 is missing from its timeline"
    db.close()


def test_another_key_opens_nothing_until_everything_is_sealed_anew(tmp_path: Path) -> None:
    old, new = new_key(), new_key()
    filled(tmp_path / "a.db", Seal([old]))
    db = connect(tmp_path / "a.db")
    with pytest.raises(KeyLost):
        incidents.get(db, Seal([new]), "INC-2026-001")
    with pytest.raises(KeyLost), transaction(db):
        incidents.seal_again(db, Seal([new]))
    with transaction(db):
        assert incidents.seal_again(db, Seal([new, old])) == 4
    kept = incidents.get(db, Seal([new]), "inc-2026-001")
    assert kept
    assert kept.record["words"] == SECRET
    assert incidents.draft(db, Seal([new]), "U0ANNA", "report") == (AT, {"happened": SECRET})
    assert incidents.broken(db, Seal([new])) is None
    with pytest.raises(KeyLost):
        incidents.get(db, Seal([old]), "INC-2026-001")
    db.close()


def test_a_key_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "bot.db.key"
    assert read_keys(path) == ()
    keys = [new_key(), new_key()]
    write_keys(path, keys)
    assert read_keys(path) == tuple(keys)
    assert not readable_by_others(path)
    assert os.stat(path).st_mode & 0o777 == 0o600
    path.chmod(0o644)
    assert readable_by_others(path)
    assert is_key(keys[0])
    assert not is_key("hunter2")
    assert json.dumps(keys)
