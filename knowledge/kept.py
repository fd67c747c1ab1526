"""What is made from the package's files once and kept beside them, as Python keeps bytecode."""

from __future__ import annotations

import mmap
import os
import pickle  # nosec B403
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

CACHE = "__pycache__"
_PAGE = 4096


def keep(path: Path, write: Callable[[Path], object]) -> Path | None:
    """The path of a kept file, filled by ``write`` (handed a path to fill) where it is not there yet.

    A file appears whole or not at all. None where its folder cannot be written: the caller then does without.
    """
    if path.is_file():
        return path
    fresh = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(exist_ok=True)
        write(fresh)
        fresh.replace(path)
    except OSError:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        return None
    return path


def mapped(path: Path, make: Callable[[], Any]) -> Any:
    """What ``make`` returns, its arrays mapped into memory from a file that is kept at ``path``: a start reads of it what it
    uses, and two processes share it.

    Like bytecode, the file is as trustworthy as the folder that it lies in.
    """
    kept = keep(path, lambda fresh: _write(fresh, make()))
    return _read(kept) if kept else make()


def _write(path: Path, made: Any) -> None:
    """A pickle whose arrays follow it, each on a page of its own."""
    buffers: list[pickle.PickleBuffer] = []
    head = pickle.dumps(made, protocol=5, buffer_callback=buffers.append)
    with path.open("wb") as file:
        sizes = [len(buffer.raw()) for buffer in buffers]
        pickle.dump((head, sizes), file)
        for buffer in buffers:
            file.write(bytes(-file.tell() % _PAGE))
            file.write(buffer.raw())


def _read(path: Path) -> Any:
    with path.open("rb") as file:
        head, sizes = pickle.load(file)  # nosec B301
        at = file.tell()
        held = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    views = []
    for size in sizes:
        at += -at % _PAGE
        views.append(held[at : at + size])
        at += size
    return pickle.loads(head, buffers=views)  # nosec B301
