"""Fees and deadlines at the command line: single, in batches, under agreements and versions, kept and computed again."""

import io
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import cli
from bot.reckoning import means
from bot.rules_cli import KEPT_AT_ONCE, answer_lines
from knowledge.refused import Refused
from storage import audit
from storage.database import connect, transaction

ITQ = (Path(__file__).parents[2] / "knowledge/documents/itq/text.txt").read_text(encoding="utf-8")
CANCELLED = ("fee", "cancellation", "cancelled=2026-11-25", "performance=2026-11-30", "fee=8000")
ACME = """
slug = "acme"
client = "Acme NV"
country = "NL"
concluded = 2026-01-15
rate = 150.00
[[amendments]]
name = "Acme special conditions"
amends = "ITQ"
[[amendments.terms."payment.term"]]
value = 45
unit = "days"
clause = "3"
words = "Invoices are payable within forty-five (45) days."
from = 2026-06-01
"""
Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs ``clausekeeper`` in this process with a folder and database of its own; what it wrote, or Refused."""
    monkeypatch.chdir(tmp_path)

    def ran(*words: str) -> str:
        clear = dict.fromkeys((name for name in os.environ if name.startswith(("SLACK_", "CLAUSEKEEPER_"))), None)
        env = clear | {"CLAUSEKEEPER_DATABASE": str(tmp_path / "bot.db")}
        done = CliRunner().invoke(cli, words, env=env, standalone_mode=False)
        if done.exception:
            raise done.exception
        return done.stdout

    return ran


def test_a_fee_in_words_and_as_json(run: Run) -> None:
    assert "EUR 0.00" in run(*CANCELLED).splitlines()[0]
    told = json.loads(run(*CANCELLED, "--json"))
    assert [(r["name"], r["percent"], r["total"], r["difference"]) for r in told["readings"]] == [
        ("calendar-days", 0, "0.00", "0.00"),
        ("working-days", 50, "4000.00", "4000.00"),
        ("strict", 50, "4000.00", "4000.00"),
    ]
    assert (told["days_before"], told["working_days_before"]) == (5, 3)


def test_a_batch_gives_a_line_for_a_line_and_keeps_what_it_answered(run: Run, tmp_path: Path) -> None:
    asked = [
        {"kind": "payment-due", "in": {"from": "2026-05-15"}},
        {"kind": "payment-due", "in": {"from": "2026-02-29"}},
        {"kind": "loss-report", "in": {"from": "2026-11-02"}},
        {"kind": "siesta", "in": {}},
        {"kind": "payment-due"},
    ]
    lines = [*map(json.dumps, asked), "", "not json", "[" * 5000]
    (tmp_path / "asked.jsonl").write_text("\n".join(lines), encoding="utf-8")
    told = [json.loads(line) for line in run("deadline", "--batch", "asked.jsonl").splitlines()]
    assert [one.get("date") for one in told] == ["2026-06-14", None, "2026-11-30", None, None, None, None]
    said = [one["refused"] for one in told if "date" not in one]
    assert said[0] == "from: '2026-02-29' does not exist; February 2026 has 28 days."
    assert said[1].startswith("There is no deadline 'siesta'.")
    assert [one.split()[:2] for one in said[2:]] == [["Line", "5"], ["Line", "7"], ["Line", "8"]]
    assert "is whole: 2 audit entries" in run("verify")
    again = run("replay", "--all").splitlines()
    assert [line.partition(" ")[0] for line in again] == [told[0]["id"], told[2]["id"]]
    assert all(line.endswith("the same to the byte") for line in again)


def test_a_batch_with_lines_that_are_no_text_answers_the_others(run: Run, tmp_path: Path) -> None:
    good = b'{"kind": "payment-due", "in": {"from": "2026-05-15"}}\n'
    halves = [
        b'{"kind": "payment-due", "in": {"from": "2026-05-15", "agreement": "\\ud800"}}\n',
        b'{"kind": "payment-due", "in": {"\\ud800": "2026-05-15"}}\n',
        b'{"kind": "payment-due", "in": {"from": "\xff"}}\n',
    ]
    (tmp_path / "asked.jsonl").write_bytes(b"\xef\xbb\xbf" + good + b"".join(halves) + good)
    told = [json.loads(line) for line in run("deadline", "--batch", "asked.jsonl").splitlines()]
    assert [one.get("date") for one in told] == ["2026-06-14", None, None, None, "2026-06-14"]
    assert [one["refused"][:18] for one in told[1:4]] == [f"Line {line} is not JSON"[:18] for line in (2, 3, 4)]


@pytest.mark.parametrize("words", [["from=\udcff"], ["from=2026-05-15", "agreement=\udcff"], ["\udcff=2026-05-15"]])
def test_bytes_of_a_shell_that_are_no_text_are_refused(run: Run, words: list[str]) -> None:
    with pytest.raises(Refused, match=r"half a character|does not know"):
        run("deadline", "payment-due", *words)


def test_a_value_longer_than_any_is_refused_without_being_repeated(run: Run) -> None:
    with pytest.raises(Refused) as refused:
        run("deadline", "payment-due", f"from={'9' * 20_000}")
    assert str(refused.value) == "from has 20,000 characters; give a value of at most 2,000."


def test_an_agreement_sets_terms_from_its_day_on_and_shows_what_they_replaced(run: Run, tmp_path: Path) -> None:
    (tmp_path / "acme.toml").write_text(ACME, encoding="utf-8")
    assert "Registered acme" in run("agreements", "add", "acme.toml")
    assert "Acme NV" in run("agreements", "list")

    def due(day: str) -> dict[str, object]:
        told: dict[str, object] = json.loads(run("deadline", "payment-due", f"from={day}", "agreement=acme", "--json"))
        (term,) = [term for term in told["terms"] if term["name"] == "payment.term"]
        return {"date": told["date"], "chain": [(step["value"], step["ref"]) for step in term["origin"]]}

    assert due("2026-05-15") == {"date": "2026-06-14", "chain": [(30, "ITQ 6.1")]}
    assert due("2026-07-15") == {
        "date": "2026-08-29",
        "chain": [(45, "Acme special conditions 3"), (30, "ITQ 6.1")],
    }
    with pytest.raises(Refused, match="concluded on 2026-01-15 and had not begun on 2026-01-14"):
        run("deadline", "payment-due", "from=2026-01-14", "agreement=acme")
    with pytest.raises(Refused, match="There is no agreement 'acne'"):
        run("deadline", "payment-due", "from=2026-07-15", "agreement=acne")
    (tmp_path / "acme.toml").write_text(ACME.replace("45\n", "50\n").replace("(45)", "(50)"), encoding="utf-8")
    assert "Changed acme" in run("agreements", "add", "acme.toml")
    assert all(line.endswith("the same to the byte") for line in run("replay", "--all").splitlines())


def test_a_version_without_the_words_is_reported_and_nothing_is_computed_under_it(run: Run, tmp_path: Path) -> None:
    id = json.loads(run(*CANCELLED, "--json"))["id"]
    new = ITQ.replace("up to five (5) days before", "up to seven (7) days before")
    (tmp_path / "new.txt").write_text(new, encoding="utf-8")
    added = run("documents", "add", "new.txt", "--slug", "itq", "--effective", "2026-11-01")
    assert "gone    ITQ 7.3  cancellation.free_until" in added
    assert "stands  ITQ 7.3  cancellation.half_until" in added
    assert "refuses fee cancellation, which rests on cancellation.free_until" in added
    assert "refuses deadline cancellation-free" in added
    assert "“seven (7) days”, NOBODY" in added
    with pytest.raises(Refused, match="Version 2026-11-01 of ITQ no longer holds the words"):
        run(*CANCELLED)
    assert "2026-10-14" in run("deadline", "payment-due", "from=2026-09-14", "--json")
    with pytest.raises(Refused, match="1 of 1 answers came out differently"):
        run("replay", id)


def test_a_published_rate_is_added_once_with_its_source(run: Run) -> None:
    late = ("fee", "late-payment", "invoice_date=2026-11-01", "amount=36500", "paid=2027-01-10", "--json")
    with pytest.raises(Refused, match="first half of 2027"):
        run(*late)
    add = ("rates", "add", "--from", "2027-01-01", "--to", "2027-06-30", "--percent", "11", "--source", "BS 2027")
    assert "Added 11 %" in run(*add)
    lines = json.loads(run(*late))["lines"]
    assert [(line.get("percent"), line.get("days"), line["amount"]) for line in lines] == [
        (10.5, 30, "315.00"),
        (11, 10, "110.00"),
        (None, None, "250.00"),
    ]
    assert lines[1]["source"] == "BS 2027"
    with pytest.raises(Refused, match="Two rates of default interest hold on 2027-01-01"):
        run(*add)


def test_what_a_batch_has_shown_is_on_disk_while_a_running_bot_can_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUSEKEEPER_DATABASE", str(tmp_path / "bot.db"))
    asked = json.dumps({"kind": "payment-due", "in": {"from": "2026-05-15"}}) + "\n"
    with means() as at:
        shown = answer_lines("deadline", io.StringIO(asked * (KEPT_AT_ONCE + 1)), at)
        assert json.loads(next(shown))["date"] == "2026-06-14"
        other = connect(tmp_path / "bot.db")
        with transaction(other):
            assert audit.count(other) == KEPT_AT_ONCE
        other.conn.close()
        assert len(list(shown)) == KEPT_AT_ONCE


def test_a_tracked_deadline_is_computed_again_under_a_new_version_and_its_history_says_so(
    run: Run, tmp_path: Path
) -> None:
    told = run("deadlines", "track", "payment-due", "from=2090-01-02", "title=Invoice 7", "owner=U0MARIE")
    id = told.removeprefix("Tracked as ").split()[0]
    new = ITQ.replace("thirty (30) days after the invoice date", "forty (40) days after the invoice date")
    (tmp_path / "new.txt").write_text(new, encoding="utf-8")
    added = run("documents", "add", "new.txt", "--slug", "itq", "--effective", "2089-01-01")
    assert "1 tracked deadline could not be computed under it; the date stays, and each owner" in added
    shown = run("deadlines", "show", id)
    assert "not computed" in shown
    assert '"cause": "version 2089-01-01 of ITQ was added"' in shown
    assert "no longer holds the words" in shown
    assert "Wed 1 Feb 2090" in shown, "its date stays, and its owner is told"
