"""The one exception whose words a person reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class Refused(Exception):
    """A request that cannot be answered as it stands; the message says what was wrong and what would be right.

    ``field`` names the input that was wrong, where one is to blame, so that a form can show the sentence under it;
    ``others`` are the sentences about further inputs that were wrong as well. ``cause`` names what an answer rests on
    besides its inputs, where that is what no longer gives it: document, term, rate or holiday data. ``people`` are those whom
    the message itself mentions by their ids, whatever somebody typed besides.
    """

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        others: Mapping[str, str] | None = None,
        cause: str = "",
        people: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.field = field
        self.others: Mapping[str, str] = others or {}
        self.cause = cause
        self.people = people


def refuse_all(refusals: Sequence[Refused]) -> None:
    """Raise the first of some refusals with the sentences of the others, each under its own field; nothing where none is."""
    if refusals:
        first, *more = refusals
        first.others = {r.field: str(r) for r in reversed(more) if r.field and r.field != first.field}
        raise first
