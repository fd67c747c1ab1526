"""Make what the search ships: the counted words, what is learned of meaning, and the judge's weights and bars.

    python -m bench.train [--folds-only | --judge-only]

The judge learns from questions of other voices, which are in no index: ``bench/data/fresh_*.jsonl`` and
``bench/data/unanswerable.jsonl``; each set of voices is also judged by one that learned from the others, which is what is
printed. ``--folds-only`` measures the ranking instead, on questions of ``asked.toml`` that are held back: every fourth of a
clause in each language. ``--judge-only`` leaves what was counted and
learned as it is. Needs the encoder and some minutes on two cores. Prints its measurements as JSON.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.asked import asked
from knowledge.clauses import Document
from knowledge.kept import keep
from knowledge.library import load
from knowledge.search.encoder import encoder
from knowledge.search.meaning import ROWS, SCALE, Meaning, open_meaning
from knowledge.search.meaning import write as keep_learned
from knowledge.search.ranking import Ranking
from knowledge.search.shelved import KEPT, SHIPPED, Entry, entries, fingerprint
from knowledge.search.verdict import LOOKS_AT
from knowledge.search.words import COUNTS, counted, open_words, write

Vectors = NDArray[np.float32]
FOLDS = 4
SAMPLE = 1_200  # answerable questions of each fold that are asked
# The learned layer: passes over all texts, texts a step, step size, pull towards the average; chosen on the folds.
PASSES, TOGETHER, STEP, PULL = 12, 512, 0.1, 5e-6
SILENT_WEIGHT = 2.0  # a silent topic has a sixth of a clause's texts
# The share of answerable questions of other voices that must be answered, and that must get at least three candidates.
ANSWERED = {"words": 0.955, "meaning": 0.98, "foreign": 0.9}
OFFERED = {"words": 0.995, "meaning": 0.995, "foreign": 0.985}
DATA = Path(__file__).parent / "data"
GERMAN = DATA / "german.jsonl"
FRESH = sorted(DATA.glob("fresh_*.jsonl"))
UNANSWERABLE = DATA / "unanswerable.jsonl"


@dataclass(frozen=True)
class Held:
    """A question that is in no index; ``entries`` are the names of what answers it, empty where nothing does."""

    question: str
    language: str
    entries: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """What a ranking made of such a question: its signals and the names of its three best clauses."""

    held: Held
    signals: tuple[float, ...]
    best: tuple[str, ...]


def rows_of(all_entries: Sequence[Entry], vectors: dict[str, Vectors]) -> Vectors:
    """Rows, shape (entries, 512), that tell the entries' texts apart: softmax regression, pulled towards the averages."""
    texts = [(row, text) for row, entry in enumerate(all_entries) for text in entry.texts]
    wanted = np.array([row for row, _ in texts])
    given = np.stack([vectors[text] for _, text in texts])
    weight = np.array([1.0 if all_entries[row].clause else SILENT_WEIGHT for row in wanted], np.float32)
    start = np.zeros((len(all_entries), given.shape[1]), np.float32)
    np.add.at(start, wanted, given)
    start *= SCALE / np.linalg.norm(start, axis=1, keepdims=True)
    rows, mean, square = start.copy(), np.zeros_like(start), np.zeros_like(start)
    chance, step = np.random.default_rng(0), 0
    for passed in range(PASSES):
        order = chance.permutation(len(wanted))
        for at in range(0, len(order), TOGETHER):
            some = order[at : at + TOGETHER]
            odds = given[some] @ rows.T
            odds = np.exp(odds - odds.max(axis=1, keepdims=True))
            wrong = odds / odds.sum(axis=1, keepdims=True)
            wrong[np.arange(len(some)), wanted[some]] -= 1
            wrong *= weight[some, None] / len(some)
            slope = wrong.T @ given[some] + PULL * (rows - start)
            step += 1
            mean = 0.9 * mean + 0.1 * slope
            square = 0.999 * square + 0.001 * slope * slope
            size = STEP * (1 - passed / PASSES) / (1 - 0.9**step)
            rows -= size * mean / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return rows


