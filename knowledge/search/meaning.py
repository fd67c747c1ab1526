"""Ranking by meaning: what was learned over the sentence encoder, together with the ranking by words.

Every entry has a row of 512 weights. It starts as the average of the encoder's vectors of all that is said about the entry
and was moved from there, on the written questions, until the questions of neighbouring clauses are told apart
(``bench/train.py``). Beside it every single text has a point in the 160 directions in which the texts differ most, so that
a question next to one that was written down is found by that one too. An entry that is new, or for which people's words
changed, has the average and its texts' points; a clause that was only reworded keeps what was learned from people's words.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

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
# Directions of a text's point, and what a coordinate of one counts when it is kept as a whole number of one byte.
DIRECTIONS, FINE = 160, 256
# How much more the nearest of an entry's texts say than the others; chosen on questions of other voices.
_SHARP = 20.0
# Characters of a text that give its direction; the encoder's time grows with the rest.
_ENOUGH = 120
ROWS = SHIPPED / "rows.npz"


@dataclass(frozen=True)
class Meant:
    """How well each entry fits a question: ``rows`` in log-odds, but for a constant; ``nearest`` as the cosine of its texts
    that come nearest."""

    rows: Sequence[float]
    nearest: Sequence[float]


@dataclass(frozen=True)
class Learned:
    """What a question's vector is laid against, in the order of the entries of an index.

    ``rows`` has the shape (entries, 512). ``points`` (texts, 160) stand in the directions ``axes`` (512, 160) around
    ``centre`` (512,); an entry's begin at its place in ``starts``.
    """

    rows: NDArray[np.float32]
    centre: NDArray[np.float32]
    axes: NDArray[np.float32]
    points: NDArray[np.float32]
    starts: NDArray[np.int64]

    def located(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """The points, of length one, of texts with these vectors."""
        import numpy as np  # noqa: PLC0415

        points = (vectors - self.centre) @ self.axes
        located: NDArray[np.float32] = points / np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-9)
        return located


class Meaning:
    """A ranking of the entries of an index, in their order; ``learned`` is called when the first question comes."""

    def __init__(self, learned: Callable[[], Learned]) -> None:
        self._load = learned

    def weigh(self, question: str) -> Meant:
        """How well each entry fits."""
        import numpy as np  # noqa: PLC0415

        learned = self._learned
        vector = encoder()([question])
        near = np.exp(_SHARP * (learned.points @ learned.located(vector)[0]))
        rows, nearest = learned.rows @ vector[0], np.log(np.add.reduceat(near, learned.starts)) / _SHARP
        if len(rows) > MANY:
            return Meant(rows, nearest)  # type: ignore[arg-type]  # an array is read like a sequence
        return Meant(rows.tolist(), nearest.tolist())

    @cached_property
    def _learned(self) -> Learned:
        return self._load()


def open_meaning(documents: Iterable[Document]) -> Meaning:
    """What was learned for some documents: what came with the package, or what is kept, or made from it and averages."""
    documents = tuple(documents)

    def learned() -> Learned:
        current = fingerprint(documents)
        fingerprint_of, _, learned_of = shipped()
        if fingerprint_of == current:
            return learned_of
        return made("rows", documents, entries(documents))

    return Meaning(learned)


def shipped() -> tuple[str, list[str], Learned]:
    """What came with the package, as ``read`` gives it; unpacked once, since that takes longer than a question."""
    of = ROWS.stat()
    unpacked: tuple[str, list[str], Learned] = mapped(
        KEPT / f"trained.{of.st_size}.{of.st_mtime_ns}", lambda: read(ROWS)
    )
    return unpacked


def made(name: str, documents: Iterable[Document], all_entries: Sequence[Entry]) -> Learned:
    """What ``completed`` makes of entries that rest on some documents, kept by a name after the first time."""
    current = fingerprint(documents)
    path = keep(
        KEPT / f"{name}.{current}.{installed()}.npz",
        lambda path: write(path, current, all_entries, completed(all_entries)),
    )
    return read(path)[2] if path else completed(all_entries)


def completed(all_entries: Sequence[Entry]) -> Learned:
    """What was learned for entries whose texts, or at least people's, are unchanged; averages and points for the others."""
    import numpy as np  # noqa: PLC0415

    _, keys, came = shipped()
    ends = [*came.starts[1:].tolist(), len(came.points)]
    places = enumerate(zip(came.starts.tolist(), ends, strict=True))
    known = {key: (came.rows[row], came.points[slice(*of)]) for key, (row, of) in zip(keys, places, strict=True)}
    fresh = [entry for entry in all_entries if key_of(entry) not in known]
    if fresh:
        # All at once: the encoder takes many short texts in half the time that it takes them one by one.
        key_before = _reworded(fresh, known)
        spoken = [_spoken(entry.texts[: OWN_TEXTS if entry.name in key_before else None]) for entry in fresh]
        vectors = encoder()([text for texts in spoken for text in texts])
        parts = np.split(vectors, starts(map(len, spoken))[1:])
        for entry, made_of in zip(fresh, parts, strict=True):
            said = came.located(made_of)
            if entry.name in key_before:
                row, points_before = known[key_before[entry.name]]
                known[key_of(entry)] = (row, np.concatenate([said, points_before[OWN_TEXTS:]]))
            else:
                known[key_of(entry)] = (average(made_of), said)
    rows, points = zip(*(known[key_of(entry)] for entry in all_entries), strict=True)
    return replace(came, rows=np.stack(rows), points=np.concatenate(points), starts=starts(map(len, points)))


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


def starts(sizes: Iterable[int]) -> NDArray[np.int64]:
    """Where each of some groups begins when they stand one behind the other."""
    import numpy as np  # noqa: PLC0415

    ends = np.cumsum(np.fromiter(sizes, np.int64))
    return np.concatenate([np.zeros(1, np.int64), ends[:-1]])


def write(path: Path, current: str, all_entries: Iterable[Entry], learned: Learned) -> None:
    """Keep what was learned over some entries; ``current`` is the fingerprint of what they rest on."""
    import numpy as np  # noqa: PLC0415

    with path.open("wb") as file:
        np.savez_compressed(
            file,
            fingerprint=np.array(current),
            keys=np.array([key_of(entry) for entry in all_entries]),
            rows=learned.rows.astype(np.float16),
            centre=learned.centre,
            axes=learned.axes.astype(np.float16),
            points=np.clip(np.round(learned.points * FINE), -127, 127).astype(np.int8),
            starts=learned.starts,
        )


def read(path: Path) -> tuple[str, list[str], Learned]:
    """The fingerprint, the entries' keys and what was learned, as ``write`` kept them."""
    import numpy as np  # noqa: PLC0415

    with np.load(path) as kept:
        learned = Learned(
            rows=kept["rows"].astype(np.float32),
            centre=kept["centre"],
            axes=kept["axes"].astype(np.float32),
            points=kept["points"].astype(np.float32) / FINE,
            starts=kept["starts"],
        )
        return str(kept["fingerprint"]), kept["keys"].tolist(), learned
