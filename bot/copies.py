"""A request that somebody captured and sends again, byte by byte: it is given the first answer, and does nothing.

What has an effect is also kept from happening twice by its delivery's key in the database, whatever the copy looks like
and whichever process gets it; this memory covers the rest (forms that open, lists of options) within one process, for as
long as a signature is taken at all.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

# Bolt refuses older signatures (https://docs.slack.dev/authentication/verifying-requests-from-slack).
GOOD_SECONDS = 300
MOST_ANSWERS = 256

Answer = TypeVar("Answer")


class Copied(Exception):
    """An exact copy came whose first answer is not kept any more."""


class Copies(Generic[Answer]):
    """The requests of the last five minutes, and the answers of the latest of them."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seen: dict[bytes, float] = {}
        self._answers: dict[bytes, asyncio.Future[Answer]] = {}

    async def first(
        self, request: bytes, answer: Callable[[], Awaitable[Answer]], good: Callable[[Answer], bool]
    ) -> Answer:
        """The answer to a request: of an exact copy the one that the first was given, awaited where it is under way.

        ``request`` is its signature, timestamp and body. Answers that are not ``good`` (unsigned, failed) are not kept, so that
        what went wrong can be tried again. Raises Copied where the first answer is gone.
        """
        key = hashlib.sha256(request).digest()
        self._forget()
        if (before := self._answers.get(key)) is not None:
            return await asyncio.shield(before)
        if key in self._seen:
            raise Copied
        # Entered before anything is awaited, so that of two copies that come together only one is the first.
        given = self._answers[key] = asyncio.get_running_loop().create_future()
        try:
            found = await answer()
        except BaseException as error:
            del self._answers[key]
            given.set_exception(error)
            given.exception()  # looked at, so that it is not reported where no copy awaits it
            raise
        given.set_result(found)
        if good(found):
            self._seen[key] = self._clock()
        else:
            del self._answers[key]
        return found

    def _forget(self) -> None:
        """Let go of what is older than any signature that is taken, and of all but the latest answers."""
        old = self._clock() - 2 * GOOD_SECONDS
        while self._seen and next(iter(self._seen.values())) < old:
            key = next(iter(self._seen))
            del self._seen[key]
            self._answers.pop(key, None)
        while len(self._answers) > MOST_ANSWERS:
            oldest = next(iter(self._answers))
            if not self._answers[oldest].done():
                break
            del self._answers[oldest]
