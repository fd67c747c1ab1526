"""How much Slack takes: one message a second for each channel and several hundred a minute in all, with bursts beyond that.

https://docs.slack.dev/apis/web-api/rate-limits and https://docs.slack.dev/reference/methods/chat.postMessage; the number for
the workspace and the bursts are not published.
"""

import math
from collections import defaultdict
from dataclasses import dataclass, field

POSTING = "chat.postMessage"


@dataclass(frozen=True)
class Allowance:
    """`a_second` calls for any length of time, and `burst` of them at once."""

    a_second: float
    burst: int


@dataclass
class Limits:
    """Who has posted how much in this second and this minute of real time. `refused` counts what was turned away."""

    channel: Allowance = Allowance(1, 10)
    workspace: Allowance = Allowance(10, 100)
    refused: int = 0
    taken: int = 0
    _until: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def retry_after(self, method: str, channel: str, now: float) -> int:
        """Whole seconds after which a call is taken; 0 where it is taken now (`now` in seconds of any clock)."""
        if method != POSTING:
            return 0
        asked = {f"#{channel}": self.channel, "": self.workspace}
        waits = [self._until[name] - now - (of.burst - 1) / of.a_second for name, of in asked.items()]
        if max(waits) > 0:
            self.refused += 1
            return math.ceil(max(waits))
        for name, of in asked.items():
            self._until[name] = max(self._until[name], now) + 1 / of.a_second
        self.taken += 1
        return 0
