"""What the commands ``fee`` and ``deadline`` need at a desk: agreements, interest rates, and a record of every answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bot.desk import long_desk, new_id
from bot.rules_cli import Means, commands
from handlers.computing import basis, entry
from knowledge.answer import Answer
from storage import audit
from storage.database import transaction


@contextmanager
def means() -> Iterator[Means]:
    """A desk at which fees and deadlines are computed, each answer on disk before it is shown."""
    with long_desk() as at:
        rests_on = basis(at.db, at.shelf)

        def keep(answers: Sequence[Answer]) -> None:
            with transaction(at.db):
                for answer in answers:
                    named = answer.inputs.get("agreement")
                    agreement = rests_on.agreement(str(named)) if named else None
                    audit.append(at.db, entry(answer, agreement, at.now, at.actor))

        yield Means(at.library, rests_on.overrides, rests_on.rates, lambda: at.now, new_id, keep)


fee, deadline = commands(means)
