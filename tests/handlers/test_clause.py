"""What words of /clause name, and what is remembered of that."""

from __future__ import annotations

from datetime import date

from handlers.clause import MOST_NAME, find
from handlers.services import open_shelf


def test_what_a_short_name_named_is_remembered_by_that_name_and_nothing_of_long_ones() -> None:
    shelf = open_shelf([], date(2026, 12, 1), 0)
    short, long = ("7.3", "itq 7.3", "15.3"), f"clause 7.3{' of the terms' * 3}"
    found = {words: find(shelf, words)[0].ref for words in (*short, long, *short)}
    assert found == {"7.3": "ITQ 7.3", "itq 7.3": "ITQ 7.3", "15.3": "ITQ 15.3", long: "ITQ 7.3"}
    assert find(shelf, "7.3")[0] is find(shelf, "7.3")[0]
    assert {key for key in shelf.laid_out if key[0] == "named"} == {("named", words) for words in short}
    assert len(long) > MOST_NAME, "whoever asks in ever other words does not fill the memory"
