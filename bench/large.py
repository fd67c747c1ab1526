"""A large library: seconds for the vectors of 10,000 further clauses and for counting 100,000, and milliseconds of a search.

    python -m bench.large

The further clauses are words of our own, shuffled, of the same lengths, added as ten documents; nobody has words for them. Ten
times as many are made of them to search among 100,000. Needs the encoder. Prints JSON.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in service, where nothing imports numpy before the encoder does

import numpy as np

from bench.questions import memory
from knowledge.clauses import Document
from knowledge.library import Added, load
from knowledge.search.meaning import Meaning, completed, open_meaning
from knowledge.search.ranking import Ranking
from knowledge.search.shelved import Entry, entries
from knowledge.search.words import open_words

FURTHER, LARGE, TIMES = 10_000, 100_000, 50
ARTICLES, PARAGRAPHS = 100, 10  # of a document


def further(clauses: int) -> tuple[Document, ...]:
    """The built-in documents and so many clauses more."""
    built_in = load().in_force()
    known = [entry.texts[1].split() for entry in entries(built_in) if entry.clause]
    said = [word for words in known for word in words if word[-1].isalpha()]
    chance = random.Random(0)

    def added(at: int) -> Added:
        lines = []
        for article in range(1, ARTICLES + 1):
            lines.append(f"Article {article}. {' '.join(chance.choices(said, k=3))}")
            for paragraph in range(1, PARAGRAPHS + 1):
                length = len(chance.choice(known))
                lines.append(f"{article}.{paragraph}. {' '.join(chance.choices(said, k=length))}.")
        return Added(f"more-{at}", "1", None, f"More {at}", f"Owner {at}", "a bench", "\n".join(lines) + "\n")

    return load([added(at) for at in range(clauses // (ARTICLES * PARAGRAPHS))]).in_force()


def timed(some: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """What was made, with the seconds that it took and those of the processor."""
    start, worked = time.perf_counter(), time.process_time()
    made = some()
    return made, {
        "seconds": round(time.perf_counter() - start, 5),
        "processor's": round(time.process_time() - worked, 5),
    }


def searched(ask: Callable[[str], Any]) -> dict[str, float]:
    """The median milliseconds of a question, and those of the processor."""
    ask("warm")
    found = [timed(lambda at=at: ask(f"how late may a client cancel {at} workshops?"))[1] for at in range(TIMES)]
    return {f"median ms, {of}": round(1000 * statistics.median(one[of] for one in found), 1) for of in found[0]}


def main() -> None:
    """Measure and print."""
    open_meaning(load().in_force()).weigh("warm")
    fresh: list[Entry] = [entry for entry in entries(further(FURTHER)) if entry.document.slug.startswith("more-")]
    rows, took = timed(lambda: completed(fresh))
    table: dict[str, Any] = {"vectors of 10,000 clauses": took}
    documents = further(LARGE)
    with TemporaryDirectory() as folder:
        counts, table["counting 100,000 clauses, once"] = timed(lambda: open_words(documents, Path(folder)))
        counts.close()
        words, table["opening them"] = timed(lambda: open_words(documents, Path(folder)))
        many = np.resize(rows, (len(entries(documents)), rows.shape[1]))
        meaning = Meaning(lambda: many)
        ranking = Ranking(documents, words, meaning)
        table["by words"] = searched(words.weigh)
        table["by meaning"] = searched(meaning.weigh)
        table["both, with the verdict"] = searched(
            lambda question: (ranking.rank(question, 3), ranking.verdict(question))
        )
    print(json.dumps(table | {"memory": memory()}, indent=1))


if __name__ == "__main__":
    main()
