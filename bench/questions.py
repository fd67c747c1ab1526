"""How well questions find their clause: plain FTS5, words alone, and words with meaning, in one run.

    python -m bench.questions SET.jsonl [--typos N]

A set has lines of {"id", "lang", "question", "gold": [refs]}; an empty gold means that no clause answers. ``--typos``
puts N slips of the keyboard into each question. Prints JSON: for each ranking recall at 1 and 3 and mean reciprocal rank over
all answerable questions and by language, the share answered and refused with the bars as shipped and as a curve, milliseconds
a question (median and 95th of 100), and this process's memory in MB after it.
"""

from __future__ import annotations

import json
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bench.plain import Plain
from knowledge.library import Library, load
from knowledge.search import Hit
from knowledge.search.encoder import installed
from knowledge.search.finding import Found, ask
from knowledge.search.meaning import open_meaning
from knowledge.search.ranking import Ranking
from knowledge.search.shelved import entries
from knowledge.search.verdict import judge
from knowledge.search.words import open_words

DEEP = 20  # ranks beyond this count as not found
KEPT = (0.99, 0.97, 0.95, 0.9, 0.85, 0.8)


@dataclass(frozen=True)
class Line:
    """A question with the clauses of which any is a right answer."""

    language: str
    question: str
    gold: frozenset[str]


def read(path: Path, slips: int) -> list[Line]:
    """The lines of a set, with slips of the keyboard put in."""
    chance = random.Random(0)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [
        Line(one["lang"], mistyped(one["question"], slips, chance), frozenset(one.get("gold", ()))) for one in lines
    ]


def mistyped(question: str, slips: int, chance: random.Random) -> str:
    """A question in which two letters changed places, or one fell out or came twice, ``slips`` times."""
    for _ in range(slips):
        places = [at for at in range(1, len(question) - 1) if question[at - 1 : at + 2].isalpha()]
        if not places:
            break
        at = chance.choice(places)
        two = question[at : at + 2]
        question = question[:at] + chance.choice([two[::-1], two[0], two[0] + two]) + question[at + 2 :]
    return question


def ranks(lines: Sequence[Line], rank: Callable[[str, int], tuple[Hit, ...]]) -> list[int]:
    """For each answerable question the place of the first right clause, from 1; 0 where it is not among the first."""
    places = []
    for line in lines:
        refs = [hit.clause.ref for hit in rank(line.question, DEEP)]
        places.append(next((at for at, ref in enumerate(refs, 1) if ref in line.gold), 0))
    return places


def recall(lines: Sequence[Line], places: Sequence[int]) -> dict[str, Any]:
    """Recall at 1 and 3 and mean reciprocal rank, over all and by language."""
    table = {}
    for language in ("all", *sorted({line.language for line in lines})):
        some = [p for line, p in zip(lines, places, strict=True) if language in ("all", line.language)]
        table[language] = {
            "questions": len(some),
            "first": share(p == 1 for p in some),
            "in three": share(0 < p <= 3 for p in some),
            "reciprocal": round(statistics.fmean(1 / p if p else 0 for p in some), 3),
        }
    return table


def share(of: Any) -> float:
    """The share of true values."""
    return round(statistics.fmean([float(one) for one in of]), 3)


def refusal(lines: Sequence[Line], ranking: Ranking, kind: str) -> dict[str, Any]:
    """What is answered and refused: with the shipped bars, and when bars are set to answer given shares."""
    odds = [ranking.odds(line.question) for line in lines]
    between = judge(kind).perhaps - judge(kind).answers
    yes = sorted(o for o, line in zip(odds, lines, strict=True) if line.gold)
    no = [o for o, line in zip(odds, lines, strict=True) if not line.gold]
    table: dict[str, Any] = {}
    if yes:
        table["answered"] = share(o >= 0 for o in yes)
        table["answered or candidates"] = share(o >= between for o in yes)
    if no:
        table["refused"] = share(o < 0 for o in no)
        table["refused without candidates"] = share(o < between for o in no)
    if yes and no:
        bars = {kept: yes[int((1 - kept) * len(yes))] for kept in KEPT}
        table["refused when answering"] = {kept: share(o < bar for o in no) for kept, bar in bars.items()}
    return table


def timed(lines: Sequence[Line], answer: Callable[[str], Any]) -> dict[str, float]:
    """Milliseconds a question, warm."""
    answer(lines[0].question)
    took = []
    for line in lines:
        start = time.perf_counter()
        answer(line.question)
        took.append((time.perf_counter() - start) * 1000)
    return {"median": round(statistics.median(took), 2), "95 of 100": round(sorted(took)[int(0.95 * len(took))], 2)}


def _ask(library: Library, ranking: Ranking, question: str) -> Found:
    return ask(library, ranking, question)


def memory() -> int:
    """The most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Measure a set and print."""
    path, *options = sys.argv[1:]
    lines = read(Path(path), int(options[1]) if options[:1] == ["--typos"] else 0)
    answerable = [line for line in lines if line.gold]
    library = load()
    documents = library.in_force()
    words = open_words(documents)
    table: dict[str, Any] = {"set": Path(path).name, "questions": len(lines), "answerable": len(answerable)}
    rankings = {"words": Ranking(documents, words)}
    if installed():
        rankings["words and meaning"] = Ranking(documents, words, open_meaning(documents))
    for name, ranking in rankings.items():
        one: dict[str, Any] = {"ms": timed(lines, partial(_ask, library, ranking)), "memory": memory()}
        if answerable:
            one |= recall(answerable, ranks(answerable, ranking.rank))
        table[name] = one | refusal(lines, ranking, "words" if name == "words" else "meaning")
    plain = Plain(entries(documents))
    table["plain FTS5"] = {"ms": timed(lines, lambda q: plain.rank(q, 3))}
    if answerable:
        table["plain FTS5"] |= recall(answerable, ranks(answerable, plain.rank))
    print(json.dumps(table, indent=1))


if __name__ == "__main__":
    main()
