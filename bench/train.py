"""Make what the search ships: the counted words, the learned rows, and the judge's weights and bars.

    python -m bench.train [--folds-only]

Choices are made on questions that were held back: each fold holds back every fourth question of a clause in each language,
and every fourth silent topic whole. The judge also sees half of ``bench/data/unanswerable.jsonl``; the other half measures it.
Where its bars lie is then read off the questions of other voices (``bench/data/fresh_*.jsonl``), which are in no index.
Needs the encoder and about ten minutes on two cores. Prints its measurements as JSON.
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
from knowledge.library import load
from knowledge.search.encoder import encoder
from knowledge.search.kept import FOLDER, SHIPPED, keep
from knowledge.search.meaning import ROWS, SCALE, Meaning, open_meaning
from knowledge.search.ranking import Ranking
from knowledge.search.shelved import Entry, entries, fingerprint, key_of
from knowledge.search.verdict import LOOKS_AT
from knowledge.search.words import COUNTS, counted, open_words, write

Vectors = NDArray[np.float32]
FOLDS = 4
SAMPLE = 1_200  # answerable questions of each fold that are asked
# The learned layer: passes over all texts, texts a step, step size, pull towards the average; chosen on the folds.
PASSES, TOGETHER, STEP, PULL = 12, 512, 0.1, 5e-6
SILENT_WEIGHT = 2.0  # a silent topic has a sixth of a clause's texts
# The share of answerable questions that must be answered, and that must get at least three candidates: of those of other
# voices, and for foreign questions of the German ones.
ANSWERED = {"words": 0.975, "meaning": 0.975, "foreign": 0.9}
OFFERED = {"words": 0.995, "meaning": 0.995, "foreign": 0.985}
GERMAN = Path(__file__).parent / "data" / "german.jsonl"
FRESH = sorted((Path(__file__).parent / "data").glob("fresh_*.jsonl"))
UNANSWERABLE = Path(__file__).parent / "data" / "unanswerable.jsonl"


@dataclass(frozen=True)
class Held:
    """A question that was held back; ``entries`` are the names of what answers it, empty where nothing does."""

    question: str
    language: str
    entries: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """What a ranking made of a held-back question: its signals and the names of its three best clauses."""

    held: Held
    signals: tuple[float, ...]
    best: tuple[str, ...]


def learned(all_entries: Sequence[Entry], vectors: dict[str, Vectors]) -> Vectors:
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
    """Each question put to a ranking."""
    return [
        Asked(
            one,
            ranking.weigh(one.question).signals,
            tuple(f"{hit.document.slug} {hit.clause.number}" for hit in ranking.rank(one.question, 3)),
        )
        for one in held
        if ranking.weigh(one.question).rows
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


def fresh() -> list[Held]:
    """The answerable questions of other voices."""
    lines = [json.loads(line) for path in FRESH for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Held(line["question"], line["lang"], tuple(ref.lower() for ref in line["gold"]))
        for line in lines
        if line["gold"]
    ]


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
    made = keep(f"vectors.{named}.npy", lambda path: _save(path, encoder()(texts)))
    vectors = np.load(made) if made else encoder()(texts)
    return dict(zip(texts, vectors, strict=True))


def _save(path: Path, array: Vectors) -> None:
    with path.open("wb") as file:
        np.save(file, array)


def measure(documents: Sequence[Document], all_entries: Sequence[Entry], vectors: dict[str, Vectors]) -> dict[str, Any]:
    """Judges trained on all folds, with what each ranking did on what was held back."""
    away = [json.loads(line) for line in UNANSWERABLE.read_text(encoding="utf-8").splitlines()]
    strange = [Held(line["question"], line["lang"], ()) for line in away]
    german = [json.loads(line) for line in GERMAN.read_text(encoding="utf-8").splitlines()]
    yes: dict[str, list[Asked]] = {kind: [] for kind in LOOKS_AT}
    no: dict[str, list[Asked]] = {kind: [] for kind in LOOKS_AT}
    unseen: dict[str, list[Asked]] = {kind: [] for kind in LOOKS_AT}
    for fold in range(FOLDS):
        left, held = split(all_entries, fold)
        answerable = [one for one in held if one.entries]
        answerable = random.Random(fold).sample(answerable, min(SAMPLE, len(answerable)))
        silent = [one for one in held if not one.entries]
        words, rows = counted(left), learned(left, vectors)
        for kind in ("words", "meaning"):
            ranking = Ranking(documents, words, Meaning(partial(np.copy, rows)) if kind == "meaning" else None)
            yes[kind] += ask(ranking, answerable)
            no[kind] += ask(ranking, [*silent, *strange[fold % 2 :: 4]])
            unseen[kind] += ask(ranking, strange[2 + fold % 2 :: 4])
        for line in german:
            asked_so = ask(ranking, [Held(line["question"], "de", tuple(ref.lower() for ref in line["gold"]))])
            (yes if line["gold"] else no)["foreign"] += asked_so
    table = {}
    for kind, answered in yes.items():
        weights = judge(kind, answered, no[kind])
        table[kind] = {"judge": weights, "held back": scores(kind, weights, answered, no[kind], unseen[kind])}
    return table


def scores(
    kind: str, weights: dict[str, Any], yes: Sequence[Asked], no: Sequence[Asked], unseen: Sequence[Asked]
) -> dict[str, Any]:
    """Recall and refusal on what was held back, as shares."""
    first = [one.best[0] in one.held.entries for one in yes]
    three = [any(best in one.held.entries for best in one.best) for one in yes]
    bar = weights["answers"]
    return {
        "questions": len(yes),
        "first": round(float(np.mean(first)), 3),
        "in three": round(float(np.mean(three)), 3),
        "answered": round(float((odds(kind, weights, yes) >= bar).mean()), 3),
        "refused, seen by the judge": round(float((odds(kind, weights, no) < bar).mean()), 3),
        "refused, not seen": round(float((odds(kind, weights, unseen) < bar).mean()), 3) if unseen else None,
    }


def main() -> None:
    """Train, measure, and write what is shipped."""
    documents = load().in_force()
    all_entries = entries(documents)
    vectors = encoded(all_entries)
    table = measure(documents, all_entries, vectors)
    print(json.dumps(table, indent=1))
    if "--folds-only" in sys.argv[1:]:
        return
    SHIPPED.mkdir(exist_ok=True)
    FOLDER.mkdir(exist_ok=True)
    current = fingerprint(documents)
    judges = {kind: table[kind]["judge"] for kind in table}
    keys = [key_of(entry) for entry in all_entries]
    rows = learned(all_entries, vectors).astype(np.float16)
    np.savez_compressed(ROWS, fingerprint=np.array(current), keys=np.array(keys), rows=rows)
    COUNTS.unlink(missing_ok=True)
    write(COUNTS, all_entries, current)
    for kind, ranking in {
        "words": Ranking(documents, open_words(documents)),
        "meaning": Ranking(documents, open_words(documents), open_meaning(documents)),
    }.items():
        judges[kind] |= bars(kind, odds(kind, judges[kind], ask(ranking, fresh())))
    (SHIPPED / "verdict.json").write_text(json.dumps(judges, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
