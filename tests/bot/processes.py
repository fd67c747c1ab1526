"""The bot as a process of its own over a workspace in the test: started, watched by its log, told to stop."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.house import KEY

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


class Running:
    """A process and every line that it has written."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.lines: list[str] = []
        self._more = asyncio.Condition()
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.lines.append(line.decode())
            async with self._more:
                self._more.notify_all()
        async with self._more:
            self._more.notify_all()

    async def wrote(self, words: str) -> None:
        """Wait until it has written a line with these words; AssertionError if it ends before."""

        def there() -> bool:
            return any(words in line for line in self.lines)

        async with self._more, asyncio.timeout(60):
            await self._more.wait_for(lambda: there() or self._reading.done())
        assert there(), self.lines

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def ended(self) -> int:
        """Wait for its end; its exit status."""
        async with asyncio.timeout(60):
            status = await self.process.wait()
            await self._reading
        return status


@asynccontextmanager
async def running(*words: str, database: Path, **environment: str) -> AsyncIterator[Running]:
    """``clausekeeper WORDS`` until the block ends."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "CLAUSEKEEPER_", "PORT", "HOST"))}
    env |= {
        "PYTHONPATH": str(ROOT),
        "SLACK_BOT_TOKEN": "xoxb-local",
        "SLACK_SIGNING_SECRET": "local-secret",
        "SLACK_APP_TOKEN": "xapp-local",
        "CLAUSEKEEPER_KEY": KEY,
        "CLAUSEKEEPER_DATABASE": str(database),
        **environment,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "bot", *words, cwd=database.parent, env=env, stderr=asyncio.subprocess.PIPE
    )
    found = Running(process)
    try:
        yield found
    finally:
        if process.returncode is None:
            process.kill()
        await found.ended()
