"""How long what is kept, for whom, and how it goes: by age, for a person, for a workspace. The audit chain outlives it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot import teams_cli
from bot.cli import cli
from bot.samples import add_samples
from bot.settings import from_environment
from knowledge.refused import Refused
from storage import audit, installations, persons, retention
from storage.agreements import INDEXES
from storage.database import connect, transaction
from storage.installations import REGISTRY, Installation
from storage.sealing import Seal
from tests.house import KEY, House, house, shown

Run = Callable[..., str]
OLD = "2021-01-04T10:00:00+00:00"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs ``clausekeeper`` in this process on the database of the test."""

    def ran(*words: str, **environment: str) -> str:
        clear = dict.fromkeys((name for name in os.environ if name.startswith(("SLACK_", "CLAUSEKEEPER_"))), None)
        own = {"CLAUSEKEEPER_DATABASE": str(tmp_path / "bot.db"), "CLAUSEKEEPER_KEY": KEY}
        done = CliRunner().invoke(cli, words, env=clear | own | environment, standalone_mode=False)
        if done.exception:
            raise done.exception
        return done.stdout

    return ran


def tables(path: Path) -> set[str]:
    with closing(connect(path)) as db:
        return {name for name in db.table_names() if not name.startswith("sqlite_")}


def test_every_table_has_a_rule_and_every_table_says_whether_it_has_something_of_people(tmp_path: Path) -> None:
    there = tables(tmp_path / "x.db")
    assert sorted(rule.table for rule in retention.RULES) == sorted(there)
    assert sorted([*(part.table for part in persons.PARTS), *persons.NOBODY]) == sorted(there)
    assert all(part.erase or part.kept for part in persons.PARTS)


def written(folder: Path) -> bytes:
    """All that stands in the files of the database."""
    return b"".join(path.read_bytes() for path in folder.glob("bot.db*"))


def limit(said: str, table: str) -> list[str]:
    """The limit of a table, and how many rows have outlived it."""
    (line,) = [line for line in said.splitlines() if line.split()[:1] == [table]]
    return line.split()[1:4]


async def lived(home: House) -> None:
    """Two people ask, judge and choose; one has a deadline tracked."""
    services = home.bot.services
    await services.store.run(add_samples, await services.shelf(), services.now(), "sample")
    for user in ("U0ANNA", "U0RAVI"):
        await home.command(user, "/clause", "7.3")
        await home.command(user, "/ask", "how late may a client cancel?")
        await home.command(user, "/ask", "what does the canteen serve on Fridays?")
        await home.command(user, "/deadline", "away from=2027-03-01 to=2027-03-05 substitute=<@U0MARIE>")
        await home.command(user, "/fee", "price-revision price=10000 share=95 change=50")


def held(rows: list[dict[str, Any]], table: str) -> list[dict[str, Any]]:
    return [row for row in rows if row["table"] == table]


async def contents(home: House, actor: str) -> int:
    sql = "select count(*) from contents c join audit a on a.id = c.id where actor = ?"
    count: int = await home.bot.services.store.run(lambda db: db.execute(sql, (actor,)).fetchone()[0])
    return count


async def test_a_person_gets_their_own_data_and_erases_it_at_their_word(home: House) -> None:
    await lived(home)
    store = home.bot.services.store
    chain = await store.run(lambda db: db.execute("select hash from audit order by seq").fetchall())
    before = await contents(home, "U0RAVI")
    ack = await home.command("U0ANNA", "/clausekeeper", "my data", "D0ANNA")
    assert "comes as a file" in ack["text"]
    message = await home.said("U0ANNA", "D0ANNA", "This is everything that is kept about you")
    assert "`contents`" in shown(message)
    assert "(stay: proof that nothing was changed" in shown(message)
    handed = await home.bot.services.store.run(
        lambda db: [{"table": t, **row} for t, row in persons.exported(db, "U0ANNA", home.bot.services.seal)]
    )
    assert {row["actor"] for row in held(handed, "audit")} == {"U0ANNA"}
    assert [row["person"] for row in held(handed, "absences")] == ["U0ANNA"]
    assert "canteen" in json.dumps(held(handed, "contents"))
    assert "U0RAVI" not in json.dumps(handed)

    await home.click("U0ANNA", message, "D0ANNA", "personal_erase")
    await home.said("U0ANNA", "D0ANNA", "Your data is erased")
    after = await store.run(lambda db: list(persons.exported(db, "U0ANNA", None)))
    left = {table for table, _ in after}
    assert left <= {"audit", "contents", "outbox"}
    told = json.dumps([row for table, row in after if table == "contents"])
    assert "canteen" not in told
    assert "cancel" not in told
    assert await contents(home, "U0RAVI") == before
    assert "U0RAVI" in {
        row["person"]
        for _, row in await store.run(lambda db: list(persons.exported(db, "U0RAVI", None)))
        if "person" in row
    }
    # The chain is whole, with the very hashes that it had.
    assert await store.run(audit.broken) is None
    now = await store.run(lambda db: db.execute("select hash from audit order by seq").fetchall())
    assert now[: len(chain)] == chain
    assert "7.3" in (await home.command("U0ANNA", "/clause", "7.3"))["text"]


