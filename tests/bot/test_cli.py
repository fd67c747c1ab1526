"""The command line: answers on standard output, one clear line on standard error, honest exit statuses, no traceback."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.questions_cli import answer_lines
from storage import audit, deadlines
from storage.database import connect, transaction

ROOT = Path(__file__).parent.parent.parent
Run = Callable[..., subprocess.CompletedProcess[str]]
ITQ = (ROOT / "knowledge/documents/itq/text.txt").read_text(encoding="utf-8")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs ``clausekeeper`` in a folder and database of its own."""

    def ran(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        env = {k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "CLAUSEKEEPER_", "PORT", "HOST"))}
        env |= {"PYTHONPATH": str(ROOT), "CLAUSEKEEPER_DATABASE": str(tmp_path / "bot.db")} | environment
        return subprocess.run(
            [sys.executable, "-P", "-m", "bot", *words],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )

    return ran


def refused(done: subprocess.CompletedProcess[str], said: str) -> None:
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_clause_is_printed_verbatim(run: Run) -> None:
    done = run("clause", "7.3")
    assert done.returncode == 0
    assert "up to five (5) days before the date of the performance" in done.stdout
    assert "Pointed at by: ITQ 14.4" in done.stdout


def test_a_clause_as_json(run: Run) -> None:
    told = json.loads(run("clause", "itaf", "4.4", "--json").stdout)
    assert (told["ref"], told["document"], told["version"], told["effective"]) == (
        "ITAF 4.4",
        "itaf",
        "undated",
        "unknown",
    )
    assert told["text"].startswith("At the end/termination")


def test_a_question_as_json(run: Run) -> None:
    told = json.loads(run("ask", "may the client cancel the consultancy free of charge?", "--json").stdout)
    assert told["abstained"] is False
    assert told["answer"]["ref"] == told["hits"][0]["ref"] == "ITQ 7.3"
    assert told["answer"]["text"] in ITQ
    assert len(told["hits"]) == 3


def test_a_question_that_the_documents_do_not_answer(run: Run) -> None:
    told = json.loads(run("ask", "qwertz zebra barbecue recipe", "--json").stdout)
    assert (told["abstained"], told["reason"]) == (True, "no_clause")


def test_a_batch_of_questions_gives_a_line_each(run: Run, tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": "a", "question": "may the client cancel the consultancy free of charge?"}),
        json.dumps({"id": "b", "question": ""}),
        "not json",
        json.dumps({"id": "c", "question": "what does itaf 4.4 say?"}),
        json.dumps({"id": "d", "question": ["may the client cancel?"]}),
        '{"id": "\\ud800", "question": "half a character as an id"}',
    ]
    (tmp_path / "questions.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = run("ask", "--batch", "questions.jsonl")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["id"] for line in told] == ["a", "b", None, "c", "d", None]
    assert told[0]["answer"]["ref"] == "ITQ 7.3"
    assert "empty" in told[1]["refused"]
    assert "should be JSON" in told[2]["refused"]
    assert told[3]["answer"]["ref"] == "ITAF 4.4"
    assert all("should be JSON" in line["refused"] for line in told[4:])


def test_a_batch_may_begin_with_a_mark_and_its_questions_may_hold_odd_spaces(run: Run, tmp_path: Path) -> None:
    question = "may the client cancel\u2028the consultancy free of charge?"
    line = json.dumps({"id": 1, "question": question}, ensure_ascii=False)
    (tmp_path / "questions.jsonl").write_text(f"\ufeff{line}\r\n", encoding="utf-8")
    told = json.loads(run("ask", "--batch", "questions.jsonl").stdout)
    assert (told["id"], told["answer"]["ref"]) == (1, "ITQ 7.3")


def test_a_day_may_be_typed_in_words_and_is_echoed_in_full(run: Run) -> None:
    told = run("clause", "7.3", "--as-of", "4/12/2026")
    assert (told.returncode, told.stderr) == (0, "4/12/2026: 2026-12-04, a Friday.\n")


def test_bytes_that_are_no_text_are_left_out_of_a_question(run: Run) -> None:
    told = run("ask", "how late may the client \udcff cancel?")
    assert told.returncode == 0
    assert told.stdout.startswith("ITQ 7.3")


def test_each_answer_of_a_batch_is_on_disk_before_it_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAUSEKEEPER_DATABASE", str(tmp_path / "bot.db"))
    question = json.dumps({"id": 1, "question": "may the client cancel the consultancy free of charge?"})
    told = answer_lines([question, question], None, 3)
    assert next(told)["answer"]["ref"] == "ITQ 7.3"
    db = connect(tmp_path / "bot.db")
    with transaction(db):
        assert audit.count(db) == 1, "the bot can write in between, and reads what was shown"
    assert [line["id"] for line in told] == [1]
    assert audit.count(db) == 2
    db.close()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["clause"], "Name a clause"),
        (["clause", "7.9"], "nearest are 7.3 and 8.1"),
        (["clause", "acme", "7.3"], "There is no document 'acme'"),
        (["clause", "7.3", "--as-of", "soon"], "is no date"),
        (["agreements", "show", "it\udcff"], r"'it\udcff' cannot be written as utf-8"),
        (["ask"], "The question is empty"),
        (["ask", "🙂"], "no words"),
        (["ask", "x" * 12_001], "at most 12,000"),
        (["ask", "--batch", "nowhere.jsonl"], "There is no file"),
        (
            ["documents", "add", "nowhere.txt", "--slug", "itq", "--effective", "2027-01-01"],
            "There is no file",
        ),
        (["documents", "diff", "itq", "undated", "2027"], "has no version '2027'"),
        (["documents", "diff", "acme", "1", "2"], "There is no document 'acme'"),
        (["serve"], "SLACK_BOT_TOKEN is not set"),
        (["socket"], "SLACK_BOT_TOKEN is not set"),
    ],
)
def test_bad_input_is_refused_in_one_line_and_nothing_is_saved(run: Run, words: list[str], said: str) -> None:
    refused(run(*words), said)
    run("migrate")
    assert "is whole: 0 audit entries" in run("verify").stdout


