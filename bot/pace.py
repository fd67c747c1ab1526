"""How fast messages go out: Slack takes one a second for a channel, and short bursts beyond that.

https://docs.slack.dev/apis/web-api/rate-limits: whoever keeps sending faster is asked to wait, and may lose messages. The limit
for a whole workspace ("several hundred messages per minute") is not published; Slack says when it is reached.
"""

from __future__ import annotations

from datetime import datetime, timedelta

EVERY = timedelta(seconds=1.1)
"""The pace that Slack takes for one channel for any length of time, and a little to spare: some messages travel faster."""
BURST = 5
"""So many messages go to one channel at once before that pace begins."""
FAR = 120
"""No message waits so many seconds for its turn."""
MOST_KEPT = 1_000


class Pace:
    """When each place takes its next message. Holds in one process; what another one sends there, Slack counts."""

    def __init__(self) -> None:
        self._full: dict[str, datetime] = {}
        """When each place could take a whole burst again."""

    def wait(self, place: str, now: datetime) -> float:
        """Seconds after which the next message may go to a place; it is counted as sent then."""
        full = max(self._full.get(place, now), now)
        if full - now > FAR * EVERY:
            full = now  # the clock was set back
        self._full[place] = full + EVERY
        if len(self._full) > MOST_KEPT:
            self._full = {place: full for place, full in self._full.items() if full > now}
        return max((full - now - (BURST - 1) * EVERY).total_seconds(), 0.0)