async def test_whoever_answers_for_something_hands_it_over_first(home_http: House) -> None:
    await lived(home_http)
    await home_http.command("U0ANNA", "/deadline", "track payment-due from=2026-11-15 agreement=acme title=x")
    await home_http.command("U0ANNA", "/clausekeeper", "my data", "D0ANNA")
    message = await home_http.said("U0ANNA", "D0ANNA", "This is everything")
    await home_http.click("U0ANNA", message, "D0ANNA", "personal_erase")
    await home_http.said("U0ANNA", "D0ANNA", "1 open deadlines that they own")
    assert await contents(home_http, "U0ANNA") > 0


async def test_a_button_erases_whoever_presses_it_and_nobody_else(home_http: House) -> None:
    await lived(home_http)
    await home_http.command("U0ANNA", "/clausekeeper", "my data")
    message = await home_http.said("U0ANNA", "D0ANNA", "This is everything")
    before = await contents(home_http, "U0ANNA")
    pressed = next(b for block in message["blocks"] if block["type"] == "actions" for b in block["elements"])
    assert pressed["value"] == "U0ANNA"
    assert not [m for m in await home_http.seen("U0RAVI", "C0GENERAL") if "kept about you" in m["text"]]
    services = home_http.bot.services
    from handlers.incoming import Incoming  # noqa: PLC0415 - only here is a delivery made by hand
    from handlers.personal import _erased  # noqa: PLC0415

    forged = Incoming("click:9:personal_erase", "personal_erase", "U0RAVI", "C0GENERAL", "")
    await services.store.run(_erased, services, forged)
    assert await contents(home_http, "U0ANNA") == before


async def test_the_operator_exports_and_erases_a_person(tmp_path: Path, run: Run) -> None:
    async with house(tmp_path / "bot.db") as home:
        await lived(home)
    rows = [json.loads(line) for line in run("person", "export", "U0ANNA").splitlines()]
    assert {"audit", "contents", "absences"} <= {row["table"] for row in rows}
    assert "Nothing was changed" in run("person", "erase", "U0ANNA")
    assert "canteen" in run("person", "export", "U0ANNA")
    assert "Erased." in run("person", "erase", "U0ANNA", "--apply")
    assert "canteen" not in run("person", "export", "U0ANNA")
    assert "canteen" in run("person", "export", "U0RAVI")
    assert "is whole" in run("verify")
    with pytest.raises(Refused, match="is no Slack user id"):
        run("person", "export", "anna; drop table audit")
    assert "the same to the byte" in run("replay", "--all")


async def test_what_outlived_its_rule_is_told_and_only_then_taken_away(tmp_path: Path, run: Run) -> None:
    async with house(tmp_path / "bot.db") as home:
        await home.post("clock", now=OLD)
        await home.command("U0ANNA", "/clause", "7.3")
        await home.command("U0ANNA", "/ask", "what does the canteen serve on Fridays?")
        await home.bot.deliveries.stop()  # the weekly list for managers would be sent now, and is not old then
        await home.post("clock", now=datetime.now(UTC).isoformat())
        await home.command("U0ANNA", "/clause", "8.1")
    due = run("retention")
    assert "Nothing was changed" in due
    assert limit(due, "contents") == ["1826", "days", "2"]
    assert run("retention") == due
    assert b"canteen" in written(tmp_path)
    assert "Gone:" in run("retention", "--apply", "--compact")
    assert b"canteen" not in written(tmp_path)
    again = run("retention", "--apply")
    assert "Gone: 0 rows" in again
    assert "is whole" in run("verify")
    with closing(connect(tmp_path / "bot.db")) as db:
        (kept,) = db.execute(
            "select count(*) from contents c join audit a on a.id = c.id where action = 'clause'"
        ).fetchone()
        assert kept == 1


