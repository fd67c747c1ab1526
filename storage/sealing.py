"""What people tell of a data breach is sealed before it is written: Fernet (AES-128-CBC with HMAC-SHA-256), keys newest first."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class KeyLost(Exception):
    """Sealed content that none of the given keys opens."""


def new_key() -> str:
    """A fresh key, as it is written in the environment or a key file."""
    return Fernet.generate_key().decode()


def is_key(text: str) -> bool:
    """Whether a text is a key: 32 bytes in URL-safe base64."""
    try:
        Fernet(text.encode())
    except ValueError:
        return False
    return True


class Seal:
    """Seals with the first of its keys and opens with any of them.

    ``anew`` gives the keys as they are kept now: what none of the known ones opens may have been sealed with a newer one by
    another process (``rotate-key`` beside a bot at work).
    """

    def __init__(self, keys: Sequence[str], anew: Callable[[], Sequence[str]] | None = None) -> None:
        if not keys:
            raise ValueError("a seal needs a key")
        self._anew = anew
        self._take(keys)

    def _take(self, keys: Sequence[str]) -> None:
        self._keys = MultiFernet([Fernet(key.encode()) for key in keys])
        self._raw = tuple(key.encode() for key in keys)

    def _took_others(self) -> bool:
        """Whether there are other keys now than those that are known; they are known then."""
        keys = tuple(self._anew()) if self._anew else ()
        if not keys or not all(map(is_key, keys)) or tuple(key.encode() for key in keys) == self._raw:
            return False
        self._take(keys)
        return True

    def marks(self, text: str) -> tuple[str, ...]:
        """A short mark of a text under each key, the newest first, which nobody can tell without the key."""
        return tuple(hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:6] for key in self._raw)

    def close(self, content: Any) -> str:
        """Content (anything that JSON holds) as a sealed token."""
        return self._keys.encrypt(json.dumps(content, ensure_ascii=False).encode()).decode()

    def open(self, token: str) -> Any:
        """The content of a sealed token; KeyLost where no key opens it or it was changed."""
        try:
            return json.loads(self._keys.decrypt(token.encode()))
        except InvalidToken:
            if self._took_others():
                return self.open(token)
            raise KeyLost("none of the keys opens what is sealed, or it was changed") from None

    def again(self, token: str) -> str:
        """A token sealed anew under the first key; KeyLost as ``open``."""
        try:
            return self._keys.rotate(token.encode()).decode()
        except InvalidToken:
            raise KeyLost("none of the keys opens what is sealed, or it was changed") from None


def read_keys(path: Path) -> tuple[str, ...]:
    """The keys of a file, a line each, the newest first; none where there is no such file."""
    if not path.is_file():
        return ()
    lines = (line.strip() for line in path.read_text(encoding="ascii", errors="replace").splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


def write_keys(path: Path, keys: Sequence[str]) -> None:
    """Write a key file that its owner alone can read, in one step: a crash leaves the old one or the new one."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write("".join(f"{key}\n" for key in keys))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def readable_by_others(path: Path) -> bool:
    """Whether somebody besides the owner may read a file; never so where files have no such rights."""
    return os.name == "posix" and bool(path.stat().st_mode & 0o077)
