"""Clients' names as questions have them: what stands in the database, however many and however often they change."""

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from handlers.clients import Clients
from knowledge.search.asking import Names, unnamed
from storage import agreements
from storage.database import connect

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
PARTS = st.sampled_from(["Holiday", "Audit", "acme", "NV", "(BE)", "C&A", "A.S.", "the", "-", "Zoë,", "x_y", "."])
TEXTS = st.lists(PARTS, min_size=1, max_size=8).flatmap(
    lambda words: st.sampled_from([" ".join(words), "".join(words)])
)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with closing(connect(tmp_path / "bot.db")) as opened:
        yield opened


def keep(db: Database, slug: str, client: str) -> None:
    agreements.keep(db, slug, client, "", NOW, "U0MARIE")


def test_only_names_that_stand_are_held_and_a_shared_one_until_its_last_client_gives_it_up(db: Database) -> None:
    clients = Clients()
    keep(db, "first", "Tulip BV")
    keep(db, "second", "Tulip NV")
    assert set(clients.names(db)) == {"first", "second", "Tulip BV", "Tulip NV", "Tulip"}
    keep(db, "first", "Rose BV")
    assert set(clients.names(db)) == {"first", "second", "Rose BV", "Rose", "Tulip NV", "Tulip"}
    keep(db, "second", "Rose BV")
    assert set(clients.names(db)) == {"first", "second", "Rose BV", "Rose"}
    db.execute("delete from agreements where slug = 'second'")
    assert set(clients.names(db)) == {"first", "Rose BV", "Rose"}


@given(TEXTS, st.lists(TEXTS, max_size=4))
def test_each_name_that_stands_by_itself_is_found_the_longest_first(question: str, names: list[str]) -> None:
    held = Names(names)
    longest_first = "|".join(sorted(map(re.escape, held), key=len, reverse=True))
    expected = re.sub(rf"(?<!\w)(?:{longest_first})(?!\w)", "the client", question) if held else question
    assert re.sub("de klant|le client", "the client", unnamed(question, held)) == expected
