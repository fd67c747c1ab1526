"""Files that commands read and write for whoever types them; whatever fails is said in one sentence."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from knowledge.refused import Refused


def content_of(path: Path) -> bytes:
    """What a file holds; Refused where it is not there or cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise Refused(f"There is no file {path}.") from None
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from None


def text_of(path: Path) -> str:
    """A text file, with or without a mark of its encoding; Refused where it is no UTF-8."""
    try:
        return content_of(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(f"{path} is not UTF-8 text.") from None


def write(path: Path, content: bytes, *, fresh: bool = False) -> None:
    """Write a file; Refused where that fails, or where a ``fresh`` one is there already."""
    try:
        with path.open("xb" if fresh else "wb") as file:
            file.write(content)
    except FileExistsError:
        raise Refused(f"{path} exists already; name a file that does not.") from None
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.") from None


def hand_over(content: bytes, target: Path | None) -> None:
    """Write to a file, whose name goes to standard error, or to standard output where none is named."""
    if target is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    write(target, content)
    click.echo(target, err=True)