async def test_more_than_a_piece_goes_piece_by_piece(tmp_path: Path, run: Run) -> None:
    count = retention.MOST * 2 + 1
    with closing(connect(tmp_path / "bot.db")) as db, transaction(db):
        row = ("2021-01-04T10:00:00+00:00", "{}")
        db.conn.executemany(
            "insert into deliveries(key, at, reply) values (?, ?, ?)", [(f"k{n}", *row) for n in range(count)]
        )
    assert f"Gone: {count} rows" in run("retention", "--apply")
    assert "Gone: 0 rows" in run("retention", "--apply")


async def test_limits_are_settable_by_table(tmp_path: Path, run: Run) -> None:
    async with house(tmp_path / "bot.db") as home:
        await home.post("clock", now=(datetime.now(UTC) - timedelta(days=40)).isoformat())
        await home.command("U0ANNA", "/clause", "7.3")
    assert limit(run("retention", "--days", "contents=30"), "contents") == ["30", "days", "1"]
    environment = {"CLAUSEKEEPER_RETENTION": "contents=30, outbox=5"}
    assert limit(run("retention", **environment), "contents") == ["30", "days", "1"]
    assert limit(run("retention", "--days", "contents=50", **environment), "contents") == ["50", "days", "0"]
    for wrong in ("audit=3", "contents=0", "contents=x", "made_up=3", "contents"):
        with pytest.raises(Refused):
            run("retention", "--days", wrong)
    with pytest.raises(Refused, match="CLAUSEKEEPER_RETENTION should be"):
        run("retention", CLAUSEKEEPER_RETENTION="contents=soon")


async def test_what_an_open_deadline_rests_on_is_not_taken_away(tmp_path: Path, run: Run) -> None:
    async with house(tmp_path / "bot.db") as home:
        await lived(home)
        await home.command("U0MARIE", "/deadline", "track payment-due from=2026-11-15 agreement=acme title=x")
        await home.bot.deliveries.stop()
        steps = await home.bot.services.store.run(
            lambda db: db.execute("select answer from deadlines union select entry from deadline_steps").fetchall()
        )
    with closing(connect(tmp_path / "bot.db")) as db, transaction(db):
        for rule in retention.RULES:
            retention.take_away(db, rule, datetime.now(UTC) + timedelta(days=6 * 365), {})
        left = {row[0] for row in db.execute("select id from contents").fetchall()}
    assert steps
    assert {row[0] for row in steps} <= left
    assert "is whole" in run("verify")


async def test_a_workspace_is_exported_whole_with_what_is_sealed_opened(tmp_path: Path, run: Run) -> None:
    async with house(tmp_path / "bot.db") as home:
        await lived(home)
    run(
        "incidents",
        "report",
        "happened=a laptop was left on a train",
        "aware_at=2026-01-05T10:00:00+01:00",
        "clients=acme",
    )
    target = tmp_path / "all.zip"
    run("team", "export", str(target))
    with zipfile.ZipFile(target) as packed:
        about = json.loads(packed.read("about.json"))
        names = {
            name.removeprefix("tables/").removesuffix(".jsonl")
            for name in packed.namelist()
            if name.startswith("tables/")
        }
        assert names == tables(tmp_path / "bot.db") - {"_sqlite_migrations", *INDEXES}
        assert about["audit_chain"]["whole"] is True
        assert about["rows"]["audit"] == len(packed.read("tables/audit.jsonl").splitlines()) > 5
        assert b"left on a train" in packed.read("tables/incidents.jsonl")
    with pytest.raises(Refused, match="never replaces"):
        run("team", "export", str(target))


