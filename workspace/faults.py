"""Trouble on order: rate limits, errors, slowness, lost and doubled deliveries, broken connections."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from workspace.errors import CannotDo, Json

FOR_METHODS = frozenset({"ratelimited", "internal_error", "slow"})
FOR_DELIVERY = frozenset({"slow", "drop", "duplicate", "disconnect", "internal_error"})


@dataclass(frozen=True)
class Fault:
    """`times` more calls of `method` ("*" any, "delivery" what goes to the app) end in `error`.

    `retry_after` and `seconds` are in seconds of real time.
    """

    method: str
    error: str
    times: int
    retry_after: int = 30
    seconds: float = 1.0

    def to_json(self) -> Json:
        return dict(vars(self))


def read(body: Json) -> Fault:
    """A fault from the control API's body. Raises CannotDo with a sentence."""
    target, error = body.get("method", "*"), body.get("error")
    known = FOR_DELIVERY if target == "delivery" else FOR_METHODS
    if error not in known:
        raise CannotDo(f"A fault of {target} is one of {', '.join(sorted(known))}; not {error!r}.")
    times, retry_after, seconds = body.get("times", 1), body.get("retry_after", 30), body.get("seconds", 1.0)
    if isinstance(times, bool) or not isinstance(times, int) or times < 1:
        raise CannotDo("`times` is a whole number of 1 or more.")
    for name, value in (("retry_after", retry_after), ("seconds", seconds)):
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise CannotDo(f"`{name}` is a number of seconds of 0 or more.")
    return Fault(str(target), str(error), times, int(retry_after), float(seconds))


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
