"""How fast the rules answer: a surcharge over a whole year, and a batch of mixed questions with every answer on disk.

Run with ``python -m bench.rules``; the limits are 5 ms for the year and 10 s for 10,000 questions.
"""

from __future__ import annotations

import io
import json
import os
import random
import timeit
from datetime import UTC, date, datetime, timedelta
from tempfile import TemporaryDirectory

from bot.reckoning import means
from bot.rules_cli import answer_lines
from handlers.parse import from_json
from knowledge.library import load
from knowledge.rules import compute

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUESTIONS = 10_000


def year_of_work() -> float:
    """Milliseconds for the surcharge of 2026 in one piece: three readings, some 2,500 lines."""
    library = load()
    given = {"start": "2026-01-01T00:00", "end": "2027-01-01T00:00", "rate": 150}
    asked = from_json("fee", "surcharge", given, now=NOW, agreements=lambda name: None)
    runs = timeit.repeat(lambda: compute(asked.rule, asked.question, library, id="x"), number=5, repeat=7)
    return min(runs) / 5 * 1000


def batch() -> float:
    """Seconds for many questions of every kind of fee, from lines of JSON to lines of JSON that are on record."""
    chance = random.Random(7)
    lines = "\n".join(json.dumps(question(chance)) for _ in range(QUESTIONS))
    with TemporaryDirectory() as folder:
        os.environ["CLAUSEKEEPER_DATABASE"] = f"{folder}/bot.db"
        with means() as at:
            return timeit.timeit(lambda: list(answer_lines("fee", io.StringIO(lines), at)), number=1)


def question(chance: random.Random) -> dict[str, object]:
    """One question of a random kind."""
    day = date(2019, 1, 1) + timedelta(days=chance.randrange(2500))
    later = day + timedelta(days=chance.randrange(90))
    night = {"start": f"{day}T{chance.randrange(24):02}:00", "end": f"{day + timedelta(days=2)}T09:00", "rate": 150}
    kinds: dict[str, dict[str, object]] = {
        "surcharge": night,
        "cancellation": {"cancelled": str(day), "performance": str(later), "fee": 8000},
        "late-payment": {"invoice_date": str(day), "amount": 12100, "paid": str(later)},
        "hardware-overdue": {"ended": str(day), "returned": str(later), "fee": 300},
        "price-revision": {"price": 10000, "share": chance.randrange(101), "change": 5},
        "liability": {"invoice_amount": 80000, "claims": [30000, 40000]},
        "time-and-cost": {"basis": "26.7", "hours": 5, "rate": 150},
        "fair-use": {"used": 600, "others": [100, 120, 500]},
    }
    kind = chance.choice(sorted(kinds))
    return {"kind": kind, "in": kinds[kind]}


if __name__ == "__main__":
    figures = {
        "surcharge_over_a_year_ms": round(year_of_work(), 2),
        f"batch_of_{QUESTIONS}_s": round(batch(), 2),
    }
    print(json.dumps(figures))
