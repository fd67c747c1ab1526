"""Ranking by meaning: what was learned over the sentence encoder, together with the ranking by words.

Every entry has a row of 512 weights. It starts as the average of the encoder's vectors of all that is said about the entry
and was moved from there, on the written questions, until the questions of neighbouring clauses are told apart
(``bench/train.py``). An entry that is new, or for which people's words changed, has the average; a clause that was only
reworded keeps what was learned from people's words.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.clauses import Document
from knowledge.kept import keep, mapped
from knowledge.library import load
from knowledge.search.encoder import encoder, installed
from knowledge.search.shelved import KEPT, OWN_TEXTS, SHIPPED, Entry, entries, fingerprint, key_of
from knowledge.search.words import MANY

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# The length of an average's row; learned rows start from it, so that the two can be compared.
SCALE = 10.0
# Characters of a text that give its direction; the encoder's time grows with the rest.
_ENOUGH = 120
ROWS = SHIPPED / "rows.npz"


class Meaning:
    """A ranking of the entries of an index, in their order; ``rows``, of shape (entries, 512), are called for when the first
    question comes."""

    def __init__(self, rows: Callable[[], NDArray[np.float32]]) -> None:
        self._load = rows

    def weigh(self, question: str) -> Sequence[float]:
        """How well each entry fits, in log-odds but for a constant."""
        fits: Any = self._rows @ encoder()([question])[0]
        found: Sequence[float] = fits if len(fits) > MANY else fits.tolist()
        return found

    @cached_property
    def _rows(self) -> NDArray[np.float32]:
        return self._load()


def open_meaning(documents: Iterable[Document]) -> Meaning:
    """What was learned for some documents: what came with the package, or what is kept, or made from it and averages."""
    documents = tuple(documents)

    def rows() -> NDArray[np.float32]:
        fingerprint_of, _, came = shipped()
        return came if fingerprint_of == fingerprint(documents) else made("rows", documents, entries(documents))

    return Meaning(rows)


def shipped() -> tuple[str, list[str], NDArray[np.float32]]:
    """What came with the package, as ``read`` gives it; unpacked once, since that takes longer than a question."""
    of = ROWS.stat()
    unpacked: tuple[str, list[str], NDArray[np.float32]] = mapped(
        KEPT / f"rows.{of.st_size}.{of.st_mtime_ns}", lambda: read(ROWS)
    )
    return unpacked


def made(name: str, documents: Iterable[Document], all_entries: Sequence[Entry]) -> NDArray[np.float32]:
    """What ``completed`` makes of entries that rest on some documents, kept by a name after the first time."""
    current = fingerprint(documents)
    path = keep(
        KEPT / f"{name}.{current}.{shipped()[0]}.{installed()}.npz",
        lambda path: write(path, current, all_entries, completed(all_entries)),
    )
    return read(path)[2] if path else completed(all_entries)


def completed(all_entries: Sequence[Entry]) -> NDArray[np.float32]:
    """What was learned for entries whose texts, or at least people's, are unchanged, and averages for the others."""
    import numpy as np  # noqa: PLC0415

    _, keys, came = shipped()
    known = dict(zip(keys, came, strict=True))
    fresh = [entry for entry in all_entries if key_of(entry) not in known]
    before = _reworded(fresh, known)
    known |= {key_of(entry): known[before[entry.name]] for entry in fresh if entry.name in before}
    new = [entry for entry in fresh if entry.name not in before]
    if new:
        # All at once: the encoder takes many short texts in half the time that it takes them one by one.
        spoken = [_spoken(entry.texts) for entry in new]
        vectors = encoder()([text for texts in spoken for text in texts])
        parts = np.split(vectors, list(accumulate(map(len, spoken)))[:-1])
        known |= {key_of(entry): average(part) for entry, part in zip(new, parts, strict=True)}
    return np.stack([known[key_of(entry)] for entry in all_entries])


def _reworded(fresh: Iterable[Entry], known: Collection[str]) -> dict[str, str]:
    """By name the entries that differ from a built-in one by no more than a clause's own texts; the ``known`` key of that."""
    built_in = {entry.name: entry for entry in entries(load().in_force())}
    before = ((entry, built_in.get(entry.name)) for entry in fresh if len(entry.texts) > OWN_TEXTS)
    return {
        entry.name: key_of(was)
        for entry, was in before
        if was and was.clause and key_of(was) in known and was.texts[OWN_TEXTS:] == entry.texts[OWN_TEXTS:]
    }


def _spoken(texts: Sequence[str]) -> list[str]:
    """What is encoded of an entry that is new: each text's beginning, once; what another one begins with is in that one."""
    begun = list(dict.fromkeys(text[:_ENOUGH] for text in texts))
    return [text for text in begun if not any(other != text and other.startswith(text) for other in begun)]


def average(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean direction of vectors, shape (512,), of length SCALE."""
    import numpy as np  # noqa: PLC0415

    mean = vectors.mean(axis=0)
    row: NDArray[np.float32] = mean * (SCALE / max(float(np.linalg.norm(mean)), 1e-9))
    return row


def write(path: Path, current: str, all_entries: Iterable[Entry], rows: NDArray[np.float32]) -> None:
    """Keep what was learned over some entries; ``current`` is the fingerprint of what they rest on."""
    import numpy as np  # noqa: PLC0415

    with path.open("wb") as file:
        np.savez_compressed(
            file,
            fingerprint=np.array(current),
            keys=np.array([key_of(entry) for entry in all_entries]),
            rows=rows.astype(np.float16),
        )


def read(path: Path) -> tuple[str, list[str], NDArray[np.float32]]:
    """The fingerprint, the entries' keys and what was learned, as ``write`` kept them."""
    import numpy as np  # noqa: PLC0415

    with np.load(path) as kept:
        return str(kept["fingerprint"]), kept["keys"].tolist(), kept["rows"].astype(np.float32)