async def test_a_workspace_is_erased_when_nobody_works_on_it_any_more(tmp_path: Path, run: Run) -> None:
    async with house(tmp_path / "bot.db") as home:
        await lived(home)
        assert "Nothing was changed" in run("team", "erase")
        # A process of its own: within one, nobody is kept out by a lock of that process.
        environment = {**os.environ, "CLAUSEKEEPER_DATABASE": str(tmp_path / "bot.db"), "CLAUSEKEEPER_KEY": KEY}
        other = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "team", "erase", "--apply", env=environment, stderr=asyncio.subprocess.PIPE
        )
        _, said = await other.communicate()
        assert (other.returncode, b"A process has" in said) == (1, True)
        assert "7.3" in (await home.command("U0ANNA", "/clause", "7.3"))["text"]
    assert "Erased" in run("team", "erase", "--apply")
    assert not written(tmp_path)
    with pytest.raises(Refused, match="There is no database"):
        run("team", "erase")


def several(tmp_path: Path, ended: datetime | None) -> dict[str, str]:
    """Two workspaces that installed the app; the first has taken it out at an instant."""
    environment = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s"}
    settings = from_environment(
        environment | {"CLAUSEKEEPER_DATABASE": str(tmp_path / "bot.db"), "CLAUSEKEEPER_KEY": KEY}, tmp_path
    )
    settings.folder.mkdir()
    with closing(connect(settings.registry, REGISTRY)) as db:
        for team in ("T0AAA", "T0BBB"):
            at = datetime(2026, 1, 1, tzinfo=UTC)
            installations.put(
                db, Seal([KEY]), Installation(team, team.lower(), "U0BOT", "B0BOT", "", "U0ANNA", at, "xoxb-x")
            )
            connect(settings.of(team).database).close()
        if ended:
            assert installations.end(db, "T0AAA", "app_uninstalled", ended)
    return environment


def test_commands_work_on_the_workspace_that_is_named(tmp_path: Path, run: Run) -> None:
    environment = several(tmp_path, None)
    listed = run("team", "list", **environment)
    assert "T0AAA" in listed
    assert "since 2026-01-01" in listed
    assert "T0BBB.db" in run("--team", "T0BBB", "verify", **environment)
    assert not (tmp_path / "bot.db").exists()
    assert "CLAUSEKEEPER_TEAM" not in os.environ or not os.environ["CLAUSEKEEPER_TEAM"]
    with pytest.raises(Refused, match="is not erased: the app is still installed"):
        run("--team", "T0AAA", "team", "erase", "--apply", **environment)
    with pytest.raises(Refused, match="without a database"):
        run("--team", "T0CCC", "verify", **environment)
    run("backup", str(tmp_path / "copies"), **environment)
    assert sorted(path.name for path in (tmp_path / "copies").iterdir()) == ["T0AAA.db", "T0BBB.db", "installations.db"]
    with pytest.raises(Refused, match=r"T0AAA\.db exists already"):
        run("backup", str(tmp_path / "copies"), **environment)
    told = run("retention", **environment)
    assert told.count("Nothing was changed") == 2
    key = "bmV3LWtleS1uZXcta2V5LW5ldy1rZXktbmV3LWtleS0="
    told = run("incidents", "rotate-key", **environment, CLAUSEKEEPER_KEY=f"{key},{KEY}")
    assert told.startswith("2 rows are sealed")
    with pytest.raises(Refused, match="does not open"):
        run("team", "list", **environment)
    assert "T0AAA" in run("team", "list", **environment, CLAUSEKEEPER_KEY=key)


@pytest.mark.parametrize(("days", "erased"), [(29, False), (31, True)])
def test_a_workspace_that_took_the_app_out_is_erased_after_thirty_days(
    tmp_path: Path, run: Run, days: int, *, erased: bool
) -> None:
    environment = several(tmp_path, datetime.now(UTC) - timedelta(days=days))
    run("retention", **environment)
    assert (tmp_path / "bot.db.teams" / "T0AAA.db").exists()
    run("retention", "--apply", **environment)
    assert (tmp_path / "bot.db.teams" / "T0AAA.db").exists() is not erased
    assert (tmp_path / "bot.db.teams" / "T0BBB.db").exists()
    settings = from_environment(
        environment | {"CLAUSEKEEPER_DATABASE": str(tmp_path / "bot.db"), "CLAUSEKEEPER_KEY": KEY}, tmp_path
    )
    assert ("T0AAA" in {one.team for one in teams_cli.installed(settings)}) is not erased
