"""Files that commands read and write: what fails is one sentence, and nothing that was there is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import files
from knowledge.refused import Refused


def test_what_cannot_be_read_is_said_in_a_sentence(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.toml"
    foreign.write_bytes(b"caf\xe9")
    for path, said in (
        (tmp_path / "nowhere", f"There is no file {tmp_path / 'nowhere'}."),
        (tmp_path, f"{tmp_path} cannot be read: Is a directory."),
        (foreign, f"{foreign} is not UTF-8 text."),
    ):
        with pytest.raises(Refused) as refused:
            files.text_of(path)
        assert str(refused.value) == said


def test_a_mark_of_the_encoding_is_no_part_of_a_text(tmp_path: Path) -> None:
    path = tmp_path / "marked.toml"
    path.write_bytes(b"\xef\xbb\xbfclient")
    assert files.text_of(path) == "client"


def test_what_cannot_be_written_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        files.write(tmp_path, b"new")
    assert str(refused.value) == f"{tmp_path} cannot be written: Is a directory."


def test_a_file_is_replaced_only_where_that_is_meant(tmp_path: Path) -> None:
    path = tmp_path / "answer.json"
    files.write(path, b"first", fresh=True)
    with pytest.raises(Refused) as refused:
        files.write(path, b"second", fresh=True)
    assert str(refused.value) == f"{path} exists already; name a file that does not."
    assert path.read_bytes() == b"first"
    files.write(path, b"third")
    assert path.read_bytes() == b"third"
