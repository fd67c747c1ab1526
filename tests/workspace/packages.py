"""The JavaScript packages that the lock file names, installed once by npm."""

import fcntl
import subprocess
from pathlib import Path

HERE = Path(__file__).parent / "javascript"


def installed() -> Path:
    """The folder with `node_modules` in it, brought to what the lock file says; processes that ask at once wait in turn."""
    done, lock = HERE / "node_modules" / ".package-lock.json", HERE / "package-lock.json"
    with lock.open("rb") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not done.exists() or done.stat().st_mtime < lock.stat().st_mtime:
            command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
            subprocess.run(command, cwd=HERE, check=True, capture_output=True, timeout=300)
            done.touch()
    return HERE