def split(all_entries: Sequence[Entry], fold: int) -> tuple[tuple[Entry, ...], list[Held]]:
    """The entries without what a fold holds back, and that."""
    left: list[Entry] = []
    held: list[Held] = []
    topics = 0
    for entry in all_entries:
        if entry.clause is None:
            topics += 1
            if topics % FOLDS == fold:
                held += [Held(text, "", ()) for text in entry.texts]
            else:
                left.append(entry)
            continue
        spoken = asked(entry.document.slug)[entry.clause.number].questions
        away = [Held(q, lang, (entry.name,)) for lang in spoken for q in spoken[lang][fold::FOLDS]]
        gone = {one.question for one in away}
        left.append(replace(entry, texts=tuple(text for text in entry.texts if text not in gone)))
        held += away
    return tuple(left), held


def ask(ranking: Ranking, held: Sequence[Held]) -> list[Asked]:
    """Each question put to a ranking; those of which it knows no word are left out."""
    return [
        Asked(
            one,
            ranking.weigh(one.question).signals,
            tuple(f"{hit.document.slug} {hit.clause.number}" for hit in ranking.rank(one.question, 3)),
        )
        for one in held
        if ranking.weigh(one.question).best
    ]


def judge(kind: str, yes: Sequence[Asked], no: Sequence[Asked]) -> dict[str, Any]:
    """Logistic regression on signals, both sides weighing the same, with the bars for the two verdicts."""
    given = np.array([one.signals[LOOKS_AT[kind]] for one in (*yes, *no)])
    means, spreads = given.mean(axis=0), given.std(axis=0)
    sized = np.c_[(given - means) / spreads, np.ones(len(given))]
    wanted = np.r_[np.ones(len(yes)), np.zeros(len(no))]
    weight = np.r_[np.full(len(yes), 1000 / len(yes)), np.full(len(no), 1000 / len(no))]
    weights = np.zeros(sized.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-sized @ weights))
        curve = (sized * (weight * chance * (1 - chance))[:, None]).T @ sized + np.eye(len(weights))
        weights -= np.linalg.solve(curve, sized.T @ (weight * (chance - wanted)) + weights)
    return {
        "means": np.round(means, 4).tolist(),
        "spreads": np.round(spreads, 4).tolist(),
        "weights": np.round(weights, 4).tolist(),
    } | bars(kind, (sized @ weights)[: len(yes)])


def bars(kind: str, yes: NDArray[np.float64]) -> dict[str, float]:
    """The least log-odds for an answer and for candidates, from those of answerable questions."""
    return {
        "answers": round(float(np.quantile(yes, 1 - ANSWERED[kind])), 4),
        "perhaps": round(float(np.quantile(yes, 1 - OFFERED[kind])), 4),
    }


def voices() -> dict[str, list[Held]]:
    """The questions of other voices, by set."""
    return {path.stem: read(path) for path in (*FRESH, UNANSWERABLE)}


def read(path: Path) -> list[Held]:
    """The questions of a set."""
    lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [Held(line["question"], line["lang"], tuple(ref.lower() for ref in line.get("gold", ()))) for line in lines]


def odds(kind: str, weights: dict[str, Any], some: Sequence[Asked]) -> NDArray[np.float64]:
    """The log-odds of each question's being answered, shape (questions,)."""
    given = np.array([one.signals[LOOKS_AT[kind]] for one in some])
    sized = np.c_[(given - weights["means"]) / weights["spreads"], np.ones(len(given))]
    result: NDArray[np.float64] = sized @ np.array(weights["weights"])
    return result


