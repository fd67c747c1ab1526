"""What the search costs as it grows: start, memory, vectors for 10,000 further clauses, a search over 100,000.

    python -m bench.scale

Invented clauses are put together from sentences of the real ones, always the same. Prints JSON: seconds and milliseconds
(medians) of one core, and MB of this process at its most after each step.
"""

from __future__ import annotations

import json
import random
import re
import sqlite3
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from bench.questions import memory
from knowledge.clauses import Article, Clause, Document, Module
from knowledge.library import load
from knowledge.search.encoder import WIDTH, encoder
from knowledge.search.finding import ask
from knowledge.search.meaning import Meaning
from knowledge.search.ranking import Ranking, open_index
from knowledge.search.shelved import Entry
from knowledge.search.words import Words, counted

FURTHER, MANY, TILES = 10_000, 100_000, 100
QUESTIONS = (
    "How late may a client cancel a workshop free of charge?",
    "Wie betaalt de herstelling van een gehuurde laptop die beschadigd terugkomt?",
    "Le client ne paie pas sa facture, quels intérêts et frais pouvons-nous demander ?",
    "Which law applies?",
    "Our engineer has been ill for two weeks and the customer asks for somebody else, what are we committed to?",
)
_SENTENCE = re.compile(r"(?<=[.;])\s+")


def invented(documents: Sequence[Document], number: int) -> list[str]:
    """So many texts of one to three sentences of real clauses."""
    said = [s for document in documents for clause in document.clauses.values() for s in _SENTENCE.split(clause.text)]
    chance = random.Random(0)
    return [" ".join(chance.sample(said, chance.randint(1, 3))) for _ in range(number)]


def document_of(texts: Sequence[str], like: Document) -> Document:
    """A document with a clause for each text, its paragraphs numbered in one article."""
    one = next(clause for clause in like.clauses.values())
    clauses = tuple(replace(one, number=f"1.{at}", text=text) for at, text in enumerate(texts, 1))
    article: Article = replace(like.modules[0].articles[0], clauses=clauses)
    module: Module = replace(like.modules[0], articles=(article,), opening=None)
    return replace(like, modules=(module,))


def tiled(words: Words, times: int) -> Words:
    """The same counts for so many times as many entries."""
    db = words._db
    (count,) = db.execute("select count(*) from entries").fetchone()
    wide = sqlite3.connect(":memory:")
    wide.executescript(";".join(sql for (sql,) in db.execute("select sql from sqlite_master where sql is not null")))
    wide.executemany("insert into made values (?, ?, ?, ?)", db.execute("select * from made"))
    bases = db.execute("select key, base from entries order by row").fetchall()
    rows = ((tile * count + at, *bases[at]) for tile in range(times) for at in range(count))
    wide.executemany("insert into entries values (?, ?, ?)", rows)
    shift = np.arange(times, dtype="I")[:, None] * count
    for piece, rarity, places, weights in db.execute("select piece, rarity, rows, weights from pieces"):
        moved = (np.frombuffer(places, "H")[None, :] + shift).astype("I").tobytes()
        wide.execute("insert into pieces values (?, ?, ?, ?)", (piece, rarity, moved, weights * times))
    return Words(wide)


def median_ms(work: Callable[[str], Any], rounds: int) -> float:
    """Milliseconds a question, warm."""
    took = []
    for at in range(rounds * len(QUESTIONS)):
        # The index remembers its last questions: each is put in words of its own.
        question = f"{QUESTIONS[at % len(QUESTIONS)]} {'nu ' * (at // len(QUESTIONS))}"
        start = time.process_time()
        work(question)
        took.append((time.process_time() - start) * 1000)
    return round(statistics.median(took[len(QUESTIONS) :]), 1)


def seconds(work: Callable[[], Any]) -> float:
    """How long something takes."""
    start = time.process_time()
    work()
    return round(time.process_time() - start, 2)


def main() -> None:
    """Measure and print."""
    library = load()
    documents = library.in_force()
    index = open_index(documents)
    table: dict[str, Any] = {"start to ready, s": seconds(lambda: index.rank("payment", 1))}
    table["a question, ms"] = median_ms(lambda question: ask(library, index, question), 8)
    table["memory, MB"] = memory()
    further = invented(documents, FURTHER)
    table[f"vectors of {FURTHER:,} clauses, s"] = seconds(lambda: encoder()(further))
    base = invented(documents, MANY // TILES)
    many = document_of(base * TILES, documents[0])
    some = [Entry(clause.number, many, clause, (clause.text,)) for clause in _first(many, len(base))]
    words = tiled(counted(some), TILES)
    rows = np.random.default_rng(0).normal(size=(MANY, WIDTH)).astype(np.float32)
    large = Ranking((many,), words, Meaning(lambda: rows))
    table[f"search over {MANY:,} clauses, ms"] = median_ms(lambda question: large.rank(question, 3), 4)
    table["memory with them, MB"] = memory()
    print(json.dumps(table, indent=1))  # noqa: T201


def _first(document: Document, number: int) -> list[Clause]:
    return list(document.clauses.values())[:number]


if __name__ == "__main__":
    main()