@pytest.mark.parametrize("words", [["dance"], ["clause", "--dance"], ["documents", "add"], ["ask", "x", "--top", "0"]])
def test_wrong_usage_is_status_2(run: Run, words: list[str]) -> None:
    done = run(*words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_version_is_added_compared_and_quoted_from_its_day_on(run: Run, tmp_path: Path) -> None:
    text = ITQ.replace("is thirty (30) days.", "is sixty (60) days.").replace(
        "18.1. The Agreement is exclusively", "18.1. The Agreement is"
    )
    (tmp_path / "new.txt").write_text(text, encoding="utf-8")
    added = run("documents", "add", "new.txt", "--slug", "itq", "--effective", "2030-01-01")
    assert added.returncode == 0, added.stderr
    assert "0 added, 0 removed, 2 reworded" in added.stdout
    diff = run("documents", "diff", "itq", "undated", "2030-01-01").stdout
    assert "[-thirty (30)-] [+sixty (60)+]" in diff
    assert "ITQ 18.1 reworded" in diff
    assert "thirty (30) days" in run("clause", "3.3").stdout
    assert "sixty (60) days" in run("clause", "3.3", "--as-of", "2030-01-01").stdout
    told = json.loads(run("clause", "3.3", "--json", "--as-of", "2031-06-01").stdout)
    assert (told["version"], told["effective"]) == ("2030-01-01", "2030-01-01")
    refused(
        run("documents", "add", "new.txt", "--slug", "itq", "--effective", "2031-01-01"),
        "This very text is version",
    )
    refused(
        run("documents", "add", "new.txt", "--slug", "itq", "--effective", "2030-01-01"),
        "has a version '2030-01-01' already",
    )
    assert "2030-01-01" in run("documents", "list").stdout
    assert "All documents are sound" in run("documents", "check").stdout


def test_a_document_without_words_of_people_answers_and_is_reported_as_found_less_well(
    run: Run, tmp_path: Path
) -> None:
    less_well = "in which people ask, asked.toml has nothing; it is found less well"
    text = tmp_path / "cleaning.txt"
    text.write_text(
        "Article 1. Cleaning\n1.1. The cleaner comes every Tuesday morning between 7 and 9.\n"
        "1.2. The client provides a locked cupboard for the cleaning products.\n",
        encoding="utf-8",
    )
    assert "found less well" not in run("documents", "check").stdout
    assert less_well in run("documents", "add", str(text), "--slug", "cleaning", "--effective", "2026-01-01").stdout
    assert less_well in run("documents", "check").stdout
    told = json.loads(run("ask", "--json", "when does the cleaner come?").stdout)
    assert told["hits"][0]["ref"] == "CLEANING 1.1"
    assert not told["abstained"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"x" * 20_000_000, "may have at most 2,000,000"),
        (b"Dear client,\nthank you.", "No clause was found"),
        (b"Article 1. A\n1.1. x\n1.3. y\n", "Line 3"),
        (b"Article 1. A\n1.1. x\n1.1. y\n", "Line 3"),
    ],
)
def test_a_text_that_cannot_be_a_contract_is_refused_and_not_stored(
    run: Run, tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / "text.txt").write_bytes(content)
    refused(run("documents", "add", "text.txt", "--slug", "acme", "--effective", "2027-01-01"), said)
    assert "acme" not in run("documents", "list").stdout


