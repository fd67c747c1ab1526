"""The one clock of the workspace: real time, moved by hand when a test or a person wants to see later."""

import asyncio
import heapq
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

YEARS = range(1971, 9000)  # Slack's stamps are seconds since 1970, and what is soon due must be a date too
OUT_OF_YEARS = f"The clock goes from the year {YEARS.start} to {YEARS.stop - 1}."


class Clock:
    """Real time plus an offset. `on_move` holds callbacks without arguments, called after every move."""

    def __init__(self) -> None:
        self._offset = timedelta()
        self.on_move: list[Callable[[], None]] = []

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC) + self._offset

    def set(self, instant: datetime) -> None:
        """Make it `instant` now. Raises ValueError when it names no zone or is out of `YEARS`."""
        if instant.tzinfo is None:
            raise ValueError("The instant needs a zone, for example 2026-12-04T09:00:00+01:00.")
        self._move(instant - datetime.now(UTC))

    def advance(self, seconds: float) -> None:
        """Move ahead (or back, when negative) by so many seconds. Raises ValueError when that leads out of `YEARS`."""
        try:
            offset = self._offset + timedelta(seconds=seconds)
        except OverflowError:
            raise ValueError(OUT_OF_YEARS) from None
        self._move(offset)

    def restore(self) -> None:
        """Back to real time."""
        self._move(timedelta())

    def _move(self, offset: timedelta) -> None:
        try:
            year = (datetime.now(UTC) + offset).year
        except OverflowError:
            year = 0
        if year not in YEARS:
            raise ValueError(OUT_OF_YEARS)
        self._offset = offset
        for callback in tuple(self.on_move):
            callback()


class Agenda:
    """Things to do at an instant of the clock; a clock moved ahead does at once what is then due."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._timer: asyncio.TimerHandle | None = None
        clock.on_move.append(self._run_due)

    def at(self, due: datetime, do: Callable[[], None]) -> None:
        """Call `do` when the clock reads `due` or later. Needs a running event loop."""
        heapq.heappush(self._entries, (due, next(self._order), do))
        self._run_due()

    def clear(self) -> None:
        """Forget everything that was still to come."""
        self._entries.clear()
        self._disarm()

    def close(self) -> None:
        """Forget everything and stop listening to the clock."""
        self.clear()
        self._clock.on_move.remove(self._run_due)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _run_due(self) -> None:
        self._disarm()
        while self._entries and self._entries[0][0] <= self._clock.now():
            heapq.heappop(self._entries)[2]()
        if self._entries:
            # A day at most: longer waits overflow some event loops, and the timer re-arms itself anyway.
            seconds = min((self._entries[0][0] - self._clock.now()).total_seconds(), 86_400)
            self._timer = asyncio.get_running_loop().call_later(seconds, self._run_due)
