"""The one thread in which pictures are drawn and pages set, beside the work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
# Whoever draws takes turns with the thread that answers people: several at once would take several turns to its one. And each
# would keep memory of its own for what it draws.
_DRAWING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="drawing")


async def one_at_a_time(draw: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What ``draw`` makes, beside the work, once whatever was to be drawn before is done."""
    return await asyncio.get_running_loop().run_in_executor(_DRAWING, partial(draw, *args, **kwargs))
