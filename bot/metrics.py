"""What the process counts: requests with their outcomes and times, and how the outbox stands. No user ids, no words."""

from __future__ import annotations

import re
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from handlers.access import needed
from storage.backlog import Backlog

CONTENT_TYPE = CONTENT_TYPE_LATEST
# Slack gives up after 3 s.
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
UNVERIFIED = "unverified"


class Meter:
    """The counts of one process, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "clausekeeper_requests",
            "Requests from Slack, by what they were and how they ended",
            ("kind", "outcome"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "clausekeeper_request_seconds",
            "From a request's arrival to its acknowledgement",
            ("kind",),
            buckets=SECONDS,
            registry=self._registry,
        )
        self._letters = Gauge(
            "clausekeeper_outbox_letters", "Letters owed or given up", ("state",), registry=self._registry
        )
        self._late = Gauge(
            "clausekeeper_outbox_oldest_overdue_seconds",
            "How long the oldest letter that is owed by now has been due",
            registry=self._registry,
        )
        self._next = Gauge(
            "clausekeeper_next_clock_seconds",
            "Until the next reminder or other letter with a time to come; -1 where there is none",
            registry=self._registry,
        )

    def note(self, kind: str, outcome: str, seconds: float) -> None:
        """Count a request: what it was, how it ended, how long it took."""
        label = _label(kind)
        self._requests.labels(label, outcome).inc()
        self._seconds.labels(label).observe(seconds)

    def text(self, backlog: Backlog, due: datetime | None, now: datetime) -> bytes:
        """Everything in Prometheus' text format, with the outbox as it stands and when its oldest letter was due."""
        for state, count in (("overdue", backlog.overdue), ("clock", backlog.clocks), ("failed", backlog.failed)):
            self._letters.labels(state).set(count)
        self._late.set((now - due).total_seconds() if due else 0)
        self._next.set((backlog.next - now).total_seconds() if backlog.next else -1)
        return generate_latest(self._registry)


def _label(kind: str) -> str:
    """A kind without the number of its button; whatever no module declares is counted as one, so that labels stay few."""
    name = re.sub(r"\.\d+$", "", kind)
    if name == UNVERIFIED:
        return name
    try:
        needed(kind)
    except LookupError:
        return "other"
    return name
