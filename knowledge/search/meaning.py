"""Ranking by meaning: a learned layer over the sentence encoder, together with the ranking by words.

Every entry has a row of 512 weights. It starts as the average of the encoder's vectors of all that is said about the entry
and was moved from there, on the written questions, until the questions of neighbouring clauses are told apart
(``bench/train.py``). An entry that is new or whose texts changed has the average.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.clauses import Document
from knowledge.search.encoder import encoder, installed
from knowledge.search.kept import SHIPPED, keep
from knowledge.search.shelved import Entry, entries, fingerprint, key_of
from knowledge.search.words import MANY

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# The length of an average's row; learned rows start from it, so that the two can be compared.
SCALE = 10.0
ROWS = SHIPPED / "rows.npz"


class Meaning:
    """A row for each entry of an index, in its order; ``rows`` is called when the first question comes."""

    def __init__(self, rows: Callable[[], NDArray[np.float32]]) -> None:
        self._load = rows

    def weigh(self, question: str) -> Sequence[float]:
        """How well each entry fits: log-odds, but for a constant."""
        scores: Any = self._rows @ encoder()([question])[0]
        weighed: Sequence[float] = scores if len(scores) > MANY else scores.tolist()
        return weighed

    @cached_property
    def _rows(self) -> NDArray[np.float32]:
        return self._load()


def open_meaning(documents: Iterable[Document]) -> Meaning:
    """The rows for some documents: those that came with the package, or kept ones, or made from them and averages."""
    documents = tuple(documents)

    def rows() -> NDArray[np.float32]:
        import numpy as np  # noqa: PLC0415

        current = fingerprint(documents)
        with np.load(ROWS) as trained:
            if str(trained["fingerprint"]) == current:
                shipped: NDArray[np.float32] = trained["rows"].astype(np.float32)
                return shipped
        name = f"rows.{current}.{installed()}.npy"
        kept = keep(name, lambda path: _save(path, completed(entries(documents))))
        made: NDArray[np.float32] = np.load(kept) if kept else completed(entries(documents))
        return made

    return Meaning(rows)


def completed(all_entries: Sequence[Entry]) -> NDArray[np.float32]:
    """Rows for all entries, shape (entries, 512): the learned ones where their texts are unchanged, else averages."""
    import numpy as np  # noqa: PLC0415

    with np.load(ROWS) as trained:
        learned = dict(zip(trained["keys"].tolist(), trained["rows"].astype(np.float32), strict=True))
    return np.stack(
        [learned[key] if (key := key_of(entry)) in learned else average(entry.texts) for entry in all_entries]
    )


def average(texts: Sequence[str]) -> NDArray[np.float32]:
    """The mean direction of texts, shape (512,), of length SCALE."""
    import numpy as np  # noqa: PLC0415

    mean = encoder()(texts).mean(axis=0)
    row: NDArray[np.float32] = mean * (SCALE / max(float(np.linalg.norm(mean)), 1e-9))
    return row


def _save(path: Path, rows: NDArray[np.float32]) -> None:
    import numpy as np  # noqa: PLC0415

    with path.open("wb") as file:
        np.save(file, rows)
