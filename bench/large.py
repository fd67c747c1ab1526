"""A large library: seconds for the vectors of 10,000 further clauses, and milliseconds of a search by meaning over 100,000.

    python -m bench.large

The further clauses are words of our own, shuffled, of the same lengths. Needs the encoder. Prints JSON.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import time
from dataclasses import replace
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in service, where nothing imports numpy before the encoder does

import numpy as np

from knowledge.library import load
from knowledge.search.meaning import Meaning, completed, open_meaning
from knowledge.search.shelved import Entry, entries

FURTHER, LARGE, TIMES = 10_000, 100_000, 50


def further() -> list[Entry]:
    """Clauses that nobody has words for yet."""
    known = [entry for entry in entries(load().in_force()) if entry.clause]
    said = [word for entry in known for word in entry.texts[1].split()]
    chance = random.Random(0)
    return [
        replace(
            like,
            name=f"further {at}",
            texts=(like.texts[0], " ".join(chance.choices(said, k=len(like.texts[1].split())))),
        )
        for at, like in ((at, known[at % len(known)]) for at in range(FURTHER))
    ]


def main() -> None:
    """Measure and print."""
    open_meaning(load().in_force()).weigh("warm")
    fresh = further()
    start, worked = time.perf_counter(), time.process_time()
    learned = completed(fresh)
    table: dict[str, Any] = {
        "seconds for 10,000 clauses": round(time.perf_counter() - start, 1),
        "of them the processor's": round(time.process_time() - worked, 1),
    }
    copies = LARGE // FURTHER
    sizes = np.concatenate([learned.starts + at * len(learned.points) for at in range(copies)])
    large = replace(
        learned, rows=np.tile(learned.rows, (copies, 1)), points=np.tile(learned.points, (copies, 1)), starts=sizes
    )
    meaning = Meaning(lambda: large)
    meaning.weigh("warm")
    took, ran = [], []
    for at in range(TIMES):
        start, worked = time.perf_counter(), time.process_time()
        meaning.weigh(f"how late may a client cancel {at} workshops?")
        took.append(1000 * (time.perf_counter() - start))
        ran.append(1000 * (time.process_time() - worked))
    table["median ms over 100,000"] = round(statistics.median(took), 1)
    table["of them the processor's in ms"] = round(statistics.median(ran), 1)
    print(json.dumps(table, indent=1))


if __name__ == "__main__":
    main()
