"""What the project says of privacy and of what it is made of, held to what is so."""

import json
import re
from pathlib import Path

import pytest

from bot import sbom
from knowledge.refused import Refused
from storage.database import connect
from storage.retention import RULES

ROOT = Path(__file__).parent.parent


def test_every_table_stands_in_the_privacy_paper_and_no_other(tmp_path: Path) -> None:
    db = connect(tmp_path / "x.db")
    try:
        tables = {name for name in db.table_names() if not name.startswith("sqlite_")}
    finally:
        db.close()
    rows = re.findall(r"^\| (`.*?) \|", (ROOT / "PRIVACY.md").read_text(encoding="utf-8"), re.MULTILINE)
    told = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert sorted(told) == sorted(tables)


LIMITS = {
    7: "7 days",
    90: "90 days",
    365: "1 year",
    730: "2 years",
    1_095: "3 years",
    1_826: "5 years",
    3_653: "10 years",
}


def test_the_privacy_paper_says_how_long_as_the_rules_do() -> None:
    rows = re.findall(r"^\| (`.*?) \|.*\| ([^|]+) \|$", (ROOT / "PRIVACY.md").read_text(encoding="utf-8"), re.MULTILINE)
    told = {name: how_long for names, how_long in rows for name in re.findall(r"`(\w+)`", names)}
    limited = [rule for rule in RULES if rule.days and rule.why != "with their deadline"]
    assert len(limited) > 10
    for rule in limited:
        assert LIMITS[rule.days or 0] in told[rule.table], rule.table


def test_the_bill_of_materials_names_what_the_lock_names() -> None:
    bill = json.loads(sbom.as_text())
    lock = (ROOT / "requirements-run.lock").read_text(encoding="utf-8")
    named = re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", lock, re.MULTILINE)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert [(part["name"], part["version"]) for part in bill["components"]] == named
    assert sum(len(part["properties"]) for part in bill["components"]) >= lock.count("--hash=")
    assert len({part["purl"] for part in bill["components"]}) == len(named)
    assert sbom.as_text() == sbom.as_text()


def test_without_a_lock_there_is_no_bill(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"no requirements-run\.lock"):
        sbom.bill(tmp_path / "requirements-run.lock")


def test_a_lock_that_cannot_be_read_is_not_guessed_at(tmp_path: Path) -> None:
    lock = tmp_path / "x.lock"
    lock.write_text("aiohttp>=3\n", encoding="utf-8")
    with pytest.raises(Refused, match="names no package"):
        sbom.bill(lock)


def test_the_image_runs_without_rights_and_writes_to_its_volume_alone() -> None:
    """As far as it shows without an engine: the last stage's user, its volume, its command, and that all it copies is there."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    last = lines[max(at for at, line in enumerate(lines) if line.startswith("FROM ")) :]
    assert "USER 10001:10001" in last
    assert "VOLUME /data" in last
    assert 'CMD ["serve"]' in last
    assert any("CLAUSEKEEPER_DATABASE=/data/" in line for line in last)
    assert not [line for line in last if line.startswith("RUN") and "install -d" not in line]
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for line in lines:
        if line.startswith("COPY ") and "--from" not in line:
            for name in line.split()[1:-1]:
                assert (ROOT / name).exists()
                assert f"!{name}" in ignored
