"""What is made from the package's files once and kept beside them, as Python keeps bytecode."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

FOLDER = Path(__file__).parent / "__pycache__"
# What bench/train.py made for the documents as they are built in; of no use once those change.
SHIPPED = Path(__file__).parent / "trained"


def keep(name: str, write: Callable[[Path], None]) -> Path | None:
    """The path of a kept file, made by ``write`` (handed a path to fill) where it is not there yet.

    A file appears whole or not at all. None where the folder cannot be written: the caller then does without.
    """
    path = FOLDER / name
    if path.is_file():
        return path
    fresh = path.with_suffix(f".{os.getpid()}")
    try:
        FOLDER.mkdir(exist_ok=True)
        write(fresh)
        fresh.replace(path)
    except OSError:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        return None
    return path
