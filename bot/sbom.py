"""The bill of materials: what an installation gets, read from the lock file, in CycloneDX JSON (https://cyclonedx.org)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from knowledge.refused import Refused

LOCK = Path(__file__).parent.parent / "requirements-run.lock"
_PACKAGE = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)\s*(?:;\s*(?P<where>[^\\]*?))?\s*\\?$")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def bill(lock: Path = LOCK) -> dict[str, Any]:
    """Every package of a lock with its version, the condition under which it is installed, and the hashes of its files.

    Refused where the lock is not there: an installed package has none.
    """
    if not lock.is_file():
        raise Refused(f"There is no {lock.name} beside the program; run this in its source.")
    text = lock.read_text(encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        # The same lock gives the same list, to the byte.
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, digest)}",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "name": "clausekeeper", "bom-ref": "clausekeeper"},
            "properties": [{"name": "clausekeeper:lock:sha256", "value": digest}],
        },
        "components": list(_components(text)),
    }


def as_text() -> str:
    """The bill as it is printed."""
    return json.dumps(bill(), indent=2) + "\n"


def _components(text: str) -> Iterator[dict[str, Any]]:
    for entry in re.split(r"\n(?=\S)", text.strip()):
        first, *rest = entry.splitlines()
        found = _PACKAGE.fullmatch(first)
        if found is None:
            raise Refused(f"The lock file has a line that names no package: {first[:80]}")
        address = f"pkg:pypi/{found['name'].lower().replace('_', '-')}@{found['version']}"
        where = [{"name": "clausekeeper:installed-where", "value": found["where"]}] if found["where"] else []
        files = [{"name": "clausekeeper:file:sha256", "value": h} for h in _HASH.findall("\n".join(rest))]
        yield {
            "type": "library",
            "bom-ref": address,
            "name": found["name"],
            "version": found["version"],
            "purl": address,
            "properties": where + files,
        }
