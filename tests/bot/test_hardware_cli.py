"""Hardware at the command line, from a file to a statement: days are long past, so that they are the same on any day."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from tests.bot.test_cli import Run, refused, run

__all__ = ["run"]
AGREEMENT = 'slug = "acme"\nclient = "Acme NV"\ncountry = "BE"\nconcluded = 2024-11-01\nends = 2025-10-31\n'
HEAD = "tag;description;agreement;fee;delivered\n"


def test_items_go_out_come_back_and_are_settled_at_the_desk(run: Run, tmp_path: Path) -> None:
    (tmp_path / "acme.toml").write_text(AGREEMENT)
    assert run("agreements", "add", "acme.toml").returncode == 0
    (tmp_path / "bad.csv").write_text(f"{HEAD}LT-1;A;acme;300;\nLT-1;A;acmee;300;\n=LT-3;A;acme;300;\n")
    bad = run("hardware", "import", "bad.csv")
    assert (bad.returncode, bad.stdout) == (1, "")
    assert bad.stderr.splitlines() == [
        "Line 3, agreement: there is no agreement 'acmee'; did you mean acme?",
        "Line 4, tag: the cell begins with '=', as a formula does; write the value itself.",
        "bad.csv: 2 of 3 lines are wrong; nothing was taken in.",
    ]
    (tmp_path / "good.csv").write_text(
        f"{HEAD}LT-1;Écran;acme;300;2024-11-04\nLT-2;A;acme;300;2024-11-04\nLT-3;'=1+1;acme;300;2024-11-04\n"
    )
    tried = run("hardware", "import", "good.csv", "--dry-run")
    assert tried.stdout == "good.csv: all 3 lines are good; nothing was taken in, since this is a dry run.\n"
    assert run("hardware", "list").stdout == ""
    assert run("hardware", "import", "good.csv").stdout == "good.csv: 3 items were registered.\n"

    # Shipping of both together: 12.76 and 12.75.
    back = run("hardware", "tell", "return", "LT-1", "lt-2", "on=30 nov 2025", "cost_shipping=25.51", "packed=yes")
    assert back.stdout == "2 items are returned. LT-1, LT-2\n"
    refused(
        run("hardware", "tell", "colour", "LT-1"), "'colour' is nothing that happens to Hardware; there are: deliver"
    )
    refused(
        run("hardware", "tell", "inspect", "LT-1", "colour=red"), "inspect does not ask for 'colour'; it asks for: on"
    )
    refused(run("hardware", "tell", "inspect", "LT-1", "LT-3"), "LT-3 cannot be inspected: it is return due")
    assert run("hardware", "tell", "inspect", "LT-1", "LT-2", "part_screen=damaged").returncode == 0

    lost = run("hardware", "tell", "damaged", "LT-3", "on=2025-11-29", "words=Fell", "personal_data=perhaps")
    assert lost.stdout == "LT-3 (=1+1) is reported damaged.\n"
    assert "`clausekeeper incidents report` comes next" in lost.stderr

    late = json.loads(run("hardware", "overdue", "--json").stdout)
    assert [(one["tag"], one["due"], one["due_extended"]) for one in late["items"]] == [
        ("LT-3", "2025-11-14", "2025-11-14")
    ]
    assert late["today"] == late["items"][0]["today"]
    assert set(late["tomorrow"]) == {"from-end", "from-due", "whole-periods"}
    assert run("hardware", "summary").stdout == "Acme NV: 1 overdue\n"

    # 300 a month ended 31 Oct, 30 Nov: 300.00 each of three under from-end; 16 of 30 days 160.00 under from-due.
    until = ("--until", "2025-11-30")
    stated = json.loads(run("hardware", "settle", "acme", *until, "--issue", "--to", ".", "--json").stdout)
    assert {reading["name"]: reading["total"] for reading in stated["readings"]} == {
        "from-end": "925.51",
        "from-due": "505.51",
        "whole-periods": "925.51",
    }
    rows = [*csv.DictReader(io.StringIO((tmp_path / "acme-1.csv").read_text("utf-8-sig")))]
    assert [row["line"] for row in rows] == [str(number) for number in range(1, len(rows) + 1)]
    assert (tmp_path / "acme-1.pdf").read_bytes().startswith(b"%PDF")
    refused(run("hardware", "settle", "acme", *until), "Nothing is to be charged under acme up to Sun 30 Nov 2025")
    refused(
        run("hardware", "settle", "acme", "--issue", "--to", "nowhere"), "There is no folder nowhere; make it first."
    )
    assert json.loads(run("hardware", "statement", "acme-1", "--json").stdout) == stated
    refused(run("hardware", "statement", "acme-2"), "There is no statement 'acme-2'")
    assert run("hardware", "replay", "--all").stdout == "acme-1: the same to the byte\n"
    exported = {
        row["tag"]: row for row in csv.DictReader(io.StringIO(run("hardware", "export").stdout.lstrip("\ufeff")))
    }
    assert [exported[tag]["state"] for tag in ("LT-1", "LT-2", "LT-3")] == ["settled", "settled", "return due"]
    assert (exported["LT-3"]["description"], exported["LT-3"]["charged_until"]) == ("'=1+1", "2025-11-30")
    assert "ITQ 35.1" in run("hardware", "show", "LT-1").stdout
