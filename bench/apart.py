"""A local workspace in a process of its own, so that what it costs to play Slack is not counted as ours."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection

from bot.manifest import manifest
from workspace import Workspace, serve
from workspace.limits import Allowance, Limits
from workspace.records import User

ZONE = "Europe/Brussels"
UNLIMITED = Limits(Allowance(1e6, 10**6), Allowance(1e6, 10**6))


@dataclass(frozen=True)
class Apart:
    """A workspace that is served elsewhere: its Web API, and the line over which it is asked what it did."""

    api_url: str
    line: Connection

    def posted(self) -> tuple[int, int]:
        """How many messages were taken, and how many were turned away with a request to wait."""
        self.line.send("posted")
        taken, refused = self.line.recv()
        return int(taken), int(refused)


@contextmanager
def apart(people: int, limits: Limits) -> Iterator[Apart]:
    """A workspace with so many people more, which takes as much as the limits say."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, people, limits))
    process.start()
    try:
        yield Apart(str(ours.recv()), ours)
    finally:
        ours.send("end")
        process.join()


def person(number: int) -> str:
    """The id of one of the people more."""
    return f"U0P{number:03}"


def _serve(line: Connection, people: int, limits: Limits) -> None:
    asyncio.run(_served(line, people, limits))


async def _served(line: Connection, people: int, limits: Limits) -> None:
    workspace = Workspace(manifest=manifest(""))
    workspace.limits = limits
    for number in range(people):
        workspace.users[person(number)] = User(person(number), f"p{number}", f"Person {number}", ZONE)
    server = await serve(workspace, host="127.0.0.1", port=0)
    line.send(server.api_url)
    while await asyncio.to_thread(line.recv) != "end":
        workspace.log.clear()  # the inspector looks for the cause of each call in all of it
        line.send((limits.taken, limits.refused))
    await server.close()