def encoded(all_entries: Sequence[Entry]) -> dict[str, Vectors]:
    """The vector of every text, shape (512,); kept, because encoding them all takes a minute."""
    texts = list(dict.fromkeys(text for entry in all_entries for text in entry.texts))
    named = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
    made = keep(KEPT / f"vectors.{named}.npy", lambda path: _save(path, encoder()(texts)))
    vectors = np.load(made) if made else encoder()(texts)
    return dict(zip(texts, vectors, strict=True))


def _save(path: Path, array: Vectors) -> None:
    with path.open("wb") as file:
        np.save(file, array)


def learn(documents: Sequence[Document]) -> None:
    """Count and learn, and write both."""
    all_entries, current = entries(documents), fingerprint(documents)
    SHIPPED.mkdir(exist_ok=True)
    keep_learned(ROWS, current, all_entries, rows_of(all_entries, encoded(all_entries)))
    COUNTS.unlink(missing_ok=True)
    write(COUNTS, all_entries, current)


def measure(documents: Sequence[Document]) -> dict[str, Any]:
    """Recall of each ranking on what was held back, over all folds."""
    all_entries = entries(documents)
    vectors = encoded(all_entries)
    found: dict[str, list[Asked]] = {"words": [], "meaning": []}
    for fold in range(FOLDS):
        left, held = split(all_entries, fold)
        answerable = [one for one in held if one.entries]
        answerable = random.Random(fold).sample(answerable, min(SAMPLE, len(answerable)))
        words, rows = counted(left), rows_of(left, vectors)
        for kind in found:
            ranking = Ranking(documents, words, Meaning(partial(np.asarray, rows)) if kind == "meaning" else None)
            found[kind] += ask(ranking, answerable)
    return {kind: recall(some) for kind, some in found.items()}


def recall(some: Sequence[Asked]) -> dict[str, float]:
    """The shares found first and in three."""
    first = [one.best[0] in one.held.entries for one in some]
    three = [any(best in one.held.entries for best in one.best) for one in some]
    return {
        "questions": len(some),
        "first": round(float(np.mean(first)), 3),
        "in three": round(float(np.mean(three)), 3),
    }


def judged(kind: str, heard: dict[str, list[Asked]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The judge that learned from all sets, and what each set got from one that learned from the others."""
    apart = {}
    for name, own in heard.items():
        others = [one for other, some in heard.items() if other != name for one in some]
        if not any(one.held.entries for one in others):
            continue
        weights = judge(kind, *_sides(others))
        kept = [(odds(kind, weights, side) >= weights["answers"]).mean() if side else None for side in _sides(own)]
        apart[name] = {
            "answered": kept[0] if kept[0] is None else round(float(kept[0]), 3),
            "refused": kept[1] if kept[1] is None else round(1 - float(kept[1]), 3),
        }
    return judge(kind, *_sides([one for some in heard.values() for one in some])), apart


def _sides(some: Sequence[Asked]) -> tuple[list[Asked], list[Asked]]:
    return [one for one in some if one.held.entries], [one for one in some if not one.held.entries]


def main() -> None:
    """Train, measure, and write what is shipped."""
    documents = load().in_force()
    if "--folds-only" in sys.argv[1:]:
        print(json.dumps(measure(documents), indent=1))
        return
    if "--judge-only" not in sys.argv[1:]:
        learn(documents)
    by_words = Ranking(documents, open_words(documents))
    by_both = Ranking(documents, open_words(documents), open_meaning(documents))
    heard = {
        "words": {name: ask(by_words, held) for name, held in voices().items()},
        "meaning": {name: ask(by_both, held) for name, held in voices().items()},
        "foreign": {"german": ask(by_both, read(GERMAN))},
    }
    judges = {kind: judged(kind, some) for kind, some in heard.items()}
    print(json.dumps({kind: apart for kind, (_, apart) in judges.items()}, indent=1))
    written = json.dumps({kind: weights for kind, (weights, _) in judges.items()}, indent=1)
    (SHIPPED / "verdict.json").write_text(written + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
