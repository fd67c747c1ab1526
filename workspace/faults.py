"""Trouble on order: rate limits, errors, slowness, lost and doubled deliveries, broken connections."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from workspace.errors import CannotDo, Json

FOR_METHODS = frozenset({"ratelimited", "internal_error", "slow", "disconnect"})
FOR_DELIVERY = frozenset({"slow", "drop", "duplicate", "disconnect", "internal_error"})


@dataclass(frozen=True)
class Fault:
    """`times` more calls of `method` ("*" any, "delivery" what goes to the app) end in `error`.

    For one method that may be any error Slack names, which is then answered as the method itself would do it. A call that
    ends in `disconnect` is done, and its answer is lost.
    `retry_after` and `seconds` are in seconds of real time.
    """

    method: str
    error: str
    times: int
    retry_after: int = 30
    seconds: float = 1.0

    def to_json(self) -> Json:
        return dict(vars(self))


def _is_refusal(error: str) -> bool:
    """Whether it has the form of the errors that methods answer, and is no fault of deliveries."""
    return error not in FOR_DELIVERY and bool(re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", error))


def read(body: Json, methods: Collection[str]) -> Fault:
    """A fault from the control API's body, of one of the `methods` there are. Raises CannotDo with a sentence."""
    target, error = body.get("method", "*"), body.get("error")
    if not isinstance(target, str) or not isinstance(error, str):
        raise CannotDo("`method` and `error` are names.")
    if target not in ("*", "delivery") and target not in methods:
        raise CannotDo(f"There is no method {target!r}; a fault is of one, of `*` for any, or of `delivery`.")
    known = FOR_DELIVERY if target == "delivery" else FOR_METHODS
    if error not in known and not (target in methods and _is_refusal(error)):
        more = ", or an error that Slack names, such as restricted_action" if target in methods else ""
        raise CannotDo(f"A fault of {target} is one of {', '.join(sorted(known))}{more}; not {error!r}.")
    times, retry_after, seconds = body.get("times", 1), body.get("retry_after", 30), body.get("seconds", 1.0)
    if isinstance(times, bool) or not isinstance(times, int) or times < 1:
        raise CannotDo("`times` is a whole number of 1 or more.")
    for name, value in (("retry_after", retry_after), ("seconds", seconds)):
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise CannotDo(f"`{name}` is a number of seconds of 0 or more.")
    return Fault(target, error, times, int(retry_after), float(seconds))


class Faults:
    """The faults still to come, oldest first."""

    def __init__(self) -> None:
        self._pending: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._pending.append(fault)

    def take(self, names: Iterable[str]) -> Fault | None:
        """Use up one of the oldest fault that is set for one of `names`."""
        wanted = frozenset(names)
        for index, fault in enumerate(self._pending):
            if fault.method in wanted:
                left = replace(fault, times=fault.times - 1)
                self._pending[index : index + 1] = [left] if left.times else []
                return fault
        return None

    def clear(self) -> None:
        self._pending.clear()

    def to_json(self) -> list[Json]:
        return [fault.to_json() for fault in self._pending]
