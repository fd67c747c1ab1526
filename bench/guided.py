"""The targets of ``bench.fuzz``, with input that grows along the code it reaches: ``python -m bench.guided slash --seconds 60``.

Needs atheris (``pip install atheris``), which is made for Linux and some versions of Python only, and therefore stands in no
lock. Prints what libFuzzer prints; an input after which something else than an answer or a refusal came is kept in a file
``crash-…``, and ``python -m bench.guided slash crash-…`` gives it again.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

import click

OURS = ["bot", "handlers", "knowledge"]


class Led(Random):
    """Chance that bytes decide, one after the other; nothing but zeros once they are used up."""

    def __init__(self, told: bytes) -> None:
        super().__init__(0)
        self._told, self._at = told, 0

    def getrandbits(self, k: int, /) -> int:
        """The next bytes, as many as hold so many bits."""
        size = (k + 7) // 8
        taken = self._told[self._at : self._at + size]
        self._at += size
        return int.from_bytes(taken, "big") & ((1 << k) - 1)

    def random(self) -> float:
        """A number from 0 up to 1, 1 excluded."""
        return self.getrandbits(32) / (1 << 32)


@click.command()
@click.argument("name")
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--seconds", type=int, default=60, show_default=True)
def main(name: str, files: tuple[Path, ...], seconds: int) -> None:
    """Let atheris make input for one target, or give it the files that it kept."""
    try:
        atheris: Any = import_module("atheris")
    except ImportError:
        raise click.UsageError("atheris is not installed: pip install atheris") from None
    with atheris.instrument_imports(include=OURS):
        fuzz = import_module("bench.fuzz")
    targets = {target.name: target for target in fuzz.TARGETS}
    if name not in targets:
        raise click.UsageError(f"There is no target {name!r}; there are: {', '.join(targets)}.")
    words = [str(file) for file in files] or [f"-max_total_time={seconds}", "-max_len=4096", "-timeout=10"]
    atheris.Setup([sys.argv[0], *words], lambda told: fuzz.give(targets[name], Led(told)))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