def test_a_new_document_is_quoted_by_its_own_name(run: Run, tmp_path: Path) -> None:
    (tmp_path / "acme.txt").write_text("Preface\nArticle 1. Parking\n1.1. Bicycles park for free.\n", encoding="utf-8")
    added = run("documents", "add", "acme.txt", "--slug", "acme", "--effective", "2020-01-01", "--owner", "Acme NV")
    assert "line 1 is part of no clause: Preface" in added.stdout
    assert "Bicycles park for free." in run("clause", "acme", "1.1").stdout


def test_backup_verify_and_migrate(run: Run, tmp_path: Path) -> None:
    assert "up to date" in run("migrate").stdout
    run("clause", "7.3")
    assert "with 1 audit entries" in run("backup", "copy.db").stdout
    refused(run("backup", "copy.db"), "exists already")
    assert "1 audit entries in an unbroken chain" in run("verify").stdout
    assert "1 audit entries" in run("verify", CLAUSEKEEPER_DATABASE=str(tmp_path / "copy.db")).stdout
    refused(run("verify", CLAUSEKEEPER_DATABASE="nowhere.db"), "There is no database")
    (tmp_path / "junk.db").write_bytes(b"junk" * 2000)
    refused(run("verify", CLAUSEKEEPER_DATABASE=str(tmp_path / "junk.db")), "file is not a database")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("HOST", "example.com"),
        ("CLAUSEKEEPER_ZONE", "Mars/Olympus"),
        ("CLAUSEKEEPER_ADMINS", "anna"),
        ("SLACK_BOT_TOKEN", "secret"),
        ("SLACK_API_URL", "slack.com"),
        ("CLAUSEKEEPER_LEGAL_CHANNEL", "#legal"),
    ],
)
def test_a_wrong_setting_is_named(run: Run, name: str, value: str) -> None:
    done = run("clause", "7.3", **{name: value})
    refused(done, name)
    assert name != "SLACK_BOT_TOKEN" or value not in done.stderr


def test_doctor_says_what_is_missing_in_words(run: Run) -> None:
    done = run("doctor")
    assert done.returncode == 1
    assert "MISSING SLACK_BOT_TOKEN is not set" in done.stdout
    assert "ok      documents: ITQ undated, ITAF undated" in done.stdout


def test_doctor_says_when_slack_is_away(run: Run) -> None:
    done = run("doctor", SLACK_BOT_TOKEN="xoxb-1", SLACK_API_URL="http://127.0.0.1:9/api/")
    assert "Slack cannot be reached at http://127.0.0.1:9/api/" in done.stdout


def test_deadlines_are_tracked_listed_exported_and_done(run: Run) -> None:
    words = ("payment-due", "from=2090-05-15", "title=Invoice 7", "owner=U0MARIE", "leads=7,1")
    tracked = run("deadlines", "track", *words).stdout
    assert "Wed 14 Jun 2090  Invoice 7, U0MARIE" in tracked
    refused(run("deadlines", "track", *words), f"It is tracked already, as {tracked.split()[2]}, for U0MARIE.")
    refused(run("deadlines", "track", "payment-due", "from=2020-05-15", "owner=U0MARIE"), "passed on Sun 14 Jun 2020")
    listed = json.loads(run("deadlines", "list", "--owner", "U0MARIE", "--json").stdout)
    assert (listed["title"], listed["due"], listed["leads"]) == ("Invoice 7", "2090-06-14", [7, 1, 0])
    assert run("deadlines", "list", "overdue").stdout == ""
    assert "DTSTART;VALUE=DATE:20900614" in run("deadlines", "export").stdout
    assert run("deadlines", "done", listed["id"], "--what", "Paid").stdout == "Done: Invoice 7.\n"
    refused(run("deadlines", "done", listed["id"], "--what", "Paid"), "is done already")
    refused(run("deadlines", "done", "gone", "--what", "Paid"), "`clausekeeper deadlines list` shows them")
    assert 'done {"what": "Paid"' in run("deadlines", "show", listed["id"]).stdout


def test_every_open_deadline_is_listed_and_exported_however_many_there_are(run: Run, tmp_path: Path) -> None:
    run("deadlines", "track", "payment-due", "from=2090-05-15", "title=Invoice 0", "owner=U0MARIE")
    db = connect(tmp_path / "bot.db")
    (first,) = deadlines.open_ones(db)
    with transaction(db):
        for n in range(1, 60):
            deadlines.put(db, replace(first, id=f"{n}", key=f"asked:{n}", title=f"Invoice {n}"))
    db.close()
    assert run("deadlines", "list").stdout.count("Invoice") == 60
    assert run("deadlines", "export", "--owner", "U0MARIE").stdout.count("BEGIN:VEVENT") == 60
