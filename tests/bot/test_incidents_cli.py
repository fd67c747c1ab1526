"""Data breaches at the command line: the same record as in Slack, the register, keys and their rotation, retention."""

import asyncio
import csv
import io
import json
import os
import re
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot import keys
from bot.cli import cli
from bot.settings import from_environment
from knowledge.breach import acts
from knowledge.breach.acts import Act
from knowledge.breach.incident import from_json, to_json
from knowledge.refused import Refused
from storage import incidents
from storage.database import connect, transaction
from storage.sealing import Seal, new_key, read_keys
from tests.house import KEY, house

ROOT = Path(__file__).parents[2]
AWARE = "2026-01-05T10:00:00+01:00"
Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs ``clausekeeper`` in this process with a database of its own; what it wrote, or Refused as it refuses."""

    def ran(*words: str, **environment: str) -> str:
        clear = dict.fromkeys((name for name in os.environ if name.startswith(("SLACK_", "CLAUSEKEEPER_"))), None)
        env = clear | {"CLAUSEKEEPER_DATABASE": str(tmp_path / "bot.db")} | environment
        done = CliRunner().invoke(cli, words, env=env, standalone_mode=False)
        if done.exception:
            raise done.exception
        return done.stdout

    return ran


def refused(run: Run, said: str, *words: str, **environment: str) -> None:
    with pytest.raises(Refused, match=re.escape(said)):
        run(*words, **environment)


def test_a_report_its_answers_its_exports_and_the_chain(run: Run, tmp_path: Path) -> None:
    refused(run, "CLAUSEKEEPER_KEY is not set", "incidents", "list")
    (tmp_path / "report.json").write_text(
        json.dumps(
            {"happened": "=HYPERLINK(1)", "aware_at": AWARE, "clients": "unknown", "people_min": 3, "people_max": 9}
        )
    )
    done = run("incidents", "report", "--json", str(tmp_path / "report.json"), "cause=unknown", CLAUSEKEEPER_KEY=KEY)
    assert done.startswith(
        "INC-2026-001: suspected\nclock    ITQ informs client not known yet: until Tue 6 Jan 2026 10:00"
    )
    refused(run, "not both", "incidents", "answer", "INC-2026-001", "people=7", CLAUSEKEEPER_KEY=KEY)
    refused(
        run,
        "There is no incident INC-2026-009",
        "incidents",
        "answer",
        "INC-2026-009",
        "people=7",
        CLAUSEKEEPER_KEY=KEY,
    )
    refused(run, "write name=value", "incidents", "report", "happened", CLAUSEKEEPER_KEY=KEY)
    refused(run, "There is no file", "incidents", "report", "--json", "nothing.json", CLAUSEKEEPER_KEY=KEY)
    assert "Phishing" in run("incidents", "answer", "INC-2026-001", "cause=Phishing", CLAUSEKEEPER_KEY=KEY)
    run("incidents", "report", "--drill", "happened=x", f"aware_at={AWARE}", "clients=unknown", CLAUSEKEEPER_KEY=KEY)
    told = json.loads(run("incidents", "show", "inc-2026-001", "--json", CLAUSEKEEPER_KEY=KEY))
    assert [(e["what"], e["before"], e["after"]) for e in told["timeline"] if e["what"] == "cause"] == [
        ("cause", None, "unknown"),
        ("cause", "unknown", "Phishing"),
    ]
    register = run("incidents", "export", "--register", CLAUSEKEEPER_KEY=KEY).lstrip("\ufeff")
    rows = list(csv.DictReader(io.StringIO(register)))
    assert [(row["number"], row["facts"], row["people"]) for row in rows] == [
        ("INC-2026-001", "'=HYPERLINK(1)", "3 to 9")
    ]
    run("incidents", "export", "INC-2026-001", "--format", "pdf", "--to", str(tmp_path / "a.pdf"), CLAUSEKEEPER_KEY=KEY)
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    assert "unbroken chain" in run("verify", CLAUSEKEEPER_KEY=KEY)
    with closing(sqlite3.connect(tmp_path / "bot.db")) as db, db:
        db.execute(
            "update incident_events set number = 'DRILL-2026-001', seq = 99 where seq = 2 and number like 'INC%'"
        )
    refused(run, "stands in the timeline of DRILL-2026-001 instead of INC-2026-001", "verify", CLAUSEKEEPER_KEY=KEY)


UNGUARDED = "drop trigger audit_is_not_deleted; drop trigger incident_events_are_not_deleted; "


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        ("update incidents set sealed = old.sealed from old", "the record of INC-2026-001 is not what the last entry"),
        (
            f"{UNGUARDED} delete from contents where id = (select id from audit where action = 'incident' order by seq desc);"
            "delete from audit where seq = (select max(seq) from audit where action = 'incident')",
            "of the timeline of INC-2026-001 has no link in the audit chain",
        ),
        (
            f"{UNGUARDED} delete from incident_events where seq = (select max(seq) from incident_events)",
            "of INC-2026-001 is missing from its timeline",
        ),
        ("delete from incidents", "is left of an incident that is gone"),
        (
            "drop trigger audit_is_not_changed; update audit set actor = 'U0EVIL' where seq = 3",
            "the audit chain is broken: entry 3",
        ),
    ],
)
def test_verify_names_what_was_tampered_with(run: Run, tmp_path: Path, tamper: str, said: str) -> None:
    run("incidents", "report", "happened=x", f"aware_at={AWARE}", "clients=unknown", CLAUSEKEEPER_KEY=KEY)
    with closing(sqlite3.connect(tmp_path / "bot.db")) as db, db:
        db.execute("create table old as select sealed from incidents")
    run("incidents", "answer", "INC-2026-001", "cause=Phishing", CLAUSEKEEPER_KEY=KEY)
    assert "unbroken chain" in run("verify", CLAUSEKEEPER_KEY=KEY)
    environment = {"CLAUSEKEEPER_DATABASE": str(tmp_path / "bot.db"), "CLAUSEKEEPER_KEY": ""}
    assert "Without the key" in CliRunner().invoke(cli, ["verify"], env=environment).stderr
    with closing(sqlite3.connect(tmp_path / "bot.db")) as db:
        db.executescript(tamper)
    refused(run, said, "verify", CLAUSEKEEPER_KEY=KEY)


def test_rotation_and_retention(run: Run, tmp_path: Path) -> None:
    run("incidents", "report", "happened=x", f"aware_at={AWARE}", "clients=unknown", CLAUSEKEEPER_KEY=KEY)
    fresh = run("incidents", "new-key").strip()
    refused(run, "The key does not open what is sealed", "incidents", "list", CLAUSEKEEPER_KEY=fresh)
    refused(run, "put a new one", "incidents", "rotate-key", CLAUSEKEEPER_KEY=KEY)
    done = run("incidents", "rotate-key", CLAUSEKEEPER_KEY=f"{fresh},{KEY}")
    assert "6 rows are sealed under the newest key" in done
    assert "INC-2026-001" in run("incidents", "list", CLAUSEKEEPER_KEY=fresh)
    assert "0 incidents" in run("incidents", "retention", "--days", "1", CLAUSEKEEPER_KEY=fresh)


def test_a_key_file_is_made_read_and_rotated(run: Run, tmp_path: Path) -> None:
    settings = from_environment({"CLAUSEKEEPER_DATABASE": str(tmp_path / "bot.db")}, tmp_path)
    assert keys.state(settings) == (False, "key for data breaches: none")
    assert keys.make_own(settings)
    assert not keys.make_own(settings), "one that is there is kept"
    assert stat.S_IMODE(settings.key_file.stat().st_mode) == 0o600
    well, said = keys.state(settings)
    assert well
    assert "keep a copy" in said
    run("incidents", "report", "happened=x", f"aware_at={AWARE}", "clients=unknown")
    assert "rows are sealed under the newest key" in run("incidents", "rotate-key")
    assert len(read_keys(settings.key_file)) == 2
    assert "INC-2026-001" in run("incidents", "list", CLAUSEKEEPER_KEY=read_keys(settings.key_file)[0])
    settings.key_file.chmod(0o644)
    assert "others may read" in keys.state(settings)[1]
    settings.key_file.write_text("hunter2\n")
    with pytest.raises(Refused, match="is no key"):
        keys.seal_of(settings)


async def test_a_bot_at_work_goes_on_with_the_key_that_a_key_file_got_meanwhile(run: Run, tmp_path: Path) -> None:
    settings = from_environment({"CLAUSEKEEPER_DATABASE": str(tmp_path / "bot.db")}, tmp_path)
    keys.make_own(settings)
    async with house(settings.database, CLAUSEKEEPER_KEY="") as home:
        await asyncio.to_thread(run, "incidents", "report", "happened=x", f"aware_at={AWARE}", "clients=unknown")
        assert "INC-2026-001" in (await home.command("U0RAVI", "/breach", "list"))["text"]
        assert "Restart" not in await asyncio.to_thread(run, "incidents", "rotate-key")
        assert "INC-2026-001" in (await home.command("U0RAVI", "/breach", "INC-2026-001"))["text"]
    # What the bot sealed after that bears the new key, so that the old one is for backups alone.
    newest = read_keys(settings.key_file)[0]
    assert "INC-2026-001" in run("incidents", "show", "INC-2026-001", CLAUSEKEEPER_KEY=newest)


async def test_a_bot_at_work_that_lacks_the_newer_key_says_who_mends_it(run: Run, tmp_path: Path) -> None:
    async with house(tmp_path / "bot.db") as home:
        made = ("incidents", "report", "happened=x", f"aware_at={AWARE}", "clients=unknown")
        await asyncio.to_thread(run, *made, CLAUSEKEEPER_KEY=KEY)
        rotated = ("incidents", "rotate-key")
        told = await asyncio.to_thread(run, *rotated, CLAUSEKEEPER_KEY=f"{new_key()},{KEY}")
        assert "restart a bot that was started without it" in told
        said = (await home.command("U0RAVI", "/breach", "INC-2026-001"))["text"]
        assert said == (
            "What is sealed does not open with this Clausekeeper's key. An admin restarts it with the right CLAUSEKEEPER_KEY."
        )


@pytest.mark.parametrize("how", ["serve", "socket"])
def test_nothing_is_served_without_a_key(run: Run, how: str) -> None:
    tokens = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s", "SLACK_APP_TOKEN": "xapp-1"}
    refused(run, "CLAUSEKEEPER_KEY is not set; what people tell of a data breach is sealed with it", how, **tokens)
    refused(run, "CLAUSEKEEPER_KEY should hold keys made by", how, **tokens, CLAUSEKEEPER_KEY="secret")


def test_after_its_time_an_incident_is_a_line_of_the_register(run: Run, tmp_path: Path) -> None:
    answers = ("happened=A mail", f"aware_at={AWARE}", "clients=unknown", "contact=Jo Janssens")
    run("incidents", "report", *answers, CLAUSEKEEPER_KEY=KEY)
    with closing(connect(tmp_path / "bot.db")) as db, transaction(db):
        seal = Seal([KEY])
        kept = incidents.get(db, seal, "INC-2026-001")
        assert kept
        long_ago = Act(datetime.fromisoformat(AWARE) + timedelta(hours=1), "U0RAVI")
        closed, _ = acts.move(from_json(kept.record), "dismiss", long_ago, reason="Test data")
        incidents.change(db, seal, "INC-2026-001", to_json(closed))
    dry = run("incidents", "retention", "--days", "30", CLAUSEKEEPER_KEY=KEY)
    assert dry == (
        "INC-2026-001 closed 2026-01-05\n"
        "Nothing was changed. --apply erases 1 incidents with 6 entries; their register lines stay.\n"
    )
    assert "Jo Janssens" in run("incidents", "export", "INC-2026-001", CLAUSEKEEPER_KEY=KEY)
    assert "Erased: 1 incidents" in run("incidents", "retention", "--days", "30", "--apply", CLAUSEKEEPER_KEY=KEY)
    left = run("incidents", "export", "INC-2026-001", CLAUSEKEEPER_KEY=KEY)
    assert "Jo Janssens" not in left
    assert "erased after its time" in left
    register = json.loads(run("incidents", "export", "--register", "--format", "json", CLAUSEKEEPER_KEY=KEY))
    assert (register[0]["facts"], register[0]["reasons"]) == ("A mail", "It is not a breach: Test data")
    assert "unbroken chain" in run("verify", CLAUSEKEEPER_KEY=KEY)
    refused(
        run,
        "only its line in the register stays",
        "incidents",
        "answer",
        "INC-2026-001",
        "cause=x",
        CLAUSEKEEPER_KEY=KEY,
    )


def test_started_by_run_it_makes_a_key_of_its_own_once_and_for_its_owner_alone(run: Run, tmp_path: Path) -> None:
    key = tmp_path / "bot.db.key"
    run("incidents", "list", CLAUSEKEEPER_OWN_KEY="yes")
    made = read_keys(key)
    assert len(made) == 1
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    run("incidents", "list", CLAUSEKEEPER_OWN_KEY="yes")
    assert read_keys(key) == made
    assert 'CLAUSEKEEPER_OWN_KEY="${CLAUSEKEEPER_OWN_KEY:-yes}"' in (ROOT / "run").read_text(encoding="utf-8")
